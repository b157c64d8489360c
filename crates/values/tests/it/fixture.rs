use std::sync::LazyLock;

use errand_types::{
    Attribute, Availability, Certificate, Currency, ForeignId, LabelRule, MerchantId, Money,
    Product, RuleKind, Source, Text, Variant,
};
use errand_values::{Evaluation, Evaluator, Labels, Question, Register};
use jiff::Timestamp;

pub(crate) const REGISTER: &str = r#"
[[certificate]]
scheme = "fairtrade-intl"
number = "FT-100"
issuer = "Test Issuer"
holder = "Alder Roasters Ltd"
scope = ["coffee", "tea"]
status = "active"
expires = "2027-06-30"

[[certificate]]
scheme = "fairtrade-intl"
number = "FT-200"
issuer = "Test Issuer"
holder = "Alder Roasters Ltd"
scope = ["coffee"]
status = "suspended"
expires = "2029-06-30"

[[certificate]]
scheme = "vegan-society"
number = "V-1"
issuer = "Vegan Issuer"
holder = "Alder Roasters Ltd"
scope = ["coffee", "shoes"]
status = "active"
expires = "2029-06-30"

[[certificate]]
scheme = "nut-free"
number = "N-1"
issuer = "Nut Issuer"
holder = ""
scope = ["grocery"]
status = "active"
expires = "2029-06-30"
"#;

pub(crate) fn now() -> Timestamp {
    "2027-03-01T12:00:00Z".parse().unwrap()
}

/// Made once: the vocabulary is large.
static EVALUATOR: LazyLock<Evaluator> = LazyLock::new(|| {
    Evaluator::new(
        Labels::builtin().unwrap(),
        vec![Register::load(REGISTER).unwrap()],
    )
});

pub(crate) fn evaluator() -> &'static Evaluator {
    &EVALUATOR
}

/// A bare product; tests say what it states.
pub(crate) fn product(title: &str, categories: &[&str]) -> Product {
    Product {
        merchant: MerchantId::parse("pantry-lane").unwrap(),
        id: ForeignId::parse("p-1").unwrap(),
        title: Text::clip(title),
        description: Text::clip(""),
        brand: None,
        company: None,
        categories: categories.iter().map(|c| Text::clip(c)).collect(),
        tags: Vec::new(),
        variants: vec![Variant {
            id: ForeignId::parse("v-1").unwrap(),
            title: Text::clip("Standard"),
            price: Money::new(1290, Currency::USD),
            availability: Availability::In,
            options: Vec::new(),
        }],
        rating: None,
        attributes: Vec::new(),
        certificates: Vec::new(),
        min_age: None,
        gtin: None,
        configuration: None,
        drawing: None,
        seen_at: now(),
    }
}

pub(crate) fn coffee() -> Product {
    let mut coffee = product("Ridge Whole Bean", &["grocery", "coffee", "beans"]);
    coffee.company = Some(Text::clip("Alder Roasters Ltd"));
    coffee
}

pub(crate) fn attribute(name: &str, value: &str) -> Attribute {
    Attribute {
        name: Text::clip(name),
        value: Text::clip(value),
        source: Source::Metadata,
    }
}

pub(crate) fn certificate(scheme: &str, number: Option<&str>) -> Certificate {
    Certificate {
        scheme: Text::clip(scheme),
        number: number.map(Text::clip),
        issuer: None,
        scope: None,
        expires: None,
    }
}

pub(crate) fn rule(kind: RuleKind, label: &str, strict: bool) -> LabelRule {
    LabelRule {
        id: Text::clip(&format!("rule-{label}")),
        kind,
        label: Text::clip(label),
        category: None,
        strict,
        said: Text::clip("my own words"),
    }
}

pub(crate) fn judge(product: &Product, rules: &[LabelRule]) -> Evaluation {
    evaluator().evaluate(
        product,
        &Question {
            rules,
            ..Question::default()
        },
        now(),
    )
}

pub(crate) fn avoid(product: &Product, label: &str) -> Evaluation {
    judge(product, &[rule(RuleKind::Avoid, label, false)])
}

pub(crate) fn require(product: &Product, label: &str) -> Evaluation {
    judge(product, &[rule(RuleKind::Require, label, false)])
}

/// The codes of everything that speaks against a product.
pub(crate) fn codes(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.hits().map(|hit| hit.code.as_str()).collect()
}
