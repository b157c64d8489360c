use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_types::Language;
use errand_voice_core::{
    BatchStream, Care, Deadline, EngineFault, Grammar, Hints, SampleIdx, SpeechToText, SttError,
    Utterance,
};
use errand_voice_device::{Flite, Whisper, WhisperSettings};

use crate::support::{or_skip, say};

fn model() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/voice/errand-fixture.bin");
    if !path.is_file() {
        eprintln!("SKIPPED the fixture model is not composed; remedy: cargo xtask voice-fixture");
        return None;
    }
    Some(path)
}

fn settings() -> WhisperSettings {
    WhisperSettings {
        is_test_model: true,
        ..WhisperSettings::default()
    }
}

fn whisper(settings: WhisperSettings) -> Option<Whisper> {
    Some(Whisper::open(&model()?, settings).unwrap())
}

/// A sentence as flite says it, with some silence around.
fn said(text: &str) -> Option<Vec<i16>> {
    let flite = or_skip(Flite::open())?;
    let (pcm, rate) = say(&flite, "slt", text);
    assert_eq!(rate, 16_000);
    let quiet = [0; 3_200];
    Some([&quiet[..], &pcm, &quiet].concat())
}

fn english() -> Hints {
    Hints::open(Language::English)
}

fn within(seconds: u64) -> Deadline {
    Deadline {
        within: Duration::from_secs(seconds),
        ..Deadline::usual(Duration::ZERO)
    }
}

#[test]
fn real_sound_becomes_text_through_the_library() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let mut right = 0;
    for text in [
        "stop",
        "the second one",
        "what is in my cart",
        "order more coffee",
        "add two milk to my cart",
    ] {
        let Some(pcm) = said(text) else { return };

        let heard = whisper
            .transcribe(Utterance::from_pcm(pcm), &english(), &within(60))
            .unwrap();

        eprintln!(
            "{text:?} heard as {:?}, confidence {:?}, {:?}",
            heard.text, heard.confidence, heard.cpu
        );
        assert_eq!(heard.engine, "whisper");
        assert!(heard.confidence.is_none_or(|c| (0.0..=1.0).contains(&c)));
        right += u32::from(heard.text == text);
    }
    assert!(right >= 4, "{right} of 5");
}

#[test]
fn silence_and_too_little_sound_are_no_words() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let hear = |pcm: Vec<i16>, voiced| {
        let utterance = Utterance::new(SampleIdx::ZERO, pcm, voiced, Care::Ordinary);
        whisper
            .transcribe(utterance, &english(), &within(60))
            .unwrap()
            .text
    };

    assert_eq!(hear(Vec::new(), 0), "");
    assert_eq!(hear(vec![0; 16_000], 0), "");
    assert_eq!(hear(vec![3; 40], 40), "");
    assert_eq!(hear(vec![0; 32_000], 32_000), "");
}

#[test]
fn sound_of_any_length_and_loudness_is_taken() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    for pcm in [
        vec![i16::MAX; 400_000],
        vec![i16::MIN; 17],
        (0..64_000)
            .map(|n: i32| (n * 7919 % 65_536 - 32_768) as i16)
            .collect(),
    ] {
        let heard = whisper
            .transcribe(Utterance::from_pcm(pcm), &english(), &within(60))
            .unwrap();

        assert!(!heard.text.chars().any(char::is_control));
    }
}

#[test]
fn a_deadline_and_a_stop_end_the_call() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let Some(pcm) = said("stop") else { return };

    let late = whisper
        .transcribe(Utterance::from_pcm(pcm.clone()), &english(), &within(0))
        .unwrap_err();
    assert!(
        matches!(late, SttError::Engine(EngineFault::Late { .. })),
        "{late}"
    );
    let stopped = within(60);
    stopped.stop.raise();
    let stopped = whisper
        .transcribe(Utterance::from_pcm(pcm.clone()), &english(), &stopped)
        .unwrap_err();
    assert!(
        matches!(stopped, SttError::Engine(EngineFault::Stopped { .. })),
        "{stopped}"
    );
    assert!(
        whisper
            .transcribe(Utterance::from_pcm(pcm), &english(), &within(60))
            .is_ok()
    );
}

#[test]
fn many_callers_share_one_model_and_its_queue_is_bounded() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let Some(pcm) = said("yes") else { return };
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let ask = || whisper.transcribe(Utterance::from_pcm(pcm.clone()), &english(), &within(60));
        let callers: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .collect()
    });

    let texts: Vec<_> = outcomes
        .iter()
        .filter_map(|o| o.as_ref().ok().map(|t| t.text.clone()))
        .collect();
    assert!(!texts.is_empty() && texts.windows(2).all(|pair| pair[0] == pair[1]));
    for refused in outcomes.iter().filter_map(|o| o.as_ref().err()) {
        assert!(
            matches!(refused, SttError::Engine(EngineFault::Overloaded { .. })),
            "{refused}"
        );
    }
}

