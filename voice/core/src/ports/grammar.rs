use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use errand_types::Language;

use crate::lang::Lang;
use crate::utterance::Care;

/// Words or phrases of an open vocabulary at most.
pub const VOCABULARY_MAX: usize = 300;
/// Phrases of a closed grammar at most: the list of approval words with what stands beside it.
pub const CLOSED_PHRASES_MAX: usize = 4_096;
/// Characters of one phrase at most.
const PHRASE_CHARS_MAX: usize = 80;
/// Words of a name at most: longer ones are said by nobody.
const NAME_WORDS_MAX: usize = 4;

/// What may be expected to be said.
///
/// A hint and no promise: an engine that cannot constrain says so in its [`crate::SttInfo`], and the caller filters.
#[derive(Clone, PartialEq, Eq)]
pub enum Grammar {
    /// Anything; the vocabulary only makes some words likelier. Never a secret, at most [`VOCABULARY_MAX`] entries.
    Open {
        /// Names from the catalog and the profile.
        vocabulary: Arc<[Box<str>]>,
    },
    /// A sequence of 1 to `longest` of these phrases with filler words around them, and nothing else.
    ///
    /// INVARIANT: it must not be made of the expected answer alone, since a closed recogniser forces whatever it hears onto
    /// what it has. `ClosedGrammar` makes it for approvals.
    Closed {
        /// Lower case, words divided by one space, at most [`CLOSED_PHRASES_MAX`].
        phrases: Arc<[Box<str>]>,
        /// How many phrases one answer has at most.
        longest: u8,
    },
    /// One of these phrases or the beginning of one, for sound of somebody who may be in the middle of it. A beginning is told as
    /// its phrase.
    Begun {
        /// Like those of [`Grammar::Closed`].
        phrases: Arc<[Box<str>]>,
        /// These only when they were heard to their end.
        whole: Arc<[Box<str>]>,
    },
    /// Digits one by one, so many of them, and the commands that always hold.
    Digits {
        /// How many.
        count: RangeInclusive<u8>,
    },
}

/// Why a grammar cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// More phrases than fit.
    #[error("a grammar of {found} phrases is too large: {most} is the most")]
    TooLarge {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A closed grammar without a phrase or without a length.
    #[error("a closed grammar needs phrases and a length")]
    Empty,
    /// A phrase that is empty, too long, or not in lower case with single spaces.
    #[error("phrase {at} of the grammar cannot be spoken as it is written")]
    Phrase {
        /// Which one, from 0.
        at: usize,
    },
}

impl GrammarError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "VOICE-0010"
    }
}

impl Grammar {
    /// Anything may be said.
    pub fn anything() -> Self {
        Self::Open {
            vocabulary: Arc::new([]),
        }
    }

    /// Anything may be said, and these names are likelier.
    pub fn open(
        vocabulary: impl IntoIterator<Item = impl Into<Box<str>>>,
    ) -> Result<Self, GrammarError> {
        let vocabulary: Arc<[Box<str>]> = vocabulary.into_iter().map(Into::into).collect();
        check_size(vocabulary.len(), VOCABULARY_MAX)?;
        Ok(Self::Open { vocabulary })
    }

    /// The same with these names behind its own, each once, as many as there is room for. What is closed stays as it is:
    /// nothing may be added to the answers of an approval.
    #[must_use]
    pub fn and_names(self, more: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let Self::Open { vocabulary } = &self else {
            return self;
        };
        let mut seen: BTreeSet<Box<str>> = BTreeSet::new();
        let more = more.into_iter().map(Into::into);
        let all = vocabulary.iter().cloned().chain(more);
        let vocabulary = all
            .filter(|name| seen.insert(name.clone()))
            .take(VOCABULARY_MAX);
        Self::Open {
            vocabulary: vocabulary.collect(),
        }
    }

    /// One to `longest` of these phrases and nothing else.
    pub fn closed(
        phrases: impl IntoIterator<Item = impl Into<Box<str>>>,
        longest: u8,
    ) -> Result<Self, GrammarError> {
        if longest == 0 {
            return Err(GrammarError::Empty);
        }
        let phrases = checked(phrases)?;
        Ok(Self::Closed { phrases, longest })
    }

    /// One of `phrases` or the beginning of one, or one of `whole`.
    pub fn begun(
        phrases: impl IntoIterator<Item = impl Into<Box<str>>>,
        whole: impl IntoIterator<Item = impl Into<Box<str>>>,
    ) -> Result<Self, GrammarError> {
        let (phrases, whole) = (checked(phrases)?, checked(whole)?);
        Ok(Self::Begun { phrases, whole })
    }

    /// So many digits, one by one.
    pub fn digits(count: RangeInclusive<u8>) -> Result<Self, GrammarError> {
        if count.is_empty() || *count.start() == 0 {
            return Err(GrammarError::Empty);
        }
        check_size(usize::from(*count.end()), 12)?;
        Ok(Self::Digits { count })
    }
}

/// A title as people say it: lower case, words of letters, one space between them, without what stands behind a comma or in
/// brackets, which is for the eye. `None`: nobody says it like that, for it has figures in it or more than four words.
pub fn spoken_name(title: &str) -> Option<Box<str>> {
    let head = title.split([',', '(']).next()?.to_lowercase();
    let words: Vec<&str> = head
        .split(|c: char| !(c.is_alphabetic() || c.is_ascii_digit() || c == '\''))
        .filter(|word| !word.is_empty())
        .collect();
    let is_said =
        (1..=NAME_WORDS_MAX).contains(&words.len()) && !head.chars().any(|c| c.is_ascii_digit());
    is_said.then(|| words.join(" ").into())
}

