//! What stands in a wish beside the thing: times, prices, labels, shops, brands, what it must not be.

use errand_types::Sort;

use super::{Found, PriceBound, Reader, Role, Scope};
use crate::number::{Amount, amount_at, bare_amount_at, number_at};
use crate::scan::is_plain;
use crate::text::Kind;

impl Reader<'_, '_> {
    pub(super) fn tag(&mut self) {
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
        if at > self.from
            && let Some(end) = self.class("custom", at)
        {
            self.note(at, end, Found::ToOrder);
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
            Self::mildly,
            Self::aged,
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
        self.compared_price(at).or_else(|| self.plain_price(at))
    }

    /// "under 15 dollars", "at most 20 each", "total under 100".
    fn compared_price(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
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
        None
    }

    /// "15 dollars", "$40 or less".
    fn plain_price(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
        // An amount with its currency and no comparison is the most that it may cost.
        let (end, amount) = amount_at(scan.lang, &scan.heard, at, false)?;
        if end > self.to {
            return None;
        }
        let (end, bound) = match (self.word(end), self.word(end + 1)) {
            ("or", "less" | "under") | ("at", "most") | ("max" | "maximum" | "tops", _) => (
                end + if self.word(end) == "or" || self.word(end) == "at" {
                    2
                } else {
                    1
                },
                PriceBound::Max,
            ),
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
                "for"
                    | "or"
                    | "please"
                    | "if"
                    | "that"
                    | "which"
                    | "to"
                    | "für"
                    | "oder"
                    | "das"
                    | "die"
                    | "der"
                    | "haben"
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
        let is_best =
            |word: &str| matches!(word, "best" | "top" | "cheapest" | "besten" | "günstigsten");
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

    pub(super) fn num(&self, at: usize) -> Option<(usize, i64)> {
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
        if is_plain(&id) {
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

    /// "Not too strong", "nothing fancy": a quality that it should rather not have. What is no known quality finds nothing.
    fn mildly(&mut self, at: usize) -> Option<usize> {
        let scan = self.scan;
        if scan
            .lang
            .sort
            .at(at, self.to, |i| scan.heard.word(i))
            .is_some()
        {
            return None;
        }
        let lead = self.class("mildly_not", at)?;
        let is_word = scan
            .heard
            .tokens
            .get(lead)
            .is_some_and(|t| t.kind == Kind::Word);
        let end = lead + 1;
        let ends = end >= self.to
            || self.is_join(end)
            || scan
                .heard
                .tokens
                .get(end)
                .is_some_and(|t| t.kind == Kind::Sign);
        if !is_word || !ends || lead >= self.to {
            return None;
        }
        let quality = scan
            .vocab
            .attribute_at(lead, self.to, |i| scan.heard.word(i))
            .or(self.class("attribute", lead));
        if quality == Some(end) {
            let word = scan.name(lead, end).to_lowercase();
            self.note(at, end, Found::MustNot(word));
        } else {
            self.mark(at, end, Role::Used);
        }
        Some(end)
    }

    /// "He's 6".
    fn aged(&mut self, at: usize) -> Option<usize> {
        let lead = self.class("aged", at)?;
        let (end, _) = self.num(lead)?;
        let end = self.class("age", end).unwrap_or(end);
        self.mark(at, end, Role::Used);
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
                | "mit"
                | "aus"
                | "irgendwelche"
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
                let said = self.scan.name(end, stop).to_lowercase();
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
}
