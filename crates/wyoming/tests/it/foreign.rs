//! A peer that others wrote, pinned, in a process of its own: the library `wyoming` as a caller.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    Deadline, Grammar, Hints, Pace, Sentence, SpeechToText, SttError, SttInfo, TextToSpeech as _,
    Transcript, Utterance, Voice, VoiceActivity,
};
use errand_voice_device::{Flite, Sphinx};
use errand_voice_talk::Engines;
use errand_wyoming::{Peers, ServeConfig, serve};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::house::Echoes;
use crate::kim;
use crate::satellites::Noon;

/// Longest that anything here takes on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(180);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Python of one client, or the reason why the test did not run.
fn python(client: &str) -> Option<PathBuf> {
    let program = root().join(format!("target/pytools/{client}/bin/python"));
    if program.is_file() {
        return Some(program);
    }
    eprintln!("SKIPPED: the Python client {client} is not installed; run scripts/setup.sh test");
    None
}

/// A voice and a recogniser of this machine, or the reason why the test did not run.
fn parts() -> Option<(Arc<Flite>, Sphinx)> {
    match (Flite::open(), Sphinx::open()) {
        (Ok(flite), Ok(sphinx)) => {
            // Ahead, so that the first sentence does not wait for it on a busy machine.
            sphinx.prepare(&goods()).unwrap();
            Some((Arc::new(flite), sphinx))
        }
        (Err(fault), _) | (_, Err(fault)) => {
            eprintln!("SKIPPED: {fault}; {}", fault.hint());
            None
        }
    }
}

fn goods() -> Grammar {
    Grammar::open(["coffee", "coffee beans"]).unwrap()
}

/// A recogniser that is told what a shop has, as errand tells it.
#[derive(Debug)]
struct Knowing(Sphinx);

impl SpeechToText for Knowing {
    fn info(&self) -> SttInfo {
        self.0.info()
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        let hints = Hints {
            grammar: goods(),
            ..hints.clone()
        };
        self.0.transcribe(utterance, &hints, deadline)
    }
}

fn engines(flite: &Arc<Flite>, sphinx: &Sphinx) -> Engines {
    let vad = || Box::new(errand_voice_core::Earshot::default()) as Box<dyn VoiceActivity>;
    Engines::new(
        Arc::new(vad),
        Arc::new(|| Box::new(errand_voice_core::Passthrough)),
    )
    .with_recognisers(vec![Arc::new(Knowing(sphinx.clone()))])
    .with_voices(vec![Arc::clone(flite) as _])
}

/// A sentence as sound at 16 kHz, by the voice `slt`.
fn spoken(flite: &Flite, text: &str) -> Vec<i16> {
    let voice = Voice {
        name: "slt".to_owned(),
        language: Language::English,
    };
    let sentence = Sentence::new(text).unwrap();
    let chunks = flite.speak(&sentence, &voice, Pace::USUAL).unwrap();
    let chunks: Vec<_> = chunks.map(Result::unwrap).collect();
    assert!(chunks.iter().all(|chunk| chunk.rate_hz == 16_000));
    chunks.into_iter().flat_map(|chunk| chunk.pcm).collect()
}

fn bytes(pcm: &[i16]) -> Vec<u8> {
    pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn wav(path: &Path, pcm: &[i16]) {
    let data = bytes(pcm);
    let length = u32::try_from(data.len()).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    fs::write(path, file).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_wyoming_library_is_understood_spoken_to_and_answered() {
    let (Some(python), Some((flite, sphinx))) = (python("wyoming"), parts()) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let shutdown = CancellationToken::new();
    let config = ServeConfig {
        peers: Peers::default(),
        language: Language::English,
        person: Some(kim("wyoming")),
        zone: TimeZone::UTC,
        clock: Arc::new(Noon),
    };
    let (token, engines) = (shutdown.clone(), engines(&flite, &sphinx));
    let serving = tokio::spawn(async move {
        serve(
            listener,
            Arc::new(Echoes::default()),
            &engines,
            config,
            token,
        )
        .await
    });
    let folder = TempDir::new().unwrap();
    let sound = folder.path().join("said.wav");
    wav(&sound, &spoken(&flite, "add two bags of coffee to my cart"));

    let script = root().join("tests/foreign/wyoming_client.py");
    let client = tokio::process::Command::new(python)
        .arg(script)
        .args(["--port", &port.to_string(), "--voice", "slt", "--wav"])
        .arg(&sound)
        .args(["find coffee", "the second one"])
        .output();
    let output = tokio::time::timeout(LONG, client).await.unwrap().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();

    assert_eq!(told["info"]["pong"], "are you there");
    assert_eq!(told["info"]["attributed"], true);
    assert_eq!(
        told["info"]["asr"],
        json!([["errand", "pocketsphinx", ["en"]]])
    );
    assert_eq!(
        told["info"]["handle"],
        json!([["errand", "errand", ["en"]]])
    );
    let heard = told["transcript"].as_str().unwrap();
    assert!(heard.contains("coffee"), "heard: {heard}");
    let kinds = json!(["audio-start", "audio-chunk", "audio-stop"]);
    assert_eq!(told["spoken"]["kinds"], kinds);
    let mut streamed = kinds.as_array().unwrap().clone();
    streamed.push(json!("synthesize-stopped"));
    assert_eq!(told["streamed"]["kinds"], Value::Array(streamed));
    for way in ["spoken", "streamed"] {
        assert_eq!(told[way]["rate"], 16_000);
        assert!(
            told[way]["bytes"].as_u64().unwrap() > 32_000,
            "a second at least"
        );
        assert!(
            told[way]["loudest"].as_u64().unwrap() > 1_000,
            "and no silence"
        );
    }
    assert_eq!(told["handled"][0]["kind"], "handled");
    assert_eq!(
        told["handled"][1]["text"],
        "two: the second one, stranger true."
    );
    assert_eq!(
        told["handled"][1]["context"]["conversation_id"],
        "01KITCHEN"
    );
    assert!(told["too_long"].as_str().unwrap().contains("WYO-0002"));
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}
