use serde::{Deserialize, Serialize};

use crate::limits::{CART_LINES_MAX, QUANTITY_MAX};
use crate::{CartId, Money, MoneyError, OfferRef, Text, Wish};

/// What the person means to buy: lines that may belong to several shops. Local: no shop knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Its name.
    pub id: CartId,
    /// Grows with each change; an approval is bound to it.
    pub revision: u64,
    /// Lines in the order of adding.
    pub lines: Vec<CartLine>,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// The thing.
    pub offer: OfferRef,
    /// Its name, for showing.
    pub title: Text<200>,
    /// Pieces, 1 to 999.
    pub quantity: u32,
    /// Price of one piece when it was put in.
    pub unit_price: Money,
    /// When it should arrive.
    pub delivery: Option<Wish>,
}

/// Why a cart does not take a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// Zero, or more than one line may hold.
    #[error("quantity `{0}` is not between 1 and {QUANTITY_MAX}")]
    Quantity(i64),
    /// No room.
    #[error("a cart holds at most {CART_LINES_MAX} lines")]
    Full,
    /// No such line.
    #[error("the cart has no such line")]
    NoSuchLine,
}

impl Cart {
    /// An empty cart.
    pub fn empty(id: CartId) -> Self {
        Self {
            id,
            revision: 0,
            lines: Vec::new(),
        }
    }

    /// Adds pieces of an offer; more of the same offer joins its line.
    pub fn add(&mut self, line: CartLine) -> Result<(), CartError> {
        let bad = |n: u32| CartError::Quantity(i64::from(n));
        if line.quantity == 0 || line.quantity > QUANTITY_MAX {
            return Err(bad(line.quantity));
        }
        if let Some(same) = self.lines.iter_mut().find(|l| l.offer == line.offer) {
            let sum = same.quantity.saturating_add(line.quantity);
            if sum > QUANTITY_MAX {
                return Err(bad(sum));
            }
            same.quantity = sum;
            same.unit_price = line.unit_price;
            same.delivery = line.delivery.or_else(|| same.delivery.take());
        } else if self.lines.len() >= CART_LINES_MAX {
            return Err(CartError::Full);
        } else {
            self.lines.push(line);
        }
        self.touch();
        Ok(())
    }

    /// Sets the pieces of a line; zero takes it out.
    pub fn set_quantity(&mut self, offer: &OfferRef, quantity: u32) -> Result<(), CartError> {
        if quantity > QUANTITY_MAX {
            return Err(CartError::Quantity(i64::from(quantity)));
        }
        let at = self
            .lines
            .iter()
            .position(|l| l.offer == *offer)
            .ok_or(CartError::NoSuchLine)?;
        if quantity == 0 {
            self.lines.remove(at);
        } else if let Some(line) = self.lines.get_mut(at) {
            line.quantity = quantity;
        }
        self.touch();
        Ok(())
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.touch();
    }

    /// What the lines cost before delivery and tax; `None` when empty.
    pub fn subtotal(&self) -> Option<Result<Money, MoneyError>> {
        let currency = self.lines.first()?.unit_price.currency();
        let parts: Result<Vec<Money>, MoneyError> = self
            .lines
            .iter()
            .map(|l| l.unit_price.times(l.quantity))
            .collect();
        Some(parts.and_then(|parts| Money::sum(currency, parts)))
    }

    fn touch(&mut self) {
        self.revision = self.revision.saturating_add(1);
    }
}
