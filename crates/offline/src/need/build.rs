//! From tagged words to wishes: which words name a thing, which describe it, and what belongs to which.

use errand_types::limits::QUANTITY_MAX;
use errand_types::{Language, Text, Wish};
use jiff::tz::TimeZone;

use super::{
    Chunk, Found, PriceBound, Reader, Role, Scope, Trouble, WISHES_MAX, Wishing, set_price,
    unclear_amount,
};
use crate::number::number_at;
use crate::query::search_words;
use crate::text::Kind;
use crate::time::Past;

/// Words of a name at most before it is cut to those that matter for search.
const NAME_WORDS: usize = 5;

impl Reader<'_, '_> {
    pub(super) fn build(&mut self, zone: &TimeZone) -> Vec<Wishing> {
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
                Found::Shop { .. } | Found::Sort(_) | Found::Compare(_) => owner == last,
                Found::Rating(_)
                | Found::ToOrder
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
            let goes_on = chunks
                .last()
                .is_some_and(|last| self.goes_on(*last, part) || self.is_side(*last, part));
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
    pub(super) fn has_thing(&self, part: Chunk) -> bool {
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
            && !self.is_thing(at, end)
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
        // "A bouquet, with lilies".
        if self.is("with", part.from) && part.from + 1 < part.to {
            return true;
        }
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
            if let Some(end) = self.side(at, chunk.to, &content, &mut wish) {
                at = end;
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

    /// "-3": a sign that touches the number and belongs to no range.
    fn is_negative(&self, at: usize) -> bool {
        let tokens = &self.scan.heard.tokens;
        let (Some(sign), Some(number)) = (
            at.checked_sub(1).and_then(|i| tokens.get(i)),
            tokens.get(at),
        ) else {
            return false;
        };
        let is_minus = self.word(at - 1) == "-" && sign.end == number.start;
        let before = at.checked_sub(2).and_then(|i| tokens.get(i));
        is_minus && before.is_none_or(|b| b.kind != Kind::Number)
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
            // "Ein Pfund Kaffee", "a kilo of flour" weighs it out, which a shop has done before.
            let weighed = self.class("article", at).and_then(|behind| {
                let end = self.class("measure", behind).filter(|end| *end < to)?;
                (behind == at + 1 && self.scan.heard.word(behind).chars().count() > 1)
                    .then_some(end)
            });
            if let Some(end) = weighed {
                return Some(end + usize::from(self.word(end) == "of"));
            }
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
            // "140 cm wide" is one wish.
            let unit_end = self
                .class("dimension", unit_end)
                .filter(|end| *end <= to)
                .unwrap_or(unit_end);
            return Some(unit_end + usize::from(self.word(unit_end) == "of"));
        }
        if let Some(end) = self.length(at, end, to, wish) {
            return Some(end);
        }
        if milli % 1000 != 0 {
            return None;
        }
        let n = if self.is_negative(at) {
            -(milli / 1000)
        } else {
            milli / 1000
        };
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
        if let Some(packs) = self.pieces(n, end) {
            set(wish, packs);
            let is_dozen = n % 12 == 0;
            let of = if is_dozen { 12 } else { n };
            wish.need.must.push(Text::clip(&format!("{of} pieces")));
            wish.unit = is_dozen.then(|| "dozen".to_owned());
            return Some(end);
        }
        if is_first || end == to {
            set(wish, n);
            return Some(end);
        }
        None
    }

    /// What is counted singly and sold by the box: "a dozen eggs" is one box of twelve, "24 eggs" are two, "six eggs" are
    /// a box of six. Few are left as they are said.
    fn pieces(&self, n: i64, end: usize) -> Option<i64> {
        let is_thing = self.scan.lang.dozen_things.contains(self.word(end));
        if !is_thing || n < 4 {
            return None;
        }
        Some(if n % 12 == 0 { n / 12 } else { 1 })
    }

    /// "for my dad", "for my niece's birthday", "for Christmas" say for whom and why, which finds nothing in a shop.
    fn purpose(&self, at: usize, to: usize) -> Option<usize> {
        let mut end = self.class("intended", at)?;
        while end < to
            && self.class("person", end).is_none()
            && let Some(next) = self
                .class("determiner", end)
                .or_else(|| self.class("whose", end))
                .or_else(|| self.age(end))
        {
            end = next;
        }
        let person = self.class("person", end).or_else(|| {
            let owner = self.word(end).strip_suffix("'s")?;
            let class = self.scan.lang.class("person")?;
            class.at(0, 1, |_| owner).map(|_| end + 1)
        });
        let person = person.map(|end| self.class("of_mine", end).unwrap_or(end));
        let behind = person.unwrap_or(end);
        self.class("occasion", behind)
            .or(person)
            .filter(|e| *e <= to)
    }

    /// "6 year old".
    fn age(&self, at: usize) -> Option<usize> {
        let (end, _) = self.num(at)?;
        self.class("age", end)
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
        // "Size 9" is a size, also where no thing was named.
        if content.is_empty() && !(self.is("sized", at) && lead < to) {
            return None;
        }
        // "king size duvet cover": the size stands before its word.
        let is_behind = self.word(at) == "size"
            && content.last().is_some_and(|before| before + 1 == at)
            && self.num(lead).is_none()
            && self.word(lead).chars().count() > 3;
        if is_behind {
            return Some(lead);
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
            && !(end > start && self.is_length(end))
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
            // "that is 140 cm wide" asks for the 140 cm.
            let is_measured = from + 1 < at
                && self.num(from).is_some()
                && self.class("dimension", at - 1) == Some(at);
            let stop = if is_measured { at - 1 } else { at };
            if from < at && wish.need.must.len() < 8 {
                wish.need
                    .must
                    .push(Text::clip(&self.scan.name(from, stop).to_lowercase()));
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
            let is_kind = (length == 1 && scan.vocab.is_kind(self.word(at)))
                || (length > 0 && self.is_goods(at + length - 1));
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
        let said = self.surface(&kept);
        // People who describe at length say much that no shop has words for.
        let is_long = kept.len() > NAME_WORDS && scan.lang.language == Language::English;
        wish.need.what = if is_long {
            Text::clip(&search_words(&said).join(" "))
        } else {
            Text::clip(&said)
        };
    }

    /// Whether a join stands before a word: "coffee beans, ground" describes the beans.
    pub(super) fn is_apart(&self, at: usize) -> bool {
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
                Some(end) if !self.is_thing(at, end) => at = end,
                _ => return false,
            }
        }
        true
    }

    /// Whether words that a shop taught as a value name a thing all the same.
    fn is_thing(&self, at: usize, end: usize) -> bool {
        let is_kind = end == at + 1 && self.scan.vocab.is_kind(self.word(at));
        is_kind || self.is_goods(end - 1)
    }

    /// Whether a word names everyday goods: a shop that offers roses in a bouquet does not make them a quality.
    fn is_goods(&self, at: usize) -> bool {
        self.scan
            .lang
            .goods
            .contains(crate::text::stem(self.word(at)))
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
            Found::ToOrder => need.must.push(Text::clip("to order")),
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
