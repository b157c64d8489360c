//! "Does this fit my board?": what the parts at hand state, held against each other.

use errand_catalog::assembly::{Answer, Domain, Fit, Listing, PartRef, Raw, Stock};
use errand_types::{Language, OfferRef, Product, Text, Variant};

use crate::session::{Known, Session};
use crate::words;

/// Products at hand that a question may name.
const NAMED_MAX: usize = 40;
/// Words of a title that have to be said for it to be meant.
const NAMED_WORDS_MIN: usize = 2;

impl Session {
    /// The answer about a part and those that are named, stand or lie in the cart. `None`: it is no part of any whole.
    pub(crate) fn fits(&self, offer: &OfferRef, about: &str, language: Language) -> Option<String> {
        let subject = self.knows(offer)?;
        let (domain, slot) = Domain::all()
            .iter()
            .find_map(|domain| Some((domain, slot_of(domain, &subject.product)?)))?;
        let wanted = domain.hear(about).slots;
        let wanted: Vec<&str> = wanted
            .iter()
            .map(String::as_str)
            .filter(|s| *s != slot)
            .collect();
        let mut stock = Stock::new(domain);
        let this = put_known(&mut stock, slot, subject)?;
        let mut told = Vec::new();
        for (place, known) in self.others(domain, about, offer) {
            if place == slot || !(wanted.is_empty() || wanted.contains(&place)) {
                continue;
            }
            let Some(part) = put_known(&mut stock, place, known) else {
                continue;
            };
            let name = known.product.title.as_str();
            told.extend(
                stock
                    .fits(&[this, part])
                    .iter()
                    .map(|fit| words::fit_answer(language, fit.answer, name, &fit.because)),
            );
        }
        if told.is_empty() {
            let other = wanted.first().and_then(|slot| domain.slot_named(slot));
            return Some(words::fit_unknown(language, other, domain.word()));
        }
        Some(told.join(" "))
    }

    /// The answer about the parts that stand or lie in the cart: those that are named with each other, or one that is
    /// named with all others. `None`: the words are of no whole.
    pub(crate) fn parts_fit(&self, about: &str, language: Language) -> Option<String> {
        let (domain, wanted) = Domain::all()
            .iter()
            .map(|domain| (domain, domain.hear(about).slots))
            .find(|(_, slots)| !slots.is_empty())?;
        let mut stock = Stock::new(domain);
        let parts: Vec<(&str, PartRef, &Known)> = self
            .at_hand()
            .filter_map(|(_, known)| {
                let slot = slot_of(domain, &known.product)?;
                Some((slot, put_known(&mut stock, slot, known)?, known))
            })
            .collect();
        let is_meant = |slot: &str| wanted.iter().any(|w| w == slot);
        let named = || parts.iter().filter(|(slot, ..)| is_meant(slot));
        if named().count() == 0 {
            let slot = wanted.first().and_then(|slot| domain.slot_named(slot));
            return Some(words::fit_unknown(language, slot, domain.word()));
        }
        let only_named = wanted.len() > 1;
        let mut told = Vec::new();
        let mut seen: Vec<PartRef> = Vec::new();
        for (slot, part, of) in named() {
            seen.push(*part);
            for (other_slot, other, known) in &parts {
                if other_slot == slot || seen.contains(other) || only_named && !is_meant(other_slot)
                {
                    continue;
                }
                for fit in stock.fits(&[*part, *other]) {
                    let titles = (of.product.title.as_str(), known.product.title.as_str());
                    told.push((titles, fit));
                }
            }
        }
        if told.is_empty() {
            return Some(words::fit_unknown(language, None, domain.word()));
        }
        Some(whole_told(language, &told))
    }

    /// Whether a question with no product named can be about this one: of two kinds of part it is one.
    pub(crate) fn is_asked(&self, offer: &OfferRef, fit: Option<&str>) -> bool {
        let (Some(about), Some(known)) = (fit, self.knows(offer)) else {
            return true;
        };
        Domain::all().iter().any(|domain| {
            let named = domain.hear(about).slots;
            let slot = slot_of(domain, &known.product);
            slot.is_some_and(|slot| named.len() < 2 || named.iter().any(|n| n == slot))
        })
    }

    /// What stands and what lies in the cart, each once.
    fn at_hand(&self) -> impl Iterator<Item = (&OfferRef, &Known)> {
        let standing = self.assembled.iter().flat_map(|whole| &whole.parts);
        let in_cart = self.cart.lines.iter().map(|line| &line.offer);
        let mut seen: Vec<&OfferRef> = Vec::new();
        standing.chain(in_cart).filter_map(move |offer| {
            let known = self.knows(offer)?;
            let is_new = !seen.contains(&offer);
            seen.push(offer);
            is_new.then_some((offer, known))
        })
    }

