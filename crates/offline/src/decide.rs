//! From clauses and what is on the table to one proposal.

mod cart;
mod facts;
mod needs;
mod options;
mod orders;
mod relax;
mod search;
mod talk;
mod whole;

use errand_model::{OpenKind, Proposal, Question, Scene};
use errand_types::{CartArgs, CompareArgs, Need, OfferRef, Text, ToolCall, Wish};
use jiff::tz::TimeZone;

use crate::act::Verb;
use crate::clause::{Clause, Hit, polite_edges};
use crate::draft::{Aim, draft};
use crate::need::{Trouble, Wishing, wishes};
use crate::pattern::{Capture, SlotKind};
use crate::said::understood;
use crate::scan::Scan;
use crate::text::{Kind, stem};
use crate::time::{Past, zone};

/// Tokens of a turn that may still spend money or change what the person declared; longer turns are pasted text.
const SPEAKING_TOKENS_MAX: usize = 120;
/// Products put side by side where the person shall choose.
const COMPARED: u8 = 3;

/// What one clause comes to.
#[derive(Debug)]
enum Outcome {
    Calls(Vec<ToolCall>),
    Ask(Question),
    Say(String),
    Wishes {
        wishes: Vec<Wishing>,
        aim: Option<Aim>,
    },
    /// Something else in the place of what was taken and is not paid yet.
    Instead(OfferRef, Box<Wishing>),
    Deliver(Wish),
    Compare(CompareArgs),
    Buy,
    Lost,
}

/// The decision over a whole turn.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) proposal: Proposal,
    pub(crate) understood: Option<Text<200>>,
    pub(crate) is_lost: bool,
}

/// Everything a decision looks at.
#[derive(Debug)]
pub(crate) struct Desk<'a, 'b> {
    pub(crate) scan: &'a Scan<'b>,
    pub(crate) scene: &'a Scene,
    zone: TimeZone,
}

#[derive(Debug, Clone, Default)]
struct Heap {
    wishes: Vec<Wishing>,
    aim: Option<Aim>,
    deliver: Option<Wish>,
    compare: Option<CompareArgs>,
    buys: bool,
    calls: Vec<ToolCall>,
    ask: Option<Question>,
    say: Option<String>,
    lost: bool,
}

impl<'a, 'b> Desk<'a, 'b> {
    pub(crate) fn new(scan: &'a Scan<'b>, scene: &'a Scene) -> Self {
        Self {
            scan,
            scene,
            zone: zone(scene.zone.as_str()),
        }
    }

    pub(crate) fn decide(&self, clauses: &[Clause]) -> Decision {
        if let Some(calls) = self.whole(clauses) {
            return Decision {
                proposal: Proposal::Calls(calls),
                understood: None,
                is_lost: false,
            };
        }
        let mut heap = Heap::default();
        let mut before = Heap::default();
        let mut verb = None;
        for clause in clauses {
            let now = clause.hit.as_ref().map(|hit| hit.verb);
            // "Remove the lamp, it's too expensive" says why.
            let is_reason = matches!(now, Some(Verb::Cheaper | Verb::Details))
                && matches!(
                    verb,
                    Some(Verb::Remove | Verb::OrderReturn | Verb::OrderCancel)
                )
                && self.scan.class("third", clause.from, clause.to).is_some();
            if is_reason {
                continue;
            }
            let outcome = self.clause(clause, &heap);
            // "The second one, no wait, the third": what was said last stands in the place of what was said before it.
            if self.takes_back(clause, &outcome) {
                let aim = heap.aim;
                heap = before.clone();
                heap.aim = heap.aim.or(aim);
                if matches!(now, Some(Verb::No | Verb::Stop)) {
                    heap.aim = before.aim;
                }
            } else {
                before = heap.clone();
            }
            take(outcome, &mut heap);
            verb = now;
        }
        self.propose(heap)
    }

