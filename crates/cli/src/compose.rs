use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use errand_engine::Agents;
use errand_gate::Decide;
use errand_journal::{Journal, MemoryJournal, SqliteJournal};
use errand_llm::{LanguageModel, ModelServer};
use errand_merchant::{ClientConfig, ClientLimits, Connector, Doors, MerchantRegistry, WireLog};
use errand_model::Model;
use errand_offline::approve::{Answer, read_answer_in};
use errand_offline::{Lexicon, OfflineModel};
use errand_policy::CedarGate;
use errand_protocol::api::{Check, CheckState};
use errand_runtime::house::House as _;
use errand_runtime::{
    AgentSource, Directory, Heard, JournalIntents, Learner, Parts, Runtime, RuntimeConfig,
    load_agents,
};
use errand_server::{ServerConfig, Voices};
use errand_trust::{SealKey, ServerKey};
use errand_types::{Clock, Ids, Language, Profile};
use errand_values::{Evaluator, Labels, Register};
use errand_voice_talk::{Names, Streams};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::directory::{MerchantSource, ShopDirectory};
use crate::learned::Learned;
use crate::model::language_model;
use crate::secrets::{keys, write_private};
use crate::voice::{CatalogWords, VoiceParts};
use crate::wyoming::{WyomingDoors, WyomingPerson, WyomingPlan, needs_streams};

/// Milliseconds that the runtime waits longer for a language model than that allows itself.
const MODEL_GRACE_MS: u64 = 500;

