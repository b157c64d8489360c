//! Options of the product at hand that words mean without saying a value: "with drawers", "the cheapest legs",
//! "height-adjustable", and values that there are not.

use errand_types::{
    Choice, ConfigOption, ConfigValue, Configuration, ConfigureArgs, Text, ToolCall,
};

use super::{Desk, Outcome};
use crate::clause::{Clause, polite_edges};
use crate::text::{stem, words_of};

/// Passes over the rules; each mends one at least.
const MENDS_MAX: usize = 20;
/// Words of a turn that may mean an option by its name alone.
const WORDS_MAX: usize = 6;
/// Options that are listed when a value is missing.
const LISTED_MAX: usize = 4;

impl Desk<'_, '_> {
    /// The configurable product at hand; none when the talk went on to other goods.
    fn at_hand(&self) -> Option<(&errand_types::OfferRef, &Configuration)> {
        let (offer, configuration, _) = self.scene.configuring.as_ref()?;
        let on_table = self.scene.shown.is_empty()
            || self.scene.focus.as_ref() == Some(offer)
            || self
                .scene
                .shown
                .iter()
                .any(|s| s.offer.product == offer.product);
        on_table.then_some((offer, configuration))
    }

    /// "The cheapest" while options are being chosen means them and no other product.
    pub(super) fn cheapest_options(&self, clause: &Clause) -> Option<Outcome> {
        let (from, to) = polite_edges(self.scan, clause.from, clause.to);
        let says = (from..to).any(|at| self.scan.heard.word(at) == "cheapest");
        let (offer, configuration) = self.at_hand().filter(|_| says)?;
        let words: Vec<&str> = self.words(from, to);
        let choices = self.cheapest(configuration, &words)?;
        let args = ConfigureArgs {
            offer: offer.clone(),
            choices,
        };
        Some(Outcome::Calls(vec![ToolCall::Configure(args)]))
    }

    fn words(&self, from: usize, to: usize) -> Vec<&str> {
        (from..to)
            .map(|at| self.scan.heard.word(at))
            .filter(|w| w.chars().any(char::is_alphanumeric))
            .collect()
    }

    /// "with drawers", "no drawers", "height-adjustable", "the cheapest": what no value says by its label.
    pub(super) fn meant_options(&self, from: usize, to: usize) -> Option<Outcome> {
        let (offer, configuration) = self.at_hand()?;
        let words = self.words(from, to);
        let choices = self
            .cheapest(configuration, &words)
            .or_else(|| self.by_other_words(configuration, &words))
            .or_else(|| by_name(configuration, &words))?;
        let args = ConfigureArgs {
            offer: offer.clone(),
            choices,
        };
        Some(Outcome::Calls(vec![ToolCall::Configure(args)]))
    }

    /// The cheapest value of the option that is named, or of all of them.
    fn cheapest(&self, configuration: &Configuration, words: &[&str]) -> Option<Vec<Choice>> {
        let says = |list: &[&str]| words.iter().any(|w| list.contains(w));
        if words.len() > WORDS_MAX || !says(&["cheapest", "cheap"]) {
            return None;
        }
        if let Some(option) = configuration.options.iter().find(|o| is_named(o, words)) {
            return Some(vec![choice(option, lowest(option)?)]);
        }
        let known = |w: &str| {
            self.scan.lang.closed.contains(w) || matches!(w, "cheapest" | "cheap" | "version")
        };
        words
            .iter()
            .all(|w| known(w))
            .then(|| cheapest_whole(configuration))
    }

    /// Values that other words mean: "height-adjustable" for an electric lift.
    fn by_other_words(&self, configuration: &Configuration, words: &[&str]) -> Option<Vec<Choice>> {
        if words.len() > WORDS_MAX {
            return None;
        }
        let meant: Vec<&String> = self
            .scan
            .lang
            .option_words
            .iter()
            .filter(|(said, _)| words.windows(said.len()).any(|w| w == said.as_slice()))
            .flat_map(|(_, meant)| meant)
            .collect();
        let any_named = configuration.options.iter().any(|o| is_named(o, words));
        let mut found = configuration
            .options
            .iter()
            .filter(|o| !any_named || is_named(o, words))
            .filter_map(|o| {
                let value = o.values.iter().find(|v| {
                    words_of(v.label.as_str(), 6)
                        .iter()
                        .any(|w| meant.iter().any(|m| stem(m) == stem(w)))
                })?;
                Some(choice(o, value))
            });
        found.next().map(|one| vec![one])
    }

    /// Whether words are the name of an option of the product at hand.
    pub(super) fn is_option_name(&self, what: &str) -> bool {
        let said = words_of(what, 4);
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        self.at_hand().is_some_and(|(_, c)| {
            !said.is_empty()
                && said
                    .iter()
                    .all(|w| c.options.iter().any(|o| is_named(o, &[*w])))
        })
    }

    /// "A white case", while a computer is being configured: the value that is named, or which there are.
    pub(super) fn side_at_hand(&self, from: usize, to: usize) -> Option<Outcome> {
        let (_, configuration) = self.at_hand()?;
        let words = self.words(from, to);
        let last = words.last()?;
        configuration
            .options
            .iter()
            .find(|o| is_named(o, &[*last]))?;
        self.options(from, to)
            .or_else(|| self.meant_options(from, to))
            .or_else(|| self.no_such_value(from, to))
    }

