use errand_types::{Currency, Money, aloud};

use super::table::Speakable;

/// What stands for something that is never read out, where there is a screen and where there is none.
const ON_SCREEN: &str = "the one on your screen";
const UNREAD: &str = "one that I do not read out";

impl Speakable {
    /// Text that was written for the eye, in words for the ear: amounts, numbers, units and abbreviations in words; no links,
    /// addresses of mail, article numbers, marks or brackets.
    pub fn text(self, shown: &str) -> String {
        let plain: String = shown
            .chars()
            .map(|c| match c {
                '(' | ')' | '[' | ']' | '\n' | '\u{b7}' | '\u{2022}' | '\u{2013}' | '\u{2014}' => {
                    ','
                }
                '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '*' | '_' | '#' | '`' | '~' => ' ',
                '\u{2212}' => '-',
                c => c,
            })
            .collect();
        let pieces: Vec<&str> = plain.split_whitespace().collect();
        let mut words: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            let (head, core, tail) = trimmed(piece);
            let next = pieces.get(at + 1).map(|next| trimmed(next));
            let (word, used) = self.piece(core, next.filter(|_| tail.is_empty()).map(|n| n.1));
            let tail = if used == 2 {
                next.map_or("", |n| n.2)
            } else {
                tail
            };
            let comma = if head.contains(',') { "," } else { "" };
            push(&mut words, comma, &word, tail);
            at += used;
            if core.starts_with('+') {
                // The groups of a telephone number.
                while pieces
                    .get(at)
                    .is_some_and(|next| next.chars().all(|c| c.is_ascii_digit()))
                {
                    at += 1;
                }
            }
        }
        tidy(&words.join(" "))
    }

    /// One piece of text, and the next one where they belong together. Tells how many were used.
    fn piece(self, piece: &str, next: Option<&str>) -> (String, usize) {
        if let Some(word) = self.table.words.get(piece) {
            return (word.clone(), 1);
        }
        if is_private(piece) {
            return (self.unread(), 1);
        }
        if let Some(money) = signed_money(piece) {
            return (self.price(money), 1);
        }
        if is_number(piece) {
            if let Some(next) = next {
                // "24.10 CHF", "340 g".
                if let Some(money) = Currency::parse(next)
                    .ok()
                    .filter(|_| next.chars().all(|c| c.is_ascii_uppercase()))
                    .and_then(|currency| Money::parse(&piece.replace(',', ""), currency).ok())
                {
                    return (self.price(money), 2);
                }
                if let Some(said) = self.quantity(piece, next) {
                    return (said, 2);
                }
            }
            return (self.plain_number(piece), 1);
        }
        // "340g", "15%".
        let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        if is_number(digits)
            && let Some(unit) = piece.get(digits.len()..)
            && let Some(said) = self.quantity(digits, unit)
        {
            return (said, 1);
        }
        if is_code(piece) {
            return (self.unread(), 1);
        }
        (self.mixed(piece), 1)
    }

    fn unread(self) -> String {
        let unread = if self.has_screen { ON_SCREEN } else { UNREAD };
        unread.to_owned()
    }

    fn plain_number(self, piece: &str) -> String {
        let plain = piece.replace(',', "");
        if plain.len() > 1 && plain.starts_with('0') && !plain.contains('.') {
            return aloud::digits(&plain);
        }
        self.decimal(&plain)
            .or_else(|| plain.parse().ok().map(aloud::number))
            .unwrap_or_else(|| aloud::digits(piece))
    }

    /// A word with digits in it: `2nd`, `8-10`, `Type-C`.
    fn mixed(self, piece: &str) -> String {
        if !piece.chars().any(|c| c.is_ascii_digit()) {
            return piece.to_owned();
        }
        let nth = piece.trim_end_matches(char::is_alphabetic);
        if let Some(nth) = nth
            .parse::<usize>()
            .ok()
            .filter(|_| nth.len() + 2 == piece.len())
            && let Some(word) = nth.checked_sub(1).and_then(|n| self.table.ordinals.get(n))
        {
            return word.clone();
        }
        let mut out = String::new();
        let mut digits = String::new();
        for c in piece.chars().chain([' ']) {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            if !digits.is_empty() {
                let said = digits
                    .parse()
                    .map_or_else(|_| aloud::digits(&digits), aloud::number);
                out.push_str(&format!(" {said} "));
                digits.clear();
            }
            match c {
                '-' if out.ends_with(' ') => out.push_str("to "),
                '-' | '/' | ':' => out.push(' '),
                c => out.push(c),
            }
        }
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A piece without the marks around it.
fn trimmed(piece: &str) -> (&str, &str, &str) {
    let is_mark = |c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '\'');
    let start = piece.trim_start_matches(|c: char| is_mark(c) && c != '.');
    let head = piece.get(..piece.len() - start.len()).unwrap_or_default();
    // An abbreviation keeps its point.
    let core = start.trim_end_matches(is_mark);
    let dotted = start
        .get(..core.len() + 1)
        .filter(|_| start.get(core.len()..) == Some("."));
    let core = match dotted {
        Some(dotted) if is_abbreviation(dotted) => dotted,
        _ => core,
    };
    (head, core, start.get(core.len()..).unwrap_or_default())
}

