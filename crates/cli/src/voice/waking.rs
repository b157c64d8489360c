use errand_voice_core::WakeModel;
use errand_voice_device::wake_model;

use super::ladder::Ladder;
use super::open::{VoiceParts, VoicePlace};
use super::plan::VoicePlan;
use super::report::RungState;
use super::settings::WakeSetting;

/// The stage, and how its detector is called.
const STAGE: &str = "wake word";
const ENGINE: &str = "hey basket";

impl VoicePlan {
    /// The wake word, where its network was fetched, and how it stands. Asked for and not there is a failure.
    pub(super) fn open_wake(&self, place: VoicePlace<'_>) -> (Option<WakeModel>, Ladder) {
        let mut waking = Ladder::new(STAGE);
        let is_on = self.wake == WakeSetting::On;
        let opened = match place.data {
            Some(data) => wake_model(&data.join("models")),
            None => return (None, waking),
        };
        match opened {
            Ok(model) if is_on => {
                let detail = "\"hey basket\" is listened for; trained on synthetic speech only";
                waking.opened(ENGINE, detail.into());
                (Some(model), waking)
            }
            Ok(model) => {
                waking.push(
                    ENGINE,
                    RungState::Off,
                    "it is there and switched off: whatever is said is said to errand".into(),
                    Some("`wake = \"on\"` in the table `[voice]` of the settings".into()),
                );
                (Some(model), waking)
            }
            Err(fault) => {
                waking.missing(ENGINE, &fault, is_on);
                (None, waking)
            }
        }
    }
}

impl VoiceParts {
    /// Why nobody can call errand by its wake word, and what to do; `None`: it can be called.
    pub fn lacks_wake(&self) -> Option<(&str, Option<&str>)> {
        if self.wake.is_some() {
            return None;
        }
        let rung = self.report.stage(STAGE).and_then(|s| s.rungs.first());
        Some(rung.map_or(("it is not there", None), |rung| {
            (rung.detail.as_str(), rung.fix.as_deref())
        }))
    }
}
