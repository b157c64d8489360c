//! The wake word through its real network. The files come from `scripts/models.sh wake`; the speech is synthetic.

use std::path::Path;

use errand_voice_core::{
    Ear, EarConfig, EarEffect, EarInput, Earshot, FRAME_SAMPLES, Frame, Gate, Heard, Listen,
    Listener, Passthrough, SampleIdx, Wake, WakeModel, WakeWord as _, contract,
};

use proptest::prelude::*;

use crate::speech::say;

/// The two files of the network; `None`, said aloud, where they were not fetched.
fn files() -> Option<(Vec<u8>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/voice/wake");
    let read = |name: &str| std::fs::read(folder.join(name));
    let files = (read("melspectrogram.onnx"), read("embedding_model.onnx"));
    let (Ok(spectrum), Ok(embeddings)) = files else {
        println!(
            "SKIPPED the network of the wake word is not there; remedy: scripts/models.sh wake"
        );
        return None;
    };
    Some((spectrum, embeddings))
}

fn model() -> Option<WakeModel> {
    let (spectrum, embeddings) = files()?;
    Some(WakeModel::read(&spectrum, &embeddings).unwrap())
}

/// A tone that rises, and noise, the same on every machine.
fn sweep() -> Vec<f32> {
    let mut state = 1_u32;
    (0..32_000_u32)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state >> 16) / 32_768.0 - 1.0;
            let t = f64::from(n) / 16_000.0;
            let tone = (std::f64::consts::TAU * (200.0 * t + 400.0 * t * t)).sin();
            (0.2 * tone + 0.05 * noise) as f32
        })
        .collect()
}

fn frames(pcm: &[f32]) -> impl Iterator<Item = Frame> {
    (0_u64..)
        .zip(pcm.as_chunks::<FRAME_SAMPLES>().0)
        .map(|(n, pcm)| Frame {
            first: SampleIdx::from_ms(n * 10),
            pcm: *pcm,
        })
}

/// Half a second of a quiet room, the sound, and a second of room.
fn in_a_room(pcm: &[f32]) -> Vec<f32> {
    let mut state = 7_u32;
    let mut hiss = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as f32 / 32_768.0 - 1.0) * 0.001
    };
    let silence = |n| std::iter::repeat_n(0.0, n);
    silence(8_000)
        .chain(pcm.iter().copied())
        .chain(silence(16_000))
        .map(|sample| sample + hiss())
        .collect()
}

fn wakes(model: &WakeModel, pcm: &[f32]) -> Vec<Wake> {
    let mut detector = model.detector();
    frames(pcm).filter_map(|f| detector.push(&f)).collect()
}

#[test]
fn the_network_gives_what_a_reference_gives_for_the_same_sound() {
    let Some(model) = model() else { return };
    // Computed by ONNX Runtime 1.32 from the same files, one window of 76 rows after the other, from sample 128 on: values 0, 13,
    // 50 and 95 of embeddings 0, 7 and 14, and the mean size of all 96.
    let reference = [
        (0, [-7.6989, -6.4166, -4.964, 13.9546], 14.8436),
        (7, [-10.9991, 15.2895, -5.0709, 19.9016], 13.9901),
        (14, [2.4399, 1.9759, -14.1949, 42.435], 13.7982),
    ];

    let found = model.embeddings(&sweep());

    assert_eq!(found.len(), 16);
    for (n, values, size) in reference {
        let embedding = &found[n];
        for (at, value) in [0, 13, 50, 95].into_iter().zip(values) {
            let off = (embedding[at] - value).abs();
            assert!(off < 0.01, "{n}, {at}: {} for {value}", embedding[at]);
        }
        let mean = embedding.iter().map(|v| v.abs()).sum::<f32>() / 96.0;
        assert!((mean - size).abs() < 0.005, "{n}: {mean}");
    }
}

#[test]
fn what_was_heard_before_a_window_changes_nothing_of_its_embedding() {
    let Some(model) = model() else { return };
    let whole = sweep();

    let streamed = model.embeddings(&whole);

    // Each embedding anew from its own 782 ms alone; a window begins every eighth frame.
    for (n, embedding) in streamed.iter().enumerate() {
        let from = n * 8 * FRAME_SAMPLES;
        let alone = model.embeddings(&whole[from..from + 79 * FRAME_SAMPLES]);
        assert_eq!(alone.len(), 1);
        let bits = |values: &[f32; 96]| values.map(f32::to_bits);
        assert_eq!(bits(&alone[0]), bits(embedding), "embedding {n}");
    }
}

