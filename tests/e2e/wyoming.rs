//! `wyoming-satellite`, a microphone and a loudspeaker that others wrote, dialled by a real house; the shop's books are the judge.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use errand_cli::{EchoSetting, ListenSetting, SatelliteTable};
use errand_tests::aloud::{Listener, Voice, at_16_khz};
use errand_tests::foreign::{Kitchen, Missing, python};
use errand_tests::harness::{SetUp, World, ears};
use errand_wyoming::{SatelliteState, Trouble};
use tempfile::TempDir;

use crate::foreign::skipped;

/// Longest that anything here takes on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(120);
/// What these tests need of the machine.
struct Parts {
    python: PathBuf,
    voice: Voice,
    set_up: SetUp,
}

fn parts() -> Result<Parts, Missing> {
    let mut set_up = crate::aloud::set_up();
    set_up.streams = Some(ears()?);
    Ok(Parts {
        python: python("satellite")?,
        voice: Voice::flite()?,
        set_up,
    })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A satellite without a wake word in a room of one person.
fn table(name: &str, port: u16) -> SatelliteTable {
    SatelliteTable {
        name: name.to_owned(),
        address: format!("127.0.0.1:{port}"),
        listen: ListenSetting::Always,
        echo: EchoSetting::None,
        shared: Some(false),
        rate: None,
    }
}

/// Waits until it stands so with one of the satellites.
async fn until(world: &World, is: impl Fn(&SatelliteState) -> bool) {
    let mut states = world
        .house()
        .unwrap()
        .wyoming
        .as_ref()
        .unwrap()
        .satellites
        .clone();
    let found = states.wait_for(|all| all.iter().any(&is));
    let found = tokio::time::timeout(LONG, found).await.is_ok();
    assert!(found, "{:?}", states.borrow());
}

/// The question for the two words, which are spoken and stand in no text.
const ASK: &str = "To buy, say: (word) (word).";

/// The same where it was asked before.
const ASK_AGAIN: &str = "To buy, say: (word) (word). Or say no.";
/// Two words are read from sound: errand hears them, and so does the person of this test, who may mishear them.
const TRIES: usize = 3;

/// Waits for the next question, and until it was played. Gives it and where to listen on.
async fn asked(kitchen: &Kitchen, from: usize) -> (String, usize) {
    let asks = |line: &str| matches!(line, "Yes or no?" | ASK | ASK_AGAIN);
    let (line, at) = kitchen.told("synthesized", from, asks).await.unwrap();
    // Nothing counts that is said before the question was heard to its end.
    let before = kitchen.lines("stopped").len();
    kitchen.told("stopped", before, |_| true).await.unwrap();
    (line, at + 1)
}

/// Waits until a sentence was told and everything was played.
async fn told_to_the_end(kitchen: &Kitchen, sentence: &str, from: usize) {
    let is_it = |line: &str| line == sentence;
    kitchen.told("synthesized", from, is_it).await.unwrap();
    let before = kitchen.lines("stopped").len();
    kitchen.told("stopped", before, |_| true).await.unwrap();
}

/// Says an answer to a question, of which no text leaves the house.
async fn answer(kitchen: &mut Kitchen, said: &[i16]) {
    let answers = kitchen.lines("transcripts").len();
    kitchen.say(said).unwrap();
    let sealed = kitchen.told("transcripts", answers, |_| true).await;
    assert_eq!(sealed.unwrap().0, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_through_a_satellite_is_bought_by_two_words_of_its_loudspeaker_and_a_recording_of_it_buys_nothing()
 {
    let parts = parts().and_then(|parts| Ok((parts, Listener::open()?)));
    let (mut parts, listener) = match parts {
        Ok(both) => both,
        Err(missing) => return skipped(&missing),
    };
    let (room, port) = (TempDir::new().unwrap(), free_port());
    parts.set_up.satellites = vec![table("kitchen", port)];
    let world = World::start(parts.set_up).await.unwrap();
    let mut kitchen = Kitchen::start(&parts.python, room.path(), port).unwrap();
    until(&world, |s| s.is_connected).await;

    let request = parts.voice.say("order coffee beans").unwrap();
    kitchen.say(&request).unwrap();
    let heard = kitchen.told("transcripts", 0, |_| true).await.unwrap();
    assert_eq!(heard.0, "order coffee beans");
    let yes = parts.voice.say("yes please").unwrap();
    let (mut asked_until, mut tries) = (0, 0);
    let mut words = Vec::new();
    let mut has_said_yes = false;
    while world.shops.orders().await.unwrap().is_empty() {
        let (line, until) = asked(&kitchen, asked_until).await;
        asked_until = until;
        let said = match line.as_str() {
            "Yes or no?" => yes.clone(),
            // A yes buys nothing here.
            _ if !std::mem::replace(&mut has_said_yes, true) => yes.clone(),
            line => {
                tries += 1;
                assert!(tries <= TRIES, "{:?}", kitchen.lines("synthesized"));
                let played = at_16_khz(&kitchen.played(), Kitchen::PLAYED_HZ).unwrap();
                let read = listener.two_words(&played, usize::from(line == ASK_AGAIN));
                words = parts.voice.say(&read.unwrap()).unwrap();
                words.clone()
            }
        };
        let answered = kitchen.lines("synthesized").len();
        answer(&mut kitchen, &said).await;
        kitchen
            .told("synthesized", answered, |_| true)
            .await
            .unwrap();
    }
    assert!(has_said_yes);
    assert_eq!(world.shops.orders().await.unwrap().len(), 1);

    // Whoever says it again, or plays a recording of it all, is heard as well as before and asked for two other words.
    told_to_the_end(&kitchen, "Bought.", asked_until).await;
    let (before, from) = (
        kitchen.lines("transcripts").len(),
        kitchen.lines("synthesized").len(),
    );
    kitchen.say(&request).unwrap();
    let heard = kitchen.told("transcripts", before, |_| true).await.unwrap();
    assert_eq!(heard.0, "order coffee beans");
    let (line, until) = asked(&kitchen, from).await;
    assert_eq!(line, ASK);
    answer(&mut kitchen, &words).await;
    let (line, _) = kitchen.told("synthesized", until, |_| true).await.unwrap();
    assert_ne!(line, "Bought.");
    assert_eq!(world.shops.orders().await.unwrap().len(), 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_satellite_is_dialled_until_it_is_there_comes_back_and_serves_only_one() {
    let mut parts = match parts() {
        Ok(parts) => parts,
        Err(missing) => return skipped(&missing),
    };
    let (room, port) = (TempDir::new().unwrap(), free_port());
    parts.set_up.satellites = vec![table("kitchen", port)];
    let sentence = parts.voice.say("find coffee beans").unwrap();
    let world = World::start(parts.set_up.clone()).await.unwrap();
    until(&world, |s| s.trouble == Some(Trouble::Unreachable)).await;
    let mut kitchen = Kitchen::start(&parts.python, room.path(), port).unwrap();
    until(&world, |s| s.is_connected).await;

    kitchen.say(&sentence).unwrap();
    let heard = kitchen.told("transcripts", 0, |_| true).await.unwrap();
    assert_eq!(heard.0, "find coffee beans");
    kitchen.told("synthesized", 0, |_| true).await.unwrap();
    kitchen.told("stopped", 0, |_| true).await.unwrap();
    let played = kitchen.played();
    assert!(played.len() > 22_050, "half a second: {}", played.len());

    let other = World::start(parts.set_up.clone()).await.unwrap();
    until(&other, |s| s.trouble == Some(Trouble::Taken)).await;
    other.stop().await;

    drop(kitchen);
    until(&world, |s| !s.is_connected).await;
    let mut kitchen = Kitchen::start(&parts.python, room.path(), port).unwrap();
    until(&world, |s| s.is_connected).await;
    let before = kitchen.lines("transcripts").len();
    kitchen.say(&sentence).unwrap();
    let heard = kitchen.told("transcripts", before, |_| true).await.unwrap();
    assert_eq!(heard.0, "find coffee beans");
    world.stop().await;
}
