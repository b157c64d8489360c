//! Wholes from parts: "build me a computer for video editing under 1,500", "a quieter fan", "take it", "does this fit?".
//! What the words of a domain mean stands in its file; here it is only told apart from errands of other kinds.

use errand_catalog::assembly::{Domain, Heard, Op, Than};
use errand_model::OpenKind;
use errand_types::{
    AssembleArgs, BuyArgs, DetailsArgs, Money, Need, NoArgs, PartOp, PartWant, Text, ToolCall,
};

use super::Desk;
use crate::act::Verb;
use crate::clause::Clause;
use crate::need::wishes;
use crate::pattern::SlotKind;
use crate::refer::{Bound, Pool, named};

/// Words of a turn that takes the whole that stands.
const TAKING_WORDS_MAX: usize = 9;
/// Words within which a turn says that something is to be put together.
const BUILDING_WORDS: usize = 8;
/// Words from "put" to "together".
const TOGETHER_WORDS: usize = 8;
/// Makers that are ruled out in one turn.
const MAKERS_MAX: usize = 8;
/// Words that a part needs so that it is one of a shop and not "the case".
const NAME_WORDS_MIN: usize = 2;

impl Desk<'_, '_> {
    /// What a turn says about a whole from parts; `None`: nothing.
    pub(super) fn whole(&self, clauses: &[Clause]) -> Option<Vec<ToolCall>> {
        // A question about money or data is answered first; which of those shown is not such a question.
        let is_asked = self
            .scene
            .open
            .as_ref()
            .is_some_and(|open| open.kind != OpenKind::Choose);
        if is_asked || !self.is_speaking() {
            return None;
        }
        let words: Vec<&str> = (0..self.scan.heard.tokens.len())
            .map(|at| self.scan.heard.word(at))
            .filter(|w| w.chars().any(char::is_alphanumeric))
            .collect();
        // Parts are named as shops name them: what was said in another language is read in their words.
        let said = self.scan.name(0, self.scan.heard.tokens.len());
        let said = said.as_ref();
        if let Some(calls) = self.asks_fit(said, &words, clauses) {
            return Some(calls);
        }
        if self.is_building(&words) {
            let named = Domain::all().iter().map(|d| (d, d.hear(said)));
            let (domain, heard) = named.into_iter().find(|(_, heard)| heard.is_named)?;
            return Some(vec![self.assemble(domain, heard, false)]);
        }
        let standing = self.scene.assembly.as_ref()?;
        let domain = Domain::all().iter().find(|d| d.id() == standing.as_str())?;
        let heard = domain.hear(said);
        if !self.scene.shown.is_empty() && !self.speaks_of_part(domain, &heard) {
            return None;
        }
        if let Some(buys) = self
            .is_taking(&words)
            .filter(|_| self.scene.shown.is_empty())
        {
            let mut calls = vec![ToolCall::AssemblyTake(NoArgs {})];
            calls.extend(buys.then(|| ToolCall::Buy(BuyArgs::default())));
            return Some(calls);
        }
        // "I want a black jacket" names goods; "I want a bigger case" names a part.
        let names_part =
            !heard.slots.is_empty() || !heard.than.is_empty() || !heard.wants.is_empty();
        let mut hits = clauses.iter().filter_map(|c| c.hit.as_ref());
        let is_other = hits.any(|hit| !(changes(hit.verb) || hit.verb == Verb::Need && names_part));
        let call = self.assemble(domain, heard, true);
        let ToolCall::Assemble(args) = &call else {
            return None;
        };
        let says_something =
            !args.wants.is_empty() || !args.drop.is_empty() || args.price_max.is_some();
        (says_something && !is_other).then(|| vec![call])
    }

