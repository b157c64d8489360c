//! Which variable of CTranslate2 is which tensor of the model as its publisher named them.

use super::ConvertError;
use super::ctranslate2::Weights;

const LAYERS_MAX: usize = 64;

/// What the other form says of a model before its tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) words: usize,
    /// Positions of sound, 20 ms each.
    pub(super) audio: usize,
    /// Width of the encoder and of the decoder, which whisper.cpp needs to be the same.
    pub(super) state: usize,
    pub(super) audio_heads: usize,
    pub(super) audio_layers: usize,
    /// Words of one reading.
    pub(super) text: usize,
    pub(super) text_heads: usize,
    pub(super) text_layers: usize,
    /// Bands of the spectrum.
    pub(super) mels: usize,
}

impl Shape {
    /// Whether a Whisper model can have it: what is made room for follows from it.
    fn check(&self) -> Result<(), ConvertError> {
        let too_large = |what| Err(ConvertError::TooLarge { what });
        if !(1..=60_000).contains(&self.words) {
            return too_large("a vocabulary");
        }
        if !(1..=1_500).contains(&self.audio) || !(1..=2_048).contains(&self.text) {
            return too_large("a window");
        }
        let are_heads = [self.audio_heads, self.text_heads]
            .iter()
            .all(|heads| (1..=64).contains(heads) && self.state.is_multiple_of(*heads));
        if !(16..=4_096).contains(&self.state) || !are_heads {
            return too_large("a width");
        }
        if self.audio_layers == 0 || self.text_layers == 0 {
            return too_large("a number of layers");
        }
        if self.mels != 80 && self.mels != 128 {
            return too_large("a number of bands");
        }
        Ok(())
    }
}

/// Numbers under the publisher's name.
#[derive(Debug)]
pub(super) struct Tensor<'a> {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// Numbers of 16 bits, little-endian.
    pub(super) halves: &'a [u8],
    /// whisper.cpp wants them as numbers of 32 bits.
    pub(super) is_wide: bool,
}

/// A whole model.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) shape: Shape,
    pub(super) tensors: Vec<Tensor<'a>>,
}

/// Everything that whisper.cpp asks for, each part in the shape that the others ask for.
pub(super) fn model<'a>(weights: &Weights<'a>) -> Result<Model<'a>, ConvertError> {
    let [state, mels, width] = dimensions(weights, "encoder/conv1/weight")?;
    let [audio, _] = dimensions(weights, "encoder/position_encodings/encodings")?;
    let [text, _] = dimensions(weights, "decoder/position_encodings/encodings")?;
    let [words, _] = dimensions(weights, "decoder/embeddings/weight")?;
    let shape = Shape {
        words,
        audio,
        state,
        audio_heads: weights.number("encoder/num_heads")?,
        audio_layers: layers(weights, "encoder")?,
        text,
        text_heads: weights.number("decoder/num_heads")?,
        text_layers: layers(weights, "decoder")?,
        mels,
    };
    shape.check()?;
    let mut found = Found {
        weights,
        state,
        tensors: Vec::new(),
    };
    found.positions("encoder", audio)?;
    found.convolution("conv1", &[state, mels, width])?;
    found.convolution("conv2", &[state, state, width])?;
    for layer in 0..shape.audio_layers {
        let (from, to) = (
            format!("encoder/layer_{layer}"),
            format!("encoder.blocks.{layer}"),
        );
        found.attention(&from, &to)?;
        found.feed_forward(&from, &to)?;
    }
    found.norm("encoder/layer_norm", "encoder.ln_post")?;
    found.positions("decoder", text)?;
    found.plain(
        "decoder/embeddings/weight",
        "decoder.token_embedding.weight",
        &[words, state],
    )?;
    for layer in 0..shape.text_layers {
        let (from, to) = (
            format!("decoder/layer_{layer}"),
            format!("decoder.blocks.{layer}"),
        );
        found.attention(&from, &to)?;
        found.cross_attention(&from, &to)?;
        found.feed_forward(&from, &to)?;
    }
    found.norm("decoder/layer_norm", "decoder.ln")?;
    Ok(Model {
        shape,
        tensors: found.tensors,
    })
}

fn dimensions<const N: usize>(
    weights: &Weights<'_>,
    name: &str,
) -> Result<[usize; N], ConvertError> {
    let found = weights.shape(name)?;
    let wrong = |_| ConvertError::Rank {
        variable: name.to_owned(),
        found: found.to_vec(),
    };
    <[usize; N]>::try_from(found).map_err(wrong)
}

fn layers(weights: &Weights<'_>, side: &str) -> Result<usize, ConvertError> {
    let is_there =
        |layer: &usize| weights.has(&format!("{side}/layer_{layer}/ffn/linear_0/weight"));
    let count = (0..=LAYERS_MAX).take_while(is_there).count();
    if count > LAYERS_MAX {
        return Err(ConvertError::TooLarge {
            what: "a number of layers",
        });
    }
    Ok(count)
}

/// Tensors as they are found.
struct Found<'a, 'w> {
    weights: &'w Weights<'a>,
    state: usize,
    tensors: Vec<Tensor<'a>>,
}

