//! The microphone of a talk.

use std::time::Instant;

use errand_voice_core::{RATE_HZ, to_s16};
use errand_voice_device::{Change, DeviceChoice, Microphone, Supervised};
use errand_voice_talk::Settings;

use super::device::{gone, note};
use super::line::Line;
use crate::term::Out;

/// The microphone. Where there is none it is silent, and time goes on.
pub(super) struct Ear {
    device: Supervised<Microphone>,
    rate_hz: u32,
    was_told: bool,
    /// It has given sound since it was opened.
    hears: bool,
    /// How loud it was lately, in decibels under full scale.
    pub(super) level_db: f32,
    /// The stream has its sound up to here.
    until: Instant,
    /// What is left of the sound that was counted at the rate of the stream.
    uncounted: u64,
}

impl Ear {
    pub(super) fn new(choice: DeviceChoice, now: Instant) -> Self {
        Self {
            device: Supervised::new("microphone", move || Microphone::open(&choice), now),
            rate_hz: 16_000,
            was_told: false,
            hears: false,
            level_db: -90.0,
            until: now,
            uncounted: 0,
        }
    }

    /// Sound comes from it.
    pub(super) fn hears(&self) -> bool {
        self.hears
    }

    /// There is none, and the person was told so.
    pub(super) fn is_missed(&self) -> bool {
        self.was_told
    }

    pub(super) fn tick(&mut self, line: &mut Line, is_muted: bool, out: &mut Out) {
        let now = Instant::now();
        let (device, change) = self.device.look(now);
        note("microphone", &change, &mut self.was_told, &line.told, out);
        let Some(device) = device else {
            // The sound is the clock of the stream: without a microphone it is silent and goes on.
            let passed = now.saturating_duration_since(self.until).as_micros();
            let due = passed * u128::from(self.rate_hz) / 1_000_000;
            let due = usize::try_from(due).unwrap_or(0).min(self.rate_hz as usize);
            self.push(line, &vec![0; due]);
            (self.until, self.level_db) = (now, -90.0);
            return;
        };
        self.until = now;
        if change == Change::Opened {
            let _ = line.stream.anew();
        }
        if device.rate_hz() != self.rate_hz {
            self.rate_hz = device.rate_hz();
            let settings = Settings {
                capture_hz: Some(self.rate_hz),
                ..Settings::default()
            };
            let _ = line.stream.settings(settings);
        }
        if let Some(counted) = device.counted() {
            let _ = line.stream.captured(counted.frames, counted.at);
        }
        let mut pcm = Vec::new();
        let heard = device.read(&mut pcm, now);
        let peak = pcm.iter().fold(0.0_f32, |peak, s| s.abs().max(peak));
        if !pcm.is_empty() {
            self.hears = true;
            let db = (20.0 * peak.max(1e-9).log10()).max(-90.0);
            // It falls slowly, so that it can be seen.
            self.level_db = db.max(self.level_db - 3.0);
        }
        if is_muted {
            pcm.fill(0.0);
        }
        let pcm: Vec<i16> = pcm.into_iter().map(to_s16).collect();
        match heard {
            Ok(heard) => {
                if heard.missing > 0 {
                    let missing =
                        heard.missing * u64::from(RATE_HZ) / u64::from(self.rate_hz.max(1));
                    line.told.at += missing;
                    let _ = line.stream.gap(missing);
                }
                self.push(line, &pcm);
            }
            Err(fault) => {
                self.hears = false;
                gone("microphone", &fault, &mut self.was_told, &line.told, out);
                self.device.lost(now);
            }
        }
    }

    /// Sound for the stream, counted at its rate.
    fn push(&mut self, line: &mut Line, pcm: &[i16]) {
        let all = self.uncounted + pcm.len() as u64 * u64::from(RATE_HZ);
        let rate = u64::from(self.rate_hz.max(1));
        line.told.at += all / rate;
        self.uncounted = all % rate;
        let _ = line.stream.push(pcm);
    }
}
