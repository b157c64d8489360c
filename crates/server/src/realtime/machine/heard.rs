//! What the stream tells of the person: turns that begin, end, and are understood.

use errand_protocol::realtime::{
    Content, ErrorDetail, Item, ItemStatus, MessageItem, MessageRole, ServerEvent, StatusReason,
    TranscriptionUsage, code,
};
use errand_types::{By, VoiceMatch, Way};
use errand_voice_core::{Floor, SampleIdx, TurnId};
use errand_voice_talk::{How, SpokenAnswer};

use super::items::{Pending, object};
use super::responses::{End, Sentence};
use super::voice::HeardTurn;
use super::{Effect, SessionMachine};

impl SessionMachine {
    /// Somebody speaks. Which event that is worth is known with [`SessionMachine::on_taken`], which follows.
    pub(super) fn on_speech_started(&mut self, turn: TurnId, at: SampleIdx) {
        let from_ms = self.voice.ms_at(at);
        // A turn that the client commits has its item from there, maybe from before we heard of it.
        let item = if self.detects() {
            Some(self.fresh_item())
        } else {
            self.voice.committed.pop_front()
        };
        let is_committed = item.is_some() && !self.detects();
        self.voice.push_turn(HeardTurn {
            turn,
            item,
            from_ms,
            until_ms: from_ms,
            is_committed,
            is_read: false,
            told: String::new(),
            was_told: false,
            is_quiet: false,
        });
    }

    fn detects(&self) -> bool {
        self.session.audio.input.turn_detection.is_some()
    }

    /// What a turn counts as. Over an answer of ours it stops that, unless a payment is under way: then nobody is told
    /// that somebody speaks before it is over, because clients would stop what they play.
    pub(super) fn on_taken(&mut self, turn: TurnId, floor: Floor) {
        let is_busy = self.active.is_some();
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        if heard.was_told || heard.is_committed {
            return;
        }
        heard.is_quiet = is_busy && matches!(floor, Floor::Queued | Floor::TooLate);
        if !heard.is_quiet && self.detects() {
            self.tell_started(turn);
        }
    }

    fn tell_started(&mut self, turn: TurnId) {
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        heard.was_told = true;
        let (audio_start_ms, item_id) = (heard.from_ms, heard.item.clone().unwrap_or_default());
        self.voice.idle_from = None;
        self.send(ServerEvent::SpeechStarted {
            audio_start_ms,
            item_id,
        });
        let interrupts = |turns: &errand_protocol::realtime::TurnDetection| turns.interrupts();
        if self
            .session
            .audio
            .input
            .turn_detection
            .as_ref()
            .is_some_and(interrupts)
        {
            self.interrupt();
        }
    }

    /// The answer under way is over because somebody speaks. What the house works on goes on until it is told otherwise:
    /// the next sentence may belong to it.
    fn interrupt(&mut self) {
        if self.active.is_some() {
            self.finish(&End::Cancelled(StatusReason::TurnDetected));
        }
    }

    pub(super) fn on_speech_stopped(&mut self, turn: TurnId, voice_end: SampleIdx) {
        let until_ms = self.voice.ms_at(voice_end);
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        heard.until_ms = until_ms.max(heard.from_ms);
        if heard.is_committed {
            return;
        }
        let is_quiet = heard.is_quiet;
        if heard.item.is_none() {
            // Longer than one utterance may be: it is read as far as it went.
            heard.item = Some(String::new());
            let id = self.fresh_item();
            if let Some(heard) = self.voice.turn(turn) {
                heard.item = Some(id);
            }
        }
        if !is_quiet {
            self.commit_turn(turn);
        }
    }

    /// The turn becomes an item.
    fn commit_turn(&mut self, turn: TurnId) {
        let detects = self.detects();
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        heard.is_committed = true;
        let (audio_end_ms, id) = (heard.until_ms, heard.item.clone().unwrap_or_default());
        if detects {
            self.send(ServerEvent::SpeechStopped {
                audio_end_ms,
                item_id: id.clone(),
            });
        }
        self.voice.waiting = 0;
        self.commit_item(id, true);
    }

