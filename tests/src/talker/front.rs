//! A server of the OpenAI API that others wrote: the proxy of `LiteLLM`, unmodified and in a process of its own.

use std::net::TcpListener;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use errand_llm::{Api, ModelServer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::foreign::{Missing, python};

/// What the proxy takes to start where everything is slow.
const LONG: Duration = Duration::from_secs(120);
/// It wants a key that is not short.
const KEY: &str = "sk-front-0123456789abcdef0123456789abcdef";

/// See the module. It ends when this is dropped.
#[derive(Debug)]
pub struct Front {
    url: String,
    child: Child,
}

impl Front {
    /// Its key, as the environment of a program holds it.
    pub const KEY: &'static str = KEY;

    /// The program.
    ///
    /// # Errors
    /// [`Missing`] when it was not set up.
    pub fn program() -> Result<std::path::PathBuf, Missing> {
        Ok(python("litellm")?.with_file_name("litellm"))
    }

    /// Starts it before a server of the OpenAI API, with the models `talker-1` and `bridged-1` (whose `/responses` it makes of
    /// the other's `/chat/completions`), and `mock-1` with mock answers of its own. Its settings are written into `dir`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(program: &Path, behind: &str, dir: &Path) -> anyhow::Result<Self> {
        let settings = dir.join("front.yaml");
        std::fs::write(
            &settings,
            format!(
                "model_list:\n\
                 - model_name: talker-1\n  litellm_params: {{ model: openai/talker-1, api_base: \"{behind}\", api_key: none }}\n\
                 - model_name: bridged-1\n  litellm_params: {{ model: openai/talker-1, api_base: \"{behind}\", api_key: none, use_chat_completions_api: true }}\n\
                 - model_name: mock-1\n  litellm_params: {{ model: openai/mock-1, api_key: none, mock_response: \"I sell shoes.\" }}\n\
                 litellm_settings: {{ num_retries: 0, telemetry: false }}\n\
                 general_settings: {{ master_key: \"{KEY}\" }}\n"
            ),
        )?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut child = Command::new(program)
            .arg("--config")
            .arg(&settings)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            // It would fetch a list of prices.
            .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        drain(child.stdout.take().context("its output")?);
        let errors = child.stderr.take().context("its errors")?;
        timeout(LONG, listens(errors))
            .await
            .context("the proxy does not start")??;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}/v1"),
            child,
        })
    }

    /// How it ended, if it did: its interpreter dies of a segmentation fault now and then, whoever asks it.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Where its API begins.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How a house is told of it.
    ///
    /// # Errors
    /// Never with an address of the system's.
    pub fn server(&self, model: &str, api: Api) -> anyhow::Result<ModelServer> {
        let mut server = ModelServer::new(self.url.parse()?, model);
        server.api = api;
        server.key = Some(KEY.to_owned().into());
        Ok(server)
    }
}

/// Waits until it says that it listens, and reads on so that it never waits for a reader.
async fn listens(errors: impl AsyncRead + Send + Unpin + 'static) -> anyhow::Result<()> {
    let mut lines = BufReader::new(errors).lines();
    let mut said = Vec::new();
    while let Some(line) = lines.next_line().await? {
        if line.contains("Uvicorn running on") {
            drain(lines.into_inner());
            return Ok(());
        }
        said.push(line);
    }
    bail!("it ended: {}", said.join("\n"))
}

fn drain(mut from: impl AsyncRead + Send + Unpin + 'static) {
    tokio::spawn(async move {
        let mut piece = [0; 4096];
        while from.read(&mut piece).await.is_ok_and(|n| n > 0) {}
    });
}
