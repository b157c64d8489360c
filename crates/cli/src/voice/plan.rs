use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use errand_types::Language;
use errand_voice_core::{Pace, Voice};
use errand_voice_device::Service;
use errand_voice_talk::Detection;
use serde::{Deserialize, Serialize};

use super::settings::{
    AudioContextSetting, DuplexSetting, ServiceSettings, SpeakerCheckSetting, VoiceSettings,
    WakeSetting, WyomingSettings,
};
use crate::secret;

const LANGUAGES: &str = "`languages` is empty; leave it out for English";
/// Threads and workers at most.
const MOST: u8 = 16;
/// Seconds after an answer in which no wake word is needed.
const FOLLOW_UP_S: u8 = 8;
const FOLLOW_UP_S_MAX: u8 = 60;
/// Names in a list at most.
const NAMES_MAX: usize = 100;

/// What hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SttEngine {
    /// A service with OpenAI's interface.
    Service,
    /// A Wyoming service.
    Wyoming,
    /// whisper.cpp with a model on this machine.
    Whisper,
    /// PocketSphinx with a grammar.
    Pocketsphinx,
}

/// What speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TtsEngine {
    /// A service with OpenAI's interface.
    Service,
    /// A Wyoming service.
    Wyoming,
    /// flite: English, clearer.
    Flite,
    /// espeak-ng: many languages, robotic.
    EspeakNg,
}

/// A service that was configured.
#[derive(Debug, Clone)]
pub(super) struct ServicePlan {
    pub(super) service: Service,
    pub(super) languages: Vec<Language>,
    pub(super) voices: Vec<Voice>,
}

/// A Wyoming service that was configured.
#[derive(Debug, Clone)]
pub(super) struct WyomingPlan {
    pub(super) address: String,
    pub(super) languages: Vec<Language>,
    pub(super) voices: Vec<Voice>,
}

/// What the settings amount to: checked, with keys read, and nothing opened yet.
#[derive(Debug, Clone)]
pub struct VoicePlan {
    /// What hears, first to last.
    pub stt: Vec<SttEngine>,
    /// What speaks, first to last.
    pub tts: Vec<TtsEngine>,
    /// The voice that is asked for.
    pub voice: Option<String>,
    /// How fast it speaks.
    pub pace: Pace,
    /// Whether the microphone listens while errand speaks.
    pub duplex: DuplexSetting,
    /// Whether errand has to be called before it listens.
    pub wake: WakeSetting,
    /// Whether whoever speaks is compared with the voice that is known.
    pub speaker_check: SpeakerCheckSetting,
    /// How long after an answer it need not be called, in milliseconds.
    pub follow_up_ms: u64,
    /// Microphone by its name.
    pub input: Option<String>,
    /// Loudspeaker by its name.
    pub output: Option<String>,
    /// Where models are fetched from.
    pub base_url: Option<String>,
    /// A list of models of one's own.
    pub models: Option<PathBuf>,
    /// Model of whisper.cpp, as it is called.
    pub model: Option<String>,
    /// How much sound it looks at.
    pub audio_ctx: AudioContextSetting,
    /// Threads for one utterance.
    pub threads: u8,
    /// Utterances at the same time.
    pub workers: u8,
    pub(super) stt_service: Option<ServicePlan>,
    pub(super) stt_wyoming: Option<WyomingPlan>,
    pub(super) tts_service: Option<ServicePlan>,
    pub(super) tts_wyoming: Option<WyomingPlan>,
}

