//! Cuts a turn into clauses and finds the sentence pattern that reads each best.

use errand_model::OpenKind;

use crate::act::{Note, Verb};
use crate::lang::{Rule, State};
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Way, named};
use crate::scan::{Scan, is_plain};
use crate::text::Kind;
use crate::time::Day;

/// Words that name what is let go of.
const LET_GO_TOKENS: usize = 4;
/// Clauses of one turn at most.
const CLAUSES_MAX: usize = 12;

/// One clause as read.
#[derive(Debug, Clone)]
pub(crate) struct Clause {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// What was matched; nothing: free words.
    pub(crate) hit: Option<Hit>,
}

/// A sentence pattern that reads a clause.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) verb: Verb,
    pub(crate) note: Option<Note>,
    pub(crate) captures: Vec<Capture>,
    pub(crate) cost: u32,
    /// The pattern as written, for explaining.
    pub(crate) pattern: String,
}

impl Hit {
    /// The first slot of a kind.
    pub(crate) fn slot(&self, kind: SlotKind) -> Option<Capture> {
        self.captures.iter().copied().find(|c| c.kind == kind)
    }

    /// The last slot of a kind.
    pub(crate) fn last_slot(&self, kind: SlotKind) -> Option<Capture> {
        self.captures.iter().copied().rev().find(|c| c.kind == kind)
    }

    /// Whether free words were taken as a wish, which a better cut may read better.
    fn is_loose(&self) -> bool {
        self.captures.iter().any(|c| c.kind == SlotKind::Item)
            || matches!(
                self.verb,
                Verb::Configure | Verb::Remove | Verb::Details | Verb::WhyOut
            )
    }
}

/// Reads a turn as clauses.
pub(crate) fn clauses(scan: &Scan<'_>) -> Vec<Clause> {
    let mut out = Vec::new();
    let n = scan.heard.tokens.len();
    let mut start = 0;
    for at in 0..=n {
        let ends = at == n || (is_mark(scan, at) && !is_inside(scan, at));
        if ends {
            read(scan, start, at, &mut out);
            start = at + 1;
        } else if at > start && scan.class("takes_back", at, n).is_some() && !is_inside(scan, at) {
            // "The second no wait the third one", as it is spoken.
            read(scan, start, at, &mut out);
            start = at;
        }
        if out.len() >= CLAUSES_MAX {
            break;
        }
    }
    out.truncate(CLAUSES_MAX);
    out
}

fn is_mark(scan: &Scan<'_>, at: usize) -> bool {
    scan.heard
        .tokens
        .get(at)
        .is_some_and(|t| t.kind == Kind::Sign && matches!(t.text.as_str(), "." | "!" | "?" | ":"))
}

/// Whether a token lies inside a time or a shop's name.
fn is_inside(scan: &Scan<'_>, at: usize) -> bool {
    let from = at.saturating_sub(8);
    (from..at).any(|i| {
        let time = scan
            .times
            .get(i)
            .copied()
            .flatten()
            .map_or(0, |(_, end, _)| end);
        let shop = scan
            .shops
            .get(i)
            .copied()
            .flatten()
            .map_or(0, |(end, _)| end);
        let amount = scan
            .amounts
            .get(i)
            .and_then(Option::as_ref)
            .map_or(0, |(end, _)| *end);
        time > at || shop > at || amount > at
    })
}

fn read(scan: &Scan<'_>, from: usize, to: usize, out: &mut Vec<Clause>) {
    let (from, to) = edges(scan, from, to);
    if from >= to {
        return;
    }
    if let Some((start, end)) = let_go(scan, from, to) {
        read(scan, from, start, out);
        read(scan, start, end, out);
        let next = scan.class("but", end, to).unwrap_or(end);
        read(scan, next, to, out);
        return;
    }
    let whole = best(scan, from, to);
    if let Some(hit) = &whole
        && !hit.is_loose()
    {
        out.push(Clause {
            from,
            to,
            hit: whole,
        });
        return;
    }
    // A cut holds only where what follows reads as a sentence of its own.
    let mut cuts = Vec::new();
    let mut start = from;
    for at in from + 1..to {
        if let Some(next) = cut_behind(scan, at, to)
            && !is_inside(scan, at)
        {
            let end = following_cut(scan, next, to);
            let (a, b) = edges(scan, next, end);
            let follows = best(scan, a, b).is_some_and(|hit| {
                !matches!(
                    hit.verb,
                    Verb::Refine | Verb::RefineNot | Verb::Relax | Verb::ChooseNumber
                )
            });
            let stands = at > start;
            if follows && stands {
                cuts.push((start, at));
                start = next;
            }
        }
    }
    if cuts.is_empty() {
        out.push(Clause {
            from,
            to,
            hit: whole,
        });
        return;
    }
    cuts.push((start, to));
    for (a, b) in cuts {
        let (a, b) = edges(scan, a, b);
        if a < b && out.len() < CLAUSES_MAX {
            out.push(Clause {
                from: a,
                to: b,
                hit: best(scan, a, b),
            });
        }
    }
}

