use errand_types::{DataClass, Language, MerchantId, OfferRef, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is to be done, as a closed list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum ActionKind {
    /// Ask shops for products.
    #[serde(rename = "search")]
    Search,
    /// Put products side by side.
    #[serde(rename = "compare")]
    Compare,
    /// Show or speak a product as fitting.
    #[serde(rename = "recommend")]
    Recommend,
    /// Choose options of a product.
    #[serde(rename = "configure")]
    Configure,
    /// Put something into the cart.
    #[serde(rename = "cart.add")]
    CartAdd,
    /// Open a checkout at a shop to learn the exact price.
    #[serde(rename = "checkout.open")]
    CheckoutOpen,
    /// Pay.
    #[serde(rename = "checkout.complete")]
    CheckoutComplete,
    /// Give up a checkout at a shop.
    #[serde(rename = "checkout.cancel")]
    CheckoutCancel,
    /// Hold or book a delivery window.
    #[serde(rename = "delivery.schedule")]
    DeliverySchedule,
    /// Let another agent, or a person, go on.
    #[serde(rename = "handoff")]
    Handoff,
    /// Give personal data to a shop.
    #[serde(rename = "data.share")]
    DataShare,
    /// Remember something about the person.
    #[serde(rename = "memory.write")]
    MemoryWrite,
    /// Make a rule, limit or consent wider.
    #[serde(rename = "policy.loosen")]
    PolicyLoosen,
    /// Make a rule or limit narrower, or withdraw a consent.
    #[serde(rename = "policy.tighten")]
    PolicyTighten,
    /// Look at an order.
    #[serde(rename = "order.read")]
    OrderRead,
    /// Cancel an order.
    #[serde(rename = "order.cancel")]
    OrderCancel,
    /// Send goods back.
    #[serde(rename = "order.return")]
    OrderReturn,
}

impl ActionKind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Search,
        Self::Compare,
        Self::Recommend,
        Self::Configure,
        Self::CartAdd,
        Self::CheckoutOpen,
        Self::CheckoutComplete,
        Self::CheckoutCancel,
        Self::DeliverySchedule,
        Self::Handoff,
        Self::DataShare,
        Self::MemoryWrite,
        Self::PolicyLoosen,
        Self::PolicyTighten,
        Self::OrderRead,
        Self::OrderCancel,
        Self::OrderReturn,
    ];

    /// The name in policies and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Compare => "compare",
            Self::Recommend => "recommend",
            Self::Configure => "configure",
            Self::CartAdd => "cart.add",
            Self::CheckoutOpen => "checkout.open",
            Self::CheckoutComplete => "checkout.complete",
            Self::CheckoutCancel => "checkout.cancel",
            Self::DeliverySchedule => "delivery.schedule",
            Self::Handoff => "handoff",
            Self::DataShare => "data.share",
            Self::MemoryWrite => "memory.write",
            Self::PolicyLoosen => "policy.loosen",
            Self::PolicyTighten => "policy.tighten",
            Self::OrderRead => "order.read",
            Self::OrderCancel => "order.cancel",
            Self::OrderReturn => "order.return",
        }
    }

    /// The action of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Everything the gate knows about one call. Computed by the runtime from its own stores by id, never taken from the
/// call's own claims. A part that an action needs and that is `None` is an error, and an error is a Deny.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Agent that asks.
    pub agent: String,
    /// Person for whom.
    pub user: String,
    /// The session, its cart and its orders belong to this person.
    pub owner: bool,
    /// The agent holds a grant for the tool that it uses.
    pub granted: bool,
    /// The call, or what set it off, comes from text of a shop or another stranger and not from the person.
    pub tainted: bool,
    /// The person asked for it in this session.
    pub user_asked: bool,
    /// How far the person is authenticated: 0, 10, 15, 30, 35, 40, 50, 60 (gate ladder).
    pub auth_level: u8,
    /// The local time lies in the person's quiet hours.
    pub in_quiet_hours: bool,
    /// The shop concerned.
    pub merchant: Option<MerchantFacts>,
    /// The products concerned, each with what the person's rules say about it.
    pub items: Vec<ItemFacts>,
    /// Amounts, for money actions.
    pub money: Option<MoneyFacts>,
    /// The approval at hand, for money actions. `None`: there is none.
    pub approval: Option<ApprovalFacts>,
    /// How the question whether to pay is put and answered, for money actions.
    #[serde(default)]
    pub channel: Channel,
    /// What speaks for and against approving it by voice alone, for money actions.
    #[serde(default)]
    pub speech: Option<SpeechFacts>,
    /// Personal data that would leave.
    pub share: Option<ShareFacts>,
    /// Steps of delegation between the person and this agent.
    pub depth: u8,
    /// A budget of this turn (calls, time, depth) is used up.
    pub over_turn_budget: bool,
    /// What the person is answered in. It is told in reasons and remedies alone: no rule reads it.
    #[serde(default)]
    pub language: Language,
}

