use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::harness::World;

/// Longest that anything here takes.
const LONG: Duration = Duration::from_secs(60);
/// Silence that is sent at once, in bytes: a fifth of a second.
const QUIET: [u8; 6_400] = [0; 6_400];

/// The program `errand`, for a world.
///
/// # Errors
/// When the house was killed.
pub fn errand(program: &str, world: &World, data: &Path) -> anyhow::Result<Command> {
    let house = world.house()?;
    let mut command = Command::new(program);
    command
        .env("ERRAND_URL", house.url())
        .env("ERRAND_TOKEN", &house.token)
        .env("ERRAND_DATA", data)
        .env_remove("ERRAND_CONFIG")
        .kill_on_drop(true);
    Ok(command)
}

/// How a talk ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// Everything that it told.
    pub events: Vec<Value>,
    /// What it said to people.
    pub talk: String,
}

/// A conversation through `errand talk --wav -`.
#[derive(Debug)]
pub struct Speaker {
    child: Child,
    ear: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// Everything that it told.
    pub events: Vec<Value>,
    /// Everything that was said into its ear.
    pub spoken: Vec<i16>,
    seen: usize,
}

impl Speaker {
    /// Starts a conversation whose answer goes into `out`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(mut command: Command, out: &Path) -> anyhow::Result<Self> {
        command
            .args(["talk", "--wav", "-", "--json", "--out"])
            .arg(out);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        Ok(Self {
            ear: child.stdin.take(),
            child,
            lines,
            events: Vec::new(),
            spoken: Vec::new(),
            seen: 0,
        })
    }

    /// Speaks into its ear.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub async fn say(&mut self, pcm: &[i16]) -> anyhow::Result<()> {
        self.spoken.extend(pcm);
        let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let ear = self.ear.as_mut().context("its ear is closed")?;
        Ok(timeout(LONG, ear.write_all(&bytes))
            .await
            .context("it does not listen")??)
    }

    /// Is silent until it tells something for which this holds, and gives that.
    ///
    /// # Errors
    /// When it ends first.
    pub async fn await_event(&mut self, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let until = tokio::time::Instant::now() + LONG;
        loop {
            while let Some(event) = self.events.get(self.seen) {
                self.seen += 1;
                if holds(event) {
                    return Ok(event.clone());
                }
            }
            if tokio::time::Instant::now() > until {
                bail!("it never told; it told {:?}", self.events);
            }
            let ear = self.ear.as_mut().context("its ear is closed")?;
            tokio::select! {
                biased;
                line = self.lines.next_line() => {
                    let Some(line) = line? else {
                        bail!("it ended: {}", self.complaint().await);
                    };
                    self.events.push(serde_json::from_str(&line)?);
                }
                // What was written of it before somebody told something is only silence.
                written = ear.write(&QUIET) => {
                    let written = written?;
                    self.spoken.extend(std::iter::repeat_n(0, written / 2));
                    if written % 2 == 1 {
                        ear.write_all(&[0]).await?;
                    }
                }
            }
        }
    }

    /// The same by the name of an event.
    ///
    /// # Errors
    /// When it ends first.
    pub async fn await_kind(&mut self, kind: &str) -> anyhow::Result<Value> {
        self.await_event(|event| event.get("event").and_then(Value::as_str) == Some(kind))
            .await
    }

    async fn complaint(&mut self) -> String {
        let mut text = String::new();
        if let Some(errors) = &mut self.child.stderr {
            let _ = errors.read_to_string(&mut text).await;
        }
        text
    }

    /// Closes its ear and waits for its end.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn end(mut self) -> anyhow::Result<Ended> {
        drop(self.ear.take());
        let rest = async {
            while let Some(line) = self.lines.next_line().await? {
                self.events.push(serde_json::from_str(&line)?);
            }
            anyhow::Ok(())
        };
        timeout(LONG, rest).await.context("it does not end")??;
        let talk = self.complaint().await;
        let status = timeout(LONG, self.child.wait())
            .await
            .context("it does not end")??;
        Ok(Ended {
            code: status.code(),
            events: self.events,
            talk,
        })
    }
}
