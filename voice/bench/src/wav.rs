//! WAV files, and archives of them.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use errand_voice_core::{Resampler, from_s16};

/// Largest file or archive that is read, in bytes.
const BYTES_MAX: u64 = 512 << 20;
/// Folders inside of folders.
const DEPTH_MAX: usize = 4;

/// A file of a set, with its name inside of the set.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every `.wav` below a folder, in archives (`.tar`, `.tar.zst`) too, sorted by name. What cannot be read is told in
/// `problems` and left out.
pub(crate) fn all(dir: &Path, problems: &mut Vec<String>) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    walk(dir, dir, 0, &mut found, problems)?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn walk(
    root: &Path,
    dir: &Path,
    depth: usize,
    found: &mut Vec<Found>,
    problems: &mut Vec<String>,
) -> anyhow::Result<()> {
    let told = || format!("cannot read `{}`", dir.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).with_context(told)? {
        paths.push(entry.with_context(told)?.path());
    }
    paths.sort();
    for path in paths {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let lower = name.to_lowercase();
        let kind = lower.rsplit('.').next().unwrap_or_default();
        let is_archive = kind == "tar" || lower.ends_with(".tar.zst");
        if path.is_dir() {
            if depth < DEPTH_MAX {
                walk(root, &path, depth + 1, found, problems)?;
            }
        } else if kind == "wav" {
            match bounded(&path) {
                Ok(bytes) => found.push(Found { name, bytes }),
                Err(error) => problems.push(format!("{name}: {error:#}")),
            }
        } else if is_archive && let Err(error) = archive(&path, kind == "zst", found) {
            problems.push(format!("{name}: {error:#}"));
        }
    }
    Ok(())
}

