//! What an operation works with while it holds the books.

use jiff::{SignedDuration, Timestamp};

use super::call::Refusal;
use crate::books::{Books, CheckoutRecord, Phase};
use crate::catalog::{PickError, Picked};
use crate::faults::Faults;
use crate::shop::Inner;
use crate::trade::delivery::later;
use crate::trade::slots::{self, Slot};

/// A checkout is forgotten by the shop this long after it began.
pub(crate) const OPEN_FOR: SignedDuration = SignedDuration::from_hours(6);

/// The shop, its open books and the time.
pub(crate) struct Desk<'a> {
    pub(crate) shop: &'a Inner,
    pub(crate) books: &'a mut Books,
    pub(crate) faults: &'a mut Faults,
    pub(crate) now: Timestamp,
}

impl Desk<'_> {
    /// A fresh id.
    pub(crate) fn draw(&mut self, prefix: &str) -> String {
        self.books.drawn += 1;
        self.shop.seed.draw(prefix, self.books.drawn)
    }

    /// What a line buys, at today's price and stock.
    pub(crate) fn pick(&self, item: &str) -> Result<Found<'_>, PickError> {
        let mut picked = self.shop.catalog.pick(item)?;
        let key = canonical(&picked);
        let change = self.books.overrides.get(&key).copied().unwrap_or_default();
        if let Some(price) = change.price {
            picked.price = price;
        }
        let opening = change.stock.unwrap_or(picked.stock);
        let sold = self.books.sold.get(&key).copied().unwrap_or(0);
        let stock =
            u32::try_from(i64::from(opening).saturating_sub(sold).max(0)).unwrap_or(u32::MAX);
        Ok(Found { picked, key, stock })
    }

    /// The phase of a checkout with its expiry taken into account.
    pub(crate) fn is_expired(&self, checkout: &CheckoutRecord) -> bool {
        let open = matches!(checkout.phase, Phase::Open | Phase::Escalated(_));
        open && self.now >= later(checkout.made_at, OPEN_FOR)
    }

    /// The window that is still held for this checkout.
    pub(crate) fn held(&self, checkout: &CheckoutRecord) -> Option<Slot> {
        let hold = checkout
            .hold
            .as_ref()
            .filter(|hold| hold.until > self.now)?;
        self.slot(&hold.slot)
    }

    pub(crate) fn slot(&self, id: &str) -> Option<Slot> {
        slots::find(self.shop.which, self.shop.terms, &self.shop.zone, id)
    }

    /// Places of a window that are booked by orders or held by checkouts other than `except`.
    pub(crate) fn taken(&self, slot: &str, except: Option<&str>) -> u32 {
        let held = self.books.checkouts.values().filter(|checkout| {
            let hold = checkout.hold.as_ref();
            let alive = hold.is_some_and(|hold| hold.slot == slot && hold.until > self.now);
            alive && checkout.phase == Phase::Open && except != Some(checkout.id.as_str())
        });
        let booked = self.books.orders.values().filter(|order| {
            order.canceled_at.is_none()
                && order.way.slot.as_deref() == Some(slot)
                && except != Some(order.id.as_str())
        });
        u32::try_from(held.count() + booked.count()).unwrap_or(u32::MAX)
    }

    pub(crate) fn checkout(&self, id: &str) -> Result<&CheckoutRecord, Refusal> {
        self.books
            .checkouts
            .get(id)
            .ok_or_else(|| Refusal::not_found("checkout"))
    }

    pub(crate) fn checkout_mut(&mut self, id: &str) -> Result<&mut CheckoutRecord, Refusal> {
        self.books
            .checkouts
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("checkout"))
    }

    /// A moment with the shop's own offset.
    pub(crate) fn stamp(&self, at: Timestamp) -> String {
        slots::stamp(at, &self.shop.zone)
    }
}

/// A picked thing with the shop's present price and stock.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) picked: Picked<'a>,
    /// The key under which stock is counted.
    pub(crate) key: String,
    pub(crate) stock: u32,
}

/// One name for a variant, however it was asked for. Everything that is put together to order
/// from the same product shares its stock.
pub(crate) fn canonical(picked: &Picked<'_>) -> String {
    let product = picked.product;
    let built = product.metadata.configuration.is_some();
    if built || picked.variant_id == product.id {
        return product
            .variants
            .first()
            .map_or_else(|| product.id.clone(), |first| first.id.clone());
    }
    picked.variant_id.clone()
}
