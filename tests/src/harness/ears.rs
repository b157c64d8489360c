use std::sync::Arc;

use errand_voice_core::{SpeechToText, TextToSpeech};
use errand_voice_device::{Espeak, Flite, Sphinx};
use errand_voice_talk::{Engines, Limits, Names, Streams};

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
    let names: Names = Arc::new(|| NAMES.map(str::to_owned).to_vec());
    let engines = Engines::built_in()
        .with_recognisers(vec![Arc::clone(&sphinx)])
        .with_names(&names)
        .with_voices(voices)
        .with_closed(vec![sphinx], errand_trust::word_list())
        .map_err(|fault| missing(fault.to_string()))?;
    Streams::new(engines, Limits::default()).map_err(|fault| missing(fault.to_string()))
}
