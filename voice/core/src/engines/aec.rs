mod watch;

use std::collections::VecDeque;
use std::fmt;

use aec3::api::config::EchoCanceller3Config;
use aec3::audio_processing::aec3::block::Block;
use aec3::audio_processing::aec3::block_processor::BlockProcessor;

use crate::frame::{FRAME_SAMPLES, Frame, RATE_HZ, SampleIdx};
use crate::ports::{EchoCanceller, EchoPath, EchoState};
use watch::Watch;

/// Samples of the blocks that the canceller works on: 4 ms.
const BLOCK: usize = 64;
/// The canceller reckons in the range of 16-bit samples.
const SCALE: f32 = 32_768.0;
/// Louder than this the microphone clips, and what is clipped is no linear echo.
const CLIPPING: f32 = 32_700.0 / SCALE;
/// An echo that is quieter than this at the microphone is none that matters.
const AUDIBLE_RMS: f32 = 0.002;
/// Frames of one measurement: half a second.
const MEASURED_FRAMES: u32 = 50;
/// Measurements that are looked at: five seconds of our sound. The best of them counts, because a person who speaks over us
/// makes every canceller look bad for a moment.
const MEASUREMENTS: usize = 10;

/// Echo cancellation by the crate `aec3`, a port of the third canceller of WebRTC.
///
/// Frames of 10 ms are cut into its blocks of 4 ms, and it keeps one of them, so the output lies 8 ms behind.
///
/// Before it has found an echo it takes whatever is heard while we speak for one and makes it silent, a person too. So where
/// nothing of our sound comes back ([`EchoPath::Absent`]) it only watches, and what was heard goes past it. As long as nothing was
/// played at all there is none: it is by far the largest part of a stream, and many a stream only listens.
pub struct Aec3 {
    canceller: Option<Box<Canceller>>,
    /// What was heard, as late as the output.
    heard: VecDeque<f32>,
    /// Share of what goes past the canceller at the end of the last frame, 0 or 1.
    past: f32,
    played: Frame,
    /// The last frame with our echo only subtracted, while that is something else than the output.
    subtracted: Option<Frame>,
    watch: Watch,
    meter: Meter,
}

/// The canceller itself, with what waits before and behind it.
struct Canceller {
    processor: BlockProcessor,
    block: Block,
    render: Vec<f32>,
    capture: Vec<f32>,
    output: VecDeque<f32>,
    /// The same before what is left of the echo is suppressed.
    linear: Block,
    subtracted: VecDeque<f32>,
    /// Its first output is the silence that it was filled with.
    is_new: bool,
}

/// How much quieter our echo is behind the canceller.
#[derive(Debug, Default)]
struct Meter {
    /// Powers since the measurement began, and of how many frames.
    before: f32,
    behind: f32,
    frames: u32,
    measured_db: VecDeque<f32>,
}

impl Default for Aec3 {
    fn default() -> Self {
        Self {
            canceller: None,
            // The canceller keeps a block of its own, and another one lies in front of its output.
            heard: std::iter::repeat_n(0.0, 2 * BLOCK).collect(),
            past: 1.0,
            played: Frame::silence(SampleIdx::ZERO),
            subtracted: None,
            watch: Watch::default(),
            meter: Meter::default(),
        }
    }
}

impl Default for Canceller {
    fn default() -> Self {
        Self {
            processor: processor(),
            block: Block::new(1, 1),
            render: Vec::with_capacity(BLOCK + FRAME_SAMPLES),
            capture: Vec::with_capacity(BLOCK + FRAME_SAMPLES),
            // The blocks do not divide the frames: one block of silence in front keeps every frame full.
            output: std::iter::repeat_n(0.0, BLOCK).collect(),
            linear: Block::new(1, 1),
            // It lies a block less behind than the output.
            subtracted: std::iter::repeat_n(0.0, 2 * BLOCK).collect(),
            is_new: true,
        }
    }
}

impl Canceller {
    fn render(&mut self, frame: &Frame) {
        push(&mut self.render, frame);
        while fill(&mut self.block, &mut self.render) {
            self.processor.buffer_render(&self.block);
        }
    }

