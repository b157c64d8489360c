//! Whether words seem to be the whole of what somebody wants to say.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use errand_types::Language;
use errand_voice_core::{Meaning, read_command};
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    requests: BTreeSet<String>,
    questions: BTreeSet<String>,
    lead: BTreeSet<String>,
    answers: BTreeSet<String>,
    courtesy: BTreeSet<String>,
    ranks: BTreeSet<String>,
    rank_before: BTreeSet<String>,
    rank_after: BTreeSet<String>,
}

/// Words of one phrase of the tables at most.
const PHRASE_WORDS_MAX: usize = 5;
/// Words behind a request's verb, and behind the word of a question, that make it whole.
const REQUEST_REST: usize = 1;
const QUESTION_REST: usize = 2;

/// A file that does not read knows nothing, and every turn waits the usual time; a test reads both.
fn table(language: Language) -> &'static Table {
    static ENGLISH: LazyLock<Table> = LazyLock::new(|| read(Language::English));
    static GERMAN: LazyLock<Table> = LazyLock::new(|| read(Language::German));
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../lang/en.toml"),
        Language::German => include_str!("../lang/de.toml"),
    }
}

fn read(language: Language) -> Table {
    toml::from_str(source(language)).unwrap_or_default()
}

/// A small reader of completeness. It does not understand what is wanted; it only sees whether more is likely to come, for
/// the length of the silence that ends a turn. An open ending ("and", a number without a noun) is seen by the ear itself.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    language: Language,
}

impl Reader {
    /// For a language.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// What the words so far seem to be. `is_asked`: a question of ours is open.
    pub fn read(self, text: &str, is_asked: bool) -> Meaning {
        let table = table(self.language);
        let said = words(text);
        if said.is_empty() {
            return Meaning::Unknown;
        }
        let is_command = read_command(self.language, text).is_some();
        if is_command || (is_asked && is_answer(table, &said)) {
            return Meaning::Answer;
        }
        let said = without(&table.lead, &said);
        if has(&table.requests, said, REQUEST_REST) || has(&table.questions, said, QUESTION_REST) {
            return Meaning::Whole;
        }
        Meaning::Unknown
    }
}

/// Lower case, without punctuation but apostrophes and hyphens.
fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('\u{2019}', "'");
    plain
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How many words at the beginning are the longest phrase of a table that stands there.
fn head(table: &BTreeSet<String>, said: &[String]) -> usize {
    (1..=PHRASE_WORDS_MAX.min(said.len()))
        .rev()
        .find(|n| said.get(..*n).is_some_and(|p| table.contains(&p.join(" "))))
        .unwrap_or(0)
}

fn tail(table: &BTreeSet<String>, said: &[String]) -> usize {
    (1..=PHRASE_WORDS_MAX.min(said.len()))
        .rev()
        .find(|n| {
            said.get(said.len() - n..)
                .is_some_and(|p| table.contains(&p.join(" ")))
        })
        .unwrap_or(0)
}

fn without<'a>(table: &BTreeSet<String>, mut said: &'a [String]) -> &'a [String] {
    loop {
        let count = head(table, said);
        match said.get(count..) {
            Some(rest) if count > 0 && !rest.is_empty() => said = rest,
            Some(_) | None => return said,
        }
    }
}

fn has(table: &BTreeSet<String>, said: &[String], rest: usize) -> bool {
    let count = head(table, said);
    count > 0 && said.len() >= count + rest
}

fn is_answer(table: &Table, said: &[String]) -> bool {
    if table.answers.contains(&said.join(" ")) {
        return true;
    }
    let mut core = without(&table.courtesy, said);
    loop {
        let count = tail(&table.courtesy, core);
        if count == 0 || count == core.len() {
            break;
        }
        core = core.get(..core.len() - count).unwrap_or_default();
    }
    if table.answers.contains(&core.join(" ")) {
        return true;
    }
    let ranked = core
        .get(head(&table.rank_before, core)..)
        .unwrap_or_default();
    let count = head(&table.ranks, ranked);
    let after = ranked.get(count..).unwrap_or_default();
    count > 0 && (after.is_empty() || table.rank_after.contains(&after.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_english(text: &str, is_asked: bool) -> Meaning {
        Reader::new(Language::English).read(text, is_asked)
    }

    #[test]
    fn every_language_has_its_table() {
        for language in Language::ALL {
            let table: Table = toml::from_str(source(language)).unwrap();
            for phrases in [
                &table.requests,
                &table.questions,
                &table.lead,
                &table.answers,
                &table.courtesy,
                &table.ranks,
            ] {
                assert!(!phrases.is_empty(), "{language:?}");
                let length = |p: &String| p.split(' ').count();
                assert!(phrases.iter().all(|p| length(p) <= PHRASE_WORDS_MAX));
                assert!(phrases.iter().all(|p| words(p).join(" ") == *p));
            }
        }
    }

    #[test]
    fn a_request_with_its_object_is_whole_and_a_verb_alone_is_not() {
        for (text, meaning) in [
            ("order more coffee like last time", Meaning::Whole),
            ("please find me a quiet keyboard", Meaning::Whole),
            ("I need decaf coffee beans", Meaning::Whole),
            ("when does my order come", Meaning::Whole),
            ("I need", Meaning::Unknown),
            ("order", Meaning::Unknown),
            ("coffee beans", Meaning::Unknown),
            ("what", Meaning::Unknown),
            ("", Meaning::Unknown),
        ] {
            assert_eq!(read_english(text, false), meaning, "{text}");
        }
    }

    #[test]
    fn an_answer_is_one_only_where_something_was_asked() {
        for text in [
            "yes",
            "Yes, please.",
            "the second one",
            "I'll take the second one please",
            "number two",
            "the cheaper one",
            "no thanks",
        ] {
            assert_eq!(read_english(text, true), Meaning::Answer, "{text}");
            assert_ne!(read_english(text, false), Meaning::Answer, "{text}");
        }
        assert_eq!(read_english("the second month", true), Meaning::Unknown);
    }

    #[test]
    fn a_voice_command_is_complete_by_itself() {
        assert_eq!(read_english("what was the second", false), Meaning::Answer);
        assert_eq!(read_english("slower please", false), Meaning::Answer);
    }
}
