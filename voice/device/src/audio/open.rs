use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{
    BufferSize, Device, DeviceId, SampleFormat, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig,
};
use errand_voice_core::EngineFault;

use super::quiet::quietly;

/// A device whose callback has been silent for so long is gone, whatever it says.
const SILENT_MAX: Duration = Duration::from_secs(3);
/// And one that tells more errors than this, with no sound for so long.
const ERRORS_MAX: u64 = 10;
const BROKEN_AFTER: Duration = Duration::from_millis(500);

/// Which device is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// The system's own choice. Nothing is searched: a search asks every backend, and some of them write on the terminal.
    #[default]
    Default,
    /// By its name as [`devices`] tells it.
    Named(String),
}

/// The names of all devices: those that can hear, and those that can speak. For the doctor; it is slow, and libraries of
/// the system other than ALSA's may write on standard error.
pub fn devices() -> Result<(Vec<String>, Vec<String>), EngineFault> {
    quietly(search)
}

fn search() -> Result<(Vec<String>, Vec<String>), EngineFault> {
    let host = cpal::default_host();
    let named = |device: Device| device.id().ok().map(|id| id.to_string());
    let fault = |error| failed("sound", &error);
    let hearing = host.input_devices().map_err(fault)?.filter_map(named);
    let hearing = hearing.collect();
    let speaking = host.output_devices().map_err(fault)?.filter_map(named);
    Ok((hearing, speaking.collect()))
}

/// What a stream and its owner share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Frames that went through the callback, and when the last of them did: 32 bits each, since one without the other is no
    /// rate. The moment counts in steps of 10 microseconds.
    beat: AtomicU64,
    /// Frames that had no room, or for which there was no sound.
    pub(crate) missed: AtomicU64,
    is_gone: AtomicBool,
    errors: AtomicU64,
    began: Instant,
}

impl Shared {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            beat: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            is_gone: AtomicBool::new(false),
            errors: AtomicU64::new(0),
            began: now,
        }
    }

    /// So many frames went through. REAL TIME: called by the callback alone.
    pub(crate) fn went(&self, frames: u64, now: Instant) {
        let (count, _) = unpacked(self.beat.load(Ordering::Relaxed));
        let at = now.saturating_duration_since(self.began).as_micros() / STEP_US;
        let beat = packed(low(u128::from(count) + u128::from(frames)), low(at));
        self.beat.store(beat, Ordering::Release);
    }

    /// Takes what the stream says about itself. Called on a thread of the sound system.
    ///
    /// Other errors pass: the stream goes on after them, or nothing but errors comes, and then it is found out by that.
    pub(crate) fn told(&self, error: &cpal::Error) {
        use cpal::ErrorKind::{
            DeviceNotAvailable, HostUnavailable, PermissionDenied, StreamInvalidated,
        };
        let kind = error.kind();
        self.errors.fetch_add(1, Ordering::Relaxed);
        if matches!(
            kind,
            DeviceNotAvailable | HostUnavailable | PermissionDenied | StreamInvalidated
        ) {
            self.is_gone.store(true, Ordering::Release);
        }
    }
}

/// Steps of the clock in a beat.
const STEP_US: u128 = 10;

/// Counts go round after a day, and moments after half a day: only differences are looked at.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower bits are what is wanted"
)]
fn low(number: u128) -> u32 {
    number as u32
}

fn packed(count: u32, at: u32) -> u64 {
    (u64::from(at) << 32) | u64::from(count)
}

fn unpacked(beat: u64) -> (u32, u32) {
    (low(u128::from(beat)), low(u128::from(beat >> 32)))
}

/// Frames of a device since it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many, at the device's own rate: also those that nobody read in time.
    pub frames: u64,
    /// When the last of them came or went.
    pub at: Instant,
}

/// Finds out that a device is gone: it says so, or its callback stays away. And counts what went through it.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) shared: Arc<Shared>,
    seen: u64,
    moved: Instant,
    errors: u64,
    counted: u64,
    at: Instant,
}

impl Watch {
    pub(crate) fn new(shared: Arc<Shared>, now: Instant) -> Self {
        let at = shared.began;
        Self {
            shared,
            seen: 0,
            moved: now,
            errors: 0,
            counted: 0,
            at,
        }
    }

    pub(crate) fn counted(&mut self) -> Option<Counted> {
        let beat = self.shared.beat.load(Ordering::Acquire);
        let (before, since) = unpacked(self.counted);
        let (count, at) = unpacked(beat);
        self.counted = beat;
        let frames = u64::from(count.wrapping_sub(before));
        let passed = u64::from(at.wrapping_sub(since)) * 10;
        self.at += Duration::from_micros(passed);
        (frames > 0).then_some(Counted {
            frames,
            at: self.at,
        })
    }

    pub(crate) fn look(&mut self, engine: &'static str, now: Instant) -> Result<(), EngineFault> {
        let beat = self.shared.beat.load(Ordering::Relaxed);
        let errors = self.shared.errors.load(Ordering::Relaxed);
        if beat != self.seen {
            (self.seen, self.moved, self.errors) = (beat, now, errors);
        }
        let silent = now.saturating_duration_since(self.moved);
        let is_silent = silent > SILENT_MAX;
        let is_broken = silent > BROKEN_AFTER && errors - self.errors > ERRORS_MAX;
        if is_silent || is_broken || self.shared.is_gone.load(Ordering::Acquire) {
            return Err(EngineFault::Gone { engine });
        }
        Ok(())
    }
}

