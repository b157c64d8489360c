use errand_types::{Language, Money, Product, Source, Variant};

use crate::said::compared as said;

use crate::words::{heading, words};

/// What distinguishes a product in a few words: `Ethiopia · 340 g`. At most three facts, none of them already in the
/// title.
pub fn detail(product: &Product, variant: &Variant, language: Language) -> Option<String> {
    const TOLD: [&str; 6] = ["origin", "material", "colour", "color", "unit", "size"];
    let title = words(product.title.as_str());
    let options = variant.options.iter().map(|(_, value)| value.as_str());
    let stated = TOLD.iter().flat_map(|name| {
        product
            .attributes
            .iter()
            .filter(move |a| {
                a.name.as_str() == *name
                    && !variant
                        .options
                        .iter()
                        .any(|(n, _)| n.as_str().eq_ignore_ascii_case(name))
            })
            .map(|a| {
                let name = a.name.as_str();
                let shown = crate::country::shown(name, a.value.as_str());
                crate::country::told(name, shown, language)
            })
    });
    let mut facts: Vec<&str> = Vec::new();
    for fact in options.chain(stated) {
        let is_told = words(fact).iter().all(|w| title.contains(w));
        if facts.len() < 3 && !is_told && !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    if facts.is_empty() {
        None
    } else {
        Some(facts.join(" · "))
    }
}

/// Price per unit in words: `$3.29 per 100 g`, from the attribute or option `unit` or `size` (`340 g`, `1.5 l`,
/// `6 x 330 ml`). `None` when the shop states no size in grams or millilitres. Rounded half up to the minor unit.
pub fn unit_price(product: &Product, variant: &Variant, language: Language) -> Option<String> {
    let (per, of) = per_hundred(product, variant)?;
    Some(said::unit_price(language, per, of.word()))
}

/// What a size is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Gram,
    Millilitre,
}

impl Measure {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Gram => "g",
            Self::Millilitre => "ml",
        }
    }
}

/// Price of 100 g or 100 ml.
pub(crate) fn per_hundred(product: &Product, variant: &Variant) -> Option<(Money, Measure)> {
    let is_size = |name: &str| {
        ["unit", "size", "weight", "volume", "contents"]
            .iter()
            .any(|n| name.eq_ignore_ascii_case(n))
    };
    let options = variant
        .options
        .iter()
        .filter(|(n, _)| is_size(n.as_str()))
        .map(|(_, v)| v.as_str());
    let stated = product
        .attributes
        .iter()
        .filter(|a| is_size(a.name.as_str()))
        .map(|a| a.value.as_str());
    let (thousandths, measure) = options.chain(stated).find_map(size)?;
    if thousandths <= 0 {
        return None;
    }
    // minor * 100 units * 1000 / thousandths, half up.
    let scaled = variant.price.minor().checked_mul(100_000)?;
    let per = scaled
        .checked_add(thousandths / 2)?
        .checked_div(thousandths)?;
    Some((Money::checked(per, variant.price.currency()).ok()?, measure))
}

/// Reads `340 g`, `1.5 l`, `6 x 330 ml` as thousandths of a gram or millilitre.
fn size(text: &str) -> Option<(i64, Measure)> {
    let text = text.to_ascii_lowercase();
    let (times, rest) = match text.split_once(['x', '×']) {
        Some((n, rest)) if n.trim().bytes().all(|b| b.is_ascii_digit()) && !n.trim().is_empty() => {
            (n.trim().parse::<i64>().ok()?, rest.trim().to_owned())
        }
        _ => (1, text.trim().to_owned()),
    };
    let at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = rest.split_at_checked(at)?;
    let unit = unit
        .trim()
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()?;
    let (factor, measure) = match unit {
        "g" => (1, Measure::Gram),
        "kg" => (1_000, Measure::Gram),
        "ml" => (1, Measure::Millilitre),
        "cl" => (10, Measure::Millilitre),
        "l" => (1_000, Measure::Millilitre),
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > 9 || part.len() > 3 {
        return None;
    }
    let thousandths: i64 = format!("{whole}{part:0<3}").parse().ok()?;
    Some((
        thousandths.checked_mul(factor)?.checked_mul(times)?,
        measure,
    ))
}

/// Grams of carbon as the shop states them in a field of its own.
pub(crate) fn carbon_g(candidate: &crate::Candidate) -> Option<i64> {
    carbon_stated(&candidate.product)
}

/// Grams of carbon of one piece, as the shop states them in a field of its own. `None`: it states none that can be read.
pub fn carbon_stated(product: &Product) -> Option<i64> {
    product
        .attributes
        .iter()
        .filter(|a| a.source != Source::Prose && a.name.as_str() == "carbon_g")
        .find_map(|a| a.value.as_str().trim().parse().ok())
        .filter(|grams| (0..=1_000_000_000).contains(grams))
}

/// `1.9 kg`, from grams; half up.
pub(crate) fn kilograms(language: Language, grams: i64) -> String {
    if grams < 1_000 {
        return format!("{grams} g");
    }
    let tenths = grams.saturating_add(50) / 100;
    if tenths % 10 == 0 {
        return format!("{} kg", tenths / 10);
    }
    let hundredths = u64::try_from(tenths).unwrap_or_default().saturating_mul(10);
    let amount = errand_sentences::one_decimal(language, hundredths);
    format!("{amount} kg")
}

/// How many pieces one of it holds, where the shop says so: 12 of `12 pieces`, `Box of 12`, `12 Pack`.
pub(crate) fn pieces(product: &Product, variant: &Variant) -> Option<u64> {
    let options = variant.options.iter().map(|(_, v)| v.as_str());
    let unit = product
        .attributes
        .iter()
        .filter(|a| a.name.as_str().eq_ignore_ascii_case("unit"))
        .map(|a| a.value.as_str());
    options
        .chain(unit)
        .chain([variant.title.as_str(), heading(product.title.as_str())])
        .find_map(|text| {
            let all = words(text);
            all.iter().enumerate().find_map(|(at, word)| {
                let number: u64 = word.parse().ok()?;
                let before = at.checked_sub(2).and_then(|b| all.get(b..at));
                let boxed = before.is_some_and(|b| {
                    matches!(b, [pack, of] if of == "of"
                        && matches!(pack.as_str(), "box" | "pack" | "set" | "carton" | "tray"))
                });
                let counted = all.get(at.saturating_add(1)).is_some_and(|next| {
                    matches!(next.as_str(), "piece" | "pc" | "pack" | "count" | "egg")
                });
                (boxed || counted).then_some(number)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{attribute, product, usd};

    #[test]
    fn the_price_per_unit_is_exact_and_rounded_half_up() {
        let coffee = attribute(
            product("pantry-lane", "marcala", "Marcala Medium", usd(1120)),
            "unit",
            "340 g",
        );

        assert_eq!(
            unit_price(&coffee, &coffee.variants[0], Language::English),
            Some("$3.29 per 100 g".into())
        );
        assert_eq!(size("6 x 330 ml"), Some((1_980_000, Measure::Millilitre)));
        assert_eq!(size("1.5 l bottle"), Some((1_500_000, Measure::Millilitre)));
        assert_eq!(size("one bunch"), None);
        assert_eq!(size("99999999999999 g"), None);
    }

    #[test]
    fn the_detail_does_not_repeat_the_title() {
        let p = attribute(
            product("pantry-lane", "p", "Oak desk", usd(100)),
            "material",
            "oak",
        );
        let p = attribute(p, "origin", "SE");

        assert_eq!(
            detail(&p, &p.variants[0], Language::English),
            Some("Sweden".into())
        );
    }
}
