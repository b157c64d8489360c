//! The loudspeaker of a talk.

use std::collections::VecDeque;
use std::time::Instant;

use errand_voice_core::{from_s16, to_s16};
use errand_voice_device::{Change, DeviceChoice, Loudspeaker, Supervised};
use errand_voice_talk::Settings;

use super::device::{gone, note};
use super::line::{Line, Sound as Order};
use super::told::Told;
use crate::term::Out;

/// Sound that the device holds at most, in milliseconds: what a stop cannot take back.
const AHEAD_MS: u64 = 120;
/// The loudspeaker's rate where there is none.
const RATE: u32 = 48_000;
/// One step of loudness.
const STEP: f32 = 1.25;

/// The loudspeaker. Where there is none, what would be played counts as played in its time: it stands on the screen.
pub(super) struct Mouth {
    device: Supervised<Loudspeaker>,
    pub(super) rate_hz: u32,
    was_told: bool,
    pending: VecDeque<i16>,
    /// Samples given to the device that were thrown away by stops.
    thrown: u64,
    /// Samples taken in earlier lives of the device, or without one.
    before: u64,
    taken: u64,
    gain: f32,
    silent_since: Instant,
}

impl Mouth {
    pub(super) fn new(choice: DeviceChoice, now: Instant) -> Self {
        Self {
            device: Supervised::new("loudspeaker", move || Loudspeaker::open(&choice), now),
            rate_hz: RATE,
            was_told: false,
            pending: VecDeque::new(),
            thrown: 0,
            before: 0,
            taken: 0,
            gain: 1.0,
            silent_since: now,
        }
    }

    /// Opens the device if its time has come. `true`: it was opened.
    pub(super) fn look(&mut self, told: &Told, out: &mut Out) -> bool {
        let (device, change) = self.device.look(Instant::now());
        note("loudspeaker", &change, &mut self.was_told, told, out);
        if let (Some(device), Change::Opened) = (device, &change) {
            self.rate_hz = device.rate_hz();
            self.thrown = 0;
            self.before = self.taken;
        }
        change == Change::Opened
    }

    pub(super) fn is_sounding(&self) -> bool {
        !self.pending.is_empty()
    }

    pub(super) fn order(&mut self, order: Order) {
        match order {
            Order::Play(pcm) => self.pending.extend(pcm.samples()),
            Order::Replace { from, pcm } => {
                if let Some(device) = self.device.device() {
                    let waiting = device.written().saturating_sub(device.played());
                    device.stop();
                    self.thrown += waiting;
                }
                let late = usize::try_from(self.taken.saturating_sub(from)).unwrap_or(usize::MAX);
                self.pending.clear();
                self.pending.extend(pcm.samples().iter().skip(late));
            }
            Order::Volume { up } => {
                self.gain = if up {
                    self.gain * STEP
                } else {
                    self.gain / STEP
                }
                .clamp(0.1, 4.0);
            }
        }
    }

    pub(super) fn tick(&mut self, line: &Line, out: &mut Out) {
        let (stream, rate_before) = (&line.stream, self.rate_hz);
        if self.look(&line.told, out) {
            let _ = stream.anew();
        }
        if self.rate_hz != rate_before {
            let settings = Settings {
                playback_hz: Some(self.rate_hz),
                ..Settings::default()
            };
            let _ = stream.settings(settings);
        }
        let now = Instant::now();
        let Some(device) = self.device.device() else {
            self.without(now);
            let _ = stream.played(self.taken, self.taken);
            return;
        };
        self.silent_since = now;
        if let Some(counted) = device.counted() {
            let _ = stream.given(counted.frames, self.rate_hz, counted.at);
        }
        let ahead = device.written().saturating_sub(device.played());
        let most = u64::from(self.rate_hz) * AHEAD_MS / 1_000;
        let room = usize::try_from(most.saturating_sub(ahead)).unwrap_or(0);
        let count = room.min(self.pending.len());
        let next: Vec<f32> = self
            .pending
            .iter()
            .take(count)
            .map(|s| (from_s16(*s) * self.gain).clamp(-1.0, 1.0))
            .collect();
        let written = device.write(&next);
        self.pending.drain(..written);
        let played = device.played().saturating_sub(self.thrown);
        self.taken = self.taken.max(self.before + played);
        let heard = self.before + device.heard().saturating_sub(self.thrown);
        let heard = heard.min(self.taken);
        let mut tapped = Vec::new();
        device.tap(&mut tapped);
        let checked = device.check(now);
        let tapped: Vec<i16> = tapped.into_iter().map(to_s16).collect();
        let _ = stream.rendered(&tapped, self.rate_hz);
        let _ = stream.played(self.taken, heard);
        if let Err(fault) = checked {
            gone("loudspeaker", &fault, &mut self.was_told, &line.told, out);
            // What it had is lost, and nobody waits for it to be heard: it stands on the screen.
            let written = device.written().saturating_sub(self.thrown);
            self.taken = self.taken.max(self.before + written);
            self.before = self.taken;
            self.device.lost(now);
        }
    }

    fn without(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.silent_since).as_micros();
        let due = passed * u128::from(self.rate_hz) / 1_000_000;
        let due = usize::try_from(due)
            .unwrap_or(usize::MAX)
            .min(self.pending.len());
        self.pending.drain(..due);
        self.taken += due as u64;
        self.before = self.taken;
        self.silent_since = now;
    }
}
