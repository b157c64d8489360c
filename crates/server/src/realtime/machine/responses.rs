use std::collections::BTreeMap;

use errand_protocol::realtime::{
    CallItem, Content, ConversationMode, ErrorDetail, Item, ItemInput, ItemStatus, MaxTokens,
    MessageItem, MessageRole, Modality, Part, Response, ResponseAudio, ResponseAudioOutput,
    ResponseParams, ResponseStatus, ServerEvent, StatusDetails, StatusError, StatusReason, Usage,
    code,
};
use errand_runtime::house::{HouseError, TurnStatus};

use super::items::{Pending, object, read_item};
use super::tools::{self, Decision};
use super::{Effect, SessionMachine};

/// Sayings that wait until the response under way is over.
const ASIDES_MAX: usize = 64;
/// Characters of a tool's answer that are repeated.
const OUTPUT_SHOWN_MAX: usize = 500;

/// The response under way.
#[derive(Debug)]
pub(super) struct Active {
    id: String,
    mode: ConversationMode,
    key: Option<String>,
    turn: Option<u64>,
    metadata: Option<BTreeMap<String, String>>,
    max_output_tokens: MaxTokens,
    message: Option<Writing>,
    output: Vec<(Item, Item)>,
}

/// The message being written, as shown live and as kept.
#[derive(Debug)]
struct Writing {
    id: String,
    previous: Option<String>,
    live: String,
    kept: String,
}

/// A saying that belongs to no response.
#[derive(Debug)]
pub(super) struct Aside {
    live: String,
    kept: String,
}

/// How a response ends.
enum End {
    Completed,
    Cancelled,
    Failed {
        kind: &'static str,
        code: String,
        message: String,
    },
}

impl SessionMachine {
    pub(super) fn on_respond(
        &mut self,
        params: ResponseParams,
        event_id: Option<&str>,
    ) -> Result<(), ErrorDetail> {
        if let Some(active) = &self.active {
            // Also for a response beside the conversation: this runtime works on one sentence at a time, and a second
            // one would stop the first.
            let message = format!(
                "the response `{}` is under way; wait for its `response.done`, or cancel it",
                active.id
            );
            return Err(ErrorDetail::request(code::ALREADY_ACTIVE, message));
        }
        let pending = match params.input {
            Some(input) => self.read_input(input)?,
            None => self.items.take_pending(),
        };
        let id = self.fresh("resp");
        let key = pending
            .key
            .clone()
            .or_else(|| event_id.map(ToOwned::to_owned))
            .unwrap_or_else(|| id.clone());
        self.open(Active {
            id,
            mode: params.conversation,
            key: None,
            turn: None,
            metadata: params.metadata,
            max_output_tokens: params
                .max_output_tokens
                .unwrap_or_else(|| self.session.max_output_tokens.clone()),
            message: None,
            output: Vec::new(),
        });
        for (name, output) in &pending.outputs {
            self.write_same(&answered(name, output));
        }
        if pending.text.is_empty() {
            if pending.unread {
                self.write_same("I cannot hear or see in this runtime yet. Type it, and I act on it. Nothing was done.");
            } else if pending.outputs.is_empty() {
                self.write_same("What do you need?");
            }
            self.finish(&End::Completed);
            return Ok(());
        }
        let tools = params.tools.as_deref().unwrap_or(&self.session.tools);
        let choice = params
            .tool_choice
            .as_ref()
            .unwrap_or(&self.session.tool_choice);
        match tools::decide(tools, choice, &pending.text) {
            Decision::House => {
                if let Some(active) = &mut self.active {
                    active.key = Some(key.clone());
                }
                self.out.push(Effect::Say {
                    text: pending.text,
                    key,
                });
            }
            Decision::Call { name, arguments } => {
                self.call(&name, arguments);
                self.finish(&End::Completed);
            }
            Decision::Words(words) => {
                self.write_same(&words);
                self.finish(&End::Completed);
            }
        }
        Ok(())
    }

    /// Reads `response.input`: items, or references to items of the conversation.
    fn read_input(&mut self, input: Vec<ItemInput>) -> Result<Pending, ErrorDetail> {
        let mut pending = Pending::default();
        for one in input {
            let item = if one.kind == "item_reference" {
                let id = one.id.as_deref().unwrap_or_default();
                self.items.get(id).cloned().ok_or_else(|| {
                    let message = "there is no item with that id; no response was created";
                    ErrorDetail::request(code::RETRIEVE_UNKNOWN, message).about("response.input")
                })?
            } else {
                let id = one.id.clone().unwrap_or_default();
                read_item(one, id)?
            };
            pending.add(&item, None);
        }
        // An item beside the conversation has no name that would last; the event names the sentence.
        pending.key = None;
        Ok(pending)
    }

