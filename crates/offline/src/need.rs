//! Reads wishes out of free words: what, how many, how much, which labels, from where, until when.

use errand_types::limits::QUANTITY_MAX;
use errand_types::{Money, Need, Sort, Text, Wish};
use jiff::tz::TimeZone;

use crate::number::{Amount, Unclear, amount_at, bare_amount_at, number_at};
use crate::scan::Scan;
use crate::text::Kind;
use crate::time::Past;

/// Wishes of one turn at most.
pub(crate) const WISHES_MAX: usize = 12;

/// One wish as read, with what the person must still be told or asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishing {
    pub(crate) need: Need,
    /// The counting word that was said: `bags`.
    pub(crate) unit: Option<String>,
    /// Label words as said.
    pub(crate) labels_said: Vec<String>,
    pub(crate) avoid_said: Vec<String>,
    pub(crate) trouble: Option<Trouble>,
    /// Dollars of an unknown kind, as a plain number.
    pub(crate) dollars: Option<String>,
}

/// What keeps a wish from being carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    WhichDollars,
    Past(String),
    NoSuchDay(String),
    Quantity,
}

#[derive(Debug, Clone)]
enum Found {
    Time(usize),
    Price {
        bound: PriceBound,
        amount: Amount,
        scope: Scope,
    },
    Between {
        low: Amount,
        high: Amount,
        scope: Scope,
    },
    Rating(u16),
    Sort(Sort),
    Label {
        id: String,
        said: String,
        avoid: bool,
    },
    MustNot(String),
    Shop {
        at: usize,
        not: bool,
    },
    Brand {
        name: String,
        not: bool,
    },
    Compare(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PriceBound {
    Max,
    Min,
    Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Piece,
    Total,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Free,
    Used,
    Join,
    /// Belongs to the thing whatever its words are: "salt and vinegar".
    Kept,
}

/// Reads the tokens `from..to` as one or more wishes.
pub(crate) fn wishes(scan: &Scan<'_>, from: usize, to: usize, zone: &TimeZone) -> Vec<Wishing> {
    let mut reader = Reader {
        scan,
        from,
        to,
        roles: vec![Role::Free; to.saturating_sub(from)],
        found: Vec::new(),
    };
    reader.tag();
    reader.build(zone)
}

struct Reader<'a, 'b> {
    scan: &'a Scan<'b>,
    from: usize,
    to: usize,
    roles: Vec<Role>,
    /// What was found, with the token where.
    found: Vec<(usize, Found)>,
}

/// One wish in the making: its token range and whether it names a thing.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    from: usize,
    to: usize,
}

impl Reader<'_, '_> {
    fn role(&self, at: usize) -> Role {
        at.checked_sub(self.from)
            .and_then(|i| self.roles.get(i))
            .copied()
            .unwrap_or(Role::Used)
    }

    fn mark(&mut self, from: usize, to: usize, role: Role) {
        for at in from..to {
            if let Some(slot) = at
                .checked_sub(self.from)
                .and_then(|i| self.roles.get_mut(i))
            {
                *slot = role;
            }
        }
    }

    fn class(&self, name: &str, at: usize) -> Option<usize> {
        self.scan.class(name, at, self.to)
    }

    fn is(&self, name: &str, at: usize) -> bool {
        self.class(name, at).is_some()
    }

    fn word(&self, at: usize) -> &str {
        if at < self.to {
            self.scan.heard.word(at)
        } else {
            ""
        }
    }

    fn note(&mut self, from: usize, to: usize, found: Found) {
        self.mark(from, to, Role::Used);
        self.found.push((from, found));
    }

    fn tag(&mut self) {
        let mut at = self.from;
        while at < self.to {
            let end = self.tag_at(at);
            at = end.max(at + 1);
        }
    }

    /// Tags what begins at a token; gives its end, or the token itself when nothing does.
    fn tag_at(&mut self, at: usize) -> usize {
        let scan = self.scan;
        if let Some((end, ())) = scan.lang.together.at(at, self.to, |i| scan.heard.word(i)) {
            self.mark(at, end, Role::Kept);
            return end;
        }
        if let Some(Some((_, end, _))) = scan.times.get(at)
            && *end <= self.to
            && !self.is_measured(*end)
        {
            self.note(at, *end, Found::Time(at));
            return *end;
        }
        for tagger in [
            Self::rating,
            Self::price,
            Self::compare_count,
            Self::label,
            Self::negated,
            Self::sort,
            Self::shop,
            Self::brand,
        ] {
            if let Some(end) = tagger(self, at) {
                return end;
            }
        }
        if self.is_join(at) {
            self.mark(at, at + 1, Role::Join);
        } else if let Some(token) = scan.heard.tokens.get(at)
            && token.kind == Kind::Sign
        {
            self.mark(at, at + 1, Role::Used);
        }
        at + 1
    }

