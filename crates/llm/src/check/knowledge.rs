use std::collections::BTreeSet;

use errand_model::{Proposal, Scene, Speaker, Talk};
use errand_types::{Money, ToolCall};

use super::claims::{Claim, Claims};
use super::text::{number, spaced};
use crate::prompt;

/// What a reply may build on.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// What tools found and what is on the table.
    facts: BTreeSet<Claim>,
    /// What the person said, and errand's own words before: numbers and times of it may be said again, deeds may not.
    said: BTreeSet<Claim>,
    /// The person's words, for what is said to be theirs.
    person: String,
    /// Every word that is known, for names.
    words: BTreeSet<String>,
    products: Vec<Thing>,
}

/// A product and what is known of it.
#[derive(Debug)]
struct Thing {
    names: Vec<String>,
    facts: BTreeSet<Claim>,
}

impl Knowledge {
    /// What is known in this turn. `text`: the person's words as they said them; they stay here.
    pub(crate) fn new(claims: &Claims, scene: &Scene, talk: &Talk, text: &str) -> Self {
        let mut known = Self::default();
        for (names, told) in products(scene) {
            let facts = claims_of(claims, &told);
            known.facts.extend(facts.iter().cloned());
            known.learn(&told);
            known.products.push(Thing { names, facts });
        }
        let general = general(scene);
        known.facts.extend(claims_of(claims, &general));
        known.learn(&general);
        known.person = spaced(text);
        for said in &talk.recent {
            if said.by == Speaker::Person {
                known
                    .person
                    .push_str(spaced(said.text.as_str()).trim_start());
            }
            known.said.extend(claims_of(claims, said.text.as_str()));
            known.learn(said.text.as_str());
        }
        known.said.extend(claims_of(claims, text));
        known.learn(text);
        known
    }

    fn learn(&mut self, text: &str) {
        self.words
            .extend(spaced(text).split_whitespace().map(str::to_owned));
    }

    /// Whether the person said these words, in this order.
    pub(crate) fn is_said(&self, text: &str) -> bool {
        let wanted = spaced(text);
        wanted.trim().len() > 1 && self.person.contains(&wanted)
    }

    /// Whether the person named this amount.
    pub(crate) fn says_amount(&self, amount: Money) -> bool {
        let Some(value) = number(&amount.decimal()) else {
            return false;
        };
        self.said.contains(&Claim::Money(value.clone()))
            || self.said.contains(&Claim::Number(value))
    }

    /// Whether everything that a text claims is founded.
    ///
    /// # Errors
    /// What kind of thing is not, in words without the text's own.
    pub(crate) fn check(&self, claims: &Claims, text: &str) -> Result<(), &'static str> {
        for sentence in claims.read(text) {
            let named: Vec<&Thing> = self
                .products
                .iter()
                .filter(|p| p.names.iter().any(|name| sentence.spaced.contains(name)))
                .collect();
            for claim in &sentence.claims {
                if let Some(why) = self.unfounded(claim, sentence.denies) {
                    return Err(why);
                }
                // The price of another product is no price of this one.
                if let ([only], Claim::Money(value)) = (named.as_slice(), claim)
                    && !only.facts.contains(claim)
                    && !self.is_repeated(claim, value)
                {
                    return Err("a price of something else");
                }
            }
        }
        Ok(())
    }

    fn is_repeated(&self, claim: &Claim, value: &str) -> bool {
        let by_others = self.products.iter().any(|p| p.facts.contains(claim));
        !by_others
            && (self.said.contains(claim) || self.said.contains(&Claim::Number(value.to_owned())))
    }

    fn unfounded(&self, claim: &Claim, denies: bool) -> Option<&'static str> {
        let is_known = self.facts.contains(claim) || self.said.contains(claim);
        let is_number = |value: &String| {
            self.said.contains(&Claim::Number(value.clone()))
                || self.facts.contains(&Claim::Number(value.clone()))
        };
        let is_any_number = |value: &String| {
            is_number(value)
                || [Claim::Money(value.clone()), Claim::Percent(value.clone())]
                    .iter()
                    .any(|c| self.facts.contains(c) || self.said.contains(c))
        };
        match claim {
            Claim::Money(value) => {
                let is_said_bare = self.said.contains(&Claim::Number(value.clone()));
                (!is_known && !is_said_bare).then_some("a price that no shop said")
            }
            Claim::Percent(_) => (!is_known).then_some("a share that nobody said"),
            Claim::Number(value) => (!is_any_number(value)).then_some("a number that nobody said"),
            Claim::Time(_) | Claim::Day(_) | Claim::Month(_) | Claim::Loose(_) => {
                (!is_known).then_some("a time that nobody said")
            }
            Claim::Code(_) => (!is_known).then_some("a number of something that does not exist"),
            Claim::Link => Some("an address of a page"),
            Claim::Never(_) => Some("something that only errand itself says"),
            Claim::Firm(_) => {
                (denies || !self.facts.contains(claim)).then_some("a claim that no shop made")
            }
            Claim::Name(name) => {
                let parts = spaced(name);
                let is_known = parts
                    .split_whitespace()
                    .all(|part| self.words.contains(part.trim_end_matches("'s")));
                (!is_known).then_some("a name that nobody said")
            }
        }
    }
}

