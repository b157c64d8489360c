//! The devices.

use std::time::{Duration, Instant};

use crate::voice::VoicePlan;
use errand_voice_device::{Loudspeaker, Microphone};

use super::report::{Played, Recorded};
use crate::fault::Fault;
use crate::speech::choice;
use crate::term::Out;

/// How often the devices are looked at.
const LOOK: Duration = Duration::from_millis(20);
/// The beginning of a stream is lost, so that silence leads in, in milliseconds.
const LEAD_MS: usize = 300;
const METER: usize = 30;

/// A microphone that records.
pub(in crate::speech) struct Ear {
    microphone: Microphone,
    missing: u64,
}

/// A loudspeaker that plays.
pub(super) struct Mouth(Loudspeaker);

pub(super) fn open(plan: &VoicePlan) -> Result<(Ear, Mouth), Fault> {
    let ear = Ear::open(plan)?;
    let loudspeaker = Loudspeaker::open(&choice(plan.output.as_ref()));
    Ok((
        ear,
        Mouth(loudspeaker.map_err(|fault| Fault::engine(&fault))?),
    ))
}

impl Ear {
    /// The microphone of the settings.
    pub(in crate::speech) fn open(plan: &VoicePlan) -> Result<Self, Fault> {
        let microphone = Microphone::open(&choice(plan.input.as_ref()));
        Ok(Self {
            microphone: microphone.map_err(|fault| Fault::engine(&fault))?,
            missing: 0,
        })
    }

    pub(in crate::speech) fn rate_hz(&self) -> u32 {
        self.microphone.rate_hz()
    }

    /// Records and shows how loud it is.
    pub(in crate::speech) async fn record(
        &mut self,
        seconds: u8,
        json: bool,
        out: &mut Out,
    ) -> Result<Vec<f32>, Fault> {
        let wanted = self.rate_hz() as usize * usize::from(seconds);
        let (mut pcm, mut seen) = (Vec::new(), 0);
        while pcm.len() < wanted {
            tokio::time::sleep(LOOK).await;
            let heard = self.microphone.read(&mut pcm, Instant::now());
            self.missing += heard.map_err(|fault| Fault::engine(&fault))?.missing;
            if !json {
                let peak = peak(pcm.get(seen..).unwrap_or_default());
                out.draw(&[format!("  {}", bar(decibels(peak)))]);
            }
            seen = pcm.len();
        }
        pcm.truncate(wanted);
        Ok(pcm)
    }

    pub(super) fn recorded(&self, pcm: &[f32]) -> Recorded {
        let count = u32::try_from(pcm.len()).unwrap_or(u32::MAX);
        let squares: f64 = pcm.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "a root of a mean, 0 to 1")]
        let mean = (squares / f64::from(count.max(1))).sqrt() as f32;
        Recorded {
            rate_hz: self.rate_hz(),
            seconds: f64::from(count) / f64::from(self.rate_hz().max(1)),
            peak_db: decibels(peak(pcm)),
            mean_db: decibels(mean),
            missing: self.missing,
        }
    }
}

impl Mouth {
    /// Plays what was recorded, at the loudspeaker's own rate.
    pub(super) async fn play(&mut self, pcm: &[f32], from_hz: u32) -> Result<Played, Fault> {
        let rate_hz = self.0.rate_hz();
        let resampler = errand_voice_core::Resampler::new(from_hz, rate_hz);
        let mut resampler = resampler.map_err(|e| Fault::ours(e.to_string()))?;
        let mut sound = vec![0.0; rate_hz as usize * LEAD_MS / 1_000];
        sound.extend(resampler.push(pcm));
        let mut at = 0;
        while at < sound.len() || self.0.played() < self.0.written() {
            at += self.0.write(sound.get(at..).unwrap_or_default());
            self.0
                .check(Instant::now())
                .map_err(|fault| Fault::engine(&fault))?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(Played {
            rate_hz,
            latency_ms: u64::try_from(self.0.latency().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

fn peak(pcm: &[f32]) -> f32 {
    pcm.iter().fold(0.0, |peak, s| s.abs().max(peak))
}

/// Decibels under full scale; silence is at -90.
pub(super) fn decibels(level: f32) -> f32 {
    (20.0 * level.max(1e-9).log10()).max(-90.0)
}

/// Loudness as a bar from -60 to 0 decibels.
pub(super) fn bar(db: f32) -> String {
    let share = ((db + 60.0) / 60.0).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "some tens of cells"
    )]
    let cells = (share * METER as f32) as usize;
    format!(
        "{}{} {db:.0} dB",
        "▮".repeat(cells),
        "▯".repeat(METER - cells)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_is_a_bar() {
        assert_eq!(bar(-90.0), format!("{} -90 dB", "▯".repeat(30)));
        assert_eq!(bar(0.0), format!("{} 0 dB", "▮".repeat(30)));
        assert!((decibels(0.5) + 6.02).abs() < 0.01);
        assert!((decibels(0.0) + 90.0).abs() < 0.01);
    }
}
