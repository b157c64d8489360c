use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use errand_cli::{BuiltIn, House, HouseConfig, PersonSettings, SystemClock, SystemIds};
use errand_journal::{Durability, Expected, Journal as _, Record, SqliteJournal, StreamName};
use errand_merchant::{ClientConfig, Connector, Doors, MerchantRegistry, WireLog};
use errand_meter::process_cpu;
use errand_runtime::house::{Conversation, House as _, Wanted, What};
use errand_shop::{IdSeed, Shop, ShopConfig, WhichShop};
use errand_types::{Clock as _, ForeignId, Way};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep, timeout};

use super::still::{NoIntents, OneShop, StillShop};
use super::{Effort, Figure, Spread};
use crate::harness::Client;

/// What is said, in turn. Each is one search.
const SENTENCES: [&str; 4] = [
    "show me coffee beans",
    "coffee beans under 15 dollars",
    "whole bean coffee",
    "find dark roast coffee",
];
/// Products that the shop has ready: as many as a page shows.
const FOUND: usize = 6;
/// People who talk with the house at the same time.
const PEOPLE: usize = 50;
/// One that needs no shop.
const BESIDE: &str = "show my cart";
/// Longer than what a turn leaves waits for the journal.
const SETTLED: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(30);

/// A house with one shop in this process, its journal and its gate as in the product.
pub(crate) async fn house(data: Option<&Path>) -> anyhow::Result<(House, BuiltIn)> {
    let shops = BuiltIn::start(0, None, "UTC", |_| {}).await?;
    let pantry = shops
        .shops
        .iter()
        .find(|s| s.which == WhichShop::PantryLane);
    let url = pantry.context("a shop is missing")?.url();
    let doors = Doors {
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds::default()),
        intents: Arc::new(NoIntents),
        log: WireLog::new(16),
        jitter_seed: 1,
    };
    let client = ClientConfig {
        loopback: true,
        ..ClientConfig::default()
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let registry = MerchantRegistry::new(Connector::new(client, doors)?);
    let info = registry.add(&url).await?;
    let behind = registry
        .get(&info.id)
        .context("the shop was just connected")?;
    let found = behind.lookup(&coffee()?).await?;
    if found.len() < FOUND {
        bail!("the shop sells only {} kinds of coffee", found.len());
    }
    let mut config = HouseConfig::in_memory(
        PersonSettings::default().profile()?,
        Arc::new(SystemClock),
        Arc::new(SystemIds::default()),
    );
    config.data = data.map(Path::to_owned);
    config.directory = Some(Arc::new(OneShop(Arc::new(StillShop::new(behind, found)))));
    config.registers = vec![BuiltIn::register()];
    Ok((House::start(config).await?, shops))
}

fn coffee() -> anyhow::Result<Vec<ForeignId>> {
    let config = ShopConfig::new(
        WhichShop::PantryLane,
        "http://127.0.0.1:1",
        IdSeed::fixed(1),
    );
    let shop = Shop::open(config)?;
    let call = errand_shop::Call::new(
        "POST",
        "/catalog/search",
        br#"{"query":"coffee beans","pagination":{"limit":6}}"#,
    );
    let answer = shop.answer(&call).json();
    let products = answer.pointer("/products").and_then(Value::as_array);
    let ids = products
        .into_iter()
        .flatten()
        .filter_map(|p| p.get("id")?.as_str());
    ids.take(FOUND)
        .map(|id| Ok(ForeignId::parse(id)?))
        .collect()
}

/// CPU time of an offline turn with one tool call.
pub(crate) async fn cpu(effort: Effort) -> anyhow::Result<Figure> {
    let data = TempDir::new()?;
    let (house, shops) = house(Some(data.path())).await?;
    let mut values = Vec::new();
    let mut waits = Vec::new();
    for _ in 0..effort.runs {
        let run = in_process(&house, &SENTENCES, (1, effort.turns)).await?;
        values.push(run.cpu_ms);
        waits.push(run.wall_ms);
    }
    let many = in_process(&house, &SENTENCES, (PEOPLE, effort.turns)).await?;
    let beside = in_process(&house, &[BESIDE], (1, effort.turns)).await?;
    let socket = over_socket(&house, effort.turns).await?;
    house.stop().await;
    let (memory, other) = self::house(None).await?;
    let memory_run = in_process(&memory, &SENTENCES, (1, effort.turns)).await?;
    memory.stop().await;
    other.stop().await;
    shops.stop().await;
    let flush = flush().await?;
    let spread = Spread::of(values);
    Ok(Figure {
        name: "turn_cpu",
        method: format!(
            "user and system time of the process ÷ {} turns after {} to warm up, median of {} runs; one session, one after \
             another: offline understanding, session, gate, one search at a shop in this process ({FOUND} products), values, \
             ranking, events, SQLite journal with all that the turns leave in it; without a socket and without the durable flush, which no search needs",
            effort.turns,
            warm_up(effort.turns),
            effort.runs
        ),
        value: spread.median(),
        unit: "ms",
        target: 0.3,
        beside: json!({
            "runs": spread.json(), "wall_ms": Spread::of(waits).json(),
            "with_50_people_at_once_cpu_ms": many.cpu_ms,
            "turn_without_shop_cpu_ms": beside.cpu_ms, "with_socket_and_its_client_cpu_ms": socket,
            "journal_in_memory_cpu_ms": memory_run.cpu_ms, "durable_flush": flush,
        }),
    })
}

