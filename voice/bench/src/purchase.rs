//! Requests over the noises of a house, down to what the offline planner understands: the same as of the written words, asked
//! again, or something else. Nothing is bought here; an approval and its spoken terms stand between this and any purchase.

use std::collections::BTreeMap;

use errand_model::{Proposal, Scene, ShopName};
use errand_offline::{Lexicon, OfflineModel};
use errand_types::{Currency, Language, MerchantId, Text, ToolCall};
use errand_voice_core::{EarConfig, Listen, Pace};
use serde_json::{Value, json};

use crate::noise::{Chance, Noise};
use crate::recognise::Recogniser;
use crate::score::{round, share};
use crate::sets::GOODS;
use crate::sound::{add_noise, add_room, heed, silence};
use crate::voices::Talker;
use crate::wer::hints;

/// What is asked for.
const REQUESTS: &[&str] = &[
    "add oat milk to my cart",
    "buy two bags of coffee beans",
    "order dark chocolate",
    "find green tea under fifteen dollars",
    "i need a desk lamp",
    "get me olive oil",
    "remove it from my cart",
    "show me bread",
];
const DISTANCES: [f32; 2] = [10.0, 5.0];

#[derive(Debug, Default)]
struct Counts {
    requests: u64,
    right: u64,
    again: u64,
    other_shown: u64,
    other_changed: u64,
    other_bought: u64,
}

impl Counts {
    fn json(&self) -> Value {
        json!({
            "requests": self.requests, "as_written": round(share(self.right, self.requests)), "asked_again": round(share(self.again, self.requests)),
            "something_else_shown": round(share(self.other_shown, self.requests)), "something_else_in_the_cart": round(share(self.other_changed, self.requests)),
            "something_else_proposed_to_buy": self.other_bought,
        })
    }
}

/// Every request by every clearer voice over every noise.
pub(crate) fn requests(
    recogniser: &Recogniser,
    talkers: &[Talker],
    noises: &[Noise],
    most: usize,
    seed: u64,
) -> anyhow::Result<Value> {
    // What the catalog would have taught it.
    let lexicon = Lexicon {
        categories: GOODS.iter().map(|name| (*name).to_owned()).collect(),
        ..Lexicon::default()
    };
    let planner = OfflineModel::new(&lexicon)?;
    let scene = scene()?;
    let hints = hints()?;
    let mut chance = Chance::new(seed);
    let mut by = BTreeMap::<String, Counts>::new();
    let mut wrong = BTreeMap::<String, u32>::new();
    let natural: Vec<&Talker> = talkers
        .iter()
        .filter(|talker| talker.is_natural())
        .collect();
    for (n, text) in REQUESTS.iter().cycle().take(most).enumerate() {
        let Some(talker) = natural.get(n % natural.len().max(1)) else {
            continue;
        };
        let voice = talker.say(text, Pace::USUAL)?;
        let written = without_words(planner.read(text, &scene).proposal);
        for noise in noises {
            for db in DISTANCES {
                let mut pcm = silence(1_500);
                pcm.extend(&voice);
                pcm.extend(silence(1_500));
                add_noise(&mut pcm, &noise.pcm, db, &mut chance);
                add_room(&mut pcm, &mut chance);
                let mut said = String::new();
                for turn in heed(&pcm, Listen::default(), EarConfig::default()) {
                    let heard = recogniser.read(turn.utterance, &hints)?;
                    if !heard.is_empty() {
                        said = heard.text;
                    }
                }
                let counts = by.entry(format!("{} {db} dB", noise.name)).or_default();
                counts.requests += 1;
                if said.is_empty() {
                    counts.again += 1;
                    continue;
                }
                let understood = without_words(planner.read(&said, &scene).proposal);
                if understood == written {
                    counts.right += 1;
                    continue;
                }
                match danger(&understood) {
                    0 => counts.again += 1,
                    1 => counts.other_shown += 1,
                    2 => counts.other_changed += 1,
                    _ => counts.other_bought += 1,
                }
                *wrong.entry(format!("{text} -> {said}")).or_default() += 1;
            }
        }
    }
    let by: serde_json::Map<String, Value> = by
        .into_iter()
        .map(|(name, counts)| (name, counts.json()))
        .collect();
    let told: Vec<String> = wrong.into_iter().take(120).map(|(pair, _)| pair).collect();
    Ok(json!({ "by_noise": by, "misread": told }))
}

/// What would be done, without the sentence that a plan repeats: "Show me bread." and "show me bread" are the same.
fn without_words(mut proposal: Proposal) -> Proposal {
    if let Proposal::Plan(draft) = &mut proposal {
        draft.goal = Text::clip("");
    }
    proposal
}

/// 0: words and questions; 1: something is shown; 2: cart or profile change; 3: a purchase is proposed.
fn danger(proposal: &Proposal) -> u8 {
    let of = |call: &ToolCall| match call {
        ToolCall::Buy(_) => 3,
        ToolCall::Stop(_) => 0,
        ToolCall::Search(_)
        | ToolCall::Compare(_)
        | ToolCall::Details(_)
        | ToolCall::CartShow(_)
        | ToolCall::OrderList(_)
        | ToolCall::OrderStatus(_)
        | ToolCall::ProfileShow(_)
        | ToolCall::ConsentShow(_)
        | ToolCall::Why(_)
        | ToolCall::DeskShow(_) => 1,
        _ => 2,
    };
    match proposal {
        Proposal::Ask(_) | Proposal::Say(_) => 0,
        Proposal::Calls(calls) => calls.iter().map(of).max().unwrap_or(0),
        Proposal::Plan(draft) => draft
            .steps
            .iter()
            .map(|step| of(&step.call))
            .max()
            .unwrap_or(0),
    }
}

fn scene() -> anyhow::Result<Scene> {
    Ok(Scene {
        agent: Text::clip("concierge"),
        tools: Vec::new(),
        now: "2026-11-23T15:00:00Z".parse()?,
        zone: Text::clip("America/New_York"),
        currency: Currency::USD,
        language: Language::English,
        assembly: None,
        shops: vec![ShopName {
            id: MerchantId::parse("pantry-lane")?,
            name: Text::clip("Pantry Lane"),
        }],
        need: None,
        shown: Vec::new(),
        focus: None,
        configuring: None,
        cart: Vec::new(),
        wish: None,
        open: None,
        orders: Vec::new(),
        lost: 0,
    })
}
