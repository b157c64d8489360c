use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use errand_types::{Clock, Currency, ForeignId, Ids, MerchantId, OrderId, PurchaseId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use url::Url;

use crate::address::AddressRule;
use crate::backoff::Jitter;
use crate::breaker::Breaker;
use crate::caller::{Caller, Request};
use crate::discover::{self, Choice, ShopProfile};
use crate::error::MerchantError;
use crate::feed::FeedMerchant;
use crate::limits::ClientLimits;
use crate::op::Op;
use crate::port::IntentLog;
use crate::profile::{MerchantInfo, host_of};
use crate::read::checkout::Snapshot;
use crate::wire::{HttpWire, Method, Wire};
use crate::wirelog::WireLog;

/// Address of a profile that a home installation names: it is nobody's, because such an installation has no public one.
/// Shops that insist on reading it answer so, and the person finishes there.
const PROFILE_URL: &str = "https://errand.invalid/ucp/profile.json";
/// Checkouts that are remembered per shop.
const SNAPSHOTS_MAX: usize = 64;
/// How long a profile that cannot be refreshed is used on.
const STALE: SignedDuration = SignedDuration::from_hours(1);

/// How this installation talks to shops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientConfig {
    /// Public address of our profile, named on every request. Names the installation, never a person.
    pub profile_url: String,
    /// Language of answers: `en-US`.
    pub locale: Option<String>,
    /// Development mode: shops on this machine, also without TLS.
    pub loopback: bool,
    /// Bounds.
    pub limits: ClientLimits,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            profile_url: PROFILE_URL.to_owned(),
            locale: None,
            loopback: false,
            limits: ClientLimits::default(),
        }
    }
}

/// Doors to the world that clients of shops go through.
#[derive(Debug, Clone)]
pub struct Doors {
    /// Wall-clock time.
    pub clock: Arc<dyn Clock>,
    /// Chance for idempotency keys and request ids.
    pub ids: Arc<dyn Ids>,
    /// Where changes are written down before they are sent.
    pub intents: Arc<dyn IntentLog>,
    /// Where requests and answers are kept for looking into.
    pub log: WireLog,
    /// Seed of the waits between attempts.
    pub jitter_seed: u64,
}

/// Makes clients of shops that share one way to the network. They share nothing else: a slow or dead shop holds up
/// nobody.
#[derive(Debug, Clone)]
pub struct Connector {
    config: Arc<ClientConfig>,
    wire: Arc<dyn Wire>,
    doors: Doors,
    jitter: Arc<Jitter>,
    ours: (OrderId, PurchaseId),
}

impl Connector {
    /// Sets up the way to the network.
    ///
    /// # Errors
    /// [`MerchantError::NoClient`] when TLS cannot be set up.
    pub fn new(config: ClientConfig, doors: Doors) -> Result<Self, MerchantError> {
        let rule = AddressRule {
            loopback: config.loopback,
        };
        let wire = HttpWire::new(rule, config.limits.connect())?;
        Ok(Self::over(config, doors, Arc::new(wire)))
    }

    pub(crate) fn over(config: ClientConfig, doors: Doors, wire: Arc<dyn Wire>) -> Self {
        let jitter = Arc::new(Jitter::seeded(doors.jitter_seed));
        let ours = (OrderId::fresh(&*doors.ids), PurchaseId::fresh(&*doors.ids));
        Self {
            config: Arc::new(config),
            wire,
            doors,
            jitter,
            ours,
        }
    }

    /// Normalises what a person types to an origin: `shop.example/x` is `https://shop.example`.
    ///
    /// # Errors
    /// [`MerchantError::AddressForbidden`] for what may not be contacted.
    pub fn origin(&self, typed: &str) -> Result<String, MerchantError> {
        let typed = typed.trim();
        let rule = self.rule();
        let url = if typed.contains("://") {
            rule.check(typed)?
        } else {
            let secure = rule.check(&format!("https://{typed}"))?;
            let plain = rule.check(&format!("http://{typed}"));
            // Without TLS only loopback passes the rule, and there the plain one is meant.
            plain.unwrap_or(secure)
        };
        Ok(url.origin().ascii_serialization())
    }

