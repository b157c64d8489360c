use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

use cedar_policy::{
    Context, Entities, Entity, EntityUid, Request, RestrictedExpression as Expr, Schema,
};
use errand_gate::{ActionKind, Facts, ItemFacts};

use crate::names::Names;
use crate::reasons::DOUBTFUL;

/// Longest name of an agent or a person, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// Most products of one call.
const ITEMS_MAX: usize = 400;
/// Most hits of one product.
const HITS_MAX: usize = 1_100;

/// Why there is no request: a fact is missing or is not one. Always a Deny.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadFacts(pub(crate) String);

/// Which parts of the facts an action has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Without it there is no decision.
    Needed,
    /// Read when it is there.
    Optional,
    /// Not looked at.
    Unused,
}

struct Parts {
    merchant: Part,
    items: Part,
    money: Part,
    share: Part,
}

fn parts(kind: ActionKind) -> Parts {
    use Part::{Needed, Optional, Unused};
    let of = |merchant, items, money, share| Parts {
        merchant,
        items,
        money,
        share,
    };
    match kind {
        ActionKind::Search | ActionKind::Compare | ActionKind::Configure => {
            of(Optional, Optional, Unused, Unused)
        }
        ActionKind::Recommend => of(Optional, Needed, Unused, Unused),
        ActionKind::CartAdd | ActionKind::CheckoutOpen => of(Needed, Needed, Unused, Unused),
        ActionKind::CheckoutComplete => of(Needed, Needed, Needed, Unused),
        ActionKind::DeliverySchedule => of(Needed, Unused, Unused, Unused),
        ActionKind::DataShare => of(Needed, Unused, Unused, Needed),
        ActionKind::CheckoutCancel
        | ActionKind::Handoff
        | ActionKind::MemoryWrite
        | ActionKind::PolicyLoosen
        | ActionKind::PolicyTighten
        | ActionKind::OrderRead
        | ActionKind::OrderCancel
        | ActionKind::OrderReturn => of(Optional, Unused, Unused, Unused),
    }
}

/// The request and the store for one decision, both checked against the schema.
pub(crate) fn build(
    schema: &Schema,
    names: &Names,
    stores: &Stores,
    kind: ActionKind,
    facts: &Facts,
) -> Result<(Request, Arc<Entities>), BadFacts> {
    check(facts)?;
    let failed = |what: &str, cause: String| BadFacts(format!("{what}: {cause}"));
    let agent = names.agent(&facts.agent);
    let user = names.user(&facts.user);
    let action = names
        .action(kind)
        .ok_or_else(|| BadFacts("unknown action".into()))?
        .clone();
    let context = Context::from_pairs(context(names, kind, facts)?)
        .map_err(|e| failed("context", e.to_string()))?;
    let request = Request::new(agent.clone(), action, user.clone(), context, Some(schema))
        .map_err(|e| failed("request", e.to_string()))?;
    let entities = stores.get(schema, agent, user)?;
    Ok((request, entities))
}

/// Most stores that are kept.
const STORES_MAX: usize = 1_024;

/// The entities of an agent and its person: a pure function of the two names, kept because checking it against the
/// schema costs as much as a decision. No fact and no verdict is in it.
#[derive(Debug, Default)]
pub(crate) struct Stores(RwLock<HashMap<(EntityUid, EntityUid), Arc<Entities>>>);

impl Stores {
    fn get(
        &self,
        schema: &Schema,
        agent: EntityUid,
        user: EntityUid,
    ) -> Result<Arc<Entities>, BadFacts> {
        let key = (agent, user);
        let poisoned = |()| BadFacts("a lock is poisoned".into());
        if let Ok(kept) = self.0.read()
            && let Some(entities) = kept.get(&key)
        {
            return Ok(Arc::clone(entities));
        }
        let (agent, user) = key.clone();
        let store = [
            Entity::new_no_attrs(agent, HashSet::from([user.clone()])),
            Entity::new_no_attrs(user, HashSet::new()),
        ];
        let entities = Entities::from_entities(store, Some(schema))
            .map_err(|e| BadFacts(format!("store: {e}")))?;
        let entities = Arc::new(entities);
        let mut kept = self.0.write().map_err(|_| ()).map_err(poisoned)?;
        if kept.len() >= STORES_MAX {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&entities));
        Ok(entities)
    }
}