fn is_abbreviation(piece: &str) -> bool {
    super::table::Speakable::of(errand_types::Language::English)
        .is_some_and(|say| say.table.words.contains_key(piece))
}

fn push(words: &mut Vec<String>, comma: &str, word: &str, tail: &str) {
    if !comma.is_empty()
        && let Some(last) = words.last_mut()
        && !last.ends_with([',', '.', '!', '?', ';', ':'])
    {
        last.push(',');
    }
    let tail: String = tail.chars().filter(|c| *c != '\'').collect();
    words.push(format!("{word}{tail}"));
}

/// No two marks in a row, no mark behind a space.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let is_mark = word.chars().all(|c| c.is_ascii_punctuation());
        if is_mark && (out.is_empty() || out.ends_with([',', '.', '!', '?', ';', ':'])) {
            continue;
        }
        if !out.is_empty() && !is_mark {
            out.push(' ');
        }
        out.push_str(word);
    }
    let mut clean = out;
    for (from, to) in [
        (",,", ","),
        (",.", "."),
        (".,", "."),
        (",!", "!"),
        (",?", "?"),
        (";,", ";"),
        (":,", ":"),
    ] {
        while clean.contains(from) {
            clean = clean.replace(from, to);
        }
    }
    clean.trim_end_matches(',').to_owned()
}

fn is_number(piece: &str) -> bool {
    let mut points = 0;
    !piece.is_empty()
        && piece.starts_with(|c: char| c.is_ascii_digit())
        && piece.ends_with(|c: char| c.is_ascii_digit())
        && piece.chars().all(|c| {
            points += usize::from(c == '.');
            c.is_ascii_digit() || c == ',' || c == '.'
        })
        && points <= 1
}

/// `$24.10`, `-€3`.
fn signed_money(piece: &str) -> Option<Money> {
    let (sign, rest) = match piece.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, piece),
    };
    let currency = match rest.chars().next()? {
        '$' => Currency::USD,
        '€' => Currency::EUR,
        '£' => Currency::GBP,
        _ => return None,
    };
    let digits: String = rest.chars().skip(1).filter(|c| *c != ',').collect();
    let money = Money::parse(&digits, currency).ok()?;
    Some(Money::new(money.minor() * sign, currency))
}

/// Links, mail, telephone.
fn is_private(piece: &str) -> bool {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    piece.contains("://")
        || piece.starts_with("www.")
        || piece.contains('@')
        || (piece.starts_with('+') && digits >= 1)
}

/// Article numbers, ids, serial numbers: letters and three digits or more in one piece, or a run of digits that nobody
/// counts with.
fn is_code(piece: &str) -> bool {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
    let is_joined = piece
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
    is_joined && ((digits >= 3 && letters >= 2) || digits >= 9)
}

#[cfg(test)]
mod tests {
    use errand_types::Language;
    use proptest::prelude::*;

    use super::*;

    fn say(text: &str) -> String {
        Speakable::of(Language::English).unwrap().text(text)
    }

    #[test]
    fn written_text_becomes_spoken_text() {
        for (shown, said) in [
            (
                "You would pay $24.10 to Pantry Lane Ltd.",
                "You would pay twenty-four dollars ten to Pantry Lane Limited",
            ),
            (
                "In the cart: 2 × Marcala, 340 g, $11.20 each.",
                "In the cart: two of Marcala, three hundred forty grams, eleven dollars twenty each.",
            ),
            (
                "rated 4.6 by 212",
                "rated four point six by two hundred twelve",
            ),
            (
                "It costs 24.10 CHF, that is 15% less",
                "It costs twenty-four Swiss francs ten, that is fifteen percent less",
            ),
            (
                "See https://shop.example/p/1 or write to a@b.example",
                "See the one on your screen or write to the one on your screen",
            ),
            (
                "register: FLOCERT, number FLO-28817",
                "register: FLOCERT, number the one on your screen",
            ),
            (
                "Sat 28 Nov, 8-10",
                "Saturday twenty-eight November, eight to ten",
            ),
            ("Coffee (whole bean) · dark", "Coffee, whole bean, dark"),
            (
                "I left out 1,234: the \"2nd\" one",
                "I left out one thousand two hundred thirty-four: the second one",
            ),
            ("−$3.50 & more", "minus three dollars fifty and more"),
            ("", ""),
        ] {
            assert_eq!(say(shown), said, "{shown}");
        }
    }

    #[test]
    fn nobody_without_a_screen_is_sent_to_one() {
        let say = Speakable::of(Language::English).unwrap().without_screen();

        assert_eq!(
            say.text("See https://shop.example/p/1, number FLO-28817"),
            "See one that I do not read out, number one that I do not read out"
        );
    }

    proptest! {
        #[test]
        fn no_figure_is_left_and_nothing_panics(shown in "\\PC{0,80}") {
            let said = say(&shown);
            prop_assert!(!said.chars().any(|c| c.is_ascii_digit()), "{}", said);
        }

        #[test]
        fn every_written_amount_is_said(minor in 0_i64..10_000_000) {
            let money = Money::new(minor, Currency::USD);
            let expected = aloud::money(money, aloud::Said::Short);
            prop_assert_eq!(say(&format!("It is {money} now.")), format!("It is {expected} now."));
        }
    }
}
