use std::fmt;
use std::path::Path;
use std::sync::Arc;

use errand_types::Language;
use errand_voice_core::{
    EngineFault, Grammar, KnownVoice, Speakable, SpeechToText, TextToSpeech, WakeModel,
};
use errand_voice_device::{Espeak, Flite, OpenAiStt, OpenAiTts, Sphinx, WyomingStt, WyomingTts};

use super::ladder::{Ladder, is_broken};
use super::models::{ModelChoice, name_of};
use super::plan::{SttEngine, TtsEngine, VoicePlan};
use super::report::{LanguageReport, Rung, RungState, Stage, VoiceReport};
use super::settings::DuplexSetting;

/// Where engines look for what they need.
#[derive(Debug, Clone, Copy, Default)]
pub struct VoicePlace<'a> {
    /// The folder of the data; models lie in `models` in it.
    pub data: Option<&'a Path>,
    /// The model of the tests, in place of one for people. It is no recogniser for people.
    pub test_model: Option<&'a Path>,
}

/// The engines of this machine, opened.
pub struct VoiceParts {
    /// What hears, first to last.
    pub recognisers: Vec<Arc<dyn SpeechToText>>,
    /// What hears answers while an approval is open: on this machine, best first.
    pub closed: Vec<Arc<dyn SpeechToText>>,
    /// What speaks, first to last.
    pub voices: Vec<Arc<dyn TextToSpeech>>,
    /// What hears "hey basket", where it was fetched.
    pub wake: Option<WakeModel>,
    /// The voice that whoever speaks is compared with, where that is switched on.
    pub known: Option<KnownVoice>,
    /// How everything stands.
    pub report: VoiceReport,
    pub(super) sphinx: Option<Sphinx>,
}

impl fmt::Debug for VoiceParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceParts")
            .field("recognisers", &self.recognisers)
            .field("voices", &self.voices)
            .finish_non_exhaustive()
    }
}

impl VoicePlan {
    /// Opens every engine that there is. What is missing is told in the report, and the next one stands in; this never
    /// fails. Blocks for some 100 ms: programs are asked for their voices, a model is read.
    pub fn open(&self, place: VoicePlace<'_>) -> VoiceParts {
        let mut hearing = Ladder::new("hearing");
        let mut recognisers: Vec<Arc<dyn SpeechToText>> = Vec::new();
        let (mut near, mut sphinx): (Vec<Arc<dyn SpeechToText>>, _) = (Vec::new(), None);
        if let Some(path) = place.test_model {
            match whisper(self, path, true) {
                Ok(engine) => {
                    hearing.opened(
                        "whisper",
                        "the model of the tests, no recogniser for people".into(),
                    );
                    recognisers.push(Arc::clone(&engine));
                    near.push(engine);
                }
                Err(fault) => hearing.missing("whisper", &fault, true),
            }
        }
        for engine in &self.stt {
            match engine {
                SttEngine::Service => {
                    let Some(at) = &self.stt_service else {
                        continue;
                    };
                    hearing.opened(
                        "service",
                        "OpenAI's interface; sound leaves this machine".into(),
                    );
                    recognisers.push(Arc::new(OpenAiStt::new(
                        at.service.clone(),
                        at.languages.clone(),
                    )));
                }
                SttEngine::Wyoming => {
                    let Some(at) = &self.stt_wyoming else {
                        continue;
                    };
                    hearing.opened("wyoming", format!("a service at {}", at.address));
                    recognisers.push(Arc::new(WyomingStt::new(
                        at.address.clone(),
                        at.languages.clone(),
                    )));
                }
                // A test brings its own model, and no other is loaded beside it.
                SttEngine::Whisper if place.test_model.is_some() => {}
                SttEngine::Whisper => {
                    if let Some(engine) = self.open_whisper(place, &mut hearing) {
                        recognisers.push(Arc::clone(&engine));
                        near.push(engine);
                    }
                }
                SttEngine::Pocketsphinx => match Sphinx::open() {
                    Ok(engine) => {
                        let detail = "English, inside a grammar of shopping and of what shops have";
                        hearing.opened("pocketsphinx", detail.into());
                        recognisers.push(Arc::new(engine.clone()));
                        near.push(Arc::new(engine.clone()));
                        sphinx = Some(engine);
                    }
                    Err(fault) => hearing.missing("pocketsphinx", &fault, false),
                },
            }
        }
        let (voices, speaking) = self.open_voices();
        let languages = Language::ALL
            .iter()
            .map(|language| language_report(*language, &recognisers, &voices))
            .collect();
        let (wake, waking) = self.open_wake(place);
        let (known, knowing) = self.open_known(place);
        let mut stages = vec![sound(), waking.stage, hearing.stage, speaking.stage];
        stages.extend(self.inner_stages());
        stages.push(knowing.stage);
        VoiceParts {
            report: VoiceReport {
                ok: !recognisers.is_empty() && !voices.is_empty(),
                stages,
                languages,
                unpronounced: None,
            },
            recognisers,
            closed: near,
            voices,
            wake,
            known,
            sphinx,
        }
    }

