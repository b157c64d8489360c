//! The file `model.bin` of CTranslate2 (its `model_spec.py`, `_serialize`), little-endian: `u32` version; text, the kind of model;
//! `u32` revision; `u32` count of variables. A variable is a text, its name; `u8` rank; `u32` for each dimension; `u8` kind of
//! number; `u32` bytes; the numbers. Then `u32` count of aliases, two texts each. A text is `u16` bytes with a zero at its end.

use std::collections::BTreeMap;

use super::ConvertError;

const VERSION: u32 = 6;
const KIND: &str = "WhisperSpec";
const VARIABLES_MAX: u32 = 4_096;
const NAME_MAX: usize = 200;
const RANK_MAX: u8 = 4;
/// Bytes of a number, by CTranslate2's number of its kind: `f32`, `i8`, `i16`, `i32`, `f16`, `bf16`.
const BYTES: [usize; 6] = [4, 1, 2, 4, 2, 2];
const INT16: u8 = 2;
const HALF: u8 = 4;

/// The variables of a model by name; the numbers stay where they are.
#[derive(Debug)]
pub(super) struct Weights<'a>(BTreeMap<&'a str, Variable<'a>>);

/// Numbers of one shape.
#[derive(Debug)]
pub(super) struct Variable<'a> {
    pub(super) shape: Vec<usize>,
    kind: u8,
    data: &'a [u8],
}

impl<'a> Weights<'a> {
    /// Reads a whole file. Nothing is made room for that is not there.
    pub(super) fn read(file: &'a [u8]) -> Result<Self, ConvertError> {
        let mut from = Reader { rest: file };
        // What is no model at all is told as such, and not as one that was cut.
        if from.u32() != Ok(VERSION) || from.text() != Ok(KIND) {
            return Err(ConvertError::Form);
        }
        from.u32()?;
        let count = from.u32()?;
        if count > VARIABLES_MAX {
            return Err(ConvertError::TooLarge { what: "variables" });
        }
        let mut variables = BTreeMap::new();
        for _ in 0..count {
            let name = from.text()?;
            let variable = from.variable()?;
            if variables.insert(name, variable).is_some() {
                return Err(missing(name));
            }
        }
        let aliases = from.u32()?;
        if aliases > VARIABLES_MAX {
            return Err(ConvertError::TooLarge { what: "names" });
        }
        for _ in 0..aliases {
            from.text()?;
            from.text()?;
        }
        if !from.rest.is_empty() {
            return Err(ConvertError::Cut);
        }
        Ok(Self(variables))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn shape(&self, name: &str) -> Result<&[usize], ConvertError> {
        Ok(&self.get(name)?.shape)
    }

    /// Numbers of 16 bits in this very shape.
    pub(super) fn halves(&self, name: &str, shape: &[usize]) -> Result<&'a [u8], ConvertError> {
        let variable = self.get(name)?;
        if variable.shape != shape {
            return Err(ConvertError::Shape {
                variable: name.to_owned(),
                wanted: shape.to_vec(),
                found: variable.shape.clone(),
            });
        }
        if variable.kind != HALF {
            return Err(numbers(name));
        }
        Ok(variable.data)
    }

    /// One whole number.
    pub(super) fn number(&self, name: &str) -> Result<usize, ConvertError> {
        let variable = self.get(name)?;
        match (variable.kind, variable.data) {
            (INT16, [low, high]) => Ok(u16::from_le_bytes([*low, *high]).into()),
            _ => Err(numbers(name)),
        }
    }

    fn get(&self, name: &str) -> Result<&Variable<'a>, ConvertError> {
        self.0.get(name).ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> ConvertError {
    ConvertError::Missing {
        variable: name.to_owned(),
    }
}

fn numbers(name: &str) -> ConvertError {
    ConvertError::Numbers {
        variable: name.to_owned(),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], ConvertError> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or(ConvertError::Cut)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        let (taken, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(ConvertError::Cut)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn u8(&mut self) -> Result<u8, ConvertError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u32(&mut self) -> Result<u32, ConvertError> {
        self.array().map(u32::from_le_bytes)
    }

    fn size(&mut self) -> Result<usize, ConvertError> {
        usize::try_from(self.u32()?).map_err(|_| ConvertError::Cut)
    }

    fn text(&mut self) -> Result<&'a str, ConvertError> {
        let bytes = usize::from(u16::from_le_bytes(self.array()?));
        if bytes > NAME_MAX {
            return Err(ConvertError::TooLarge { what: "a name" });
        }
        let text = self.take(bytes)?;
        let text = text.strip_suffix(&[0]).unwrap_or(text);
        std::str::from_utf8(text).map_err(|_| ConvertError::Form)
    }

    fn variable(&mut self) -> Result<Variable<'a>, ConvertError> {
        let too_large = ConvertError::TooLarge { what: "a shape" };
        let rank = self.u8()?;
        if rank > RANK_MAX {
            return Err(too_large);
        }
        let shape: Vec<usize> = (0..rank).map(|_| self.size()).collect::<Result<_, _>>()?;
        let kind = self.u8()?;
        let bytes = BYTES
            .get(usize::from(kind))
            .ok_or(ConvertError::TooLarge { what: "a kind" })?;
        let told = self.size()?;
        let wanted = shape
            .iter()
            .try_fold(*bytes, |all, next| all.checked_mul(*next));
        // A variable whose bytes do not fit its shape would be read beyond its end or short of it.
        if wanted != Some(told) {
            return Err(too_large);
        }
        let data = self.take(told)?;
        Ok(Variable { shape, kind, data })
    }
}