    /// "in 5 kg", "by 3 cm": the number behind counts something else.
    fn is_measured(&self, end: usize) -> bool {
        self.is("measure", end) || self.is("star", end)
    }

    fn is_join(&self, at: usize) -> bool {
        self.is("join", at) || self.scan.heard.word(at) == "\n"
    }

    fn rating(&mut self, at: usize) -> Option<usize> {
        let lead = self.class("rating_lead", at).unwrap_or(at);
        let (end, milli) = number_at(self.scan.lang, &self.scan.heard, lead)?;
        if !(1000..=5000).contains(&milli) {
            return None;
        }
        let hundredths = u16::try_from(milli / 10).ok()?;
        let end = if let Some(star) = self.class("star", end) {
            star
        } else if self.word(end) == "+" && self.is("star", end + 1) {
            end + 2
        } else if lead > at
            && self.word(lead - 1).starts_with("rat")
            && !self.scan.lang.currency.contains_key(self.word(end))
        {
            end
        } else {
            return None;
        };
        let end = self.class("rating_tail", end).unwrap_or(end);
        let end = self.class("rating_tail", end).unwrap_or(end);
        self.note(at, end, Found::Rating(hundredths));
        Some(end)
    }

    fn price(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
        // "between 10 and 20 dollars", "10 to 20 euros", "$10-$20".
        let lead = self.class("between", at).unwrap_or(at);
        let any = |i: usize| {
            amount_at(scan.lang, &scan.heard, i, true)
                .or_else(|| bare_amount_at(scan.lang, &scan.heard, i))
        };
        if let Some((mid, low)) = any(lead)
            && let Some(next) = self.class(if lead > at { "between_and" } else { "range" }, mid)
            && let Some((end, high)) = any(next)
            && end <= self.to
            && (low.currency.is_some()
                || high.currency.is_some()
                || (lead > at && self.ends_amount(end)))
        {
            let currency = high.currency.clone().or_else(|| low.currency.clone());
            let (low, high) = (
                Amount {
                    currency: currency.clone(),
                    ..low
                },
                Amount { currency, ..high },
            );
            let (end, scope) = self.scope(end);
            if low.milli <= high.milli {
                self.note(at, end, Found::Between { low, high, scope });
                return Some(end);
            }
        }
        // "total under 100": the scope may come first.
        let (first, is_total) = match self.class("total", at) {
            Some(end) => (end, true),
            None => (at, false),
        };
        for (name, bound) in [
            ("under", PriceBound::Max),
            ("over", PriceBound::Min),
            ("around", PriceBound::Around),
            ("for_price", PriceBound::Max),
        ] {
            let Some(lead) = self.class(name, first) else {
                continue;
            };
            let lead = lead + usize::from(matches!(self.word(lead), "of" | "a"));
            let exact = amount_at(scan.lang, &scan.heard, lead, true);
            let is_exact = exact.is_some();
            // "for 900" is a price and "for 6" rather says for how many.
            let least = if name == "for_price" { 20_000 } else { 0 };
            let loose = bare_amount_at(scan.lang, &scan.heard, lead)
                .filter(|(end, amount)| amount.milli >= least && (least == 0 || *end == self.to));
            let Some((end, amount)) = exact.or(loose) else {
                continue;
            };
            if end > self.to || (!is_exact && !self.ends_amount(end)) {
                continue;
            }
            let (end, scope) = self.scope(end);
            let scope = if is_total { Scope::Total } else { scope };
            self.note(
                at,
                end,
                Found::Price {
                    bound,
                    amount,
                    scope,
                },
            );
            return Some(end);
        }
        // An amount with its currency and no comparison is the most that it may cost.
        let (end, amount) = amount_at(scan.lang, &scan.heard, at, false)?;
        if end > self.to {
            return None;
        }
        let (end, bound) = match (self.word(end), self.word(end + 1)) {
            ("or", "less") | ("or", "under") | ("at", "most") | ("max" | "maximum" | "tops", _) => {
                (
                    end + if self.word(end) == "or" || self.word(end) == "at" {
                        2
                    } else {
                        1
                    },
                    PriceBound::Max,
                )
            }
            ("or", "more") | ("and", "up") => (end + 2, PriceBound::Min),
            _ => (end, PriceBound::Max),
        };
        let (end, scope) = self.scope(end);
        self.note(
            at,
            end,
            Found::Price {
                bound,
                amount,
                scope,
            },
        );
        Some(end)
    }

