//! One request to a server and its answer, streamed and bounded, over one of the two APIs.

mod chat;
mod client;
mod door;
mod error;
mod responses;

pub(crate) use client::Wire;
pub(crate) use error::{Again, CallError};

use serde_json::Value;

/// Calls in one answer; more means that something loops.
pub(crate) const CALLS_MAX: usize = 24;

/// A request, whichever API it goes over.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) model: String,
    /// The rules of the house; nothing by strangers.
    pub(crate) system: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Vec<ToolSpec>,
    pub(crate) shape: Option<Shape>,
    pub(crate) answer_tokens: u32,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A tool as the server is told about it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolSpec {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parameters: Value,
}

/// The schema that an answer must have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) schema: Value,
}

/// What came back. All of it is a stranger's text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) calls: Vec<RawCall>,
    pub(crate) refused: bool,
    pub(crate) end: Option<End>,
    /// Tokens in and out, as the server counts.
    pub(crate) usage: Option<(u64, u64)>,
    /// Pieces that carried something.
    pub(crate) pieces: usize,
    /// Milliseconds until the first of them.
    pub(crate) first_ms: u64,
    pub(crate) ms: u64,
}

/// A call before anybody looked at it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RawCall {
    pub(crate) name: String,
    pub(crate) arguments: String,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It was over.
    Done,
    /// It came to the limit of its tokens.
    Length,
    /// The server held it back.
    Filtered,
}

/// Puts an answer together from the events of a stream.
pub(crate) trait Assemble: Default + Send {
    /// Takes one event; whether it carried something.
    ///
    /// # Errors
    /// When the server says in the stream that it failed, or sends what no stream may hold.
    fn take(&mut self, event: &Value) -> Result<bool, CallError>;

    fn finish(self) -> Answer;
}

fn text_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn number_at(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Value::as_u64)
}
