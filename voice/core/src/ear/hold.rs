use std::sync::LazyLock;

use errand_types::Language;
use serde::Deserialize;

use crate::lang::{Lang, words};

/// How long it must be silent before what was said counts as ended, in milliseconds, by what is known of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holds {
    /// A complete answer to an open question.
    pub answer_ms: u64,
    /// All digits that were asked for.
    pub digits_done_ms: u64,
    /// A whole request.
    pub whole_ms: u64,
    /// Neither for nor against.
    pub usual_ms: u64,
    /// Nothing is known of the words.
    pub wordless_ms: u64,
    /// More is to come.
    pub open_ms: u64,
    /// Between digits, letters, parts of an address.
    pub spelled_ms: u64,
}

/// How eager a client wants us to be: `eagerness` of the Realtime protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eagerness {
    /// Rather wait.
    Low,
    /// As we do.
    Medium,
    /// Rather answer.
    High,
}

/// The built-in table, `data/holds.toml`. A test reads it; without it everything waits as if nothing was known.
static TABLE: LazyLock<Holds> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/holds.toml")).unwrap_or(Holds {
        answer_ms: 700,
        digits_done_ms: 700,
        whole_ms: 700,
        usual_ms: 700,
        wordless_ms: 700,
        open_ms: 1_200,
        spelled_ms: 1_500,
    })
});

impl Default for Holds {
    fn default() -> Self {
        *TABLE
    }
}

impl Holds {
    /// Moves the usual row, as `silence_duration_ms` of a client does; 100 to 5,000. The rows of digits and answers stay.
    #[must_use]
    pub fn with_usual(mut self, ms: u64) -> Self {
        let ms = ms.clamp(100, 5_000);
        // Without words one is not surer than with them.
        self.wordless_ms = ms.saturating_add(self.wordless_ms.saturating_sub(self.usual_ms));
        self.usual_ms = ms;
        self.whole_ms = self.whole_ms.min(ms);
        self
    }

    /// Moves the usual row by how eager the client wants us to be.
    #[must_use]
    pub fn with_eagerness(self, eagerness: Eagerness) -> Self {
        match eagerness {
            Eagerness::Low => self.with_usual(800),
            Eagerness::Medium => self.with_usual(500),
            Eagerness::High => self.with_usual(350),
        }
    }

    /// The hold of a row, in milliseconds; 0 for rows that wait for nothing.
    pub fn of(&self, row: Row) -> u64 {
        match row {
            Row::Answer => self.answer_ms,
            Row::DigitsDone => self.digits_done_ms,
            Row::Whole => self.whole_ms,
            Row::Usual => self.usual_ms,
            Row::Wordless => self.wordless_ms,
            Row::Open => self.open_ms,
            Row::Spelled => self.spelled_ms,
            Row::Faded | Row::Longest | Row::Released => 0,
        }
    }
}

/// Why a turn ended: the row of the table, for the metrics, or what needed no silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// A complete answer to an open question.
    Answer,
    /// All digits that were asked for.
    DigitsDone,
    /// A whole request.
    Whole,
    /// Neither for nor against.
    Usual,
    /// Nothing is known of the words.
    Wordless,
    /// More seemed to come.
    Open,
    /// Digits, letters, parts of an address.
    Spelled,
    /// What went on was far softer than the voice: it is somebody else's, or none.
    Faded,
    /// Nobody may speak longer.
    Longest,
    /// The key was released, or the client said so.
    Released,
}

/// What the conversation makes of the words so far. Told by whoever understands language; this crate does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// Nothing can be said yet.
    #[default]
    Unknown,
    /// A whole request.
    Whole,
    /// A complete answer to the question that is open.
    Answer,
}

/// What is being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expects {
    /// Anything.
    #[default]
    Anything,
    /// Digits, so many.
    Digits(u8),
    /// Something spelled: letters, an address.
    Spelled,
}

