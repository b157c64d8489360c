//! `errand talk` behind its wake word: set up by the program itself, with real sound.

use std::path::Path;

use errand_tests::aloud::{Voice, write_wav};
use errand_tests::harness::World;
use tempfile::TempDir;

use crate::aloud::{run, set_up, text, told, voice_and_ear};
use crate::models::{self, package};

const WAKING: &str = "[voice]\nwake = \"on\"\n";

/// A pause of a quiet room, so many milliseconds.
fn pause(ms: usize) -> Vec<i16> {
    vec![0; ms * 16]
}

/// What was heard and what woke it, in order.
fn order(events: &[serde_json::Value]) -> Vec<String> {
    let of = |event| match text(event, "event") {
        "wake" => Some(format!("woken by {}", text(event, "phrase"))),
        "heard" => Some(text(event, "text").to_owned()),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

/// One conversation behind the wake word; gives what it told.
async fn talk(world: &World, dir: &Path, settings: &str, said: &[i16]) -> Vec<serde_json::Value> {
    let file = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    std::fs::write(file("settings.toml"), settings).unwrap();
    write_wav(Path::new(&file("said.wav")), said, 16_000).unwrap();
    let words = [
        "talk",
        "--wav",
        &file("said.wav"),
        "--out",
        &file("out.wav"),
        "--json",
        "--config",
        &file("settings.toml"),
    ];
    let output = run(world, dir, &words).await;
    let events = told(&output);
    assert!(
        !events.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    events
}

/// Sentences with a second of silence before each and behind the last.
fn said(voice: &Voice, sentences: &[&str]) -> Vec<i16> {
    let mut pcm = Vec::new();
    for sentence in sentences {
        pcm.extend(pause(1_200));
        pcm.extend(voice.say(sentence).unwrap());
    }
    pcm.extend(pause(1_500));
    pcm
}

async fn set_up_wake(world: &World, dir: &Path, package: &Path) {
    let done = models::set_up(world, dir, models::WAKE, package).await;
    assert_eq!(done["called"]["heard"], true, "{done}");
    assert!(dir.join("models/wake/NOTICE").is_file());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn talk_that_is_not_for_errand_is_ignored_and_what_follows_its_name_is_carried_out() {
    let (Some(package), Some((voice, _))) = (package(models::WAKE), voice_and_ear()) else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    set_up_wake(&world, dir.path(), &package).await;

    let mut sound = said(
        &voice,
        &[
            "order a desk lamp for my sister",
            "the shopping basket is full",
            "hey basket",
        ],
    );
    // No longer than a breath.
    sound.truncate(sound.len() - 1_350 * 16);
    sound.extend(voice.say("order coffee beans").unwrap());
    sound.extend(pause(1_500));
    let events = talk(&world, dir.path(), WAKING, &sound).await;

    assert_eq!(
        order(&events),
        ["woken by hey basket", "order coffee beans"],
        "{events:?}"
    );
    let wake = events.iter().find(|e| text(e, "event") == "wake").unwrap();
    let (score, ms) = (
        wake["score"].as_f64().unwrap(),
        wake["ms"].as_u64().unwrap(),
    );
    assert!((0.5..=1.0).contains(&score), "{wake}");
    let whole = sound.len() as u64 / 16;
    assert!(ms > whole / 2 && ms < whole - 2_000, "{wake} of {whole} ms");
    // It is acted upon: what it costs is asked before anything is bought.
    assert!(
        events.iter().any(|e| text(e, "event") == "approval"),
        "{events:?}"
    );
    assert!(world.shops.orders().await.unwrap().is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_answer_nobody_has_to_call_again_for_as_long_as_the_settings_say() {
    let (Some(package), Some((voice, _))) = (package(models::WAKE), voice_and_ear()) else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    set_up_wake(&world, dir.path(), &package).await;
    // An answer that asks nothing: after a question of its own errand listens without being called.
    let called = said(&voice, &["hey basket, what is in my cart"]);
    let on = said(&voice, &["find coffee beans"]);
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write_wav(Path::new(&file("called.wav")), &called, 16_000).unwrap();
    write_wav(Path::new(&file("on.wav")), &on, 16_000).unwrap();

    for (follow_up_s, is_heard) in [(8, true), (0, false)] {
        let settings = format!("{WAKING}follow_up_s = {follow_up_s}\n");
        std::fs::write(file("settings.toml"), settings).unwrap();
        let words = [
            "talk",
            "--wav",
            &file("called.wav"),
            "--wav",
            &file("on.wav"),
            "--out",
            &file("out.wav"),
            "--json",
            "--config",
            &file("settings.toml"),
        ];
        let output = run(&world, dir.path(), &words).await;

        let heard = order(&told(&output));
        assert_eq!(
            heard.get(1).map(String::as_str),
            Some("what is in my cart"),
            "{heard:?}"
        );
        assert_eq!(
            heard.iter().any(|text| text == "find coffee beans"),
            is_heard,
            "{follow_up_s} s: {heard:?}"
        );
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wake_word_that_is_asked_for_and_not_there_is_told_at_the_start_with_its_remedy() {
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    write_wav(Path::new(&file("said.wav")), &pause(1_000), 16_000).unwrap();
    std::fs::write(file("settings.toml"), WAKING).unwrap();
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

    // Not fetched, and then fetched wrongly.
    for broken in [false, true] {
        if broken {
            let folder = dir.path().join("models/wake");
            std::fs::create_dir_all(&folder).unwrap();
            for name in ["melspectrogram.onnx", "embedding_model.onnx"] {
                std::fs::write(folder.join(name), b"no network").unwrap();
            }
        }
        let output = run(&world, dir.path(), &words).await;

        let complaint = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        let complaint = complaint.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains("VOICE-0063"), "{complaint}");
        assert!(complaint.contains("errand voice setup"), "{complaint}");

        let doctor = [
            "voice",
            "doctor",
            "--json",
            "--config",
            &file("settings.toml"),
        ];
        let output = run(&world, dir.path(), &doctor).await;
        assert_eq!(output.status.code(), Some(1));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let stages = report["stages"].as_array().unwrap();
        let wake = stages.iter().find(|s| s["id"] == "wake word").unwrap();
        assert_eq!(wake["rungs"][0]["state"], "fail", "{wake}");
    }
    world.stop().await;
}