fn check_size(found: usize, most: usize) -> Result<(), GrammarError> {
    if found > most {
        return Err(GrammarError::TooLarge { found, most });
    }
    Ok(())
}

fn checked(
    phrases: impl IntoIterator<Item = impl Into<Box<str>>>,
) -> Result<Arc<[Box<str>]>, GrammarError> {
    let phrases: Arc<[Box<str>]> = phrases.into_iter().map(Into::into).collect();
    check_size(phrases.len(), CLOSED_PHRASES_MAX)?;
    if phrases.is_empty() {
        return Err(GrammarError::Empty);
    }
    match phrases.iter().position(|phrase| !is_plain(phrase)) {
        Some(at) => Err(GrammarError::Phrase { at }),
        None => Ok(phrases),
    }
}

fn is_plain(phrase: &str) -> bool {
    let is_letter = |c: char| (c.is_alphabetic() && !c.is_uppercase()) || c == '\'' || c == ' ';
    (1..=PHRASE_CHARS_MAX).contains(&phrase.chars().count())
        && phrase.chars().all(is_letter)
        && phrase.split(' ').all(|word| !word.is_empty())
}

impl fmt::Debug for Grammar {
    /// Tells sizes only: a grammar may hold the names of things that somebody buys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { vocabulary } => write!(f, "Open({} names)", vocabulary.len()),
            Self::Closed { phrases, longest } => {
                write!(f, "Closed({} phrases, up to {longest})", phrases.len())
            }
            Self::Begun { phrases, whole } => {
                write!(f, "Begun({} phrases, {} whole)", phrases.len(), whole.len())
            }
            Self::Digits { count } => write!(f, "Digits({count:?})"),
        }
    }
}

/// What a recogniser is told before it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hints {
    /// The language that is spoken.
    pub language: Language,
    /// What may be said.
    pub grammar: Grammar,
    /// How the sound of a stream is to be treated. A whole utterance carries its own.
    pub care: Care,
}

impl Hints {
    /// Anything in a language.
    pub fn open(language: Language) -> Self {
        Self {
            language,
            grammar: Grammar::anything(),
            care: Care::Ordinary,
        }
    }

    /// A stretch of talk that went before, for an engine that writes on in the manner of what it has written: `None` where it would
    /// lean towards some answers of a closed list, and in a language for which none was measured. Some 40 words, no secret in them.
    pub fn before(&self) -> Option<&'static str> {
        let before = match self.grammar {
            Grammar::Open { .. } => Lang::of(self.language).before.as_str(),
            Grammar::Closed { .. } | Grammar::Begun { .. } | Grammar::Digits { .. } => "",
        };
        (!before.is_empty()).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammars_are_bounded_and_speakable() {
        assert!(Grammar::closed(["amber", "never mind"], 2).is_ok());
        for bad in ["", "Amber", "amber  violin", " amber", "4711"] {
            assert_eq!(
                Grammar::closed(["amber", bad], 1),
                Err(GrammarError::Phrase { at: 1 }),
                "{bad}"
            );
        }
        assert_eq!(Grammar::closed([""; 0], 1), Err(GrammarError::Empty));
        assert_eq!(Grammar::closed(["amber"], 0), Err(GrammarError::Empty));
        assert!(Grammar::open(vec!["x"; VOCABULARY_MAX + 1]).is_err());
        assert!(Grammar::digits(4..=6).is_ok() && Grammar::digits(0..=6).is_err());
    }

    #[test]
    fn names_come_behind_those_that_are_there_and_only_where_anything_may_be_said() {
        let open = Grammar::open(["sidamo", "coffee"]).unwrap();
        let closed = Grammar::closed(["yes", "no"], 1).unwrap();

        let more = open.and_names(["coffee", "tea"]);
        assert_eq!(more, Grammar::open(["sidamo", "coffee", "tea"]).unwrap());
        assert_eq!(closed.clone().and_names(["maybe"]), closed);

        let many = (0..VOCABULARY_MAX).map(|n| n.to_string());
        let Grammar::Open { vocabulary } = more.and_names(many) else {
            panic!("it was open");
        };
        assert_eq!(vocabulary.len(), VOCABULARY_MAX);
        assert_eq!(vocabulary.first().map(AsRef::as_ref), Some("sidamo"));
    }

    #[test]
    fn a_talk_that_went_before_is_told_where_anything_may_be_said_and_nowhere_else() {
        let closed = Grammar::closed(["yes", "no"], 1).unwrap();
        let with = |grammar| Hints {
            grammar,
            ..Hints::open(Language::English)
        };

        assert!(with(Grammar::anything()).before().is_some());
        assert!(with(Grammar::open(["sidamo"]).unwrap()).before().is_some());
        assert_eq!(with(closed).before(), None);
        assert_eq!(with(Grammar::digits(4..=6).unwrap()).before(), None);
        assert_eq!(Hints::open(Language::German).before(), None);
    }

    #[test]
    fn a_title_is_said_without_what_is_for_the_eye() {
        let said = |title| spoken_name(title).map(String::from);

        assert_eq!(said("Dish Liquid, Mint").as_deref(), Some("dish liquid"));
        assert_eq!(said("Sidamo (whole bean)").as_deref(), Some("sidamo"));
        assert_eq!(
            said("Fair-Trade Coffee").as_deref(),
            Some("fair trade coffee")
        );
        for title in ["Dark 72%", "One Two Three Four Five", "", "!"] {
            assert_eq!(said(title), None, "{title}");
        }
    }

    #[test]
    fn a_grammar_tells_its_size_and_none_of_its_words() {
        let grammar = Grammar::closed(["amber", "violin"], 2).unwrap();

        assert_eq!(format!("{grammar:?}"), "Closed(2 phrases, up to 2)");
    }
}
