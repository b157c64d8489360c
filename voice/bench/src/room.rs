//! A room between loudspeaker and microphone, sample by sample.

use crate::noise::Chance;

/// Reflections beside the direct path.
const REFLECTIONS: usize = 60;

/// What becomes of our sound on its way to the microphone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) delay_ms: f32,
    /// Time in which the reverberation falls by 60 dB.
    pub(crate) reverb_ms: f32,
    /// Echo against what is played, in decibels.
    pub(crate) level_db: f32,
    /// The loudspeaker bends beyond this.
    pub(crate) clip: f32,
    /// The microphone's crystal is faster by so many millionths.
    pub(crate) drift_ppm: f64,
}

impl Room {
    /// One by chance, with an echo of a level.
    pub(crate) fn by(chance: &mut Chance, level_db: f32, drift_ppm: f64) -> Self {
        Self {
            delay_ms: chance.within(20.0, 250.0),
            reverb_ms: chance.within(100.0, 400.0),
            level_db,
            clip: 0.7,
            drift_ppm,
        }
    }
}

/// The echo as the microphone hears it, made while we play.
#[derive(Debug)]
pub(crate) struct Echo {
    taps: Vec<(usize, f32)>,
    clip: f32,
    /// What arrives at the microphone, from the beginning of the play.
    arrived: Vec<f32>,
    played: usize,
    drift_ppm: f64,
    at: f64,
}

impl Echo {
    pub(crate) fn new(room: Room, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let (delay, gain) = (room.delay_ms * 16.0, 10_f32.powf(room.level_db / 20.0));
        let mut taps = vec![(delay as usize, 1.0_f32)];
        for _ in 0..REFLECTIONS {
            let at_ms = chance.within(1.0, room.reverb_ms);
            let fall = 10_f32.powf(-3.0 * at_ms / room.reverb_ms);
            taps.push(((delay + at_ms * 16.0) as usize, 0.35 * fall * chance.sign()));
        }
        let energy = taps
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f32>()
            .sqrt();
        for (_, weight) in &mut taps {
            *weight *= gain / energy;
        }
        Self {
            taps,
            clip: room.clip,
            arrived: Vec::new(),
            played: 0,
            drift_ppm: room.drift_ppm,
            at: 0.0,
        }
    }

    /// How much faster the microphone's crystal is, in millionths.
    pub(crate) fn drift_ppm(&self) -> f64 {
        self.drift_ppm
    }

    /// The loudspeaker plays more.
    pub(crate) fn play(&mut self, pcm: &[f32]) {
        let longest = self.taps.iter().map(|(at, _)| *at).max().unwrap_or(0);
        let needed = self.played + pcm.len() + longest + 1;
        self.arrived.resize(needed.max(self.arrived.len()), 0.0);
        for (n, sample) in pcm.iter().enumerate() {
            if sample.abs() < 1e-6 {
                continue;
            }
            let bent = self.clip * (sample / self.clip).tanh();
            for (delay, weight) in &self.taps {
                if let Some(slot) = self.arrived.get_mut(self.played + n + delay) {
                    *slot += weight * bent;
                }
            }
        }
        self.played += pcm.len();
    }

    /// The next sample of the microphone.
    pub(crate) fn next(&mut self) -> f32 {
        let (whole, part) = (self.at as usize, self.at.fract() as f32);
        self.at += 1.0 / (1.0 + self.drift_ppm / 1e6);
        let sample = |at: usize| self.arrived.get(at).copied().unwrap_or(0.0);
        sample(whole) + (sample(whole + 1) - sample(whole)) * part
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::rms;

    #[test]
    fn the_echo_is_as_loud_and_as_late_as_the_room_says() {
        let room = Room {
            delay_ms: 100.0,
            reverb_ms: 100.0,
            level_db: -6.0,
            clip: 10.0,
            drift_ppm: 0.0,
        };
        let mut echo = Echo::new(room, 1);
        let played = crate::noise::generated("white", 32_000, 2)
            .iter()
            .map(|s| s * 0.1)
            .collect::<Vec<_>>();
        echo.play(&played);
        let heard: Vec<f32> = (0..32_000).map(|_| echo.next()).collect();

        assert!(heard.iter().take(1_590).all(|s| s.abs() < 1e-6));
        let db = 20.0 * (rms(heard.get(8_000..).unwrap()) / rms(&played)).log10();
        assert!((-7.0..-5.0).contains(&db), "{db}");
    }
}
