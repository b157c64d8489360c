//! The same conversation for a face that hears and speaks: nothing here waits for the end of a turn.

use errand_types::VoiceMatch;
use serde_json::json;

use super::{Show, Talk};
use crate::fault::Fault;
use crate::render::notes;
use crate::socket::Frame;
use crate::term::Out;
use crate::turn::Beat;

/// Where a sentence came from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mouth {
    /// It was typed.
    #[cfg_attr(
        not(feature = "native-voice"),
        expect(dead_code, reason = "without a sound card nobody types beside it")
    )]
    Typed,
    /// It was heard by the ears of this device; how the voice compared with the one that is known here.
    Heard(Option<VoiceMatch>),
}

impl Talk {
    /// Sends a sentence and asks for an answer, without waiting for it. `false`: the line is broken.
    pub(crate) async fn begin(&mut self, text: &str, key: &str, by: Mouth) -> bool {
        self.heard.next_turn();
        let content = match by {
            Mouth::Typed => json!({"type": "input_text", "text": text}),
            Mouth::Heard(None) => json!({"type": "input_audio", "transcript": text}),
            Mouth::Heard(Some(voice)) => {
                json!({"type": "input_audio", "transcript": text, "errand_voice": voice})
            }
        };
        self.send(&[
            json!({
                "type": "conversation.item.create",
                "event_id": format!("say_{key}"),
                "item": {"type": "message", "role": "user", "id": key, "content": [content]},
            }),
            json!({"type": "response.create", "event_id": format!("answer_{key}")}),
        ])
        .await
    }

    /// Stops the answer under way. `false`: the line is broken.
    pub(crate) async fn stop(&mut self) -> bool {
        self.send(&[json!({"type": "response.cancel"})]).await
    }

    /// The next event, with what it means. `None`: the line is broken. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Option<(Frame, Option<Beat>)> {
        let frame = self.socket.next().await?;
        let beat = self.heard.hear(&frame.event);
        Some((frame, beat))
    }

    /// Takes a broken line up again. Not to be dropped on the way.
    pub(crate) async fn back(&mut self, out: &mut Out) -> Result<(), Fault> {
        self.reconnect(out).await
    }

    /// Shows what came, as a turn that is typed shows it.
    pub(crate) fn shown(&mut self, beat: Beat, out: &mut Out) {
        match beat {
            Beat::Over(ended) => self.close(ended, out),
            Beat::Refused(message) if self.show == Show::All => {
                out.talk(&notes::failed("refused", &message, &out.talk));
            }
            Beat::Refused(_) => {}
            beat => self.show(beat, out),
        }
    }
}
