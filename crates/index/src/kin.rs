//! Kinship between words, learned from the products: "laptop" and "notebook", "fiber" and "fibre".
//!
//! Two words are kin when they stand before the same words (a laptop case, a notebook case: a laptop lock, a notebook
//! lock), when products that say the one say the other more often than chance, and when both name things. Words that
//! follow each other are parts of one name and no kin, words beside each other ("keyboard and mouse") are two things, and
//! colours and other stated values are no kin either, though black and grey stand before the same words. Two spellings
//! of one word need less evidence than two words.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::fold::{Folder, Piece, fold, pieces};

/// Products that must have a word.
const COUNT_MIN: u32 = 15;
/// How alike the words after two words must be, as a cosine: of two spellings, and of two words.
const ALIKE_SPELLINGS_MIN: f32 = 0.2;
const ALIKE_MIN: f32 = 0.3;
/// How much more often than chance both must be in one product.
const LIFT_SPELLINGS_MIN: f32 = 2.0;
const LIFT_MIN: f32 = 4.0;
/// Products that must say both.
const BOTH_MIN: u32 = 3;
/// Share of a word's products in whose title it names the thing, when its kin is another word.
const NAMING_MIN: f32 = 0.4;
/// Share of a word's products that state it as a value, at most.
const VALUE_MAX: f32 = 0.3;
/// Share of the products with both words in which one follows the other, or stands beside it, at most.
const FOLLOWS_MAX: f32 = 0.1;
/// Pieces of one text that are looked at.
const PIECES_MAX: usize = 120;

/// A product as learning sees it.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// Terms of the words that name the thing.
    pub(crate) heads: Vec<String>,
    /// Terms of stated values.
    pub(crate) values: HashSet<String>,
    /// Terms of the brand.
    pub(crate) brand: Vec<String>,
}

/// For a stem, its kin with how near they are, 0 to 1.
pub(crate) type Kin = BTreeMap<String, Vec<(String, f32)>>;

#[derive(Debug, Default)]
struct Word {
    count: u32,
    as_value: u32,
    as_head: u32,
    is_brand: bool,
    /// How often each word stands after it, once a product.
    after: HashMap<u32, u32>,
    products: Vec<u32>,
}

/// What stands in a text: a word by its number, a sign that puts two beside each other, or what nothing is learned over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Word(u32),
    Beside,
    Gap,
}

/// Gathers what products say.
#[derive(Debug, Default)]
pub(crate) struct Learner {
    folder: Folder,
    ids: HashMap<String, u32>,
    names: Vec<String>,
    words: Vec<Word>,
    neighbours: HashMap<(u32, u32), u32>,
    products: u32,
}

impl Learner {
    pub(crate) fn see(&mut self, sample: &Sample<'_>) {
        let product = self.products;
        self.products += 1;
        let mut pairs: HashSet<(u32, u32)> = HashSet::new();
        let mut next: HashSet<(u32, u32)> = HashSet::new();
        for text in [sample.title, sample.description] {
            let line = self.line(text);
            for (at, item) in line.iter().enumerate() {
                let Item::Word(word) = item else { continue };
                let mut ahead = line.iter().skip(at + 1);
                let first = match ahead.next() {
                    // "keyboard/mouse", "keyboard and mouse": next to each other, and nothing is said of either.
                    Some(Item::Beside) => {
                        if let Some(Item::Word(other)) = ahead.next() {
                            next.insert((*word, *other));
                        }
                        None
                    }
                    Some(Item::Word(first)) => Some(*first),
                    Some(Item::Gap) | None => None,
                };
                if let Some(first) = first.filter(|first| first != word) {
                    pairs.insert((*word, first));
                    next.insert((*word, first));
                    if let Some(Item::Word(second)) = ahead.next()
                        && second != word
                    {
                        pairs.insert((*word, *second));
                    }
                }
                if let Some(entry) = self.words.get_mut(*word as usize)
                    && entry.products.last() != Some(&product)
                {
                    entry.products.push(product);
                    entry.count += 1;
                }
            }
        }
        for (word, after) in pairs {
            if let Some(entry) = self.words.get_mut(word as usize) {
                *entry.after.entry(after).or_default() += 1;
            }
        }
        for pair in next {
            *self.neighbours.entry(pair).or_default() += 1;
        }
        let mut note = |terms: &mut dyn Iterator<Item = &String>, what: fn(&mut Word)| {
            for term in terms {
                if let Some(entry) = self
                    .ids
                    .get(term.as_str())
                    .and_then(|id| self.words.get_mut(*id as usize))
                    && entry.products.last() == Some(&product)
                {
                    what(entry);
                }
            }
        };
        note(&mut sample.values.iter(), |word| word.as_value += 1);
        note(&mut sample.heads.iter(), |word| word.as_head += 1);
        note(&mut sample.brand.iter(), |word| word.is_brand = true);
    }

