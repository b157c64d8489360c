//! The state of a session in the journal: each product, each sentence, each key and each search once, what is known of a
//! product when it changed, and the rest anew at the end of every turn.
//!
//! Comfort, not truth: a purchase is in streams of its own and goes on without it.

mod known;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use errand_engine::{Known, Results, Session, TRANSCRIPT_MAX};
use errand_journal::Record;
use errand_protocol::errand::Utterance;
use errand_types::{ForeignId, MerchantId, Need, OfferRef, Product, SessionId};
use serde::{Deserialize, Serialize};

use crate::later::State;
use crate::records::Recorder;
use known::Entry;

/// Keys of sentences remembered.
pub(crate) const KEYS_MAX: usize = 256;
/// Records of one session's stream; past them it is written anew and what stood before is cut away.
const RECORDS_MAX: usize = 96;

const PRODUCT: &str = "product";
const SNAPSHOT: &str = "snapshot";

/// Everything but what stands before it.
#[derive(Debug, Deserialize)]
struct Snapshot {
    session: Session,
}

/// What a snapshot adds to those before it. One of an older journal has all products and all keys, and what was said and
/// found in the session.
#[derive(Debug, Deserialize)]
struct Added {
    /// What is known of products and keys begins with this one.
    #[serde(default, rename = "whole")]
    is_whole: bool,
    /// How much was said before `said`.
    #[serde(default)]
    said_before: u64,
    #[serde(default)]
    said: Vec<Utterance>,
    #[serde(default)]
    results: Option<Vec<Search<Results>>>,
    /// All products, of an older journal.
    #[serde(default)]
    known: Option<Vec<(OfferRef, Known<()>)>>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    changed: Vec<Entry<'static>>,
    #[serde(default)]
    gone: Vec<OfferRef>,
    /// All keys, of an older journal.
    #[serde(default)]
    keys: Option<VecDeque<String>>,
    #[serde(default)]
    new_keys: Vec<String>,
}

/// A search of a snapshot.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Search<R> {
    /// As the snapshot before has it; its name.
    Same(String),
    New(R),
}

/// The same, to be written without a copy.
#[derive(Debug, Serialize)]
struct Keeping<'a> {
    session: &'a Session,
    #[serde(rename = "whole")]
    is_whole: bool,
    said_before: u64,
    said: Vec<&'a Utterance>,
    results: Vec<Search<&'a Results>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<&'a Need>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<&'a OfferRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    new_keys: Vec<&'a String>,
}

type Key = (MerchantId, ForeignId);

fn key(product: &Product) -> Key {
    (product.merchant.clone(), product.id.clone())
}

/// What of one session lies in its stream.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    products: BTreeMap<Key, Arc<Product>>,
    /// How much of what was said.
    uttered: u64,
    results: Vec<Arc<Results>>,
    known: BTreeMap<OfferRef, Arc<Known>>,
    /// The last key of a sentence.
    key: Option<String>,
    records: usize,
    lost: Arc<AtomicBool>,
}

/// A session as it was taken up.
#[derive(Debug)]
pub(crate) struct TakenUp {
    pub(crate) session: Session,
    /// Keys of sentences that were heard: the same one again is heard once.
    pub(crate) keys: VecDeque<String>,
    pub(crate) kept: Kept,
}

impl TakenUp {
    /// A session of which nothing was kept so far.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            keys: VecDeque::new(),
            kept: Kept::default(),
        }
    }
}

impl Kept {
    /// What changed since the last time, to be written down.
    pub(crate) fn changes(&mut self, session: &Session, keys: &VecDeque<String>) -> State {
        // What is in the stream after a failure is not known: then everything is written again, too.
        let is_anew = self.records >= RECORDS_MAX || self.lost.load(Ordering::Relaxed);
        if is_anew {
            *self = Self::default();
        }
        let is_whole = self.records == 0;
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
        let count = records.len() + 1;
        let said = self.unwritten(session);
        let mut needs = Vec::new();
        let changed = self.changed(session, &mut needs);
        records.push(Record::new(
            SNAPSHOT,
            Keeping {
                session,
                is_whole,
                said_before: session.uttered.saturating_sub(count_of(&said)),
                said,
                results: session.results.iter().map(|r| self.search(r)).collect(),
                needs,
                changed,
                gone: (self.known.keys())
                    .filter(|offer| !session.known.contains_key(offer))
                    .collect(),
                new_keys: self.new_keys(keys),
            },
        ));
        self.uttered = session.uttered;
        self.results.clone_from(&session.results);
        self.known.clone_from(&session.known);
        self.key = keys.back().cloned();
        self.records = self.records.saturating_add(count);
        State {
            session: session.id.clone(),
            records,
            is_anew,
            lost: Arc::clone(&self.lost),
        }
    }
}

