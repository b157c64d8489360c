use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use errand_types::Language;

use crate::OfflineError;
use crate::act::{Note, Verb};
use crate::german::{GoodsNamed, fold};
use crate::pattern::{Pattern, Words};
use crate::refer::Way;
use crate::spelling::{Index, delete_keys, distance};
use crate::text::Short;

/// A plain hash for short words that are looked up hundreds of times a turn. What shops teach is bounded, so words made
/// to fall together cost little.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct QuickHash(u64);

pub(crate) type Quick = std::hash::BuildHasherDefault<QuickHash>;

impl std::hash::Hasher for QuickHash {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (slot, byte) in word.iter_mut().zip(chunk) {
                *slot = *byte;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
}

/// Phrases by their first word, longest first.
#[derive(Debug, Default, Clone)]
pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<(Vec<String>, T)>, Quick>,
}

impl<T: Clone> Phrases<T> {
    pub(crate) fn new(entries: impl IntoIterator<Item = (Vec<String>, T)>) -> Self {
        let mut by_first: HashMap<String, Vec<(Vec<String>, T)>, Quick> = HashMap::default();
        for (words, value) in entries {
            if let Some(first) = words.first() {
                by_first
                    .entry(first.clone())
                    .or_default()
                    .push((words, value));
            }
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Self { by_first }
    }

    pub(crate) fn insert(&mut self, words: Vec<String>, value: T) {
        if let Some(first) = words.first() {
            let list = self.by_first.entry(first.clone()).or_default();
            let at = list.partition_point(|(known, _)| known.len() >= words.len());
            list.insert(at, (words, value));
        }
    }

    /// The longest phrase that begins at `at`, with its end.
    pub(crate) fn at<'a>(
        &'a self,
        at: usize,
        to: usize,
        word: impl Fn(usize) -> &'a str,
    ) -> Option<(usize, &'a T)> {
        self.by_first
            .get(word(at))?
            .iter()
            .find_map(|(words, value)| {
                let end = at + words.len();
                let fits = end <= to && words.iter().enumerate().all(|(i, w)| word(at + i) == w);
                fits.then_some((end, value))
            })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    short: HashMap<String, String>,
    ending: HashMap<String, String>,
    classes: HashMap<String, Vec<String>>,
    facets: HashMap<String, Vec<String>>,
    sort: HashMap<String, Vec<String>>,
    criteria: HashMap<String, Vec<String>>,
    about: HashMap<String, Vec<String>>,
    together: Together,
    dozen: Dozen,
    goods: Goods,
    option_words: HashMap<String, Vec<String>>,
    currency: HashMap<String, String>,
    dollars: Dollars,
}

#[derive(Deserialize)]
struct Together {
    phrases: Vec<String>,
}

#[derive(Deserialize)]
struct Dozen {
    words: Vec<String>,
    things: Vec<String>,
}

#[derive(Deserialize)]
struct Goods {
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Dollars {
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NumbersFile {
    units: HashMap<String, i64>,
    tens: HashMap<String, i64>,
    scales: HashMap<String, i64>,
    phrases: HashMap<String, i64>,
    ordinals: HashMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeFile {
    weekdays: HashMap<String, i8>,
    months: HashMap<String, i8>,
    parts: HashMap<String, (u16, u16)>,
    moments: HashMap<String, u16>,
    days: HashMap<String, i32>,
    day_parts: HashMap<String, (u16, u16)>,
    words: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrammarFile {
    macros: HashMap<String, String>,
    rule: Vec<RuleEntry>,
    reference: Vec<ReferenceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    act: Verb,
    say: Vec<String>,
    #[serde(default)]
    note: Option<Note>,
    #[serde(default)]
    needs: Vec<State>,
    #[serde(default)]
    cost: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferenceEntry {
    way: Way,
    say: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NeedsFile {
    needs: HashMap<String, Vec<String>>,
    recipes: HashMap<String, Vec<String>>,
    gifts: Gifts,
}

/// What shops call things to give.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gifts {
    pub(crate) anybody: String,
    /// For somebody small.
    pub(crate) small: String,
}

/// What must be on the table for a rule to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Shown,
    Cart,
    Need,
    Choose,
    Orders,
    Configuring,
    /// Something shown, in the cart or in focus.
    Thing,
}

/// One sentence pattern and what it asks for.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) act: Verb,
    pub(crate) note: Option<Note>,
    pub(crate) pattern: Pattern,
    pub(crate) needs: Vec<State>,
    pub(crate) cost: u32,
    pub(crate) text: String,
}

/// Word classes by name, as phrases.
pub(crate) type Class = Phrases<()>;

/// Everything that one language brings along.
#[derive(Debug)]
pub(crate) struct Lang {
    /// Goods by the names that shops have; empty where they have the same.
    pub(crate) goods_named: GoodsNamed,
    pub(crate) language: Language,
    pub(crate) short: Short,
    classes: HashMap<String, Class, Quick>,
    pub(crate) filler: HashSet<String>,
    pub(crate) sort: Phrases<errand_types::Sort>,
    /// By what things are held against each other, in the names that the catalog has.
    pub(crate) criteria: Phrases<String>,
    /// What a question is about, in the names that the engine has.
    pub(crate) about: Phrases<String>,
    pub(crate) together: Class,
    pub(crate) dozen_words: HashSet<String>,
    pub(crate) dozen_things: HashSet<String>,
    /// Stems of what everybody shops for, whether a shop taught it or not.
    pub(crate) goods: HashSet<String>,
    /// The same as they are written.
    pub(crate) goods_written: Vec<String>,
    /// Words for values of options, with words of the labels that they mean.
    pub(crate) option_words: Vec<(Vec<String>, Vec<String>)>,
    pub(crate) currency: HashMap<String, String>,
    pub(crate) dollars: Vec<String>,
    pub(crate) units: HashMap<String, i64>,
    pub(crate) tens: HashMap<String, i64>,
    pub(crate) scales: HashMap<String, i64>,
    pub(crate) number_phrases: Phrases<i64>,
    pub(crate) ordinals: HashMap<String, u32>,
    pub(crate) weekdays: HashMap<String, i8>,
    pub(crate) months: HashMap<String, i8>,
    pub(crate) parts: Phrases<(u16, u16)>,
    pub(crate) moments: HashMap<String, u16>,
    pub(crate) days: Phrases<(i32, Option<(u16, u16)>)>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) references: Vec<(Way, Pattern)>,
    pub(crate) words: Words,
    replies: HashMap<String, String>,
    /// Words of the sentence patterns by their near spellings.
    pub(crate) near: Near,
    /// What people need things for, with what shops call them.
    pub(crate) needs: Phrases<Vec<String>>,
    pub(crate) gifts: Gifts,
    /// Dishes, with what goes into them.
    pub(crate) recipes: HashMap<String, Vec<String>>,
    /// Words that no shop can teach: every word of the closed classes and of the grammar.
    pub(crate) closed: HashSet<String>,
}

pub(crate) fn read<'a, T: Deserialize<'a>>(
    file: &'static str,
    text: &'a str,
) -> Result<T, OfflineError> {
    toml::from_str(text).map_err(|cause| OfflineError::File {
        file,
        cause: cause.to_string(),
    })
}

fn phrase(text: &str) -> Vec<String> {
    text.split(' ')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(crate) fn class(phrases: &[String]) -> Class {
    // A line break is a word of its own and must survive the split at spaces.
    Phrases::new(phrases.iter().map(|p| (phrase(p), ())))
}

/// Words of the sentence patterns, for turns that are lost otherwise.
#[derive(Debug, Default)]
pub(crate) struct Near {
    words: Vec<String>,
    deletes: Index,
}

impl Near {
    /// Of names of goods.
    fn of<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        Self::listed(words.cloned().collect())
    }

    fn new(words: &Words) -> Self {
        Self::listed(
            words
                .iter()
                .filter(|w| w.chars().count() >= 4)
                .map(str::to_owned)
                .collect(),
        )
    }

    fn listed(mut list: Vec<String>) -> Self {
        // Sorted, so that the same word is always corrected alike.
        list.sort_unstable();
        let mut near = Self {
            words: list,
            deletes: Index::default(),
        };
        for (word, id) in near.words.iter().zip(0..) {
            for key in delete_keys(word) {
                near.deletes.add(key, id);
            }
        }
        near.deletes.settle();
        near
    }

    /// The first word in the order of letters that is one edit away.
    pub(crate) fn spell(&self, word: &str) -> Option<&str> {
        delete_keys(word)
            .into_iter()
            .flat_map(|key| self.deletes.at(key))
            .filter_map(|id| self.words.get(usize::try_from(id).ok()?))
            .filter(|known| distance(word, known, 1).is_some())
            .min()
            .map(String::as_str)
    }
}

/// Compiled sentence patterns.
struct Grammar {
    rules: Vec<Rule>,
    references: Vec<(Way, Pattern)>,
    words: Words,
}

fn compile(file: &'static str, grammar: GrammarFile) -> Result<Grammar, OfflineError> {
    let mut interned = Words::default();
    let mut rules = Vec::new();
    for entry in grammar.rule {
        for text in entry.say {
            let pattern =
                Pattern::compile(&text, &grammar.macros, &mut interned).map_err(|cause| {
                    OfflineError::Pattern {
                        file,
                        pattern: text.clone(),
                        cause,
                    }
                })?;
            rules.push(Rule {
                act: entry.act,
                note: entry.note,
                pattern,
                needs: entry.needs.clone(),
                cost: entry.cost,
                text,
            });
        }
    }
    let mut references = Vec::new();
    for entry in grammar.reference {
        for text in entry.say {
            let pattern =
                Pattern::compile(&text, &grammar.macros, &mut interned).map_err(|cause| {
                    OfflineError::Pattern {
                        file,
                        pattern: text.clone(),
                        cause,
                    }
                })?;
            references.push((entry.way, pattern));
        }
    }
    Ok(Grammar {
        rules,
        references,
        words: interned,
    })
}

/// The files of one language, by name and text.
struct Files {
    words: (&'static str, &'static str),
    numbers: (&'static str, &'static str),
    time: (&'static str, &'static str),
    grammar: (&'static str, &'static str),
    replies: (&'static str, &'static str),
    needs: (&'static str, &'static str),
}

macro_rules! lang_file {
    ($code:literal, $name:literal) => {
        (
            concat!($code, "/", $name, ".toml"),
            include_str!(concat!("../lang/", $code, "/", $name, ".toml")),
        )
    };
}

macro_rules! files {
    ($code:literal) => {
        Files {
            words: lang_file!($code, "words"),
            numbers: lang_file!($code, "numbers"),
            time: lang_file!($code, "time"),
            grammar: lang_file!($code, "grammar"),
            replies: lang_file!($code, "replies"),
            needs: lang_file!($code, "needs"),
        }
    };
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodsFile {
    nouns: HashMap<String, String>,
    phrases: HashMap<String, String>,
    adjectives: HashMap<String, String>,
}

impl GoodsFile {
    fn named(self, closed: &HashSet<String>) -> GoodsNamed {
        let spelled = |list: HashMap<String, String>| -> HashMap<String, Vec<String>> {
            list.into_iter().map(|(k, v)| (k, phrase(&v))).collect()
        };
        let known = closed
            .iter()
            .chain(self.nouns.keys())
            .chain(self.adjectives.keys());
        let folded = known
            .filter(|word| !self.nouns.is_empty() && !word.is_ascii())
            .map(|word| (fold(word), word.clone()))
            .filter(|(typed, _)| !closed.contains(typed))
            .collect();
        GoodsNamed {
            near: Near::of(self.nouns.keys()),
            folded,
            phrases: Phrases::new(
                self.phrases
                    .into_iter()
                    .map(|(k, v)| (phrase(&k), phrase(&v))),
            ),
            nouns: spelled(self.nouns),
            adjectives: spelled(self.adjectives),
        }
    }
}

/// The longest first, then by their letters: the order must not depend on how a file is kept in memory.
fn option_words(found: HashMap<String, Vec<String>>) -> Vec<(Vec<String>, Vec<String>)> {
    let mut list: Vec<(Vec<String>, Vec<String>)> = found
        .into_iter()
        .map(|(said, meant)| (phrase(&said), meant))
        .collect();
    list.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    list
}

/// Phrases for what they name.
fn named_phrases(list: &HashMap<String, Vec<String>>) -> Phrases<String> {
    Phrases::new(
        list.iter()
            .flat_map(|(name, said)| said.iter().map(move |text| (phrase(text), name.clone()))),
    )
}

/// The word classes, those of time as `time.NAME` and the sides of a thing as `facet.NAME`.
fn all_classes(words: &WordsFile, time: &TimeFile) -> HashMap<String, Class, Quick> {
    let own = words
        .classes
        .iter()
        .map(|(name, list)| (name.clone(), list));
    let times = time
        .words
        .iter()
        .map(|(name, list)| (format!("time.{name}"), list));
    let facets = words
        .facets
        .iter()
        .map(|(name, list)| (format!("facet.{name}"), list));
    own.chain(times)
        .chain(facets)
        .map(|(name, list)| (name, class(list)))
        .collect()
}

fn closed_words(
    words: &WordsFile,
    numbers: &NumbersFile,
    time: &TimeFile,
    grammar: &Words,
) -> HashSet<String> {
    let mut closed: HashSet<String> = grammar.iter().map(str::to_owned).collect();
    let open = [
        "attribute",
        "person",
        "occasion",
        "gift",
        "small",
        "age",
        "whose",
        "part",
        "colour",
        "custom",
        "made_up",
    ];
    for (_, list) in words
        .classes
        .iter()
        .filter(|(name, _)| !open.contains(&name.as_str()))
    {
        closed.extend(list.iter().flat_map(|p| phrase(p)));
    }
    closed.extend(time.words.values().flatten().flat_map(|p| phrase(p)));
    closed.extend(time.weekdays.keys().chain(time.months.keys()).cloned());
    closed.extend(
        numbers
            .units
            .keys()
            .chain(numbers.tens.keys())
            .chain(numbers.scales.keys())
            .cloned(),
    );
    closed.extend(numbers.ordinals.keys().cloned());
    closed.extend(words.currency.keys().cloned());
    closed
}

impl Lang {
    /// Reads a language and checks every pattern.
    pub(crate) fn read(language: Language) -> Result<Self, OfflineError> {
        let files = match language {
            Language::English => files!("en"),
            Language::German => files!("de"),
        };
        let words: WordsFile = read(files.words.0, files.words.1)?;
        let numbers: NumbersFile = read(files.numbers.0, files.numbers.1)?;
        let time: TimeFile = read(files.time.0, files.time.1)?;
        let grammar: GrammarFile = read(files.grammar.0, files.grammar.1)?;
        let replies: HashMap<String, String> = read(files.replies.0, files.replies.1)?;
        let needs: NeedsFile = read(files.needs.0, files.needs.1)?;
        let goods: GoodsFile = match language {
            Language::English => GoodsFile::default(),
            Language::German => read("de/goods.toml", include_str!("../lang/de/goods.toml"))?,
        };

        let Grammar {
            rules,
            references,
            words: interned,
        } = compile(files.grammar.0, grammar)?;

        let sort = |name: &str, sort: errand_types::Sort| {
            words
                .sort
                .get(name)
                .into_iter()
                .flatten()
                .map(move |p| (phrase(p), sort))
                .collect::<Vec<_>>()
        };
        let sorts = [
            sort("cheapest", errand_types::Sort::Cheapest),
            sort("rating", errand_types::Sort::Rating),
            sort("soonest", errand_types::Sort::Soonest),
        ];
        let classes = all_classes(&words, &time);
        let filler_class = words.classes.get("filler").cloned().unwrap_or_default();
        let closed = closed_words(&words, &numbers, &time, &interned);
        let days = time
            .days
            .iter()
            .map(|(text, n)| (phrase(text), (*n, time.day_parts.get(text).copied())));
        Ok(Self {
            goods_named: goods.named(&closed),
            language,
            short: Short {
                whole: words
                    .short
                    .iter()
                    .map(|(k, v)| (k.clone(), phrase(v)))
                    .collect(),
                ending: words.ending,
            },
            classes,
            filler: filler_class
                .into_iter()
                .filter(|p| !p.contains(' '))
                .collect(),
            sort: Phrases::new(sorts.into_iter().flatten()),
            criteria: named_phrases(&words.criteria),
            about: named_phrases(&words.about),
            together: class(&words.together.phrases),
            dozen_words: words.dozen.words.into_iter().collect(),
            dozen_things: words.dozen.things.into_iter().collect(),
            goods: words
                .goods
                .words
                .iter()
                .map(|w| crate::text::stem(w).to_owned())
                .collect(),
            goods_written: words.goods.words,
            option_words: option_words(words.option_words),
            currency: words.currency,
            dollars: words.dollars.codes,
            units: numbers.units,
            tens: numbers.tens,
            scales: numbers.scales,
            number_phrases: Phrases::new(numbers.phrases.iter().map(|(k, v)| (phrase(k), *v))),
            ordinals: numbers.ordinals,
            weekdays: time.weekdays,
            months: time.months,
            parts: Phrases::new(time.parts.iter().map(|(k, v)| (phrase(k), *v))),
            moments: time.moments,
            days: Phrases::new(days),
            rules,
            references,
            near: Near::new(&interned),
            needs: Phrases::new(needs.needs.into_iter().map(|(k, v)| (phrase(&k), v))),
            recipes: needs.recipes,
            gifts: needs.gifts,
            words: interned,
            replies,
            closed,
        })
    }

    /// A word class by name; an unknown name is an empty class.
    pub(crate) fn class(&self, name: &str) -> Option<&Class> {
        self.classes.get(name)
    }

    /// A reply with its slots filled: `{x}` by the value of `x`.
    pub(crate) fn reply(&self, key: &str, slots: &[(&str, &str)]) -> String {
        let mut text = self.replies.get(key).cloned().unwrap_or_default();
        for (name, value) in slots {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// Chips of a reply: its text cut at `|`.
    pub(crate) fn chips(&self, key: &str, slots: &[(&str, &str)]) -> Vec<String> {
        self.reply(key, slots)
            .split('|')
            .map(|chip| chip.trim().to_owned())
            .filter(|chip| !chip.is_empty())
            .collect()
    }
}
