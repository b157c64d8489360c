use std::fmt;
use std::time::{Duration, Instant};

use errand_voice_core::EngineFault;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

type Open<D> = Box<dyn FnMut() -> Result<D, EngineFault> + Send>;

/// A device that is opened again when it goes away, with longer and longer waits between the attempts. It has no clock and no
/// thread: whoever uses the device says what time it is.
pub struct Supervised<D> {
    open: Open<D>,
    device: Option<D>,
    next: Instant,
    wait: Duration,
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
        open: impl FnMut() -> Result<D, EngineFault> + Send + 'static,
        now: Instant,
    ) -> Self {
        Self {
            open: Box::new(open),
            device: None,
            next: now,
            wait: FIRST_WAIT,
        }
    }

    /// The device, if it is there. Opens it when its time has come.
    pub fn look(&mut self, now: Instant) -> (Option<&mut D>, Change) {
        if self.device.is_some() || now < self.next {
            return (self.device.as_mut(), Change::None);
        }
        match (self.open)() {
            Ok(device) => {
                self.wait = FIRST_WAIT;
                (Some(self.device.insert(device)), Change::Opened)
            }
            Err(fault) => {
                self.next = now + self.wait;
                self.wait = (self.wait * 2).min(LONGEST_WAIT);
                (None, Change::Absent(fault))
            }
        }
    }

    /// The device, if it is there. Opens nothing.
    pub fn device(&mut self) -> Option<&mut D> {
        self.device.as_mut()
    }

    /// The device has failed: closes it. It is opened again after a short wait.
    ///
    /// It is closed apart: the library of a sound server that died may wait for it for good, and then that thread waits and
    /// nobody else.
    pub fn lost(&mut self, now: Instant) {
        if let Some(device) = self.device.take() {
            let closing = std::thread::Builder::new().name("sound-close".to_owned());
            // Without a thread it is closed here: dropping what was not taken does so.
            let _ = closing.spawn(move || drop(device));
        }
        self.next = now + self.wait;
    }
}

impl<D: fmt::Debug> fmt::Debug for Supervised<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Supervised({:?})", self.device)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

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
        let mut outcomes = VecDeque::from([Ok(1), Err(gone()), Err(gone()), Ok(2)]);
        let mut device = Supervised::new(move || outcomes.pop_front().unwrap(), began);

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
        let mut outcomes = VecDeque::from([Stuck(stuck), Stuck(std::sync::mpsc::channel().1)]);
        let began = Instant::now();
        let mut device = Supervised::new(move || outcomes.pop_front().ok_or_else(gone), began);
        assert_eq!(device.look(began).1, Change::Opened);

        device.lost(began);

        assert_eq!(device.look(began + FIRST_WAIT).1, Change::Opened);
        drop(end);
    }

    #[test]
    fn the_wait_never_grows_beyond_its_bound() {
        let mut now = Instant::now();
        let mut device: Supervised<u8> = Supervised::new(|| Err(gone()), now);
        for _ in 0..20 {
            device.look(now);
            now += LONGEST_WAIT;
        }

        assert!(matches!(device.look(now).1, Change::Absent(_)));
    }
}