impl<'a> Found<'a, '_> {
    /// A matrix or a row that has its own variable.
    fn plain(&mut self, from: &str, to: &str, shape: &[usize]) -> Result<(), ConvertError> {
        let halves = self.weights.halves(from, shape)?;
        self.put(to, shape, halves);
        Ok(())
    }

    fn put(&mut self, name: &str, shape: &[usize], halves: &'a [u8]) {
        self.tensors.push(Tensor {
            name: name.to_owned(),
            shape: shape.to_vec(),
            halves,
            is_wide: shape.len() == 1,
        });
    }

    fn positions(&mut self, side: &str, count: usize) -> Result<(), ConvertError> {
        let shape = [count, self.state];
        let from = format!("{side}/position_encodings/encodings");
        self.plain(&from, &format!("{side}.positional_embedding"), &shape)?;
        self.widen();
        Ok(())
    }

    fn convolution(&mut self, name: &str, shape: &[usize]) -> Result<(), ConvertError> {
        let (from, to) = (format!("encoder/{name}"), format!("encoder.{name}"));
        self.plain(&format!("{from}/weight"), &format!("{to}.weight"), shape)?;
        let halves = self
            .weights
            .halves(&format!("{from}/bias"), &[self.state])?;
        // One column: whisper.cpp adds it to each position.
        self.put(&format!("{to}.bias"), &[self.state, 1], halves);
        self.widen();
        Ok(())
    }

    fn widen(&mut self) {
        if let Some(last) = self.tensors.last_mut() {
            last.is_wide = true;
        }
    }

    fn norm(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let shape = [self.state];
        self.plain(&format!("{from}/gamma"), &format!("{to}.weight"), &shape)?;
        self.plain(&format!("{from}/beta"), &format!("{to}.bias"), &shape)
    }

    fn linear(
        &mut self,
        from: &str,
        to: &str,
        [rows, columns]: [usize; 2],
    ) -> Result<(), ConvertError> {
        let shape = [rows, columns];
        self.plain(&format!("{from}/weight"), &format!("{to}.weight"), &shape)?;
        self.plain(&format!("{from}/bias"), &format!("{to}.bias"), &[rows])
    }

    /// The `nth` of several square matrices that lie in one variable, one below the other, and its row of the bias.
    fn cut(
        &mut self,
        from: &str,
        to: &str,
        (nth, of): (usize, usize),
        is_biased: bool,
    ) -> Result<(), ConvertError> {
        let state = self.state;
        let rows = state.saturating_mul(of);
        let weight = self
            .weights
            .halves(&format!("{from}/weight"), &[rows, state])?;
        let bias = self.weights.halves(&format!("{from}/bias"), &[rows])?;
        let part = |all: &'a [u8]| {
            let size = all.len() / of;
            all.get(nth * size..(nth + 1) * size)
                .ok_or(ConvertError::Cut)
        };
        self.put(&format!("{to}.weight"), &[state, state], part(weight)?);
        if is_biased {
            self.put(&format!("{to}.bias"), &[state], part(bias)?);
        }
        Ok(())
    }

    fn attention(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let (from, to, norm) = (
            format!("{from}/self_attention"),
            format!("{to}.attn"),
            format!("{to}.attn_ln"),
        );
        let fused = format!("{from}/linear_0");
        // The key has no bias: whatever it were, it would change nothing.
        for (nth, part, is_biased) in [(0, "query", true), (1, "key", false), (2, "value", true)] {
            self.cut(&fused, &format!("{to}.{part}"), (nth, 3), is_biased)?;
        }
        let square = [self.state; 2];
        self.linear(&format!("{from}/linear_1"), &format!("{to}.out"), square)?;
        self.norm(&format!("{from}/layer_norm"), &norm)
    }

    fn cross_attention(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let (from, to, norm) = (
            format!("{from}/attention"),
            format!("{to}.cross_attn"),
            format!("{to}.cross_attn_ln"),
        );
        let square = [self.state; 2];
        self.linear(&format!("{from}/linear_0"), &format!("{to}.query"), square)?;
        let fused = format!("{from}/linear_1");
        for (nth, part, is_biased) in [(0, "key", false), (1, "value", true)] {
            self.cut(&fused, &format!("{to}.{part}"), (nth, 2), is_biased)?;
        }
        self.linear(&format!("{from}/linear_2"), &format!("{to}.out"), square)?;
        self.norm(&format!("{from}/layer_norm"), &norm)
    }

    fn feed_forward(&mut self, from: &str, to: &str) -> Result<(), ConvertError> {
        let from = format!("{from}/ffn");
        let state = self.state;
        // Four times as wide between its two matrices, in every Whisper model.
        let wide = state.saturating_mul(4);
        self.linear(
            &format!("{from}/linear_0"),
            &format!("{to}.mlp.0"),
            [wide, state],
        )?;
        self.linear(
            &format!("{from}/linear_1"),
            &format!("{to}.mlp.2"),
            [state, wide],
        )?;
        self.norm(&format!("{from}/layer_norm"), &format!("{to}.mlp_ln"))
    }
}
