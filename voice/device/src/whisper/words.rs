//! What is kept of a decoder's text. These models invent text where there is no speech, and repeat themselves. Pure.

use std::time::Duration;

/// A phrase said more often than this in a row is a loop.
const REPEATS_MAX: usize = 3;
/// Longest phrase that is looked for in a loop, in words.
const PHRASE_WORDS: usize = 8;
/// Characters of a second of voice. Quick speakers say some 20.
const CHARACTERS_A_SECOND: f64 = 25.0;
/// Below this a model believes neither its words nor, as it says itself, that anybody spoke.
const SILENCE_SURE: f32 = 0.6;
const WORDS_UNSURE: f32 = 0.4;

/// What came out of the decoder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) text: &'a str,
    /// How sure the model is that nobody spoke, 0 to 1.
    pub(crate) silence: f32,
    /// How sure it is of its words, 0 to 1.
    pub(crate) confidence: f32,
    /// How much voice there was.
    pub(crate) voiced: Duration,
    /// Anything may be said. A code may well be the same digits twice.
    pub(crate) is_talk: bool,
}

/// The text without what nobody said; empty when nothing is left.
pub(crate) fn believed(said: Said<'_>) -> String {
    let all = spoken(said.text);
    let text = if said.is_talk { once(&all) } else { &all };
    let is_ghost = said.silence > SILENCE_SURE && said.confidence < WORDS_UNSURE;
    if is_ghost || is_too_fast(text, said.voiced) || is_loop(&all) {
        return String::new();
    }
    text.to_owned()
}

/// A sentence that is written down twice was said once: at the end of short sound these models begin anew. One word twice may have been
/// said twice, and means the same.
fn once(text: &str) -> &str {
    let words: Vec<&str> = text.split(' ').collect();
    let (first, second) = words.split_at(words.len() / 2);
    let plain = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphanumeric());
        letters.collect::<String>().to_lowercase()
    };
    let is_twice = first.len() > 1 && first.iter().map(plain).eq(second.iter().map(plain));
    let length = first.iter().map(|word| word.len() + 1).sum::<usize>();
    if is_twice {
        text.get(..length.saturating_sub(1)).unwrap_or(text)
    } else {
        text
    }
}

/// Without remarks such as `[MUSIC]` and `(sighs)`, without control characters, with single spaces.
fn spoken(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            '♪' | '*' => {}
            c if depth > 0 || (c.is_control() && !c.is_whitespace()) => {}
            c => kept.push(c),
        }
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().any(char::is_alphanumeric) {
        text
    } else {
        String::new()
    }
}

fn is_too_fast(text: &str, voiced: Duration) -> bool {
    // A detector of voice cuts short words close, so one second is the least.
    let seconds = voiced.as_secs_f64().max(1.0);
    let most = seconds * CHARACTERS_A_SECOND;
    f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) > most
}

fn is_loop(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    (1..=PHRASE_WORDS).any(|size| {
        words
            .windows(size * (REPEATS_MAX + 1))
            .any(|run| run.chunks(size).all(|phrase| run.starts_with(phrase)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let voiced = Duration::from_secs(3);
        believed(Said {
            text,
            silence: 0.1,
            confidence: 0.9,
            voiced,
            is_talk: true,
        })
    }

    #[test]
    fn speech_is_kept_as_it_was_said() {
        assert_eq!(
            kept(" Add two milk\tto my cart. "),
            "Add two milk to my cart."
        );
        assert_eq!(kept("no no no"), "no no no");
    }

    #[test]
    fn remarks_music_and_bare_punctuation_are_no_speech() {
        for text in ["[BLANK_AUDIO]", "(wind blows)", "♪ ♪", " ... ", "[", "*"] {
            assert_eq!(kept(text), "", "{text}");
        }
        assert_eq!(kept("(sighs) stop"), "stop");
    }

    #[test]
    fn a_sentence_that_is_written_twice_was_said_once() {
        assert_eq!(kept("Show me bread. show me, bread"), "Show me bread.");
        assert_eq!(kept("no no"), "no no");
        // Twice it would be more than anybody says in three seconds, once it is not.
        let long = "I would like a box of green tea, please. ";
        assert_eq!(kept(&long.repeat(2)), long.trim());
        assert_eq!(kept("two bags two boxes"), "two bags two boxes");

        let code = Said {
            text: "4 7 4 7",
            silence: 0.1,
            confidence: 0.9,
            voiced: Duration::from_secs(3),
            is_talk: false,
        };
        assert_eq!(believed(code), "4 7 4 7");
    }

    #[test]
    fn a_loop_is_no_speech_however_long_its_phrase() {
        assert_eq!(kept("you you you you"), "");
        assert_eq!(kept("well thank you. thank you. thank you. thank you."), "");
        assert_eq!(kept("a b c d a b c d a b c d a b c d"), "");
    }

    #[test]
    fn more_than_anybody_can_say_is_no_speech() {
        let text = "thanks for watching and see you in the next one of these";
        let said = |ms| Said {
            text,
            silence: 0.0,
            confidence: 1.0,
            voiced: Duration::from_millis(ms),
            is_talk: true,
        };

        assert_eq!(believed(said(400)), "");
        assert_eq!(believed(said(3_000)), text);
    }

    #[test]
    fn unsure_words_in_likely_silence_are_a_ghost() {
        let said = |silence, confidence| {
            believed(Said {
                text: "you",
                silence,
                confidence,
                voiced: Duration::from_secs(1),
                is_talk: true,
            })
        };

        assert_eq!(said(0.9, 0.2), "");
        assert_eq!(said(0.9, 0.9), "you");
        assert_eq!(said(0.1, 0.2), "you");
    }
}
