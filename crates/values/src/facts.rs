use errand_types::{Product, Source, Text};
use jiff::Timestamp;

use crate::fold::{Token, stems, tokens};
use crate::labels::{Label, LabelId, Labels, Namespace};
use crate::phrases::is_denied;
use crate::register::{Register, Standing};

/// Evidence of prose, and of anything that is proposed.
pub const PROSE: u8 = 0;
/// Evidence of the shop's structured claim.
pub const CLAIM: u8 = 1;
/// Evidence of the issuer's register.
pub const REGISTER: u8 = 3;

/// Most statements of one product that are read.
const STATEMENTS_MAX: usize = 400;

/// What is known about one product: for each label a yes, a no, both or neither, each with its best evidence.
///
/// Compute it once and judge it often. It is true for the product as it was seen and for the day it was computed on.
#[derive(Debug, Clone)]
pub struct Facts {
    known: Vec<Known>,
    pub(crate) standings: Vec<(LabelId, Standing)>,
    pub(crate) marketing: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// Best evidence that it is true, and by which label it came.
    pub(crate) yes: Option<(u8, LabelId)>,
    /// Best evidence that it is false.
    pub(crate) no: Option<u8>,
    /// The shop names it in so many words. "Nuts" says nothing about which, so it leaves each of them open.
    is_stated: bool,
    /// The shop says that traces are possible.
    pub(crate) may: bool,
    /// The product is of a sort that cannot have it: a desk has no ingredients.
    pub(crate) is_foreign: bool,
}

/// Three values. A yes and a no together are unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// Nobody says, or they contradict each other.
    Unknown,
}

impl Facts {
    /// What is known about a label, and how sure that is, 0 (prose) to 4 (signed).
    pub fn value(&self, label: LabelId) -> (Value, Option<u8>) {
        let known = self.known(label);
        match (known.yes, known.no) {
            (Some((yes, _)), None) => (Value::True, Some(yes)),
            (None, Some(no)) if !known.may => (Value::False, Some(no)),
            (Some(_), Some(_)) | (None, Some(_) | None) => (Value::Unknown, None),
        }
    }

    /// What the registers said to the certificates that the shop claims, by label.
    pub fn standings(&self) -> impl Iterator<Item = (LabelId, &Standing)> {
        self.standings
            .iter()
            .map(|(label, standing)| (*label, standing))
    }

    pub(crate) fn known(&self, label: LabelId) -> Known {
        self.known.get(label.at()).copied().unwrap_or_default()
    }

    /// Reads a product. Total: whatever a shop writes, there is an answer.
    pub(crate) fn of(
        labels: &Labels,
        registers: &[Register],
        product: &Product,
        now: Timestamp,
    ) -> Self {
        let mut this = Self {
            known: vec![Known::default(); labels.len()],
            standings: Vec::new(),
            marketing: Vec::new(),
        };
        let listed = this.foreign(labels, product);
        this.attributes(labels, product);
        this.certificates(labels, registers, product, now);
        this.prose(labels, product);
        this.age(labels, product);
        let has_allergens =
            states(product, "allergen_contains") || states(product, "allergen_may_contain");
        this.lists_are_whole(labels, &listed, has_allergens);
        this
    }

    /// Marks what this sort of product cannot have. Returns for each kind whether the product states its list.
    fn foreign(&mut self, labels: &Labels, product: &Product) -> Vec<Listed> {
        // Only the most general category tells what sort of thing it is: tea in bags is no bag.
        let sort = product
            .categories
            .first()
            .and_then(|c| stems(c.as_str()).into_iter().next());
        let has_allergens =
            states(product, "allergen_contains") || states(product, "allergen_may_contain");
        let listed: Vec<Listed> = labels
            .kinds
            .iter()
            .map(|kind| {
                let is_stated = kind.attributes.iter().any(|name| states(product, name));
                // Whoever names allergens has food, whatever shelf it stands on.
                let is_food =
                    has_allergens && kind.attributes.iter().any(|name| name == "ingredient");
                let is_elsewhere = sort.as_ref().is_some_and(|sort| kind.not_in.contains(sort));
                match (is_stated, is_elsewhere && !is_food) {
                    (true, _) => Listed::Stated,
                    (false, true) => Listed::Foreign,
                    (false, false) => Listed::Unsaid,
                }
            })
            .collect();
        for (id, label) in labels.all() {
            let mut of_label = label.kinds.iter().filter_map(|kind| listed.get(*kind));
            if let Some(known) = self.known.get_mut(id.at()) {
                known.is_foreign =
                    !label.kinds.is_empty() && of_label.all(|l| *l == Listed::Foreign);
            }
        }
        listed
    }

