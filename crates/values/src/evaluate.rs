use errand_types::{LabelRule, Language, Preference, Product, RuleKind, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facts::{CLAIM, Facts, Value};
use crate::fold::stems;
use crate::labels::{Label, LabelId, Labels};
use crate::register::{Register, Standing};
use crate::wording;

/// Says what a person's rules say about a product.
#[derive(Debug)]
pub struct Evaluator {
    labels: Labels,
    registers: Vec<Register>,
}

/// What is asked about a product: the person's rules and what they said just now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// Rules of the profile.
    pub rules: &'a [LabelRule],
    /// Labels that this errand needs confirmed.
    pub need_labels: &'a [Text<80>],
    /// Labels that this errand needs absent.
    pub need_avoid: &'a [Text<80>],
    /// Blocked brands and shops.
    pub preferences: &'a [Preference],
    /// Stated age of the person.
    pub age: Option<u8>,
    /// What the person is answered in.
    pub language: Language,
}

/// One rule and what it says about one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHit {
    /// Stable code with a page of its own: `VALUE-0001`.
    pub code: String,
    /// Name of the rule in the profile, or `need` for what was asked just now.
    pub rule: String,
    /// The person's own words for it.
    pub said: String,
    /// What is known and from whom, one sentence without a full stop.
    pub text: String,
    /// What can be done.
    pub remedy: String,
    /// Evidence level 0 to 4; `None` when nobody says anything.
    pub evidence: Option<u8>,
}

/// A required label that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The label by id.
    pub label: String,
    /// How sure that is: `confirmed in the register`.
    pub text: String,
    /// Evidence level 0 to 4.
    pub evidence: u8,
}

/// Everything that the rules say about one product; never only the first thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rules that it breaks: it is left out and not bought.
    pub violations: Vec<RuleHit>,
    /// Rules that could not be confirmed. `VALUE-0003`: shown with a warning, bought only when the person approves.
    /// `VALUE-0004`: something required is not confirmed.
    pub unconfirmed: Vec<RuleHit>,
    /// Required labels that hold.
    pub confirmed: Vec<Confirmation>,
    /// Blocked shop, and age. The gate knows these from other facts too, so they stand apart.
    pub standing: Vec<RuleHit>,
    /// Remarks that count neither way, such as a marketing word.
    pub notes: Vec<String>,
}

impl Evaluation {
    /// Whether nothing speaks against showing it: no breach, nothing required that is unconfirmed, no block.
    pub fn is_fitting(&self) -> bool {
        self.violations.is_empty()
            && self.standing.is_empty()
            && self
                .unconfirmed
                .iter()
                .all(|hit| hit.code == wording::LENIENT)
    }

    /// All hits, the hardest first.
    pub fn hits(&self) -> impl Iterator<Item = &RuleHit> {
        self.violations
            .iter()
            .chain(&self.standing)
            .chain(&self.unconfirmed)
    }
}

/// One rule in the form that is judged, whether it stands in the profile or was said just now.
#[derive(Debug, Clone, Copy)]
struct Rule<'a> {
    id: &'a str,
    kind: RuleKind,
    label: &'a str,
    said: &'a str,
    strict: bool,
    language: Language,
}

impl Evaluator {
    /// An evaluator with its vocabulary and the registers at hand.
    pub fn new(labels: Labels, registers: Vec<Register>) -> Self {
        Self { labels, registers }
    }

    /// The vocabulary.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Reads what is known about a product. Worth keeping: judging it again costs little.
    pub fn facts(&self, product: &Product, now: Timestamp) -> Facts {
        Facts::of(&self.labels, &self.registers, product, now)
    }

    /// Reads and judges a product.
    pub fn evaluate(
        &self,
        product: &Product,
        question: &Question<'_>,
        now: Timestamp,
    ) -> Evaluation {
        let has_labels = !(question.rules.is_empty()
            && question.need_labels.is_empty()
            && question.need_avoid.is_empty());
        if has_labels {
            return self.judge(product, &self.facts(product, now), question);
        }
        // Nobody asks about labels, so nothing is read.
        let mut out = Evaluation::default();
        blocks(product, question, &mut out);
        out
    }

