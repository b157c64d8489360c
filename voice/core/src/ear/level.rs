use crate::frame::Frame;

/// Quieter than this nothing counts as speech, in decibels below full scale.
const SILENCE_DB: f32 = -60.0;
/// How far above the floor speech must begin.
const MARGIN_DB: f32 = 6.0;
/// The floor falls at once and rises slowly: so many decibels in 10 ms while it is quiet, a tenth of it while somebody speaks.
const RISE_DB: f32 = 0.03;
/// A detector of voice goes on for some 180 ms behind the last of it; so many frames near the floor are silence before.
const HUSH_FRAMES: u8 = 4;
/// Share of the way that the floor falls in 10 ms.
const FALL: f32 = 0.2;

/// The level of what is always there: an estimate that follows the quiet moments.
#[derive(Debug)]
pub(crate) struct Floor {
    base_db: f32,
    level_db: f32,
    /// Frames near the floor, one after the other.
    hushed: u8,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            base_db: SILENCE_DB,
            level_db: -120.0,
            hushed: 0,
        }
    }
}

impl Floor {
    pub(crate) fn push(&mut self, frame: &Frame, is_speaking: bool) {
        // The detector of voice looks at windows of 48 ms, so the level does too: it falls over some frames.
        let now = 20.0 * frame.rms().max(1e-6).log10();
        self.level_db = now.max(self.level_db - 3.0);
        let above = now - self.base_db;
        self.hushed = if above > MARGIN_DB && now > SILENCE_DB {
            0
        } else {
            self.hushed.saturating_add(1)
        };
        if above < 0.0 {
            self.base_db += above * FALL;
        } else {
            let rise = if is_speaking { RISE_DB / 10.0 } else { RISE_DB };
            self.base_db += above.min(rise);
        }
    }

    /// How loud it is, in decibels below full scale.
    pub(crate) fn level_db(&self) -> f32 {
        self.level_db
    }

    /// Whether it is loud enough for somebody to begin to speak.
    pub(crate) fn is_above(&self) -> bool {
        self.level_db > SILENCE_DB && self.level_db > self.base_db + MARGIN_DB
    }

    /// Whether there is no more than the floor since a moment, whatever a detector of voice still believes.
    pub(crate) fn is_hushed(&self) -> bool {
        self.hushed >= HUSH_FRAMES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::SampleIdx;

    fn noise(rms: f32) -> Frame {
        let mut frame = Frame::silence(SampleIdx::ZERO);
        for (sample, sign) in frame.pcm.iter_mut().zip([1.0, -1.0].into_iter().cycle()) {
            *sample = rms * sign;
        }
        frame
    }

    #[test]
    fn a_hum_that_stays_becomes_the_floor_and_speech_stands_above_it() {
        let mut floor = Floor::default();
        floor.push(&noise(0.02), false);
        assert!(floor.is_above());

        for _ in 0..1_500 {
            floor.push(&noise(0.02), false);
        }
        assert!(!floor.is_above(), "{floor:?}");

        floor.push(&noise(0.1), false);
        assert!(floor.is_above());
    }

    #[test]
    fn what_falls_to_the_floor_is_hushed_at_once_and_a_short_gap_is_not() {
        let mut floor = Floor::default();
        floor.push(&noise(0.05), true);
        for _ in 0..3 {
            floor.push(&noise(0.000_5), true);
        }
        assert!(!floor.is_hushed());

        floor.push(&noise(0.000_5), true);
        assert!(floor.is_hushed() && floor.is_above(), "{floor:?}");
        floor.push(&noise(0.05), true);
        assert!(!floor.is_hushed());
    }

    #[test]
    fn silence_is_never_above() {
        let mut floor = Floor::default();
        for _ in 0..100 {
            floor.push(&noise(0.000_5), false);
        }

        assert!(!floor.is_above());
    }

    #[test]
    fn long_speech_does_not_raise_the_floor_above_itself() {
        let mut floor = Floor::default();
        for _ in 0..1_000 {
            floor.push(&noise(0.05), true);
        }

        assert!(floor.is_above());
    }
}
