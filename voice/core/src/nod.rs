//! Whether somebody who speaks over us only listens aloud, told while they are in the middle of it.

use errand_types::Language;

use crate::closed::readings;
use crate::lang::Lang;
use crate::ports::{Grammar, GrammarError, Hints, Transcript};
use crate::utterance::Care;

/// A nod leads any other sounds by so much where it is certain that it is one: in logarithms of the likelihood, behind the
/// recogniser's own handicap. docs/voice-figures.md has what it was chosen from.
const SURE: f32 = 80.0;

/// What somebody who speaks over us may mean, as far as it is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nod {
    /// A word that stops us.
    Stop,
    /// Something else.
    No,
    /// It fits a nod as well as anything.
    Likely,
    /// It is one.
    Sure,
}

/// The grammar of nods: "mhm", "oh okay", or the beginning of one, held against any other sounds by a recogniser that tells both.
#[derive(Debug, Clone)]
pub struct Nods {
    language: Language,
    hints: Hints,
}

impl Nods {
    /// For a language.
    pub fn new(language: Language) -> Result<Self, GrammarError> {
        let lang = Lang::of(language);
        // What is meant to stop us begins like a nod at times ("wait", "right"): it is heard as itself.
        let whole = lang.stop.texts().chain(lang.no.texts());
        let grammar = Grammar::begun(lang.backchannel.texts(), whole)?;
        Ok(Self {
            language,
            hints: Hints {
                language,
                grammar,
                care: Care::Ordinary,
            },
        })
    }

    /// What a recogniser is told: this grammar. It must be one that constrains.
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// What was heard so far. `None`: nothing.
    pub fn judge(&self, transcript: &Transcript) -> Option<Nod> {
        let readings = readings(transcript);
        let (best, others) = readings.split_first()?;
        if best.is_filler {
            // An empty reading without any sounds beside it says nothing.
            return (!transcript.nbest.is_empty()).then_some(Nod::No);
        }
        let lang = Lang::of(self.language);
        let is_sure = others.iter().any(|other| other.is_filler)
            && others.iter().all(|other| best.score - other.score >= SURE);
        Some(if lang.backchannel.covers(&best.words) {
            if is_sure { Nod::Sure } else { Nod::Likely }
        } else if is_sure && lang.stop.covers(&best.words) {
            Nod::Stop
        } else {
            Nod::No
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Hypothesis;

    fn heard(nbest: &[(&str, f32)]) -> Transcript {
        let mut transcript = Transcript::plain("test", String::new());
        transcript.nbest = nbest
            .iter()
            .map(|(text, score)| Hypothesis {
                text: (*text).to_owned(),
                score: *score,
            })
            .collect();
        transcript
    }

    #[test]
    fn a_nod_that_fits_better_than_any_sounds_is_one_and_nothing_else_is() {
        let nods = Nods::new(Language::English).unwrap();

        let judge = |text: &str, lead: f32| nods.judge(&heard(&[(text, lead), ("<unk>", 0.0)]));
        assert_eq!(judge("oh okay", 90.0), Some(Nod::Sure));
        assert_eq!(judge("oh okay", 10.0), Some(Nod::Likely));
        assert_eq!(judge("mhm", -10.0), Some(Nod::No));
        assert_eq!(judge("wait", 90.0), Some(Nod::Stop));
        assert_eq!(judge("no", 90.0), Some(Nod::No));
        assert_eq!(nods.judge(&heard(&[])), None);
    }

    #[test]
    fn a_recogniser_without_scores_is_taken_by_its_word() {
        let nods = Nods::new(Language::English).unwrap();

        let judge = |text: &str| nods.judge(&Transcript::plain("test", text.to_owned()));
        assert_eq!(judge("yeah"), Some(Nod::Likely));
        assert_eq!(judge("find tea"), Some(Nod::No));
        assert_eq!(judge(""), None);
    }

    #[test]
    fn every_language_has_its_nods() {
        for language in Language::ALL {
            let nods = Nods::new(language).unwrap();
            assert!(matches!(nods.hints().grammar, Grammar::Begun { .. }));
        }
    }
}
