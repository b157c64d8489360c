//! `wyoming-satellite`, a microphone and a loudspeaker that others wrote, dialled by a real house; the shop's books are the judge.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use errand_cli::{EchoSetting, ListenSetting, SatelliteTable};
use errand_tests::aloud::Voice;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_through_a_satellite_is_consented_to_and_comes_to_its_terms_and_no_text_holds_the_words()
 {
    let mut parts = match parts() {
        Ok(parts) => parts,
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
    let mut asked_until = 0;
    loop {
        let asks = |line: &str| line == "Yes or no?" || line == ASK;
        let asked = kitchen.told("synthesized", asked_until, asks).await;
        let (line, at) = asked.unwrap();
        asked_until = at + 1;
        // Nothing counts that is said before the question was heard to its end.
        let before = kitchen.lines("stopped").len();
        kitchen.told("stopped", before, |_| true).await.unwrap();
        if line == ASK {
            break;
        }
        let answers = kitchen.lines("transcripts").len();
        kitchen.say(&yes).unwrap();
        // What was said is over for the room, and none of it left the house.
        let sealed = kitchen.told("transcripts", answers, |_| true).await;
        assert_eq!(sealed.unwrap().0, "");
    }
    // A yes buys nothing here.
    let answers = kitchen.lines("transcripts").len();
    kitchen.say(&yes).unwrap();
    kitchen
        .told("transcripts", answers, |_| true)
        .await
        .unwrap();
    kitchen
        .told("synthesized", asked_until, |_| true)
        .await
        .unwrap();
    assert!(world.shops.orders().await.unwrap().is_empty());
    let pcm = kitchen.played();
    let is_loud = |s: &&[u8]| i16::from_le_bytes([s[0], s[1]]).unsigned_abs() > 1_000;
    assert!(
        pcm.chunks_exact(2).filter(is_loud).count() > 22_050,
        "a second of loud voice at least"
    );
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
