use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use errand_types::Clock;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, timeout};

use super::journal::KillPoint;

/// Longest that a house takes to start, or to end once it was told to.
const LONG: Duration = Duration::from_secs(60);

/// A clock that begins where it is told and then runs like any other.
#[derive(Debug, Clone)]
pub struct NodeClock {
    start: Timestamp,
    since: Instant,
}

impl NodeClock {
    /// A clock that shows `start` now.
    pub fn new(start: Timestamp) -> Self {
        Self {
            start,
            since: Instant::now(),
        }
    }
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.start.checked_add(gone).unwrap_or(self.start)
    }
}

/// What the program `errand-node` is started with.
#[derive(Debug, Clone, clap::Parser)]
#[command(about = "A house in a process of its own, for tests that end it")]
pub struct NodeArgs {
    /// Folder of the journal and the keys.
    #[arg(long)]
    pub data: PathBuf,
    /// A connected shop, as `pantry-lane=http://127.0.0.1:8301`.
    #[arg(long = "shop")]
    pub shops: Vec<String>,
    /// What the clock shows at first, RFC 3339.
    #[arg(long)]
    pub now: Timestamp,
    /// IANA time zone of the person.
    #[arg(long, default_value = "America/New_York")]
    pub zone: String,
    /// Token of the person's card.
    #[arg(long, default_value = "success_token")]
    pub card: String,
    /// Longest wait for the answer to a payment, in milliseconds.
    #[arg(long)]
    pub pay_ms: Option<u64>,
    /// Highest amount of one day, as in `50.00`.
    #[arg(long)]
    pub day: Option<String>,
    /// Ends the process at this append, counted from 1.
    #[arg(long, requires = "when")]
    pub kill: Option<u64>,
    /// On which side of it.
    #[arg(long)]
    pub when: Option<super::When>,
    /// File that gets one line for each append.
    #[arg(long)]
    pub trace: Option<PathBuf>,
    /// Sessions and connections at most.
    #[arg(long)]
    pub sessions: Option<usize>,
    /// The program is another one, which does this under the word `node`.
    #[arg(skip)]
    pub is_word: bool,
}

impl NodeArgs {
    /// A house on this data at this time, with these shops.
    pub fn new(data: &Path, now: Timestamp, shops: Vec<String>) -> Self {
        Self {
            data: data.to_owned(),
            shops,
            now,
            zone: "America/New_York".to_owned(),
            card: "success_token".to_owned(),
            pay_ms: None,
            day: None,
            kill: None,
            when: None,
            trace: None,
            sessions: None,
            is_word: false,
        }
    }

    /// The same, ended at a point.
    #[must_use]
    pub fn killed_at(mut self, point: KillPoint) -> Self {
        self.kill = Some(point.append);
        self.when = Some(point.when);
        self
    }

    /// The point at which it ends.
    pub fn point(&self) -> Option<KillPoint> {
        let (append, when) = (self.kill?, self.when?);
        Some(KillPoint { append, when })
    }

    fn words(&self) -> Vec<String> {
        let mut words = vec![
            format!("--data={}", self.data.display()),
            format!("--now={}", self.now),
            format!("--zone={}", self.zone),
            format!("--card={}", self.card),
        ];
        if self.is_word {
            words.insert(0, "node".to_owned());
        }
        words.extend(self.shops.iter().map(|shop| format!("--shop={shop}")));
        if let Some(point) = self.point() {
            let side = match point.when {
                super::When::Before => "before",
                super::When::After => "after",
            };
            words.push(format!("--kill={}", point.append));
            words.push(format!("--when={side}"));
        }
        if let Some(ms) = self.pay_ms {
            words.push(format!("--pay-ms={ms}"));
        }
        words.extend(self.day.iter().map(|day| format!("--day={day}")));
        if let Some(trace) = &self.trace {
            words.push(format!("--trace={}", trace.display()));
        }
        if let Some(sessions) = self.sessions {
            words.push(format!("--sessions={sessions}"));
        }
        words
    }
}

/// What a node says once it can be reached.
#[derive(Debug, Deserialize)]
struct Ready {
    address: SocketAddr,
    token: String,
}

/// A house in a process of its own. It ends with this value.
#[derive(Debug)]
pub struct Node {
    child: Child,
    // Closing it tells the process to end.
    stdin: Option<ChildStdin>,
    /// Where its faces listen.
    pub address: SocketAddr,
    /// Token of its device.
    pub token: String,
}

impl Node {
    /// Starts the program and waits until it can be reached.
    ///
    /// # Errors
    /// When it ends before that; a point to end at may lie so early.
    pub async fn start(program: &Path, args: &NodeArgs) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(args.words())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start `{}`", program.display()))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("no output of the node")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(LONG, lines.next_line())
            .await
            .context("the node did not start in time")??;
        let Some(line) = line else {
            bail!("the node ended before it could be reached");
        };
        let ready: Ready = serde_json::from_str(&line).with_context(|| line.clone())?;
        Ok(Self {
            child,
            stdin,
            address: ready.address,
            token: ready.token,
        })
    }

    /// Number of the process, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it in good order.
    ///
    /// # Errors
    /// When it does not end, or fails.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.stdin.take());
        let status = timeout(LONG, self.child.wait())
            .await
            .context("the node does not end")??;
        if !status.success() {
            bail!("the node ended with {status}");
        }
        Ok(())
    }

    /// Ends it at once, as a power cut does.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Whether it has ended by itself.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it goes on.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        timeout(LONG, self.child.wait())
            .await
            .context("the node goes on")??;
        Ok(())
    }
}
