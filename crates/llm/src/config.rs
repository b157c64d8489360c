use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// Characters of the name of a model.
const NAME_CHARS_MAX: usize = 120;

/// A server that speaks the OpenAI API, and how it is used.
#[derive(Debug, Clone)]
pub struct ModelServer {
    /// Where its API begins: `http://127.0.0.1:11434/v1`.
    pub base_url: Url,
    /// The key, if it wants one. Never shown.
    pub key: Option<SecretString>,
    /// The model for everything.
    pub model: String,
    /// A smaller one for short answers to what is on the table. `None`: the same.
    pub small_model: Option<String>,
    /// Which of its APIs is spoken.
    pub api: Api,
    /// How plans are asked for.
    pub answers: Answers,
    /// Bounds.
    pub limits: Limits,
    /// What it costs, for budgets of money.
    pub prices: Option<Prices>,
}

/// The two APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Api {
    /// `/chat/completions`: what most servers speak.
    #[default]
    Chat,
    /// `/responses`.
    Responses,
}

impl Api {
    /// Its path below the base address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat/completions",
            Self::Responses => "/responses",
        }
    }
}

/// How a proposal is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// As calls of tools; a plan is the call of a tool `plan`.
    #[default]
    Tools,
    /// As one JSON object after a schema that the server enforces. For servers whose models call tools badly.
    Schema,
}

/// Bounds of time, size and number. A turn ends within them or goes to the offline planner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds for a whole turn: all requests, waits and repairs.
    pub turn_ms: u64,
    /// Milliseconds until the first piece of an answer.
    pub first_ms: u64,
    /// Milliseconds between two pieces.
    pub gap_ms: u64,
    /// Requests of one turn, repeats and the repair included.
    pub turn_requests: u32,
    /// Repeats of one request after 429, 5xx or a broken connection.
    pub retries: u32,
    /// Milliseconds of the first wait before a repeat; it doubles. What the server asks for goes before.
    pub retry_ms: u64,
    /// Tokens that one answer may have.
    pub answer_tokens: u32,
    /// Bytes of one answer on the wire.
    pub answer_bytes: usize,
    /// Bytes of one prompt.
    pub prompt_bytes: usize,
    /// Tokens of one turn, in and out.
    pub turn_tokens: u64,
    /// Requests of one errand.
    pub errand_requests: u32,
    /// Tokens of one errand, in and out.
    pub errand_tokens: u64,
    /// Millionths of the currency of [`Prices`] for one turn.
    pub turn_micros: Option<u64>,
    /// The same for one errand.
    pub errand_micros: Option<u64>,
    /// The same for one day of UTC, over all errands.
    pub day_micros: Option<u64>,
    /// Failed turns in a row after which the server is left alone for a while.
    pub failures: u32,
    /// Seconds of the first rest; each further one is twice as long, up to a quarter of an hour.
    pub rest_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            turn_ms: 8_000,
            first_ms: 5_000,
            gap_ms: 3_000,
            turn_requests: 4,
            retries: 2,
            retry_ms: 250,
            answer_tokens: 1_200,
            answer_bytes: 256 * 1024,
            prompt_bytes: 96 * 1024,
            turn_tokens: 60_000,
            errand_requests: 80,
            errand_tokens: 600_000,
            turn_micros: None,
            errand_micros: None,
            day_micros: None,
            failures: 3,
            rest_seconds: 60,
        }
    }
}

/// Prices in millionths of a unit of some currency for a million tokens: 2.50 for a million is 2,500,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// For tokens of prompts.
    pub input: u64,
    /// For tokens of answers.
    pub output: u64,
}

impl Prices {
    /// What so many tokens cost, in millionths, rounded up.
    pub fn micros(&self, tokens_in: u64, tokens_out: u64) -> u64 {
        let of = |price: u64, tokens: u64| u128::from(price).saturating_mul(u128::from(tokens));
        let sum = of(self.input, tokens_in).saturating_add(of(self.output, tokens_out));
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// Why a server cannot be used as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not an address of the web.
    #[error(
        "the address `{0}` of the language model is not one of `http` or `https` without user, query and fragment"
    )]
    Address(String),
    /// A key over an open line.
    #[error(
        "the key of the language model would travel unprotected to `{0}`; use `https`, or a server on this machine"
    )]
    OpenLine(String),
    /// No or a strange name.
    #[error("`{0}` is no name of a model")]
    Model(String),
    /// A key that no header can hold.
    #[error("the key of the language model holds characters that no header can hold")]
    Key,
    /// A bound of nothing.
    #[error("the limit `{0}` of the language model must be more than 0")]
    Zero(&'static str),
    /// Money without prices.
    #[error("a budget of money for the language model needs its prices")]
    NoPrices,
    /// The client cannot be made.
    #[error("the client of the language model cannot be made: {0}")]
    Client(String),
}

