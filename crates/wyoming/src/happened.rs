use errand_runtime::house::{Emitted, TurnStatus, What};
use errand_voice_talk::{Happened, Outcome};

/// What happened in a conversation, for whatever says it aloud. `key` is what that knows the sentence of a turn by.
pub(crate) fn happened(emitted: &Emitted, key: &str) -> Happened {
    match &emitted.what {
        What::TurnStarted { .. } => Happened::TurnStarted {
            key: key.to_owned(),
        },
        // The words of an approval are in its event, where they may be spoken, and never in this text.
        What::Say {
            kept, is_private, ..
        } => Happened::Said {
            text: kept.as_str().into(),
            is_private: *is_private,
        },
        What::Errand { live, .. } => Happened::Errand(live.clone()),
        What::TurnDone { status } => Happened::TurnDone {
            outcome: match status {
                TurnStatus::Completed => Outcome::Completed,
                TurnStatus::Cancelled => Outcome::Cancelled,
                TurnStatus::Failed => Outcome::Failed,
            },
        },
    }
}