/// What a house is put together from.
#[derive(Debug)]
pub struct HouseConfig {
    /// Where the journal and the keys lie; `None` keeps everything in memory.
    pub data: Option<PathBuf>,
    /// Port on loopback; 0 takes a free one.
    pub port: u16,
    /// The person.
    pub profile: Profile,
    /// Shops to connect.
    pub merchants: Vec<MerchantSource>,
    /// The issuers' registers of certificates, as TOML.
    pub registers: Vec<Arc<str>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of chance.
    pub ids: Arc<dyn Ids>,
    /// A planner in place of a language model, for tests that bring their own.
    pub model: Option<Arc<dyn Model>>,
    /// The server of a language model, when there is one.
    pub language_model: Option<ModelServer>,
    /// The speech engines of this machine, for faces that take sound. Without one that hears sessions are text.
    pub voice: Option<VoiceParts>,
    /// What hears and speaks instead of those, for tests.
    pub streams: Option<Streams>,
    /// Wyoming: callers and satellites.
    pub wyoming: WyomingPlan,
    /// A gate instead of the built-in one, for tests that watch it.
    pub gate: Option<Arc<dyn Decide>>,
    /// A journal instead of the one in `data`, for tests that stop in the middle of it.
    pub journal: Option<Arc<dyn Journal>>,
    /// Shops instead of the connected ones, for measuring without a network.
    pub directory: Option<Arc<dyn Directory>>,
    /// Policies of the operator.
    pub operator_policies: Option<PathBuf>,
    /// Shops on this machine, also without TLS.
    pub loopback_shops: bool,
    /// Public address of this installation's profile.
    pub profile_url: Option<String>,
    /// Origins of pages on other hosts.
    pub allowed_origins: Vec<String>,
    /// Bounds of the runtime.
    pub runtime: RuntimeConfig,
    /// Bounds of the shops' clients.
    pub shops: ClientLimits,
    /// Where `/metrics` comes from.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

impl HouseConfig {
    /// A house in memory for this person, on a free port.
    pub fn in_memory(profile: Profile, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self {
            data: None,
            port: 0,
            profile,
            merchants: Vec::new(),
            registers: Vec::new(),
            clock,
            ids,
            model: None,
            language_model: None,
            voice: None,
            streams: None,
            wyoming: WyomingPlan::default(),
            gate: None,
            journal: None,
            directory: None,
            operator_policies: None,
            loopback_shops: true,
            profile_url: None,
            allowed_origins: Vec::new(),
            runtime: RuntimeConfig::default(),
            shops: ClientLimits::default(),
            metrics: None,
        }
    }
}

/// A running house: runtime and faces.
#[derive(Debug)]
pub struct House {
    /// The runtime.
    pub runtime: Runtime,
    /// Where its faces listen.
    pub address: SocketAddr,
    /// Token of this machine's own device.
    pub token: String,
    /// The offline planner, for tools that look into it.
    pub offline: Arc<OfflineModel>,
    /// What was said to and by shops, for looking into.
    pub wire: WireLog,
    /// Wyoming, where something of it is set up.
    pub wyoming: Option<WyomingDoors>,
    shutdown: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

impl House {
    /// Puts the house together and opens its doors.
    ///
    /// # Errors
    /// Whatever does not fit, loudly: policies, agents, labels, registers, keys, journal, port.
    #[expect(
        clippy::too_many_lines,
        reason = "one list of what a house is put together from, in its order"
    )]
    pub async fn start(config: HouseConfig) -> anyhow::Result<Self> {
        // Once in a process; a second house in the same one finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secrets = keys(config.data.as_deref(), &*config.ids)?;
        let journal = match config.journal.clone() {
            Some(journal) => journal,
            None => journal(config.data.as_deref())?,
        };
        let seal = Arc::new(SealKey::from_bytes(&secrets.seal));
        let intents = Arc::new(JournalIntents::new(
            Arc::clone(&journal),
            seal,
            Arc::clone(&config.ids),
        ));
        let wire = WireLog::new(2_000);
        let registry = MerchantRegistry::new(connector(&config, &intents, &wire)?);
        errand_engine::check_sentences()?;
        errand_tools::check_sentences()?;
        let labels = Labels::builtin().context("policies/labels.toml")?;
        let offline = Arc::new(planner(&labels)?);
        let names = Arc::new(CatalogWords::default());
        let (learner, listed) = (Arc::clone(&offline), Arc::clone(&names));
        let learned = Learned::default();
        let learn: Learner = Arc::new(move |products| {
            if learned.is_news(products) {
                learner.learn(products);
                listed.learn(products);
            }
        });
        let shops: Arc<dyn Directory> = match config.directory {
            Some(directory) => directory,
            None => Arc::new(
                ShopDirectory::open(
                    registry,
                    Arc::clone(&journal),
                    Arc::clone(&config.clock),
                    &config.merchants,
                    Arc::clone(&learn),
                )
                .await?,
            ),
        };
        let registers = registers(&config.registers)?;
        let gate = gate(config.gate, config.operator_policies.as_deref())?;
        let user = config.profile.user.clone();
        let agents = agents()?;
        let mut bounds = config.runtime;
        let mut model_check = check_of(config.model.as_deref());
        let model = match config.language_model {
            Some(server) => {
                bounds.model_ms_max = server.limits.turn_ms.saturating_add(MODEL_GRACE_MS);
                model_check.state = CheckState::Ok;
                model_check.detail = format!("{} at {}", server.model, server.host());
                let world = (Arc::clone(&config.clock), &*config.ids);
                let own = Arc::clone(&offline) as Arc<dyn Model>;
                Some(Arc::new(language_model(server, own, &labels, &agents, world)?) as _)
            }
            None => config.model,
        };
        let person = WyomingPerson {
            user: user.clone(),
            language: config.profile.language,
            zone: jiff::tz::TimeZone::get(config.profile.zone.as_str())
                .context("the person's zone")?,
        };
        let hearing = Arc::clone(&offline);
        let parts = Parts {
            journal,
            gate,
            values: Arc::new(Evaluator::new(labels, registers)),
            agents: Arc::new(agents),
            shops,
            offline: Arc::clone(&offline) as _,
            model,
            grammar: Arc::new(heard),
            listener: Arc::new(move |language, text| hearing.tone(language, text)),
            learn,
            words: Arc::new({
                let names = Arc::clone(&names);
                move || names.names()
            }),
            clock: Arc::clone(&config.clock),
            ids: Arc::clone(&config.ids),
            people: vec![config.profile],
            config: bounds,
            checks: vec![model_check, speech_check(config.voice.as_ref())],
        };
        let runtime = Runtime::start(parts, ServerKey::from_bytes(&secrets.words), intents).await?;
        let token = token(&runtime, config.data.as_deref(), &user).await?;
        let page = runtime.authenticate(&token);

        let listener = TcpListener::bind(("127.0.0.1", config.port))
            .await
            .with_context(|| {
                format!(
                    "port {} is taken; choose another with `--port`",
                    config.port
                )
            })?;
        let address = listener.local_addr()?;
        let shutdown = CancellationToken::new();
        let clock = config.clock;
        let streams = match (config.streams, &config.voice) {
            (Some(streams), _) => Some(streams),
            (None, Some(voice)) if !voice.recognisers.is_empty() => {
                let names: Names = Arc::new(move || names.names());
                Some(voice.streams(&names)?)
            }
            (None, _) => None,
        };
        needs_streams(&config.wyoming, streams.as_ref())?;
        let wyoming = match &streams {
            Some(streams) if !config.wyoming.is_empty() => {
                let house = Arc::new(runtime.clone()) as Arc<dyn errand_runtime::house::House>;
                let plan = &config.wyoming;
                let doors =
                    WyomingDoors::open(plan, &house, streams, &person, &clock, &shutdown).await?;
                Some(doors)
            }
            Some(_) | None => None,
        };
        let server = ServerConfig {
            page_principal: page,
            allowed_origins: config.allowed_origins,
            metrics: config.metrics,
            voices: streams.map(|streams| Voices { streams, clock }),
            ..ServerConfig::default()
        };
        let server = serve(&runtime, listener, server, shutdown.clone());
        Ok(Self {
            runtime,
            address,
            token,
            offline,
            wire,
            wyoming,
            shutdown,
            server,
        })
    }

