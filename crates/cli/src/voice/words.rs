use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use errand_types::Product;
use errand_voice_core::spoken_name;

/// Names that are handed out at most; a recogniser with a grammar takes no more.
const NAMES_MAX: usize = 300;
/// Names of the conversation at most.
const RECENT_MAX: usize = 60;
/// Names of one kind that are kept at most.
const KEPT_MAX: usize = 2_000;

/// Names of goods as people say them, learned from what shops show: kinds, makers, short titles. A recogniser listens for
/// them; none of them is about a person.
#[derive(Debug, Default)]
pub struct CatalogWords(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Told by somebody who knows them all.
    told: Vec<String>,
    /// What the conversation is about, the newest first.
    recent: Vec<String>,
    kinds: BTreeSet<String>,
    makers: BTreeSet<String>,
    titles: BTreeSet<String>,
}

impl CatalogWords {
    /// Takes up what a shop shows.
    pub fn learn(&self, products: &[Product]) {
        let mut kept = self.lock();
        for product in products {
            // Some shops write a path in one piece, others each step of it.
            let steps = product.categories.iter();
            let steps: Vec<&str> = steps
                .flat_map(|category| category.as_str().split(['/', '>']))
                .map(str::trim)
                .collect();
            // "Beans" alone is said less often than with what they are beans of.
            match steps.as_slice() {
                [.., before, last] => {
                    keep(&mut kept.kinds, last);
                    keep(&mut kept.kinds, before);
                    keep(&mut kept.kinds, &format!("{before} {last}"));
                }
                [last] => keep(&mut kept.kinds, last),
                [] => {}
            }
            if let Some(brand) = &product.brand {
                keep(&mut kept.makers, brand.as_str());
            }
            keep(&mut kept.titles, product.title.as_str());
        }
    }

    /// Takes over what a runtime knows.
    pub fn take(&self, names: Vec<String>) {
        self.lock().told = names;
    }

    /// The conversation is about this now: it is listened for before all else.
    pub fn mention(&self, title: &str) {
        let mut named = BTreeSet::new();
        keep(&mut named, title);
        let mut kept = self.lock();
        for name in named {
            kept.recent.retain(|known| *known != name);
            kept.recent.insert(0, name);
        }
        kept.recent.truncate(RECENT_MAX);
    }

    /// Names to listen for: kinds first, then makers, then titles, at most so many as a grammar takes.
    pub fn names(&self) -> Vec<String> {
        let kept = self.lock();
        let mut seen = BTreeSet::new();
        let all = kept.recent.iter().chain(&kept.told);
        let all = all
            .chain(&kept.kinds)
            .chain(&kept.makers)
            .chain(&kept.titles);
        all.filter(|name| seen.insert(name.as_str()))
            .take(NAMES_MAX)
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As people say it; what nobody says like that is left out.
fn keep(into: &mut BTreeSet<String>, name: &str) {
    if let Some(said) = spoken_name(name)
        && into.len() < KEPT_MAX
    {
        into.insert(said.into());
    }
}

#[cfg(test)]
mod tests {
    use errand_types::{ForeignId, MerchantId, Text};
    use jiff::Timestamp;

    use super::*;

    fn product(categories: &[&str]) -> Product {
        Product {
            merchant: MerchantId::parse("shop").unwrap(),
            id: ForeignId::parse("p").unwrap(),
            title: Text::clip("Sidamo"),
            description: Text::clip(""),
            brand: None,
            company: None,
            categories: categories.iter().map(|c| Text::clip(c)).collect(),
            tags: Vec::new(),
            variants: Vec::new(),
            rating: None,
            attributes: Vec::new(),
            certificates: Vec::new(),
            min_age: None,
            gtin: None,
            configuration: None,
            drawing: None,
            seen_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_kind_is_said_with_what_it_is_of() {
        let words = CatalogWords::default();
        for categories in [
            vec!["grocery", "coffee", "beans"],
            vec!["Grocery > Tea > Leaves"],
        ] {
            words.learn(&[product(&categories)]);
        }

        let names = words.names();
        for name in ["coffee beans", "coffee", "tea leaves"] {
            assert!(names.iter().any(|n| n == name), "{name}: {names:?}");
        }
    }
}
