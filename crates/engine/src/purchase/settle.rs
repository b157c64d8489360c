//! After the payment: read the order, see that the delivery is booked. And before it: give up.

use errand_gate::{BookSlot, CancelCheckout};
use errand_types::{ForeignId, Money, Order, OrderId, Slot, SlotState};

use super::{Progress, Purchase, PurchaseState, Work};
use crate::effect::{Deed, Record};
use crate::facts;
use crate::failure::Failure;

const CONFIRM_TRIES_MAX: u8 = 4;

impl Purchase {
    pub(crate) fn confirm(
        &mut self,
        work: &mut Work<'_, '_>,
        number: ForeignId,
        tries: u8,
    ) -> Progress {
        if self.order.is_none() {
            self.order = Some(OrderId::fresh(work.ctx.ids));
        }
        self.state = PurchaseState::Confirming {
            number: number.clone(),
            tries,
        };
        self.save(work.out);
        let call = self.next_call(work.ctx);
        work.out.deed(
            call,
            Deed::ReadOrder {
                merchant: self.merchant.clone(),
                order: number,
            },
        );
        Progress::Going
    }

    /// The order was read, or could not be: bought it is either way.
    pub(crate) fn confirmed(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Order>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Confirming { number, tries } = self.state.clone() else {
            return Progress::Going;
        };
        let snapshot = match answer {
            Ok(order) => *order,
            Err(_) if tries < CONFIRM_TRIES_MAX => {
                return self.confirm(work, number, tries.saturating_add(1));
            }
            Err(_) => return self.bought(work, number, None),
        };
        let is_booked = snapshot
            .slot
            .as_ref()
            .is_some_and(|s| s.state == SlotState::Booked);
        if self.slot.is_some() && !is_booked {
            self.state = PurchaseState::Relisting {
                number: number.clone(),
            };
            self.save(work.out);
            let call = self.next_call(work.ctx);
            work.out.deed(
                call,
                Deed::OrderSlots {
                    merchant: self.merchant.clone(),
                    order: number,
                },
            );
            return Progress::Going;
        }
        self.bought(work, number, Some(snapshot))
    }

    /// The hold had run out before the order was placed: book the same window, or the best that is left.
    pub(crate) fn relisted(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Vec<Slot>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Relisting { number } = self.state.clone() else {
            return Progress::Going;
        };
        let slots = answer.unwrap_or_default();
        let same = self
            .slot
            .as_ref()
            .and_then(|held| slots.iter().find(|s| s.window == held.window));
        let fits = || {
            self.wish
                .as_ref()
                .and_then(|wish| slots.iter().find(|s| wish.is_met_by(&s.window)))
        };
        let Some(slot) = same.or_else(fits).cloned() else {
            self.slot = None;
            return self.bought(work, number, None);
        };
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        self.revision = self.revision.saturating_add(1);
        let act = BookSlot {
            purchase: self.id.clone(),
            revision: self.revision,
            merchant: self.merchant.clone(),
            order: number.clone(),
            slot: slot.id.clone(),
        };
        let call = self.next_call(work.ctx);
        if let Ok(permit) = work.out.permit(work.ctx, &call, &asked, act) {
            self.slot = Some(slot);
            self.state = PurchaseState::Booking { number };
            self.save(work.out);
            work.out.deed(call, Deed::Book(permit));
            Progress::Going
        } else {
            self.call = None;
            self.bought(work, number, None)
        }
    }

    /// The window was booked, or not; the order stands.
    pub(crate) fn booked(
        &mut self,
        work: &mut Work<'_, '_>,
        answer: Result<Box<Order>, Failure>,
    ) -> Progress {
        self.call = None;
        let PurchaseState::Booking { number } = self.state.clone() else {
            return Progress::Going;
        };
        let snapshot = answer.ok().map(|order| *order);
        if snapshot.is_none() {
            self.slot = None;
        }
        self.bought(work, number, snapshot)
    }

