//! A product of a session as a snapshot has it: without what the product's own record tells, and without what is empty.

use std::borrow::Cow;
use std::sync::Arc;

use errand_engine::{AlsoAt, Known};
use errand_types::{Choice, Money, Need, OfferRef, Product, Variant, Window};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) offer: Cow<'a, OfferRef>,
    /// Where it is not word for word the one of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant: Option<Cow<'a, Variant>>,
    /// Which of the snapshot's needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    need: Option<usize>,
    #[serde(default, skip_serializing_if = "is_empty")]
    confirmed: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    reasons: Cow<'a, [String]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery: Option<Window>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery_cost: Option<Money>,
    #[serde(default, skip_serializing_if = "is_empty")]
    also: Cow<'a, [AlsoAt]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    choices: Cow<'a, [Choice]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    named: Cow<'a, [Choice]>,
}

fn is_empty<T>(list: &[T]) -> bool {
    list.is_empty()
}

impl<'a> Entry<'a> {
    /// Puts what was wanted to the needs of the snapshot, where it is not there already.
    pub(super) fn of(offer: &'a OfferRef, known: &'a Known, needs: &mut Vec<&'a Need>) -> Self {
        let need = known.need.as_deref().map(|need| {
            let there = needs.iter().position(|other| *other == need);
            there.unwrap_or_else(|| {
                needs.push(need);
                needs.len() - 1
            })
        });
        let its_own = known
            .product
            .variants
            .iter()
            .find(|v| v.id == offer.variant);
        Self {
            offer: Cow::Borrowed(offer),
            variant: (its_own != Some(&known.variant)).then_some(Cow::Borrowed(&known.variant)),
            need,
            confirmed: Cow::Borrowed(&known.confirmed),
            reasons: Cow::Borrowed(&known.reasons),
            delivery: known.delivery,
            delivery_cost: known.delivery_cost,
            also: Cow::Borrowed(&known.also),
            choices: Cow::Borrowed(&known.choices),
            named: Cow::Borrowed(&known.named),
        }
    }

    /// As it was. `None` where the product that lies there has no such variant.
    pub(super) fn known(self, product: &Arc<Product>, needs: &[Need]) -> Option<Known> {
        let listed = || {
            let id = &self.offer.variant;
            product.variants.iter().find(|v| v.id == *id).cloned()
        };
        let variant = self.variant.map(Cow::into_owned).or_else(listed)?;
        let need = self.need.and_then(|at| needs.get(at));
        Some(Known {
            product: Arc::clone(product),
            variant,
            need: need.cloned().map(Box::new),
            confirmed: self.confirmed.into_owned(),
            reasons: self.reasons.into_owned(),
            delivery: self.delivery,
            delivery_cost: self.delivery_cost,
            also: self.also.into_owned(),
            choices: self.choices.into_owned(),
            named: self.named.into_owned(),
        })
    }
}
