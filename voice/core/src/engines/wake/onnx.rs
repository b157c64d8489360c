//! The numbers of an ONNX file and nothing else: names, shapes and values of its `float` tensors.
//!
//! ONNX is one protobuf message. Of it `ModelProto.graph` (7), `GraphProto.initializer` (5) and of a `TensorProto` the fields
//! `dims` (1), `data_type` (2), `float_data` (4), `name` (8) and `raw_data` (9) are looked at; everything else is stepped over.
//! The bytes may be anything: all lengths are held against what is there, and nothing is allocated by a number that was read.

use std::collections::BTreeMap;

/// A file is so large at most, in bytes.
const FILE_MAX: usize = 16 * 1024 * 1024;
const TENSORS_MAX: usize = 256;
const NAME_MAX: usize = 200;
const DIMS_MAX: usize = 8;
/// `TensorProto.DataType.FLOAT`.
const FLOAT: u64 = 1;

/// Why a file is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum OnnxError {
    #[error("it is too large")]
    Large,
    #[error("it breaks off, or it is no ONNX file")]
    Form,
    #[error("it has no graph")]
    Empty,
    #[error("it has too many tensors")]
    Many,
    #[error("a tensor has another size than its shape says")]
    Shape,
    #[error("a tensor keeps its values elsewhere")]
    Elsewhere,
    #[error("a tensor holds what is no number")]
    NoNumber,
}

/// Numbers with a shape, the last dimension fastest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    pub(super) dims: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// All tensors of floats, by their names.
pub(super) fn floats(file: &[u8]) -> Result<BTreeMap<String, Tensor>, OnnxError> {
    if file.len() > FILE_MAX {
        return Err(OnnxError::Large);
    }
    let mut found = BTreeMap::new();
    let mut has_graph = false;
    for field in Fields(file) {
        let (7, Value::Bytes(graph)) = field? else {
            continue;
        };
        has_graph = true;
        for field in Fields(graph) {
            let (5, Value::Bytes(bytes)) = field? else {
                continue;
            };
            if let Some((name, tensor)) = tensor(bytes)? {
                if found.len() >= TENSORS_MAX {
                    return Err(OnnxError::Many);
                }
                found.insert(name, tensor);
            }
        }
    }
    if has_graph {
        Ok(found)
    } else {
        Err(OnnxError::Empty)
    }
}

fn tensor(bytes: &[u8]) -> Result<Option<(String, Tensor)>, OnnxError> {
    let (mut dims, mut kind, mut name) = (Vec::new(), 0, String::new());
    let (mut raw, mut packed): (Option<&[u8]>, Option<&[u8]>) = (None, None);
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(dim)) => dims.push(dim),
            (1, Value::Bytes(mut all)) => {
                while !all.is_empty() && dims.len() <= DIMS_MAX {
                    dims.push(varint(&mut all).ok_or(OnnxError::Form)?);
                }
            }
            (2, Value::Number(of)) => kind = of,
            (4, Value::Bytes(all)) => packed = Some(all),
            (8, Value::Bytes(all)) if all.len() <= NAME_MAX => {
                name = String::from_utf8_lossy(all).into_owned();
            }
            (9, Value::Bytes(all)) => raw = Some(all),
            (13 | 14, _) => return Err(OnnxError::Elsewhere),
            _ => {}
        }
        if dims.len() > DIMS_MAX {
            return Err(OnnxError::Shape);
        }
    }
    if kind != FLOAT {
        return Ok(None);
    }
    let data = raw.or(packed).unwrap_or_default();
    let (quads, rest) = data.as_chunks::<4>();
    let dims: Option<Vec<usize>> = dims.into_iter().map(|d| usize::try_from(d).ok()).collect();
    let dims = dims.ok_or(OnnxError::Shape)?;
    let count = dims.iter().try_fold(1_usize, |n, d| n.checked_mul(*d));
    if !rest.is_empty() || count != Some(quads.len()) {
        return Err(OnnxError::Shape);
    }
    let values: Vec<f32> = quads.iter().map(|quad| f32::from_le_bytes(*quad)).collect();
    Ok(Some((name, Tensor { dims, values })))
}

/// A field's value; fixed ones are not needed here.
#[derive(Debug, Clone, Copy)]
enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The fields of a message, in their order. Ends behind the first that cannot be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), OnnxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_none() {
            self.0 = &[];
        }
        Some(field.ok_or(OnnxError::Form))
    }
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Value<'a>)> {
    let key = varint(bytes)?;
    let value = match key & 7 {
        0 => Value::Number(varint(bytes)?),
        1 => take(bytes, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            Value::Bytes(take(bytes, length)?)
        }
        5 => take(bytes, 4).map(|_| Value::Fixed)?,
        _ => return None,
    };
    Some((key >> 3, value))
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

