//! Cart, consent, approval, payment.

use errand_protocol::errand::{ApprovalPlace, CartView};
use errand_types::{
    CartError, Checkout, DataClass, Handoff, HandoffReason, Money, Order, Precision, Purpose, Text,
    Window, Wish,
};
use jiff::tz::TimeZone;

use super::{list, small_number, upper, window};
use crate::asks::class_words;
use crate::ctx::Ctx;
use crate::failure::{Failure, FailureKind};
use crate::purchase::Purchase;
use crate::session::Known;

pub(crate) const CART_EMPTY: &str = "The cart is empty. Nothing was bought";
pub(crate) const CART_EMPTIED: &str = "The cart is empty now. \"Undo\" brings it back";
pub(crate) const NOTHING_TO_UNDO: &str = "There is nothing to take back";
pub(crate) const UNDONE: &str = "Taken back.";
pub(crate) const NEED_WORDS: &str =
    "A yes does not buy. Type the two words {words}, or no to drop it. Nothing is bought yet";
pub(crate) const NEED_WORDS_SAID: &str =
    "A yes does not buy. Say the two words {words}, or no to drop it. Nothing is bought yet";
pub(crate) const SAY_WORDS: &str =
    "I listen for the two words only. Say {words}, or no to drop it. Nothing is bought yet";
pub(crate) const ANSWER_ON_SCREEN: &str = "This one is answered on your screen: the two words are there. I buy nothing \
     until then; no drops it";
pub(crate) const OTHER_APPROVAL: &str =
    "Those words belong to another question. Nothing was bought";
pub(crate) const EXPIRED: &str =
    "The approval ran out, nothing was bought. Say \"buy it\" and I ask again";
pub(crate) const TRIES_USED_UP: &str = "Those were not the words, and this approval is closed after three tries. Nothing was bought. Say \"buy it\" and I ask again with other words";
pub(crate) const LOCKED: &str = "Those were not the words, and approving here is closed now. Nothing was bought. Say \"buy it\" later to be asked again";
pub(crate) const DROPPED: &str = "Dropped. Nothing was bought";
pub(crate) const VOID_CHANGED: &str = "Void: what it was about changed. Nothing was bought";
pub(crate) const VOID_AFTER_RESUME: &str = "The connection broke while an approval was open. It is void and nothing was bought; I ask again";
pub(crate) const ASKED_AGAIN: &str = "Asked again after the connection broke";
pub(crate) const UNKNOWN_HEADLINE: &str = "Paid, answer missing";
pub(crate) const WHY_WORDS: &str = "The two words are made from exactly this amount, shop and these items. Nobody who \
     does not see this screen knows them, and they end when one cent changes";
pub(crate) const WHY_WORDS_SAID: &str = "The two words are made from exactly this amount, shop and these items. They \
     hold for a minute and for nothing else, so a yes of the television buys nothing";
pub(crate) const WHY_QUESTION: &str =
    "I ask because I cannot go on without it. \"Stop\" ends it and costs nothing";

pub(crate) fn line_title(known: &Known) -> Text<200> {
    let product = known.product.title.as_str();
    let variant = known.variant.title.as_str();
    if known.product.variants.len() < 2 || variant.is_empty() || product.contains(variant) {
        known.product.title.clone()
    } else if variant.starts_with(product) {
        known.variant.title.clone()
    } else {
        Text::clip(&format!("{product}, {variant}"))
    }
}

pub(crate) fn cart_error(error: &CartError) -> String {
    match error {
        CartError::Quantity(n) => {
            format!("{n} pieces cannot be bought: a line takes 1 to 999. The cart is as it was")
        }
        CartError::Full => "The cart holds at most 100 lines. It is as it was".to_owned(),
        CartError::NoSuchLine => "That is not in the cart. It is as it was".to_owned(),
    }
}

