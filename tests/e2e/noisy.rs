//! Somebody buys aloud in a house that is not quiet: what was asked for is bought, or it is asked again; never anything else.

use std::path::Path;

use errand_tests::aloud::{Noise, Speaker, Voice, errand};
use errand_tests::harness::World;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tempfile::TempDir;

use crate::aloud::{ERRAND, set_up, text, voice_and_ear};
use crate::foreign::skipped;
use crate::models::{self, package};

const REQUEST: &str = "order coffee beans";
/// What the coffees of the shops are called, and nothing else.
const COFFEES: &[&str] = &["coffee", "kaldera", "espresso"];
/// How the terms say that it is one, and no dozen.
const ONE: &str = "for one ";
/// How often somebody says something before they give up, the request and all answers together.
const SAYINGS: usize = 8;
/// How long they wait for a word when nothing is said, in seconds.
const PATIENCE: usize = 12;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Bought,
    GivenUp,
}

/// Somebody in front of the speaker who listens to what it says, repeats what was not understood, and answers what is asked.
struct Person<'a> {
    voice: &'a Voice,
    speaker: Speaker,
    /// What they are asked for, and whether they heard that it is what they want.
    open: Option<Value>,
    is_wanted: bool,
    read: usize,
}

impl Person<'_> {
    /// Takes in what was told since the last time.
    fn listen(&mut self) -> Option<End> {
        for event in self.speaker.events.iter().skip(self.read) {
            match text(event, "event") {
                "bought" => return Some(End::Bought),
                "approval" => (self.open, self.is_wanted) = (Some(event.clone()), false),
                "resolved" if text(event, "outcome") != "wrong" => self.open = None,
                "said" => {
                    let said = text(event, "text").to_lowercase();
                    self.is_wanted |= is_coffee(&said) && said.contains(ONE);
                }
                _ => {}
            }
        }
        self.read = self.speaker.events.len();
        None
    }

    fn next(&self) -> String {
        match &self.open {
            None => REQUEST.to_owned(),
            Some(event) if text(event, "kind") == "consent" => "yes please".to_owned(),
            Some(_) if !self.is_wanted => "no".to_owned(),
            Some(event) => text(event, "words").to_owned(),
        }
    }

    /// Speaks, and waits until nothing is said any more, or for long enough.
    async fn buy(&mut self) -> End {
        for _ in 0..SAYINGS {
            let next = self.next();
            if next.is_empty() {
                // It went to the page.
                return End::GivenUp;
            }
            let said = self.voice.say(&next).unwrap();
            self.speaker.say(&said).await.unwrap();
            let mut is_quiet = false;
            while !is_quiet {
                let over = |e: &Value| matches!(text(e, "event"), "silent" | "bought" | "said");
                let event = self.speaker.await_for(PATIENCE, over).await.unwrap();
                is_quiet = event.is_none_or(|event| text(&event, "event") != "said");
            }
            if let Some(end) = self.listen() {
                return end;
            }
        }
        End::GivenUp
    }
}

fn is_coffee(text: &str) -> bool {
    COFFEES.iter().any(|name| text.contains(name))
}

/// A purchase in a noise. Gives how it ended, after the shops' books were looked at. `package`: of a model to hear with.
async fn buy_in(noise: Noise, voice: &Voice, package: Option<&Path>) -> End {
    let name = noise.name.clone();
    let world = World::start(set_up()).await.unwrap();
    let dir = TempDir::new().unwrap();
    if let Some(package) = package {
        models::set_up(&world, dir.path(), models::TINY, package).await;
    }
    let command = errand(ERRAND, &world, dir.path()).unwrap();
    let mut speaker = Speaker::start(command, &dir.path().join("answer.wav")).unwrap();
    speaker.in_noise(noise);
    // It was noisy before anybody spoke.
    speaker.say(&vec![0; 3 * 16_000]).await.unwrap();
    let mut person = Person {
        voice,
        speaker,
        open: None,
        is_wanted: false,
        read: 0,
    };

    let end = person.buy().await;

    let orders = world.shops.orders().await.unwrap();
    let charges = world.shops.charges().await.unwrap();
    let told = &person.speaker.events;
    assert!(orders.len() <= 1, "{name}: {orders:?} {told:?}");
    let charges: Vec<u32> = charges.into_values().collect();
    assert_eq!(charges, vec![1; orders.len()], "{name}: {told:?}");
    for order in &orders {
        let lines = order.entry["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 1, "{name}: {order:?}");
        assert_eq!(lines[0]["quantity"], 1, "{name}: {order:?}");
        let title = lines[0].to_string().to_lowercase();
        assert!(is_coffee(&title), "{name}: {order:?}");
    }
    assert_eq!(end == End::Bought, orders.len() == 1, "{name}: {told:?}");
    world.stop().await;
    end
}

/// In each noise, two at a time. Gives in which something was bought.
async fn buy_in_each(noises: Vec<Noise>, db: f64, package: Option<&Path>) -> Option<Vec<String>> {
    let (voice, _) = voice_and_ear()?;
    let count = noises.len();
    let talks = noises.into_iter().map(|noise| {
        let (name, voice) = (noise.name.clone(), &voice);
        async move { (name, buy_in(noise.below_speech(db), voice, package).await) }
    });
    let ends: Vec<_> = stream::iter(talks).buffered(2).collect().await;
    let bought = ends.into_iter().filter(|(_, end)| *end == End::Bought);
    let bought: Vec<String> = bought.map(|(name, _)| name).collect();
    tell(&format!(
        "at {db} dB bought in {} of {count} noises: {bought:?}",
        bought.len()
    ));
    Some(bought)
}

/// The noises that were recorded; none, said aloud, where they are not there.
fn recorded() -> Vec<Noise> {
    Noise::recorded().unwrap_or_else(|missing| {
        skipped(&missing);
        Vec::new()
    })
}

#[expect(
    clippy::print_stderr,
    reason = "whoever reads the run sees what was measured"
)]
fn tell(told: &str) {
    eprintln!("{told}");
}

/// The noises of a house, those that were recorded and a fan.
fn household() -> Vec<Noise> {
    let mut noises = recorded();
    noises.push(Noise::fan());
    noises
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_model_for_people_purchases_are_made_in_noises_ten_decibels_below_the_voice() {
    let Some(package) = package(models::TINY) else {
        return;
    };
    let mut noises = household();
    // Those that go on. What comes and goes makes a turn of everything that a dog says, and a model takes its time for each.
    noises.retain(|noise| ["car_horn", "engine_idling", "fan"].contains(&&*noise.name));
    let has_recorded = noises.len() > 1;

    let Some(bought) = buy_in_each(noises, 10.0, Some(&package)).await else {
        return;
    };

    assert!(!bought.is_empty() || !has_recorded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_noises_ten_decibels_below_the_voice_nothing_is_bought_that_was_not_asked_for() {
    // What is bought is looked at in the shops' books.
    buy_in_each(household(), 10.0, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_noises_five_decibels_below_the_voice_nothing_is_bought_that_was_not_asked_for() {
    let mut noises = household();
    let hard = ["dog_bark", "people_talking", "ringing_phone", "fan"];
    noises.retain(|noise| hard.contains(&&*noise.name));

    buy_in_each(noises, 5.0, None).await;
}