    /// Other parts that a question can be about: one that is named by its title stands for its kind.
    fn others<'a>(
        &'a self,
        domain: &'a Domain,
        about: &str,
        offer: &OfferRef,
    ) -> Vec<(&'a str, &'a Known)> {
        let said = words_of(about);
        let slot = |known: &'a Known| Some((slot_of(domain, &known.product)?, known));
        let mut others: Vec<(&str, &Known)> = self
            .known
            .iter()
            .filter(|(o, known)| *o != offer && is_named(known, &said))
            .filter_map(|(_, known)| slot(known))
            .take(NAMED_MAX)
            .collect();
        for (other, known) in self.at_hand() {
            let Some((place, known)) = slot(known) else {
                continue;
            };
            if other != offer && !others.iter().any(|(p, _)| *p == place) {
                others.push((place, known));
            }
        }
        others
    }
}

/// Several answers as one: what does not fit and what is not known first; else, of one part with several, all in a sentence.
fn whole_told(language: Language, told: &[((&str, &str), Fit)]) -> String {
    let pair = |((one, other), fit): &((&str, &str), Fit)| {
        words::fit_pair(language, fit.answer, one, other, &fit.because)
    };
    let open: Vec<String> = told
        .iter()
        .filter(|(_, fit)| fit.answer != Answer::Yes)
        .map(pair)
        .collect();
    if !open.is_empty() {
        return open.join(" ");
    }
    match told {
        [((name, _), _), _, ..] if told.iter().all(|((one, _), _)| one == name) => {
            let because = told.iter().filter(|(_, fit)| !fit.because.is_empty());
            let why: Vec<String> = because
                .map(|((_, other), fit)| words::other_because(language, other, &fit.because))
                .collect();
            words::all_fit(language, name, &why)
        }
        _ => told.iter().map(pair).collect::<Vec<_>>().join(" "),
    }
}

fn is_named(known: &Known, said: &[String]) -> bool {
    // Whoever speaks of the Raven Max processor may leave out who makes it.
    let brand = known.product.brand.as_ref();
    let brand = words_of(brand.map_or("", Text::as_str));
    let mut title = words_of(known.product.title.as_str());
    title.retain(|w| !brand.contains(w));
    title.len() >= NAMED_WORDS_MIN && title.iter().all(|w| said.contains(w))
}

fn words_of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn put_known(stock: &mut Stock<'_>, slot: &str, known: &Known) -> Option<PartRef> {
    let title = known.product.title.as_str();
    put(stock, slot, &known.product, &known.variant, title)
}

/// The slot of a product by the categories under which its shop lists it.
pub(crate) fn slot_of<'d>(domain: &'d Domain, product: &Product) -> Option<&'d str> {
    let is_listed = |slot: &&str| {
        domain.listed(slot).iter().any(|name| {
            let mut categories = product.categories.iter();
            categories.any(|c| c.as_str().eq_ignore_ascii_case(name))
        })
    };
    domain.slots().find(is_listed)
}

/// Takes a product in as a part.
pub(crate) fn put(
    stock: &mut Stock<'_>,
    slot: &str,
    product: &Product,
    variant: &Variant,
    id: &str,
) -> Option<PartRef> {
    let listing = Listing {
        id,
        title: product.title.as_str(),
        brand: product.brand.as_ref().map(Text::as_str),
        price: Some(variant.price),
    };
    let state = |name: &str| {
        let same = |a: &&errand_types::Attribute| a.name.as_str().eq_ignore_ascii_case(name);
        let values = product.attributes.iter().filter(same);
        let mut values: Vec<String> = values.map(|a| a.value.to_string()).collect();
        match values.len() {
            0 => None,
            1 => values.pop().map(Raw::Text),
            _ => Some(Raw::List(values)),
        }
    };
    stock.add(slot, listing, &state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(answer: Answer, because: &str) -> Fit {
        Fit {
            relation: String::new(),
            word: String::new(),
            answer,
            because: because.to_owned(),
        }
    }

    #[test]
    fn each_answer_names_the_two_parts_that_it_is_about() {
        let told = [
            (("cooler", "case"), fit(Answer::Yes, "it is 58 mm high")),
            (("case", "card"), fit(Answer::No, "the card is 336 mm long")),
        ];

        assert_eq!(
            whole_told(Language::English, &told),
            "No, case does not fit card: the card is 336 mm long."
        );
        assert_eq!(
            whole_told(Language::English, &told[..1]),
            "Yes, cooler fits case: it is 58 mm high."
        );
    }

    #[test]
    fn one_part_with_several_is_one_sentence_and_different_pairs_are_not() {
        let one = (("board", "case"), fit(Answer::Yes, "Mini-ITX"));
        let two = (("board", "memory"), fit(Answer::Yes, "both are DDR5"));
        let three = (("case", "card"), fit(Answer::Yes, "it is long enough"));

        assert_eq!(
            whole_told(Language::English, &[one.clone(), two]),
            "Yes, everything fits board: case (Mini-ITX); memory (both are DDR5)"
        );
        assert_eq!(
            whole_told(Language::English, &[one, three]),
            "Yes, board fits case: Mini-ITX. Yes, case fits card: it is long enough."
        );
    }
}