fn bounded(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(BYTES_MAX)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn archive(path: &Path, is_packed: bool, found: &mut Vec<Found>) -> anyhow::Result<()> {
    let file = std::io::BufReader::new(fs::File::open(path)?);
    let mut bytes = Vec::new();
    if is_packed {
        let plain = ruzstd::decoding::StreamingDecoder::new(file).context("it is no zstd")?;
        plain.take(BYTES_MAX).read_to_end(&mut bytes)?;
    } else {
        file.take(BYTES_MAX).read_to_end(&mut bytes)?;
    }
    entries(&bytes, found)
}

/// The plain entries of a tar archive.
fn entries(mut rest: &[u8], found: &mut Vec<Found>) -> anyhow::Result<()> {
    while let Some((header, behind)) = rest.split_first_chunk::<512>() {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let text = |from: usize, to: usize| {
            let field = header.get(from..to).unwrap_or_default();
            let field = field.split(|byte| *byte == 0).next().unwrap_or_default();
            String::from_utf8_lossy(field).trim().to_owned()
        };
        let size = usize::from_str_radix(&text(124, 136), 8)
            .context("the archive has an entry without a size")?;
        let (name, front, kind) = (text(0, 100), text(345, 500), header.get(156).copied());
        ensure!(size <= behind.len(), "the archive ends too early");
        let (body, _) = behind.split_at(size);
        let name = if front.is_empty() {
            name
        } else {
            format!("{front}/{name}")
        };
        if matches!(kind, Some(b'0' | 0)) && name.to_lowercase().ends_with(".wav") {
            found.push(Found {
                name,
                bytes: body.to_vec(),
            });
        }
        rest = behind.get(size.div_ceil(512) * 512..).unwrap_or_default();
    }
    Ok(())
}

/// The sound of a WAV file as mono at 16 kHz. 16-bit PCM of 8 to 48 kHz is taken, several channels are mixed.
pub fn decode(bytes: &[u8]) -> anyhow::Result<Vec<f32>> {
    ensure!(
        bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE"),
        "it is no WAV file"
    );
    let (mut at, mut format) = (12, None);
    while let Some(head) = bytes.get(at..at + 8) {
        let (name, length) = head.split_at(4);
        let length = usize::try_from(u32::from_le_bytes(length.try_into()?))?;
        let end = (at + 8).saturating_add(length).min(bytes.len());
        let body = bytes.get(at + 8..end).unwrap_or_default();
        match name {
            b"fmt " => format = Some(shape(body)?),
            b"data" => {
                let (channels, rate) = format.context("its samples come before their format")?;
                return samples(body, channels, rate);
            }
            _ => {}
        }
        at = end + length % 2;
    }
    bail!("it has no samples")
}

fn shape(body: &[u8]) -> anyhow::Result<(usize, u32)> {
    let word = |at: usize| {
        body.get(at..at + 2).map(|two| {
            u16::from_le_bytes([
                two.first().copied().unwrap_or(0),
                two.last().copied().unwrap_or(0),
            ])
        })
    };
    let (kind, channels, bits) = (word(0), word(2), word(14));
    let rate = body.get(4..8).context("its format is cut off")?;
    let rate = u32::from_le_bytes(rate.try_into()?);
    ensure!(
        matches!(kind, Some(1 | 0xfffe)) && bits == Some(16),
        "it is no 16-bit PCM"
    );
    let channels = usize::from(channels.unwrap_or(0));
    ensure!((1..=8).contains(&channels), "it has {channels} channels");
    ensure!(
        (8_000..=48_000).contains(&rate),
        "it has {rate} samples a second"
    );
    Ok((channels, rate))
}

fn samples(body: &[u8], channels: usize, rate: u32) -> anyhow::Result<Vec<f32>> {
    let (pairs, _) = body.as_chunks::<2>();
    let mono: Vec<f32> = pairs
        .chunks_exact(channels)
        .map(|all| {
            all.iter()
                .map(|pair| from_s16(i16::from_le_bytes(*pair)))
                .sum::<f32>()
                / channels as f32
        })
        .collect();
    ensure!(!mono.is_empty(), "it has no samples");
    at_16k(&mono, rate)
}

/// Another rate as 16 kHz, without the delay of the filter.
pub(crate) fn at_16k(pcm: &[f32], rate: u32) -> anyhow::Result<Vec<f32>> {
    if rate == 16_000 {
        return Ok(pcm.to_vec());
    }
    let mut resampler = Resampler::new(rate, 16_000)?;
    let mut out = resampler.push(pcm);
    out.extend(resampler.push(&vec![0.0; rate as usize / 20]));
    let delay = resampler.delay().min(out.len());
    out.drain(..delay);
    let length = usize::try_from(pcm.len() as u64 * 16_000 / u64::from(rate))?;
    out.resize(length, 0.0);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn file(rate: u32, channels: u16, pcm: &[i16]) -> Vec<u8> {
        let data: Vec<u8> = pcm.iter().flat_map(|s| s.to_le_bytes()).collect();
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(16_u16.to_le_bytes());
        bytes.extend(b"LIST\x03\0\0\0abc\0data");
        bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn any_usual_wav_becomes_mono_at_16_khz() {
        assert_eq!(
            decode(&file(16_000, 1, &[16_384, -16_384])).unwrap(),
            [0.5, -0.5]
        );
        assert_eq!(decode(&file(16_000, 2, &[16_384, 0])).unwrap(), [0.25]);
        assert_eq!(decode(&file(8_000, 1, &[0; 800])).unwrap().len(), 1_600);
    }

    #[test]
    fn what_is_no_sound_is_refused_with_its_reason() {
        for (bytes, reason) in [
            (b"RIFX".to_vec(), "no WAV"),
            (file(16_000, 1, &[]), "no samples"),
            (file(4_000, 1, &[1]), "samples a second"),
            (file(16_000, 0, &[1]), "channels"),
        ] {
            let told = decode(&bytes).unwrap_err().to_string();
            assert!(told.contains(reason), "{told}");
        }
    }

    #[test]
    fn archives_are_read_and_cut_ones_are_told() {
        let wav = file(8_000, 1, &[5; 10]);
        let mut header = [0_u8; 512];
        header[..14].copy_from_slice(b"noise/hum.wav\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", wav.len()).as_bytes());
        header[156] = b'0';
        let mut tar = header.to_vec();
        tar.extend(&wav);
        tar.resize(1_024, 0);
        let mut found = Vec::new();

        entries(&tar, &mut found).unwrap();
        assert_eq!(
            (found[0].name.as_str(), found[0].bytes.len()),
            ("noise/hum.wav", wav.len())
        );
        assert!(entries(&tar[..520], &mut found).is_err());
    }
}