/// Bounds of what the runtime hands in. Facts beyond them were not computed by it as it is meant to.
pub(crate) fn check(facts: &Facts) -> Result<(), BadFacts> {
    let is_name = |name: &str| !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    if !is_name(&facts.agent) || !is_name(&facts.user) {
        return Err(BadFacts("the agent or the person has no name".into()));
    }
    if facts.items.len() > ITEMS_MAX {
        return Err(BadFacts("too many products".into()));
    }
    if facts
        .items
        .iter()
        .any(|item| item.violations.len() > HITS_MAX || item.unconfirmed.len() > HITS_MAX)
    {
        return Err(BadFacts("too many hits".into()));
    }
    Ok(())
}

type Pairs = Vec<(String, Expr)>;

fn context(names: &Names, kind: ActionKind, facts: &Facts) -> Result<Pairs, BadFacts> {
    let parts = parts(kind);
    let mut pairs = call(facts);
    let mut add = |name: &str, part: Part, fields: Option<Pairs>| match (part, fields) {
        (Part::Unused, _) | (Part::Optional, None) => Ok(()),
        (Part::Needed, None) => Err(BadFacts(format!("`{name}` is missing"))),
        (Part::Needed | Part::Optional, Some(fields)) => {
            pairs.push((name.to_owned(), record(fields)?));
            Ok(())
        }
    };
    add(
        "merchant",
        parts.merchant,
        facts.merchant.as_ref().map(merchant),
    )?;
    add(
        "items",
        parts.items,
        (!facts.items.is_empty()).then(|| Items::of(&facts.items).pairs()),
    )?;
    add("money", parts.money, facts.money.as_ref().map(money))?;
    add(
        "share",
        parts.share,
        facts
            .share
            .as_ref()
            .map(|share_facts| share(names, share_facts)),
    )?;
    let approval_part = if parts.money == Part::Needed {
        Part::Optional
    } else {
        Part::Unused
    };
    add(
        "approval",
        approval_part,
        facts.approval.as_ref().map(approval),
    )?;
    add("speech", parts.money, facts.speech.as_ref().map(speech))?;
    if parts.money == Part::Needed {
        let channel = Expr::new_entity_uid(names.channel(facts.channel));
        pairs.push(("channel".into(), channel));
    }
    Ok(pairs)
}

fn record(fields: Pairs) -> Result<Expr, BadFacts> {
    Expr::new_record(fields).map_err(|e| BadFacts(e.to_string()))
}

fn yes(name: &str, value: bool) -> (String, Expr) {
    (name.to_owned(), Expr::new_bool(value))
}

fn count(name: &str, value: impl Into<i64>) -> (String, Expr) {
    (name.to_owned(), Expr::new_long(value.into()))
}

fn call(facts: &Facts) -> Pairs {
    vec![
        yes("owner", facts.owner),
        yes("granted", facts.granted),
        yes("tainted", facts.tainted),
        yes("user_asked", facts.user_asked),
        count("auth_level", facts.auth_level),
        yes("quiet", facts.in_quiet_hours),
        count("depth", facts.depth),
        yes("over_turn_budget", facts.over_turn_budget),
    ]
}

fn merchant(facts: &errand_gate::MerchantFacts) -> Pairs {
    vec![
        ("id".into(), Expr::new_string(facts.id.as_str().to_owned())),
        yes("listed", facts.listed),
        yes("blocked", facts.blocked),
        yes("forbids_agents", facts.forbids_agents),
        yes("bad_signature", facts.bad_signature),
    ]
}