#[test]
fn a_file_that_is_another_one_is_named_and_refused() {
    let Some((spectrum, embeddings)) = files() else {
        return;
    };
    let refused = |a: &[u8], b: &[u8]| WakeModel::read(a, b).unwrap_err().to_string();

    assert!(refused(b"", &embeddings).contains("melspectrogram.onnx"));
    assert!(refused(&embeddings, &spectrum).contains("melspectrogram.onnx"));
    assert!(refused(&spectrum, &spectrum).contains("embedding_model.onnx"));
    let cut = &embeddings[..embeddings.len() - 1];
    assert!(refused(&spectrum, cut).contains("embedding_model.onnx"));
    let fault = WakeModel::read(&spectrum, b"<html>").unwrap_err();
    assert_eq!(fault.code(), "VOICE-0002");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_in_place_of_the_files_are_read_or_refused(
        one in proptest::collection::vec(any::<u8>(), 0..300),
        other in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(WakeModel::read(&one, &other).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_files_with_wrong_bytes_are_read_or_refused_and_what_is_read_hears_without_a_fault(
        seed: u32, wrong in 1_usize..200, cut in 0_usize..4_000,
    ) {
        let Some((mut spectrum, mut embeddings)) = files() else { return Ok(()) };
        let mut state = seed;
        for file in [&mut spectrum, &mut embeddings] {
            for _ in 0..wrong {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % file.len();
                file[at] = (state >> 24) as u8;
            }
        }
        embeddings.truncate(embeddings.len().saturating_sub(cut.saturating_sub(3_000)));
        if let Ok(model) = WakeModel::read(&spectrum, &embeddings) {
            for wake in wakes(&model, &sweep()[..8_000]) {
                prop_assert!((0.0..=1.0).contains(&wake.score));
            }
        }
    }
}

#[test]
fn the_detector_holds_the_contract_of_wake_words() {
    let Some(model) = model() else { return };
    contract::wake_word(&|| Box::new(model.detector())).unwrap();
}

#[test]
fn the_phrase_wakes_it_once_and_what_is_near_the_phrase_does_not() {
    let Some(model) = model() else { return };
    for voice in ["en-us", "en-gb-scotland+f3"] {
        let Some(called) = say("hey basket", voice) else {
            println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
            return;
        };
        let (_, last) = crate::speech::voiced(&called);
        let found = wakes(&model, &in_a_room(&called));
        assert_eq!(found.len(), 1, "{voice}: {found:?}");
        let end = SampleIdx::new(8_000 + last as u64);
        let off = found[0].end.ms().abs_diff(end.ms());
        assert!(off <= 200, "{voice}: {off} ms");

        for other in [
            "hey jacket",
            "hey biscuit",
            "what is in my basket",
            "a basket of apples",
        ] {
            let Some(said) = say(other, voice) else {
                return;
            };
            let found = wakes(&model, &in_a_room(&said));
            assert_eq!(found, [], "{voice}: {other}");
        }
    }
}

#[test]
fn where_a_stream_is_cut_into_calls_changes_nothing() {
    let Some(model) = model() else { return };
    let Some(called) = say("hey basket", "en-us") else {
        println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
        return;
    };
    let sound = in_a_room(&called);
    let once = wakes(&model, &sound);

    // Long silence before it, and the detector asked for nothing in between: the same stream further on.
    let mut detector = model.detector();
    let late: Vec<Wake> = frames(&sound)
        .map(|frame| Frame {
            first: frame.first.plus_ms(60_000),
            ..frame
        })
        .filter_map(|frame| detector.push(&frame))
        .collect();

    assert_eq!(once.len(), 1);
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].end, once[0].end.plus_ms(60_000));
    assert_eq!(late[0].score.to_bits(), once[0].score.to_bits());
}

/// Called by its word and asked for something in one breath, through the whole listener.
#[test]
fn a_request_in_the_same_breath_is_the_turn_and_the_word_is_not() {
    let Some(model) = model() else { return };
    let (Some(called), Some(asked)) = (
        say("hey basket", "en-us"),
        say("order coffee beans", "en-us"),
    ) else {
        println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
        return;
    };
    let (first, last) = crate::speech::voiced(&called);
    let (from, to) = crate::speech::voiced(&asked);
    let mut breath = called[first..=last].to_vec();
    let end_of_word = 8_000 + breath.len() as u64;
    breath.extend(&asked[from..=to]);
    let config = EarConfig {
        gate: Gate::Wake,
        ..EarConfig::default()
    };
    let mut listener = Listener::new(
        Box::new(Passthrough),
        Box::new(Earshot::default()),
        Some(Box::new(model.detector())),
        Ear::new(config),
    );
    listener.tell(EarInput::Listen(Listen::default()));
    let silence = Frame::silence(SampleIdx::ZERO);
    let told: Vec<EarEffect> = frames(&in_a_room(&breath))
        .flat_map(|frame| listener.hear(&frame, &silence))
        .collect();

    assert!(matches!(told[0], EarEffect::Woken { .. }), "{told:?}");
    let begun = told.iter().find_map(|effect| match effect {
        EarEffect::Speculate { utterance, .. }
        | EarEffect::Ended {
            heard: Heard::Sound(utterance),
            ..
        } => Some((utterance.first(), utterance.end())),
        _ => None,
    });
    let (begin, end) = begun.unwrap();
    let off = begin.ms().abs_diff(SampleIdx::new(end_of_word).ms());
    assert!(off <= 200, "{off} ms");
    assert!(end.ms_since(begin) >= 700, "{begin} to {end}");
}