    fn capture(&mut self, frame: &Frame, is_clipping: bool) {
        push(&mut self.capture, frame);
        while fill(&mut self.block, &mut self.capture) {
            self.processor.process_capture(
                false,
                is_clipping,
                Some(&mut self.linear),
                &mut self.block,
            );
            self.output.extend(self.block.view(0, 0).iter().copied());
            self.subtracted
                .extend(self.linear.view(0, 0).iter().copied());
        }
    }

    /// The next sample without our echo.
    fn next(&mut self) -> f32 {
        scaled(self.output.pop_front())
    }

    /// The next samples with our echo only subtracted.
    fn next_subtracted(&mut self, out: &mut Frame) {
        for slot in &mut out.pcm {
            *slot = scaled(self.subtracted.pop_front()).clamp(-1.0, 1.0);
        }
    }
}

fn scaled(sample: Option<f32>) -> f32 {
    let sample = sample.unwrap_or(0.0) / SCALE;
    if sample.is_finite() { sample } else { 0.0 }
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
        self.played = sane(frame);
        if self.canceller.is_none() && self.played.rms() > 0.0 {
            self.canceller = Some(Box::default());
        }
        if let Some(canceller) = &mut self.canceller {
            canceller.render(&self.played);
        }
    }

    fn capture(&mut self, frame: &Frame, out: &mut Frame) {
        let is_clipping = frame.pcm.iter().any(|sample| sample.abs() >= CLIPPING);
        let frame = sane(frame);
        if let Some(canceller) = &mut self.canceller {
            canceller.capture(&frame, is_clipping);
        }
        self.heard.extend(frame.pcm);
        let before = self.watch.path();
        let path = self.watch.push(&self.played, &frame);
        if before != path {
            // What it did in another room says nothing of this one.
            self.meter = Meter::default();
        }
        self.played = Frame::silence(frame.end());
        let is_ready = self.canceller.as_ref().is_some_and(|own| !own.is_new);
        let is_past = path == EchoPath::Absent || !is_ready;
        let past = if is_past { 1.0 } else { 0.0 };
        let step = (past - self.past) / 160.0;
        let is_between = self.past > 0.0 || past > 0.0;
        out.first = frame.first;
        for slot in &mut out.pcm {
            self.past += step;
            let heard = self.heard.pop_front().unwrap_or(0.0);
            let clean = self.canceller.as_mut().map_or(heard, |own| own.next());
            *slot = (clean + self.past * (heard - clean)).clamp(-1.0, 1.0);
        }
        self.past = past;
        self.subtracted = None;
        if let Some(canceller) = &mut self.canceller {
            canceller.is_new = false;
            let mut subtracted = Frame::silence(frame.first);
            canceller.next_subtracted(&mut subtracted);
            let is_other = !is_between && self.watch.is_tail();
            self.subtracted = is_other.then_some(subtracted);
        }
        if path == EchoPath::Present && self.watch.is_tail() {
            self.meter.heard(&frame, out);
        }
    }

    fn subtracted(&self) -> Option<&Frame> {
        self.subtracted.as_ref()
    }

    fn state(&self) -> EchoState {
        let best_db = self.meter.measured_db.iter().copied().reduce(f32::max);
        let path = self.watch.path();
        let is_measured = path == EchoPath::Present && self.watch.is_tail();
        EchoState {
            delay_ms: best_db.and(self.delay_ms()),
            path,
            erle_db: best_db.filter(|_| is_measured),
        }
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Aec3 {
    fn delay_ms(&self) -> Option<u32> {
        let metrics = self.canceller.as_ref()?.processor.get_metrics();
        u32::try_from(metrics.delay_ms).ok()
    }
}

impl Meter {
    fn heard(&mut self, frame: &Frame, out: &Frame) {
        self.before += frame.rms().powi(2);
        self.behind += out.rms().powi(2);
        self.frames += 1;
        if self.frames < MEASURED_FRAMES {
            return;
        }
        if self.before > AUDIBLE_RMS.powi(2) * 50.0 {
            self.note(10.0 * (self.before / self.behind.max(1e-12)).log10());
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

/// What can be reckoned with.
fn sane(frame: &Frame) -> Frame {
    let mut frame = frame.clone();
    for sample in &mut frame.pcm {
        let finite = if sample.is_finite() { *sample } else { 0.0 };
        *sample = finite.clamp(-1.0, 1.0);
    }
    frame
}

fn push(buffer: &mut Vec<f32>, frame: &Frame) {
    buffer.extend(frame.pcm.iter().map(|sample| sample * SCALE));
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
