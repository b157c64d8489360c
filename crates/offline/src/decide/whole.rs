//! Wholes from parts: "build me a computer for video editing under 1,500", "a quieter fan", "take it", "does this fit?".
//! What the words of a domain mean stands in its file; here it is only told apart from errands of other kinds.

use errand_catalog::assembly::{Domain, Heard, Op, Than};
use errand_model::OpenKind;
use errand_types::{
    AssembleArgs, BuyArgs, DetailsArgs, Money, NoArgs, PartOp, PartWant, Text, ToolCall,
};

use super::Desk;
use crate::act::Verb;
use crate::clause::Clause;
use crate::need::wishes;

/// Words of a turn that takes the whole that stands.
const TAKING_WORDS_MAX: usize = 9;
/// Makers that are ruled out in one turn.
const MAKERS_MAX: usize = 8;

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
        let said = self.scan.heard.shown.as_str();
        let words: Vec<&str> = (0..self.scan.heard.tokens.len())
            .map(|at| self.scan.heard.word(at))
            .filter(|w| w.chars().any(char::is_alphanumeric))
            .collect();
        if let Some(call) = self.asks_fit(said, &words) {
            return Some(vec![call]);
        }
        if is_building(&words) {
            let named = Domain::all().iter().map(|d| (d, d.hear(said)));
            let (domain, heard) = named.into_iter().find(|(_, heard)| heard.is_named)?;
            return Some(vec![self.assemble(domain, heard, false)]);
        }
        let standing = self.scene.assembly.as_ref()?;
        if !self.scene.shown.is_empty() {
            return None;
        }
        let domain = Domain::all().iter().find(|d| d.id() == standing.as_str())?;
        if let Some(buys) = is_taking(&words) {
            let mut calls = vec![ToolCall::AssemblyTake(NoArgs {})];
            calls.extend(buys.then(|| ToolCall::Buy(BuyArgs::default())));
            return Some(calls);
        }
        let heard = domain.hear(said);
        // "I want a black jacket" names goods; "I want a bigger case" names a part.
        let names_part = !heard.slots.is_empty() || !heard.than.is_empty();
        let mut hits = clauses.iter().filter_map(|c| c.hit.as_ref());
        let is_other = hits.any(|hit| !(changes(hit.verb) || hit.verb == Verb::Need && names_part));
        let call = self.assemble(domain, heard, true);
        let ToolCall::Assemble(args) = &call else {
            return None;
        };
        let says_something = !args.wants.is_empty() || args.price_max.is_some();
        (says_something && !is_other).then(|| vec![call])
    }

    /// "Does it fit my board?" about the product at hand.
    fn asks_fit(&self, said: &str, words: &[&str]) -> Option<ToolCall> {
        let fits = |w: &&str| matches!(*w, "fit" | "fits" | "compatible" | "suit" | "suits");
        let is_question = words
            .first()
            .is_some_and(|w| matches!(*w, "does" | "will" | "is" | "would" | "do"));
        if !is_question || !words.iter().any(fits) {
            return None;
        }
        let only = match self.scene.shown.as_slice() {
            [one] => Some(&one.offer),
            _ => None,
        };
        let offer = self.scene.focus.as_ref().or(only)?;
        Some(ToolCall::Details(DetailsArgs {
            offer: offer.clone(),
            about: Some(Text::clip(said)),
        }))
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
            price_max,
            goal: heard.goal.as_deref().map(Text::clip),
            keep,
        })
    }
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

/// "Build me", "put together", "assemble".
fn is_building(words: &[&str]) -> bool {
    let early = words.get(..words.len().min(8)).unwrap_or_default();
    let says = |w: &str| early.contains(&w);
    says("build") || says("assemble") || (says("put") && words.contains(&"together"))
}

/// "Take it", "put them into the cart", "buy it": whether it is bought at once. `None`: no such thing.
fn is_taking(words: &[&str]) -> Option<bool> {
    let says = |list: &[&str]| words.iter().any(|w| list.contains(w));
    let takes = says(&["take", "add", "cart", "basket", "buy", "order"]);
    let means_it = says(&["it", "them", "that", "this", "all", "everything", "parts"]);
    let denies = says(&["not", "no", "never", "out", "remove", "where", "cancel"]);
    (words.len() <= TAKING_WORDS_MAX && takes && means_it && !denies)
        .then(|| says(&["buy", "order"]))
}

/// Whether a sentence of this kind may change the whole that stands rather than start something else.
fn changes(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Configure
            | Verb::Refine
            | Verb::RefineNot
            | Verb::Cheaper
            | Verb::Choose
            | Verb::Other
            | Verb::Quantity
            | Verb::Block
            | Verb::RuleAvoid
    )
}
