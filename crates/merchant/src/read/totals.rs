use errand_types::limits::MINOR_MAX;
use errand_types::{Currency, Money, Text, TotalEntry, TotalKind, Totals, TotalsCheck};
use serde_json::Value;

use crate::dialect::Dialect;
use crate::json::{clip, get, list, minor, text};

/// Entries that are read.
const ENTRIES_MAX: usize = 100;

/// Reads `totals[]`: the shop's entries in its order and words, discounts negative, and whether they make the total.
///
/// `None` when there is no total to be read.
pub(crate) fn read(entries: &[Value], currency: Currency, dialect: Dialect) -> Option<Totals> {
    let mut found = Vec::new();
    let mut totals = Vec::new();
    let mut subtotals = 0_usize;
    let mut trouble: Option<&'static str> =
        (entries.len() > ENTRIES_MAX).then_some("too many entries");
    let mut broken_part: Option<TotalsCheck> = None;
    let mut items_discount = 0_i64;
    for entry in entries.iter().take(ENTRIES_MAX) {
        let word = text(entry, "type").unwrap_or_default();
        let Some(amount) = get(entry, "amount")
            .and_then(minor)
            .filter(|amount| amount.unsigned_abs() <= MINOR_MAX.unsigned_abs())
        else {
            trouble = trouble.or(Some("an amount that cannot be read"));
            continue;
        };
        if word == "total" {
            totals.push(amount);
            continue;
        }
        let kind = kind_of(word);
        subtotals = subtotals.saturating_add(usize::from(kind == TotalKind::Subtotal));
        if dialect.has_positive_discounts() && word == "items_discount" {
            items_discount = items_discount.saturating_add(amount.saturating_abs());
        }
        let amount = if kind == TotalKind::Discount && dialect.has_positive_discounts() {
            amount.saturating_abs().saturating_neg()
        } else {
            amount
        };
        if !dialect.has_positive_discounts() {
            trouble = trouble.or_else(|| sign_trouble(kind, amount));
        }
        if let Some(check) = parts_check(entry, amount, currency, dialect) {
            broken_part = broken_part.or(Some(check));
        }
        let label = clip(entry, "display_text").unwrap_or_else(|| Text::clip(our_word(kind)));
        found.push(TotalEntry {
            kind,
            label,
            amount: Money::new(amount, currency),
        });
    }
    let total = *totals.first()?;
    let total = Money::new(total, currency);
    let trouble = trouble
        .or((totals.len() > 1).then_some("more than one total"))
        .or((subtotals != 1).then_some("not exactly one subtotal"));
    let check = match trouble {
        Some(why) => TotalsCheck::Uncheckable(Text::clip(why)),
        None => broken_part.unwrap_or_else(|| sum_check(&found, total, items_discount)),
    };
    Some(Totals {
        entries: found,
        total,
        check,
    })
}

fn sum_check(entries: &[TotalEntry], total: Money, items_discount: i64) -> TotalsCheck {
    let Ok(sum) = Money::sum(total.currency(), entries.iter().map(|entry| entry.amount)) else {
        return TotalsCheck::Uncheckable(Text::clip("sums out of range"));
    };
    if sum == total {
        return TotalsCheck::Consistent;
    }
    // Before 2026-04-08 `items_discount` only informs, and some servers subtract it all the same: both are sums.
    let informed = sum.plus(Money::new(items_discount, total.currency()));
    if items_discount > 0 && informed == Ok(total) {
        return TotalsCheck::Consistent;
    }
    TotalsCheck::Mismatch {
        expected: sum,
        found: total,
    }
}

/// From 2026-04-08 on, what subtracts is not positive and what adds is not negative.
fn sign_trouble(kind: TotalKind, amount: i64) -> Option<&'static str> {
    match kind {
        TotalKind::Discount if amount > 0 => Some("a discount that adds"),
        TotalKind::Subtotal | TotalKind::Fulfillment | TotalKind::Tax | TotalKind::Fee
            if amount < 0 =>
        {
            Some("a cost that subtracts")
        }
        TotalKind::Subtotal
        | TotalKind::Discount
        | TotalKind::Fulfillment
        | TotalKind::Tax
        | TotalKind::Fee
        | TotalKind::Other => None,
    }
}

/// The parts of an entry, where it has any, make the entry.
fn parts_check(
    entry: &Value,
    amount: i64,
    currency: Currency,
    dialect: Dialect,
) -> Option<TotalsCheck> {
    let parts = list(entry, "lines");
    if parts.is_empty() || dialect.has_positive_discounts() {
        return None;
    }
    let sum = parts.iter().take(1_000).try_fold(0_i64, |sum, part| {
        sum.checked_add(get(part, "amount").and_then(minor)?)
    });
    match sum {
        Some(sum) if sum == amount => None,
        Some(sum) => Some(TotalsCheck::Mismatch {
            expected: Money::new(sum, currency),
            found: Money::new(amount, currency),
        }),
        None => Some(TotalsCheck::Uncheckable(Text::clip(
            "a part that cannot be read",
        ))),
    }
}

fn kind_of(word: &str) -> TotalKind {
    match word {
        "subtotal" => TotalKind::Subtotal,
        "discount" | "items_discount" => TotalKind::Discount,
        "fulfillment" => TotalKind::Fulfillment,
        "tax" => TotalKind::Tax,
        "fee" => TotalKind::Fee,
        _ => TotalKind::Other,
    }
}

