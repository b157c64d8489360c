use std::collections::VecDeque;

use errand_protocol::realtime::{
    Audio, CallItem, Content, ContentInput, ContentKind, ErrorDetail, Item, ItemInput, ItemStatus,
    MessageItem, MessageRole, NAME_BYTES_MAX, OutputItem, PARTS_MAX, ServerEvent, TEXT_BYTES_MAX,
    code,
};
use errand_types::VoiceMatch;

use super::{SessionMachine, digest};

/// Items of one conversation; beyond, the oldest leave.
const ITEMS_MAX: usize = 500;
/// Bytes of text in one conversation; beyond, the oldest leave.
const WEIGHT_MAX: usize = 256 * 1024;
/// Ids of items that left and may not come back.
const GONE_MAX: usize = 1_000;

/// Makes `object` of every item.
pub(super) fn object() -> String {
    "realtime.item".into()
}

/// An item and whether a response answered it.
#[derive(Debug)]
struct Held {
    item: Item,
    heard: bool,
    /// What stands in it.
    sound: Sound,
}

/// Where the words of an item's sound come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    /// There is none, or the client knows them.
    Theirs,
    /// They are being read here.
    Reading,
    /// They were read here.
    Read,
}

/// What nobody answered yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// All text of the person, in order.
    pub(super) text: String,
    /// Id of the last item with text.
    pub(super) key: Option<String>,
    /// Some of it was heard, by the ears of the device or by ours: all of it counts as spoken.
    pub(super) spoken: bool,
    /// All of that was heard by our own ears.
    pub(super) by_our_ears: bool,
    /// How the voice compared that was least alike.
    pub(super) voice: Option<VoiceMatch>,
    /// There was sound or a picture that cannot be understood.
    pub(super) unread: bool,
    /// Answers of the client's tools: name and output.
    pub(super) outputs: Vec<(String, String)>,
}

/// The conversation, oldest first.
#[derive(Debug, Default)]
pub(super) struct Items {
    held: Vec<Held>,
    weight: usize,
    gone: VecDeque<u64>,
}

impl Items {
    pub(super) fn get(&self, id: &str) -> Option<&Item> {
        self.held
            .iter()
            .map(|held| &held.item)
            .find(|item| item.id() == id)
    }

    pub(super) fn is_known(&self, id: &str) -> bool {
        self.get(id).is_some() || self.gone.contains(&digest(id))
    }

    /// Adds an item at the end and gives the id of the one before it.
    pub(super) fn push(&mut self, item: Item) -> Option<String> {
        self.insert(self.held.len(), item)
    }

    /// Replaces an item, when it is still there.
    pub(super) fn replace(&mut self, item: Item) {
        if let Some(held) = self
            .held
            .iter_mut()
            .find(|held| held.item.id() == item.id())
        {
            self.weight = self
                .weight
                .saturating_sub(held.item.weight())
                .saturating_add(item.weight());
            held.item = item;
        }
    }

    fn insert(&mut self, at: usize, item: Item) -> Option<String> {
        // What stands before something that was answered is history, whoever brings it: a client that replays a
        // conversation after a reconnect must not cause anything twice.
        let is_answer = |held: &Held| matches!(&held.item, Item::Message(item) if item.role == MessageRole::Assistant);
        let heard = self.held.iter().skip(at).any(is_answer);
        let previous = at
            .checked_sub(1)
            .and_then(|at| self.held.get(at))
            .map(|held| held.item.id().to_owned());
        self.weight = self.weight.saturating_add(item.weight());
        let sound = Sound::Theirs;
        self.held.insert(at, Held { item, heard, sound });
        self.compact();
        previous
    }

