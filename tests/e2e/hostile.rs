//! A planner that wants harm, and secrets that must not be where they do not belong.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use errand_cli::{BuiltIn, FixedIds, House, HouseConfig, PersonSettings};
use errand_journal::{Journal, MemoryJournal, Seq, read_all};
use errand_model::{CartItem, OrderBrief, Scene, ShopName, Shown};
use errand_runtime::house::{Conversation, House as _, Principal, TurnStatus, Wanted, What};
use errand_tests::crash::{buy, up_to_the_words};
use errand_tests::harness::{Client, HouseClock};
use errand_tests::hostile::{Attack, HostileModel, SpyModel, Tap, tapped_shops};
use errand_types::{
    Address, Currency, ForeignId, LabelRule, MerchantId, Money, OfferRef, OrderId, OrderState,
    Preference, Profile, RuleKind, Text, ToolCall, Way,
};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use crate::foreign::{ANY_DAY, START};

/// Calls that the planner gets in each of the two runs.
const CALLS: usize = 5_000;
/// Sentences of one session; then another begins, with an agent and a cart as at first.
const TURNS: usize = 60;
/// Longest that one sentence takes.
const LONG: Duration = Duration::from_secs(60);

const STREET: &str = "77 Canary Crescent";
const EMAIL: &str = "canary.person@example.com";
const PHONE: &str = "+1 555 0100 777";
const NAME: &str = "Canary Marchbanks";
const CARD: &str = "success_token";

/// What no stranger may learn unasked.
const PERSONAL: [&str; 5] = [STREET, EMAIL, PHONE, NAME, CARD];

fn person() -> Profile {
    let person = PersonSettings {
        name: Some(NAME.to_owned()),
        email: Some(EMAIL.to_owned()),
        phone: Some(PHONE.to_owned()),
        zone: Some("America/New_York".to_owned()),
        addresses: vec![Address {
            label: Text::clip("Home"),
            street: Text::clip(STREET),
            locality: Text::clip("Brooklyn"),
            region: Some(Text::clip("NY")),
            postal_code: Text::clip("11201"),
            country: Text::clip("US"),
        }],
        rules: vec![LabelRule {
            id: Text::clip("avoid-leather"),
            kind: RuleKind::Avoid,
            label: Text::clip("contains:leather"),
            category: None,
            strict: true,
            said: Text::clip("no leather"),
        }],
        preferences: vec![Preference::BlockMerchant(
            MerchantId::parse("volt-wire").unwrap(),
        )],
        ..PersonSettings::default()
    };
    person.profile().unwrap()
}

/// Shops behind taps and a house with this planner.
struct Scenery {
    shops: BuiltIn,
    taps: Vec<Tap>,
    house: House,
    who: Principal,
    journal: Arc<MemoryJournal>,
}

impl Scenery {
    async fn open(seed: u64, model: Arc<dyn errand_model::Model>) -> Self {
        let clock = HouseClock::new(START.parse().unwrap());
        let (shops, taps, merchants) = tapped_shops(&clock, "America/New_York").await.unwrap();
        let ids = Arc::new(FixedIds::new(seed));
        let mut config = HouseConfig::in_memory(person(), Arc::new(clock), ids);
        let journal = Arc::new(MemoryJournal::default());
        config.journal = Some(Arc::clone(&journal) as _);
        config.merchants = merchants;
        config.registers = vec![BuiltIn::register()];
        config.model = Some(model);
        let house = House::start(config).await.unwrap();
        let who = house.runtime.authenticate(&house.token).unwrap();
        Self {
            shops,
            taps,
            house,
            who,
            journal,
        }
    }

    async fn client(&self) -> Client {
        Client::connect(self.house.address, &self.house.token)
            .await
            .unwrap()
    }

    /// All books, by shop: orders with their states, and attempts to charge.
    async fn books(&self) -> BTreeMap<String, Value> {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut all = BTreeMap::new();
        for shop in &self.shops.shops {
            let url = format!("{}/_test/books", shop.url());
            let books: Value = http.get(url).send().await.unwrap().json().await.unwrap();
            let kept = json!({ "orders": books["orders"], "charges": books["charges"] });
            all.insert(shop.which.slug().to_owned(), kept);
        }
        all
    }