    fn bought(
        &mut self,
        work: &mut Work<'_, '_>,
        number: ForeignId,
        snapshot: Option<Order>,
    ) -> Progress {
        let order = self.order_record(work, number, snapshot);
        // INVARIANT: the order is written before the purchase is over: nobody takes up a purchase that is, so an order
        // that is not there by then would be lost. Written twice it is the same one, its id is the purchase's.
        work.out.write(Record::Order(Box::new(order.clone())));
        self.state = PurchaseState::Done;
        self.save(work.out);
        Progress::Bought(Box::new(order))
    }

    /// What only our cart knew of each line: it is needed to buy the same again in another conversation.
    fn with_products(
        &self,
        mut lines: Vec<errand_types::OrderLine>,
    ) -> Vec<errand_types::OrderLine> {
        for line in &mut lines {
            let own = self.lines.iter().find(|l| l.offer.variant == line.variant);
            if let Some(own) = own {
                line.product = Some(own.offer.product.clone());
                line.words.clone_from(&own.words);
                line.lasts_days = own.lasts_days;
            }
        }
        lines
    }

    /// Our record of the order: what was approved, and what the shop says about the rest.
    fn order_record(
        &self,
        work: &Work<'_, '_>,
        number: ForeignId,
        snapshot: Option<Order>,
    ) -> Order {
        let currency = work.ctx.profile.currency;
        let totals = self.checkout.as_ref().map(|c| c.totals.clone());
        let total = totals.as_ref().map_or(Money::zero(currency), |t| t.total);
        let entries = totals.map(|t| t.entries).unwrap_or_default();
        let id = self
            .order
            .clone()
            .unwrap_or_else(|| OrderId::fresh(work.ctx.ids));
        let permalink = self.checkout.as_ref().and_then(|c| c.permalink.clone());
        let plain_lines = || {
            self.lines
                .iter()
                .map(|l| errand_types::OrderLine {
                    id: None,
                    variant: l.offer.variant.clone(),
                    product: None,
                    words: Vec::new(),
                    lasts_days: None,
                    title: l.title.clone(),
                    ordered: l.quantity,
                    fulfilled: 0,
                    unit_price: None,
                })
                .collect()
        };
        let fallback = || Order {
            id: id.clone(),
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            number: number.clone(),
            lines: plain_lines(),
            entries: entries.clone(),
            total,
            state: errand_types::OrderState::Placed,
            expected: None,
            slot: None,
            events: Vec::new(),
            adjustments: Vec::new(),
            cancel_until: None,
            return_until: None,
            permalink: permalink.clone(),
            placed_at: work.ctx.now,
        };
        let base = snapshot.unwrap_or_else(fallback);
        let slot = base.slot.clone().or_else(|| self.slot.clone());
        let option_window = self.checkout.as_ref().and_then(|c| {
            c.options
                .iter()
                .find(|o| Some(&o.key) == c.selected_option.as_ref())
                .and_then(|o| o.window)
        });
        Order {
            id: id.clone(),
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            number: number.clone(),
            lines: self.with_products(if base.lines.is_empty() {
                plain_lines()
            } else {
                base.lines
            }),
            entries: entries.clone(),
            total,
            expected: slot
                .as_ref()
                .map(|s| s.window)
                .or(base.expected)
                .or(option_window),
            slot,
            permalink: base.permalink.or(permalink),
            placed_at: work.ctx.now,
            ..base
        }
    }

    /// Gives up before payment. What the shop holds for us is let go; nothing was bought.
    pub(crate) fn give_up(&mut self, work: &mut Work<'_, '_>, why: &str) {
        self.call = None;
        let checkout = self.checkout.as_ref().map(|c| c.id.clone());
        self.state = PurchaseState::Ended {
            why: errand_types::Text::clip(why),
        };
        self.save(work.out);
        let Some(checkout) = checkout else { return };
        let mut asked = facts::base(work.ctx, work.actor);
        asked.merchant = Some(facts::merchant(work.ctx, &self.merchant));
        let act = CancelCheckout {
            purchase: self.id.clone(),
            merchant: self.merchant.clone(),
            checkout,
        };
        let call = errand_types::CallId::fresh(work.ctx.ids);
        // Comfort only: an unpaid checkout runs out by itself, so its outcome is not waited for.
        if let Ok(permit) = work.out.permit(work.ctx, &call, &asked, act) {
            work.out.deed(call, Deed::Cancel(permit));
        }
    }
}
