//! Whether somebody who speaks over us only listens aloud, told while they are in the middle of it.

use errand_types::Language;

use crate::closed::{Reading, readings};
use crate::lang::Lang;
use crate::ports::{Grammar, GrammarError, Hints, Transcript};
use crate::utterance::Care;

/// A nod leads any other sounds by so much where it is certain that it is one: in logarithms of the likelihood, behind the
/// recogniser's own handicap. docs/voice-figures.md has what it was chosen from.
const SURE: f32 = 80.0;
/// What stops us is heard as that only so far before any nod; where a recogniser of sentences reads two nods, so far: a short word in a loud
/// echo is often read as two of them.
const STOPS: f32 = 35.0;
const STOPS_TWO: f32 = 20.0;
/// What is read as other words is a nod where one fits so much better than any sounds, and what stops us is no further before it than this.
const FITS: f32 = 40.0;
const STOPS_NOT: f32 = 24.0;
/// So far behind lies what was not heard at all.
const LOST: f32 = 150.0;

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

/// What a look at what somebody says over us found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked {
    /// What they may mean.
    pub nod: Nod,
    /// How far nods and what stops us are apart in both sounds, where it was heard twice: what was heard once, without an echo of ours, is what
    /// its words are. `None` too where the recogniser does not tell.
    pub lead: Option<Lead>,
}

/// How much likelier one is than the other, in logarithms of the likelihood; of several sounds the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lead {
    /// The likeliest of what stops us, or says no, before any nod.
    pub stop: f32,
    /// A nod before any sounds, behind the recogniser's own handicap.
    pub nod: f32,
}

impl Lead {
    fn mean(leads: &[Self]) -> Option<Self> {
        let count = f32::from(u8::try_from(leads.len()).ok()?);
        let sum = |of: &dyn Fn(&Self) -> f32| leads.iter().map(of).sum::<f32>();
        (count > 0.0).then(|| Self {
            stop: sum(&|lead| lead.stop) / count,
            nod: sum(&|lead| lead.nod) / count,
        })
    }

    /// It is what stops us, and no nod.
    pub(crate) fn is_stop(self) -> bool {
        self.stop >= STOPS
    }

    /// The same where a recogniser of sentences read so many nods in a row.
    pub(crate) fn is_stop_read_as(self, nods: usize) -> bool {
        self.stop >= if nods > 1 { STOPS_TWO } else { STOPS }
    }

    /// It is a nod, even where a recogniser of sentences made other words of so short a sound.
    pub(crate) fn is_nod(self) -> bool {
        self.stop < STOPS_NOT && self.nod >= FITS
    }
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

    /// What was heard so far, and what the same was heard as with our echo only subtracted, if it was. `None`: nothing.
    pub fn judge(&self, transcript: &Transcript, others: &[Transcript]) -> Option<Looked> {
        let readings = readings(transcript);
        let best = readings.first()?;
        if best.is_filler && transcript.nbest.is_empty() {
            // An empty reading without any sounds beside it says nothing.
            return None;
        }
        let heard = std::iter::once(transcript).chain(others);
        let leads: Option<Vec<Lead>> = heard.map(|heard| self.lead(heard)).collect();
        let lead = leads.and_then(|leads| Lead::mean(&leads));
        let lang = Lang::of(self.language);
        let nod = match lead {
            Some(lead) if lead.nod.max(lead.stop + lead.nod) < 0.0 => Nod::No,
            Some(lead) if lead.is_stop() => {
                let is_sure = lead.stop + lead.nod >= SURE;
                let stops = readings
                    .iter()
                    .any(|r| is_said(r) && lang.stop.covers(&r.words));
                if is_sure && stops { Nod::Stop } else { Nod::No }
            }
            Some(lead) if lead.stop < 0.0 && lead.nod >= SURE => Nod::Sure,
            Some(_) => Nod::Likely,
            None if !best.is_filler && lang.backchannel.covers(&best.words) => Nod::Likely,
            None => Nod::No,
        };
        let lead = lead.filter(|_| !others.is_empty());
        Some(Looked { nod, lead })
    }

    fn lead(&self, heard: &Transcript) -> Option<Lead> {
        let lang = Lang::of(self.language);
        let readings = readings(heard);
        let best = |is_it: &dyn Fn(&Reading) -> bool| {
            let best = readings.iter().find(|reading| is_it(reading));
            best.map(|reading| reading.score)
        };
        let sounds = best(&|reading| reading.is_filler)?;
        let is_nod = |reading: &Reading| lang.backchannel.covers(&reading.words);
        let nod = best(&|reading| is_said(reading) && is_nod(reading));
        let stop = best(&|reading| is_said(reading) && !is_nod(reading));
        // What found no way through the sound at all is far behind whatever did.
        let nod = nod.unwrap_or(sounds - LOST);
        let stop = stop.unwrap_or(nod - LOST);
        Some(Lead {
            stop: stop - nod,
            nod: nod - sounds,
        })
    }
}

fn is_said(reading: &Reading) -> bool {
    !reading.is_filler && !reading.words.is_empty()
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
    fn how_far_nods_and_stop_words_are_apart_is_the_mean_of_all_that_was_heard() {
        let nods = Nods::new(Language::English).unwrap();
        let lead = |heard: &Transcript, others: &[Transcript]| {
            nods.judge(heard, others).and_then(|looked| looked.lead)
        };

        let suppressed = heard(&[("good", -90.0), ("stop", -100.0), ("<unk>", -120.0)]);
        let subtracted = heard(&[("stop", -100.0), ("oh", -150.0), ("<unk>", -160.0)]);
        let both = Lead {
            stop: 20.0,
            nod: 20.0,
        };
        assert_eq!(lead(&suppressed, &[]), None);
        assert_eq!(
            lead(&suppressed, std::slice::from_ref(&subtracted)),
            Some(both)
        );

        let no_nod = heard(&[("stop", -100.0), ("<unk>", -130.0)]);
        let far = Lead {
            stop: 180.0,
            nod: -LOST,
        };
        assert_eq!(lead(&no_nod, std::slice::from_ref(&no_nod)), Some(far));
        let without_scores = Transcript::plain("test", "okay".to_owned());
        assert_eq!(lead(&without_scores, &[]), None);
        assert_eq!(lead(&suppressed, &[without_scores]), None);
    }

    #[test]
    fn a_nod_that_fits_better_than_any_sounds_is_one_and_nothing_else_is() {
        let nods = Nods::new(Language::English).unwrap();
        let judge = |text: &str, lead: f32| {
            let heard = heard(&[(text, lead), ("<unk>", 0.0)]);
            nods.judge(&heard, &[]).map(|looked| looked.nod)
        };
        assert_eq!(judge("oh okay", 90.0), Some(Nod::Sure));
        assert_eq!(judge("oh okay", 10.0), Some(Nod::Likely));
        assert_eq!(judge("mhm", -10.0), Some(Nod::No));
        assert_eq!(judge("wait", 90.0), Some(Nod::Stop));
        assert_eq!(judge("no", 90.0), Some(Nod::No));
        assert_eq!(nods.judge(&heard(&[]), &[]), None);
    }

    #[test]
    fn a_recogniser_without_scores_is_taken_by_its_word() {
        let nods = Nods::new(Language::English).unwrap();

        let judge = |text: &str| {
            let heard = Transcript::plain("test", text.to_owned());
            nods.judge(&heard, &[]).map(|looked| looked.nod)
        };
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