/// Where a new clause may begin behind a join at this token: the join ends and a verb follows.
fn cut_behind(scan: &Scan<'_>, at: usize, to: usize) -> Option<usize> {
    let mut next = scan
        .class("join", at, to)
        .or_else(|| (scan.heard.word(at) == "but").then_some(at + 1))?;
    let mut first = None;
    while let Some(end) = scan
        .class("join", next, to)
        .or_else(|| {
            first = first.or(Some(next));
            scan.class("lead", next, to)
        })
        .filter(|end| *end < to)
    {
        next = end;
    }
    // "Can I talk to somebody": what is courtesy elsewhere may be the verb itself.
    let begins = |at: &usize| scan.class("verb", *at, to).is_some();
    Some(next).filter(begins).or(first.filter(begins))
}

/// "Any brand is fine, but cotton": where in a list of remarks one lets something go, and what is wanted stands beside it.
fn let_go(scan: &Scan<'_>, from: usize, to: usize) -> Option<(usize, usize)> {
    if !(from..to).any(|at| scan.class("lets_go", at, to).is_some()) {
        return None;
    }
    let mut start = from;
    for at in from..=to {
        let parts = at == to || scan.class("but", at, to).is_some();
        if !parts {
            continue;
        }
        let is_whole = start == from && at == to;
        let (a, b) = edges(scan, start, at);
        let is_let_go = best(scan, a, b).is_some_and(|hit| {
            let names_little = |c: &Capture| c.to - c.from <= LET_GO_TOKENS;
            hit.verb == Verb::Relax && hit.captures.iter().all(names_little)
        });
        if is_let_go && !is_whole {
            return Some((start, at));
        }
        start = scan.class("but", at, to).unwrap_or(at);
    }
    None
}

fn following_cut(scan: &Scan<'_>, from: usize, to: usize) -> usize {
    (from + 1..to)
        .find(|at| cut_behind(scan, *at, to).is_some() && !is_inside(scan, *at))
        .unwrap_or(to)
}

/// Leaves out marks at both ends.
fn edges(scan: &Scan<'_>, mut from: usize, mut to: usize) -> (usize, usize) {
    let is_blank = |at: usize| {
        scan.heard.tokens.get(at).is_some_and(|t| {
            t.kind == Kind::Sign
                && !scan.lang.currency.contains_key(&t.text)
                && !matches!(t.text.as_str(), "#" | "+" | "%" | "<" | ">" | "~" | "×")
        })
    };
    while from < to && is_blank(from) {
        from += 1;
    }
    while to > from && is_blank(to - 1) {
        to -= 1;
    }
    (from, to)
}

/// The best reading of these tokens, with and without the courtesy around them.
pub(crate) fn best(scan: &Scan<'_>, from: usize, to: usize) -> Option<Hit> {
    if from >= to {
        return None;
    }
    let (inner_from, inner_to) = polite_edges(scan, from, to);
    let mut found = search(scan, from, to, None);
    if inner_to != to {
        found = search(scan, from, inner_to, found);
    }
    if inner_from != from {
        found = search(scan, inner_from, inner_to, found);
    }
    found
}

