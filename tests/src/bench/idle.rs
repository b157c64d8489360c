use std::time::Duration;

use anyhow::Context as _;
use errand_cli::SystemClock;
use errand_meter::{cpu_of, resident};
use errand_types::Clock as _;
use futures_util::StreamExt as _;
use futures_util::stream::{self, TryStreamExt as _};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use super::Figure;

use crate::crash::{Node, NodeArgs};
use crate::harness::Client;

/// Connections that are opened side by side.
const SIDE_BY_SIDE: usize = 16;
/// What each session says before it rests.
const SENTENCE: &str = "what can you do?";
/// Until memory has settled.
const SETTLE: Duration = Duration::from_secs(3);
/// How long idle CPU time is looked at.
const REST: Duration = Duration::from_secs(10);

/// Memory of an idle session: a house in a process of its own, a real connection to each session, one turn said.
pub(crate) async fn memory(sessions: usize) -> anyhow::Result<Figure> {
    let data = TempDir::new()?;
    let mut args = NodeArgs::new(data.path(), SystemClock.now(), Vec::new());
    args.is_word = true;
    let node = Node::start(&std::env::current_exe()?, &args).await?;
    let process = node.id().context("the node runs")?;
    // A few first: what is made once is not a session's.
    let first = open(&node, SIDE_BY_SIDE * 2).await?;
    sleep(SETTLE).await;
    let before = resident(process).context("the system does not tell its memory")?;
    let held = open(&node, sessions).await?;
    sleep(SETTLE).await;
    let after = resident(process).context("the system does not tell its memory")?;
    let cpu = cpu_of(process);
    sleep(REST).await;
    let idle_cpu = cpu.zip(cpu_of(process)).map(|(old, new)| new - old);
    drop((first, held));
    node.kill().await?;
    Ok(Figure {
        name: if sessions >= 10_000 {
            "idle_10000"
        } else {
            "idle_1000"
        },
        method: format!(
            "resident memory of a house in a process of its own with {sessions} sessions − before them, ÷ their number; each \
             with an open WebSocket, a session in runtime and server, the record of its events and one turn (`{SENTENCE}`); \
             journal on disk; kernel memory of sockets and the clients are not counted"
        ),
        value: kilobytes(after.saturating_sub(before), sessions),
        unit: "KB",
        target: 50.0,
        beside: json!({
            "sessions": sessions, "base_mb": kilobytes(before, 1_000), "all_mb": kilobytes(after, 1_000),
            "idle_cpu_seconds_in_10_s": idle_cpu,
        }),
    })
}

async fn open(node: &Node, sessions: usize) -> anyhow::Result<Vec<Client>> {
    let opened = stream::iter(0..sessions).map(|_| async {
        let mut client = Client::connect(node.address, &node.token).await?;
        client.say(SENTENCE).await?;
        anyhow::Ok(client)
    });
    opened.buffer_unordered(SIDE_BY_SIDE).try_collect().await
}

#[expect(clippy::cast_precision_loss, reason = "some gigabytes at most")]
fn kilobytes(bytes: u64, count: usize) -> f64 {
    bytes as f64 / 1_000.0 / count.max(1) as f64
}