    /// Whether a part of the whole is meant while other things are shown: "a quieter fan", where no fans are.
    fn speaks_of_part(&self, domain: &Domain, heard: &Heard) -> bool {
        let searched = self.need.as_ref().map(|need| need.what.as_str());
        let shown = domain.hear(searched.unwrap_or_default()).slots;
        let slot = |of: &str| of.split('.').next().unwrap_or_default().to_owned();
        let than = heard.than.iter().map(|(of, _)| slot(of));
        let dropped = heard.dropped.iter().map(|of| slot(of));
        let mut named = heard
            .slots
            .iter()
            .cloned()
            .chain(than)
            .chain(dropped)
            .peekable();
        named.peek().is_some() && named.all(|slot| !shown.contains(&slot))
    }

    /// "Does it fit my board?", "does the Raven processor work with the Mini board?": what is not at hand is searched first.
    fn asks_fit(&self, said: &str, words: &[&str], clauses: &[Clause]) -> Option<Vec<ToolCall>> {
        if !self.stands("asks_fit", words, 0) {
            return None;
        }
        let fit = (0..words.len()).position(|at| self.stands("fits", words, at))?;
        let subject = words.get(1..fit)?;
        let object = words.get(fit.saturating_add(1)..).unwrap_or_default();
        let domain = Domain::all()
            .iter()
            .find(|domain| !domain.hear(said).slots.is_empty());
        let mut calls = Vec::new();
        if let Some(domain) = domain {
            calls.extend(self.fetched(domain, object));
        }
        let offer = match subject {
            [it] | [it, "one" | "ones"]
                if matches!(*it, "it" | "this" | "that" | "they" | "these") =>
            {
                match (&self.scene.focus, self.scene.shown.as_slice()) {
                    (Some(offer), _) => Some(offer.clone()),
                    (None, [only]) => Some(only.offer.clone()),
                    (None, []) if domain.is_some() => None,
                    _ => return None,
                }
            }
            name => match (self.referred(clauses, name), domain) {
                (Bound::These(offers), _) => Some(offers.into_iter().next()?),
                (Bound::Nothing, Some(domain)) if is_part(domain, name) => {
                    calls.extend(self.fetched(domain, name));
                    None
                }
                _ => return None,
            },
        };
        calls.push(ToolCall::Details(DetailsArgs {
            offer,
            about: Some(Text::clip(said)),
        }));
        Some(calls)
    }

    /// What the subject of a question stands for: "the second one", or a thing by its name.
    fn referred(&self, clauses: &[Clause], name: &[&str]) -> Bound {
        let hits = clauses.iter().filter_map(|c| c.hit.as_ref());
        let mut asked = hits.filter(|hit| hit.verb == Verb::Details);
        let by_place = asked
            .next()
            .and_then(|hit| hit.slot(SlotKind::Ref))
            .map(|capture| self.bound(capture, Pool::Shown));
        match by_place {
            Some(Bound::These(offers)) => Bound::These(offers),
            _ => named(&name.join(" "), self.scene, Pool::Shown),
        }
    }

    /// The search for a part that is named and not at hand. "My case" and "the case" are what the person has.
    fn fetched(&self, domain: &Domain, name: &[&str]) -> Option<ToolCall> {
        let is_filler = |w: &&&str| {
            matches!(
                **w,
                "with" | "in" | "into" | "on" | "onto" | "to" | "the" | "a" | "an"
            )
        };
        let is_own = name.iter().any(|w| matches!(*w, "my" | "our"));
        let name: Vec<&str> = name.iter().filter(|w| !is_filler(w)).copied().collect();
        let is_known = matches!(
            named(&name.join(" "), self.scene, Pool::Shown),
            Bound::These(_)
        );
        let names_one = name.len() >= NAME_WORDS_MIN && is_part(domain, &name);
        (names_one && !is_own && !is_known).then(|| {
            ToolCall::Search(Need {
                what: Text::clip(&name.join(" ")),
                ..Need::default()
            })
        })
    }

    /// Whether a phrase of a word class stands at a place.
    fn stands(&self, class: &str, words: &[&str], at: usize) -> bool {
        let word = |i: usize| words.get(i).copied().unwrap_or_default();
        self.scan
            .lang
            .class(class)
            .is_some_and(|class| class.at(at, words.len(), word).is_some())
    }

