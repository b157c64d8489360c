//! What a house sounds like while somebody speaks in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::speech::wav_16_khz;
use crate::foreign::{Missing, root};

/// How loud somebody speaks before a noise is laid beside it, as root of the mean square of what is voiced.
const SPEECH_RMS: f64 = 2_620.0;
/// Softer than a fortieth of the loudest is not voiced.
const VOICED: u16 = 40;

/// A noise that never ends.
#[derive(Debug, Clone)]
pub struct Noise {
    /// How it is told apart from others.
    pub name: String,
    pcm: Vec<i16>,
    at: usize,
}

impl Noise {
    /// A fan that was switched on: broad, steady, the stronger the deeper. The same in every run.
    pub fn fan() -> Self {
        let (mut state, mut slow) = (0x9E37_79B9_7F4A_7C15_u64, 0.0_f64);
        let pcm = (0..10 * 16_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let low = u32::try_from(state >> 43).unwrap_or(0);
            let white = f64::from(low) / f64::from(1_u32 << 21) * 2.0 - 1.0;
            slow = 0.9 * slow + white;
            clipped(4_000.0 * slow)
        });
        Self {
            name: "fan".to_owned(),
            pcm: pcm.collect(),
            at: 0,
        }
    }

    /// The noises of a house that others recorded, from the data beside the checkout or in `ERRAND_DATA_DIR`.
    ///
    /// # Errors
    /// [`Missing`] when they are not there.
    pub fn recorded() -> Result<Vec<Self>, Missing> {
        let data = std::env::var_os("ERRAND_DATA_DIR")
            .map_or_else(|| root().join("../shared/data"), PathBuf::from);
        let archive = data.join("voice/tau2_noise.tar.zst");
        unpacked(&archive).map_err(|error| Missing {
            what: format!("no recorded noises in `{}`: {error:#}", archive.display()),
            remedy: "name the folder of the data sets in ERRAND_DATA_DIR, and install tar and zstd",
        })
    }

    /// So many decibels softer than somebody who speaks as [`Noise::beside`] makes it.
    #[must_use]
    pub fn below_speech(mut self, db: f64) -> Self {
        let gain = SPEECH_RMS / 10_f64.powf(db / 20.0) / rms(&self.pcm).max(1.0);
        for sample in &mut self.pcm {
            *sample = clipped(f64::from(*sample) * gain);
        }
        self
    }

    /// The next of it.
    pub fn next(&mut self, count: usize) -> Vec<i16> {
        let next = self.pcm.iter().cycle().skip(self.at);
        let next: Vec<i16> = next.take(count).copied().collect();
        self.at = (self.at + count) % self.pcm.len().max(1);
        next
    }

    /// Somebody speaks, as loud as everybody, and the noise goes on.
    pub fn beside(&mut self, said: &[i16]) -> Vec<i16> {
        let gain = SPEECH_RMS / rms(voiced(said)).max(1.0);
        let both = said.iter().zip(self.next(said.len()));
        both.map(|(said, noise)| clipped(f64::from(*said) * gain + f64::from(noise)))
            .collect()
    }
}

fn unpacked(archive: &Path) -> anyhow::Result<Vec<Noise>> {
    ensure!(archive.is_file(), "it is not there");
    let dir = TempDir::new()?;
    let status = Command::new("tar")
        .args(["--zstd", "-xf"])
        .arg(archive)
        .arg("-C")
        .arg(dir.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("tar")?;
    ensure!(status.success(), "it cannot be unpacked");
    let mut noises = Vec::new();
    for entry in std::fs::read_dir(dir.path().join("noise"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        noises.push(Noise {
            name: name.rsplit("__").next().unwrap_or(&name).to_owned(),
            pcm: wav_16_khz(&path)?,
            at: 0,
        });
    }
    noises.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(!noises.is_empty(), "there is none in it");
    Ok(noises)
}

fn voiced(pcm: &[i16]) -> &[i16] {
    let loudest = pcm.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
    let is_voice = |s: &i16| s.unsigned_abs() > loudest / VOICED;
    let first = pcm.iter().position(is_voice).unwrap_or(0);
    let last = pcm.iter().rposition(is_voice).unwrap_or(0);
    pcm.get(first..=last).unwrap_or_default()
}

fn rms(pcm: &[i16]) -> f64 {
    let power: f64 = pcm.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    let count = u32::try_from(pcm.len().max(1)).unwrap_or(u32::MAX);
    (power / f64::from(count)).sqrt()
}

#[expect(clippy::cast_possible_truncation, reason = "it is within the bounds")]
fn clipped(sample: f64) -> i16 {
    sample.clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}
