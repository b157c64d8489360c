//! Choosing, the cart, refining a search, questions about a product, options.

use errand_types::limits::QUANTITY_MAX;
use errand_types::{
    BuyArgs, CartArgs, Choice, CompareArgs, ConfigureArgs, DetailsArgs, Money, MoveArgs, Need,
    NoArgs, OfferRef, RuleArgs, RuleKind, ScheduleArgs, Sort, Text, ToolCall, Wish,
};

use super::{Desk, Outcome, cart_args, overlay};
use crate::act::Verb;
use crate::clause::{Clause, Hit};
use crate::draft::Aim;
use crate::need::{Wishing, wishes};
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Refer, Way, bind, it, named};
use crate::text::{stem, words_of};

impl Desk<'_, '_> {
    pub(super) fn goods(&self, hit: &Hit, clause: &Clause) -> Outcome {
        match hit.verb {
            Verb::Choose => self.choose(hit, self.is_choosing()),
            Verb::BuyRef => self.choose(hit, true),
            Verb::ChooseNumber => self.choose_number(hit),
            Verb::Other => self.other(),
            Verb::Add => self.add(hit),
            Verb::AddItem => self.add_item(hit),
            Verb::Remove => self.remove(hit),
            Verb::Quantity => self.quantity(hit),
            Verb::CartClear => Outcome::Calls(vec![ToolCall::CartClear(NoArgs {})]),
            Verb::CartShow => Outcome::Calls(vec![ToolCall::CartShow(NoArgs {})]),
            Verb::CartUndo => Outcome::Calls(vec![ToolCall::CartUndo(NoArgs {})]),
            Verb::More => self.more(),
            Verb::Cheaper => self.cheaper(),
            Verb::BetterRated => self.search_again(|need| need.sort = Some(Sort::Rating)),
            Verb::Refine | Verb::RefineNot => self.refine(hit, clause),
            Verb::Details => self.details(hit, clause),
            Verb::Configure => self.configure(hit, clause),
            Verb::Code => self.code(hit),
            Verb::Again => self.again(hit),
            _ => Outcome::Lost,
        }
    }

    /// What a captured slot refers to.
    pub(super) fn bound(&self, capture: Capture, pool: Pool) -> Bound {
        match self.scan.refer(capture.from, capture.to) {
            Some(refer) => bind(
                refer,
                self.scan.heard.said(refer.from, refer.to),
                self.scene,
                pool,
            ),
            None => named(
                self.scan.heard.said(capture.from, capture.to),
                self.scene,
                pool,
            ),
        }
    }

    fn offers(&self, bound: Bound) -> Result<Vec<OfferRef>, Outcome> {
        match bound {
            Bound::These(offers) => Ok(offers),
            Bound::Torn(titles) => Err(Outcome::Ask(self.ask_titles(&titles))),
            Bound::Nothing if self.scene.shown.is_empty() => Err(Outcome::Ask(self.ask(
                "ask_nothing_shown",
                &[],
                "ask_what_chips",
            ))),
            Bound::Nothing => {
                let count = self.scene.shown.len().to_string();
                Err(Outcome::Ask(self.ask(
                    "ask_no_such",
                    &[("count", &count)],
                    "chips_shown",
                )))
            }
        }
    }

    fn number(&self, capture: Option<Capture>) -> Option<i64> {
        self.scan
            .nums
            .get(capture?.from)
            .copied()
            .flatten()
            .map(|(_, n)| n)
    }

    fn pieces_wanted(&self) -> i64 {
        self.scene
            .need
            .as_ref()
            .map_or(1, |need| i64::from(need.pieces()))
    }

    fn in_cart(&self, offer: &OfferRef) -> Option<u32> {
        self.scene
            .cart
            .iter()
            .find(|item| item.offer == *offer)
            .map(|item| item.quantity)
    }

    fn is_configurable(&self, offer: &OfferRef) -> bool {
        let at_hand = self
            .scene
            .configuring
            .as_ref()
            .is_some_and(|(at_hand, _, _)| at_hand.product == offer.product);
        !at_hand
            && self
                .scene
                .shown
                .iter()
                .any(|s| s.offer == *offer && s.configurable)
    }

    fn quantity_question(&self) -> Outcome {
        Outcome::Ask(self.ask(
            "ask_quantity_max",
            &[("max", &QUANTITY_MAX.to_string())],
            "",
        ))
    }

