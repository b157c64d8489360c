//! Whoever lets errand know their voice, before the microphone.

use std::process::Stdio;

use errand_tests::aloud::{Voice, errand, write_wav};
use errand_tests::harness::World;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::{ERRAND, LONG, inside};
use crate::foreign::{set_up, skipped};

async fn say(voice: &Voice, sentence: &str, dir: &TempDir) {
    let path = dir.path().join("said.wav");
    write_wav(&path, &voice.say(sentence).unwrap(), 16_000).unwrap();
    let mut play = Command::new("paplay");
    let status = play.arg("--device=vmic_in").arg(&path).status();
    assert!(status.await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voice_is_learned_before_the_microphone_and_a_sentence_that_was_not_heard_is_asked_for_again()
 {
    if !inside("enrolment::a_voice_is_learned_before_the_microphone_and_a_sentence_that_was_not_heard_is_asked_for_again")
        .await
    {
        return;
    }
    let voice = match Voice::flite() {
        Ok(voice) => voice,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let (data, heard) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut command: Command = errand(ERRAND, &world, data.path()).unwrap();
    command.args(["voice", "enrol", "--plain"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();

    let (mut sentences, mut again) = (0, 0);
    while let Some(line) = timeout(LONG, lines.next_line()).await.unwrap().unwrap() {
        again += usize::from(line.starts_with("That was hardly heard."));
        let Some(sentence) = line.strip_prefix("  ").filter(|line| !line.is_empty()) else {
            continue;
        };
        sentences += 1;
        // Nobody says the first one, until it is asked for again.
        if sentences > 1 {
            say(&voice, sentence, &heard).await;
        }
    }

    let output = child.wait_with_output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("your voice is known from 6 sentences"),
        "{told}"
    );
    assert_eq!((sentences, again), (7, 1));
    assert!(data.path().join("voice.print").is_file());
    world.stop().await;
}