/// A device and the form in which it likes its sound.
pub(crate) struct Chosen {
    pub(crate) device: Device,
    pub(crate) config: StreamConfig,
    pub(crate) format: SampleFormat,
}

impl Chosen {
    /// Starts something on the device: first with short buffers, then with its own, since some promise what they lack.
    pub(crate) fn start<T>(
        mut self,
        start: impl Fn(&Self) -> Result<T, EngineFault>,
    ) -> Result<T, EngineFault> {
        start(&self).or_else(|fault| {
            if self.config.buffer_size == BufferSize::Default {
                return Err(fault);
            }
            self.config.buffer_size = BufferSize::Default;
            start(&self)
        })
    }
}

pub(crate) fn choose(
    engine: &'static str,
    choice: &DeviceChoice,
    is_input: bool,
) -> Result<Chosen, EngineFault> {
    let host = cpal::default_host();
    let device = match choice {
        DeviceChoice::Default if is_input => host.default_input_device(),
        DeviceChoice::Default => host.default_output_device(),
        DeviceChoice::Named(name) => {
            let id = DeviceId::from_str(name).ok();
            id.and_then(|id| host.device_by_id(&id))
        }
    };
    let device = device.ok_or_else(|| missing(engine, choice))?;
    let liked = if is_input {
        device.default_input_config()
    } else {
        device.default_output_config()
    };
    // A default device that cannot be opened is how a machine without sound looks.
    let liked = liked.map_err(|error| match choice {
        DeviceChoice::Default => missing(engine, choice),
        DeviceChoice::Named(_) => failed(engine, &error),
    })?;
    let config = StreamConfig {
        buffer_size: buffer(&liked),
        ..liked.config()
    };
    Ok(Chosen {
        device,
        config,
        format: liked.sample_format(),
    })
}

/// 20 ms where the device lets us choose: what waits in it cannot be taken back.
fn buffer(liked: &SupportedStreamConfig) -> BufferSize {
    match liked.buffer_size() {
        SupportedBufferSize::Range { min, max } => {
            BufferSize::Fixed((liked.sample_rate() / 50).clamp(*min, *max))
        }
        SupportedBufferSize::Unknown => BufferSize::Default,
    }
}

fn missing(engine: &'static str, choice: &DeviceChoice) -> EngineFault {
    let (missing, remedy) = match choice {
        DeviceChoice::Default => (
            format!("a {engine}"),
            "plug one in, or start the sound server (PipeWire or PulseAudio) and install libasound2-plugins; text works without",
        ),
        DeviceChoice::Named(name) => (
            format!("the device `{name}`"),
            "choose another device; text works without",
        ),
    };
    EngineFault::Missing {
        engine,
        missing,
        remedy: remedy.to_owned(),
    }
}

pub(crate) fn failed(engine: &'static str, error: &cpal::Error) -> EngineFault {
    EngineFault::Failed {
        engine,
        cause: error.to_string(),
    }
}

pub(crate) fn unknown(engine: &'static str, format: SampleFormat) -> EngineFault {
    EngineFault::Failed {
        engine,
        cause: format!("its samples are {format}, which is not supported"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_through_is_counted_with_its_moment_for_longer_than_the_count_lasts() {
        let began = Instant::now();
        let shared = Arc::new(Shared::new(began));
        let mut watch = Watch::new(Arc::clone(&shared), began);
        assert_eq!(watch.counted(), None);

        let hour = Duration::from_secs(3_600);
        for n in 1..=30 {
            let at = began + hour * n;
            shared.went(48_000 * 3_599, at);
            shared.went(48_000, at);

            let counted = watch.counted().unwrap();
            assert_eq!(counted.frames, 48_000 * 3_600);
            let off = at.saturating_duration_since(counted.at);
            assert!(off < Duration::from_millis(1), "{n}: {off:?}");
        }
        assert_eq!(watch.counted(), None);
    }

    #[test]
    fn a_callback_that_stays_away_is_a_device_that_is_gone() {
        let began = Instant::now();
        let shared = Arc::new(Shared::new(began));
        let mut watch = Watch::new(Arc::clone(&shared), began);
        let at = |s| began + Duration::from_secs(s);

        shared.went(480, at(1));
        assert_eq!(watch.look("microphone", at(2)), Ok(()));
        assert_eq!(watch.look("microphone", at(5)), Ok(()));
        assert!(watch.look("microphone", at(6)).is_err());
    }

    #[test]
    fn a_device_that_tells_nothing_but_errors_is_gone_and_one_that_goes_on_is_not() {
        let began = Instant::now();
        let shared = Arc::new(Shared::new(began));
        let mut watch = Watch::new(Arc::clone(&shared), began);
        let error = cpal::Error::new(cpal::ErrorKind::Xrun);
        for n in 1..100 {
            shared.told(&error);
            shared.went(480, began + Duration::from_millis(n));
            assert_eq!(watch.look("microphone", began), Ok(()));
        }

        for _ in 0..=ERRORS_MAX {
            shared.told(&error);
        }

        let gone = EngineFault::Gone {
            engine: "microphone",
        };
        assert_eq!(watch.look("microphone", began), Ok(()));
        let later = began + Duration::from_secs(1);
        assert_eq!(watch.look("microphone", later), Err(gone));
    }
}