    fn compact(&mut self) {
        while self.held.len() > 1 && (self.held.len() > ITEMS_MAX || self.weight > WEIGHT_MAX) {
            let oldest = self.held.remove(0);
            self.weight = self.weight.saturating_sub(oldest.item.weight());
            self.forget(oldest.item.id());
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.held.iter().position(|held| held.item.id() == id) else {
            return false;
        };
        let removed = self.held.remove(at);
        self.weight = self.weight.saturating_sub(removed.item.weight());
        self.forget(id);
        true
    }

    fn forget(&mut self, id: &str) {
        if self.gone.len() >= GONE_MAX {
            self.gone.pop_front();
        }
        self.gone.push_back(digest(id));
    }

    fn place(&self, previous: Option<&str>) -> Result<usize, ErrorDetail> {
        match previous {
            None => Ok(self.held.len()),
            Some("root") => Ok(0),
            Some(id) => match self.held.iter().position(|held| held.item.id() == id) {
                Some(at) => Ok(at.saturating_add(1)),
                None => Err(ErrorDetail::request(
                    code::PREVIOUS_UNKNOWN,
                    "there is no item with that id to insert after; the item was not added",
                )
                .about("previous_item_id")),
            },
        }
    }

    /// An answer that the client itself brings: what stands before it was answered.
    fn mark_before(&mut self, at: usize) {
        self.held
            .iter_mut()
            .take(at)
            .for_each(|held| held.heard = true);
    }

    /// The call that waits for an output.
    fn open_call(&self, call_id: &str) -> Option<&CallItem> {
        let is_answer = |held: &Held| matches!(&held.item, Item::FunctionCallOutput(item) if item.call_id == call_id);
        if self.held.iter().any(is_answer) {
            return None;
        }
        self.call(call_id)
    }

    fn call(&self, call_id: &str) -> Option<&CallItem> {
        self.held.iter().find_map(|held| match &held.item {
            Item::FunctionCall(call) if call.call_id == call_id => Some(call),
            Item::FunctionCall(_) | Item::Message(_) | Item::FunctionCallOutput(_) => None,
        })
    }

    /// The words of this item's sound are being read.
    pub(super) fn reads(&mut self, id: &str) {
        if let Some(held) = self.held.iter_mut().find(|held| held.item.id() == id) {
            held.sound = Sound::Reading;
        }
    }

    /// Whether words of something that nobody answered yet are being read.
    pub(super) fn is_reading(&self) -> bool {
        self.held
            .iter()
            .any(|held| !held.heard && held.sound == Sound::Reading)
    }

    /// Nothing is being read any more: what was heard went elsewhere.
    pub(super) fn settle(&mut self) {
        for held in &mut self.held {
            if held.sound == Sound::Reading {
                held.sound = Sound::Read;
                held.heard = true;
            }
        }
    }

    /// The words of an item's sound, and how its voice compared; no words: there were none.
    pub(super) fn understand(&mut self, id: &str, text: &str, voice: Option<VoiceMatch>) {
        let Some(held) = self.held.iter_mut().find(|held| held.item.id() == id) else {
            return;
        };
        held.sound = Sound::Read;
        let Item::Message(message) = &mut held.item else {
            return;
        };
        let part = message
            .content
            .iter_mut()
            .find(|part| part.kind == ContentKind::InputAudio && part.transcript.is_none());
        if let Some(part) = part {
            part.transcript = Some(text.to_owned());
            part.voice = voice;
            self.weight = self.weight.saturating_add(text.len());
        }
    }

    /// Takes what nobody answered yet; it counts as answered from now on.
    pub(super) fn take_pending(&mut self) -> Pending {
        let mut pending = Pending::default();
        let names: Vec<Option<String>> = self
            .held
            .iter()
            .map(|held| match &held.item {
                Item::FunctionCallOutput(output) => {
                    self.call(&output.call_id).map(|call| call.name.clone())
                }
                Item::Message(_) | Item::FunctionCall(_) => None,
            })
            .collect();
        for (held, name) in self.held.iter_mut().zip(names) {
            if !std::mem::replace(&mut held.heard, true) {
                pending.add(&held.item, name);
                let is_ours = held.sound == Sound::Read;
                pending.by_our_ears |= is_ours;
            }
        }
        pending
    }
}

impl Pending {
    /// Adds how a voice compared: of several the least alike counts, since all of it is said as one sentence.
    pub(super) fn add_voice(&mut self, voice: Option<VoiceMatch>) {
        let both = self.voice.into_iter().chain(voice);
        self.voice = both.min_by_key(|voice| (!voice.is_other(), voice.alike));
    }