    fn says(&self, class: &str, words: &[&str]) -> bool {
        (0..words.len()).any(|at| self.stands(class, words, at))
    }

    /// "Build me", "put together", "assemble".
    fn is_building(&self, words: &[&str]) -> bool {
        let early = words
            .get(..words.len().min(BUILDING_WORDS))
            .unwrap_or_default();
        let puts = (0..words.len()).any(|at| {
            let near = words.get(at..words.len().min(at + TOGETHER_WORDS));
            self.stands("puts", words, at) && near.is_some_and(|near| self.says("together", near))
        });
        self.says("builds", early) || puts
    }

    /// "Take it", "put them into the cart", "buy it": whether it is bought at once. `None`: no such thing.
    fn is_taking(&self, words: &[&str]) -> Option<bool> {
        let means_it = self.says("takes_whole", words) && self.says("whole_it", words);
        (words.len() <= TAKING_WORDS_MAX && means_it && !self.says("takes_not", words))
            .then(|| self.says("buys_whole", words))
    }

    fn assemble(&self, domain: &Domain, heard: Heard, keep: bool) -> ToolCall {
        let mut wants: Vec<PartWant> = heard
            .wants
            .iter()
            .map(|want| PartWant {
                of: Text::clip(&want.of),
                is: op(want.is),
                value: Text::clip(&want.value),
            })
            .collect();
        wants.extend(heard.than.iter().map(|(of, than)| PartWant {
            of: Text::clip(of),
            is: match than {
                Than::More => PartOp::More,
                Than::Less => PartOp::Less,
            },
            value: Text::clip(""),
        }));
        let all = wishes(self.scan, 0, self.scan.heard.tokens.len(), &self.zone);
        let mut price_max: Option<Money> = None;
        for need in all.iter().map(|wish| &wish.need) {
            price_max = price_max.or(need.price_max).or(need.total_max);
            let said_not = need.must_not.iter().map(Text::as_str);
            // A maker that no shop has told of yet is a plain word after "no".
            let unknown = said_not.filter(|word| domain.hear(word) == Heard::default());
            let makers = need.brands_not.iter().map(Text::as_str).chain(unknown);
            for maker in makers.take(MAKERS_MAX) {
                let want = PartWant {
                    of: Text::clip(""),
                    is: PartOp::NotBrand,
                    value: Text::clip(maker),
                };
                if !wants.contains(&want) {
                    wants.push(want);
                }
            }
            // "A processor by Aster": only with one part named is it said whose.
            if let ([maker], [slot]) = (need.brands.as_slice(), heard.slots.as_slice()) {
                wants.push(PartWant {
                    of: Text::clip(slot),
                    is: PartOp::Brand,
                    value: Text::clip(maker.as_str()),
                });
            }
        }
        ToolCall::Assemble(AssembleArgs {
            domain: Text::clip(domain.id()),
            wants,
            drop: heard.dropped.iter().map(|of| Text::clip(of)).collect(),
            price_max,
            goal: heard.goal.as_deref().map(Text::clip),
            keep,
        })
    }
}

/// Whether words name a part of such a whole.
fn is_part(domain: &Domain, words: &[&str]) -> bool {
    !domain.hear(&words.join(" ")).slots.is_empty()
}

fn op(op: Op) -> PartOp {
    match op {
        Op::AtLeast => PartOp::AtLeast,
        Op::AtMost => PartOp::AtMost,
        Op::Is | Op::Part => PartOp::Is,
        Op::Not => PartOp::Not,
        Op::Brand => PartOp::Brand,
        Op::NotBrand => PartOp::NotBrand,
        Op::With => PartOp::With,
    }
}

/// Whether a sentence of this kind may change the whole that stands rather than start something else.
fn changes(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Configure
            | Verb::Refine
            | Verb::Relax
            | Verb::RefineNot
            | Verb::Cheaper
            | Verb::Choose
            | Verb::Other
            | Verb::Quantity
            | Verb::Block
            | Verb::RuleAvoid
    )
}