    /// Whether nothing behind a bare number claims it: no unit, no counting word, no noun.
    fn ends_amount(&self, end: usize) -> bool {
        if end >= self.to {
            return true;
        }
        let is_sign = self
            .scan
            .heard
            .tokens
            .get(end)
            .is_some_and(|t| t.kind == Kind::Sign);
        is_sign
            || self.is_join(end)
            || self.is("each", end)
            || self.is("total", end)
            || self.is("with", end)
            || self.is("from", end)
            || self.is("negator", end)
            || self.scan.times.get(end).is_some_and(Option::is_some)
            || matches!(
                self.word(end),
                "for" | "or" | "please" | "if" | "that" | "which" | "to"
            )
    }

    fn scope(&self, end: usize) -> (usize, Scope) {
        if let Some(end) = self.class("total", end) {
            return (end, Scope::Total);
        }
        if let Some(end) = self.class("each", end) {
            return (end, Scope::Piece);
        }
        (end, Scope::Piece)
    }

    /// "the best three", "top 3", "three best".
    fn compare_count(&mut self, at: usize) -> Option<usize> {
        let start = at + usize::from(self.word(at) == "the");
        let is_best = |word: &str| matches!(word, "best" | "top" | "cheapest");
        let is_cheapest = (start..start + 3).any(|i| self.word(i) == "cheapest");
        let (end, count) = if is_best(self.word(start)) {
            self.num(start + 1)?
        } else {
            let (end, count) = self.num(start)?;
            if !is_best(self.word(end)) {
                return None;
            }
            (end + 1, count)
        };
        let count = u8::try_from(count).ok().filter(|n| (2..=6).contains(n))?;
        if is_cheapest {
            self.found.push((at, Found::Sort(Sort::Cheapest)));
        }
        self.note(at, end, Found::Compare(count));
        Some(end)
    }

    fn num(&self, at: usize) -> Option<(usize, i64)> {
        self.scan
            .nums
            .get(at)
            .copied()
            .flatten()
            .filter(|(end, _)| *end <= self.to)
    }

    fn label(&mut self, at: usize) -> Option<usize> {
        let (end, id) = self.scan.labels.get(at).cloned().flatten()?;
        if end > self.to {
            return None;
        }
        let said = self.scan.heard.said(at, end).to_lowercase();
        if self.is("free", end) {
            self.note(
                at,
                end + 1,
                Found::Label {
                    id,
                    said,
                    avoid: true,
                },
            );
            return Some(end + 1);
        }
        // "leather" in "leather bag" describes the bag; only a negation makes it a label.
        if id.starts_with("contains:") {
            return None;
        }
        self.note(
            at,
            end,
            Found::Label {
                id,
                said,
                avoid: false,
            },
        );
        Some(end)
    }

    fn negated(&mut self, at: usize) -> Option<usize> {
        let mut lead = self.class("negator", at)?;
        if self.is("negator_not", lead) {
            return None;
        }
        while matches!(
            self.word(lead),
            "any"
                | "the"
                | "a"
                | "an"
                | "anything"
                | "with"
                | "made"
                | "of"
                | "from"
                | "containing"
                | "added"
        ) {
            lead += 1;
        }
        if let Some((end, shop)) = self.scan.shops.get(lead).copied().flatten()
            && end <= self.to
        {
            self.note(
                at,
                end,
                Found::Shop {
                    at: shop,
                    not: true,
                },
            );
            return Some(end);
        }
        if let Some(end) = self
            .scan
            .vocab
            .brand_at(lead, self.to, |i| self.scan.heard.word(i))
        {
            let name = self.scan.heard.said(lead, end).to_owned();
            self.note(at, end, Found::Brand { name, not: true });
            return Some(end);
        }
        let mut end = lead;
        let mut any = false;
        loop {
            if let Some((label_end, id)) = self.scan.labels.get(end).cloned().flatten()
                && label_end <= self.to
            {
                let said = self.scan.heard.said(end, label_end).to_lowercase();
                self.note(
                    at,
                    label_end,
                    Found::Label {
                        id,
                        said,
                        avoid: true,
                    },
                );
                end = label_end;
            } else {
                let stop = self.negated_words(end);
                if stop == end {
                    break;
                }
                let said = self.scan.heard.said(end, stop).to_lowercase();
                self.note(at, stop, Found::MustNot(said));
                end = stop;
            }
            any = true;
            // "no nuts or raisins", "without sugar, salt or milk".
            if self.word(end) == "or" || self.word(end) == "nor" {
                self.mark(end, end + 1, Role::Used);
                end += 1;
            } else {
                break;
            }
        }
        any.then_some(end)
    }

