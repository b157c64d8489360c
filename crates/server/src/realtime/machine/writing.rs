//! One message of a response, in words or in sound, with its events in the order of the protocol.

use errand_protocol::realtime::{
    Audio, CallItem, Content, ConversationMode, Item, ItemStatus, MessageItem, MessageRole,
    Modality, Part, ServerEvent,
};
use errand_voice_core::ItemId;

use super::SessionMachine;
use super::items::object;
use super::responses::Active;
use super::voice::Spoken;
use crate::realtime::codec::{Encoder, SPOKEN_HZ};

/// The message being written, as shown live and as kept.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) id: String,
    previous: Option<String>,
    kind: Modality,
    live: String,
    pub(super) kept: String,
    /// What the stream calls it, when the stream says it.
    pub(super) item: Option<ItemId>,
    /// Writes its sound; `None` for words alone.
    encoder: Option<Encoder>,
}

impl SessionMachine {
    /// Adds words to the message of the response; begins it with the first.
    pub(super) fn write(&mut self, live: &str, kept: &str, item: Option<ItemId>) {
        self.turn_page(item);
        let Some(mut active) = self.active.take() else {
            return;
        };
        let mut writing = match active.message.take() {
            Some(writing) => writing,
            None => self.begin(&active, item),
        };
        let gap = match (writing.live.is_empty(), writing.kind) {
            (true, _) => "",
            (false, Modality::Text) => "\n",
            (false, Modality::Audio) => " ",
        };
        let (live, kept) = (format!("{gap}{live}"), format!("{gap}{kept}"));
        writing.live.push_str(&live);
        writing.kept.push_str(&kept);
        let (response_id, item_id, output_index) =
            (active.id.clone(), writing.id.clone(), active.place());
        let kind = writing.kind;
        let delta = |delta| match kind {
            Modality::Text => ServerEvent::TextDelta {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index: 0,
                delta,
            },
            Modality::Audio => ServerEvent::AudioTranscriptDelta {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index: 0,
                delta,
            },
        };
        self.send_kept(delta(live), delta(kept));
        active.message = Some(writing);
        self.active = Some(active);
    }

    /// A message holds what the stream calls one item; the next one gets its own.
    fn turn_page(&mut self, item: Option<ItemId>) {
        let is_other = |active: &Active| {
            active
                .message
                .as_ref()
                .is_some_and(|writing| writing.item != item)
        };
        if self.active.as_ref().is_some_and(is_other) {
            self.end_message_here(ItemStatus::Completed);
        }
    }

    /// Adds sound to the message of the response. It is not kept: what was said once is not said again.
    pub(super) fn sound(&mut self, item: ItemId, samples: &[i16]) {
        self.turn_page(Some(item));
        let Some(mut active) = self.active.take() else {
            return;
        };
        let mut writing = match active.message.take() {
            Some(writing) => writing,
            None => self.begin(&active, Some(item)),
        };
        if let Some(encoder) = &mut writing.encoder {
            let bytes = encoder.push(samples);
            if let Some(spoken) = self.voice.spoken(&writing.id) {
                let count = u64::try_from(samples.len()).unwrap_or(u64::MAX);
                spoken.samples = spoken.samples.saturating_add(count);
            }
            self.voice
                .fixed
                .get_or_insert_with(|| active.sound.voice.clone());
            self.send_sound(&active, &writing.id, bytes);
        }
        active.message = Some(writing);
        self.active = Some(active);
    }

    fn send_sound(&mut self, active: &Active, item_id: &str, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let delta = |bytes| ServerEvent::AudioDelta {
            response_id: active.id.clone(),
            item_id: item_id.to_owned(),
            output_index: active.place(),
            content_index: 0,
            delta: Audio::new(bytes),
        };
        self.send_kept(delta(bytes), delta(Vec::new()));
    }

    fn begin(&mut self, active: &Active, item: Option<ItemId>) -> Writing {
        let id = self.fresh_item();
        let shown = message(&id, ItemStatus::InProgress, None);
        let previous = match active.mode {
            ConversationMode::Auto => self.items.push(shown.clone()),
            ConversationMode::None => None,
        };
        let output_index = active.place();
        let kind = active.modality;
        self.send(ServerEvent::OutputItemAdded {
            response_id: active.id.clone(),
            output_index,
            item: shown.clone(),
        });
        if active.mode == ConversationMode::Auto {
            self.send(ServerEvent::ItemAdded {
                previous_item_id: previous.clone(),
                item: shown,
            });
        }
        self.send(ServerEvent::PartAdded {
            response_id: active.id.clone(),
            item_id: id.clone(),
            output_index,
            content_index: 0,
            part: Part::new(kind, ""),
        });
        if let (Modality::Audio, Some(item)) = (kind, item) {
            let offset_ms = self.voice.sent_ms(item);
            self.voice.push_spoken(Spoken {
                id: id.clone(),
                item,
                offset_ms,
                samples: 0,
                hz: SPOKEN_HZ,
                lines: Vec::new(),
                cut: None,
            });
        }
        Writing {
            id,
            previous,
            kind,
            live: String::new(),
            kept: String::new(),
            item,
            encoder: match kind {
                Modality::Audio => Encoder::new(active.sound.format.coding()),
                Modality::Text => None,
            },
        }
    }

