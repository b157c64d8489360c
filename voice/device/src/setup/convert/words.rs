//! The vocabulary as bytes. `tokenizer.json` has each word in letters that stand for bytes, one for one (GPT-2's `bytes_to_unicode`):
//! bytes that are printable in Latin-1 stand for themselves, all others are counted up from U+0100.

use std::collections::HashMap;

use serde::Deserialize;

use super::ConvertError;

const WORDS_MAX: usize = 60_000;
const WORD_MAX: usize = 128;

#[derive(Deserialize)]
struct Tokenizer {
    model: Known,
}

#[derive(Deserialize)]
struct Known {
    vocab: HashMap<String, usize>,
}

/// The words by their numbers.
pub(super) fn read(file: &[u8]) -> Result<Vec<Vec<u8>>, ConvertError> {
    let wrong = |cause| ConvertError::Words { cause };
    let known: Tokenizer =
        serde_json::from_slice(file).map_err(|_| wrong("it is no `tokenizer.json`"))?;
    let known = known.model.vocab;
    if known.is_empty() || known.len() > WORDS_MAX {
        return Err(wrong("it has no words, or more than any model"));
    }
    let letters = letters();
    let mut words = vec![None; known.len()];
    for (word, number) in known {
        let bytes: Option<Vec<u8>> = word.chars().map(|c| letters.get(&c).copied()).collect();
        let bytes = bytes.filter(|bytes| (1..=WORD_MAX).contains(&bytes.len()));
        let bytes = bytes.ok_or_else(|| wrong("a word is made of other letters, or too long"))?;
        let place = words.get_mut(number);
        let place = place.ok_or_else(|| wrong("a word has a number beyond the last one"))?;
        *place = Some(bytes);
    }
    let words: Option<Vec<Vec<u8>>> = words.into_iter().collect();
    words.ok_or_else(|| wrong("two words have one number"))
}

fn letters() -> HashMap<char, u8> {
    let mut others = 0x100_u32..;
    (0..=u8::MAX)
        .filter_map(|byte| {
            let is_itself = matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
            let letter = if is_itself {
                char::from(byte)
            } else {
                char::from_u32(others.next()?)?
            };
            Some((letter, byte))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(vocab: &str) -> Result<Vec<Vec<u8>>, ConvertError> {
        read(format!(r#"{{"version": "1.0", "model": {{"type": "BPE", "vocab": {vocab}, "merges": []}}}}"#).as_bytes())
    }

    #[test]
    fn letters_stand_for_bytes() {
        let read = words(r#"{"Ġthe": 1, "!": 0, "Ċ": 2, "Ã©": 3}"#).unwrap();

        assert_eq!(
            read,
            [
                b"!".to_vec(),
                b" the".to_vec(),
                b"\n".to_vec(),
                "é".as_bytes().to_vec()
            ]
        );
        assert_eq!(letters().len(), 256);
    }

    #[test]
    fn words_that_are_missing_doubled_or_made_of_other_letters_are_refused() {
        for vocab in [
            "{}",
            r#"{"a": 1}"#,
            r#"{"a": 0, "b": 0}"#,
            r#"{"a": 0, "": 1}"#,
            r#"{"a": 0, "→": 1}"#,
            r#"{"a": -1}"#,
            r#"["a"]"#,
        ] {
            assert!(words(vocab).is_err(), "{vocab}");
        }
        assert!(words(&format!(r#"{{"{}": 0}}"#, "a".repeat(WORD_MAX + 1))).is_err());
        assert!(read(b"").is_err());
    }
}