    fn attributes(&mut self, labels: &Labels, product: &Product) {
        let food = labels
            .kinds
            .iter()
            .position(|k| k.attributes.iter().any(|a| a == "ingredient"));
        let material = labels
            .kinds
            .iter()
            .position(|k| k.attributes.iter().any(|a| a == "material"));
        for attribute in statements(product) {
            let is_of = |label: &Label, kind: Option<usize>| {
                kind.is_some_and(|kind| label.kinds.contains(&kind))
            };
            let fits = |label: &Label| match (attribute.name.as_str(), label.namespace) {
                ("material", Namespace::Contains) => is_of(label, material),
                (
                    "ingredient" | "allergen_contains" | "allergen_may_contain",
                    Namespace::Contains,
                ) => is_of(label, food),
                (
                    "ingredient" | "allergen_contains" | "allergen_may_contain" | "free_from",
                    Namespace::Allergen,
                )
                | ("free_from", Namespace::Contains)
                | ("origin", Namespace::Origin)
                | ("hazard", Namespace::Hazard)
                | ("category", Namespace::Cat) => true,
                _ => false,
            };
            let level = level_of(attribute.source);
            let words = tokens(attribute.value.as_str());
            for label in meant(labels, &words, fits, |span| is_denied(&words, span)) {
                match attribute.name.as_str() {
                    "free_from" => self.no(labels, label, level),
                    "allergen_may_contain" => self.may(labels, label),
                    "origin" => {
                        self.yes(labels, label, level);
                        for (other, _) in labels
                            .all()
                            .filter(|(o, l)| l.namespace == Namespace::Origin && *o != label)
                        {
                            self.no(labels, other, level);
                        }
                    }
                    _ => self.yes(labels, label, level),
                }
            }
        }
        for category in &product.categories {
            for label in meant(
                labels,
                &tokens(category.as_str()),
                |l| l.namespace == Namespace::Cat,
                |_| false,
            ) {
                self.yes(labels, label, CLAIM);
            }
        }
    }

    fn certificates(
        &mut self,
        labels: &Labels,
        registers: &[Register],
        product: &Product,
        now: Timestamp,
    ) {
        for claim in product.certificates.iter().take(STATEMENTS_MAX) {
            let by_id = labels.id(&format!(
                "cert:{}",
                crate::fold::fold(claim.scheme.as_str().trim())
            ));
            let is_cert = |label: &Label| label.namespace == Namespace::Cert;
            let words = tokens(claim.scheme.as_str());
            let Some(label) =
                by_id.or_else(|| meant(labels, &words, is_cert, |_| false).into_iter().next())
            else {
                continue;
            };
            let standing = registers
                .iter()
                .map(|register| register.check(claim, product, now))
                .min_by_key(|standing| match standing {
                    Standing::Confirmed { .. } => 0,
                    Standing::NoRegister => 2,
                    _ => 1,
                })
                .unwrap_or(Standing::NoRegister);
            let is_confirmed = matches!(standing, Standing::Confirmed { .. });
            self.yes(labels, label, if is_confirmed { REGISTER } else { CLAIM });
            if is_confirmed {
                for excluded in labels
                    .label(label)
                    .map(|l| l.excludes.clone())
                    .unwrap_or_default()
                {
                    self.no_at(excluded, REGISTER);
                }
            }
            self.standings.push((label, standing));
        }
        self.standings.sort();
    }

    /// What a shop writes counts against it where somebody avoids it, and never for it.
    fn prose(&mut self, labels: &Labels, product: &Product) {
        let tags = product.tags.iter().map(Text::as_str);
        let variants = product.variants.iter().take(40).map(|v| v.title.as_str());
        let texts = [product.title.as_str(), product.description.as_str()]
            .into_iter()
            .chain(tags)
            .chain(variants);
        for text in texts.take(STATEMENTS_MAX) {
            let words = tokens(text);
            let fits = |label: &Label| {
                label.is_in_prose
                    && matches!(
                        label.namespace,
                        Namespace::Contains | Namespace::Allergen | Namespace::Cert
                    )
            };
            for label in meant(labels, &words, fits, |span| is_denied(&words, span)) {
                if !self.known(label).is_foreign {
                    self.yes(labels, label, PROSE);
                }
            }
            for span in labels.marketing.spans(&words) {
                let stem = words.get(span.from..span.to).unwrap_or_default();
                let word = stem
                    .iter()
                    .map(|t: &Token| t.stem.as_str())
                    .collect::<Vec<_>>()
                    .join(" ");
                if !self.marketing.contains(&word) {
                    self.marketing.push(word);
                }
            }
        }
    }

