//! Whether anything of our own sound comes back into the microphone.

use std::collections::VecDeque;
use std::fmt;

use crate::frame::{FRAME_SAMPLES, Frame};
use crate::ports::EchoPath;

/// Both streams are compared at a quarter of their rate: 40 samples a frame. What is above tells no more and costs four times.
const DECIMATED: usize = 4;
const STEP: usize = FRAME_SAMPLES / DECIMATED;
/// An echo is looked for up to so many frames behind what was played: 500 ms, as far as the canceller itself reaches.
const REACH_FRAMES: usize = 50;
const LAGS: usize = REACH_FRAMES * STEP;
/// What was compared longer ago than about 400 ms says little, so much of it is left after 10 ms.
const FADE: f32 = 0.975;
/// Low tones are alike in all voices: they are taken back before two streams are compared.
const TILT: f32 = 0.9;

/// Quieter than this nothing is played that could be told from the noise of a room.
const SILENT_RMS: f32 = 0.001;
/// Our sound, loud enough that an echo of it which matters would be heard.
const LOUD_RMS: f32 = 0.02;
/// What the ear takes for nothing: below -60 decibels, or hardly above what is always there.
const QUIET_RMS: f32 = 0.001;
const ABOVE_FLOOR: f32 = 1.5;
/// The floor rises by 1 dB in a second and falls at once; in a room that is louder than -40 dB nothing is ever quiet.
const FLOOR_RISE: f32 = 1.001_15;
const FLOOR_FALL: f32 = 0.2;
const FLOOR_MAX: f32 = 0.01;

/// So alike are two streams that have nothing to do with each other, at most now and then.
const ALIKE_BY_CHANCE: f32 = 0.25;
/// Likeness at one and the same delay that goes on is an echo, and the greater it is the sooner.
const ALIKE: f32 = 0.35;
const MUCH_ALIKE: f32 = 0.55;
const MUCH: u32 = 5;
const ECHO_AFTER: u32 = 40;
/// Two delays are one when they lie within a millisecond.
const SAME_LAG: usize = 4;

/// So many loud frames of ours without an echo show that there is none; twice as many where there was one.
const ABSENT_AFTER: u32 = 60;
const GONE_AFTER: u32 = 200;

/// Compares what is played with what the microphone hears, 10 ms at a time, and finds out whether one is in the other.
///
/// *Absent* is shown by loud sound of ours behind which, for as long as an echo may take, the microphone heard nothing, or
/// something that is not alike: a head-set, a line without a loudspeaker at its other end, somebody who speaks over us there. A closed
/// microphone (zeros) looks the same and counts as the same: nothing can interrupt through it. *Present* is shown by likeness at one
/// delay; about a fifth of a second of echo is enough, also after *absent*: a microphone that was opened, head-phones that were
/// taken off.
pub(super) struct Watch {
    path: EchoPath,
    render: Decimator,
    capture: Decimator,
    /// What was played, oldest first: `LAGS - 1` samples and those of the frame. Empty until something is.
    played: Vec<f32>,
    /// Power of what was played up to the end of each frame, faded; oldest first.
    powers: VecDeque<f32>,
    power: f32,
    heard_power: f32,
    /// How alike the two are, from the longest delay to none. Empty until something is played.
    likeness: Vec<f32>,
    is_clear: bool,
    /// Frames for which an echo of the last sound can still be heard.
    tail: usize,
    floor: f32,
    /// Loud frames of ours whose echo may still come.
    awaited: VecDeque<bool>,
    without: u32,
    /// The delay at which they are alike, and for how long.
    lag: usize,
    run: u32,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            path: EchoPath::Unknown,
            render: Decimator::default(),
            capture: Decimator::default(),
            played: Vec::new(),
            powers: std::iter::repeat_n(0.0, REACH_FRAMES).collect(),
            power: 0.0,
            heard_power: 0.0,
            likeness: Vec::new(),
            is_clear: true,
            tail: 0,
            floor: QUIET_RMS,
            awaited: std::iter::repeat_n(false, REACH_FRAMES).collect(),
            without: 0,
            lag: 0,
            run: 0,
        }
    }
}

impl Watch {
    /// What is played, and what the microphone hears at the same time. Both hold finite numbers.
    pub(super) fn push(&mut self, render: &Frame, capture: &Frame) -> EchoPath {
        let loudness = render.rms();
        self.tail = if loudness > SILENT_RMS {
            REACH_FRAMES
        } else {
            self.tail.saturating_sub(1)
        };
        let (played, heard) = (self.render.push(render), self.capture.push(capture));
        if loudness > 0.0 && self.played.is_empty() {
            self.played = vec![0.0; LAGS - 1 + STEP];
            self.likeness = vec![0.0; LAGS];
        }
        if !self.played.is_empty() {
            self.play(&played);
        }
        let level = capture.rms();
        if self.tail == 0 {
            self.rest(level);
        } else {
            let (alike, lag) = self.compare(&heard);
            self.judge(level, alike, lag);
        }
        self.await_echo(loudness > LOUD_RMS);
        self.path
    }