impl Kept {
    /// What was said since the last time.
    fn unwritten<'a>(&self, session: &'a Session) -> Vec<&'a Utterance> {
        let new = session.uttered.saturating_sub(self.uttered);
        let new = usize::try_from(new).unwrap_or(usize::MAX);
        let old = session.transcript.len().saturating_sub(new);
        session.transcript.iter().skip(old).collect()
    }

    /// Products of which something else is known than the last time.
    fn changed<'a>(&self, session: &'a Session, needs: &mut Vec<&'a Need>) -> Vec<Entry<'a>> {
        let is_same = |offer: &OfferRef, known: &Arc<Known>| {
            let old = self.known.get(offer);
            old.is_some_and(|old| Arc::ptr_eq(old, known) || old == known)
        };
        let changed = (session.known.iter()).filter(|(offer, known)| !is_same(offer, known));
        changed
            .map(|(offer, known)| Entry::of(offer, known, needs))
            .collect()
    }

    /// Keys that came since the last time: none comes twice, so they stand behind the last that was written.
    fn new_keys<'a>(&self, keys: &'a VecDeque<String>) -> Vec<&'a String> {
        let old = keys.iter().rposition(|key| Some(key) == self.key.as_ref());
        keys.range(old.map_or(0, |at| at + 1)..).collect()
    }

    fn search<'a>(&self, results: &'a Arc<Results>) -> Search<&'a Results> {
        if self.results.iter().any(|known| Arc::ptr_eq(known, results)) {
            Search::Same(results.id.clone())
        } else {
            Search::New(results)
        }
    }

    /// Takes up one snapshot after the one before it.
    fn add(&mut self, so_far: &mut SoFar, mut added: Added) {
        if added.is_whole {
            self.known.clear();
            so_far.keys.clear();
        }
        self.add_known(&mut added);
        if let Some(all) = added.keys {
            so_far.keys = all;
        }
        so_far.keys.extend(added.new_keys);
        while so_far.keys.len() > KEYS_MAX {
            so_far.keys.pop_front();
        }
        let said = &mut so_far.said;
        // Where writing failed once, all is written again.
        for _ in added.said_before..self.uttered {
            if said.pop_back().is_none() {
                break;
            }
        }
        self.uttered = added.said_before.saturating_add(count_of(&added.said));
        said.extend(added.said);
        while said.len() > TRANSCRIPT_MAX {
            said.pop_front();
        }
        let before = std::mem::take(&mut self.results);
        self.results = added
            .results
            .into_iter()
            .flatten()
            .filter_map(|search| match search {
                Search::Same(id) => before.iter().find(|known| known.id == id).cloned(),
                Search::New(results) => Some(Arc::new(results)),
            })
            .collect();
    }
}

impl Kept {
    /// Takes up what one snapshot knows of products.
    fn add_known(&mut self, added: &mut Added) {
        let product = |products: &BTreeMap<Key, Arc<Product>>, offer: &OfferRef| {
            let key = (offer.merchant.clone(), offer.product.clone());
            products.get(&key).map(Arc::clone)
        };
        if let Some(all) = added.known.take() {
            let all = all.into_iter().filter_map(|(offer, known)| {
                let product = product(&self.products, &offer)?;
                Some((offer, Arc::new(known.of(product))))
            });
            self.known = all.collect();
        }
        for offer in &added.gone {
            self.known.remove(offer);
        }
        for entry in std::mem::take(&mut added.changed) {
            let offer = OfferRef::clone(&entry.offer);
            if let Some(product) = product(&self.products, &offer)
                && let Some(known) = entry.known(&product, &added.needs)
            {
                self.known.insert(offer, Arc::new(known));
            }
        }
    }
}

fn count_of<T>(said: &[T]) -> u64 {
    u64::try_from(said.len()).unwrap_or(u64::MAX)
}

/// What the snapshots of a stream tell of, as far as it was read.
#[derive(Debug, Default)]
struct SoFar {
    said: VecDeque<Utterance>,
    keys: VecDeque<String>,
}

