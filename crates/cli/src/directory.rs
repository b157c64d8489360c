use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use errand_engine::MerchantCard;
use errand_journal::{Durability, Expected, Journal, Record, Seq, StreamName, read_all};
use errand_merchant::{Merchant, MerchantEntry, MerchantError, MerchantInfo, MerchantRegistry};
use errand_protocol::api::MerchantView;
use errand_runtime::house::{BoxFuture, ErrorKind, HouseError};
use errand_runtime::{Directory, Learner, ShopStatus};
use errand_types::{Clock, DataClass, MerchantId, Text};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

const STREAM: &str = "merchants";
/// Products of a shop whose words are learned.
const WORDS_OF: usize = 600;
/// How long a shop may take to say that it is there.
const PROBE: Duration = Duration::from_secs(3);

/// Where a shop comes from at the start.
#[derive(Debug, Clone)]
pub struct MerchantSource {
    /// Its address.
    pub url: String,
    /// Our name for it, when it has a fixed one: the built-in shops keep theirs whatever their port.
    pub id: Option<MerchantId>,
    /// Its name before it was asked.
    pub name: String,
}

/// The connected shops, remembered in the journal.
pub struct ShopDirectory {
    registry: MerchantRegistry,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    bad: RwLock<Vec<MerchantId>>,
    learn: Learner,
}

impl std::fmt::Debug for ShopDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ShopDirectory")
            .field(&self.registry)
            .finish()
    }
}

impl ShopDirectory {
    /// Takes up the shops of earlier runs and connects those given.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn open(
        registry: MerchantRegistry,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        sources: &[MerchantSource],
        learn: Learner,
    ) -> anyhow::Result<Self> {
        let directory = Self {
            registry,
            journal,
            clock,
            bad: RwLock::default(),
            learn,
        };
        for source in sources {
            if let Some(id) = &source.id {
                let entry = MerchantEntry {
                    id: id.clone(),
                    origin: source.url.clone(),
                    name: source.name.clone(),
                    legal_name: source.name.clone(),
                    feed: None,
                };
                directory.registry.restore(&entry)?;
            }
        }
        for entry in directory.remembered().await? {
            // A shop that is connected already, or whose address is not allowed any more, is left aside.
            if let Err(error) = directory.registry.restore(&entry) {
                tracing::debug!(merchant = %entry.id, %error, "a remembered shop was not taken up");
            }
        }
        directory.learn_all().await;
        for source in sources.iter().filter(|s| s.id.is_none()) {
            if let Err(error) = directory.connect(&source.url).await {
                tracing::warn!(url = %source.url, %error, "a shop of the settings cannot be connected now");
            }
        }
        Ok(directory)
    }

    async fn remembered(&self) -> anyhow::Result<Vec<MerchantEntry>> {
        let stream = StreamName::parse(STREAM)?;
        let mut entries: Vec<MerchantEntry> = Vec::new();
        for stored in read_all(&*self.journal, &stream, Seq::START, 100_000).await? {
            match stored.kind.as_str() {
                "connected" => {
                    let entry: MerchantEntry = serde_json::from_value(stored.body)?;
                    entries.retain(|e| e.id != entry.id);
                    entries.push(entry);
                }
                "removed" => {
                    let id = stored
                        .body
                        .get("id")
                        .and_then(|v| v.as_str())
                        .unwrap_or_default()
                        .to_owned();
                    entries.retain(|e| e.id.as_str() != id);
                }
                _ => {}
            }
        }
        Ok(entries)
    }

    /// Asks every shop for its profile, all at once; one that is away is asked again when it is used.
    async fn learn_all(&self) {
        let mut asked = JoinSet::new();
        for info in self.registry.list() {
            let feed = self.registry.feed(&info.id);
            if let Some(shop) = self.registry.ucp(&info.id) {
                let (learn, info) = (Arc::clone(&self.learn), info.clone());
                asked.spawn(async move {
                    // Its words are what the offline planner knows; without them a search still finds it.
                    match tokio::time::timeout(PROBE, shop.browse(WORDS_OF)).await {
                        Ok(Ok(products)) => learn(&products),
                        Ok(Err(_)) | Err(_) => {
                            tracing::warn!(merchant = %info.id, "a shop does not answer at the start");
                        }
                    }
                });
            }
            if let Some(shop) = feed {
                let learn = Arc::clone(&self.learn);
                asked.spawn(async move {
                    match tokio::time::timeout(PROBE, shop.browse(WORDS_OF)).await {
                        Ok(Ok(products)) => learn(&products),
                        Ok(Err(_)) | Err(_) => {
                            tracing::warn!(merchant = %info.id, "a feed does not answer at the start");
                        }
                    }
                });
            }
        }
        while asked.join_next().await.is_some() {}
    }

    async fn connect(&self, url: &str) -> Result<MerchantInfo, MerchantError> {
        match self.registry.add(url).await {
            Err(MerchantError::AlreadyConnected { merchant }) => {
                let known = self.registry.list().into_iter().find(|i| i.id == merchant);
                known.ok_or(MerchantError::AlreadyConnected { merchant })
            }
            other => other,
        }
    }

    async fn record(&self, kind: &str, body: serde_json::Value) -> Result<(), HouseError> {
        let failed = |cause: String| HouseError {
            kind: ErrorKind::Unavailable,
            code: "RUN-0005",
            message: format!("the journal cannot be written: {cause}"),
            hint: None,
        };
        let stream = StreamName::parse(STREAM).map_err(|e| failed(e.to_string()))?;
        let record = Record::new(kind, body);
        self.journal
            .append(
                &stream,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                self.clock.now(),
            )
            .await
            .map_err(|e| failed(e.to_string()))?;
        Ok(())
    }
}

