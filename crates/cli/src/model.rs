use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use errand_engine::Agents;
use errand_llm::{
    AgentPrompt, Answers, Api, LabelWord, LanguageModel, Limits, ModelServer, PlannerParts, Prices,
};
use errand_model::Model;
use errand_types::{Clock, Ids, Text};
use errand_values::Labels;
use serde::Deserialize;

/// Digits behind the point of an amount in millionths.
const MICRO_DIGITS: usize = 6;

/// The table `[model]` of the settings: a language model, which errand does without when there is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// Where the server's API begins: `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Name of the model.
    pub model: String,
    /// Name of a smaller one for short answers.
    pub small_model: Option<String>,
    /// Which API: `chat` (the usual one) or `responses`.
    pub api: ApiSetting,
    /// How proposals are asked for: `tools` (the usual way) or `schema`.
    pub answers: AnswersSetting,
    /// Name of the environment variable that holds the key.
    pub key_env: Option<String>,
    /// File that holds the key, readable by its owner only.
    pub key_file: Option<PathBuf>,
    /// Price of a million tokens of prompts, as in `2.50`.
    pub price_input: Option<String>,
    /// Price of a million tokens of answers.
    pub price_output: Option<String>,
    /// Most that one turn may cost, as in `0.05`.
    pub budget_turn: Option<String>,
    /// Most that one errand may cost.
    pub budget_errand: Option<String>,
    /// Most that one day may cost.
    pub budget_day: Option<String>,
    /// Bounds of time, size and number.
    pub limits: LimitSettings,
}

/// Which API a server speaks.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiSetting {
    /// `/chat/completions`.
    #[default]
    Chat,
    /// `/responses`.
    Responses,
}

/// How proposals are asked for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswersSetting {
    /// As calls of tools.
    #[default]
    Tools,
    /// As JSON after a schema.
    Schema,
}

/// Bounds; what is not named stays as it comes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Milliseconds for a whole turn.
    pub turn_ms: Option<u64>,
    /// Milliseconds until the first piece of an answer.
    pub first_ms: Option<u64>,
    /// Milliseconds between two pieces.
    pub gap_ms: Option<u64>,
    /// Requests of one turn.
    pub turn_requests: Option<u32>,
    /// Repeats of one request.
    pub retries: Option<u32>,
    /// Tokens of one answer.
    pub answer_tokens: Option<u32>,
    /// Tokens of one turn.
    pub turn_tokens: Option<u64>,
    /// Requests of one errand.
    pub errand_requests: Option<u32>,
    /// Tokens of one errand.
    pub errand_tokens: Option<u64>,
    /// Failed turns in a row after which the server is left alone for a while.
    pub failures: Option<u32>,
    /// Seconds of the first rest.
    pub rest_seconds: Option<u32>,
}

impl ModelSettings {
    /// The server that these settings amount to. `env` reads the environment.
    ///
    /// # Errors
    /// Whatever does not fit, named; the key is in no message.
    pub fn server(&self, env: impl Fn(&str) -> Option<String>) -> anyhow::Result<ModelServer> {
        let url = self
            .base_url
            .parse()
            .context("`base_url` of the language model")?;
        let mut server = ModelServer::new(url, self.model.trim());
        server.small_model = self.small_model.as_ref().map(|m| m.trim().to_owned());
        server.api = match self.api {
            ApiSetting::Chat => Api::Chat,
            ApiSetting::Responses => Api::Responses,
        };
        server.answers = match self.answers {
            AnswersSetting::Tools => Answers::Tools,
            AnswersSetting::Schema => Answers::Schema,
        };
        let (key_env, key_file) = (self.key_env.as_ref(), self.key_file.as_ref());
        let key = crate::secret::key("the language model", key_env, key_file, env)?;
        server.key = key.map(Into::into);
        server.limits = self.limits.over(Limits::default());
        let money = |said: &Option<String>, name: &str| -> anyhow::Result<Option<u64>> {
            said.as_deref()
                .map(|s| micros(s).with_context(|| format!("`{name}`")))
                .transpose()
        };
        let input = money(&self.price_input, "price_input")?;
        let output = money(&self.price_output, "price_output")?;
        server.prices = match (input, output) {
            (Some(input), Some(output)) => Some(Prices { input, output }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                bail!("`price_input` and `price_output` go together")
            }
        };
        server.limits.turn_micros = money(&self.budget_turn, "budget_turn")?;
        server.limits.errand_micros = money(&self.budget_errand, "budget_errand")?;
        server.limits.day_micros = money(&self.budget_day, "budget_day")?;
        server.check()?;
        Ok(server)
    }
}

impl LimitSettings {
    fn over(&self, usual: Limits) -> Limits {
        Limits {
            turn_ms: self.turn_ms.unwrap_or(usual.turn_ms),
            first_ms: self.first_ms.unwrap_or(usual.first_ms),
            gap_ms: self.gap_ms.unwrap_or(usual.gap_ms),
            turn_requests: self.turn_requests.unwrap_or(usual.turn_requests),
            retries: self.retries.unwrap_or(usual.retries),
            answer_tokens: self.answer_tokens.unwrap_or(usual.answer_tokens),
            turn_tokens: self.turn_tokens.unwrap_or(usual.turn_tokens),
            errand_requests: self.errand_requests.unwrap_or(usual.errand_requests),
            errand_tokens: self.errand_tokens.unwrap_or(usual.errand_tokens),
            failures: self.failures.unwrap_or(usual.failures),
            rest_seconds: self.rest_seconds.unwrap_or(usual.rest_seconds),
            ..usual
        }
    }
}