fn claims_of(claims: &Claims, text: &str) -> BTreeSet<Claim> {
    claims
        .read(text)
        .into_iter()
        .flat_map(|s| s.claims)
        .collect()
}

/// Each product: what it may be called, and what is known of it in words.
fn products(scene: &Scene) -> Vec<(Vec<String>, String)> {
    let zone = prompt::zone(scene);
    scene
        .shown
        .iter()
        .map(|shown| {
            let mut told = vec![
                shown.title.to_string(),
                shown
                    .brand
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                format!("{} {}", shown.price.decimal(), shown.price.currency()),
            ];
            told.extend(shown.words.iter().map(ToString::to_string));
            told.extend(shown.rating.map(|r| {
                format!(
                    "{} stars by {} people",
                    prompt::stars(r.hundredths),
                    r.count
                )
            }));
            told.extend(shown.delivery.as_ref().map(|w| prompt::window(w, &zone)));
            let title = spaced(shown.title.as_str());
            let two: Vec<&str> = title.split_whitespace().take(2).collect();
            let mut names = vec![title.clone()];
            if two.len() == 2 {
                names.push(format!(" {} ", two.join(" ")));
            }
            names.extend(shown.brand.as_ref().map(|b| spaced(b.as_str())));
            names.retain(|n| n.trim().len() > 2);
            (names, told.join("\n"))
        })
        .collect()
}

fn general(scene: &Scene) -> String {
    let zone = prompt::zone(scene);
    let mut told: Vec<String> = scene.shops.iter().map(|s| s.name.to_string()).collect();
    for count in [
        scene.shops.len(),
        scene.shown.len(),
        scene.cart.len(),
        scene.orders.len(),
    ] {
        told.push(format!("{count} of them"));
    }
    if let Some(need) = &scene.need {
        told.push(need.what.to_string());
        told.extend(
            need.must
                .iter()
                .chain(&need.must_not)
                .map(ToString::to_string),
        );
        told.extend(need.brands.iter().map(ToString::to_string));
        let amounts = need
            .price_max
            .iter()
            .chain(&need.price_min)
            .chain(&need.total_max);
        told.extend(amounts.map(|m| format!("{} {}", m.decimal(), m.currency())));
    }
    told.extend(
        scene
            .cart
            .iter()
            .map(|c| format!("{} pieces {}", c.quantity, c.title)),
    );
    told.extend(scene.wish.iter().map(|w| {
        errand_types::Window::new(w.earliest.unwrap_or(scene.now), w.latest)
            .map(|w| prompt::window(&w, &zone))
            .unwrap_or_default()
    }));
    told.extend(scene.open.iter().map(|o| o.text.to_string()));
    for order in &scene.orders {
        let state = serde_json::to_value(order.state).unwrap_or_default();
        told.push(format!(
            "{} {} {}",
            order.number,
            order.what,
            state.as_str().unwrap_or_default()
        ));
    }
    told.join("\n")
}

/// Words that a proposal would show and that a model chose.
pub(crate) fn free_words(proposal: &Proposal) -> Vec<&str> {
    match proposal {
        Proposal::Say(text) => vec![text.as_str()],
        Proposal::Ask(question) => std::iter::once(question.text.as_str())
            .chain(question.chips.iter().map(errand_types::Text::as_str))
            .collect(),
        Proposal::Plan(_) | Proposal::Calls(_) => Vec::new(),
    }
}

/// Calls of a proposal.
pub(crate) fn calls(proposal: &Proposal) -> Vec<&ToolCall> {
    match proposal {
        Proposal::Plan(draft) => draft.steps.iter().map(|s| &s.call).collect(),
        Proposal::Calls(calls) => calls.iter().collect(),
        Proposal::Ask(_) | Proposal::Say(_) => Vec::new(),
    }
}
