use std::collections::BTreeMap;

use errand_protocol::realtime::{
    ConversationMode, ErrorDetail, FunctionTool, Item, ItemInput, ItemStatus, MaxTokens, Modality,
    Response, ResponseAudio, ResponseAudioOutput, ResponseParams, ResponseStatus, ServerEvent,
    StatusDetails, StatusError, StatusReason, ToolChoice, Usage, code,
};
use errand_runtime::house::{HouseError, TurnStatus};
use errand_voice_talk::Control;

use super::items::{Pending, read_item};
use super::tools::{self, Decision};
use super::voice::VoiceAct;
use super::writing::Writing;
use super::{Effect, SessionMachine};

/// Sayings that wait until the response under way is over.
const ASIDES_MAX: usize = 64;
/// Sentences of the person that wait for the same.
const SENTENCES_MAX: usize = 8;
/// Characters of a tool's answer that are repeated.
const OUTPUT_SHOWN_MAX: usize = 500;

/// The response under way.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) id: String,
    pub(super) mode: ConversationMode,
    /// What it is given in.
    pub(super) modality: Modality,
    /// What it sounds like. An update of the session is for the responses after it.
    pub(super) sound: ResponseAudioOutput,
    key: Option<String>,
    turn: Option<u64>,
    metadata: Option<BTreeMap<String, String>>,
    max_output_tokens: MaxTokens,
    /// What it is to be made of, while words of the person are still being read.
    waits: Option<Waits>,
    /// Sayings of the protocol's own that the stream was given and has not begun.
    pub(super) due: usize,
    /// Something of it was said or is about to be.
    pub(super) has_spoken: bool,
    /// How it ends, as soon as everything of it was said.
    pub(super) ends: Option<End>,
    /// The stream has begun everything that it says of the turn.
    is_told: bool,
    pub(super) message: Option<Writing>,
    pub(super) output: Vec<(Item, Item)>,
}

impl Active {
    /// Place of the next item in it.
    pub(super) fn place(&self) -> u32 {
        u32::try_from(self.output.len()).unwrap_or(u32::MAX)
    }

    /// Words of the person are still being read for it.
    pub(super) fn waits(&self) -> bool {
        self.waits.is_some()
    }

    /// The house works on it.
    pub(super) fn is_of_house(&self) -> bool {
        self.key.is_some()
    }
}

/// What a response is asked for with.
#[derive(Debug, Clone)]
struct Waits {
    tools: Option<Vec<FunctionTool>>,
    choice: Option<ToolChoice>,
    event_id: Option<String>,
}

/// A saying that belongs to no response.
#[derive(Debug)]
pub(super) struct Aside {
    live: String,
    kept: String,
}

/// A sentence of the person that is answered as soon as nothing else is.
#[derive(Debug)]
pub(super) struct Sentence {
    pub(super) key: String,
    pub(super) pending: Pending,
}

