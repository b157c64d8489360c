use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use errand_voice_core::EngineFault;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The first attempt is waited for: nothing is to be done before it.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);
/// The others for less, since somebody listens and speaks meanwhile. What takes longer goes on apart.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 10_000 } else { 20 });
/// What takes longer than this does not come back.
const STUCK: Duration = Duration::from_secs(5);
/// So long the end of a device is waited for at the end of everything.
const CLOSING: Duration = Duration::from_secs(1);
/// Attempts that did not come back, in the life of a device: each costs a thread for good.
const STUCK_MAX: u8 = 16;

type Open<D> = Arc<dyn Fn() -> Result<D, EngineFault> + Send + Sync>;

/// A device that is opened again when it goes away, with longer and longer waits between the attempts. Whoever uses the device
/// says what time it is.
///
/// It is opened and closed apart: the library of a sound server that died may wait for it for good, and then that thread waits
/// and nobody else.
pub struct Supervised<D: Send + 'static> {
    engine: &'static str,
    open: Open<D>,
    device: Option<D>,
    attempt: Option<Attempt<D>>,
    next: Instant,
    wait: Duration,
    patience: Duration,
    stuck: u8,
}

/// The device is being opened.
struct Attempt<D> {
    since: Instant,
    outcome: Receiver<Result<D, EngineFault>>,
}

/// What became of the device since the last look. It is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is there as before, or still not there.
    None,
    /// It was opened; its rate may be another one than before.
    Opened,
    /// It cannot be opened; it is tried again later.
    Absent(EngineFault),
}

impl<D: Send + 'static> Supervised<D> {
    /// A device that `open` opens. Nothing is opened before the first look.
    pub fn new(
        engine: &'static str,
        open: impl Fn() -> Result<D, EngineFault> + Send + Sync + 'static,
        now: Instant,
    ) -> Self {
        Self {
            engine,
            open: Arc::new(open),
            device: None,
            attempt: None,
            next: now,
            wait: FIRST_WAIT,
            patience: FIRST_PATIENCE,
            stuck: 0,
        }
    }

    /// The device, if it is there. Opens it when its time has come; an attempt that takes long is looked at again the next time.
    pub fn look(&mut self, now: Instant) -> (Option<&mut D>, Change) {
        if self.device.is_some() || (self.attempt.is_none() && now < self.next) {
            return (self.device.as_mut(), Change::None);
        }
        let (attempt, patience) = match self.attempt.take() {
            Some(attempt) => (attempt, Duration::ZERO),
            None => (self.begin(now), self.patience),
        };
        self.patience = PATIENCE;
        match attempt.outcome.recv_timeout(patience) {
            Ok(Ok(device)) => {
                self.wait = FIRST_WAIT;
                (Some(self.device.insert(device)), Change::Opened)
            }
            Ok(Err(fault)) => self.absent(fault, now),
            Err(RecvTimeoutError::Timeout)
                if now.saturating_duration_since(attempt.since) < STUCK =>
            {
                self.attempt = Some(attempt);
                (None, Change::None)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                self.stuck = self.stuck.saturating_add(1);
                let engine = self.engine;
                self.absent(EngineFault::Gone { engine }, now)
            }
        }
    }

    fn begin(&self, since: Instant) -> Attempt<D> {
        let (tell, outcome) = channel();
        if self.stuck < STUCK_MAX {
            let open = Arc::clone(&self.open);
            let opening = std::thread::Builder::new().name("sound-open".to_owned());
            // Without a thread nothing is told, and that is an attempt that failed. What comes too late is closed there.
            let _ = opening.spawn(move || tell.send(open()));
        }
        Attempt { since, outcome }
    }

    fn absent(&mut self, fault: EngineFault, now: Instant) -> (Option<&mut D>, Change) {
        self.next = now + self.wait;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        (None, Change::Absent(fault))
    }

    /// The device, if it is there. Opens nothing.
    pub fn device(&mut self) -> Option<&mut D> {
        self.device.as_mut()
    }

    /// The device has failed: closes it. It is opened again after a short wait.
    pub fn lost(&mut self, now: Instant) {
        if let Some(device) = self.device.take() {
            close(device);
        }
        self.next = now + self.wait;
    }
}

