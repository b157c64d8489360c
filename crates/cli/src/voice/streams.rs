use std::sync::Arc;

use anyhow::Context as _;
use errand_types::Language;
use errand_voice_core::{ClosedGrammar, Nods, Reach, SpeechToText};
use errand_voice_talk::{Engines, Limits, Names, Streams};

use super::open::VoiceParts;

impl VoiceParts {
    /// The engines as voice streams use them. `names` is asked before each utterance, for recognisers that listen for names.
    ///
    /// # Errors
    /// When a recogniser for approvals is on another machine, which none of these is.
    pub fn engines(&self, names: &Names) -> anyhow::Result<Engines> {
        let engines = Engines::built_in()
            .with_recognisers(self.recognisers.clone())
            .with_names(names)
            .with_voices(self.voices.clone());
        let engines = match self.wake.clone() {
            Some(model) => engines.with_wake(Arc::new(move || Box::new(model.detector()))),
            None => engines,
        };
        let engines = match self.known.clone() {
            Some(known) => engines.with_known_voice(known),
            None => engines,
        };
        // Answers to approvals are read by those that can be held to the list; without any they are given on the page.
        let is_held = |engine: &&Arc<dyn SpeechToText>| {
            engine.info().constrains && engine.info().reach == Reach::Local
        };
        let held = self.closed.iter().filter(is_held).cloned().collect();
        engines
            .with_closed(held, errand_trust::word_list())
            .context("the recognisers for approvals")
    }

    /// Voice streams with these engines, for a face to open. Starts their threads.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn streams(&self, names: &Names) -> anyhow::Result<Streams> {
        let streams = Streams::new(self.engines(names)?, Limits::default())
            .context("the threads of speech")?;
        self.prepare_closed();
        Ok(streams)
    }

    /// Makes the decoders of approvals and of nods while nobody waits for them. Without it the first is read a little later.
    fn prepare_closed(&self) {
        let Some(sphinx) = self.sphinx.clone() else {
            return;
        };
        let made = std::thread::Builder::new()
            .name("errand-closed".to_owned())
            .spawn(move || {
                if let Ok(nods) = Nods::new(Language::English) {
                    sphinx.prepare(&nods.hints().grammar).ok();
                }
                let words = ClosedGrammar::words(Language::English, errand_trust::word_list());
                words.is_ok_and(|words| sphinx.prepare(&words.hints().grammar).is_ok())
            });
        if let Err(error) = made {
            tracing::warn!(%error, "no thread to prepare the recogniser for approvals");
        }
    }
}
