//! Questions about a product, and choosing its options.

use errand_types::{BuyArgs, Choice, Configuration, ConfigureArgs, DetailsArgs, Text, ToolCall};

use super::{Desk, Outcome};
use crate::clause::{Clause, Hit};
use crate::need::wishes;
use crate::pattern::SlotKind;
use crate::refer::{Bound, Pool};
use crate::text::{stem, words_of};

impl Desk<'_, '_> {
    pub(super) fn details(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let bound = match hit.slot(SlotKind::Ref) {
            Some(capture) => self.bound(capture, Pool::Shown),
            None => self.it(Pool::Shown),
        };
        let offers = match bound {
            // "Where does the coffee come from", with several coffees shown: all of them are meant.
            Bound::Torn(_) if hit.slot(SlotKind::Ref).is_none() && self.names_the_wish(hit) => {
                self.all_shown()
            }
            bound => match self.offers(bound) {
                Ok(offers) => offers,
                Err(outcome) => return outcome,
            },
        };
        let about = self.about(hit, clause);
        let call = |offer| {
            ToolCall::Details(DetailsArgs {
                offer: Some(offer),
                about: about.clone(),
            })
        };
        Outcome::Calls(offers.into_iter().take(3).map(call).collect())
    }

    fn names_the_wish(&self, hit: &Hit) -> bool {
        let what = self.need.as_ref().map(|need| need.what.as_str());
        hit.slot(SlotKind::Text)
            .zip(what)
            .is_some_and(|(text, what)| crate::refer::carries(&self.bare(text), &[what]))
    }

    pub(super) fn about(&self, hit: &Hit, clause: &Clause) -> Option<Text<120>> {
        let texts: Vec<String> = hit
            .captures
            .iter()
            .filter(|c| c.kind == SlotKind::Text)
            .map(|c| self.bare(*c))
            .collect();
        // "What is the price of it": a word that stands for a side by itself.
        let named = |at: usize, to: usize| {
            let about = &self.scan.lang.about;
            about.at(at, to, |i| self.scan.heard.word(i))
        };
        if !texts.is_empty() {
            let said = hit.slot(SlotKind::Text);
            let whole = said.and_then(|c| {
                let from = self
                    .scan
                    .class("determiner", c.from, c.to)
                    .unwrap_or(c.from);
                named(from, c.to).filter(|(end, _)| *end == c.to)
            });
            return Some(match whole.filter(|_| texts.len() == 1) {
                Some((_, side)) => Text::clip(side),
                None => Text::clip(&texts.join(" ").to_lowercase()),
            });
        }
        (clause.from..clause.to)
            .find_map(|at| named(at, clause.to))
            .map(|(_, side)| Text::clip(side))
    }

    /// Options, where the words are of the configurable product at hand and of nothing else.
    pub(super) fn only_options(&self, from: usize, to: usize) -> Option<Outcome> {
        let (_, configuration, _) = self.scene.configuring.as_ref()?;
        let is_of_it = |word: &str| {
            let has = |text: &str| words_of(text, 6).iter().any(|w| stem(w) == stem(word));
            configuration
                .options
                .iter()
                .any(|o| has(o.name.as_str()) || o.values.iter().any(|v| has(v.label.as_str())))
        };
        let all = (from..to).all(|at| {
            let word = self.scan.heard.word(at);
            is_of_it(word) || self.scan.lang.closed.contains(word)
        });
        let any = (from..to).any(|at| is_of_it(self.scan.heard.word(at)));
        if all && any {
            self.options(from, to)
        } else {
            None
        }
    }

    pub(super) fn configure(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let (from, to) = (clause.from, clause.to);
        let meant = || {
            self.options(from, to)
                .or_else(|| self.meant_options(from, to))
        };
        if let Some(outcome) = meant() {
            return outcome;
        }
        if let Some(text) = hit.last_slot(SlotKind::Text)
            && let Some(outcome) = self.no_such_value(text.from, text.to)
        {
            return outcome;
        }
        let bound = hit
            .slot(SlotKind::Ref)
            .map_or_else(|| self.it(Pool::Shown), |c| self.bound(c, Pool::Shown));
        if let Bound::These(offers) = &bound
            && let [offer] = offers.as_slice()
            && (self.is_configurable(offer)
                || self
                    .scene
                    .configuring
                    .as_ref()
                    .is_some_and(|(at_hand, _, _)| at_hand == offer))
        {
            return Outcome::Calls(vec![ToolCall::Configure(ConfigureArgs {
                offer: offer.clone(),
                choices: Vec::new(),
            })]);
        }
        // Nothing to configure: the words describe what is looked for.
        if let (Some(_), Some(text)) = (&self.need, hit.last_slot(SlotKind::Text)) {
            let mut found = wishes(self.scan, text.from, text.to, &self.zone);
            if !found.is_empty() {
                let wish = found.swap_remove(0);
                return self
                    .search_again(|need| self.apply(need, wish, super::search::Meant::More));
            }
        }
        Outcome::Ask(self.ask("say_nothing_to_configure", &[], ""))
    }

