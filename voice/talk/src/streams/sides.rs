//! Two devices as one stream: what was heard in frames, and beside each of them what was played at the same time.

use std::collections::VecDeque;
use std::time::Duration;

use errand_voice_core::{
    Correction, Drift, FRAME_SAMPLES, Frame, Framer, RATE_HZ, Resampler, from_s16, to_s16,
};

/// What was played and not yet been matched with what was heard, in samples: 2 s.
const RENDER_MAX: usize = 32_000;
/// What was played lies before its echo, or no canceller finds it: where for a second more than this waited all the time, 30 ms, what
/// is too much is thrown away and 10 ms are kept for blocks that come late.
const RENDER_WAITING: usize = 480;
const LOOKED_AT: u32 = 100;

/// Both sides of a stream.
#[derive(Debug, Default)]
pub(super) struct Sides {
    /// The two crystals are followed, once a device tells its count: the filter for it is large, and most streams have no device.
    follows: bool,
    is_counted: bool,
    capture: Option<(u32, Resampler)>,
    framer: Framer,
    render: Option<(u32, Resampler)>,
    rendered: VecDeque<i16>,
    /// Least of it that waited lately, behind so many frames.
    least: usize,
    frames: u32,
    drift: Drift,
}

impl Sides {
    /// Nothing was heard. `follows`: the devices tell their counts, and a canceller needs both sides in step.
    pub(super) fn new(follows: bool) -> Self {
        Self {
            follows,
            least: usize::MAX,
            ..Self::default()
        }
    }

    /// More of the microphone; the frames that are complete, each with what was played.
    pub(super) fn hear(&mut self, pcm: &[i16], hz: u32) -> Vec<(Frame, Frame)> {
        if self.capture.as_ref().is_none_or(|(own, _)| *own != hz) {
            let made = if self.follows && self.is_counted {
                Resampler::following(hz, RATE_HZ)
            } else {
                Resampler::new(hz, RATE_HZ)
            };
            // A rate that nobody can use is refused where it is set.
            let Ok(mut resampler) = made else {
                return Vec::new();
            };
            resampler.set_drift(self.drift.ppm());
            self.capture = Some((hz, resampler));
        }
        let Some((_, resampler)) = &mut self.capture else {
            return Vec::new();
        };
        let heard = self.framer.push(&resampler.push(&floats(pcm)));
        heard
            .into_iter()
            .map(|frame| {
                let played = self.played_beside(&frame);
                (frame, played)
            })
            .collect()
    }

    fn played_beside(&mut self, heard: &Frame) -> Frame {
        let mut played = Frame::silence(heard.first);
        if self.rendered.len() >= FRAME_SAMPLES {
            let part = self.rendered.drain(..FRAME_SAMPLES);
            for (sample, part) in played.pcm.iter_mut().zip(part) {
                *sample = from_s16(part);
            }
        }
        self.least = self.least.min(self.rendered.len());
        self.frames += 1;
        if self.frames >= LOOKED_AT {
            if self.least > RENDER_WAITING {
                self.rendered.drain(..self.least - FRAME_SAMPLES);
            }
            (self.least, self.frames) = (usize::MAX, 0);
        }
        played
    }

    /// More of what was played.
    pub(super) fn render(&mut self, pcm: &[i16], hz: u32) {
        if self.render.as_ref().is_none_or(|(own, _)| *own != hz) {
            let Ok(resampler) = Resampler::new(hz, RATE_HZ) else {
                return;
            };
            self.render = Some((hz, resampler));
        }
        let Some((_, resampler)) = &mut self.render else {
            return;
        };
        let heard = resampler.push(&floats(pcm));
        self.rendered.extend(heard.into_iter().map(to_s16));
        let surplus = self.rendered.len().saturating_sub(RENDER_MAX);
        self.rendered.drain(..surplus);
    }

    /// The microphone's crystal gave so many samples. A hole that the machine has to be told, in samples.
    pub(super) fn captured(&mut self, samples: u64, hz: u32, at: Duration) -> Option<u64> {
        if !self.is_counted {
            (self.is_counted, self.capture) = (true, None);
        }
        match self.drift.captured(samples, hz, at)? {
            Correction::Follow(ppm) => {
                metrics::gauge!(crate::metrics::DRIFT).set(ppm);
                if let Some((_, resampler)) = &mut self.capture {
                    resampler.set_drift(ppm);
                }
                None
            }
            Correction::Missing(samples) => Some(samples),
            // The canceller finds an echo that lies elsewhere by itself, and to begin it anew would tear what is being heard.
            Correction::Leapt => None,
        }
    }

    /// The loudspeaker's crystal took so many samples.
    pub(super) fn played(&mut self, samples: u64, hz: u32, at: Duration) {
        self.drift.played(samples, hz, at);
    }

    /// So many samples are missing before what is heard next.
    pub(super) fn gap(&mut self, samples: u64) {
        self.framer.skip(samples);
        self.rendered.clear();
    }

    /// One of the devices is another one, or was opened anew.
    pub(super) fn begin_anew(&mut self) {
        self.rendered.clear();
        self.drift.gap();
    }

    /// The microphone's rate is another one from now on.
    pub(super) fn set_capture(&mut self) {
        self.capture = None;
    }
}

fn floats(pcm: &[i16]) -> Vec<f32> {
    pcm.iter().copied().map(from_s16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of one value, as the devices give it.
    fn tens(value: i16) -> Vec<i16> {
        vec![value; FRAME_SAMPLES]
    }

    fn beside(sides: &mut Sides, value: i16) -> i16 {
        let pairs = sides.hear(&tens(value), RATE_HZ);
        to_s16(pairs[0].1.pcm[0])
    }

    #[test]
    fn what_was_played_stands_beside_what_was_heard_then() {
        let mut sides = Sides::new(false);
        for n in 1..5 {
            sides.render(&tens(n), RATE_HZ);
            assert_eq!(beside(&mut sides, 0), n);
        }
        assert_eq!(beside(&mut sides, 0), 0, "nothing was played");
    }

    #[test]
    fn a_microphone_that_is_opened_later_than_the_loudspeaker_hears_no_echo_before_its_sound() {
        let mut sides = Sides::new(false);
        // 500 ms before anything is heard.
        for n in 0..50 {
            sides.render(&tens(n), RATE_HZ);
        }
        for n in 50..150 {
            sides.render(&tens(n), RATE_HZ);
            beside(&mut sides, 0);
        }

        for n in 150..300 {
            sides.render(&tens(n), RATE_HZ);
            assert_eq!(beside(&mut sides, 0), n - 1);
        }
    }

    #[test]
    fn blocks_that_come_by_turns_lose_nothing() {
        let mut sides = Sides::new(false);
        let mut told = Vec::new();
        for n in 0..200_i16 {
            // The loudspeaker takes 20 ms at once.
            if n % 2 == 0 {
                sides.render(&tens(n), RATE_HZ);
                sides.render(&tens(n + 1), RATE_HZ);
            }
            told.push(beside(&mut sides, 0));
        }

        assert_eq!(told, (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn a_hole_that_nobody_told_is_found_by_the_counts() {
        let mut sides = Sides::new(true);
        let mut told = Vec::new();
        for n in 1..1_000_u64 {
            let at = Duration::from_millis(n * 20);
            sides.played(960, 48_000, at);
            // 100 ms of it are lost after ten seconds.
            if !(500..505).contains(&n) {
                told.extend(sides.captured(960, 48_000, at));
            }
        }

        assert_eq!(told, [1_600]);
    }
}