    /// The words of a text by number.
    fn line(&mut self, text: &str) -> Vec<Item> {
        let folded = fold(text);
        let mut line = Vec::new();
        for piece in pieces(&folded).take(PIECES_MAX) {
            match piece {
                Piece::Word("and" | "or") | Piece::Beside => line.push(Item::Beside),
                Piece::Word(word) => {
                    let stem = self.folder.stem(word);
                    let id = if let Some(id) = self.ids.get(stem) {
                        *id
                    } else {
                        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                        self.ids.insert(stem.to_owned(), id);
                        self.names.push(stem.to_owned());
                        self.words.push(Word::default());
                        id
                    };
                    line.push(Item::Word(id));
                }
                Piece::Joint => {}
                Piece::Code(_) | Piece::Mark => line.push(Item::Gap),
            }
        }
        line
    }

    pub(crate) fn learn(self) -> Kin {
        let is_candidate = |word: &Word, name: &str| {
            word.count >= COUNT_MIN
                && !word.is_brand
                && name.chars().count() > 3
                && share(word.as_value, word.count) < VALUE_MAX
        };
        let candidates: Vec<u32> = (0_u32..)
            .zip(self.words.iter().zip(&self.names))
            .filter(|(_, (word, name))| is_candidate(word, name))
            .map(|(id, _)| id)
            .collect();
        let directions = self.directions(&candidates);
        let nearest: BTreeMap<u32, (u32, f32)> = directions
            .iter()
            .filter_map(|(id, direction)| Some((*id, self.kin_of(*id, direction, &directions)?)))
            .collect();
        let mut kin = Kin::new();
        for (id, (other, alike)) in &nearest {
            // Each must be nearest to the other: "page" is near to "cartridge", but not the other way about.
            let is_mutual = nearest.get(other).is_some_and(|(back, _)| back == id);
            if is_mutual
                && let Some(name) = self.names.get(*id as usize)
                && let Some(other) = self.names.get(*other as usize)
            {
                kin.insert(name.clone(), vec![(other.clone(), *alike)]);
            }
        }
        kin
    }

    /// For each word the weights of the words after it, of length one.
    fn directions(&self, candidates: &[u32]) -> BTreeMap<u32, HashMap<u32, f32>> {
        let mut before: HashMap<u32, u32> = HashMap::new();
        let words = || {
            candidates
                .iter()
                .filter_map(|id| Some((*id, self.words.get(*id as usize)?)))
        };
        for after in words().flat_map(|(_, word)| word.after.keys()) {
            *before.entry(*after).or_default() += 1;
        }
        let all = count(u32::try_from(candidates.len()).unwrap_or(u32::MAX));
        words()
            .map(|(id, word)| {
                let total: u32 = word.after.values().sum();
                let mut direction: HashMap<u32, f32> = word
                    .after
                    .iter()
                    .filter(|(_, n)| **n > 1)
                    .map(|(after, n)| {
                        let rare =
                            (1.0 + all / count(before.get(after).copied().unwrap_or(1))).ln();
                        (*after, share(*n, total).sqrt() * rare)
                    })
                    .collect();
                // In a fixed order: a sum of floats hangs on it.
                let mut squares: Vec<f32> = direction.values().map(|x| x * x).collect();
                squares.sort_by(f32::total_cmp);
                let length = squares.iter().sum::<f32>().sqrt().max(f32::EPSILON);
                for weight in direction.values_mut() {
                    *weight /= length;
                }
                (id, direction)
            })
            .collect()
    }

