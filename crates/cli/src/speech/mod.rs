//! Hearing and speaking at this terminal: `errand voice …` and `errand talk`.

mod doctor;
mod fetched;
mod known;
mod sample;
mod setup;
mod talk;
mod test;
mod wav;

use crate::voice::VoicePlan;

use crate::args::{PlaceArgs, VoiceCommand};
use crate::fault::{Exit, Fault};
use crate::term::Out;

pub(crate) use talk::talk;

/// The commands under `errand voice`.
pub(crate) async fn voice(
    place: &PlaceArgs,
    command: VoiceCommand,
    out: &mut Out,
) -> Result<Exit, Fault> {
    match command {
        VoiceCommand::Doctor { settings, json } => {
            doctor::doctor(place, settings.config.as_deref(), json, out).await
        }
        VoiceCommand::Enrol(args) => known::enrol(place, &args, out).await,
        VoiceCommand::Forget { json } => known::forget(place, json, out),
        VoiceCommand::Setup(args) => setup::setup(place, &args, out).await,
        VoiceCommand::Test {
            settings,
            seconds,
            json,
        } => test::test(place, settings.config.as_deref(), seconds, json, out).await,
    }
}

/// What the settings say about hearing and speaking.
fn plan(config: Option<&std::path::Path>) -> Result<VoicePlan, Fault> {
    let settings = crate::up::settings(config).map_err(|e| Fault::settings(&e))?;
    settings
        .voice
        .plan(|name| std::env::var(name).ok())
        .map_err(|e| Fault::settings(&e))
}

/// A device by its name, or the system's own choice.
#[cfg(feature = "native-voice")]
fn choice(name: Option<&String>) -> errand_voice_device::DeviceChoice {
    use errand_voice_device::DeviceChoice;

    name.map_or(DeviceChoice::Default, |name| {
        DeviceChoice::Named(name.clone())
    })
}

/// This build has neither microphone nor loudspeaker.
#[cfg(not(feature = "native-voice"))]
fn no_sound() -> Fault {
    Fault::engine(&errand_voice_core::EngineFault::Missing {
        engine: "microphone",
        missing: "its code in this build".to_owned(),
        remedy: crate::voice::BUILD_HINT.to_owned(),
    })
}

/// Runs what blocks on a thread of its own.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::ours("a thread of speech ended".to_owned()))
}
