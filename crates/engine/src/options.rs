//! Choosing options of a configurable product.

use std::sync::Arc;

use errand_catalog::{ValueState, configure};
use errand_protocol::errand::{ConfigurationView, ErrandEvent, OptionValueView, OptionView};
use errand_types::{CallId, Choice, ConfigureArgs, OfferRef, Product};

use crate::ctx::Ctx;
use crate::effect::Deed;
use crate::failure::Failure;
use crate::orders::OrderOp;
use crate::outbox::Outbox;
use crate::session::{Session, Waiting};
use crate::words;

impl Session {
    /// Completes the choices to the cheapest whole that fits, and asks the shop for exactly that.
    pub(crate) fn choose_options(
        &mut self,
        args: &ConfigureArgs,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(known) = self.knows(&args.offer) else {
            return false;
        };
        let Some(configuration) = &known.product.configuration else {
            out.say(words::no_options(ctx.language()));
            return false;
        };
        let mut choices = known.named.clone();
        for choice in &args.choices {
            choices.retain(|c| c.option != choice.option);
            choices.push(choice.clone());
        }
        let base = known
            .product
            .variants
            .first()
            .map_or(known.variant.price, |v| v.price);
        let limit = known.need.as_ref().and_then(|n| n.price_max);
        match configure(configuration, base, &choices, limit, ctx.language()) {
            Ok(configured) => {
                let selected = configured
                    .choices
                    .iter()
                    .map(|c| (c.option.to_string(), c.value.to_string()))
                    .collect();
                let deed = Deed::Product {
                    merchant: args.offer.merchant.clone(),
                    product: args.offer.product.clone(),
                    selected,
                };
                if let Some(known) = self.known.get_mut(&args.offer) {
                    Arc::make_mut(known).named = choices;
                }
                let call = CallId::fresh(ctx.ids);
                let op = OrderOp::Configure(args.offer.clone(), configured.choices);
                self.waiting.insert(call.clone(), Waiting::Order(op));
                out.deed(call, deed);
                true
            }
            Err(conflict) => {
                out.say(words::conflict(ctx.language(), &conflict));
                false
            }
        }
    }

    pub(crate) fn options_known(
        &mut self,
        offer: &OfferRef,
        choices: &[Choice],
        answer: Result<Box<Product>, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let product = match answer {
            Ok(product) => *product,
            Err(failure) => {
                out.say(words::options_failed(
                    ctx.language(),
                    &failure,
                    &ctx.shop_name(&offer.merchant),
                ));
                return;
            }
        };
        let chosen = product.variants.iter().find(|v| {
            choices.iter().all(|c| {
                v.options.iter().any(|(name, value)| {
                    name.as_str() == c.option.as_str() && value.as_str() == c.value.as_str()
                })
            })
        });
        let (Some(variant), Some(mut known)) = (
            chosen.or(product.variants.first()).cloned(),
            self.knows(offer).cloned(),
        ) else {
            out.say(words::no_options(ctx.language()));
            return;
        };
        let now = OfferRef {
            variant: variant.id.clone(),
            ..offer.clone()
        };
        known.variant = variant;
        known.choices = choices.to_vec();
        self.known.insert(now.clone(), Arc::new(known.clone()));
        self.configuring = Some((now.clone(), choices.to_vec()));
        self.focus = Some(now.clone());
        for shown in &mut self.shown {
            if shown == offer {
                *shown = now.clone();
            }
        }
        let base = known
            .product
            .variants
            .first()
            .map_or(known.variant.price, |v| v.price);
        let options = known
            .product
            .configuration
            .as_ref()
            .and_then(|c| configure(c, base, choices, None, ctx.language()).ok())
            .map(|c| c.options.into_iter().map(option_view).collect())
            .unwrap_or_default();
        let need = known.need.as_deref().cloned().unwrap_or_default();
        let view = ConfigurationView {
            card: self.card(1, &now, &known, &need, ctx),
            options,
            choices: choices.to_vec(),
            conflict: None,
        };
        out.say(words::configured(ctx.language(), &known, choices));
        out.emit(ErrandEvent::Configuration(view));
    }
}

fn option_view(option: errand_catalog::OptionState) -> OptionView {
    OptionView {
        name: option.name,
        values: option
            .values
            .into_iter()
            .map(|v| OptionValueView {
                label: v.label,
                chosen: matches!(v.state, ValueState::Chosen),
                impossible: match v.state {
                    ValueState::Impossible { because, way_out } => Some(match way_out {
                        Some(way) => format!("{because}. {way}"),
                        None => because,
                    }),
                    ValueState::Chosen | ValueState::Available { .. } => None,
                },
                delta: v.delta,
            })
            .collect(),
    }
}
