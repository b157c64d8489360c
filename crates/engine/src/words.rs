//! Every sentence that errand says. Written once; the faces render them alike. Slots are filled from facts.
//!
//! Every no has three parts: what happened, what did not, what can be done.

mod after;
mod buying;
mod combining;
mod declared;
mod desk;
mod found;
mod guide;
mod remind;
mod whole;

pub(crate) use after::*;
pub(crate) use buying::*;
pub(crate) use combining::*;
pub(crate) use declared::*;
pub(crate) use desk::*;
pub(crate) use found::*;
pub(crate) use guide::*;
pub(crate) use remind::*;
pub(crate) use whole::*;

use errand_protocol::errand::PolicyView;
use errand_types::{Address, Order, Window};
use jiff::tz::TimeZone;

use crate::ctx::Ctx;

pub(crate) const NOTHING_HEARD: &str = "I am still here. Say what you need";
pub(crate) const CUT: &str =
    "That was more than 2,000 characters. I read the first 2,000 and left the rest";
pub(crate) const NOTHING_AT_HAND: &str = "I do not know which product you mean";
pub(crate) const NOTHING_TO_DO: &str = "There is nothing to do for that";
pub(crate) const NOTHING_OPEN: &str = "Nothing is waiting for an answer. Nothing was bought";
pub(crate) const PLAN_REFUSED: &str =
    "That plan does not hold together, so I did not start it. Nothing was bought";
pub(crate) const STOPPED: &str = "Stopped. Nothing was bought";
pub(crate) const STOPPED_WHILE_PAYING: &str = "Stopped everything else. A payment is under way and cannot be stopped half-way; I tell you how it ends";
pub(crate) const NO_PERSON: &str = "This installation has no desk, so I cannot bring in a person. I can search, \
     compare, change the cart and orders, or explain what I did";
pub(crate) const YES_OR_NO: &str = "Yes or no?";

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

pub(crate) fn small_number(n: u32) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    usize::try_from(n)
        .ok()
        .and_then(|n| WORDS.get(n))
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

pub(crate) fn shops(count: usize) -> String {
    let word = small_number(u32::try_from(count).unwrap_or(u32::MAX));
    if count == 1 {
        "one shop".to_owned()
    } else {
        format!("{word} shops")
    }
}

pub(crate) fn products(count: usize) -> String {
    if count == 1 {
        "1 product".to_owned()
    } else {
        format!("{count} products")
    }
}

/// `Sat 28 Nov, 8 to 10`, in the person's zone.
pub(crate) fn window(window: &Window, zone: &TimeZone) -> String {
    let start = window.start.to_zoned(zone.clone());
    let end = window.end.to_zoned(zone.clone());
    let day = start.strftime("%a %-d %b");
    if start.date() == end.date() {
        format!("{day}, {} to {}", hour(&start), hour(&end))
    } else if window.end.duration_since(window.start).as_hours() <= 24
        && end.hour() == 0
        && end.minute() == 0
    {
        format!("{day}")
    } else {
        format!("{day} to {}", end.strftime("%a %-d %b"))
    }
}

fn hour(at: &jiff::Zoned) -> String {
    if at.minute() == 0 {
        at.hour().to_string()
    } else {
        at.strftime("%-H:%M").to_string()
    }
}

/// The day in the person's words, for the record of what they said: `3 May`.
pub(crate) fn day(ctx: &Ctx<'_>) -> String {
    ctx.local().strftime("%-d %B").to_string()
}

pub(crate) fn month(ctx: &Ctx<'_>) -> String {
    ctx.local().strftime("%B").to_string()
}

/// The person's word for an address and its street, never the whole.
pub(crate) fn place(address: &Address) -> String {
    let street: String = address
        .street
        .as_str()
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    format!("{}, {}", address.label, street.trim())
}

/// The shop's number where it is short enough to read out; else the shop's initials and the last six characters.
pub(crate) fn order_number(order: &Order, ctx: &Ctx<'_>) -> String {
    const READABLE: usize = 16;
    let number = order.number.as_str();
    if number.chars().count() <= READABLE {
        return number.to_owned();
    }
    let shop = ctx.shop_name(&order.merchant);
    let initials: String = shop
        .split_whitespace()
        .filter_map(|w| w.chars().find(|c| c.is_alphanumeric()))
        .collect();
    let plain: Vec<char> = number.chars().filter(|c| c.is_alphanumeric()).collect();
    let tail: String = plain.iter().rev().take(6).rev().collect();
    format!("{}-{}", initials.to_uppercase(), tail.to_uppercase())
}

pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Three sentences: what happened, what did not, what can be done.
pub(crate) fn refusal(view: &PolicyView) -> String {
    let mut text = format!("{}: {}. {}", view.headline, sentence(&view.text), view.not);
    if let Some(remedy) = view.remedies.first() {
        text.push(' ');
        text.push_str(&upper(&sentence(remedy)));
        text.push('.');
    }
    text
}

fn sentence(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

pub(crate) fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// Five words with the fact of money.
pub(crate) fn headline(code: &str, action: &str) -> String {
    let money = matches!(action, "checkout.complete" | "checkout.open");
    let tail = if money { ", not bought" } else { "" };
    let head = match code.split('-').next().unwrap_or_default() {
        "LIMIT" => "Over your limit",
        "VALUE" => "Against your rules",
        "AGE" => "Age not confirmed",
        "QUIET" => "In your quiet hours",
        "CONSENT" => "Not shared",
        "MERCH" => "Not at this shop",
        "TAINT" => "Ignored a request that was not yours",
        "APPROVAL" => "Not approved",
        "SPEECH" => "Not by voice",
        "AUTH" => "Needs more than a sentence",
        "GRANT" => "Not this agent's work",
        "OWN" => "Not yours",
        "GATE" => "I could not check this safely",
        _ => "Not done",
    };
    format!("{head}{tail}")
}

pub(crate) fn did_not(action: &str) -> &'static str {
    match action {
        "checkout.complete" | "checkout.open" => "Nothing was bought.",
        "data.share" => "Nothing was shared and nothing was bought.",
        "cart.add" => "The cart is as it was.",
        "policy.loosen" | "policy.tighten" => "Your rules are as they were.",
        "order.cancel" | "order.return" | "delivery.schedule" => "The order is as it was.",
        _ => "Nothing was changed.",
    }
}

pub(crate) fn action(name: &str) -> &'static str {
    match name {
        "search" => "asking shops",
        "compare" => "comparing",
        "recommend" => "showing",
        "configure" => "choosing options",
        "cart.add" => "putting into the cart",
        "checkout.open" => "asking for the exact price",
        "checkout.complete" => "paying",
        "checkout.cancel" => "giving up a checkout",
        "delivery.schedule" => "booking a delivery",
        "handoff" => "handing over",
        "data.share" => "sharing your data",
        "memory.write" => "remembering",
        "policy.loosen" => "loosening a rule",
        "policy.tighten" => "tightening a rule",
        "order.read" => "looking at an order",
        "order.cancel" => "cancelling an order",
        "order.return" => "sending an order back",
        _ => "something unknown",
    }
}