impl VoiceSettings {
    /// What these settings amount to. `env` reads the environment, for keys.
    ///
    /// # Errors
    /// Whatever does not fit, named; no key is in a message.
    pub fn plan(&self, env: impl Fn(&str) -> Option<String>) -> anyhow::Result<VoicePlan> {
        let stt_service = self
            .stt
            .service
            .as_ref()
            .map(|s| service("voice.stt.service", s, &env))
            .transpose()?;
        let tts_service = self
            .tts
            .service
            .as_ref()
            .map(|s| service("voice.tts.service", s, &env))
            .transpose()?;
        let stt_wyoming = self
            .stt
            .wyoming
            .as_ref()
            .map(|w| wyoming("voice.stt.wyoming", w))
            .transpose()?;
        let tts_wyoming = self
            .tts
            .wyoming
            .as_ref()
            .map(|w| wyoming("voice.tts.wyoming", w))
            .transpose()?;
        for (at, voices) in [
            ("voice.tts.service", tts_service.as_ref().map(|s| &s.voices)),
            ("voice.tts.wyoming", tts_wyoming.as_ref().map(|w| &w.voices)),
        ] {
            if voices.is_some_and(Vec::is_empty) {
                bail!("`{at}` names no voice; list one in `voices`");
            }
        }
        let stt = order(
            "voice.stt.engines",
            self.stt.engines.as_deref(),
            &[
                (SttEngine::Service, "service", stt_service.is_some()),
                (SttEngine::Wyoming, "wyoming", stt_wyoming.is_some()),
                (SttEngine::Whisper, "whisper", true),
                (SttEngine::Pocketsphinx, "pocketsphinx", true),
            ],
        )?;
        let tts = order(
            "voice.tts.engines",
            self.tts.engines.as_deref(),
            &[
                (TtsEngine::Service, "service", tts_service.is_some()),
                (TtsEngine::Wyoming, "wyoming", tts_wyoming.is_some()),
                (TtsEngine::Flite, "flite", true),
                (TtsEngine::EspeakNg, "espeak-ng", true),
            ],
        )?;
        let count = |said: Option<u8>, name: &str| match said {
            None => Ok(1),
            Some(n) if (1..=MOST).contains(&n) => Ok(n),
            Some(n) => bail!("`{name}` is {n}; it goes from 1 to {MOST}"),
        };
        let pace = self.tts.pace.unwrap_or(Pace::USUAL.get());
        if !(50..=200).contains(&pace) {
            bail!("`voice.tts.pace` is {pace}; it goes from 50 to 200");
        }
        let follow_up_s = self.follow_up_s.unwrap_or(FOLLOW_UP_S);
        if follow_up_s > FOLLOW_UP_S_MAX {
            bail!("`voice.follow_up_s` is {follow_up_s}; it goes from 0 to {FOLLOW_UP_S_MAX}");
        }
        if let Some(base) = &self.setup.base_url {
            errand_voice_device::Source::base(base).map_err(|error| {
                anyhow::anyhow!("`voice.setup.base_url`: {error}; {}", error.hint())
            })?;
        }
        Ok(VoicePlan {
            stt,
            tts,
            voice: self.tts.voice.clone(),
            pace: Pace::percent(pace),
            duplex: self.duplex,
            wake: self.wake,
            speaker_check: self.speaker_check,
            follow_up_ms: 1_000 * u64::from(follow_up_s),
            input: self.input.clone(),
            output: self.output.clone(),
            base_url: self.setup.base_url.clone(),
            models: self.setup.models.clone(),
            model: self.stt.model.clone(),
            audio_ctx: self.stt.audio_ctx,
            threads: count(self.stt.threads, "voice.stt.threads")?,
            workers: count(self.stt.workers, "voice.stt.workers")?,
            stt_service,
            stt_wyoming,
            tts_service,
            tts_wyoming,
        })
    }
}

impl VoicePlan {
    /// When somebody at this machine may speak, and when they are done.
    pub fn detection(&self) -> Detection {
        Detection {
            follow_up_ms: self.follow_up_ms,
            ..match self.wake {
                WakeSetting::Off => Detection::usual(),
                WakeSetting::On => Detection::woken(),
            }
        }
    }
}

