//! The conversation of one satellite. It outlives connections: whoever was cut off in the middle goes on in the middle.

use std::sync::Arc;
use std::time::Duration;

use errand_runtime::house::{Conversation, Emitted, House, OpenError, Principal, Wanted, What};
use errand_types::Told;
use errand_voice_talk::Happened;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::happened::happened;

/// A conversation that nobody goes on with for so long is over; who speaks then begins a new one.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// The conversation of a satellite, while there is one.
#[derive(Debug)]
pub(super) struct Talk {
    house: Arc<dyn House>,
    who: Principal,
    open: Option<Arc<dyn Conversation>>,
    used: Instant,
    connections: u64,
}

impl Talk {
    pub(super) fn new(house: Arc<dyn House>, who: Principal) -> Self {
        Self {
            house,
            who,
            open: None,
            used: Instant::now(),
            connections: 0,
        }
    }

    /// A connection begins. Sentences of different connections must not have the same name.
    pub(super) fn connected(&mut self) -> Prefix {
        self.connections = self.connections.saturating_add(1);
        Prefix(format!("wyo-{}-", self.connections))
    }

    /// Somebody is there: the conversation, and what happens in it from now on where it is another one than before.
    pub(super) async fn begin(
        &mut self,
        is_listening: bool,
    ) -> Result<Option<(Arc<dyn Conversation>, Events)>, OpenError> {
        let is_over = self.used.elapsed() >= IDLE;
        self.used = Instant::now();
        if let Some(open) = self.open.as_ref().filter(|_| !is_over) {
            if is_listening {
                return Ok(None);
            }
            let wanted = Wanted::Resume(open.id().clone());
            if let Ok(conversation) = self.house.session(&self.who, wanted).await {
                // Listened to first, so that nothing that is asked anew is told to nobody.
                let events = conversation.events();
                conversation.taken_up(Told::Aloud);
                self.open = Some(Arc::clone(&conversation));
                return Ok(Some((conversation, events)));
            }
        }
        let conversation = self.house.session(&self.who, Wanted::New).await?;
        let events = conversation.events();
        self.open = Some(Arc::clone(&conversation));
        Ok(Some((conversation, events)))
    }

    pub(super) fn used(&mut self) {
        self.used = Instant::now();
    }
}

/// What happens in a conversation.
pub(super) type Events = broadcast::Receiver<Arc<Emitted>>;

/// What stands before the names of sentences of one connection.
#[derive(Debug, Clone)]
pub(super) struct Prefix(String);

impl Prefix {
    pub(super) fn put(&self, key: &str) -> String {
        format!("{}{key}", self.0)
    }

    /// What happened, as the stream of this connection knows it.
    pub(super) fn happened(&self, emitted: &Emitted) -> Happened {
        let key = match &emitted.what {
            What::TurnStarted { key } => key.strip_prefix(&self.0).unwrap_or_default(),
            What::Say { .. } | What::Errand { .. } | What::TurnDone { .. } => "",
        };
        happened(emitted, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_another_connection_is_not_taken_for_one_of_this() {
        let prefix = Prefix("wyo-2-".to_owned());
        let started = |key: &str| {
            prefix.happened(&Emitted {
                turn: Some(1),
                what: What::TurnStarted {
                    key: key.to_owned(),
                },
            })
        };

        assert_eq!(prefix.put("k1"), "wyo-2-k1");
        assert_eq!(
            started("wyo-2-k1"),
            Happened::TurnStarted { key: "k1".into() }
        );
        assert_eq!(
            started("wyo-1-k1"),
            Happened::TurnStarted { key: String::new() }
        );
    }

    #[test]
    fn the_words_on_a_screen_are_never_spoken() {
        let prefix = Prefix(String::new());
        let emitted = Emitted {
            turn: Some(1),
            what: What::Say {
                live: "Say amber violin.".to_owned(),
                kept: "Say the two words.".to_owned(),
                is_private: false,
            },
        };

        assert_eq!(
            prefix.happened(&emitted),
            Happened::said("Say the two words.")
        );
    }
}
