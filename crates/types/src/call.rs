use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    AgentName, Choice, MerchantId, Money, Need, OfferRef, OrderId, Preference, RuleKind, Text, Wish,
};

/// What a planner may ask for. Closed: a name that is not here is no call, and an argument that is not here is refused.
///
/// A call is a proposal. It holds no authority: ids are looked up, claims are ignored, and the gate decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "tool",
    content = "arguments",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub enum ToolCall {
    /// Find products in the connected shops.
    Search(Need),
    /// Put products side by side and recommend one.
    Compare(CompareArgs),
    /// Answer a question about one product from what its shop states.
    Details(DetailsArgs),
    /// Choose options of a configurable product.
    Configure(ConfigureArgs),
    /// Put a whole together from parts that fit: a computer, a bicycle. What stands is kept as far as it can be.
    Assemble(AssembleArgs),
    /// Put all parts of the whole that was put together into the cart.
    AssemblyTake(NoArgs),
    /// Put pieces of a product that was shown into the cart.
    CartAdd(CartArgs),
    /// Set the pieces of a cart line; 0 takes it out.
    CartSet(CartArgs),
    /// Empty the cart.
    CartClear(NoArgs),
    /// Show the cart.
    CartShow(NoArgs),
    /// Take back the last change of the cart.
    CartUndo(NoArgs),
    /// Choose which shop supplies which of the things wanted, over all shops, and put that into the cart.
    Combine(CombineArgs),
    /// Get exact prices for what is in the cart and ask the person to approve the purchase.
    Buy(BuyArgs),
    /// Say when the things in the cart should arrive.
    Schedule(ScheduleArgs),
    /// Show all orders.
    OrderList(NoArgs),
    /// Tell where an order is; the latest when none is named.
    OrderStatus(OrderArgs),
    /// Cancel an order; the latest when none is named.
    OrderCancel(OrderArgs),
    /// Send an order back.
    OrderReturn(ReturnArgs),
    /// Move the delivery of an order.
    OrderMove(MoveArgs),
    /// Remind the person to buy something again, put that off, stop it, or tell what there is. Buys nothing.
    Remind(RemindArgs),
    /// Add a rule: avoid or require a label.
    RuleAdd(RuleArgs),
    /// Remove a rule, by its name or label.
    RuleRemove(RuleRemoveArgs),
    /// Set a spending limit.
    LimitSet(LimitArgs),
    /// Prefer or block a shop or a brand, or prefer a label.
    Prefer(PreferArgs),
    /// Show limits, rules and preferences.
    ProfileShow(NoArgs),
    /// Show which shop knows what.
    ConsentShow(NoArgs),
    /// Take back consent, from one shop or from all.
    ConsentWithdraw(ConsentArgs),
    /// Explain the latest decisions, or those about something.
    Why(WhyArgs),
    /// Show who at the desk saw this person's errands, and what they did.
    DeskShow(NoArgs),
    /// Let another agent, or a person (`human`), go on.
    Handoff(HandoffArgs),
    /// Stop what is going on.
    Stop(NoArgs),
    /// Say what errand can do, with examples that fit the moment.
    Help(HelpArgs),
}

/// Arguments of `help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HelpArgs {
    /// Go along with the next errand and say at each of three steps what comes next.
    pub tour: bool,
}

/// No arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}

/// Arguments of `compare`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CompareArgs {
    /// Which; empty means the best of the last search.
    pub offers: Vec<OfferRef>,
    /// How many, 2 to 6, when `offers` is empty. `None`: three.
    pub count: Option<u8>,
    /// What the person named as criteria: `price`, `rating`.
    pub by: Vec<Text<60>>,
}

/// Arguments of `details`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailsArgs {
    /// Which product. Absent: the first that was found last; with nothing found since, the whole that stands.
    #[serde(default)]
    pub offer: Option<OfferRef>,
    /// What was asked about: `ingredients`, `nuts`, `colour`; `None`: in general.
    #[serde(default)]
    pub about: Option<Text<120>>,
}

/// Arguments of `configure`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigureArgs {
    /// Which product.
    pub offer: OfferRef,
    /// Options chosen or changed; the rest stays, or is filled with the cheapest that fits.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// Arguments of `assemble`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssembleArgs {
    /// What kind of whole: `pc`, `bicycle`.
    pub domain: Text<40>,
    /// What the parts must be, at most 20.
    #[serde(default)]
    pub wants: Vec<PartWant>,
    /// Attributes about which nothing is wanted any more, at most 20: `case.volume`.
    #[serde(default)]
    pub drop: Vec<Text<80>>,
    /// Highest price of the whole.
    #[serde(default)]
    pub price_max: Option<Money>,
    /// What is best within that price, by its name: `video`. `None`: the lowest price.
    #[serde(default)]
    pub goal: Option<Text<40>>,
    /// Only change what stands: earlier wishes hold, and as many parts as can be stay.
    #[serde(default)]
    pub keep: bool,
}

/// A wish for a part of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartWant {
    /// The part and what it states: `cpu.cores`; a part alone: `gpu`; empty for all parts.
    #[serde(default)]
    pub of: Text<80>,
    /// How it is compared.
    pub is: PartOp,
    /// With what: `12`, `32 GB`, `white`, a maker; `yes` or `no`. Empty for more and less.
    #[serde(default)]
    pub value: Text<120>,
}

/// How a wish for a part compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartOp {
    /// A number is at least this.
    AtLeast,
    /// A number is at most this.
    AtMost,
    /// It is one of these words.
    Is,
    /// It is none of these words.
    Not,
    /// The maker is one of these.
    Brand,
    /// The maker is none of these.
    NotBrand,
    /// There is such a part, or none.
    With,
    /// More than the part that stands.
    More,
    /// Less than the part that stands.
    Less,
}

