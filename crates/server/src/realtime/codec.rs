//! Samples to bytes and back, as the wire has them: 16-bit little-endian, and both laws of G.711.

use errand_protocol::realtime::{Coding, PCM_RATE};
use errand_voice_core::{Resampler, from_s16, to_s16};

/// Samples of a second that a stream speaks at: those of the finest format, so that each response can be given in its own
/// while what was said before it is still being heard.
pub(super) const SPOKEN_HZ: u32 = PCM_RATE;

/// Added before a u-law sample is coded, so that its highest bit tells the segment.
const BIAS: i32 = 0x84;
/// Largest sample that the u-law has a code for.
const CLIP: i32 = 32_635;

/// Reads samples; `None` when the bytes are no whole samples.
pub(super) fn decode(coding: Coding, bytes: &[u8]) -> Option<Vec<i16>> {
    match coding {
        Coding::Pcm => {
            let (pairs, rest) = bytes.as_chunks::<2>();
            rest.is_empty()
                .then(|| pairs.iter().copied().map(i16::from_le_bytes).collect())
        }
        Coding::Ulaw => Some(bytes.iter().copied().map(from_ulaw).collect()),
        Coding::Alaw => Some(bytes.iter().copied().map(from_alaw).collect()),
    }
}

/// Writes samples.
pub(super) fn encode(coding: Coding, samples: &[i16]) -> Vec<u8> {
    match coding {
        Coding::Pcm => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        Coding::Ulaw => samples.iter().copied().map(to_ulaw).collect(),
        Coding::Alaw => samples.iter().copied().map(to_alaw).collect(),
    }
}

/// Writes the sound of one message in a format, as it comes from the stream.
#[derive(Debug)]
pub(super) struct Encoder {
    coding: Coding,
    slower: Option<Slower>,
}

impl Encoder {
    /// For a format; `None` when its rate cannot be made from that of the stream.
    pub(super) fn new(coding: Coding) -> Option<Self> {
        let slower = if coding.rate() == SPOKEN_HZ {
            None
        } else {
            Some(Slower::new(coding.rate())?)
        };
        Some(Self { coding, slower })
    }

    /// More of the sound; what of it can be written already.
    pub(super) fn push(&mut self, samples: &[i16]) -> Vec<u8> {
        match &mut self.slower {
            None => encode(self.coding, samples),
            Some(slower) => encode(self.coding, &slower.push(samples)),
        }
    }

    /// The rest of it: what is written is then as long as what came in.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        match &mut self.slower {
            None => Vec::new(),
            Some(slower) => encode(self.coding, &slower.finish()),
        }
    }
}

/// Sound of the stream at another rate.
#[derive(Debug)]
struct Slower {
    resampler: Resampler,
    hz: u32,
    /// Samples at the beginning that are the filter's own.
    lead: usize,
    taken: u64,
    made: u64,
}

impl Slower {
    fn new(hz: u32) -> Option<Self> {
        let resampler = Resampler::new(SPOKEN_HZ, hz).ok()?;
        Some(Self {
            lead: resampler.delay(),
            resampler,
            hz,
            taken: 0,
            made: 0,
        })
    }

    fn push(&mut self, samples: &[i16]) -> Vec<i16> {
        self.taken = self.taken.saturating_add(count(samples.len()));
        self.through(samples)
    }

    fn through(&mut self, samples: &[i16]) -> Vec<i16> {
        let floats: Vec<f32> = samples.iter().copied().map(from_s16).collect();
        let made = self.resampler.push(&floats);
        let lead = self.lead.min(made.len());
        self.lead -= lead;
        let made: Vec<i16> = made.into_iter().skip(lead).map(to_s16).collect();
        self.made = self.made.saturating_add(count(made.len()));
        made
    }

    fn finish(&mut self) -> Vec<i16> {
        let whole = self.taken.saturating_mul(u64::from(self.hz)) / u64::from(SPOKEN_HZ);
        let missing = usize::try_from(whole.saturating_sub(self.made)).unwrap_or(usize::MAX);
        // Silence pushes out what the filter and its last block still hold: two hundredths of a second are more than that.
        let silence = vec![0; usize::try_from(SPOKEN_HZ / 50).unwrap_or_default()];
        let mut rest = self.through(&silence);
        rest.truncate(missing);
        rest
    }
}

