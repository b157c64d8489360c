use std::fmt;
use std::sync::Arc;

use errand_voice_core::{
    EchoCanceller, KnownVoice, Reach, SpeechToText, TextToSpeech, VoiceActivity, WakeWord,
};

use crate::fault::TalkError;
use crate::named::{Named, Names};

/// Makes one of something for each stream.
pub type Maker<T> = Arc<dyn Fn() -> Box<T> + Send + Sync>;

/// The engines of a process: made once, shared by all streams. Models lie behind them once.
#[derive(Clone)]
pub struct Engines {
    pub(crate) recognisers: Vec<Arc<dyn SpeechToText>>,
    pub(crate) closed: Vec<Arc<dyn SpeechToText>>,
    pub(crate) voices: Vec<Arc<dyn TextToSpeech>>,
    pub(crate) vad: Maker<dyn VoiceActivity>,
    pub(crate) echo: Maker<dyn EchoCanceller>,
    pub(crate) wake: Option<Maker<dyn WakeWord>>,
    pub(crate) words: Arc<[Box<str>]>,
    pub(crate) known: Option<KnownVoice>,
}

impl Engines {
    /// Engines that hear voice and take out echo, and nothing else yet.
    pub fn new(vad: Maker<dyn VoiceActivity>, echo: Maker<dyn EchoCanceller>) -> Self {
        Self {
            recognisers: Vec::new(),
            closed: Vec::new(),
            voices: Vec::new(),
            vad,
            echo,
            wake: None,
            words: Arc::new([]),
            known: None,
        }
    }

    /// The built-in ones: earshot and aec3.
    pub fn built_in() -> Self {
        Self::new(
            Arc::new(|| Box::new(errand_voice_core::Earshot::default())),
            Arc::new(|| Box::new(errand_voice_core::Aec3::default())),
        )
    }

    /// Recognisers, the first to be asked first; the next one stands in when one fails.
    #[must_use]
    pub fn with_recognisers(mut self, ladder: Vec<Arc<dyn SpeechToText>>) -> Self {
        self.recognisers = ladder;
        self
    }

    /// Names that all recognisers so far listen for besides those that the conversation is about, where anything may be said.
    #[must_use]
    pub fn with_names(mut self, names: &Names) -> Self {
        let named = |inner| Arc::new(Named::new(inner, Arc::clone(names))) as Arc<dyn SpeechToText>;
        self.recognisers = self.recognisers.into_iter().map(named).collect();
        self
    }

    /// Recognisers for answers to approvals, the first to be asked first, and the whole list that their words are drawn from. One
    /// on another machine is refused: that sound stays here. Without any, approvals are answered on the page.
    pub fn with_closed(
        mut self,
        ladder: Vec<Arc<dyn SpeechToText>>,
        words: impl IntoIterator<Item = impl Into<Box<str>>>,
    ) -> Result<Self, TalkError> {
        let infos = ladder.iter().map(|engine| engine.info());
        let mut far = infos.filter(|info| info.reach == Reach::Remote);
        if let Some(info) = far.next() {
            return Err(TalkError::ClosedIsRemote {
                engine: info.engine,
            });
        }
        self.closed = ladder;
        self.words = words.into_iter().map(Into::into).collect();
        Ok(self)
    }

    /// Voices, the first to be asked first; the next one that speaks the language stands in when one fails.
    #[must_use]
    pub fn with_voices(mut self, ladder: Vec<Arc<dyn TextToSpeech>>) -> Self {
        self.voices = ladder;
        self
    }

    /// A detector of the wake word.
    #[must_use]
    pub fn with_wake(mut self, wake: Maker<dyn WakeWord>) -> Self {
        self.wake = Some(wake);
        self
    }

    /// The voice that whoever speaks is compared with. It takes authority away and gives none.
    #[must_use]
    pub fn with_known_voice(mut self, known: KnownVoice) -> Self {
        self.known = Some(known);
        self
    }

    /// The recognisers.
    pub fn recognisers(&self) -> &[Arc<dyn SpeechToText>] {
        &self.recognisers
    }

    /// The voices.
    pub fn voices(&self) -> &[Arc<dyn TextToSpeech>] {
        &self.voices
    }

    /// Whether approvals can be answered by voice.
    pub fn reads_approvals(&self) -> bool {
        !self.closed.is_empty()
    }

    /// Whether there is a wake word.
    pub fn has_wake(&self) -> bool {
        self.wake.is_some()
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engines")
            .field("recognisers", &self.recognisers)
            .field("closed", &self.closed)
            .field("voices", &self.voices)
            .field("has_wake", &self.wake.is_some())
            .finish_non_exhaustive()
    }
}
