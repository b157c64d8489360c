//! How far our sound has come: counted by a device, or reckoned for a client that plays by itself.

use errand_voice_core::{ItemId, MouthInput};

use super::Talker;
use crate::config::Playback;
use crate::event::VoiceEvent;

/// So much of an answer was heard before the turn it answers cannot be joined any more, in milliseconds.
const JOINABLE_MS: u64 = 300;
/// What the mouth sends beyond what was taken, in milliseconds.
const RING_MS: u64 = 250;

impl Talker {
    pub(super) fn on_played(&mut self, taken: u64, heard: u64) {
        if self.voicing.playback == Playback::Counted {
            self.played(taken, heard);
        }
    }

    fn played(&mut self, taken: u64, heard: u64) {
        let sent = self.voicing.mouth.sent();
        let taken = taken.min(sent);
        self.voicing.taken = self.voicing.taken.max(taken);
        self.voicing.heard = self.voicing.heard.max(heard.min(taken));
        let (taken, heard) = (self.voicing.taken, self.voicing.heard);
        self.tell_mouth(MouthInput::Played { taken, heard });
        let reached = heard.saturating_sub(self.voicing.item_from);
        if let Some(item) = self.voicing.item
            && reached > 0
        {
            let turn = self.voicing.items.get(item).and_then(|kept| kept.turn);
            self.time_heard(turn);
            if turn.is_some() && reached >= self.voicing.samples(JOINABLE_MS) {
                self.on_answer_heard(item);
            }
        }
    }

    /// What a client could have heard by now, and what may be sent ahead of that.
    pub(super) fn speak_on(&mut self) {
        let Playback::Client { ahead_ms, .. } = self.voicing.playback else {
            return;
        };
        let now = self.now();
        let ms = now.ms_since(self.voicing.counted);
        if ms == 0 {
            return;
        }
        self.voicing.counted = self.voicing.counted.plus_ms(ms);
        if !self.voicing.mouth.is_speaking() {
            return;
        }
        let passed = self.voicing.samples(ms);
        let heard = self.voicing.heard.saturating_add(passed);
        let heard = heard.min(self.voicing.mouth.sent());
        self.give(heard, ahead_ms);
    }

    fn give(&mut self, heard: u64, ahead_ms: u64) {
        // The mouth sends a quarter of a second beyond what it believes to be taken.
        let ahead_ms = ahead_ms.min(10_000).saturating_sub(RING_MS);
        let ahead = self.voicing.samples(ahead_ms);
        loop {
            let before = self.voicing.mouth.sent();
            self.played(before.min(heard.saturating_add(ahead)).max(heard), heard);
            if self.voicing.mouth.sent() == before {
                return;
            }
        }
    }

    /// What a client plays is given to it as soon as it is made.
    pub(super) fn give_on(&mut self) {
        if let Playback::Client { ahead_ms, .. } = self.voicing.playback
            && self.voicing.mouth.is_speaking()
        {
            self.give(self.voicing.heard, ahead_ms);
        }
    }

    /// From sending to hearing, as far as we know nothing better.
    pub(super) fn lag_ms(&self) -> u64 {
        match self.config.playback {
            Playback::Counted => 0,
            Playback::Client { lag_ms, .. } => lag_ms,
        }
    }

    pub(super) fn on_truncate(&mut self, item: ItemId, audio_end_ms: u64) {
        if let Some((text, heard_ms)) = self.voicing.items.truncate(item, audio_end_ms) {
            self.tell(VoiceEvent::Truncated {
                item,
                text: text.into(),
                heard_ms,
            });
        }
    }
}