    /// Up to three plain words: the noun group that a negator governs.
    fn negated_words(&self, from: usize) -> usize {
        let mut end = from;
        while end < self.to && end - from < 3 {
            let stops = self.is_join(end)
                || self.is("negator", end)
                || self.is("with", end)
                || matches!(
                    self.word(end),
                    "but"
                        | "or"
                        | "nor"
                        | "for"
                        | "under"
                        | "over"
                        | "from"
                        | "at"
                        | "by"
                        | "please"
                        | "and"
                )
                || self
                    .scan
                    .heard
                    .tokens
                    .get(end)
                    .is_some_and(|t| t.kind != Kind::Word)
                || self.scan.times.get(end).is_some_and(Option::is_some)
                || self.scan.nums.get(end).is_some_and(Option::is_some);
            if stops {
                break;
            }
            end += 1;
        }
        end
    }

    fn sort(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
        let start = at + usize::from(self.word(at) == "the");
        let (end, sort) = scan
            .lang
            .sort
            .at(start, self.to, |i| scan.heard.word(i))
            .map(|(end, sort)| (end, *sort))?;
        self.note(at, end, Found::Sort(sort));
        Some(end)
    }

    fn shop(&mut self, at: usize) -> Option<usize> {
        let lead = self.class("from", at).unwrap_or(at);
        let (end, shop) = self.scan.shops.get(lead).copied().flatten()?;
        if end > self.to {
            return None;
        }
        self.note(
            at,
            end,
            Found::Shop {
                at: shop,
                not: false,
            },
        );
        Some(end)
    }

    fn brand(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
        let lead = if matches!(self.word(at), "by" | "from") {
            at + 1
        } else {
            at
        };
        let end = scan.vocab.brand_at(lead, self.to, |i| scan.heard.word(i))?;
        // "apple" is a fruit unless somebody says "by Apple".
        if lead == at && end == at + 1 && scan.vocab.is_kind(self.word(at)) {
            return None;
        }
        let name = scan.heard.said(lead, end).to_owned();
        self.note(at, end, Found::Brand { name, not: false });
        Some(end)
    }

    // ---- wishes ----

    fn build(&mut self, zone: &TimeZone) -> Vec<Wishing> {
        let (chunks, orphans) = self.chunks();
        let mut wishes: Vec<Wishing> = chunks.iter().map(|chunk| self.wish(*chunk)).collect();
        if wishes.is_empty() {
            wishes.push(self.wish(Chunk {
                from: self.from,
                to: self.to,
            }));
        }
        let found = std::mem::take(&mut self.found);
        let last = wishes.len().saturating_sub(1);
        // One time is for all; several are each for its own.
        let times = found
            .iter()
            .filter(|(_, found)| matches!(found, Found::Time(_)))
            .count();
        for (at, found) in &found {
            let owner = chunks
                .iter()
                .position(|c| (c.from..c.to).contains(at))
                .unwrap_or(last);
            let is_for_all = match found {
                Found::Time(_) => times == 1,
                Found::Price { scope, .. } | Found::Between { scope, .. } => *scope == Scope::Total,
                Found::Shop { .. } => owner == last,
                Found::Sort(_) | Found::Compare(_) => owner == last,
                Found::Rating(_)
                | Found::Label { .. }
                | Found::MustNot(_)
                | Found::Brand { .. } => false,
            } || orphans.contains(at);
            for (i, wish) in wishes.iter_mut().enumerate() {
                if i == owner || is_for_all {
                    self.apply(wish, found, i == owner, zone);
                }
            }
        }
        wishes
    }

