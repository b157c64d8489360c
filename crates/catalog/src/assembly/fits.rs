//! "Does this fit that?": yes, no or cannot tell, with the relation and the reason.

use super::domain::{At, Relation, Sum, Test};
use super::stock::{Part, PartRef, Ready, Stock, holds};
use super::value::{Value, told};

/// Whether parts fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// Something that decides is stated nowhere.
    CannotTell,
}

/// The answer about one relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Name of the relation: `cpu_motherboard_socket`.
    pub relation: String,
    /// The relation in a word: `socket`.
    pub word: String,
    /// The answer.
    pub answer: Answer,
    /// Why, in words: `the case takes cards up to 315 mm, this one is 330 mm`.
    pub because: String,
}

impl Stock<'_> {
    /// Every relation between these parts, at most one of each slot. Parts that no relation ties are in no answer.
    pub fn fits(&self, parts: &[PartRef]) -> Vec<Fit> {
        let find = |slot: usize| {
            let at = parts.iter().find(|p| p.slot == slot)?;
            self.part(*at)
        };
        let relations = self.domain.relations.iter().zip(&self.relations);
        let mut fits: Vec<Fit> = relations
            .filter(|(relation, _)| {
                find(relation.between.0).is_some() && find(relation.between.1).is_some()
            })
            .map(|(relation, tests)| self.fit(relation, tests, &find))
            .collect();
        fits.extend(
            self.domain
                .sums
                .iter()
                .filter_map(|sum| self.fit_sum(sum, &find)),
        );
        fits
    }

    fn fit<'s>(
        &'s self,
        relation: &'s Relation,
        ready: &[Ready],
        find: &dyn Fn(usize) -> Option<&'s Part>,
    ) -> Fit {
        let tests = || relation.tests.iter().zip(ready);
        let told = |answer: Answer, because: String| Fit {
            relation: relation.id.clone(),
            word: relation.word.clone(),
            answer,
            because,
        };
        if is_spared(relation, find) {
            return told(Answer::Yes, String::new());
        }
        let outcome = |ready: &Ready| self.test(ready, find);
        if let Some((test, _)) = tests().find(|(_, r)| outcome(r) == Some(false)) {
            return told(Answer::No, self.fill(&test.no, test, find));
        }
        if let Some((test, ready)) = tests().find(|(_, r)| outcome(r).is_none()) {
            let because = self.missing(test, ready, find);
            return told(Answer::CannotTell, because);
        }
        let yes = tests().map(|(test, _)| self.fill(&test.yes, test, find));
        let yes: Vec<String> = yes.filter(|text| !text.is_empty()).collect();
        told(Answer::Yes, yes.join("; "))
    }

    fn fit_sum<'s>(&self, sum: &Sum, find: &dyn Fn(usize) -> Option<&'s Part>) -> Option<Fit> {
        let limit_part = find(sum.at_most.slot)?;
        let there = sum.terms.iter().filter(|at| find(at.slot).is_some());
        if there.count() == 0 {
            return None;
        }
        let number = |at: At| find(at.slot)?.number(at);
        let limit = limit_part.number(sum.at_most);
        let known = sum
            .terms
            .iter()
            .filter_map(|at| number(*at))
            .fold(sum.plus, i64::saturating_add);
        let open = sum.terms.iter().find(|at| number(**at).is_none());
        let unit = sum.unit.as_deref();
        let (answer, because) = match (limit, open) {
            (Some(limit), _) if known > limit => {
                let filled = sum.no.replace("{sum}", &told(known, unit));
                (Answer::No, filled.replace("{limit}", &told(limit, unit)))
            }
            (Some(limit), None) => {
                let because = format!(
                    "it needs {} and there are {}",
                    told(known, unit),
                    told(limit, unit)
                );
                (Answer::Yes, because)
            }
            (None, _) => (Answer::CannotTell, self.not_stated(sum.at_most)),
            (Some(_), Some(open)) => (Answer::CannotTell, self.not_stated(*open)),
        };
        Some(Fit {
            relation: sum.id.clone(),
            word: sum.word.clone(),
            answer,
            because,
        })
    }

    /// `None`: not stated.
    fn test<'s>(&self, test: &Ready, find: &dyn Fn(usize) -> Option<&'s Part>) -> Option<bool> {
        let value = |at: &At| find(at.slot)?.value(*at);
        match test {
            Ready::Equal(a, b) => Some(value(a)? == value(b)?),
            Ready::AtMost(a, b) => match (value(a)?, value(b)?) {
                (Value::Number(a), Value::Number(b)) => Some(a <= b),
                _ => None,
            },
            Ready::OneOf(a, list, also) => {
                let (Value::Word(word), list) = (value(a)?, value(list)?) else {
                    return None;
                };
                let mut others = also.iter().filter(|(w, _)| w == word);
                Some(holds(list, *word) || others.any(|(_, other)| holds(list, *other)))
            }
            Ready::Constant(a, words) => {
                let value = value(a)?;
                Some(words.iter().any(|w| holds(value, *w)))
            }
        }
    }

    /// Whether a relation holds between two parts for sure. What is not stated holds for nobody.
    pub(crate) fn surely_fits(
        &self,
        relation: usize,
        a: (usize, &Part),
        b: (usize, &Part),
    ) -> bool {
        let find = |slot: usize| match slot {
            s if s == a.0 => Some(a.1),
            s if s == b.0 => Some(b.1),
            _ => None,
        };
        let known = self.domain.relations.get(relation);
        let tests = self.relations.get(relation);
        known.is_some_and(|known| is_spared(known, &find))
            || tests.is_some_and(|tests| tests.iter().all(|t| self.test(t, &find) == Some(true)))
    }

    fn fill<'s>(
        &self,
        template: &str,
        test: &Test,
        find: &dyn Fn(usize) -> Option<&'s Part>,
    ) -> String {
        let stated = |at: At| -> String {
            let value = find(at.slot).and_then(|part| part.value(at));
            value.map_or_else(String::new, |value| self.spelt(at, value))
        };
        let mut text = template.replace("{left}", &stated(test.left));
        if let Some(right) = test.is.right() {
            text = text.replace("{right}", &stated(right));
        }
        text
    }

    /// A value as a person reads it.
    pub(crate) fn spelt(&self, at: At, value: &Value) -> String {
        let unit = self.domain.attribute(at).and_then(|a| a.unit.as_deref());
        match value {
            Value::Number(n) => told(*n, unit),
            Value::Word(word) => self.lexicon.spelt(*word).to_owned(),
            Value::Words(words) => {
                let spelt: Vec<&str> = words.iter().map(|w| self.lexicon.spelt(*w)).collect();
                spelt.join(", ")
            }
            Value::YesNo(true) => "yes".to_owned(),
            Value::YesNo(false) => "no".to_owned(),
        }
    }

    fn missing<'s>(
        &self,
        test: &Test,
        ready: &Ready,
        find: &dyn Fn(usize) -> Option<&'s Part>,
    ) -> String {
        let is_open = |at: &At| find(at.slot).and_then(|p| p.value(*at)).is_none();
        let sides = [Some(test.left), test.is.right()];
        debug_assert!(self.test(ready, find).is_none(), "something is not stated");
        let open = sides.into_iter().flatten().find(is_open);
        self.not_stated(open.unwrap_or(test.left))
    }

    fn not_stated(&self, at: At) -> String {
        let word = self.domain.attribute(at).map_or("", |a| a.word.as_str());
        format!(
            "nobody states the {word} of the {}",
            self.domain.slot_word(at.slot)
        )
    }
}

fn is_spared<'s>(relation: &Relation, find: &dyn Fn(usize) -> Option<&'s Part>) -> bool {
    let stated = relation.unless.and_then(|at| find(at.slot)?.value(at));
    stated == Some(&Value::YesNo(true))
}
