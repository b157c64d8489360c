//! A Whisper model from the form of CTranslate2 into the one that whisper.cpp reads (ggml). Pure: bytes in, bytes out.
//!
//! The numbers stay as they are. What CTranslate2 put together for its own use (query, key and value of an attention in one
//! matrix) is cut apart again, names are those of the model's publisher, and what only the other form carries is added: the
//! vocabulary as bytes, and the filters of the spectrum, which are computed. The same file gives the same bytes on every machine.

mod ctranslate2;
mod filters;
mod ggml;
mod layers;
mod words;

use std::io::{self, Write};

use ctranslate2::Weights;

/// Why a model cannot be put into the other form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// It is not in the form of CTranslate2 that is known here.
    #[error("it is no Whisper model of CTranslate2 in version 6")]
    Form,
    /// It ends before what it promises, or goes on behind it.
    #[error("it ends too early, or goes on behind its end")]
    Cut,
    /// A size in it is one that no model has.
    #[error("it claims {what} that no model has")]
    TooLarge {
        /// Of what.
        what: &'static str,
    },
    /// A variable is missing or there twice.
    #[error("`{variable}` is not in it, or is there twice")]
    Missing {
        /// Its name.
        variable: String,
    },
    /// A variable has another shape than the model's other parts ask for.
    #[error("`{variable}` has the shape {found:?} where {wanted:?} fits")]
    Shape {
        /// Its name.
        variable: String,
        /// The shape that fits.
        wanted: Vec<usize>,
        /// The shape that it has.
        found: Vec<usize>,
    },
    /// A variable has a shape that it never has.
    #[error("`{variable}` has the shape {found:?}, which it never has")]
    Rank {
        /// Its name.
        variable: String,
        /// The shape that it has.
        found: Vec<usize>,
    },
    /// A variable has numbers of another kind.
    #[error("`{variable}` has no numbers of 16 bits")]
    Numbers {
        /// Its name.
        variable: String,
    },
    /// The words cannot be read, or are not one for each number.
    #[error("its vocabulary cannot be read: {cause}")]
    Words {
        /// Why.
        cause: &'static str,
    },
}

/// A conversion that did not come to its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The model.
    Model(ConvertError),
    /// The disk.
    Disk(io::Error),
}

impl From<ConvertError> for Stopped {
    fn from(error: ConvertError) -> Self {
        Self::Model(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Writes the model as whisper.cpp reads it: from CTranslate2's `model.bin` and the `tokenizer.json` beside it.
pub(crate) fn to_ggml(weights: &[u8], words: &[u8], to: &mut impl Write) -> Result<(), Stopped> {
    let model = layers::model(&Weights::read(weights)?)?;
    let words = words::read(words)?;
    if words.len() > model.shape.words {
        return Err(ConvertError::Words {
            cause: "it has more words than the model has rows",
        }
        .into());
    }
    ggml::write(&model, &words, to)
}

#[cfg(test)]
pub(crate) mod tests;