impl Tensor {
    /// Its values, where its shape is this one and all of them are numbers.
    pub(super) fn shaped(&self, dims: &[usize]) -> Result<&[f32], OnnxError> {
        if self.dims != dims {
            return Err(OnnxError::Shape);
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            return Err(OnnxError::NoNumber);
        }
        Ok(&self.values)
    }
}

#[cfg(test)]
pub(super) mod write {
    //! The same form, written: for tests.

    pub(in super::super) fn varint(mut number: u64, out: &mut Vec<u8>) {
        while number >= 0x80 {
            out.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        out.push(number.to_le_bytes()[0]);
    }

    pub(in super::super) fn bytes(field: u64, value: &[u8], out: &mut Vec<u8>) {
        varint(field << 3 | 2, out);
        varint(value.len() as u64, out);
        out.extend_from_slice(value);
    }

    pub(in super::super) fn number(field: u64, value: u64, out: &mut Vec<u8>) {
        varint(field << 3, out);
        varint(value, out);
    }

    /// A file with these tensors.
    pub(in super::super) fn file(tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
        let mut graph = Vec::new();
        for (name, dims, values) in tensors {
            let mut tensor = Vec::new();
            for dim in dims {
                number(1, *dim as u64, &mut tensor);
            }
            number(2, 1, &mut tensor);
            bytes(8, name.as_bytes(), &mut tensor);
            let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            bytes(9, &raw, &mut tensor);
            bytes(5, &tensor, &mut graph);
        }
        let mut file = Vec::new();
        number(1, 7, &mut file);
        bytes(7, &graph, &mut file);
        file
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small() -> Vec<u8> {
        write::file(&[("w".to_owned(), vec![2, 2], vec![1.0, -2.5, 3.0, 0.0])])
    }

    #[test]
    fn tensors_are_read_with_their_names_and_shapes() {
        let found = floats(&small()).unwrap();

        assert_eq!(found["w"].dims, [2, 2]);
        assert_eq!(found["w"].shaped(&[2, 2]).unwrap(), [1.0, -2.5, 3.0, 0.0]);
        assert_eq!(found["w"].shaped(&[4]), Err(OnnxError::Shape));
    }

    #[test]
    fn what_a_file_claims_is_held_against_what_is_there() {
        let file = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut tensor = Vec::new();
            change(&mut tensor);
            let (mut graph, mut file) = (Vec::new(), Vec::new());
            write::bytes(5, &tensor, &mut graph);
            write::bytes(7, &graph, &mut file);
            floats(&file).err()
        };

        assert_eq!(floats(&[]).err(), Some(OnnxError::Empty));
        assert_eq!(floats(b"<html>").err(), Some(OnnxError::Form));
        // A shape with more elements than a machine has bytes, and no bytes.
        assert_eq!(
            file(&|t| {
                write::number(1, u64::MAX, t);
                write::number(1, u64::MAX, t);
                write::number(2, 1, t);
            }),
            Some(OnnxError::Shape)
        );
        assert_eq!(
            file(&|t| {
                write::number(1, 2, t);
                write::number(2, 1, t);
                write::bytes(9, &[0; 7], t);
            }),
            Some(OnnxError::Shape)
        );
        assert_eq!(
            file(&|t| (0..9).for_each(|_| write::number(1, 1, t))),
            Some(OnnxError::Shape)
        );
        assert_eq!(
            file(&|t| write::bytes(13, b"weights.bin", t)),
            Some(OnnxError::Elsewhere)
        );
        let nan = write::file(&[("w".to_owned(), vec![1], vec![f32::NAN])]);
        let found = floats(&nan).unwrap();
        assert_eq!(found["w"].shaped(&[1]), Err(OnnxError::NoNumber));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = floats(&bytes);
        }

        #[test]
        fn a_file_with_a_wrong_byte_or_a_missing_end_is_read_or_refused(
            at in 0_usize..60, byte: u8, cut in 0_usize..60
        ) {
            let mut file = small();
            if let Some(slot) = file.get_mut(at) {
                *slot = byte;
            }
            file.truncate(file.len().saturating_sub(cut));
            let _ = floats(&file);
        }
    }
}