/// Closes a device apart. Whoever wants to know that it is done hears so.
fn close<D: Send + 'static>(device: D) -> Receiver<()> {
    let (tell, closed) = channel();
    let closing = std::thread::Builder::new().name("sound-close".to_owned());
    // Without a thread it is closed here: dropping what was not taken does so.
    let _ = closing.spawn(move || {
        drop(device);
        tell.send(())
    });
    closed
}

impl<D: Send + 'static> Drop for Supervised<D> {
    /// Waits for the end of the device, but not for good: a program that is over ends.
    fn drop(&mut self) {
        if let Some(device) = self.device.take() {
            let _ = close(device).recv_timeout(CLOSING);
        }
    }
}

impl<D: fmt::Debug + Send + 'static> fmt::Debug for Supervised<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Supervised({:?})", self.device)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::*;

    fn gone() -> EngineFault {
        EngineFault::Gone {
            engine: "microphone",
        }
    }

    #[test]
    fn a_lost_device_is_tried_again_with_longer_waits_and_a_success_begins_anew() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let outcomes = Mutex::new(VecDeque::from([Ok(1), Err(gone()), Err(gone()), Ok(2)]));
        let next = move || outcomes.lock().unwrap().pop_front().unwrap();
        let mut device = Supervised::new("microphone", next, began);

        assert_eq!(device.look(at(0)), (Some(&mut 1), Change::Opened));
        assert_eq!(device.look(at(1)), (Some(&mut 1), Change::None));
        device.lost(at(10));
        assert_eq!(device.look(at(259)), (None, Change::None));
        assert_eq!(device.look(at(260)), (None, Change::Absent(gone())));
        assert_eq!(device.look(at(509)), (None, Change::None));
        assert_eq!(device.look(at(510)), (None, Change::Absent(gone())));
        assert_eq!(device.look(at(1_009)), (None, Change::None));
        assert_eq!(device.look(at(1_010)), (Some(&mut 2), Change::Opened));
    }

    #[test]
    fn a_device_that_cannot_be_closed_holds_nobody_up() {
        struct Stuck(std::sync::mpsc::Receiver<()>);
        impl Drop for Stuck {
            fn drop(&mut self) {
                // As long as the other end is there.
                let _ = self.0.recv();
            }
        }
        let (end, stuck) = std::sync::mpsc::channel::<()>();
        let outcomes = Mutex::new(VecDeque::from([Stuck(stuck), Stuck(channel().1)]));
        let began = Instant::now();
        let next = move || outcomes.lock().unwrap().pop_front().ok_or_else(gone);
        let mut device = Supervised::new("microphone", next, began);
        assert_eq!(device.look(began).1, Change::Opened);

        device.lost(began);

        assert_eq!(device.look(began + FIRST_WAIT).1, Change::Opened);
        drop(end);
    }

    #[test]
    fn a_device_that_does_not_come_back_from_being_opened_holds_nobody_up_and_is_tried_again() {
        let (end, stuck) = channel::<()>();
        let stuck = Mutex::new(Some(stuck));
        let (tell, begun) = channel();
        let next = move || {
            let stuck = stuck.lock().unwrap().take();
            let _ = tell.send(());
            if let Some(stuck) = stuck {
                let _ = stuck.recv();
            }
            Ok(7)
        };
        let began = Instant::now();
        let mut device = Supervised::new("microphone", next, began);
        device.patience = Duration::from_millis(1);

        assert_eq!(device.look(began), (None, Change::None));
        begun.recv().unwrap();
        assert_eq!(device.look(began + STUCK / 2), (None, Change::None));
        let late = began + STUCK;
        assert_eq!(device.look(late), (None, Change::Absent(gone())));
        assert_eq!(
            device.look(late + FIRST_WAIT),
            (Some(&mut 7), Change::Opened)
        );
        drop(end);
    }

    #[test]
    fn the_wait_never_grows_beyond_its_bound() {
        let mut now = Instant::now();
        let mut device: Supervised<u8> = Supervised::new("microphone", || Err(gone()), now);
        for _ in 0..20 {
            device.look(now);
            now += LONGEST_WAIT;
        }

        assert!(matches!(device.look(now).1, Change::Absent(_)));
    }
}
