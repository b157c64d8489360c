//! The program `errand` is talked to aloud, through files and pipes; the shops' books are the judge.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use errand_tests::aloud::{Listener, Speaker, Voice, errand, write_wav};
use errand_tests::foreign::Missing;
use errand_tests::harness::{SetUp, World};
use errand_types::MerchantId;
use serde_json::Value;
use tempfile::TempDir;

use crate::foreign::skipped;

pub(crate) const ERRAND: &str = env!("CARGO_BIN_EXE_errand-program");

/// A person whose voice is enough at all three shops.
pub(crate) fn set_up() -> SetUp {
    let mut set_up = crate::foreign::set_up();
    let shops = ["pantry-lane", "volt-wire", "hearth-thread"];
    set_up.profile.speech.merchants = shops.map(|id| MerchantId::parse(id).unwrap()).to_vec();
    set_up
}

/// What speaks and what understands; `None`, said aloud, where a test is left out.
pub(crate) fn voice_and_ear() -> Option<(Voice, Listener)> {
    let both = || -> Result<_, Missing> { Ok((Voice::flite()?, Listener::open()?)) };
    match both() {
        Ok(both) => Some(both),
        Err(missing) => {
            skipped(&missing);
            None
        }
    }
}

pub(crate) fn text<'a>(event: &'a Value, name: &str) -> &'a str {
    event[name].as_str().unwrap_or_default()
}

/// Says the request and answers everything that is asked, until something is bought.
async fn buy_aloud(speaker: &mut Speaker, voice: &Voice, request: &str) {
    speaker.say(&[0; 8_000]).await.unwrap();
    speaker.say(&voice.say(request).unwrap()).await.unwrap();
    let heard = speaker.await_kind("heard").await.unwrap();
    assert_eq!(text(&heard, "text"), request, "{:?}", speaker.events);
    loop {
        let event = speaker
            .await_event(|e| matches!(text(e, "event"), "approval" | "bought"))
            .await
            .unwrap();
        if text(&event, "event") == "bought" {
            return;
        }
        let answer = match text(&event, "kind") {
            "consent" => "yes please".to_owned(),
            _ => text(&event, "words").to_owned(),
        };
        assert!(!answer.is_empty(), "{event}");
        speaker.await_kind("silent").await.unwrap();
        speaker.say(&voice.say(&answer).unwrap()).await.unwrap();
    }
}

/// Runs `errand` with these words.
pub(crate) async fn run(world: &World, data: &Path, words: &[&str]) -> Output {
    let mut command = errand(ERRAND, world, data).unwrap();
    command.args(words).stdin(std::process::Stdio::null());
    command.output().await.unwrap()
}