/// Whether two calls of one action have the same request: what a request holds of the products is the same, and all else
/// that is known is the same.
pub(crate) fn is_same(one: &Facts, other: &Facts) -> bool {
    let Facts {
        agent,
        user,
        owner,
        granted,
        tainted,
        user_asked,
        auth_level,
        in_quiet_hours,
        merchant,
        items,
        money,
        approval,
        channel,
        speech,
        share,
        depth,
        over_turn_budget,
        // No rule reads it.
        language: _,
    } = one;
    *agent == other.agent
        && *user == other.user
        && *owner == other.owner
        && *granted == other.granted
        && *tainted == other.tainted
        && *user_asked == other.user_asked
        && *auth_level == other.auth_level
        && *in_quiet_hours == other.in_quiet_hours
        && *merchant == other.merchant
        && Items::of(items) == Items::of(&other.items)
        && *money == other.money
        && *approval == other.approval
        && *channel == other.channel
        && *speech == other.speech
        && *share == other.share
        && *depth == other.depth
        && *over_turn_budget == other.over_turn_budget
}

/// What a request holds of the products.
#[derive(PartialEq)]
struct Items {
    count: usize,
    known: bool,
    violation: bool,
    unconfirmed: bool,
    doubtful: bool,
    min_quantity: u32,
    max_quantity: u32,
    min_age: u8,
    age_ok: bool,
}

impl Items {
    fn of(items: &[ItemFacts]) -> Self {
        let quantities = || items.iter().map(|item| item.quantity);
        let is_doubtful =
            |item: &ItemFacts| item.unconfirmed.iter().any(|hit| hit.code == DOUBTFUL);
        let is_unconfirmed =
            |item: &ItemFacts| item.unconfirmed.iter().any(|hit| hit.code != DOUBTFUL);
        Self {
            count: items.len(),
            known: items.iter().all(|item| item.known),
            violation: items.iter().any(|item| !item.violations.is_empty()),
            unconfirmed: items.iter().any(is_unconfirmed),
            doubtful: items.iter().any(is_doubtful),
            min_quantity: quantities().min().unwrap_or(0),
            max_quantity: quantities().max().unwrap_or(0),
            min_age: items.iter().map(|item| item.min_age).max().unwrap_or(0),
            age_ok: items.iter().all(|item| item.min_age == 0 || item.age_ok),
        }
    }

    fn pairs(&self) -> Pairs {
        vec![
            yes("known", self.known),
            yes("violation", self.violation),
            yes("unconfirmed", self.unconfirmed),
            yes("doubtful", self.doubtful),
            count("min_quantity", self.min_quantity),
            count("max_quantity", self.max_quantity),
            count("min_age", self.min_age),
            yes("age_ok", self.age_ok),
        ]
    }
}

fn money(facts: &errand_gate::MoneyFacts) -> Pairs {
    vec![
        yes("positive", facts.positive),
        yes("currency_ok", facts.currency_ok),
        yes("consistent", facts.consistent),
        yes("over_purchase_limit", facts.over_purchase_limit),
        yes("over_day_limit", facts.over_day_limit),
        yes("over_month_limit", facts.over_month_limit),
        yes("recurring", facts.recurring),
        yes("instrument_offered", facts.instrument_offered),
    ]
}

fn speech(facts: &errand_gate::SpeechFacts) -> Pairs {
    vec![
        yes("off", facts.off),
        yes("over_cap", facts.over_cap),
        yes("over_day", facts.over_day),
        yes("known_merchant", facts.known_merchant),
        yes("saved_address", facts.saved_address),
        yes("asked_often", facts.asked_often),
        yes("stranger", facts.stranger),
        yes("other_voice", facts.other_voice),
    ]
}

fn approval(facts: &errand_gate::ApprovalFacts) -> Pairs {
    vec![
        count("level", facts.level),
        count("age_s", facts.age_s),
        yes("consumed", facts.consumed),
        yes("same_session", facts.same_session),
        yes("digest_matches", facts.digest_matches),
        yes("total_matches", facts.total_matches),
        yes("payee_matches", facts.payee_matches),
    ]
}

fn share(names: &Names, facts: &errand_gate::ShareFacts) -> Pairs {
    let classes = facts
        .classes
        .iter()
        .map(|class| Expr::new_entity_uid(names.class(*class)));
    vec![
        (
            "purpose".into(),
            Expr::new_entity_uid(names.purpose(facts.purpose)),
        ),
        ("classes".into(), Expr::new_set(classes)),
        yes("receipt_match", facts.receipt_match),
        yes("refused_before", facts.refused_before),
    ]
}
