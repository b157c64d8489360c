use errand_types::{Product, Source, Variant};

use crate::ask::Ask;
use crate::kinds::{is_form, is_other, is_praise, is_unit, kinds};
use crate::words::{heading, holds, is_container, words};

/// The words of one product, field by field. Prose is not among them.
#[derive(Debug)]
pub(crate) struct Page {
    title: Vec<String>,
    /// The words of what the title names, the head last: `halden`, `desk`, `lamp` of `Halden desk lamp, black`.
    named: Vec<String>,
    categories: Vec<Vec<String>>,
    /// Last words of the categories: `lamp` of `Desk lamps`.
    category_heads: Vec<String>,
    /// Each name of the last category.
    leaves: Vec<Vec<String>>,
    tags: Vec<Vec<String>>,
    brand: Vec<String>,
    attributes: Vec<(Vec<String>, Vec<String>)>,
}

/// How well a product's words carry the thing that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Not at all.
    None,
    /// Only beside its own name, or in what it is made of: the desk of a desk lamp, the eggs of an ice cream.
    Weak,
    /// A category over it says so, or one of its options.
    Kind,
    /// Its last category is exactly this.
    Leaf,
    /// Its title names something that is one: a sourdough for bread.
    Kin,
    /// Its title says that it is one.
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
                .map(|(n, v)| (words(n.as_str()), spelled(words(v.as_str()))))
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
        let brand: Vec<String> = product
            .brand
            .as_ref()
            .map(|b| words(b.as_str()))
            .unwrap_or_default();
        // The colour of food is the colour of its pack: a green bag makes no green tea.
        let is_packed = product
            .attributes
            .iter()
            .any(|a| matches!(a.name.as_str(), "ingredient" | "allergen_contains"));
        let title = heading(product.title.as_str());
        Self {
            title: words(title),
            named: named(title, &brand),
            category_heads: product
                .categories
                .iter()
                .flat_map(|c| heads(c.as_str()))
                .collect(),
            leaves: product
                .categories
                .last()
                .map(|c| parts(c.as_str()).iter().map(|p| words(p)).collect())
                .unwrap_or_default(),
            categories,
            tags: product.tags.iter().map(|t| words(t.as_str())).collect(),
            brand,
            attributes: product
                .attributes
                .iter()
                .filter(|a| a.source != Source::Prose)
                .filter(|a| !(is_packed && matches!(a.name.as_str(), "colour" | "color")))
                .map(|a| {
                    (
                        words(a.name.as_str()),
                        said(a.name.as_str(), a.value.as_str()),
                    )
                })
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

    /// Whether a wish stands anywhere but in prose, in this word or another for the same.
    pub(crate) fn says(&self, leaf: &Leaf, phrase: &[String]) -> bool {
        let says = |word: &String| {
            self.carries(leaf, std::slice::from_ref(word))
                || kinds(word)
                    .iter()
                    .any(|kind| holds(&self.title, &[(*kind).to_owned()]))
        };
        // "grey wool" may be said in two places; the number and the unit of "140 cm" belong together.
        let is_measure = phrase.iter().any(|w| w.chars().any(char::is_numeric));
        self.carries(leaf, phrase) || (!is_measure && phrase.iter().all(says))
    }

    /// A word of title or options that contradicts what was asked.
    pub(crate) fn contradicts(&self, leaf: &Leaf, ask: &Ask) -> Option<&'static str> {
        leaf.options
            .iter()
            .map(|(_, value)| value)
            .chain([&leaf.title, &self.title])
            .find_map(|field| ask.contradicted_by(field))
    }

    /// Whether the title begins with a name of several words and goes on behind it.
    pub(crate) fn begins_with(&self, thing: &[String]) -> bool {
        thing.len() > 1 && self.title.starts_with(thing)
    }

    /// Each name of the last category.
    pub(crate) fn last_category(&self) -> &[Vec<String>] {
        &self.leaves
    }

    /// How strongly the head of the request is what this product is.
    pub(crate) fn strength(&self, leaf: &Leaf, ask: &Ask) -> Strength {
        let Some(head) = ask.thing.last() else {
            return Strength::Named;
        };
        let phrase = std::slice::from_ref(head);
        let is_qualified = self.qualified(head, ask);
        // "Chicken" is no dog food.
        let is_for_pets = self.category_heads.first().is_some_and(|c| c == "pet")
            && !ask.thing.iter().chain(&ask.purpose).any(|w| {
                matches!(
                    w.as_str(),
                    "pet" | "dog" | "cat" | "food" | "litter" | "chew"
                )
            });
        if is_for_pets {
            return Strength::None;
        }
        let in_option = leaf.options.iter().any(|(_, value)| holds(value, phrase));
        if self.is_named(head, ask) || (in_option && ask.thing.len() > 1) {
            Strength::Named
        } else if self.is_kin(head) {
            Strength::Kin
        } else if (self.is_leaf(ask) && !is_qualified) || self.tags.contains(&ask.thing) {
            Strength::Leaf
        } else if in_option || (self.category_heads.contains(head) && !is_qualified) {
            Strength::Kind
        } else if self.mentions(leaf, phrase) {
            // Without categories there is nothing else to tell a desk from a desk lamp.
            if self.categories.is_empty() && holds(&self.title, phrase) {
                Strength::Kind
            } else {
                Strength::Weak
            }
        } else if self.mentions(leaf, &ask.thing) {
            Strength::Kind
        } else {
            Strength::None
        }
    }

    /// Whether a phrase stands where a shop says what a thing is: in its title, categories, options or tags. What it is
    /// made of does not say that.
    fn mentions(&self, leaf: &Leaf, phrase: &[String]) -> bool {
        holds(&self.title, phrase)
            || holds(&leaf.title, phrase)
            || leaf.options.iter().any(|(_, value)| holds(value, phrase))
            || self.categories.iter().any(|c| holds(c, phrase))
            || self.tags.iter().any(|t| holds(t, phrase))
    }

    /// Whether the title says this very word for what it is: `Corner Desk`, and `Huila Beans` among the coffees.
    fn is_named(&self, head: &String, ask: &Ask) -> bool {
        let is_other = |at: usize| {
            let before = at.checked_sub(1).and_then(|b| self.named.get(b));
            before.is_some_and(|b| is_other(b, head) && !ask.thing.contains(b))
        };
        let says = name_heads(&self.named).any(|at| {
            let named = self.named.get(..=at).unwrap_or_default();
            (named.last() == Some(head) && !is_other(at))
                || ends_joined(named, &ask.thing)
                || ends_joined(named, std::slice::from_ref(head))
        });
        let last = self.named.last();
        // `Sidamo Whole Bean Coffee` for coffee beans: all words, one of them the head.
        let in_all = ask.thing.len() > 1
            && last.is_some_and(|w| ask.thing.contains(w))
            && ask
                .thing
                .iter()
                .all(|w| self.named.contains(w) || self.category_heads.contains(w));
        // The title says only how it comes, and so does the last category: what it is, stands over that.
        let is_form = last.is_some_and(|w| {
            (is_form(w) || is_container(w)) && self.category_heads.last() == Some(w)
        }) && self.category_heads.contains(head);
        says || in_all || is_form
    }

    /// Whether the title names something that is one: `Country Sourdough` for bread.
    fn is_kin(&self, head: &str) -> bool {
        let of_kind = |word: &String| kinds(head).contains(&word.as_str());
        let in_category = self.category_heads.iter().any(|c| c == head);
        name_heads(&self.named).any(|at| self.named.get(at).is_some_and(of_kind))
            || (in_category && self.named.iter().any(of_kind))
    }

    /// Whether the last category, or one name of it, is the thing and nothing else.
    fn is_leaf(&self, ask: &Ask) -> bool {
        let Some(head) = ask.thing.last() else {
            return false;
        };
        self.leaves.iter().any(|leaf| {
            leaf.last() == Some(head) && leaf.iter().all(|word| ask.thing.contains(word))
        })
    }

    /// Whether one word of the request stands here, or another word for things of its kind.
    pub(crate) fn tells(&self, leaf: &Leaf, word: &String) -> bool {
        self.carries(leaf, std::slice::from_ref(word))
            || kinds(word)
                .iter()
                .any(|kind| holds(&self.named, &[(*kind).to_owned()]))
    }

    /// Whether every word of the thing is said of it.
    pub(crate) fn has_all(&self, leaf: &Leaf, ask: &Ask) -> bool {
        ask.thing.iter().all(|w| self.tells(leaf, w)) || self.carries(leaf, &ask.thing)
    }

    /// The categories down to the one that names the thing; none where that is the widest of all.
    pub(crate) fn path_to(&self, ask: &Ask) -> Option<&[Vec<String>]> {
        let head = ask.thing.last()?;
        let level = self
            .categories
            .iter()
            .rposition(|c| c.last() == Some(head))
            .filter(|level| *level > 0)?;
        self.categories.get(..=level)
    }

    /// What it is called, whatever is added to that: brand and name.
    pub(crate) fn called(&self) -> Vec<String> {
        [self.brand.as_slice(), self.named.as_slice()].concat()
    }

    /// The word for what it is: `jacket` of `Harbour Jacket, navy`.
    pub(crate) fn head(&self) -> Option<String> {
        self.named.last().cloned()
    }

    /// Whether its name or a category is for this one.
    pub(crate) fn is_for(&self, whom: &[&str]) -> bool {
        let all = self.categories.iter().flatten().chain(&self.named);
        all.into_iter().any(|w| whom.contains(&w.as_str()))
    }

    /// Whether the title begins with the brand: what follows is then rather a line's name than a thing's.
    pub(crate) fn is_brand_led(&self) -> bool {
        !self.brand.is_empty()
            && self.title.len() > self.brand.len()
            && self.title.starts_with(&self.brand)
    }

    /// Whether the categories only qualify with this word what the title names: in `Keyboards > Desk`, the desk of a
    /// keyboard is no desk.
    fn qualified(&self, head: &String, ask: &Ask) -> bool {
        let level = |word: &String| self.category_heads.iter().position(|h| h == word);
        self.named
            .last()
            .filter(|t| *t != head && !ask.thing.contains(t))
            .and_then(level)
            .is_some_and(|kind| level(head).is_some_and(|ours| ours > kind))
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

/// What an attribute says: its value, or its name where the value only says yes: `waterproof: true`.
fn said(name: &str, value: &str) -> Vec<String> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => words(&name.replace('_', " ")),
        "false" | "no" => Vec::new(),
        _ => words(value),
    }
}