/// How a response ends.
#[derive(Debug)]
pub(super) enum End {
    Completed,
    Cancelled(StatusReason),
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
        let sound = self.sound_of(params.audio)?;
        let given = params
            .input
            .map(|input| self.read_input(input))
            .transpose()?;
        let asked = params
            .output_modalities
            .as_deref()
            .unwrap_or(&self.session.output_modalities);
        let modality = self.session.modality(asked);
        let waits = Waits {
            tools: params.tools,
            choice: params.tool_choice,
            event_id: event_id.map(ToOwned::to_owned),
        };
        let mut active = self.fresh_active(modality);
        active.mode = params.conversation;
        active.sound = sound;
        active.metadata = params.metadata;
        if let Some(max) = params.max_output_tokens {
            active.max_output_tokens = max;
        }
        self.open(active);
        if let Some(pending) = given {
            self.answer(pending, None, waits);
        } else {
            if let Some(active) = &mut self.active {
                active.waits = Some(waits);
            }
            self.answer_waiting();
        }
        Ok(())
    }

    /// Answers what was said, once all of it was read.
    pub(super) fn answer_waiting(&mut self) {
        if self.items.is_reading() {
            return;
        }
        let Some(waits) = self.active.as_mut().and_then(|active| active.waits.take()) else {
            return;
        };
        let pending = self.items.take_pending();
        self.answer(pending, None, waits);
    }

    fn answer(&mut self, pending: Pending, key: Option<String>, waits: Waits) {
        let Some(id) = self.active.as_ref().map(|active| active.id.clone()) else {
            return;
        };
        let key = key
            .or_else(|| pending.key.clone())
            .or(waits.event_id)
            .unwrap_or(id);
        for (name, output) in &pending.outputs {
            self.write_same(&answered(name, output));
        }
        if pending.text.is_empty() {
            if pending.unread {
                self.write_same("I cannot hear or see in this runtime yet. Type it, and I act on it. Nothing was done.");
            } else if pending.outputs.is_empty() {
                self.write_same("What do you need?");
            }
            self.end(End::Completed);
            return;
        }
        let tools = waits.tools.as_deref().unwrap_or(&self.session.tools);
        let choice = waits.choice.as_ref().unwrap_or(&self.session.tool_choice);
        match tools::decide(tools, choice, &pending.text) {
            Decision::House => {
                let is_aloud = self.is_aloud();
                if let Some(active) = &mut self.active {
                    active.key = Some(key.clone());
                    active.is_told = !is_aloud;
                }
                let way = self.way(&pending, is_aloud);
                self.out.push(Effect::Say {
                    text: pending.text,
                    key,
                    way,
                });
            }
            Decision::Call { name, arguments } => {
                self.call(&name, arguments);
                self.end(End::Completed);
            }
            Decision::Words(words) => {
                self.write_same(&words);
                self.end(End::Completed);
            }
        }
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
                // Sound beside the conversation is not read: it would be in nobody's way to be looked at again.
                read_item(one, id)?.0
            };
            pending.add(&item, None);
        }
        // An item beside the conversation has no name that would last; the event names the sentence.
        pending.key = None;
        Ok(pending)
    }

    /// Answers a sentence without being asked to, as soon as nothing else is being answered.
    pub(super) fn queue_sentence(&mut self, sentence: Sentence) {
        if self.sentences.len() >= SENTENCES_MAX {
            self.sentences.pop_front();
        }
        self.sentences.push_back(sentence);
        self.next();
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
        // Once the house is done there is nothing of it to stop; the rest is sound.
        if active.key.is_some() && active.ends.is_none() {
            self.out.push(Effect::Stop);
        }
        self.finish(&End::Cancelled(StatusReason::ClientCancelled));
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
        if self.tells_aloud(turn) {
            // The stream says it, in its own form and its own time.
            return;
        }
        if self.owns(turn) {
            self.write(live, kept, None);
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
        self.next();
    }

    pub(super) fn on_turn_done(&mut self, turn: Option<u64>, status: TurnStatus) {
        if !self.owns(turn) {
            return;
        }
        match status {
            TurnStatus::Completed => self.end(End::Completed),
            TurnStatus::Cancelled => self.end(End::Cancelled(StatusReason::ClientCancelled)),
            TurnStatus::Failed => self.end(End::Failed {
                kind: "server_error",
                code: code::TURN_FAILED.into(),
                message:
                    "the turn ended by a fault of this runtime; what was said tells what was done"
                        .into(),
            }),
        }
    }

    /// The stream has begun everything that it says of the turn that ended.
    pub(super) fn on_told(&mut self) {
        if let Some(active) = &mut self.active
            && active.ends.is_some()
        {
            active.is_told = true;
        }
        self.end_if_told();
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
        self.end_untold(End::Failed {
            kind: "server_error",
            code: error.code.to_owned(),
            message: error.message.clone(),
        });
    }

    pub(super) fn on_never_started(&mut self, key: &str) {
        if self.waits_for(key) {
            self.write_same("I have heard that sentence before. Nothing was done again.");
            self.end_untold(End::Completed);
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

    /// Whether what the house says in this turn is said aloud by the stream.
    pub(crate) fn tells_aloud(&self, turn: Option<u64>) -> bool {
        if !self.voice.is_open {
            return false;
        }
        match &self.active {
            Some(active) if turn.is_some() && active.turn == turn => {
                active.modality == Modality::Audio
            }
            Some(_) | None => self.session.output_modalities.contains(&Modality::Audio),
        }
    }

    /// Whether the response under way is given in sound.
    fn is_aloud(&self) -> bool {
        let is_audio = |active: &Active| active.modality == Modality::Audio;
        self.voice.is_open && self.active.as_ref().is_some_and(is_audio)
    }

    /// What waited until nothing else was being answered.
    fn next(&mut self) {
        while self.active.is_none() {
            if let Some(aside) = self.asides.pop_front() {
                // Words of the house that come late are shown: what is said is the stream's to decide.
                let own = self.fresh_active(Modality::Text);
                self.open(own);
                self.write(&aside.live, &aside.kept, None);
                self.close(&End::Completed);
                continue;
            }
            self.tell_quiet();
            let Some(sentence) = self.sentences.pop_front() else {
                return;
            };
            let own = self.fresh_active(self.usual());
            self.open(own);
            let waits = Waits {
                tools: None,
                choice: None,
                event_id: None,
            };
            self.answer(sentence.pending, Some(sentence.key), waits);
        }
    }

    /// A response that nobody asked for, for what the stream says by itself.
    pub(super) fn open_own(&mut self) {
        let mut active = self.fresh_active(self.usual());
        active.ends = Some(End::Completed);
        self.open(active);
    }

    fn open(&mut self, active: Active) {
        let is_audio = active.modality == Modality::Audio;
        let response = self.shown(&active, ResponseStatus::InProgress, None, Vec::new());
        self.active = Some(active);
        if is_audio {
            self.open_voice();
            self.revoice();
        }
        self.send(ServerEvent::ResponseCreated { response });
    }

    /// What this session is answered in.
    fn usual(&self) -> Modality {
        self.session.modality(&self.session.output_modalities)
    }

    fn fresh_active(&mut self, modality: Modality) -> Active {
        let modality = if self.has_voice() {
            modality
        } else {
            Modality::Text
        };
        Active {
            id: self.fresh("resp"),
            mode: ConversationMode::Auto,
            modality,
            sound: self.usual_sound(),
            key: None,
            turn: None,
            metadata: None,
            max_output_tokens: self.session.max_output_tokens.clone(),
            waits: None,
            due: 0,
            has_spoken: false,
            ends: None,
            is_told: true,
            message: None,
            output: Vec::new(),
        }
    }

    /// Words of the protocol's own.
    fn write_same(&mut self, text: &str) {
        if self.is_aloud() {
            self.speak(text);
        } else {
            self.write(text, text, None);
        }
    }

    /// Nothing of the house will be told: the response ends with what was said of it.
    fn end_untold(&mut self, end: End) {
        if let Some(active) = &mut self.active {
            active.is_told = true;
        }
        self.end(end);
    }

    /// Ends the response as soon as everything of it was said.
    fn end(&mut self, end: End) {
        if let Some(active) = &mut self.active {
            active.ends = Some(end);
        }
        self.end_if_told();
    }

    pub(super) fn end_if_told(&mut self) {
        let Some(active) = &mut self.active else {
            return;
        };
        let is_open = !self.voice.live.is_empty() || active.due > 0 || !active.is_told;
        if is_open && active.modality == Modality::Audio {
            return;
        }
        let is_reprompted = active.waits.is_some() && active.has_spoken;
        let end = match active.ends.take() {
            Some(end) => end,
            // The stream asked again by itself: there is nothing left to wait for.
            None if is_reprompted => End::Completed,
            None => return,
        };
        self.finish(&end);
    }

    /// Ends the response and tells what waited for that.
    pub(super) fn finish(&mut self, end: &End) {
        self.close(end);
        self.next();
    }

    fn close(&mut self, end: &End) {
        let Some(mut active) = self.active.take() else {
            return;
        };
        let (status, details) = match end {
            End::Completed => (ResponseStatus::Completed, (None, None)),
            End::Cancelled(reason) => (ResponseStatus::Cancelled, (Some(*reason), None)),
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
        let is_cut = matches!(end, End::Cancelled(_));
        if is_cut && active.modality == Modality::Audio && self.voice.is_open {
            // Not said to its end: what the stream still has of it is not for this response.
            self.voice.live.clear();
            self.act(VoiceAct::Control(Control::Cancel));
        }
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
        self.revoice();
        self.rest();
    }

    /// Silence is counted from the end of an answer and what of it is still to be heard.
    fn rest(&mut self) {
        let ahead = self
            .voice
            .spoken
            .back()
            .map_or(0, super::voice::Spoken::sent_ms);
        self.voice.idle_from = Some(self.voice.appended_ms().saturating_add(ahead));
    }

    fn shown(
        &self,
        active: &Active,
        status: ResponseStatus,
        status_details: Option<StatusDetails>,
        output: Vec<Item>,
    ) -> Response {
        Response {
            object: "realtime.response".into(),
            id: active.id.clone(),
            status,
            status_details,
            output,
            conversation_id: (active.mode == ConversationMode::Auto)
                .then(|| self.conversation_id.clone()),
            output_modalities: vec![active.modality],
            max_output_tokens: active.max_output_tokens.clone(),
            metadata: active.metadata.clone(),
            audio: ResponseAudio {
                output: active.sound.clone(),
            },
            usage: Usage::default(),
        }
    }
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
