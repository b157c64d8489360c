//! What was heard of a sentence, from how much of its sound was played.

use errand_types::Language;

use crate::hidden::Hidden;
use crate::lang::Lang;
use crate::ports::{Pace, Sentence, WordAt};

/// Characters that voices speak in a second at their usual pace. Only used until the length of a sentence is known, and low,
/// so that rather less counts as heard.
const CHARS_PER_S: u64 = 11;

/// Turns a position in the sound of one sentence into the words that were heard.
///
/// Word times of the engine where there are any, else characters in proportion to samples. Always rounded down to a whole
/// word; a number with its unit, an amount and a name count when they were heard to their end. Positions are samples of the
/// sentence's own sound.
#[derive(Debug)]
pub struct Aligner {
    text: Hidden,
    /// Ends of words in bytes, ascending; each with its beginning.
    words: Vec<(usize, usize)>,
    /// Stretches of bytes that are heard whole or not at all.
    wholes: Vec<(usize, usize)>,
    times: Vec<WordAt>,
    rate_hz: u32,
    known: u64,
    is_complete: bool,
    pace: Pace,
}

impl Aligner {
    /// For a sentence that is about to be spoken, with samples at a rate.
    pub fn new(sentence: &Sentence, language: Language, rate_hz: u32, pace: Pace) -> Self {
        let text = sentence.as_str().to_owned();
        let words = bounds(&text);
        let wholes = wholes(&text, &words, Lang::of(language));
        Self {
            text: text.into(),
            words,
            wholes,
            times: Vec::new(),
            rate_hz,
            known: 0,
            is_complete: false,
            pace,
        }
    }

    /// More of its sound, and when its words begin where the engine tells.
    pub fn push(&mut self, samples: u64, times: &[WordAt]) {
        self.known = self.known.saturating_add(samples);
        let text = self.text.as_str();
        let known = times.iter().filter(|t| text.is_char_boundary(t.byte));
        self.times.extend(known.copied());
    }

    /// No more of its sound follows.
    pub fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Samples known so far.
    pub fn known(&self) -> u64 {
        self.known
    }

    /// The beginning of the sentence that was heard after so many samples.
    pub fn heard(&self, samples: u64) -> &str {
        if self.is_complete && samples >= self.known {
            return self.text();
        }
        let reached = if self.times.is_empty() {
            self.by_proportion(samples)
        } else {
            self.by_times(samples)
        };
        let end = self
            .words
            .iter()
            .map(|(_, end)| *end)
            .take_while(|end| *end <= reached)
            .last()
            .unwrap_or(0);
        // INVARIANT: an amount that was not heard to its end was not told.
        let end = self
            .wholes
            .iter()
            .find(|(from, to)| *from < end && end < *to)
            .map_or(end, |(from, _)| *from);
        self.text().get(..end).unwrap_or_default().trim_end()
    }

    /// Where the clause begins that is being spoken after so many samples, in bytes: behind the last comma, semicolon, colon
    /// or dash that was reached.
    pub fn clause(&self, samples: u64) -> usize {
        let heard = self.heard(samples);
        let is_mark = |c: char| matches!(c, ',' | ';' | ':' | '\u{2013}' | '\u{2014}');
        let behind = heard.rfind(is_mark).map_or(0, |at| {
            at + heard
                .get(at..)
                .and_then(|r| r.chars().next())
                .map_or(0, char::len_utf8)
        });
        let rest = self.text().get(behind..).unwrap_or_default();
        behind + (rest.len() - rest.trim_start().len())
    }

    /// About which sample of the sentence's sound a byte of its text begins.
    pub fn sample_of(&self, byte: usize) -> u64 {
        if let Some(time) = self.times.iter().find(|time| time.byte >= byte) {
            return time.first;
        }
        let length = (self.text().len() as u64).max(1);
        (byte as u64).saturating_mul(self.total()) / length
    }

    /// The text of the sentence.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Bytes up to the end of the last word that was over before the place: a word is over when the next one begins.
    fn by_times(&self, samples: u64) -> usize {
        let begun = self
            .times
            .iter()
            .filter(|word| word.first <= samples)
            .map(|word| word.byte)
            .max();
        begun.unwrap_or(0)
    }

    /// How many samples the whole sentence has, or will probably have.
    fn total(&self) -> u64 {
        if self.is_complete {
            return self.known;
        }
        let chars = self.text().chars().count() as u64;
        let usual = chars.saturating_mul(u64::from(self.rate_hz)) / CHARS_PER_S;
        let paced = usual.saturating_mul(100) / u64::from(self.pace.get());
        paced.max(self.known)
    }

    fn by_proportion(&self, samples: u64) -> usize {
        let length = self.text().len() as u64;
        let reached = samples
            .saturating_mul(length)
            .checked_div(self.total())
            .unwrap_or(0)
            .min(length);
        usize::try_from(reached).unwrap_or(0)
    }
}

/// Beginnings and ends of the words of a text, in bytes.
fn bounds(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        if !word.is_empty() {
            words.push((at, at + word.len()));
        }
        at += part.len();
    }
    words
}

