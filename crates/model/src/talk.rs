//! What a planner behind a network may know beyond the turn: what was said before, bounded and without what is private.

use std::collections::VecDeque;

use errand_types::Text;
use serde::{Deserialize, Serialize};

use crate::mask::{Private, mask};

/// Utterances kept word for word.
pub const RECENT_MAX: usize = 8;
/// Characters of each of them.
const RECENT_CHARS: usize = 300;
/// Characters of what is left of older ones.
const EARLIER_CHARS: usize = 600;
/// Characters of one older utterance within that.
const EARLIER_EACH: usize = 70;

/// The talk around a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The errand that this turn belongs to, for budgets: a plan, or the session while there is none. An id, no secret.
    pub errand: Text<80>,
    /// What the person said now, masked.
    pub text: Text<2000>,
    /// What was said before, oldest first, masked.
    pub recent: Vec<Said>,
    /// What the person said before that, each in its first words, masked.
    pub earlier: Text<600>,
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub by: Speaker,
    /// The words, masked.
    pub text: Text<300>,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person.
    Person,
    /// errand: its words may quote shops.
    Errand,
}

impl Talk {
    /// The talk around a turn. `said`: what was said before, oldest first, without this turn. The summary of what is old is
    /// the same for the same words: no model is asked for it.
    pub fn new<'a>(
        errand: &str,
        text: &str,
        said: impl Iterator<Item = (Speaker, &'a str)>,
        private: &Private,
    ) -> Self {
        let mut recent: VecDeque<(Speaker, &str)> = VecDeque::new();
        let mut older: VecDeque<String> = VecDeque::new();
        let mut chars = 0_usize;
        for one in said {
            recent.push_back(one);
            if recent.len() <= RECENT_MAX {
                continue;
            }
            let Some((Speaker::Person, words)) = recent.pop_front() else {
                continue;
            };
            let short = clip(&mask(words, private), EARLIER_EACH);
            chars = chars
                .saturating_add(short.chars().count())
                .saturating_add(3);
            older.push_back(short);
            while chars > EARLIER_CHARS {
                let Some(gone) = older.pop_front() else { break };
                chars = chars.saturating_sub(gone.chars().count().saturating_add(3));
            }
        }
        Self {
            errand: Text::clip(errand),
            text: Text::clip(&mask(text, private)),
            recent: recent
                .into_iter()
                .map(|(by, words)| Said {
                    by,
                    text: Text::clip(&clip(&mask(words, private), RECENT_CHARS)),
                })
                .collect(),
            earlier: Text::clip(&Vec::from(older).join(" / ")),
        }
    }
}

fn clip(text: &str, chars: usize) -> String {
    let mut cut: String = text.chars().take(chars).collect();
    if cut.len() < text.len() {
        cut.pop();
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_talk_is_kept_to_its_last_words_and_the_beginnings_of_older_ones() {
        let said: Vec<String> = (0..200)
            .map(|n| format!("sentence {n} {}", "with many words ".repeat(40)))
            .collect();
        let turns = said.iter().enumerate().map(|(n, text)| {
            let by = if n % 2 == 0 {
                Speaker::Person
            } else {
                Speaker::Errand
            };
            (by, text.as_str())
        });

        let talk = Talk::new("s", "now", turns, &Private::default());

        assert_eq!(talk.recent.len(), RECENT_MAX);
        assert!(
            talk.recent
                .iter()
                .all(|s| s.text.as_str().chars().count() <= RECENT_CHARS)
        );
        assert!(talk.recent[7].text.as_str().starts_with("sentence 199 "));
        assert!(talk.earlier.as_str().chars().count() <= EARLIER_CHARS);
        assert!(talk.earlier.as_str().contains("sentence 190 "));
        assert!(
            !talk.earlier.as_str().contains("sentence 189 "),
            "errand's own older words are let go"
        );
    }

    #[test]
    fn the_same_words_are_summed_up_alike() {
        let said = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let one = || {
            let turns = said.iter().map(|text| (Speaker::Person, *text));
            Talk::new("s", "now", turns, &Private::default())
        };

        assert_eq!(one(), one());
        assert_eq!(one().earlier.as_str(), "a / b");
    }
}