    /// Cuts at joins; a part that names no thing belongs to its neighbour. Also says which findings hold for all parts.
    fn chunks(&mut self) -> (Vec<Chunk>, Vec<usize>) {
        let mut parts = Vec::new();
        let mut start = self.from;
        for at in self.from..=self.to {
            if at == self.to || self.role(at) == Role::Join {
                if start < at {
                    parts.push(Chunk {
                        from: start,
                        to: at,
                    });
                }
                start = at + 1;
            }
        }
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut orphans = Vec::new();
        // A part before the first thing waits for it.
        let mut waiting: Option<usize> = None;
        for part in parts {
            let goes_on = chunks.last().is_some_and(|last| self.goes_on(*last, part));
            if self.has_thing(part) && !goes_on {
                if chunks.len() >= WISHES_MAX {
                    break;
                }
                chunks.push(Chunk {
                    from: waiting.take().unwrap_or(part.from),
                    to: part.to,
                });
            } else if let Some(last) = chunks.last_mut() {
                let all =
                    (part.from..part.to).any(|at| self.scan.class("all_of", at, part.to).is_some());
                if all {
                    orphans.extend(
                        self.found
                            .iter()
                            .map(|(at, _)| *at)
                            .filter(|at| (part.from..part.to).contains(at)),
                    );
                }
                last.to = part.to;
            } else {
                waiting.get_or_insert(part.from);
            }
        }
        (chunks, orphans)
    }

    /// Whether a part names a thing rather than only describing one.
    fn has_thing(&self, part: Chunk) -> bool {
        let mut at = part.from;
        let mut any = false;
        while at < part.to {
            match self.role(at) {
                Role::Kept => any = true,
                Role::Used | Role::Join => {}
                Role::Free => {
                    if let Some(end) = self.is_description(at, part.to) {
                        at = end;
                        continue;
                    }
                    any = true;
                }
            }
            at += 1;
        }
        any
    }

    /// The end of words that count, describe or fill; nothing for a word that names a thing.
    fn is_description(&self, at: usize, to: usize) -> Option<usize> {
        let scan = self.scan;
        if let Some((end, _)) = self.num(at) {
            return Some(end);
        }
        if scan
            .heard
            .tokens
            .get(at)
            .is_some_and(|t| t.kind != Kind::Word)
        {
            return Some(at + 1);
        }
        if let Some(end) = scan.vocab.attribute_at(at, to, |i| scan.heard.word(i))
            && !(end == at + 1 && scan.vocab.is_kind(self.word(at)))
        {
            return Some(end);
        }
        // "size S": what stands behind is the size.
        if self.word(at) == "size" && at + 1 < to {
            return Some(at + 2);
        }
        for name in [
            "determiner",
            "container",
            "measure",
            "empty",
            "attribute",
            "each_of",
            "with",
        ] {
            if let Some(end) = self.class(name, at)
                && end <= to
            {
                return Some(end);
            }
        }
        None
    }

    /// "a mug with lid and handle": a bare noun behind "with" goes on describing.
    fn goes_on(&self, last: Chunk, part: Chunk) -> bool {
        let is_short = part.to - part.from <= 2;
        let starts_bare = !self.is("determiner", part.from) && self.num(part.from).is_none();
        let after_with = (last.from..last.to)
            .rev()
            .take(3)
            .any(|at| matches!(self.word(at), "with" | "having" | "featuring"));
        is_short && starts_bare && after_with && self.word(part.from.saturating_sub(1)) == "and"
    }

    fn wish(&mut self, chunk: Chunk) -> Wishing {
        let mut wish = Wishing::default();
        let mut content: Vec<usize> = Vec::new();
        let mut is_first = true;
        let mut at = chunk.from;
        while at < chunk.to {
            if self.role(at) == Role::Used || self.role(at) == Role::Join {
                at += 1;
                continue;
            }
            if self.role(at) == Role::Kept {
                content.push(at);
                at += 1;
                continue;
            }
            if let Some(end) = self.count(at, chunk.to, is_first && content.is_empty(), &mut wish) {
                at = end;
                is_first = false;
                continue;
            }
            if let Some(end) = self
                .purpose(at, chunk.to)
                .or_else(|| self.describes(at, chunk.to, &content, &mut wish))
            {
                at = end;
                continue;
            }
            if !self.is("determiner", at) || !content.is_empty() {
                is_first = false;
            }
            content.push(at);
            at += 1;
        }
        self.name(&content, &mut wish);
        wish
    }

