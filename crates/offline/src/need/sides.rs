//! What is said of the sides of a thing that has parts to choose: "walnut top", "160 wide", "white case".

use errand_types::Text;

use super::{Chunk, Reader, Role, Wishing};

/// Words about one side at most.
const SIDE_WORDS_MAX: usize = 4;
/// Words that a thing must carry, at most, before more are left out.
const MUST_MAX: usize = 8;

impl Reader<'_, '_> {
    /// "A desk, walnut top": whether a part of a list tells of a side of the thing before it and names no other thing.
    pub(super) fn is_side(&self, last: Chunk, part: Chunk) -> bool {
        let has_parts = (last.from..last.to).any(|at| self.is("made_up", at));
        let says_with = (last.from..last.to).any(|at| self.is("with", at));
        // "With a walnut top and drawers".
        let bare = self
            .class("part", part.from)
            .filter(|end| says_with && *end == part.to);
        let end = bare
            .or_else(|| self.side_end(part.from, part.to))
            .filter(|_| has_parts);
        end.is_some_and(|end| {
            !self.has_thing(Chunk {
                from: end,
                to: part.to,
            })
        })
    }

    /// Takes what is said of a side behind the thing.
    pub(super) fn side(
        &self,
        at: usize,
        to: usize,
        content: &[usize],
        wish: &mut Wishing,
    ) -> Option<usize> {
        let has_parts = content.iter().any(|at| self.is("made_up", *at));
        if !has_parts || !self.is_apart(at) {
            return None;
        }
        let bare = self.class("part", at).filter(|end| *end == to);
        let end = self.side_end(at, to).or(bare)?;
        if wish.need.must.len() < MUST_MAX {
            let words = self.scan.name(at, end).to_lowercase();
            wish.need.must.push(Text::clip(&words));
        }
        Some(end)
    }

    /// The end of words of which the first or the last names a side.
    pub(super) fn side_end(&self, from: usize, to: usize) -> Option<usize> {
        // "With hub gears" is read as what describes the thing anyhow.
        if self.is("with", from) {
            return None;
        }
        let end = (from..to)
            .find(|at| self.role(*at) != Role::Free)
            .unwrap_or(to);
        // "A phone case" is a thing of its own.
        let is_own = self.is("article", from) || self.num(from).is_some();
        if is_own || !(2..=SIDE_WORDS_MAX).contains(&end.saturating_sub(from)) {
            return None;
        }
        let names =
            self.is("part", from) || (from..end).any(|at| self.class("part", at) == Some(end));
        names.then_some(end)
    }

    /// "160 wide": a length with no unit, as one of the shop's words for it.
    pub(super) fn length(
        &self,
        at: usize,
        end: usize,
        to: usize,
        wish: &mut Wishing,
    ) -> Option<usize> {
        let behind = self.class("dimension", end).filter(|end| *end <= to)?;
        let side = self.word(end);
        let named = self.scan.lang.goods_named.adjectives.get(side);
        let side = named.map_or_else(|| side.to_owned(), |words| words.join(" "));
        if wish.need.must.len() < MUST_MAX {
            let number = self.scan.heard.said(at, end);
            wish.need.must.push(Text::clip(&format!("{number} {side}")));
        }
        Some(behind)
    }

    /// "160 wide", "140 cm": where words about something else end.
    pub(super) fn is_length(&self, at: usize) -> bool {
        self.num(at)
            .is_some_and(|(end, _)| self.is("dimension", end) || self.is("measure", end))
    }
}