pub(crate) fn added(known: &Known, quantity: u32, shop: &str) -> String {
    let title = line_title(known);
    format!(
        "In the cart: {quantity} × {title} from {shop}, {} each.",
        known.variant.price
    )
}

pub(crate) fn took(title: &str, quantity: i64, price: Money, shop: &str) -> String {
    format!("I took {quantity} × {title} from {shop}, {price} each.")
}

pub(crate) fn set(title: &str, quantity: u32) -> String {
    if quantity == 0 {
        format!("Taken out: {title}.")
    } else {
        format!("Now {quantity} × {title}.")
    }
}

pub(crate) fn cart(view: &CartView) -> String {
    let Some(subtotal) = view.subtotal else {
        return CART_EMPTY.to_owned();
    };
    let groups: Vec<String> = view
        .groups
        .iter()
        .map(|g| {
            let lines: Vec<String> = g
                .lines
                .iter()
                .map(|l| format!("{} × {}", l.quantity, l.title))
                .collect();
            format!("{}: {}, {}", g.merchant_name, list(&lines), g.subtotal)
        })
        .collect();
    let tail = if view.groups.len() > 1 {
        format!(
            " Together {subtotal}, {} payments.",
            small_number(u32::try_from(view.groups.len()).unwrap_or(u32::MAX))
        )
    } else {
        String::new()
    };
    format!(
        "In the cart, before delivery and tax. {}.{tail}",
        groups.join(". ")
    )
}

pub(crate) fn wish_kept(wish: &Wish) -> String {
    format!("Delivery: {}. I book it when you buy.", wish.said)
}

pub(crate) fn asking_price(shops: usize) -> String {
    if shops == 1 {
        "asking for the exact price".to_owned()
    } else {
        format!("asking {shops} shops for exact prices")
    }
}

pub(crate) fn consent_question(shop: &str, classes: &[DataClass]) -> String {
    if classes.is_empty() {
        return format!(
            "{shop} needs to know where to deliver, and no address is saved. Add one in the profile first."
        );
    }
    format!(
        "{shop} needs your {} to deliver. May it have that, for this and later deliveries? Yes or no. You can take it \
         back any time. Nothing is bought yet.",
        class_words(classes)
    )
}

pub(crate) fn why_consent(shop: &str) -> String {
    format!(
        "Without knowing where to deliver, {shop} cannot say what delivery costs or when it can come."
    )
}

pub(crate) fn consent_given(shop: &str, classes: &[DataClass]) -> String {
    format!(
        "{shop} may know your {} for deliveries.",
        class_words(classes)
    )
}

pub(crate) fn consent_refused(shop: &str) -> String {
    format!("{shop} learns nothing. Without it, it cannot deliver, so nothing was bought.")
}

pub(crate) fn they_learn(classes: &[DataClass]) -> String {
    let all = [
        DataClass::Name,
        DataClass::Address,
        DataClass::Email,
        DataClass::Phone,
    ];
    let not: Vec<String> = all
        .iter()
        .filter(|c| !classes.contains(c))
        .map(|c| c.word().to_owned())
        .collect();
    let know = if classes.is_empty() {
        "Nothing about you".to_owned()
    } else {
        format!("Your {}, for this delivery", class_words(classes))
    };
    if not.is_empty() {
        format!("{know}.")
    } else {
        format!("{know}. Not your {}.", list(&not).replace(" and ", " or "))
    }
}

pub(crate) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Search => "finding products",
        Purpose::PriceQuote => "a price with delivery",
        Purpose::Order => "carrying out an order",
        Purpose::Payment => "payment",
        Purpose::Delivery => "delivery",
        Purpose::AgeCheck => "an age check",
        Purpose::Fraud => "fraud prevention",
        Purpose::Support => "help after the purchase",
        Purpose::Legal => "what the law asks for",
        Purpose::Personalisation => "personalisation",
        Purpose::Marketing => "marketing",
        Purpose::AdsOrSale => "advertising or sale of data",
    }
}