    /// A client of a shop, without asking the shop anything yet.
    ///
    /// # Errors
    /// [`MerchantError::AddressForbidden`] for what may not be contacted.
    pub fn client(&self, info: MerchantInfo) -> Result<UcpMerchant, MerchantError> {
        self.rule().check(&info.origin)?;
        let limits = self.config.limits.clone();
        let ms = Duration::from_millis;
        let breaker = Breaker::new(
            limits.breaker_failures,
            ms(limits.breaker_open_ms),
            ms(limits.breaker_open_max_ms),
        );
        let caller = Caller {
            label: info.id.as_str().to_owned(),
            wire: Arc::clone(&self.wire),
            clock: Arc::clone(&self.doors.clock),
            ids: Arc::clone(&self.doors.ids),
            jitter: Arc::clone(&self.jitter),
            log: self.doors.log.clone(),
            agent: Some(format!(
                "profile=\"{}\"",
                plain_header(&self.config.profile_url)
            )),
            locale: self.config.locale.as_deref().map(plain_header),
            breaker: Mutex::new(breaker),
            permits: Semaphore::new(limits.concurrency.clamp(1, 1_000)),
            limits,
        };
        Ok(UcpMerchant {
            id: info.id.clone(),
            origin: info.origin.clone(),
            rule: self.rule(),
            caller,
            intents: Arc::clone(&self.doors.intents),
            clock: Arc::clone(&self.doors.clock),
            ours: self.ours.clone(),
            known: Mutex::new(Known {
                info,
                profile: None,
                currency: None,
                snapshots: VecDeque::new(),
            }),
            refreshing: tokio::sync::Mutex::new(()),
            guards: Guards::ON,
        })
    }

    /// A client of a shop that is not in any list yet; its name is made from the host until the shop tells its own.
    ///
    /// # Errors
    /// [`MerchantError::AddressForbidden`] for what may not be contacted.
    pub fn stranger(&self, typed: &str, id: MerchantId) -> Result<UcpMerchant, MerchantError> {
        let origin = self.origin(typed)?;
        let host = host_of(&origin);
        self.client(MerchantInfo::unreached(id, &origin, &host, &host))
    }

    /// A shop that only has a product feed, without asking it anything yet.
    ///
    /// # Errors
    /// [`MerchantError::AddressForbidden`] for what may not be contacted.
    pub(crate) fn feed(
        &self,
        info: MerchantInfo,
        address: &str,
    ) -> Result<FeedMerchant, MerchantError> {
        let (wire, clock) = (Arc::clone(&self.wire), Arc::clone(&self.doors.clock));
        FeedMerchant::new(info, address, self.rule(), wire, clock)
    }

    /// The address as typed when a product feed answers there.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) async fn probe_feed(&self, typed: &str) -> Result<Url, MerchantError> {
        let typed = typed.trim();
        let whole = if typed.contains("://") {
            typed.to_owned()
        } else {
            let origin = self.origin(typed)?;
            let path = typed
                .find('/')
                .and_then(|at| typed.get(at..))
                .unwrap_or_default();
            format!("{origin}{path}")
        };
        let address = self.rule().check(&whole)?;
        crate::feed::probe(&*self.wire, &address).await?;
        Ok(address)
    }

    fn rule(&self) -> AddressRule {
        AddressRule {
            loopback: self.config.loopback,
        }
    }
}

/// Text that may stand in a header and within quotes.
fn plain_header(raw: &str) -> String {
    raw.chars()
        .filter(|c| c.is_ascii_graphic() && *c != '"' && *c != '\\')
        .take(500)
        .collect()
}

/// Which of our own rules are kept. All of them, except in tests that show that each rule is what catches a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own, switched off one at a time"
)]
pub(crate) struct Guards {
    /// Totals must add up before anything is paid.
    pub(crate) totals: bool,
    /// Only instruments that the checkout offers are used.
    pub(crate) offers: bool,
    /// Pages are followed by `has_next_page` and not by their length.
    pub(crate) pages: bool,
    /// A choice that was made twice is sent once.
    pub(crate) choices: bool,
    /// Nothing but payment goes into a completion.
    pub(crate) hygiene: bool,
}