    /// What it found.
    pub(super) fn path(&self) -> EchoPath {
        self.path
    }

    /// Whether an echo of our sound can be in the microphone at the moment.
    pub(super) fn is_tail(&self) -> bool {
        self.tail > 0
    }

    fn play(&mut self, played: &[f32; STEP]) {
        self.played.drain(..STEP);
        self.played.extend_from_slice(played);
        self.power = self.power * FADE + power(played);
        self.powers.pop_front();
        self.powers.push_back(self.power);
    }

    /// Nothing of ours can be heard: what is there is always there.
    fn rest(&mut self, level: f32) {
        if !self.is_clear {
            self.likeness.fill(0.0);
            (self.heard_power, self.run, self.is_clear) = (0.0, 0, true);
        }
        if level < self.floor {
            self.floor += (level - self.floor) * FLOOR_FALL;
        } else {
            self.floor = (self.floor.max(1e-6) * FLOOR_RISE).min(level);
        }
    }

    /// How alike the two are, 0 to 1, and the delay at which they are most.
    fn compare(&mut self, heard: &[f32; STEP]) -> (f32, usize) {
        self.is_clear = false;
        self.heard_power = self.heard_power * FADE + power(heard);
        for sum in &mut self.likeness {
            *sum *= FADE;
        }
        for (sample, behind) in heard.iter().zip(self.played.windows(LAGS)) {
            for (sum, played) in self.likeness.iter_mut().zip(behind) {
                *sum += sample * played;
            }
        }
        let mut best = (0.0, 0);
        let frames = self.likeness.chunks_exact(STEP).zip(&self.powers);
        for (n, (sums, power)) in frames.enumerate() {
            let both = power * self.heard_power;
            if *power < 1e-4 || both <= 0.0 {
                continue;
            }
            for (m, sum) in sums.iter().enumerate() {
                let square = sum * sum / both;
                if square > best.0 {
                    best = (square, n * STEP + m);
                }
            }
        }
        (best.0.sqrt().min(1.0), best.1)
    }

    fn judge(&mut self, level: f32, alike: f32, lag: usize) {
        let quiet = QUIET_RMS.max(ABOVE_FLOOR * self.floor.min(FLOOR_MAX));
        if level <= quiet {
            return;
        }
        if self.path == EchoPath::Present || alike >= ALIKE_BY_CHANCE {
            self.awaited.iter_mut().for_each(|loud| *loud = false);
        }
        let is_same = lag.abs_diff(self.lag) <= SAME_LAG;
        self.run = match (is_same, alike) {
            (true, alike) if alike >= MUCH_ALIKE => self.run + MUCH,
            (true, alike) if alike >= ALIKE => self.run + 1,
            _ => 0,
        };
        self.lag = lag;
        if self.run >= ECHO_AFTER {
            self.path = EchoPath::Present;
            (self.run, self.without) = (0, 0);
        }
    }

    fn await_echo(&mut self, is_loud: bool) {
        let oldest = self.awaited.pop_front().unwrap_or(false);
        self.awaited.push_back(is_loud);
        self.without = self.without.saturating_add(u32::from(oldest));
        let needed = match self.path {
            EchoPath::Present => GONE_AFTER,
            EchoPath::Unknown | EchoPath::Absent => ABSENT_AFTER,
        };
        if self.without >= needed {
            self.path = EchoPath::Absent;
            self.without = 0;
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watch({:?}, {} loud frames)", self.path, self.without)
    }
}

/// A quarter of the rate, without the lowest tones.
#[derive(Debug, Default)]
struct Decimator {
    before: f32,
}

impl Decimator {
    fn push(&mut self, frame: &Frame) -> [f32; STEP] {
        let mut out = [0.0; STEP];
        for (slot, samples) in out.iter_mut().zip(frame.pcm.chunks_exact(DECIMATED)) {
            for sample in samples {
                *slot += sample - TILT * self.before;
                self.before = *sample;
            }
        }
        out
    }
}

fn power(samples: &[f32; STEP]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{SampleIdx, samples};

    /// Somebody who speaks: syllables of noise with pauses between them.
    fn speech(frames: usize, seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            u16::try_from(state >> 48).map_or(0.0, f32::from) / 32_768.0 - 1.0
        };
        let mut pcm = Vec::with_capacity(frames * FRAME_SAMPLES);
        let (mut loudness, mut low) = (0.0, 0.0);
        for frame in 0..frames {
            if frame % 12 == 0 {
                loudness = (next() * 0.3).max(0.0);
            }
            pcm.extend((0..FRAME_SAMPLES).map(|_| {
                low = 0.6 * low + 0.4 * next();
                low * loudness
            }));
        }
        pcm
    }