    /// A number and what it counts.
    fn count(&self, at: usize, to: usize, is_first: bool, wish: &mut Wishing) -> Option<usize> {
        let set = |wish: &mut Wishing, n: i64| match u32::try_from(n) {
            Ok(n) if (1..=QUANTITY_MAX).contains(&n) => wish.need.quantity = Some(n),
            _ => wish.trouble = Some(Trouble::Quantity),
        };
        // "x 2", "× 2".
        if self.is("twice", at)
            && let Some((end, n)) = self.num(at + 1)
            && wish.need.quantity.is_none()
        {
            set(wish, n);
            return Some(end);
        }
        let number = number_at(self.scan.lang, &self.scan.heard, at).filter(|(end, _)| *end <= to);
        let Some((end, milli)) = number else {
            // "a bag of flour" is one bag.
            let article = usize::from(matches!(self.word(at), "a" | "an" | "another"));
            let is_group = self
                .class("group", at + article)
                .is_some_and(|end| self.word(end) == "of");
            if is_group {
                return Some(at + article + 2);
            }
            let end = self
                .class("container", at + article)
                .filter(|end| *end <= to)?;
            let is_counting = self.word(end) == "of"
                || article == 0 && wish.unit.is_none() && wish.need.quantity.is_some();
            if !is_counting {
                return None;
            }
            if article == 1 && wish.need.quantity.is_none() {
                wish.need.quantity = Some(1);
            }
            wish.unit
                .get_or_insert_with(|| self.word(end - 1).to_owned());
            return Some(end + usize::from(self.word(end) == "of"));
        };
        // "500 g", "27 inch": a property and no count.
        if let Some(unit_end) = self.class("measure", end).filter(|e| *e <= to)
            && !(self.word(end) == "in"
                && unit_end < to
                && self.class("measure", unit_end).is_none())
        {
            if wish.need.must.len() < 8 {
                let number = self.scan.heard.said(at, end);
                let unit = self.scan.heard.said(end, unit_end).to_lowercase();
                wish.need.must.push(Text::clip(&format!("{number} {unit}")));
            }
            return Some(unit_end + usize::from(self.word(unit_end) == "of"));
        }
        if milli % 1000 != 0 {
            return None;
        }
        let n = milli / 1000;
        if wish.need.quantity.is_some() {
            return None;
        }
        if let Some(unit_end) = self.class("container", end).filter(|e| *e <= to) {
            set(wish, n);
            wish.unit = Some(self.word(unit_end - 1).to_owned());
            return Some(unit_end + usize::from(self.word(unit_end) == "of"));
        }
        if let Some(end) = self.class("each_of", end).filter(|e| *e <= to) {
            set(wish, n);
            return Some(end);
        }
        // "a dozen eggs" is one box of them.
        let is_dozen = self.scan.lang.dozen_words.contains(self.word(end - 1));
        if is_dozen && self.scan.lang.dozen_things.contains(self.word(end)) {
            set(wish, n / 12);
            wish.unit = Some("dozen".to_owned());
            return Some(end);
        }
        if is_first || end == to {
            set(wish, n);
            return Some(end);
        }
        None
    }

    /// "for my dad" says for whom, which finds nothing in a shop.
    fn purpose(&self, at: usize, to: usize) -> Option<usize> {
        if self.word(at) != "for" {
            return None;
        }
        let mut end = at + 1;
        while end < to && matches!(self.word(end), "my" | "our" | "the" | "a" | "his" | "her") {
            end += 1;
        }
        self.class("person", end).filter(|e| *e <= to)
    }

