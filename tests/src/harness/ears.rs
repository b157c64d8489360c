use std::sync::Arc;

use errand_types::Language;
use errand_voice_core::{
    Deadline, Grammar, Hints, SpeechToText, SttError, SttInfo, SttStream, TextToSpeech, Transcript,
    Utterance,
};
use errand_voice_device::{Espeak, Flite, Sphinx};
use errand_voice_talk::{Engines, Limits, Streams};

use crate::foreign::Missing;

/// What a shop has, as far as a test asks for it.
const NAMES: [&str; 8] = [
    "coffee",
    "coffee beans",
    "fair trade coffee",
    "tea",
    "soap",
    "a desk",
    "milk",
    "bread",
];

/// Real ears and a real voice: PocketSphinx within the grammar of shopping, and flite before espeak-ng.
///
/// # Errors
/// [`Missing`] when one of them is not on this machine.
pub fn ears() -> Result<Streams, Missing> {
    let missing = |what: String| Missing {
        what,
        remedy: "run scripts/setup.sh",
    };
    let sphinx: Arc<dyn SpeechToText> =
        Arc::new(Sphinx::open().map_err(|fault| missing(fault.to_string()))?);
    let mut voices: Vec<Arc<dyn TextToSpeech>> = Vec::new();
    // The clients of the tests speak with it as well.
    voices.push(Arc::new(
        Flite::open().map_err(|fault| missing(fault.to_string()))?,
    ));
    if let Ok(espeak) = Espeak::open() {
        voices.push(Arc::new(espeak));
    }
    let engines = Engines::built_in()
        .with_recognisers(vec![Arc::new(Named(Arc::clone(&sphinx)))])
        .with_voices(voices)
        .with_closed(sphinx, errand_trust::word_list())
        .map_err(|fault| missing(fault.to_string()))?;
    Streams::new(engines, Limits::default()).map_err(|fault| missing(fault.to_string()))
}

/// A recogniser that knows the names of things.
#[derive(Debug)]
struct Named(Arc<dyn SpeechToText>);

fn named(hints: &Hints) -> Hints {
    let mut hints = hints.clone();
    let is_free = matches!(&hints.grammar, Grammar::Open { vocabulary } if vocabulary.is_empty());
    if is_free
        && hints.language == Language::English
        && let Ok(grammar) = Grammar::open(NAMES)
    {
        hints.grammar = grammar;
    }
    hints
}

impl SpeechToText for Named {
    fn info(&self) -> SttInfo {
        self.0.info()
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        self.0.transcribe(utterance, &named(hints), deadline)
    }

    fn open(
        &self,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn SttStream>>, SttError> {
        self.0.open(&named(hints), deadline)
    }
}
