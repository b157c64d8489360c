//! A room between loudspeaker and microphone, and noises in it.

/// The same numbers in every run.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From -1 to 1.
    pub(crate) fn sign(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + f32::midpoint(self.sign(), 1.0) * (high - low)
    }
}

/// What becomes of our sound on its way to the microphone.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) delay_ms: usize,
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
    pub(crate) fn echo(&self, played: &[f32], seed: u64) -> Vec<f32> {
        let mut chance = Chance::new(seed);
        let gain = 10_f32.powf(self.level_db / 20.0);
        // A direct path and sixty reflections that fall off; their energies add up to one.
        let mut taps = vec![(0_usize, 1.0_f32)];
        for _ in 0..60 {
            let at_ms = chance.within(1.0, self.reverb_ms);
            let fall = 10_f32.powf(-3.0 * at_ms / self.reverb_ms);
            taps.push(((at_ms * 16.0) as usize, 0.35 * fall * chance.sign()));
        }
        let energy: f32 = taps.iter().map(|(_, g)| g * g).sum::<f32>().sqrt();
        let bent: Vec<f32> = played
            .iter()
            .map(|s| self.clip * (s / self.clip).tanh())
            .collect();
        let delay = self.delay_ms * 16;
        let mut echo = vec![0.0_f32; played.len()];
        for (at, weight) in taps {
            let from = delay + at;
            for (slot, sample) in echo.iter_mut().skip(from).zip(&bent) {
                *slot += weight / energy * gain * sample;
            }
        }
        drifted(&echo, self.drift_ppm)
    }
}

/// A stream as a crystal sees it that is faster by so many millionths.
fn drifted(pcm: &[f32], ppm: f64) -> Vec<f32> {
    if ppm == 0.0 {
        return pcm.to_vec();
    }
    let step = 1.0 / (1.0 + ppm / 1e6);
    (0..pcm.len())
        .map(|n| {
            let at = n as f64 * step;
            let (whole, part) = (at as usize, at.fract() as f32);
            let a = pcm.get(whole).copied().unwrap_or(0.0);
            let b = pcm.get(whole + 1).copied().unwrap_or(0.0);
            a + (b - a) * part
        })
        .collect()
}

/// The noise of a quiet room.
pub(crate) fn add_floor(pcm: &mut [f32], rms: f32, seed: u64) {
    let mut chance = Chance::new(seed);
    for sample in pcm {
        *sample = (*sample + rms * 1.73 * chance.sign()).clamp(-1.0, 1.0);
    }
}

/// Noise of a kind, with a mean power of one.
pub(crate) fn noise(kind: &str, count: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut state = [0.0_f32; 3];
    let mut pcm: Vec<f32> = (0..count)
        .map(|n| match kind {
            "hum" => {
                let t = n as f32 / 16_000.0;
                let tone = |k: f32| (std::f32::consts::TAU * 120.0 * k * t).sin() / k;
                tone(1.0) + tone(2.0) + tone(3.0)
            }
            // Three poles make it fall by about 3 dB an octave (P. Kellet's economy filter).
            "pink" => {
                let white = chance.sign();
                state[0] = 0.997_65 * state[0] + white * 0.099_046;
                state[1] = 0.963 * state[1] + white * 0.296_516_4;
                state[2] = 0.57 * state[2] + white * 1.052_691_3;
                state[0] + state[1] + state[2] + white * 0.184_8
            }
            _ => chance.sign(),
        })
        .collect();
    let power = (pcm.iter().map(|s| s * s).sum::<f32>() / count.max(1) as f32).sqrt();
    for sample in &mut pcm {
        *sample /= power.max(1e-9);
    }
    pcm
}
