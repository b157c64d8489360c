//! Taking back something that was wanted: "the colour doesn't matter", "it need not be large".

use errand_types::Need;

use super::{Desk, Outcome};
use crate::clause::Hit;
use crate::draft::Aim;
use crate::need::wishes;
use crate::pattern::{Capture, SlotKind};
use crate::text::stem;

/// Sides of a thing that people name, with what shops call them. The words are in `words.toml`.
const SIDES: [(&str, &[&str]); 4] = [
    ("colour", &["colour", "color", "finish", "shade"]),
    (
        "size",
        &[
            "size", "width", "length", "height", "volume", "weight", "capacity",
        ],
    ),
    ("material", &["material", "fabric"]),
    ("flavour", &["flavour", "flavor", "roast", "grind", "taste"]),
];

impl Desk<'_, '_> {
    pub(super) fn relax(&self, hit: &Hit) -> Outcome {
        let slots = [
            SlotKind::Text,
            SlotKind::Label,
            SlotKind::Shop,
            SlotKind::Time,
        ];
        let Some(said) = slots.iter().find_map(|kind| hit.slot(*kind)) else {
            return Outcome::Lost;
        };
        let Some(before) = self.need.clone() else {
            // "Any coffee is fine", with nothing wanted before, wants coffee.
            let is_thing = said.kind == SlotKind::Text && !self.names_side(said);
            return if is_thing {
                Outcome::Wishes {
                    wishes: wishes(self.scan, said.from, said.to, &self.zone),
                    aim: Some(Aim::Show),
                }
            } else {
                Outcome::Lost
            };
        };
        let mut need = before.clone();
        if !self.let_go_of_side(&mut need, said) {
            self.let_go_of_words(&mut need, said);
        }
        // Something that was never wanted: saying so changes nothing, and the list is shown as it was. Words that name nothing
        // known may mean anything.
        let is_known = said.kind != SlotKind::Text || self.names_side(said);
        if need == before && !is_known {
            return Outcome::Lost;
        }
        self.search_again(|last| *last = need)
    }

    fn names(&self, side: &str, said: Capture) -> bool {
        let class = self.scan.lang.class(&format!("facet.{side}"));
        class.is_some_and(|class| {
            (said.from..said.to)
                .any(|at| class.at(at, said.to, |i| self.scan.heard.word(i)).is_some())
        })
    }

    fn names_side(&self, said: Capture) -> bool {
        let others = ["brand", "price", "rating", "day", "label", "shop", "all"];
        let sides = SIDES.iter().map(|(side, _)| *side);
        sides.chain(others).any(|side| self.names(side, said))
    }

    /// "The colour", "price", "which day". Whether one was named.
    fn let_go_of_side(&self, need: &mut Need, said: Capture) -> bool {
        let is = |side: &str| self.names(side, said);
        for (side, called) in SIDES {
            if is(side) {
                let vocab = &self.scan.vocab;
                need.must.retain(|word| {
                    vocab
                        .facet_of(word.as_str())
                        .is_none_or(|name| !called.contains(&name))
                });
            }
        }
        if is("brand") {
            (need.brands, need.brands_not) = (Vec::new(), Vec::new());
        }
        if is("price") {
            (need.price_max, need.price_min, need.total_max) = (None, None, None);
        }
        if is("rating") {
            need.rating_min = None;
        }
        if is("day") {
            need.delivery = None;
        }
        if is("label") {
            need.labels.clear();
        }
        if is("shop") {
            need.merchants.clear();
        }
        if is("all") {
            *need = Need {
                what: std::mem::take(&mut need.what),
                quantity: need.quantity,
                compare: need.compare,
                ..Need::default()
            };
        }
        self.names_side(said)
    }

    /// "Large", "organic", "from Pantry Lane", "on Saturday".
    fn let_go_of_words(&self, need: &mut Need, said: Capture) {
        for wish in wishes(self.scan, said.from, said.to, &self.zone) {
            let gone = wish.need;
            need.labels.retain(|label| !gone.labels.contains(label));
            need.brands.retain(|brand| !gone.brands.contains(brand));
            need.merchants.retain(|shop| !gone.merchants.contains(shop));
            if gone.delivery.is_some() {
                need.delivery = None;
            }
            if gone.sort == need.sort {
                need.sort = None;
            }
        }
        let words: Vec<&str> = (said.from..said.to)
            .map(|at| self.scan.heard.word(at))
            .collect();
        need.must.retain(|must| {
            !must
                .as_str()
                .split(' ')
                .all(|m| words.iter().any(|w| stem(w) == stem(m)))
        });
    }
}
