//! What a basket costs. Whole cents, checked sums.

use thiserror::Error;

use super::basket::{Basket, Note, NoteKind};
use super::terms::{
    CLAIM_FIRST_ORDER, CLAIM_STAFF, Code, CodeRule, FIRST_ORDER_OFF, STAFF_SHARE, Terms,
};

/// A line with everything that its price needs.
#[derive(Debug, Clone)]
pub(crate) struct PricedLine {
    pub(crate) id: String,
    pub(crate) item: String,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) quantity: u32,
    pub(crate) taxed: bool,
    pub(crate) category: Vec<String>,
    /// Off this line alone, not negative.
    pub(crate) discount: i64,
    /// price x quantity.
    pub(crate) subtotal: i64,
}

/// A discount as granted.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) code: Option<String>,
    pub(crate) title: String,
    pub(crate) amount: i64,
    pub(crate) eligibility: Option<String>,
    /// Index of the line and its part; empty for discounts of the whole order.
    pub(crate) allocations: Vec<(usize, i64)>,
}

/// A basket with its prices. `total` = subtotal - discounts + delivery + tax.
#[derive(Debug, Clone)]
pub(crate) struct Priced {
    pub(crate) lines: Vec<PricedLine>,
    pub(crate) subtotal: i64,
    pub(crate) items_discount: i64,
    pub(crate) order_discount: i64,
    pub(crate) applied: Vec<Applied>,
    /// Title and cents of the chosen delivery.
    pub(crate) delivery: Option<(String, i64)>,
    /// `None` while nobody knows where the goods go.
    pub(crate) tax: Option<i64>,
    pub(crate) total: i64,
    pub(crate) notes: Vec<Note>,
}

/// An amount left the range that the shop works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the amounts of this basket are too large")]
pub(crate) struct TooLarge;

/// Largest amount in cents: far above any basket, far below what JSON readers round.
const AMOUNT_MAX: i64 = 100_000_000_000;

/// What the price depends on besides the lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) terms: &'a Terms,
    /// Whether the buyer may count as new, as far as the shop knows.
    pub(crate) may_be_first_order: bool,
    /// Tax in thousandths of a percent, once the destination is known.
    pub(crate) tax_rate: Option<i64>,
}

/// Prices lines that are already known to exist.
pub(crate) fn price(
    mut lines: Vec<PricedLine>,
    basket: &Basket,
    circumstances: Circumstances<'_>,
) -> Result<Priced, TooLarge> {
    let mut subtotal = 0_i64;
    for line in &mut lines {
        line.subtotal = line
            .price
            .checked_mul(i64::from(line.quantity))
            .ok_or(TooLarge)?;
        subtotal = bounded(subtotal.checked_add(line.subtotal))?;
    }
    let mut notes = Vec::new();
    let mut applied = Vec::new();
    let codes = known_codes(basket, circumstances.terms, &mut notes);
    for (sent, code) in &codes {
        if let CodeRule::Category { category, share } = code.rule {
            let discount = category_discount(&mut lines, category, share);
            match discount {
                Some(allocations) => applied.push(granted(code, allocations)),
                None => notes.push(rejected(
                    sent,
                    &format!("The code {sent} is for {category}; there is none in this basket."),
                )),
            }
        }
    }
    let items_discount: i64 = lines.iter().map(|line| line.discount).sum();
    let worth = subtotal - items_discount;
    let mut left = worth;
    for (sent, code) in &codes {
        let amount = match code.rule {
            CodeRule::Percent(share) => worth * share / 10_000,
            CodeRule::Off { amount, from } if worth >= from => amount,
            CodeRule::Off { from, .. } => {
                notes.push(rejected(
                    sent,
                    &format!("The code {sent} counts from {} on.", dollars(from)),
                ));
                continue;
            }
            CodeRule::Category { .. } => continue,
        };
        let amount = amount.min(left);
        if amount > 0 {
            left -= amount;
            applied.push(Applied {
                amount,
                ..granted(code, Vec::new())
            });
        }
    }
    let (from, off) = circumstances.terms.big_basket;
    if worth >= from && off <= left {
        left -= off;
        applied.push(automatic(
            &format!("{} off from {} on", dollars(off), dollars(from)),
            off,
            None,
        ));
    }
    claims(
        basket,
        circumstances,
        worth,
        &mut left,
        &mut applied,
        &mut notes,
    );
    let order_discount = worth - left;
    let tax = circumstances
        .tax_rate
        .map(|rate| tax(&lines, worth, left, rate));
    let total = bounded(left.checked_add(tax.unwrap_or(0)))?;
    Ok(Priced {
        lines,
        subtotal,
        items_discount,
        order_discount,
        applied,
        delivery: None,
        tax,
        total,
        notes,
    })
}

