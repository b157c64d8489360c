//! Fetching of models: by name from a list with digests, from a configured place, or from a file that is there already.

mod catalogue;
mod convert;
mod error;
mod fetch;
mod http;
mod make;
mod part;
mod unpack;
mod wake;
mod zip;

pub use catalogue::{Catalogue, Made, Model, ModelError, Piece};
pub use convert::ConvertError;
pub use error::SetupError;
pub use fetch::{Fetch, Patience, Progress, Source};
pub use wake::wake_model;
