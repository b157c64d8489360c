//! From clauses and what is on the table to one proposal.

mod asks;
mod cart;
mod choose;
mod compare;
mod facts;
mod heap;
mod named;
mod needs;
mod options;
mod orders;
mod relax;
mod search;
mod talk;
mod when;
mod whole;

use errand_model::{OpenKind, Proposal, Question, Scene};
use errand_types::{CartArgs, CompareArgs, Need, OfferRef, Text, ToolCall, Wish};
use jiff::tz::TimeZone;

use self::heap::{Heap, merge, rank, take};
use crate::act::Verb;
use crate::clause::{Clause, Hit};
use crate::draft::{Aim, draft};
use crate::need::Wishing;
use crate::said::understood;
use crate::scan::Scan;
use crate::time::zone;

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

impl Outcome {
    /// The one offer that the calls are about.
    fn about(&self) -> Option<&OfferRef> {
        let Self::Calls(calls) = self else {
            return None;
        };
        let mut offers = calls.iter().filter_map(|call| match call {
            ToolCall::Details(args) => args.offer.as_ref(),
            ToolCall::CartAdd(args) | ToolCall::CartSet(args) => Some(&args.offer),
            ToolCall::Configure(args) => Some(&args.offer),
            _ => None,
        });
        offers.next().filter(|_| offers.next().is_none())
    }

    /// The wish that is searched for again.
    fn searched(&self) -> Option<&Need> {
        match self {
            Self::Calls(calls) => calls.iter().rev().find_map(|call| match call {
                ToolCall::Search(need) => Some(need),
                _ => None,
            }),
            Self::Instead(_, wish) => Some(&wish.need),
            Self::Ask(_)
            | Self::Say(_)
            | Self::Wishes { .. }
            | Self::Deliver(_)
            | Self::Compare(_)
            | Self::Buy
            | Self::Lost => None,
        }
    }
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
    /// The last wish, with what the clauses before have changed of it.
    need: Option<Need>,
    /// What the clause before was about: "how much is the first one, and when would it be here?"
    spoken_of: Option<OfferRef>,
    /// One clause lets go of something that was wanted; what stands beside it is said of the same thing.
    lets_go: bool,
}

impl<'a, 'b> Desk<'a, 'b> {
    pub(crate) fn new(scan: &'a Scan<'b>, scene: &'a Scene) -> Self {
        Self {
            scan,
            scene,
            zone: zone(scene.zone.as_str()),
            need: scene.need.clone(),
            spoken_of: None,
            lets_go: false,
        }
    }

    pub(crate) fn decide(mut self, clauses: &[Clause]) -> Decision {
        if let Some(calls) = self.whole(clauses) {
            return Decision {
                proposal: Proposal::Calls(calls),
                understood: None,
                is_lost: false,
            };
        }
        let is = |clause: &Clause, verb| clause.hit.as_ref().is_some_and(|hit| hit.verb == verb);
        let asks_person = clauses.iter().any(|clause| is(clause, Verb::Human));
        self.lets_go = clauses.iter().any(|clause| is(clause, Verb::Relax));
        let mut heap = Heap::default();
        let mut before = Heap::default();
        let mut need_before = self.need.clone();
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
            // "I do not get this. Is there no real person?"
            let is_sigh = clause.hit.is_none()
                && (asks_person
                    || self.scan.class("takes_back", clause.from, clause.to) == Some(clause.to));
            if is_reason || is_sigh {
                continue;
            }
            let outcome = self.clause(clause, &heap);
            // "The second one, no wait, the third": what was said last stands in the place of what was said before it.
            if self.takes_back(clause, &outcome) {
                let aim = heap.aim;
                heap = before.clone();
                self.need.clone_from(&need_before);
                heap.aim = heap.aim.or(aim);
                if matches!(now, Some(Verb::No | Verb::Stop)) {
                    heap.aim = before.aim;
                }
            } else {
                before = heap.clone();
                need_before.clone_from(&self.need);
            }
            // "The brand does not matter, but cotton": the second is said of what the first left.
            if let Some(need) = outcome.searched() {
                self.need = Some(need.clone());
            }
            if let Some(offer) = outcome.about() {
                self.spoken_of = Some(offer.clone());
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

    /// What is said of things that are only just wished for.
    fn of_wishes(&self, hit: &Hit) -> Option<Outcome> {
        let wishes = match hit.verb {
            // "Toilet paper, the cheapest".
            Verb::Choose | Verb::BuyRef | Verb::Best => {
                let mut wish = Wishing::default();
                wish.need.sort = Some(self.ordered_by(hit)?);
                vec![wish]
            }
            // Nothing was wanted before that could be let go of.
            Verb::Relax => Vec::new(),
            _ => return None,
        };
        Some(Outcome::Wishes { wishes, aim: None })
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
        if has_wishes && let Some(outcome) = self.of_wishes(hit) {
            return outcome;
        }
        match hit.verb {
            Verb::Find => self.wish(hit, Some(Aim::Show), heap),
            Verb::Need | Verb::Order => self.wish(hit, Some(Aim::Buy), heap),
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

/// A cart call, refused when the count is beyond one line.
fn cart_args(offer: OfferRef, quantity: i64) -> Option<CartArgs> {
    let max = i64::from(errand_types::limits::QUANTITY_MAX);
    (0..=max)
        .contains(&quantity)
        .then_some(CartArgs { offer, quantity })
}
