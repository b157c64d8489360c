use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

/// Longest that a client takes for everything it does.
const LONG: Duration = Duration::from_secs(180);

/// A tool that is not on this machine, and what to type for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What is missing.
    pub what: String,
    /// What to type.
    pub remedy: &'static str,
}

/// Root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The Python of one client's own environment.
///
/// # Errors
/// [`Missing`] when it was not set up.
pub fn python(client: &str) -> Result<PathBuf, Missing> {
    let program = root().join(format!("target/pytools/{client}/bin/python"));
    if program.exists() {
        return Ok(program);
    }
    Err(Missing {
        what: format!("the Python client {client} is not installed"),
        remedy: "run scripts/setup.sh test",
    })
}

/// Node.js, with the clients that run on it.
///
/// # Errors
/// [`Missing`] when either is not there.
pub fn node() -> Result<PathBuf, Missing> {
    let modules = root().join("tests/foreign/node/node_modules/@openai/agents-realtime");
    if !modules.exists() {
        return Err(Missing {
            what: "the Node.js clients are not installed".to_owned(),
            remedy: "run scripts/setup.sh test",
        });
    }
    find("node").ok_or(Missing {
        what: "there is no Node.js".to_owned(),
        remedy: "install Node.js 20 or later",
    })
}

/// Chromium, and what drives it.
///
/// # Errors
/// [`Missing`] when either is not there.
pub fn chromium() -> Result<PathBuf, Missing> {
    let driver = root().join("tests/foreign/node/node_modules/playwright-core");
    if !driver.exists() {
        return Err(Missing {
            what: "the driver of the browser is not installed".to_owned(),
            remedy: "run scripts/setup.sh test",
        });
    }
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(find);
    found.ok_or(Missing {
        what: "there is no Chromium".to_owned(),
        remedy: "install the package chromium",
    })
}

/// What makes the speech of the clients.
///
/// # Errors
/// [`Missing`] when it is not there.
pub fn flite() -> Result<PathBuf, Missing> {
    find("flite").ok_or(Missing {
        what: "there is no flite".to_owned(),
        remedy: "install the package flite",
    })
}

fn find(program: &str) -> Option<PathBuf> {
    // The places where package managers put programs; a test reads no environment.
    let places = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", "/bin"];
    let all = places.iter().map(|place| Path::new(place).join(program));
    all.into_iter().find(|path| path.exists())
}

/// Runs a client to its end and gives the JSON of its last line.
///
/// # Errors
/// When it fails, takes too long, or says nothing.
pub async fn play(
    program: &Path,
    words: &[String],
    variables: &[(&str, &str)],
) -> anyhow::Result<Value> {
    let mut command = Command::new(program);
    command
        .args(words)
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for (name, value) in variables {
        command.env(name, value);
    }
    let child = command
        .spawn()
        .with_context(|| format!("cannot start `{}`", program.display()))?;
    let output = timeout(LONG, child.wait_with_output())
        .await
        .context("the client does not end")??;
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_default();
    let Ok(result) = serde_json::from_str(last) else {
        bail!(
            "the client ended with {} and said no JSON: {said}\n{complaint}",
            output.status
        );
    };
    if !output.status.success() {
        bail!(
            "the client ended with {}: {last}\n{complaint}",
            output.status
        );
    }
    Ok(result)
}