    /// "with a lid", "in white", "made of oak", "size 42".
    fn describes(
        &self,
        at: usize,
        to: usize,
        content: &[usize],
        wish: &mut Wishing,
    ) -> Option<usize> {
        let lead = self.class("with", at)?;
        if content.is_empty() {
            return None;
        }
        let mut start = lead;
        while self.is("determiner", start)
            || self.class("with", start).is_some()
            || self.word(start) == "more"
            || self.word(start) == "not"
        {
            start += 1;
        }
        let mut end = start;
        while end < to
            && end - start < 6
            && self.role(end) == Role::Free
            && self.class("with", end).is_none()
            && self.word(end) != "for"
        {
            end += 1;
        }
        if end == start {
            return None;
        }
        // "at least 16 GB of memory": the amount and the thing are two words to look for.
        let mut from = start;
        for at in start..=end {
            if at < end && self.word(at) != "of" {
                continue;
            }
            while let Some(next) = self
                .class("over", from)
                .or_else(|| self.class("under", from))
                .filter(|next| *next < at)
            {
                from = next;
            }
            if from < at && wish.need.must.len() < 8 {
                wish.need
                    .must
                    .push(Text::clip(&self.scan.heard.said(from, at).to_lowercase()));
            }
            from = at + 1;
        }
        Some(end)
    }

    /// Parts the content words into attributes and the thing itself, which is what comes last.
    fn name(&self, content: &[usize], wish: &mut Wishing) {
        let scan = self.scan;
        let is_edge = |at: usize| {
            self.role(at) == Role::Free && (self.is("empty", at) || self.is("determiner", at))
        };
        let mut words: &[usize] = content;
        while let [first, rest @ ..] = words
            && is_edge(*first)
        {
            words = rest;
        }
        while let [rest @ .., last] = words
            && is_edge(*last)
        {
            words = rest;
        }
        let mut kept: Vec<usize> = Vec::new();
        let mut i = 0;
        while let Some(&at) = words.get(i) {
            let rest = words.len() - i;
            let phrase = scan
                .vocab
                .attribute_at(at, self.to, |k| scan.heard.word(k))
                .map_or(0, |end| end - at);
            let is_run = phrase > 0 && words.get(i + phrase - 1) == Some(&(at + phrase - 1));
            let single = self.is("attribute", at) && self.role(at) == Role::Free;
            let length = if is_run { phrase } else { usize::from(single) };
            // The last word is the thing; a word that is a kind of goods is never only an attribute.
            let is_kind = length == 1 && scan.vocab.is_kind(self.word(at));
            if length > 0
                && !is_kind
                && (length < rest
                    || (kept.is_empty() && i > 0)
                    || (!kept.is_empty() && self.is_apart(at)))
                && wish.need.must.len() < 8
            {
                wish.need.must.push(Text::clip(
                    &self.surface(words.get(i..i + length).unwrap_or_default()),
                ));
                i += length;
                continue;
            }
            kept.push(at);
            i += 1;
        }
        // Only attributes: they describe what was meant before.
        if !kept.is_empty()
            && kept.len() == words.len()
            && self.is_only_attribute(&kept)
            && wish.need.must.len() < 8
        {
            wish.need.must.push(Text::clip(&self.surface(&kept)));
            kept.clear();
        }
        wish.need.what = Text::clip(&self.surface(&kept));
    }

    /// Whether a join stands before a word: "coffee beans, ground" describes the beans.
    fn is_apart(&self, at: usize) -> bool {
        (self.from..at)
            .rev()
            .map(|i| self.role(i))
            .find(|role| *role != Role::Used)
            == Some(Role::Join)
    }

    fn is_only_attribute(&self, kept: &[usize]) -> bool {
        let (Some(&first), Some(&last)) = (kept.first(), kept.last()) else {
            return false;
        };
        let scan = self.scan;
        let mut at = first;
        while at <= last {
            let single = self
                .class("attribute", at)
                .filter(|_| self.role(at) == Role::Free);
            let end = scan
                .vocab
                .attribute_at(at, self.to, |k| scan.heard.word(k))
                .or(single);
            match end {
                Some(end) if !(end == at + 1 && scan.vocab.is_kind(self.word(at))) => at = end,
                _ => return false,
            }
        }
        true
    }

