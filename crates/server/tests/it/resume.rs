use std::collections::BTreeSet;

use errand_server::ServerConfig;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::client::{Client, kinds, server, server_with, text, user};
use crate::fake::WORDS;

fn number(event: &Value) -> u64 {
    let id = event["event_id"]
        .as_str()
        .unwrap()
        .strip_prefix("event_")
        .unwrap();
    id.split('.').next().unwrap().parse().unwrap()
}

fn is_logged(event: &Value) -> bool {
    !event["event_id"].as_str().unwrap().contains('.')
}

#[tokio::test]
async fn what_was_missed_follows_with_its_own_numbers() {
    let server = server().await;
    let mut client = server.connect("errand_events=all").await;
    let first = client.say("hello").await;
    let seen = first[4]["event_id"].as_str().unwrap().to_owned();
    let session = client.session.clone();
    drop(client);

    let mut again = server
        .connect(&format!(
            "errand_events=all&resume={session}&last_event_id={seen}"
        ))
        .await;
    let replayed = again.until("errand.session.resumed").await;

    assert_eq!(again.session, session);
    let (resumed, replayed) = replayed.split_last().unwrap();
    assert_eq!(replayed, &first[5..]);
    assert_eq!(
        (&resumed["gap"], &resumed["replayed"]),
        (&json!(false), &json!(replayed.len()))
    );
    assert_eq!(resumed["from_event_id"], json!(seen));
    let next = again.say("more").await;
    assert_eq!(number(&next[0]), number(first.last().unwrap()) + 1);
}

/// What a client that lost its connection sends again: whatever it has no answer to, with the same ids.
async fn say_again(client: &mut Client, seen: &[Value], sentence: usize) {
    let (item, event) = (format!("item_s{sentence}"), format!("go_{sentence}"));
    if !seen.iter().any(|event| event["item"]["id"] == json!(item)) {
        let words = ["coffee", "hello", "buy it", "many 5"][sentence % 4];
        client.send(user(Some(&item), words)).await;
    }
    if !seen
        .iter()
        .any(|seen| seen["response"]["metadata"]["go"] == json!(event))
    {
        let response = json!({ "metadata": { "go": event } });
        client
            .send(json!({ "type": "response.create", "event_id": event, "response": response }))
            .await;
    }
}

fn is_done(seen: &[Value], sentence: usize) -> bool {
    let go = json!(format!("go_{sentence}"));
    seen.iter()
        .rev()
        .any(|event| event["type"] == "response.done" && event["response"]["metadata"]["go"] == go)
}

