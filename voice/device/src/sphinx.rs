//! Speech to text by PocketSphinx, held to a grammar.

mod begun;
mod dictionary;
mod engine;
mod jsgf;
mod stream;

pub use engine::Sphinx;
