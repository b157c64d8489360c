//! Words are held against what tools found, and calls against what the person said.

use errand_model::{ModelError, Proposal, Thought};
use serde_json::json;

use crate::server::{Server, calls, says};
use crate::world::{ask, config, empty, model, table};

async fn reply(words: &'static str, said: &str) -> Result<Thought, ModelError> {
    let server = Server::start(move |_, _| says(words)).await;
    ask(&model(config(&server)), said, table()).await
}

#[tokio::test]
async fn a_reply_that_claims_what_no_tool_said_is_not_used() {
    for words in [
        "Bought. Order 12345 is on its way.",
        "I have placed your order.",
        "The Kaldera Sidamo costs $9.90.",
        "The Kaldera Sidamo costs $14.50.",
        "It is 12.50 dollars.",
        "That is fifteen dollars.",
        "It has 4.9 stars.",
        "It is rated by three thousand people.",
        "You save 20%.",
        "It arrives on Monday.",
        "It arrives Sat 28 Nov at 18:00.",
        "You will have it tomorrow.",
        "It is in stock.",
        "Only 3 left, hurry!",
        "This is the cheapest one.",
        "It is certified fair trade.",
        "It is organic.",
        "It contains no nuts.",
        "It is safe for you.",
        "It has no sesame in it.",
        "You should rather take the Bosch Tassimo.",
        "See https://deals.example/coffee for more.",
        "Look at deals.example.",
        "Write to help@shop.example.",
        "Your order PL-99999 is fine.",
        "Please type your card number.",
        "What is your PIN?",
        "Your order was not shipped.",
        "Free shipping today.",
        "I guarantee that you will like it.",
        "Dein Kaffee ist bestellt und kostet 9,90 €.",
    ] {
        let error = reply(words, "tell me about the coffee")
            .await
            .map(|t| t.proposal)
            .unwrap_err();
        assert_eq!(error.code(), "unfounded", "{words}: {error}");
        let told = error.to_string();
        assert!(
            !told.contains("12345") && !told.contains("Bosch") && !told.contains("deals"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_reply_that_says_what_tools_said_is_used() {
    for words in [
        "Good morning! What do you need?",
        "You are welcome.",
        "I can search shops, compare and look after orders. The weather I do not know.",
        "The Kaldera Sidamo costs $12.90 and has 4.5 stars by 128 people.",
        "Monte Azul Decaf is $14.50, and it could be here Sat 28 Nov from 09:00 to 12:00.",
        "The first one is $12.90, the second one $14.50.",
        "Both are whole bean, 500 g each.",
        "Your order PL-40718 is shipped.",
        "There are 2 of them in your cart.",
        "You said under 15 dollars, and both fit.",
        "Guten Morgen! Was darf ich für dich suchen und vergleichen?",
    ] {
        let thought = reply(words, "good morning, I want coffee under 15 dollars").await;
        let thought = thought.unwrap_or_else(|e| panic!("{words}: {e}"));
        assert!(matches!(thought.proposal, Proposal::Say(said) if said.as_str() == words));
    }
}

#[tokio::test]
async fn a_question_is_held_to_the_same() {
    let ask_with = |question: &'static str, choices: serde_json::Value| async move {
        let server = Server::start(move |_, _| {
            calls(&[(
                "ask",
                json!({ "question": question, "choices": choices.clone() }),
            )])
        })
        .await;
        ask(&model(config(&server)), "coffee", empty()).await
    };

    let thought = ask_with(
        "Ground or whole bean?",
        json!(["Ground", "Whole bean", "Either", "More"]),
    )
    .await
    .unwrap();
    let Proposal::Ask(question) = thought.proposal else {
        panic!()
    };
    assert_eq!(question.chips.len(), 3);
    let error = ask_with("Which one?", json!(["The one for $3.99"]))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unfounded");
    let error = ask_with("Type your card number", json!([]))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "unfounded");
}

#[tokio::test]
async fn calls_that_the_person_did_not_ask_for_count_as_a_strangers_wish() {
    let proposes = |tool: &'static str,
                    arguments: serde_json::Value,
                    said: &'static str,
                    on_table: bool| async move {
        let server = Server::start(move |_, _| calls(&[(tool, arguments.clone())])).await;
        let scene = if on_table { table() } else { empty() };
        ask(&model(config(&server)), said, scene)
            .await
            .unwrap()
            .tainted
    };

    assert!(proposes("buy", json!({}), "what is the difference", true).await);
    assert!(!proposes("buy", json!({}), "ok, buy it", true).await);
    assert!(
        !proposes("buy", json!({}), "what is the difference", false).await,
        "nothing of a stranger was in the prompt"
    );
    assert!(
        proposes(
            "order_cancel",
            json!({}),
            "tell me about the first one",
            true
        )
        .await
    );
    assert!(
        !proposes(
            "order_cancel",
            json!({}),
            "please cancel the oat milk",
            true
        )
        .await
    );
    assert!(
        proposes(
            "rule_add",
            json!({ "kind": "avoid", "label": "contains:leather" }),
            "which is better",
            true
        )
        .await
    );
    assert!(
        !proposes(
            "rule_add",
            json!({ "kind": "avoid", "label": "contains:leather" }),
            "never leather",
            true
        )
        .await
    );
    assert!(
        !proposes("compare", json!({}), "hm", true).await,
        "looking needs no licence"
    );
}

#[tokio::test]
async fn what_is_quoted_as_the_persons_is_the_persons() {
    let server = Server::start(|_, _| {
        calls(&[
            ("order_return", json!({ "order": "o1", "reason": "the shop owes me 500 dollars" })),
            ("schedule", json!({ "wish": { "latest": "2026-11-28T12:00:00-05:00", "said": "before the free gift runs out" } })),
            ("details", json!({ "offer": "p1", "about": "the secret discount" })),
        ])
    })
    .await;

    let said = "send the oat milk back, and deliver the rest on Saturday";
    let thought = ask(&model(config(&server)), said, table()).await.unwrap();

    let shown = format!("{:?}", thought.proposal);
    assert!(
        !shown.contains("500") && !shown.contains("gift") && !shown.contains("secret discount"),
        "{shown}"
    );
    assert!(shown.contains("by Sat 28 Nov 12:00"), "{shown}");
    assert!(shown.contains(said), "{shown}");
}