/// The engines in the order that was asked for, or those that may be used, the best first.
fn order<E: Copy + PartialEq>(
    name: &str,
    asked: Option<&[E]>,
    known: &[(E, &str, bool)],
) -> anyhow::Result<Vec<E>> {
    let Some(asked) = asked else {
        let may = known.iter().filter(|(_, _, is_there)| *is_there);
        return Ok(may.map(|(engine, ..)| *engine).collect());
    };
    if asked.is_empty() {
        bail!("`{name}` is empty; leave it out to use what there is");
    }
    for (at, engine) in asked.iter().enumerate() {
        let of = known.iter().find(|(known, ..)| known == engine);
        let Some((_, shown, is_there)) = of else {
            continue;
        };
        if asked.iter().take(at).any(|before| before == engine) {
            bail!("`{name}` names `{shown}` twice");
        }
        if !is_there {
            let table = name.trim_end_matches("engines");
            bail!(
                "`{name}` names `{shown}`, and there is no table `[{table}{shown}]` that says where it is"
            );
        }
    }
    Ok(asked.to_vec())
}

fn service(
    at: &str,
    said: &ServiceSettings,
    env: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<ServicePlan> {
    if said.model.trim().is_empty() {
        bail!("`{at}.model` is missing");
    }
    let key = secret::key(
        &format!("`{at}`"),
        said.key_env.as_ref(),
        said.key_file.as_ref(),
        env,
    )?;
    let key = key.map(secrecy::SecretString::from);
    let service = Service::new(&said.base_url, key, said.model.trim().to_owned())
        .map_err(|fault| anyhow::anyhow!("{fault}"))
        .with_context(|| format!("`{at}.base_url`"))?;
    let languages = languages(at, said.languages.as_deref())?;
    Ok(ServicePlan {
        service,
        voices: voices(at, &said.voices, &languages)?,
        languages,
    })
}

fn wyoming(at: &str, said: &WyomingSettings) -> anyhow::Result<WyomingPlan> {
    let is_place = said.address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !is_place && said.address.parse::<SocketAddr>().is_err() {
        bail!("`{at}.address` is no place such as `127.0.0.1:10300`");
    }
    let languages = languages(at, said.languages.as_deref())?;
    Ok(WyomingPlan {
        address: said.address.clone(),
        voices: voices(at, &said.voices, &languages)?,
        languages,
    })
}

fn languages(at: &str, said: Option<&[Language]>) -> anyhow::Result<Vec<Language>> {
    match said {
        None => Ok(vec![Language::English]),
        Some([]) => bail!("`{at}`: {LANGUAGES}"),
        Some(languages) => Ok(languages.to_vec()),
    }
}

fn voices(at: &str, names: &[String], languages: &[Language]) -> anyhow::Result<Vec<Voice>> {
    if names.len() > NAMES_MAX {
        bail!("`{at}.voices` names more than {NAMES_MAX}");
    }
    let voices = names.iter().flat_map(|name| {
        languages.iter().map(|language| Voice {
            name: name.clone(),
            language: *language,
        })
    });
    Ok(voices.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(toml: &str) -> anyhow::Result<VoicePlan> {
        let settings: VoiceSettings = toml::from_str(toml)?;
        settings.plan(|name| (name == "SPEECH_KEY").then(|| "k-very-secret\n".to_owned()))
    }

    #[test]
    fn without_settings_the_engines_of_this_machine_are_used_and_no_other() {
        let plan = plan("").unwrap();

        assert_eq!(plan.stt, [SttEngine::Whisper, SttEngine::Pocketsphinx]);
        assert_eq!(plan.tts, [TtsEngine::Flite, TtsEngine::EspeakNg]);
        assert_eq!((plan.threads, plan.workers, plan.pace), (1, 1, Pace::USUAL));
    }

    #[test]
    fn the_wake_word_is_off_until_it_is_asked_for() {
        use errand_voice_talk::DetectionKind;

        let of = |toml| {
            let detection = plan(toml).unwrap().detection();
            (detection.kind, detection.follow_up_ms)
        };

        assert_eq!(of(""), (DetectionKind::Meaning, 8_000));
        assert_eq!(of("wake = \"on\""), (DetectionKind::Wake, 8_000));
        assert_eq!(
            of("wake = \"on\"\nfollow_up_s = 0"),
            (DetectionKind::Wake, 0)
        );
    }

    #[test]
    fn voices_are_compared_only_when_that_is_asked_for() {
        assert_eq!(plan("").unwrap().speaker_check, SpeakerCheckSetting::Off);
        let on = plan("speaker_check = \"on\"").unwrap();
        assert_eq!(on.speaker_check, SpeakerCheckSetting::On);
    }

    #[test]
    fn a_service_that_is_configured_goes_first_and_its_key_is_in_no_debug() {
        let plan = plan(
            r#"
[stt.service]
base_url = "https://speech.example/v1"
model = "hearer-1"
key_env = "SPEECH_KEY"
[tts.wyoming]
address = "127.0.0.1:10200"
voices = ["en_US-lessac-medium"]
"#,
        )
        .unwrap();

        assert_eq!(plan.stt.first(), Some(&SttEngine::Service));
        assert_eq!(plan.tts.first(), Some(&TtsEngine::Wyoming));
        assert!(!format!("{plan:?}").contains("very-secret"));
    }

    #[test]
    fn the_order_of_engines_is_what_is_asked_for() {
        let plan = plan("[stt]\nengines = [\"pocketsphinx\"]\nmodel = \"base.en\"\n[tts]\nengines = [\"espeak-ng\", \"flite\"]\n").unwrap();

        assert_eq!(plan.stt, [SttEngine::Pocketsphinx]);
        assert_eq!(plan.tts, [TtsEngine::EspeakNg, TtsEngine::Flite]);
    }

    #[test]
    fn a_slip_is_named_and_no_message_holds_the_key() {
        let service = "[stt.service]\nbase_url = \"https://speech.example/v1\"\nmodel = \"m\"\n";
        for (toml, named) in [
            ("colour = 1".to_owned(), "colour"),
            ("[stt]\nengines = []".to_owned(), "voice.stt.engines"),
            ("[stt]\nengines = [\"siri\"]".to_owned(), "siri"),
            (
                "[stt]\nengines = [\"whisper\", \"whisper\"]".to_owned(),
                "twice",
            ),
            (
                "[stt]\nengines = [\"service\"]".to_owned(),
                "[voice.stt.service]",
            ),
            ("[stt]\nthreads = 0".to_owned(), "voice.stt.threads"),
            ("[stt]\nworkers = 99".to_owned(), "voice.stt.workers"),
            ("[tts]\npace = 10".to_owned(), "voice.tts.pace"),
            ("follow_up_s = 61".to_owned(), "voice.follow_up_s"),
            ("wake = \"maybe\"".to_owned(), "maybe"),
            (format!("{service}key_env = \"NO_SUCH\""), "NO_SUCH"),
            (
                format!("{service}key_env = \"SPEECH_KEY\"\nkey_file = \"/x\""),
                "exclude",
            ),
            (format!("{service}languages = []"), "languages"),
            (
                "[stt.service]\nbase_url = \"http://speech.example\"\nmodel = \"m\"".to_owned(),
                "voice.stt.service.base_url",
            ),
            (
                "[stt.service]\nbase_url = \"https://speech.example\"".to_owned(),
                "voice.stt.service.model",
            ),
            (
                "[stt.wyoming]\naddress = \"nowhere\"".to_owned(),
                "voice.stt.wyoming.address",
            ),
            (
                "[tts.wyoming]\naddress = \"127.0.0.1:9\"".to_owned(),
                "voices",
            ),
            (
                "[setup]\nbase_url = \"http://models.example/\"".to_owned(),
                "voice.setup.base_url",
            ),
        ] {
            let error = format!("{:#}", plan(&toml).unwrap_err());
            assert!(
                error.contains(named) && !error.contains("very-secret"),
                "{toml}: {error}"
            );
        }
    }
}
