//! What things are for: a dish as its ingredients, "something for a headache" as what shops call it.

use errand_types::Text;

use super::{Desk, Outcome};
use crate::clause::Hit;
use crate::draft::Aim;
use crate::need::{WISHES_MAX, Wishing};
use crate::pattern::SlotKind;

impl Desk<'_, '_> {
    /// Everything for a dish; a dish that is not known is searched for by its name.
    pub(super) fn recipe(&self, hit: &Hit) -> Outcome {
        let Some(dish) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        let scan = self.scan;
        let words: Vec<&str> = (dish.from..dish.to).map(|at| scan.heard.word(at)).collect();
        let name = words.join(" ");
        let bare = name.split_once(' ').map_or("", |(_, rest)| rest);
        let recipes = &scan.lang.recipes;
        let wish = |what: &str| {
            let mut wish = Wishing::default();
            wish.need.what = Text::clip(what);
            wish
        };
        let Some(list) = recipes.get(&name).or_else(|| recipes.get(bare)) else {
            let question = self.ask("ask_recipe", &[("dish", &name)], "");
            return Outcome::Ask(question);
        };
        Outcome::Wishes {
            wishes: list
                .iter()
                .take(WISHES_MAX)
                .map(|what| wish(what))
                .collect(),
            aim: Some(Aim::Buy),
        }
    }

    /// Gives a wish that only says what it is for the name that shops have for that.
    pub(super) fn name_needs(&self, wishes: &mut [Wishing], from: usize, to: usize) {
        let scan = self.scan;
        let mut at = from;
        while at + 1 < to {
            let is_lead = matches!(
                scan.heard.word(at),
                "something" | "anything" | "stuff" | "etwas" | "was" | "irgendwas"
            );
            let lead = match (is_lead, scan.heard.word(at + 1)) {
                (true, "for" | "against" | "to" | "gegen" | "für" | "zum") => Some(at + 2),
                _ => None,
            };
            let found = lead.and_then(|start| {
                let article =
                    usize::from(matches!(scan.heard.word(start), "a" | "an" | "my" | "the"));
                let of = |i: usize| scan.lang.needs.at(i, to, |k| scan.heard.word(k));
                of(start).or_else(|| of(start + article))
            });
            let Some((end, names)) = found else {
                at += 1;
                continue;
            };
            let said = scan.heard.said(lead.unwrap_or(at), end).to_lowercase();
            let last = said.rsplit(' ').next().unwrap_or_default();
            let owner = wishes.iter_mut().find(|w| {
                let what = w.need.what.as_str();
                what.contains(last)
                    || w.need.must.iter().any(|m| m.as_str().contains(last))
                    || what.is_empty()
            });
            if let (Some(wish), Some(name)) = (owner, names.first()) {
                wish.need.what = Text::clip(name);
                wish.need.must.clear();
            }
            at = end;
        }
    }
}