/// The last state of a session in the journal; `None` when there never was one.
pub(crate) async fn load(
    recorder: &Arc<Recorder>,
    id: &SessionId,
) -> Result<Option<TakenUp>, String> {
    let unreadable = |what: &str, e: serde_json::Error| {
        format!("a {what} of a session in the journal cannot be read: {e}")
    };
    let mut kept = Kept::default();
    let (mut last, mut so_far) = (None, SoFar::default());
    for stored in recorder.kept(id).await? {
        kept.records = kept.records.saturating_add(1);
        if stored.kind == PRODUCT {
            let product: Product =
                serde_json::from_value(stored.body).map_err(|e| unreadable(PRODUCT, e))?;
            kept.products.insert(key(&product), Arc::new(product));
        } else {
            let added = Added::deserialize(&stored.body).map_err(|e| unreadable(SNAPSHOT, e))?;
            kept.add(&mut so_far, added);
            last = Some(stored.body);
        }
    }
    let Some(body) = last else { return Ok(None) };
    let Snapshot { mut session } =
        serde_json::from_value(body).map_err(|e| unreadable(SNAPSHOT, e))?;
    session.known.clone_from(&kept.known);
    kept.key = so_far.keys.back().cloned();
    // What an older journal has in the session itself is written down anew with the next turn.
    if session.transcript.is_empty() {
        session.transcript = so_far.said;
    } else {
        session.uttered = count_of(session.transcript.make_contiguous());
    }
    if session.results.is_empty() {
        session.results.clone_from(&kept.results);
    }
    Ok(Some(TakenUp {
        session,
        keys: so_far.keys,
        kept,
    }))
}

#[cfg(test)]
mod tests {
    use errand_journal::{MemoryJournal, Seq, StreamName, read_all};
    use errand_protocol::errand::Role;
    use errand_types::{Clock, Need};
    use jiff::Timestamp;
    use serde_json::{Value, json};

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

    fn known(number: usize, title: &str) -> (OfferRef, Arc<Known>) {
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
        (offer, Arc::new(known))
    }

    async fn house() -> (Arc<MemoryJournal>, Arc<Recorder>) {
        let journal = Arc::new(MemoryJournal::default());
        let recorder = Recorder::open(Arc::clone(&journal) as _, Arc::new(Still));
        (journal, Arc::new(recorder.await.unwrap()))
    }

    async fn keep(
        kept: &mut Kept,
        recorder: &Arc<Recorder>,
        session: &Session,
        keys: &VecDeque<String>,
    ) {
        let changes = kept.changes(session, keys);
        recorder.later(&session.user, Vec::new(), changes).await;
        recorder.settle().await;
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
        keep(&mut kept, &recorder, &session, &keys).await;
        session.known.extend([known(1, "beans")]);
        keep(&mut kept, &recorder, &session, &keys).await;
        session.known.extend([known(1, "better beans")]);
        keep(&mut kept, &recorder, &session, &keys).await;

        let expected = [
            "product", "product", "snapshot", "snapshot", "product", "snapshot",
        ];
        assert_eq!(kinds(&journal).await, expected);
    }

    fn utter(session: &mut Session, text: &str) {
        let text = text.to_owned();
        let role = Role::User;
        session.transcript.push_back(Utterance { role, text });
        session.uttered += 1;
        while session.transcript.len() > TRANSCRIPT_MAX {
            session.transcript.pop_front();
        }
    }

    fn results(id: &str) -> Arc<Results> {
        Arc::new(Results {
            id: id.to_owned(),
            step: None,
            need: Need::default(),
            offers: Vec::new(),
            shown: 0,
            told: false,
            excluded: None,
            nearest: None,
        })
    }

    /// What the snapshots of the stream say of one thing.
    async fn written(journal: &MemoryJournal, what: &str) -> Vec<Value> {
        let stream = StreamName::parse("session/sess_kept").unwrap();
        let stored = read_all(journal, &stream, Seq::START, 1_000).await.unwrap();
        stored.into_iter().map(|s| s.body[what].clone()).collect()
    }

    #[tokio::test]
    async fn what_was_said_and_found_is_written_once_and_comes_back_whole() {
        let (journal, recorder) = house().await;
        let (mut session, keys, mut kept) = (session(), VecDeque::new(), Kept::default());
        utter(&mut session, "beans");
        session.results = vec![results("one"), results("two")];
        keep(&mut kept, &recorder, &session, &keys).await;
        utter(&mut session, "tea");
        session.results = vec![Arc::clone(&session.results[1]), results("three")];
        Arc::make_mut(&mut session.results[1]).shown = 3;
        keep(&mut kept, &recorder, &session, &keys).await;

        let said: Vec<usize> = written(&journal, "said")
            .await
            .iter()
            .map(|said| said.as_array().map_or(0, Vec::len))
            .collect();
        assert_eq!(said, [1, 1]);
        assert_eq!(written(&journal, "results").await[1][0], json!("two"));
        let found = load(&recorder, &session.id).await.unwrap().unwrap();
        assert_eq!(found.session.transcript, session.transcript);
        assert_eq!(found.session.results, session.results);

        // After a failure everything is written again, and nothing comes back twice.
        keep(&mut Kept::default(), &recorder, &session, &keys).await;
        let found = load(&recorder, &session.id).await.unwrap().unwrap();
        assert_eq!(found.session.transcript, session.transcript);
        assert_eq!(found.session.results, session.results);
    }

