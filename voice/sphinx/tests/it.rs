//! The library of the system, where it is installed, and libraries that only look like it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it leaves out"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use errand_voice_sphinx::{Beams, Decoder, DecoderError, Library, OpenError, Settings};

const MODEL: &str = "/usr/share/pocketsphinx/model/en-us";

/// The library, or a word about why the test is left out.
fn library() -> Option<Arc<Library>> {
    let is_complete = Path::new(MODEL).join("en-us/mdef").is_file();
    match Library::open() {
        Ok(library) if is_complete => Some(library),
        _ => {
            eprintln!(
                "SKIPPED PocketSphinx is not installed; remedy: {}",
                errand_voice_sphinx::REMEDY
            );
            None
        }
    }
}

fn decoder(library: &Arc<Library>, folder: &Path, words: &str) -> Result<Decoder, DecoderError> {
    let grammar = folder.join("test.jsgf");
    fs::write(
        &grammar,
        format!("#JSGF V1.0;\ngrammar test;\npublic <all> = {words};\n"),
    )
    .unwrap();
    let model = Path::new(MODEL);
    Decoder::new(
        library,
        &Settings {
            acoustic_model: &model.join("en-us"),
            dictionary: &model.join("cmudict-en-us.dict"),
            grammar: &grammar,
            beams: Beams::default(),
        },
    )
}

/// Says a text with flite: 16 kHz, mono.
fn say(folder: &Path, text: &str) -> Option<Vec<i16>> {
    let path = folder.join("said.wav");
    let made = Command::new("flite")
        .args(["-voice", "slt", "-t", text, "-o"])
        .arg(&path)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED flite is not installed; remedy: apt-get install flite");
        return None;
    }
    let bytes = fs::read(path).unwrap();
    let samples = bytes[44..].chunks_exact(2);
    Some(samples.map(|b| i16::from_le_bytes([b[0], b[1]])).collect())
}

fn hear(decoder: &mut Decoder, pcm: &[i16]) -> Option<String> {
    decoder.start().unwrap();
    for piece in pcm.chunks(1_600) {
        decoder.feed(piece).unwrap();
    }
    decoder.finish().unwrap().map(|heard| heard.text)
}

#[test]
fn a_sentence_of_the_grammar_is_understood_on_any_thread() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(said) = say(folder.path(), "the second one") else {
        return;
    };
    let grammar = "the (first | second | third) one";
    let mut decoder = decoder(&library, folder.path(), grammar).unwrap();
    drop(folder);

    assert_eq!(hear(&mut decoder, &said).as_deref(), Some("the second one"));
    let elsewhere = std::thread::spawn(move || hear(&mut decoder, &said));
    assert_eq!(elsewhere.join().unwrap().as_deref(), Some("the second one"));
}

#[test]
fn silence_and_no_sound_at_all_are_no_words() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut decoder = decoder(&library, folder.path(), "yes | no").unwrap();

    assert_eq!(hear(&mut decoder, &[]), None);
    assert_eq!(hear(&mut decoder, &vec![0; 16_000]), None);
}

#[test]
fn what_is_out_of_order_is_an_error_and_harms_nothing() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut decoder = decoder(&library, folder.path(), "yes | no").unwrap();

    assert_eq!(decoder.so_far(), None);
    assert_eq!(
        decoder.feed(&[0; 160]),
        Err(DecoderError::Failed { step: "hear" })
    );
    assert_eq!(decoder.finish(), Err(DecoderError::Failed { step: "end" }));
    decoder.start().unwrap();
    decoder.start().unwrap();
    assert_eq!(decoder.finish(), Ok(None));
}

#[test]
fn a_missing_file_and_a_grammar_that_is_none_are_errors() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let settings = Settings {
        acoustic_model: &nowhere,
        dictionary: &nowhere,
        grammar: &nowhere,
        beams: Beams::default(),
    };

    let missing = Decoder::new(&library, &settings).unwrap_err();
    assert_eq!(
        missing,
        DecoderError::NoFile {
            path: nowhere.join("mdef")
        }
    );
    let broken = decoder(&library, folder.path(), "(((").unwrap_err();
    assert_eq!(broken, DecoderError::Refused);
    let unknown = decoder(&library, folder.path(), "xyzzyplugh").unwrap_err();
    assert_eq!(unknown, DecoderError::Refused);
}

#[test]
fn decoders_may_be_made_and_used_side_by_side() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let Some(said) = say(folder.path(), "yes") else {
        return;
    };

    std::thread::scope(|scope| {
        for at in 0..4 {
            let (library, said) = (&library, &said);
            let folder = folder.path().join(at.to_string());
            scope.spawn(move || {
                fs::create_dir(&folder).unwrap();
                let mut decoder = decoder(library, &folder, "yes | no").unwrap();
                assert_eq!(hear(&mut decoder, said).as_deref(), Some("yes"));
            });
        }
    });
}

/// Builds a shared library from C; `None` without a compiler.
fn impostor(folder: &Path, source: &str) -> Option<PathBuf> {
    let (file, built) = (folder.join("impostor.c"), folder.join("impostor.so"));
    fs::write(&file, source).unwrap();
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&built)
        .arg(&file)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED no C compiler; remedy: scripts/setup.sh test");
        return None;
    }
    Some(built)
}

#[test]
fn another_version_is_refused_with_the_remedy_before_it_is_called() {
    for (source, why) in [
        (
            "void ps_start_stream(){} void ps_config_init(){}",
            "it is version 5 or later",
        ),
        (
            "void ps_start_stream(){} void ps_get_uttid(){}",
            "it is version 0.8 or older",
        ),
        ("void ps_start_stream(){}", "it has no `ps_args`"),
        ("void something_else(){}", "it has no `ps_start_stream`"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let Some(path) = impostor(folder.path(), source) else {
            return;
        };

        let error = Library::open_at(&path).unwrap_err();

        assert!(
            matches!(&error, OpenError::Foreign { why: told, .. } if told == why),
            "{error}"
        );
        assert!(error.hint().contains("libpocketsphinx3"));
    }
}

#[test]
fn a_file_that_is_no_library_counts_as_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libpocketsphinx.so.3");
    fs::write(&path, "not a library").unwrap();

    assert_eq!(Library::open_at(&path).unwrap_err(), OpenError::Missing);
}