    /// An item of sound enters the conversation. `is_reading`: its words are still to come.
    pub(super) fn commit_item(&mut self, id: String, is_reading: bool) {
        let item = Item::Message(MessageItem {
            id: id.clone(),
            object: object(),
            status: ItemStatus::Completed,
            role: MessageRole::User,
            content: vec![Content::input_audio(None)],
        });
        let previous_item_id = self.items.push(item.clone());
        if is_reading {
            self.items.reads(&id);
        }
        self.send(ServerEvent::AudioCommitted {
            previous_item_id: previous_item_id.clone(),
            item_id: id,
        });
        self.send(ServerEvent::ItemAdded {
            previous_item_id: previous_item_id.clone(),
            item: item.clone(),
        });
        self.send(ServerEvent::ItemDone {
            previous_item_id,
            item,
        });
    }

    /// They went on: the item of the turn is withdrawn, and it becomes a new one when it is over.
    pub(super) fn on_rejoined(&mut self, turn: TurnId) {
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        if !heard.is_committed {
            return;
        }
        heard.is_committed = false;
        heard.is_read = false;
        heard.told.clear();
        let old = heard.item.take();
        if let Some(id) = old.filter(|id| self.items.remove(id)) {
            self.send(ServerEvent::ItemDeleted { item_id: id });
        }
        let id = self.fresh_item();
        if let Some(heard) = self.voice.turn(turn) {
            heard.item = Some(id);
        }
        if self.detects() {
            self.tell_started(turn);
        }
    }

    /// The turn counts as nothing after all.
    pub(super) fn on_dropped(&mut self, turn: TurnId, was_told: bool) {
        let Some(heard) = self.voice.take_turn(turn) else {
            return;
        };
        let Some(id) = heard.item.clone() else {
            return;
        };
        if heard.is_committed {
            self.understood_nothing(&id, &heard.told, ms_between(&heard));
        } else if was_told && !heard.is_quiet && self.detects() {
            self.send(ServerEvent::SpeechStopped {
                audio_end_ms: heard.until_ms,
                item_id: id,
            });
        }
    }

    /// Words so far. Only those that are likely to stay are told: what a client was told cannot be taken back.
    pub(super) fn on_partial(&mut self, turn: TurnId, text: &str, stable: usize) {
        if self.session.audio.input.transcription.is_none() {
            return;
        }
        let Some(heard) = self.voice.turn(turn).filter(|heard| !heard.is_quiet) else {
            return;
        };
        let words: Vec<&str> = text.split_whitespace().take(stable).collect();
        let words = words.join(" ");
        let Some(delta) = words
            .strip_prefix(heard.told.as_str())
            .map(ToOwned::to_owned)
        else {
            return;
        };
        let Some(item_id) = heard.item.clone().filter(|_| !delta.is_empty()) else {
            return;
        };
        heard.told = words;
        self.send(ServerEvent::TranscriptionDelta {
            item_id,
            content_index: 0,
            delta,
        });
    }

    /// What was said.
    pub(super) fn on_transcript(&mut self, turn: TurnId, text: &str, how: &How) {
        self.tell_quiet();
        let Some(heard) = self.voice.turn(turn) else {
            return;
        };
        heard.is_read = true;
        let (told, ms) = (heard.told.clone(), ms_between(heard));
        if let Some(id) = heard.item.clone() {
            self.items.understand(&id, text, how.voice.for_sentence());
            self.tell_understood(&id, text, &told, ms);
        }
    }

    /// There were no words in an item's sound.
    pub(super) fn understood_nothing(&mut self, id: &str, told: &str, ms: u64) {
        self.items.understand(id, "", None);
        self.tell_understood(id, "", told, ms);
    }

    /// Sound of an item was read beside the stream. It may be the answer to anything.
    pub(super) fn on_item_read(&mut self, id: &str, text: &str, voice: Option<VoiceMatch>) {
        self.items.understand(id, text, voice);
        self.tell_understood(id, text, "", 0);
    }

    /// An item was understood. `told` are words of it that the client has already.
    fn tell_understood(&mut self, id: &str, text: &str, told: &str, ms: u64) {
        if self.session.audio.input.transcription.is_some() {
            let rest = text.strip_prefix(told).filter(|rest| !rest.is_empty());
            if let Some(rest) = rest {
                self.send(ServerEvent::TranscriptionDelta {
                    item_id: id.to_owned(),
                    content_index: 0,
                    delta: rest.to_owned(),
                });
            }
            self.send(ServerEvent::TranscriptionCompleted {
                item_id: id.to_owned(),
                content_index: 0,
                transcript: text.to_owned(),
                usage: TranscriptionUsage::of_ms(ms),
            });
        }
        self.answer_waiting();
    }

