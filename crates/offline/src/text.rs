use std::collections::HashMap;

use errand_types::limits::UTTERANCE_CHARS_MAX;
pub(crate) use errand_types::limits::UTTERANCE_CHARS_MAX as CHARS_MAX;
use unicode_normalization::UnicodeNormalization;

/// Tokens of one turn that are read; the rest is left out like text beyond the character bound.
pub(crate) const TOKENS_MAX: usize = 256;

/// What a token is by its characters alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// Digits with grouping or decimals: `15`, `1,299.00`.
    Number,
    /// `28th`; the text holds the digits.
    Nth,
    /// `7:30`.
    Clock,
    Sign,
}

/// One token: folded text and where it stands in [`Heard::shown`].
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A turn after normalising and cutting into tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// Compatibility-composed text with plain quotes and dashes; case as typed.
    pub(crate) shown: String,
    pub(crate) tokens: Vec<Token>,
    /// Something was left out because the turn was too long.
    pub(crate) is_cut: bool,
    /// Letters of another script than Latin, and all letters.
    pub(crate) letters_foreign: usize,
    pub(crate) letters: usize,
}

/// How short forms are written out: `don't` as `do not`, `'ll` as `will`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Short {
    pub(crate) whole: HashMap<String, Vec<String>>,
    pub(crate) ending: HashMap<String, String>,
}

impl Heard {
    /// Normalises and cuts. Time and memory are bounded whatever comes in.
    pub(crate) fn new(raw: &str, short: &Short) -> Self {
        let mut heard = Self::default();
        let mut shown = String::with_capacity(raw.len().min(UTTERANCE_CHARS_MAX * 4));
        // Compatibility forms may unfold, so the bound holds before and after.
        for c in raw
            .chars()
            .take(UTTERANCE_CHARS_MAX)
            .nfkc()
            .take(UTTERANCE_CHARS_MAX)
        {
            shown.push(plain(c));
        }
        heard.is_cut = raw.chars().nth(UTTERANCE_CHARS_MAX).is_some();
        for c in shown.chars().filter(|c| c.is_alphabetic()) {
            heard.letters += 1;
            if !is_latin(c) {
                heard.letters_foreign += 1;
            }
        }
        heard.shown = shown;
        heard.cut(short);
        heard
    }

    fn cut(&mut self, short: &Short) {
        let mut tokens = Vec::new();
        let mut chars = self.shown.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            if tokens.len() >= TOKENS_MAX {
                self.is_cut = true;
                break;
            }
            if c.is_whitespace() && c != '\n' {
                continue;
            }
            let mut end = start + c.len_utf8();
            if c.is_ascii_digit() {
                let mut kind = Kind::Number;
                while let Some(&(at, d)) = chars.peek() {
                    let next_is_digit = self
                        .shown
                        .get(at + d.len_utf8()..)
                        .and_then(|s| s.chars().next())
                        .is_some_and(|n| n.is_ascii_digit());
                    let goes_on = d.is_ascii_digit()
                        || (matches!(d, '.' | ',') && kind == Kind::Number && next_is_digit)
                        || (d == ':' && next_is_digit);
                    if !goes_on {
                        break;
                    }
                    if d == ':' {
                        kind = Kind::Clock;
                    }
                    end = at + d.len_utf8();
                    chars.next();
                }
                let text = self.shown.get(start..end).unwrap_or_default().to_owned();
                let rest = self.shown.get(end..).unwrap_or_default();
                if kind == Kind::Number && is_nth(rest) {
                    chars.next();
                    chars.next();
                    tokens.push(Token {
                        text,
                        kind: Kind::Nth,
                        start,
                        end: end + 2,
                    });
                } else {
                    tokens.push(Token {
                        text,
                        kind,
                        start,
                        end,
                    });
                }
            } else if c.is_alphabetic() {
                while let Some(&(at, d)) = chars.peek() {
                    let inner = d == '\''
                        && self
                            .shown
                            .get(at + 1..)
                            .and_then(|s| s.chars().next())
                            .is_some_and(char::is_alphabetic);
                    if !(d.is_alphabetic() || inner || is_mark(d)) {
                        break;
                    }
                    end = at + d.len_utf8();
                    chars.next();
                }
                let word = self
                    .shown
                    .get(start..end)
                    .unwrap_or_default()
                    .to_lowercase();
                push_word(&mut tokens, word, start, end, short);
            } else if self.is_kept_sign(c, start) {
                let text = if c == '&' {
                    "and".to_owned()
                } else {
                    c.to_string()
                };
                let kind = if c == '&' { Kind::Word } else { Kind::Sign };
                tokens.push(Token {
                    text,
                    kind,
                    start,
                    end,
                });
            }
        }
        tokens.truncate(TOKENS_MAX);
        self.tokens = tokens;
    }

    /// Signs that carry meaning: marks of sentences and lists, currencies, and a dash that is no hyphen.
    fn is_kept_sign(&self, c: char, at: usize) -> bool {
        if c == '-' {
            let before = self.shown.get(..at).and_then(|s| s.chars().next_back());
            let after = self.shown.get(at + 1..).and_then(|s| s.chars().next());
            let is_open = |n: Option<char>| n.is_none_or(char::is_whitespace);
            let is_digit = |n: Option<char>| n.is_some_and(|n| n.is_ascii_digit());
            let is_amount = is_digit(after) || after.is_some_and(|n| "$€£".contains(n));
            return is_open(before) || (is_digit(before) && is_amount);
        }
        c == '\n' || ".,;:!?+$€£¥₹%#/&<>~×•".contains(c)
    }

    /// The person's characters from one token to before another.
    pub(crate) fn said(&self, from: usize, to: usize) -> &str {
        let (Some(first), Some(last)) = (
            self.tokens.get(from),
            to.checked_sub(1).and_then(|i| self.tokens.get(i)),
        ) else {
            return "";
        };
        self.shown.get(first.start..last.end).unwrap_or_default()
    }

    /// The folded text of a token, empty beyond the end.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.text.as_str())
    }

    /// Whether two neighbours stand without a space between them, as in `t-shirt`.
    pub(crate) fn is_joined(&self, at: usize) -> bool {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(a), Some(b)) => self
                .shown
                .get(a.end..b.start)
                .is_some_and(|s| !s.contains(char::is_whitespace)),
            _ => false,
        }
    }
}

