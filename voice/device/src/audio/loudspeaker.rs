use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, Stream};
use errand_voice_core::EngineFault;
use rtrb::{Consumer, Producer, RingBuffer};

use super::open::{Chosen, Counted, DeviceChoice, Shared, Watch, choose, failed, unknown};
use super::quiet::quietly;

const ENGINE: &str = "loudspeaker";
/// What waits to be played is what a stop has to throw away.
const RING_MS: usize = 250;
/// Sound cut at once clicks.
const FADE_MS: usize = 5;
/// Seconds that the tap holds.
const TAP_S: usize = 2;

/// A loudspeaker: mono, at the device's own rate, on all of its channels. It runs all the time and plays silence when it has
/// nothing: the first 100 to 300 ms of a stream that has just been started are lost.
pub struct Loudspeaker {
    ring: Producer<f32>,
    tap: Consumer<f32>,
    written: u64,
    flow: Arc<Flow>,
    watch: Watch,
    rate_hz: u32,
    // Dropping it closes the device.
    _stream: Stream,
}

/// Positions in the stream of written samples, and what the device says of itself.
#[derive(Debug, Default)]
struct Flow {
    /// Written samples that were played or thrown away.
    taken: AtomicU64,
    /// Written samples before this one are thrown away.
    stop_before: AtomicU64,
    /// Frames of silence that were given to the device since the last written sample.
    silent: AtomicU64,
    /// Frames that were given to the device at once.
    block: AtomicU64,
    /// From the callback to the ear, in microseconds, as the system believes.
    latency_us: AtomicU64,
}

impl Flow {
    /// Written samples that came out of the device. What it holds are its last frames, and what follows the sound pushes the
    /// sound out: without counting that silence the end of a sentence would never be heard.
    fn heard(&self, rate_hz: u32) -> u64 {
        // In this order: a silence that is newer than the count is no lie about it.
        let taken = self.taken.load(Ordering::Acquire);
        let silent = self.silent.load(Ordering::Acquire);
        let late = self.latency_us.load(Ordering::Relaxed) * u64::from(rate_hz) / 1_000_000;
        let held = late.saturating_add(self.block.load(Ordering::Relaxed));
        taken.saturating_sub(held.saturating_sub(silent))
    }
}

impl Loudspeaker {
    /// Opens a loudspeaker and lets it run.
    pub fn open(choice: &DeviceChoice) -> Result<Self, EngineFault> {
        quietly(|| choose(ENGINE, choice, false)?.start(Self::start))
    }

    fn start(chosen: &Chosen) -> Result<Self, EngineFault> {
        let rate_hz = chosen.config.sample_rate;
        let (ring, from) = RingBuffer::new(rate_hz as usize * RING_MS / 1_000);
        let (into_tap, tap) = RingBuffer::new(rate_hz as usize * TAP_S);
        let shared = Arc::new(Shared::new(Instant::now()));
        let flow = Arc::new(Flow::default());
        let player = Player {
            from,
            into_tap,
            flow: Arc::clone(&flow),
            shared: Arc::clone(&shared),
            taken: 0,
            silent: 0,
            fade: rate_hz as usize * FADE_MS / 1_000,
            faded: 0,
        };
        let stream = match chosen.format {
            SampleFormat::F32 => play::<f32>(chosen, player),
            SampleFormat::I16 => play::<i16>(chosen, player),
            SampleFormat::I32 => play::<i32>(chosen, player),
            SampleFormat::U8 => play::<u8>(chosen, player),
            other => return Err(unknown(ENGINE, other)),
        };
        let stream = stream.map_err(|error| failed(ENGINE, &error))?;
        stream.play().map_err(|error| failed(ENGINE, &error))?;
        Ok(Self {
            ring,
            tap,
            written: 0,
            flow,
            watch: Watch::new(shared, Instant::now()),
            rate_hz,
            _stream: stream,
        })
    }

    /// Samples of a second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Takes samples in [-1, 1], as many as there is room for, and says how many. Never waits.
    pub fn write(&mut self, pcm: &[f32]) -> usize {
        let fitting = self.ring.slots().min(pcm.len());
        let Ok(chunk) = self.ring.write_chunk_uninit(fitting) else {
            return 0;
        };
        let taken = chunk.fill_from_iter(pcm.iter().copied());
        self.written += taken as u64;
        taken
    }