    /// Nobody could read it. The person is asked again by the stream itself.
    pub(super) fn on_unread(&mut self, turn: TurnId, cause: &'static str) {
        let Some(heard) = self.voice.take_turn(turn) else {
            return;
        };
        if let Some(id) = heard.item {
            self.not_understood(&id, cause);
        }
    }

    /// An item cannot be read.
    pub(super) fn not_understood(&mut self, id: &str, cause: &str) {
        self.items.understand(id, "", None);
        if self.session.audio.input.transcription.is_some() {
            let message = format!("the sound could not be read ({cause}); nothing was done");
            let mut error = ErrorDetail::request(code::NOT_UNDERSTOOD, message);
            error.kind = "server_error".into();
            self.send(ServerEvent::TranscriptionFailed {
                item_id: id.to_owned(),
                content_index: 0,
                error,
            });
        }
    }

    /// A sentence of the person is answered without the client asking for it.
    pub(super) fn on_heard_say(&mut self, key: &str, text: &str, how: &How, amends: bool) {
        let mut taken = self.items.take_pending();
        taken.add_voice(how.voice.for_sentence());
        let pending = Pending {
            // The stream knows best: commands of the person to it are no sentences for the house.
            text: text.to_owned(),
            spoken: true,
            ..taken
        };
        if amends {
            self.interrupt();
        }
        self.queue_sentence(Sentence {
            key: format!("{}:{key}", self.voice.prefix),
            pending,
        });
    }

    /// The turn belongs to an open approval. Its item keeps no words, and a response that waits for them has nothing to say.
    pub(super) fn on_sealed(&mut self, turn: TurnId) {
        if let Some(heard) = self.voice.turn(turn) {
            heard.is_read = true;
        }
        self.items.settle();
        if self
            .active
            .as_ref()
            .is_some_and(super::responses::Active::waits)
        {
            self.finish(&End::Completed);
        }
    }

    /// An answer to an open approval goes to the house as it is and nowhere else: no item ever holds it.
    pub(super) fn on_spoken_answer(&mut self, answer: &SpokenAnswer, how: &How) {
        let text = match answer {
            SpokenAnswer::Words(words) => words.as_str(),
            SpokenAnswer::Yes => "yes",
            SpokenAnswer::No => "no",
        };
        self.interrupt();
        let pending = Pending {
            text: text.to_owned(),
            spoken: true,
            voice: answer.voice(how),
            ..Pending::default()
        };
        let key = self.fresh("answer");
        self.queue_sentence(Sentence { key, pending });
    }

    /// The stream wants the turn of the house stopped.
    pub(super) fn on_stop_turn(&mut self) {
        self.out.push(Effect::Stop);
        if self
            .active
            .as_ref()
            .is_some_and(super::responses::Active::is_of_house)
        {
            self.interrupt();
        }
    }

    /// Turns that nobody was told of because a payment was under way.
    pub(super) fn tell_quiet(&mut self) {
        if self.active.is_some() {
            return;
        }
        let quiet: Vec<TurnId> = self
            .voice
            .turns
            .iter()
            .filter(|heard| heard.is_quiet)
            .map(|heard| heard.turn)
            .collect();
        for turn in quiet {
            let Some(heard) = self.voice.turn(turn) else {
                continue;
            };
            heard.is_quiet = false;
            let is_over = heard.until_ms > heard.from_ms;
            if !self.detects() {
                continue;
            }
            self.tell_started(turn);
            if is_over {
                self.commit_turn(turn);
            }
        }
    }

    /// How a sentence was heard and how its answer is told.
    pub(super) fn way(&self, pending: &Pending, is_aloud: bool) -> Way {
        let way = if pending.spoken {
            Way::SPOKEN.compared(pending.voice)
        } else {
            Way::TYPED
        };
        // What a device of the person heard with its own ears it also says with its own voice.
        let told = if is_aloud || (way.by == By::Spoken && !pending.by_our_ears) {
            errand_types::Told::Aloud
        } else {
            errand_types::Told::Screen
        };
        Way { told, ..way }
    }
}

fn ms_between(heard: &HeardTurn) -> u64 {
    heard.until_ms.saturating_sub(heard.from_ms)
}