impl Guards {
    pub(crate) const ON: Self = Self {
        totals: true,
        offers: true,
        pages: true,
        choices: true,
        hygiene: true,
    };
}

/// A shop that speaks UCP over REST, in any of the four versions.
#[derive(Debug)]
pub struct UcpMerchant {
    pub(crate) id: MerchantId,
    pub(crate) origin: String,
    pub(crate) rule: AddressRule,
    pub(crate) caller: Caller,
    pub(crate) intents: Arc<dyn IntentLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ours: (OrderId, PurchaseId),
    pub(crate) known: Mutex<Known>,
    refreshing: tokio::sync::Mutex<()>,
    pub(crate) guards: Guards,
}

/// What was learned of a shop. A cache: everything in it can be asked again.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) info: MerchantInfo,
    profile: Option<Held>,
    pub(crate) currency: Option<Currency>,
    snapshots: VecDeque<Arc<Snapshot>>,
}

#[derive(Debug)]
struct Held {
    profile: Arc<ShopProfile>,
    fresh_until: Timestamp,
    usable_until: Timestamp,
}

impl UcpMerchant {
    pub(crate) fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the shop's profile if it is not known or no longer fresh.
    ///
    /// # Errors
    /// Why the shop cannot be talked to. A profile that was known is used for an hour longer.
    pub async fn learn(&self) -> Result<MerchantInfo, MerchantError> {
        self.profile().await?;
        Ok(self.known().info.clone())
    }

    /// Asks whether the shop is there, now, whatever is remembered of it.
    ///
    /// # Errors
    /// Why it cannot be talked to.
    pub async fn ping(&self) -> Result<(), MerchantError> {
        self.discover().await.map(|_| ())
    }

    pub(crate) async fn profile(&self) -> Result<Arc<ShopProfile>, MerchantError> {
        if let Some(profile) = self.fresh_profile() {
            return Ok(profile);
        }
        let _one_at_a_time = self.refreshing.lock().await;
        if let Some(profile) = self.fresh_profile() {
            return Ok(profile);
        }
        let now = self.clock.now();
        match self.discover().await {
            Ok((profile, seconds)) => {
                let profile = Arc::new(profile);
                let mut known = self.known();
                known.info = known.info.clone().learned(&profile);
                let fresh_until = after(now, SignedDuration::from_secs(seconds));
                let usable_until = after(fresh_until, STALE);
                known.profile = Some(Held {
                    profile: Arc::clone(&profile),
                    fresh_until,
                    usable_until,
                });
                Ok(profile)
            }
            Err(error) => {
                let mut known = self.known();
                let Some(held) = known
                    .profile
                    .as_mut()
                    .filter(|held| now < held.usable_until)
                else {
                    return Err(error);
                };
                held.fresh_until = after(now, SignedDuration::from_mins(1)).min(held.usable_until);
                Ok(Arc::clone(&held.profile))
            }
        }
    }

    fn fresh_profile(&self) -> Option<Arc<ShopProfile>> {
        let now = self.clock.now();
        let known = self.known();
        known
            .profile
            .as_ref()
            .filter(|held| now < held.fresh_until)
            .map(|held| Arc::clone(&held.profile))
    }

