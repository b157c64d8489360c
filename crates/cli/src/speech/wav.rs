//! WAV files in and out, mono inside. Files of programs are often not quite what they say: lengths that are wrong because
//! the writer did not know them, odd chunks in between. What can be read is read; what cannot is told by name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use errand_voice_core::{RATE_HZ, Resampler, to_s16};

use crate::fault::Fault;

/// Longest sound that is taken from one file, in seconds: an hour-long recording is no sentence.
pub(super) const SECONDS_MAX: u64 = 600;
/// Bytes of chunks that are passed over before the sound.
const PASSED_MAX: u64 = 16 * 1024 * 1024;
/// Samples of the output at most: an hour.
const OUT_SAMPLES_MAX: u64 = 3_600 * RATE_HZ as u64;
/// Bytes read at once.
const PIECE: usize = 16 * 1024;

/// Why a file is no sound that can be heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WavError {
    /// No WAV file at all.
    #[error("it is no WAV file")]
    NoWav,
    /// The file ends inside of what it promises before its sound.
    #[error("it ends before its sound begins")]
    Short,
    /// A way to keep sound that is not read here.
    #[error("its sound is packed ({what}); 8 to 32 bit numbers, or 32 bit floats, are read")]
    Packed {
        /// Which.
        what: String,
    },
    /// Rate or channels out of bounds.
    #[error("{what}")]
    Shape {
        /// What does not fit.
        what: String,
    },
    /// There is no sound in it.
    #[error("there is no sound in it")]
    Empty,
    /// Longer than is taken.
    #[error("it is longer than {} minutes", SECONDS_MAX / 60)]
    Long,
    /// The disk, or the pipe.
    #[error("it cannot be read: {cause}")]
    Io {
        /// Why.
        cause: String,
    },
}

impl From<io::Error> for WavError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Short;
        }
        Self::Io {
            cause: error.kind().to_string(),
        }
    }
}

/// How the samples of a file are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    kind: Kind,
    channels: usize,
    rate_hz: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    U8,
    S16,
    S24,
    S32,
    F32,
}

impl Kind {
    fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::S16 => 2,
            Self::S24 => 3,
            Self::S32 | Self::F32 => 4,
        }
    }

    fn sample(self, bytes: &[u8]) -> f32 {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
        let value = match self {
            Self::U8 => (f32::from(byte(0)) - 128.0) / 128.0,
            Self::S16 => f32::from(i16::from_le_bytes([byte(0), byte(1)])) / 32_768.0,
            // The lowest bits are below what anybody hears.
            Self::S24 => f32::from(i16::from_le_bytes([byte(1), byte(2)])) / 32_768.0,
            Self::S32 => f32::from(i16::from_le_bytes([byte(2), byte(3)])) / 32_768.0,
            Self::F32 => f32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]),
        };
        if value.is_finite() {
            value.clamp(-1.0, 1.0)
        } else {
            0.0
        }
    }
}

/// The sound of a WAV file: mono, 16 bits, 16 kHz.
pub(super) fn of_file(path: &Path) -> Result<Vec<i16>, Fault> {
    let unread = |error: &WavError| {
        Fault::sound(
            format!("`{}` cannot be heard: {error}", path.display()),
            "record it as WAV: `sox in.mp3 -r 16000 -c 1 -b 16 out.wav`",
        )
    };
    let file = File::open(path).map_err(|error| {
        unread(&WavError::Io {
            cause: error.kind().to_string(),
        })
    })?;
    let pcm = read(file).map_err(|error| unread(&error))?;
    Ok(pcm.into_iter().map(to_s16).collect())
}

/// Reads a WAV file to its end: mono at 16 kHz.
pub(super) fn read(from: impl Read) -> Result<Vec<f32>, WavError> {
    let mut from = io::BufReader::with_capacity(PIECE, from);
    let (form, mut left) = head(&mut from)?;
    let mut resampler = Resampler::new(form.rate_hz, RATE_HZ).map_err(|error| WavError::Shape {
        what: error.to_string(),
    })?;
    let width = form.kind.bytes() * form.channels;
    let (mut pcm, mut bytes) = (Vec::new(), Vec::new());
    let longest = SECONDS_MAX * u64::from(RATE_HZ);
    while left > 0 {
        let piece = u64::try_from(PIECE / width * width).unwrap_or(0).min(left);
        bytes.clear();
        // A file that ends early holds what it holds.
        let read = from
            .by_ref()
            .take(piece.max(width as u64))
            .read_to_end(&mut bytes)?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(read as u64);
        let frames = bytes.chunks_exact(width);
        let mono: Vec<f32> = frames.map(|frame| mixed(form, frame)).collect();
        pcm.extend(resampler.push(&mono));
        if pcm.len() as u64 > longest {
            return Err(WavError::Long);
        }
    }
    // What still waits in the filter is behind the last word.
    pcm.extend(resampler.push(&vec![0.0; form.rate_hz as usize / 20]));
    if pcm.len() < RATE_HZ as usize / 20 + 160 {
        return Err(WavError::Empty);
    }
    Ok(pcm)
}