    /// Words as said, in small letters; joined where the person joined them.
    fn surface(&self, tokens: &[usize]) -> String {
        let mut text = String::new();
        for (i, &at) in tokens.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|k| tokens.get(k)).copied();
            if let Some(before) = before {
                let is_joined = before + 1 == at && self.scan.heard.is_joined(before);
                let between = self
                    .scan
                    .heard
                    .tokens
                    .get(before)
                    .zip(self.scan.heard.tokens.get(at));
                let between = between
                    .and_then(|(a, b)| self.scan.heard.shown.get(a.end..b.start))
                    .unwrap_or(" ");
                text.push_str(if is_joined { between } else { " " });
            }
            text.push_str(self.scan.heard.word(at));
        }
        text
    }

    fn apply(&self, wish: &mut Wishing, found: &Found, is_owner: bool, zone: &TimeZone) {
        let home = self.scan.scene.currency;
        let need = &mut wish.need;
        match found {
            Found::Time(at) => match self.wish_time(*at, zone) {
                Some(Ok(time)) => need.delivery = Some(time),
                Some(Err((Past::Over, said))) => wish.trouble = Some(Trouble::Past(said)),
                Some(Err((Past::NoSuchDay, said))) => wish.trouble = Some(Trouble::NoSuchDay(said)),
                None => {}
            },
            Found::Price {
                bound,
                amount,
                scope,
            } => match amount.money(self.scan.lang, home) {
                Ok(money) => set_price(need, *bound, *scope, money),
                Err(unclear) => unclear_amount(wish, unclear, amount),
            },
            Found::Between { low, high, scope } => {
                match (
                    low.money(self.scan.lang, home),
                    high.money(self.scan.lang, home),
                ) {
                    (Ok(low), Ok(high)) => {
                        set_price(need, PriceBound::Max, *scope, high);
                        if *scope == Scope::Piece {
                            need.price_min = Some(low);
                        }
                    }
                    (Err(unclear), _) | (_, Err(unclear)) => unclear_amount(wish, unclear, high),
                }
            }
            Found::Rating(hundredths) => need.rating_min = Some((*hundredths).min(500)),
            Found::Sort(sort) => need.sort = Some(*sort),
            Found::Label {
                id,
                said,
                avoid: true,
            } => {
                need.avoid.push(Text::clip(id));
                wish.avoid_said.push(said.clone());
            }
            Found::Label {
                id,
                said,
                avoid: false,
            } => {
                need.labels.push(Text::clip(id));
                wish.labels_said.push(said.clone());
            }
            Found::MustNot(words) => need.must_not.push(Text::clip(words)),
            Found::Shop { at, not: false } => {
                if let Some(shop) = self.scan.scene.shops.get(*at)
                    && (is_owner || need.merchants.is_empty())
                {
                    need.merchants.push(shop.id.clone());
                }
            }
            Found::Shop { at, not: true } => {
                // There is no "not from": all others are asked.
                let others = self
                    .scan
                    .scene
                    .shops
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| i != at);
                need.merchants = others.map(|(_, shop)| shop.id.clone()).collect();
            }
            Found::Brand { name, not: false } => need.brands.push(Text::clip(name)),
            Found::Brand { name, not: true } => need.brands_not.push(Text::clip(name)),
            Found::Compare(count) => need.compare = Some(*count),
        }
    }

    fn wish_time(&self, at: usize, zone: &TimeZone) -> Option<Result<Wish, (Past, String)>> {
        let (said_from, end, when) = self.scan.times.get(at).copied().flatten()?;
        let said = self.scan.heard.said(said_from, end);
        Some(
            when.resolve(said, self.scan.scene.now, zone)
                .map_err(|past| (past, said.to_owned())),
        )
    }
}

fn unclear_amount(wish: &mut Wishing, unclear: Unclear, amount: &Amount) {
    if unclear == Unclear::WhichDollars {
        wish.trouble = Some(Trouble::WhichDollars);
        let (whole, part) = (amount.milli / 1000, amount.milli % 1000 / 10);
        wish.dollars = Some(if part == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{part:02}")
        });
    }
}

fn set_price(need: &mut Need, bound: PriceBound, scope: Scope, money: Money) {
    match (bound, scope) {
        (PriceBound::Max, Scope::Piece) => need.price_max = Some(money),
        (PriceBound::Max | PriceBound::Around, Scope::Total) => need.total_max = Some(money),
        // There is no lowest total: a total "over" bounds nothing that anybody wants.
        (PriceBound::Min, Scope::Total) => {}
        (PriceBound::Min, Scope::Piece) => need.price_min = Some(money),
        (PriceBound::Around, Scope::Piece) => {
            // Fifteen percent either way.
            let part = |percent: i64| {
                Money::new(
                    money.minor().saturating_mul(percent) / 100,
                    money.currency(),
                )
            };
            need.price_min = Some(part(85));
            need.price_max = Some(part(115));
        }
    }
}