    /// Whether a clause takes back the one before it: it begins like a correction and says something whole.
    fn takes_back(&self, clause: &Clause, outcome: &Outcome) -> bool {
        clause.from > 0
            && self
                .scan
                .class("corrects", clause.from, clause.to)
                .is_some()
            && match outcome {
                Outcome::Calls(calls) => !calls.is_empty(),
                Outcome::Wishes { wishes, .. } => {
                    wishes.iter().all(|wish| !wish.need.what.is_blank())
                }
                Outcome::Say(_) | Outcome::Instead(..) => true,
                Outcome::Ask(_)
                | Outcome::Deliver(_)
                | Outcome::Compare(_)
                | Outcome::Buy
                | Outcome::Lost => false,
            }
    }

    fn propose(&self, mut heap: Heap) -> Decision {
        let plain = |proposal| Decision {
            proposal,
            understood: None,
            is_lost: false,
        };
        if let Some(question) = heap.ask {
            return plain(Proposal::Ask(question));
        }
        if !heap.wishes.is_empty() {
            return self.plan(heap);
        }
        if let Some(args) = heap.compare.take() {
            match self.compare(args) {
                Outcome::Calls(calls) => heap.calls.extend(calls),
                Outcome::Ask(question) => return plain(Proposal::Ask(question)),
                _ => {}
            }
        }
        if let Some(wish) = heap.deliver.take() {
            heap.calls.push(self.schedule(wish));
        }
        if heap.buys {
            match self.buy() {
                Outcome::Calls(calls) => heap.calls.extend(calls),
                Outcome::Ask(question) => return plain(Proposal::Ask(question)),
                _ => {}
            }
        }
        if !heap.calls.is_empty() {
            heap.calls.sort_by_key(rank);
            heap.calls.dedup();
            return plain(Proposal::Calls(heap.calls));
        }
        match heap.say {
            Some(text) if !heap.lost => plain(Proposal::Say(Text::clip(&text))),
            _ => Decision {
                proposal: Proposal::Ask(self.lost()),
                understood: None,
                is_lost: true,
            },
        }
    }

    fn plan(&self, mut heap: Heap) -> Decision {
        let only = |proposal| Decision {
            proposal,
            understood: None,
            is_lost: false,
        };
        // Sentences that only describe belong to the thing named before: "Coffee beans. Two bags."
        let mut merged: Vec<Wishing> = Vec::new();
        for wish in heap.wishes.into_iter().take(crate::need::WISHES_MAX) {
            match merged.last_mut() {
                Some(last) if wish.need.what.is_blank() => merge(last, wish),
                _ => merged.push(wish),
            }
        }
        for wish in &mut merged {
            if let Some(delivery) = &heap.deliver {
                wish.need.delivery = Some(delivery.clone());
            }
            if let Some(count) = heap.compare.as_ref().and_then(|args| args.count) {
                wish.need.compare = Some(count);
            }
        }
        if let Some(question) = merged.iter().find_map(|wish| self.trouble(wish)) {
            return only(Proposal::Ask(question));
        }
        if let Some(blank) = merged.iter().find(|wish| wish.need.what.is_blank()) {
            return only(Proposal::Ask(self.ask_what(blank)));
        }
        if heap.buys {
            for wish in &mut merged {
                wish.aim = None;
            }
        }
        let buys = heap.buys
            || heap.deliver.is_some() && heap.aim != Some(Aim::Cart)
            || heap.aim == Some(Aim::Buy)
            || (heap.aim.is_none()
                && (merged.len() > 1 || merged.iter().any(|w| w.need.delivery.is_some())));
        // "A quiet dishwasher, delivered this week" says what is wanted and not that the best may be taken unseen.
        if let [only] = merged.as_mut_slice()
            && heap.aim.is_none()
            && !heap.buys
            && only.need.delivery.is_some()
        {
            only.need.compare = only.need.compare.or(Some(COMPARED));
        }
        let aim = match heap.aim {
            _ if !self.is_speaking() => Aim::Show,
            _ if buys => Aim::Buy,
            Some(Aim::Cart) => Aim::Cart,
            _ => Aim::Show,
        };
        heap.calls.retain(|call| !matches!(call, ToolCall::Buy(_)));
        let text = understood(self.scan, &merged, &self.zone);
        let goal = self.scan.heard.shown.trim();
        let plan = draft(self.scan.lang, goal, &merged, aim, heap.calls);
        Decision {
            proposal: Proposal::Plan(plan),
            understood: Some(text),
            is_lost: false,
        }
    }