fn count(samples: usize) -> u64 {
    u64::try_from(samples).unwrap_or(u64::MAX)
}

fn from_ulaw(byte: u8) -> i16 {
    let code = i32::from(!byte);
    let size = (((code & 0x0f) << 3) + BIAS) << ((code & 0x70) >> 4);
    let value = if code & 0x80 == 0 {
        size - BIAS
    } else {
        BIAS - size
    };
    narrow(value)
}

fn to_ulaw(sample: i16) -> u8 {
    let sample = i32::from(sample);
    let sign = if sample < 0 { 0x80 } else { 0 };
    let size = sample.abs().min(CLIP) + BIAS;
    // The bias puts the highest bit between 7 and 14.
    let segment = (0..8).rev().find(|at| size >> (at + 7) != 0).unwrap_or(0);
    let mantissa = (size >> (segment + 3)) & 0x0f;
    !low_byte(sign | (segment << 4) | mantissa)
}

fn from_alaw(byte: u8) -> i16 {
    let code = i32::from(byte ^ 0x55);
    let segment = (code & 0x70) >> 4;
    let low = (code & 0x0f) << 4;
    let size = match segment {
        0 => low + 8,
        _ => (low + 0x108) << (segment - 1),
    };
    narrow(if code & 0x80 == 0 { -size } else { size })
}

fn to_alaw(sample: i16) -> u8 {
    let (mask, size) = if sample >= 0 {
        (0xd5, i32::from(sample) >> 3)
    } else {
        (0x55, (-1 - i32::from(sample)) >> 3)
    };
    let segment = (0..8)
        .find(|at| size <= (0x1f << at) + ((1 << at) - 1))
        .unwrap_or(7);
    let mantissa = if segment < 2 {
        (size >> 1) & 0x0f
    } else {
        (size >> segment) & 0x0f
    };
    low_byte((segment << 4) | mantissa) ^ mask
}

fn narrow(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
}

fn low_byte(value: i32) -> u8 {
    u8::try_from(value & 0xff).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Coding; 3] = [Coding::Pcm, Coding::Ulaw, Coding::Alaw];

    #[test]
    fn every_code_of_g711_is_read_and_written_back_as_itself() {
        for coding in [Coding::Ulaw, Coding::Alaw] {
            let codes: Vec<u8> = (0..=255).collect();
            let samples = decode(coding, &codes).unwrap();
            let mut again = encode(coding, &samples);
            if coding == Coding::Ulaw {
                // The u-law has two zeros; what is written is the positive one.
                assert_eq!((samples[0x7f], samples[0xff], again[0x7f]), (0, 0, 0xff));
                again[0x7f] = 0x7f;
            }
            assert_eq!(again, codes, "{coding:?}");
        }
    }

    #[test]
    fn known_points_of_both_laws_are_as_in_the_recommendation() {
        let read = |coding, byte| decode(coding, &[byte]).unwrap()[0];
        assert_eq!(
            (read(Coding::Ulaw, 0x00), read(Coding::Ulaw, 0x80)),
            (-32_124, 32_124)
        );
        assert_eq!(
            (read(Coding::Ulaw, 0xfe), read(Coding::Ulaw, 0x7e)),
            (8, -8)
        );
        assert_eq!(
            (read(Coding::Alaw, 0xd5), read(Coding::Alaw, 0x55)),
            (8, -8)
        );
        assert_eq!(
            (read(Coding::Alaw, 0xaa), read(Coding::Alaw, 0x2a)),
            (32_256, -32_256)
        );
    }

    #[test]
    fn what_is_coded_is_near_what_was_said_at_every_loudness() {
        for coding in ALL {
            for sample in (i16::MIN..=i16::MAX).step_by(7) {
                let back = decode(coding, &encode(coding, &[sample])).unwrap()[0];
                let off = (i32::from(back) - i32::from(sample)).abs();
                assert!(
                    off <= 16 + i32::from(sample).abs() / 16,
                    "{coding:?}: {sample} became {back}"
                );
            }
        }
    }

    #[test]
    fn half_a_sample_is_none() {
        assert_eq!(decode(Coding::Pcm, &[1, 2, 3]), None);
        assert_eq!(
            decode(Coding::Pcm, &[0xff, 0x7f, 0x00, 0x80]),
            Some(vec![i16::MAX, i16::MIN])
        );
    }
}
