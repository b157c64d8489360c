//! A shop that only has a product feed: it is found and compared like any other, and sells on its own page alone.

mod buying;
mod products;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use errand_gate::SearchShops;
use errand_index::feed::{FeedError, Format, Report, Source, read};
use errand_index::{Ask, Filter, IndexError, ProductIndex};
use errand_types::{Clock, ForeignId, MerchantId, Product};
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;
use url::Url;

use crate::address::AddressRule;
use crate::error::MerchantError;
use crate::op::Op;
use crate::port::Found;
use crate::profile::{MerchantInfo, host_of};
use crate::wire::{Lost, Wire};

/// Bytes of a feed that are fetched.
const FEED_MAX: usize = 64 << 20;
/// How long fetching it may take.
const FETCH: Duration = Duration::from_secs(60);
/// How long a feed is taken for what the shop offers.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long one that cannot be fetched again is used on; after that its offers are stale.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// How long a shop whose feed could not be fetched is left alone.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// What became of the feed when it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// When it was read.
    pub read_at: Timestamp,
    /// What was taken and refused.
    pub report: Report,
}

/// A shop that only has a product feed.
///
/// Searching asks nobody: the feed is fetched as a whole, at most once an hour, and searched here. So the shop never
/// learns what a person looks for.
#[derive(Debug)]
pub struct FeedMerchant {
    id: MerchantId,
    info: MerchantInfo,
    address: Url,
    wire: Arc<dyn Wire>,
    clock: Arc<dyn Clock>,
    index: Arc<ProductIndex>,
    known: Mutex<Known>,
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    state: Option<FeedState>,
    /// Not to be fetched again before.
    wait_until: Option<Timestamp>,
}

impl FeedMerchant {
    pub(crate) fn new(
        info: MerchantInfo,
        address: &str,
        rule: AddressRule,
        wire: Arc<dyn Wire>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MerchantError> {
        let address = rule.check(address)?;
        let merchant = info.id.as_str().to_owned();
        let index = ProductIndex::in_memory().map_err(|_| MerchantError::Unreadable {
            merchant,
            op: Op::Discover,
            what: "no index could be made for it",
        })?;
        Ok(Self {
            id: info.id.clone(),
            info: MerchantInfo {
                feed: Some(address.to_string()),
                can: vec!["search".to_owned(), "lookup".to_owned()],
                cannot: vec!["checkout".to_owned(), "orders".to_owned()],
                ..info
            },
            address,
            wire,
            clock,
            index: Arc::new(index),
            known: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
        })
    }

    /// What became of the feed when it was last read; `None` before.
    pub fn state(&self) -> Option<FeedState> {
        self.known().state.clone()
    }

    /// Fetches and reads the feed now. What it no longer holds is withdrawn, unless it was longer than is read.
    ///
    /// # Errors
    /// Why it cannot be fetched or read, or that not one of its rows is a product; what was known stays.
    pub async fn refresh(&self) -> Result<FeedState, MerchantError> {
        let _one_at_a_time = self.refreshing.lock().await;
        self.refresh_now().await
    }

    async fn refresh_now(&self) -> Result<FeedState, MerchantError> {
        let now = self.clock.now();
        let result = self.fetch_and_read(now).await;
        let mut known = self.known();
        match result {
            Ok(report) => {
                let state = FeedState {
                    read_at: now,
                    report,
                };
                known.state = Some(state.clone());
                known.wait_until = None;
                Ok(state)
            }
            Err(error) => {
                known.wait_until = now.checked_add(AGAIN).ok();
                Err(error)
            }
        }
    }

    async fn fetch_and_read(&self, now: Timestamp) -> Result<Report, MerchantError> {
        let bytes = fetch(&*self.wire, &self.address, self.id.as_str()).await?;
        let source = Source {
            merchant: self.id.clone(),
            currency: None,
            host: Some(host_of_pages(&self.address)),
            seen_at: now.as_second(),
        };
        let index = Arc::clone(&self.index);
        // Reading takes a while and never waits: it has a thread of its own.
        let read = tokio::task::spawn_blocking(move || take_in(&index, &bytes, &source)).await;
        let unreadable = |what| MerchantError::Unreadable {
            merchant: self.id.as_str().to_owned(),
            op: Op::Search,
            what,
        };
        match read {
            Ok(Ok(report)) => Ok(report),
            Ok(Err(NotTaken::NoFeed)) => Err(unreadable("it is no product feed")),
            Ok(Err(NotTaken::NoProduct)) => Err(unreadable("no row of its feed is a product")),
            Ok(Err(NotTaken::Failed)) | Err(_) => Err(unreadable("its feed could not be taken in")),
        }
    }

    /// Sees to it that the feed was read lately enough.
    async fn fresh(&self) -> Result<(), MerchantError> {
        if self.is_younger_than(FRESH) {
            return Ok(());
        }
        let _one_at_a_time = self.refreshing.lock().await;
        if self.is_younger_than(FRESH) {
            return Ok(());
        }
        let is_left_alone = self
            .known()
            .wait_until
            .is_some_and(|until| self.clock.now() < until);
        let error = if is_left_alone {
            MerchantError::NoAnswer {
                merchant: self.id.as_str().to_owned(),
                op: Op::Search,
            }
        } else {
            match self.refresh_now().await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            }
        };
        if self.is_younger_than(STALE) {
            return Ok(());
        }
        Err(error)
    }

