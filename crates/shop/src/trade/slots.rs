//! Bookable delivery windows: when they are, what they cost, how many are left.

use jiff::civil::{Date, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::terms::{Days, Terms, Window};
use crate::config::WhichShop;
use crate::ids::number_from;

/// Shortest time between booking and the start of a window.
pub(crate) const LEAD: SignedDuration = SignedDuration::from_hours(12);
/// How long a window is kept free for a checkout.
pub(crate) const HOLD: SignedDuration = SignedDuration::from_mins(10);
/// How far ahead windows can be booked.
const DAYS_AHEAD: i64 = 14;

/// One window on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) id: String,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) pickup: bool,
    /// Cents.
    pub(crate) price: i64,
    /// Places that were never given to other people's orders.
    places: u32,
}

impl Slot {
    /// Places left when `taken` are held or booked here.
    pub(crate) fn remaining(&self, taken: u32) -> u32 {
        self.places.saturating_sub(taken)
    }
}

/// The windows of the next 14 days that can still be reached, in order of time.
pub(crate) fn upcoming(
    which: WhichShop,
    terms: &Terms,
    zone: &TimeZone,
    now: Timestamp,
    ready_after: SignedDuration,
) -> Vec<Slot> {
    let earliest = now
        .checked_add(LEAD.max(ready_after))
        .unwrap_or(Timestamp::MAX);
    let today = now.to_zoned(zone.clone()).date();
    let mut slots = Vec::new();
    for ahead in 0..=DAYS_AHEAD {
        let Ok(date) = today.checked_add(SignedDuration::from_hours(24 * ahead)) else {
            break;
        };
        for window in terms
            .windows
            .iter()
            .filter(|window| offered(window.days, date))
        {
            slots.extend(slot(which, window, date, zone).filter(|slot| slot.start >= earliest));
        }
    }
    slots.sort_by(|a, b| a.start.cmp(&b.start).then(a.pickup.cmp(&b.pickup)));
    slots
}

/// The window with this id, whether or not it can still be booked.
pub(crate) fn find(which: WhichShop, terms: &Terms, zone: &TimeZone, id: &str) -> Option<Slot> {
    let (day, rest) = id.strip_prefix('w')?.split_once('-')?;
    let date = Date::strptime("%Y%m%d", day).ok()?;
    let hour: i8 = rest.get(..2)?.parse().ok()?;
    let pickup = rest.ends_with('c');
    let window = terms.windows.iter().find(|window| {
        window.hours.0 == hour && window.pickup == pickup && offered(window.days, date)
    })?;
    slot(which, window, date, zone).filter(|slot| slot.id == id)
}

fn offered(days: Days, date: Date) -> bool {
    match (days, date.weekday()) {
        (_, Weekday::Sunday) | (Days::MondayToFriday, Weekday::Saturday) => false,
        (Days::Saturday, day) => day == Weekday::Saturday,
        (Days::MondayToFriday | Days::MondayToSaturday, _) => true,
    }
}

fn slot(which: WhichShop, window: &Window, date: Date, zone: &TimeZone) -> Option<Slot> {
    let at = |hour: i8| {
        let local = date.to_datetime(time(hour, 0, 0, 0));
        zone.to_ambiguous_timestamp(local).compatible().ok()
    };
    let (from, to) = window.hours;
    let letter = if window.pickup { 'c' } else { 'd' };
    let id = format!("w{}-{from:02}{letter}", date.strftime("%Y%m%d"));
    // Other people order too; at most two of at least four places are theirs.
    let others = u32::try_from(number_from(&format!("{}{id}", which.slug())) % 3).unwrap_or(0);
    Some(Slot {
        start: at(from)?,
        end: at(to)?,
        pickup: window.pickup,
        price: window.price,
        places: window.capacity.saturating_sub(others),
        id,
    })
}

/// A moment as the shop writes it: RFC 3339 in whole seconds with the offset of its own zone.
pub(crate) fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    whole.display_with_offset(zone.to_offset(at)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trade::terms::terms;

    const NONE: SignedDuration = SignedDuration::ZERO;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn saturday_morning_is_offered_on_friday_evening_by_grocer_and_home_shop() {
        for which in [WhichShop::PantryLane, WhichShop::HearthThread] {
            let slots = upcoming(
                which,
                terms(which),
                &TimeZone::UTC,
                at("2026-11-20T19:30:00Z"),
                NONE,
            );

            let first = slots.first().unwrap();
            assert_eq!(first.start, at("2026-11-21T08:00:00Z"));
            assert!(first.remaining(0) >= 2);
        }
    }

    #[test]
    fn nothing_starts_within_the_lead_time_or_on_a_sunday() {
        let now = at("2026-11-20T21:00:00Z");
        let slots = upcoming(
            WhichShop::PantryLane,
            terms(WhichShop::PantryLane),
            &TimeZone::UTC,
            now,
            NONE,
        );

        assert!(
            slots
                .iter()
                .all(|slot| slot.start.duration_since(now) >= LEAD)
        );
        assert!(
            slots
                .iter()
                .all(|slot| slot.start.to_zoned(TimeZone::UTC).weekday() != Weekday::Sunday)
        );
    }

    #[test]
    fn goods_made_to_order_move_the_first_window_back() {
        let slots = upcoming(
            WhichShop::PantryLane,
            terms(WhichShop::PantryLane),
            &TimeZone::UTC,
            at("2026-11-19T12:00:00Z"),
            SignedDuration::from_hours(96),
        );

        assert_eq!(slots.first().unwrap().start, at("2026-11-23T12:00:00Z"));
    }

    #[test]
    fn a_window_is_found_again_by_its_id() {
        let zone = TimeZone::UTC;
        let terms = terms(WhichShop::VoltWire);
        for slot in upcoming(
            WhichShop::VoltWire,
            terms,
            &zone,
            at("2026-11-18T12:00:00Z"),
            NONE,
        ) {
            assert_eq!(
                find(WhichShop::VoltWire, terms, &zone, &slot.id),
                Some(slot)
            );
        }
        assert_eq!(
            find(WhichShop::VoltWire, terms, &zone, "w20261122-08d"),
            None
        );
        assert_eq!(find(WhichShop::VoltWire, terms, &zone, "nonsense"), None);
    }
}