impl Priced {
    /// Adds the chosen delivery.
    pub(crate) fn with_delivery(mut self, title: &str, cents: i64) -> Result<Self, TooLarge> {
        self.total = bounded(self.total.checked_add(cents))?;
        self.delivery = Some((title.to_owned(), cents));
        Ok(self)
    }

    /// What each line was worth in the end: subtotal less all discounts plus its tax. The
    /// parts add up to the total without delivery.
    pub(crate) fn net_lines(&self) -> Vec<i64> {
        let worth = self.subtotal - self.items_discount;
        let after = |line: &PricedLine| line.subtotal - line.discount;
        let discounts = split(
            self.order_discount,
            &self.lines.iter().map(after).collect::<Vec<_>>(),
            worth,
        );
        let taxable = |line: &PricedLine| if line.taxed { after(line) } else { 0 };
        let shares: Vec<i64> = self.lines.iter().map(taxable).collect();
        let taxes = split(self.tax.unwrap_or(0), &shares, shares.iter().sum());
        let parts = self.lines.iter().zip(discounts).zip(taxes);
        parts
            .map(|((line, discount), tax)| after(line) - discount + tax)
            .collect()
    }
}

/// Splits `amount` in the ratio of `shares`; the rounding rest goes to the last with a share.
fn split(amount: i64, shares: &[i64], whole: i64) -> Vec<i64> {
    if whole <= 0 {
        return vec![0; shares.len()];
    }
    let mut parts: Vec<i64> = shares
        .iter()
        .map(|share| part(amount, *share, whole))
        .collect();
    let rest = amount - parts.iter().sum::<i64>();
    let last = shares.iter().rposition(|share| *share > 0);
    if let Some(part) = last.and_then(|at| parts.get_mut(at)) {
        *part += rest;
    }
    parts
}

/// amount x share / whole, rounded down, without overflow on the way.
fn part(amount: i64, share: i64, whole: i64) -> i64 {
    let wide = i128::from(amount) * i128::from(share) / i128::from(whole.max(1));
    i64::try_from(wide).unwrap_or(0)
}

fn bounded(amount: Option<i64>) -> Result<i64, TooLarge> {
    amount
        .filter(|amount| *amount <= AMOUNT_MAX)
        .ok_or(TooLarge)
}

fn known_codes<'a>(
    basket: &'a Basket,
    terms: &'a Terms,
    notes: &mut Vec<Note>,
) -> Vec<(&'a str, &'a Code)> {
    let mut known: Vec<(&str, &Code)> = Vec::new();
    for sent in &basket.codes {
        let code = terms
            .codes
            .iter()
            .find(|code| code.word.eq_ignore_ascii_case(sent.trim()));
        match code {
            Some(code) if known.iter().any(|(_, held)| held.word == code.word) => {}
            Some(code) => known.push((sent.as_str(), code)),
            None => notes.push(rejected(
                sent,
                &format!("The code {sent} is not known here."),
            )),
        }
    }
    known
}

fn category_discount(
    lines: &mut [PricedLine],
    category: &str,
    share: i64,
) -> Option<Vec<(usize, i64)>> {
    let mut allocations = Vec::new();
    for (at, line) in lines.iter_mut().enumerate() {
        let amount = line.subtotal * share / 10_000;
        if line.discount == 0 && amount > 0 && line.category.iter().any(|part| part == category) {
            line.discount = amount;
            allocations.push((at, amount));
        }
    }
    (!allocations.is_empty()).then_some(allocations)
}

fn claims(
    basket: &Basket,
    circumstances: Circumstances<'_>,
    worth: i64,
    left: &mut i64,
    applied: &mut Vec<Applied>,
    notes: &mut Vec<Note>,
) {
    for claim in &basket.claims {
        let (title, amount) = match claim.as_str() {
            CLAIM_FIRST_ORDER if circumstances.may_be_first_order => {
                ("3 dollars off your first order", FIRST_ORDER_OFF.min(*left))
            }
            CLAIM_STAFF => (
                "20% off for staff",
                (worth * STAFF_SHARE / 10_000).min(*left),
            ),
            _ => {
                let content = format!("The claim {claim} changes nothing here.");
                notes.push(
                    Note::new(NoteKind::Warning, "eligibility_not_accepted", content)
                        .at("$.context.eligibility"),
                );
                continue;
            }
        };
        if amount > 0
            && !applied
                .iter()
                .any(|held| held.eligibility.as_deref() == Some(claim))
        {
            *left -= amount;
            applied.push(automatic(title, amount, Some(claim.clone())));
        }
    }
}

