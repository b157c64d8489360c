//! The state of a session in the journal: each product once, and the rest anew at the end of every turn.
//!
//! Comfort, not truth: a purchase is in streams of its own and goes on without it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use errand_engine::{Known, Session};
use errand_journal::Record;
use errand_types::{ForeignId, MerchantId, OfferRef, Product, SessionId};
use serde::{Deserialize, Serialize, Serializer};

use crate::records::Recorder;

/// Records of one session's stream; past them it is written anew and what stood before is cut away.
const RECORDS_MAX: usize = 96;

const PRODUCT: &str = "product";
const SNAPSHOT: &str = "snapshot";

/// Everything but the products, which stand before it.
#[derive(Debug, Deserialize)]
struct Snapshot {
    session: Session,
    known: Vec<(OfferRef, Known<()>)>,
    keys: Vec<String>,
}

/// The same, to be written without a copy.
#[derive(Debug, Serialize)]
struct Keeping<'a> {
    session: &'a Session,
    #[serde(serialize_with = "pairs")]
    known: &'a BTreeMap<OfferRef, Known>,
    keys: &'a VecDeque<String>,
}

/// A map as a list of pairs: the keys of a JSON object are text, and an offer is three names.
fn pairs<S: Serializer>(known: &BTreeMap<OfferRef, Known>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(known)
}

type Key = (MerchantId, ForeignId);

fn key(product: &Product) -> Key {
    (product.merchant.clone(), product.id.clone())
}

/// What of one session lies in its stream.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    products: BTreeMap<Key, Arc<Product>>,
    records: usize,
}

/// A session as it was taken up.
#[derive(Debug)]
pub(crate) struct TakenUp {
    pub(crate) session: Session,
    /// Keys of sentences that were heard: the same one again is heard once.
    pub(crate) keys: Vec<String>,
    pub(crate) kept: Kept,
}

impl TakenUp {
    /// A session of which nothing was kept so far.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            keys: Vec::new(),
            kept: Kept::default(),
        }
    }
}

impl Kept {
    /// Writes down what changed since the last time.
    pub(crate) async fn keep(
        &mut self,
        recorder: &Recorder,
        session: &Session,
        keys: &VecDeque<String>,
    ) -> Result<(), String> {
        let is_anew = self.records >= RECORDS_MAX;
        if is_anew {
            *self = Self::default();
        }
        let mut records = Vec::new();
        for known in session.known.values() {
            let key = key(&known.product);
            let is_there = self.products.get(&key).is_some_and(|old| {
                Arc::ptr_eq(old, &known.product) || old.says_the_same(&known.product)
            });
            if !is_there {
                records.push(Record::new(PRODUCT, &*known.product));
                self.products.insert(key, Arc::clone(&known.product));
            }
        }
        let (known, count) = (&session.known, records.len() + 1);
        records.push(Record::new(
            SNAPSHOT,
            Keeping {
                session,
                known,
                keys,
            },
        ));
        self.records = self.records.saturating_add(count);
        let done = recorder.keep(&session.id, records, is_anew).await;
        if done.is_err() {
            // What is in the stream now is not known: the next time everything is written again.
            *self = Self::default();
        }
        done.map_err(|e| e.to_string())
    }
}

/// The last state of a session in the journal; `None` when there never was one.
pub(crate) async fn load(recorder: &Recorder, id: &SessionId) -> Result<Option<TakenUp>, String> {
    let unreadable = |what: &str, e: serde_json::Error| {
        format!("a {what} of a session in the journal cannot be read: {e}")
    };
    let mut kept = Kept::default();
    let mut last = None;
    for stored in recorder.kept(id).await? {
        kept.records = kept.records.saturating_add(1);
        if stored.kind == PRODUCT {
            let product: Product =
                serde_json::from_value(stored.body).map_err(|e| unreadable(PRODUCT, e))?;
            kept.products.insert(key(&product), Arc::new(product));
        } else {
            last = Some(stored.body);
        }
    }
    let Some(body) = last else { return Ok(None) };
    let Snapshot {
        mut session,
        known,
        keys,
    } = serde_json::from_value(body).map_err(|e| unreadable(SNAPSHOT, e))?;
    let known = known.into_iter().filter_map(|(offer, known)| {
        let key = (offer.merchant.clone(), offer.product.clone());
        let product = Arc::clone(kept.products.get(&key)?);
        Some((offer, known.of(product)))
    });
    session.known = known.collect();
    Ok(Some(TakenUp {
        session,
        keys,
        kept,
    }))
}