/// Reads `2.50` as millionths.
fn micros(text: &str) -> anyhow::Result<u64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_digits = |t: &str| t.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || part.len() > MICRO_DIGITS || !is_digits(whole) || !is_digits(part) {
        bail!("`{}` is no amount such as `2.50`", Text::<40>::clip(text));
    }
    let number = format!("{whole}{part:0<MICRO_DIGITS$}");
    number.parse().context("the amount is too large")
}

/// A language model with everything that it needs of this house.
///
/// # Errors
/// When the server cannot be used as configured.
pub fn language_model(
    server: ModelServer,
    offline: Arc<dyn Model>,
    labels: &Labels,
    agents: &Agents,
    (clock, ids): (Arc<dyn Clock>, &dyn Ids),
) -> anyhow::Result<LanguageModel> {
    // One provider of TLS for the whole process; a second call finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let parts = PlannerParts {
        agents: agents.iter().map(prompt_of).collect(),
        labels: labels
            .synonyms()
            .filter(|(_, id)| crate::compose::is_wish(id))
            .map(|(words, id)| LabelWord {
                words: words.to_owned(),
                id: id.to_owned(),
            })
            .collect(),
        offline: Some(offline),
        clock,
        jitter_seed: ids
            .nonce()
            .iter()
            .fold(0, |seed, byte| seed << 8 ^ seed >> 56 ^ u64::from(*byte)),
    };
    Ok(LanguageModel::new(server, parts)?)
}

fn prompt_of(agent: &errand_engine::Agent) -> AgentPrompt {
    macro_rules! prompts {
        ($($name:literal),+) => {
            match agent.name.as_str() {
                $($name => include_str!(concat!("../../../agents/", $name, "/prompt.md")),)+
                _ => "",
            }
        };
    }
    let prompt = prompts!(
        "analyst",
        "buyer",
        "care",
        "concierge",
        "configurator",
        "courier",
        "scout"
    );
    AgentPrompt {
        name: agent.name.to_string(),
        prompt: prompt.to_owned(),
        tools: agent.tools.iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> anyhow::Result<ModelServer> {
        let settings: ModelSettings = toml::from_str(toml)?;
        settings.server(|name| (name == "MODEL_KEY").then(|| " k-very-secret\n".to_owned()))
    }

    #[test]
    fn a_server_is_read_from_the_settings_with_its_prices_and_bounds() {
        let server = read(
            r#"
base_url = "https://models.example/v1"
model = "talker-1"
key_env = "MODEL_KEY"
api = "responses"
answers = "schema"
price_input = "2.50"
price_output = "10"
budget_day = "0.000001"
limits = { turn_ms = 5000, failures = 2 }
"#,
        )
        .unwrap();

        assert_eq!(
            (server.api, server.answers),
            (Api::Responses, Answers::Schema)
        );
        let prices = Prices {
            input: 2_500_000,
            output: 10_000_000,
        };
        assert_eq!(
            (server.prices, server.limits.day_micros),
            (Some(prices), Some(1))
        );
        assert_eq!(
            (
                server.limits.turn_ms,
                server.limits.failures,
                server.limits.gap_ms
            ),
            (5_000, 2, 3_000)
        );
        assert!(server.key.is_some() && !format!("{server:?}").contains("k-very-secret"));
    }

    #[test]
    fn a_slip_is_named_and_no_message_holds_the_key() {
        let base = "base_url = \"https://models.example/v1\"\nmodel = \"talker-1\"\n";
        for (more, named) in [
            ("key_env = \"NO_SUCH\"", "NO_SUCH"),
            ("key_env = \"MODEL_KEY\"\nkey_file = \"/x\"", "exclude"),
            ("key_file = \"/no/such/file\"", "/no/such/file"),
            ("price_input = \"2.50\"", "go together"),
            (
                "price_input = \"2,50\"\nprice_output = \"1\"",
                "price_input",
            ),
            ("budget_turn = \"0.01\"", "needs its prices"),
            ("limits = { turn_ms = 0 }", "turn_ms"),
            ("colour = \"blue\"", "colour"),
        ] {
            let error = format!("{:#}", read(&format!("{base}{more}")).unwrap_err());
            assert!(
                error.contains(named) && !error.contains("very-secret"),
                "{more}: {error}"
            );
        }
        assert!(read("base_url = \"models.example\"\nmodel = \"m\"").is_err());
        let open =
            read("base_url = \"http://models.example/v1\"\nmodel = \"m\"\nkey_env = \"MODEL_KEY\"")
                .unwrap_err();
        assert!(open.to_string().contains("unprotected"));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "k-from-file\n").unwrap();
        let mode =
            |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let toml =
            format!("base_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\nkey_file = {path:?}");

        mode(0o644);
        assert!(read(&toml).unwrap_err().to_string().contains("chmod 600"));
        mode(0o600);
        assert!(read(&toml).unwrap().key.is_some());
    }
}