/// Runs of words that belong together: numbers with what counts them, and names.
fn wholes(text: &str, words: &[(usize, usize)], lang: &Lang) -> Vec<(usize, usize)> {
    let kinds: Vec<Kind> = words
        .iter()
        .enumerate()
        .map(|(n, (from, to))| kind(text.get(*from..*to).unwrap_or_default(), n == 0, lang))
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = kinds.get(at) {
        let mut end = at + 1;
        match first {
            Kind::Number => {
                while let Some(next) = kinds.get(end) {
                    let after = kinds.get(end + 1);
                    match next {
                        Kind::Number | Kind::Unit => end += 1,
                        // "Forty-two euros and ten cents", "two point five".
                        Kind::Joint if matches!(after, Some(Kind::Number)) => end += 2,
                        // "Two bags": what is counted belongs to it, unless the sentence breaks there.
                        Kind::Plain | Kind::Name if end == at + 1 => {
                            end += 1;
                            break;
                        }
                        Kind::Joint | Kind::Plain | Kind::Name => break,
                    }
                    if ends_clause(text, words, end - 1) {
                        break;
                    }
                }
            }
            Kind::Name => {
                while matches!(kinds.get(end), Some(Kind::Name))
                    && !ends_clause(text, words, end - 1)
                {
                    end += 1;
                }
            }
            Kind::Unit | Kind::Joint | Kind::Plain => {}
        }
        if end > at + 1
            && let (Some((from, _)), Some((_, to))) = (words.get(at), words.get(end - 1))
        {
            found.push((*from, *to));
        }
        at = end;
    }
    found
}

fn ends_clause(text: &str, words: &[(usize, usize)], at: usize) -> bool {
    words
        .get(at)
        .and_then(|(from, to)| text.get(*from..*to))
        .is_some_and(|word| word.ends_with([',', ';', ':', '.', '!', '?']))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Unit,
    Joint,
    Name,
    Plain,
}

fn kind(word: &str, is_first: bool, lang: &Lang) -> Kind {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    if bare.chars().any(|c| c.is_ascii_digit()) || lang.is_number(&lower) {
        Kind::Number
    } else if lang.units.contains(&lower) {
        Kind::Unit
    } else if lang.joints.contains(&lower) {
        Kind::Joint
    } else if !is_first && bare.chars().next().is_some_and(char::is_uppercase) {
        Kind::Name
    } else {
        Kind::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligner(text: &str, samples: u64) -> Aligner {
        let sentence = Sentence::new(text).unwrap();
        let mut aligner = Aligner::new(&sentence, Language::English, 16_000, Pace::USUAL);
        aligner.push(samples, &[]);
        aligner.complete();
        aligner
    }

    #[test]
    fn what_was_heard_ends_with_a_whole_word() {
        let aligner = aligner("I found three that fit.", 23_000);

        assert_eq!(aligner.heard(0), "");
        assert_eq!(aligner.heard(900), "");
        assert_eq!(aligner.heard(1_000), "I");
        assert_eq!(aligner.heard(6_900), "I");
        assert_eq!(aligner.heard(7_000), "I found");
        assert_eq!(aligner.heard(22_900), "I found three that");
        assert_eq!(aligner.heard(23_000), "I found three that fit.");
    }

    #[test]
    fn an_amount_is_heard_whole_or_not_at_all() {
        let text = "You would pay twenty-four dollars and ten cents to Pantry Lane Limited.";
        let aligner = aligner(text, 71_000);
        let mut seen: Vec<&str> = (0..71).map(|n| aligner.heard(n * 1_000)).collect();
        seen.dedup();

        assert_eq!(
            seen,
            [
                "",
                "You",
                "You would",
                "You would pay",
                "You would pay twenty-four dollars and ten cents",
                "You would pay twenty-four dollars and ten cents to",
            ]
        );
        assert_eq!(aligner.heard(71_000), text);
    }

    #[test]
    fn what_is_counted_belongs_to_its_number() {
        let aligner = aligner("It comes with two bags, on Saturday.", 36_000);
        assert_eq!(aligner.heard(18_000), "It comes with");
        assert_eq!(aligner.heard(24_000), "It comes with two bags,");
    }

    #[test]
    fn word_times_of_the_engine_are_believed() {
        let sentence = Sentence::new("Bought. It comes on Saturday").unwrap();
        let mut aligner = Aligner::new(&sentence, Language::English, 16_000, Pace::USUAL);
        let at = |byte, first| WordAt { byte, first };
        aligner.push(
            40_000,
            &[at(0, 0), at(8, 10_000), at(11, 14_000), at(17, 20_000)],
        );

        assert_eq!(aligner.heard(9_999), "");
        assert_eq!(aligner.heard(10_000), "Bought.");
        assert_eq!(aligner.heard(19_999), "Bought. It");
        assert_eq!(aligner.heard(30_000), "Bought. It comes");
    }

    #[test]
    fn while_the_length_is_unknown_rather_less_counts_as_heard() {
        let sentence = Sentence::new("I found three that fit everything you asked for.").unwrap();
        let mut aligner = Aligner::new(&sentence, Language::English, 16_000, Pace::USUAL);
        aligner.push(8_000, &[]);

        // Half a second of a sentence of 48 characters.
        assert_eq!(aligner.heard(8_000), "I");
    }

    #[test]
    fn the_clause_begins_behind_the_last_mark_that_was_reached() {
        let aligner = aligner(
            "I found three, the first is Sidamo, twelve forty a bag",
            54_000,
        );

        assert_eq!(aligner.clause(0), 0);
        assert_eq!(aligner.clause(20_000), 15);
        assert_eq!(
            &aligner.text()[aligner.clause(50_000)..],
            "twelve forty a bag"
        );
    }

    #[test]
    fn bytes_of_many_letters_never_split_a_letter() {
        let aligner = aligner("Größe wählen: für zwölf Euro fünfzig — jetzt", 44_000);
        for samples in 0..440 {
            let heard = aligner.heard(samples * 100);
            assert!(aligner.text().starts_with(heard));
            assert!(
                aligner
                    .text()
                    .is_char_boundary(aligner.clause(samples * 100))
            );
        }
    }
}