/// A size by its letter, also in words: `M` is medium.
fn spelled(mut value: Vec<String>) -> Vec<String> {
    let word = match value.as_slice() {
        [letter] => match letter.as_str() {
            "s" => Some("small"),
            "m" => Some("medium"),
            "l" => Some("large"),
            _ => None,
        },
        _ => None,
    };
    value.extend(word.map(str::to_owned));
    value
}

fn is_no(value: &[String]) -> bool {
    value
        .first()
        .is_some_and(|w| w == "no" || w == "none" || w == "without")
}

const MARKS: [char; 9] = [',', '(', '|', ':', '/', '·', '–', '—', ';'];

/// What the first part names, the head last: `halden desk lamp` of `Halden desk lamp, black (2 pieces)`. A part that only
/// repeats the brand names nothing.
fn named(title: &str, brand: &[String]) -> Vec<String> {
    let dashed = title.replace(" - ", " – ");
    let first = dashed
        .split(MARKS)
        .map(words)
        .find(|part| !part.is_empty() && part.as_slice() != brand)
        .unwrap_or_else(|| words(title));
    let ends = [
        "with", "for", "in", "to", "by", "from", "of", "without", "on", "per",
    ];
    let mut from = 0;
    let mut to = first.len();
    for (at, word) in first.iter().enumerate() {
        let packs = at
            .checked_sub(1)
            .and_then(|b| first.get(b))
            .is_some_and(|b| is_container(b));
        if word == "of" && packs && from == 0 {
            from = at.saturating_add(1);
        } else if at > from && ends.contains(&word.as_str()) {
            to = at;
            break;
        }
        // `SSD 1 TB NVMe`: from the size on it is told, not named.
        let is_size = at > from
            && word.chars().all(char::is_numeric)
            && first.get(at.saturating_add(1)).is_some_and(|w| is_unit(w));
        let is_last = at.saturating_add(2) >= first.len();
        if is_size && (is_last || first.get(at.saturating_add(1)).is_some_and(|w| w != "inch")) {
            to = at;
            break;
        }
    }
    let mut found = first.get(from..to).unwrap_or_default().to_vec();
    while found.len() > 1
        && found.last().is_some_and(|w| {
            w.chars().all(char::is_numeric) || w.chars().count() < 2 || is_unit(w) || is_praise(w)
        })
    {
        found.pop();
    }
    found
}

