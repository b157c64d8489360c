use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, Stream};
use errand_voice_core::EngineFault;
use rtrb::{Consumer, Producer, RingBuffer};

use super::open::{Chosen, Counted, DeviceChoice, Shared, Watch, choose, failed, unknown};
use super::quiet::quietly;

const ENGINE: &str = "microphone";
/// Seconds that the ring holds.
const RING_S: usize = 2;

/// What a reading found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Samples that are missing before those that were read, because nobody read in time. Silence of this length belongs
    /// there, and a gap is to be told.
    pub missing: u64,
}

/// A microphone: mono, at the device's own rate. Its callback copies and counts, and does nothing else.
pub struct Microphone {
    ring: Consumer<f32>,
    watch: Watch,
    rate_hz: u32,
    missed: u64,
    // Dropping it closes the device.
    _stream: Stream,
}

impl Microphone {
    /// Opens a microphone and lets it run.
    pub fn open(choice: &DeviceChoice) -> Result<Self, EngineFault> {
        quietly(|| choose(ENGINE, choice, true)?.start(Self::start))
    }

    fn start(chosen: &Chosen) -> Result<Self, EngineFault> {
        let rate_hz = chosen.config.sample_rate;
        let (into, ring) = RingBuffer::new(rate_hz as usize * RING_S);
        let shared = Arc::new(Shared::new(Instant::now()));
        let stream = match chosen.format {
            SampleFormat::F32 => listen::<f32>(chosen, into, &shared),
            SampleFormat::I16 => listen::<i16>(chosen, into, &shared),
            SampleFormat::I32 => listen::<i32>(chosen, into, &shared),
            SampleFormat::U8 => listen::<u8>(chosen, into, &shared),
            other => return Err(unknown(ENGINE, other)),
        };
        let stream = stream.map_err(|error| failed(ENGINE, &error))?;
        stream.play().map_err(|error| failed(ENGINE, &error))?;
        Ok(Self {
            ring,
            watch: Watch::new(shared, Instant::now()),
            rate_hz,
            missed: 0,
            _stream: stream,
        })
    }

    /// Samples of a second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// What came since the last time it was asked, by the device's own count. Not what was read: the crystal counts.
    pub fn counted(&mut self) -> Option<Counted> {
        self.watch.counted()
    }

    /// Appends what came since the last time, in [-1, 1]. Sound older than 500 ms is skipped: it is better to miss some
    /// than to lag behind for good. An error means that the device is gone; what it still had was appended.
    pub fn read(&mut self, into: &mut Vec<f32>, now: Instant) -> Result<Heard, EngineFault> {
        let missed = self.watch.shared.missed.load(Ordering::Relaxed);
        let newest = self.rate_hz as usize / 2;
        let stale = take(&mut self.ring, newest, into);
        let missing = missed - self.missed + stale;
        self.missed = missed;
        self.watch.look(ENGINE, now)?;
        Ok(Heard { missing })
    }
}

/// Appends the newest samples of a ring, and says how many older ones were skipped.
fn take(ring: &mut Consumer<f32>, newest: usize, into: &mut Vec<f32>) -> u64 {
    let there = ring.slots();
    let stale = there.saturating_sub(newest);
    if let Ok(chunk) = ring.read_chunk(stale) {
        chunk.commit_all();
    }
    if let Ok(chunk) = ring.read_chunk(there - stale) {
        into.extend(chunk);
    }
    stale as u64
}

impl fmt::Debug for Microphone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Microphone({} Hz)", self.rate_hz)
    }
}

fn listen<T>(
    chosen: &Chosen,
    mut into: Producer<f32>,
    shared: &Arc<Shared>,
) -> Result<Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = chosen.config.channels.max(1);
    let (counts, errors) = (Arc::clone(shared), Arc::clone(shared));
    // REAL TIME: no lock, no allocation, no log, no panic in here.
    let hear = move |sound: &[T], _: &cpal::InputCallbackInfo| {
        let (mut missed, mut frames) = (0, 0);
        for frame in sound.chunks_exact(usize::from(channels)) {
            let sum: f32 = frame.iter().map(|s| f32::from_sample_(*s)).sum();
            let is_full = into.push(sum / f32::from(channels)).is_err();
            missed += u64::from(is_full);
            frames += 1;
        }
        counts.missed.fetch_add(missed, Ordering::Relaxed);
        counts.went(frames, Instant::now());
    };
    let device = &chosen.device;
    device.build_input_stream(chosen.config, hear, move |e| errors.told(&e), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_comes_late_gets_the_newest_and_learns_how_much_is_missing() {
        let (mut into, mut ring) = RingBuffer::new(16);
        for sample in [1.0, 2.0, 3.0, 4.0, 5.0] {
            into.push(sample).unwrap();
        }
        let mut heard = Vec::new();

        assert_eq!(take(&mut ring, 3, &mut heard), 2);
        assert_eq!(heard, [3.0, 4.0, 5.0]);
        assert_eq!(take(&mut ring, 3, &mut heard), 0);
        assert_eq!(heard.len(), 3);
    }
}
