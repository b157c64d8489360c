use std::fmt;
use std::sync::Arc;

use errand_types::Language;
use errand_voice_core::{
    Deadline, Hints, SpeechToText, SttError, SttInfo, SttStream, Transcript, Utterance,
};

/// Knows the names of things that may be said; asked before each utterance. They are English.
pub type Names = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// A recogniser that listens for the names of what there is, behind those that the conversation is about.
///
/// Without them a recogniser with a grammar hears nothing but what was just shown: the request after a purchase was forced
/// onto whatever else fits.
pub(crate) struct Named {
    inner: Arc<dyn SpeechToText>,
    names: Names,
}

impl Named {
    pub(crate) fn new(inner: Arc<dyn SpeechToText>, names: Names) -> Self {
        Self { inner, names }
    }

    fn hints(&self, hints: &Hints) -> Hints {
        let mut hints = hints.clone();
        if hints.language == Language::English {
            hints.grammar = hints.grammar.and_names((self.names)());
        }
        hints
    }
}

impl SpeechToText for Named {
    fn info(&self) -> SttInfo {
        self.inner.info()
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        self.inner
            .transcribe(utterance, &self.hints(hints), deadline)
    }

    fn open(
        &self,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Option<Box<dyn SttStream>>, SttError> {
        self.inner.open(&self.hints(hints), deadline)
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use errand_voice_core::{Grammar, Reach};

    use super::*;

    /// Remembers what it was told to expect.
    #[derive(Debug, Default)]
    struct Told(Mutex<Vec<Grammar>>);

    impl SpeechToText for Told {
        fn info(&self) -> SttInfo {
            SttInfo {
                engine: "told",
                languages: vec![Language::English],
                streams: false,
                constrains: true,
                hears_beginnings: false,
                tells_nbest: false,
                reach: Reach::Local,
            }
        }

        fn transcribe(
            &self,
            _: Utterance,
            hints: &Hints,
            _: &Deadline,
        ) -> Result<Transcript, SttError> {
            self.0.lock().unwrap().push(hints.grammar.clone());
            Ok(Transcript::empty("told"))
        }
    }

    fn told(grammar: Grammar, language: Language) -> Grammar {
        let inner = Arc::new(Told::default());
        let names: Names = Arc::new(|| vec!["coffee beans".to_owned()]);
        let named = Named::new(Arc::clone(&inner) as _, names);
        let hints = Hints {
            grammar,
            ..Hints::open(language)
        };
        let deadline = Deadline::usual(std::time::Duration::ZERO);
        named
            .transcribe(Utterance::from_pcm(Vec::new()), &hints, &deadline)
            .unwrap();
        inner.0.lock().unwrap().pop().unwrap()
    }

    #[test]
    fn what_there_is_can_be_asked_for_also_while_something_is_shown() {
        let shown = Grammar::open(["sidamo"]).unwrap();

        let both = Grammar::open(["sidamo", "coffee beans"]).unwrap();
        assert_eq!(told(shown.clone(), Language::English), both);
        assert_eq!(told(shown.clone(), Language::German), shown);
        let closed = Grammar::closed(["yes", "no"], 1).unwrap();
        assert_eq!(told(closed.clone(), Language::English), closed);
    }
}