/// The row that words belong to.
pub(crate) fn row(
    language: Language,
    text: Option<&str>,
    meaning: Meaning,
    expects: Expects,
) -> Row {
    let lang = Lang::of(language);
    let said = text.map(words).unwrap_or_default();
    match expects {
        Expects::Digits(count) => {
            let digits = said.iter().map(|word| digits_in(lang, word)).sum::<usize>();
            if digits >= usize::from(count) {
                return Row::DigitsDone;
            }
            return Row::Spelled;
        }
        Expects::Spelled => return Row::Spelled,
        Expects::Anything => {}
    }
    if said.is_empty() {
        return Row::Wordless;
    }
    if meaning == Meaning::Answer {
        return Row::Answer;
    }
    let is_list = text.is_some_and(|text| text.trim_end().ends_with([',', '-', '\u{2026}']));
    let is_number = said
        .last()
        .is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()));
    let is_open = lang.open_end.ends(&said) || lang.filler.ends(&said) || lang.number.ends(&said);
    if is_list || is_number || is_open {
        return Row::Open;
    }
    match meaning {
        Meaning::Whole => Row::Whole,
        Meaning::Unknown | Meaning::Answer => Row::Usual,
    }
}

fn digits_in(lang: &Lang, word: &str) -> usize {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return word.len();
    }
    usize::from(lang.digits.contains_key(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_of(text: &str, meaning: Meaning) -> Row {
        row(Language::English, Some(text), meaning, Expects::Anything)
    }

    #[test]
    fn the_table_is_read_from_its_file() {
        let table: Holds = toml::from_str(include_str!("../../data/holds.toml")).unwrap();

        assert_eq!(Holds::default(), table);
        assert_eq!((table.answer_ms, table.spelled_ms), (250, 1_500));
    }

    #[test]
    fn each_evidence_has_its_row() {
        for (text, meaning, expected) in [
            ("yes", Meaning::Answer, Row::Answer),
            ("two", Meaning::Answer, Row::Answer),
            ("coffee beans under 15 dollars", Meaning::Whole, Row::Whole),
            ("coffee beans and", Meaning::Whole, Row::Open),
            ("I need", Meaning::Unknown, Row::Open),
            ("milk, eggs,", Meaning::Whole, Row::Open),
            ("give me two", Meaning::Whole, Row::Open),
            ("give me 24", Meaning::Whole, Row::Open),
            ("coffee um", Meaning::Whole, Row::Open),
            ("something nice", Meaning::Unknown, Row::Usual),
            ("", Meaning::Unknown, Row::Wordless),
        ] {
            assert_eq!(row_of(text, meaning), expected, "{text}");
        }
        assert_eq!(
            row(Language::English, None, Meaning::Unknown, Expects::Anything),
            Row::Wordless
        );
        assert_eq!(
            row(
                Language::German,
                Some("Kaffee und"),
                Meaning::Whole,
                Expects::Anything
            ),
            Row::Open
        );
    }

    #[test]
    fn digits_are_counted_as_words_and_as_figures() {
        let row = |text: &str| {
            row(
                Language::English,
                Some(text),
                Meaning::Unknown,
                Expects::Digits(4),
            )
        };

        assert_eq!(row("four seven"), Row::Spelled);
        assert_eq!(row("four seven one one"), Row::DigitsDone);
        assert_eq!(row("47 11"), Row::DigitsDone);
        assert_eq!(row(""), Row::Spelled);
    }

    #[test]
    fn a_client_moves_the_usual_row_and_never_that_of_digits() {
        let holds = Holds::default().with_usual(300);

        assert_eq!(
            (holds.usual_ms, holds.whole_ms, holds.wordless_ms),
            (300, 300, 500)
        );
        assert_eq!((holds.spelled_ms, holds.digits_done_ms), (1_500, 300));
        assert_eq!(Holds::default().with_usual(9_999_999).usual_ms, 5_000);
        assert!(
            Holds::default().with_eagerness(Eagerness::Low).usual_ms
                > Holds::default().with_eagerness(Eagerness::High).usual_ms
        );
    }
}
