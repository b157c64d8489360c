//! A stream of text cut into sentences that can be spoken one by one.

use std::fmt;

use errand_types::Language;

use crate::lang::Lang;
use crate::ports::{SENTENCE_CHARS_MAX, Sentence};

/// A sentence longer than this is cut at a comma where there is one, so that its first half can be spoken.
const COMFORTABLE_CHARS: usize = 160;

/// Cuts text as it comes. A sentence is told as soon as it is sure that it is over.
pub struct Sentences {
    language: Language,
    rest: String,
}

impl Sentences {
    /// For text of a language.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            rest: String::new(),
        }
    }

    /// All sentences of a whole text.
    pub fn of(language: Language, text: &str) -> Vec<Sentence> {
        let mut sentences = Self::new(language);
        let mut all = sentences.push(text);
        all.extend(sentences.finish());
        all
    }

    /// More text; the sentences that are over now.
    pub fn push(&mut self, text: &str) -> Vec<Sentence> {
        self.rest.push_str(text);
        let mut out = Vec::new();
        while let Some(end) = self.end() {
            let rest = self.rest.split_off(end);
            let sentence = std::mem::replace(&mut self.rest, rest);
            out.extend(Sentence::new(&sentence));
        }
        out
    }

    /// The text is over: what is left is a sentence.
    pub fn finish(&mut self) -> Vec<Sentence> {
        let mut out = self.push("\n");
        let rest = std::mem::take(&mut self.rest);
        out.extend(Sentence::new(&rest));
        out
    }

    /// Where the first sentence of the rest ends, in bytes, if that is sure.
    fn end(&self) -> Option<usize> {
        let lang = Lang::of(self.language);
        let mut chars = self.rest.char_indices().peekable();
        let mut count = 0;
        let mut comma = None;
        let mut space = None;
        while let Some((at, c)) = chars.next() {
            count += 1;
            let behind = at + c.len_utf8();
            let next = chars.peek().map(|(_, c)| *c);
            match c {
                '\n' => return Some(behind),
                '!' | '?' | '.' | '\u{2026}' => {
                    // Sure only with the next character: "3.5", "e.g.", "what?!".
                    let next = next?;
                    let is_over = next.is_whitespace()
                        && !(c == '.' && self.goes_on_behind_point(at, behind, lang)?);
                    if is_over {
                        return Some(behind);
                    }
                }
                ',' | ';' | ':' | '\u{2013}' | '\u{2014}'
                    if next.is_some_and(char::is_whitespace) =>
                {
                    comma = Some(behind);
                }
                c if c.is_whitespace() => space = Some(behind),
                _ => {}
            }
            if count >= COMFORTABLE_CHARS && comma.is_some() {
                return comma;
            }
            if count >= SENTENCE_CHARS_MAX {
                return Some(space.unwrap_or(behind));
            }
        }
        None
    }

    /// Whether the sentence goes on behind a point: an abbreviation, an initial, an ordinal. `None`: not sure yet.
    fn goes_on_behind_point(&self, at: usize, behind: usize, lang: &Lang) -> Option<bool> {
        let before = self.rest.get(..at).unwrap_or_default();
        let word = before
            .rsplit(|c: char| c.is_whitespace() || c == '(')
            .next()
            .unwrap_or_default();
        let lower = word.to_lowercase();
        let is_initial =
            word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
        let is_number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        // "1. Sidamo" begins a list, "3. Mai" is a day.
        let is_item = is_number && before.trim_start() == word;
        if lang.abbreviations.contains(&lower) || is_initial || is_item {
            // A new sentence begins with a capital even so: "at 5 p.m. It comes". Names do too, so it goes on.
            return Some(true);
        }
        if is_number && lang.ordinal_point {
            let rest = self.rest.get(behind..).unwrap_or_default().trim_start();
            let next = rest.chars().next()?;
            return Some(next.is_alphanumeric());
        }
        Some(false)
    }
}

impl fmt::Debug for Sentences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sentences({} bytes wait)", self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        Sentences::of(Language::English, text)
            .iter()
            .map(|s| s.as_str().to_owned())
            .collect()
    }

    #[test]
    fn text_is_cut_where_sentences_end() {
        assert_eq!(
            cut("Bought. It comes Saturday! Anything else? Say so"),
            ["Bought.", "It comes Saturday!", "Anything else?", "Say so"]
        );
        assert_eq!(cut("One\nTwo\n\n"), ["One", "Two"]);
        assert_eq!(cut(" . \n ... "), [""; 0]);
    }

    #[test]
    fn points_in_numbers_names_and_abbreviations_end_nothing() {
        for text in [
            "It costs 3.50 a bag.",
            "Dr. Oetker has approx. 200 of them.",
            "By J. Smith, e.g. the blue one.",
            "Pay to Pantry Lane Ltd. for two.",
        ] {
            assert_eq!(cut(text), [text]);
        }
        let german = Sentences::of(Language::German, "Es kommt am 3. Mai an. Gut?");
        assert_eq!(german[0].as_str(), "Es kommt am 3. Mai an.");
        assert_eq!(german[1].as_str(), "Gut?");
    }

    #[test]
    fn a_stream_gives_the_same_sentences_however_it_is_split() {
        let text = "I found three. The first is Sidamo, $12.40 a bag. Dr. Bean says hello! 1. Yes. Which one?";
        let whole = cut(text);
        for size in 1..20 {
            let mut sentences = Sentences::new(Language::English);
            let mut told = Vec::new();
            let chars: Vec<char> = text.chars().collect();
            for part in chars.chunks(size) {
                told.extend(sentences.push(&part.iter().collect::<String>()));
            }
            told.extend(sentences.finish());
            let told: Vec<&str> = told.iter().map(Sentence::as_str).collect();
            assert_eq!(told, whole, "{size}");
        }
    }

    #[test]
    fn a_sentence_is_told_as_soon_as_it_is_sure() {
        let mut sentences = Sentences::new(Language::English);

        assert!(sentences.push("Bought.").is_empty());
        assert_eq!(sentences.push(" It").len(), 1);
    }

    #[test]
    fn endless_text_is_spoken_in_pieces() {
        let long = "word ".repeat(300);
        assert!(
            cut(&long)
                .iter()
                .all(|s| s.chars().count() <= SENTENCE_CHARS_MAX)
        );
        assert_eq!(cut(&"a".repeat(1_000)).len(), 3);

        let listed = "bread and butter, ".repeat(20);
        let pieces = cut(&listed);
        assert!(
            pieces.len() > 1
                && pieces
                    .iter()
                    .all(|s| s.chars().count() <= COMFORTABLE_CHARS)
        );
    }
}