/// Tax on the taxed lines, each with its share of the discounts of the order; half cents up.
fn tax(lines: &[PricedLine], worth: i64, left: i64, rate: i64) -> i64 {
    let taxed: i64 = lines
        .iter()
        .filter(|line| line.taxed)
        .map(|line| line.subtotal - line.discount)
        .sum();
    let base = part(left, taxed, worth);
    let exact = i128::from(base) * i128::from(rate);
    i64::try_from((exact + 50_000) / 100_000).unwrap_or(0)
}

fn granted(code: &Code, allocations: Vec<(usize, i64)>) -> Applied {
    Applied {
        code: Some(code.word.to_owned()),
        title: code.title.to_owned(),
        amount: allocations.iter().map(|(_, amount)| amount).sum(),
        eligibility: None,
        allocations,
    }
}

fn automatic(title: &str, amount: i64, eligibility: Option<String>) -> Applied {
    Applied {
        code: None,
        title: title.to_owned(),
        amount,
        eligibility,
        allocations: Vec::new(),
    }
}

fn rejected(code: &str, content: &str) -> Note {
    let path = format!(
        "$.discounts.codes[?(@=='{}')]",
        code.replace(['\'', '\\'], "")
    );
    Note::new(NoteKind::Warning, "discount_code_not_applied", content).at(path)
}

/// Cents as people write them.
pub(crate) fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!(
        "{sign}${}.{:02}",
        cents.unsigned_abs() / 100,
        cents.unsigned_abs() % 100
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::WhichShop;
    use crate::trade::terms::terms;

    fn line(price: i64, quantity: u32, category: &str, taxed: bool) -> PricedLine {
        PricedLine {
            id: "li_1".to_owned(),
            item: "x".to_owned(),
            title: "X".to_owned(),
            price,
            quantity,
            taxed,
            category: vec![category.to_owned()],
            discount: 0,
            subtotal: 0,
        }
    }

    fn with(codes: &[&str]) -> Basket {
        Basket {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            ..Basket::default()
        }
    }

    fn at(rate: Option<i64>) -> Circumstances<'static> {
        Circumstances {
            terms: terms(WhichShop::PantryLane),
            may_be_first_order: true,
            tax_rate: rate,
        }
    }

    #[test]
    fn ten_percent_off_counts_on_what_the_item_code_left() {
        let priced = price(
            vec![line(1000, 2, "coffee", false)],
            &with(&["WELCOME10", "COFFEE15"]),
            at(None),
        )
        .unwrap();

        assert_eq!(
            (
                priced.subtotal,
                priced.items_discount,
                priced.order_discount
            ),
            (2000, 300, 170)
        );
        assert_eq!(priced.total, 1530);
    }

    #[test]
    fn five_dollars_off_need_thirty_dollars() {
        let low = price(
            vec![line(2999, 1, "tea", false)],
            &with(&["PANTRY5"]),
            at(None),
        )
        .unwrap();
        let high = price(
            vec![line(3000, 1, "tea", false)],
            &with(&["PANTRY5"]),
            at(None),
        )
        .unwrap();

        assert_eq!((low.total, low.notes.len()), (2999, 1));
        assert_eq!((high.total, high.notes.len()), (2500, 0));
    }

    #[test]
    fn tax_is_taken_on_taxed_goods_only_and_rounded_once() {
        let lines = vec![line(1999, 1, "soap", true), line(1000, 1, "coffee", false)];

        let priced = price(lines, &with(&[]), at(Some(8_875))).unwrap();

        assert_eq!(priced.tax, Some(177));
        assert_eq!(priced.total, 2999 + 177);
    }

    #[test]
    fn a_code_said_twice_counts_once_and_case_does_not_matter() {
        let priced = price(
            vec![line(5000, 1, "tea", false)],
            &with(&["welcome10", "WELCOME10"]),
            at(None),
        )
        .unwrap();

        assert_eq!(priced.order_discount, 500);
    }

    proptest! {
        #[test]
        fn totals_add_up_and_lines_share_them_out_without_rest(
            goods in proptest::collection::vec((1_i64..900_000, 1_u32..9, any::<bool>(), any::<bool>()), 1..12),
            rate in proptest::option::of(0_i64..12_000),
            codes in proptest::collection::vec(prop_oneof![Just("WELCOME10"), Just("PANTRY5"), Just("COFFEE15"), Just("NOPE")], 0..4),
        ) {
            let lines = goods.iter().map(|(price, quantity, coffee, taxed)| line(*price, *quantity, if *coffee { "coffee" } else { "tea" }, *taxed)).collect();

            let priced = price(lines, &with(&codes), at(rate)).unwrap();

            prop_assert_eq!(priced.total, priced.subtotal - priced.items_discount - priced.order_discount + priced.tax.unwrap_or(0));
            prop_assert_eq!(priced.net_lines().iter().sum::<i64>(), priced.total);
            prop_assert!(priced.total >= 0);
            prop_assert!(priced.applied.iter().all(|applied| applied.amount > 0));
        }
    }
}
