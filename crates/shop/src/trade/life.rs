//! The life of an order, computed from the clock whenever somebody looks.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::basket::{Destination, Method};
use super::delivery::later;
use super::slots::Slot;
use crate::ids::number_from;

/// An order as booked. What happens to it later is worked out, not written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OrderRecord {
    pub(crate) id: String,
    pub(crate) checkout: String,
    pub(crate) placed_at: Timestamp,
    pub(crate) lines: Vec<OrderLine>,
    /// The totals as the buyer saw them on completion.
    pub(crate) totals: serde_json::Value,
    pub(crate) total: i64,
    pub(crate) currency: String,
    pub(crate) codes: Vec<String>,
    /// E-mail of the buyer, for the question whether this was a first order.
    pub(crate) email: Option<String>,
    pub(crate) way: Way,
    pub(crate) canceled_at: Option<Timestamp>,
    pub(crate) returns: Vec<ReturnRecord>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OrderLine {
    pub(crate) id: String,
    pub(crate) item: String,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) quantity: u32,
    /// Paid for the line in the end: after discounts, with tax, without delivery.
    pub(crate) net: i64,
    pub(crate) returnable: bool,
}

/// How the goods go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Way {
    pub(crate) method: Method,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// The booked window.
    pub(crate) slot: Option<String>,
    pub(crate) destination: Option<Destination>,
    pub(crate) digital: bool,
}

/// Goods on their way back, or money given back at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReturnRecord {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Line id and pieces.
    pub(crate) lines: Vec<(String, u32)>,
    pub(crate) amount: i64,
    pub(crate) reason: Option<String>,
    /// True when no goods have to come back first.
    pub(crate) at_once: bool,
}

/// The points in an order's life. Each is at or after the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Milestones {
    /// From here on it cannot be canceled.
    pub(crate) packed: Timestamp,
    pub(crate) shipped: Timestamp,
    pub(crate) moving: Timestamp,
    pub(crate) delivered: Timestamp,
}

/// Goods take this long to come back.
const RETURN_TRIP: SignedDuration = SignedDuration::from_hours(5 * 24);
/// Goods can be sent back this long after delivery.
const RETURN_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

impl OrderRecord {
    pub(crate) fn milestones(&self) -> Milestones {
        let chance = number_from(&self.id);
        let hours = SignedDuration::from_hours;
        let span = self.way.to.duration_since(self.way.from).as_mins().max(1);
        let within =
            SignedDuration::from_mins(i64::try_from(chance % 1_000_000).unwrap_or(0) % span);
        if self.way.digital {
            let sent = later(self.placed_at, SignedDuration::from_mins(5));
            return Milestones {
                packed: self.placed_at,
                shipped: sent,
                moving: sent,
                delivered: sent,
            };
        }
        let (packed, shipped, moving, delivered) = match (self.way.slot.is_some(), self.way.method)
        {
            (true, Method::Shipping) => {
                let start = self.way.from;
                (
                    later(start, hours(-10)),
                    later(start, hours(-2)),
                    later(start, hours(-1)),
                    later(start, within),
                )
            }
            (false, Method::Shipping) => {
                let delivered = later(self.way.from, within);
                let shipped = later(delivered, hours(-20)).max(later(self.placed_at, hours(2)));
                (
                    later(shipped, hours(-1)),
                    shipped,
                    later(shipped, hours(3)),
                    delivered,
                )
            }
            (_, Method::Pickup) => {
                let ready = self.way.from;
                (
                    later(ready, hours(-3)),
                    ready,
                    ready,
                    later(ready, SignedDuration::from_mins(30)),
                )
            }
        };
        let packed = packed.max(self.placed_at);
        let shipped = shipped.max(packed);
        let moving = moving.max(shipped);
        Milestones {
            packed,
            shipped,
            moving,
            delivered: delivered.max(moving),
        }
    }

