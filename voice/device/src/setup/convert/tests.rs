use super::*;

#[path = "../../../tests/it/small_model.rs"]
pub(crate) mod small;

use small::{Small, Variable, tokenizer, written};

const SMALL: Small = Small::TINY;

fn made(weights: &[u8]) -> Result<Vec<u8>, ConvertError> {
    let mut made = Vec::new();
    match to_ggml(weights, tokenizer(SMALL.words).as_bytes(), &mut made) {
        Ok(()) => Ok(made),
        Err(Stopped::Model(error)) => Err(error),
        Err(Stopped::Disk(error)) => panic!("{error}"),
    }
}

/// A tensor of a file that was made: its dimensions from the last to the first, its kind, its numbers.
type Read<'a> = (Vec<usize>, usize, &'a [u8]);

/// What was made, read by the rules of the other form.
fn read(mut file: &[u8]) -> (Vec<usize>, Vec<(&str, Read<'_>)>) {
    fn number(file: &mut &[u8]) -> usize {
        let (bytes, rest) = file.split_first_chunk::<4>().unwrap();
        *file = rest;
        u32::from_le_bytes(*bytes) as usize
    }
    let head: Vec<usize> = (0..12).map(|_| number(&mut file)).collect();
    assert_eq!((number(&mut file), number(&mut file)), (80, 201));
    file = &file[80 * 201 * 4..];
    for _ in 0..number(&mut file) {
        let size = number(&mut file);
        file = &file[size..];
    }
    let mut tensors = Vec::new();
    while !file.is_empty() {
        let (rank, length, kind) = (number(&mut file), number(&mut file), number(&mut file));
        let shape: Vec<usize> = (0..rank).map(|_| number(&mut file)).collect();
        let (name, rest) = file.split_at(length);
        let bytes = shape.iter().product::<usize>() * if kind == 1 { 2 } else { 4 };
        let (numbers, rest) = rest.split_at(bytes);
        tensors.push((std::str::from_utf8(name).unwrap(), (shape, kind, numbers)));
        file = rest;
    }
    (head, tensors)
}

fn of<'a>(variables: &'a [Variable], name: &str) -> &'a [u8] {
    &variables
        .iter()
        .find(|(found, ..)| found == name)
        .unwrap()
        .3
}

#[test]
fn a_model_keeps_its_numbers_under_the_publishers_names() {
    let variables = SMALL.variables();
    let made = made(&SMALL.weights()).unwrap();
    let (head, tensors) = read(&made);
    let tensor = |name: &str| &tensors.iter().find(|(found, _)| *found == name).unwrap().1;

    assert_eq!(head, [0x6767_6d6c, 20, 8, 16, 2, 2, 6, 16, 2, 2, 80, 1]);
    // Fifteen of each encoder layer, twenty-four of each decoder layer, and eleven beside them.
    assert_eq!(tensors.len(), 2 * 15 + 2 * 24 + 11);
    let embedding = tensor("decoder.token_embedding.weight");
    let of_embedding = of(&variables, "decoder/embeddings/weight");
    assert_eq!(*embedding, (vec![16, 20], 1, of_embedding));
    let convolution = tensor("encoder.conv1.weight");
    assert_eq!(convolution.0, [3, 80, 16]);
    // What lies in one matrix there is three here.
    let fused = of(&variables, "decoder/layer_1/self_attention/linear_0/weight");
    for (nth, part) in ["query", "key", "value"].into_iter().enumerate() {
        let (shape, kind, numbers) = tensor(&format!("decoder.blocks.1.attn.{part}.weight"));
        assert_eq!((shape.as_slice(), *kind), (&[16, 16][..], 1));
        assert_eq!(*numbers, &fused[nth * 512..(nth + 1) * 512], "{part}");
    }
    let fused = of(&variables, "decoder/layer_0/attention/linear_1/weight");
    assert_eq!(
        tensor("decoder.blocks.0.cross_attn.key.weight").2,
        &fused[..512]
    );
    assert_eq!(
        tensor("decoder.blocks.0.cross_attn.value.weight").2,
        &fused[512..]
    );
    // Rows become wide, and whisper.cpp wants the biases of its convolutions as a column.
    let bias = of(&variables, "decoder/layer_0/attention/linear_1/bias");
    let wide: Vec<u8> = bias[32..]
        .as_chunks()
        .0
        .iter()
        .flat_map(|half| {
            errand_voice_core::from_half(u16::from_le_bytes(*half))
                .unwrap()
                .to_le_bytes()
        })
        .collect();
    assert_eq!(
        *tensor("decoder.blocks.0.cross_attn.value.bias"),
        (vec![16], 0, &wide[..])
    );
    let column = tensor("encoder.conv2.bias");
    assert_eq!((column.0.as_slice(), column.1), (&[1, 16][..], 0));
    let positions = tensor("encoder.positional_embedding");
    assert_eq!((positions.0.as_slice(), positions.1), (&[16, 8][..], 0));
}