    /// Ends the message being written, and leaves the response open.
    pub(super) fn end_message_here(&mut self, status: ItemStatus) {
        if let Some(mut active) = self.active.take() {
            self.end_message(&mut active, status);
            self.active = Some(active);
        }
    }

    /// Ends the message being written.
    pub(super) fn end_message(&mut self, active: &mut Active, status: ItemStatus) {
        let Some(mut writing) = active.message.take() else {
            return;
        };
        if let (ItemStatus::Completed, Some(encoder)) = (status, &mut writing.encoder) {
            // What was cut off is not said to its end.
            let rest = encoder.finish();
            self.send_sound(active, &writing.id, rest);
        }
        let (response_id, item_id, output_index) =
            (active.id.clone(), writing.id.clone(), active.place());
        let kind = writing.kind;
        if kind == Modality::Audio {
            self.send(ServerEvent::AudioDone {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index: 0,
            });
        }
        let done = |words: &str| match kind {
            Modality::Text => ServerEvent::TextDone {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index: 0,
                text: words.to_owned(),
            },
            Modality::Audio => ServerEvent::AudioTranscriptDone {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                content_index: 0,
                transcript: words.to_owned(),
            },
        };
        self.send_kept(done(&writing.live), done(&writing.kept));
        let part = |words: &str| ServerEvent::PartDone {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            content_index: 0,
            part: Part::new(kind, words),
        };
        self.send_kept(part(&writing.live), part(&writing.kept));
        let content = |words: &str| match kind {
            Modality::Text => Content::output_text(words),
            Modality::Audio => Content::output_audio(words),
        };
        let live = message(&writing.id, status, Some(content(&writing.live)));
        let kept = message(&writing.id, status, Some(content(&writing.kept)));
        self.end_item(active, writing.previous.as_deref(), live, kept);
        // Told by the client while it was being said: now it is what stands in the conversation.
        let cut = self.voice.spoken(&writing.id).and_then(|s| s.cut.clone());
        if let Some(heard) = cut {
            self.rewrite(&writing.id, heard);
        }
    }

    fn end_item(&mut self, active: &mut Active, previous: Option<&str>, live: Item, kept: Item) {
        let (response_id, output_index) = (active.id.clone(), active.place());
        let done = |item: &Item| ServerEvent::OutputItemDone {
            response_id: response_id.clone(),
            output_index,
            item: item.clone(),
        };
        self.send_kept(done(&live), done(&kept));
        if active.mode == ConversationMode::Auto {
            // The conversation holds what may be read again later: never the words of an approval.
            self.items.replace(kept.clone());
            let done = |item: &Item| ServerEvent::ItemDone {
                previous_item_id: previous.map(ToOwned::to_owned),
                item: item.clone(),
            };
            self.send_kept(done(&live), done(&kept));
        }
        active.output.push((live, kept));
    }

    /// Asks the client to run one of its tools.
    pub(super) fn call(&mut self, name: &str, arguments: String) {
        let Some(mut active) = self.active.take() else {
            return;
        };
        self.end_message(&mut active, ItemStatus::Completed);
        let (id, call_id) = (self.fresh_item(), self.fresh("call"));
        let item = |status, arguments: &str| {
            Item::FunctionCall(CallItem {
                id: id.clone(),
                object: object(),
                status,
                name: name.to_owned(),
                call_id: call_id.clone(),
                arguments: arguments.to_owned(),
            })
        };
        let (begun, whole) = (
            item(ItemStatus::InProgress, ""),
            item(ItemStatus::Completed, &arguments),
        );
        let (response_id, output_index) = (active.id.clone(), active.place());
        let previous = match active.mode {
            ConversationMode::Auto => self.items.push(begun.clone()),
            ConversationMode::None => None,
        };
        self.send(ServerEvent::OutputItemAdded {
            response_id: response_id.clone(),
            output_index,
            item: begun.clone(),
        });
        if active.mode == ConversationMode::Auto {
            self.send(ServerEvent::ItemAdded {
                previous_item_id: previous.clone(),
                item: begun,
            });
        }
        self.send(ServerEvent::ArgumentsDelta {
            response_id: response_id.clone(),
            item_id: id.clone(),
            output_index,
            call_id: call_id.clone(),
            delta: arguments.clone(),
        });
        self.send(ServerEvent::ArgumentsDone {
            response_id,
            item_id: id.clone(),
            output_index,
            call_id: call_id.clone(),
            name: name.to_owned(),
            arguments,
        });
        self.end_item(&mut active, previous.as_deref(), whole.clone(), whole);
        self.active = Some(active);
    }
}

fn message(id: &str, status: ItemStatus, content: Option<Content>) -> Item {
    Item::Message(MessageItem {
        id: id.to_owned(),
        object: object(),
        status,
        role: MessageRole::Assistant,
        content: content.into_iter().collect(),
    })
}
