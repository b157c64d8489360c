//! The words that every room of errand shares: money, ids, products, carts, checkouts, orders, the person's profile
//! and the plan.
//!
//! Values are valid by construction: a [`Money`] always has a currency, a [`Text`] is never longer than its bound, an
//! id always carries its prefix. This crate must not know I/O, async, a clock or a source of randomness; the two doors
//! to time and chance ([`Clock`], [`Ids`]) are only named here and opened in the composition root.
//!
//! ```
//! use errand_types::{Currency, Money};
//!
//! let bag = Money::new(1120, Currency::USD);
//! let two = bag.times(2).expect("far from overflow");
//! assert_eq!(two.to_string(), "$22.40");
//! ```
//!
//! Start reading at [`Plan`], then [`Checkout`].

pub mod aloud;
mod call;
mod cart;
mod checkout;
mod consent;
mod ids;
mod language;
pub mod limits;
mod money;
mod names;
mod need;
mod order;
mod plan;
mod product;
mod profile;
mod reminder;
mod text;
mod time;
mod way;
mod world;

pub use call::{
    AssembleArgs, BuyArgs, CartArgs, CombineArgs, CombineGoal, CompareArgs, ConfigureArgs,
    ConsentArgs, DetailsArgs, HandoffArgs, HelpArgs, LimitArgs, LimitKind, MoveArgs, NoArgs,
    OrderArgs, PartOp, PartWant, PreferArgs, RemindArgs, RemindDo, ReturnArgs, RuleArgs,
    RuleRemoveArgs, ScheduleArgs, ToolCall, WhyArgs,
};
pub use cart::{Cart, CartError, CartLine};
pub use checkout::{
    Checkout, CheckoutMessage, CheckoutStatus, DeliveryOffer, DeliveryTerms, Destination,
    FulfillmentOption, Handoff, HandoffReason, Line, MessageKind, MethodKind, PaymentOffer,
    Precision, Severity, Slot, SlotState, TotalEntry, TotalKind, Totals, TotalsCheck,
};
pub use consent::{ConsentReceipt, ConsentState, DataClass, Purpose};
pub use ids::{
    ApprovalId, CallId, CartId, ConsentId, DecisionId, DeskId, DeviceId, ForeignId, IdError,
    MerchantId, OrderId, PlanId, PurchaseId, ReminderId, SessionId, StepId, UserId,
};
pub use language::Language;
pub use money::{Currency, Money, MoneyError};
pub use names::nearest_name;
pub use need::{Need, Sort, StyleHow, StyleWish, Wish};
pub use order::{Adjustment, Order, OrderEvent, OrderLine, OrderState};
pub use plan::{AgentName, Plan, PlanError, Step, StepStatus};
pub use product::{
    Attribute, Availability, Certificate, Choice, ConfigOption, ConfigRule, ConfigValue,
    Configuration, OfferRef, Product, Rating, Source, Variant,
};
pub use profile::{
    Address, Instrument, LabelRule, Limits, LoosenError, Preference, Profile, QuietHours, RuleKind,
    SPEECH_MINOR, Speech,
};
pub use reminder::{REMINDER_DAYS_MAX, REMINDERS_MAX, Reminder};
pub use text::{Text, TextError};
pub use time::{Minute, Window, WindowError};
pub use way::{By, Told, VoiceMatch, Way};
pub use world::{Clock, Ids};
