//! Words of a language model are held against what tools found, and its calls against what the person said.

mod claims;
mod knowledge;
mod licence;
mod text;

pub(crate) use claims::Claims;
pub(crate) use knowledge::{Knowledge, free_words};
pub(crate) use licence::Licence;
