//! This face against a runtime over a real socket on this machine.

use clap::Parser;
use errand_protocol::api::{DoctorView, OrderChanged};
use errand_protocol::errand::{ErrandEvent, OrderView};
use serde_json::{Value, json};

use crate::api::Api;
use crate::args::{Args, ColourArg, LookArgs};
use crate::fake::{Act, Fake, turn};
use crate::fault::{Exit, Retry};
use crate::place::test_place;
use crate::render::samples;
use crate::shapes::SayShape;
use crate::talk::{Show, Talk};
use crate::term::Out;
use crate::turn::Outcome;

fn out() -> Out {
    Out::new(&LookArgs {
        color: ColourArg::Never,
        plain: true,
    })
}

fn event(event: &ErrandEvent) -> Value {
    serde_json::to_value(event).unwrap()
}

fn approval() -> Value {
    event(&ErrandEvent::ApprovalRequired {
        approval: Box::new(samples::approval()),
    })
}

fn receipt() -> Value {
    event(&ErrandEvent::Receipt {
        order: Box::new(samples::order()),
    })
}

/// Says one sentence to a runtime that answers with these events.
async fn said(middle: &[Value], text: &str) -> (Talk, Fake) {
    let fake = Fake::start(vec![Act::Turns(vec![turn(middle, text)])]).await;
    let mut talk = Talk::open(test_place(fake.port), None, Show::Route, &mut out())
        .await
        .unwrap();
    talk.turn("two bags of coffee", &mut out()).await.unwrap();
    (talk, fake)
}

#[tokio::test]
async fn one_sentence_goes_out_with_the_token_and_its_answer_comes_back() {
    let products = event(&ErrandEvent::Products(samples::products()));

    let (talk, fake) = said(&[products], "Here are three.").await;

    assert_eq!(
        fake.log(),
        [
            "GET /v1/realtime?errand_events=all&output_modalities=text with token",
            "conversation.item.create two bags of coffee",
            "response.create"
        ]
    );
    assert_eq!(talk.heard.outcome(), (Outcome::Answered, Exit::Done));
    assert_eq!(talk.heard.texts, ["Here are three."]);
}

#[tokio::test]
async fn an_approval_that_nobody_can_answer_ends_with_11_and_without_its_words() {
    let (talk, _fake) = said(&[approval()], "To pay, type the two words: amber violin").await;

    assert_eq!(
        talk.heard.outcome(),
        (Outcome::ApprovalRequired, Exit::Approval)
    );
    let json = serde_json::to_value(SayShape::of(&talk.heard)).unwrap();
    assert!(!json.to_string().contains("amber"), "{json}");
    assert_eq!(json["outcome"], "approval_required");
    assert_eq!(json["bought"], false);
    assert_eq!(
        json["approval"]["amount"],
        json!({"minor": 2590, "currency": "USD"})
    );
    assert_eq!(json["approval"]["payee"], "Pantry Lane Ltd");
    assert_eq!(json["answer_at"], "/approvals/apr_1");
    assert_eq!(json["session"], "sess_1");
}

#[tokio::test]
async fn what_the_box_of_an_approval_shows_is_not_said_again_and_why_a_yes_is_not_enough_is_said() {
    let (asks, no) = (
        "To pay, type the two words: amber violin",
        "A yes does not buy. Type the two words amber violin",
    );
    let turns = vec![turn(&[approval()], asks), turn(&[], no)];
    let fake = Fake::start(vec![Act::Turns(turns)]).await;
    let mut talk = Talk::open(test_place(fake.port), None, Show::Route, &mut out())
        .await
        .unwrap();

    talk.turn("two bags of coffee", &mut out()).await.unwrap();
    assert!(talk.heard.is_in_the_box(asks));
    talk.turn("yes", &mut out()).await.unwrap();
    assert!(talk.heard.approval.is_some());
    assert!(!talk.heard.is_in_the_box(no));
}

