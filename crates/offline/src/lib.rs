//! Understanding without a language model: a sentence and what is on the table in, a proposal out.
//!
//! Text is normalised and cut into tokens; taggers mark numbers, money, times, labels, shops and references; sentence
//! patterns over tags (data under `lang/`) say what is asked for; free words become wishes; the scene decides the rest.
//! Every stage is a pure function: the moment and the zone come with the scene. This crate must not know the network,
//! sessions, a clock or a source of chance, and it holds no authority: the gate decides what it proposes.
//!
//! The closed grammar for answers to open questions is apart, in [`approve`]: nothing learned ever reaches it.
//!
//! Start reading at [`OfflineModel`].

mod act;
pub mod approve;
mod clause;
mod combine;
pub mod commands;
mod decide;
mod draft;
mod explain;
mod german;
mod lang;
mod lexicon;
pub mod linear;
mod model;
mod need;
mod number;
mod pattern;
pub mod query;
mod refer;
mod said;
mod scan;
mod spelling;
mod style;
mod text;
mod time;
mod tone;
mod vocab;

pub use errand_types::Language;
pub use lexicon::{Lexicon, OfflineError, PHRASES_MAX};
pub use model::OfflineModel;