    async fn discover(&self) -> Result<(ShopProfile, i64), MerchantError> {
        let not_a_shop = |why| MerchantError::NotAShop {
            origin: host_of(&self.origin),
            why,
        };
        let address = self
            .rule
            .check(&format!("{}/.well-known/ucp", self.origin))?;
        let (doc, fresh) = self.document(&address).await?;
        let choices = discover::choices(&doc).map_err(|version| {
            if version.is_empty() {
                not_a_shop("its profile names no version")
            } else {
                MerchantError::VersionUnsupported {
                    merchant: self.caller.label.clone(),
                    version,
                }
            }
        })?;
        let mut first_error = None;
        for choice in choices.into_iter().take(4) {
            let read = match choice {
                Choice::Here => {
                    discover::read(&doc, &self.origin, self.rule).map(|profile| (profile, fresh))
                }
                Choice::Leaf { dialect, url } => self.leaf(dialect.version(), &url, &address).await,
            };
            match read {
                Ok(found) => return Ok(found),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        Err(first_error.unwrap_or_else(|| not_a_shop("its profile names no version")))
    }

    /// A profile of one version. It is a leaf: it must be of the version that it is listed under, on the same host.
    async fn leaf(
        &self,
        version: &str,
        url: &str,
        root: &Url,
    ) -> Result<(ShopProfile, i64), MerchantError> {
        let not_a_shop = |why| MerchantError::NotAShop {
            origin: host_of(&self.origin),
            why,
        };
        let url = root
            .join(url)
            .map_err(|_| not_a_shop("a versioned profile has no address"))?;
        let url = self.rule.check(url.as_str())?;
        if url.origin() != root.origin() {
            return Err(not_a_shop("a versioned profile lies elsewhere"));
        }
        let (doc, fresh) = self.document(&url).await?;
        if discover::version_of(&doc) != Some(version) {
            return Err(not_a_shop("a versioned profile is of another version"));
        }
        discover::read(&doc, &self.origin, self.rule).map(|profile| (profile, fresh))
    }

    async fn document(&self, url: &Url) -> Result<(serde_json::Value, i64), MerchantError> {
        let not_a_shop = |why| MerchantError::NotAShop {
            origin: host_of(&self.origin),
            why,
        };
        let request = Request {
            op: Op::Discover,
            method: Method::Get,
            url,
            body: None,
            key: None,
            dialect: None,
        };
        let answered = self
            .caller
            .call(request)
            .await
            .map_err(|error| match error {
                MerchantError::NotFound { .. } | MerchantError::Unsupported { .. } => {
                    not_a_shop("nothing answers at /.well-known/ucp")
                }
                MerchantError::Unreadable { .. } => not_a_shop("what answers there is no profile"),
                other => other,
            })?;
        if !answered.body.is_object() {
            return Err(not_a_shop("what answers there is no profile"));
        }
        let unknown = discover::read(&answered.body, &self.origin, self.rule)
            .map(|profile| profile.unknown_config);
        if let Ok(unknown) = unknown
            && !unknown.is_empty()
        {
            self.caller.log.flag(
                answered.entry,
                "unknown_config_fields",
                serde_json::json!(unknown),
            );
        }
        Ok((
            answered.body,
            discover::fresh_for(answered.cache_control.as_deref()),
        ))
    }

    pub(crate) fn remember(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        let mut known = self.known();
        known.currency = Some(snapshot.checkout.currency);
        known
            .snapshots
            .retain(|held| held.checkout.id != snapshot.checkout.id);
        if known.snapshots.len() >= SNAPSHOTS_MAX {
            known.snapshots.pop_front();
        }
        known.snapshots.push_back(Arc::clone(&snapshot));
        snapshot
    }

    pub(crate) fn remembered(&self, checkout: &ForeignId) -> Option<Arc<Snapshot>> {
        self.known()
            .snapshots
            .iter()
            .find(|held| held.checkout.id == *checkout)
            .cloned()
    }

    /// The address of an operation below the shop's endpoint. Ids of the shop become one path segment each, whatever is
    /// in them; those that a path would take for "here" or "up" are refused.
    pub(crate) fn address(
        &self,
        profile: &ShopProfile,
        op: Op,
        segments: &[&str],
    ) -> Result<Url, MerchantError> {
        let wild = || MerchantError::Unreadable {
            merchant: self.caller.label.clone(),
            op,
            what: "an id cannot stand in an address",
        };
        let mut url = profile.endpoint.clone();
        if segments
            .iter()
            .any(|segment| matches!(*segment, "" | "." | ".."))
        {
            return Err(wild());
        }
        url.path_segments_mut()
            .map_err(|()| wild())?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }
}

fn after(at: Timestamp, length: SignedDuration) -> Timestamp {
    at.checked_add(length).unwrap_or(Timestamp::MAX)
}