impl ModelServer {
    /// A server with the usual bounds.
    pub fn new(base_url: Url, model: &str) -> Self {
        Self {
            base_url,
            key: None,
            model: model.to_owned(),
            small_model: None,
            api: Api::default(),
            answers: Answers::default(),
            limits: Limits::default(),
            prices: None,
        }
    }

    /// The host and port, for people.
    pub fn host(&self) -> String {
        let host = self.base_url.host_str().unwrap_or_default();
        match self.base_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether everything fits.
    ///
    /// # Errors
    /// The first thing that does not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let url = &self.base_url;
        let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_web || !is_plain {
            // A password in the address is not repeated.
            let shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or("…"));
            return Err(ConfigError::Address(shown));
        }
        if let Some(key) = &self.key {
            if url.scheme() == "http" && !self.is_here() {
                return Err(ConfigError::OpenLine(self.host()));
            }
            let key = key.expose_secret();
            if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
                return Err(ConfigError::Key);
            }
        }
        for name in std::iter::once(&self.model).chain(&self.small_model) {
            let is_name = !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX;
            if !is_name || name.chars().any(char::is_control) {
                return Err(ConfigError::Model(name.chars().take(40).collect()));
            }
        }
        self.limits.check(self.prices.is_some())
    }

    fn is_here(&self) -> bool {
        match self.base_url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            None => false,
        }
    }
}

impl Limits {
    fn check(&self, has_prices: bool) -> Result<(), ConfigError> {
        let numbers = [
            ("turn_ms", self.turn_ms),
            ("first_ms", self.first_ms),
            ("gap_ms", self.gap_ms),
            ("turn_requests", u64::from(self.turn_requests)),
            ("answer_tokens", u64::from(self.answer_tokens)),
            ("answer_bytes", self.answer_bytes as u64),
            ("prompt_bytes", self.prompt_bytes as u64),
            ("turn_tokens", self.turn_tokens),
            ("errand_requests", u64::from(self.errand_requests)),
            ("errand_tokens", self.errand_tokens),
            ("failures", u64::from(self.failures)),
        ];
        if let Some((name, _)) = numbers.iter().find(|(_, n)| *n == 0) {
            return Err(ConfigError::Zero(name));
        }
        let has_budget =
            self.turn_micros.is_some() || self.errand_micros.is_some() || self.day_micros.is_some();
        if has_budget && !has_prices {
            return Err(ConfigError::NoPrices);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> ModelServer {
        ModelServer::new(Url::parse(url).unwrap(), "small-talker")
    }

    #[test]
    fn a_key_never_travels_over_an_open_line() {
        let with_key = |url: &str| ModelServer {
            key: Some("k-123".into()),
            ..config(url)
        };

        assert_eq!(with_key("http://127.0.0.1:9/v1").check(), Ok(()));
        assert_eq!(with_key("http://[::1]:9/v1").check(), Ok(()));
        assert_eq!(with_key("https://models.example/v1").check(), Ok(()));
        assert_eq!(
            with_key("http://models.example:80/v1").check(),
            Err(ConfigError::OpenLine("models.example".into()))
        );
        assert_eq!(config("http://models.example/v1").check(), Ok(()));
        assert!(!format!("{:?}", with_key("http://127.0.0.1:9/v1")).contains("k-123"));
    }

    #[test]
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        let error = config("https://me:secret@models.example/v1")
            .check()
            .unwrap_err();

        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(config("ftp://models.example").check().is_err());
        assert!(config("https://models.example/v1?key=1").check().is_err());
    }

    #[test]
    fn money_is_counted_in_millionths_and_rounded_up() {
        let prices = Prices {
            input: 2_500_000,
            output: 10_000_000,
        };

        assert_eq!(prices.micros(1_000_000, 0), 2_500_000);
        assert_eq!(prices.micros(1_000, 100), 3_500);
        assert_eq!(prices.micros(1, 0), 3);
        assert_eq!(prices.micros(u64::MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn a_budget_of_money_without_prices_is_an_error() {
        let mut config = config("http://127.0.0.1:9/v1");
        config.limits.day_micros = Some(1);
        assert_eq!(config.check(), Err(ConfigError::NoPrices));
        config.limits = Limits {
            gap_ms: 0,
            ..Limits::default()
        };
        assert_eq!(config.check(), Err(ConfigError::Zero("gap_ms")));
    }
}