    fn age(&mut self, labels: &Labels, product: &Product) {
        for (years, id) in [
            (16, "hazard:age16"),
            (18, "hazard:age18"),
            (21, "hazard:age21"),
        ] {
            if product.min_age.is_some_and(|age| age >= years)
                && let Some(label) = labels.id(id)
            {
                self.yes(labels, label, CLAIM);
            }
        }
    }

    /// A list that a shop states is its claim that nothing else is in it.
    fn lists_are_whole(&mut self, labels: &Labels, listed: &[Listed], has_allergens: bool) {
        for (id, label) in labels.all() {
            let mut of_label = label.kinds.iter().filter_map(|kind| listed.get(*kind));
            let has_stated = of_label.clone().any(|l| *l == Listed::Stated);
            let is_whole = (has_stated && of_label.all(|l| *l != Listed::Unsaid))
                || (has_allergens && label.namespace == Namespace::Allergen);
            let is_open = label
                .up
                .iter()
                .any(|above| *above != id && self.known(*above).is_stated);
            if is_whole && !is_open {
                let known = self.known(id);
                // Prose that names it contradicts the list: both stay, and together they are unknown.
                if known.yes.is_none_or(|(level, _)| level == PROSE) {
                    self.no_at(id, CLAIM);
                }
            }
        }
    }

    fn yes(&mut self, labels: &Labels, label: LabelId, level: u8) {
        if let Some(known) = self.known.get_mut(label.at()) {
            known.is_stated |= level >= CLAIM;
        }
        for above in labels
            .label(label)
            .map(|l| l.up.as_slice())
            .unwrap_or_default()
        {
            if let Some(known) = self.known.get_mut(above.at())
                && known.yes.is_none_or(|(old, _)| old < level)
            {
                known.yes = Some((level, label));
            }
        }
    }

    fn no(&mut self, labels: &Labels, label: LabelId, level: u8) {
        for below in labels
            .label(label)
            .map(|l| l.down.as_slice())
            .unwrap_or_default()
        {
            self.no_at(*below, level);
        }
    }

    fn no_at(&mut self, label: LabelId, level: u8) {
        if let Some(known) = self.known.get_mut(label.at()) {
            known.no = Some(known.no.map_or(level, |old| old.max(level)));
        }
    }

    /// Traces of peanut are traces of nuts, and traces of nuts may be of peanut.
    fn may(&mut self, labels: &Labels, label: LabelId) {
        let Some(label) = labels.label(label) else {
            return;
        };
        for near in label.up.iter().chain(&label.down) {
            if let Some(known) = self.known.get_mut(near.at()) {
                known.may = true;
            }
        }
    }
}

/// Whether a product states one of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    Stated,
    Unsaid,
    /// It cannot have one.
    Foreign,
}

fn states(product: &Product, name: &str) -> bool {
    statements(product).any(|attribute| attribute.name.as_str() == name)
}

fn statements(product: &Product) -> impl Iterator<Item = &errand_types::Attribute> {
    product.attributes.iter().take(STATEMENTS_MAX)
}

/// Tags are free words of a shop, so they are prose.
fn level_of(source: Source) -> u8 {
    match source {
        Source::Field | Source::Metadata | Source::User => CLAIM,
        Source::Tag | Source::Prose => PROSE,
    }
}

/// The labels that a text means, each once.
fn meant(
    labels: &Labels,
    words: &[Token],
    fits: impl Fn(&Label) -> bool,
    is_denied: impl Fn(crate::phrases::Span) -> bool,
) -> Vec<LabelId> {
    let mut out: Vec<LabelId> = Vec::new();
    for span in labels.phrases.spans(words) {
        if !out.contains(&span.label)
            && labels.label(span.label).is_some_and(&fits)
            && !is_denied(span)
        {
            out.push(span.label);
        }
    }
    out
}
