use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Longest text that is read, in characters; what comes behind is not looked at.
pub(crate) const TEXT_CHARS_MAX: usize = 4_000;

/// Folds text so that words that look alike are alike: compatibility forms, accents, letters of other scripts that look
/// Latin, zero-width characters, case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text
            .chars()
            .take(TEXT_CHARS_MAX)
            .map(|c| c.to_ascii_lowercase())
            .collect();
    }
    text.chars()
        .take(TEXT_CHARS_MAX)
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_unseen(*c))
        .flat_map(char::to_lowercase)
        .map(latin_twin)
        .collect()
}

/// Characters that nobody sees and that would split a word.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// The Latin letter that a lower-case letter of another script looks like.
fn latin_twin(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'Ь' | 'ь' | 'в' => 'b',
        'с' | 'ϲ' | 'ƈ' => 'c',
        'ԁ' | 'ɗ' => 'd',
        'е' | 'є' | 'ε' | 'ҽ' => 'e',
        'ғ' => 'f',
        'ɡ' | 'ց' => 'g',
        'һ' | 'հ' | 'н' => 'h',
        'і' | 'ı' | 'ι' | 'ӏ' | 'ɩ' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'ɫ' | 'ł' => 'l',
        'м' | 'μ' => 'm',
        'п' | 'η' | 'ո' => 'n',
        'о' | 'ο' | 'օ' | 'ø' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ŧ' => 't',
        'υ' | 'ս' | 'ʋ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        'ᴢ' | 'ʐ' => 'z',
        other => other,
    }
}

/// One word of a text, stemmed, and whether a clause ends before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) stem: String,
    pub(crate) starts_clause: bool,
    pub(crate) starts_sentence: bool,
}

/// Splits text into stemmed words. `fair-trade` is two words, as `fair trade` is.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let folded = fold(text);
    let mut out = Vec::new();
    let mut word = String::new();
    let (mut starts_clause, mut starts_sentence) = (true, true);
    let mut push = |word: &mut String, starts_clause: &mut bool, starts_sentence: &mut bool| {
        if !word.is_empty() {
            stem(word);
            let stem = std::mem::take(word);
            out.push(Token {
                stem,
                starts_clause: *starts_clause,
                starts_sentence: *starts_sentence,
            });
            (*starts_clause, *starts_sentence) = (false, false);
        }
    };
    for c in folded.chars() {
        if c.is_alphanumeric() {
            word.push(c);
        } else if c == '\'' || c == '\u{2019}' {
            // "bees' wax", "mother's": the mark joins.
        } else {
            push(&mut word, &mut starts_clause, &mut starts_sentence);
            starts_sentence |= matches!(c, '.' | ';' | '!' | '?' | '\n' | '|' | '•');
            starts_clause |=
                starts_sentence || matches!(c, ',' | ':' | '(' | ')' | '[' | ']' | '/');
        }
    }
    push(&mut word, &mut starts_clause, &mut starts_sentence);
    out
}

/// The stems of a phrase.
pub(crate) fn stems(phrase: &str) -> Vec<String> {
    tokens(phrase).into_iter().map(|token| token.stem).collect()
}

/// Takes a plural `s` off. Both sides of every comparison pass through here, so it need not be right, only even.
fn stem(word: &mut String) {
    if word.chars().count() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_look_alike_are_alike() {
        for text in [
            "leather",
            "LEATHER",
            "le\u{200b}ather",
            "l\u{435}ather",
            "\u{ff4c}eather",
            "le\u{ad}ath\u{435}r",
            "l\u{e9}ather",
        ] {
            assert_eq!(stems(text), ["leather"], "{text}");
        }
        for text in [
            "fair-trade",
            "Fair  Trade",
            "fair\u{2010}trade",
            "FAIR/TRADE",
        ] {
            assert_eq!(stems(text), ["fair", "trade"], "{text}");
        }
        assert_eq!(
            stems("Nuts, glass & bees' wax"),
            ["nut", "glass", "bee", "wax"]
        );
    }

    #[test]
    fn a_text_without_end_is_read_up_to_a_bound() {
        assert!(tokens(&"nut ".repeat(100_000)).len() <= TEXT_CHARS_MAX);
        assert!(tokens(&"n\u{fc}t ".repeat(100_000)).len() <= TEXT_CHARS_MAX);
    }
}
