//! Between sound and a conversation: one voice stream for every face.
//!
//! [`Talker`] is the pure machine of a stream (`step(input) -> effects`, its only clock the index of a sample). It owns the
//! machines of `errand-voice-core` and decides what is read, what is sent to the conversation, what is said, and what was
//! heard of it. [`Streams`] drives talkers: workers that hear, read and speak, shared by all streams, none of them a thread
//! of one stream. Engines are injected ([`Engines`]). The conversation is reached through [`VoiceEvent`] and [`Happened`] alone, so
//! a terminal, a socket and a speaker are the same to this crate. It must not know runtime, engine, server or devices.
//!
//! While an approval is open nothing of what is heard goes to a planner, a log or an event: only [`VoiceEvent::Answer`] comes
//! out, and it is judged elsewhere.
//!
//! Start reading at [`Talker`], then [`Streams`].

mod config;
mod control;
mod engines;
mod event;
mod fault;
mod happened;
mod meaning;
mod metrics;
mod named;
mod streams;
mod talker;
#[cfg(feature = "testing")]
pub mod testing;
mod tone;

pub use config::{
    Backlog, Detection, DetectionKind, Echo, Playback, StreamConfig, TimeFrom, Waiting,
};
pub use control::{Control, Settings};
pub use engines::{Engines, Maker};
pub use event::{Cause, How, Note, SpokenAnswer, Stage, Times, VoiceEvent};
pub use fault::{TalkError, Unread};
pub use happened::{Happened, Outcome};
pub use meaning::Reader;
pub use metrics::describe;
pub use named::Names;
pub use streams::{Limits, StreamHandle, Streams};
pub use talker::{JobId, Parts, ReadJob, ReadKind, Reading, Talker, TalkerEffect, TalkerInput};