    pub(super) fn on_cancel(&mut self, response_id: Option<&str>) -> Result<(), ErrorDetail> {
        let Some(active) = self
            .active
            .as_ref()
            .filter(|active| response_id.is_none_or(|id| id == active.id))
        else {
            let message = "Cancellation failed: no such response is under way";
            return Err(ErrorDetail::request(code::CANCEL_NOT_ACTIVE, message).about("response_id"));
        };
        if active.key.is_some() {
            self.out.push(Effect::Stop);
        }
        self.finish(&End::Cancelled);
        Ok(())
    }

    pub(super) fn on_turn_started(&mut self, turn: Option<u64>, key: &str) {
        if let Some(active) = &mut self.active
            && active.key.as_deref() == Some(key)
        {
            active.turn = turn;
        }
    }

    pub(super) fn on_said(&mut self, turn: Option<u64>, live: &str, kept: &str) {
        if self.owns(turn) {
            self.write(live, kept);
            return;
        }
        // Something that happened by itself, or the end of a turn whose response is over: it may be about money, so it
        // is told in a response of its own.
        if self.asides.len() >= ASIDES_MAX {
            self.asides.pop_front();
        }
        self.asides.push_back(Aside {
            live: live.to_owned(),
            kept: kept.to_owned(),
        });
        self.tell_asides();
    }

    pub(super) fn on_turn_done(&mut self, turn: Option<u64>, status: TurnStatus) {
        if !self.owns(turn) {
            return;
        }
        match status {
            TurnStatus::Completed => self.finish(&End::Completed),
            TurnStatus::Cancelled => self.finish(&End::Cancelled),
            TurnStatus::Failed => self.finish(&End::Failed {
                kind: "server_error",
                code: code::TURN_FAILED.into(),
                message:
                    "the turn ended by a fault of this runtime; what was said tells what was done"
                        .into(),
            }),
        }
    }

    pub(super) fn on_refused(&mut self, key: &str, error: &HouseError) {
        if !self.waits_for(key) {
            return;
        }
        let text = match &error.hint {
            Some(hint) => format!("{} {hint}", sentence(&error.message)),
            None => sentence(&error.message),
        };
        self.write_same(&text);
        self.finish(&End::Failed {
            kind: "server_error",
            code: error.code.to_owned(),
            message: error.message.clone(),
        });
    }

    pub(super) fn on_never_started(&mut self, key: &str) {
        if self.waits_for(key) {
            self.write_same("I have heard that sentence before. Nothing was done again.");
            self.finish(&End::Completed);
        }
    }

    fn owns(&self, turn: Option<u64>) -> bool {
        turn.is_some()
            && self
                .active
                .as_ref()
                .is_some_and(|active| active.turn == turn)
    }

