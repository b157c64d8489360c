use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::root;

/// Longest that anything here takes on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(120);
/// How often the files of a satellite are looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Files of one folder at most.
const SAID_MAX: usize = 1_000;

/// `wyoming-satellite` as others run it, without a wake word, with a microphone and a loudspeaker of files.
#[derive(Debug)]
pub struct Kitchen {
    child: Child,
    folder: PathBuf,
    said: usize,
}

impl Kitchen {
    /// Samples of one second of what its loudspeaker plays.
    pub const PLAYED_HZ: u32 = 22_050;

    /// Starts the program on a port. Its microphone, its loudspeaker and what its hooks were told lie in `folder`; one that is
    /// started again in the same folder goes on there.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(python: &Path, folder: &Path, port: u16) -> anyhow::Result<Self> {
        let at = |file: &str| folder.join(file).display().to_string();
        let script = |name: &str| {
            root()
                .join("tests/foreign")
                .join(name)
                .display()
                .to_string()
        };
        let hook = |file: &str| format!("{} {}", script("satellite_hook.sh"), at(file));
        let mic = format!(
            "{} {} {}",
            python.display(),
            script("satellite_mic.py"),
            folder.display()
        );
        let snd = format!("{} {}", script("satellite_snd.sh"), at("snd"));
        let said = (1..SAID_MAX)
            .find(|n| !folder.join(format!("say-{n}")).exists())
            .context("too much was said")?;
        // What was said to the one before is not said again.
        for n in 1..said {
            fs::write(folder.join(format!("say-{n}")), [])?;
        }
        let child = Command::new(python)
            .args([
                "-m",
                "wyoming_satellite",
                "--no-zeroconf",
                "--name",
                "kitchen",
            ])
            .args(["--uri", &format!("tcp://127.0.0.1:{port}")])
            .args(["--mic-command", &mic, "--snd-command", &snd])
            .args(["--transcript-command", &hook("transcripts")])
            .args(["--synthesize-command", &hook("synthesized")])
            .args(["--tts-stop-command", &hook("stopped")])
            .stdin(Stdio::null())
            .stderr(fs::File::create(folder.join("log"))?)
            .spawn()?;
        Ok(Self {
            child,
            folder: folder.to_owned(),
            said: said - 1,
        })
    }

    /// Says something into its microphone, at 16 kHz.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn say(&mut self, pcm: &[i16]) -> anyhow::Result<()> {
        self.said += 1;
        let half = self.folder.join("half");
        let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        fs::write(&half, bytes)?;
        Ok(fs::rename(
            half,
            self.folder.join(format!("say-{}", self.said)),
        )?)
    }

    /// What a hook was told: `transcripts`, `synthesized`, or one line for each end of sound in `stopped`.
    pub fn lines(&self, hook: &str) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join(hook)).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    /// What its loudspeaker played, 16 bits mono at [`Kitchen::PLAYED_HZ`].
    pub fn played(&self) -> Vec<u8> {
        fs::read(self.folder.join("snd")).unwrap_or_default()
    }

    /// Waits until a hook was told something for which this holds, behind the first `from` lines. Gives the line and its number.
    ///
    /// # Errors
    /// When it never is.
    pub async fn told(
        &self,
        hook: &str,
        from: usize,
        holds: impl Fn(&str) -> bool,
    ) -> anyhow::Result<(String, usize)> {
        let until = tokio::time::Instant::now() + LONG;
        loop {
            let lines = self.lines(hook).into_iter().enumerate().skip(from);
            if let Some((n, line)) = lines.into_iter().find(|(_, line)| holds(line)) {
                return Ok((line, n));
            }
            if tokio::time::Instant::now() > until {
                let all: Vec<_> = ["transcripts", "synthesized", "stopped", "log"]
                    .map(|hook| self.lines(hook))
                    .into();
                bail!("{hook} was never told behind {from}: {all:?}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Kitchen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
