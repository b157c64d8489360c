use std::fmt;

use crate::ports::fault::EngineFault;
use crate::utterance::{Utterance, wipe};

/// Numbers of one print at most.
pub const PRINT_VALUES_MAX: usize = 1_024;

/// What is known of somebody's voice. Data of a special category: stored encrypted, deleted at once when asked, never
/// logged. `Debug` tells the engine only; the numbers are overwritten when it is dropped.
#[derive(Clone, PartialEq)]
pub struct Print {
    engine: String,
    version: u32,
    values: Vec<f32>,
}

/// Why bytes are no print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// Not written by [`Print::to_bytes`], or cut.
    #[error("this is no voice print")]
    Unreadable,
}

impl PrintError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "VOICE-0015"
    }
}

impl Print {
    /// A print of an engine and its version. More than [`PRINT_VALUES_MAX`] numbers are cut.
    pub fn new(engine: &str, version: u32, mut values: Vec<f32>) -> Self {
        values.truncate(PRINT_VALUES_MAX);
        Self {
            engine: engine.chars().take(40).collect(),
            version,
            values,
        }
    }

    /// Which engine made it.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// Which version of that engine.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Its numbers.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// As bytes, to be encrypted and stored: length of the name (one byte), name, version and numbers in little-endian order.
    pub fn to_bytes(&self) -> Vec<u8> {
        let name = self.engine.as_bytes();
        let mut bytes = vec![u8::try_from(name.len()).unwrap_or(u8::MAX)];
        bytes.extend_from_slice(name.get(..name.len().min(255)).unwrap_or_default());
        bytes.extend_from_slice(&self.version.to_le_bytes());
        for value in &self.values {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// From bytes that [`Print::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrintError> {
        let (length, rest) = bytes.split_first().ok_or(PrintError::Unreadable)?;
        let (name, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(PrintError::Unreadable)?;
        let (version, rest) = rest.split_first_chunk().ok_or(PrintError::Unreadable)?;
        if rest.len() % 4 != 0 || rest.len() / 4 > PRINT_VALUES_MAX {
            return Err(PrintError::Unreadable);
        }
        let values: Vec<f32> = rest
            .chunks_exact(4)
            .filter_map(|four| four.first_chunk().map(|four| f32::from_le_bytes(*four)))
            .collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(PrintError::Unreadable);
        }
        let name = std::str::from_utf8(name).map_err(|_| PrintError::Unreadable)?;
        Ok(Self::new(name, u32::from_le_bytes(*version), values))
    }
}

impl Drop for Print {
    fn drop(&mut self) {
        wipe(&mut self.values);
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Print({} {}, <redacted>)", self.engine, self.version)
    }
}

/// How alike two voices are: 0 (not at all) to 1. Comparable within one engine and version only.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score(f32);

impl Score {
    /// A score; what lies outside of 0 to 1 is held at the bound, and what is no number is 0.
    pub fn new(score: f32) -> Self {
        if score.is_nan() {
            return Self(0.0);
        }
        Self(score.clamp(0.0, 1.0))
    }

    /// The number.
    pub fn get(self) -> f32 {
        self.0
    }

    /// The number in whole hundredths, 0 to 100, never more than it is.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100"
    )]
    pub fn hundredths(self) -> u8 {
        (self.0 * 100.0).floor() as u8
    }
}

/// What a comparer of voices is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeakerInfo {
    /// Name; it stands in every print.
    pub engine: &'static str,
    /// Version; it grows when prints of before cannot be compared any more.
    pub version: u32,
    /// Voice that enrolment needs at least, in milliseconds, all utterances together.
    pub enrol_ms_min: u64,
    /// Voice that a comparison needs at least, in milliseconds.
    pub score_ms_min: u64,
    /// Voice that a comparison has to have before anything follows from it, in milliseconds: less says more about the words
    /// than about the voice.
    pub judge_ms_min: u64,
    /// A voice whose score is below this, in hundredths, is another one.
    pub least: u8,
}

/// Why voices cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpeakerError {
    /// The engine gave nothing.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// Too little voice to say anything.
    #[error("{found_ms} ms of voice are too little: {needed_ms} ms are needed")]
    TooShort {
        /// How much there is.
        found_ms: u64,
        /// How much is needed.
        needed_ms: u64,
    },
    /// The print was made by another engine or version.
    #[error("this voice print was made by another engine: enrol again")]
    OtherEngine,
}

impl SpeakerError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(fault) => fault.code(),
            Self::TooShort { .. } => "VOICE-0013",
            Self::OtherEngine => "VOICE-0014",
        }
    }
}

/// Compares voices. **It may only lower trust and never raises it**: a score is no credential.
///
/// Contract: the same sound gives the same print and the same score; a print of another engine or version is refused;
/// numbers are finite for any sound; nothing is logged; nothing panics.
pub trait SpeakerScore: Send + Sync + fmt::Debug {
    /// What it is.
    fn info(&self) -> SpeakerInfo;

    /// Learns a voice from utterances of one person.
    fn enrol(&self, utterances: &[Utterance]) -> Result<Print, SpeakerError>;

    /// Compares a voice with a print.
    fn score(&self, print: &Print, utterance: &Utterance) -> Result<Score, SpeakerError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_survives_being_stored_and_tells_no_number() {
        let print = Print::new("mfcc", 3, vec![0.25, -7.5]);

        assert_eq!(Print::from_bytes(&print.to_bytes()), Ok(print.clone()));
        assert_eq!(format!("{print:?}"), "Print(mfcc 3, <redacted>)");
    }

    #[test]
    fn foreign_bytes_are_no_print() {
        let good = Print::new("mfcc", 3, vec![0.25]).to_bytes();
        for end in 0..good.len() {
            let cut = good.get(..end).unwrap();
            assert!(
                Print::from_bytes(cut).is_err() || end == good.len() - 4,
                "{end}"
            );
        }
        let mut nan = good.clone();
        nan.truncate(good.len() - 4);
        nan.extend_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(Print::from_bytes(&nan), Err(PrintError::Unreadable));
    }

    #[test]
    fn scores_are_numbers_from_0_to_1() {
        assert_eq!(Score::new(f32::NAN), Score::new(0.0));
        assert_eq!(Score::new(9.0), Score::new(1.0));
    }
}
