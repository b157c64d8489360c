//! Conversations of callers, by the names that they give them. They are few, and forgotten when nobody goes on with them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use errand_runtime::house::{Conversation, House, OpenError, Principal, Wanted};
use errand_types::{Language, Way};
use tokio::sync::{Mutex, broadcast};
use tokio::time::{Instant, timeout};

use super::answer::{Gathered, Gathering};
use super::caller::Answer;
use super::said::Manner;

/// Conversations that are held at most.
const TALKS_MAX: usize = 32;
/// How long one is held that nobody goes on with.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// Longest that an answer may take. A caller waits with somebody standing before it.
const ANSWER_WAIT: Duration = Duration::from_secs(45);

/// Whose conversation: two machines may give the same name.
type Key = (IpAddr, String);

/// The conversations.
#[derive(Debug)]
pub(crate) struct Talks {
    house: Arc<dyn House>,
    who: Principal,
    manner: Manner,
    open: Mutex<HashMap<Key, Talk>>,
    count: AtomicU64,
}

#[derive(Debug, Clone)]
struct Talk {
    conversation: Arc<dyn Conversation>,
    used: Instant,
}

impl Talks {
    /// They all act for one person, by one device.
    pub(crate) fn new(house: Arc<dyn House>, who: Principal, manner: Manner) -> Self {
        Self {
            house,
            who,
            manner,
            open: Mutex::default(),
            count: AtomicU64::new(0),
        }
    }

    /// A name for a caller that gave none. It holds for one connection's next sentences when they bring it back.
    pub(crate) fn name(&self) -> String {
        format!("errand-{}", self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// Handles a sentence. Dropping the future stops nothing: what was begun goes on in its conversation.
    ///
    /// The voice is nobody's: whoever reaches a caller may speak through it. So nothing said here answers an approval but
    /// a no.
    pub(crate) async fn handle(&self, peer: IpAddr, name: String, text: &str) -> Answer {
        let gathered = match self.conversation((peer, name.clone())).await {
            Ok(conversation) => self.ask(conversation.as_ref(), text).await,
            Err(error) => {
                tracing::warn!(%error, "a caller's sentence was not handled");
                Gathered {
                    is_handled: false,
                    text: match self.manner.language {
                        Language::English => "errand is busy. Nothing was done.".to_owned(),
                        Language::German => {
                            "errand ist ausgelastet. Nichts wurde getan.".to_owned()
                        }
                    },
                }
            }
        };
        Answer {
            is_handled: gathered.is_handled,
            text: gathered.text,
            context: name,
        }
    }

    async fn conversation(&self, key: Key) -> Result<Arc<dyn Conversation>, OpenError> {
        let now = Instant::now();
        // Held while a new one is made: two sentences of one name at once must not make two.
        let mut open = self.open.lock().await;
        open.retain(|_, talk| now.saturating_duration_since(talk.used) < IDLE);
        if let Some(talk) = open.get_mut(&key) {
            talk.used = now;
            return Ok(Arc::clone(&talk.conversation));
        }
        let conversation = self.house.session(&self.who, Wanted::New).await?;
        if open.len() >= TALKS_MAX {
            let oldest = open.iter().min_by_key(|(_, talk)| talk.used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                open.remove(&oldest);
            }
        }
        open.insert(
            key,
            Talk {
                conversation: Arc::clone(&conversation),
                used: now,
            },
        );
        Ok(conversation)
    }

    async fn ask(&self, conversation: &dyn Conversation, text: &str) -> Gathered {
        let key = format!("wyo-{}", self.count.fetch_add(1, Ordering::Relaxed));
        let mut events = conversation.events();
        if let Err(error) = conversation
            .say(text, &key, Way::SPOKEN.of_stranger())
            .await
        {
            return Gathered {
                is_handled: false,
                text: error.message,
            };
        }
        let mut gathering = Gathering::new(&key, &self.manner);
        let whole = async {
            loop {
                match events.recv().await {
                    Ok(emitted) => {
                        if let Some(gathered) = gathering.step(&emitted) {
                            return Some(gathered);
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        };
        match timeout(ANSWER_WAIT, whole).await {
            Ok(Some(gathered)) => gathered,
            Ok(None) | Err(_) => self.too_late(conversation).await,
        }
    }

    async fn too_late(&self, conversation: &dyn Conversation) -> Gathered {
        if let Err(error) = conversation.stop().await {
            tracing::warn!(code = error.code, "a turn could not be stopped");
        }
        let text = match self.manner.language {
            Language::English => "That took too long and was stopped. Look at errand's page.",
            Language::German => {
                "Das hat zu lange gedauert und wurde abgebrochen. Sieh auf der Seite von errand nach."
            }
        };
        Gathered {
            is_handled: false,
            text: text.to_owned(),
        }
    }
}