    fn open_whisper(
        &self,
        place: VoicePlace<'_>,
        hearing: &mut Ladder,
    ) -> Option<Arc<dyn SpeechToText>> {
        let folder = place.data.map(|data| data.join("models"));
        let choice = ModelChoice::find(self.model.as_deref(), folder.as_deref());
        match choice {
            ModelChoice::File { path, others } => match whisper(self, &path, false) {
                Ok(engine) => {
                    let also = if others.is_empty() {
                        String::new()
                    } else {
                        format!(
                            "; also there: {}, choose with `voice.stt.model`",
                            others.join(", ")
                        )
                    };
                    hearing.opened("whisper", format!("model {}{also}", name_of(&path)));
                    Some(engine)
                }
                Err(fault) => {
                    hearing.missing("whisper", &fault, is_broken(&fault) || self.model.is_some());
                    None
                }
            },
            ModelChoice::Missing { name } => {
                hearing.push(
                    "whisper",
                    RungState::Fail,
                    format!("there is no model `{name}`"),
                    Some(
                        "fetch it with `errand voice setup`, or name another in `voice.stt.model`"
                            .into(),
                    ),
                );
                None
            }
            ModelChoice::None => {
                hearing.push(
                    "whisper",
                    RungState::Off,
                    "no model is set up".into(),
                    Some("`errand voice setup`, or name a file in `voice.stt.model`".into()),
                );
                None
            }
        }
    }

    fn open_voices(&self) -> (Vec<Arc<dyn TextToSpeech>>, Ladder) {
        let mut speaking = Ladder::new("speaking");
        let mut voices: Vec<Arc<dyn TextToSpeech>> = Vec::new();
        for engine in &self.tts {
            match engine {
                TtsEngine::Service => {
                    let Some(at) = &self.tts_service else {
                        continue;
                    };
                    speaking.opened(
                        "service",
                        "OpenAI's interface; what is said leaves this machine".into(),
                    );
                    voices.push(Arc::new(OpenAiTts::new(
                        at.service.clone(),
                        at.voices.clone(),
                    )));
                }
                TtsEngine::Wyoming => {
                    let Some(at) = &self.tts_wyoming else {
                        continue;
                    };
                    speaking.opened("wyoming", format!("a service at {}", at.address));
                    voices.push(Arc::new(WyomingTts::new(
                        at.address.clone(),
                        at.voices.clone(),
                    )));
                }
                TtsEngine::Flite => match Flite::open() {
                    Ok(engine) => speaking.voice(&mut voices, Arc::new(engine)),
                    Err(fault) => speaking.missing("flite", &fault, false),
                },
                TtsEngine::EspeakNg => match Espeak::open() {
                    Ok(engine) => speaking.voice(&mut voices, Arc::new(engine)),
                    Err(fault) => speaking.missing("espeak-ng", &fault, false),
                },
            }
        }
        if let Some(name) = &self.voice
            && !voices
                .iter()
                .any(|v| v.info().voices.iter().any(|v| v.name == *name))
        {
            speaking.push(
                "voice",
                RungState::Fail,
                format!("no engine here has the voice `{name}`"),
                Some("name another in `voice.tts.voice`".into()),
            );
        }
        (voices, speaking)
    }