/// Places of the words that may be the head: the last, and what stands before a word of form or packing.
fn name_heads(named: &[String]) -> impl Iterator<Item = usize> {
    let last = named.len().checked_sub(1);
    let before = named
        .iter()
        .rposition(|w| !is_form(w) && !matches!(w.as_str(), "pack" | "piece" | "set" | "pair"))
        .filter(|at| Some(*at) != last);
    // A vacuum cleaner is a vacuum.
    let vacuum = last
        .filter(|_| named.ends_with(&["vacuum".to_owned(), "cleaner".to_owned()]))
        .and_then(|at| at.checked_sub(1));
    last.into_iter().chain(before).chain(vacuum)
}

/// Whether words end like a phrase, however both are joined: `t shirt` and `tshirt`.
fn ends_joined(named: &[String], phrase: &[String]) -> bool {
    let wanted = phrase.concat();
    let mut tail = String::new();
    named.iter().rev().take(4).any(|word| {
        tail.insert_str(0, word);
        tail == wanted
    }) && named.last().is_some_and(|w| *w != wanted)
}

/// The last word of what a name names.
fn head(name: &str) -> Option<String> {
    named(name, &[])
        .iter()
        .rev()
        .find(|w| !w.chars().all(char::is_numeric) && w.chars().count() > 1)
        .cloned()
}

/// Names of a category that has several: `Coffee & tea`, `Towels, linen`.
fn parts(category: &str) -> Vec<String> {
    let spelled = category.replace(" and ", "&").replace(" or ", "&");
    spelled
        .split(['&', ',', '/', '>', '+'])
        .map(str::to_owned)
        .collect()
}

/// Heads of a category with several names.
fn heads(category: &str) -> Vec<String> {
    parts(category).iter().filter_map(|p| head(p)).collect()
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
        assert_eq!(head("Bouquet of Your Choice"), Some("bouquet".into()));
        assert_eq!(head("Bag of basmati rice"), Some("rice".into()));
        assert_eq!(head("Internal SSD 1 TB NVMe"), Some("ssd".into()));
        assert_eq!(head("27-inch 4K Monitor"), Some("monitor".into()));
        assert_eq!(head("Bread Knife 24 cm"), Some("knif".into()));
    }
}
