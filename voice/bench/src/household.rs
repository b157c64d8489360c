//! The noises of a house: recorded ones where the set is there, and those that are made here.

use std::path::PathBuf;

use crate::noise::{Chance, GENERATED, Noise, generated};
use crate::recognise::{Skipped, skip};
use crate::wav;

/// Where the set lies: `ERRAND_DATA_DIR`, or beside the checkout.
pub(crate) fn folder() -> PathBuf {
    let data = std::env::var_os("ERRAND_DATA_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    data.join("voice")
}

/// Recorded noises; none, and told, where the set is not there.
pub(crate) fn recorded(skipped: &mut Skipped) -> Vec<Noise> {
    let mut noises = Vec::new();
    let mut problems = Vec::new();
    let files = wav::all(&folder(), &mut problems).unwrap_or_default();
    for found in files
        .iter()
        .filter(|found| found.name.split('/').any(|folder| folder == "noise"))
    {
        let name = found
            .name
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".wav");
        if let Ok(pcm) = wav::decode(&found.bytes) {
            noises.push(Noise::new(name.rsplit("__").next().unwrap_or(name), pcm));
        }
    }
    if noises.is_empty() {
        skip(
            skipped,
            "recorded noises of a house",
            "the set is not there",
            "name its folder in ERRAND_DATA_DIR",
        );
    }
    noises
}

/// White, pink and hum.
pub(crate) fn made() -> Vec<Noise> {
    GENERATED
        .iter()
        .zip(0..)
        .map(|(kind, seed)| Noise::new(kind, generated(kind, 160_000, seed)))
        .collect()
}

/// A cough: two bursts of noise that fall off, as loud as speech.
pub(crate) fn cough(chance: &mut Chance) -> Vec<f32> {
    let mut pcm = Vec::new();
    for length in [0.16, 0.22] {
        let count = (length * 16_000.0) as usize;
        let burst = generated("pink", count, chance.bits());
        pcm.extend(
            burst
                .iter()
                .zip(0_u16..)
                .map(|(s, n)| 0.16 * s * (-f32::from(n) / 900.0).exp()),
        );
        pcm.extend(std::iter::repeat_n(0.0, 1_600));
    }
    pcm
}
