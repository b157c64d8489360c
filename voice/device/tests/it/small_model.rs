//! A small Whisper model in the form of CTranslate2, written here: shapes of a real one, numbers that follow a rule.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the sizes of a small model"
)]

use std::fmt::Write as _;
use std::io::Write as _;

use rawzip::{CompressionMethod, ZipArchiveWriter};

/// What a small model is like.
#[derive(Clone, Copy)]
pub(crate) struct Small {
    pub(crate) words: usize,
    pub(crate) audio: usize,
    pub(crate) text: usize,
    pub(crate) state: usize,
    pub(crate) heads: u16,
    pub(crate) layers: usize,
}

/// A variable: name, shape, kind of number by CTranslate2's number, bytes.
pub(crate) type Variable = (String, Vec<u32>, u8, Vec<u8>);

const MELS: usize = 80;

impl Small {
    pub(crate) const TINY: Self = Self {
        words: 20,
        audio: 8,
        text: 6,
        state: 16,
        heads: 2,
        layers: 2,
    };

    /// Its variables, as the publisher of the other form writes them.
    pub(crate) fn variables(&self) -> Vec<Variable> {
        let (d, wide) = (self.state, 4 * self.state);
        let mut all: Vec<Variable> = Vec::new();
        let mut put = |name: &str, shape: &[usize]| {
            let seed = all.len() as u16;
            let count: usize = shape.iter().product();
            // Small numbers between -0.1 and 0.1, other ones in each variable.
            let number =
                |n: usize| 0x2000 | (n as u16).wrapping_mul(31).wrapping_add(seed) & 0x8aff;
            let bytes = (0..count).flat_map(|n| number(n).to_le_bytes()).collect();
            let shape = shape.iter().map(|size| *size as u32).collect();
            all.push((name.to_owned(), shape, 4, bytes));
        };
        put("encoder/conv1/weight", &[d, MELS, 3]);
        put("encoder/conv1/bias", &[d]);
        put("encoder/conv2/weight", &[d, d, 3]);
        put("encoder/conv2/bias", &[d]);
        put("encoder/position_encodings/encodings", &[self.audio, d]);
        put("decoder/position_encodings/encodings", &[self.text, d]);
        put("decoder/embeddings/weight", &[self.words, d]);
        for side in ["encoder", "decoder"] {
            let norm = |put: &mut dyn FnMut(&str, &[usize]), name: &str| {
                put(&format!("{name}/layer_norm/gamma"), &[d]);
                put(&format!("{name}/layer_norm/beta"), &[d]);
            };
            let linear =
                |put: &mut dyn FnMut(&str, &[usize]), name: &str, to: usize, from: usize| {
                    put(&format!("{name}/weight"), &[to, from]);
                    put(&format!("{name}/bias"), &[to]);
                };
            norm(&mut put, side);
            for layer in 0..self.layers {
                let layer = format!("{side}/layer_{layer}");
                let of = |part: &str| format!("{layer}/{part}");
                linear(&mut put, &of("self_attention/linear_0"), 3 * d, d);
                linear(&mut put, &of("self_attention/linear_1"), d, d);
                norm(&mut put, &of("self_attention"));
                if side == "decoder" {
                    linear(&mut put, &of("attention/linear_0"), d, d);
                    linear(&mut put, &of("attention/linear_1"), 2 * d, d);
                    linear(&mut put, &of("attention/linear_2"), d, d);
                    norm(&mut put, &of("attention"));
                }
                linear(&mut put, &of("ffn/linear_0"), wide, d);
                linear(&mut put, &of("ffn/linear_1"), d, wide);
                norm(&mut put, &of("ffn"));
            }
        }
        for side in ["encoder", "decoder"] {
            let heads = self.heads.to_le_bytes().to_vec();
            all.push((format!("{side}/num_heads"), vec![], 2, heads));
        }
        all
    }

    /// The whole file `model.bin`.
    pub(crate) fn weights(&self) -> Vec<u8> {
        written(&self.variables())
    }
}

/// A file `model.bin` with these variables.
pub(crate) fn written(variables: &[Variable]) -> Vec<u8> {
    let mut file = 6_u32.to_le_bytes().to_vec();
    text(&mut file, "WhisperSpec");
    file.extend(3_u32.to_le_bytes());
    file.extend((variables.len() as u32).to_le_bytes());
    for (name, shape, kind, bytes) in variables {
        text(&mut file, name);
        file.push(shape.len() as u8);
        for size in shape {
            file.extend(size.to_le_bytes());
        }
        file.push(*kind);
        file.extend((bytes.len() as u32).to_le_bytes());
        file.extend(bytes);
    }
    file.extend(1_u32.to_le_bytes());
    text(&mut file, "decoder/projection/weight");
    text(&mut file, "decoder/embeddings/weight");
    file
}

fn text(file: &mut Vec<u8>, text: &str) {
    file.extend((text.len() as u16 + 1).to_le_bytes());
    file.extend(text.as_bytes());
    file.push(0);
}

/// A `tokenizer.json` with so many words.
pub(crate) fn tokenizer(words: usize) -> String {
    let mut vocab = String::new();
    for n in 0..words {
        let _ = write!(vocab, "{}\"Ġw{n}\": {n}", if n == 0 { "" } else { ", " });
    }
    format!(
        r#"{{"version": "1.0", "model": {{"type": "BPE", "vocab": {{{vocab}}}, "merges": []}}}}"#
    )
}

/// A zip archive with these files, packed as wheels are.
pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut file);
    for (name, content) in files {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        // What is written is counted before it is packed.
        let mut plain = config.wrap(Vec::new());
        plain.write_all(content).unwrap();
        let (plain, descriptor) = plain.finish().unwrap();
        entry
            .write_all(&miniz_oxide::deflate::compress_to_vec(&plain, 6))
            .unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    file
}
