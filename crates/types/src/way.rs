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
    /// Nobody knows whose voice it is: it came from where anybody may speak.
    #[serde(default)]
    pub stranger: bool,
    /// How the voice compared with the one that the person let errand know; `None`: it was not compared. A voice that is
    /// alike has no more authority than one that was never compared: a comparison takes authority away and gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceMatch>,
}

/// How a voice compared with the one that a person let errand know. It is no proof of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceMatch {
    /// How alike, from 0 to 100. A voice that could not be compared where it has to be is 0.
    pub alike: u8,
    /// What is less alike than this is another voice.
    pub least: u8,
}

impl VoiceMatch {
    /// It is another voice.
    pub fn is_other(self) -> bool {
        self.alike < self.least
    }
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
        voice: None,
    };

    /// Spoken, answered aloud.
    pub const SPOKEN: Self = Self {
        by: By::Spoken,
        told: Told::Aloud,
        stranger: false,
        voice: None,
    };

    /// The same, by a voice that is not known.
    #[must_use]
    pub fn of_stranger(self) -> Self {
        Self {
            stranger: true,
            ..self
        }
    }

    /// The same, by a voice that compared like this.
    #[must_use]
    pub fn compared(self, voice: Option<VoiceMatch>) -> Self {
        Self { voice, ..self }
    }

    /// Whether the voice is none that may approve anything: nobody knows it, or it is another than the one that is known.
    pub fn is_of_stranger(self) -> bool {
        self.stranger || self.voice.is_some_and(VoiceMatch::is_other)
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

    #[test]
    fn a_voice_that_compares_takes_authority_away_or_changes_nothing() {
        let compared = |alike| Way::SPOKEN.compared(Some(VoiceMatch { alike, least: 40 }));

        assert!(compared(39).is_of_stranger());
        assert!(!compared(40).is_of_stranger());
        assert!(!compared(100).is_of_stranger());
        // Whoever is not known stays so, however alike.
        assert!(compared(100).of_stranger().is_of_stranger());
        assert!(!Way::SPOKEN.is_of_stranger());
    }
}
