//! Sentences, words and numbers of a text, for holding one against another.

/// A word as written, without the punctuation around it, and its folded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) raw: &'t str,
    pub(super) low: String,
}

/// Sentences of a text: a full stop ends one only before white space.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = c == '\n'
            || (matches!(c, '.' | '!' | '?' | ';')
                && chars.peek().is_none_or(|(_, next)| next.is_whitespace()));
        if ends {
            let next = at.saturating_add(c.len_utf8());
            found.push(text.get(from..next).unwrap_or_default());
            from = next;
        }
    }
    found.push(text.get(from..).unwrap_or_default());
    found.retain(|s| !s.trim().is_empty());
    found
}

pub(super) fn words(sentence: &str) -> Vec<Word<'_>> {
    let is_edge = |c: char| {
        !(c.is_alphanumeric() || matches!(c, '%' | '+' | '-' | '#' | '@') || is_currency(c))
    };
    sentence
        .split(|c: char| c.is_whitespace() || matches!(c, '—' | '–' | '…' | '|'))
        .map(|word| word.trim_matches(is_edge))
        .filter(|word| !word.is_empty())
        .map(|raw| Word {
            raw,
            low: folded(raw),
        })
        .collect()
}

/// Lower case, one kind of apostrophe.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| {
            if matches!(c, '’' | '‘' | 'ʼ') {
                '\''
            } else {
                c
            }
        })
        .collect()
}

/// ` a b c `: words between single spaces, so that phrases can be looked for as a whole.
pub(super) fn spaced(text: &str) -> String {
    let mut out = String::from(" ");
    for sentence in sentences(text) {
        for word in words(sentence) {
            for part in word
                .low
                .split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '%' | '.' | ',')))
            {
                if !part.is_empty() {
                    out.push_str(part.trim_matches(|c: char| matches!(c, '.' | ',' | '\'')));
                    out.push(' ');
                }
            }
        }
    }
    out
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥')
}

/// A number without separators and idle zeros: `1,299.00` is `1299`. `None`: not a number.
pub(super) fn number(raw: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    if raw.is_empty() || !raw.chars().all(is_part) || !raw.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let decimal = match (raw.rfind(','), raw.rfind('.')) {
        (Some(comma), Some(dot)) => Some(comma.max(dot)),
        (Some(comma), None) => {
            let after = raw.len().saturating_sub(comma).saturating_sub(1);
            (after != 3).then_some(comma)
        }
        (None, Some(dot)) => (raw.matches('.').count() == 1).then_some(dot),
        (None, None) => None,
    };
    let (whole, part) = match decimal {
        Some(at) => (raw.get(..at)?, raw.get(at.saturating_add(1)..)?),
        None => (raw, ""),
    };
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (whole, part) = (digits(whole), digits(part));
    let whole = whole.trim_start_matches('0');
    let part = part.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{part}")
    })
}

const ONES: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwölf", 12),
    ("zwanzig", 20),
    ("dreißig", 30),
    ("vierzig", 40),
    ("fünfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

/// A number in words that begins here, and how many words it has: `one hundred fifty`.
pub(super) fn number_in_words(words: &[Word<'_>]) -> Option<(u32, usize)> {
    let (mut total, mut used) = (0_u32, 0_usize);
    for word in words.iter().take(6) {
        let parts: Vec<&str> = word.low.split('-').collect();
        let mut sum = Some(0_u32);
        for part in &parts {
            let value = ONES.iter().find(|(name, _)| name == part).map(|(_, n)| *n);
            sum = sum.zip(value).map(|(a, b)| a.saturating_add(b));
        }
        total = match (sum, word.low.as_str()) {
            (Some(n), _) => total.saturating_add(n),
            (None, "hundred" | "hundert") => total.max(1).saturating_mul(100),
            (None, "thousand" | "tausend") => total.max(1).saturating_mul(1_000),
            (None, "and") if used > 0 => total,
            (None, _) => break,
        };
        used = used.saturating_add(1);
    }
    (total > 0).then_some((total, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_however_they_are_written() {
        for (raw, same) in [
            ("1,299.00", "1299"),
            ("1.299,50", "1299.5"),
            ("12,90", "12.9"),
            ("007", "7"),
            ("0.50", "0.5"),
            ("1,000", "1000"),
        ] {
            assert_eq!(number(raw).as_deref(), Some(same), "{raw}");
        }
        assert_eq!(number("12a"), None);
        assert_eq!(number(","), None);
        let said = words("one hundred and fifty dollars");
        assert_eq!(number_in_words(&said), Some((150, 4)));
        assert_eq!(number_in_words(&words("twenty-five euros")), Some((25, 1)));
        assert_eq!(number_in_words(&words("dollars")), None);
    }

    #[test]
    fn a_point_within_a_number_ends_no_sentence() {
        assert_eq!(sentences("It is $12.90. Really?").len(), 2);
        assert_eq!(
            spaced("The “Kaldera” (dark), 500 g!"),
            " the kaldera dark 500 g "
        );
    }
}
