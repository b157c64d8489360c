use std::collections::BTreeSet;

use errand_gate::{Facts, ItemFacts, SpeechFacts};
use errand_types::limits::QUANTITY_MAX;
use errand_types::{DataClass, Language};

pub(crate) use said::{no_permit, no_permit_remedy, not_checked, not_checked_remedy};

mod said {
    errand_sentences::sentences! {
        SLOTS = "slots";
        your_limit(); more(); what_you_allow(); the_amount(); the_shop(); this(); it(); and_more(title, n);
        something_about_you();
        of_name(); of_email(); of_phone(); of_postcode(); of_address(); of_payment(); of_items(); of_age();
        not_checked(); not_checked_remedy(); no_permit(action); no_permit_remedy();
    }
}

/// What rules say in words of this crate.
pub fn books() -> [&'static errand_sentences::Book; 1] {
    [&said::SLOTS]
}

/// Slots that a sentence may have.
const SLOTS: [&str; 18] = [
    "total",
    "limit_purchase",
    "limit_day",
    "limit_month",
    "sum_day",
    "sum_month",
    "limit_speech",
    "limit_speech_day",
    "sum_speech",
    "alike",
    "alike_least",
    "merchant",
    "items",
    "unknown_items",
    "odd_items",
    "age_items",
    "purpose",
    "classes",
];
/// The one slot that is a number.
const MIN_AGE: &str = "min_age";
/// Longest text from facts in a sentence, in characters.
const TEXT_CHARS_MAX: usize = 120;

/// The first slot of a template that nobody fills.
pub(crate) fn unknown(template: &str) -> Option<String> {
    let mut rest = template;
    while let Some((_, behind)) = rest.split_once('{') {
        let Some((slot, after)) = behind.split_once('}') else {
            return Some(behind.to_owned());
        };
        if !SLOTS.contains(&slot) && slot != MIN_AGE {
            return Some(slot.to_owned());
        }
        rest = after;
    }
    None
}

/// The slots of a template, by name.
pub(crate) fn used(template: &str) -> BTreeSet<&str> {
    let mut slots = BTreeSet::new();
    let mut rest = template;
    while let Some((slot, after)) = rest
        .split_once('{')
        .and_then(|(_, behind)| behind.split_once('}'))
    {
        slots.insert(slot);
        rest = after;
    }
    slots
}

/// Fills a template in one pass: what comes in from facts is never read as a template itself.
pub(crate) fn fill(template: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(template.len() + 40);
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        out.push_str(before);
        let Some((slot, after)) = behind.split_once('}') else {
            out.push_str(behind);
            return out;
        };
        out.push_str(&value(slot, facts));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn value(slot: &str, facts: &Facts) -> String {
    let language = facts.language;
    let money = facts.money.as_ref();
    let limit = |at: usize| {
        money
            .and_then(|m| m.limits_text.get(at))
            .map_or_else(|| said::your_limit(language), |t| clean(t))
    };
    let sum = |at: usize| {
        money
            .and_then(|m| m.sums_text.get(at))
            .map_or_else(|| said::more(language), |t| clean(t))
    };
    let speech = |of: fn(&SpeechFacts) -> &str| {
        facts
            .speech
            .as_ref()
            .map_or_else(|| said::what_you_allow(language), |s| clean(of(s)))
    };
    match slot {
        "total" => money.map_or_else(|| said::the_amount(language), |m| clean(&m.total_text)),
        "limit_purchase" => limit(0),
        "limit_day" => limit(1),
        "limit_month" => limit(2),
        "sum_day" => sum(0),
        "sum_month" => sum(1),
        "limit_speech" => speech(|s| &s.limits_text[0]),
        "limit_speech_day" => speech(|s| &s.limits_text[1]),
        "sum_speech" => speech(|s| &s.sum_text),
        "alike" => alike(facts, |s| s.alike.unwrap_or(0)),
        "alike_least" => alike(facts, |s| s.alike_least),
        "merchant" => facts
            .merchant
            .as_ref()
            .map_or_else(|| said::the_shop(language), |m| clean(&m.name)),
        "items" => titles(facts, |_| true),
        "unknown_items" => titles(facts, |item| !item.known),
        "odd_items" => titles(facts, |item| {
            item.quantity == 0 || item.quantity > QUANTITY_MAX
        }),
        "age_items" => titles(facts, |item| item.min_age > 0),
        "purpose" => facts.share.as_ref().map_or_else(
            || said::this(language),
            |s| errand_sentences::purpose(language, s.purpose),
        ),
        "classes" => classes(facts),
        MIN_AGE => facts
            .items
            .iter()
            .map(|item| item.min_age)
            .max()
            .unwrap_or(0)
            .to_string(),
        _ => String::new(),
    }
}

fn titles(facts: &Facts, is_meant: impl Fn(&ItemFacts) -> bool) -> String {
    let mut meant = facts.items.iter().filter(|item| is_meant(item));
    let Some(first) = meant.next() else {
        return said::it(facts.language);
    };
    match meant.count() {
        0 => clean(&first.title),
        more => said::and_more(facts.language, clean(&first.title), more),
    }
}

fn classes(facts: &Facts) -> String {
    let words: Vec<String> = facts
        .share
        .iter()
        .flat_map(|share| &share.classes)
        .map(|class| of_you(facts.language, *class))
        .collect();
    if words.is_empty() {
        return said::something_about_you(facts.language);
    }
    errand_sentences::list(facts.language, &words)
}

fn of_you(language: Language, class: DataClass) -> String {
    match class {
        DataClass::Name => said::of_name(language),
        DataClass::Email => said::of_email(language),
        DataClass::Phone => said::of_phone(language),
        DataClass::Postcode => said::of_postcode(language),
        DataClass::Address => said::of_address(language),
        DataClass::PaymentToken => said::of_payment(language),
        DataClass::OrderItems => said::of_items(language),
        DataClass::AgeOver => said::of_age(language),
    }
}

/// A number from 0 to 100.
fn alike(facts: &Facts, of: fn(&SpeechFacts) -> u8) -> String {
    facts.speech.as_ref().map_or(0, of).to_string()
}

/// Text of a stranger in a sentence of ours: one line, no end without end.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(TEXT_CHARS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_that_nobody_fills_is_found() {
        assert_eq!(unknown("{total} to {merchant}"), None);
        assert_eq!(unknown("{totl}"), Some("totl".into()));
        assert_eq!(unknown("{total} {"), Some(String::new()));
        assert_eq!(unknown("no slot"), None);
    }

    #[test]
    fn text_in_a_slot_is_never_a_template() {
        let mut facts = Facts::of("buyer", "usr_one");
        facts.merchant = Some(errand_gate::MerchantFacts {
            id: errand_types::MerchantId::parse("a").unwrap(),
            name: "{total} {merchant} \u{7}\n}".into(),
            listed: true,
            blocked: false,
            forbids_agents: false,
            bad_signature: false,
        });
        assert_eq!(fill("to {merchant}.", &facts), "to {total} {merchant} }.");
        assert_eq!(
            fill("{total} for {items} and {classes}", &facts),
            "the amount for it and something about you"
        );
    }
}