    /// Its address for people and clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Hears out payments under way, then closes.
    pub async fn stop(self) {
        self.shutdown.cancel();
        let _ = self.server.await;
        if let Some(wyoming) = self.wyoming {
            wyoming.ended().await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(20), self.runtime.stop()).await;
    }
}

fn registers(texts: &[Arc<str>]) -> anyhow::Result<Vec<Register>> {
    let read = texts.iter().map(|text| Register::load(text));
    read.collect::<Result<Vec<_>, _>>().context("a register")
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    server: ServerConfig,
    shutdown: CancellationToken,
) -> JoinHandle<std::io::Result<()>> {
    let house = Arc::new(runtime.clone());
    tokio::spawn(errand_server::serve(listener, house, server, shutdown))
}

fn connector(
    config: &HouseConfig,
    intents: &Arc<JournalIntents>,
    wire: &WireLog,
) -> anyhow::Result<Connector> {
    let doors = Doors {
        clock: Arc::clone(&config.clock),
        ids: Arc::clone(&config.ids),
        intents: Arc::clone(intents) as _,
        log: wire.clone(),
        jitter_seed: u64::from_be_bytes(first_eight(config.ids.nonce())),
    };
    let mut client = ClientConfig {
        loopback: config.loopback_shops,
        ..ClientConfig::default()
    };
    client.limits = config.shops.clone();
    client.locale = Some("en-US".to_owned());
    if let Some(url) = &config.profile_url {
        client.profile_url.clone_from(url);
    }
    Ok(Connector::new(client, doors)?)
}

fn planner(labels: &Labels) -> anyhow::Result<OfflineModel> {
    let lexicon = Lexicon {
        labels: labels
            .synonyms()
            .filter(|(_, id)| is_wish(id))
            .map(owned)
            .collect(),
        categories: Vec::new(),
        brands: Vec::new(),
    };
    Ok(OfflineModel::new(&lexicon)?)
}

fn gate(
    given: Option<Arc<dyn Decide>>,
    operator: Option<&std::path::Path>,
) -> anyhow::Result<Arc<dyn Decide>> {
    Ok(match (given, operator) {
        (Some(gate), _) => gate,
        (None, Some(dir)) => Arc::new(CedarGate::with_operator_dir(dir)?),
        (None, None) => Arc::new(CedarGate::builtin()?),
    })
}

