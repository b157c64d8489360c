//! The speaker itself: `errand talk` with a microphone and a loudspeaker that a sound server plays, in real time.

mod devices;
mod duplex;
mod enrolment;

use std::process::Stdio;
use std::time::{Duration, Instant};

use errand_tests::aloud::{Recording, Room, Voice, errand};
use errand_tests::foreign::root;
use errand_tests::harness::World;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::foreign::{set_up, skipped};

const ERRAND: &str = env!("CARGO_BIN_EXE_errand-program");
const LONG: Duration = Duration::from_secs(180);

/// Runs one of these tests again inside a sound server of its own. True inside of it.
async fn inside(test: &str) -> bool {
    if std::env::var_os("ERRAND_PULSE_PID").is_some() {
        return true;
    }
    let mut command = Command::new(root().join("voice/testing/pulse.sh"));
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("speaker::{test}"), "--nocapture"]);
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        tell(&told);
        return false;
    }
    let all = format!("{told}{}", String::from_utf8_lossy(&output.stdout));
    // A name that is not found runs nothing, and that is a success to the runner.
    assert!(output.status.success() && all.contains("1 passed"), "{all}");
    tell(&told);
    false
}

#[expect(
    clippy::print_stderr,
    reason = "whoever reads the run must see what it left out, and what it measured"
)]
fn tell(told: &str) {
    eprintln!("{}", told.trim_end());
}

fn text<'a>(event: &'a Value, name: &str) -> &'a str {
    event[name].as_str().unwrap_or_default()
}

fn is(kind: &'static str, name: &'static str, value: &'static str) -> impl Fn(&Value) -> bool {
    move |event| text(event, "event") == kind && text(event, name) == value
}

/// Somebody before the speaker, who has heard that it listens.
async fn before_it(world: &World, data: &TempDir, voice: &str) -> Room {
    let command = errand(ERRAND, world, data.path()).unwrap();
    let mut room = Room::start(&command, voice).unwrap();
    let listening = room.await_kind("listening").await.unwrap();
    assert_eq!(listening["microphone"], true, "{:?}", room.events);
    // The first sound into a sink that just woke may be torn; it is silence.
    room.say(&[0; 8_000]).await.unwrap();
    room
}

/// How often somebody says the same before they give up.
const SAYINGS: usize = 4;

/// Says something until it is understood, as people do. Gives when that was.
async fn understood(room: &mut Room, voice: &Voice, sentence: &str) -> Instant {
    let mut said = 0;
    loop {
        let begun = Instant::now();
        room.say(&voice.say(sentence).unwrap()).await.unwrap();
        let heard = room.await_kind("heard").await.unwrap();
        if text(&heard, "text") == sentence {
            return begun;
        }
        tell(&format!("\"{sentence}\" was heard as {heard}"));
        said += 1;
        assert!(said < SAYINGS, "never understood: {:?}", room.events);
        room.await_kind("silent").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_into_the_microphone_is_answered_from_the_loudspeaker_and_speech_stops_it() {
    if !inside(
        "what_is_said_into_the_microphone_is_answered_from_the_loudspeaker_and_speech_stops_it",
    )
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
    let stop = voice.say("stop");
    let said = Recording::of("vmic_in").unwrap();
    let answered = Recording::of("vspk").unwrap();
    // Where it may not listen while it speaks, "stop" is heard all the same.
    let mut room = before_it(&world, &data, "duplex = \"half\"").await;

    let begun = understood(&mut room, &voice, "find coffee beans").await;
    // It speaks a while; then it is told to stop.
    let a_while = Duration::from_millis(1_500);
    answered.until_voice(begun, a_while).await.unwrap();
    let over = Instant::now();
    room.say(&stop.unwrap()).await.unwrap();
    let heard = room.await_kind("heard").await.unwrap();
    assert_eq!(text(&heard, "text"), "stop", "{:?}", room.events);

    // Nothing of the answer comes after it, and nothing is asked again by itself.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let onset = said.first_voice(over).unwrap();
    let last = answered.last_voice(Instant::now()).unwrap();
    let after = last.saturating_duration_since(onset);
    tell(&format!(
        "silent {} ms after the first sound of \"stop\"",
        after.as_millis()
    ));
    // As long as the word, the silence behind it, its reading and what the device holds; and much less than the answer.
    assert!(
        after < Duration::from_secs(3),
        "{after:?}: {:?}",
        room.events
    );
    assert_eq!(room.leave().await.unwrap(), Some(0));
    world.stop().await;
}

/// Says the request into the microphone and answers everything that is asked, until something is bought.
async fn buy_aloud(room: &mut Room, voice: &Voice, request: &str) {
    room.say(&voice.say(request).unwrap()).await.unwrap();
    let heard = room.await_kind("heard").await.unwrap();
    assert_eq!(text(&heard, "text"), request, "{:?}", room.events);
    loop {
        let asks = |e: &Value| matches!(text(e, "event"), "approval" | "bought");
        let event = room.await_event(asks).await.unwrap();
        if text(&event, "event") == "bought" {
            return;
        }
        let answer = match text(&event, "kind") {
            "consent" => "yes please".to_owned(),
            _ => text(&event, "words").to_owned(),
        };
        assert!(!answer.is_empty(), "{event}");
        room.await_kind("silent").await.unwrap();
        room.say(&voice.say(&answer).unwrap()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_through_microphone_and_loudspeaker_is_in_the_shops_books() {
    if !inside("a_purchase_through_microphone_and_loudspeaker_is_in_the_shops_books").await {
        return;
    }
    let voice = match Voice::flite() {
        Ok(voice) => voice,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(crate::aloud::set_up()).await.unwrap();
    let data = TempDir::new().unwrap();
    let answered = Recording::of("vspk").unwrap();
    let mut room = before_it(&world, &data, "").await;

    let begun = Instant::now();
    buy_aloud(&mut room, &voice, "order coffee beans").await;
    room.await_kind("silent").await.unwrap();

    let orders = world.shops.orders().await.unwrap();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0].entry["lines"][0]["quantity"], 1);
    let charges = world.shops.charges().await.unwrap();
    assert_eq!(charges.values().copied().collect::<Vec<_>>(), [1]);
    // The terms, the question and the receipt were heard in the room.
    let spoken = answered.voice_since(begun);
    assert!(spoken > Duration::from_secs(5), "{spoken:?}");
    assert_eq!(room.leave().await.unwrap(), Some(0));
    world.stop().await;
}

/// Something that the sound server is told to do. Gives what it answers.
async fn pactl(args: &[&str]) -> String {
    let output = Command::new("pactl").args(args).output().await.unwrap();
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {told}");
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_microphone_it_is_said_and_typing_goes_on() {
    // No sound server and no card: what a bare machine looks like.
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    let silent = dir.path().join("alsa.conf");
    std::fs::write(&silent, "").unwrap();
    let mut command = errand(ERRAND, &world, dir.path()).unwrap();
    command
        .args(["voice", "test"])
        .env("ALSA_CONFIG_PATH", &silent)
        .stdin(Stdio::null());
    let output = timeout(LONG, command.output()).await.unwrap().unwrap();

    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(!complaint.contains("ALSA lib"), "{complaint}");
    let plain = complaint.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        plain.contains("a microphone is missing") && plain.contains("text works"),
        "{plain}"
    );
    world.stop().await;
}