    fn is_younger_than(&self, age: SignedDuration) -> bool {
        let known = self.known();
        let read_at = known.state.as_ref().map(|state| state.read_at);
        read_at.is_some_and(|at| self.clock.now().duration_since(at) < age)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn do_search(&self, act: &SearchShops) -> Result<Found, MerchantError> {
        self.fresh().await?;
        let ask = Ask {
            text: act.query.as_str().to_owned(),
            filter: Filter {
                price_max: act.price_max,
                ..Filter::default()
            },
            limit: usize::from(act.limit.clamp(1, 200)),
            facets: false,
            currency: act.price_max.map(errand_types::Money::currency),
        };
        let answer = match self.index.search(&ask) {
            Ok(answer) => answer,
            Err(IndexError::NothingAsked) => errand_index::Answer::default(),
            Err(_) => return Err(self.broken()),
        };
        // When nothing keeps within the price, what comes nearest is shown, and what is left out is told with its reason
        // where all shops are compared. Words that nothing here has bring nothing.
        let is_named = !answer
            .in_the_way
            .iter()
            .any(|wish| matches!(wish, errand_index::Wish::Words { .. }));
        let hits = if answer.hits.is_empty() && is_named {
            answer.alternatives
        } else {
            answer.hits
        };
        let documents: Result<Vec<_>, _> = hits.iter().map(errand_index::Hit::document).collect();
        let documents = documents.map_err(|_| self.broken())?;
        Ok(Found {
            products: documents.iter().filter_map(products::product).collect(),
            total: None,
        })
    }

    async fn do_lookup(&self, ids: &[ForeignId]) -> Result<Vec<Product>, MerchantError> {
        self.fresh().await?;
        let mut found = Vec::new();
        for id in ids.iter().take(400) {
            let document = self.index.get(&self.id, id).map_err(|_| self.broken())?;
            found.extend(document.as_ref().and_then(products::product));
        }
        Ok(found)
    }

    async fn do_product(&self, id: &ForeignId) -> Result<Product, MerchantError> {
        let found = self.do_lookup(std::slice::from_ref(id)).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| MerchantError::NotFound {
                merchant: self.id.as_str().to_owned(),
                op: Op::GetProduct,
            })
    }

    /// Some products for learning their words.
    ///
    /// # Errors
    /// Why the feed cannot be read.
    pub async fn browse(&self, most: usize) -> Result<Vec<Product>, MerchantError> {
        self.fresh().await?;
        let all = Ask {
            filter: Filter {
                merchants: vec![self.id.as_str().to_owned()],
                ..Filter::default()
            },
            limit: most,
            ..Ask::default()
        };
        let answer = self.index.search(&all).map_err(|_| self.broken())?;
        let documents = answer.hits.iter().filter_map(|hit| hit.document().ok());
        Ok(documents
            .filter_map(|document| products::product(&document))
            .collect())
    }

    fn broken(&self) -> MerchantError {
        MerchantError::Unreadable {
            merchant: self.id.as_str().to_owned(),
            op: Op::Search,
            what: "its index cannot be read",
        }
    }
}

/// Whether a feed answers at an address.
pub(crate) async fn probe(wire: &dyn Wire, address: &Url) -> Result<(), MerchantError> {
    let host = host_of(&address.origin().ascii_serialization());
    let bytes = fetch(wire, address, &host).await?;
    if Format::of(&bytes).is_some() {
        return Ok(());
    }
    Err(MerchantError::NotAShop {
        origin: host,
        why: "neither a shop nor a product feed answers there",
    })
}

async fn fetch(wire: &dyn Wire, address: &Url, merchant: &str) -> Result<Vec<u8>, MerchantError> {
    let merchant = merchant.to_owned();
    let op = Op::Search;
    let answer = timeout(FETCH, wire.fetch(address.clone(), FEED_MAX)).await;
    let (status, bytes) = match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(Lost::NotSent(cause))) => {
            return Err(MerchantError::NotSent {
                merchant,
                op,
                cause,
            });
        }
        Ok(Err(Lost::TooLarge)) => {
            let limit = FEED_MAX;
            return Err(MerchantError::TooLarge {
                merchant,
                op,
                limit,
            });
        }
        Ok(Err(Lost::NoAnswer)) | Err(_) => return Err(MerchantError::NoAnswer { merchant, op }),
    };
    match status {
        200..=299 => Ok(bytes),
        300..=399 => Err(MerchantError::Redirected {
            merchant,
            op,
            status,
        }),
        404 | 410 => Err(MerchantError::NotFound { merchant, op }),
        _ => Err(MerchantError::ShopFailed {
            merchant,
            op,
            status,
        }),
    }
}

/// The host that pages of products must be on: that of the feed, without what says that it is one.
fn host_of_pages(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    let plain = ["www.", "feed.", "feeds."]
        .iter()
        .find_map(|start| host.strip_prefix(start));
    plain.unwrap_or(host).to_owned()
}

/// Why a feed was not taken in.
enum NotTaken {
    NoFeed,
    NoProduct,
    Failed,
}

fn take_in(index: &ProductIndex, bytes: &[u8], source: &Source) -> Result<Report, NotTaken> {
    let format = Format::of(bytes).ok_or(NotTaken::NoFeed)?;
    let mut writer = index.writer().map_err(|_| NotTaken::Failed)?;
    let report = read(bytes, format, source, &mut |document| {
        writer.upsert(&document).map_err(FeedError::Index)
    });
    let report = report.map_err(|error| match error {
        FeedError::Form(_) => NotTaken::NoFeed,
        FeedError::Io(_) | FeedError::Index(_) => NotTaken::Failed,
    })?;
    if report.products == 0 {
        return Err(NotTaken::NoProduct);
    }
    // A feed that was cut says nothing about the rest.
    if !report.is_cut {
        writer
            .withdraw_unseen(&source.merchant, source.seen_at)
            .map_err(|_| NotTaken::Failed)?;
    }
    writer.commit().map_err(|_| NotTaken::Failed)?;
    Ok(report)
}