    /// The nearest word that may be kin, and how near.
    fn kin_of(
        &self,
        id: u32,
        direction: &HashMap<u32, f32>,
        all: &BTreeMap<u32, HashMap<u32, f32>>,
    ) -> Option<(u32, f32)> {
        let word = self.words.get(id as usize)?;
        let name = self.names.get(id as usize)?;
        let mut best: Option<(u32, f32)> = None;
        for (other, their_direction) in all.iter().filter(|(other, _)| **other != id) {
            let alike = cosine(direction, their_direction);
            if alike < ALIKE_SPELLINGS_MIN || best.is_some_and(|(_, best)| alike <= best) {
                continue;
            }
            let their = self.words.get(*other as usize)?;
            let both = common(&word.products, &their.products);
            let lift =
                count(both) * count(self.products) / (count(word.count) * count(their.count));
            let is_apart = count(self.follows(id, *other)) <= FOLLOWS_MAX * count(both);
            let is_evident = if is_spelling(name, self.names.get(*other as usize)?) {
                lift >= LIFT_SPELLINGS_MIN
            } else {
                let names = |word: &Word| share(word.as_head, word.count) >= NAMING_MIN;
                alike >= ALIKE_MIN && lift >= LIFT_MIN && names(word) && names(their)
            };
            if both >= BOTH_MIN && is_apart && is_evident {
                best = Some((*other, alike.min(1.0)));
            }
        }
        best
    }

    fn follows(&self, a: u32, b: u32) -> u32 {
        let of = |pair| self.neighbours.get(&pair).copied().unwrap_or_default();
        of((a, b)) + of((b, a))
    }
}

fn cosine(a: &HashMap<u32, f32>, b: &HashMap<u32, f32>) -> f32 {
    let (small, large) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let mut products: Vec<f32> = small
        .iter()
        .filter_map(|(after, x)| Some(x * large.get(after)?))
        .collect();
    products.sort_by(f32::total_cmp);
    products.iter().sum()
}

/// Whether two words may be one word in two spellings: the same beginning of three letters, and the rest of the shorter
/// in the longer in its order, but for one letter; as long but for one letter.
fn is_spelling(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let start = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let mut rest = long.chars();
    let found = short
        .chars()
        .filter(|letter| rest.clone().any(|c| c == *letter) && rest.any(|c| c == *letter));
    long.len() - short.len() <= 1 && start >= 3 && found.count() + 1 >= short.chars().count()
}

fn common(a: &[u32], b: &[u32]) -> u32 {
    let mut both = 0;
    let mut rest = b.iter().peekable();
    for product in a {
        while rest.next_if(|other| *other < product).is_some() {}
        both += u32::from(rest.peek() == Some(&product));
    }
    both
}

#[expect(
    clippy::cast_precision_loss,
    reason = "statistics of at most some thousand products"
)]
fn count(n: u32) -> f32 {
    n as f32
}

fn share(part: u32, whole: u32) -> f32 {
    count(part) / count(whole.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learned(titles: &[&str]) -> Kin {
        let mut learner = Learner::default();
        let mut folder = Folder::default();
        for title in titles {
            let none = HashSet::new();
            learner.see(&Sample {
                title,
                description: "",
                heads: crate::head::heads(&mut folder, title, &none),
                values: none,
                brand: Vec::new(),
            });
        }
        learner.learn()
    }

    fn catalog() -> Vec<&'static str> {
        let mut titles = Vec::new();
        for _ in 0..10 {
            titles.extend([
                "fiber patch cable 1 m fiber",
                "fibre patch cable 2 m fibre",
                "fiber optic cord, fibre optic lead",
                "fibre channel adapter, fiber channel card",
                "keyboard tray",
                "mouse tray",
                "keyboard and mouse",
                "keyboard and mouse set",
                "mouse pad",
                "keyboard pad",
                "chair",
                "table",
                "lamp",
                "garden hose",
                "paint roller",
                "door mat",
                "wall clock",
                "oak shelf",
            ]);
        }
        titles
    }

    #[test]
    fn two_spellings_of_one_word_are_kin() {
        let kin = learned(&catalog());

        assert_eq!(kin["fiber"].first().unwrap().0, "fibr");
        assert_eq!(kin["fibr"].first().unwrap().0, "fiber");
    }

    #[test]
    fn two_things_that_are_named_beside_each_other_are_no_kin() {
        let kin = learned(&catalog());

        assert!(
            !kin.contains_key("keyboard") && !kin.contains_key("mous"),
            "{kin:?}"
        );
    }

    #[test]
    fn spellings_share_a_beginning_and_nearly_all_letters() {
        assert!(is_spelling("fiber", "fibr") && is_spelling("color", "colour"));
        assert!(!is_spelling("keyboard", "mous") && !is_spelling("panel", "pan"));
    }
}