impl Facts {
    /// Facts of a person's own request with nothing else known.
    pub fn of(agent: &str, user: &str) -> Self {
        Self {
            agent: agent.to_owned(),
            user: user.to_owned(),
            owner: true,
            granted: true,
            tainted: false,
            user_asked: true,
            auth_level: 10,
            in_quiet_hours: false,
            merchant: None,
            items: Vec::new(),
            money: None,
            approval: None,
            channel: Channel::Screen,
            speech: None,
            share: None,
            depth: 0,
            over_turn_budget: false,
            language: Language::default(),
        }
    }
}

/// Facts about a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantFacts {
    /// Which.
    pub id: MerchantId,
    /// Name for showing.
    pub name: String,
    /// The person added it, or it came with the installation.
    pub listed: bool,
    /// The person blocked it.
    pub blocked: bool,
    /// It said that agents may not buy there.
    pub forbids_agents: bool,
    /// A signature of it was wrong.
    pub bad_signature: bool,
}

/// Facts about one product in the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFacts {
    /// Which.
    pub offer: OfferRef,
    /// Name for showing.
    pub title: String,
    /// Pieces.
    pub quantity: u32,
    /// It is known to the runtime: a shop showed it in this session, or it was bought before.
    pub known: bool,
    /// Rules of the person that it breaks.
    pub violations: Vec<RuleHit>,
    /// Rules of the person that could not be confirmed.
    pub unconfirmed: Vec<RuleHit>,
    /// Lowest age of the buyer, 0 when none.
    pub min_age: u8,
    /// The person stated an age at or over it.
    pub age_ok: bool,
}

/// One rule of the person and what it says about a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleHit {
    /// Stable code: `LABEL-0001`.
    pub code: String,
    /// Name of the rule in the profile.
    pub rule: String,
    /// The person's own words for it.
    pub said: String,
    /// What is known and from whom, one sentence without a full stop.
    pub text: String,
    /// What can be done.
    pub remedy: String,
    /// Evidence level 0 to 4; `None` when nobody says anything.
    pub evidence: Option<u8>,
}

/// Facts about amounts. All comparing was done by the runtime with checked arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyFacts {
    /// Amount in words, for reasons: `$25.90`.
    pub total_text: String,
    /// The limits in words: `$50.00`, `$120.00`, `$600.00` for purchase, day, month.
    pub limits_text: [String; 3],
    /// What today and this month would come to, in words.
    pub sums_text: [String; 2],
    /// The amount is above zero.
    pub positive: bool,
    /// It is in the currency of the limits.
    pub currency_ok: bool,
    /// The shop's sums add up.
    pub consistent: bool,
    /// Over the limit of one purchase.
    pub over_purchase_limit: bool,
    /// Over the limit of the day, what is reserved included.
    pub over_day_limit: bool,
    /// Over the limit of the month, what is reserved included.
    pub over_month_limit: bool,
    /// It would come again by itself: a subscription or a trial that becomes one.
    pub recurring: bool,
    /// The shop offers a way to pay that the wallet holds.
    pub instrument_offered: bool,
}

/// How a question is put and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// On an enrolled screen.
    #[default]
    Screen,
    /// Aloud, both ways.
    Voice,
}

/// Facts about approving a purchase by voice alone. All comparing was done by the runtime with checked arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechFacts {
    /// The caps in words: `$20.00`, `$40.00` for one purchase and for 24 hours.
    pub limits_text: [String; 2],
    /// What was approved by voice within the last 24 hours and this purchase would come to, in words.
    pub sum_text: String,
    /// The person lets nothing be bought by voice.
    pub off: bool,
    /// Over the cap of one purchase by voice.
    pub over_cap: bool,
    /// Over the cap of 24 hours by voice, what is reserved included.
    pub over_day: bool,
    /// The person bought here before, or marked the shop as one where their voice is enough.
    pub known_merchant: bool,
    /// It goes to an address of the profile.
    pub saved_address: bool,
    /// As often asked by voice lately as may be.
    pub asked_often: bool,
    /// Nobody knows whose voice it was.
    pub stranger: bool,
    /// How alike the voice was to the one that the person let errand know, from 0 to 100; `None`: it was not compared.
    pub alike: Option<u8>,
    /// How alike it has to be.
    pub alike_least: u8,
    /// It was compared, and it was another voice. No policy reads the two numbers: a voice that is alike opens nothing.
    pub other_voice: bool,
}

/// Facts about an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalFacts {
    /// How it was given: 30, 35, 40, 50 or 60.
    pub level: u8,
    /// Seconds since it was given.
    pub age_s: u32,
    /// It was used before.
    pub consumed: bool,
    /// It was given in this session.
    pub same_session: bool,
    /// The digest of what would be paid now is the one that was approved.
    pub digest_matches: bool,
    /// The amount is the one that was approved.
    pub total_matches: bool,
    /// The payee is the one that was approved.
    pub payee_matches: bool,
}

/// Facts about personal data that would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareFacts {
    /// For what.
    pub purpose: Purpose,
    /// Which.
    pub classes: Vec<DataClass>,
    /// A valid receipt covers every class for exactly this shop and purpose.
    pub receipt_match: bool,
    /// The person refused exactly this before.
    pub refused_before: bool,
}