    /// Adds what an item says.
    pub(super) fn add(&mut self, item: &Item, tool: Option<String>) {
        match item {
            Item::Message(message) if message.role == MessageRole::User => {
                let before = self.text.len();
                for part in &message.content {
                    match part.text.as_ref().or(part.transcript.as_ref()) {
                        Some(text) if !text.trim().is_empty() => {
                            if !self.text.is_empty() {
                                self.text.push('\n');
                            }
                            self.text.push_str(text.trim());
                            self.spoken |= part.kind == ContentKind::InputAudio;
                            self.add_voice(part.voice);
                        }
                        Some(_) => {}
                        None => self.unread = true,
                    }
                }
                if self.text.len() > before {
                    self.key = Some(message.id.clone());
                }
            }
            Item::FunctionCallOutput(output) => {
                self.outputs.push((
                    tool.unwrap_or_else(|| "the tool".into()),
                    output.output.clone(),
                ));
            }
            Item::Message(_) | Item::FunctionCall(_) => {}
        }
    }
}

impl SessionMachine {
    pub(super) fn on_create(
        &mut self,
        previous: Option<&str>,
        input: ItemInput,
    ) -> Result<(), ErrorDetail> {
        let id = match &input.id {
            Some(id) => {
                check_name(id, "item.id")?;
                if self.items.is_known(id) {
                    let message =
                        format!("an item with the id `{id}` was there before; nothing was added");
                    return Err(
                        ErrorDetail::request(code::DUPLICATE_ITEM, message).about("item.id")
                    );
                }
                id.clone()
            }
            None => self.fresh_item(),
        };
        let at = self.items.place(previous)?;
        let (item, sound) = read_item(input, id)?;
        if let Item::FunctionCallOutput(output) = &item
            && self.items.open_call(&output.call_id).is_none()
        {
            let message =
                "no call with that id waits for an output; it was not taken and has no effect";
            return Err(ErrorDetail::request(code::CALL_UNKNOWN, message).about("item.call_id"));
        }
        let is_answer = match &item {
            Item::Message(message) => message.role == MessageRole::Assistant,
            Item::FunctionCall(_) => true,
            Item::FunctionCallOutput(_) => false,
        };
        if is_answer {
            self.items.mark_before(at);
        }
        // Before anything of the item is told: sound that cannot be read is an item that cannot be.
        let pcm = sound.map(|sound| self.read_sound(&sound)).transpose()?;
        let id = item.id().to_owned();
        let previous_item_id = self.items.insert(at, item.clone());
        self.send(ServerEvent::ItemAdded {
            previous_item_id: previous_item_id.clone(),
            item: item.clone(),
        });
        self.send(ServerEvent::ItemDone {
            previous_item_id,
            item,
        });
        if let Some(pcm) = pcm.flatten() {
            self.read_item_sound(id, pcm);
        }
        Ok(())
    }

    /// An id that no client took.
    pub(super) fn fresh_item(&mut self) -> String {
        loop {
            let id = self.fresh("item");
            if !self.items.is_known(&id) {
                return id;
            }
        }
    }

    pub(super) fn on_retrieve(&mut self, id: &str) -> Result<(), ErrorDetail> {
        let item = self.items.get(id).cloned().ok_or_else(|| {
            ErrorDetail::request(code::RETRIEVE_UNKNOWN, "there is no item with that id")
                .about("item_id")
        })?;
        self.send(ServerEvent::ItemRetrieved { item });
        Ok(())
    }

    pub(super) fn on_delete(&mut self, id: &str) -> Result<(), ErrorDetail> {
        if !self.items.remove(id) {
            let message = "there is no item with that id; nothing was deleted";
            return Err(ErrorDetail::request(code::DELETE_UNKNOWN, message).about("item_id"));
        }
        self.send(ServerEvent::ItemDeleted {
            item_id: id.to_owned(),
        });
        Ok(())
    }
}

fn check_name(name: &str, param: &str) -> Result<(), ErrorDetail> {
    if name.is_empty()
        || name.len() > NAME_BYTES_MAX
        || name.chars().any(char::is_control)
        || name == "root"
    {
        let message =
            format!("1 to {NAME_BYTES_MAX} bytes without control characters; nothing was added");
        return Err(ErrorDetail::request(code::BAD_VALUE, message).about(param));
    }
    Ok(())
}

fn check_text(text: &str, param: &str) -> Result<(), ErrorDetail> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("at most {TEXT_BYTES_MAX} bytes; nothing was added");
        return Err(ErrorDetail::request(code::TOO_LARGE, message).about(param));
    }
    Ok(())
}

