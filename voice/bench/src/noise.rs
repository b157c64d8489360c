//! Noises with a mean power of one, the same in every run.

use crate::sound::rms;

/// The noises that are made here.
pub(crate) const GENERATED: &[&str] = &["white", "pink", "hum"];

/// The same numbers in every run (xorshift).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// From -1 to 1.
    pub(crate) fn sign(&mut self) -> f32 {
        self.within(-1.0, 1.0)
    }

    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (self.bits() as f64 / (1_u64 << 53) as f64) as f32 * (high - low)
    }

    /// Less than a number; 0 where that is 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.bits() % (most.max(1) as u64)).unwrap_or(0)
    }

    /// One of some.
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// A noise by its name, with a mean power of one.
#[derive(Debug, Clone)]
pub(crate) struct Noise {
    pub(crate) name: String,
    pub(crate) pcm: Vec<f32>,
}

impl Noise {
    pub(crate) fn new(name: &str, pcm: Vec<f32>) -> Self {
        Self {
            name: name.to_owned(),
            pcm: even(pcm),
        }
    }
}

/// Noise of a kind that is made here: 10 s are enough to begin anywhere in it.
pub(crate) fn generated(kind: &str, count: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut state = [0.0_f32; 3];
    let pcm = (0..count).map(|n| match kind {
        "hum" => {
            let t = n as f32 / 16_000.0;
            let tone = |k: f32| (std::f32::consts::TAU * 120.0 * k * t).sin() / k;
            tone(1.0) + tone(2.0) + tone(3.0)
        }
        // Three poles make it fall by about 3 dB an octave (P. Kellet's economy filter).
        "pink" => {
            let white = chance.sign();
            let [a, b, c] = &mut state;
            *a = 0.997_65 * *a + white * 0.099_046;
            *b = 0.963 * *b + white * 0.296_516_4;
            *c = 0.57 * *c + white * 1.052_691_3;
            *a + *b + *c + white * 0.184_8
        }
        _ => chance.sign(),
    });
    even(pcm.collect())
}

/// Talk of many at once: each begins at another place of the voices.
pub(crate) fn babble(voices: &[Vec<f32>], talkers: usize, count: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut pcm = vec![0.0; count];
    for _ in 0..talkers {
        let all: Vec<f32> = (0..6)
            .filter_map(|_| chance.of(voices).cloned())
            .flatten()
            .collect();
        let start = chance.below(all.len());
        for (slot, sample) in pcm.iter_mut().zip(all.iter().cycle().skip(start)) {
            *slot += sample;
        }
    }
    even(pcm)
}

fn even(mut pcm: Vec<f32>) -> Vec<f32> {
    let power = rms(&pcm).max(1e-9);
    for sample in &mut pcm {
        *sample /= power;
    }
    pcm
}
