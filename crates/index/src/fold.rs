//! Text to words: folded, cut, stemmed. The same for products and for queries.

use std::borrow::Cow;
use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::limits::WORD_CHARS_MAX;

/// Stems that one [`Folder`] remembers.
const REMEMBERED_MAX: usize = 50_000;

/// One piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Letters only.
    Word(&'a str),
    /// Digits, or letters and digits: a number, a size, a part of a model number.
    Code(&'a str),
    /// `-` or another sign between two pieces without a space: `MLT-D1082S`.
    Joint,
    /// `/`, `&` or `+`: what stands on both sides is of one kind.
    Beside,
    /// Any other sign, as a comma or a bracket.
    Mark,
}

/// Folds text to lower case without accents, without invisible characters, with look-alike letters of other scripts as
/// the Latin letters that they look like.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().all(|b| !b.is_ascii_uppercase()) {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(text.to_ascii_lowercase());
    }
    let mut folded = String::with_capacity(text.len());
    let plain = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
        .flat_map(char::to_lowercase);
    folded.extend(plain);
    Cow::Owned(latin_where_alike(&folded))
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Writes a word with Latin letters if each of its letters is one or looks like one: `іphone` with a Ukrainian `і` is
/// `iphone`, while `принтер` stays what it is.
fn latin_where_alike(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let is_word = first.is_alphanumeric();
        let end = rest
            .find(|c: char| c.is_alphanumeric() != is_word)
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        let alike: Option<String> = (is_word && !run.is_ascii())
            .then(|| run.chars().map(lookalike).collect())
            .flatten();
        out.push_str(alike.as_deref().unwrap_or(run));
    }
    out
}

fn lookalike(c: char) -> Option<char> {
    if c.is_ascii_alphanumeric() {
        return Some(c);
    }
    Some(match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' | 'ß' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'ɡ' => 'g',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' | 'μ' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'σ' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ᴢ' => 'z',
        _ => return None,
    })
}

/// Cuts folded text into pieces; quotes, trade marks and apostrophes vanish.
pub(crate) fn pieces(folded: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = folded;
    let mut is_after_piece = false;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if first.is_alphanumeric() {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric())
                    .unwrap_or(rest.len());
                let (run, after) = rest.split_at(end);
                rest = after;
                is_after_piece = true;
                let run = clip(run);
                let is_word = run.chars().all(char::is_alphabetic);
                return Some(if is_word {
                    Piece::Word(run)
                } else {
                    Piece::Code(run)
                });
            }
            rest = rest.get(first.len_utf8()..)?;
            let was_after_piece = std::mem::replace(&mut is_after_piece, false);
            match first {
                '"' | '\'' | '’' | '‘' | '“' | '”' | '®' | '™' | '©' | '°' => {
                    is_after_piece = was_after_piece;
                }
                '/' | '&' | '+' => return Some(Piece::Beside),
                '-' | '.' | '_' | '–' | '‐' | '‑' => {
                    if was_after_piece && rest.chars().next().is_some_and(char::is_alphanumeric) {
                        return Some(Piece::Joint);
                    }
                    if first != '.' {
                        return Some(Piece::Mark);
                    }
                }
                _ if first.is_whitespace() || first.is_control() => {}
                _ => return Some(Piece::Mark),
            }
        }
    })
}

fn clip(run: &str) -> &str {
    run.char_indices()
        .nth(WORD_CHARS_MAX)
        .and_then(|(at, _)| run.get(..at))
        .unwrap_or(run)
}

/// Only the letters and digits of a folded text, side by side: `mlt-d1082s` is `mltd1082s`.
pub(crate) fn joined(folded: &str) -> String {
    folded
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(WORD_CHARS_MAX)
        .collect()
}

/// Words of a query or a title that say nothing about the thing.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "and"
            | "any"
            | "are"
            | "at"
            | "be"
            | "by"
            | "can"
            | "for"
            | "from"
            | "have"
            | "i"
            | "im"
            | "in"
            | "is"
            | "it"
            | "me"
            | "my"
            | "of"
            | "on"
            | "or"
            | "please"
            | "some"
            | "that"
            | "the"
            | "to"
            | "want"
            | "with"
    )
}

/// A word after which comes what a thing is for, made of or sold with, and no longer the thing itself.
pub(crate) fn is_turn(word: &str) -> bool {
    matches!(
        word,
        "for" | "with" | "to" | "from" | "of" | "w" | "in" | "compatible"
    )
}

/// Stems words and remembers them.
pub(crate) struct Folder {
    stemmer: Stemmer,
    known: HashMap<Box<str>, Box<str>>,
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Folder({} stems)", self.known.len())
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self {
            stemmer: Stemmer::new(Algorithm::English),
            known: HashMap::new(),
        }
    }
}

impl Folder {
    /// The stem of a folded word; a word that is not plain Latin is its own stem.
    pub(crate) fn stem(&mut self, word: &str) -> &str {
        if !self.known.contains_key(word) {
            if self.known.len() >= REMEMBERED_MAX {
                self.known.clear();
            }
            let stem = stem(self.stemmer, word);
            self.known.insert(word.into(), stem.into());
        }
        self.known.get(word).map_or("", |stem| stem)
    }

    /// Calls `each` with every term of a text: stems of words, and codes as they are.
    pub(crate) fn terms(&mut self, folded: &str, mut each: impl FnMut(&str)) {
        for piece in pieces(folded).take(crate::limits::FIELD_WORDS_MAX) {
            match piece {
                Piece::Word(word) => each(self.stem(word)),
                Piece::Code(code) => each(code),
                Piece::Joint | Piece::Beside | Piece::Mark => {}
            }
        }
    }
}

fn stem(stemmer: Stemmer, word: &str) -> String {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    stemmer.stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        Folder::default().terms(&fold(text), |term| found.push(term.to_owned()));
        found
    }

    #[test]
    fn case_accents_and_plurals_make_no_difference() {
        assert_eq!(terms("Café-Beans 340g"), ["cafe", "bean", "340g"]);
        assert_eq!(terms("BATTERIES"), terms("battery"));
    }

    #[test]
    fn letters_of_other_scripts_that_look_latin_are_read_as_latin() {
        assert_eq!(terms("\u{0456}phone"), ["iphon"]);
        assert_eq!(terms("lapt\u{043e}p"), ["laptop"]);
        assert_eq!(terms("принтер"), ["принтер"]);
    }

    #[test]
    fn invisible_and_control_characters_are_not_there() {
        assert_eq!(terms("lap\u{200b}top\u{0}\u{7}"), ["laptop"]);
        assert_eq!(terms("ｌａｐｔｏｐ"), ["laptop"]);
    }

    #[test]
    fn pieces_tell_joints_marks_and_what_stands_beside() {
        let folded = fold("MLT-D1082S, Keyboard/Mouse 15.6\" (new)");
        let found: Vec<Piece<'_>> = pieces(&folded).collect();
        assert_eq!(
            found,
            [
                Piece::Word("mlt"),
                Piece::Joint,
                Piece::Code("d1082s"),
                Piece::Mark,
                Piece::Word("keyboard"),
                Piece::Beside,
                Piece::Word("mouse"),
                Piece::Code("15"),
                Piece::Joint,
                Piece::Code("6"),
                Piece::Mark,
                Piece::Word("new"),
                Piece::Mark,
            ]
        );
    }

    #[test]
    fn an_endless_word_is_cut() {
        let found = terms(&"x".repeat(100_000));
        assert_eq!(found, ["x".repeat(WORD_CHARS_MAX)]);
    }
}
