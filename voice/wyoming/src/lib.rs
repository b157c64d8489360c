//! Wyoming on the wire: events, their frames, and the form of their sound. Nothing here opens a socket or reads a clock.
//!
//! A frame is one line of JSON, then a block of JSON, then a block of bytes, the lengths of both in the line. The protocol
//! bounds none of them, so [`Decoder`] does. What an event carries never shows in `Debug`: it is what somebody said.
//!
//! ```
//! use errand_voice_wyoming::{Decoder, Event};
//!
//! let mut decoder = Decoder::default();
//! decoder.push(&Event::new("ping").with("text", "hello").encode());
//! let event = decoder.next_event()?.expect("the whole frame is there");
//! assert_eq!((event.kind(), event.text("text")), ("ping", Some("hello")));
//! # Ok::<(), errand_voice_wyoming::FrameError>(())
//! ```
//!
//! Start reading at [`Event`].

mod decoder;
mod event;
mod form;

pub use decoder::{BLOCK_MAX, Decoder, FrameError, LINE_MAX};
pub use event::Event;
pub use form::{Form, FormError, samples};
