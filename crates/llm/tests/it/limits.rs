//! Budgets of requests, tokens and money, per turn, errand and day.

use errand_llm::Prices;
use errand_model::{Model as _, Private, Talk};
use serde_json::json;

use crate::server::{Server, calls};
use crate::world::{Hand, ask, config, model, model_with, table, talk, turn};

#[tokio::test]
async fn what_a_turn_took_is_reported() {
    let server =
        Server::start(|n, _| calls(&[(if n == 0 { "cart_look" } else { "cart_show" }, json!({}))]))
            .await;
    let mut config = config(&server);
    config.prices = Some(Prices {
        input: 1_000_000,
        output: 4_000_000,
    });
    let model = model(config);

    let text = "show me my cart";
    let considered = model.consider(&turn(text, table()), &talk(text)).await;

    let spent = considered.spent;
    assert!(considered.thought.is_ok());
    assert_eq!((spent.requests, spent.tokens_out), (2, 80));
    assert!(spent.tokens_in >= 1_800, "{spent:?}");
    assert_eq!(spent.micros, spent.tokens_in + 4 * spent.tokens_out);
}

#[tokio::test]
async fn an_errand_that_used_up_its_money_goes_on_without_it_and_another_one_does_not() {
    let server = Server::start(|_, _| calls(&[("cart_show", json!({}))])).await;
    let mut config = config(&server);
    config.prices = Some(Prices {
        input: 1_000_000,
        output: 1_000_000,
    });
    // One request fits and a second one does not: its answer might take as much as an answer may.
    config.limits.errand_micros = Some(14_000);
    let clock = Hand::new();
    let model = model_with(config, clock);
    let other = Talk::new(
        "errand-2",
        "my cart",
        std::iter::empty(),
        &Private::default(),
    );

    let mut taken = 0;
    let error = loop {
        match ask(&model, "my cart", table()).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 10, "the budget never ends");
    };

    assert!(taken >= 1);
    assert_eq!(error.code(), "over_budget");
    assert!(
        error.to_string().contains("the money of this errand"),
        "{error}"
    );
    assert!(
        model
            .consider(&turn("my cart", table()), &other)
            .await
            .thought
            .is_ok()
    );
    assert_eq!(server.requests().len(), taken + 1);
}

#[tokio::test]
async fn a_prompt_that_cannot_be_small_enough_is_not_sent() {
    let server = Server::start(|_, _| calls(&[("cart_show", json!({}))])).await;
    let mut config = config(&server);
    config.limits.prompt_bytes = 200;

    let error = ask(&model(config), "my cart", table()).await.unwrap_err();

    assert_eq!(error.code(), "over_budget");
    assert!(server.requests().is_empty());
}