#[test]
fn a_file_that_was_cut_or_goes_on_is_told() {
    let whole = SMALL.weights();

    for cut in [0, 3, 10, 40, 1_000, whole.len() / 2, whole.len() - 1] {
        let error = made(&whole[..cut]).unwrap_err();
        let is_told = matches!(error, ConvertError::Cut | ConvertError::Form);
        assert!(is_told, "cut at {cut}: {error}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(made(&longer), Err(ConvertError::Cut));
    assert_eq!(made(b"<html>404</html>"), Err(ConvertError::Form));
}

#[test]
fn sizes_that_no_model_has_are_refused_before_anything_is_made_room_for() {
    let with = |at: usize, bytes: &[u8]| {
        let mut file = SMALL.weights();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        made(&file).unwrap_err()
    };
    // The count of variables, the length of the first name, the rank, a dimension, and the bytes of the first variable.
    let name = 4 + 2 + 12 + 4 + 4;
    let rank = name + 2 + "encoder/conv1/weight\0".len();
    for (at, bytes) in [
        (name - 4, &[0xff; 4][..]),
        (name, &[0xff; 2]),
        (rank, &[0xff]),
        (rank + 1, &[0xff; 4]),
        (rank + 1 + 12, &[9]),
        (rank + 1 + 12 + 1, &[0xff; 4]),
    ] {
        let error = with(at, bytes);
        let is_told = matches!(error, ConvertError::TooLarge { .. } | ConvertError::Cut);
        assert!(is_told, "at {at}: {error}");
    }
}

#[test]
fn parts_that_do_not_fit_each_other_are_told_by_name() {
    let change = |name: &str, change: &dyn Fn(&mut Variable)| {
        let mut variables = SMALL.variables();
        change(variables.iter_mut().find(|v| v.0 == name).unwrap());
        made(&written(&variables)).unwrap_err()
    };
    let row = "decoder/layer_1/ffn/linear_1/bias";

    let shorter = change(row, &|v| {
        v.1 = vec![15];
        v.3.truncate(30);
    });
    assert_eq!(
        shorter,
        ConvertError::Shape {
            variable: row.to_owned(),
            wanted: vec![16],
            found: vec![15]
        }
    );
    let renamed = change(row, &|v| v.0 = "nobody".to_owned());
    assert!(matches!(&renamed, ConvertError::Missing { variable } if variable == row));
    let doubled = change(row, &|v| v.0 = "encoder/conv1/bias".to_owned());
    assert!(matches!(&doubled, ConvertError::Missing { variable } if variable.contains("conv1")));
    // Numbers of 32 bits, and what is no number.
    let wide = change(row, &|v| {
        v.2 = 0;
        v.3 = vec![0; 64];
    });
    assert!(matches!(&wide, ConvertError::Numbers { variable } if variable == row));
    let infinite = change(row, &|v| v.3[..2].copy_from_slice(&[0, 0x7c]));
    assert!(matches!(&infinite, ConvertError::Numbers { variable } if variable.contains("mlp.2")));
    let flat = change("encoder/conv1/weight", &|v| v.1 = vec![16 * 80 * 3]);
    assert!(matches!(flat, ConvertError::Rank { .. }));
    let heads = change("encoder/num_heads", &|v| v.3 = vec![3, 0]);
    assert!(matches!(heads, ConvertError::TooLarge { .. }));
    let bands = change("encoder/conv1/weight", &|v| v.1 = vec![80, 16, 3]);
    assert!(matches!(
        bands,
        ConvertError::TooLarge { .. } | ConvertError::Shape { .. }
    ));
}

#[test]
fn more_words_than_rows_are_refused() {
    let mut made = Vec::new();
    let words = tokenizer(SMALL.words + 1);

    let error = to_ggml(&SMALL.weights(), words.as_bytes(), &mut made).unwrap_err();

    assert!(matches!(error, Stopped::Model(ConvertError::Words { .. })));
}
