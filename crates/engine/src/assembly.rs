//! Wholes from parts of shops: every slot is asked for, what fits together is solved here, and the parts go into the
//! cart one decision each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use errand_catalog::assembly::{
    Best, Build, Clash, Domain, NoBuild, Op, PartRef, Stock, Than, Want, Wish,
};
use errand_gate::{ActionKind, SearchShops};
use errand_protocol::errand::{AssemblyPartView, AssemblyView, ErrandEvent};
use errand_types::limits::CANDIDATES_MAX;
use errand_types::{
    AssembleArgs, CallId, CartLine, Language, MerchantId, Need, OfferRef, PartOp, PartWant,
    Product, Text, Variant,
};
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::effect::{AskDelivery, Deed};
use crate::facts::{self, Actor};
use crate::failure::Failure;
use crate::fitting::{put, slot_of};
use crate::input::ShopAnswer;
use crate::outbox::Outbox;
use crate::session::{Known, Session, Waiting};
use crate::words;

/// Wishes of one whole that are kept.
const WANTS_MAX: usize = 20;
/// Parts asked of each shop for one slot.
const PER_SHOP: u16 = 60;

/// The whole that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assembled {
    /// What was asked, all turns together.
    pub args: AssembleArgs,
    /// Its parts.
    pub parts: Vec<OfferRef>,
}

/// Parts being gathered from shops.
#[derive(Debug, Clone)]
pub(crate) struct Gathering {
    args: AssembleArgs,
    /// What stands, and should be kept as far as it can be.
    standing: Option<Assembled>,
    /// Parts with their slots.
    found: Vec<(String, Arc<Product>)>,
    silent: BTreeSet<MerchantId>,
    tainted: bool,
}

/// One slot that shops are asked for.
#[derive(Debug, Clone)]
pub(crate) struct PartSearch {
    slot: String,
    waiting: BTreeSet<MerchantId>,
}

/// What a part is in the stock that is solved over.
type Offers = BTreeMap<PartRef, (OfferRef, Arc<Product>, Variant)>;

