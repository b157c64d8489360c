use errand_voice_core::Chunk;

/// Bytes before the samples, in the plain form that both programs write.
pub(crate) const HEADER: usize = 44;

/// Reads the rate of a mono 16-bit WAV header. The lengths in it are not looked at: a program that writes to a pipe does not
/// know them.
pub(crate) fn rate_of(header: &[u8; HEADER]) -> Option<u32> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(header.get(at..at + 2)?.try_into().ok()?));
    let is_plain = header.starts_with(b"RIFF")
        && header.get(8..16)? == b"WAVEfmt "
        && header.get(36..40)? == b"data"
        && (u16_at(20)?, u16_at(22)?, u16_at(34)?) == (1, 1, 16);
    let rate = u32::from_le_bytes(header.get(24..28)?.try_into().ok()?);
    (is_plain && (8_000..=48_000).contains(&rate)).then_some(rate)
}

/// A chunk from bytes; an odd byte at the end is left out.
pub(crate) fn chunk(rate_hz: u32, bytes: &[u8]) -> Chunk {
    let (samples, _) = bytes.as_chunks::<2>();
    Chunk {
        rate_hz,
        pcm: samples
            .iter()
            .map(|pair| i16::from_le_bytes(*pair))
            .collect(),
        words: Vec::new(),
    }
}

/// Bytes of so many milliseconds.
pub(crate) fn bytes_of(rate_hz: u32, ms: u32) -> usize {
    (rate_hz * ms / 1_000) as usize * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> [u8; HEADER] {
        let mut header = [0; HEADER];
        header[..16].copy_from_slice(b"RIFF\xff\xff\xff\x7fWAVEfmt ");
        header[20..24].copy_from_slice(&[1, 0, 1, 0]);
        header[24..28].copy_from_slice(&22_050_u32.to_le_bytes());
        header[34] = 16;
        header[36..40].copy_from_slice(b"data");
        header
    }

    #[test]
    fn a_plain_header_tells_its_rate_whatever_its_lengths_say() {
        assert_eq!(rate_of(&header()), Some(22_050));
    }

    #[test]
    fn stereo_eight_bits_odd_rates_and_other_files_are_refused() {
        for (at, byte) in [(22, 2), (34, 8), (20, 3), (0, b'X'), (36, b'L'), (27, 9)] {
            let mut wrong = header();
            wrong[at] = byte;
            assert_eq!(rate_of(&wrong), None, "byte {at}");
        }
    }

    #[test]
    fn half_a_sample_at_the_end_is_left_out() {
        assert_eq!(chunk(8_000, &[1, 0, 255, 255, 7]).pcm, [1, -1]);
        assert_eq!(bytes_of(22_050, 20), 882);
    }
}
