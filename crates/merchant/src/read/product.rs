use errand_types::{
    Attribute, Availability, Certificate, Choice, ConfigOption, ConfigRule, ConfigValue,
    Configuration, Currency, MerchantId, Money, Product, Rating, Source, Text, Variant,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::json::{any, clip, get, hundredths, id, list, minor, text};

const VARIANTS_MAX: usize = 100;
const ATTRIBUTES_MAX: usize = 200;
const LIST_MAX: usize = 40;
/// Fewer pieces than this left is few.
const LOW: u64 = 4;
/// Members of `metadata` that have a place of their own.
const PLACED: [&str; 15] = [
    "brand",
    "company",
    "category",
    "categories",
    "certificates",
    "configuration",
    "gtin",
    "min_age",
    "drawing",
    "materials",
    "ingredients",
    "allergens",
    "unit",
    "stock",
    "tags",
];

/// Reads one product; `None` when nothing of it can be bought.
pub(crate) fn read(value: &Value, merchant: &MerchantId, now: Timestamp) -> Option<Product> {
    let product_id = id(value, "id")?;
    let nothing = Value::Null;
    let metadata = get(value, "metadata").unwrap_or(&nothing);
    let title: Text<200> = clip(value, "title").or_else(|| clip(value, "name"))?;
    let variants: Vec<Variant> = list(value, "variants")
        .iter()
        .take(VARIANTS_MAX)
        .filter_map(|entry| variant(entry, &title))
        .collect();
    let currency = variants.first()?.price.currency();
    let attributes = attributes(metadata);
    Some(Product {
        merchant: merchant.clone(),
        id: product_id,
        description: description(value),
        brand: name_of(value, "brand").or_else(|| clip(metadata, "brand")),
        company: name_of(value, "company").or_else(|| clip(metadata, "company")),
        categories: categories(value, metadata),
        tags: list(value, "tags")
            .iter()
            .filter_map(Value::as_str)
            .take(LIST_MAX)
            .map(Text::clip)
            .collect(),
        rating: get(value, "rating").and_then(rating),
        attributes,
        certificates: certificates(metadata),
        min_age: any(metadata, &["min_age"])
            .or_else(|| get(value, "min_age"))
            .and_then(age),
        gtin: gtin(value, metadata),
        configuration: get(metadata, "configuration")
            .and_then(|found| configuration(found, currency)),
        drawing: clip(metadata, "drawing"),
        seen_at: now,
        title,
        variants,
    })
}

/// A text, or an object with a name.
fn name_of<const MAX: usize>(value: &Value, member: &str) -> Option<Text<MAX>> {
    match get(value, member)? {
        Value::String(name) => Some(Text::clip(name)).filter(|name| !name.is_blank()),
        object => clip(object, "name"),
    }
}

fn description(value: &Value) -> Text<2000> {
    match get(value, "description") {
        Some(Value::String(prose)) => Text::clip(prose),
        Some(object) => any(object, &["text", "plain", "markdown", "html"])
            .and_then(Value::as_str)
            .map(Text::clip)
            .unwrap_or_default(),
        None => Text::default(),
    }
}

fn categories(value: &Value, metadata: &Value) -> Vec<Text<80>> {
    let mut found: Vec<Text<80>> = Vec::new();
    let mut add = |word: &str| {
        let word: Text<80> = Text::clip(word.trim());
        if !word.is_blank() && !found.contains(&word) && found.len() < LIST_MAX {
            found.push(word);
        }
    };
    let structured = list(metadata, "category");
    if structured.is_empty() {
        for entry in list(value, "categories") {
            let path = entry
                .as_str()
                .or_else(|| any(entry, &["value", "name", "title"]).and_then(Value::as_str));
            path.into_iter()
                .flat_map(|path| path.split(" > "))
                .for_each(&mut add);
        }
    } else {
        structured
            .iter()
            .filter_map(Value::as_str)
            .for_each(&mut add);
    }
    found
}

fn variant(value: &Value, product: &Text<200>) -> Option<Variant> {
    let price = get(value, "price")?;
    let currency = Currency::parse(text(price, "currency")?).ok()?;
    let price = Money::checked(minor(price)?, currency)
        .ok()
        .filter(|price| price.minor() >= 0)?;
    let option = |entry: &Value| {
        Some((
            clip(entry, "name")?,
            clip(entry, "label").or_else(|| clip(entry, "value"))?,
        ))
    };
    Some(Variant {
        id: id(value, "id")?,
        title: clip(value, "title").unwrap_or_else(|| product.clone()),
        price,
        availability: availability(value),
        options: list(value, "options")
            .iter()
            .take(LIST_MAX)
            .filter_map(option)
            .collect(),
    })
}

fn availability(value: &Value) -> Availability {
    let stated = get(value, "availability").unwrap_or(value);
    let word = stated.as_str().or_else(|| text(stated, "status"));
    let left = any(stated, &["quantity", "stock"]).and_then(Value::as_u64);
    let available = get(stated, "available").and_then(Value::as_bool);
    match (word, available, left) {
        (Some("out_of_stock" | "sold_out" | "discontinued"), _, _) | (_, Some(false), _) => {
            Availability::Out
        }
        (Some("backorder" | "back_order"), _, _) => Availability::Backorder,
        (Some("preorder" | "pre_order"), _, _) => Availability::Preorder,
        (Some("low_stock" | "limited_availability"), _, _) => Availability::Low,
        (Some("in_stock"), _, Some(left)) | (_, Some(true), Some(left)) if left < LOW => {
            Availability::Low
        }
        (Some("in_stock"), _, _) | (_, Some(true), _) => Availability::In,
        (_, None, Some(0)) => Availability::Out,
        (_, None, Some(_)) => Availability::In,
        (_, None, None) => Availability::Unknown,
    }
}

fn rating(value: &Value) -> Option<Rating> {
    let value_hundredths = hundredths(get(value, "value")?)?;
    let scale = get(value, "scale_max")
        .and_then(hundredths)
        .filter(|scale| *scale > 0)
        .unwrap_or(500);
    let of_five = u64::from(value_hundredths)
        .saturating_mul(500)
        .checked_div(u64::from(scale))?;
    let count = any(value, &["count", "review_count"])
        .and_then(Value::as_u64)
        .unwrap_or(0);
    Some(Rating {
        hundredths: u16::try_from(of_five.min(500)).ok()?,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    })
}

fn age(value: &Value) -> Option<u8> {
    value
        .as_u64()
        .and_then(|age| u8::try_from(age).ok())
        .filter(|age| (1..=120).contains(age))
}

fn gtin(value: &Value, metadata: &Value) -> Option<Text<14>> {
    let is_gtin = |code: &&str| {
        (8..=14).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    let own = [text(metadata, "gtin"), text(value, "gtin")]
        .into_iter()
        .flatten()
        .find(is_gtin);
    let of_variant = || {
        let codes = list(value, "variants")
            .iter()
            .flat_map(|variant| list(variant, "barcodes"));
        codes
            .filter(|code| text(code, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("gtin")))
            .filter_map(|code| text(code, "value"))
            .find(is_gtin)
    };
    own.or_else(of_variant).map(Text::clip)
}

/// Structured statements of the shop. What it does not say is absent, never "no"; that it says "contains nothing" is
/// said as the value `none`.
fn attributes(metadata: &Value) -> Vec<Attribute> {
    let mut found = Vec::new();
    let mut add = |name: &str, value: &str| {
        let (name, value): (Text<60>, Text<200>) = (Text::clip(name), Text::clip(value.trim()));
        if !name.is_blank() && !value.is_blank() && found.len() < ATTRIBUTES_MAX {
            found.push(Attribute {
                name,
                value,
                source: Source::Metadata,
            });
        }
    };
    for (member, name) in [("materials", "material"), ("ingredients", "ingredient")] {
        list(metadata, member)
            .iter()
            .filter_map(Value::as_str)
            .for_each(|word| add(name, word));
    }
    if let Some(allergens) = get(metadata, "allergens") {
        for (member, name) in [
            ("contains", "allergen_contains"),
            ("may_contain", "allergen_may_contain"),
        ] {
            match get(allergens, member)
                .and_then(Value::as_array)
                .map(Vec::as_slice)
            {
                Some([]) => add(name, "none"),
                Some(words) => words
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|word| add(name, word)),
                None => {}
            }
        }
    }
    if let Some(unit) = get(metadata, "unit") {
        match (
            get(unit, "amount").and_then(Value::as_u64),
            text(unit, "unit"),
            unit.as_str(),
        ) {
            (Some(amount), Some(word), _) => add("unit", &format!("{amount} {word}")),
            (_, _, Some(words)) => add("unit", words),
            _ => {}
        }
    }
    for (name, value) in metadata.as_object().into_iter().flatten() {
        if PLACED.contains(&name.as_str()) {
            continue;
        }
        match value {
            Value::String(word) => add(name, word),
            Value::Bool(_) | Value::Number(_) => add(name, &value.to_string()),
            Value::Array(words) => words
                .iter()
                .filter_map(Value::as_str)
                .for_each(|word| add(name, word)),
            Value::Null | Value::Object(_) => {}
        }
    }
    found
}

fn certificates(metadata: &Value) -> Vec<Certificate> {
    let read = |value: &Value| {
        let scope = match get(value, "scope") {
            Some(Value::Array(words)) => words
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            Some(Value::String(words)) => words.clone(),
            _ => String::new(),
        };
        Some(Certificate {
            scheme: clip(value, "scheme")?,
            number: clip(value, "number"),
            issuer: clip(value, "issuer"),
            scope: Some(Text::clip(&scope)).filter(|scope| !scope.is_blank()),
            expires: clip(value, "expires"),
        })
    };
    list(metadata, "certificates")
        .iter()
        .take(LIST_MAX)
        .filter_map(read)
        .collect()
}

fn configuration(value: &Value, currency: Currency) -> Option<Configuration> {
    let option_value = |entry: &Value| {
        let delta = any(entry, &["price_delta_minor", "price_delta"])
            .and_then(minor)
            .unwrap_or(0);
        Some(ConfigValue {
            label: clip(entry, "label")?,
            delta: Money::checked(delta, currency).ok()?,
        })
    };
    let option = |entry: &Value| {
        let values: Vec<ConfigValue> = list(entry, "values")
            .iter()
            .take(40)
            .filter_map(option_value)
            .collect();
        Some(ConfigOption {
            name: clip(entry, "name")?,
            values,
        })
        .filter(|option| !option.values.is_empty())
    };
    let options: Vec<ConfigOption> = list(value, "options")
        .iter()
        .take(20)
        .filter_map(option)
        .collect();
    if options.is_empty() {
        return None;
    }
    let rules = list(value, "rules")
        .iter()
        .flat_map(rules)
        .take(100)
        .collect();
    Some(Configuration { options, rules })
}

/// One rule for each option that it limits. A rule with several conditions cannot be told here; the shop applies it.
fn rules(value: &Value) -> Vec<ConfigRule> {
    let conditions: Vec<Choice> = get(value, "if")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, label)| {
            Some(Choice {
                option: Text::clip(name),
                value: Text::clip(label.as_str()?),
            })
        })
        .collect();
    let [when] = conditions.as_slice() else {
        return Vec::new();
    };
    let because: Text<200> = clip(value, "because").unwrap_or_default();
    let limited = get(value, "then")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    limited
        .map(|(name, labels)| ConfigRule {
            when: when.clone(),
            option: Text::clip(name),
            allowed: labels
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .take(40)
                .map(Text::clip)
                .collect(),
            because: because.clone(),
        })
        .collect()
}

