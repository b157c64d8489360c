use errand_protocol::realtime::{
    Content, ContentKind, ErrorDetail, Item, ItemStatus, MessageItem, MessageRole, ServerEvent,
    code,
};

use super::SessionMachine;
use super::items::object;

/// Sound that may wait for a commit, in bytes: five minutes of 16-bit mono at 24 kHz. Only the count is kept.
const BUFFER_BYTES_MAX: usize = 5 * 60 * 24_000 * 2;

impl SessionMachine {
    /// Sound is counted and dropped: nothing in this runtime can hear it yet, and what cannot be used is not kept.
    pub(super) fn on_append(&mut self, bytes: usize) -> Result<(), ErrorDetail> {
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

    /// The buffer becomes an item, and the transcription says at once that it failed: silence would look like an
    /// answer that is still to come.
    pub(super) fn on_commit(&mut self) -> Result<(), ErrorDetail> {
        if std::mem::take(&mut self.buffer_bytes) == 0 {
            let message = "the buffer is empty; no item was added";
            return Err(ErrorDetail::request(code::COMMIT_EMPTY, message));
        }
        let id = self.fresh_item();
        let item = Item::Message(MessageItem {
            id: id.clone(),
            object: object(),
            status: ItemStatus::Completed,
            role: MessageRole::User,
            content: vec![Content {
                kind: ContentKind::InputAudio,
                text: None,
                transcript: None,
            }],
        });
        let previous_item_id = self.items.push(item.clone());
        self.send(ServerEvent::AudioCommitted {
            previous_item_id: previous_item_id.clone(),
            item_id: id.clone(),
        });
        self.send(ServerEvent::ItemAdded {
            previous_item_id: previous_item_id.clone(),
            item: item.clone(),
        });
        self.send(ServerEvent::ItemDone {
            previous_item_id,
            item,
        });
        let message = "speech is not built into this runtime: the sound was dropped, and nothing was understood from it";
        let error = ErrorDetail::request(code::NO_SPEECH, message);
        self.send(ServerEvent::TranscriptionFailed {
            item_id: id,
            content_index: 0,
            error,
        });
        Ok(())
    }

    pub(super) fn on_clear(&mut self) {
        self.buffer_bytes = 0;
        self.send(ServerEvent::AudioCleared {});
    }
}
