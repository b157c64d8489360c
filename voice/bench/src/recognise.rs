//! The recognisers of this machine. The model of the tests is never one of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "whisper")]
use errand_voice_core::EngineFault;
use errand_voice_core::{Deadline, Hints, SpeechToText, SttError, Transcript, Utterance};
use errand_voice_device::Sphinx;
#[cfg(feature = "whisper")]
use errand_voice_device::{AudioContext, Whisper, WhisperSettings};
use serde_json::{Value, json};

/// Names the file of a real model.
pub(crate) const MODEL: &str = "ERRAND_WHISPER_MODEL";

/// One recogniser.
#[derive(Clone)]
pub(crate) struct Recogniser {
    pub(crate) name: &'static str,
    pub(crate) engine: Arc<dyn SpeechToText>,
    /// Who hears answers to approvals beside it.
    pub(crate) others: Vec<Arc<dyn SpeechToText>>,
}

/// All of them that can be held to a list, as errand lets them hear an answer: together. `None`: there is one at most.
pub(crate) fn together(all: &[Recogniser]) -> Option<Recogniser> {
    let held = all.iter().filter(|one| one.engine.info().constrains);
    let mut held: Vec<_> = held.map(|one| Arc::clone(&one.engine)).collect();
    let engine = held.pop()?;
    (!held.is_empty()).then_some(Recogniser {
        name: "together",
        engine,
        others: held,
    })
}

impl Recogniser {
    /// Reads without hurry: what is measured here is whether it is right, and its CPU time.
    pub(crate) fn read(&self, utterance: Utterance, hints: &Hints) -> Result<Transcript, SttError> {
        read(&self.engine, utterance, hints)
    }

    /// An answer to an approval, by everybody who hears it.
    pub(crate) fn answer(
        &self,
        utterance: &Utterance,
        hints: &Hints,
    ) -> Result<Vec<Transcript>, SttError> {
        let engines = std::iter::once(&self.engine).chain(&self.others);
        engines
            .map(|engine| read(engine, utterance.clone(), hints))
            .collect()
    }
}

fn read(
    engine: &Arc<dyn SpeechToText>,
    utterance: Utterance,
    hints: &Hints,
) -> Result<Transcript, SttError> {
    let within = Duration::from_secs(120);
    let deadline = Deadline {
        within,
        ..Deadline::usual(within)
    };
    engine.transcribe(utterance, hints, &deadline)
}

impl fmt::Debug for Recogniser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What is not measured, why, and what to do about it.
pub(crate) type Skipped = Vec<Value>;

pub(crate) fn skip(skipped: &mut Skipped, what: &str, why: &str, remedy: &str) {
    skipped.push(json!({ "what": what, "why": why, "remedy": remedy }));
}

/// Every recogniser that this machine has.
pub(crate) fn recognisers(skipped: &mut Skipped) -> Vec<Recogniser> {
    let mut found = Vec::new();
    match Sphinx::open() {
        Ok(sphinx) => found.push(Recogniser {
            name: "pocketsphinx",
            engine: Arc::new(sphinx),
            others: Vec::new(),
        }),
        Err(fault) => skip(skipped, "pocketsphinx", &fault.to_string(), fault.hint()),
    }
    found.extend(whisper(skipped));
    found
}

#[cfg(feature = "whisper")]
fn whisper(skipped: &mut Skipped) -> Option<Recogniser> {
    let Some(path) = std::env::var_os(MODEL) else {
        skip(
            skipped,
            "whisper",
            "no model is named",
            &format!("`errand voice setup tiny.en`, then {MODEL}=FILE with the path that it tells"),
        );
        return None;
    };
    match open(&path, AudioContext::Auto) {
        Ok(whisper) => Some(whisper),
        Err(fault) => {
            skip(skipped, "whisper", &fault.to_string(), fault.hint());
            None
        }
    }
}

/// The same model with the whole window of 30 s, as it was trained: what the shorter one is held against.
#[cfg(feature = "whisper")]
pub(crate) fn whisper_full() -> Option<Recogniser> {
    open(&std::env::var_os(MODEL)?, AudioContext::Full).ok()
}

#[cfg(feature = "whisper")]
fn open(path: &std::ffi::OsStr, audio_context: AudioContext) -> Result<Recogniser, EngineFault> {
    let settings = WhisperSettings {
        audio_context,
        ..WhisperSettings::default()
    };
    let engine = Whisper::open(std::path::Path::new(path), settings)?;
    Ok(Recogniser {
        name: match audio_context {
            AudioContext::Auto => "whisper",
            AudioContext::Full => "whisper-full",
        },
        engine: Arc::new(engine),
        others: Vec::new(),
    })
}

#[cfg(not(feature = "whisper"))]
pub(crate) fn whisper_full() -> Option<Recogniser> {
    None
}

#[cfg(not(feature = "whisper"))]
fn whisper(skipped: &mut Skipped) -> Option<Recogniser> {
    skip(
        skipped,
        "whisper",
        "this program was built without it",
        &format!(
            "{MODEL}=FILE cargo xtask eval voice ..., which builds it in (needs cmake and a C++ compiler)"
        ),
    );
    None
}
