use errand_types::{Choice, ConfigOption, Configuration, Language, Need, Product, Text, Variant};

use crate::configure;
use crate::words::{holds, words};

/// Options of one configuration that are looked at.
const OPTIONS_MAX: usize = 20;
/// Values of one option that are looked at.
const VALUES_MAX: usize = 40;

/// Words for lengths behind a number: "160 wide".
const LENGTHS: [&str; 8] = [
    "wide", "long", "tall", "high", "deep", "thick", "broad", "across",
];
/// Sizes as words and as letters.
const SIZES: [(&str, &str); 3] = [("small", "s"), ("medium", "m"), ("large", "l")];
/// What people say of an option, and a word of the value that means it. Both are stems.
const MEANS: [(&str, &str); 3] = [
    ("standing", "lift"),
    ("adjustable", "lift"),
    ("motorised", "lift"),
];

/// Values of a configurable product that the hard words of a need name: `Width: 140 cm` for `140 cm`. The first option
/// that has such a value is meant; of several values that fit, the cheapest.
pub fn wished(configuration: &Configuration, need: &Need) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let said = need.must.iter().map(|m| words(m.as_str()));
    // "walnut desk": a word of the thing may be a value too.
    let of_thing = words(need.what.as_str()).into_iter().map(|w| vec![w]);
    for phrase in said.chain(of_thing) {
        let found = named(configuration, &phrase, &|option: &ConfigOption| {
            !choices.iter().any(|c| c.option == option.name)
        });
        choices.extend(found);
    }
    choices
}

/// Whether a variant has the value that a phrase names: the S of a bicycle for "small frame".
pub(crate) fn is_chosen(product: &Product, variant: &Variant, phrase: &[String]) -> bool {
    let found = product
        .configuration
        .as_ref()
        .map(|configuration| named(configuration, phrase, &|_| true))
        .unwrap_or_default();
    !found.is_empty()
        && found.iter().all(|choice| {
            variant
                .options
                .iter()
                .any(|(name, value)| *name == choice.option && *value == choice.value)
        })
}

/// What a phrase names: one value, or one with each of its words: "pink peonies".
fn named(
    configuration: &Configuration,
    phrase: &[String],
    is_free: &dyn Fn(&ConfigOption) -> bool,
) -> Vec<Choice> {
    if let Some(one) = choice(configuration, phrase, is_free) {
        return vec![one];
    }
    let mut each: Vec<Choice> = Vec::new();
    for word in phrase {
        let word = std::slice::from_ref(word);
        let is_new = |option: &ConfigOption| {
            is_free(option) && !each.iter().any(|c: &Choice| c.option == option.name)
        };
        match choice(configuration, word, &is_new) {
            Some(one) => each.push(one),
            None => return Vec::new(),
        }
    }
    each
}

/// The option that a phrase speaks of by its name: "pink top".
pub(crate) fn side<'a>(product: &'a Product, phrase: &[String]) -> Option<&'a ConfigOption> {
    let configuration = product.configuration.as_ref()?;
    beside_name(configuration, phrase).map(|(option, _)| option)
}

fn choice(
    configuration: &Configuration,
    phrase: &[String],
    is_free: &dyn Fn(&ConfigOption) -> bool,
) -> Option<Choice> {
    // "160 wide" asks for the 160.
    let phrase = match phrase {
        [number @ .., length]
            if LENGTHS.contains(&length.as_str())
                && number
                    .first()
                    .is_some_and(|n| n.chars().all(char::is_numeric)) =>
        {
            number
        }
        _ => phrase,
    };
    let options = || {
        configuration
            .options
            .iter()
            .take(OPTIONS_MAX)
            .filter(|o| is_free(o))
    };
    options().find_map(|o| value(o, phrase)).or_else(|| {
        let (option, rest) = beside_name(configuration, phrase)?;
        let own = value(option, rest).filter(|_| is_free(option));
        // "Small frame" is said of the size, whatever the frame is of.
        let is_size = matches!(rest, [word] if SIZES.iter().any(|(size, _)| size == word));
        own.or_else(|| options().filter(|_| is_size).find_map(|o| value(o, rest)))
    })
}

/// An option that is named at the end or the beginning of a phrase, and the words beside its name.
fn beside_name<'a, 'p>(
    configuration: &'a Configuration,
    phrase: &'p [String],
) -> Option<(&'a ConfigOption, &'p [String])> {
    configuration
        .options
        .iter()
        .take(OPTIONS_MAX)
        .find_map(|option| {
            let name = words(option.name.as_str());
            let rest = match phrase {
                [rest @ .., last] if name.contains(last) => rest,
                [first, rest @ ..] if name.contains(first) => rest,
                _ => return None,
            };
            (!rest.is_empty()).then_some((option, rest))
        })
}

fn value(option: &ConfigOption, phrase: &[String]) -> Option<Choice> {
    let name = words(option.name.as_str());
    let letter = match phrase {
        [word] => SIZES.iter().find(|(size, _)| size == word),
        _ => None,
    };
    let fits = |label: &str| {
        let label = words(label);
        let is_meant = || {
            let means = |(said, meant): &(&str, &str)| {
                phrase.iter().any(|w| w == said) && label.iter().any(|w| w == meant)
            };
            MEANS.iter().any(means)
        };
        let is_letter = letter.is_some_and(|(_, letter)| label == [*letter]);
        // "oak top": beside the value the option's own name may be said.
        holds(&label, phrase)
            || holds(&[label.clone(), name.clone()].concat(), phrase)
            || is_letter
            || is_meant()
    };
    // "With drawers": the least that is more than none.
    let is_name = holds(&name, phrase);
    let has_none = option.values.iter().any(|v| is_none(v.label.as_str()));
    option
        .values
        .iter()
        .take(VALUES_MAX)
        .filter(|v| {
            if is_name {
                has_none && !is_none(v.label.as_str())
            } else {
                fits(v.label.as_str())
            }
        })
        .min_by_key(|v| v.delta.minor())
        .map(|v| Choice {
            option: option.name.clone(),
            value: v.label.clone(),
        })
}

fn is_none(label: &str) -> bool {
    words(label)
        .first()
        .is_some_and(|w| matches!(w.as_str(), "none" | "no" | "without"))
}

/// The configurable product as it would be with what the need names, at the price of its cheapest completion. `None`
/// when it has no options, when none of them is named, or when what is named cannot stand together.
pub(crate) fn variant_wished(product: &Product, need: &Need) -> Option<Variant> {
    let configuration = product.configuration.as_ref()?;
    let base = product.variants.first()?;
    let choices = wished(configuration, need);
    if choices.is_empty() {
        return None;
    }
    // Nothing of it is told, so in whichever language.
    let language = Language::default();
    let whole = configure(configuration, base.price, &choices, None, language).ok()?;
    Some(Variant {
        id: base.id.clone(),
        title: Text::clip(
            &whole
                .choices
                .iter()
                .map(|c| c.value.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        price: whole.price,
        availability: base.availability,
        options: whole
            .choices
            .into_iter()
            .map(|c| (c.option, c.value))
            .collect(),
    })
}
