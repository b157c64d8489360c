use std::collections::VecDeque;

use crate::frame::{SampleIdx, samples};

/// What is so much softer than the loudest of a turn is not who speaks, but what sounds behind them: in decibels.
const FAR_DB: f32 = 10.0;
/// A level counts as loud once it lasted for so many pieces of 10 to 16 ms: a door is no voice.
const LASTING: usize = 5;

/// What is near in less than this share of a while is no voice that goes on: a dog that barks in between is as loud.
const SHARE: f32 = 0.3;
/// The same of the last of it, in milliseconds.
const NOW_MS: u64 = 300;
/// Of a voice at least this share is near, in so many milliseconds.
const DENSE: f32 = 0.4;
const DENSE_MS: u64 = 600;

/// A piece of sound that the detector did not take for silence.
#[derive(Debug, Clone, Copy)]
struct Piece {
    end: SampleIdx,
    samples: u64,
    level_db: f32,
}

/// How loud it was while a turn was open. A detector of voice takes a dog, or a television, for voice as well; they are farther
/// away than whoever speaks to us, or sound more seldom.
#[derive(Debug, Default)]
pub(super) struct Loudness {
    all: Vec<Piece>,
    lately: VecDeque<f32>,
    loudest_db: Option<f32>,
    /// Pieces since the last time that the whole was looked through.
    fresh: usize,
}

impl Loudness {
    /// So many samples up to a place that may be voice, and their level.
    pub(super) fn push(&mut self, end: SampleIdx, samples: u64, level_db: f32) {
        self.all.push(Piece {
            end,
            samples,
            level_db,
        });
        if self.lately.len() == LASTING {
            self.lately.pop_front();
        }
        self.lately.push_back(level_db);
        self.fresh += 1;
        if self.lately.len() == LASTING {
            let lasting = self.lately.iter().copied().fold(f32::MAX, f32::min);
            let loudest = self.loudest_db.unwrap_or(lasting);
            self.loudest_db = Some(loudest.max(lasting));
        }
    }

    /// Somebody else sounds as well: nothing can be told of what was so far.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }

    /// As loud as this is near. `None`: nothing was heard for long enough.
    pub(super) fn near_db(&self) -> Option<f32> {
        self.loudest_db.map(|loudest| loudest - FAR_DB)
    }

    /// From where to where somebody near spoke, if there were so many milliseconds of what is none of theirs behind it.
    pub(super) fn faded(&mut self, ms: u64) -> Option<(SampleIdx, SampleIdx)> {
        if self.fresh < LASTING {
            return None;
        }
        self.fresh = 0;
        let near_db = self.near_db()?;
        let is_near = |piece: &&Piece| piece.level_db >= near_db;
        let share = |pieces: &[Piece]| {
            let near: u64 = pieces.iter().filter(is_near).map(|p| p.samples).sum();
            portion(near, pieces.iter().map(|p| p.samples).sum())
        };
        let since = |ms: u64| self.all.get(self.before(samples(ms))?..);
        // And who just begins is not cut off.
        if share(since(ms)?) >= SHARE || share(since(NOW_MS)?) >= SHARE {
            return None;
        }
        // Near, and much else that is near right behind it, or before it: no bang.
        let mut spoken = self.all.iter().enumerate().filter(|(n, piece)| {
            let (before, behind) = self.all.split_at(*n);
            let close = |other: &&Piece| {
                other
                    .end
                    .ms_since(piece.end)
                    .max(piece.end.ms_since(other.end))
                    <= DENSE_MS
            };
            let count = before.iter().rev().take_while(close).count();
            let before = before.get(before.len() - count..).unwrap_or_default();
            let count = behind.iter().take_while(close).count();
            let behind = behind.get(..count).unwrap_or_default();
            is_near(piece) && share(before).max(share(behind)) >= DENSE
        });
        let from = spoken.next()?.1.end;
        let to = spoken.next_back()?.1.end;
        Some((from, to))
    }

    /// How many pieces lie before the last so many samples.
    fn before(&self, samples: u64) -> Option<usize> {
        let mut left = samples;
        let mut pieces = self.all.iter().enumerate().rev();
        pieces.find_map(|(n, piece)| {
            left = left.saturating_sub(piece.samples);
            (left == 0).then_some(n)
        })
    }
}

fn portion(part: u64, of: u64) -> f32 {
    let number = |n: u64| f32::from(u16::try_from(n / 16).unwrap_or(u16::MAX));
    number(part) / number(of).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(levels: &[(usize, f32)]) -> Loudness {
        let mut loudness = Loudness::default();
        let frames = levels.iter().flat_map(|(n, db)| vec![*db; *n]);
        for (db, n) in frames.zip(1..) {
            loudness.push(SampleIdx::from_ms(n * 10), 160, db);
        }
        loudness
    }

    #[test]
    fn who_is_louder_than_what_sounds_all_along_is_found_in_it() {
        let mut loudness = heard(&[(300, -35.0), (100, -22.0), (150, -35.0)]);

        let (from, to) = loudness.faded(1_500).unwrap();
        assert_eq!((from.ms(), to.ms()), (3_010, 4_000));
        assert_eq!(heard(&[(300, -35.0), (100, -22.0)]).faded(1_500), None);
    }

    #[test]
    fn a_dog_that_barks_now_and_then_as_loud_as_the_voice_does_not_hold_it_up() {
        let bark = [(20, -22.0), (80, -50.0)];
        let mut loudness = heard(&[&[(100, -22.0), (60, -50.0)][..], &bark, &bark].concat());

        let (_, to) = loudness.faded(1_500).unwrap();
        assert!((990..=1_010).contains(&to.ms()), "{to}");
    }

    #[test]
    fn a_bang_is_not_the_measure_of_a_voice() {
        let mut loudness = heard(&[(50, -30.0), (3, -6.0), (200, -30.0)]);

        assert_eq!(loudness.faded(1_500), None);
    }

    #[test]
    fn who_speaks_as_loud_all_along_is_not_far() {
        let words = [(30, -22.0), (15, -40.0)].repeat(12);

        assert_eq!(heard(&words).faded(1_500), None);
    }
}