    /// Whether the turn is short enough to have been meant word for word.
    fn is_speaking(&self) -> bool {
        self.scan.heard.tokens.len() <= SPEAKING_TOKENS_MAX
    }

    fn clause(&self, clause: &Clause, heap: &Heap) -> Outcome {
        if let Some(outcome) = self.cheapest_options(clause) {
            return outcome;
        }
        let Some(hit) = &clause.hit else {
            return self.free(clause, heap);
        };
        if changes(hit.verb) && !self.is_speaking() {
            return Outcome::Ask(self.ask("ask_long", &[], "chips_start"));
        }
        let has_wishes = !heap.wishes.is_empty();
        match hit.verb {
            Verb::Find => self.wish(hit, Some(Aim::Show)),
            Verb::Need | Verb::Order => self.wish(hit, Some(Aim::Buy)),
            Verb::Compare => self.compare_args(hit),
            Verb::Difference | Verb::Best if has_wishes => Outcome::Compare(CompareArgs::default()),
            Verb::Difference | Verb::Best => self.compare(CompareArgs {
                offers: self.all_shown(),
                count: None,
                by: self.criteria(clause),
            }),
            Verb::Deliver | Verb::TimeOnly => self.deliver(hit),
            Verb::DeliverSoon => self.deliver_soon(clause),
            Verb::Recipe => self.recipe(hit),
            Verb::Buy if has_wishes || !heap.calls.is_empty() => Outcome::Buy,
            Verb::Buy => self.buy(),
            Verb::Quantity | Verb::ChooseNumber if has_wishes && self.counts(hit) => {
                self.quantity_of_wish(hit)
            }
            Verb::Quantity if has_wishes => self.quantity_of_wish(hit),
            Verb::Choose
            | Verb::ChooseNumber
            | Verb::Other
            | Verb::BuyRef
            | Verb::Add
            | Verb::AddItem
            | Verb::Remove
            | Verb::AtHome
            | Verb::Fewer
            | Verb::Quantity
            | Verb::CartClear
            | Verb::CartShow
            | Verb::CartUndo
            | Verb::More
            | Verb::Cheaper
            | Verb::BetterRated
            | Verb::Refine
            | Verb::Relax
            | Verb::RefineNot
            | Verb::Details
            | Verb::Configure
            | Verb::Code
            | Verb::Again => self.goods(hit, clause),
            Verb::OrderList
            | Verb::OrderStatus
            | Verb::OrderCancel
            | Verb::OrderReturn
            | Verb::OrderMove
            | Verb::MoveAfter
            | Verb::Remind
            | Verb::RemindLater
            | Verb::RemindStop
            | Verb::RemindShow => self.orders(hit, clause),
            Verb::Why
            | Verb::WhyOut
            | Verb::RuleAvoid
            | Verb::RuleAvoidStrict
            | Verb::RuleRequire
            | Verb::RuleRemove
            | Verb::LimitPurchase
            | Verb::LimitDay
            | Verb::LimitMonth
            | Verb::LimitVoice
            | Verb::VoiceOff
            | Verb::LimitSome
            | Verb::ProfileShow
            | Verb::Prefer
            | Verb::Block
            | Verb::ConsentShow
            | Verb::DeskShow
            | Verb::ConsentWithdraw
            | Verb::Stop
            | Verb::Human
            | Verb::Help
            | Verb::Tour
            | Verb::Thanks
            | Verb::Recordings
            | Verb::Hello
            | Verb::Bye
            | Verb::OffTopic
            | Verb::Yes
            | Verb::No => self.talk(hit, clause),
        }
    }