/// Products of an answer, those that cannot be bought left out.
pub(crate) fn page(body: &Value, merchant: &MerchantId, now: Timestamp) -> Vec<Product> {
    list(body, "products")
        .iter()
        .filter_map(|value| read(value, merchant, now))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shop() -> MerchantId {
        MerchantId::parse("pantry-lane").unwrap()
    }

    fn coffee() -> Value {
        json!({
            "id": "coffee-peru", "title": "Peru Coffee Beans",
            "description": { "plain": "Whole beans.", "text": "Whole beans." },
            "brand": "Cumbre", "company": "Cumbre Roasters Ltd",
            "categories": [{ "value": "grocery > coffee > beans", "taxonomy": "merchant" }],
            "variants": [{
                "id": "coffee-peru-340", "title": "340 g", "price": { "amount": 1120, "currency": "USD" },
                "availability": { "available": true, "status": "in_stock", "quantity": 2 },
                "options": [{ "name": "Size", "label": "340 g" }],
                "barcodes": [{ "type": "gtin", "value": "2000000000015" }],
            }],
            "rating": { "value": 4.3, "scale_max": 5, "count": 120 },
            "tags": ["fair-trade"],
            "metadata": {
                "materials": ["paper"], "ingredients": ["coffee"], "origin": "PE", "carbon_g": 900,
                "allergens": { "contains": [], "may_contain": ["nuts"] }, "unit": { "amount": 340, "unit": "g" },
                "replenish_days": 21, "min_age": 18, "drawing": "coffee", "dispatch_hours": 4,
                "certificates": [{ "scheme": "fairtrade-intl", "number": "FLO-1", "issuer": "FLOCERT", "scope": ["coffee", "beans"], "expires": "2028-05-01" }],
                "configuration": {
                    "options": [{ "name": "Grind", "values": [{ "label": "Beans" }, { "label": "Fine", "price_delta_minor": 50 }] }],
                    "rules": [{ "if": { "Grind": "Fine" }, "then": { "Size": ["340 g"] }, "because": "Only small bags are ground" }],
                },
            },
        })
    }

    #[test]
    fn a_product_with_its_metadata_is_read_whole() {
        let product = read(&coffee(), &shop(), Timestamp::UNIX_EPOCH).unwrap();
        let stated: Vec<(&str, &str)> = product
            .attributes
            .iter()
            .map(|attribute| (attribute.name.as_str(), attribute.value.as_str()))
            .collect();

        assert_eq!(product.brand.unwrap().as_str(), "Cumbre");
        assert_eq!(
            product
                .categories
                .iter()
                .map(Text::as_str)
                .collect::<Vec<_>>(),
            ["grocery", "coffee", "beans"]
        );
        assert_eq!(
            product.rating,
            Some(Rating {
                hundredths: 430,
                count: 120
            })
        );
        assert_eq!(product.gtin.unwrap().as_str(), "2000000000015");
        assert_eq!(product.min_age, Some(18));
        assert_eq!(product.variants[0].availability, Availability::Low);
        assert_eq!(
            product.certificates[0].scope.as_ref().unwrap().as_str(),
            "coffee, beans"
        );
        for wanted in [
            ("material", "paper"),
            ("ingredient", "coffee"),
            ("allergen_contains", "none"),
            ("allergen_may_contain", "nuts"),
            ("origin", "PE"),
            ("carbon_g", "900"),
            ("replenish_days", "21"),
            ("unit", "340 g"),
        ] {
            assert!(stated.contains(&wanted), "{wanted:?}");
        }
        let configuration = product.configuration.unwrap();
        assert_eq!(configuration.options[0].values[1].delta.minor(), 50);
        assert_eq!(configuration.rules[0].option.as_str(), "Size");
    }

    #[test]
    fn what_has_no_price_no_variant_or_no_name_is_not_offered() {
        let read = |value: Value| read(&value, &shop(), Timestamp::UNIX_EPOCH);
        let with = |member: &str, value: Value| {
            let mut product = coffee();
            product[member] = value;
            product
        };

        assert!(read(json!({ "id": "p1" })).is_none());
        assert!(read(with("variants", json!([]))).is_none());
        assert!(read(with("title", json!("   "))).is_none());
        assert!(
            read(with(
                "variants",
                json!([{ "id": "v", "price": { "amount": -1, "currency": "USD" } }])
            ))
            .is_none()
        );
        assert!(
            read(with(
                "variants",
                json!([{ "id": "v", "price": { "amount": 1, "currency": "$" } }])
            ))
            .is_none()
        );
        assert!(
            read(with(
                "variants",
                json!([{ "id": "v", "price": { "amount": 1.5, "currency": "USD" } }])
            ))
            .is_none()
        );
    }

    #[test]
    fn wild_metadata_is_bounded_and_never_fatal() {
        let mut product = coffee();
        product["metadata"] = json!({
            "materials": "oak", "allergens": [1], "unit": 7, "certificates": { "scheme": 1 }, "min_age": -3,
            "gtin": "abc", "configuration": [], "nested": { "deep": true }, "list": vec!["word"; 5_000],
        });

        let product = read(&product, &shop(), Timestamp::UNIX_EPOCH).unwrap();

        assert!(product.attributes.len() <= ATTRIBUTES_MAX);
        assert_eq!((product.min_age, product.configuration), (None, None));
        assert!(product.certificates.is_empty());
    }
}
