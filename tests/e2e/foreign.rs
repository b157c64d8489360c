//! Clients that others wrote hold the whole conversation; the shop's books are the judge.

use std::collections::BTreeMap;

use errand_cli::{PersonSettings, SystemClock};
use errand_tests::crash::names_order;
use errand_tests::foreign::{Cut, Line, Missing, chromium, node, out_of_order, play, python, root};
use errand_tests::harness::{OrderEntry, SetUp, World};
use errand_types::Clock as _;
use serde_json::{Value, json};

pub(crate) const MAIN: &str = "I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and \
                               have them here Saturday morning.";
/// The same without a day, for where the machine's own clock counts.
pub(crate) const ANY_DAY: &str =
    "I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three.";
/// A Tuesday morning in New York.
pub(crate) const START: &str = "2026-11-24T15:00:00Z";

/// A person in New York, three shops, a house.
pub(crate) fn set_up() -> SetUp {
    let person = PersonSettings {
        zone: Some("America/New_York".to_owned()),
        ..PersonSettings::default()
    };
    SetUp::new(person.profile().unwrap(), START.parse().unwrap())
}

/// Says aloud why a test did not run, and that it did not.
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the run must see what it left out"
)]
pub(crate) fn skipped(missing: &Missing) {
    eprintln!("SKIPPED: {}; {}", missing.what, missing.remedy);
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn types(result: &Value) -> Vec<&str> {
    let events = result["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event.get("type").unwrap_or(event).as_str().unwrap())
        .collect()
}

fn how_often(seen: &[&str], kind: &str) -> usize {
    seen.iter().filter(|k| **k == kind).count()
}

/// Two bags for Saturday morning, charged once: what the whole conversation must come to.
async fn bought_as_asked(world: &World) -> OrderEntry {
    let order = two_bags(world).await;
    // Saturday morning in New York.
    let start = order.entry["slot"]["start"].as_str().unwrap();
    let hour = start
        .strip_prefix("2026-11-28T")
        .and_then(|rest| rest.get(..2));
    assert!(("06".."12").contains(&hour.unwrap()), "{start}");
    order
}

/// Two bags, charged once.
async fn two_bags(world: &World) -> OrderEntry {
    let mut orders = world.shops.orders().await.unwrap();
    let charges = world.shops.charges().await.unwrap();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(charges.values().copied().collect::<Vec<_>>(), vec![1]);
    let order = orders.remove(0);
    let entry = &order.entry;
    assert_eq!(entry["lines"].as_array().unwrap().len(), 1);
    assert_eq!(entry["lines"][0]["quantity"], json!(2));
    assert!(entry["lines"][0]["unit_price"].as_i64().unwrap() < 1_500);
    assert_eq!(entry["charged"], entry["total"]);
    order
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openai_client_shops_up_to_the_order() {
    let program = match python("openai") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();

    let url = format!("ws://{}/v1", house.address);
    let script = ["tests/foreign/openai_shop.py", "--url", &url, MAIN];
    let result = play(&program, &words(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    let seen = types(&result);
    assert_eq!(out_of_order(result["events"].as_array().unwrap()), None);
    assert_eq!(how_often(&seen, "error"), 0, "{seen:?}");
    assert_eq!(
        seen.iter().filter(|k| k.starts_with("errand.")).count(),
        0,
        "errand's own events are for those who ask"
    );
    let order = bought_as_asked(&world).await;
    let number = order.entry["id"].as_str().unwrap();
    assert!(names_order(result["answer"].as_str().unwrap(), number));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openai_client_that_asks_for_it_sees_plan_cart_approval_and_receipt() {
    let program = match python("openai") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();

    let url = format!("ws://{}/v1", house.address);
    let script = [
        "tests/foreign/openai_shop.py",
        "--url",
        &url,
        "--errand",
        MAIN,
    ];
    let result = play(&program, &words(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    let seen = types(&result);
    assert_eq!(out_of_order(result["events"].as_array().unwrap()), None);
    assert!(how_often(&seen, "errand.plan.updated") > 2);
    assert!(how_often(&seen, "errand.cart.updated") > 0);
    // The consent, then the purchase.
    assert_eq!(how_often(&seen, "errand.approval.required"), 2);
    assert_eq!(how_often(&seen, "errand.receipt"), 1);
    assert_eq!(result["refused"]["error"]["event_id"], json!("wrong_1"));
    assert_eq!(how_often(&seen, "error"), 1);
    bought_as_asked(&world).await;
    world.stop().await;
}

/// What the client saw over all its connections: every event of the session once, in order, without a hole.
fn whole(result: &Value) {
    let events = result["events"].as_array().unwrap();
    let logged = events
        .iter()
        .filter(|event| event["type"] != "errand.session.resumed")
        .map(|event| {
            let id = event["event_id"].as_str().unwrap();
            id.trim_start_matches("event_").parse::<u64>().unwrap()
        });
    let ids: Vec<u64> = logged.collect();
    let expected: Vec<u64> = (1..=u64::try_from(ids.len()).unwrap()).collect();
    assert_eq!(ids, expected);
}

/// Cuts the line behind the `nth` event that holds `text` and sees the purchase through.
async fn resumed_after(text: &str, nth: u64, cut: Cut) {
    let program = match python("openai") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();
    let line = Line::to(house.address, text, nth, cut).await.unwrap();

    let url = format!("ws://{}/v1", line.address);
    let script = ["tests/foreign/openai_resume.py", "--url", &url, MAIN];
    let result = play(&program, &words(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    assert_eq!(line.connections(), 2, "the line was cut once");
    let sessions = result["connections"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0], sessions[1], "it came back to the same session");
    whole(&result);
    let seen = types(&result);
    assert_eq!(how_often(&seen, "errand.session.resumed"), 1);
    assert_eq!(how_often(&seen, "errand.receipt"), 1);
    bought_as_asked(&world).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_cut_while_the_shop_is_paid_loses_no_event_and_buys_once() {
    // The fourth answer is the one that the two words set off.
    resumed_after("\"type\":\"response.created\"", 4, Cut::Between).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_cut_inside_a_frame_loses_no_event_and_buys_once() {
    resumed_after("\"type\":\"errand.receipt\"", 1, Cut::Inside).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_told_to_come_back_in_the_middle_of_a_plan_loses_no_event() {
    resumed_after("\"type\":\"errand.plan.updated\"", 2, Cut::Restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openai_agents_client_shops_without_one_error() {
    let program = match python("agents") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();

    let url = format!("ws://{}/v1/realtime?model=errand", house.address);
    let script = ["tests/foreign/agents_shop.py", "--url", &url, MAIN];
    let result = play(&program, &words(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    assert_eq!(result["errors"], json!([]));
    assert_eq!(out_of_order(result["events"].as_array().unwrap()), None);
    let order = bought_as_asked(&world).await;
    let number = order.entry["id"].as_str().unwrap();
    assert!(names_order(result["answer"].as_str().unwrap(), number));
    // What the client's own history made of it: every sentence and every answer.
    let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
    for role in result["roles"].as_array().unwrap() {
        *roles.entry(role.as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(roles.get("user"), Some(&4));
    assert!(roles.get("assistant") >= Some(&4), "{roles:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_realtime_client_for_node_shops_without_one_error() {
    let program = match node() {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();

    let url = format!("ws://{}/v1/realtime?model=errand", house.address);
    let script = ["tests/foreign/node/realtime_shop.mjs", "--url", &url, MAIN];
    let result = play(&program, &words(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    assert_eq!(result["errors"], json!([]));
    assert_eq!(out_of_order(result["events"].as_array().unwrap()), None);
    let order = bought_as_asked(&world).await;
    let number = order.entry["id"].as_str().unwrap();
    assert!(names_order(result["answer"].as_str().unwrap(), number));
    world.stop().await;
}

/// Buys on the page, looked at by Chromium without a screen.
async fn bought_on_the_page(more: &[&str]) {
    let (program, browser) = match (node(), chromium()) {
        (Ok(program), Ok(browser)) => (program, browser),
        (Err(missing), _) | (_, Err(missing)) => return skipped(&missing),
    };
    let mut set_up = set_up();
    // The page counts down by the clock of its own machine.
    set_up.start = SystemClock.now();
    let world = World::start(set_up).await.unwrap();
    let house = world.house().unwrap();
    let pictures = tempfile::tempdir().unwrap();

    let url = format!("{}/", house.url());
    let out = pictures.path().display().to_string();
    let script = root()
        .join("tests/browser/purchase.mjs")
        .display()
        .to_string();
    let mut list = vec![
        script.as_str(),
        "--url",
        &url,
        "--out",
        &out,
        "--sentence",
        ANY_DAY,
    ];
    list.extend(more);
    let chromium = browser.display().to_string();
    let result = play(&program, &words(&list), &[("CHROMIUM", &chromium)])
        .await
        .unwrap();

    assert_eq!(result["ok"], json!(true), "{result}");
    two_bags(&world).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_bought_from_in_headless_chromium() {
    bought_on_the_page(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_bought_from_with_keys_only_on_a_phone() {
    bought_on_the_page(&["--keyboard", "--width", "390"]).await;
}