fn need<T>(value: Option<T>, param: &str) -> Result<T, ErrorDetail> {
    value.ok_or_else(|| {
        ErrorDetail::request(
            code::BAD_VALUE,
            format!("`{param}` is missing; nothing was added"),
        )
        .about(param)
    })
}

/// Checks an item of a client, and gives the sound in it whose words the client does not know.
pub(super) fn read_item(
    input: ItemInput,
    id: String,
) -> Result<(Item, Option<Audio>), ErrorDetail> {
    let (object, status) = (object(), ItemStatus::Completed);
    match input.kind.as_str() {
        "message" => {
            let role = need(input.role, "item.role")?;
            let (content, sound) = read_content(need(input.content, "item.content")?, role)?;
            let item = Item::Message(MessageItem {
                id,
                object,
                status,
                role,
                content,
            });
            Ok((item, sound))
        }
        "function_call" => {
            let (name, call_id) = (
                need(input.name, "item.name")?,
                need(input.call_id, "item.call_id")?,
            );
            check_name(&name, "item.name")?;
            check_name(&call_id, "item.call_id")?;
            let arguments = need(input.arguments, "item.arguments")?;
            check_text(&arguments, "item.arguments")?;
            let item = Item::FunctionCall(CallItem {
                id,
                object,
                status,
                name,
                call_id,
                arguments,
            });
            Ok((item, None))
        }
        "function_call_output" => {
            let call_id = need(input.call_id, "item.call_id")?;
            check_name(&call_id, "item.call_id")?;
            let output = need(input.output, "item.output")?;
            check_text(&output, "item.output")?;
            let item = Item::FunctionCallOutput(OutputItem {
                id,
                object,
                status,
                call_id,
                output,
            });
            Ok((item, None))
        }
        _ => Err(ErrorDetail::request(
            code::ITEM_UNSUPPORTED,
            "items are `message`, `function_call` and `function_call_output`; nothing was added",
        )
        .about("item.type")),
    }
}

fn read_content(
    content: Vec<ContentInput>,
    role: MessageRole,
) -> Result<(Vec<Content>, Option<Audio>), ErrorDetail> {
    if content.len() > PARTS_MAX {
        let message = format!("at most {PARTS_MAX} parts; nothing was added");
        return Err(ErrorDetail::request(code::BAD_VALUE, message).about("item.content"));
    }
    for part in &content {
        let fits = match role {
            MessageRole::System => part.kind == ContentKind::InputText,
            MessageRole::User => {
                matches!(
                    part.kind,
                    ContentKind::InputText | ContentKind::InputAudio | ContentKind::InputImage
                )
            }
            MessageRole::Assistant => matches!(
                part.kind,
                ContentKind::OutputText | ContentKind::OutputAudio
            ),
        };
        let needs_text = matches!(part.kind, ContentKind::InputText | ContentKind::OutputText);
        if !fits || (needs_text && part.text.is_none()) {
            let message = "a part of a kind that this role does not say, or text without `text`; nothing was added";
            return Err(ErrorDetail::request(code::BAD_VALUE, message).about("item.content"));
        }
        check_text(part.text.as_deref().unwrap_or_default(), "item.content")?;
        check_text(
            part.transcript.as_deref().unwrap_or_default(),
            "item.content",
        )?;
    }
    let mut sounds = Vec::new();
    let parts = content
        .into_iter()
        .map(|part| {
            if part.transcript.is_none() {
                sounds.extend(part.audio);
            }
            Content {
                kind: part.kind,
                text: part.text,
                transcript: part.transcript,
                voice: part.errand_voice,
            }
        })
        .collect();
    if sounds.len() > 1 {
        let message = "one part of sound in an item is read; nothing was added";
        return Err(ErrorDetail::request(code::BAD_VALUE, message).about("item.content"));
    }
    Ok((parts, sounds.pop()))
}