    /// Judges a product from facts that were read before.
    pub fn judge(&self, product: &Product, facts: &Facts, question: &Question<'_>) -> Evaluation {
        let mut out = Evaluation::default();
        let in_profile = question
            .rules
            .iter()
            .filter(|rule| covers(rule, product))
            .map(|rule| Rule {
                id: rule.id.as_str(),
                kind: rule.kind,
                label: rule.label.as_str(),
                said: rule.said.as_str(),
                strict: rule.strict,
                language: question.language,
            });
        let needs: Vec<(RuleKind, &str)> = (question
            .need_avoid
            .iter()
            .map(|label| (RuleKind::Avoid, label.as_str())))
        .chain(
            question
                .need_labels
                .iter()
                .map(|label| (RuleKind::Require, label.as_str())),
        )
        .collect();
        let said: Vec<String> = needs
            .iter()
            .map(|(kind, label)| self.asked(question.language, *kind, label))
            .collect();
        let in_need = needs.iter().zip(&said).map(|((kind, label), said)| Rule {
            id: "need",
            kind: *kind,
            label,
            said,
            strict: false,
            language: question.language,
        });
        for rule in in_profile.chain(in_need) {
            let found = self
                .labels
                .id(rule.label)
                .and_then(|id| Some((id, self.labels.label(id)?)));
            match (rule.kind, found) {
                (RuleKind::Avoid, Some((id, label))) => {
                    self.avoid(rule, id, label, facts, &mut out);
                }
                (RuleKind::Require, Some((id, label))) => {
                    require(rule, id, label, facts, &mut out);
                }
                // INVARIANT: a label that nobody knows is never taken for one that does not apply.
                (RuleKind::Avoid, None) => out.violations.push(hit(
                    wording::STRICT,
                    rule,
                    None,
                    wording::no_label(rule.language, rule.label),
                )),
                (RuleKind::Require, None) => {
                    out.unconfirmed.push(hit(
                        wording::UNVERIFIED,
                        rule,
                        None,
                        wording::no_label(rule.language, rule.label),
                    ));
                }
            }
        }
        blocks(product, question, &mut out);
        self.notes(facts, question, &mut out);
        out
    }

    fn avoid(
        &self,
        rule: Rule<'_>,
        id: LabelId,
        label: &Label,
        facts: &Facts,
        out: &mut Evaluation,
    ) {
        let known = facts.known(id);
        if let Some((level, by)) = known.yes {
            let by = self.labels.label(by).unwrap_or(label);
            out.violations.push(hit(
                wording::AVOIDED,
                rule,
                Some(level),
                wording::has(rule.language, by, level),
            ));
        } else if known.is_foreign
            || (!known.may && known.no.is_some_and(|no| no >= label.avoid_level))
        {
            // It cannot have it, or somebody reliable enough says that it has not.
        } else {
            let (is_strict, text, evidence) = match (known.may, known.no) {
                (true, _) => (true, wording::may_have(rule.language, label), Some(CLAIM)),
                // The shop alone says no where its word is not enough: nobody is left without knowing that.
                (false, Some(no)) => (
                    rule.strict,
                    wording::only_the_shop(rule.language, label),
                    Some(no),
                ),
                (false, None) => (
                    rule.strict || label.strict,
                    wording::nobody_says(rule.language, label),
                    None,
                ),
            };
            if is_strict {
                out.violations
                    .push(hit(wording::STRICT, rule, evidence, text));
            } else {
                out.unconfirmed
                    .push(hit(wording::LENIENT, rule, evidence, text));
            }
        }
    }

    fn notes(&self, facts: &Facts, question: &Question<'_>, out: &mut Evaluation) {
        let asks = |label: &str| label.starts_with("cert:");
        let is_asked = question.rules.iter().any(|r| asks(r.label.as_str()))
            || question.need_labels.iter().any(|l| asks(l.as_str()));
        if is_asked {
            out.notes.extend(
                facts
                    .marketing
                    .iter()
                    .map(|word| wording::marketing(question.language, word)),
            );
        }
        for (label, standing) in &facts.standings {
            let word = self.labels.word(*label, question.language);
            if !matches!(standing, Standing::Confirmed { .. }) {
                out.notes
                    .push(wording::standing_note(question.language, word, standing));
            }
        }
    }

    /// The words for what was asked just now, where the person's own are not at hand.
    fn asked(&self, language: Language, kind: RuleKind, label: &str) -> String {
        let word = self
            .labels
            .id(label)
            .map_or(label, |id| self.labels.word(id, language));
        match kind {
            RuleKind::Avoid => wording::asked_no(language, word),
            RuleKind::Require => wording::asked_with(language, word),
        }
    }
}