    /// How many of the written samples the device has taken, those thrown away by a stop included.
    pub fn played(&self) -> u64 {
        self.flow.taken.load(Ordering::Acquire)
    }

    /// How many of those were heard, as far as the system knows its own latency; never more than [`Loudspeaker::played`], and
    /// as many soon after the last of them.
    pub fn heard(&self) -> u64 {
        self.flow.heard(self.rate_hz)
    }

    /// How many samples were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// From the device's hand to the ear, as the system believes; zero where it does not know.
    pub fn latency(&self) -> Duration {
        Duration::from_micros(self.flow.latency_us.load(Ordering::Relaxed))
    }

    /// Throws away what waits, after a fade of 5 ms. What is written from now on is played.
    pub fn stop(&mut self) {
        let before = &self.flow.stop_before;
        before.store(self.written, Ordering::Release);
    }

    /// Appends what was really played since the last time, silence too: what the echo canceller has to know.
    pub fn tap(&mut self, into: &mut Vec<f32>) {
        let there = self.tap.slots();
        if let Ok(chunk) = self.tap.read_chunk(there) {
            into.extend(chunk);
        }
    }

    /// What the device took since the last time it was asked, silence too.
    pub fn counted(&mut self) -> Option<Counted> {
        self.watch.counted()
    }

    /// Whether the device is still there.
    pub fn check(&mut self, now: Instant) -> Result<(), EngineFault> {
        self.watch.look(ENGINE, now)
    }
}

impl fmt::Debug for Loudspeaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loudspeaker({} Hz)", self.rate_hz)
    }
}

/// The callback's side. REAL TIME: no lock, no allocation, no log, no panic.
struct Player {
    from: Consumer<f32>,
    into_tap: Producer<f32>,
    flow: Arc<Flow>,
    shared: Arc<Shared>,
    taken: u64,
    silent: u64,
    /// Samples of a fade, and how many of the present one are done.
    fade: usize,
    faded: usize,
}

impl Player {
    /// One sample for each place, silence where there is none.
    fn fill(&mut self, places: impl Iterator<Item = impl FnOnce(f32)>) {
        let (mut frames, mut missed) = (0, 0);
        let stop_before = self.flow.stop_before.load(Ordering::Acquire);
        for place in places {
            if self.taken < stop_before && self.faded == self.fade {
                self.throw_away(stop_before);
            }
            let is_fading = self.taken < stop_before;
            let popped = self.from.pop();
            self.taken += u64::from(popped.is_ok());
            missed += u64::from(popped.is_err());
            self.silent = if popped.is_ok() { 0 } else { self.silent + 1 };
            frames += 1;
            let mut sample = popped.unwrap_or(0.0);
            if is_fading {
                sample *= ramp(self.faded, self.fade);
                self.faded += 1;
            } else {
                self.faded = 0;
            }
            // A full tap means that nobody cancels echo.
            let _ = self.into_tap.push(sample);
            place(sample);
        }
        self.flow.block.store(frames, Ordering::Relaxed);
        self.flow.silent.store(self.silent, Ordering::Release);
        self.flow.taken.store(self.taken, Ordering::Release);
        self.shared.went(frames, Instant::now());
        self.shared.missed.fetch_add(missed, Ordering::Relaxed);
    }

    fn throw_away(&mut self, before: u64) {
        let stale = before.saturating_sub(self.taken);
        let stale = usize::try_from(stale).unwrap_or(usize::MAX);
        let stale = stale.min(self.from.slots());
        if let Ok(chunk) = self.from.read_chunk(stale) {
            chunk.commit_all();
            self.taken += stale as u64;
        }
    }
}

/// From 1 to 0.
fn ramp(at: usize, of: usize) -> f32 {
    let share = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX));
    (1.0 - share(at + 1) / share(of.max(1))).max(0.0)
}