    fn wish(&self, hit: &Hit, aim: Option<Aim>) -> Outcome {
        let Some(item) = hit.slot(SlotKind::Item) else {
            return Outcome::Lost;
        };
        // "I'd like the oak top", while options are being chosen, chooses one.
        if let Some(outcome) = self.only_options(item.from, item.to) {
            return outcome;
        }
        let mut found = wishes(self.scan, item.from, item.to, &self.zone);
        self.name_needs(&mut found, item.from, item.to);
        self.name_gifts(&mut found, item.from, item.to);
        // "The difference between the oat drink and the oat drink barista": one search finds both.
        if hit.pattern.contains("difference between")
            || hit.pattern.contains("unterschied zwischen")
        {
            let names = |wish: &Wishing| crate::text::words_of(wish.need.what.as_str(), 12);
            if let [one, other] = found.as_slice() {
                let (one, other) = (names(one), names(other));
                let kept = if one.iter().all(|w| other.contains(w)) {
                    Some(0)
                } else if other.iter().all(|w| one.contains(w)) {
                    Some(1)
                } else {
                    None
                };
                if let Some(kept) = kept {
                    found = vec![found.swap_remove(kept)];
                }
            }
        }
        // "Do you have anything from Pantry Lane?" says nothing new but the shop.
        let describes = found.len() == 1
            && self.scene.need.is_some()
            && found
                .iter()
                .all(|w| w.need.what.is_blank() && w.need != Need::default());
        if describes && let Some(wish) = found.pop() {
            return self.describe(wish, item.from, item.to);
        }
        Outcome::Wishes { wishes: found, aim }
    }

    fn quantity_of_wish(&self, hit: &Hit) -> Outcome {
        let Some(num) = hit.slot(SlotKind::Num) else {
            return Outcome::Lost;
        };
        Outcome::Wishes {
            wishes: wishes(self.scan, num.from, num.to, &self.zone),
            aim: None,
        }
    }

    /// Words that no pattern reads: a thing by its name, or something that describes what was meant before.
    fn free(&self, clause: &Clause, heap: &Heap) -> Outcome {
        let (from, to) = polite_edges(self.scan, clause.from, clause.to);
        let meant = || {
            self.options(from, to)
                .or_else(|| self.meant_options(from, to))
        };
        if let Some(outcome) = meant() {
            return outcome;
        }
        let mut found = wishes(self.scan, from, to, &self.zone);
        self.name_needs(&mut found, from, to);
        self.name_gifts(&mut found, from, to);
        // "White", while a desk is being configured that has no white.
        let only_must = found.iter().all(|w| {
            !w.need.must.is_empty()
                && (w.need.what.is_blank() || self.is_option_name(w.need.what.as_str()))
                && Need {
                    what: w.need.what.clone(),
                    must: w.need.must.clone(),
                    ..Need::default()
                } == w.need
        });
        if only_must
            && heap.wishes.is_empty()
            && let Some(outcome) = self.no_such_value(from, to)
        {
            return outcome;
        }
        let names_none = found.iter().all(|w| w.need.what.is_blank());
        let says_something = found
            .iter()
            .any(|w| w.need != Need::default() || w.trouble.is_some());
        if names_none && says_something {
            if !heap.wishes.is_empty() {
                return Outcome::Wishes {
                    wishes: found,
                    aim: None,
                };
            }
            if let Some(wish) = found.into_iter().next() {
                return self.describe(wish, from, to);
            }
            return Outcome::Lost;
        }
        if self.is_name(from, to, &found) {
            if heap.wishes.is_empty() && self.goes_on(clause) {
                return self.one_more(found);
            }
            Outcome::Wishes {
                wishes: found,
                aim: None,
            }
        } else {
            Outcome::Lost
        }
    }