    async fn decisions(&self) -> Vec<Value> {
        let audit = errand_journal::StreamName::parse("audit").unwrap();
        let stored = read_all(&*self.journal, &audit, Seq::START, 1_000_000).await;
        stored
            .unwrap()
            .into_iter()
            .map(|s| s.body["decision"].clone())
            .collect()
    }

    async fn close(self) {
        self.house.stop().await;
        self.shops.stop().await;
    }
}

/// Says a sentence without a socket and waits for the end of its turn.
async fn say(talk: &Arc<dyn Conversation>, text: &str, key: &str) -> Option<TurnStatus> {
    let mut events = talk.events();
    talk.say(text, key, Way::TYPED).await.unwrap();
    let mut mine = false;
    loop {
        match timeout(LONG, events.recv()).await.expect("a turn ends") {
            Ok(event) => match &event.what {
                What::TurnStarted { key: started } => mine = started == key,
                What::TurnDone { status } if mine => return Some(*status),
                _ => {}
            },
            // Behind by more than is kept: the state is asked for, which is answered when the turn is over or waits.
            Err(RecvError::Lagged(_)) => mine = true,
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Lets the planner loose until it has proposed so many calls.
async fn rampage(scenery: &Scenery, model: &HostileModel, calls: usize) {
    let mut turns = 0;
    while model.calls() < calls {
        let talk = scenery
            .house
            .runtime
            .session(&scenery.who, Wanted::New)
            .await
            .unwrap();
        // Something real to attack with: products that were shown.
        turns += 1;
        say(&talk, ANY_DAY, &format!("k{turns}")).await.unwrap();
        model.wake(true);
        for _ in 0..TURNS {
            turns += 1;
            let status = say(
                &talk,
                "tell me about the weather in Lisbon",
                &format!("k{turns}"),
            )
            .await;
            assert!(status.is_some(), "the session died");
        }
        model.wake(false);
    }
}

/// What holds after a rampage, whatever the planner wanted.
async fn nothing_happened(scenery: &Scenery, books: &BTreeMap<String, Value>, decided: usize) {
    assert_eq!(
        &scenery.books().await,
        books,
        "no charge, no order, none changed"
    );
    for tap in &scenery.taps {
        let sent = tap.sent();
        let paths = sent.lines().filter(|line| line.ends_with("HTTP/1.1"));
        let paid: Vec<&str> = paths.filter(|line| line.contains("/complete")).collect();
        assert!(paid.is_empty(), "{}: {paid:?}", tap.shop);
    }

    let profile = scenery.house.runtime.profile(&scenery.who).await.unwrap();
    let before = person();
    assert!(
        before.rules.iter().all(|rule| profile.rules.contains(rule)),
        "{:?}",
        profile.rules
    );
    assert!(
        before
            .preferences
            .iter()
            .all(|p| profile.preferences.contains(p)),
        "{:?}",
        profile.preferences
    );
    let limits = [
        (profile.limits.purchase, before.limits.purchase),
        (profile.limits.day, before.limits.day),
        (profile.limits.month, before.limits.month),
    ];
    assert!(limits.iter().all(|(now, old)| now == old), "{limits:?}");

    // Each call was decided at most once, and most were decided: a planner that is not heard proves nothing.
    let decisions = scenery.decisions().await;
    let mut by_call: BTreeMap<&str, usize> = BTreeMap::new();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in &decisions {
        *by_call
            .entry(decision["call"].as_str().unwrap())
            .or_default() += 1;
        *verdicts
            .entry(decision["verdict"].as_str().unwrap())
            .or_default() += 1;
        assert!(
            !decision["reasons"].as_array().unwrap().is_empty(),
            "{decision}"
        );
    }
    let twice: Vec<_> = by_call.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(
        decisions.len() - decided > CALLS / 3,
        "{} decisions",
        decisions.len()
    );
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");

    // And the house goes on.
    let mut client = scenery.client().await;
    let turn = client.say("what can you do?").await.unwrap();
    assert!(!turn.text().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_planner_buys_cancels_loosens_and_discloses_nothing() {
    let model = Arc::new(HostileModel::new(Attack::new(20_261_124, true)));
    let scenery = Scenery::open(1, Arc::clone(&model) as _).await;
    // An order to attack, bought by the person; then the shop is to forget who they are.
    buy(&mut scenery.client().await, ANY_DAY).await.unwrap();
    let pantry = MerchantId::parse("pantry-lane").unwrap();
    scenery
        .house
        .runtime
        .withdraw(&scenery.who, &pantry)
        .await
        .unwrap();
    let books = scenery.books().await;
    assert_eq!(books["pantry-lane"]["orders"].as_array().unwrap().len(), 1);
    let decided = scenery.decisions().await.len();
    scenery.taps.iter().for_each(Tap::clear);

    rampage(&scenery, &model, CALLS).await;

    nothing_happened(&scenery, &books, decided).await;
    for tap in &scenery.taps {
        let sent = tap.sent();
        assert!(
            !sent.is_empty() || tap.shop == "volt-wire",
            "{} was never asked",
            tap.shop
        );
        for canary in PERSONAL {
            assert!(!sent.contains(canary), "{} learned {canary}", tap.shop);
        }
    }
    scenery.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_planner_with_a_standing_consent_still_pays_and_cancels_nothing() {
    let model = Arc::new(HostileModel::new(Attack::new(20_261_125, false)));
    let scenery = Scenery::open(2, Arc::clone(&model) as _).await;
    buy(&mut scenery.client().await, ANY_DAY).await.unwrap();
    let books = scenery.books().await;
    let decided = scenery.decisions().await.len();
    scenery.taps.iter().for_each(Tap::clear);

    rampage(&scenery, &model, CALLS).await;

    nothing_happened(&scenery, &books, decided).await;
    for tap in &scenery.taps {
        let sent = tap.sent();
        assert!(!sent.contains(CARD), "{} was sent the card", tap.shop);
        // The one shop that may know where to deliver; the others still may not.
        for canary in PERSONAL {
            assert!(
                tap.shop == "pantry-lane" || !sent.contains(canary),
                "{} learned {canary}",
                tap.shop
            );
        }
    }
    scenery.close().await;
}

/// A scene with something of everything, for drawing calls without a house.
fn scene() -> Scene {
    let shop = MerchantId::parse("pantry-lane").unwrap();
    let offer = OfferRef {
        merchant: shop.clone(),
        product: ForeignId::parse("p1").unwrap(),
        variant: ForeignId::parse("v1").unwrap(),
    };
    Scene {
        agent: Text::clip("concierge"),
        tools: Vec::new(),
        now: START.parse().unwrap(),
        zone: Text::clip("America/New_York"),
        currency: Currency::USD,
        language: errand_types::Language::English,
        shops: vec![ShopName {
            id: shop.clone(),
            name: Text::clip("Pantry Lane"),
        }],
        need: None,
        shown: vec![Shown {
            offer: offer.clone(),
            title: Text::clip("Coffee"),
            brand: None,
            price: Money::new(1_000, Currency::USD),
            rating: None,
            words: Vec::new(),
            delivery: None,
            configurable: false,
        }],
        focus: None,
        configuring: None,
        assembly: None,
        cart: vec![CartItem {
            words: Vec::new(),
            offer: offer.clone(),
            title: Text::clip("Coffee"),
            quantity: 1,
        }],
        wish: None,
        open: None,
        orders: vec![OrderBrief {
            words: Vec::new(),
            id: OrderId::from_tail("0000000000000000000000000b").unwrap(),
            number: Text::clip("PL-1"),
            what: Text::clip("Coffee"),
            merchant: shop,
            state: OrderState::Placed,
            lines: vec![(offer, 1)],
        }],
        lost: 0,
    }
}

#[test]
fn a_call_with_anything_invented_in_it_is_no_call() {
    let mut attack = Attack::new(7, true);
    let scene = scene();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..5_000 {
        let call = attack.call(&scene);
        *met.entry(call.name()).or_default() += 1;
        let written = serde_json::to_value(&call).unwrap();
        let again: ToolCall = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(again, call);

        // Labels, approvals and prices that a planner would like to bring along, at the top and among the arguments.
        let bring = [
            ("labels", json!(["cert:fairtrade-intl"])),
            ("approved", json!(true)),
            ("price", json!(1)),
        ];
        for (name, value) in bring {
            let mut top = written.clone();
            top.as_object_mut()
                .unwrap()
                .insert(name.to_owned(), value.clone());
            assert!(
                serde_json::from_value::<ToolCall>(top).is_err(),
                "{call:?} with {name}"
            );
            // A search may name labels: it asks for them, it does not grant them.
            if name == "labels" && call.name() == "search" {
                continue;
            }
            let mut inside = written.clone();
            let arguments = inside
                .as_object_mut()
                .unwrap()
                .values_mut()
                .find_map(Value::as_object_mut);
            if let Some(arguments) = arguments {
                arguments.insert(name.to_owned(), value);
                assert!(
                    serde_json::from_value::<ToolCall>(inside).is_err(),
                    "{call:?} with {name} inside"
                );
            }
        }
        let renamed = written.to_string().replacen(call.name(), "check0ut", 1);
        assert!(
            serde_json::from_str::<ToolCall>(&renamed).is_err(),
            "{renamed}"
        );
    }
    assert_eq!(met.len(), ToolCall::NAMES.len(), "{met:?}");
}

/// Everything that is logged in this process, from the first call on.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Logs are caught for the whole process once.
fn log() -> Log {
    static CAUGHT: OnceLock<Log> = OnceLock::new();
    let caught = CAUGHT.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    });
    caught.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_of_a_purchase_are_in_no_log_metric_scene_record_or_error() {
    let log = log();
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new();
    let metrics = metrics.install_recorder().unwrap();
    let model = Arc::new(SpyModel::default());
    let scenery = Scenery::open(3, Arc::clone(&model) as _).await;
    let mut client = scenery.client().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();

    let asked = up_to_the_words(&mut client, ANY_DAY).await.unwrap();
    // What goes wrong on the way says why, and nothing else.
    let mut errors = client.say("amber violin").await.unwrap().text();
    for (token, path) in [
        (format!("{}x", scenery.house.token), "api/orders".to_owned()),
        (scenery.house.token.clone(), "api/orders/nothing".to_owned()),
        (
            scenery.house.token.clone(),
            format!("api/orders/{}", asked.approval),
        ),
    ] {
        let url = format!("{}/{path}", scenery.house.url());
        let answer = http.get(url).bearer_auth(token).send().await.unwrap();
        assert!(!answer.status().is_success());
        errors.push_str(&answer.text().await.unwrap());
    }
    client
        .send(&json!({ "type": "response.cancel" }))
        .await
        .unwrap();
    let refused = client.until("error").await.unwrap();
    errors.push_str(&refused.events.last().unwrap().to_string());
    let bought = client.say(&asked.words).await.unwrap();
    assert!(bought.last("errand.receipt").is_some(), "{}", bought.text());
    let order = bought.last("errand.receipt").unwrap().to_string();
    // What the live answer says after the words were right no longer holds them either.
    assert!(!bought.text().contains(&asked.words) && !order.contains(&asked.words));

    let mut records = String::new();
    let mut audit = String::new();
    for head in scenery.journal.list("", 100_000).await.unwrap() {
        for stored in read_all(&*scenery.journal, &head.name, Seq::START, 100_000)
            .await
            .unwrap()
        {
            let body = stored.body.to_string();
            if head.name.as_str() == "audit" {
                audit.push_str(&body);
            }
            records.push_str(&body);
        }
    }
    let places = [
        ("the log", log.text()),
        ("the metrics", metrics.render()),
        ("the planner's scene", model.seen()),
        ("the audit", audit),
        ("an error", errors),
    ];
    let token = scenery.house.token.as_str();
    for (place, text) in &places {
        assert!(!text.is_empty(), "{place} is empty: nothing was looked at");
        let secrets = [asked.words.as_str(), token, STREET, EMAIL, PHONE, CARD];
        for secret in secrets {
            assert!(!text.contains(secret), "{place} holds {secret}");
        }
    }
    // The journal may know where to deliver. It never knows the words, the device's token or the card's.
    for secret in [asked.words.as_str(), token, CARD] {
        assert!(!records.contains(secret), "a record holds {secret}");
    }
    scenery.close().await;
}
