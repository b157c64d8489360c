//! Takes what is private out of text before it may leave the machine: the person's own data wherever they are named, and
//! whatever has the shape of an address, a number to call, a card, a password or a token.

use std::borrow::Cow;

/// Characters of text that are looked at; what is beyond is cut, never passed on unmasked.
const CHARS_MAX: usize = 8_000;

/// The person's own data by kind: `("e-mail", "sam@example.com")`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Private(Vec<(&'static str, String)>);

impl std::fmt::Debug for Private {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Private(<{} redacted>)", self.0.len())
    }
}

impl Private {
    /// Adds a value that must never leave. Shorter than three characters it would hide half of the language, and is not
    /// taken.
    pub fn add(&mut self, kind: &'static str, value: &str) {
        let value = folded(value.trim());
        if value.chars().count() >= 3 {
            self.0.push((kind, value));
            // The longest first: a street with its number before the number.
            self.0
                .sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        }
    }
}

/// The text without what is private; each place says what kind of thing was there: `[e-mail]`.
pub fn mask(text: &str, private: &Private) -> String {
    let text: String = text.chars().take(CHARS_MAX).collect();
    let mut text = text;
    for (kind, value) in &private.0 {
        text = without(&text, value, kind);
    }
    shapes(&text)
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Replaces a value wherever it stands as a whole, whatever its case.
fn without(text: &str, value: &str, kind: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    // One folded character for each, so that places stay the same.
    let fold: Vec<char> = chars
        .iter()
        .map(|c| c.to_lowercase().next().unwrap_or(*c))
        .collect();
    let value: Vec<char> = value.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let end = at.saturating_add(value.len());
        let is_it = fold.get(at..end) == Some(value.as_slice());
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        let is_whole = before.is_none_or(|c| !c.is_alphanumeric())
            && chars.get(end).is_none_or(|c| !c.is_alphanumeric());
        if is_it && is_whole {
            out.push_str(&format!("[{kind}]"));
            at = end;
        } else {
            out.push(*c);
            at = at.saturating_add(1);
        }
    }
    out
}

/// Words after which something secret follows.
const SECRET_CUES: &[&str] = &[
    "pin",
    "password",
    "passcode",
    "passphrase",
    "passwort",
    "kennwort",
    "cvv",
    "cvc",
    "otp",
    "geheimzahl",
    "iban",
];
/// Words that may stand between such a cue and the secret.
const BETWEEN: &[&str] = &[
    "is", "code", "number", "ist", "lautet", "my", "the", ":", "=",
];
/// Words that end the name of a street.
const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "lane",
    "ln",
    "drive",
    "dr",
    "way",
    "boulevard",
    "blvd",
    "court",
    "straße",
    "strasse",
    "str",
    "weg",
    "platz",
    "allee",
    "gasse",
];

fn shapes(text: &str) -> String {
    let mut out: Vec<Cow<'_, str>> = Vec::new();
    let mut secret_follows = false;
    for piece in pieces(text) {
        if piece.trim().is_empty() {
            out.push(Cow::Borrowed(piece));
            continue;
        }
        let bare = bare(piece);
        let low = folded(bare);
        if secret_follows && !BETWEEN.contains(&low.as_str()) && !bare.is_empty() {
            out.push(Cow::Owned(piece.replacen(bare, "[secret]", 1)));
            secret_follows = false;
            continue;
        }
        secret_follows = SECRET_CUES.contains(&low.as_str())
            || (secret_follows && (BETWEEN.contains(&low.as_str()) || bare.is_empty()));
        match kind_of(bare) {
            Some(kind) => out.push(Cow::Owned(piece.replacen(bare, &format!("[{kind}]"), 1))),
            None => out.push(Cow::Borrowed(piece)),
        }
    }
    streets(&numbers(&out.concat()))
}

/// Words and the spaces between them, in order.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_space = first.is_whitespace();
        let end = rest
            .find(|c: char| c.is_whitespace() != is_space)
            .unwrap_or(rest.len());
        let (piece, more) = rest.split_at(end);
        rest = more;
        Some(piece)
    })
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn kind_of(word: &str) -> Option<&'static str> {
    if let Some((before, after)) = word.split_once('@')
        && !before.is_empty()
        && after.contains('.')
    {
        return Some("e-mail");
    }
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if word.len() >= 20 && digits >= 4 && letters >= 4 && word.chars().all(is_plain) {
        return Some("token");
    }
    None
}

