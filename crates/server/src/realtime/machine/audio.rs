//! What a client sends of the person's sound.

use errand_protocol::realtime::{Audio, ErrorDetail, ServerEvent, TurnDetection, code};
use errand_voice_core::Pcm;
use errand_voice_talk::Control;

use super::SessionMachine;
use super::responses::Sentence;
use super::voice::{HeardTurn, ITEM_MS_MAX, VoiceAct};
use crate::realtime::codec;

/// Sound that may wait for a commit where nobody hears it, in bytes: five minutes of 16-bit mono at 24 kHz. Only the
/// count is kept.
const BUFFER_BYTES_MAX: usize = 5 * 60 * 24_000 * 2;

impl SessionMachine {
    pub(super) fn on_append(&mut self, audio: &Audio) -> Result<(), ErrorDetail> {
        if !self.has_voice() {
            return self.count(audio.bytes().len());
        }
        let coding = self.session.audio.input.format.coding();
        let samples = codec::decode(coding, audio.bytes()).ok_or_else(|| {
            let message = "half a sample of 16 bits; the sound was dropped";
            ErrorDetail::request(code::BAD_AUDIO, message).about("audio")
        })?;
        if samples.is_empty() {
            return Ok(());
        }
        self.open_voice();
        let is_pushed = self.session.audio.input.turn_detection.is_none();
        if is_pushed && self.voice.waiting == 0 {
            self.act(VoiceAct::Control(Control::Press));
        }
        self.voice.append(samples.len(), coding);
        self.act(VoiceAct::Hear(Pcm::from(samples)));
        self.look_at_idle();
        Ok(())
    }

    /// Without ears sound is counted and dropped: what cannot be used is not kept.
    fn count(&mut self, bytes: usize) -> Result<(), ErrorDetail> {
        let held = self.buffer_bytes.saturating_add(bytes);
        if held > BUFFER_BYTES_MAX {
            let message = format!(
                "at most {BUFFER_BYTES_MAX} bytes wait for a commit; this append was dropped"
            );
            return Err(ErrorDetail::request(code::BUFFER_FULL, message).about("audio"));
        }
        self.buffer_bytes = held;
        Ok(())
    }

    /// The buffer becomes an item, and answers nothing by itself.
    pub(super) fn on_commit(&mut self) -> Result<(), ErrorDetail> {
        let counted = std::mem::take(&mut self.buffer_bytes);
        let waiting = std::mem::take(&mut self.voice.waiting);
        if counted == 0 && waiting == 0 {
            let message = "the buffer is empty; no item was added";
            return Err(ErrorDetail::request(code::COMMIT_EMPTY, message));
        }
        if !self.has_voice() {
            self.commit_unheard();
            return Ok(());
        }
        if self.session.audio.input.turn_detection.is_none() {
            self.commit_pushed();
        } else if self.voice.turns.iter().any(HeardTurn::is_told_open) {
            // The end of the turn is its commit; the events come with it.
            self.act(VoiceAct::Control(Control::Release));
        } else {
            // Nobody spoke in it.
            let id = self.fresh_item();
            self.commit_item(id.clone(), true);
            self.understood_nothing(&id, "", 0);
        }
        Ok(())
    }

    fn commit_pushed(&mut self) {
        let id = self.fresh_item();
        match self
            .voice
            .turns
            .iter_mut()
            .find(|heard| heard.item.is_none())
        {
            Some(heard) => {
                heard.item = Some(id.clone());
                heard.is_committed = true;
            }
            None => self.voice.committed.push_back(id.clone()),
        }
        self.commit_item(id, true);
        self.act(VoiceAct::Control(Control::Release));
    }

    /// The transcription says at once that it failed: silence would look like an answer that is still to come.
    fn commit_unheard(&mut self) {
        let id = self.fresh_item();
        self.commit_item(id.clone(), false);
        let message =
            "this runtime has no ears: the sound was dropped, and nothing was understood from it";
        let error = ErrorDetail::request(code::NO_SPEECH, message);
        self.send(ServerEvent::TranscriptionFailed {
            item_id: id,
            content_index: 0,
            error,
        });
    }

    pub(super) fn on_clear(&mut self) {
        self.buffer_bytes = 0;
        self.voice.waiting = 0;
        if self.voice.is_open {
            self.act(VoiceAct::Control(Control::Clear));
        }
        self.send(ServerEvent::AudioCleared {});
    }

    /// Sound that stands in an item, as samples; `None` where nobody can hear it.
    pub(super) fn read_sound(&mut self, audio: &Audio) -> Result<Option<Pcm>, ErrorDetail> {
        let coding = self.session.audio.input.format.coding();
        let refuse = |code, message: String| {
            Err(
                ErrorDetail::request(code, format!("{message}; nothing was added"))
                    .about("item.content"),
            )
        };
        let Some(samples) = codec::decode(coding, audio.bytes()) else {
            return refuse(code::BAD_AUDIO, "half a sample of 16 bits".into());
        };
        let most = u64::from(coding.rate()) * ITEM_MS_MAX / 1_000;
        if u64::try_from(samples.len()).unwrap_or(u64::MAX) > most {
            let message = format!("sound of an item is at most {} s long", ITEM_MS_MAX / 1_000);
            return refuse(code::TOO_LARGE, message);
        }
        Ok((self.has_voice() && !samples.is_empty()).then(|| Pcm::from(samples)))
    }

    /// Reads the sound of an item.
    pub(super) fn read_item_sound(&mut self, item: String, pcm: Pcm) {
        let hz = self.session.audio.input.format.coding().rate();
        self.items.reads(&item);
        self.act(VoiceAct::Read { item, pcm, hz });
    }

    /// Whether nobody has said anything for as long as the session allows. Its clock is the sound that is appended.
    fn look_at_idle(&mut self) {
        let turns = self.session.audio.input.turn_detection.as_ref();
        let (Some(idle_ms), Some(from)) =
            (turns.and_then(TurnDetection::idle_ms), self.voice.idle_from)
        else {
            return;
        };
        let now = self.voice.appended_ms();
        let is_busy = self.active.is_some() || self.voice.turns.iter().any(|heard| !heard.is_read);
        if is_busy || now < from.saturating_add(u64::from(idle_ms)) {
            return;
        }
        self.voice.idle_from = None;
        self.voice.waiting = 0;
        let id = self.fresh_item();
        self.send(ServerEvent::AudioTimeout {
            audio_start_ms: from,
            audio_end_ms: now,
            item_id: id.clone(),
        });
        self.commit_item(id.clone(), true);
        self.understood_nothing(&id, "", now.saturating_sub(from));
        let pending = self.items.take_pending();
        let key = self.fresh("idle");
        self.queue_sentence(Sentence { key, pending });
    }
}
