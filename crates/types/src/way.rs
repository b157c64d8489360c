use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a sentence of a person reached errand, and how its answer reaches them. Travels with the sentence.
///
/// It decides what an approval that is asked for in this turn may look like, and what the answer to one proves. Nothing
/// in it can raise what is allowed: the default is the sentence of an enrolled screen, everything else is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Way {
    /// How it came in.
    pub by: By,
    /// How the answer is told.
    pub told: Told,
    /// The voice is none of those that the person let errand know. There is no value for a voice that is known: a voice
    /// takes authority away and gives none.
    #[serde(default)]
    pub stranger: bool,
}

/// How a sentence came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Typed or pressed at an enrolled screen.
    #[default]
    Typed,
    /// Spoken, and heard by errand or by the ears of an enrolled device.
    Spoken,
}

/// How an answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Shown on the screen of an enrolled device, and not read out.
    #[default]
    Screen,
    /// Spoken into a room, beside a screen or without one.
    Aloud,
}

impl Way {
    /// Typed at a screen, answered on it.
    pub const TYPED: Self = Self {
        by: By::Typed,
        told: Told::Screen,
        stranger: false,
    };

    /// Spoken, answered aloud.
    pub const SPOKEN: Self = Self {
        by: By::Spoken,
        told: Told::Aloud,
        stranger: false,
    };

    /// The same, by a voice that is not known.
    #[must_use]
    pub fn of_stranger(self) -> Self {
        Self {
            stranger: true,
            ..self
        }
    }

    /// Whether a question that is asked in this turn would be put and answered by voice alone: the sentence was spoken, and
    /// its answer is spoken too. Whether it may be is the gate's to decide, of a stranger as well.
    pub fn is_voice(self) -> bool {
        self.by == By::Spoken && self.told == Told::Aloud
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sentence_that_is_spoken_and_answered_aloud_is_of_voice() {
        assert!(Way::SPOKEN.is_voice());
        assert!(!Way::TYPED.is_voice());
        assert!(Way::SPOKEN.of_stranger().is_voice());
        let dictated = Way {
            told: Told::Screen,
            ..Way::SPOKEN
        };
        assert!(!dictated.is_voice());
        let typed_beside_a_speaker = Way {
            told: Told::Aloud,
            ..Way::TYPED
        };
        assert!(!typed_beside_a_speaker.is_voice());
    }

    #[test]
    fn a_record_of_an_older_version_reads_as_typed() {
        #[derive(Deserialize)]
        struct Kept {
            #[serde(default)]
            way: Way,
        }
        let kept: Kept = serde_json::from_str("{}").unwrap();
        assert_eq!(kept.way, Way::TYPED);
    }
}
