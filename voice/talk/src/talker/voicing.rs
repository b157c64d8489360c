use std::collections::VecDeque;

use errand_voice_core::{ItemId, Mouth, Pace, SampleIdx, Sentence};

use super::items::Items;
use crate::config::{Playback, StreamConfig};

/// The mouth with what stands around it.
#[derive(Debug)]
pub(super) struct Voicing {
    pub(super) mouth: Mouth,
    pub(super) items: Items,
    pub(super) playback: Playback,
    pub(super) rate_hz: u32,
    pub(super) backlog: VecDeque<(ItemId, Sentence)>,
    /// What was given out, and to what of it the client or the device has come; in samples at the rate of playback.
    pub(super) taken: u64,
    pub(super) heard: u64,
    /// Until when the client's clock has been counted.
    pub(super) counted: SampleIdx,
    /// Samples of the item that is being heard, up to its beginning.
    pub(super) item: Option<ItemId>,
    pub(super) item_from: u64,
    pub(super) is_silent: bool,
}

impl Voicing {
    pub(super) fn new(config: &StreamConfig) -> Self {
        Self {
            mouth: mouth(config),
            items: Items::new(config.language, config.playback_hz),
            playback: config.playback,
            rate_hz: config.playback_hz,
            backlog: VecDeque::new(),
            taken: 0,
            heard: 0,
            counted: SampleIdx::ZERO,
            item: None,
            item_from: 0,
            is_silent: true,
        }
    }

    pub(super) fn set_rate(&mut self, config: &StreamConfig) {
        let pace = self.mouth.pace();
        self.mouth = mouth(config);
        self.mouth.set_pace(pace);
        self.items.set_rate(config.playback_hz);
        self.rate_hz = config.playback_hz;
        (self.taken, self.heard) = (0, 0);
    }

    pub(super) fn set_pace(&mut self, pace: Pace) {
        self.mouth.set_pace(pace);
    }

    pub(super) fn wants_sound(&self) -> bool {
        self.mouth.wants_sound()
    }

    /// Something is being said or waits to be.
    pub(super) fn is_speaking(&self) -> bool {
        self.mouth.is_speaking() || !self.backlog.is_empty()
    }

    /// Our sound is on its way to an ear.
    pub(super) fn is_sounding(&self) -> bool {
        self.mouth.is_speaking() && !self.mouth.is_held() && self.mouth.sent() > self.heard
    }

    pub(super) fn samples(&self, ms: u64) -> u64 {
        u64::from(self.rate_hz).saturating_mul(ms) / 1_000
    }
}

fn mouth(config: &StreamConfig) -> Mouth {
    let mut mouth = Mouth::new(config.language, config.playback_hz);
    mouth.set_pace(config.pace);
    match config.playback {
        Playback::Counted => mouth,
        Playback::Client { .. } => mouth.onward(),
    }
}