fn our_word(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::Subtotal => "Goods",
        TotalKind::Discount => "Discount",
        TotalKind::Fulfillment => "Delivery",
        TotalKind::Tax => "Tax",
        TotalKind::Fee => "Fee",
        TotalKind::Other => "Other",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn totals(entries: &Value, dialect: Dialect) -> Totals {
        read(entries.as_array().unwrap(), Currency::USD, dialect).unwrap()
    }

    #[test]
    fn signed_totals_of_newer_versions_add_up() {
        let entries = json!([
            { "type": "subtotal", "amount": 5000, "lines": [{ "amount": 2000 }, { "amount": 3000 }] },
            { "type": "discount", "amount": -500 },
            { "type": "fulfillment", "amount": 599 },
            { "type": "tax", "amount": 12 },
            { "type": "com.example.bottle_deposit", "display_text": "Deposit", "amount": 25 },
            { "type": "total", "amount": 5136 },
        ]);

        let totals = totals(&entries, Dialect::V20260408);

        assert_eq!(totals.check, TotalsCheck::Consistent);
        assert_eq!(totals.entries[4].kind, TotalKind::Other);
        assert_eq!(totals.entries[4].label.as_str(), "Deposit");
    }

    #[test]
    fn positive_discounts_of_older_versions_are_subtracted_and_shown_negative() {
        let entries = json!([
            { "type": "subtotal", "amount": 7000 }, { "type": "discount", "amount": 700 }, { "type": "total", "amount": 6300 },
        ]);

        let older = totals(&entries, Dialect::V20260111);
        let newer = totals(&entries, Dialect::V20260408);

        assert_eq!(older.check, TotalsCheck::Consistent);
        assert_eq!(older.entries[1].amount.minor(), -700);
        assert!(matches!(newer.check, TotalsCheck::Uncheckable(_)));
    }

    #[test]
    fn an_items_discount_of_older_versions_may_inform_or_subtract() {
        let with = |total: i64| {
            let entries = json!([
                { "type": "subtotal", "amount": 1000 }, { "type": "items_discount", "amount": 100 },
                { "type": "total", "amount": total },
            ]);
            totals(&entries, Dialect::V20260123).check
        };

        assert_eq!(with(1000), TotalsCheck::Consistent);
        assert_eq!(with(900), TotalsCheck::Consistent);
        assert!(matches!(with(950), TotalsCheck::Mismatch { .. }));
    }

    #[test]
    fn totals_that_lie_are_caught() {
        let cases = [
            json!([{ "type": "subtotal", "amount": 1000 }, { "type": "tax", "amount": 100 }, { "type": "total", "amount": 9999 }]),
            json!([{ "type": "subtotal", "amount": 1000 }, { "type": "total", "amount": 1000 }, { "type": "total", "amount": 1 }]),
            json!([{ "type": "total", "amount": 1000 }]),
            json!([{ "type": "subtotal", "amount": 1000.5 }, { "type": "total", "amount": 1000 }]),
            json!([{ "type": "subtotal", "amount": i64::MAX }, { "type": "total", "amount": 1000 }]),
            json!([{ "type": "subtotal", "amount": 1100 }, { "type": "tax", "amount": -100 }, { "type": "total", "amount": 1000 }]),
            json!([{ "type": "subtotal", "amount": 1000, "lines": [{ "amount": 1 }] }, { "type": "total", "amount": 1000 }]),
            json!([{ "type": "subtotal", "amount": 1000 }, { "type": "subtotal", "amount": 0 }, { "type": "total", "amount": 1000 }]),
        ];
        for case in cases {
            let check = totals(&case, Dialect::V20260408).check;
            assert_ne!(check, TotalsCheck::Consistent, "{case}");
        }
        assert_eq!(
            read(
                &[json!({ "type": "subtotal", "amount": 1 })],
                Currency::USD,
                Dialect::V20260408
            ),
            None
        );
        assert_eq!(
            read(
                &[json!({ "type": "total", "amount": "12" })],
                Currency::USD,
                Dialect::V20260408
            ),
            None
        );
    }

    proptest! {
        #[test]
        fn totals_are_consistent_exactly_when_the_entries_make_the_total(
            subtotal in 0..=MINOR_MAX / 4,
            discount in 0..=MINOR_MAX / 4,
            tax in 0..=MINOR_MAX / 4,
            off in -3_i64..=3,
        ) {
            let sum = subtotal - discount + tax;
            let entry = |word: &str, amount: i64| json!({ "type": word, "amount": amount });
            let newer = [entry("subtotal", subtotal), entry("discount", -discount), entry("tax", tax), entry("total", sum + off)];
            let older = [entry("subtotal", subtotal), entry("discount", discount), entry("tax", tax), entry("total", sum + off)];

            for (entries, dialect) in [(newer, Dialect::V20260408), (older, Dialect::V20260111)] {
                let read = read(&entries, Currency::USD, dialect).unwrap();
                prop_assert_eq!(read.check == TotalsCheck::Consistent, off == 0);
            }
        }

        #[test]
        fn no_amounts_of_any_size_make_it_panic(amounts in prop::collection::vec(any::<i64>(), 0..6), kinds in prop::collection::vec(0..7_usize, 6)) {
            const WORDS: [&str; 7] = ["subtotal", "discount", "items_discount", "fulfillment", "tax", "fee", "total"];
            let entries: Vec<Value> =
                amounts.iter().zip(kinds).map(|(amount, kind)| json!({ "type": WORDS[kind], "amount": amount })).collect();
            for dialect in Dialect::ALL {
                let _ = read(&entries, Currency::USD, dialect);
            }
        }
    }
}