    pub(super) fn code(&self, hit: &Hit) -> Outcome {
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        if self.scene.cart.is_empty() {
            return Outcome::Ask(self.ask("ask_buy_what", &[], "ask_what_chips"));
        }
        let code = Text::clip(self.scan.heard.said(text.from, text.to));
        Outcome::Calls(vec![ToolCall::Buy(BuyArgs {
            codes: vec![code],
            ..BuyArgs::default()
        })])
    }

    /// Values of the configurable product at hand that these words name.
    pub(super) fn options(&self, from: usize, to: usize) -> Option<Outcome> {
        let (offer, configuration, _) = self.scene.configuring.as_ref()?;
        let tokens: Vec<&str> = (from..to).map(|at| self.scan.heard.word(at)).collect();
        let mut choices: Vec<Choice> = Vec::new();
        let mut torn: Vec<String> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let found = values_at(configuration, &tokens, at);
            let mut step = 1;
            match chosen(&found) {
                Some(value) => {
                    step = value.words;
                    if !choices.iter().any(|c| c.option == *value.option) {
                        choices.push(Choice {
                            option: value.option.clone(),
                            value: value.label.clone(),
                        });
                    }
                }
                None => torn.extend(
                    found
                        .iter()
                        .filter(|v| v.is_whole)
                        .map(|v| v.option.as_str().to_owned()),
                ),
            }
            at += step.max(1);
        }
        if choices.is_empty() && !torn.is_empty() {
            let mut question = self.ask("ask_option", &[("options", &torn.join(", "))], "");
            let said = self.scan.heard.said(from, to);
            question.chips = torn
                .iter()
                .take(3)
                .map(|name| Text::clip(&format!("{said} {name}")))
                .collect();
            return Some(Outcome::Ask(question));
        }
        let any = !choices.is_empty();
        let args = ConfigureArgs {
            offer: offer.clone(),
            choices,
        };
        any.then(|| Outcome::Calls(vec![ToolCall::Configure(args)]))
    }
}

/// A value of an option that words may name.
struct Named<'a> {
    option: &'a Text<60>,
    label: &'a Text<80>,
    /// Words of it that were said.
    words: usize,
    /// All of its words were said, or the number that it begins with.
    is_whole: bool,
    /// The option's name stands behind it: "white top".
    behind: bool,
    /// The option's name stands before it: "top in white".
    before: bool,
}

/// Values whose words begin at a token; one of which only the first word was said counts beside its option's name.
fn values_at<'a>(configuration: &'a Configuration, tokens: &[&str], at: usize) -> Vec<Named<'a>> {
    let is = |i: usize, word: &str| tokens.get(i).is_some_and(|t| stem(t) == stem(word));
    let mut found = Vec::new();
    for option in &configuration.options {
        let name = words_of(option.name.as_str(), 4);
        let names = |from: usize, to: usize| (from..to).any(|i| name.iter().any(|n| is(i, n)));
        for value in &option.values {
            let words = words_of(value.label.as_str(), 6);
            let run = words
                .iter()
                .enumerate()
                .take_while(|(i, w)| is(at + i, w))
                .count();
            let is_number = words
                .first()
                .is_some_and(|w| w.chars().all(|c| c.is_ascii_digit()));
            if run == 0 {
                continue;
            }
            let behind = names(at + run, at + run + 2);
            let before = names(at.saturating_sub(3), at);
            let is_whole = run == words.len() || is_number;
            if is_whole || behind {
                found.push(Named {
                    option: &option.name,
                    label: &value.label,
                    words: run,
                    is_whole,
                    behind,
                    before: before && is_whole,
                });
            }
        }
    }
    found
}

/// The one value that is meant: the only one beside its option's name, or the only one at all.
fn chosen<'a, 'b>(found: &'b [Named<'a>]) -> Option<&'b Named<'a>> {
    let only = |keep: fn(&Named<'a>) -> bool| match found
        .iter()
        .filter(|v| keep(v))
        .collect::<Vec<_>>()
        .as_slice()
    {
        [only] => Some(*only),
        _ => None,
    };
    only(|v| v.behind)
        .or_else(|| only(|v| v.before))
        .or_else(|| only(|v| v.is_whole))
}