#[test]
fn names_that_are_listened_for_harm_nothing_and_a_language_that_is_not_known_is_refused() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let Some(pcm) = said("the second one") else {
        return;
    };
    let names: Vec<String> = (0..200).map(|n| format!("product number {n}")).collect();
    let hints = Hints {
        grammar: Grammar::open(names).unwrap(),
        ..english()
    };

    let heard = whisper
        .transcribe(Utterance::from_pcm(pcm.clone()), &hints, &within(60))
        .unwrap();
    assert!(!heard.is_empty());
    let german = whisper.transcribe(
        Utterance::from_pcm(pcm),
        &Hints::open(Language::German),
        &within(60),
    );
    assert!(matches!(german, Err(SttError::Language { .. })));
}

#[test]
fn what_is_said_is_shown_while_it_is_spoken() {
    let Some(whisper) = whisper(settings()) else {
        return;
    };
    let Some(pcm) = said("add two milk to my cart") else {
        return;
    };
    let engine: Arc<dyn SpeechToText> = Arc::new(whisper);
    let mut stream = BatchStream::open(&engine, &english(), &within(60)).unwrap();
    let mut partials = Vec::new();
    for piece in pcm.chunks(1_600) {
        stream.push(piece).unwrap();
        partials.extend(stream.partial());
    }

    assert!(!partials.is_empty());
    assert!(stream.finish().unwrap().text.starts_with("add"));
}

#[test]
fn a_model_of_the_tests_is_no_recogniser_for_people() {
    let Some(path) = model() else { return };

    let refused = Whisper::open(&path, WhisperSettings::default()).unwrap_err();

    assert_eq!(refused.code(), "VOICE-0002");
    assert!(refused.to_string().contains("for tests"), "{refused}");
}

#[test]
fn a_missing_a_cut_and_a_mangled_model_are_told_before_the_library_sees_them() {
    let Some(path) = model() else { return };
    let whole = fs::read(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.bin");
    let open = |bytes: &[u8]| {
        fs::write(&broken, bytes).unwrap();
        Whisper::open(&broken, settings()).unwrap_err().to_string()
    };

    let missing = Whisper::open(&folder.path().join("none.bin"), settings()).unwrap_err();
    assert_eq!(
        (missing.code(), missing.to_string().contains("none.bin")),
        ("VOICE-0001", true)
    );
    assert!(open(b"").contains("ends too early"));
    assert!(open(b"<html>404</html> and so on and so on").contains("no ggml model"));
    for cut in [whole.len() - 1, whole.len() / 2, 70_000, 40, 20] {
        assert!(
            open(&whole[..cut]).contains("ends too early"),
            "cut at {cut}"
        );
    }
    for (at, what) in [
        (4, "no speech model"),
        (8, "no speech model"),
        (12, "no speech model"),
        (48, "filters"),
    ] {
        let mut mangled = whole.clone();
        mangled[at + 3] = 0x7f;
        assert!(open(&mangled).contains(what), "byte {at}");
    }
    let mut longer = whole;
    longer.extend([0; 7]);
    assert!(open(&longer).contains("ends too early"));
}

#[test]
fn closing_waits_for_nobody_for_long() {
    let Some(whisper) = whisper(WhisperSettings {
        workers: 3,
        ..settings()
    }) else {
        return;
    };
    let began = Instant::now();

    drop(whisper);

    assert!(began.elapsed() < Duration::from_secs(5));
}

/// A model for people, which whoever has one names.
#[test]
fn a_real_model_hears_requests_of_every_day() {
    const NAMED: &str = "ERRAND_WHISPER_MODEL";
    let Some(path) = std::env::var_os(NAMED) else {
        eprintln!(
            "SKIPPED no model for people is named; remedy: `errand voice setup tiny.en`, then {NAMED}=FILE with the path that it tells"
        );
        return;
    };
    let whisper = Whisper::open(Path::new(&path), WhisperSettings::default()).unwrap();
    for (text, words) in [
        (
            "Find me a desk lamp for less than forty dollars.",
            &["desk lamp", "$40"][..],
        ),
        ("Order more coffee beans.", &["order more coffee beans"]),
        ("Where is my order?", &["where is my order"]),
        ("The second one, please.", &["second one"]),
    ] {
        let Some(pcm) = said(text) else { return };

        let heard = whisper
            .transcribe(Utterance::from_pcm(pcm), &english(), &within(60))
            .unwrap();

        eprintln!("{text:?} heard as {:?}, {:?}", heard.text, heard.cpu);
        let text = heard.text.to_lowercase();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    let silence = Utterance::new(SampleIdx::ZERO, vec![0; 32_000], 32_000, Care::Ordinary);
    let heard = whisper
        .transcribe(silence, &english(), &within(60))
        .unwrap();
    assert_eq!(heard.text, "");
}
