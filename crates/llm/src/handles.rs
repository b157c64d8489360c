//! Short names for what is on the table. A planner sees `p1` and never the id of a stranger, so it can make none up.

use errand_model::Scene;
use errand_types::{OfferRef, OrderId};

/// Products with a handle.
const OFFERS_MAX: usize = 120;
/// Orders with a handle.
const ORDERS_MAX: usize = 20;

/// The handles of one scene.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    offers: Vec<OfferRef>,
    orders: Vec<OrderId>,
}

impl Handles {
    /// What was shown comes first, so that `p1` is "the first one".
    pub(crate) fn of(scene: &Scene) -> Self {
        let mut handles = Self::default();
        let shown = scene.shown.iter().map(|s| &s.offer);
        let about = scene
            .focus
            .iter()
            .chain(scene.configuring.iter().map(|c| &c.0));
        let cart = scene.cart.iter().map(|c| &c.offer);
        let bought = scene
            .orders
            .iter()
            .flat_map(|o| o.lines.iter().map(|(offer, _)| offer));
        for offer in shown.chain(about).chain(cart).chain(bought) {
            if handles.offers.len() < OFFERS_MAX && !handles.offers.contains(offer) {
                handles.offers.push(offer.clone());
            }
        }
        handles.orders = scene
            .orders
            .iter()
            .take(ORDERS_MAX)
            .map(|o| o.id.clone())
            .collect();
        handles
    }

    pub(crate) fn of_offer(&self, offer: &OfferRef) -> Option<String> {
        let at = self.offers.iter().position(|o| o == offer)?;
        Some(format!("p{}", at.saturating_add(1)))
    }

    pub(crate) fn of_order(&self, order: &OrderId) -> Option<String> {
        let at = self.orders.iter().position(|o| o == order)?;
        Some(format!("o{}", at.saturating_add(1)))
    }

    pub(crate) fn offer(&self, handle: &str) -> Option<&OfferRef> {
        self.offers.get(place(handle, 'p')?)
    }

    pub(crate) fn order(&self, handle: &str) -> Option<&OrderId> {
        self.orders.get(place(handle, 'o')?)
    }

    /// All handles of products, for schemas.
    pub(crate) fn offers(&self) -> Vec<String> {
        (1..=self.offers.len()).map(|n| format!("p{n}")).collect()
    }

    /// All handles of orders, for schemas.
    pub(crate) fn orders(&self) -> Vec<String> {
        (1..=self.orders.len()).map(|n| format!("o{n}")).collect()
    }
}

fn place(handle: &str, kind: char) -> Option<usize> {
    let number: usize = handle.trim().strip_prefix(kind)?.parse().ok()?;
    number.checked_sub(1)
}