    /// Whether free words may be the name of a thing rather than a sentence that was not understood.
    fn is_name(&self, from: usize, to: usize, found: &[Wishing]) -> bool {
        let scan = self.scan;
        // "a desk that is wide" describes a desk.
        let relates = |at: usize| {
            at > from
                && matches!(scan.heard.word(at), "is" | "are" | "has" | "have")
                && matches!(scan.heard.word(at - 1), "that" | "which")
        };
        // "One can of sweetcorn" can nothing.
        let counts = |at: usize| {
            at > from
                && scan.class("container", at, to).is_some()
                && scan.nums.get(at - 1).is_some_and(Option::is_some)
        };
        let is_sentence = (from..to)
            .any(|at| scan.class("clause", at, to).is_some() && !relates(at) && !counts(at))
            || scan.class("question", from, to).is_some();
        if is_sentence
            || found
                .iter()
                .any(|w| w.need.what.as_str().split(' ').count() > 8)
        {
            return false;
        }
        let is_constrained = found.iter().any(|w| {
            Need {
                what: w.need.what.clone(),
                ..Need::default()
            } != w.need
        });
        let words = || {
            (from..to).filter(|at| {
                scan.heard
                    .tokens
                    .get(*at)
                    .is_some_and(|t| t.kind == Kind::Word)
            })
        };
        let known = words().any(|at| {
            scan.vocab.knows(scan.heard.word(at)) && !scan.lang.closed.contains(scan.heard.word(at))
        });
        let has_word = found.iter().any(|w| {
            w.need
                .what
                .as_str()
                .chars()
                .filter(|c| c.is_alphabetic())
                .count()
                >= 3
        });
        let is_goods = words().any(|at| scan.lang.goods.contains(stem(scan.heard.word(at))));
        // "A xylophone": an article and a noun or two name a thing, whoever sells it.
        let is_noun = matches!(scan.heard.word(from), "a" | "an" | "some") && words().count() <= 4;
        let has_word = has_word || is_goods;
        has_word && (known || is_goods || is_noun || is_constrained || !scan.vocab.has_kinds())
    }

    fn trouble(&self, wish: &Wishing) -> Option<Question> {
        Some(match wish.trouble.as_ref()? {
            Trouble::WhichDollars => {
                let amount = wish.dollars.clone().unwrap_or_default();
                let count = wish
                    .need
                    .quantity
                    .map(|n| format!("{n} "))
                    .unwrap_or_default();
                let what = if wish.need.what.is_blank() {
                    self.scan.lang.reply("goods", &[])
                } else {
                    format!("{count}{}", wish.need.what)
                };
                let slots = [
                    ("home", self.scene.currency.code()),
                    ("what", what.as_str()),
                    ("amount", amount.as_str()),
                ];
                self.ask("ask_dollars", &slots, "ask_dollars_chips")
            }
            Trouble::Past(said) => self.ask("ask_past", &[("said", said)], ""),
            Trouble::NoSuchDay(said) => self.ask("ask_no_day", &[("said", said)], ""),
            Trouble::Quantity => {
                let max = errand_types::limits::QUANTITY_MAX.to_string();
                self.ask("ask_quantity_max", &[("max", &max)], "")
            }
        })
    }

    fn ask_what(&self, wish: &Wishing) -> Question {
        let known = understood(self.scan, std::slice::from_ref(wish), &self.zone);
        if known.is_blank() {
            self.ask("ask_what", &[], "ask_what_chips")
        } else {
            self.ask("ask_what_price", &[("known", known.as_str())], "")
        }
    }

    /// A question by its key, with the chips of another.
    fn ask(&self, key: &str, slots: &[(&str, &str)], chips: &str) -> Question {
        let chips = if chips.is_empty() {
            Vec::new()
        } else {
            self.scan.lang.chips(chips, slots)
        };
        Question {
            text: Text::clip(&self.scan.lang.reply(key, slots)),
            chips: chips.iter().take(3).map(|chip| Text::clip(chip)).collect(),
        }
    }

    fn ask_titles(&self, titles: &[String]) -> Question {
        let (Some(a), Some(b)) = (titles.first(), titles.get(1)) else {
            return self.ask("ask_which_one", &[], "");
        };
        let mut question = self.ask("ask_which", &[("a", a), ("b", b)], "");
        question.chips = titles
            .iter()
            .take(3)
            .map(|title| Text::clip(&self.scan.lang.reply("chip_the", &[("title", title)])))
            .collect();
        question
    }