    /// What is Rust alone, and so always there.
    fn inner_stages(&self) -> Vec<Stage> {
        let one = |id, engine: &str, detail: &str| Stage {
            id,
            rungs: vec![Rung {
                engine: engine.to_owned(),
                state: RungState::Used,
                detail: detail.to_owned(),
                fix: None,
            }],
        };
        let duplex = match self.duplex {
            DuplexSetting::Full => {
                "listens while it speaks; goes half duplex by itself where the echo stays"
            }
            DuplexSetting::Half => {
                "half duplex: only stop words and the wake word are heard while it speaks"
            }
        };
        vec![
            one("voice activity", "earshot", "tells speech from silence"),
            one("echo", "aec3", duplex),
        ]
    }
}

impl VoiceParts {
    /// Names that the recogniser with a grammar has no pronunciation for. `None` without that recogniser.
    pub fn unpronounced(&self, names: &[String]) -> Option<Vec<String>> {
        let sphinx = self.sphinx.as_ref()?;
        let grammar = Grammar::open(names.iter().map(String::as_str)).ok()?;
        sphinx.prepare(&grammar).ok()?;
        let skipped = sphinx.skipped();
        Some(
            names
                .iter()
                .filter(|n| skipped.contains(n))
                .cloned()
                .collect(),
        )
    }
}

#[cfg(feature = "native-voice")]
fn whisper(
    plan: &VoicePlan,
    path: &Path,
    is_test_model: bool,
) -> Result<Arc<dyn SpeechToText>, EngineFault> {
    use errand_voice_device::{AudioContext, Whisper, WhisperSettings};

    use super::settings::AudioContextSetting;

    let settings = WhisperSettings {
        workers: plan.workers,
        threads: plan.threads,
        audio_context: match plan.audio_ctx {
            AudioContextSetting::Auto => AudioContext::Auto,
            AudioContextSetting::Full => AudioContext::Full,
        },
        is_test_model,
    };
    Ok(Arc::new(Whisper::open(path, settings)?))
}

#[cfg(not(feature = "native-voice"))]
fn whisper(_: &VoicePlan, _: &Path, _: bool) -> Result<Arc<dyn SpeechToText>, EngineFault> {
    Err(not_built("whisper"))
}

#[cfg(not(feature = "native-voice"))]
fn not_built(engine: &'static str) -> EngineFault {
    EngineFault::Missing {
        engine,
        missing: "its code in this build".to_owned(),
        remedy: BUILD_HINT.to_owned(),
    }
}

/// How a build gets what this one was built without.
pub const BUILD_HINT: &str = "install cmake, a C++ compiler and ALSA's headers, then `make run`; or build with `--features native-voice`";

fn sound() -> Stage {
    #[cfg(feature = "native-voice")]
    let rung = Rung {
        engine: "cpal".to_owned(),
        state: RungState::Used,
        detail: "microphone and loudspeaker of this machine".to_owned(),
        fix: None,
    };
    #[cfg(not(feature = "native-voice"))]
    let rung = Rung {
        engine: "cpal".to_owned(),
        state: RungState::Off,
        detail: "this build has no microphone and no loudspeaker; files work".to_owned(),
        fix: Some(BUILD_HINT.to_owned()),
    };
    Stage {
        id: "sound",
        rungs: vec![rung],
    }
}

fn language_report(
    language: Language,
    recognisers: &[Arc<dyn SpeechToText>],
    voices: &[Arc<dyn TextToSpeech>],
) -> LanguageReport {
    let heard = recognisers
        .iter()
        .any(|r| r.info().languages.contains(&language));
    let spoken = voices.iter().any(|v| v.info().voice(language).is_some());
    let lacks: Vec<&'static str> = [
        (heard, "a recogniser"),
        (spoken, "a voice"),
        (
            Speakable::of(language).is_some(),
            "money, dates and answers in words",
        ),
    ]
    .into_iter()
    .filter_map(|(has, what)| (!has).then_some(what))
    .collect();
    LanguageReport {
        language,
        ok: lacks.is_empty(),
        lacks,
    }
}