pub(crate) fn purchase_summary(purchase: &Purchase, shop: &str) -> String {
    let total = purchase
        .checkout
        .as_ref()
        .map(|c| c.totals.total.to_string())
        .unwrap_or_default();
    format!("Pay {total} to {shop} for {}", purchase.what())
}

/// When it comes, truthful about how sure that is.
pub(crate) fn arrival(purchase: &Purchase, at: Option<&Window>, zone: &TimeZone) -> String {
    let base = match (&purchase.slot, at) {
        (Some(slot), _) => format!("{}, held for you", window(&slot.window, zone)),
        (None, Some(at)) => format!("{}, estimated by the shop", window(at, zone)),
        (None, None) => purchase
            .checkout
            .as_ref()
            .and_then(|c| {
                c.options
                    .iter()
                    .find(|o| Some(&o.key) == c.selected_option.as_ref())
            })
            .map_or_else(
                || "the shop does not say".to_owned(),
                |o| match o.precision {
                    Precision::Prose => format!(
                        "{}, in the shop's words",
                        o.description
                            .as_ref()
                            .map_or(o.title.as_str(), Text::as_str)
                    ),
                    Precision::Slot | Precision::Range | Precision::None => o.title.to_string(),
                },
            ),
    };
    match &purchase.missed {
        Some(missed) => format!("{base}. {}", upper(missed.as_str())),
        None => base,
    }
}

/// The whole question for faces that draw nothing. `{words}` is filled in on the live connection only.
pub(crate) fn why_screen(why: &str) -> String {
    format!(
        "{why}. Words that are spoken are heard by everybody in the room, so this one is answered on your screen"
    )
}

/// Asked aloud, answered on a screen: why, how much, and where. No words, and no address.
fn on_screen(purchase: &Purchase, why: &str, ctx: &Ctx<'_>) -> String {
    let total = purchase
        .checkout
        .as_ref()
        .map(|c| {
            format!(
                "{} to {}. ",
                c.totals.total,
                ctx.shop_name(&purchase.merchant)
            )
        })
        .unwrap_or_default();
    format!("{total}{why}. I have put it on your screen. Nothing is bought yet")
}

pub(crate) fn approval(purchase: &Purchase, ctx: &Ctx<'_>) -> String {
    if let Some(why) = purchase.why_page() {
        return on_screen(purchase, why, ctx);
    }
    let shop = ctx.shop_name(&purchase.merchant);
    let legal = ctx
        .merchants
        .get(&purchase.merchant)
        .map_or(shop.clone(), |m| m.legal_name.to_string());
    let zone = ctx.zone();
    let Some(checkout) = &purchase.checkout else {
        return String::new();
    };
    let at = purchase.slot.as_ref().map(|s| s.window).or_else(|| {
        checkout
            .options
            .iter()
            .find(|o| Some(&o.key) == checkout.selected_option.as_ref())
            .and_then(|o| o.window)
    });
    let extras: Vec<String> = checkout
        .totals
        .entries
        .iter()
        .filter(|e| e.kind != errand_types::TotalKind::Subtotal && e.amount.minor() != 0)
        .map(|e| format!("{} {}", e.label, e.amount))
        .collect();
    let extras = if extras.is_empty() {
        String::new()
    } else {
        format!(" ({})", extras.join(", "))
    };
    let to = ctx
        .profile
        .addresses
        .first()
        .map(|a| format!(" to {}", super::place(a)))
        .unwrap_or_default();
    let disclosures: Vec<String> = checkout
        .messages
        .iter()
        .filter(|m| m.disclosure || m.kind == errand_types::MessageKind::Warning)
        .map(|m| format!(" {shop} says: {}.", m.text.as_str().trim_end_matches('.')))
        .collect();
    let changed = purchase
        .changed
        .as_ref()
        .map(|c| format!("{c}. "))
        .unwrap_or_default();
    // A street is nothing to be told to a room.
    let (to, give) = match purchase.place() {
        ApprovalPlace::Page => (to, "type"),
        ApprovalPlace::Voice => (String::new(), "say"),
    };
    format!(
        "{changed}You would pay {} to {legal}: {}{extras}. Delivery{to}: {}. {shop} learns: {}{} Nothing is bought yet. To pay {}, \
         {give} these two words: {{words}}. Or say no.",
        checkout.totals.total,
        purchase.what(),
        arrival(purchase, at.as_ref(), &zone),
        lower(&they_learn(&purchase.shared)),
        disclosures.concat(),
        checkout.totals.total,
    )
}

