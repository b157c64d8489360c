use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::Noise;
use crate::harness::World;

/// Longest that anything here takes.
const LONG: Duration = Duration::from_secs(60);
/// Samples of a second.
const RATE: usize = 16_000;
/// Samples that are sent at once while nobody speaks: a fifth of a second.
const QUIET: usize = 3_200;

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
    /// What sounds all the time, whether somebody speaks or not.
    noise: Option<Noise>,
    /// What was begun to be sent of it while nobody speaks.
    quiet: VecDeque<u8>,
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
            noise: None,
            quiet: VecDeque::new(),
            seen: 0,
        })
    }

    /// It is not quiet any more where it stands.
    pub fn in_noise(&mut self, noise: Noise) {
        self.noise = Some(noise);
    }

    /// Speaks into its ear.
    ///
    /// # Errors
    /// When it does not listen any more.
    pub async fn say(&mut self, pcm: &[i16]) -> anyhow::Result<()> {
        let pcm = match &mut self.noise {
            Some(noise) => noise.beside(pcm),
            None => pcm.to_vec(),
        };
        self.spoken.extend(&pcm);
        // Half a sample may have gone out before.
        let begun: Vec<u8> = self.quiet.drain(..).collect();
        let bytes = pcm.iter().flat_map(|sample| sample.to_le_bytes());
        let bytes: Vec<u8> = begun.into_iter().chain(bytes).collect();
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
        let found = self.await_for(usize::MAX, holds).await?;
        found.with_context(|| format!("it never told; it told {:?}", self.events))
    }

    /// The same, with the patience of so many seconds of sound. `None`: it told nothing like it.
    ///
    /// # Errors
    /// When it ends first.
    pub async fn await_for(
        &mut self,
        seconds: usize,
        holds: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Option<Value>> {
        let until = tokio::time::Instant::now() + LONG;
        let patience = self
            .spoken
            .len()
            .saturating_add(seconds.saturating_mul(RATE));
        loop {
            while let Some(event) = self.events.get(self.seen) {
                self.seen += 1;
                if holds(event) {
                    return Ok(Some(event.clone()));
                }
            }
            if self.spoken.len() > patience || tokio::time::Instant::now() > until {
                return Ok(None);
            }
            if self.quiet.is_empty() {
                let quiet = match &mut self.noise {
                    Some(noise) => noise.next(QUIET),
                    None => vec![0; QUIET],
                };
                self.spoken.extend(&quiet);
                let bytes = quiet.iter().flat_map(|sample| sample.to_le_bytes());
                self.quiet.extend(bytes);
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
                written = ear.write(self.quiet.make_contiguous()) => {
                    self.quiet.drain(..written?);
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