struct Run {
    cpu_ms: f64,
    wall_ms: f64,
}

fn warm_up(turns: usize) -> usize {
    turns / 6
}

/// `count` turns of some people who talk at the same time, each in a session of their own and one sentence after the other.
async fn in_process(
    house: &House,
    sentences: &[&str],
    (people, count): (usize, usize),
) -> anyhow::Result<Run> {
    let who = house
        .runtime
        .authenticate(&house.token)
        .context("the own device")?;
    let mut talks = Vec::new();
    for _ in 0..people {
        talks.push((house.runtime.session(&who, Wanted::New).await?, 0));
    }
    let mut say_some = async |count: usize| -> anyhow::Result<()> {
        let all = talks.iter_mut().map(async |(talk, said)| {
            for sentence in sentences.iter().cycle().take(count / people) {
                *said += 1;
                one(talk, sentence, &format!("k{said}")).await?;
            }
            anyhow::Ok(())
        });
        try_join_all(all).await.map(drop)
    };
    say_some(warm_up(count)).await?;
    sleep(SETTLED).await;
    let (cpu, wall) = (process_cpu(), Instant::now());
    say_some(count).await?;
    let wall = wall.elapsed();
    // What is written down a moment later belongs to the turns.
    sleep(SETTLED).await;
    let said = count / people * people;
    Ok(Run {
        cpu_ms: each(process_cpu().saturating_sub(cpu), said),
        wall_ms: each(wall, said),
    })
}

/// One turn; ends when the person has the whole answer.
async fn one(talk: &Arc<dyn Conversation>, text: &str, key: &str) -> anyhow::Result<()> {
    let mut events = talk.events();
    talk.say(text, key, Way::TYPED).await?;
    let mut said = false;
    loop {
        match timeout(LONG, events.recv())
            .await
            .context("no end of a turn")?
        {
            Ok(event) => match &event.what {
                What::Say { .. } => said = true,
                What::TurnDone { .. } if said => return Ok(()),
                What::TurnDone { .. } => bail!("nothing was said to `{text}`"),
                What::TurnStarted { .. } | What::Errand { .. } => {}
            },
            Err(RecvError::Lagged(missed)) => bail!("{missed} events were missed"),
            Err(RecvError::Closed) => bail!("the session ended"),
        }
    }
}

/// The same over a real connection. Its client runs in this process and is counted with it.
async fn over_socket(house: &House, turns: usize) -> anyhow::Result<f64> {
    let mut client = Client::connect(house.address, &house.token).await?;
    for sentence in SENTENCES.iter().cycle().take(warm_up(turns)) {
        client.say(sentence).await?;
    }
    let cpu = process_cpu();
    for sentence in SENTENCES.iter().cycle().take(turns) {
        client.say(sentence).await?;
    }
    Ok(each(process_cpu().saturating_sub(cpu), turns))
}

/// What it costs to be sure that a record is on the disk.
async fn flush() -> anyhow::Result<Value> {
    const APPENDS: usize = 200;
    let data = TempDir::new()?;
    let journal = SqliteJournal::open(data.path().join("flush.sqlite"))
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let stream = StreamName::parse("purchase/measure")?;
    let cpu = process_cpu();
    let mut waits = Vec::with_capacity(APPENDS);
    for _ in 0..APPENDS {
        let record = Record::new("intent", json!({ "key": "k", "sealed": "x".repeat(1_000) }));
        let since = Instant::now();
        journal
            .append(
                &stream,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                SystemClock.now(),
            )
            .await?;
        waits.push(since.elapsed().as_secs_f64() * 1e3);
    }
    let cpu_ms = each(process_cpu().saturating_sub(cpu), APPENDS);
    Ok(json!({ "cpu_ms": cpu_ms, "wall_ms": Spread::of(waits).json(), "record_bytes": 1_000 }))
}

#[expect(clippy::cast_precision_loss, reason = "some thousand turns")]
fn each(all: Duration, count: usize) -> f64 {
    all.as_secs_f64() * 1e3 / count.max(1) as f64
}
