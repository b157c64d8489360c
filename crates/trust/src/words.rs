use std::fmt;

use ring::hmac;

use crate::transaction::TxDigest;

/// The list that words are drawn from, one in each line, sorted, 2,048 of them.
static LIST: &str = include_str!("../data/words.txt");

/// How many words the list has; two of them are 22 bits.
pub const WORDS: usize = 2_048;

/// Longest answer that is looked at, in bytes; a longer one is wrong.
const ANSWER_BYTES_MAX: usize = 200;

/// The whole list that words are drawn from, sorted. For recognisers that have to expect every word, so that none of them
/// knows which two are meant.
pub fn word_list() -> impl Iterator<Item = &'static str> {
    LIST.lines()
}

/// The secret that words are drawn with. Made from 32 random bytes that stay on this machine.
pub struct ServerKey(hmac::Key);

impl ServerKey {
    /// A key of 32 bytes from a source of randomness.
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(<redacted>)")
    }
}

/// The two words that approve exactly one transaction in exactly one round of asking.
///
/// They are a secret between errand and the person: no `Debug`, no `Display`. Only [`Words::shown`] tells them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Words([&'static str; 2]);

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(<redacted>)")
    }
}

impl Words {
    /// Draws the words of a transaction. Another `round` of asking for the same one has other words.
    pub fn of(key: &ServerKey, digest: &TxDigest, round: u32) -> Self {
        let mut input = b"errand/words/v1".to_vec();
        input.extend_from_slice(digest.as_bytes());
        input.extend_from_slice(&round.to_be_bytes());
        let tag = hmac::sign(&key.0, &input);
        let mut drawn = tag.as_ref().chunks_exact(2).filter_map(|pair| match pair {
            [high, low] => Some(usize::from(u16::from_be_bytes([*high, *low])) % WORDS),
            _ => None,
        });
        let first = drawn.next().unwrap_or(0);
        // The same word twice sounds like a stutter, so the second is the next number that differs.
        let second = drawn
            .find(|index| *index != first)
            .unwrap_or((first + 1) % WORDS);
        Self([word(first), word(second)])
    }

    /// The words as they are shown and spoken: `amber violin`.
    pub fn shown(&self) -> String {
        self.0.join(" ")
    }

    /// Whether an answer is these words. Case, spaces and punctuation do not count; anything else does. The comparison
    /// takes the same time wherever the answer differs.
    pub fn is(&self, key: &ServerKey, said: &str) -> bool {
        let Some(said) = letters(said) else {
            return false;
        };
        let tag = hmac::sign(&key.0, self.0.concat().as_bytes());
        hmac::verify(&key.0, said.as_bytes(), tag.as_ref()).is_ok()
    }
}

/// Whether an utterance is an attempt at two words: two tokens, at least one of which is on the list. What is not an
/// attempt is read as an ordinary sentence and costs no try.
pub fn is_attempt(said: &str) -> bool {
    let tokens: Vec<String> = said
        .split_whitespace()
        .take(3)
        .filter_map(letters)
        .filter(|t| !t.is_empty())
        .collect();
    tokens.len() == 2
        && tokens
            .iter()
            .any(|token| LIST.lines().any(|word| word == token))
}

/// The letters of an answer in lower case; `None` when it has digits, letters of other scripts or no end.
fn letters(said: &str) -> Option<String> {
    if said.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let mut out = String::with_capacity(said.len());
    for c in said.chars() {
        if c.is_ascii_alphabetic() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            return None;
        }
    }
    Some(out)
}

fn word(index: usize) -> &'static str {
    // INVARIANT: the list has `WORDS` lines (a test counts them), so an index below `WORDS` always finds one.
    LIST.lines().nth(index).unwrap_or("amber")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn list() -> Vec<&'static str> {
        LIST.lines().collect()
    }

    fn key() -> ServerKey {
        ServerKey::from_bytes(&[7; 32])
    }

    #[test]
    fn the_list_has_2048_different_short_plain_words() {
        let words = list();
        assert_eq!(words.len(), WORDS);
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), WORDS);
        assert!(words.is_sorted());
        for word in words {
            assert!((4..=8).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn no_word_of_the_list_can_be_taken_for_a_command_or_a_number() {
        let words: BTreeSet<_> = list().into_iter().collect();
        let commands = "yes yeah okay sure agree approve confirm cancel stop abort quit buy pay order purchase never \
                        nope wait help undo delete zero three four five seven eight nine eleven twelve hundred \
                        thousand second third double triple";
        for command in commands.split(' ') {
            assert!(!words.contains(command), "{command}");
        }
    }

    #[test]
    fn no_word_of_the_list_sounds_like_one_that_is_written_otherwise() {
        let words: BTreeSet<_> = list().into_iter().collect();
        let homophones = "bear bare flower flour plane plain sail sale steel steal meat meet root route bread bred \
                          cellar seller cereal serial coral chord cord hair hare horse hoarse knight night mail male \
                          main mane pair pear piece peace rain reign right write road rode role roll scene seen son \
                          sun stair stare story storey straight strait tail tale their there throne thrown tide tied \
                          waist waste wait weight weak week weather whether whale wail wheat wood would board bored \
                          brake break council counsel desert dessert draft draught medal meddle muscle mussel palette \
                          pallet principal principle profit prophet symbol cymbal cypress bazaar bizarre";
        for homophone in homophones.split_whitespace() {
            assert!(!words.contains(homophone), "{homophone}");
        }
    }

    #[test]
    fn no_two_words_differ_by_one_letter_only() {
        let words: BTreeSet<_> = list().into_iter().collect();
        for word in &words {
            for at in 0..word.len() {
                let (head, tail) = word.split_at(at);
                let rest = &tail[1..];
                assert!(
                    !words.contains(format!("{head}{rest}").as_str()),
                    "{word} and {head}{rest}"
                );
                for letter in b'a'..=b'z' {
                    let other = format!("{head}{}{rest}", char::from(letter));
                    assert!(
                        other == **word || !words.contains(other.as_str()),
                        "{word} and {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn words_are_matched_whatever_their_case_spaces_and_punctuation() {
        let words = Words(["amber", "violin"]);
        for said in [
            "amber violin",
            "Amber, violin.",
            "AMBER-VIOLIN",
            "  amberviolin\n",
            "\u{201c}amber violin\u{201d}",
        ] {
            assert!(words.is(&key(), said), "{said}");
        }
        for said in [
            "violin amber",
            "amber",
            "amber violin please",
            "amber violin 2",
            "",
            "\u{430}mber violin",
            "yes",
        ] {
            assert!(!words.is(&key(), said), "{said}");
        }
        assert!(!words.is(&key(), &"amber violin ".repeat(100)));
    }

    #[test]
    fn each_round_and_each_transaction_has_words_of_its_own_and_nothing_tells_them_by_accident() {
        let one = TxDigest::from_bytes([1; 32]);
        let two = TxDigest::from_bytes([2; 32]);
        let words = Words::of(&key(), &one, 1);
        assert_eq!(words, Words::of(&key(), &one, 1));
        assert_ne!(words, Words::of(&key(), &one, 2));
        assert_ne!(words, Words::of(&key(), &two, 1));
        assert_ne!(words, Words::of(&ServerKey::from_bytes(&[8; 32]), &one, 1));
        let told = format!("{words:?} {:?}", key());
        assert!(
            words.shown().split(' ').all(|word| !told.contains(word)),
            "{told}"
        );
        assert!((0..5_000).all(|round| {
            let words = Words::of(&key(), &one, round);
            words.0[0] != words.0[1]
        }));
    }
}
