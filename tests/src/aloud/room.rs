use std::io::Read as _;
use std::path::Path;
use std::process::{Child as Program, Command as Start, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::write_wav;

/// Longest that anything here takes on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(120);
/// How often a recording is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Samples of a second of what is said and recorded.
const RATE: usize = 16_000;
/// Louder than this is voice, softer is what a fade leaves behind.
const LOUD: u16 = 300;
/// Samples that are taken together where sound is compared.
const THIN: usize = 8;

/// What a sink of the sound server plays, from the moment of asking on.
#[derive(Debug)]
pub struct Recording {
    program: Program,
    sound: Arc<Mutex<Sound>>,
}

#[derive(Debug, Default)]
struct Sound {
    pcm: Vec<i16>,
    /// When its first sample sounded: each piece that arrives bounds it, the one that was under way shortest best.
    began: Option<Instant>,
}

impl Recording {
    /// Listens to a sink.
    ///
    /// # Errors
    /// When there is no sound server.
    pub fn of(sink: &str) -> anyhow::Result<Self> {
        let mut program = Start::new("parec")
            .arg(format!("--device={sink}.monitor"))
            .args([
                "--format=s16le",
                "--rate=16000",
                "--channels=1",
                "--latency-msec=20",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("parec")?;
        let mut from = program.stdout.take().context("no sound")?;
        let sound = Arc::new(Mutex::new(Sound::default()));
        let into = Arc::clone(&sound);
        // It ends with the program.
        std::thread::spawn(move || {
            let mut piece = [0; 640];
            while from.read_exact(&mut piece).is_ok() {
                let mut sound = into.lock().unwrap_or_else(PoisonError::into_inner);
                let pairs = piece.as_chunks::<2>().0;
                sound
                    .pcm
                    .extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
                let began = Instant::now().checked_sub(length(sound.pcm.len()));
                sound.began = match (sound.began, began) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
        });
        Ok(Self { program, sound })
    }

    fn look<T>(&self, at: impl FnOnce(&Sound) -> T) -> T {
        at(&self.sound.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How much voice there was since a moment.
    pub fn voice_since(&self, since: Instant) -> Duration {
        self.look(|sound| {
            let pieces = sound.pcm.chunks(RATE / 100).zip(0..);
            let voiced = pieces.filter(|(piece, n)| {
                is_loud(piece) && sound.at(n * RATE / 100).is_some_and(|at| at >= since)
            });
            length(voiced.count() * RATE / 100)
        })
    }

    /// When the first voice since a moment was heard.
    pub fn first_voice(&self, since: Instant) -> Option<Instant> {
        self.look(|sound| sound.voices().find(|at| *at >= since))
    }

    /// When the first voice of something that was said since a moment was heard. It is found by its likeness: others may be heard
    /// beside it.
    pub fn onset_of(&self, said: &[i16], since: Instant) -> Option<Instant> {
        let first = said.iter().position(|s| s.unsigned_abs() > LOUD)?;
        let said = thinned(said);
        self.look(|sound| {
            let heard = thinned(&sound.pcm);
            let places = heard.windows(said.len()).zip((0..).step_by(THIN));
            let places = places.filter(|(_, at)| sound.at(*at).is_some_and(|at| at >= since));
            let likeness = |part: &[f32]| -> f32 {
                part.iter()
                    .zip(&said)
                    .map(|(heard, said)| heard * said)
                    .sum()
            };
            let alike = places.map(|(part, at)| (likeness(part), at));
            let (_, at) = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
            sound.at(at + first)
        })
    }

    /// When the last voice up to a moment was heard.
    pub fn last_voice(&self, until: Instant) -> Option<Instant> {
        self.look(|sound| sound.voices().take_while(|at| *at <= until).last())
    }

    /// Waits until there was so much voice since a moment.
    ///
    /// # Errors
    /// When there never is.
    pub async fn until_voice(&self, since: Instant, least: Duration) -> anyhow::Result<()> {
        let heard = async {
            while self.voice_since(since) < least {
                tokio::time::sleep(LOOK).await;
            }
        };
        timeout(LONG, heard).await.context("nobody speaks")
    }
}

impl Sound {
    fn at(&self, sample: usize) -> Option<Instant> {
        Some(self.began? + length(sample))
    }

    fn voices(&self) -> impl Iterator<Item = Instant> {
        let pieces = self.pcm.chunks(RATE / 100).zip(0..);
        pieces
            .filter(|(piece, _)| is_loud(piece))
            .filter_map(|(_, n)| self.at(n * RATE / 100))
    }
}

/// Less of it, for comparing.
fn thinned(pcm: &[i16]) -> Vec<f32> {
    let parts = pcm.chunks_exact(THIN);
    parts
        .map(|part| part.iter().map(|sample| f32::from(*sample)).sum())
        .collect()
}

fn is_loud(piece: &[i16]) -> bool {
    piece.iter().any(|sample| sample.unsigned_abs() > LOUD)
}

fn length(samples: usize) -> Duration {
    Duration::from_micros(samples as u64 * 1_000_000 / RATE as u64)
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A room in which `errand talk` hears and speaks through the devices of `voice/testing/pulse.sh`, with a terminal beside it.
#[derive(Debug)]
pub struct Room {
    child: Child,
    keys: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    files: TempDir,
    /// Everything that it told.
    pub events: Vec<Value>,
    seen: usize,
    said: usize,
}

impl Room {
    /// Starts a conversation. `command` is the program `errand` with its surroundings, `voice` the lines of its table `[voice]`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &Command, voice: &str) -> anyhow::Result<Self> {
        let files = TempDir::new()?;
        let settings = files.path().join("settings.toml");
        std::fs::write(&settings, format!("[voice]\n{voice}\n"))?;
        let command = command.as_std();
        let program = command.get_program().to_str().context("its path")?;
        // A terminal of its own: keys are only read from one.
        let mut script = Command::new("script");
        script
            .args(["-q", "-e", "-f", "-c"])
            .arg(format!(
                "'{program}' talk --json --config '{}'",
                settings.display()
            ))
            .arg("/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let mut child = script.spawn().context("script")?;
        let lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        Ok(Self {
            keys: child.stdin.take().context("no keys")?,
            child,
            lines,
            files,
            events: Vec::new(),
            seen: 0,
            said: 0,
        })
    }

    /// A file that can be spoken into the microphone, with a moment of silence on both sides.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn speech(&mut self, pcm: &[i16]) -> anyhow::Result<Command> {
        self.said += 1;
        let path = self.files.path().join(format!("{}.wav", self.said));
        let (before, after) = ([0; RATE / 5], [0; RATE / 2]);
        write_wav(&path, &[&before[..], pcm, &after].concat(), 16_000)?;
        Ok(spoken(&path))
    }

    /// Speaks into the microphone, to the end.
    ///
    /// # Errors
    /// When there is none.
    pub async fn say(&mut self, pcm: &[i16]) -> anyhow::Result<()> {
        let status = timeout(LONG, self.speech(pcm)?.status()).await??;
        ensure!(status.success(), "nobody could speak: {status}");
        Ok(())
    }

    /// Types a line.
    ///
    /// # Errors
    /// When it reads no keys.
    pub async fn type_line(&mut self, text: &str) -> anyhow::Result<()> {
        self.press(format!("\r{text}\r").as_bytes()).await
    }

    async fn press(&mut self, keys: &[u8]) -> anyhow::Result<()> {
        timeout(LONG, self.keys.write_all(keys)).await??;
        Ok(self.keys.flush().await?)
    }

    /// Waits until it tells something for which this holds, and gives that.
    ///
    /// # Errors
    /// When it ends first, or never does.
    pub async fn await_event(&mut self, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let until = tokio::time::Instant::now() + LONG;
        loop {
            while let Some(event) = self.events.get(self.seen) {
                self.seen += 1;
                if holds(event) {
                    return Ok(event.clone());
                }
            }
            let Ok(line) = tokio::time::timeout_at(until, self.lines.next_line()).await else {
                bail!("it never told; it told {:?}", self.events);
            };
            let Some(line) = line? else {
                bail!("it ended; it told {:?}", self.events);
            };
            // The rest is for the eyes of a person, and may stand before it where something was wiped out.
            if let Some((_, event)) = line.split_once("{\"event\":") {
                let event = format!("{{\"event\":{}", event.trim_end());
                self.events.push(serde_json::from_str(&event)?);
            }
        }
    }

    /// The same by the name of an event.
    ///
    /// # Errors
    /// When it ends first, or never does.
    pub async fn await_kind(&mut self, kind: &str) -> anyhow::Result<Value> {
        self.await_event(|event| event.get("event").and_then(Value::as_str) == Some(kind))
            .await
    }

    /// Leaves. Gives the exit code.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn leave(mut self) -> anyhow::Result<Option<i32>> {
        self.press(b"q").await?;
        let rest = async { while let Ok(Some(_)) = self.lines.next_line().await {} };
        timeout(LONG, rest).await.context("it does not end")?;
        let status = timeout(LONG, self.child.wait()).await;
        Ok(status.context("it does not end")??.code())
    }
}

/// Speaks a file into the microphone.
fn spoken(path: &Path) -> Command {
    let mut command = Command::new("paplay");
    command.arg("--device=vmic_in").arg(path);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}
