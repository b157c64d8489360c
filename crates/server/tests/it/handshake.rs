use std::time::Duration;

use errand_server::ServerConfig;
use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::client::{open, refusal, server, server_with, text, user};
use crate::fake::{OTHER_TOKEN, TOKEN};

#[tokio::test]
async fn a_browser_shows_its_token_in_a_subprotocol_that_is_never_sent_back() {
    let server = server().await;
    let mut request = format!("ws://{}/v1/realtime", server.address)
        .into_client_request()
        .unwrap();
    let offered = format!("realtime, openai-insecure-api-key.{TOKEN}");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", offered.parse().unwrap());

    let (mut client, response) = open(request).await.unwrap();

    assert_eq!(response.headers()["sec-websocket-protocol"], "realtime");
    assert!(!format!("{response:?}").contains(TOKEN));
    assert_eq!(client.next().await["type"], "session.created");
}

#[tokio::test]
async fn who_offers_no_subprotocol_gets_none() {
    let server = server().await;

    let (_, response) = open(server.request("model=anything-at-all&unheard=1"))
        .await
        .unwrap();

    assert!(!response.headers().contains_key("sec-websocket-protocol"));
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_that_is_known() {
    let server = server().await;
    let mut wrong = server.request("");
    wrong
        .headers_mut()
        .insert("authorization", "Bearer guess".parse().unwrap());
    let mut none = server.request("");
    none.headers_mut().remove("authorization");

    for request in [wrong, none] {
        let (status, body) = refusal(request).await;
        assert_eq!((status, &body["error"]["code"]), (401, &json!("HTTP-0002")));
    }
    assert_eq!(server.house.opened(), 0);
}

#[tokio::test]
async fn abuse_01_a_page_of_another_origin_opens_no_session() {
    let config = ServerConfig {
        allowed_origins: vec!["https://errand.example".into()],
        ..ServerConfig::default()
    };
    let server = server_with(config).await;
    let with = |origin: &str| {
        let mut request = server.request("");
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        request
    };

    assert_eq!(refusal(with("https://evil.example")).await.0, 403);
    assert_eq!(refusal(with("null")).await.0, 403);
    assert_eq!(server.house.opened(), 0);
    assert!(
        open(with(&format!("http://{}", server.address)))
            .await
            .is_ok()
    );
    assert!(open(with("https://errand.example")).await.is_ok());
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_not_answered() {
    let server = server().await;
    let mut request = server.request("");
    request
        .headers_mut()
        .insert("host", "rebound.example".parse().unwrap());

    assert_eq!(refusal(request).await.0, 421);
}

#[tokio::test]
async fn abuse_08_a_session_of_somebody_else_looks_like_none() {
    let server = server().await;
    let client = server.connect("").await;
    let mut stolen = server.request(&format!("resume={}", client.session));
    stolen.headers_mut().insert(
        "authorization",
        format!("Bearer {OTHER_TOKEN}").parse().unwrap(),
    );

    let theirs = refusal(stolen).await;
    let unknown = refusal(server.request("resume=sess_nobody")).await;

    assert_eq!(theirs, unknown);
    assert_eq!(theirs.0, 404);
    assert_eq!(refusal(server.request("resume=sess_old")).await.0, 410);
    assert_eq!(
        refusal(server.request(&format!("resume={}&last_event_id=event_99", client.session)))
            .await
            .0,
        409
    );
    assert_eq!(refusal(server.request("resume=../../etc")).await.0, 404);
}

#[tokio::test]
async fn abuse_11_a_session_id_that_a_client_proposes_is_ignored() {
    let server = server().await;

    let client = server.connect("session_id=sess_mine&id=sess_mine").await;

    assert_eq!(client.session, "sess_1");
}

#[tokio::test]
async fn sessions_beyond_the_cap_are_refused_before_any_work_and_room_is_given_back() {
    let config = ServerConfig {
        session_limit: 2,
        idle: Duration::from_millis(1),
        ..ServerConfig::default()
    };
    let server = server_with(config).await;
    let first = server.connect("").await;
    let _second = server.connect("").await;

    let (status, body) = refusal(server.request("")).await;
    let opened = server.house.opened();
    drop(first);
    let third = loop {
        if let Ok((client, _)) = open(server.request("")).await {
            break client;
        }
        tokio::task::yield_now().await;
    };

    assert_eq!((status, &body["error"]["code"]), (503, &json!("HTTP-0009")));
    assert!(body["error"]["message"].as_str().unwrap().contains('2'));
    assert_eq!(opened, 2);
    drop(third);
}

#[tokio::test]
async fn connections_beyond_the_cap_are_refused() {
    let server = server_with(ServerConfig {
        connection_limit: 1,
        ..ServerConfig::default()
    })
    .await;
    let _client = server.connect("").await;

    assert_eq!(refusal(server.request("")).await.0, 503);
}

#[tokio::test]
async fn abuse_02_a_frame_over_the_limit_closes_with_1009_and_the_session_is_kept() {
    let server = server().await;
    let mut client = server.connect("").await;
    let session = client.session.clone();
    let frame = "x".repeat(16 * 1024 * 1024 + 1);

    client.socket.send(Message::text(frame)).await.unwrap();

    assert_eq!(client.closed().await, Some(1009));
    let mut again = server.connect(&format!("resume={session}")).await;
    assert_eq!(text(&again.say("hello").await), "You said: hello");
}

#[tokio::test]
async fn draining_closes_with_1012_and_lets_nobody_in() {
    let mut server = server().await;
    let mut client = server.connect("").await;

    server.shutdown.cancel();

    assert_eq!(client.closed().await, Some(1012));
    (&mut server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_closed_and_finds_its_session_again() {
    let server = server().await;
    let mut slow = server.connect("").await;
    let session = slow.session.clone();
    let conversation = server.house.conversation(&session);
    let long = "x".repeat(100_000);

    // Nobody reads: first the sockets' own buffers fill, then the queue.
    for _ in 0..400 {
        conversation.say_alone(&long);
        tokio::task::yield_now().await;
    }

    assert!(matches!(slow.closed().await, Some(1013) | None));
    let mut again = server.connect(&format!("resume={session}")).await;
    again.send(user(None, "hello")).await;
    again.send(json!({ "type": "response.create" })).await;
    loop {
        let events = again.until("response.done").await;
        if text(&events) == "You said: hello" {
            break;
        }
    }
}
