//! Questions back to the person: what is missing, which of several, and what was understood of a turn that was not.

use errand_model::Question;
use errand_types::Text;

use super::Desk;
use crate::need::{Trouble, Wishing};
use crate::said::understood;

impl Desk<'_, '_> {
    pub(super) fn trouble(&self, wish: &Wishing) -> Option<Question> {
        Some(match wish.trouble.as_ref()? {
            Trouble::WhichDollars => {
                let amount = wish.dollars.clone().unwrap_or_default();
                let count = wish
                    .need
                    .quantity
                    .map(|n| format!("{n} "))
                    .unwrap_or_default();
                let what = if wish.need.what.is_blank() {
                    self.scan.lang.reply("goods", &[])
                } else {
                    format!("{count}{}", wish.need.what)
                };
                let slots = [
                    ("home", self.scene.currency.code()),
                    ("what", what.as_str()),
                    ("amount", amount.as_str()),
                ];
                self.ask("ask_dollars", &slots, "ask_dollars_chips")
            }
            Trouble::Past(said) => self.ask("ask_past", &[("said", said)], ""),
            Trouble::NoSuchDay(said) => self.ask("ask_no_day", &[("said", said)], ""),
            Trouble::Quantity => {
                let max = errand_types::limits::QUANTITY_MAX.to_string();
                self.ask("ask_quantity_max", &[("max", &max)], "")
            }
        })
    }

    pub(super) fn ask_what(&self, wish: &Wishing) -> Question {
        let known = understood(self.scan, std::slice::from_ref(wish), &self.zone);
        if known.is_blank() {
            self.ask("ask_what", &[], "ask_what_chips")
        } else {
            self.ask("ask_what_price", &[("known", known.as_str())], "")
        }
    }

    /// A question by its key, with the chips of another.
    pub(super) fn ask(&self, key: &str, slots: &[(&str, &str)], chips: &str) -> Question {
        let chips = if chips.is_empty() {
            Vec::new()
        } else {
            self.scan.lang.chips(chips, slots)
        };
        Question {
            text: Text::clip(&self.scan.lang.reply(key, slots)),
            chips: chips.iter().take(3).map(|chip| Text::clip(chip)).collect(),
        }
    }

    pub(super) fn ask_titles(&self, titles: &[String]) -> Question {
        let (Some(a), Some(b)) = (titles.first(), titles.get(1)) else {
            return self.ask("ask_which_one", &[], "");
        };
        let mut question = self.ask("ask_which", &[("a", a), ("b", b)], "");
        question.chips = titles
            .iter()
            .take(3)
            .map(|title| Text::clip(&self.scan.lang.reply("chip_the", &[("title", title)])))
            .collect();
        question
    }

    /// The state, as the end of the keys of replies that depend on it.
    pub(super) fn moment(&self) -> &'static str {
        if !self.scene.shown.is_empty() {
            "shown"
        } else if !self.scene.cart.is_empty() {
            "cart"
        } else if !self.scene.orders.is_empty() {
            "orders"
        } else {
            "start"
        }
    }

    /// Nothing was understood: three different answers, and then a person.
    pub(super) fn lost(&self) -> Question {
        let moment = self.moment();
        let chips = format!("chips_{moment}");
        match self.scene.lost {
            0 => {
                let known = self.known();
                if known.is_empty() {
                    self.ask("lost_1", &[], &chips)
                } else {
                    self.ask("lost_1_known", &[("known", &known)], &chips)
                }
            }
            1 => {
                let example = self.scan.lang.reply(&format!("example_{moment}"), &[]);
                let mut question = self.ask("lost_2", &[("example", &example)], "");
                question.chips = vec![
                    Text::clip(&example),
                    Text::clip(&self.scan.lang.reply("chip_help", &[])),
                ];
                question
            }
            _ => self.ask("lost_3", &[], "lost_3_chips"),
        }
    }

    /// What was understood of a turn that as a whole was not.
    pub(super) fn known(&self) -> String {
        let scan = self.scan;
        let mut parts: Vec<String> = Vec::new();
        let mut at = 0;
        while at < scan.heard.tokens.len() && parts.len() < 3 {
            let time = scan.times.get(at).copied().flatten().map(|(_, end, _)| end);
            let money = scan
                .amounts
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end);
            let label = scan
                .labels
                .get(at)
                .and_then(Option::as_ref)
                .map(|(end, _)| *end);
            let shop = scan.shops.get(at).copied().flatten().map(|(end, _)| end);
            let word = scan.heard.word(at);
            let thing =
                (scan.vocab.knows(word) && !scan.lang.closed.contains(word)).then_some(at + 1);
            match time.or(money).or(shop).or(label).or(thing) {
                Some(end) => {
                    parts.push(format!("“{}”", scan.heard.said(at, end)));
                    at = end;
                }
                None => at += 1,
            }
        }
        parts.join(", ")
    }
}