    /// Tells which values there are instead of one that there is not.
    pub(super) fn no_such_value(&self, from: usize, to: usize) -> Option<Outcome> {
        let (_, configuration) = self.at_hand()?;
        let words: Vec<&str> = (from..to).map(|at| self.scan.heard.word(at)).collect();
        let said: Vec<&str> = words
            .iter()
            .copied()
            .filter(|w| {
                let is_word = w.chars().any(char::is_alphanumeric);
                let is_option = configuration.options.iter().any(|o| is_named(o, &[*w]));
                let is_known = self.scan.vocab.knows(w)
                    || self
                        .scan
                        .lang
                        .class("attribute")
                        .is_some_and(|c| c.at(0, 1, |_| *w).is_some());
                is_word && !is_option && (is_known || !self.scan.lang.closed.contains(*w))
            })
            .collect();
        if said.is_empty() || said.len() > 3 || words.len() > WORDS_MAX + 2 {
            return None;
        }
        let what = said.join(" ");
        let named = configuration.options.iter().find(|o| is_named(o, &words));
        // A colour or a wood is mostly meant of what one looks at.
        let looks = || {
            let names = ["colour", "color", "top", "cover", "frame", "finish"];
            names
                .iter()
                .find_map(|n| configuration.options.iter().find(|o| is_named(o, &[*n])))
        };
        let option = named.or_else(looks).or(configuration.options.first())?;
        let listed: Vec<&ConfigOption> = if named.is_some() {
            vec![option]
        } else {
            std::iter::once(option)
                .chain(
                    configuration
                        .options
                        .iter()
                        .filter(|o| o.name != option.name),
                )
                .take(LISTED_MAX)
                .collect()
        };
        let options = listed
            .iter()
            .map(|o| {
                let labels: Vec<&str> = o.values.iter().take(6).map(|v| v.label.as_str()).collect();
                format!("{}: {}", o.name, labels.join(", "))
            })
            .collect::<Vec<_>>()
            .join("; ");
        let mut question = self.ask(
            "ask_no_value",
            &[("what", &what), ("options", &options)],
            "",
        );
        question.chips = option
            .values
            .iter()
            .take(3)
            .map(|v| Text::clip(&format!("{} {}", v.label, option.name)))
            .collect();
        Some(Outcome::Ask(question))
    }
}

fn is_named(option: &ConfigOption, words: &[&str]) -> bool {
    words_of(option.name.as_str(), 4)
        .iter()
        .any(|n| words.iter().any(|w| stem(w) == stem(n)))
}

fn choice(option: &ConfigOption, value: &ConfigValue) -> Choice {
    Choice {
        option: option.name.clone(),
        value: value.label.clone(),
    }
}

fn lowest(option: &ConfigOption) -> Option<&ConfigValue> {
    option.values.iter().min_by_key(|v| v.delta.minor())
}

/// The value that means "without".
fn is_without(value: &ConfigValue) -> bool {
    words_of(value.label.as_str(), 2)
        .first()
        .is_some_and(|w| matches!(w.as_str(), "none" | "no" | "without"))
}

/// "with drawers" takes the least that is more than none, "no drawers" takes none. Only where the option has a none.
fn by_name(configuration: &Configuration, words: &[&str]) -> Option<Vec<Choice>> {
    if words.len() > WORDS_MAX {
        return None;
    }
    let option = configuration
        .options
        .iter()
        .find(|o| is_named(o, words) && o.values.iter().any(is_without))?;
    let negated = words
        .iter()
        .any(|w| matches!(*w, "no" | "without" | "not" | "none"));
    let value = option
        .values
        .iter()
        .filter(|v| is_without(v) == negated)
        .min_by_key(|v| v.delta.minor())?;
    Some(vec![choice(option, value)])
}

/// The cheapest of every option, mended where a rule forbids it.
fn cheapest_whole(configuration: &Configuration) -> Vec<Choice> {
    let mut chosen: Vec<Choice> = configuration
        .options
        .iter()
        .filter_map(|o| Some(choice(o, lowest(o)?)))
        .collect();
    for _ in 0..MENDS_MAX {
        let broken = configuration.rules.iter().find_map(|rule| {
            let at = chosen.iter().position(|c| c.option == rule.option)?;
            let is_broken = chosen.contains(&rule.when)
                && chosen
                    .get(at)
                    .is_some_and(|c| !rule.allowed.contains(&c.value));
            is_broken.then_some((at, rule))
        });
        let Some((at, rule)) = broken else { break };
        let allowed = configuration
            .options
            .iter()
            .filter(|o| o.name == rule.option)
            .flat_map(|o| &o.values)
            .filter(|v| rule.allowed.contains(&v.label))
            .min_by_key(|v| v.delta.minor());
        match (allowed, chosen.get_mut(at)) {
            (Some(value), Some(slot)) => slot.value = value.label.clone(),
            _ => break,
        }
    }
    chosen
}