/// The tokens without courtesy at both ends; all of them when nothing else is there.
pub(crate) fn polite_edges(scan: &Scan<'_>, from: usize, to: usize) -> (usize, usize) {
    let (mut a, mut b) = (from, to);
    for _ in 0..6 {
        let next = scan
            .class("lead", a, b)
            .or_else(|| scan.class("takes_back", a, b))
            .filter(|end| *end < b);
        let Some(next) = next else { break };
        a = edges(scan, next, b).0;
    }
    for _ in 0..4 {
        let Some(cut) = (a + 1..b).find(|at| scan.class("tail", *at, b) == Some(b)) else {
            break;
        };
        b = edges(scan, a, cut).1;
    }
    if a < b { (a, b) } else { (from, to) }
}

fn search(scan: &Scan<'_>, from: usize, to: usize, mut best: Option<Hit>) -> Option<Hit> {
    for rule in &scan.lang.rules {
        let bound = best.as_ref().map_or(u32::MAX, |hit| hit.cost);
        if rule.cost >= bound || !rule.needs.iter().all(|state| holds(scan, *state)) {
            continue;
        }
        let Some((captures, _)) = rule.pattern.matches(scan, from, to, true) else {
            continue;
        };
        let cost = cost(scan, rule, &captures);
        if cost < bound {
            best = Some(Hit {
                verb: rule.act,
                note: rule.note,
                captures,
                cost,
                pattern: rule.text.clone(),
            });
        }
    }
    best
}

fn holds(scan: &Scan<'_>, state: State) -> bool {
    let scene = scan.scene;
    match state {
        State::Shown => !scene.shown.is_empty(),
        State::Cart => !scene.cart.is_empty(),
        State::Need => scene.need.is_some(),
        State::Choose => scene
            .open
            .as_ref()
            .is_some_and(|open| open.kind == OpenKind::Choose),
        State::Orders => !scene.orders.is_empty(),
        State::Configuring => scene.configuring.is_some(),
        State::Thing => {
            !scene.shown.is_empty()
                || !scene.cart.is_empty()
                || scene.focus.is_some()
                || scene.configuring.is_some()
        }
    }
}

fn cost(scan: &Scan<'_>, rule: &Rule, captures: &[Capture]) -> u32 {
    let mut cost = rule.cost;
    for capture in captures {
        let tokens = u32::try_from(capture.to - capture.from).unwrap_or(u32::MAX / 64);
        cost += match capture.kind {
            SlotKind::Ref => match scan.refer(capture.from, capture.to) {
                Some(refer) if refer.way == Way::Named => 2,
                _ => 1,
            },
            SlotKind::Text => 4 + tokens,
            SlotKind::Item => 6 + tokens,
            SlotKind::Num | SlotKind::Ord => 1,
            SlotKind::Time | SlotKind::Money | SlotKind::Shop | SlotKind::Label => 0,
        };
    }
    if rule.act == Verb::Remove
        && let Some(text) = captures.iter().find(|c| c.kind == SlotKind::Text)
        && scan
            .refer(text.from, text.to)
            .is_none_or(|r| r.way == Way::Named)
    {
        // Taking something out that is not in the cart is unlikely to be meant; what is in the cart is meant rather
        // than a label of the same name.
        if named(&scan.name(text.from, text.to), scan.scene, Pool::Cart) == Bound::Nothing {
            cost += 10;
        } else {
            cost = cost.saturating_sub(6);
        }
    }
    // "Always coffee beans" requires nothing that could be checked: only certificates and the like can be required.
    if rule.act == Verb::RuleRequire
        && captures
            .iter()
            .filter(|c| c.kind == SlotKind::Label)
            .filter_map(|c| scan.labels.get(c.from).and_then(Option::as_ref))
            .any(|(_, id)| is_plain(id))
    {
        return u32::MAX;
    }
    // "Return the towels because they are too small" says what and why.
    if rule.act == Verb::OrderReturn
        && captures.iter().filter(|c| c.kind == SlotKind::Text).count() > 1
    {
        cost = cost.saturating_sub(7);
    }
    // "The 2nd" after a list is the second one and not a day.
    if rule.act == Verb::TimeOnly && !scan.scene.shown.is_empty() {
        let day = captures
            .iter()
            .find_map(|c| scan.times.get(c.from).copied().flatten())
            .and_then(|(_, _, when)| when.day);
        if matches!(day, Some(Day::OfMonth(_))) {
            cost += 4;
        }
    }
    if rule.act == Verb::Configure && scan.scene.configuring.is_some() {
        cost = cost.saturating_sub(6);
    }
    cost
}