    #[tokio::test]
    async fn of_a_product_only_what_changed_is_written_and_what_was_forgotten_stays_so() {
        let (journal, recorder) = house().await;
        let (mut session, mut kept) = (session(), Kept::default());
        let mut keys = VecDeque::from(["k1".to_owned()]);
        session.known = [known(1, "beans"), known(2, "tea"), known(3, "jam")].into();
        let need = Need {
            what: errand_types::Text::clip("breakfast"),
            ..Need::default()
        };
        for known in session.known.values_mut() {
            Arc::make_mut(known).need = Some(Box::new(need.clone()));
        }
        keep(&mut kept, &recorder, &session, &keys).await;
        keep(&mut kept, &recorder, &session, &keys).await;
        let (tea, jam) = (known(2, "tea").0, known(3, "jam").0);
        session.known.remove(&jam);
        let changed = Arc::make_mut(session.known.get_mut(&tea).unwrap());
        changed.reasons = vec!["lowest price".to_owned()];
        // A variant that the product's own record does not have.
        changed.variant.title = errand_types::Text::clip("250 g");
        keys.push_back("k2".to_owned());
        keep(&mut kept, &recorder, &session, &keys).await;

        let lengths = |told: Vec<Value>| -> Vec<usize> {
            let told = told.into_iter().filter(|told| !told.is_null());
            told.map(|told| told.as_array().map_or(0, Vec::len))
                .collect()
        };
        assert_eq!(lengths(written(&journal, "changed").await), [3, 1]);
        assert_eq!(lengths(written(&journal, "needs").await), [1, 1]);
        assert_eq!(lengths(written(&journal, "gone").await), [1]);
        assert_eq!(lengths(written(&journal, "new_keys").await), [1, 1]);
        let found = load(&recorder, &session.id).await.unwrap().unwrap();
        assert_eq!(found.session.known, session.known);
        assert_eq!(found.keys, keys);
    }

    #[tokio::test]
    async fn a_session_of_an_older_journal_has_what_stood_in_itself() {
        let (_, recorder) = house().await;
        let mut old = serde_json::to_value(session()).unwrap();
        old["transcript"] = json!([{ "role": "user", "text": "beans" }]);
        old["results"] = json!([&*results("one")]);
        let (offer, was) = known(1, "beans");
        let mut whole = serde_json::to_value(&*was).unwrap();
        whole["need"] = Value::Null;
        let body = json!({ "session": old, "known": [(&offer, whole)], "keys": ["k1"] });
        let records = vec![
            Record::new(PRODUCT, &*was.product),
            Record::new(SNAPSHOT, body),
        ];
        let id = session().id;
        recorder.keep(&id, records, false).await.unwrap();

        let mut found = load(&recorder, &id).await.unwrap().unwrap();
        assert_eq!(found.session.transcript.len(), 1);
        assert_eq!(found.session.known, [(offer, was)].into());
        utter(&mut found.session, "tea");
        let keys = found.keys.clone();
        assert_eq!(keys, ["k1"]);
        keep(&mut found.kept, &recorder, &found.session, &keys).await;
        let again = load(&recorder, &id).await.unwrap().unwrap();
        assert_eq!(again.session.transcript, found.session.transcript);
        assert_eq!(again.session.results, vec![results("one")]);
        assert_eq!(
            (again.session.known, again.keys),
            (found.session.known, keys)
        );
    }

    #[tokio::test]
    async fn a_session_comes_back_with_its_products_and_keys_however_long_it_was() {
        let (journal, recorder) = house().await;
        let (mut session, mut kept) = (session(), Kept::default());
        let mut keys = VecDeque::new();
        for turn in 0..300 {
            session.known = (turn..turn + 3).map(|n| known(n, "beans")).collect();
            session.lost = u8::try_from(turn % 200).unwrap();
            utter(&mut session, &format!("turn {turn}"));
            keys.push_back(format!("k{turn}"));
            if keys.len() > KEYS_MAX {
                keys.pop_front();
            }
            keep(&mut kept, &recorder, &session, &keys).await;
            assert!(kinds(&journal).await.len() <= RECORDS_MAX + 8);
        }

        let found = load(&recorder, &session.id).await.unwrap().unwrap();

        assert_eq!(found.session.known, session.known);
        assert_eq!(found.session.lost, session.lost);
        assert_eq!(found.session.transcript, session.transcript);
        assert_eq!(found.keys, keys);
        // Taken up, it goes on where it was: nothing that lies there is written again.
        let mut kept = found.kept;
        let before = kinds(&journal).await.len();
        keep(&mut kept, &recorder, &found.session, &keys).await;
        assert_eq!(kinds(&journal).await.len(), before + 1);
        let other = SessionId::parse("sess_other").unwrap();
        assert!(load(&recorder, &other).await.unwrap().is_none());
    }
}