pub(crate) fn told(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn pcm_of(path: &Path) -> Vec<i16> {
    let bytes = std::fs::read(path).unwrap();
    bytes[44..]
        .chunks_exact(2)
        .map(|b| i16::from_le_bytes([b[0], b[1]]))
        .collect()
}

/// What a grammar holds of a sentence.
fn plain(sentence: &str) -> String {
    let lower = sentence.to_lowercase().replace('-', " ");
    let words = lower.split(|c: char| !(c.is_alphabetic() || c == '\''));
    words
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_that_is_asked_for_and_approved_aloud_is_in_the_shops_books_and_its_recording_buys_nothing()
 {
    let Some((voice, ear)) = voice_and_ear() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let answer = dir.path().join("answer.wav");
    let command = errand(ERRAND, &world, dir.path()).unwrap();
    let mut speaker = Speaker::start(command, &answer).unwrap();

    buy_aloud(&mut speaker, &voice, "order coffee beans").await;
    speaker.await_kind("silent").await.unwrap();
    let spoken = speaker.spoken.clone();
    let ended = speaker.end().await.unwrap();

    assert_eq!(ended.code, Some(0), "{} {:?}", ended.talk, ended.events);
    let orders = world.shops.orders().await.unwrap();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0].entry["lines"][0]["quantity"], 1);
    let charges = world.shops.charges().await.unwrap();
    assert_eq!(charges.values().copied().collect::<Vec<_>>(), [1]);

    // What was said is speech: each long enough sentence is told from the others by a recogniser.
    let pcm = pcm_of(&answer);
    let said: Vec<(usize, String)> = ended
        .events
        .iter()
        .filter(|e| text(e, "event") == "said")
        .map(|e| {
            (
                usize::try_from(e["at_ms"].as_u64().unwrap()).unwrap() * 16,
                plain(text(e, "text")),
            )
        })
        .filter(|(_, sentence)| (12..80).contains(&sentence.len()))
        .collect();
    let sentences: Vec<String> = said.iter().map(|(_, s)| s.clone()).collect();
    assert!(sentences.len() >= 2, "{sentences:?}");
    let mut right = 0;
    for (at, sentence) in &said {
        let end = pcm.len().min(at + 16_000 + sentence.len() * 1_100);
        let heard = ear.which(pcm[*at..end].to_vec(), &sentences).unwrap();
        right += usize::from(heard == *sentence);
    }
    assert!(
        right * 3 >= said.len() * 2,
        "{right} of {}: {sentences:?}",
        said.len()
    );

    // The same sound again: the words in it are those of a purchase that is over.
    let recording = dir.path().join("recording.wav");
    write_wav(&recording, &spoken, 16_000).unwrap();
    let again = dir.path().join("again.wav");
    let words = [
        "talk",
        "--wav",
        recording.to_str().unwrap(),
        "--out",
        again.to_str().unwrap(),
        "--json",
    ];
    let output = run(&world, dir.path(), &words).await;
    let events = told(&output);
    assert!(
        events.iter().any(|e| text(e, "event") == "heard"),
        "{events:?}"
    );
    assert!(
        !events.iter().any(|e| text(e, "event") == "bought"),
        "{events:?}"
    );
    assert_eq!(world.shops.orders().await.unwrap().len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_heard_one_after_the_other_each_after_the_answer_to_the_one_before() {
    let Some((voice, _)) = voice_and_ear() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (one, two, out) = (file("one.wav"), file("two.wav"), file("out.wav"));
    write_wav(
        Path::new(&one),
        &voice.say("find coffee beans").unwrap(),
        16_000,
    )
    .unwrap();
    // Twice as fast and an octave higher, for a rate that has to be changed.
    let slow: Vec<i16> = voice
        .say("the second one")
        .unwrap()
        .iter()
        .flat_map(|s| [*s, *s])
        .collect();
    write_wav(Path::new(&two), &slow, 32_000).unwrap();

    let words = [
        "talk", "--wav", &one, "--wav", &two, "--out", &out, "--json",
    ];
    let output = run(&world, dir.path(), &words).await;

    let events = told(&output);
    let heard: Vec<&str> = events
        .iter()
        .filter(|e| text(e, "event") == "heard")
        .map(|e| text(e, "text"))
        .collect();
    assert_eq!(heard, ["find coffee beans", "the second one"], "{events:?}");
    let place = |kind: &str| {
        events
            .iter()
            .position(|e| text(e, "event") == kind)
            .unwrap()
    };
    assert!(
        place("silent")
            < events
                .iter()
                .rposition(|e| text(e, "event") == "heard")
                .unwrap()
    );
    let last = events.last().unwrap();
    assert_eq!(text(last, "event"), "end");
    // Everything is on one clock: the file is as long as the conversation.
    let seconds = last["seconds"].as_u64().unwrap();
    let length = pcm_of(Path::new(&out)).len() as u64 / 16_000;
    assert!(length.abs_diff(seconds) <= 1, "{length} {seconds}");
    assert!(world.shops.orders().await.unwrap().is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_that_is_none_is_told_by_name_and_text_goes_on() {
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let out = file("out.wav");
    let second = vec![0_i16; 16_000];
    write_wav(Path::new(&file("slow.wav")), &second, 4_000).unwrap();
    write_wav(Path::new(&file("hour.wav")), &vec![0; 8_000 * 3_600], 8_000).unwrap();
    write_wav(Path::new(&file("empty.wav")), &[], 16_000).unwrap();
    std::fs::write(file("cut.wav"), b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0").unwrap();
    std::fs::write(file("song.wav"), b"ID3\x04 this is a song").unwrap();

    for (name, cause) in [
        ("slow.wav", "4000 samples a second"),
        ("hour.wav", "longer than 10 minutes"),
        ("empty.wav", "no sound in it"),
        ("cut.wav", "ends before its sound begins"),
        ("song.wav", "no WAV file"),
        ("nowhere.wav", "entity not found"),
    ] {
        let output = run(
            &world,
            dir.path(),
            &["talk", "--wav", &file(name), "--out", &out],
        )
        .await;

        let complaint = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        let complaint = complaint.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{name}: {complaint}");
        assert!(complaint.contains(cause), "{name}: {complaint}");
        assert!(complaint.contains("hint:"), "{name}: {complaint}");
    }
    let output = run(&world, dir.path(), &["say", "find coffee beans", "--json"]).await;
    assert_eq!(output.status.code(), Some(0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_is_not_there_leaves_text_and_says_what_to_do() {
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write_wav(Path::new(&file("said.wav")), &vec![0; 16_000], 16_000).unwrap();
    std::fs::write(file("broken.bin"), b"no model").unwrap();
    for (name, code) in [("base.en", "base.en"), (&*file("broken.bin"), "")] {
        let settings = format!("[voice.stt]\nengines = [\"whisper\"]\nmodel = \"{name}\"\n");
        std::fs::write(file("settings.toml"), settings).unwrap();

        let words = [
            "talk",
            "--wav",
            &file("said.wav"),
            "--out",
            &file("o.wav"),
            "--json",
            "--config",
            &file("settings.toml"),
        ];
        let output = run(&world, dir.path(), &words).await;

        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(
            complaint.contains("CLI-0010") && complaint.contains(code),
            "{complaint}"
        );
    }
    let output = run(&world, dir.path(), &["say", "find coffee beans", "--json"]).await;
    assert_eq!(output.status.code(), Some(0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_asks_nothing_and_a_recogniser_that_hangs_is_stood_in_for() {
    let Some((voice, _)) = voice_and_ear() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let out = file("out.wav");
    write_wav(Path::new(&file("silence.wav")), &vec![0; 48_000], 16_000).unwrap();
    write_wav(
        Path::new(&file("said.wav")),
        &voice.say("find coffee beans").unwrap(),
        16_000,
    )
    .unwrap();

    let output = run(
        &world,
        dir.path(),
        &[
            "talk",
            "--wav",
            &file("silence.wav"),
            "--out",
            &out,
            "--json",
        ],
    )
    .await;
    assert_eq!(output.status.code(), Some(10));
    assert!(!told(&output).iter().any(|e| text(e, "event") == "heard"));

    // It takes calls and never answers.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = format!(
        "[voice.stt]\nengines = [\"wyoming\", \"pocketsphinx\"]\nwyoming = {{ address = \"{}\" }}\n",
        mute.local_addr().unwrap()
    );
    std::fs::write(file("settings.toml"), settings).unwrap();
    let words = [
        "talk",
        "--wav",
        &file("said.wav"),
        "--out",
        &out,
        "--json",
        "--config",
        &file("settings.toml"),
    ];
    let output = run(&world, dir.path(), &words).await;

    let events = told(&output);
    let note = events.iter().find(|e| text(e, "event") == "note").unwrap();
    assert!(
        text(note, "text").contains("pocketsphinx took over"),
        "{note}"
    );
    let heard = events.iter().find(|e| text(e, "event") == "heard").unwrap();
    assert_eq!(
        (text(heard, "text"), text(heard, "engine")),
        ("find coffee beans", "pocketsphinx")
    );
    world.stop().await;
}
