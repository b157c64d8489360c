//! What the stream tells of errand's own voice: sentences, sound, and what was heard of it.

use errand_protocol::realtime::{
    ContentKind, ErrorDetail, Item, ItemStatus, Modality, ServerEvent, code,
};
use errand_voice_core::{ItemId, Sentences};
use errand_voice_talk::{Cause, Control};

use super::SessionMachine;
use super::responses::End;
use super::voice::VoiceAct;

/// What stands for words that are never kept.
const SECRET: &str = "(the words of an approval)";

impl SessionMachine {
    /// Something is about to be said. Without a response under way it gets one of its own.
    pub(super) fn on_item_started(&mut self, item: ItemId, cause: Cause) {
        if self.active.is_none() {
            self.open_own();
        }
        self.voice.live.push(item);
        if let Some(active) = &mut self.active {
            active.has_spoken = true;
            if cause == Cause::Face {
                active.due = active.due.saturating_sub(1);
            }
        }
    }

    fn is_live(&self, item: ItemId) -> bool {
        self.voice.live.contains(&item) && self.active.is_some()
    }

    /// A sentence is about to sound.
    pub(super) fn on_sentence(&mut self, item: ItemId, text: &str, is_secret: bool) {
        if !self.is_live(item) {
            return;
        }
        let kept = if is_secret { SECRET } else { text };
        self.write(text, kept, Some(item));
        let writing = self.active.as_ref().and_then(|a| a.message.as_ref());
        let Some(id) = writing.map(|writing| writing.id.clone()) else {
            return;
        };
        if let Some(spoken) = self.voice.spoken(&id) {
            let begins = spoken.samples;
            spoken.lines.push((kept.to_owned(), begins));
        }
    }

    /// Words that no voice could speak are shown.
    pub(super) fn on_unspoken(&mut self, item: ItemId, text: &str) {
        if self.is_live(item) {
            self.write(text, text, Some(item));
        }
    }

    pub(super) fn on_play(&mut self, item: ItemId, samples: &[i16]) {
        if self.is_live(item) {
            self.sound(item, samples);
        }
    }

    /// All sound of an item was given out.
    pub(super) fn on_item_sent(&mut self, item: ItemId) {
        if !self.is_live(item) {
            return;
        }
        self.voice.live.retain(|live| *live != item);
        let writing = self.active.as_ref().and_then(|a| a.message.as_ref());
        if writing.is_some_and(|writing| writing.item == Some(item)) {
            self.end_message_here(ItemStatus::Completed);
        }
        self.end_if_told();
    }

    /// An item is over. What was not heard of it was not said.
    pub(super) fn on_item_done(&mut self, item: ItemId, heard_ms: u64, is_whole: bool) {
        self.on_item_sent(item);
        if !is_whole {
            self.cut(item, heard_ms);
        }
    }

    /// Cuts every message of an item of the stream to what was heard, unless a client said so itself.
    fn cut(&mut self, item: ItemId, heard_ms: u64) {
        let cut: Vec<(String, String)> = self
            .voice
            .spoken
            .iter()
            .filter(|spoken| spoken.item == item && spoken.cut.is_none())
            .map(|spoken| {
                let ms = heard_ms.saturating_sub(spoken.offset_ms);
                (spoken.id.clone(), spoken.heard(ms.min(spoken.sent_ms())))
            })
            .collect();
        for (id, heard) in cut {
            self.rewrite(&id, heard);
        }
    }

    pub(super) fn rewrite(&mut self, id: &str, heard: String) {
        let Some(Item::Message(message)) = self.items.get(id) else {
            return;
        };
        let mut message = message.clone();
        let sound = |kind| kind == ContentKind::OutputAudio;
        for part in message.content.iter_mut().filter(|part| sound(part.kind)) {
            part.transcript = Some(heard.clone());
        }
        self.items.replace(Item::Message(message));
    }

    /// A client tells what was really heard.
    pub(super) fn on_truncate(
        &mut self,
        id: &str,
        index: u32,
        end_ms: u64,
    ) -> Result<(), ErrorDetail> {
        let Some(Item::Message(message)) = self.items.get(id) else {
            let message = "there is no message with that id; nothing was cut";
            return Err(ErrorDetail::request(code::TRUNCATE_UNKNOWN, message).about("item_id"));
        };
        let is_open = message.content.is_empty();
        let part = usize::try_from(index)
            .ok()
            .and_then(|index| message.content.get(index));
        let is_sound = part.is_some_and(|part| part.kind == ContentKind::OutputAudio);
        let spoken = self.voice.spoken(id);
        let is_begun = is_open && index == 0 && spoken.is_some();
        if !(is_sound || is_begun) {
            let message = "that part holds no sound of errand; nothing was cut";
            return Err(ErrorDetail::request(code::TRUNCATE_RANGE, message).about("content_index"));
        }
        let sent_ms = spoken.map_or(0, |spoken| spoken.sent_ms());
        if end_ms > sent_ms {
            let message = format!("the sound that was sent is {sent_ms} ms long; nothing was cut");
            return Err(ErrorDetail::request(code::TRUNCATE_RANGE, message).about("audio_end_ms"));
        }
        self.truncate(id, end_ms);
        self.send(ServerEvent::ItemTruncated {
            item_id: id.to_owned(),
            content_index: index,
            audio_end_ms: end_ms,
        });
        Ok(())
    }

    /// A message that is still being said goes on: stopping it is for `response.cancel`. What stands in the conversation
    /// when it is over is what the client heard.
    fn truncate(&mut self, id: &str, end_ms: u64) {
        let Some(spoken) = self.voice.spoken(id) else {
            self.rewrite(id, String::new());
            return;
        };
        let heard = spoken.heard(end_ms);
        spoken.cut = Some(heard.clone());
        let (item, audio_end_ms) = (spoken.item, spoken.offset_ms.saturating_add(end_ms));
        self.rewrite(id, heard);
        self.act(VoiceAct::Control(Control::Truncate { item, audio_end_ms }));
    }

    /// Says words of the protocol's own, which no turn of the house says.
    pub(super) fn speak(&mut self, text: &str) {
        let language = errand_types::Language::English;
        let sentences = Sentences::of(language, text);
        if let Some(active) = &mut self.active {
            active.due = active.due.saturating_add(1);
        }
        self.act(VoiceAct::Control(Control::Speak { sentences }));
    }

    /// The stream is gone in the middle of something: what was said so far stands, and the response ends with it.
    pub(super) fn voice_gone(&mut self) {
        let Some(active) = &mut self.active else {
            return;
        };
        if active.modality == Modality::Text {
            return;
        }
        active.due = 0;
        let is_begun = active.has_spoken;
        if !is_begun && active.ends.is_none() {
            // Nothing of it sounded: it goes on in words.
            active.modality = Modality::Text;
            return;
        }
        let end = active.ends.take().unwrap_or(End::Failed {
            kind: "server_error",
            code: code::VOICE_LOST.into(),
            message: "the voice broke off; what was done is done, and can be asked for".into(),
        });
        self.finish(&end);
    }
}
