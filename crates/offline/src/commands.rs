//! Slots of list and takeaway commands: "add milk to my grocery list", "does Peking Garden deliver".
//!
//! Frames of English over word lists; nothing is learned. A name that no list knows is found by where it stands.
//!
//! ```
//! use errand_offline::commands::slots;
//!
//! let found = slots("add milk to my grocery list");
//! assert_eq!((found[0].kind, found[0].text.as_str()), ("list_name", "grocery"));
//! ```

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::lang::Phrases;

/// Words of one command that are looked at.
const WORDS_MAX: usize = 60;
/// Words of a name at most.
const NAME_MAX: usize = 4;

/// One slot of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// `list_name`, `food_type`, `business_name`, `business_type`, `order_type`, `date` or `timeofday`.
    pub kind: &'static str,
    /// Its words as said, in small letters.
    pub text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    edge: HashSet<String>,
    no_name: HashSet<String>,
    called: HashSet<String>,
    skip: HashSet<String>,
    stop: HashSet<String>,
    no_content: HashSet<String>,
    order_type: Vec<String>,
    business_type: Vec<String>,
    date: Vec<String>,
    timeofday: Vec<String>,
    cuisine: Vec<String>,
    food: Vec<String>,
    food_inner: HashSet<String>,
    food_edge: HashSet<String>,
    business_lead: HashSet<String>,
    business_verb: HashSet<String>,
    business_from: HashSet<String>,
    business_skip: HashSet<String>,
    business_stop: HashSet<String>,
    business_not: HashSet<String>,
    chain: Vec<String>,
    takeaway_cue: HashSet<String>,
}

/// Lists that mark by themselves, in the order in which they mark.
#[derive(Debug, Default)]
struct Known {
    words: File,
    cuisine: Phrases<()>,
    food: Phrases<()>,
    marks: Vec<(&'static str, Phrases<()>)>,
    chain: Phrases<()>,
}

fn phrases(list: &[String]) -> Phrases<()> {
    Phrases::new(
        list.iter()
            .map(|text| (text.split(' ').map(str::to_owned).collect(), ())),
    )
}

/// Without its data no slot is found; a test reads it.
static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let words: File = toml::from_str(include_str!("../lang/en/commands.toml")).unwrap_or_default();
    Known {
        cuisine: phrases(&words.cuisine),
        food: phrases(&words.food),
        chain: phrases(&words.chain),
        marks: vec![
            ("order_type", phrases(&words.order_type)),
            ("business_type", phrases(&words.business_type)),
            ("date", phrases(&words.date)),
            ("timeofday", phrases(&words.timeofday)),
        ],
        words,
    }
});

/// The slots of a command, in their order.
pub fn slots(text: &str) -> Vec<Slot> {
    let lower: String = text
        .chars()
        .take(crate::text::CHARS_MAX)
        .flat_map(char::to_lowercase)
        .map(|c| if c == '’' { '\'' } else { c })
        .collect();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|w| !w.is_empty())
        .take(WORDS_MAX)
        .collect();
    let mut reader = Reader {
        known: &KNOWN,
        marks: vec![None; words.len()],
        found: Vec::new(),
        words,
    };
    reader.read();
    reader.found.sort_by_key(|(from, _, _)| *from);
    reader
        .found
        .iter()
        .map(|(from, to, kind)| Slot {
            kind,
            text: reader.words.get(*from..*to).unwrap_or(&[]).join(" "),
        })
        .collect()
}

struct Reader<'a> {
    known: &'a Known,
    words: Vec<&'a str>,
    marks: Vec<Option<&'static str>>,
    found: Vec<(usize, usize, &'static str)>,
}

