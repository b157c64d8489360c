use std::fmt;

use super::mel::{COEFFICIENTS, Mel};
use crate::frame::samples;
use crate::ports::{Print, Score, SpeakerError, SpeakerInfo, SpeakerScore};
use crate::utterance::{Utterance, wipe};

const INFO: SpeakerInfo = SpeakerInfo {
    engine: "mfcc",
    version: 2,
    enrol_ms_min: 3_000,
    score_ms_min: 250,
    judge_ms_min: 700,
    // Which errors this makes is in docs/voice-figures.md.
    least: 50,
};
/// At this distance a score is a half: chosen so that a half is where another voice begins.
const HALF_AT: f32 = 0.205;
/// Voices vary within a person at least so much; it keeps a short enrolment from being too sure.
const VARIANCE_MIN: f32 = 1.0;

/// Compares voices by the distribution of their cepstral coefficients: a baseline that needs no model.
///
/// A voice is a Gaussian with a diagonal covariance. The score is `2^(-d / 0.205)` with `d` the mean over the coefficients of the
/// squared distance of the means, in units of the enrolled deviation. It knows nothing of replay or imitation.
pub struct MfccSpeaker {
    mel: Mel,
}

impl Default for MfccSpeaker {
    fn default() -> Self {
        Self { mel: Mel::new() }
    }
}

impl SpeakerScore for MfccSpeaker {
    fn info(&self) -> SpeakerInfo {
        INFO
    }

    fn enrol(&self, utterances: &[Utterance]) -> Result<Print, SpeakerError> {
        let windows: Vec<_> = utterances.iter().flat_map(|u| self.windows(u)).collect();
        let gauss = Gauss::of(&windows, INFO.enrol_ms_min)?;
        let values = gauss.mean.into_iter().chain(gauss.variance).collect();
        Ok(Print::new(INFO.engine, INFO.version, values))
    }

    fn score(&self, print: &Print, utterance: &Utterance) -> Result<Score, SpeakerError> {
        if print.engine() != INFO.engine || print.version() != INFO.version {
            return Err(SpeakerError::OtherEngine);
        }
        let (mean, variance) = print
            .values()
            .split_at_checked(COEFFICIENTS)
            .filter(|(_, variance)| variance.len() == COEFFICIENTS)
            .ok_or(SpeakerError::OtherEngine)?;
        let said = Gauss::of(&self.windows(utterance), INFO.score_ms_min)?;
        let distance: f32 = mean
            .iter()
            .zip(variance)
            .zip(&said.mean)
            .map(|((mean, variance), said)| (said - mean).powi(2) / variance.max(VARIANCE_MIN))
            .sum();
        let mean_distance = distance / number(COEFFICIENTS);
        Ok(Score::new((-mean_distance / HALF_AT).exp2()))
    }
}

impl MfccSpeaker {
    fn windows(&self, utterance: &Utterance) -> Vec<[f32; COEFFICIENTS]> {
        let mut pcm = utterance.to_f32();
        let windows = self.mel.of(&pcm);
        // It may be the answer to an approval.
        wipe(&mut pcm);
        windows
    }
}

struct Gauss {
    mean: [f32; COEFFICIENTS],
    variance: [f32; COEFFICIENTS],
}

impl Gauss {
    fn of(windows: &[[f32; COEFFICIENTS]], needed_ms: u64) -> Result<Self, SpeakerError> {
        // A window stands for 10 ms.
        let found_ms = windows.len() as u64 * 10;
        if found_ms < needed_ms {
            return Err(SpeakerError::TooShort {
                found_ms,
                needed_ms,
            });
        }
        let count = number(windows.len().max(1));
        let (mut mean, mut variance) = ([0.0; COEFFICIENTS], [0.0; COEFFICIENTS]);
        for window in windows {
            for (slot, value) in mean.iter_mut().zip(window) {
                *slot += value / count;
            }
        }
        for window in windows {
            for ((slot, value), mean) in variance.iter_mut().zip(window).zip(&mean) {
                *slot += (value - mean).powi(2) / count;
            }
        }
        Ok(Self { mean, variance })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "windows of at most some minutes"
)]
fn number(n: usize) -> f32 {
    n as f32
}

impl fmt::Debug for MfccSpeaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "MfccSpeaker({} ms to enrol)",
            samples(INFO.enrol_ms_min) / 16
        )
    }
}
