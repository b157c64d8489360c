//! Devices that go away in the middle of something, and come back.

use std::time::Duration;

use errand_tests::aloud::{Recording, Room, Voice};
use errand_tests::harness::World;
use tempfile::TempDir;
use tokio::process::Command;

use super::{before_it, inside, is, text, understood};
use crate::foreign::{set_up, skipped};

/// The sound server dies, and every device with it.
async fn devices_vanish() {
    let pid = std::fs::read_to_string(format!("{}/pid", run_folder())).unwrap();
    let status = Command::new("kill").args(["-9", pid.trim()]).status();
    assert!(status.await.unwrap().success());
}

async fn devices_come_back() {
    let status = Command::new(std::env::var_os("ERRAND_PULSE_SERVE").unwrap()).status();
    assert!(status.await.unwrap().success());
}

fn run_folder() -> String {
    std::env::var("XDG_RUNTIME_DIR").unwrap()
}

/// Both devices change to this state.
async fn both_are(room: &mut Room, state: &'static str) {
    let mut left = vec!["microphone", "loudspeaker"];
    while !left.is_empty() {
        let event = room
            .await_event(is("device", "state", state))
            .await
            .unwrap();
        assert!(!text(&event, "text").is_empty(), "{event}");
        let code = if state == "gone" { "VOICE-0018" } else { "" };
        assert_eq!(text(&event, "code"), code, "{event}");
        left.retain(|name| *name != text(&event, "device"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_server_that_dies_in_the_middle_of_an_answer_takes_no_conversation_with_it() {
    if !inside("devices::a_sound_server_that_dies_in_the_middle_of_an_answer_takes_no_conversation_with_it")
        .await
    {
        return;
    }
    let voice = match Voice::flite() {
        Ok(voice) => voice,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let data = TempDir::new().unwrap();
    let answered = Recording::of("vspk").unwrap();
    let mut room = before_it(&world, &data, "").await;

    let begun = understood(&mut room, &voice, "find coffee beans").await;
    let a_while = Duration::from_millis(500);
    answered.until_voice(begun, a_while).await.unwrap();
    devices_vanish().await;
    drop(answered);
    both_are(&mut room, "gone").await;
    room.await_kind("silent").await.unwrap();
    room.type_line("find green tea").await.unwrap();
    let answer = room.await_event(|e| text(e, "event") == "said" && text(e, "text").contains("ea"));
    answer.await.unwrap();
    room.await_kind("silent").await.unwrap();

    devices_come_back().await;
    both_are(&mut room, "back").await;
    let answered = Recording::of("vspk").unwrap();
    let begun = understood(&mut room, &voice, "the second one").await;
    answered.until_voice(begun, a_while).await.unwrap();
    assert_eq!(room.leave().await.unwrap(), Some(0));
    world.stop().await;
}
