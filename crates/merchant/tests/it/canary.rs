//! Secrets and personal data stay out of everything that is shown, logged or kept for looking into.

use std::io::Write;
use std::sync::{Arc, Mutex};

use errand_merchant::Merchant;
use serde_json::json;

use crate::fake::{Reply, checkout_with, shop};
use crate::world::{card, share, world};

const TOKEN: &str = "tok_canary_5f0e9a7c";
const SECRETS: [&str; 6] = [
    TOKEN,
    "Canary",
    "Birdwell",
    "canary@birdwell.example",
    "77 Feather Lane",
    "12207",
];

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn tokens_and_addresses_never_appear_in_what_is_shown_or_kept() {
    let sink = Sink::default();
    let writer = sink.clone();
    // For the whole process: what other tests do meanwhile is listened to as well, and may tell no more.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    // A shop that repeats what it was told wherever it can.
    let shop = shop(|seen, before| match (seen.method.as_str(), seen.path.as_str()) {
        ("PUT", _) => {
            let echo = checkout_with(&json!({
                "buyer": seen.body["buyer"],
                "fulfillment": seen.body["fulfillment"],
                "messages": [{ "type": "info", "code": "echo", "content": seen.body.to_string() }],
            }));
            Some(Reply::Json(200, echo))
        }
        ("POST", path) if path.ends_with("/complete") && before == 0 => {
            let echo = checkout_with(&json!({
                "messages": [{ "type": "error", "code": "payment_failed", "severity": "recoverable", "content": format!("{} was declined", TOKEN) }],
                "payment": seen.body["payment"],
            }));
            Some(Reply::Json(200, echo))
        }
        ("POST", path) if path.ends_with("/complete") => {
            Some(Reply::Json(400, json!({ "code": TOKEN.to_uppercase(), "detail": seen.body.to_string() })))
        }
        _ => None,
    })
    .await;
    let world = world(&shop.base);

    let checkout = world.open("tea", 2).await.unwrap();
    let act = world.change(&checkout, "tea", 2);
    let shown_act = format!("{act:?}");
    let updated = world.update(act).await.unwrap();
    let instrument = card("dev.errand.testpay", TOKEN);
    let shown_instrument = format!("{instrument:?}");
    let declined = world
        .pay_as(&updated, world.payment(&updated), instrument.clone())
        .await
        .unwrap();
    let refused = world
        .pay_as(&declined, world.payment(&declined), instrument)
        .await
        .unwrap_err();

    let log = world.log.export(None).to_string();
    let stored = format!("{:?}", world.notes.all());
    let traced = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let shop_shown = format!("{:?}", world.shop);
    for secret in SECRETS {
        for (what, text) in [
            ("wire log", &log),
            ("stored", &stored),
            ("trace", &traced),
            ("act", &shown_act),
            ("instrument", &shown_instrument),
        ] {
            assert!(!text.contains(secret), "`{secret}` in the {what}: {text}");
        }
    }
    // The shop's own words may hold what it knows of the person, and are shown to that person; a token never.
    for text in [
        format!("{declined:?}"),
        format!("{refused:?} {refused} {}", refused.hint()),
        shop_shown,
    ] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    assert!(
        declined.messages[0]
            .text
            .as_str()
            .contains("<redacted> was declined")
    );
    assert!(traced.contains("asked a shop"), "the trace was listened to");
    assert!(
        log.contains("errand_testpay") || log.contains("testpay"),
        "what is no secret stays readable"
    );
    assert!(!format!("{:?}", share()).contains("Canary"));
    assert_eq!(world.shop.id().as_str(), "shop");
}

#[tokio::test]
async fn the_wire_log_is_bounded() {
    let shop = shop(|_, _| None).await;
    let world = world(&shop.base);
    let checkout = world.open("tea", 2).await.unwrap();
    for _ in 0..600 {
        world.shop.checkout(&checkout.id).await.unwrap();
    }

    let log = world.log.export(None);

    assert_eq!(log.as_array().unwrap().len(), 500);
    assert_eq!(world.log.export(Some("another")), json!([]));
}
