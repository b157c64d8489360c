use serde_json::Value;

use crate::event::Event;

/// The form of sound: samples of a second, bytes of a sample, voices side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Samples of a second, 8,000 to 48,000.
    pub rate_hz: u32,
    /// Bytes of a sample: 2.
    width: u8,
    /// Voices side by side: 1 or 2.
    channels: u8,
}

/// Why sound cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It does not say its form.
    #[error("the sound does not say its rate, width and channels")]
    Absent,
    /// Another form than ours.
    #[error("the sound has another form than 16 bits, one or two channels, 8,000 to 48,000 Hz")]
    Foreign,
}

impl Form {
    /// Mono with 16 bits.
    pub const fn mono(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            width: 2,
            channels: 1,
        }
    }

    /// The form that an `audio-start` or `audio-chunk` says.
    pub fn of(event: &Event) -> Result<Self, FormError> {
        let number = |key| event.number(key).ok_or(FormError::Absent);
        let (rate, width, channels) = (number("rate")?, number("width")?, number("channels")?);
        let rate_hz = u32::try_from(rate)
            .ok()
            .filter(|rate| (8_000..=48_000).contains(rate));
        match (rate_hz, width, channels) {
            (Some(rate_hz), 2, 1 | 2) => Ok(Self {
                rate_hz,
                width: 2,
                channels: if channels == 2 { 2 } else { 1 },
            }),
            _ => Err(FormError::Foreign),
        }
    }

    /// An event about sound of this form.
    pub fn on(self, kind: &str) -> Event {
        Event::new(kind)
            .with("rate", self.rate_hz)
            .with("width", self.width)
            .with("channels", self.channels)
    }

    /// An `audio-chunk` of this form, which must be mono; `at_ms` is where it begins.
    pub fn chunk(self, pcm: &[i16], at_ms: Option<u64>) -> Event {
        let bytes = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        self.on("audio-chunk")
            .with_some("timestamp", at_ms.map(Value::from))
            .carrying(bytes)
    }

    /// The sound of a chunk of this form, as one voice. An odd byte at the end is left out.
    pub fn read(self, chunk: &Event) -> Vec<i16> {
        let all = samples(chunk.payload());
        if self.channels == 1 {
            return all;
        }
        let (pairs, _) = all.as_chunks::<2>();
        pairs
            .iter()
            .map(|[left, right]| left.midpoint(*right))
            .collect()
    }
}

/// Bytes as samples of 16 bits; an odd byte at the end is left out.
pub fn samples(bytes: &[u8]) -> Vec<i16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_survives_the_wire() {
        let form = Form::mono(22_050);
        let chunk = form.chunk(&[1, -2, i16::MIN, i16::MAX], Some(46));

        assert_eq!(Form::of(&chunk), Ok(form));
        assert_eq!(form.read(&chunk), [1, -2, i16::MIN, i16::MAX]);
        assert_eq!(chunk.number("timestamp"), Some(46));
    }

    #[test]
    fn two_voices_side_by_side_become_one() {
        let start = Event::new("audio-start")
            .with("rate", 48_000)
            .with("width", 2)
            .with("channels", 2);
        let form = Form::of(&start).unwrap();
        let chunk =
            Event::new("audio-chunk").carrying(vec![10, 0, 20, 0, 0xff, 0x7f, 0xff, 0x7f, 9]);

        assert_eq!(form.read(&chunk), [15, i16::MAX]);
    }

    #[test]
    fn sound_of_another_form_is_refused() {
        for (rate, width, channels) in [(16_000, 4, 1), (16_000, 2, 3), (96_000, 2, 1), (0, 2, 1)] {
            let event = Event::new("audio-start")
                .with("rate", rate)
                .with("width", width)
                .with("channels", channels);
            assert_eq!(Form::of(&event), Err(FormError::Foreign));
        }
        assert_eq!(Form::of(&Event::new("audio-start")), Err(FormError::Absent));
        assert_eq!(
            Form::of(&Event::new("audio-start").with("rate", 1.5)),
            Err(FormError::Absent)
        );
    }
}