    fn waits_for(&self, key: &str) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.key.as_deref() == Some(key) && active.turn.is_none())
    }

    fn tell_asides(&mut self) {
        while self.active.is_none() {
            let Some(aside) = self.asides.pop_front() else {
                return;
            };
            let id = self.fresh("resp");
            self.open(Active {
                id,
                mode: ConversationMode::Auto,
                key: None,
                turn: None,
                metadata: None,
                max_output_tokens: self.session.max_output_tokens.clone(),
                message: None,
                output: Vec::new(),
            });
            self.write(&aside.live, &aside.kept);
            self.close(&End::Completed);
        }
    }

    fn open(&mut self, active: Active) {
        let response = self.shown(&active, ResponseStatus::InProgress, None, Vec::new());
        self.active = Some(active);
        self.send(ServerEvent::ResponseCreated { response });
    }

    fn write_same(&mut self, text: &str) {
        self.write(text, text);
    }

    /// Adds words to the message of the response; begins it with the first.
    fn write(&mut self, live: &str, kept: &str) {
        let Some(mut active) = self.active.take() else {
            return;
        };
        let mut writing = match active.message.take() {
            Some(writing) => writing,
            None => self.begin(&active),
        };
        let gap = if writing.live.is_empty() { "" } else { "\n" };
        let (live, kept) = (format!("{gap}{live}"), format!("{gap}{kept}"));
        writing.live.push_str(&live);
        writing.kept.push_str(&kept);
        let (response_id, item_id, output_index) =
            (active.id.clone(), writing.id.clone(), place(&active));
        let delta = |delta| ServerEvent::TextDelta {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            content_index: 0,
            delta,
        };
        self.send_kept(delta(live), delta(kept));
        active.message = Some(writing);
        self.active = Some(active);
    }

    fn begin(&mut self, active: &Active) -> Writing {
        let id = self.fresh_item();
        let item = message(&id, ItemStatus::InProgress, None);
        let previous = match active.mode {
            ConversationMode::Auto => self.items.push(item.clone()),
            ConversationMode::None => None,
        };
        let output_index = place(active);
        self.send(ServerEvent::OutputItemAdded {
            response_id: active.id.clone(),
            output_index,
            item: item.clone(),
        });
        if active.mode == ConversationMode::Auto {
            self.send(ServerEvent::ItemAdded {
                previous_item_id: previous.clone(),
                item,
            });
        }
        self.send(ServerEvent::PartAdded {
            response_id: active.id.clone(),
            item_id: id.clone(),
            output_index,
            content_index: 0,
            part: Part {
                kind: Modality::Text,
                text: String::new(),
            },
        });
        Writing {
            id,
            previous,
            live: String::new(),
            kept: String::new(),
        }
    }

    /// Ends the message being written.
    fn end_message(&mut self, active: &mut Active, status: ItemStatus) {
        let Some(writing) = active.message.take() else {
            return;
        };
        let (response_id, item_id, output_index) =
            (active.id.clone(), writing.id.clone(), place(active));
        let done = |text: &str| ServerEvent::TextDone {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            content_index: 0,
            text: text.to_owned(),
        };
        self.send_kept(done(&writing.live), done(&writing.kept));
        let part = |text: &str| ServerEvent::PartDone {
            response_id: response_id.clone(),
            item_id: item_id.clone(),
            output_index,
            content_index: 0,
            part: Part {
                kind: Modality::Text,
                text: text.to_owned(),
            },
        };
        self.send_kept(part(&writing.live), part(&writing.kept));
        let live = message(&writing.id, status, Some(&writing.live));
        let kept = message(&writing.id, status, Some(&writing.kept));
        self.end_item(active, writing.previous.as_deref(), live, kept);
    }

    fn end_item(&mut self, active: &mut Active, previous: Option<&str>, live: Item, kept: Item) {
        let (response_id, output_index) = (active.id.clone(), place(active));
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
    fn call(&mut self, name: &str, arguments: String) {
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
        let (response_id, output_index) = (active.id.clone(), place(&active));
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

    /// Ends the response and tells what waited for that.
    fn finish(&mut self, end: &End) {
        self.close(end);
        self.tell_asides();
    }

    fn close(&mut self, end: &End) {
        let Some(mut active) = self.active.take() else {
            return;
        };
        let (status, details) = match end {
            End::Completed => (ResponseStatus::Completed, (None, None)),
            End::Cancelled => (
                ResponseStatus::Cancelled,
                (Some(StatusReason::ClientCancelled), None),
            ),
            End::Failed {
                kind,
                code,
                message,
            } => {
                let error = StatusError {
                    kind: (*kind).into(),
                    code: code.clone(),
                    message: message.clone(),
                };
                (ResponseStatus::Failed, (None, Some(error)))
            }
        };
        let is_cut = matches!(end, End::Cancelled);
        self.end_message(
            &mut active,
            if is_cut {
                ItemStatus::Incomplete
            } else {
                ItemStatus::Completed
            },
        );
        let details = StatusDetails {
            kind: status,
            reason: details.0,
            error: details.1,
        };
        let (live, kept): (Vec<Item>, Vec<Item>) =
            std::mem::take(&mut active.output).into_iter().unzip();
        let done = |output| ServerEvent::ResponseDone {
            response: self.shown(&active, status, Some(details.clone()), output),
        };
        let (live, kept) = (done(live), done(kept));
        self.send_kept(live, kept);
    }

    fn shown(
        &self,
        active: &Active,
        status: ResponseStatus,
        status_details: Option<StatusDetails>,
        output: Vec<Item>,
    ) -> Response {
        let out = &self.session.audio.output;
        Response {
            object: "realtime.response".into(),
            id: active.id.clone(),
            status,
            status_details,
            output,
            conversation_id: (active.mode == ConversationMode::Auto)
                .then(|| self.conversation_id.clone()),
            // Text, whatever was asked: there is no speech in this runtime yet, and what is shown must be what is done.
            output_modalities: vec![Modality::Text],
            max_output_tokens: active.max_output_tokens.clone(),
            metadata: active.metadata.clone(),
            audio: ResponseAudio {
                output: ResponseAudioOutput {
                    format: out.format.clone(),
                    voice: out.voice.clone(),
                },
            },
            usage: Usage::default(),
        }
    }
}

fn message(id: &str, status: ItemStatus, text: Option<&str>) -> Item {
    Item::Message(MessageItem {
        id: id.to_owned(),
        object: object(),
        status,
        role: MessageRole::Assistant,
        content: text.map(Content::output_text).into_iter().collect(),
    })
}

fn place(active: &Active) -> u32 {
    u32::try_from(active.output.len()).unwrap_or(u32::MAX)
}

/// What a tool of the client answered, in one sentence that adds nothing to it.
fn answered(name: &str, output: &str) -> String {
    let shown: String = output.trim().chars().take(OUTPUT_SHOWN_MAX).collect();
    if shown.is_empty() {
        return format!("{name} answered nothing.");
    }
    let cut = if shown.len() < output.trim().len() {
        " …"
    } else {
        ""
    };
    format!("{name} answered: {shown}{cut}")
}

/// An error's text as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let end = if text.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
