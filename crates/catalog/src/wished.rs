use errand_types::{Choice, ConfigOption, Configuration, Language, Need, Product, Text, Variant};

use crate::configure;
use crate::words::{holds, words};

/// Options of one configuration that are looked at.
const OPTIONS_MAX: usize = 20;
/// Values of one option that are looked at.
const VALUES_MAX: usize = 40;

/// Values of a configurable product that the hard words of a need name: `Width: 140 cm` for `140 cm`. The first option
/// that has such a value is meant; of several values that fit, the cheapest.
pub fn wished(configuration: &Configuration, need: &Need) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let said = need.must.iter().map(|m| words(m.as_str()));
    // "walnut desk": a word of the thing may be a value too.
    let named = words(need.what.as_str()).into_iter().map(|w| vec![w]);
    for phrase in said.chain(named) {
        let found = configuration
            .options
            .iter()
            .take(OPTIONS_MAX)
            .find_map(|o| {
                let is_free = !choices.iter().any(|c| c.option == o.name);
                is_free.then(|| value(o, &phrase)).flatten()
            });
        choices.extend(found);
    }
    choices
}

fn value(option: &ConfigOption, phrase: &[String]) -> Option<Choice> {
    let name = words(option.name.as_str());
    let fits = |label: &str| {
        let label = words(label);
        // "oak top": beside the value the option's own name may be said.
        holds(&label, phrase) || holds(&[label, name.clone()].concat(), phrase)
    };
    let is_name = holds(&name, phrase);
    option
        .values
        .iter()
        .take(VALUES_MAX)
        .filter(|v| !is_name && fits(v.label.as_str()))
        .min_by_key(|v| v.delta.minor())
        .map(|v| Choice {
            option: option.name.clone(),
            value: v.label.clone(),
        })
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