    fn choose(&self, hit: &Hit, buys: bool) -> Outcome {
        let captures: Vec<Capture> = hit
            .captures
            .iter()
            .copied()
            .filter(|c| c.kind == SlotKind::Ref)
            .collect();
        // "not that but the second one": what comes last is meant.
        let Some(last) = captures.last().copied() else {
            return Outcome::Lost;
        };
        let offers = match self.offers(self.bound(last, Pool::Shown)) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        self.pick(offers, self.number(hit.slot(SlotKind::Num)), buys)
    }

    fn pick(&self, offers: Vec<OfferRef>, said: Option<i64>, buys: bool) -> Outcome {
        if let [offer] = offers.as_slice()
            && self.is_configurable(offer)
        {
            return Outcome::Calls(vec![ToolCall::Configure(ConfigureArgs {
                offer: offer.clone(),
                choices: Vec::new(),
            })]);
        }
        let mut calls = Vec::new();
        for offer in offers {
            match (self.in_cart(&offer), said) {
                // Chosen twice is chosen once.
                (Some(_), None) => {}
                (Some(_), Some(n)) => match cart_args(offer, n) {
                    Some(args) => calls.push(ToolCall::CartSet(args)),
                    None => return self.quantity_question(),
                },
                (None, said) => {
                    match cart_args(offer, said.unwrap_or_else(|| self.pieces_wanted()))
                        .filter(|a| a.quantity > 0)
                    {
                        Some(args) => calls.push(ToolCall::CartAdd(args)),
                        None => return self.quantity_question(),
                    }
                }
            }
        }
        if buys {
            calls.push(ToolCall::Buy(BuyArgs::default()));
        }
        if calls.is_empty() {
            return Outcome::Calls(vec![ToolCall::CartShow(NoArgs {})]);
        }
        Outcome::Calls(calls)
    }

    fn choose_number(&self, hit: &Hit) -> Outcome {
        let Some(n) = self.number(hit.slot(SlotKind::Num)) else {
            return Outcome::Lost;
        };
        // A bare number after a choice was made says how many.
        if !self.is_choosing()
            && let Some(focus) = &self.scene.focus
            && self.in_cart(focus).is_some()
        {
            return self.set(focus.clone(), n);
        }
        let refer = Refer {
            way: Way::Nth,
            count: Some(n),
            from: 0,
            to: 0,
        };
        match self.offers(bind(&refer, "", self.scene, Pool::Shown)) {
            Ok(offers) => self.pick(offers, None, self.is_choosing()),
            Err(outcome) => outcome,
        }
    }

    fn other(&self) -> Outcome {
        let refer = Refer {
            way: Way::Other,
            count: None,
            from: 0,
            to: 0,
        };
        let offers = match self.offers(bind(&refer, "", self.scene, Pool::Shown)) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        let mut calls = Vec::new();
        let mut quantity = None;
        if let Some(focus) = &self.scene.focus
            && let Some(pieces) = self.in_cart(focus)
        {
            quantity = Some(i64::from(pieces));
            calls.push(ToolCall::CartSet(CartArgs {
                offer: focus.clone(),
                quantity: 0,
            }));
        }
        match self.pick(offers, quantity, self.is_choosing()) {
            Outcome::Calls(more) => {
                calls.extend(more);
                Outcome::Calls(calls)
            }
            outcome => outcome,
        }
    }

    fn add(&self, hit: &Hit) -> Outcome {
        let bound = match hit.slot(SlotKind::Ref) {
            Some(capture) => self.bound(capture, Pool::Shown),
            None => it(self.scene, Pool::Shown),
        };
        let offers = match self.offers(bound) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        let said = self.number(hit.slot(SlotKind::Num));
        let mut calls = Vec::new();
        for offer in offers {
            // "One more" of what is there already adds one; the first time as many as were wanted.
            let usual = if self.in_cart(&offer).is_some() {
                1
            } else {
                self.pieces_wanted()
            };
            match cart_args(offer, said.unwrap_or(usual)).filter(|args| args.quantity > 0) {
                Some(args) => calls.push(ToolCall::CartAdd(args)),
                None => return self.quantity_question(),
            }
        }
        Outcome::Calls(calls)
    }