    /// The same later and quieter.
    fn behind(pcm: &[f32], ms: u64, db: f32) -> Vec<f32> {
        let delay = usize::try_from(samples(ms)).unwrap();
        let gain = 10_f32.powf(db / 20.0);
        let late = std::iter::repeat_n(0.0, delay).chain(pcm.iter().map(|s| s * gain));
        late.take(pcm.len()).collect()
    }

    fn frame(pcm: &[f32]) -> Frame {
        let mut frame = Frame::silence(SampleIdx::ZERO);
        frame.pcm.copy_from_slice(pcm);
        frame
    }

    /// Frame by frame what it believes.
    fn watched(watch: &mut Watch, played: &[f32], heard: &[f32]) -> Vec<EchoPath> {
        let frames = played
            .chunks_exact(FRAME_SAMPLES)
            .zip(heard.chunks_exact(FRAME_SAMPLES));
        frames
            .map(|(played, heard)| watch.push(&frame(played), &frame(heard)))
            .collect()
    }

    fn first(path: EchoPath, told: &[EchoPath]) -> Option<usize> {
        told.iter().position(|is| *is == path)
    }

    #[test]
    fn nothing_that_comes_back_in_as_much_sound_as_it_needs_is_no_echo() {
        let played = speech(1_000, 1);
        let loud = played
            .chunks_exact(FRAME_SAMPLES)
            .map(|pcm| frame(pcm).rms() > LOUD_RMS);
        let mut count = 0;
        let enough = loud
            .take_while(|loud| {
                count += u32::from(*loud);
                count < ABSENT_AFTER
            })
            .count();

        let told = watched(&mut Watch::default(), &played, &vec![0.0; played.len()]);

        // The last of it may still come back for half a second.
        assert_eq!(
            first(EchoPath::Absent, &told),
            Some(enough + REACH_FRAMES),
            "{enough}"
        );
        assert_eq!(first(EchoPath::Present, &told), None);
    }

    #[test]
    fn who_plays_nothing_learns_nothing() {
        let heard = speech(3_000, 1);

        let told = watched(&mut Watch::default(), &vec![0.0; heard.len()], &heard);

        assert!(told.iter().all(|path| *path == EchoPath::Unknown));
    }

    #[test]
    fn an_echo_is_found_soon_after_it_arrives_wherever_it_lies() {
        for ms in [0, 20, 110, 250, 400] {
            for db in [-30.0, -10.0, 6.0] {
                let played = speech(600, ms + 1);
                let heard = behind(&played, ms, db);

                let told = watched(&mut Watch::default(), &played, &heard);

                let found = first(EchoPath::Present, &told).unwrap();
                let audible = heard.chunks_exact(FRAME_SAMPLES).take(found + 1);
                let audible = audible.filter(|pcm| frame(pcm).rms() > QUIET_RMS);
                // 200 ms of it.
                assert!(audible.count() <= 20, "{ms} ms, {db} dB: {found}");
                assert_eq!(first(EchoPath::Absent, &told), None, "{ms} ms, {db} dB");
            }
        }
    }

    #[test]
    fn somebody_who_speaks_all_along_is_no_echo() {
        for seed in 0..20 {
            let (played, heard) = (speech(3_000, 2 * seed + 1), speech(3_000, 2 * seed + 2));

            let told = watched(&mut Watch::default(), &played, &heard);

            assert_eq!(first(EchoPath::Present, &told), None, "{seed}");
            assert!(first(EchoPath::Absent, &told).is_some(), "{seed}");
        }
    }

    #[test]
    fn the_noise_of_a_room_that_is_always_there_is_no_echo() {
        let noise: Vec<f32> = speech(2_000, 9)
            .iter()
            .zip(speech(2_000, 11))
            .map(|(a, b)| 0.004 * (a.signum() + b.signum()))
            .collect();
        let mut played = speech(2_000, 3);
        // Ten seconds to learn what is always there.
        played[..160_000].fill(0.0);

        let told = watched(&mut Watch::default(), &played, &noise);

        assert_eq!(first(EchoPath::Present, &told), None);
        assert!(first(EchoPath::Absent, &told).is_some());
    }

    #[test]
    fn a_microphone_that_is_opened_while_we_speak_hears_an_echo_of_which_nobody_knew() {
        let played = speech(1_000, 5);
        let mut heard = behind(&played, 80, -12.0);
        heard[..80_000].fill(0.0);

        let told = watched(&mut Watch::default(), &played, &heard);

        assert_eq!(told[499], EchoPath::Absent);
        let found = first(EchoPath::Present, &told).unwrap();
        assert!((500..530).contains(&found), "{found}");
    }

    #[test]
    fn an_echo_that_is_gone_for_two_seconds_of_our_sound_is_gone() {
        let played = speech(2_000, 6);
        let mut heard = behind(&played, 80, -12.0);
        heard[80_000..].fill(0.0);

        let told = watched(&mut Watch::default(), &played, &heard);

        assert_eq!(told[499], EchoPath::Present);
        let gone = first(EchoPath::Absent, &told).unwrap();
        assert!((700..1_400).contains(&gone), "{gone}");
    }
}
