//! PocketSphinx, opened when it is needed: one binary starts with or without the library.
//!
//! Made for Debian's `libpocketsphinx3` (0.8+5prealpha). Its neighbours with the same name call the same functions with other
//! arguments, so the library is recognised by what it has and what it must not have before anything is called. This is the
//! only crate of ours with `unsafe`; it must not know anything else of ours.
//!
//! ```no_run
//! use std::path::Path;
//! use errand_voice_sphinx::{Beams, Decoder, Library, Settings};
//!
//! let library = Library::open()?;
//! let model = Path::new("/usr/share/pocketsphinx/model/en-us");
//! let mut decoder = Decoder::new(&library, &Settings {
//!     acoustic_model: &model.join("en-us"),
//!     dictionary: &model.join("cmudict-en-us.dict"),
//!     grammar: Path::new("order.jsgf"),
//!     beams: Beams::Wide,
//! })?;
//! decoder.start()?;
//! decoder.feed(&[0_i16; 1_600])?;
//! println!("{:?}", decoder.finish()?.map(|heard| heard.text));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Start reading at [`Library::open`].

mod decoder;
mod library;

pub use decoder::{Beams, Decoder, DecoderError, Heard, Settings};
pub use library::{Library, OpenError, REMEDY};
