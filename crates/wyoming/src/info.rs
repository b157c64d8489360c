//! What is offered, as the event `info` tells it.

use errand_types::Language;
use errand_voice_core::{SttInfo, TtsInfo};
use errand_voice_wyoming::Event;
use serde_json::{Value, json};

/// Name of our programs in `info`.
const NAME: &str = "errand";

/// What this installation offers to callers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offer {
    /// Recognisers, the first one first.
    pub(crate) recognisers: Vec<SttInfo>,
    /// Voices, the first one first.
    pub(crate) voices: Vec<TtsInfo>,
    /// Languages in which sentences are handled; empty: they are not.
    pub(crate) handles: Vec<Language>,
}

impl Offer {
    /// The event `info`.
    pub(crate) fn event(&self) -> Event {
        let mut event = Event::new("info");
        for (key, programs) in [
            ("asr", self.asr()),
            ("tts", self.tts()),
            ("handle", self.handle()),
        ] {
            event = event.with(key, Value::Array(programs));
        }
        for empty in ["intent", "wake", "mic", "snd"] {
            event = event.with(empty, Value::Array(Vec::new()));
        }
        event
    }

    /// Whether somebody here understands this language.
    pub(crate) fn understands(&self, language: Language) -> bool {
        self.recognisers
            .iter()
            .any(|info| info.languages.contains(&language))
    }

    fn asr(&self) -> Vec<Value> {
        if self.recognisers.is_empty() {
            return Vec::new();
        }
        let models = self.recognisers.iter().map(|info| {
            let about = format!("Speech recognition by {}", info.engine);
            let mut model = artifact(info.engine, &about, by(info.engine), None);
            put(&mut model, "languages", codes(&info.languages));
            model
        });
        let mut program = program("Understands speech with the recognisers of this installation");
        put(&mut program, "models", models.collect());
        // The words come in one piece, when the sound is over.
        put(&mut program, "supports_transcript_streaming", json!(false));
        put(&mut program, "requires_external_vad", json!(true));
        put(&mut program, "prefers_auto_gain_enabled", json!(false));
        put(
            &mut program,
            "prefers_noise_reduction_enabled",
            json!(false),
        );
        vec![program]
    }

    fn tts(&self) -> Vec<Value> {
        let voices: Vec<Value> = self
            .voices
            .iter()
            .flat_map(|info| info.voices.iter().map(|voice| (info.engine, voice)))
            .map(|(engine, voice)| {
                let about = format!("{} by {engine}", voice.name);
                let mut told = artifact(&voice.name, &about, by(engine), None);
                put(&mut told, "languages", codes(&[voice.language]));
                put(&mut told, "speakers", Value::Null);
                told
            })
            .collect();
        if voices.is_empty() {
            return Vec::new();
        }
        let mut program = program("Speaks with the voices of this installation");
        put(&mut program, "voices", Value::Array(voices));
        put(&mut program, "supports_synthesize_streaming", json!(true));
        vec![program]
    }

    fn handle(&self) -> Vec<Value> {
        if self.handles.is_empty() {
            return Vec::new();
        }
        let version = env!("CARGO_PKG_VERSION");
        let mut model = artifact("errand", "Shopping", by(NAME), Some(version));
        put(&mut model, "languages", codes(&self.handles));
        let mut program = program("Shops for you: finds, compares, looks after orders");
        put(&mut program, "models", Value::Array(vec![model]));
        put(&mut program, "supports_handled_streaming", json!(false));
        put(&mut program, "supports_home_control", json!(false));
        vec![program]
    }
}

fn program(about: &str) -> Value {
    artifact(NAME, about, by(NAME), Some(env!("CARGO_PKG_VERSION")))
}

/// What each program, model and voice says of itself.
fn artifact(name: &str, about: &str, (who, url): (&str, &str), version: Option<&str>) -> Value {
    json!({
        "name": name,
        "attribution": { "name": who, "url": url },
        "installed": true,
        "description": about,
        "version": version,
    })
}

fn put(value: &mut Value, key: &str, entry: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), entry);
    }
}

fn codes(languages: &[Language]) -> Value {
    languages.iter().map(|language| language.code()).collect()
}

/// Who made an engine, and where it is from.
fn by(engine: &str) -> (&str, &'static str) {
    match engine {
        "espeak-ng" => ("eSpeak NG", "https://github.com/espeak-ng/espeak-ng"),
        "flite" => ("Flite", "https://github.com/festvox/flite"),
        "pocketsphinx" => ("CMU Sphinx", "https://cmusphinx.github.io"),
        "whisper" => ("whisper.cpp", "https://github.com/ggml-org/whisper.cpp"),
        "errand" => ("errand", ""),
        other => (other, ""),
    }
}

#[cfg(test)]
mod tests {
    use errand_voice_core::{Reach, Voice};

    use super::*;

    fn offer() -> Offer {
        Offer {
            recognisers: vec![SttInfo {
                engine: "pocketsphinx",
                languages: vec![Language::English],
                streams: false,
                constrains: true,
                hears_beginnings: false,
                tells_nbest: true,
                reach: Reach::Local,
            }],
            voices: vec![TtsInfo {
                engine: "espeak-ng",
                voices: vec![Voice {
                    name: "en-us".into(),
                    language: Language::English,
                }],
                tells_words: false,
                reach: Reach::Local,
            }],
            handles: vec![Language::English, Language::German],
        }
    }

    #[test]
    fn each_program_names_its_maker_and_its_languages() {
        let info = offer().event();

        assert_eq!(
            info.value("asr").unwrap()[0]["models"][0]["attribution"]["name"],
            "CMU Sphinx"
        );
        assert_eq!(
            info.value("tts").unwrap()[0]["voices"][0]["languages"],
            json!(["en"])
        );
        let handle = &info.value("handle").unwrap()[0];
        assert_eq!(handle["models"][0]["languages"], json!(["en", "de"]));
        assert_eq!(handle["version"], env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn what_is_not_there_is_not_offered() {
        let info = Offer::default().event();

        for key in ["asr", "tts", "handle", "intent", "wake", "mic", "snd"] {
            assert_eq!(info.value(key), Some(&json!([])), "{key}");
        }
    }
}
