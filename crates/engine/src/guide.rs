//! Help that fits the moment, and a first tour that goes along with an errand.

use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session};
use crate::words;

/// What a person is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Asked to buy.
    Purchase,
    /// Asked whether a shop may learn something.
    Consent,
    /// A whole from parts stands.
    Whole,
    /// Options are being chosen.
    Options,
    /// Products are shown.
    Shown,
    /// Something lies in the cart.
    Cart,
    /// Nothing is under way, and something was ordered.
    Ordered,
    /// Nothing at all.
    Nothing,
}

/// The step of the tour that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tour {
    /// Something is to be looked for.
    Look,
    /// One of those shown is to be chosen.
    Choose,
}

impl Session {
    pub(crate) fn help(&mut self, tour: bool, ctx: &Ctx<'_>, out: &mut Outbox) {
        if tour {
            self.tour = Some(Tour::Look);
            out.say(words::tour_begins(ctx.language()));
        } else {
            out.say(words::help(self.moment(ctx), ctx));
        }
    }

    /// The next step of the tour, once the person has taken the one before.
    pub(crate) fn go_along(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        match self.tour {
            Some(Tour::Look) if !self.shown.is_empty() && self.cart.lines.is_empty() => {
                self.tour = Some(Tour::Choose);
                out.say(words::tour_choose(ctx.language()));
            }
            Some(Tour::Look | Tour::Choose) if !self.cart.lines.is_empty() => {
                self.tour = None;
                out.say(words::tour_buy(ctx.language()));
            }
            Some(_) | None => {}
        }
    }

    fn moment(&self, ctx: &Ctx<'_>) -> Moment {
        match &self.open {
            Some(OpenQuestion::Purchase { .. }) => return Moment::Purchase,
            Some(OpenQuestion::Consent { .. }) => return Moment::Consent,
            _ => {}
        }
        if self.configuring.is_some() {
            Moment::Options
        } else if !self.cart.lines.is_empty() {
            Moment::Cart
        } else if !self.shown.is_empty() {
            Moment::Shown
        } else if self.assembled.as_ref().is_some_and(|w| !w.parts.is_empty()) {
            Moment::Whole
        } else if !ctx.orders.is_empty() {
            Moment::Ordered
        } else {
            Moment::Nothing
        }
    }
}