impl Session {
    /// Asks every shop for every kind of part.
    pub(crate) fn assemble(
        &mut self,
        args: AssembleArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let Some(domain) = Domain::all()
            .iter()
            .find(|d| d.id() == args.domain.as_str())
        else {
            out.say(words::unknown_whole(
                ctx.language(),
                Domain::all().iter().map(Domain::word),
            ));
            return false;
        };
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::Configure, &asked, ctx, out) {
            return false;
        }
        let merchants: Vec<MerchantId> = ctx
            .merchants
            .keys()
            .filter(|id| !ctx.profile.blocks_merchant(id))
            .cloned()
            .collect();
        if merchants.is_empty() {
            out.say(words::no_shops(ctx.language()));
            return false;
        }
        let standing = self.assembled.clone();
        let standing = standing.filter(|whole| args.keep && whole.args.domain == args.domain);
        let args = match &standing {
            Some(whole) => together(whole.args.clone(), args),
            None => args,
        };
        let mut searches = Vec::new();
        for slot in domain.slots() {
            let query = domain.listed(slot).first().map_or(slot, String::as_str);
            let act = SearchShops {
                merchants: merchants.clone(),
                query: Text::clip(query),
                price_max: None,
                limit: PER_SHOP,
            };
            let call = CallId::fresh(ctx.ids);
            match out.permit(ctx, &call, &asked, act) {
                Ok(permit) => searches.push((call, slot.to_owned(), permit)),
                Err(decision) => {
                    self.explain(&decision, ctx, out);
                    return false;
                }
            }
        }
        self.gathering = Some(Box::new(Gathering {
            args,
            standing,
            found: Vec::new(),
            silent: BTreeSet::new(),
            tainted: actor.tainted,
        }));
        for (call, slot, act) in searches {
            let waiting = merchants.iter().cloned().collect();
            let search = PartSearch { slot, waiting };
            self.waiting.insert(call.clone(), Waiting::Part(search));
            out.deed(
                call,
                Deed::Search {
                    act,
                    delivery: AskDelivery::Not,
                },
            );
        }
        true
    }

    /// A shop answered for one kind of part.
    pub(crate) fn part_answered(
        &mut self,
        call: &CallId,
        merchant: &MerchantId,
        answer: Result<ShopAnswer, Failure>,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(Waiting::Part(search)) = self.waiting.get_mut(call) else {
            return;
        };
        if !search.waiting.remove(merchant) {
            return;
        }
        let (slot, is_over) = (search.slot.clone(), search.waiting.is_empty());
        if is_over {
            self.waiting.remove(call);
        }
        if let Some(gathering) = &mut self.gathering {
            match answer {
                Ok(answer) => {
                    let room = CANDIDATES_MAX.saturating_sub(gathering.found.len());
                    let parts = answer.products.into_iter().take(room);
                    let parts = parts.map(|p| (slot.clone(), Arc::new(p)));
                    gathering.found.extend(parts);
                }
                Err(failure) => {
                    // Once for each shop, not once for each kind of part.
                    if gathering.silent.insert(merchant.clone()) {
                        let name = ctx.shop_name(merchant);
                        let text = words::shop_silent(ctx.language(), &name, &failure);
                        let headline = words::silent_headline(ctx.language(), &name);
                        out.notice("no", &failure.code, headline, text);
                        out.say(words::went_on_without(ctx.language(), &name));
                    }
                }
            }
        }
        let is_gathered = !self.waiting.values().any(|w| matches!(w, Waiting::Part(_)));
        if is_gathered && let Some(gathering) = self.gathering.take() {
            self.gathered(*gathering, ctx, out);
        }
    }

    /// Every shop has answered or was given up: what fits together, or why nothing does.
    fn gathered(&mut self, gathering: Gathering, ctx: &Ctx<'_>, out: &mut Outbox) {
        let domain = Domain::all()
            .iter()
            .find(|d| d.id() == gathering.args.domain.as_str());
        let Some(domain) = domain else { return };
        let (stock, offers) = stock(domain, &gathering.found, ctx);
        let mut args = gathering.args;
        // Where no shop sells parts, one may sell the whole, with options to choose.
        if offers.is_empty() && gathering.standing.is_none() {
            self.search(None, in_one(domain, &args), gathering.tainted, ctx, out);
            return;
        }
        let standing = gathering.standing.filter(|whole| !whole.parts.is_empty());
        let kept = standing.as_ref().map(|whole| whole.parts.as_slice());
        let kept = kept.unwrap_or_default();
        let present: Vec<PartRef> = offers
            .iter()
            .filter(|(_, (offer, ..))| kept.contains(offer))
            .map(|(part, _)| *part)
            .collect();
        let wishes = match wishes(&stock, &mut args, &present, ctx.language()) {
            Ok(wishes) => wishes,
            Err(why) => {
                out.say(words::wish_unknown(ctx.language(), &why));
                return;
            }
        };
        let mut view = AssemblyView {
            what: domain.word().to_owned(),
            parts: Vec::new(),
            price: None,
            price_max: args.price_max,
            wishes: wishes.iter().map(|w| w.text().to_owned()).collect(),
            exact: true,
            conflict: Vec::new(),
            give_up: Vec::new(),
        };
        let (build, changed) = match solve(&stock, &present, &wishes, &args) {
            Ok(found) => found,
            Err(why) => {
                if let NoBuild::Clash(clash) = &why {
                    view.conflict = conflict(clash, ctx.language());
                    view.give_up = clash.give_up.iter().map(|way| way.text.clone()).collect();
                }
                let said = words::no_whole_because(ctx.language(), &view, &why);
                out.emit(ErrandEvent::Assembly(view));
                out.say(said);
                // What stands goes on standing; where nothing does, the next sentence may loosen what was asked.
                if standing.is_none() {
                    let parts = Vec::new();
                    self.assembled = Some(Assembled { args, parts });
                }
                return;
            }
        };
        let parts = build.parts.iter().filter_map(|part| offers.get(part));
        let parts: Vec<&(OfferRef, Arc<Product>, Variant)> = parts.collect();
        let agent = self.doer(ctx, "assemble");
        let actor = self.actor(ctx, &agent, "assemble", gathering.tainted);
        let mut asked = facts::base(ctx, &actor);
        asked.items = parts
            .iter()
            .map(|(offer, product, _)| facts::judge(ctx, offer, product, 1, None).0)
            .collect();
        if !self.allowed(ActionKind::Recommend, &asked, ctx, out) {
            return;
        }
        self.learn_parts(&parts);
        view.exact = build.exact;
        view.price = Some(build.price);
        view.parts = build
            .parts
            .iter()
            .filter_map(|part| {
                let (offer, product, variant) = offers.get(part)?;
                let (slot, ..) = stock.named(*part)?;
                Some(AssemblyPartView {
                    slot: domain.slot_named(slot)?.to_owned(),
                    offer: offer.clone(),
                    title: product.title.to_string(),
                    merchant_name: ctx.shop_name(&offer.merchant),
                    price: variant.price,
                    changed: changed.get(part).cloned(),
                })
            })
            .collect();
        let goal = args
            .goal
            .as_ref()
            .and_then(|goal| domain.goal(goal.as_str()));
        let said = words::whole(ctx.language(), &view, goal, standing.is_some());
        out.emit(ErrandEvent::Assembly(view));
        out.say(said);
        let parts: Vec<OfferRef> = parts.into_iter().map(|(offer, ..)| offer.clone()).collect();
        self.shown.clear();
        self.focus = None;
        self.configuring = None;
        self.assembled = Some(Assembled { args, parts });
    }

    /// Parts of a whole can be spoken of and go into the cart.
    fn learn_parts(&mut self, parts: &[&(OfferRef, Arc<Product>, Variant)]) {
        for (offer, product, variant) in parts {
            let known = || Known {
                product: Arc::clone(product),
                variant: variant.clone(),
                need: None,
                confirmed: Vec::new(),
                reasons: Vec::new(),
                delivery: None,
                delivery_cost: None,
                also: Vec::new(),
                choices: Vec::new(),
                named: Vec::new(),
            };
            self.known
                .entry(offer.clone())
                .or_insert_with(|| Arc::new(known()));
        }
    }

    /// All parts of the whole that stands go into the cart, or none.
    pub(crate) fn assembly_take(&mut self, actor: &Actor, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let parts = self.assembled.as_ref().map(|whole| whole.parts.clone());
        let parts = parts.filter(|parts| !parts.is_empty());
        let Some(parts) = parts else {
            out.say(words::no_whole(ctx.language()));
            return false;
        };
        let before = self.cart.clone();
        self.keep_undo();
        for offer in &parts {
            let asked = self.item_facts(offer, 1, actor, ctx);
            let is_in = self.allowed(ActionKind::CartAdd, &asked, ctx, out)
                && self.knows(offer).cloned().is_some_and(|known| {
                    let line = CartLine {
                        offer: offer.clone(),
                        title: words::line_title(&known),
                        quantity: 1,
                        unit_price: known.variant.price,
                        delivery: self.wish.clone(),
                    };
                    let added = self.cart.add(line);
                    if let Err(error) = &added {
                        out.say(words::cart_error(ctx.language(), error));
                    }
                    added.is_ok()
                });
            if !is_in {
                self.cart = before;
                self.undo.pop();
                return false;
            }
        }
        // It is in the cart now: taken once more it would be two.
        self.assembled = None;
        self.cart_changed(ctx, out);
        out.say(words::whole_taken(ctx.language(), parts.len()));
        true
    }
}