/// A sentence in the middle of another one.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

pub(crate) fn approved(level: u8) -> String {
    format!("Approved {}", approved_by(level))
}

pub(crate) fn approved_by(level: u8) -> &'static str {
    match level {
        30 => "by two words, spoken",
        40 => "by two words and PIN",
        50 => "on your phone",
        60 => "by two people",
        _ => "by two words",
    }
}

pub(crate) fn wrong_words(left: u8) -> String {
    let tries = if left == 1 {
        "1 try left".to_owned()
    } else {
        format!("{left} tries left")
    };
    format!("Those were not the words, nothing was bought. {tries}.")
}

pub(crate) fn bought(
    order: &Order,
    view: &errand_protocol::errand::OrderView,
    missed: Option<&str>,
    ctx: &Ctx<'_>,
) -> String {
    let shop = ctx.shop_name(&order.merchant);
    let comes = view
        .delivery_text
        .as_ref()
        .map(|d| format!(" It comes {d}."))
        .unwrap_or_default();
    let missed = missed
        .map(|m| format!(" {}.", upper(m)))
        .unwrap_or_default();
    let cancel = order
        .cancel_until
        .map(|until| {
            format!(
                " You can cancel free until {}.",
                until.to_zoned(ctx.zone()).strftime("%a %-d %b, %-H:%M")
            )
        })
        .unwrap_or_default();
    format!(
        "Bought for {} at {shop}, order {}.{comes}{missed}{cancel}",
        order.total,
        super::order_number(order, ctx)
    )
}

pub(crate) fn handed_over(shop: &str, handoff: &Handoff) -> String {
    let why = match handoff.reason {
        HandoffReason::BuyerInput => "needs something from you that only its own page can take",
        HandoffReason::BuyerReview => "wants you to agree on its own page",
        HandoffReason::Unsupported => "takes no way to pay that you saved here",
        HandoffReason::Tier => "lets me prepare the purchase but not finish it",
        HandoffReason::Mismatch => "states sums that do not add up",
        HandoffReason::Disclosure => "has a notice that you must see on its own page",
    };
    format!(
        "{shop} {why}. The checkout is prepared; nothing was bought. Go on at {}: {}",
        handoff.host, handoff.url
    )
}

pub(crate) fn unknown(shop: &str) -> String {
    format!(
        "I asked to pay and {shop} has not answered. I am checking with the shop; you will not be charged twice for this one. Do not buy it again."
    )
}

pub(crate) fn still_unknown(shop: &str) -> String {
    format!(
        "A payment to {shop} has no answer yet and I am still checking. I buy nothing more until that is known."
    )
}

pub(crate) fn not_bought_headline(failure: &Failure) -> String {
    match failure.kind {
        FailureKind::OutOfStock => "Sold out, not bought",
        FailureKind::PaymentRefused => "The payment was refused, not bought",
        FailureKind::Changed => "The shop changed it, not bought",
        FailureKind::NeedsBuyer => "The shop wants you, not bought",
        FailureKind::TooLate => "Too late, not bought",
        FailureKind::NotDone | FailureKind::Unknown => "Not bought",
    }
    .to_owned()
}

