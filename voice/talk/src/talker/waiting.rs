//! Telling that something is being worked on.

use errand_voice_core::SampleIdx;

use super::Talker;
use super::telling::Telling;
use crate::config::Waiting;
use crate::event::Cause;

/// A soft tone after so long, in milliseconds.
const TONE_MS: u64 = 800;
/// A phrase after so long, and again after so long each.
const PHRASE_MS: u64 = 3_000;
const AGAIN_MS: u64 = 8_000;

/// Since when somebody waits, and what they were told.
#[derive(Debug, Default)]
pub(super) struct Waits {
    since: Option<SampleIdx>,
    has_tone: bool,
    phrases: u64,
}

impl Waits {
    /// Something was said, or something begins to be waited for.
    pub(super) fn said(&mut self, now: SampleIdx) {
        *self = Self {
            since: Some(now),
            ..Self::default()
        };
    }
}

impl Telling {
    /// What waiting people are told.
    pub(super) fn waiting_phrase(&self, nth: u64) -> String {
        if self.is_committing {
            return if nth <= 1 {
                "One moment, I am paying.".to_owned()
            } else {
                "The payment is still under way.".to_owned()
            };
        }
        match &self.step {
            Some(step) => format!("{step}."),
            None if nth <= 1 => "One moment.".to_owned(),
            None => "I am still working on it.".to_owned(),
        }
    }
}

impl Talker {
    /// Tone, phrase, phrase, as time goes by.
    pub(super) fn wait_on(&mut self) {
        let is_ours = self.telling.is_working() && !self.telling.is_muted();
        let is_theirs = self.approving.is_open() && !self.approving.is_answering();
        let is_other = self.turns.is_somebody_speaking() || self.turns.is_unread();
        let now = self.now();
        if !is_ours || is_theirs || is_other || self.config.waiting == Waiting::Nothing {
            self.waits.since = None;
            return;
        }
        let since = *self.waits.since.get_or_insert(now);
        if self.voicing.is_speaking() {
            return;
        }
        let waited = now.ms_since(since);
        let is_tone_due = waited >= TONE_MS && self.config.waiting == Waiting::Sounds;
        if is_tone_due && !std::mem::replace(&mut self.waits.has_tone, true) {
            self.say_tone();
            return;
        }
        let next = PHRASE_MS.saturating_add(AGAIN_MS.saturating_mul(self.waits.phrases));
        if waited >= next {
            self.waits.phrases = self.waits.phrases.saturating_add(1);
            let text = self.telling.waiting_phrase(self.waits.phrases);
            self.say_text(Cause::Waiting, None, &text);
        }
    }
}