#[tokio::test]
async fn each_way_a_turn_can_end_has_its_own_number() {
    let policy = event(&ErrandEvent::Policy(samples::refusal()));
    let mut unknown = samples::notice();
    unknown.code = "PAY-0002".into();
    let unknown = event(&ErrandEvent::Notice(unknown));
    let question = event(&ErrandEvent::Question {
        text: "Which one?".into(),
        chips: vec![],
    });
    let dead = event(&ErrandEvent::Notice(samples::notice()));
    let void = json!({"type": "errand.approval.resolved", "id": "apr_1", "outcome": "void", "text": "The price changed", "tries_left": null});

    let ends = [
        (
            vec![
                approval(),
                receipt(),
                json!({"type": "errand.approval.resolved", "id": "apr_1", "outcome": "granted", "text": "Approved", "tries_left": null}),
            ],
            Exit::Done,
        ),
        (vec![policy], Exit::Refused),
        (vec![unknown], Exit::Unknown),
        (vec![question], Exit::Question),
        (vec![dead], Exit::NoShop),
        (vec![approval(), void], Exit::Changed),
    ];
    for (middle, exit) in ends {
        let (talk, _fake) = said(&middle, "").await;
        assert_eq!(talk.heard.outcome().1, exit, "{middle:?}");
    }
}

#[tokio::test]
async fn what_the_table_shows_is_not_said_again_below_it() {
    let comparison = event(&ErrandEvent::Comparison(samples::comparison()));
    let (talk, _fake) = said(&[comparison], "").await;
    let left_out = &talk.heard.excluded().unwrap().text;
    let text = format!(
        "1. Sidamo Whole Bean, Pantry Lane: each $12.40\n2. Marcala Medium, Pantry Lane: each $11.20\n\
         These three fit. {left_out}.\n9. May is no product.\nWhich one?"
    );

    assert_eq!(
        talk.heard.not_repeated(&text),
        "These three fit.\n9. May is no product.\nWhich one?"
    );
}

#[tokio::test]
async fn a_purchase_is_bought_only_when_its_receipt_came() {
    let (talk, _fake) = said(&[receipt()], "Bought.").await;

    let json = serde_json::to_value(SayShape::of(&talk.heard)).unwrap();
    assert_eq!(json["outcome"], "bought");
    assert_eq!(json["bought"], true);
    assert_eq!(json["order"]["number"], "PL-40718");
    assert_eq!(json["order"]["delivery"]["from"], "2026-11-28T13:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn a_broken_line_is_taken_up_again_and_the_sentence_is_not_said_twice() {
    let whole = turn(&[receipt()], "Bought.");
    let (first, missed) = whole.split_at(1);
    let fake = Fake::start(vec![
        Act::Break(first.to_vec()),
        Act::Replay(missed.to_vec()),
    ])
    .await;
    let mut talk = Talk::open(test_place(fake.port), None, Show::Route, &mut out())
        .await
        .unwrap();

    talk.turn("buy it", &mut out()).await.unwrap();

    assert_eq!(talk.heard.outcome(), (Outcome::Bought, Exit::Done));
    let log = fake.log();
    assert_eq!(
        log.iter()
            .filter(|l| l.starts_with("conversation.item.create"))
            .count(),
        1,
        "{log:?}"
    );
    assert_eq!(
        log.last().unwrap(),
        "GET /v1/realtime?errand_events=all&output_modalities=text&resume=sess_1&last_event_id=event_1 with token"
    );
}

#[tokio::test]
async fn what_a_resumed_conversation_tells_again_is_no_answer_to_the_new_sentence() {
    let mut replay = turn(&[receipt()], "Bought.");
    replay.push(json!({
        "type": "errand.session.resumed", "event_id": "event_9.1",
        "session_id": "sess_1", "from_event_id": null, "replayed": 4, "gap": false
    }));
    let new = vec![
        json!({"type": "response.created", "event_id": "event_10", "response": {"id": "resp_2"}}),
        json!({"type": "response.output_text.done", "event_id": "event_11", "text": "It is packed."}),
        json!({"type": "response.done", "event_id": "event_12", "response": {"id": "resp_2", "status": "completed"}}),
    ];
    let fake = Fake::start(vec![Act::Resume(replay, vec![new])]).await;

    let mut talk = Talk::open(
        test_place(fake.port),
        Some("sess_1"),
        Show::Route,
        &mut out(),
    )
    .await
    .unwrap();
    talk.turn("where is my order", &mut out()).await.unwrap();

    assert_eq!(talk.heard.texts, ["It is packed."]);
    assert_eq!(talk.heard.outcome(), (Outcome::Answered, Exit::Done));
}

#[tokio::test]
async fn a_runtime_that_is_not_there_ends_with_16_and_says_that_nothing_changed() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = gone.local_addr().unwrap().port();
    drop(gone);

    let talk = Talk::open(test_place(port), None, Show::Route, &mut out())
        .await
        .unwrap_err();
    let call = Api::with(test_place(port))
        .unwrap()
        .get::<DoctorView>(&["doctor"], &[])
        .await
        .unwrap_err();

    for fault in [talk, call] {
        assert_eq!(fault.exit.code(), 16);
        assert_eq!(fault.not.as_deref(), Some("Nothing was changed."));
        assert_eq!(fault.retry, Retry::AfterMs(1_000));
        assert!(
            fault.message.ends_with("connection refused"),
            "{}",
            fault.message
        );
    }
}