pub(crate) fn not_bought(failure: &Failure) -> String {
    let what = match failure.kind {
        FailureKind::OutOfStock => "Say \"the next one\" or choose another.",
        FailureKind::PaymentRefused => "Say \"buy it\" to try again.",
        FailureKind::Changed
        | FailureKind::NeedsBuyer
        | FailureKind::TooLate
        | FailureKind::NotDone
        | FailureKind::Unknown => "Say \"buy it\" to try again, or choose another.",
    };
    format!("{}. Nothing was bought. {what}", upper(&failure.text))
}

/// What is different now, old and new.
pub(crate) fn what_changed(before: Option<&Checkout>, now: &Checkout) -> String {
    let Some(before) = before else {
        return "The price changed after you agreed, so I did not pay".to_owned();
    };
    let (old, new) = (before.totals.total, now.totals.total);
    if old != new {
        let parts: Vec<String> = now
            .totals
            .entries
            .iter()
            .filter_map(|e| {
                let was = before
                    .totals
                    .entries
                    .iter()
                    .find(|b| b.kind == e.kind && b.label == e.label)?;
                (was.amount != e.amount)
                    .then(|| format!("{} {} to {}", e.label, was.amount, e.amount))
            })
            .collect();
        let detail = if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        };
        return format!(
            "The price changed after you agreed: {old} is now {new}{detail}. Nothing was bought"
        );
    }
    "What the shop would send or when changed after you agreed. Nothing was bought".to_owned()
}

fn failure(kind: FailureKind, code: &str, text: String) -> Failure {
    Failure {
        kind,
        code: code.to_owned(),
        text,
        after_ms: 0,
    }
}

pub(crate) fn lost_checkout(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0003",
        format!("the checkout at {shop} is gone"),
    )
}

pub(crate) fn checkout_gone(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0003",
        format!("{shop} has closed the checkout"),
    )
}

pub(crate) fn out_of_stock(shop: &str, said: &str, what: &str) -> Failure {
    failure(
        FailureKind::OutOfStock,
        "PAY-0004",
        format!("{shop} cannot deliver {what}; it says: {said}"),
    )
}

pub(crate) fn shop_refused(shop: &str, said: &str) -> Failure {
    let said = if said.is_empty() {
        "no reason".to_owned()
    } else {
        said.to_owned()
    };
    failure(
        FailureKind::NotDone,
        "PAY-0005",
        format!("{shop} did not take the order; it says: {said}"),
    )
}

pub(crate) fn payment_refused(shop: &str, said: &str) -> Failure {
    let said = if said.is_empty() {
        String::new()
    } else {
        format!("; it says: {said}")
    };
    failure(
        FailureKind::PaymentRefused,
        "PAY-0001",
        format!("the payment at {shop} was refused and the order does not exist{said}"),
    )
}

pub(crate) fn not_paid_after_all(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0006",
        format!(
            "the payment never reached {shop}, and the checkout there is closed now; no money moved"
        ),
    )
}

pub(crate) fn interrupted(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0007",
        format!("I was interrupted before paying {shop}; no money moved"),
    )
}

pub(crate) fn other_goods(checkout: &Checkout, wanted: u64, got: u64) -> Failure {
    let shop = &checkout.merchant;
    let text = if wanted == got {
        format!("{shop} would send something else than was asked for")
    } else {
        format!("{shop} would send {got} pieces instead of {wanted}")
    };
    failure(FailureKind::Changed, "PAY-0008", text)
}

pub(crate) fn over_total(total: Money, max: Money) -> Failure {
    failure(
        FailureKind::Changed,
        "PAY-0009",
        format!(
            "with delivery and tax it is {total}, over the {max} that you named for everything"
        ),
    )
}

pub(crate) fn no_address(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0011",
        format!("{shop} needs an address to deliver to, and none is saved; it learned nothing"),
    )
}

pub(crate) fn not_countable(shop: &str) -> Failure {
    failure(
        FailureKind::NotDone,
        "PAY-0010",
        format!("the amounts of {shop} cannot be counted safely"),
    )
}