    fn resolve(&self, capture: Capture) -> Result<Wish, Question> {
        let lost = || self.ask("ask_when", &[], "");
        let (said_from, end, when) = self
            .scan
            .times
            .get(capture.from)
            .copied()
            .flatten()
            .ok_or_else(lost)?;
        self.resolved(when, self.scan.heard.said(said_from, end))
    }

    fn resolved(&self, when: crate::time::When, said: &str) -> Result<Wish, Question> {
        when.resolve(said, self.scene.now, &self.zone)
            .map_err(|past| match past {
                Past::Over => self.ask("ask_past", &[("said", said)], ""),
                Past::NoSuchDay => self.ask("ask_no_day", &[("said", said)], ""),
            })
    }

    fn deliver(&self, hit: &Hit) -> Outcome {
        let Some(time) = hit.last_slot(SlotKind::Time) else {
            return Outcome::Lost;
        };
        // "Tomorrow evening after six": the day of the one and the hours of the other.
        let first = hit
            .slot(SlotKind::Time)
            .filter(|first| first.to == time.from);
        if let Some(first) = first
            && let Some(whole) = self.joined_time(first, time)
        {
            return match whole {
                Ok(wish) => Outcome::Deliver(wish),
                Err(question) => Outcome::Ask(question),
            };
        }
        match self.resolve(time) {
            Ok(wish) => Outcome::Deliver(wish),
            Err(question) => Outcome::Ask(question),
        }
    }

    fn joined_time(&self, first: Capture, last: Capture) -> Option<Result<Wish, Question>> {
        let of = |at: usize| self.scan.times.get(at).copied().flatten();
        let (said_from, _, day) = of(first.from)?;
        let (_, end, hours) = of(last.from)?;
        if hours.day.is_some() || day.day.is_none() || hours.hours.is_none() {
            return None;
        }
        let whole = crate::time::When {
            hours: hours.hours,
            hours_bound: hours.hours_bound,
            ..day
        };
        Some(self.resolved(whole, self.scan.heard.said(said_from, end)))
    }

    /// The first moment there is, within two weeks.
    fn deliver_soon(&self, clause: &Clause) -> Outcome {
        let hours = jiff::Span::new().hours(14 * 24);
        self.scene
            .now
            .checked_add(hours)
            .map_or(Outcome::Lost, |latest| {
                Outcome::Deliver(Wish {
                    earliest: None,
                    latest,
                    said: Text::clip(self.said(clause)),
                })
            })
    }

    fn said(&self, clause: &Clause) -> &str {
        self.scan.heard.said(clause.from, clause.to)
    }

    fn all_shown(&self) -> Vec<OfferRef> {
        self.scene
            .shown
            .iter()
            .take(6)
            .map(|s| s.offer.clone())
            .collect()
    }

    fn is_choosing(&self) -> bool {
        self.scene
            .open
            .as_ref()
            .is_some_and(|open| open.kind == OpenKind::Choose)
    }

