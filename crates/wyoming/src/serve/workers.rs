//! Threads that understand and speak for callers. Engines block, and a recogniser takes a core for itself.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Jobs that wait for each thread at most.
const WAITING: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// A few named threads and what waits for them. Dropping it waits for the jobs under way.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    pub(crate) fn start(name: &str, count: usize) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(count.saturating_mul(WAITING));
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::new();
        for number in 0..count {
            let receiver = Arc::clone(&receiver);
            let thread = Builder::new().name(format!("voice-wyoming-{name}-{number}"));
            threads.push(thread.spawn(move || work(&receiver))?);
        }
        Ok(Self {
            jobs: Some(sender),
            threads,
        })
    }

    /// Gives a job to them; `false`: too many wait, and it was not taken.
    pub(crate) fn take(&self, job: impl FnOnce() + Send + 'static) -> bool {
        match &self.jobs {
            Some(jobs) => !matches!(
                jobs.try_send(Box::new(job)),
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_))
            ),
            None => false,
        }
    }
}

fn work(receiver: &Mutex<Receiver<Job>>) {
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        match next {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A job that panicked took its thread with it; nothing is to be done about it here.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_is_too_much_is_not_taken_and_what_was_taken_is_done() {
        let workers = Workers::start("test", 1).unwrap();
        let (go, gate) = channel::<()>();
        let (begun, has_begun) = channel();
        let (done, count) = channel();
        assert!(workers.take(move || {
            begun.send(()).unwrap();
            gate.recv().unwrap();
        }));
        has_begun.recv().unwrap();

        let taken = (0..10)
            .filter(|_| {
                let done = done.clone();
                workers.take(move || done.send(()).unwrap())
            })
            .count();
        assert_eq!(taken, WAITING);
        go.send(()).unwrap();
        drop((workers, done));

        assert_eq!(count.iter().count(), WAITING);
    }
}