#[tokio::test]
async fn an_unknown_device_ends_with_17_on_the_socket_and_on_a_call() {
    let refused = || {
        Act::Answer(
            401,
            json!({"error": {"code": "HTTP-0001", "message": "no"}}),
        )
    };
    let fake = Fake::start(vec![refused(), refused()]).await;

    let talk = Talk::open(test_place(fake.port), None, Show::Route, &mut out())
        .await
        .unwrap_err();
    let call = Api::with(test_place(fake.port))
        .unwrap()
        .get::<DoctorView>(&["doctor"], &[])
        .await
        .unwrap_err();

    assert_eq!(
        (talk.exit, call.exit),
        (Exit::Unauthorised, Exit::Unauthorised)
    );
}

#[tokio::test]
async fn an_error_of_the_runtime_keeps_its_code_message_and_hint() {
    let body = json!({"error": {"code": "ORDER-0001", "message": "too late to cancel\u{1b}[2J", "hint": "send it back"}});
    let fake = Fake::start(vec![Act::Answer(409, body)]).await;
    let api = Api::with(test_place(fake.port)).unwrap();

    let fault = api
        .post::<OrderChanged>(&["orders", "ord_1", "cancel"], &json!({}))
        .await
        .unwrap_err();

    assert_eq!(fake.log(), ["POST /api/orders/ord_1/cancel HTTP/1.1 {}"]);
    assert_eq!(
        (fault.code.as_str(), fault.exit),
        ("ORDER-0001", Exit::Changed)
    );
    assert_eq!(fault.message, "too late to cancel[2J");
    assert_eq!(fault.hint.as_deref(), Some("send it back"));
}

#[tokio::test]
async fn orders_are_read_as_the_protocol_writes_them() {
    let fake = Fake::start(vec![Act::Answer(
        200,
        serde_json::to_value(samples::orders()).unwrap(),
    )])
    .await;

    let orders: Vec<OrderView> = Api::with(test_place(fake.port))
        .unwrap()
        .get(&["orders"], &[])
        .await
        .unwrap();

    assert_eq!(orders, samples::orders());
}

#[test]
fn there_is_no_flag_that_approves() {
    for flag in ["--yes", "-y", "--approve", "--force", "--no-input"] {
        assert!(
            Args::try_parse_from(["errand", "approve", "apr_1", flag]).is_err(),
            "{flag}"
        );
        assert!(
            Args::try_parse_from(["errand", "say", "buy it", flag]).is_err(),
            "{flag}"
        );
    }
}

#[test]
fn the_command_line_is_well_formed() {
    use clap::CommandFactory;
    Args::command().debug_assert();
}