    /// The state, as the end of the keys of replies that depend on it.
    fn moment(&self) -> &'static str {
        if !self.scene.shown.is_empty() {
            "shown"
        } else if !self.scene.cart.is_empty() {
            "cart"
        } else if !self.scene.orders.is_empty() {
            "orders"
        } else {
            "start"
        }
    }

    /// Nothing was understood: three different answers, and then a person.
    fn lost(&self) -> Question {
        let moment = self.moment();
        let chips = format!("chips_{moment}");
        match self.scene.lost {
            0 => {
                let known = self.known();
                if known.is_empty() {
                    self.ask("lost_1", &[], &chips)
                } else {
                    self.ask("lost_1_known", &[("known", &known)], &chips)
                }
            }
            1 => {
                let example = self.scan.lang.reply(&format!("example_{moment}"), &[]);
                let mut question = self.ask("lost_2", &[("example", &example)], "");
                question.chips = vec![
                    Text::clip(&example),
                    Text::clip(&self.scan.lang.reply("chip_help", &[])),
                ];
                question
            }
            _ => self.ask("lost_3", &[], "lost_3_chips"),
        }
    }

    /// What was understood of a turn that as a whole was not.
    fn known(&self) -> String {
        let scan = self.scan;
        let mut parts: Vec<String> = Vec::new();
        let mut at = 0;
        while at < scan.heard.tokens.len() && parts.len() < 3 {
            let time = scan.times.get(at).copied().flatten().map(|(_, end, _)| end);
            let money = scan
                .amounts
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end);
            let label = scan
                .labels
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end);
            let shop = scan.shops.get(at).copied().flatten().map(|(end, _)| end);
            let word = scan.heard.word(at);
            let thing =
                (scan.vocab.knows(word) && !scan.lang.closed.contains(word)).then_some(at + 1);
            match time.or(money).or(shop).or(label).or(thing) {
                Some(end) => {
                    parts.push(format!("“{}”", scan.heard.said(at, end)));
                    at = end;
                }
                None => at += 1,
            }
        }
        parts.join(", ")
    }

    fn criteria(&self, clause: &Clause) -> Vec<Text<60>> {
        let mut by: Vec<Text<60>> = Vec::new();
        for at in clause.from..clause.to {
            let name = match self.scan.heard.word(at) {
                "price" | "prices" | "cheapest" | "cheaper" | "value" => "price",
                "rating" | "ratings" | "rated" | "reviews" | "stars" => "rating",
                "delivery" | "soonest" | "fastest" => "delivery",
                "carbon" | "climate" | "footprint" | "co2" => "carbon",
                // "By noise", "by their weight": what it is called is for the catalog to know.
                "by" => match self.named_criterion(at + 1, clause.to) {
                    Some(word) => word,
                    None => continue,
                },
                _ => continue,
            };
            if !by.iter().any(|b| b.as_str() == name) {
                by.push(Text::clip(name));
            }
        }
        by
    }

    fn named_criterion(&self, from: usize, to: usize) -> Option<&str> {
        let word = (from..to)
            .map(|at| self.scan.heard.word(at))
            .find(|w| !matches!(*w, "the" | "their" | "its"))?;
        let is_own = matches!(
            word,
            "price"
                | "prices"
                | "rating"
                | "ratings"
                | "reviews"
                | "stars"
                | "delivery"
                | "value"
                | "climate"
                | "co2"
        );
        (!is_own && word.chars().all(char::is_alphabetic)).then_some(word)
    }
}

/// Whether a verb changes something, so that a long text, which may be pasted, is not enough for it.
fn changes(verb: Verb) -> bool {
    !matches!(
        verb,
        Verb::Find
            | Verb::Need
            | Verb::Order
            | Verb::Compare
            | Verb::Help
            | Verb::Tour
            | Verb::Human
            | Verb::Stop
    )
}

/// Adds what one clause came to.
fn take(outcome: Outcome, heap: &mut Heap) {
    match outcome {
        Outcome::Calls(calls) => heap.calls.extend(calls),
        Outcome::Ask(question) => {
            heap.ask.get_or_insert(question);
        }
        Outcome::Say(text) => {
            heap.say.get_or_insert(text);
        }
        Outcome::Wishes { wishes, aim } => {
            heap.wishes.extend(wishes.into_iter().map(|mut wish| {
                wish.aim = aim;
                wish
            }));
            heap.aim = match (heap.aim, aim) {
                (Some(Aim::Buy), _) | (_, Some(Aim::Buy)) => Some(Aim::Buy),
                (Some(Aim::Cart), _) | (_, Some(Aim::Cart)) => Some(Aim::Cart),
                (old, new) => new.or(old),
            };
        }
        Outcome::Instead(offer, mut wish) => {
            let out = CartArgs { offer, quantity: 0 };
            heap.calls.push(ToolCall::CartSet(out));
            wish.aim = Some(Aim::Buy);
            heap.wishes.push(*wish);
            heap.aim = Some(Aim::Buy);
        }
        Outcome::Deliver(wish) => heap.deliver = Some(wish),
        Outcome::Compare(args) => heap.compare = Some(args),
        Outcome::Buy => heap.buys = true,
        Outcome::Lost => heap.lost = true,
    }
}

