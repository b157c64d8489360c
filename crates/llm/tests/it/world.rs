//! What is on the table in these tests.

use std::sync::Arc;

use errand_llm::{AgentPrompt, LabelWord, LanguageModel, ModelServer, PlannerParts};
use errand_model::{
    CartItem, Model, ModelError, OrderBrief, Private, Proposal, Scene, ShopName, Shown, Talk,
    Thought, Turn,
};
use errand_offline::{Lexicon, OfflineModel};
use errand_types::{
    Clock, Currency, ForeignId, MerchantId, Money, OfferRef, OrderId, OrderState, Rating, Text,
    ToolCall, Window,
};
use jiff::Timestamp;

use crate::server::Server;

/// A clock that stands, or is moved by hand.
#[derive(Debug)]
pub(crate) struct Hand(std::sync::Mutex<Timestamp>);

impl Hand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(std::sync::Mutex::new(now())))
    }

    pub(crate) fn move_on(&self, seconds: i64) {
        let mut at = self.0.lock().unwrap();
        *at += jiff::SignedDuration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-24T15:00:00Z".parse().unwrap()
}

pub(crate) fn config(server: &Server) -> ModelServer {
    let mut config = ModelServer::new(server.url(), "talker-1");
    config.limits.retry_ms = 1;
    config
}

pub(crate) fn agents() -> Vec<AgentPrompt> {
    let agent = |name: &str, prompt: &str, tools: &[&str]| AgentPrompt {
        name: name.to_owned(),
        prompt: prompt.to_owned(),
        tools: tools.iter().map(|t| (*t).to_owned()).collect(),
    };
    vec![
        agent(
            "concierge",
            "You are the concierge of errand.",
            &[
                "cart_add",
                "cart_show",
                "help",
                "limit_set",
                "rule_add",
                "order_status",
            ],
        ),
        agent("scout", "You are the scout.", &["search"]),
        agent("analyst", "You are the analyst.", &["compare", "details"]),
        agent(
            "buyer",
            "You are the buyer.",
            &["cart_add", "cart_set", "buy"],
        ),
        agent("courier", "You are the courier.", &["schedule"]),
    ]
}

pub(crate) fn labels() -> Vec<LabelWord> {
    [
        ("fair trade", "cert:fairtrade-intl"),
        ("sesame", "allergen:sesame"),
        ("leather", "contains:leather"),
    ]
    .iter()
    .map(|(words, id)| LabelWord {
        words: (*words).to_owned(),
        id: (*id).to_owned(),
    })
    .collect()
}

pub(crate) fn offline() -> Arc<OfflineModel> {
    let lexicon = Lexicon {
        labels: vec![("fair trade".into(), "cert:fairtrade-intl".into())],
        categories: vec!["coffee beans".into()],
        brands: vec!["Kaldera".into()],
    };
    Arc::new(OfflineModel::new(&lexicon).unwrap())
}

pub(crate) fn model_with(config: ModelServer, clock: Arc<Hand>) -> LanguageModel {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let parts = PlannerParts {
        agents: agents(),
        labels: labels(),
        offline: Some(offline()),
        clock,
        jitter_seed: 7,
    };
    LanguageModel::new(config, parts).unwrap()
}

pub(crate) fn model(config: ModelServer) -> LanguageModel {
    model_with(config, Hand::new())
}

pub(crate) fn offer(n: u8) -> OfferRef {
    OfferRef {
        merchant: MerchantId::parse("pantry-lane").unwrap(),
        product: ForeignId::parse(&format!("prod-secret-{n}")).unwrap(),
        variant: ForeignId::parse(&format!("var-{n}")).unwrap(),
    }
}

pub(crate) fn empty() -> Scene {
    let shop = |id: &str, name: &str| ShopName {
        id: MerchantId::parse(id).unwrap(),
        name: Text::clip(name),
    };
    Scene {
        agent: Text::clip("concierge"),
        tools: ToolCall::NAMES.iter().map(|t| Text::clip(t)).collect(),
        now: now(),
        language: errand_types::Language::English,
        assembly: None,
        zone: Text::clip("America/New_York"),
        currency: Currency::USD,
        shops: vec![
            shop("pantry-lane", "Pantry Lane"),
            shop("volt-wire", "Volt & Wire"),
        ],
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    }
}

/// Two coffees on the table, one in the cart, one order.
pub(crate) fn table() -> Scene {
    let coffee = |n: u8, title: &str, brand: &str, minor: i64, rating: u16| Shown {
        offer: offer(n),
        title: Text::clip(title),
        brand: Some(Text::clip(brand)),
        price: Money::new(minor, Currency::USD),
        rating: Some(Rating {
            hundredths: rating,
            count: 128,
        }),
        words: vec![Text::clip("whole bean"), Text::clip("500 g")],
        delivery: Window::new(
            "2026-11-28T14:00:00Z".parse().unwrap(),
            "2026-11-28T17:00:00Z".parse().unwrap(),
        )
        .ok(),
        configurable: false,
    };
    Scene {
        shown: vec![
            coffee(1, "Kaldera Sidamo", "Kaldera", 1_290, 450),
            coffee(2, "Monte Azul Decaf", "Monte Azul", 1_450, 480),
        ],
        cart: vec![CartItem {
            offer: offer(1),
            title: Text::clip("Kaldera Sidamo"),
            quantity: 2,
            words: vec![],
        }],
        orders: vec![OrderBrief {
            id: OrderId::from_tail("one").unwrap(),
            number: Text::clip("PL-40718"),
            what: Text::clip("1 × Oat milk"),
            merchant: MerchantId::parse("pantry-lane").unwrap(),
            state: OrderState::Shipped,
            lines: vec![],
            words: vec![],
        }],
        ..empty()
    }
}

pub(crate) fn turn(text: &str, scene: Scene) -> Turn {
    Turn {
        text: Text::clip(text),
        scene,
    }
}

pub(crate) fn talk(text: &str) -> Talk {
    Talk::new("errand-1", text, std::iter::empty(), &Private::default())
}

/// What a model makes of a sentence.
pub(crate) async fn ask(
    model: &LanguageModel,
    text: &str,
    scene: Scene,
) -> Result<Thought, ModelError> {
    model
        .consider(&turn(text, scene), &talk(text))
        .await
        .thought
}

pub(crate) fn tools(proposal: &Proposal) -> Vec<&'static str> {
    match proposal {
        Proposal::Plan(draft) => draft.steps.iter().map(|s| s.call.name()).collect(),
        Proposal::Calls(calls) => calls.iter().map(ToolCall::name).collect(),
        Proposal::Ask(_) => vec!["(ask)"],
        Proposal::Say(_) => vec!["(say)"],
    }
}