#[cfg(test)]
mod tests {
    use errand_journal::{MemoryJournal, Seq, StreamName, read_all};
    use errand_types::Clock;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    fn session() -> Session {
        let empty: [(); 0] = [];
        serde_json::from_value(json!({
            "id": "sess_kept", "user": "usr_one", "agent": "concierge", "depth": 0, "transcript": empty,
            "results": empty, "shown": empty, "focus": null, "configuring": null,
            "cart": { "id": "cart_one", "revision": 0, "lines": empty }, "undo": empty, "wish": null,
            "total_max": null, "run": null, "purchases": empty, "open": null, "lost": 0,
        }))
        .unwrap()
    }

    fn known(number: usize, title: &str) -> (OfferRef, Known) {
        let variant = json!({
            "id": "v", "title": title, "price": { "minor": 100, "currency": "USD" }, "availability": "in", "options": [],
        });
        let product: Product = serde_json::from_value(json!({
            "merchant": "shop", "id": format!("p{number}"), "title": title, "description": "", "categories": [],
            "tags": [], "variants": [variant], "attributes": [], "certificates": [], "seen_at": "2026-11-24T15:00:00Z",
        }))
        .unwrap();
        let offer = OfferRef {
            merchant: product.merchant.clone(),
            product: product.id.clone(),
            variant: product.variants[0].id.clone(),
        };
        let known = Known {
            variant: product.variants[0].clone(),
            product: Arc::new(product),
            need: None,
            confirmed: vec!["fair trade".to_owned()],
            reasons: Vec::new(),
            delivery: None,
            delivery_cost: None,
            also: Vec::new(),
            choices: Vec::new(),
            named: Vec::new(),
        };
        (offer, known)
    }

    async fn house() -> (Arc<MemoryJournal>, Recorder) {
        let journal = Arc::new(MemoryJournal::default());
        let recorder = Recorder::open(Arc::clone(&journal) as _, Arc::new(Still));
        (journal, recorder.await.unwrap())
    }

    async fn kinds(journal: &MemoryJournal) -> Vec<String> {
        let stream = StreamName::parse("session/sess_kept").unwrap();
        let stored = read_all(journal, &stream, Seq::START, 1_000).await.unwrap();
        stored.into_iter().map(|s| s.kind).collect()
    }

    #[tokio::test]
    async fn a_product_is_written_once_and_again_only_when_the_shop_says_something_else() {
        let (journal, recorder) = house().await;
        let (mut session, keys, mut kept) = (session(), VecDeque::new(), Kept::default());
        session.known = [known(1, "beans"), known(2, "tea")].into();
        kept.keep(&recorder, &session, &keys).await.unwrap();
        session.known.extend([known(1, "beans")]);
        kept.keep(&recorder, &session, &keys).await.unwrap();
        session.known.extend([known(1, "better beans")]);
        kept.keep(&recorder, &session, &keys).await.unwrap();

        let expected = [
            "product", "product", "snapshot", "snapshot", "product", "snapshot",
        ];
        assert_eq!(kinds(&journal).await, expected);
    }

    #[tokio::test]
    async fn a_session_comes_back_with_its_products_and_keys_however_long_it_was() {
        let (journal, recorder) = house().await;
        let (mut session, mut kept) = (session(), Kept::default());
        let mut keys = VecDeque::new();
        for turn in 0..500 {
            session.known = (turn..turn + 3).map(|n| known(n, "beans")).collect();
            session.lost = u8::try_from(turn % 200).unwrap();
            keys = [format!("k{turn}")].into();
            kept.keep(&recorder, &session, &keys).await.unwrap();
            assert!(kinds(&journal).await.len() <= RECORDS_MAX + 8);
        }

        let found = load(&recorder, &session.id).await.unwrap().unwrap();

        assert_eq!(found.session.known, session.known);
        assert_eq!(found.session.lost, session.lost);
        assert_eq!(found.keys, Vec::from(keys.clone()));
        // Taken up, it goes on where it was: nothing that lies there is written again.
        let mut kept = found.kept;
        let before = kinds(&journal).await.len();
        kept.keep(&recorder, &found.session, &keys).await.unwrap();
        assert_eq!(kinds(&journal).await.len(), before + 1);
        let other = SessionId::parse("sess_other").unwrap();
        assert!(load(&recorder, &other).await.unwrap().is_none());
    }
}