/// The whole as one thing, with the words that were wished of its parts.
fn in_one(domain: &Domain, args: &AssembleArgs) -> Need {
    let is_word = |value: &str| !matches!(value, "" | "yes" | "no");
    let named = args
        .wants
        .iter()
        .filter(|want| want.is == PartOp::Is && is_word(want.value.as_str()));
    Need {
        what: Text::clip(domain.word()),
        must: named.map(|want| Text::clip(want.value.as_str())).collect(),
        price_max: args.price_max,
        ..Need::default()
    }
}

/// Earlier wishes and new ones; a new one about the same thing takes the place of the old one.
fn together(earlier: AssembleArgs, new: AssembleArgs) -> AssembleArgs {
    let is_maker = |want: &PartWant| matches!(want.is, PartOp::Brand | PartOp::NotBrand);
    let replaced = |old: &PartWant| {
        let mut about = new.wants.iter().filter(|w| !is_maker(w) && w.of == old.of);
        !is_maker(old) && about.next().is_some()
    };
    let old = earlier
        .wants
        .iter()
        .filter(|old| !replaced(old) && !new.wants.contains(old) && !new.drop.contains(&old.of));
    let wants = old.chain(&new.wants).take(WANTS_MAX).cloned();
    AssembleArgs {
        wants: wants.collect(),
        price_max: new.price_max.or(earlier.price_max),
        goal: new.goal.clone().or(earlier.goal),
        ..new
    }
}