fn first_eight(nonce: [u8; 16]) -> [u8; 8] {
    let mut eight = [0; 8];
    for (to, from) in eight.iter_mut().zip(nonce) {
        *to = from;
    }
    eight
}

fn journal(data: Option<&std::path::Path>) -> anyhow::Result<Arc<dyn Journal>> {
    let Some(dir) = data else {
        return Ok(Arc::new(MemoryJournal::default()));
    };
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let path = dir.join("errand.sqlite");
    let journal = SqliteJournal::open(&path)
        .map_err(|e| anyhow::anyhow!("{e}; {}", e.hint()))
        .with_context(|| format!("the journal `{}`", path.display()))?;
    Ok(Arc::new(journal))
}

/// The token of this machine's own device: the one beside the data if it still holds, else a new one.
async fn token(
    runtime: &Runtime,
    data: Option<&std::path::Path>,
    user: &errand_types::UserId,
) -> anyhow::Result<String> {
    let path = data.map(|dir| dir.join("device.token"));
    if let Some(path) = &path
        && let Ok(token) = std::fs::read_to_string(path)
        && runtime.authenticate(token.trim()).is_some()
    {
        return Ok(token.trim().to_owned());
    }
    let token = runtime.enrol(user, "this machine").await?;
    if let Some(path) = &path {
        write_private(path, token.as_bytes())?;
    }
    Ok(token)
}

/// Labels that a person asks for by name. Kinds of goods and countries are words to search with.
pub(crate) fn is_wish(label: &str) -> bool {
    ["cert:", "contains:", "allergen:", "hazard:", "org:"]
        .iter()
        .any(|space| label.starts_with(space))
}

fn owned((phrase, id): (&str, &str)) -> (String, String) {
    (phrase.to_owned(), id.to_owned())
}

/// The agents that come with errand.
fn agents() -> anyhow::Result<Agents> {
    macro_rules! sources {
        ($($name:literal),+) => {
            [$(AgentSource {
                folder: $name.to_owned(),
                path: concat!("agents/", $name, "/agent.toml").to_owned(),
                toml: include_str!(concat!("../../../agents/", $name, "/agent.toml")).to_owned(),
            }),+]
        };
    }
    Ok(load_agents(&sources!(
        "analyst",
        "buyer",
        "care",
        "concierge",
        "configurator",
        "courier",
        "scout"
    ))?)
}

fn heard(language: Language, text: &str) -> Heard {
    match read_answer_in(language, text) {
        Answer::Yes => Heard::Yes,
        Answer::No | Answer::Cancel => Heard::No,
        Answer::Why => Heard::Why,
        Answer::Repeat => Heard::Repeat,
        Answer::Words(words) => Heard::Words(words),
        Answer::Change(_) | Answer::Unclear => Heard::Other,
    }
}

fn check_of(model: Option<&dyn Model>) -> Check {
    match model {
        Some(model) => Check {
            id: "model".into(),
            state: CheckState::Ok,
            detail: model.name().to_owned(),
            fix: None,
        },
        None => Check {
            id: "model".into(),
            state: CheckState::Off,
            detail: "none, errand understands by itself".into(),
            fix: None,
        },
    }
}

fn speech_check(voice: Option<&VoiceParts>) -> Check {
    match voice {
        Some(voice) => voice.report.check(),
        None => Check {
            id: "speech".into(),
            state: CheckState::Off,
            detail: "not set up".into(),
            fix: None,
        },
    }
}

/// A language model as a house would have it, without the house: for trying its server.
///
/// # Errors
/// When the server cannot be used as configured.
pub fn model_alone(
    server: ModelServer,
    clock: Arc<dyn Clock>,
    ids: &dyn Ids,
) -> anyhow::Result<LanguageModel> {
    let labels = Labels::builtin().context("policies/labels.toml")?;
    let offline = Arc::new(planner(&labels)?);
    language_model(server, offline, &labels, &agents()?, (clock, ids))
}
