//! Between a voice stream and the socket: what was heard goes out as sentences, what happens there goes back to the stream.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::voice::CatalogWords;
use errand_protocol::errand::{ApprovalKind, ApprovalView, ErrandEvent};
use errand_voice_core::{Hidden, Pcm};
use errand_voice_talk::{Happened, Outcome, SpokenAnswer, StreamHandle, VoiceEvent};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::told::Told;
use crate::api::Api;
use crate::fault::Fault;
use crate::render::{approval, notes};
use crate::socket::Frame;
use crate::talk::{Mouth, Talk};
use crate::term::Out;
use crate::turn::{Beat, Ended};

/// Sentences that wait for the answer to an earlier one; more are said by nobody.
const WAITING_MAX: usize = 4;

/// There was nothing to stop any more.
const CANCEL_TOO_LATE: &str = "response_cancel_not_active";

/// A sentence on its way out.
struct Saying {
    key: String,
    text: Hidden,
    by: Mouth,
}

/// What the loudspeaker is to do.
#[derive(Debug, PartialEq)]
pub(super) enum Sound {
    /// Play this behind the rest.
    Play(Pcm),
    /// Throw away what was not played, and play this from where the count stood.
    Replace {
        /// Count of samples taken.
        from: u64,
        /// Sound.
        pcm: Pcm,
    },
    /// One step louder or quieter.
    Volume {
        /// Louder.
        up: bool,
    },
}

/// One conversation, heard and spoken.
pub(super) struct Line {
    /// The socket and what it told.
    pub(super) talk: Talk,
    /// Where the words of a question for the screen are read: a conversation that is held aloud is not told them.
    api: Api,
    /// The stream.
    pub(super) stream: StreamHandle,
    words: Arc<CatalogWords>,
    /// Where things are told.
    pub(super) told: Told,
    waiting: VecDeque<Saying>,
    /// What is being answered, and whether its answer has begun.
    active: Option<(Saying, bool)>,
    /// An answer that nobody here asked for.
    is_news: bool,
    /// Somebody speaks.
    pub(super) is_open: bool,
    /// What is understood so far, for the screen.
    pub(super) partial: String,
    answers: u64,
}

impl Line {
    pub(super) fn new(
        (talk, api): (Talk, Api),
        stream: StreamHandle,
        words: Arc<CatalogWords>,
        told: Told,
    ) -> Self {
        Self {
            talk,
            api,
            stream,
            words,
            told,
            waiting: VecDeque::new(),
            active: None,
            is_news: false,
            is_open: false,
            partial: String::new(),
            answers: 0,
        }
    }

    /// Something was said and its answer is not over.
    pub(super) fn is_busy(&self) -> bool {
        self.active.is_some() || !self.waiting.is_empty() || self.is_news
    }

    /// A sentence that was typed.
    #[cfg(feature = "native-voice")]
    pub(super) async fn typed(&mut self, text: &str, out: &mut Out) -> Result<(), Fault> {
        self.answers += 1;
        let saying = Saying {
            key: format!("typed_{}", self.answers),
            text: Hidden::from(text.to_owned()),
            by: Mouth::Typed,
        };
        let _ = self.stream.cancel();
        if self.active.is_some() {
            self.talk.stop().await;
        }
        self.say(saying, out).await
    }

    async fn say(&mut self, saying: Saying, out: &mut Out) -> Result<(), Fault> {
        if self.active.is_some() || self.is_news {
            if self.waiting.len() >= WAITING_MAX {
                self.waiting.pop_front();
            }
            self.waiting.push_back(saying);
            return Ok(());
        }
        self.send(saying, out).await
    }

    async fn send(&mut self, saying: Saying, out: &mut Out) -> Result<(), Fault> {
        let sent = self
            .talk
            .begin(saying.text.as_str(), &saying.key, saying.by)
            .await;
        self.active = Some((saying, false));
        if sent { Ok(()) } else { self.back(out).await }
    }

    /// The line broke: it is taken up, and what was not being answered yet is sent once more under its own key. Not to be
    /// dropped on the way.
    pub(super) async fn back(&mut self, out: &mut Out) -> Result<(), Fault> {
        self.talk.back(out).await?;
        if let Some((saying, false)) = &self.active {
            self.talk
                .begin(saying.text.as_str(), &saying.key, saying.by)
                .await;
        }
        Ok(())
    }