fn play<T>(chosen: &Chosen, mut player: Player) -> Result<Stream, cpal::Error>
where
    T: SizedSample + FromSample<f32>,
{
    let channels = usize::from(chosen.config.channels.max(1));
    let errors = Arc::clone(&player.shared);
    let speak = move |sound: &mut [T], info: &cpal::OutputCallbackInfo| {
        let times = info.timestamp();
        let latency = times.playback.duration_since(times.callback);
        let latency = u64::try_from(latency.as_micros()).unwrap_or(0);
        player.flow.latency_us.store(latency, Ordering::Relaxed);
        let frames = sound.chunks_exact_mut(channels);
        player.fill(frames.map(|frame| |sample: f32| frame.fill(T::from_sample_(sample))));
    };
    let device = &chosen.device;
    device.build_output_stream(chosen.config, speak, move |e| errors.told(&e), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(ring: usize, fade: usize) -> (Producer<f32>, Consumer<f32>, Player) {
        let (into, from) = RingBuffer::new(ring);
        let (into_tap, tap) = RingBuffer::new(64);
        let player = Player {
            from,
            into_tap,
            flow: Arc::default(),
            shared: Arc::new(Shared::new(Instant::now())),
            taken: 0,
            silent: 0,
            fade,
            faded: 0,
        };
        (into, tap, player)
    }

    fn filled(player: &mut Player, count: usize) -> Vec<f32> {
        let mut out = vec![9.0; count];
        player.fill(out.iter_mut().map(|place| |sample: f32| *place = sample));
        out
    }

    #[test]
    fn what_was_written_is_played_and_then_silence_and_the_tap_hears_both() {
        let (mut into, mut tap, mut player) = player(8, 2);
        for sample in [0.1, 0.2, 0.3] {
            into.push(sample).unwrap();
        }

        assert_eq!(filled(&mut player, 5), [0.1, 0.2, 0.3, 0.0, 0.0]);
        assert_eq!(player.flow.taken.load(Ordering::Acquire), 3);
        assert_eq!(player.shared.missed.load(Ordering::Relaxed), 2);
        let tapped: Vec<f32> = tap.read_chunk(5).unwrap().into_iter().collect();
        assert_eq!(tapped, [0.1, 0.2, 0.3, 0.0, 0.0]);
    }

    #[test]
    fn what_the_device_holds_is_heard_when_as_much_silence_came_behind_it() {
        let (mut into, _tap, mut player) = player(64, 2);
        for _ in 0..20 {
            into.push(0.5).unwrap();
        }
        // 10 frames at 1,000 Hz.
        player.flow.latency_us.store(10_000, Ordering::Relaxed);

        filled(&mut player, 20);
        assert_eq!(player.flow.heard(1_000), 0, "the block and 10 before it");
        filled(&mut player, 4);
        assert_eq!(player.flow.heard(1_000), 10);
        filled(&mut player, 4);
        assert_eq!(player.flow.heard(1_000), 14);
        for _ in 0..3 {
            filled(&mut player, 4);
        }
        assert_eq!(player.flow.heard(1_000), 20, "all of it, and no more");
        into.push(0.5).unwrap();
        filled(&mut player, 1);
        assert_eq!(player.flow.heard(1_000), 10, "never too much");
    }

    #[test]
    fn a_stop_fades_and_throws_away_what_was_written_before_it_and_nothing_else() {
        let (mut into, _tap, mut player) = player(16, 4);
        for _ in 0..10 {
            into.push(1.0).unwrap();
        }
        player.flow.stop_before.store(10, Ordering::Release);
        into.push(0.5).unwrap();
        into.push(0.25).unwrap();

        let heard = filled(&mut player, 8);

        assert_eq!(heard, [0.75, 0.5, 0.25, 0.0, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(player.flow.taken.load(Ordering::Acquire), 12);
    }

    #[test]
    fn a_stop_with_less_waiting_than_the_fade_throws_away_nothing_that_comes_later() {
        let (mut into, _tap, mut player) = player(16, 4);
        for _ in 0..2 {
            into.push(1.0).unwrap();
        }
        player.flow.stop_before.store(2, Ordering::Release);
        into.push(0.5).unwrap();

        assert_eq!(filled(&mut player, 4), [0.75, 0.5, 0.5, 0.0]);
    }
}