/// What the shops answered as a stock: only what can be had, is listed as such a part, and the person's rules bear.
fn stock<'d>(
    domain: &'d Domain,
    found: &[(String, Arc<Product>)],
    ctx: &Ctx<'_>,
) -> (Stock<'d>, Offers) {
    let mut stock = Stock::new(domain);
    let mut offers = Offers::new();
    let mut seen: BTreeSet<OfferRef> = BTreeSet::new();
    for (slot, product) in found {
        let can_be_had = product
            .variants
            .iter()
            .find(|v| v.availability.is_offerable());
        let Some(variant) = can_be_had.filter(|_| slot_of(domain, product) == Some(slot)) else {
            continue;
        };
        let offer = OfferRef {
            merchant: product.merchant.clone(),
            product: product.id.clone(),
            variant: variant.id.clone(),
        };
        let (item, _) = facts::judge(ctx, &offer, product, 1, None);
        let is_barred = !item.violations.is_empty() || (item.min_age > 0 && !item.age_ok);
        if is_barred || !seen.insert(offer.clone()) {
            continue;
        }
        let id = format!("{}/{}/{}", offer.merchant, offer.product, offer.variant);
        if let Some(part) = put(&mut stock, slot, product, variant, &id) {
            offers.insert(part, (offer, Arc::clone(product), variant.clone()));
        }
    }
    (stock, offers)
}

/// The wishes of the solver. A wish for more or less than what stands becomes a bound that later turns keep.
fn wishes(
    stock: &Stock<'_>,
    args: &mut AssembleArgs,
    present: &[PartRef],
    language: Language,
) -> Result<Vec<Wish>, String> {
    let mut wishes: Vec<Wish> = args.price_max.map(Wish::budget).into_iter().collect();
    for want in args.wants.iter_mut().take(WANTS_MAX) {
        let is = match want.is {
            PartOp::AtLeast => Op::AtLeast,
            PartOp::AtMost => Op::AtMost,
            PartOp::Is => Op::Is,
            PartOp::Not => Op::Not,
            PartOp::Brand => Op::Brand,
            PartOp::NotBrand => Op::NotBrand,
            PartOp::With => Op::With,
            PartOp::More | PartOp::Less => {
                let (than, later) = if want.is == PartOp::More {
                    (Than::More, PartOp::AtLeast)
                } else {
                    (Than::Less, PartOp::AtMost)
                };
                let mut standing = present.iter().filter_map(|part| {
                    let wish = Wish::than(stock, *part, want.of.as_str(), than)?;
                    Some((wish, stock.stated(*part, want.of.as_str())?))
                });
                let Some((wish, stated)) = standing.next() else {
                    return Err(words::not_stated(language, &want.of));
                };
                wishes.push(wish);
                want.is = later;
                want.value = Text::clip(&stated);
                continue;
            }
        };
        let data = Want {
            of: want.of.to_string(),
            is,
            value: want.value.to_string(),
        };
        let wish = Wish::read(stock.domain(), &data).map_err(|e| match e.nearest() {
            Some(nearest) => words::near_it(language, e.to_string(), nearest),
            None => e.to_string(),
        })?;
        wishes.push(wish);
    }
    Ok(wishes)
}

type Solved = (Build, BTreeMap<PartRef, String>);

fn solve(
    stock: &Stock<'_>,
    present: &[PartRef],
    wishes: &[Wish],
    args: &AssembleArgs,
) -> Result<Solved, NoBuild> {
    if !present.is_empty() {
        let change = stock.change(present, wishes)?;
        let changed = change.changed.into_iter();
        let changed = changed.filter_map(|c| Some((c.to?, c.because)));
        return Ok((change.build, changed.collect()));
    }
    // "The most" is only a question within a limit; without one the least that does is the answer.
    let best = match (&args.goal, args.price_max) {
        (Some(goal), Some(_)) => Best::Goal(goal.as_str()),
        _ => Best::Cheapest,
    };
    stock
        .build(wishes, best)
        .map(|build| (build, BTreeMap::new()))
}

fn conflict(clash: &Clash, language: Language) -> Vec<String> {
    if clash.wishes.is_empty() {
        return clash
            .nothing_for
            .iter()
            .map(|slot| words::no_part(language, slot))
            .collect();
    }
    clash.texts.clone()
}