fn push_word(tokens: &mut Vec<Token>, word: String, start: usize, end: usize, short: &Short) {
    if let Some(parts) = short.whole.get(&word) {
        for part in parts {
            tokens.push(Token {
                text: part.clone(),
                kind: Kind::Word,
                start,
                end,
            });
        }
        return;
    }
    if let Some((base, tail)) = word.split_once('\'')
        && let Some(full) = short.ending.get(tail)
    {
        tokens.push(Token {
            text: base.to_owned(),
            kind: Kind::Word,
            start,
            end,
        });
        tokens.push(Token {
            text: full.clone(),
            kind: Kind::Word,
            start,
            end,
        });
        return;
    }
    tokens.push(Token {
        text: word,
        kind: Kind::Word,
        start,
        end,
    });
}

/// `st`, `nd`, `rd`, `th` right behind digits and nothing more.
fn is_nth(rest: &str) -> bool {
    let mut chars = rest.chars();
    let (Some(a), Some(b)) = (chars.next(), chars.next()) else {
        return false;
    };
    let pair = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    matches!(pair, ('s', 't') | ('n' | 'r', 'd') | ('t', 'h'))
        && !chars.next().is_some_and(char::is_alphanumeric)
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_latin(c: char) -> bool {
    c.is_ascii()
        || ('\u{c0}'..='\u{24f}').contains(&c)
        || ('\u{1e00}'..='\u{1eff}').contains(&c)
        || matches!(c, 'ª' | 'º')
}

/// One plain character for its typographic variants; a space for what cannot be seen.
fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2b9}' | '\u{2bc}' | '`' | '´' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\n' => '\n',
        c if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}') =>
        {
            ' '
        }
        c => c,
    }
}

/// Cuts a name by a shop into folded words, for matching; signs drop out.
pub(crate) fn words_of(text: &str, words_max: usize) -> Vec<String> {
    let chars = text.chars().take(400);
    // Most names are plain letters, which have no other form.
    if text.is_ascii() {
        return cut_name(chars, words_max);
    }
    cut_name(chars.nfkc(), words_max)
}

fn cut_name(chars: impl Iterator<Item = char>, words_max: usize) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in chars.map(plain).chain(std::iter::once(' ')) {
        let is_digit_edge = word
            .chars()
            .next_back()
            .is_some_and(|last| last.is_ascii_digit() != c.is_ascii_digit());
        if !(c.is_alphanumeric() || (c == '\'' && !word.is_empty())) || is_digit_edge {
            let done = std::mem::take(&mut word);
            let done = done.trim_end_matches('\'');
            if !done.is_empty() && words.len() < words_max {
                words.push(done.to_owned());
            }
            if c == '&' && words.len() < words_max {
                words.push("and".to_owned());
            }
        }
        if c.is_alphanumeric() || (c == '\'' && !word.is_empty()) {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// A crude stem, the same for what is said and what is shown: plural endings of English nouns.
pub(crate) fn stem(word: &str) -> &str {
    let n = word.len();
    if !word.is_ascii() || n < 4 {
        return word;
    }
    if let Some(base) = word.strip_suffix("ies")
        && n > 4
    {
        return base;
    }
    for end in ["ches", "shes", "sses", "xes", "zes"] {
        if word.ends_with(end) {
            return word.get(..n - 2).unwrap_or(word);
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word;
    }
    if let Some(base) = word.strip_suffix('s') {
        return base;
    }
    word.strip_suffix('y').filter(|_| n > 4).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        Heard::new(text, &Short::default())
            .tokens
            .into_iter()
            .map(|t| t.text)
            .collect()
    }

    #[test]
    fn glued_amounts_and_units_come_apart() {
        assert_eq!(
            cut("€20, 500g 2x 1,299.00 the 28th at 7:30pm"),
            [
                "€", "20", ",", "500", "g", "2", "x", "1,299.00", "the", "28", "at", "7:30", "pm"
            ]
        );
    }

    #[test]
    fn a_sign_that_hides_is_no_letter() {
        assert_eq!(cut("cof\u{200b}fee “x”"), ["cof", "fee", "x"]);
    }

    #[test]
    fn singular_and_plural_share_a_stem() {
        for (one, many) in [
            ("towel", "towels"),
            ("berry", "berries"),
            ("box", "boxes"),
            ("dish", "dishes"),
        ] {
            assert_eq!(stem(one), stem(many));
        }
    }

    #[test]
    fn a_very_long_turn_is_cut_and_says_so() {
        let heard = Heard::new(&"milk ".repeat(50_000), &Short::default());
        assert!(heard.is_cut && heard.tokens.len() <= TOKENS_MAX);
    }
}
