use serde_json::json;

use crate::client::{kinds, server, text, user};
use crate::fake::WORDS;

#[tokio::test]
async fn a_sentence_is_answered_in_the_order_that_every_client_accepts() {
    let server = server().await;
    let mut client = server.connect("model=gpt-realtime").await;

    client
        .send(user(Some("item_mine"), "coffee, two bags"))
        .await;
    client.send(json!({ "type": "response.create", "response": { "metadata": { "client_event_id": "m1" } } })).await;
    let events = client.until("response.done").await;

    assert_eq!(
        kinds(&events),
        [
            "conversation.item.added",
            "conversation.item.done",
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
    );
    assert_eq!(
        text(&events),
        "I found three coffees.\nThe second one is rated highest."
    );
    assert_eq!(events[2]["response"]["metadata"]["client_event_id"], "m1");
    let response = &events[12]["response"];
    assert_eq!(
        (
            &response["status"],
            &response["metadata"]["client_event_id"]
        ),
        (&json!("completed"), &json!("m1"))
    );
    assert_eq!(
        (
            &response["usage"]["total_tokens"],
            &response["output_modalities"]
        ),
        (&json!(0), &json!(["text"]))
    );
    let conversation = server.house.conversation(&client.session);
    assert_eq!(
        *conversation.said.lock().unwrap(),
        [("coffee, two bags".to_owned(), "item_mine".to_owned())]
    );
}

#[tokio::test]
async fn own_events_go_only_to_connections_that_asked_for_them() {
    let server = server().await;
    let mut plain = server.connect("").await;
    let mut some = server.connect("errand_events=plan").await;
    let mut none = server.connect("errand_events=cart").await;

    assert!(!kinds(&plain.say("coffee").await).contains(&"errand.plan.updated"));
    assert!(kinds(&some.say("coffee").await).contains(&"errand.plan.updated"));
    assert!(!kinds(&none.say("coffee").await).contains(&"errand.plan.updated"));
}

#[tokio::test]
async fn the_words_of_an_approval_are_heard_by_the_live_connection_without_opting_in() {
    let server = server().await;
    let mut client = server.connect("").await;

    let events = client.say("buy it").await;

    assert!(text(&events).contains(WORDS));
}

#[tokio::test]
async fn several_items_are_one_sentence_and_are_heard_once() {
    let server = server().await;
    let mut client = server.connect("").await;
    client.send(user(Some("a"), "two of these")).await;
    client.send(user(Some("b"), "and make it quick")).await;

    client.send(json!({ "type": "response.create" })).await;
    client.until("response.done").await;
    client.send(json!({ "type": "response.create" })).await;
    let again = client.until("response.done").await;

    assert_eq!(text(&again), "What do you need?");
    let conversation = server.house.conversation(&client.session);
    assert_eq!(
        *conversation.said.lock().unwrap(),
        [("two of these\nand make it quick".to_owned(), "b".to_owned())]
    );
}

#[tokio::test]
async fn what_happens_by_itself_is_told_in_a_response_of_its_own_and_never_inside_another() {
    let server = server().await;
    let mut client = server.connect("").await;
    let conversation = server.house.conversation(&client.session);

    conversation.say_alone("Your order is on its way.");
    let alone = client.until("response.done").await;
    client.send(user(None, "hang")).await;
    client.send(json!({ "type": "response.create" })).await;
    client.until("response.output_text.delta").await;
    conversation.say_alone("It arrived.");
    client.send(json!({ "type": "response.cancel" })).await;
    let cancelled = client.until("response.done").await;
    let after = client.until("response.done").await;

    assert_eq!(text(&alone), "Your order is on its way.");
    let response = &cancelled.last().unwrap()["response"];
    assert_eq!(
        (&response["status"], &response["status_details"]["reason"]),
        (&json!("cancelled"), &json!("client_cancelled"))
    );
    assert_eq!(response["output"][0]["status"], "incomplete");
    assert_eq!(text(&after), "It arrived.");
}

#[tokio::test]
async fn a_second_response_and_a_stray_cancel_are_harmless() {
    let server = server().await;
    let mut client = server.connect("").await;

    client
        .send(json!({ "type": "response.cancel", "event_id": "stray" }))
        .await;
    let stray = client.next().await;
    client.send(user(None, "hang")).await;
    client.send(json!({ "type": "response.create" })).await;
    client.until("response.output_text.delta").await;
    client
        .send(json!({ "type": "response.create", "event_id": "second" }))
        .await;
    let second = client.next().await;

    assert_eq!(
        (&stray["error"]["code"], &stray["error"]["event_id"]),
        (&json!("response_cancel_not_active"), &json!("stray"))
    );
    assert!(
        stray["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("Cancellation failed")
    );
    assert_eq!(
        second["error"]["code"],
        "conversation_already_has_active_response"
    );
    client.send(json!({ "type": "response.cancel" })).await;
    client.until("response.done").await;
    assert_eq!(text(&client.say("hello").await), "You said: hello");
}

#[tokio::test]
async fn a_sentence_that_the_house_does_not_take_fails_in_words_and_the_session_goes_on() {
    let server = server().await;
    let mut client = server.connect("").await;

    let refused = client.say("refuse this").await;
    let broken = client.say("break").await;

    let response = &refused.last().unwrap()["response"];
    assert_eq!(
        (
            &response["status"],
            &response["status_details"]["error"]["code"]
        ),
        (&json!("failed"), &json!("RUN-0009"))
    );
    assert_eq!(
        text(&refused),
        "Too many sentences wait; this one was not heard. Say it again in a moment."
    );
    assert_eq!(
        broken.last().unwrap()["response"]["status_details"]["error"]["code"],
        "turn_failed"
    );
    assert_eq!(text(&client.say("hello").await), "You said: hello");
}

#[tokio::test]
async fn a_tool_of_the_client_is_called_answered_and_repeated_in_one_sentence() {
    let server = server().await;
    let mut client = server.connect("").await;
    let tool = json!({ "type": "function", "name": "get_weather", "description": "Weather", "parameters": {
        "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] } });
    client
        .send(
            json!({ "type": "session.update", "session": { "type": "realtime", "tools": [tool] } }),
        )
        .await;
    client.until("session.updated").await;

    let called = client.say("call get_weather for Berlin").await;
    let call = called.last().unwrap()["response"]["output"][0].clone();
    client.send(json!({ "type": "conversation.item.create", "item": {
        "type": "function_call_output", "call_id": call["call_id"], "output": "sunny, 21 degrees" } })).await;
    client.send(json!({ "type": "response.create" })).await;
    let answered = client.until("response.done").await;

    assert_eq!(
        (&call["name"], &call["arguments"]),
        (&json!("get_weather"), &json!(r#"{"city":"Berlin"}"#))
    );
    assert_eq!(
        kinds(&called)[2..],
        [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
    );
    assert_eq!(text(&answered), "get_weather answered: sunny, 21 degrees");
    assert!(
        server
            .house
            .conversation(&client.session)
            .said
            .lock()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn hostile_frames_get_an_error_and_disturb_nothing() {
    let server = server().await;
    let mut client = server.connect("").await;

    for raw in [
        "",
        "{",
        "[]",
        r#"{"type":"approval.granted"}"#,
        r#"{"type":"response.done","response":{"id":"resp_1"}}"#,
    ] {
        client.send_raw(raw).await;
        assert_eq!(client.next().await["type"], "error", "{raw}");
    }
    client.socket.get_ref();
    futures_util::SinkExt::send(
        &mut client.socket,
        tokio_tungstenite::tungstenite::Message::binary(vec![1, 2, 3]),
    )
    .await
    .unwrap();
    assert_eq!(client.next().await["error"]["code"], "frame_not_text");

    assert_eq!(text(&client.say("hello").await), "You said: hello");
}
