use errand_types::{
    AgentName, Choice, Configuration, Currency, Language, MerchantId, Money, Need, OfferRef,
    OrderId, OrderState, Rating, Text, Window, Wish,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One turn for a planner.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What the person said.
    pub text: Text<2000>,
    /// What is on the table.
    pub scene: Scene,
}

/// What is on the table: enough to understand references, nothing secret. Text by shops in it is data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The agent that is asked.
    pub agent: AgentName,
    /// Tools that it may use.
    pub tools: Vec<Text<60>>,
    /// Now.
    pub now: Timestamp,
    /// The person's IANA time zone.
    pub zone: Text<60>,
    /// The person's currency.
    pub currency: Currency,
    /// Language that the person speaks.
    #[serde(default)]
    pub language: Language,
    /// Connected shops.
    pub shops: Vec<ShopName>,
    /// The last need that was searched for; refinements start from it.
    pub need: Option<Need>,
    /// Products as last shown, in their order: the first one is "the first one".
    pub shown: Vec<Shown>,
    /// The offer that the talk is about: chosen or asked about last.
    pub focus: Option<OfferRef>,
    /// The configurable product at hand and the choices so far.
    pub configuring: Option<(OfferRef, Configuration, Vec<Choice>)>,
    /// What kind of whole was put together last: `pc`.
    #[serde(default)]
    pub assembly: Option<Text<40>>,
    /// The cart.
    pub cart: Vec<CartItem>,
    /// When the things in the cart should arrive.
    pub wish: Option<Wish>,
    /// A question that waits for the person.
    pub open: Option<Open>,
    /// Orders, latest first.
    pub orders: Vec<OrderBrief>,
    /// Turns in a row in which nothing was understood.
    pub lost: u8,
}

/// A connected shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopName {
    /// Our name.
    pub id: MerchantId,
    /// Its own name.
    pub name: Text<120>,
}

/// One product as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which.
    pub offer: OfferRef,
    /// Its title.
    pub title: Text<200>,
    /// Brand.
    pub brand: Option<Text<80>>,
    /// Price of one piece.
    pub price: Money,
    /// Stars.
    pub rating: Option<Rating>,
    /// Words of its options and attributes: `whole bean`, `white`, `oak`.
    pub words: Vec<Text<80>>,
    /// First delivery that fits.
    pub delivery: Option<Window>,
    /// It has options to choose.
    pub configurable: bool,
}

/// One line of the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartItem {
    /// Which.
    pub offer: OfferRef,
    /// Its title.
    pub title: Text<200>,
    /// Pieces.
    pub quantity: u32,
    /// Words for what it is and who makes it: `coffee`, `beans`, `Kaldera`.
    #[serde(default)]
    pub words: Vec<Text<80>>,
}

/// A question that waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What kind.
    pub kind: OpenKind,
    /// Its words.
    pub text: Text<400>,
}

/// Kinds of open questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenKind {
    /// Which one of those shown.
    Choose,
    /// May this shop learn that.
    Consent,
    /// Buy exactly this.
    Approval,
    /// A question of the planner.
    Planner,
    /// Yes or no to something that can be undone.
    YesNo,
}

/// One order, in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBrief {
    /// Our name.
    pub id: OrderId,
    /// The shop's number.
    pub number: Text<256>,
    /// What, in words.
    pub what: Text<200>,
    /// Shop.
    pub merchant: MerchantId,
    /// Where it stands.
    pub state: OrderState,
    /// What was bought, to buy it again.
    pub lines: Vec<(OfferRef, u32)>,
    /// Words for what was bought and who makes it, as far as that is still known.
    #[serde(default)]
    pub words: Vec<Text<80>>,
}