/// Arguments of `cart_add` and `cart_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CartArgs {
    /// Which.
    pub offer: OfferRef,
    /// Pieces.
    pub quantity: i64,
}

/// What makes one way of supplying everything better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CombineGoal {
    /// As few shops, and so parcels, as possible.
    FewestParcels,
    /// Goods and delivery together.
    LowestTotal,
    /// Everything there as early as possible.
    Earliest,
    /// As little carbon as possible, by what the shops state.
    LowestCarbon,
}

/// Arguments of `combine`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CombineArgs {
    /// What is wanted most.
    pub goal: CombineGoal,
}

/// Arguments of `buy`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BuyArgs {
    /// Only what comes from this shop.
    pub merchant: Option<MerchantId>,
    /// Discount codes that the person gave.
    pub codes: Vec<Text<60>>,
    /// Only put what was found into the cart: nothing is priced and nothing is asked.
    pub cart_only: bool,
}

/// Arguments of `schedule`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleArgs {
    /// When.
    pub wish: Wish,
}

/// Arguments of `order_status` and `order_cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrderArgs {
    /// Which; `None` means the latest.
    pub order: Option<OrderId>,
}

/// Arguments of `order_return`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnArgs {
    /// Which; `None` means the latest.
    pub order: Option<OrderId>,
    /// The person's reason.
    pub reason: Text<200>,
}

/// Arguments of `order_move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveArgs {
    /// Which; `None` means the latest.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// To when.
    pub wish: Wish,
}

/// Arguments of `rule_add`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleArgs {
    /// Avoid or require.
    pub kind: RuleKind,
    /// The label by id.
    pub label: Text<80>,
    /// Only in this category.
    #[serde(default)]
    pub category: Option<Text<60>>,
    /// Whether "nobody says" counts as "no".
    #[serde(default)]
    pub strict: bool,
    /// The person's own words.
    pub said: Text<200>,
}

/// Arguments of `rule_remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleRemoveArgs {
    /// Name or label of the rule.
    pub rule: Text<80>,
}

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// One purchase.
    Purchase,
    /// One day.
    Day,
    /// One month.
    Month,
    /// One purchase by voice; zero: none.
    Voice,
}

/// Arguments of `limit_set`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitArgs {
    /// Which.
    pub limit: LimitKind,
    /// To what.
    pub amount: Money,
}

/// Arguments of `prefer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferArgs {
    /// What.
    pub preference: Preference,
}

/// Arguments of `consent_withdraw`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentArgs {
    /// From which shop; `None` means from all.
    pub merchant: Option<MerchantId>,
}

/// What is to be done about reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemindDo {
    /// Remind from now on.
    Set,
    /// Not now: later.
    Later,
    /// Not any more.
    Stop,
    /// Tell which there are.
    #[default]
    Show,
}

/// Arguments of `remind`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RemindArgs {
    /// What is to be done.
    pub act: RemindDo,
    /// Of what, in the person's words; `None`: the latest order, or the reminder told last.
    pub what: Option<Text<120>>,
    /// Days between two reminders, or until the next one when it is put off: 1 to 730. `None`: what the shop says it lasts.
    pub days: Option<u16>,
}

/// Arguments of `why`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhyArgs {
    /// Words of the thing asked about; `None` means the latest decision that was not a plain yes.
    pub about: Option<Text<120>>,
}

/// Arguments of `handoff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoffArgs {
    /// To whom.
    pub to: AgentName,
    /// Why.
    pub reason: Text<200>,
}

impl ToolCall {
    /// Names of all tools, in the order of the enum.
    pub const NAMES: [&'static str; 32] = [
        "search",
        "compare",
        "details",
        "configure",
        "assemble",
        "assembly_take",
        "cart_add",
        "cart_set",
        "cart_clear",
        "cart_show",
        "cart_undo",
        "combine",
        "buy",
        "schedule",
        "order_list",
        "order_status",
        "order_cancel",
        "order_return",
        "order_move",
        "remind",
        "rule_add",
        "rule_remove",
        "limit_set",
        "prefer",
        "profile_show",
        "consent_show",
        "consent_withdraw",
        "why",
        "desk_show",
        "handoff",
        "stop",
        "help",
    ];

    /// The tool's name, as in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Search(_) => "search",
            Self::Compare(_) => "compare",
            Self::Details(_) => "details",
            Self::Configure(_) => "configure",
            Self::Assemble(_) => "assemble",
            Self::AssemblyTake(_) => "assembly_take",
            Self::CartAdd(_) => "cart_add",
            Self::CartSet(_) => "cart_set",
            Self::CartClear(_) => "cart_clear",
            Self::CartShow(_) => "cart_show",
            Self::CartUndo(_) => "cart_undo",
            Self::Combine(_) => "combine",
            Self::Buy(_) => "buy",
            Self::Schedule(_) => "schedule",
            Self::OrderList(_) => "order_list",
            Self::OrderStatus(_) => "order_status",
            Self::OrderCancel(_) => "order_cancel",
            Self::OrderReturn(_) => "order_return",
            Self::OrderMove(_) => "order_move",
            Self::Remind(_) => "remind",
            Self::RuleAdd(_) => "rule_add",
            Self::RuleRemove(_) => "rule_remove",
            Self::LimitSet(_) => "limit_set",
            Self::Prefer(_) => "prefer",
            Self::ProfileShow(_) => "profile_show",
            Self::ConsentShow(_) => "consent_show",
            Self::ConsentWithdraw(_) => "consent_withdraw",
            Self::Why(_) => "why",
            Self::DeskShow(_) => "desk_show",
            Self::Handoff(_) => "handoff",
            Self::Stop(_) => "stop",
            Self::Help(_) => "help",
        }
    }
}
