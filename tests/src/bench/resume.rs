use anyhow::{Context as _, bail};
use errand_types::By;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

use super::turn::house;
use super::{Effort, Figure, Spread};
use crate::harness::Client;

/// Events of one answer after which the line is cut at the latest.
const LATEST: usize = 12;
/// Cuts of one session; its record of events goes back far enough for all of them.
const OF_ONE: usize = 50;

/// How long a client whose line was cut waits until it has all that it missed.
pub(crate) async fn wait(effort: Effort) -> anyhow::Result<Figure> {
    let data = TempDir::new()?;
    let (house, shops) = house(Some(data.path())).await?;
    let mut random = StdRng::seed_from_u64(1);
    let mut waits = Vec::with_capacity(effort.cuts);
    let mut replayed = 0;
    while waits.len() < effort.cuts {
        let mut client = Client::connect(house.address, &house.token).await?;
        let session = client.session.clone();
        let mut ids = Ids::default();
        for _ in 0..OF_ONE.min(effort.cuts - waits.len()) {
            client.begin("show me coffee beans", By::Typed).await?;
            for _ in 0..random.random_range(0..LATEST) {
                ids.take(&client.next().await?)?;
            }
            let last = ids.last();
            client.drop_line();

            let since = Instant::now();
            client = Client::resume(house.address, &house.token, &session, last.as_deref()).await?;
            loop {
                let event = client.next().await?;
                if kind(&event) == Some("errand.session.resumed") {
                    if event.get("gap") != Some(&json!(false)) {
                        bail!("a hole in the record of events: {event}");
                    }
                    replayed += event.get("replayed").and_then(Value::as_u64).unwrap_or(0);
                    break;
                }
                ids.take(&event)?;
            }
            waits.push(since.elapsed().as_secs_f64() * 1e3);
            // The answer goes on where it was, up to its end.
            while !ids.done {
                ids.take(&client.next().await?)?;
            }
            ids.done = false;
        }
    }
    house.stop().await;
    shops.stop().await;
    let spread = Spread::of(waits);
    Ok(Figure {
        name: "resume_p99",
        method: format!(
            "wall time on loopback from the first byte of the new connection until the last missed event: TCP, upgrade, token, \
             replay; {} lines cut after 0 to {} events of an answer, client and server in this process; every id seen once and \
             in order",
            effort.cuts,
            LATEST - 1
        ),
        value: spread.percentile(99.0),
        unit: "ms",
        target: 100.0,
        beside: json!({ "wall_ms": spread.json(), "replayed": replayed }),
    })
}

fn kind(event: &Value) -> Option<&str> {
    event.get("type").and_then(Value::as_str)
}

/// The numbers of a session's events: each once, in order, without a hole.
#[derive(Debug, Default)]
struct Ids {
    seen: u64,
    done: bool,
}

impl Ids {
    fn take(&mut self, event: &Value) -> anyhow::Result<()> {
        let id = event
            .get("event_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let number: u64 = id
            .trim_start_matches("event_")
            .parse()
            .with_context(|| format!("an event without a number: {event}"))?;
        if number != self.seen + 1 {
            bail!("event {number} follows event {}", self.seen);
        }
        self.seen = number;
        self.done |= kind(event) == Some("response.done");
        Ok(())
    }

    fn last(&self) -> Option<String> {
        (self.seen > 0).then(|| format!("event_{}", self.seen))
    }
}
