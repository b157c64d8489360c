//! The form that whisper.cpp reads, little-endian: magic; eleven numbers of the model's shape; the filters; the vocabulary; tensors, each
//! with its rank, the length of its name, its kind of number, its dimensions from the last to the first, its name and its numbers.

use std::io::Write;

use errand_voice_core::from_half;

use super::filters::{self, BINS};
use super::layers::{Model, Shape, Tensor};
use super::{ConvertError, Stopped};

const MAGIC: u32 = 0x6767_6d6c;
const FLOAT: u32 = 0;
const HALF: u32 = 1;

pub(super) fn write(
    model: &Model<'_>,
    words: &[Vec<u8>],
    to: &mut impl Write,
) -> Result<(), Stopped> {
    head(&model.shape, to)?;
    for size in [model.shape.mels, BINS] {
        number(size, to)?;
    }
    for value in filters::of(model.shape.mels) {
        to.write_all(&value.to_le_bytes())?;
    }
    number(words.len(), to)?;
    for word in words {
        number(word.len(), to)?;
        to.write_all(word)?;
    }
    model.tensors.iter().try_for_each(|of| tensor(of, to))
}

fn head(shape: &Shape, to: &mut impl Write) -> Result<(), Stopped> {
    to.write_all(&MAGIC.to_le_bytes())?;
    for size in [
        shape.words,
        shape.audio,
        shape.state,
        shape.audio_heads,
        shape.audio_layers,
        shape.text,
        shape.state,
        shape.text_heads,
        shape.text_layers,
        shape.mels,
    ] {
        number(size, to)?;
    }
    to.write_all(&HALF.to_le_bytes())?;
    Ok(())
}

fn tensor(tensor: &Tensor<'_>, to: &mut impl Write) -> Result<(), Stopped> {
    number(tensor.shape.len(), to)?;
    number(tensor.name.len(), to)?;
    let kind = if tensor.is_wide { FLOAT } else { HALF };
    to.write_all(&kind.to_le_bytes())?;
    for size in tensor.shape.iter().rev() {
        number(*size, to)?;
    }
    to.write_all(tensor.name.as_bytes())?;
    if !tensor.is_wide {
        to.write_all(tensor.halves)?;
        return Ok(());
    }
    for half in tensor.halves.as_chunks().0 {
        let value = from_half(u16::from_le_bytes(*half)).ok_or_else(|| ConvertError::Numbers {
            variable: tensor.name.clone(),
        })?;
        to.write_all(&value.to_le_bytes())?;
    }
    Ok(())
}

fn number(size: usize, to: &mut impl Write) -> Result<(), Stopped> {
    let size = i32::try_from(size).map_err(|_| ConvertError::TooLarge { what: "a size" })?;
    to.write_all(&size.to_le_bytes())?;
    Ok(())
}
