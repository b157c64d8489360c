//! Help that fits the moment, and the tour.

use super::list;
use crate::ctx::Ctx;
use crate::guide::Moment;

pub(crate) const TOUR_BEGINS: &str = "Three steps, with an errand of your own; nothing is bought without your two words. \
     First, say what you need, for example: \"coffee beans under 15 dollars, compare the best three\".";
pub(crate) const TOUR_CHOOSE: &str = "Second step: choose in your own words, \"the second one\" or \"the cheaper one\". Before that you may ask \
     \"what's the difference?\", \"why this one?\", or for \"something cheaper\".";
pub(crate) const TOUR_BUY: &str = "Third step: \"buy it\" asks the shop for the exact amount and shows who gets it, what the shop learns and when it \
     comes. Only the two words on your screen buy it; \"no\" drops it. That is all; \"help\" is there at any time.";

/// What errand does, and sentences that fit the moment.
pub(crate) fn help(moment: Moment, ctx: &Ctx<'_>) -> String {
    let examples: &[&str] = match moment {
        Moment::Purchase => {
            return "I am asking whether to buy exactly what you see. The two words on your screen buy it, \"no\" drops it, and \
                    \"why\" says what the words are for. Nothing is bought yet."
                .to_owned();
        }
        Moment::Consent => {
            return "I am asking whether a shop may learn what it needs to deliver. \"Yes\" lets it, \"no\" does not, and you can take \
                    it back any time. Nothing is bought yet."
                .to_owned();
        }
        Moment::Whole => &[
            "a quieter fan",
            "does it fit my board?",
            "without the small case",
            "take it",
        ],
        Moment::Options => &["make it white", "the cheapest one", "buy it"],
        Moment::Shown => &[
            "the second one",
            "compare the first two",
            "something cheaper",
            "why this one?",
            "what did you leave out?",
        ],
        Moment::Cart => &[
            "buy it",
            "make it two",
            "what would I pay?",
            "deliver it on Saturday morning",
            "undo",
        ],
        Moment::Ordered => &[
            "where is my order?",
            "move it to Friday",
            "it arrived broken",
            "that again",
            "remind me when it runs out",
        ],
        Moment::Nothing => {
            let shops: Vec<String> = ctx.merchants.values().map(|m| m.name.to_string()).collect();
            let shops = if shops.is_empty() {
                "the shops you connect".to_owned()
            } else {
                list(&shops)
            };
            return format!(
                "I search {shops}, compare, and buy only what you approve. Say for example: \"fair-trade coffee beans under \
                 15 dollars, compare the best three\", \"the second one\", \"make it three\", \"where is my order\", \
                 \"never anything with palm oil\", \"what do the shops know about me\", \"a person, please\", or \"show me around\"."
            );
        }
    };
    let examples: Vec<String> = examples.iter().map(|e| format!("\"{e}\"")).collect();
    format!(
        "You can say {}, or what else you need. I compare, and buy only what you approve; \"a person\" brings one in, \"stop\" ends anything.",
        list(&examples)
    )
}