    /// The word for where the order stands.
    pub(crate) fn state(&self, now: Timestamp) -> &'static str {
        let milestones = self.milestones();
        match now {
            _ if self.canceled_at.is_some() => "canceled",
            now if now >= milestones.delivered => "delivered",
            now if now >= milestones.moving && self.way.method == Method::Shipping => "in_transit",
            now if now >= milestones.shipped && self.way.method == Method::Pickup => {
                "ready_for_pickup"
            }
            now if now >= milestones.shipped => "shipped",
            now if now >= milestones.packed => "packed",
            _ => "processing",
        }
    }

    pub(crate) fn can_cancel(&self, now: Timestamp) -> bool {
        self.canceled_at.is_none() && self.returns.is_empty() && now < self.milestones().packed
    }

    pub(crate) fn return_until(&self) -> Timestamp {
        later(self.milestones().delivered, RETURN_WINDOW)
    }

    pub(crate) fn is_delivered(&self, now: Timestamp) -> bool {
        self.canceled_at.is_none() && now >= self.milestones().delivered
    }

    pub(crate) fn line(&self, id: &str) -> Option<&OrderLine> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// Pieces of a line that were sent back or written off; `until` limits it to those whose
    /// trip is over.
    pub(crate) fn gone(&self, line: &str, until: Option<Timestamp>) -> u32 {
        let counted = self
            .returns
            .iter()
            .filter(|back| until.is_none_or(|now| back.is_done(now)));
        let pieces = counted
            .flat_map(|back| &back.lines)
            .filter(|(id, _)| id == line);
        pieces.map(|(_, pieces)| pieces).sum()
    }

    /// What sending back `pieces` more of a line gives back. All pieces together give back
    /// exactly what was paid for the line.
    pub(crate) fn worth_of(&self, line: &OrderLine, pieces: u32) -> i64 {
        let share = |count: u32| {
            let wide = i128::from(line.net) * i128::from(count) / i128::from(line.quantity.max(1));
            i64::try_from(wide).unwrap_or(0)
        };
        let gone = self.gone(&line.id, None);
        share(gone + pieces) - share(gone)
    }

    /// Money that has gone back by `now`.
    pub(crate) fn refunded(&self, now: Timestamp) -> i64 {
        if self.canceled_at.is_some() {
            return self.total;
        }
        self.returns
            .iter()
            .filter(|back| back.is_done(now))
            .map(|back| back.amount)
            .sum()
    }

    /// What has not arrived comes later.
    pub(crate) fn delay(&mut self, by: SignedDuration, now: Timestamp) {
        if self.canceled_at.is_none() && now < self.milestones().delivered && !self.way.digital {
            self.way.from = later(self.way.from, by);
            self.way.to = later(self.way.to, by);
        }
    }

    /// Puts the order into another window.
    pub(crate) fn move_to(&mut self, slot: &Slot, title: String) {
        self.way.slot = Some(slot.id.clone());
        self.way.from = slot.start;
        self.way.to = slot.end;
        self.way.title = title;
    }
}

impl ReturnRecord {
    pub(crate) fn is_done(&self, now: Timestamp) -> bool {
        self.at_once || now >= later(self.at, RETURN_TRIP)
    }

    pub(crate) fn done_at(&self) -> Timestamp {
        if self.at_once {
            self.at
        } else {
            later(self.at, RETURN_TRIP)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn order(slot: Option<&str>) -> OrderRecord {
        OrderRecord {
            id: "ord_x".to_owned(),
            checkout: "chk_x".to_owned(),
            placed_at: at("2026-11-20T12:00:00Z"),
            lines: vec![OrderLine {
                id: "li_1".to_owned(),
                item: "x".to_owned(),
                title: "X".to_owned(),
                price: 1000,
                quantity: 3,
                net: 1001,
                returnable: true,
            }],
            totals: serde_json::Value::Null,
            total: 1591,
            currency: "USD".to_owned(),
            codes: Vec::new(),
            email: None,
            way: Way {
                method: Method::Shipping,
                title: "x".to_owned(),
                price: 590,
                from: at("2026-11-21T08:00:00Z"),
                to: at("2026-11-21T10:00:00Z"),
                slot: slot.map(str::to_owned),
                destination: None,
                digital: false,
            },
            canceled_at: None,
            returns: Vec::new(),
        }
    }

    #[test]
    fn a_booked_order_arrives_inside_its_window() {
        let milestones = order(Some("w20261121-08d")).milestones();

        assert_eq!(milestones.packed, at("2026-11-20T22:00:00Z"));
        assert!(milestones.delivered >= at("2026-11-21T08:00:00Z"));
        assert!(milestones.delivered < at("2026-11-21T10:00:00Z"));
    }

    #[test]
    fn states_follow_each_other_on_the_clock() {
        let order = order(None);
        let milestones = order.milestones();

        assert_eq!(order.state(order.placed_at), "processing");
        assert_eq!(order.state(milestones.packed), "packed");
        assert_eq!(order.state(milestones.shipped), "shipped");
        assert_eq!(order.state(milestones.moving), "in_transit");
        assert_eq!(order.state(milestones.delivered), "delivered");
    }

    #[test]
    fn sending_pieces_back_one_by_one_gives_back_exactly_what_was_paid() {
        let mut order = order(None);
        let line = order.lines[0].clone();
        let mut sum = 0;
        for number in 0..3 {
            let amount = order.worth_of(&line, 1);
            sum += amount;
            order.returns.push(ReturnRecord {
                id: format!("ret_{number}"),
                at: order.placed_at,
                lines: vec![("li_1".to_owned(), 1)],
                amount,
                reason: None,
                at_once: false,
            });
        }

        assert_eq!(sum, 1001);
    }
}
