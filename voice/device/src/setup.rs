//! Fetching of models: by name from a list with digests, from a configured place, or from a file that is there already.

mod catalogue;
mod error;
mod fetch;
mod http;
mod part;
mod unpack;
mod wake;

pub use catalogue::{Catalogue, Model, ModelError, Piece};
pub use error::SetupError;
pub use fetch::{Fetch, Patience, Progress, Source};
pub use wake::wake_model;