/// Within one turn the cart changes first, then the delivery, and the purchase comes last.
fn rank(call: &ToolCall) -> u8 {
    match call {
        ToolCall::Stop(_) => 0,
        ToolCall::CartClear(_) | ToolCall::CartUndo(_) => 2,
        ToolCall::Configure(_)
        | ToolCall::Assemble(_)
        | ToolCall::AssemblyTake(_)
        | ToolCall::CartAdd(_)
        | ToolCall::CartSet(_) => 3,
        ToolCall::Schedule(_) => 4,
        ToolCall::Buy(_) => 6,
        ToolCall::Search(_) => 7,
        ToolCall::Compare(_) => 8,
        ToolCall::Combine(_)
        | ToolCall::Details(_)
        | ToolCall::CartShow(_)
        | ToolCall::OrderList(_)
        | ToolCall::OrderStatus(_)
        | ToolCall::OrderCancel(_)
        | ToolCall::OrderReturn(_)
        | ToolCall::OrderMove(_)
        | ToolCall::Remind(_)
        | ToolCall::ProfileShow(_)
        | ToolCall::ConsentShow(_)
        | ToolCall::DeskShow(_)
        | ToolCall::Why(_)
        | ToolCall::Handoff(_)
        | ToolCall::Help(_) => 5,
        ToolCall::RuleAdd(_)
        | ToolCall::RuleRemove(_)
        | ToolCall::LimitSet(_)
        | ToolCall::Prefer(_)
        | ToolCall::ConsentWithdraw(_) => 1,
    }
}

/// Adds what a later sentence says of the same thing.
pub(crate) fn merge(into: &mut Wishing, more: Wishing) {
    overlay(&mut into.need, more.need);
    into.unit = more.unit.or(into.unit.take());
    into.labels_said.extend(more.labels_said);
    into.avoid_said.extend(more.avoid_said);
    into.trouble = into.trouble.take().or(more.trouble);
    into.dollars = more.dollars.or(into.dollars.take());
    into.aim = more.aim.or(into.aim);
}

/// Lays what is said now over what was said before; the thing itself stays.
pub(crate) fn overlay(base: &mut Need, more: Need) {
    fn add<T: PartialEq>(base: &mut Vec<T>, more: Vec<T>) {
        for item in more {
            if !base.contains(&item) && base.len() < 16 {
                base.push(item);
            }
        }
    }
    add(&mut base.must, more.must);
    add(&mut base.must_not, more.must_not);
    add(&mut base.labels, more.labels);
    add(&mut base.avoid, more.avoid);
    add(&mut base.brands_not, more.brands_not);
    // A brand or a shop said now takes the place of the one said before.
    if !more.brands.is_empty() {
        base.brands = more.brands;
    }
    if !more.merchants.is_empty() {
        base.merchants = more.merchants;
    }
    base.quantity = more.quantity.or(base.quantity);
    base.price_max = more.price_max.or(base.price_max);
    base.price_min = more.price_min.or(base.price_min);
    base.total_max = more.total_max.or(base.total_max);
    base.rating_min = more.rating_min.or(base.rating_min);
    base.delivery = more.delivery.or(base.delivery.take());
    base.compare = more.compare.or(base.compare);
    base.sort = more.sort.or(base.sort);
    // A word that is now unwanted is no longer wanted.
    base.must.retain(|word| !base.must_not.contains(word));
    base.labels.retain(|label| !base.avoid.contains(label));
}

/// A cart call, refused when the count is beyond one line.
fn cart_args(offer: OfferRef, quantity: i64) -> Option<CartArgs> {
    let max = i64::from(errand_types::limits::QUANTITY_MAX);
    (0..=max)
        .contains(&quantity)
        .then_some(CartArgs { offer, quantity })
}
