use errand_types::{Product, Source, Variant};

use crate::ask::Ask;
use crate::words::{holds, words};

/// The words of one product, field by field. Prose is not among them.
#[derive(Debug)]
pub(crate) struct Page {
    title: Vec<String>,
    /// The last word of what the title names: `lamp` of `Halden desk lamp, black`.
    title_head: Option<String>,
    categories: Vec<Vec<String>>,
    /// Last words of the categories: `lamp` of `Desk lamps`.
    category_heads: Vec<String>,
    tags: Vec<Vec<String>>,
    brand: Vec<String>,
    attributes: Vec<(Vec<String>, Vec<String>)>,
}

/// How well a product's words carry the thing that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Not at all.
    None,
    /// Only beside its own name: the desk of a desk lamp.
    Weak,
    /// It is one, says a category.
    Category,
    /// It is one, says its name, its last category or an option.
    Named,
}

/// The words of one variant.
#[derive(Debug)]
pub(crate) struct Leaf {
    title: Vec<String>,
    options: Vec<(Vec<String>, Vec<String>)>,
}

impl Leaf {
    pub(crate) fn of(variant: &Variant) -> Self {
        Self {
            title: words(variant.title.as_str()),
            options: variant
                .options
                .iter()
                .map(|(n, v)| (words(n.as_str()), words(v.as_str())))
                .collect(),
        }
    }
}

impl Page {
    pub(crate) fn of(product: &Product) -> Self {
        let categories: Vec<Vec<String>> = product
            .categories
            .iter()
            .map(|c| words(c.as_str()))
            .collect();
        Self {
            title: words(product.title.as_str()),
            title_head: head(product.title.as_str()),
            category_heads: product
                .categories
                .iter()
                .flat_map(|c| heads(c.as_str()))
                .collect(),
            categories,
            tags: product.tags.iter().map(|t| words(t.as_str())).collect(),
            brand: product
                .brand
                .as_ref()
                .map(|b| words(b.as_str()))
                .unwrap_or_default(),
            attributes: product
                .attributes
                .iter()
                .filter(|a| a.source != Source::Prose)
                .map(|a| (words(a.name.as_str()), words(a.value.as_str())))
                .collect(),
        }
    }

    /// Attributes that speak for this variant: what its own option says about the same thing goes first.
    fn attributes<'a>(&'a self, leaf: &'a Leaf) -> impl Iterator<Item = &'a Vec<String>> {
        self.attributes
            .iter()
            .filter(|(name, _)| !leaf.options.iter().any(|(n, _)| n == name))
            .map(|(_, value)| value)
    }

    /// Whether a phrase stands anywhere but in prose.
    pub(crate) fn carries(&self, leaf: &Leaf, phrase: &[String]) -> bool {
        holds(&self.title, phrase)
            || holds(&leaf.title, phrase)
            || leaf.options.iter().any(|(name, value)| {
                holds(value, phrase)
                    || (holds(&[name.clone(), value.clone()].concat(), phrase) && !is_no(value))
            })
            || self.categories.iter().any(|c| holds(c, phrase))
            || self.attributes(leaf).any(|a| holds(a, phrase))
            || self.tags.iter().any(|t| holds(t, phrase))
            || holds(&self.brand, phrase)
    }

    /// A word of title or options that contradicts what was asked.
    pub(crate) fn contradicts(&self, leaf: &Leaf, ask: &Ask) -> Option<&'static str> {
        leaf.options
            .iter()
            .map(|(_, value)| value)
            .chain([&leaf.title, &self.title])
            .find_map(|field| ask.contradicted_by(field))
    }

    /// How strongly the head of the request is what this product is.
    pub(crate) fn strength(&self, leaf: &Leaf, ask: &Ask) -> Strength {
        let Some(head) = ask.thing.last() else {
            return Strength::Named;
        };
        let phrase = std::slice::from_ref(head);
        let is_qualified = self.qualified(head, ask);
        let is_named = self.title_head.as_ref() == Some(head)
            || (self.category_heads.last() == Some(head) && !is_qualified)
            || leaf.options.iter().any(|(_, value)| holds(value, phrase))
            || self.attributes(leaf).any(|a| holds(a, phrase));
        if is_named {
            Strength::Named
        } else if self.category_heads.contains(head) && !is_qualified {
            Strength::Category
        } else if self.carries(leaf, phrase) {
            // Without categories there is nothing else to tell a desk from a desk lamp.
            if self.categories.is_empty() {
                Strength::Category
            } else {
                Strength::Weak
            }
        } else if self.carries(leaf, &ask.thing) {
            Strength::Named
        } else {
            Strength::None
        }
    }

    /// Whether the categories only qualify with this word what the title names: in `Keyboards > Desk`, the desk of a
    /// keyboard is no desk.
    fn qualified(&self, head: &String, ask: &Ask) -> bool {
        let Some(named) = self
            .title_head
            .as_ref()
            .filter(|t| *t != head && !ask.thing.contains(t))
        else {
            return false;
        };
        let level = |word: &String| self.category_heads.iter().position(|h| h == word);
        level(named).is_some_and(|kind| level(head).is_some_and(|ours| ours > kind))
    }

    /// Whether a word stands where it may move a rank: title, categories, options, structured attributes. Tags do not.
    pub(crate) fn names(&self, leaf: &Leaf, word: &str) -> bool {
        let phrase = [word.to_owned()];
        holds(&self.title, &phrase)
            || self.categories.iter().any(|c| holds(c, &phrase))
            || leaf.options.iter().any(|(_, value)| holds(value, &phrase))
            || self.attributes(leaf).any(|a| holds(a, &phrase))
    }

    /// Whether the brand, or the start of the title where there is no brand field, is this brand.
    pub(crate) fn is_brand(&self, brand: &str) -> bool {
        let wanted = words(brand);
        if self.brand.is_empty() {
            return !wanted.is_empty() && self.title.starts_with(&wanted);
        }
        holds(&self.brand, &wanted)
    }
}

fn is_no(value: &[String]) -> bool {
    value
        .first()
        .is_some_and(|w| w == "no" || w == "none" || w == "without")
}

/// The last word of the first part: `lamp` of `Halden desk lamp, black (2 pieces)` and of `Lamp for the desk`.
fn head(title: &str) -> Option<String> {
    let first = title
        .split([',', '(', '|', ':', '/', '·', '–', '—'])
        .next()
        .unwrap_or(title);
    let all = words(first);
    let ends = ["with", "for", "in", "to", "by", "from"];
    let end = all
        .iter()
        .position(|w| ends.contains(&w.as_str()))
        .unwrap_or(all.len());
    let named = all.get(..end).unwrap_or(&all);
    named
        .iter()
        .rev()
        .find(|w| !w.chars().all(char::is_numeric) && w.chars().count() > 1)
        .cloned()
}

/// Heads of a category with several names: `Coffee & tea`, `Towels, linen`.
fn heads(category: &str) -> Vec<String> {
    let spelled = category.replace(" and ", "&").replace(" or ", "&");
    spelled
        .split(['&', ',', '/', '>', '+'])
        .filter_map(head)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_what_the_title_names() {
        assert_eq!(head("Halden desk lamp, black"), Some("lamp".into()));
        assert_eq!(head("Lamp for the desk"), Some("lamp".into()));
        assert_eq!(head("Coffee 340 g"), Some("coffee".into()));
        assert_eq!(head("Alder & Ash Desk to Order"), Some("desk".into()));
        assert_eq!(heads("Coffee & tea"), ["coffee", "tea"]);
        assert_eq!(heads("Coffee grinders"), ["grinder"]);
    }
}
