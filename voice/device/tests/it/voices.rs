use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use errand_types::Language;
use errand_voice_core::{EngineFault, Pace, Sentence, TextToSpeech, TtsError, Voice};
use errand_voice_device::{Espeak, Flite};

use crate::support::{or_skip, say};

fn engines() -> Vec<Box<dyn TextToSpeech>> {
    let espeak = or_skip(Espeak::open()).map(|e| Box::new(e) as Box<dyn TextToSpeech>);
    let flite = or_skip(Flite::open()).map(|e| Box::new(e) as Box<dyn TextToSpeech>);
    espeak.into_iter().chain(flite).collect()
}

fn english(engine: &dyn TextToSpeech) -> Voice {
    engine.info().voice(Language::English).unwrap().clone()
}

fn loudness(pcm: &[i16]) -> f64 {
    let sum: f64 = pcm.iter().map(|s| f64::from(*s).powi(2)).sum();
    (sum / pcm.len() as f64).sqrt()
}

#[test]
fn a_sentence_sounds_in_chunks_of_one_rate() {
    for engine in engines() {
        let sentence = Sentence::new("That makes forty-two euros and ten cents, please.").unwrap();
        let chunks = engine
            .speak(&sentence, &english(&*engine), Pace::USUAL)
            .unwrap();
        let chunks: Vec<_> = chunks.map(Result::unwrap).collect();

        let rate = chunks[0].rate_hz;
        let (last, rest) = chunks.split_last().unwrap();
        assert!(
            rest.iter()
                .all(|c| c.rate_hz == rate && c.pcm.len() >= rate as usize / 50)
        );
        assert!(last.pcm.len() <= rate as usize);
        let pcm: Vec<i16> = chunks.into_iter().flat_map(|c| c.pcm).collect();
        let seconds = pcm.len() as f64 / f64::from(rate);
        assert!((1.5..6.0).contains(&seconds), "{seconds} s by {engine:?}");
        assert!(loudness(&pcm) > 300.0, "{engine:?}");
    }
}

#[test]
fn slower_takes_longer_and_faster_takes_less() {
    for engine in engines() {
        let sentence = Sentence::new("One two three four five six seven.").unwrap();
        let length = |pace| {
            let chunks = engine.speak(&sentence, &english(&*engine), pace).unwrap();
            chunks.map(|c| c.unwrap().pcm.len()).sum::<usize>()
        };

        let (slow, usual, fast) = (
            length(Pace::percent(60)),
            length(Pace::USUAL),
            length(Pace::percent(160)),
        );

        assert!(
            slow * 4 > usual * 5 && usual * 4 > fast * 5,
            "{slow} {usual} {fast} by {engine:?}"
        );
    }
}

#[test]
fn text_that_looks_like_orders_is_only_spoken() {
    for engine in engines() {
        let voice = english(&*engine).name;
        for text in [
            "$(touch /tmp/x); `id` && -w out.wav",
            "--stdout -f /etc/passwd",
            "a [[b]] <c> \u{1b}[2J \u{7} d",
        ] {
            assert!(!say(&*engine, &voice, text).0.is_empty());
        }
    }
}

#[test]
fn a_voice_that_is_not_there_is_an_error_and_never_an_argument() {
    for engine in engines() {
        let sentence = Sentence::new("Hello.").unwrap();
        for name in ["nobody", "--stdout", "../../x", ""] {
            let voice = Voice {
                name: name.to_owned(),
                language: Language::English,
            };

            let refused = engine.speak(&sentence, &voice, Pace::USUAL).err().unwrap();

            assert!(matches!(refused, TtsError::Voice { .. }), "{refused}");
        }
    }
}

/// A program of our own in place of the real one.
fn impostor(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("voice");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const VOICES: &str = r#"case "$1" in --voices=*) printf 'Pty Language\n 2 en-us --/M A gmw/en (en 2)\n'; exit;; esac"#;

fn english_us() -> Voice {
    Voice {
        name: "en-us".to_owned(),
        language: Language::English,
    }
}

#[test]
fn a_program_that_makes_no_sound_is_a_fault_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    for script in [
        "exit 3",
        "echo no wave at all, but long enough to fill a header of a file",
        "cat >/dev/null",
    ] {
        let program = impostor(folder.path(), &format!("{VOICES}\n{script}"));
        let engine = Espeak::at(&program).unwrap();
        let sentence = Sentence::new("Hello.").unwrap();

        let told: Vec<_> = engine
            .speak(&sentence, &english_us(), Pace::USUAL)
            .unwrap()
            .collect();

        assert!(
            matches!(
                &told[..],
                [Err(TtsError::Engine(EngineFault::Failed { .. }))]
            ),
            "{told:?}"
        );
        assert_eq!(told[0].as_ref().unwrap_err().code(), "VOICE-0007");
    }
}

#[test]
fn dropping_the_sound_ends_the_program_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("{VOICES}\necho $$ >{}\nexec sleep 600", pid.display());
    let engine = Espeak::at(&impostor(folder.path(), &script)).unwrap();
    let sentence = Sentence::new("Hello.").unwrap();

    let sound = engine.speak(&sentence, &english_us(), Pace::USUAL).unwrap();
    let number = loop {
        match fs::read_to_string(&pid) {
            Ok(text) if text.ends_with('\n') => break text.trim().to_owned(),
            _ => std::thread::yield_now(),
        }
    };
    let began = Instant::now();
    drop(sound);

    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!Path::new("/proc").join(number).exists());
}

#[test]
fn an_endless_sound_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "{VOICES}\nprintf 'RIFF\\000\\000\\000\\000WAVEfmt \\020\\000\\000\\000\\001\\000\\001\\000\\100\\037\\000\\000\\200\\076\\000\\000\\002\\000\\020\\000data\\000\\000\\000\\000'\ncat /dev/zero"
    );
    let engine = Espeak::at(&impostor(folder.path(), &script)).unwrap();
    let sentence = Sentence::new("Hello.").unwrap();

    let chunks = engine.speak(&sentence, &english_us(), Pace::USUAL).unwrap();
    let samples: usize = chunks.map(|chunk| chunk.unwrap().pcm.len()).sum();

    assert_eq!(samples, 120 * 8_000);
}

#[test]
fn a_program_that_is_not_there_is_missing_with_its_remedy() {
    let nowhere = Path::new("/nowhere/at/all");

    for fault in [
        Espeak::at(nowhere).err().unwrap(),
        Flite::at(nowhere).err().unwrap(),
    ] {
        assert_eq!(fault.code(), "VOICE-0001");
        assert!(fault.hint().contains("apt-get install"), "{}", fault.hint());
    }
}