fn require(rule: Rule<'_>, id: LabelId, label: &Label, facts: &Facts, out: &mut Evaluation) {
    let (value, evidence) = facts.value(id);
    let standing = facts
        .standings
        .iter()
        .find(|(of, _)| *of == id)
        .map(|(_, standing)| standing);
    let is_foreign = facts.known(id).is_foreign;
    match value {
        Value::True if evidence.is_some_and(|level| level >= label.require_level) => {
            let level = evidence.unwrap_or_default();
            let text = wording::confirmed(rule.language, level, standing);
            out.confirmed.push(Confirmation {
                label: label.id.clone(),
                text,
                evidence: level,
            });
        }
        Value::False => out.violations.push(hit(
            wording::LACKING,
            rule,
            evidence,
            wording::has_not(rule.language, label),
        )),
        Value::Unknown if is_foreign => {
            out.violations.push(hit(
                wording::LACKING,
                rule,
                None,
                wording::has_not(rule.language, label),
            ));
        }
        Value::True | Value::Unknown => {
            let claimed = facts.known(id).yes.map(|(level, _)| level);
            let text = wording::unverified(rule.language, label, claimed, standing);
            out.unconfirmed
                .push(hit(wording::UNVERIFIED, rule, claimed, text));
        }
    }
}

fn hit(code: &str, rule: Rule<'_>, evidence: Option<u8>, text: String) -> RuleHit {
    RuleHit {
        code: code.to_owned(),
        rule: rule.id.to_owned(),
        said: rule.said.to_owned(),
        text,
        remedy: wording::remedy(rule.language, code),
        evidence,
    }
}

/// Whether a rule is about a product. A product that names no category is about everything: leaving out its category
/// must not be a way around a rule.
fn covers(rule: &LabelRule, product: &Product) -> bool {
    let Some(category) = &rule.category else {
        return true;
    };
    let wanted = stems(category.as_str());
    if wanted.is_empty() || product.categories.is_empty() {
        return true;
    }
    let categories = product.categories.iter().map(Text::as_str);
    categories
        .chain([product.title.as_str()])
        .any(|text| contains(&stems(text), &wanted))
}

fn contains(words: &[String], wanted: &[String]) -> bool {
    words.windows(wanted.len()).any(|window| window == wanted)
}

fn blocks(product: &Product, question: &Question<'_>, out: &mut Evaluation) {
    for preference in question.preferences {
        match preference {
            Preference::BlockBrand(brand) if is_of_brand(product, brand.as_str()) => {
                let rule = Rule {
                    id: "block-brand",
                    kind: RuleKind::Avoid,
                    label: "",
                    said: brand.as_str(),
                    strict: true,
                    language: question.language,
                };
                out.violations.push(hit(
                    wording::BRAND,
                    rule,
                    Some(CLAIM),
                    wording::brand(question.language, brand.as_str()),
                ));
            }
            Preference::BlockMerchant(merchant) if *merchant == product.merchant => {
                let said = merchant.as_str();
                let rule = Rule {
                    id: "block-merchant",
                    kind: RuleKind::Avoid,
                    label: "",
                    said,
                    strict: true,
                    language: question.language,
                };
                out.standing.push(hit(
                    wording::MERCHANT,
                    rule,
                    None,
                    wording::merchant(question.language, said),
                ));
            }
            Preference::BlockBrand(_)
            | Preference::BlockMerchant(_)
            | Preference::PreferBrand(_)
            | Preference::PreferLabel(_)
            | Preference::PreferMerchant(_) => {}
        }
    }
    if let Some(min) = product
        .min_age
        .filter(|min| *min > 0 && question.age.is_none_or(|age| age < *min))
    {
        let rule = Rule {
            id: "age",
            kind: RuleKind::Require,
            label: "",
            said: "",
            strict: true,
            language: question.language,
        };
        out.standing.push(hit(
            wording::AGE,
            rule,
            Some(CLAIM),
            wording::age(question.language, min, question.age),
        ));
    }
}

fn is_of_brand(product: &Product, brand: &str) -> bool {
    let wanted = stems(brand);
    let own = product.brand.as_ref().map(Text::as_str);
    let company = product.company.as_ref().map(Text::as_str);
    !wanted.is_empty()
        && own
            .into_iter()
            .chain(company)
            .chain([product.title.as_str()])
            .any(|t| contains(&stems(t), &wanted))
}
