//! Both at once: whoever speaks over the answer, and its own echo.

use std::time::{Duration, Instant};

use errand_tests::aloud::{Recording, Room, Voice};
use errand_tests::harness::World;
use tempfile::TempDir;

use super::{before_it, inside, is, pactl, tell, text};
use crate::foreign::{set_up, skipped};

/// The loudspeaker is heard by the microphone: so many decibels quieter, and so many milliseconds later beside what the devices
/// hold.
async fn echo(db: &str, ms: u32) {
    let latency = format!("latency_msec={ms}");
    let module = pactl(&[
        "load-module",
        "module-loopback",
        "source=vspk.monitor",
        "sink=vmic_in",
        &latency,
    ])
    .await;
    assert!(!module.is_empty());
    let inputs = pactl(&["list", "short", "sink-inputs"]).await;
    // Nobody else plays yet.
    let input = inputs.split_whitespace().next().unwrap();
    pactl(&["set-sink-input-volume", input, db]).await;
}

/// Says something over the answer that is being given since a moment. Gives how long errand still spoke after the first sound of it,
/// and what it heard.
async fn interrupt(
    room: &mut Room,
    (said, answered): (&Recording, &Recording),
    sentence: &[i16],
) -> (Duration, String) {
    let over = Instant::now();
    room.say(sentence).await.unwrap();
    let heard = room.await_kind("heard").await.unwrap();
    // Its answer has not begun: it is being worked on.
    let last = answered.last_voice(Instant::now()).unwrap();
    let onset = said.onset_of(sentence, over).unwrap();
    let after = last.saturating_duration_since(onset);
    tell(&format!(
        "silent {} ms after the first sound of \"{}\", {} ms after it was confirmed (250 ms of voice)",
        after.as_millis(),
        text(&heard, "text"),
        after.as_millis().cast_signed() - 250,
    ));
    (after, text(&heard, "text").to_owned())
}

/// It has found out that it may listen while it speaks.
async fn both_ways(room: &mut Room) {
    let is_told = is("note", "text", "errand listens while it speaks");
    room.await_event(is_told).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_of_the_loudspeaker_comes_back_any_sentence_stops_the_answer_and_is_answered()
{
    if !inside(
        "duplex::where_nothing_of_the_loudspeaker_comes_back_any_sentence_stops_the_answer_and_is_answered",
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
    let find = voice.say("find coffee beans").unwrap();
    let instead = voice.say("order coffee beans").unwrap();
    let said = Recording::of("vmic_in").unwrap();
    let answered = Recording::of("vspk").unwrap();
    let mut room = before_it(&world, &data, "").await;

    room.say(&find).await.unwrap();
    both_ways(&mut room).await;
    let (after, heard) = interrupt(&mut room, (&said, &answered), &instead).await;

    assert!(!heard.is_empty(), "{:?}", room.events);
    assert!(
        after < Duration::from_millis(1_500),
        "{after:?}: {:?}",
        room.events
    );
    // And that is what is answered now.
    let begun = Instant::now();
    room.await_kind("said").await.unwrap();
    let a_word = Duration::from_millis(400);
    answered.until_voice(begun, a_word).await.unwrap();
    assert_eq!(room.leave().await.unwrap(), Some(0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_loudspeaker_is_heard_errand_does_not_interrupt_itself_and_a_person_does() {
    if !inside(
        "duplex::where_the_loudspeaker_is_heard_errand_does_not_interrupt_itself_and_a_person_does",
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
    let find = voice.say("find coffee beans").unwrap();
    let instead = voice.say("order coffee beans").unwrap();
    echo("-12dB", 80).await;
    let said = Recording::of("vmic_in").unwrap();
    let answered = Recording::of("vspk").unwrap();
    let mut room = before_it(&world, &data, "").await;

    // A whole answer, with nobody in the room but its own voice.
    let begun = Instant::now();
    room.say(&find).await.unwrap();
    room.await_kind("silent").await.unwrap();
    let whole = answered.voice_since(begun);
    let heard = room.events.iter().filter(|e| text(e, "event") == "heard");
    assert_eq!(heard.count(), 1, "{:?}", room.events);
    let began = room
        .events
        .iter()
        .filter(|e| text(e, "event") == "speech_started");
    assert_eq!(began.count(), 1, "{:?}", room.events);
    let found_out = is("note", "text", "errand listens while it speaks");
    assert!(room.events.iter().any(found_out), "{:?}", room.events);

    // The same once more, and somebody speaks over it.
    let begun = Instant::now();
    room.say(&find).await.unwrap();
    let heard = room.await_kind("heard").await.unwrap();
    assert!(!text(&heard, "text").is_empty(), "{:?}", room.events);
    let a_while = Duration::from_millis(1_500);
    answered.until_voice(begun, a_while).await.unwrap();
    let (after, heard) = interrupt(&mut room, (&said, &answered), &instead).await;

    assert!(!heard.is_empty(), "{:?}", room.events);
    // As T7 has it: over an echo a sentence that begins like a nod is known by its words.
    assert!(
        after < Duration::from_secs(2),
        "{after:?}: {:?}",
        room.events
    );
    assert!(whole > a_while + after, "{whole:?}");
    assert_eq!(room.leave().await.unwrap(), Some(0));
    world.stop().await;
}
