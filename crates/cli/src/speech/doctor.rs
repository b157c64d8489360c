use std::path::Path;

use crate::voice::{RungState, VoicePlace, VoicePlan, VoiceReport};
use errand_protocol::api::{Check, CheckState, DoctorView, WordsView};
use serde::Serialize;

use super::{apart, plan};
use crate::api::Api;
use crate::args::PlaceArgs;
use crate::fault::{Exit, Fault};
use crate::place::data_dir;
use crate::render::about;
use crate::term::Out;

/// Names without a pronunciation that are shown at most.
const SHOWN_MAX: usize = 8;

/// A device of sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Device {
    /// `microphone` or `loudspeaker`.
    pub(super) id: &'static str,
    /// It could be opened.
    pub(super) ok: bool,
    /// Samples of a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rate_hz: Option<u32>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shape {
    #[serde(flatten)]
    report: VoiceReport,
    devices: Vec<Device>,
}

/// Shows which engines hear and speak, and why no better ones.
pub(super) async fn doctor(
    place: &PlaceArgs,
    config: Option<&Path>,
    json: bool,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let plan = plan(config)?;
    let data = data_dir(place.data.as_ref());
    // Which names there are knows only the runtime; without it everything else is told.
    let names = match Api::at(place) {
        Ok(api) => api.get::<WordsView>(&["words"], &[]).await.ok(),
        Err(_) => None,
    };
    let (report, devices) = apart(move || {
        let parts = plan.open(VoicePlace {
            data: Some(&data),
            test_model: None,
        });
        let mut report = parts.report.clone();
        report.unpronounced = names.and_then(|names| parts.unpronounced(&names.names));
        (report, devices(&plan))
    })
    .await?;
    let view = view(&report, &devices);
    let ok = view.ok;
    if json {
        out.json(&Shape { report, devices })?;
    } else {
        out.data(&about::doctor(&view, &out.data));
    }
    Ok(if ok { Exit::Done } else { Exit::Fault })
}

#[cfg(feature = "native-voice")]
fn devices(plan: &VoicePlan) -> Vec<Device> {
    use errand_voice_device::{Loudspeaker, Microphone};

    let told = |id, opened: Result<u32, errand_voice_core::EngineFault>| match opened {
        Ok(rate_hz) => Device {
            id,
            ok: true,
            rate_hz: Some(rate_hz),
            cause: None,
            fix: None,
        },
        Err(fault) => Device {
            id,
            ok: false,
            rate_hz: None,
            cause: Some(fault.to_string()),
            fix: Some(fault.hint().to_owned()),
        },
    };
    vec![
        told(
            "microphone",
            Microphone::open(&super::choice(plan.input.as_ref())).map(|m| m.rate_hz()),
        ),
        told(
            "loudspeaker",
            Loudspeaker::open(&super::choice(plan.output.as_ref())).map(|l| l.rate_hz()),
        ),
    ]
}

/// Without their code there is none to open.
#[cfg(not(feature = "native-voice"))]
fn devices(_: &VoicePlan) -> Vec<Device> {
    let missing = |id| Device {
        id,
        ok: false,
        rate_hz: None,
        cause: Some("not in this build".to_owned()),
        fix: Some(crate::voice::BUILD_HINT.to_owned()),
    };
    vec![missing("microphone"), missing("loudspeaker")]
}

/// The report as checks, one line for each engine.
pub(super) fn view(report: &VoiceReport, devices: &[Device]) -> DoctorView {
    let mut checks = Vec::new();
    for stage in &report.stages {
        for rung in &stage.rungs {
            let (state, before) = match rung.state {
                RungState::Used => (CheckState::Ok, ""),
                RungState::Ready => (CheckState::Ok, "stands in: "),
                RungState::Off => (CheckState::Off, ""),
                RungState::Fail => (CheckState::Fail, ""),
            };
            checks.push(Check {
                id: stage.id.to_owned(),
                state,
                detail: format!("{}: {before}{}", rung.engine, rung.detail),
                fix: rung.fix.clone(),
            });
        }
        if stage.id == "sound" {
            checks.extend(devices.iter().map(device));
        }
    }
    checks.extend(report.languages.iter().map(|of| {
        let name = match of.language {
            errand_types::Language::English => "English",
            errand_types::Language::German => "German",
        };
        let detail = if of.ok {
            format!("{name} is heard and spoken")
        } else {
            format!("{name} lacks {}", of.lacks.join(" and "))
        };
        Check {
            id: "language".to_owned(),
            state: if of.ok {
                CheckState::Ok
            } else {
                CheckState::Off
            },
            detail,
            fix: None,
        }
    }));
    if let Some(names) = &report.unpronounced {
        checks.push(words(names));
    }
    DoctorView {
        ok: checks.iter().all(|c| c.state != CheckState::Fail),
        checks,
    }
}

fn device(device: &Device) -> Check {
    Check {
        id: device.id.to_owned(),
        state: if device.ok {
            CheckState::Ok
        } else {
            CheckState::Off
        },
        detail: match (device.rate_hz, &device.cause) {
            (Some(rate), _) => format!("opens, {rate} samples a second"),
            (None, cause) => cause.clone().unwrap_or_default(),
        },
        fix: device.fix.clone(),
    }
}

fn words(names: &[String]) -> Check {
    if names.is_empty() {
        return Check {
            id: "words".to_owned(),
            state: CheckState::Ok,
            detail: "every name of goods that is listened for can be pronounced".to_owned(),
            fix: None,
        };
    }
    let shown: Vec<&str> = names.iter().take(SHOWN_MAX).map(String::as_str).collect();
    let more = match names.len().saturating_sub(SHOWN_MAX) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    Check {
        id: "words".to_owned(),
        state: CheckState::Off,
        detail: format!(
            "pocketsphinx has no pronunciation for {}{more}",
            shown.join(", ")
        ),
        fix: Some(
            "say what kind of thing it is, or set up a model with `errand voice setup`".to_owned(),
        ),
    }
}