fn mixed(form: Form, frame: &[u8]) -> f32 {
    let sum: f32 = frame
        .chunks_exact(form.kind.bytes())
        .map(|s| form.kind.sample(s))
        .sum();
    let channels = u16::try_from(form.channels).unwrap_or(1);
    sum / f32::from(channels)
}

/// Reads up to the sound: its form, and how many bytes of it there are.
fn head(from: &mut impl Read) -> Result<(Form, u64), WavError> {
    let mut riff = [0; 12];
    from.read_exact(&mut riff).map_err(|_| WavError::NoWav)?;
    if !riff.starts_with(b"RIFF") || !riff.ends_with(b"WAVE") {
        return Err(WavError::NoWav);
    }
    let (mut form, mut passed) = (None, 0_u64);
    loop {
        let mut chunk = [0; 8];
        from.read_exact(&mut chunk)?;
        let [a, b, c, d, rest @ ..] = chunk;
        let size = u32::from_le_bytes(rest);
        match &[a, b, c, d] {
            b"data" => {
                let Some(form) = form else {
                    return Err(WavError::NoWav);
                };
                // Writers to a pipe put the largest number, or none.
                let is_unknown = size == 0 || size >= 0x7fff_0000;
                return Ok((
                    form,
                    if is_unknown {
                        u64::MAX
                    } else {
                        u64::from(size)
                    },
                ));
            }
            b"fmt " if (16..=64).contains(&size) => {
                let mut body = vec![0; size as usize];
                from.read_exact(&mut body)?;
                form = Some(form_of(&body)?);
            }
            _ => {
                // Chunks are padded to even lengths.
                let size = u64::from(size) + u64::from(size % 2);
                passed = passed.saturating_add(size);
                if passed > PASSED_MAX {
                    return Err(WavError::NoWav);
                }
                io::copy(&mut from.by_ref().take(size), &mut io::sink())?;
            }
        }
    }
}

fn form_of(body: &[u8]) -> Result<Form, WavError> {
    let u16_at = |at: usize| {
        let pair = body.get(at..at + 2).and_then(|b| b.try_into().ok());
        pair.map_or(0, u16::from_le_bytes)
    };
    let rate = body.get(4..8).and_then(|b| b.try_into().ok());
    let (rate_hz, bits) = (rate.map_or(0, u32::from_le_bytes), u16_at(14));
    // The form of large files says what it is further behind.
    let tag = match u16_at(0) {
        0xfffe => u16_at(24),
        tag => tag,
    };
    let kind = match (tag, bits) {
        (1, 8) => Kind::U8,
        (1, 16) => Kind::S16,
        (1, 24) => Kind::S24,
        (1, 32) => Kind::S32,
        (3, 32) => Kind::F32,
        (tag, bits) => {
            return Err(WavError::Packed {
                what: format!("form {tag}, {bits} bits"),
            });
        }
    };
    let channels = usize::from(u16_at(2));
    if !(1..=8).contains(&channels) {
        return Err(WavError::Shape {
            what: format!("it has {channels} channels; 1 to 8 are read"),
        });
    }
    if !(8_000..=192_000).contains(&rate_hz) {
        return Err(WavError::Shape {
            what: format!("it has {rate_hz} samples a second; 8,000 to 192,000 are read"),
        });
    }
    Ok(Form {
        kind,
        channels,
        rate_hz,
    })
}

/// Writes mono sound with 16 bits at 16 kHz, on and on; the lengths are put right at the end.
#[derive(Debug)]
pub(super) struct Writer<W: Write + Seek> {
    to: io::BufWriter<W>,
    samples: u64,
}

impl<W: Write + Seek> Writer<W> {
    pub(super) fn new(to: W) -> io::Result<Self> {
        let mut to = io::BufWriter::new(to);
        to.write_all(&header(0))?;
        Ok(Self { to, samples: 0 })
    }

    /// More sound. Beyond an hour nothing is written.
    pub(super) fn write(&mut self, pcm: &[i16]) -> io::Result<()> {
        for sample in pcm {
            if self.samples >= OUT_SAMPLES_MAX {
                return Ok(());
            }
            self.to.write_all(&sample.to_le_bytes())?;
            self.samples += 1;
        }
        Ok(())
    }

    /// Puts the lengths right.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let bytes = u32::try_from(self.samples * 2).unwrap_or(u32::MAX);
        self.to.seek(SeekFrom::Start(0))?;
        self.to.write_all(&header(bytes))?;
        self.to.flush()
    }
}

/// The head of a file with so many bytes of sound.
pub(super) fn header(bytes: u32) -> [u8; 44] {
    let mut head = Vec::with_capacity(44);
    head.extend(b"RIFF");
    head.extend(bytes.saturating_add(36).to_le_bytes());
    head.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    head.extend(RATE_HZ.to_le_bytes());
    head.extend((RATE_HZ * 2).to_le_bytes());
    head.extend(b"\x02\0\x10\0data");
    head.extend(bytes.to_le_bytes());
    head.try_into().unwrap_or([0; 44])
}

#[cfg(test)]
mod tests;
