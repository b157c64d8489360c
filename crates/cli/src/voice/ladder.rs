use std::sync::Arc;

use errand_voice_core::{EngineFault, TextToSpeech};

use super::report::{Rung, RungState, Stage};

/// The engines of one stage as they are opened.
pub(super) struct Ladder {
    pub(super) stage: Stage,
}

impl Ladder {
    pub(super) fn new(id: &'static str) -> Self {
        Self {
            stage: Stage {
                id,
                rungs: Vec::new(),
            },
        }
    }

    pub(super) fn push(
        &mut self,
        engine: &str,
        state: RungState,
        detail: String,
        fix: Option<String>,
    ) {
        self.stage.rungs.push(Rung {
            engine: engine.to_owned(),
            state,
            detail,
            fix,
        });
    }

    pub(super) fn opened(&mut self, engine: &str, detail: String) {
        let state = if self.stage.used().is_some() {
            RungState::Ready
        } else {
            RungState::Used
        };
        self.push(engine, state, detail, None);
    }

    pub(super) fn voice(
        &mut self,
        voices: &mut Vec<Arc<dyn TextToSpeech>>,
        engine: Arc<dyn TextToSpeech>,
    ) {
        let info = engine.info();
        let count = info.voices.len();
        let first = info
            .voices
            .first()
            .map(|v| v.name.clone())
            .unwrap_or_default();
        let more = match count {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        self.opened(info.engine, format!("voice {first}{more}"));
        voices.push(engine);
    }

    pub(super) fn missing(&mut self, engine: &str, fault: &EngineFault, is_wanted: bool) {
        let state = if is_wanted || is_broken(fault) {
            RungState::Fail
        } else {
            RungState::Off
        };
        let detail = match fault {
            EngineFault::Missing { missing, .. } => format!("{missing} is missing"),
            EngineFault::Broken { what, cause, .. } => format!("{what} cannot be read: {cause}"),
            other => other.to_string(),
        };
        self.push(engine, state, detail, Some(fault.hint().to_owned()));
    }
}

/// It is there and does not work, other than something that is not there.
pub(super) fn is_broken(fault: &EngineFault) -> bool {
    matches!(
        fault,
        EngineFault::Broken { .. } | EngineFault::Failed { .. }
    )
}
