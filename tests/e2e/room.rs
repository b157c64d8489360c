//! What is said where others than the person may hear it.

use std::time::Duration;

use errand_runtime::house::{House as _, Wanted, What};
use errand_tests::harness::World;
use errand_types::Way;
use tokio::time::timeout;

use crate::foreign::set_up;

const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_tells_of_rules_or_of_orders_before_is_told_as_private_and_products_are_not() {
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();
    let who = house.runtime.authenticate(&house.token).unwrap();
    let talk = house.runtime.session(&who, Wanted::New).await.unwrap();

    for (n, (sentence, private)) in [
        ("find coffee beans", false),
        ("what did I order", true),
        ("where is my order", false),
        ("what do you know about me", true),
        ("find green tea", false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut events = talk.events();
        talk.say(sentence, &format!("k{n}"), Way::TYPED)
            .await
            .unwrap();
        let mut said = Vec::new();
        loop {
            let event = timeout(LONG, events.recv()).await.unwrap().unwrap();
            match &event.what {
                What::Say {
                    kept, is_private, ..
                } => said.push((kept.clone(), *is_private)),
                What::TurnDone { .. } if !said.is_empty() => break,
                _ => {}
            }
        }
        assert!(
            said.iter().all(|(_, is)| *is == private),
            "{sentence}: {said:?}"
        );
    }
    world.stop().await;
}