    /// "Add two oat milks": something shown, or else something to look for.
    fn add_item(&self, hit: &Hit) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item) else {
            return Outcome::Lost;
        };
        let found = wishes(self.scan, item.from, item.to, &self.zone);
        if let [only] = found.as_slice()
            && let Bound::These(offers) = named(only.need.what.as_str(), self.scene, Pool::Shown)
        {
            let quantity = only
                .need
                .quantity
                .map_or_else(|| self.pieces_wanted(), i64::from);
            let calls = offers
                .into_iter()
                .filter_map(|offer| cart_args(offer, quantity))
                .map(ToolCall::CartAdd)
                .collect();
            return Outcome::Calls(calls);
        }
        Outcome::Wishes {
            wishes: found,
            aim: Some(Aim::Show),
        }
    }

    fn remove(&self, hit: &Hit) -> Outcome {
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        match self.bound(text, Pool::Cart) {
            Bound::These(offers) => Outcome::Calls(
                offers
                    .into_iter()
                    .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: 0 }))
                    .collect(),
            ),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => {
                let what = self.bare(text);
                let mut question = self.ask("ask_not_in_cart", &[("what", &what)], "");
                question.chips = self
                    .scene
                    .cart
                    .iter()
                    .take(2)
                    .map(|c| Text::clip(&format!("remove the {}", c.title)))
                    .collect();
                Outcome::Ask(question)
            }
        }
    }

    /// The words of a slot without article.
    pub(super) fn bare(&self, capture: Capture) -> String {
        let mut from = capture.from;
        while from + 1 < capture.to
            && matches!(
                self.scan.heard.word(from),
                "the" | "my" | "a" | "an" | "any" | "that" | "those" | "these" | "some" | "our"
            )
        {
            from += 1;
        }
        self.scan.heard.said(from, capture.to).to_owned()
    }

    fn set(&self, offer: OfferRef, quantity: i64) -> Outcome {
        match cart_args(offer, quantity) {
            Some(args) => Outcome::Calls(vec![ToolCall::CartSet(args)]),
            None => self.quantity_question(),
        }
    }

    fn quantity(&self, hit: &Hit) -> Outcome {
        let which = if hit.pattern.starts_with("not") {
            hit.last_slot(SlotKind::Num)
        } else {
            hit.slot(SlotKind::Num)
        };
        let Some(n) = self.number(which) else {
            return Outcome::Lost;
        };
        if !(0..=i64::from(QUANTITY_MAX)).contains(&n) {
            return self.quantity_question();
        }
        let bound = match hit.slot(SlotKind::Ref) {
            Some(capture) => self.bound(capture, Pool::Cart),
            None => it(self.scene, Pool::Cart),
        };
        match bound {
            Bound::These(offers) => Outcome::Calls(
                offers
                    .into_iter()
                    .map(|offer| ToolCall::CartSet(CartArgs { offer, quantity: n }))
                    .collect(),
            ),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => {
                // Nothing is in the cart yet: it is about the thing in focus, or about the wish.
                let bound = hit.slot(SlotKind::Ref).map_or_else(
                    || it(self.scene, Pool::Shown),
                    |c| self.bound(c, Pool::Shown),
                );
                match bound {
                    Bound::These(offers) => self.pick(offers, Some(n), self.is_choosing()),
                    Bound::Torn(_) | Bound::Nothing if self.scene.need.is_some() && n > 0 => {
                        self.search_again(|need| need.quantity = u32::try_from(n).ok())
                    }
                    Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
                    Bound::Nothing => {
                        Outcome::Ask(self.ask("ask_nothing_shown", &[], "ask_what_chips"))
                    }
                }
            }
        }
    }

    pub(super) fn buy(&self) -> Outcome {
        let buy = ToolCall::Buy(BuyArgs::default());
        let focus = self
            .scene
            .focus
            .as_ref()
            .filter(|focus| self.in_cart(focus).is_none());
        if self.is_choosing()
            && let Some(focus) = focus
        {
            return self.pick(vec![focus.clone()], None, true);
        }
        if !self.scene.cart.is_empty() {
            return Outcome::Calls(vec![buy]);
        }
        match it(self.scene, Pool::Shown) {
            Bound::These(offers) => self.pick(offers, None, true),
            Bound::Torn(titles) => Outcome::Ask(self.ask_titles(&titles)),
            Bound::Nothing => Outcome::Ask(self.ask("ask_buy_what", &[], "ask_what_chips")),
        }
    }

    pub(super) fn schedule(&self, wish: Wish) -> ToolCall {
        // With nothing left to buy, a time is about what was bought.
        if self.scene.cart.is_empty()
            && self.scene.shown.is_empty()
            && !self.scene.orders.is_empty()
        {
            return ToolCall::OrderMove(MoveArgs { order: None, wish });
        }
        ToolCall::Schedule(ScheduleArgs { wish })
    }

    pub(super) fn compare_args(&self, hit: &Hit) -> Outcome {
        let refs: Vec<Capture> = hit
            .captures
            .iter()
            .copied()
            .filter(|c| c.kind == SlotKind::Ref)
            .collect();
        if refs.is_empty() {
            let count = self
                .number(hit.slot(SlotKind::Num))
                .map(|n| u8::try_from(n.clamp(2, 6)).unwrap_or(6));
            return Outcome::Compare(CompareArgs {
                offers: Vec::new(),
                count,
                by: Vec::new(),
            });
        }
        let mut offers: Vec<OfferRef> = Vec::new();
        for capture in refs {
            match self.offers(self.bound(capture, Pool::Shown)) {
                Ok(found) => offers.extend(found),
                Err(outcome) => return outcome,
            }
        }
        offers.truncate(6);
        offers.dedup();
        Outcome::Compare(CompareArgs {
            offers,
            count: None,
            by: Vec::new(),
        })
    }

    pub(super) fn compare(&self, args: CompareArgs) -> Outcome {
        if self.scene.shown.is_empty() && self.scene.need.is_none() {
            return Outcome::Ask(self.ask("ask_compare_what", &[], "ask_what_chips"));
        }
        Outcome::Calls(vec![ToolCall::Compare(args)])
    }

    fn more(&self) -> Outcome {
        let count = u8::try_from(self.scene.shown.len().saturating_add(3).min(6)).unwrap_or(6);
        Outcome::Calls(vec![ToolCall::Compare(CompareArgs {
            offers: Vec::new(),
            count: Some(count),
            by: Vec::new(),
        })])
    }

    fn cheaper(&self) -> Outcome {
        let focus = self
            .scene
            .focus
            .as_ref()
            .and_then(|f| self.scene.shown.iter().find(|s| s.offer == *f));
        let price = focus.map(|s| s.price).or_else(|| {
            self.scene
                .shown
                .iter()
                .map(|s| s.price)
                .min_by_key(|p| p.minor())
        });
        self.search_again(|need| {
            need.sort = Some(Sort::Cheapest);
            if let Some(price) = price.filter(|p| p.minor() > 1) {
                need.price_max = Some(Money::new(price.minor() - 1, price.currency()));
            }
        })
    }

    /// The last wish with a change, searched and shown again.
    fn search_again(&self, change: impl FnOnce(&mut Need)) -> Outcome {
        let Some(mut need) = self.scene.need.clone() else {
            return Outcome::Ask(self.ask("ask_what", &[], "ask_what_chips"));
        };
        change(&mut need);
        let compare = CompareArgs {
            offers: Vec::new(),
            count: need.compare,
            by: Vec::new(),
        };
        Outcome::Calls(vec![ToolCall::Search(need), ToolCall::Compare(compare)])
    }

    fn refine(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item) else {
            return Outcome::Lost;
        };
        // The negator belongs to the words that are read.
        let from = if hit.verb == Verb::RefineNot {
            clause.from
        } else {
            item.from
        };
        let from =
            if hit.verb == Verb::RefineNot && self.scan.class("negator", from, item.to).is_none() {
                item.from
            } else {
                from
            };
        if hit.verb == Verb::Refine
            && let Some(outcome) = self.options(item.from, item.to)
        {
            return outcome;
        }
        let mut found = wishes(self.scan, from, item.to, &self.zone);
        if found.len() > 1 || found.is_empty() {
            return Outcome::Wishes {
                wishes: found,
                aim: None,
            };
        }
        let wish = found.swap_remove(0);
        if let Some(question) = self.trouble(&wish) {
            return Outcome::Ask(question);
        }
        let is_not = hit.verb == Verb::RefineNot
            && wish.need.must_not.is_empty()
            && wish.need.avoid.is_empty()
            && wish.need.brands_not.is_empty();
        self.search_again(|need| {
            apply(
                need,
                wish,
                is_not,
                hit.verb == Verb::Refine && hit.pattern.contains("meant"),
            )
        })
    }

    /// Words that only describe: of the last wish, or a rule when there is none.
    pub(super) fn describe(&self, wish: Wishing, from: usize, to: usize) -> Outcome {
        if let Some(question) = self.trouble(&wish) {
            return Outcome::Ask(question);
        }
        if self.scene.need.is_some() {
            return self.search_again(|need| apply(need, wish, false, false));
        }
        let only_avoids = !wish.need.avoid.is_empty()
            && Need {
                avoid: Vec::new(),
                ..wish.need.clone()
            } == Need::default();
        if only_avoids {
            let said = self.scan.heard.said(from, to);
            let rule = |label: &Text<80>| {
                ToolCall::RuleAdd(RuleArgs {
                    kind: RuleKind::Avoid,
                    label: label.clone(),
                    category: None,
                    strict: false,
                    said: Text::clip(said),
                })
            };
            return Outcome::Calls(wish.need.avoid.iter().map(rule).collect());
        }
        Outcome::Ask(self.ask_what(&wish))
    }

    fn details(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let bound = match hit.slot(SlotKind::Ref) {
            Some(capture) => self.bound(capture, Pool::Shown),
            None => it(self.scene, Pool::Shown),
        };
        let offers = match self.offers(bound) {
            Ok(offers) => offers,
            Err(outcome) => return outcome,
        };
        let about = self.about(hit, clause);
        let call = |offer| {
            ToolCall::Details(DetailsArgs {
                offer,
                about: about.clone(),
            })
        };
        Outcome::Calls(offers.into_iter().take(3).map(call).collect())
    }

    /// What a question is about: the free words in it, or what its fixed words stand for.
    fn about(&self, hit: &Hit, clause: &Clause) -> Option<Text<120>> {
        let texts: Vec<String> = hit
            .captures
            .iter()
            .filter(|c| c.kind == SlotKind::Text)
            .map(|c| self.bare(*c))
            .collect();
        if !texts.is_empty() {
            return Some(Text::clip(&texts.join(" ").to_lowercase()));
        }
        for at in clause.from..clause.to {
            let about = match self.scan.heard.word(at) {
                "made" | "material" | "materials" => "material",
                "ingredients" => "ingredients",
                "nuts" => "nuts",
                "sugar" => "sugar",
                "allergens" => "allergens",
                "cost" | "much" => "price",
                "arrive" | "come" | "delivered" | "here" => "delivery",
                "stock" => "stock",
                "people" | "customers" | "reviews" => "reviews",
                "where" => "origin",
                "who" => "brand",
                "weigh" => "weight",
                "size" | "sizes" | "dimensions" => "size",
                "colour" | "colours" | "color" | "colors" => "colour",
                "contain" | "taste" => "ingredients",
                _ => continue,
            };
            return Some(Text::clip(about));
        }
        let has_in = (clause.from..clause.to).any(|at| self.scan.heard.word(at) == "in");
        has_in.then(|| Text::clip("ingredients"))
    }

    fn configure(&self, hit: &Hit, clause: &Clause) -> Outcome {
        if let Some(outcome) = self.options(clause.from, clause.to) {
            return outcome;
        }
        let bound = hit.slot(SlotKind::Ref).map_or_else(
            || it(self.scene, Pool::Shown),
            |c| self.bound(c, Pool::Shown),
        );
        if let Bound::These(offers) = &bound
            && let [offer] = offers.as_slice()
            && (self.is_configurable(offer)
                || self
                    .scene
                    .configuring
                    .as_ref()
                    .is_some_and(|(at_hand, _, _)| at_hand == offer))
        {
            return Outcome::Calls(vec![ToolCall::Configure(ConfigureArgs {
                offer: offer.clone(),
                choices: Vec::new(),
            })]);
        }
        // Nothing to configure: the words describe what is looked for.
        if let (Some(_), Some(text)) = (&self.scene.need, hit.last_slot(SlotKind::Text)) {
            let mut found = wishes(self.scan, text.from, text.to, &self.zone);
            if !found.is_empty() {
                let wish = found.swap_remove(0);
                return self.search_again(|need| apply(need, wish, false, false));
            }
        }
        Outcome::Ask(self.ask("say_nothing_to_configure", &[], ""))
    }

    /// Values of the configurable product at hand that these words name.
    pub(super) fn options(&self, from: usize, to: usize) -> Option<Outcome> {
        let (offer, configuration, _) = self.scene.configuring.as_ref()?;
        let tokens: Vec<&str> = (from..to).map(|at| self.scan.heard.word(at)).collect();
        let mut choices: Vec<Choice> = Vec::new();
        let mut torn: Vec<String> = Vec::new();
        // Where each value was named: (start, option, value).
        let mut hits: Vec<(usize, usize, &Text<60>, &Text<80>)> = Vec::new();
        for option in &configuration.options {
            for value in &option.values {
                let words = words_of(value.label.as_str(), 6);
                let is_number = words
                    .first()
                    .is_some_and(|w| w.chars().all(|c| c.is_ascii_digit()));
                let said = if is_number {
                    words.get(..1).unwrap_or_default()
                } else {
                    words.as_slice()
                };
                if said.is_empty() {
                    continue;
                }
                let at = tokens
                    .windows(said.len())
                    .position(|run| run.iter().zip(said).all(|(a, b)| stem(a) == stem(b)));
                if let Some(at) = at {
                    hits.push((at, said.len(), &option.name, &value.label));
                }
            }
        }
        let mut starts: Vec<usize> = hits.iter().map(|(at, _, _, _)| *at).collect();
        starts.sort_unstable();
        starts.dedup();
        for start in starts {
            let longest = hits
                .iter()
                .filter(|h| h.0 == start)
                .map(|h| h.1)
                .max()
                .unwrap_or(1);
            let here: Vec<_> = hits
                .iter()
                .filter(|h| h.0 == start && h.1 == longest)
                .collect();
            let is_named = |name: &str| {
                let near = tokens
                    .get(start.saturating_sub(3)..(start + longest + 2).min(tokens.len()))
                    .unwrap_or_default();
                words_of(name, 4)
                    .iter()
                    .any(|w| near.iter().any(|t| stem(t) == stem(w)))
            };
            let by_name: Vec<_> = here.iter().filter(|h| is_named(h.2.as_str())).collect();
            let chosen = match (here.as_slice(), by_name.as_slice()) {
                ([only], _) => Some(*only),
                (_, [only]) => Some(**only),
                _ => None,
            };
            match chosen {
                Some((_, _, option, value)) => {
                    if !choices.iter().any(|c| c.option == **option) {
                        choices.push(Choice {
                            option: (*option).clone(),
                            value: (*value).clone(),
                        });
                    }
                }
                None => torn.extend(here.iter().map(|h| h.2.as_str().to_owned())),
            }
        }
        if let (true, false) = (choices.is_empty(), torn.is_empty()) {
            let mut question = self.ask("ask_option", &[("options", &torn.join(", "))], "");
            question.chips = torn.iter().take(3).map(|name| Text::clip(name)).collect();
            return Some(Outcome::Ask(question));
        }
        (!choices.is_empty()).then(|| {
            Outcome::Calls(vec![ToolCall::Configure(ConfigureArgs {
                offer: offer.clone(),
                choices,
            })])
        })
    }

    fn code(&self, hit: &Hit) -> Outcome {
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        if self.scene.cart.is_empty() {
            return Outcome::Ask(self.ask("ask_buy_what", &[], "ask_what_chips"));
        }
        let code = Text::clip(self.scan.heard.said(text.from, text.to));
        Outcome::Calls(vec![ToolCall::Buy(BuyArgs {
            merchant: None,
            codes: vec![code],
        })])
    }
}

/// Lays a refinement over the last wish.
fn apply(need: &mut Need, mut wish: Wishing, is_not: bool, replaces: bool) {
    let what = std::mem::take(&mut wish.need.what);
    overlay(need, wish.need);
    if what.is_blank() {
        return;
    }
    let word: Text<60> = Text::clip(what.as_str());
    if is_not {
        need.must.retain(|m| *m != word);
        need.must_not.push(word);
        return;
    }
    // "I meant espresso beans" names the thing anew when it ends like it; anything else describes it.
    let head = |text: &str| words_of(text, 12).last().map(|w| stem(w).to_owned());
    let is_same_kind =
        head(what.as_str()).is_some() && head(what.as_str()) == head(need.what.as_str());
    if replaces && is_same_kind {
        need.what = what;
    } else if is_same_kind {
        let own = words_of(what.as_str(), 12);
        let before = words_of(need.what.as_str(), 12);
        for word in own.iter().filter(|w| !before.contains(w)) {
            need.must.push(Text::clip(word));
        }
    } else if !need.must.contains(&word) && need.must.len() < 16 {
        need.must.push(word);
    }
}
