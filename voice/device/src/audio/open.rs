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

/// A device whose callback has been silent for so long is gone, whatever it says.
const SILENT_MAX: Duration = Duration::from_secs(3);

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
/// the system may write on standard error.
pub fn devices() -> Result<(Vec<String>, Vec<String>), EngineFault> {
    let host = cpal::default_host();
    let named = |device: Device| device.id().ok().map(|id| id.to_string());
    let fault = |error| failed("sound", &error);
    let hearing = host.input_devices().map_err(fault)?.filter_map(named);
    let hearing = hearing.collect();
    let speaking = host.output_devices().map_err(fault)?.filter_map(named);
    Ok((hearing, speaking.collect()))
}

/// What a stream and its owner share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Frames that went through the callback.
    pub(crate) frames: AtomicU64,
    /// Frames that had no room, or for which there was no sound.
    pub(crate) missed: AtomicU64,
    is_gone: AtomicBool,
}

impl Shared {
    /// Takes what the stream says about itself. Called on a thread of the sound system.
    ///
    /// Other errors pass: the stream goes on after them, or its callback stays away, and then it is found out by that.
    pub(crate) fn told(&self, error: &cpal::Error) {
        use cpal::ErrorKind::{
            DeviceNotAvailable, HostUnavailable, PermissionDenied, StreamInvalidated,
        };
        let kind = error.kind();
        if matches!(
            kind,
            DeviceNotAvailable | HostUnavailable | PermissionDenied | StreamInvalidated
        ) {
            self.is_gone.store(true, Ordering::Release);
        }
    }
}

/// Finds out that a device is gone: it says so, or its callback stays away.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) shared: Arc<Shared>,
    frames: u64,
    moved: Instant,
}

impl Watch {
    pub(crate) fn new(shared: Arc<Shared>, now: Instant) -> Self {
        Self {
            shared,
            frames: 0,
            moved: now,
        }
    }

    pub(crate) fn look(&mut self, engine: &'static str, now: Instant) -> Result<(), EngineFault> {
        let frames = self.shared.frames.load(Ordering::Relaxed);
        if frames != self.frames {
            (self.frames, self.moved) = (frames, now);
        }
        let is_silent = now.saturating_duration_since(self.moved) > SILENT_MAX;
        if is_silent || self.shared.is_gone.load(Ordering::Acquire) {
            let cause = "the device is gone".to_owned();
            return Err(EngineFault::Failed { engine, cause });
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
