//! Google's network of speech embeddings, one row of the spectrum after the other: each layer keeps the rows that its kernel
//! still needs, so nothing is computed twice.
//!
//! All its convolutions are without padding in time, so a row goes through as soon as it is there, and what comes out every eighth
//! row is, to the last digits, what the network gives for the window of 76 rows that ends there.

use std::collections::BTreeMap;

use super::mel::BANDS;
use super::onnx::{OnnxError, Tensor};

/// Values of an embedding.
pub(super) const VALUES: usize = 96;
/// Channels are computed in pieces of so many: what registers hold. All layers have a multiple of it.
const LANES: usize = 24;
/// Nothing leaves a layer below this.
const LEAST: f32 = -0.4;
const LEAK: f32 = 0.2;

/// How a layer looks: kernel in time and in frequency, channels in and out, and the pool behind it in time and frequency.
struct Shape {
    time: usize,
    bands: usize,
    from: usize,
    to: usize,
    pool: Option<usize>,
}

const fn layer(time: usize, bands: usize, from: usize, to: usize, pool: Option<usize>) -> Shape {
    Shape {
        time,
        bands,
        from,
        to,
        pool,
    }
}

const LAYERS: [Shape; 20] = [
    layer(3, 3, 1, 24, None),
    layer(1, 3, 24, 24, None),
    layer(3, 1, 24, 24, Some(2)),
    layer(1, 3, 24, 48, None),
    layer(3, 1, 48, 48, None),
    layer(1, 3, 48, 48, None),
    layer(3, 1, 48, 48, Some(1)),
    layer(1, 3, 48, 72, None),
    layer(3, 1, 72, 72, None),
    layer(1, 3, 72, 72, None),
    layer(3, 1, 72, 72, Some(2)),
    layer(1, 3, 72, 96, None),
    layer(3, 1, 96, 96, None),
    layer(1, 3, 96, 96, None),
    layer(3, 1, 96, 96, Some(1)),
    layer(1, 3, 96, 96, None),
    layer(3, 1, 96, 96, None),
    layer(1, 3, 96, 96, None),
    layer(3, 1, 96, 96, Some(2)),
    layer(3, 1, 96, 96, None),
];

/// A layer's numbers in the order in which they are used: piece of channels, row and band of the kernel, channel in.
struct Layer {
    shape: &'static Shape,
    weights: Vec<[f32; LANES]>,
    bias: Vec<[f32; LANES]>,
    is_last: bool,
}

/// The numbers of the whole network.
pub(super) struct RowWeights {
    layers: Vec<Layer>,
}

impl RowWeights {
    pub(super) fn read(tensors: &BTreeMap<String, Tensor>) -> Result<Self, OnnxError> {
        let tensor = |name: &str| tensors.get(name).ok_or(OnnxError::Shape);
        let mut layers = Vec::new();
        for (n, shape) in LAYERS.iter().enumerate() {
            let is_last = n + 1 == LAYERS.len();
            let name = match n {
                0 => "model/conv2d/Conv2D".to_owned(),
                n => format!("model/conv2d_{n}/Conv2D"),
            };
            let (weights, bias) = if is_last {
                (format!("{name}/ReadVariableOp:0"), vec![0.0; shape.to])
            } else {
                let bias = tensor(&format!("{name}_bias_fused_bn"))?.shaped(&[shape.to])?;
                (format!("{name}_weights_fused_bn"), bias.to_vec())
            };
            let dims = [shape.to, shape.from, shape.time, shape.bands];
            let weights = tensor(&weights)?.shaped(&dims)?;
            layers.push(Layer {
                shape,
                weights: in_order(shape, weights),
                bias: bias.as_chunks::<LANES>().0.to_vec(),
                is_last,
            });
        }
        Ok(Self { layers })
    }
}

/// From `[to][from][time][bands]` to pieces of channels.
fn in_order(shape: &Shape, weights: &[f32]) -> Vec<[f32; LANES]> {
    let taps = shape.time * shape.bands;
    let mut all = Vec::new();
    for piece in 0..shape.to / LANES {
        for tap in 0..taps {
            for from in 0..shape.from {
                let mut lanes = [0.0; LANES];
                for (lane, slot) in lanes.iter_mut().enumerate() {
                    let to = piece * LANES + lane;
                    let at = (to * shape.from + from) * taps + tap;
                    *slot = weights.get(at).copied().unwrap_or_default();
                }
                all.push(lanes);
            }
        }
    }
    all
}

