use errand_protocol::api::{Check, CheckState};
use errand_types::Language;
use serde::Serialize;

/// How an engine stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RungState {
    /// It is used.
    Used,
    /// It stands in when the one before it fails.
    Ready,
    /// It is not set up, which is fine.
    Off,
    /// It was asked for, or it is there, and does not work.
    Fail,
}

/// One engine of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// Its name.
    pub engine: String,
    /// How it stands.
    pub state: RungState,
    /// In words.
    pub detail: String,
    /// What to do for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// One stage between microphone and loudspeaker, its engines best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Stable word: `hearing`.
    pub id: &'static str,
    /// Engines, best first.
    pub rungs: Vec<Rung>,
}

impl Stage {
    /// The engine in use.
    pub fn used(&self) -> Option<&Rung> {
        self.rungs.iter().find(|r| r.state == RungState::Used)
    }
}

/// What a language can do by voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageReport {
    /// Which.
    pub language: Language,
    /// It is heard, spoken, and money is said in words.
    pub ok: bool,
    /// What it lacks.
    pub lacks: Vec<&'static str>,
}

/// How hearing and speaking stand on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoiceReport {
    /// Somebody can be heard and answered.
    pub ok: bool,
    /// The stages.
    pub stages: Vec<Stage>,
    /// The languages.
    pub languages: Vec<LanguageReport>,
    /// Names of goods that the recogniser with a grammar has no pronunciation for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpronounced: Option<Vec<String>>,
}

impl VoiceReport {
    /// A stage by its word.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.id == id)
    }

    /// The same in one line, for `errand doctor`.
    pub fn check(&self) -> Check {
        let name = |id| {
            self.stage(id)
                .and_then(Stage::used)
                .map(|r| r.engine.clone())
        };
        let (state, detail, fix) = match (name("hearing"), name("speaking")) {
            (Some(ear), Some(mouth)) => (
                CheckState::Ok,
                format!("hears with {ear}, speaks with {mouth}"),
                None,
            ),
            (Some(ear), None) => (
                CheckState::Off,
                format!("hears with {ear}, has no voice"),
                self.fix("speaking"),
            ),
            (None, Some(mouth)) => (
                CheckState::Off,
                format!("speaks with {mouth}, cannot hear"),
                self.fix("hearing"),
            ),
            (None, None) => (
                CheckState::Off,
                "nothing to hear or to speak with".to_owned(),
                self.fix("hearing"),
            ),
        };
        // What was asked for and does not work is a problem, even if something else stands in.
        let broken = self
            .stages
            .iter()
            .flat_map(|s| &s.rungs)
            .find(|r| r.state == RungState::Fail);
        match broken {
            Some(rung) => Check {
                id: "speech".into(),
                state: CheckState::Fail,
                detail: format!("{detail}; {}: {}", rung.engine, rung.detail),
                fix: rung.fix.clone(),
            },
            None => Check {
                id: "speech".into(),
                state,
                detail,
                fix: fix.or(Some("`errand voice doctor` tells more".to_owned())
                    .filter(|_| state == CheckState::Off)),
            },
        }
    }

    fn fix(&self, id: &str) -> Option<String> {
        let mut rungs = self.stage(id)?.rungs.iter().rev();
        rungs.find_map(|r| r.fix.clone())
    }
}
