//! The part that is ours: a small network that tells from the last embeddings whether the phrase was just said.
//!
//! Each embedding is narrowed to a few values, always by the same numbers; the narrowed ones of a window go through one hidden
//! layer to one number.

use super::rows::VALUES;
use crate::half::from_half;

const MAGIC: &[u8; 8] = b"EWAKE\x02\0\0";
/// Embeddings that are looked at, values of a narrowed one, and values of the hidden layer, at most.
const WINDOW_MAX: usize = 32;
const FEW_MAX: usize = 96;
const HIDDEN_MAX: usize = 128;

/// Numbers of the head. The file, little-endian: magic; `u16` window, few, hidden; `f32` threshold, `f32` lag in milliseconds; two
/// layers, each its weights as `f16`, input by input, and its bias as `f32`; the last layer and its bias as `f32`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    /// Embeddings that are looked at.
    pub(super) window: usize,
    /// A score from here on counts, 0 to 1.
    pub(super) threshold: f32,
    /// How far behind the end of the phrase it is known, in milliseconds.
    pub(super) lag_ms: f32,
    narrow: Layer,
    hidden: Layer,
    last: Vec<f32>,
    bias: f32,
}

/// A layer that lets nothing below zero through.
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Head {
    pub(super) fn read(file: &[u8]) -> Option<Self> {
        let mut at = file.strip_prefix(MAGIC)?;
        let mut size = |most: usize| {
            let size = usize::from(u16::from_le_bytes(take(&mut at)?));
            (1..=most).contains(&size).then_some(size)
        };
        let (window, few, hidden) = (size(WINDOW_MAX)?, size(FEW_MAX)?, size(HIDDEN_MAX)?);
        let (threshold, lag_ms) = (number(&mut at)?, number(&mut at)?);
        if !(0.0..1.0).contains(&threshold) || !(0.0..=1_000.0).contains(&lag_ms) {
            return None;
        }
        let head = Self {
            window,
            threshold,
            lag_ms,
            narrow: Layer::read(&mut at, VALUES, few)?,
            hidden: Layer::read(&mut at, window * few, hidden)?,
            last: numbers(&mut at, hidden)?,
            bias: number(&mut at)?,
        };
        at.is_empty().then_some(head)
    }

    /// The few values of an embedding that are looked at.
    pub(super) fn narrow(&self, embedding: &[f32; VALUES]) -> Vec<f32> {
        self.narrow.through(embedding.iter())
    }

    /// How sure, 0 to 1; narrowed embeddings, oldest first, as many as `window`.
    pub(super) fn score<'a>(&self, window: impl Iterator<Item = &'a Vec<f32>>) -> f32 {
        let hidden = self.hidden.through(window.flatten());
        let sum: f32 = hidden.iter().zip(&self.last).map(|(a, b)| a * b).sum();
        let score = 1.0 / (1.0 + (-(sum + self.bias)).exp());
        if score.is_finite() { score } else { 0.0 }
    }
}

impl Layer {
    fn read(at: &mut &[u8], from: usize, to: usize) -> Option<Self> {
        // One after the other: nothing is made room for that is not there.
        let mut weights = Vec::new();
        for _ in 0..from * to {
            weights.push(from_half(u16::from_le_bytes(take(at)?))?);
        }
        let bias = numbers(at, to)?;
        Some(Self { weights, bias })
    }

    fn through<'a>(&self, values: impl Iterator<Item = &'a f32>) -> Vec<f32> {
        let mut sums = self.bias.clone();
        for (value, weights) in values.zip(self.weights.chunks_exact(self.bias.len().max(1))) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        for sum in &mut sums {
            *sum = sum.max(0.0);
        }
        sums
    }
}

fn number(at: &mut &[u8]) -> Option<f32> {
    let number = f32::from_le_bytes(take(at)?);
    number.is_finite().then_some(number)
}

fn numbers(at: &mut &[u8], count: usize) -> Option<Vec<f32>> {
    (0..count).map(|_| number(at)).collect()
}

fn take<const N: usize>(at: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = at.split_first_chunk::<N>()?;
    *at = rest;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A head that looks at two embeddings and is sure when the first value of the newer one is large.
    fn small() -> Vec<u8> {
        let one = 0x3c00_u16;
        let mut file = MAGIC.to_vec();
        for size in [2_u16, 1, 1] {
            file.extend(size.to_le_bytes());
        }
        file.extend(0.5_f32.to_le_bytes());
        file.extend(80.0_f32.to_le_bytes());
        for n in 0..VALUES {
            file.extend(if n == 0 { one } else { 0 }.to_le_bytes());
        }
        file.extend(0.0_f32.to_le_bytes());
        for weight in [0, one] {
            file.extend(weight.to_le_bytes());
        }
        for number in [-1.0_f32, 4.0, -2.0] {
            file.extend(number.to_le_bytes());
        }
        file
    }

    #[test]
    fn a_head_scores_what_its_numbers_say() {
        let head = Head::read(&small()).unwrap();
        let (low, mut high) = ([0.0; VALUES], [0.0; VALUES]);
        high[0] = 2.0;
        let (low, high) = (head.narrow(&low), head.narrow(&high));

        let score = |a, b| head.score([a, b].into_iter());
        assert!((score(&low, &high) - 0.880_797).abs() < 1e-5);
        assert!((score(&high, &low) - 0.119_203).abs() < 1e-5);
        assert_eq!((head.threshold, head.lag_ms), (0.5, 80.0));
    }

    #[test]
    fn a_file_that_is_cut_longer_or_claims_too_much_is_refused() {
        let file = small();
        let with = |at: usize, bytes: &[u8]| {
            let mut file = file.clone();
            file.splice(at..at + bytes.len(), bytes.iter().copied());
            Head::read(&file)
        };

        assert!(Head::read(file.get(..file.len() - 1).unwrap()).is_none());
        assert!(Head::read(&[file.clone(), vec![0]].concat()).is_none());
        assert!(with(8, &[0xff, 0xff]).is_none());
        assert!(with(12, &[0, 0]).is_none());
        assert!(with(14, &f32::NAN.to_le_bytes()).is_none());
        assert!(with(14, &1.5_f32.to_le_bytes()).is_none());
    }

    #[test]
    fn the_head_of_the_project_can_be_read_and_is_small() {
        let file = include_bytes!("../../../data/hey-basket.bin");
        assert!(Head::read(file).is_some());
        assert!(file.len() < 100_000, "{}", file.len());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_head_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..600), is_ours: bool) {
            let file = if is_ours { [MAGIC.to_vec(), bytes].concat() } else { bytes };
            let _ = Head::read(&file);
        }

        #[test]
        fn a_head_with_a_wrong_byte_is_read_or_refused(at in 0_usize..240, byte: u8) {
            let mut file = small();
            if let Some(slot) = file.get_mut(at) {
                *slot = byte;
            }
            let _ = Head::read(&file);
        }
    }
}