impl Directory for ShopDirectory {
    fn shop(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>> {
        self.registry.get(id)
    }

    fn cards(&self) -> Vec<MerchantCard> {
        let bad = self.bad.read().unwrap_or_else(PoisonError::into_inner);
        self.registry
            .list()
            .into_iter()
            .map(|info| card(&info, bad.contains(&info.id)))
            .collect()
    }

    fn views(&self) -> Vec<MerchantView> {
        self.registry.list().iter().map(view).collect()
    }

    fn add<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<MerchantView, HouseError>> {
        Box::pin(async move {
            let info = self.registry.add(url).await.map_err(|e| house_error(&e))?;
            let entry = MerchantEntry {
                id: info.id.clone(),
                origin: info.origin.clone(),
                name: info.name.clone(),
                legal_name: info.legal_name.clone(),
                feed: info.feed.clone(),
            };
            if let Some(shop) = self.registry.ucp(&info.id)
                && let Ok(Ok(products)) = tokio::time::timeout(PROBE, shop.browse(WORDS_OF)).await
            {
                (self.learn)(&products);
            }
            if let Some(shop) = self.registry.feed(&info.id)
                && let Ok(products) = shop.browse(WORDS_OF).await
            {
                (self.learn)(&products);
            }
            let body = serde_json::to_value(&entry).unwrap_or_default();
            if let Err(error) = self.record("connected", body).await {
                self.registry.remove(&info.id);
                return Err(error);
            }
            Ok(view(&info))
        })
    }

    fn remove<'a>(&'a self, id: &'a MerchantId) -> BoxFuture<'a, Result<(), HouseError>> {
        Box::pin(async move {
            if !self.registry.remove(id) {
                return Err(HouseError {
                    kind: ErrorKind::NotFound,
                    code: "RUN-0006",
                    message: format!("no shop `{id}` is connected"),
                    hint: Some("`errand merchant list` names them".to_owned()),
                });
            }
            self.record("removed", json!({ "id": id })).await
        })
    }

    fn probe(&self) -> BoxFuture<'_, Vec<ShopStatus>> {
        Box::pin(async move {
            let mut asked = JoinSet::new();
            for info in self.registry.list() {
                let (ucp, feed) = (self.registry.ucp(&info.id), self.registry.feed(&info.id));
                asked.spawn(async move {
                    let started = Instant::now();
                    let asking = async {
                        match (ucp, feed) {
                            (Some(shop), _) => shop.ping().await.is_ok(),
                            (None, Some(shop)) => shop.browse(1).await.is_ok(),
                            (None, None) => false,
                        }
                    };
                    let alive = tokio::time::timeout(PROBE, asking).await.unwrap_or(false);
                    let latency_ms =
                        u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
                    ShopStatus {
                        id: info.id,
                        name: info.name,
                        alive,
                        latency_ms,
                    }
                });
            }
            let mut all = Vec::new();
            while let Some(done) = asked.join_next().await {
                all.extend(done);
            }
            all.sort_by(|a, b| a.name.cmp(&b.name));
            all
        })
    }
}

fn card(info: &MerchantInfo, bad_signature: bool) -> MerchantCard {
    MerchantCard {
        id: info.id.clone(),
        name: Text::clip(&info.name),
        legal_name: Text::clip(&info.legal_name),
        origin: Text::clip(&info.origin),
        wants: info.wants.clone(),
        slots: info.slots,
        care: info.care,
        forbids_agents: false,
        bad_signature,
    }
}

fn view(info: &MerchantInfo) -> MerchantView {
    let words = |list: &[String]| list.iter().map(|w| w.replace('_', " ")).collect();
    MerchantView {
        id: info.id.clone(),
        name: info.name.clone(),
        legal_name: info.legal_name.clone(),
        origin: info.origin.clone(),
        protocol: info
            .protocol_version
            .as_ref()
            .map_or_else(|| without_protocol(info), |v| format!("UCP {v}")),
        can: words(&info.can),
        cannot: words(&info.cannot),
        wants: info
            .wants
            .iter()
            .copied()
            .filter(|c| *c != DataClass::PaymentToken)
            .collect(),
        alive: None,
        latency_ms: None,
    }
}

fn without_protocol(info: &MerchantInfo) -> String {
    let is_feed = info.feed.is_some();
    let told = if is_feed {
        "product feed"
    } else {
        "not reached yet"
    };
    told.to_owned()
}

fn house_error(error: &MerchantError) -> HouseError {
    let kind = match error {
        MerchantError::AlreadyConnected { .. } | MerchantError::RegistryFull { .. } => {
            ErrorKind::Conflict
        }
        MerchantError::AddressForbidden { .. }
        | MerchantError::NotAShop { .. }
        | MerchantError::VersionUnsupported { .. } => ErrorKind::BadRequest,
        _ => ErrorKind::Unavailable,
    };
    HouseError {
        kind,
        code: error.code(),
        message: error.to_string(),
        hint: Some(error.hint().to_owned()),
    }
}