/// A row between layers: bands, each with its channels.
type Row = Vec<f32>;

/// What a layer still needs of the rows before.
#[derive(Clone, Default)]
struct Kept {
    /// The last rows, oldest first; one fewer than the kernel is long.
    rows: Vec<Row>,
    /// A row that waits for its second to be pooled with.
    first: Option<Row>,
}

/// One stream through the network.
#[derive(Clone)]
pub(super) struct Rows {
    kept: Vec<Kept>,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            kept: vec![Kept::default(); LAYERS.len()],
        }
    }

    /// Takes a row of the spectrum; every eighth time, once there were 76, an embedding comes out.
    pub(super) fn push(
        &mut self,
        weights: &RowWeights,
        row: &[f32; BANDS],
    ) -> Option<[f32; VALUES]> {
        let mut row: Row = row.to_vec();
        for (layer, kept) in weights.layers.iter().zip(&mut self.kept) {
            row = kept.through(layer, row)?;
        }
        row.try_into().ok()
    }
}

impl Kept {
    fn through(&mut self, layer: &Layer, row: Row) -> Option<Row> {
        if self.rows.len() + 1 < layer.shape.time {
            self.rows.push(row);
            return None;
        }
        let mut out = {
            let rows: Vec<&[f32]> = self.rows.iter().chain([&row]).map(Vec::as_slice).collect();
            convolve(layer, &rows)
        };
        if !self.rows.is_empty() {
            self.rows.remove(0);
            self.rows.push(row);
        }
        if !layer.is_last {
            for value in &mut out {
                let leaky = if *value < 0.0 { *value * LEAK } else { *value };
                *value = leaky.max(LEAST);
            }
        }
        match layer.shape.pool {
            None => Some(out),
            Some(1) => Some(halved(&out, layer.shape.to)),
            Some(_) => match self.first.take() {
                None => {
                    self.first = Some(halved(&out, layer.shape.to));
                    None
                }
                Some(mut first) => {
                    let second = halved(&out, layer.shape.to);
                    for (slot, value) in first.iter_mut().zip(second) {
                        *slot = slot.max(value);
                    }
                    Some(first)
                }
            },
        }
    }
}

/// The larger of each two neighbouring bands.
fn halved(row: &[f32], channels: usize) -> Row {
    let pairs = row.chunks_exact(channels * 2);
    pairs
        .flat_map(|pair| {
            let (low, high) = pair.split_at(channels);
            low.iter().zip(high).map(|(a, b)| a.max(*b))
        })
        .collect()
}

/// One row of a layer's output, before what bends it. Bands beyond the edges count as zero.
fn convolve(layer: &Layer, rows: &[&[f32]]) -> Row {
    let shape = layer.shape;
    let bands = rows.first().map_or(0, |row| row.len() / shape.from);
    let mut out = vec![0.0; bands * shape.to];
    let taps = shape.time * shape.bands;
    let pieces = layer.weights.chunks_exact(taps * shape.from);
    for (piece, (weights, bias)) in pieces.zip(&layer.bias).enumerate() {
        for (band, out) in out.chunks_exact_mut(shape.to).enumerate() {
            let mut sum = *bias;
            for (tap, weights) in weights.chunks_exact(shape.from).enumerate() {
                let beside = band + tap % shape.bands;
                let Some(beside) = beside.checked_sub(shape.bands / 2) else {
                    continue;
                };
                let from = rows
                    .get(tap / shape.bands)
                    .and_then(|row| row.get(beside * shape.from..(beside + 1) * shape.from));
                for (value, weights) in from.into_iter().flatten().zip(weights) {
                    for (sum, weight) in sum.iter_mut().zip(weights) {
                        *sum += value * weight;
                    }
                }
            }
            if let Some(out) = out.get_mut(piece * LANES..(piece + 1) * LANES) {
                out.copy_from_slice(&sum);
            }
        }
    }
    out
}