    /// The next event of the socket. `None`: the line is broken. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Option<(Frame, Option<Beat>)> {
        self.talk.next().await
    }

    /// What the stream tells. Gives what the loudspeaker is to do.
    pub(super) async fn voice(
        &mut self,
        event: VoiceEvent,
        out: &mut Out,
    ) -> Result<Option<Sound>, Fault> {
        match event {
            VoiceEvent::Say {
                key,
                text,
                how,
                amends,
                ..
            } => {
                if amends && self.active.is_some() {
                    self.talk.stop().await;
                }
                let by = Mouth::Heard(how.voice.for_sentence());
                self.say(Saying { key, text, by }, out).await?;
            }
            VoiceEvent::Answer { answer, how, .. } => {
                self.answers += 1;
                let by = Mouth::Heard(answer.voice(&how));
                let text = match answer {
                    SpokenAnswer::Words(words) => words,
                    SpokenAnswer::Yes => Hidden::from("yes"),
                    SpokenAnswer::No => Hidden::from("no"),
                };
                let key = format!("answer_{}", self.answers);
                self.say(Saying { key, text, by }, out).await?;
            }
            VoiceEvent::Woken { phrase, score, end } => {
                self.told.woken(&phrase, score, end, out);
            }
            VoiceEvent::StopTurn if self.active.is_some() => {
                self.talk.stop().await;
            }
            VoiceEvent::SpeechStarted { .. } | VoiceEvent::Rejoined { .. } => {
                self.is_open = true;
                self.told.event("speech_started", json!({}), out);
            }
            VoiceEvent::SpeechStopped { .. } => {
                self.is_open = false;
                self.told.event("speech_stopped", json!({}), out);
            }
            VoiceEvent::Dropped { .. } | VoiceEvent::Sealed { .. } => {
                self.is_open = false;
                self.partial.clear();
            }
            VoiceEvent::Partial { text, .. } => text.as_str().clone_into(&mut self.partial),
            VoiceEvent::Transcript { text, how, .. } => {
                self.partial.clear();
                self.told.heard(text.as_str(), &how, out);
            }
            VoiceEvent::Unread { code, .. } => {
                self.told.event("unread", json!({ "code": code }), out);
                if !self.told.is_json() {
                    let text = format!(
                        "nobody here could understand that ({code}); say it again, or type it"
                    );
                    let lines = notes::failed("not understood", &text, &out.talk);
                    out.talk(&lines);
                }
            }
            VoiceEvent::Sentence {
                text, is_secret, ..
            } => {
                let text = if is_secret {
                    "(two words)"
                } else {
                    text.as_str()
                };
                self.told.event("said", json!({ "text": text }), out);
            }
            VoiceEvent::Unspoken { text, .. } => {
                self.told
                    .event("unspoken", json!({ "text": text.as_str() }), out);
            }
            VoiceEvent::Silent => self.told.event("silent", json!({}), out),
            VoiceEvent::Times(times) => self.told.times(&times, out),
            VoiceEvent::Note(note) => self.told.note(&note, out),
            VoiceEvent::Play { pcm, .. } => return Ok(Some(Sound::Play(pcm))),
            VoiceEvent::Replace { from, pcm } => return Ok(Some(Sound::Replace { from, pcm })),
            VoiceEvent::Volume { up } => return Ok(Some(Sound::Volume { up })),
            // What was heard of an item is the business of faces that keep a history.
            VoiceEvent::StopTurn
            | VoiceEvent::Taken { .. }
            | VoiceEvent::ItemStarted { .. }
            | VoiceEvent::ItemSent { .. }
            | VoiceEvent::ItemDone { .. }
            | VoiceEvent::Heard { .. }
            | VoiceEvent::Truncated { .. }
            | VoiceEvent::TurnTold
            | VoiceEvent::Flush { .. }
            | VoiceEvent::Pace(_) => {}
        }
        Ok(None)
    }

    /// What the socket tells: it is shown, and the stream learns of it.
    pub(super) async fn event(
        &mut self,
        frame: &Frame,
        beat: Option<Beat>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        // A stop that came too late is no news.
        let code = frame.event.pointer("/error/code").and_then(Value::as_str);
        if code == Some(CANCEL_TOO_LATE) {
            return Ok(());
        }
        for happened in self.happened(&frame.event) {
            // A stream that is over ends the talk where its events end.
            let _ = self.stream.happened(happened);
        }
        self.tell(beat.as_ref(), out);
        let over = matches!(
            beat,
            Some(Beat::Over(_) | Beat::Refused(_) | Beat::Resumed(true))
        );
        if let Some(beat) = beat {
            let asked = match &beat {
                Beat::Approval(view) if !self.told.is_json() => Some(view.clone()),
                _ => None,
            };
            self.talk.shown(beat, out);
            if let Some(view) = asked {
                self.ask(*view, out).await;
            }
        }
        if over {
            self.active = None;
            self.is_news = false;
            if let Some(next) = self.waiting.pop_front() {
                self.send(next, out).await?;
            }
        }
        Ok(())
    }

    /// Shows a question and its words on this screen.
    async fn ask(&self, view: ApprovalView, out: &mut Out) {
        let is_spoken = view.words.is_some();
        let view = if view.kind == ApprovalKind::Purchase && !is_spoken {
            let with_words = self.api.get(&["approvals", view.id.as_str()], &[]).await;
            // Without them the question says where else it is answered.
            with_words.unwrap_or(view)
        } else {
            view
        };
        let left = view
            .expires_at
            .as_second()
            .saturating_sub(jiff::Timestamp::now().as_second());
        out.talk(&approval::ask(&view, left, &out.talk));
        out.talk(&super::told::answer_hint(&view, is_spoken, &out.talk));
    }

    fn tell(&self, beat: Option<&Beat>, out: &mut Out) {
        match beat {
            Some(Beat::Approval(view)) => self.told.approval(view, out),
            Some(Beat::Resolved(view)) => self.told.event(
                "resolved",
                json!({"id": view.id, "outcome": view.outcome, "tries_left": view.tries_left}),
                out,
            ),
            Some(Beat::Receipt(order)) => self.told.bought(order, out),
            Some(Beat::Over(_)) => self.told.event("answered", json!({}), out),
            _ => {}
        }
    }

    /// What an event of the protocol means for the stream.
    fn happened(&mut self, event: &Value) -> Vec<Happened> {
        let kind = event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match kind {
            "response.created" => {
                if let Some((saying, started)) = &mut self.active {
                    *started = true;
                    vec![Happened::TurnStarted {
                        key: saying.key.clone(),
                    }]
                } else {
                    self.is_news = true;
                    Vec::new()
                }
            }
            "response.output_text.done" => {
                let text = event
                    .get("text")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let text = Hidden::from(text.to_owned());
                // This is the person's own device, before which they stand alone.
                vec![Happened::said(text)]
            }
            "response.done" => {
                let status = event.pointer("/response/status").and_then(Value::as_str);
                let outcome = match status {
                    Some("completed") => Outcome::Completed,
                    Some("cancelled") => Outcome::Cancelled,
                    _ => Outcome::Failed,
                };
                vec![Happened::TurnDone { outcome }]
            }
            "error" if self.active.is_some() => {
                let text = "That did not reach the conversation. Say it again.";
                vec![Happened::Failed {
                    text: Hidden::from(text.to_owned()),
                }]
            }
            errand if errand.starts_with("errand.") => {
                let Ok(event) = ErrandEvent::deserialize(event) else {
                    return Vec::new();
                };
                self.mention(&event);
                vec![Happened::Errand(Box::new(event))]
            }
            _ => Vec::new(),
        }
    }

    /// What is on the table is listened for by its name.
    fn mention(&self, event: &ErrandEvent) {
        match event {
            ErrandEvent::Products(view) => {
                view.items
                    .iter()
                    .for_each(|card| self.words.mention(&card.title));
            }
            ErrandEvent::Comparison(view) => {
                view.rows
                    .iter()
                    .for_each(|row| self.words.mention(&row.card.title));
            }
            _ => {}
        }
    }

    /// How the last answer ended, for whoever waits for it.
    pub(super) fn ended(&self) -> Option<Ended> {
        self.talk.heard.ended
    }
}