#[tokio::test]
async fn cut_at_a_thousand_points_every_event_arrives_once_and_in_order() {
    let server = server().await;
    let mut random = StdRng::seed_from_u64(20_261_121);
    let mut client = server.connect("errand_events=all").await;
    let session = client.session.clone();
    let mut seen: Vec<Value> = Vec::new();
    let mut sentences = 1;

    for _ in 0..1_000 {
        if is_done(&seen, sentences) {
            sentences += 1;
        }
        say_again(&mut client, &seen, sentences).await;
        // Read some events, then cut, in the middle of whatever is under way.
        for _ in 0..random.random_range(1..=7) {
            let event = client.next().await;
            if is_logged(&event) {
                seen.push(event);
            }
            if is_done(&seen, sentences) {
                break;
            }
        }
        drop(client);
        let last = seen.last().map_or(0, number);
        client = server
            .connect(&format!(
                "errand_events=all&resume={session}&last_event_id=event_{last}"
            ))
            .await;
    }
    while !is_done(&seen, sentences) {
        say_again(&mut client, &seen, sentences).await;
        let event = client.next().await;
        seen.extend(Some(event).filter(is_logged));
    }

    let numbers: Vec<u64> = seen.iter().map(number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let said = server
        .house
        .conversation(&session)
        .said
        .lock()
        .unwrap()
        .clone();
    assert_eq!(said.len(), sentences, "each sentence acted once");
    assert!(sentences > 100, "{sentences}");
}

#[tokio::test]
async fn no_words_of_an_approval_are_ever_replayed_and_a_broken_connection_voids_it() {
    let server = server().await;
    let mut client = server.connect("errand_events=all").await;
    let live = client.say("buy it").await;
    let session = client.session.clone();
    drop(client);

    let mut again = server
        .connect(&format!(
            "errand_events=all&resume={session}&last_event_id=event_0"
        ))
        .await;
    let replayed = again.until("errand.session.resumed").await;
    let mut all = replayed.clone();
    if !kinds(&all).contains(&"errand.approval.resolved") {
        all.extend(again.until("errand.approval.resolved").await);
    }

    assert!(
        live.iter()
            .filter(|event| event.to_string().contains(WORDS))
            .count()
            >= 5
    );
    assert!(kinds(&replayed).contains(&"errand.approval.required"));
    assert!(all.iter().all(|event| !event.to_string().contains(WORDS)));
    again.send(json!({ "type": "conversation.item.retrieve", "item_id": live.last().unwrap()["response"]["output"][0]["id"] })).await;
    let item = again.until("conversation.item.retrieved").await;
    assert!(!item.last().unwrap().to_string().contains(WORDS));
}

#[tokio::test]
async fn a_log_that_no_longer_reaches_back_says_so_and_sends_the_whole_state() {
    let server = server_with(ServerConfig {
        replay_events: 5,
        ..ServerConfig::default()
    })
    .await;
    let mut client = server.connect("errand_events=all").await;
    client.say("many 20").await;
    let session = client.session.clone();

    let mut again = server
        .connect(&format!(
            "errand_events=all&resume={session}&last_event_id=event_2"
        ))
        .await;
    let events = again.until("errand.session.state").await;

    assert_eq!(
        kinds(&events),
        ["errand.session.resumed", "errand.session.state"]
    );
    assert_eq!(
        (&events[0]["gap"], &events[0]["replayed"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(events[1]["session_id"], json!(session));
}

#[tokio::test]
async fn a_second_connection_takes_over_and_the_first_is_closed_with_1008() {
    let server = server().await;
    let mut first = server.connect("").await;

    let mut second = server.connect(&format!("resume={}", first.session)).await;

    assert_eq!(first.closed().await, Some(1008));
    assert_eq!(text(&second.say("hello").await), "You said: hello");
}

#[tokio::test]
async fn abuse_03_a_repeated_item_or_event_acts_once() {
    let server = server().await;
    let mut client = server.connect("").await;
    let session = client.session.clone();
    client.send(user(Some("item_once"), "buy it")).await;
    client
        .send(json!({ "type": "response.create", "event_id": "go" }))
        .await;
    client.until("response.done").await;

    client.send(user(Some("item_once"), "buy it")).await;
    let duplicate = client.next().await;
    client
        .send(json!({ "type": "response.create", "event_id": "go" }))
        .await;
    let repeated = client.next().await;
    let mut again: Client = server
        .connect(&format!("resume={session}&last_event_id=event_1"))
        .await;
    again.send(user(Some("item_once"), "buy it")).await;
    let after = again.until("error").await;

    assert_eq!(duplicate["error"]["code"], "item_create_duplicate_item_id");
    assert_eq!(repeated["error"]["code"], "duplicate_event_id");
    assert_eq!(
        after.last().unwrap()["error"]["code"],
        "item_create_duplicate_item_id"
    );
    assert_eq!(
        server
            .house
            .conversation(&session)
            .said
            .lock()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_client_that_replays_its_history_into_a_new_session_causes_nothing_twice() {
    let server = server().await;
    let mut client = server.connect("").await;
    for event in [
        json!({ "type": "conversation.item.create", "previous_item_id": "root", "item": { "id": "u1", "type": "message",
            "role": "user", "content": [{ "type": "input_text", "text": "buy it" }] } }),
        json!({ "type": "conversation.item.create", "previous_item_id": "u1", "item": { "id": "a1", "type": "message",
            "role": "assistant", "content": [{ "type": "output_text", "text": "Bought." }] } }),
    ] {
        client.send(event).await;
        client.until("conversation.item.done").await;
    }
    client.send(user(Some("u2"), "thank you")).await;
    client.send(json!({ "type": "response.create" })).await;
    client.until("response.done").await;

    let conversation = server.house.conversation(&client.session);
    assert_eq!(
        *conversation.said.lock().unwrap(),
        [("thank you".to_owned(), "u2".to_owned())]
    );
}

#[tokio::test]
async fn sessions_are_apart() {
    let server = server().await;
    let (mut one, mut two) = (server.connect("").await, server.connect("").await);

    let (a, b) = (one.say("first").await, two.say("second").await);

    assert_ne!(one.session, two.session);
    assert!(text(&a).contains("first") && text(&b).contains("second"));
    let ids: BTreeSet<&str> = kinds(&a).into_iter().collect();
    assert!(ids.contains("response.done"));
}
