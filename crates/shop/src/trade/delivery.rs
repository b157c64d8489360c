//! Ways in which a basket can reach its buyer.

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::basket::Method;
use super::pricing::dollars;
use super::slots::Slot;
use super::terms::Terms;

/// What there is to move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Worth of the goods in cents.
    pub(crate) worth: i64,
    pub(crate) bulky: bool,
    /// Codes only.
    pub(crate) digital: bool,
    pub(crate) ready_after: SignedDuration,
}

/// One way, dated and priced.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) carrier: &'static str,
    pub(crate) price: i64,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// Option id of a held delivery window.
pub(crate) const BOOKED_WINDOW: &str = "booked-window";
/// Option id of a held collection window.
pub(crate) const BOOKED_COLLECTION: &str = "booked-collection";

/// All ways of one method, the plainest first.
pub(crate) fn offers(
    method: Method,
    terms: &Terms,
    zone: &TimeZone,
    now: Timestamp,
    load: Load,
    held: Option<&Slot>,
) -> Vec<Offer> {
    if load.digital {
        return vec![Offer {
            id: "code",
            title: "Code on the order page".to_owned(),
            description: "Ready within 5 minutes, and by e-mail when you gave one.".to_owned(),
            carrier: "none",
            price: 0,
            from: now,
            to: later(now, SignedDuration::from_mins(5)),
        }];
    }
    let ready = later(now, load.ready_after);
    let day = |ahead: i64, hour: i8| shop_day(ready, ahead, hour, zone);
    let held = held.filter(|slot| slot.pickup == (method == Method::Pickup));
    let mut offers = match method {
        Method::Shipping if load.bulky => vec![Offer {
            id: "van",
            title: "Two people with a van".to_owned(),
            description: "Carried to the room of your choice.".to_owned(),
            carrier: "Shop van",
            price: terms.van_price,
            from: day(4, 9),
            to: day(7, 19),
        }],
        Method::Shipping => vec![standard(terms, load, &day), express(terms, &day)],
        Method::Pickup => vec![Offer {
            id: "collect",
            title: format!("Collect at {}", terms.store[0]),
            description: "Kept for you at the counter for 5 days.".to_owned(),
            carrier: "none",
            price: 0,
            from: day(1, 12),
            to: day(6, 18),
        }],
    };
    if let Some(slot) = held {
        let id = if slot.pickup {
            BOOKED_COLLECTION
        } else {
            BOOKED_WINDOW
        };
        offers.push(Offer {
            id,
            title: format!("Booked window, {}", spoken(slot, zone)),
            description: "Kept for you while you decide.".to_owned(),
            carrier: if slot.pickup { "none" } else { "Shop courier" },
            price: slot.price,
            from: slot.start,
            to: slot.end,
        });
    }
    offers
}

fn standard(terms: &Terms, load: Load, day: &impl Fn(i64, i8) -> Timestamp) -> Offer {
    let free = load.worth >= terms.standard_free_from;
    let (from, to) = terms.standard_days;
    Offer {
        id: "standard",
        title: format!("Standard, {from} to {to} working days"),
        description: format!("Free from {} on.", dollars(terms.standard_free_from)),
        carrier: "Parcel post",
        price: if free { 0 } else { terms.standard_price },
        from: day(from, 9),
        to: day(to, 20),
    }
}

fn express(terms: &Terms, day: &impl Fn(i64, i8) -> Timestamp) -> Offer {
    Offer {
        id: "express",
        title: "Express, next working day".to_owned(),
        description: "Any hour between 9 and 20.".to_owned(),
        carrier: "Shop courier",
        price: terms.express_price,
        from: day(1, 9),
        to: day(1, 20),
    }
}

/// `hour` on the `ahead`-th day after `from`; Sundays do not count.
fn shop_day(from: Timestamp, ahead: i64, hour: i8, zone: &TimeZone) -> Timestamp {
    let mut date: Date = from.to_zoned(zone.clone()).date();
    let mut left = ahead;
    while left > 0 {
        let Ok(next) = date.tomorrow() else {
            return from;
        };
        date = next;
        if date.weekday() != Weekday::Sunday {
            left -= 1;
        }
    }
    let local = date.to_datetime(time(hour, 0, 0, 0));
    zone.to_ambiguous_timestamp(local)
        .compatible()
        .unwrap_or(from)
}

/// A window as people say it: `Saturday 21 November, 08:00 to 10:00`.
pub(crate) fn spoken(slot: &Slot, zone: &TimeZone) -> String {
    let start = slot.start.to_zoned(zone.clone());
    let end = slot.end.to_zoned(zone.clone());
    format!(
        "{} to {}",
        start.strftime("%A %-d %B, %H:%M"),
        end.strftime("%H:%M")
    )
}

/// `at` plus `by`, held at the end of the calendar.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