impl<'a> Reader<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.words.get(at).copied().unwrap_or("")
    }

    fn is_list(&self, at: usize) -> bool {
        matches!(self.word(at), "list" | "lists")
    }

    fn is_free(&self, at: usize) -> bool {
        self.marks.get(at).is_some_and(Option::is_none)
    }

    fn mark(&mut self, from: usize, to: usize, kind: &'static str) {
        if from < to && (from..to).all(|at| self.is_free(at)) {
            for slot in self.marks.iter_mut().take(to).skip(from) {
                *slot = Some(kind);
            }
            self.found.push((from, to, kind));
        }
    }

    fn phrase(&self, list: &Phrases<()>, at: usize) -> Option<usize> {
        let words = &self.words;
        list.at(at, words.len(), |i| words.get(i).copied().unwrap_or(""))
            .map(|(end, ())| end)
    }

    fn read(&mut self) {
        let about_lists = (0..self.words.len()).any(|at| self.is_list(at));
        let known = self.known;
        let orders = self
            .words
            .iter()
            .any(|w| known.words.takeaway_cue.contains(*w));
        for at in 0..self.words.len() {
            for (kind, list) in &known.marks {
                // A "delivery list" is a list; days are days everywhere.
                if about_lists && orders_only(kind) && !orders {
                    continue;
                }
                if let Some(end) = self.phrase(list, at) {
                    self.mark(at, end, kind);
                }
            }
        }
        if about_lists {
            for at in 0..self.words.len() {
                if self.is_list(at) {
                    self.name_before(at);
                    self.name_behind(at);
                }
            }
        }
        if orders && (!about_lists || self.found.iter().any(|(_, _, kind)| *kind == "order_type")) {
            self.chains();
            self.foods();
            self.businesses();
        }
    }

    /// "my grocery list", "the to do list".
    fn name_before(&mut self, at: usize) {
        let words = &self.known.words;
        let is_to_do = |from: usize| self.word(from) == "to" && self.word(from + 1) == "do";
        let mut from = at;
        while from > 0 && at - from < NAME_MAX {
            let before = from - 1;
            if from >= 2 && is_to_do(from - 2) {
                from -= 2;
                break;
            }
            if words.edge.contains(self.word(before))
                || words.no_name.contains(self.word(before))
                || !self.is_free(before)
            {
                break;
            }
            from = before;
        }
        // "delete milk list" names the list; what a verb alone precedes does as well.
        self.mark(from, at, "list_name");
    }

    /// "a list of things to buy", "list called kickball".
    fn name_behind(&mut self, at: usize) {
        let words = &self.known.words;
        if !words.called.contains(self.word(at + 1)) {
            return;
        }
        let mut from = at + 2;
        while words.skip.contains(self.word(from)) {
            from += 1;
        }
        let mut to = from;
        while to < self.words.len()
            && to - from < NAME_MAX
            && self.is_free(to)
            && (!words.stop.contains(self.word(to))
                || (self.word(to) == "to" && to > from && self.word(from) == "things"))
        {
            to += 1;
        }
        let only = to == from + 1 && words.no_content.contains(self.word(from));
        if !only {
            self.mark(from, to, "list_name");
        }
    }

    fn chains(&mut self) {
        for at in 0..self.words.len() {
            if let Some(end) = self.phrase(&self.known.chain, at) {
                self.mark(at, end, "business_name");
            }
        }
    }

    /// A run of foods with what joins them; a cuisine alone, or before a food.
    fn foods(&mut self) {
        let known = self.known;
        let mut at = 0;
        while at < self.words.len() {
            let start = self
                .phrase(&known.food, at)
                .or_else(|| {
                    // "french fries"
                    let cuisine = self.phrase(&known.cuisine, at)?;
                    self.phrase(&known.food, cuisine)
                })
                .filter(|_| self.is_free(at));
            let Some(mut end) = start else {
                if let Some(end) = self.phrase(&known.cuisine, at) {
                    let is_store = matches!(self.word(end + 1), "store" | "place" | "shop");
                    if !is_store {
                        self.mark(at, end, "food_type");
                    }
                }
                at += 1;
                continue;
            };
            loop {
                let mut next = end;
                while next - end < 4 && known.words.food_inner.contains(self.word(next)) {
                    next += 1;
                }
                let next = self.phrase(&known.cuisine, next).unwrap_or(next);
                let Some(more) = self
                    .phrase(&known.food, next)
                    .filter(|_| self.is_free(next))
                else {
                    break;
                };
                end = more;
            }
            let mut from = at;
            while from > 0
                && at - from < 2
                && self.is_free(from - 1)
                && !known.words.food_edge.contains(self.word(from - 1))
            {
                from -= 1;
            }
            self.mark(from, end, "food_type");
            at = end;
        }
    }

    /// "does X deliver", "from X", "is my order at X ready".
    fn businesses(&mut self) {
        let words = &self.known.words;
        for at in 0..self.words.len() {
            let asks = words.business_lead.contains(self.word(at));
            let is_from = words.business_from.contains(self.word(at));
            if !asks && !is_from {
                continue;
            }
            let mut from = at + 1;
            while words.business_skip.contains(self.word(from))
                || (asks && self.marks.get(from) == Some(&Some("business_type")))
            {
                from += 1;
            }
            let mut to = from;
            while to < self.words.len()
                && to - from < NAME_MAX
                && self.is_free(to)
                && !words.business_stop.contains(self.word(to))
                && !(asks && words.business_verb.contains(self.word(to)))
            {
                to += 1;
            }
            let follows = words.business_verb.contains(self.word(to))
                || self.marks.get(to) == Some(&Some("order_type"));
            let is_named = to > from && !words.business_not.contains(self.word(from));
            if is_named && (is_from || follows) {
                self.mark(from, to, "business_name");
            }
        }
    }
}

fn orders_only(kind: &str) -> bool {
    matches!(kind, "order_type" | "business_type")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let slots = slots(text);
        slots
            .iter()
            .map(|s| format!("{}={}", s.kind, s.text))
            .collect()
    }

    #[test]
    fn the_file_reads() {
        let file: File = toml::from_str(include_str!("../lang/en/commands.toml")).unwrap();
        assert!(!file.food.is_empty());
    }

    #[test]
    fn names_are_found_by_where_they_stand() {
        for (text, wanted) in [
            ("put screws on my workshop list", "list_name=workshop"),
            (
                "what is on the to do list for tomorrow",
                "list_name=to do date=tomorrow",
            ),
            (
                "start a list called camping gear please",
                "list_name=camping gear",
            ),
            ("delete the whole list", ""),
            (
                "does the blue lantern deliver",
                "business_name=blue lantern order_type=deliver",
            ),
            (
                "order two veggie burgers from corner grill",
                "food_type=veggie burgers business_name=corner grill",
            ),
            (
                "i want some indian food tonight",
                "food_type=indian timeofday=tonight",
            ),
        ] {
            assert_eq!(found(text).join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_in_bounded_work() {
        for text in [
            "",
            "list",
            "list of",
            "from from from",
            &"my list of ".repeat(9_000),
        ] {
            assert!(slots(text).len() <= WORDS_MAX);
        }
    }
}
