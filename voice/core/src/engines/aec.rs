use std::collections::VecDeque;
use std::fmt;

use aec3::api::config::EchoCanceller3Config;
use aec3::audio_processing::aec3::block::Block;
use aec3::audio_processing::aec3::block_processor::BlockProcessor;

use crate::frame::{FRAME_SAMPLES, Frame, RATE_HZ};
use crate::ports::{EchoCanceller, EchoState};

/// Samples of the blocks that the canceller works on: 4 ms.
const BLOCK: usize = 64;
/// The canceller reckons in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;
/// Louder than this the microphone clips, and what is clipped is no linear echo.
const CLIPPING: f32 = 32_700.0 / SCALE;
/// Quieter than this nothing is played that could be told from the noise of the room.
const SILENT_RMS: f32 = 0.001;
/// An echo that is quieter than this at the microphone is none that matters.
const AUDIBLE_RMS: f32 = 0.002;
/// Frames of one measurement: half a second.
const MEASURED_FRAMES: u32 = 50;
/// Measurements that are looked at: five seconds of our sound. The best of them counts, because a person who speaks over us
/// makes every canceller look bad for a moment.
const MEASUREMENTS: usize = 10;
/// Loud sound of ours without any echo for so many measurements needs no canceller (headphones), and counts as this much.
const NO_ECHO_AFTER: u32 = 4;
const NO_ECHO_DB: f32 = 40.0;
/// An echo is heard up to so many frames after what was played: delay and reverberation.
const TAIL_FRAMES: u32 = 50;

/// Echo cancellation by the crate `aec3`, a port of the third canceller of WebRTC.
///
/// Frames of 10 ms are cut into its blocks of 4 ms, so the output lies 4 ms behind.
pub struct Aec3 {
    processor: BlockProcessor,
    block: Block,
    render: Vec<f32>,
    capture: Vec<f32>,
    output: VecDeque<f32>,
    meter: Meter,
}

/// How much quieter our echo is behind the canceller.
#[derive(Debug, Default)]
struct Meter {
    /// Powers since the measurement began, and of how many frames.
    before: f32,
    behind: f32,
    frames: u32,
    /// Frames for which an echo of the last sound can still be heard.
    tail: u32,
    without_echo: u32,
    measured_db: VecDeque<f32>,
}

impl Default for Aec3 {
    fn default() -> Self {
        Self {
            processor: processor(),
            block: Block::new(1, 1),
            render: Vec::with_capacity(BLOCK + FRAME_SAMPLES),
            capture: Vec::with_capacity(BLOCK + FRAME_SAMPLES),
            // The blocks do not divide the frames: one block of silence in front keeps every frame full.
            output: std::iter::repeat_n(0.0, BLOCK).collect(),
            meter: Meter::default(),
        }
    }
}

#[expect(clippy::cast_possible_wrap, reason = "16,000")]
fn processor() -> BlockProcessor {
    BlockProcessor::new(EchoCanceller3Config::default(), RATE_HZ as i32, 1, 1)
}

impl EchoCanceller for Aec3 {
    fn name(&self) -> &'static str {
        "aec3"
    }

    fn render(&mut self, frame: &Frame) {
        self.meter.played(frame);
        push(&mut self.render, frame);
        while fill(&mut self.block, &mut self.render) {
            self.processor.buffer_render(&self.block);
        }
    }

    fn capture(&mut self, frame: &Frame, out: &mut Frame) {
        let is_clipping = frame.pcm.iter().any(|sample| sample.abs() >= CLIPPING);
        push(&mut self.capture, frame);
        while fill(&mut self.block, &mut self.capture) {
            self.processor
                .process_capture(false, is_clipping, None, &mut self.block);
            self.output.extend(self.block.view(0, 0).iter().copied());
        }
        out.first = frame.first;
        for slot in &mut out.pcm {
            let sample = self.output.pop_front().unwrap_or(0.0) / SCALE;
            *slot = if sample.is_finite() {
                sample.clamp(-1.0, 1.0)
            } else {
                0.0
            };
        }
        self.meter.heard(frame, out);
    }

    fn state(&self) -> EchoState {
        let metrics = self.processor.get_metrics();
        let best_db = self.meter.measured_db.iter().copied().reduce(f32::max);
        EchoState {
            delay_ms: best_db.and_then(|_| u32::try_from(metrics.delay_ms).ok()),
            erle_db: best_db.filter(|_| self.meter.tail > 0),
        }
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Meter {
    fn played(&mut self, frame: &Frame) {
        if frame.rms() > SILENT_RMS {
            self.tail = TAIL_FRAMES;
        } else {
            self.tail = self.tail.saturating_sub(1);
        }
    }

    fn heard(&mut self, frame: &Frame, out: &Frame) {
        if self.tail == 0 {
            return;
        }
        self.before += frame.rms().powi(2);
        self.behind += out.rms().powi(2);
        self.frames += 1;
        if self.frames < MEASURED_FRAMES {
            return;
        }
        let is_audible = self.before > AUDIBLE_RMS.powi(2) * 50.0;
        if is_audible {
            self.without_echo = 0;
            self.note(10.0 * (self.before / self.behind.max(1e-12)).log10());
        } else {
            self.without_echo = self.without_echo.saturating_add(1);
            if self.without_echo >= NO_ECHO_AFTER {
                self.note(NO_ECHO_DB);
            }
        }
        (self.before, self.behind, self.frames) = (0.0, 0.0, 0);
    }

    fn note(&mut self, db: f32) {
        if self.measured_db.len() == MEASUREMENTS {
            self.measured_db.pop_front();
        }
        self.measured_db.push_back(db);
    }
}

fn push(buffer: &mut Vec<f32>, frame: &Frame) {
    let samples = frame.pcm.iter().map(|sample| {
        let sample = if sample.is_finite() { *sample } else { 0.0 };
        sample.clamp(-1.0, 1.0) * SCALE
    });
    buffer.extend(samples);
}

/// Takes the next block out of a buffer, if it holds one.
fn fill(block: &mut Block, buffer: &mut Vec<f32>) -> bool {
    let Some(samples) = buffer.first_chunk::<BLOCK>() else {
        return false;
    };
    *block.view_mut(0, 0) = *samples;
    buffer.drain(..BLOCK);
    true
}

impl fmt::Debug for Aec3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aec3({:?})", self.state())
    }
}
