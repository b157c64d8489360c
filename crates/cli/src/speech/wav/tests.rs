#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "some seconds of a tone"
)]

use super::*;

/// A tone as a file: so many channels, so many bits.
fn file(rate: u32, channels: u16, bits: u16, tag: u16, seconds: f32) -> Vec<u8> {
    let count = (rate as f32 * seconds) as usize;
    let mut data = Vec::new();
    for n in 0..count {
        let value = 0.5 * (std::f32::consts::TAU * 300.0 * n as f32 / rate as f32).sin();
        for _ in 0..channels {
            match (tag, bits) {
                (3, _) => data.extend(value.to_le_bytes()),
                (_, 8) => data.push((value * 127.0 + 128.0) as u8),
                (_, 16) => data.extend(((value * 32_767.0) as i16).to_le_bytes()),
                (_, 24) => data.extend(&((value * 8_388_607.0) as i32).to_le_bytes()[..3]),
                _ => data.extend(((value * 2_147_483_000.0) as i32).to_le_bytes()),
            }
        }
    }
    let mut bytes = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(channels) * u32::from(bits) / 8).to_le_bytes());
    bytes.extend((channels * bits / 8).to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn loudness(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|s| s * s).sum::<f32>() / pcm.len() as f32).sqrt()
}

#[test]
fn every_usual_form_is_read_as_the_same_sound() {
    for (rate, channels, bits, tag) in [
        (16_000, 1, 16, 1),
        (8_000, 1, 8, 1),
        (44_100, 2, 16, 1),
        (48_000, 2, 24, 1),
        (22_050, 1, 32, 1),
        (96_000, 6, 32, 3),
    ] {
        let pcm = read(file(rate, channels, bits, tag, 1.0).as_slice()).unwrap();

        assert!(pcm.len().abs_diff(16_800) < 500, "{rate} {}", pcm.len());
        let level = loudness(&pcm[2_000..14_000]);
        assert!((0.34..0.37).contains(&level), "{rate} {bits} {level}");
    }
}

#[test]
fn lengths_that_nobody_knew_are_no_hindrance() {
    let mut bytes = file(16_000, 1, 16, 1, 0.5);
    let at = bytes.windows(4).position(|w| w == b"data").unwrap() + 4;
    for length in [0, 0x7fff_f000_u32, u32::MAX] {
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        assert!(read(bytes.as_slice()).unwrap().len() >= 8_000, "{length}");
    }
    // Cut off in the middle of a sample.
    bytes.truncate(bytes.len() - 1);
    assert!(read(bytes.as_slice()).is_ok());
}

#[test]
fn what_is_no_sound_is_told_by_name() {
    assert_eq!(read(&b"ID3\x03"[..]), Err(WavError::NoWav));
    assert_eq!(read(&b"RIFF\0\0\0\0AVI LIST"[..]), Err(WavError::NoWav));
    assert_eq!(
        read(&b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0"[..]),
        Err(WavError::Short)
    );
    assert_eq!(
        read(file(16_000, 1, 16, 1, 0.0).as_slice()),
        Err(WavError::Empty)
    );
    let packed = read(file(16_000, 1, 16, 0x55, 0.1).as_slice());
    assert!(matches!(packed, Err(WavError::Packed { what }) if what.contains("85")));
    for (rate, channels) in [(4_000, 1), (16_000, 0), (16_000, 9)] {
        let told = read(file(rate, channels, 16, 1, 0.1).as_slice());
        assert!(
            matches!(told, Err(WavError::Shape { .. })),
            "{rate} {channels} {told:?}"
        );
    }
}

#[test]
fn an_hour_of_sound_is_refused_before_it_is_all_in_memory() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0 += into.len() as u64;
            assert!(self.0 < 40_000_000, "it reads on");
            into.fill(7);
            Ok(into.len())
        }
    }

    let told = read(header(u32::MAX).as_slice().chain(Endless(0)));

    assert_eq!(told, Err(WavError::Long));
}

#[test]
fn what_is_written_is_read_again() {
    let pcm: Vec<i16> = (0..16_000).map(|n: i32| ((n % 200) * 50) as i16).collect();
    let mut file = io::Cursor::new(Vec::new());
    let mut writer = Writer::new(&mut file).unwrap();
    writer.write(&pcm).unwrap();
    writer.finish().unwrap();

    let read = read(file.get_ref().as_slice()).unwrap();

    let same: Vec<i16> = read
        .iter()
        .take(16_000)
        .map(|s| (s * 32_768.0) as i16)
        .collect();
    assert_eq!(same, pcm);
}
