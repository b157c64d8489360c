//! A house that answers by script and writes down what it was told.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use errand_protocol::api::{
    ApprovalAnswered, Check, CheckState, ConsentsView, DoctorView, MerchantView, OrderChanged,
    Paired, ProfileView, SessionBrief, WhyView,
};
use errand_protocol::errand::{
    ApprovalOutcome, ApprovalResolved, ApprovalView, DisclosureView, ErrandEvent, OrderView,
    PlanView, SessionView,
};
use errand_runtime::house::{
    BoxFuture, Conversation, Emitted, ErrorKind, House, HouseError, OpenError, Principal,
    TurnStatus, Wanted, What,
};
use errand_types::{ApprovalId, DeviceId, MerchantId, OrderId, SessionId, UserId, Way};
use serde_json::{Value, json};
use tokio::sync::broadcast;

pub(crate) const TOKEN: &str = "token-of-kim";
pub(crate) const OTHER_TOKEN: &str = "token-of-alex";
pub(crate) const WORDS: &str = "amber violin";

pub(crate) fn kim() -> Principal {
    Principal {
        user: UserId::parse("usr_kim").unwrap(),
        device: DeviceId::parse("dev_laptop").unwrap(),
    }
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[derive(Debug, Default)]
pub(crate) struct FakeHouse {
    sessions: Mutex<HashMap<SessionId, Arc<FakeConversation>>>,
    opened: AtomicUsize,
    pub(crate) journal_fails: Mutex<bool>,
    pub(crate) withdrawn: Mutex<Vec<MerchantId>>,
}

#[derive(Debug)]
pub(crate) struct FakeConversation {
    id: SessionId,
    owner: UserId,
    events: broadcast::Sender<Arc<Emitted>>,
    heard: Mutex<HashSet<String>>,
    pub(crate) said: Mutex<Vec<(String, String)>>,
    /// How each sentence was heard, in the order in which they came.
    pub(crate) ways: Mutex<Vec<Way>>,
    turns: AtomicU64,
    running: Mutex<Option<u64>>,
    is_asking: Mutex<bool>,
}

pub(crate) fn approval(words: Option<&str>) -> ApprovalView {
    let mut view = json!({
        "id": "apr_1", "kind": "purchase", "summary": "Buy two bags for $25.90 from Pantry Lane?",
        "amount": { "minor": 2590, "currency": "USD" },
        "payee": { "merchant": "pantry-lane", "name": "Pantry Lane", "legal_name": "Pantry Lane Ltd", "bought_before": 3 },
        "lines": [{ "offer": null, "title": "Marcala Medium", "quantity": 2, "unit_price": null, "total": { "minor": 2240, "currency": "USD" } }],
        "totals": [{ "kind": "fulfillment", "label": "Delivery", "amount": { "minor": 350, "currency": "USD" } }],
        "delivery": null, "delivery_text": "Saturday 28 November, 8 to 10", "destination": "Home, Elm Street", "instrument": null,
        "discloses": [], "discloses_text": "Your name and address, for this delivery.", "purpose": null, "disclosures": [],
        "cart_revision": 2, "level": 35, "tries_left": 3, "limits": [],
        "asked_at": "2026-11-21T09:00:00Z", "expires_at": "2026-11-21T09:02:00Z"
    });
    if let Some(words) = words {
        view["words"] = words.into();
    }
    read(view)
}

pub(crate) fn plan(revision: u64) -> PlanView {
    read(
        json!({ "id": "plan_1", "revision": revision, "goal": "coffee", "steps": [
        { "id": "step_1", "title": "Searching three shops", "agent": "scout", "status": "running", "found": null, "parts": [] }
    ] }),
    )
}

pub(crate) fn order() -> OrderView {
    read(json!({
        "id": "ord_1", "number": "PL-40718", "merchant": "pantry-lane", "merchant_name": "Pantry Lane",
        "lines": [{ "offer": null, "title": "Marcala <Medium>", "quantity": 2, "unit_price": null, "total": { "minor": 2240, "currency": "USD" } }],
        "totals": [], "total": { "minor": 2590, "currency": "USD" }, "state": "packed", "state_text": "packed, leaves tomorrow",
        "delivery": null, "delivery_text": "Saturday 28 November, 8 to 10", "cancel_until": null, "return_until": null,
        "events": [{ "at": "2026-11-21T09:13:00Z", "text": "Ordered" }], "refunded": null, "approved_by": "by two words",
        "placed_at": "2026-11-21T09:13:00Z", "drawing": { "kind": "coffee", "colour": "terracotta", "shape": 1 }
    }))
}

impl FakeConversation {
    pub(crate) fn emit(&self, turn: Option<u64>, what: What) {
        let _ = self.events.send(Arc::new(Emitted { turn, what }));
    }

    pub(crate) fn say_alone(&self, text: &str) {
        self.emit(
            None,
            What::Say {
                live: text.into(),
                kept: text.into(),
                is_private: false,
            },
        );
    }

    fn turn(&self, key: &str) -> Option<u64> {
        let turn = Some(self.turns.fetch_add(1, Ordering::SeqCst) + 1);
        self.emit(turn, What::TurnStarted { key: key.into() });
        turn
    }

    fn answer(&self, text: &str, key: &str) {
        let turn = self.turn(key);
        let say = |live: &str, kept: &str| {
            self.emit(
                turn,
                What::Say {
                    live: live.into(),
                    kept: kept.into(),
                    is_private: false,
                },
            );
        };
        let mut status = TurnStatus::Completed;
        if text.contains("hang") {
            *self.running.lock().unwrap() = turn;
            say("I am looking.", "I am looking.");
            return;
        } else if text.contains("coffee") {
            self.emit(
                turn,
                What::Errand {
                    live: Box::new(ErrandEvent::Plan { plan: plan(1) }),
                    kept: None,
                },
            );
            say("I found three coffees.", "I found three coffees.");
            say(
                "The second one is rated highest.",
                "The second one is rated highest.",
            );
        } else if text.contains("buy") {
            *self.is_asking.lock().unwrap() = true;
            let event = |words| {
                Box::new(ErrandEvent::ApprovalRequired {
                    approval: Box::new(approval(words)),
                })
            };
            self.emit(
                turn,
                What::Errand {
                    live: event(Some(WORDS)),
                    kept: Some(event(None)),
                },
            );
            say(
                &format!("To buy, say: {WORDS}."),
                "To buy, say the two words on your screen.",
            );
        } else if text.contains("break") {
            say(
                "Something of mine broke. Nothing was bought.",
                "Something of mine broke. Nothing was bought.",
            );
            status = TurnStatus::Failed;
        } else if let Some(count) = text
            .strip_prefix("many ")
            .and_then(|count| count.parse::<u32>().ok())
        {
            for n in 1..=count {
                say(&format!("Sentence {n}."), &format!("Sentence {n}."));
            }
        } else if let Some(size) = text
            .strip_prefix("long ")
            .and_then(|size| size.parse::<usize>().ok())
        {
            let text = "x".repeat(size);
            say(&text, &text);
        } else {
            say(&format!("You said: {text}"), &format!("You said: {text}"));
        }
        self.emit(turn, What::TurnDone { status });
    }
}

impl Conversation for FakeConversation {
    fn id(&self) -> &SessionId {
        &self.id
    }

    fn say<'a>(
        &'a self,
        text: &'a str,
        key: &'a str,
        way: Way,
    ) -> BoxFuture<'a, Result<(), HouseError>> {
        Box::pin(async move {
            self.ways.lock().unwrap().push(way);
            if text.contains("refuse") {
                return Err(HouseError {
                    kind: ErrorKind::Busy,
                    code: "RUN-0009",
                    message: "too many sentences wait; this one was not heard".into(),
                    hint: Some("Say it again in a moment.".into()),
                });
            }
            if self.heard.lock().unwrap().insert(key.to_owned()) {
                self.said
                    .lock()
                    .unwrap()
                    .push((text.to_owned(), key.to_owned()));
                self.answer(text, key);
            }
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, Result<(), HouseError>> {
        Box::pin(async move {
            if let Some(turn) = self.running.lock().unwrap().take() {
                self.emit(
                    Some(turn),
                    What::TurnDone {
                        status: TurnStatus::Cancelled,
                    },
                );
            }
            Ok(())
        })
    }

    fn view(&self) -> BoxFuture<'_, Result<SessionView, HouseError>> {
        Box::pin(async move {
            Ok(read(json!({
                "session_id": self.id, "transcript": [], "plan": null, "products": null, "comparison": null,
                "cart": { "id": "cart_1", "revision": 0, "groups": [], "subtotal": null, "wish": null },
                "approval": null, "disclosure": []
            })))
        })
    }

    fn events(&self) -> broadcast::Receiver<Arc<Emitted>> {
        self.events.subscribe()
    }
}

impl FakeHouse {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    pub(crate) fn conversation(&self, id: &str) -> Arc<FakeConversation> {
        Arc::clone(&self.sessions.lock().unwrap()[&SessionId::parse(id).unwrap()])
    }

    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

fn not_found() -> HouseError {
    HouseError {
        kind: ErrorKind::NotFound,
        code: "RUN-0001",
        message: "there is no such thing".into(),
        hint: None,
    }
}

type Answer<'a, T> = BoxFuture<'a, Result<T, HouseError>>;

fn ready<'a, T: Send + 'a>(value: Result<T, HouseError>) -> Answer<'a, T> {
    Box::pin(async move { value })
}

impl House for FakeHouse {
    fn authenticate(&self, token: &str) -> Option<Principal> {
        match token {
            TOKEN => Some(kim()),
            OTHER_TOKEN => Some(Principal {
                user: UserId::parse("usr_alex").unwrap(),
                device: DeviceId::parse("dev_phone").unwrap(),
            }),
            _ => None,
        }
    }

    fn session<'a>(
        &'a self,
        who: &'a Principal,
        wanted: Wanted,
    ) -> BoxFuture<'a, Result<Arc<dyn Conversation>, OpenError>> {
        Box::pin(async move {
            let mut sessions = self.sessions.lock().unwrap();
            match wanted {
                Wanted::New => {
                    let n = self.opened.fetch_add(1, Ordering::SeqCst) + 1;
                    let id = SessionId::parse(&format!("sess_{n}")).unwrap();
                    let conversation = Arc::new(FakeConversation {
                        id: id.clone(),
                        owner: who.user.clone(),
                        events: broadcast::channel(4_096).0,
                        heard: Mutex::default(),
                        said: Mutex::default(),
                        ways: Mutex::default(),
                        turns: AtomicU64::new(0),
                        running: Mutex::default(),
                        is_asking: Mutex::default(),
                    });
                    sessions.insert(id, Arc::clone(&conversation));
                    Ok(conversation as Arc<dyn Conversation>)
                }
                Wanted::Resume(id) if id.as_str() == "sess_old" => Err(OpenError::Expired(id)),
                Wanted::Resume(id) => {
                    match sessions.get(&id).filter(|found| found.owner == who.user) {
                        Some(found) => {
                            if std::mem::take(&mut *found.is_asking.lock().unwrap()) {
                                let resolved = ApprovalResolved {
                                    id: ApprovalId::parse("apr_1").unwrap(),
                                    outcome: ApprovalOutcome::Void,
                                    text: "The connection broke. Nothing was bought.".into(),
                                    tries_left: None,
                                };
                                found.emit(
                                    None,
                                    What::Errand {
                                        live: Box::new(ErrandEvent::ApprovalResolved(resolved)),
                                        kept: None,
                                    },
                                );
                            }
                            Ok(Arc::clone(found) as Arc<dyn Conversation>)
                        }
                        None => Err(OpenError::Unknown(id)),
                    }
                }
            }
        })
    }

    fn sessions<'a>(&'a self, _: &'a Principal) -> Answer<'a, Vec<SessionBrief>> {
        ready(Ok(vec![]))
    }

    fn orders<'a>(&'a self, who: &'a Principal) -> Answer<'a, Vec<OrderView>> {
        ready(Ok(if *who == kim() { vec![order()] } else { vec![] }))
    }

    fn order<'a>(&'a self, who: &'a Principal, id: &'a OrderId) -> Answer<'a, OrderView> {
        ready(if *who == kim() && id.as_str() == "ord_1" {
            Ok(order())
        } else {
            Err(not_found())
        })
    }

    fn cancel_order<'a>(&'a self, _: &'a Principal, id: &'a OrderId) -> Answer<'a, OrderChanged> {
        ready(Ok(OrderChanged {
            id: id.clone(),
            done: true,
            text: "Cancelled, $25.90 comes back.".into(),
            order: None,
        }))
    }

    fn return_order<'a>(
        &'a self,
        _: &'a Principal,
        id: &'a OrderId,
        reason: &'a str,
    ) -> Answer<'a, OrderChanged> {
        ready(Ok(OrderChanged {
            id: id.clone(),
            done: true,
            text: format!("Sent back: {reason}"),
            order: None,
        }))
    }

    fn move_order<'a>(
        &'a self,
        _: &'a Principal,
        id: &'a OrderId,
        when: &'a str,
    ) -> Answer<'a, OrderChanged> {
        ready(Ok(OrderChanged {
            id: id.clone(),
            done: false,
            text: format!("No window on {when}."),
            order: None,
        }))
    }

    fn merchants(&self) -> Answer<'_, Vec<MerchantView>> {
        ready(Ok(vec![read(json!({
            "id": "pantry-lane", "name": "Pantry Lane", "legal_name": "Pantry Lane Ltd", "origin": "http://127.0.0.1:1",
            "protocol": "UCP 2026-04-08", "can": ["search"], "cannot": [], "wants": [], "alive": true, "latency_ms": 12
        }))]))
    }

    fn add_merchant<'a>(&'a self, _: &'a Principal, url: &'a str) -> Answer<'a, MerchantView> {
        let error = HouseError {
            kind: ErrorKind::Unavailable,
            code: "RUN-0004",
            message: format!("`{url}` does not answer; it was not connected"),
            hint: Some("Try it again when it answers.".into()),
        };
        ready(Err(error))
    }

    fn remove_merchant<'a>(&'a self, _: &'a Principal, id: &'a MerchantId) -> Answer<'a, ()> {
        ready(if id.as_str() == "pantry-lane" {
            Ok(())
        } else {
            Err(not_found())
        })
    }

    fn words(&self) -> Vec<String> {
        vec!["coffee".to_owned(), "desk lamp".to_owned()]
    }

    fn doctor(&self) -> BoxFuture<'_, DoctorView> {
        let fails = *self.journal_fails.lock().unwrap();
        Box::pin(async move {
            let state = if fails {
                CheckState::Fail
            } else {
                CheckState::Ok
            };
            let check = |id: &str, state| Check {
                id: id.into(),
                state,
                detail: "3 shops".into(),
                fix: None,
            };
            DoctorView {
                ok: !fails,
                checks: vec![check("journal", state), check("shops", CheckState::Ok)],
            }
        })
    }

    fn profile<'a>(&'a self, _: &'a Principal) -> Answer<'a, ProfileView> {
        ready(Ok(read(json!({
            "name": "Kim", "zone": "America/New_York",
            "limits": { "purchase": {"minor": 5000, "currency": "USD"}, "day": {"minor": 12000, "currency": "USD"}, "month": {"minor": 60000, "currency": "USD"} },
            "voice": { "purchase": {"minor": 2000, "currency": "USD"}, "day": {"minor": 4000, "currency": "USD"} },
            "rules": [{ "id": "r1", "kind": "avoid", "label": "leather", "category": null, "strict": true, "said": "no leather" }],
            "preferences": [], "addresses": ["Home, Elm Street"], "wallet": ["visa ending in 4242"]
        }))))
    }

    fn consents<'a>(&'a self, _: &'a Principal) -> Answer<'a, ConsentsView> {
        ready(Ok(ConsentsView {
            entries: disclosure(),
        }))
    }

    fn withdraw<'a>(
        &'a self,
        _: &'a Principal,
        merchant: &'a MerchantId,
    ) -> Answer<'a, Vec<DisclosureView>> {
        self.withdrawn.lock().unwrap().push(merchant.clone());
        ready(Ok(vec![]))
    }

    fn why<'a>(&'a self, _: &'a Principal, about: Option<&'a str>) -> Answer<'a, Vec<WhyView>> {
        ready(Ok(vec![read(json!({
            "decision": "dec_1", "at": "2026-11-21T09:13:00Z", "verdict": "allow",
            "headline": format!("Allowed: name and address to Pantry Lane {}", about.unwrap_or_default()),
            "reasons": ["you agreed"], "remedies": [], "codes": ["OK-1"]
        }))]))
    }

    fn approval<'a>(&'a self, _: &'a Principal, id: &'a ApprovalId) -> Answer<'a, ApprovalView> {
        ready(if id.as_str() == "apr_1" {
            Ok(approval(Some(WORDS)))
        } else {
            Err(not_found())
        })
    }

    fn answer<'a>(
        &'a self,
        _: &'a Principal,
        id: &'a ApprovalId,
        answer: &'a str,
    ) -> Answer<'a, ApprovalAnswered> {
        let outcome = if answer == WORDS {
            ApprovalOutcome::Granted
        } else {
            ApprovalOutcome::Wrong
        };
        ready(Ok(ApprovalAnswered {
            id: id.clone(),
            outcome,
            text: "Heard.".into(),
            order: None,
        }))
    }

    fn pair<'a>(&'a self, _: &'a Principal, name: &'a str) -> Answer<'a, Paired> {
        ready(Ok(Paired {
            device: name.into(),
            token: "new-token".into(),
        }))
    }
}

fn disclosure() -> Vec<DisclosureView> {
    read(json!([{
        "merchant": "pantry-lane", "merchant_name": "Pantry Lane", "knows": ["your name"], "purpose": "deliver PL-40718",
        "pending": false, "withdrawn": false
    }]))
}