/// Runs of at least seven digits with nothing between them but what people write into numbers of phones and cards.
fn numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let before = at.checked_sub(1).and_then(|b| chars.get(b));
        let starts = (c.is_ascii_digit()
            || (c == '+'
                && chars
                    .get(at.saturating_add(1))
                    .is_some_and(char::is_ascii_digit)))
            && before.is_none_or(|b| !b.is_alphanumeric());
        if !starts {
            out.push(c);
            at = at.saturating_add(1);
            continue;
        }
        let (end, digits) = number_end(&chars, at);
        let run: String = chars.get(at..end).unwrap_or_default().iter().collect();
        // A date or a price is no number to call, and neither is a plain count: "1000000 bags".
        let is_date = run.chars().filter(|c| *c == '-').count() == 2 && digits == 8;
        let is_price = run.contains(',') && !run.contains(' ');
        let is_count = digits < 9 && run.chars().all(|c| c.is_ascii_digit());
        if digits >= 7 && !is_date && !is_price && !is_count {
            out.push_str(if (13..=19).contains(&digits) {
                "[card]"
            } else {
                "[phone]"
            });
        } else {
            out.push_str(&run);
        }
        at = end.max(at.saturating_add(1));
    }
    out
}

fn number_end(chars: &[char], from: usize) -> (usize, usize) {
    let mut end = from;
    let mut digits = 0_usize;
    for (at, c) in chars.iter().enumerate().skip(from) {
        if c.is_ascii_digit() {
            digits = digits.saturating_add(1);
            end = at.saturating_add(1);
        } else if !(matches!(c, ' ' | '-' | '/' | '(' | ')' | ',' | '.')
            || (*c == '+' && at == from))
            || at.saturating_sub(end) >= 2
        {
            break;
        }
    }
    (end, digits)
}

/// `14 Elm Street`, `Lindenstraße 5`: the house number and the name go.
fn streets(text: &str) -> String {
    let words: Vec<&str> = pieces(text).collect();
    let mut hide = vec![false; words.len()];
    let is_number = |at: usize| {
        words.get(at).is_some_and(|w| {
            let w = bare(w);
            w.len() <= 6
                && w.starts_with(|c: char| c.is_ascii_digit())
                && w.chars().filter(char::is_ascii_alphabetic).count() <= 1
        })
    };
    for (at, word) in words.iter().enumerate() {
        let low = folded(bare(word));
        let ends = STREETS
            .iter()
            .any(|s| low == *s || (s.len() > 3 && low.len() > s.len() && low.ends_with(s)));
        if !ends {
            continue;
        }
        // Pieces alternate with spaces: two back is one word back.
        let back = (1..=4_usize).find_map(|n| {
            at.checked_sub(n.saturating_mul(2))
                .filter(|b| is_number(*b))
        });
        let next = at.saturating_add(2);
        let range = if let Some(first) = back {
            first..at.saturating_add(1)
        } else if is_number(next) {
            at..next.saturating_add(1)
        } else {
            continue;
        };
        for place in range {
            if let Some(hidden) = hide.get_mut(place) {
                *hidden = true;
            }
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut was_hidden = false;
    for (word, hidden) in words.iter().zip(hide) {
        if !hidden {
            out.push_str(word);
        } else if !was_hidden {
            out.push_str("[address]");
        }
        was_hidden = hidden;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        mask(text, &Private::default())
    }

    #[test]
    fn what_has_the_shape_of_a_secret_is_hidden_without_knowing_the_person() {
        assert_eq!(
            masked("write to sam@example.com, please"),
            "write to [e-mail], please"
        );
        assert_eq!(masked("call +1 (718) 555-0123 today"), "call [phone] today");
        assert_eq!(
            masked("my card is 4242 4242 4242 4242"),
            "my card is [card]"
        );
        assert_eq!(masked("my PIN is 8531 and go"), "my PIN is [secret] and go");
        assert_eq!(masked("password: hunter2!"), "password: [secret]!");
        assert_eq!(masked("key sk-abc123def456ghi789jkl0"), "key [token]");
        assert_eq!(
            masked("to 14 Elm Street, Brooklyn"),
            "to [address] Brooklyn"
        );
        assert_eq!(masked("nach Lindenstraße 5 bitte"), "nach [address] bitte");
    }

    #[test]
    fn what_people_say_in_shops_stays() {
        for text in [
            "2 bags under $15.00, here Saturday before 12:00",
            "a 45 cm dishwasher under 1,299.00",
            "order PL-40718, the second one",
            "order 1000000 bags of it",
            "from 2026-11-28 on",
            "is 1200 W enough for a 500 g roast?",
            "the best way to make tea",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn the_persons_own_data_are_hidden_in_any_case_and_only_as_a_whole() {
        let mut private = Private::default();
        private.add("name", "Sam Sample");
        private.add("postal code", "11201");
        private.add("street", "14 Elm Street");
        private.add("short", "NY");

        let text = mask(
            "SAM SAMPLE, 14 elm street, 11201; item 112013 stays, NY too",
            &private,
        );

        assert_eq!(
            text,
            "[name], [street], [postal code]; item 112013 stays, NY too"
        );
        assert_eq!(format!("{private:?}"), "Private(<3 redacted>)");
    }

    #[test]
    fn any_text_is_masked_without_harm() {
        for text in [
            "",
            " ",
            "+",
            "pin",
            "@",
            "a@",
            "ß".repeat(20_000).as_str(),
            "١٢٣٤٥٦٧٨٩",
            "İİİ 5 st",
        ] {
            assert!(masked(text).chars().count() <= CHARS_MAX);
        }
    }
}
