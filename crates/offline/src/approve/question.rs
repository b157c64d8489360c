//! A yes with a question behind it: "Yes, that is right. What is their number?"

use super::grammar::{Grammar, Phrases};
use crate::text::{Heard, Kind};

/// Whether the turn is a whole yes and then a question that only asks and changes nothing.
pub(super) fn is_behind_a_yes(grammar: &Grammar, heard: &Heard) -> bool {
    (1..heard.tokens.len()).any(|at| {
        let asks_already = (0..at).any(|i| heard.word(i) == "?");
        let has_number = (0..at).any(|i| is_number(heard, i));
        let assent = words(heard, 0, at);
        let tail = Tail {
            grammar,
            heard,
            from: at,
            words: words(heard, at, heard.tokens.len()),
        };
        !asks_already
            && !has_number
            && !assent.is_empty()
            && !tail.words.is_empty()
            && grammar.is_yes(&assent)
            && !grammar.cancel.is_in(&tail.words)
            && (tail.only_asks() || tail.asks_about() || tail.names_a_fact())
    })
}

fn is_number(heard: &Heard, at: usize) -> bool {
    heard
        .tokens
        .get(at)
        .is_some_and(|t| !matches!(t.kind, Kind::Word | Kind::Sign))
}

fn words(heard: &Heard, from: usize, to: usize) -> Vec<&str> {
    (from..to)
        .filter_map(|i| heard.tokens.get(i))
        .filter(|t| t.kind != Kind::Sign)
        .map(|t| t.text.as_str())
        .collect()
}

/// What stands behind the yes.
struct Tail<'a> {
    grammar: &'a Grammar,
    heard: &'a Heard,
    from: usize,
    words: Vec<&'a str>,
}

impl Tail<'_> {
    /// Where the question itself begins: behind courtesy, and behind one "but" or "and".
    fn starts(&self) -> Vec<usize> {
        let mut at = 0;
        let mut starts = vec![0];
        while let Some(end) = self
            .grammar
            .courtesy
            .ends(&self.words, at)
            .chain(self.grammar.bridge.ends(&self.words, at))
            .filter(|end| *end < self.words.len())
            .max()
        {
            at = end;
            starts.push(at);
        }
        starts
    }

    fn start_with(&self, list: &Phrases) -> Option<usize> {
        self.starts()
            .into_iter()
            .find(|at| list.ends(&self.words, *at).next().is_some())
    }

    fn rest(&self, from: usize) -> &[&str] {
        self.words.get(from..).unwrap_or(&[])
    }

    fn has_number(&self) -> bool {
        (self.from..self.heard.tokens.len()).any(|at| is_number(self.heard, at))
    }

    fn is_behind_sign(&self) -> bool {
        self.heard
            .tokens
            .get(self.from)
            .is_some_and(|t| t.kind == Kind::Sign)
    }

    /// "how much is it", "can you tell me the address": no number, no day, nothing that should be different.
    fn only_asks(&self) -> bool {
        if self.has_number() {
            return false;
        }
        let grammar = self.grammar;
        if let Some(at) = self.start_with(&grammar.ask) {
            return !grammar.ask_strong.is_in(self.rest(at));
        }
        let Some(at) = self
            .start_with(&grammar.question)
            .filter(|_| self.is_behind_sign())
        else {
            return false;
        };
        let rest = self.rest(at);
        !(grammar.strong.is_in(rest) || grammar.time.is_in(rest) || grammar.number.is_in(rest))
    }

    /// "is this song from 2012", "does it have 1 transfer": a question about the thing itself may hold a number.
    fn asks_about(&self) -> bool {
        self.start_with(&self.grammar.about).is_some_and(|at| {
            let rest = self.rest(at);
            !(self.grammar.about_strong.is_in(rest) || self.grammar.strong.is_in(rest))
        })
    }

    /// "their phone number?", "I want the address and the price also": nothing but a fact is asked for.
    fn names_a_fact(&self) -> bool {
        let grammar = self.grammar;
        if self.has_number() {
            return false;
        }
        let wants = self.start_with(&grammar.want).is_some_and(|at| {
            // What leads in may be a strong word itself: "what about the price".
            let lead = grammar.want.ends(&self.words, at).max().unwrap_or(at);
            let rest = self.rest(lead);
            grammar.fact.is_in(rest)
                && !(grammar.strong.is_in(rest)
                    || grammar.time.is_in(rest)
                    || grammar.number.is_in(rest))
        });
        let only_facts = || {
            super::made_of(
                &self.words,
                &grammar.fact,
                &[&grammar.fact_beside, &grammar.courtesy],
            )
        };
        wants || (self.is_behind_sign() && only_facts())
    }
}
