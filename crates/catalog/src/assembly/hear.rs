//! The words of a person as wishes for an assembly: what it is for, numbers with their attribute, phrases of the file.

use super::domain::{At, Domain, LeaveOut, Op, Want};
use super::value::{Kind, fold, measure};
use super::wish::Than;

/// Words of one sentence that are read.
const WORDS_MAX: usize = 200;

/// What was heard of an assembly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The thing itself is named: "a computer".
    pub is_named: bool,
    /// What it is for, in words of the file: `video editing`.
    pub uses: Vec<String>,
    /// Name of the goal that goes with the use.
    pub goal: Option<String>,
    /// Wishes, each attribute once: what was said in numbers goes before what a use implies.
    pub wants: Vec<Want>,
    /// Numbers that should go up or down from what they are: "quieter".
    pub than: Vec<(String, Than)>,
    /// Slots that were named.
    pub slots: Vec<String>,
    /// Attributes about which nothing is wanted any more: "without the small case".
    pub dropped: Vec<String>,
}

/// What a phrase of the file means.
#[derive(Debug, Clone, Copy)]
enum Means {
    Itself,
    Use(usize),
    Phrase(usize),
    Compare(usize),
    Slot(usize),
}

impl Domain {
    /// Understands what a sentence says about an assembly of this kind; what it does not know stays unsaid.
    pub fn hear(&self, sentence: &str) -> Heard {
        let words = plain(sentence);
        let lexicon = self.spoken();
        let mut heard = Heard::default();
        let mut implied = Vec::new();
        let mut said = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let rest = words.get(at..).unwrap_or_default();
            if let Some((want, taken)) = self.number(rest) {
                said.push(want);
                at = at.saturating_add(taken);
                continue;
            }
            let found = lexicon
                .iter()
                .filter(|(phrase, _)| starts(rest, phrase))
                .max_by_key(|(phrase, _)| phrase.len());
            let Some((phrase, means)) = found else {
                at = at.saturating_add(1);
                continue;
            };
            let is_denied = is_denied(words.get(..at).unwrap_or_default());
            match means {
                Means::Itself => heard.is_named = true,
                Means::Use(at) => self.heard_use(*at, &mut heard, &mut implied),
                Means::Phrase(at) if is_denied => {
                    let wants = self.phrases.get(*at).map(|p| p.wants.as_slice());
                    let dropped = wants.unwrap_or_default().iter().map(|w| w.of.clone());
                    heard.dropped.extend(dropped);
                }
                Means::Phrase(at) => {
                    let phrase = self.phrases.get(*at);
                    said.extend(phrase.into_iter().flat_map(|p| p.wants.iter().cloned()));
                }
                Means::Compare(at) => {
                    let compare = self.compares.get(*at);
                    heard.than.extend(compare.map(|c| (self.name(c.of), c.to)));
                }
                Means::Slot(slot) => self.heard_slot(*slot, is_denied, &mut heard, &mut said),
            }
            at = at.saturating_add(phrase.len());
        }
        for want in said.into_iter().chain(implied) {
            let is_known = |w: &Want| w.of == want.of && w.is == want.is;
            let is_denied = |w: &Want| {
                let slot = want.of.split('.').next();
                w.is == Op::With && w.value == "no" && slot == Some(w.of.as_str()) && *w != want
            };
            if !heard.wants.iter().any(|w| is_known(w) || is_denied(w)) {
                heard.wants.push(want);
            }
        }
        heard
    }

    fn heard_use(&self, at: usize, heard: &mut Heard, implied: &mut Vec<Want>) {
        let Some(what_for) = self.uses.get(at) else {
            return;
        };
        if heard.uses.contains(&what_for.word) {
            return;
        }
        heard.uses.push(what_for.word.clone());
        implied.extend(what_for.wants.iter().cloned());
        let goal = what_for.goal.and_then(|goal| self.goals.get(goal));
        if heard.goal.is_none() {
            heard.goal = goal.map(|goal| goal.id.clone());
        }
    }

    fn heard_slot(&self, slot: usize, is_denied: bool, heard: &mut Heard, said: &mut Vec<Want>) {
        let Some(kind) = self.slots.get(slot) else {
            return;
        };
        if is_denied && kind.leave_out != LeaveOut::Never {
            said.push(Want {
                of: kind.id.clone(),
                is: Op::With,
                value: "no".to_owned(),
            });
        } else if !heard.slots.contains(&kind.id) {
            heard.slots.push(kind.id.clone());
        }
    }

    /// Every word of the file with what it means.
    fn spoken(&self) -> Vec<(Vec<String>, Means)> {
        let mut all: Vec<(Vec<String>, Means)> = Vec::new();
        let mut add = |word: &str, means: Means| {
            let words = plain(word);
            if !words.is_empty() {
                all.push((words, means));
            }
        };
        self.words().for_each(|word| add(word, Means::Itself));
        for (at, what_for) in self.uses.iter().enumerate() {
            let words = std::iter::once(&what_for.word).chain(&what_for.words);
            words.for_each(|word| add(word, Means::Use(at)));
        }
        for (at, phrase) in self.phrases.iter().enumerate() {
            phrase.words.iter().for_each(|w| add(w, Means::Phrase(at)));
        }
        for (at, compare) in self.compares.iter().enumerate() {
            compare
                .words
                .iter()
                .for_each(|w| add(w, Means::Compare(at)));
        }
        for (at, slot) in self.slots.iter().enumerate() {
            let words = std::iter::once(&slot.word).chain(&slot.words);
            words.for_each(|word| add(word, Means::Slot(at)));
        }
        all
    }

    fn name(&self, at: At) -> String {
        let attribute = self.attribute(at).map_or("", |a| a.id.as_str());
        let slot = self.slots.get(at.slot).map_or("", |s| s.id.as_str());
        format!("{slot}.{attribute}")
    }

    /// "16 cores", "32 GB of memory", "a 2 TB drive": a number, its unit, and the attribute or the slot that has only one
    /// number of that unit.
    fn number(&self, words: &[String]) -> Option<(Want, usize)> {
        let number = words.first()?;
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let is_whole_unit = number.ends_with(|c: char| c.is_ascii_alphabetic());
        let unit = if is_whole_unit { None } else { words.get(1) };
        let slots = self.slots.iter().enumerate();
        let numbers = slots.flat_map(|(slot, kind)| {
            let attributes = kind.attributes.iter().enumerate();
            let numbers = attributes.filter(|(_, a)| a.kind == Kind::Number);
            numbers.map(move |(attribute, a)| (At { slot, attribute }, kind, a))
        });
        let mut best: Option<(usize, At, String)> = None;
        for (at, kind, attribute) in numbers {
            let wanted = attribute.unit.as_deref();
            // With its unit, or bare before the word of the attribute.
            let with_unit = unit.map(|unit| format!("{number} {unit}"));
            let measured = with_unit
                .as_ref()
                .filter(|text| measure(text, wanted).is_some());
            let alone = measure(number, wanted).is_some() && (is_whole_unit || wanted.is_none());
            let (value, taken) = match (measured, alone) {
                (Some(text), _) if wanted.is_some() => (text.clone(), 2),
                (_, true) => (number.clone(), 1),
                _ => continue,
            };
            let behind = words.get(taken..).unwrap_or_default();
            let skipped = usize::from(behind.first().is_some_and(|w| w == "of"));
            let behind = behind.get(skipped..).unwrap_or_default();
            let mut names: Vec<&str> = vec![&attribute.word];
            let alike = kind
                .attributes
                .iter()
                .filter(|a| a.kind == Kind::Number && a.unit == attribute.unit);
            if wanted.is_some() && alike.count() == 1 {
                names.push(&kind.word);
                names.extend(kind.words.iter().map(String::as_str));
            }
            let named = names.iter().map(|name| plain(name));
            let longest = named
                .filter(|name| starts(behind, name))
                .map(|n| n.len())
                .max();
            let Some(longest) = longest else { continue };
            let all = taken.saturating_add(skipped).saturating_add(longest);
            if best.as_ref().is_none_or(|(most, ..)| all > *most) {
                best = Some((all, at, value));
            }
        }
        let (taken, at, value) = best?;
        let want = Want {
            of: self.name(at),
            is: Op::AtLeast,
            value,
        };
        Some((want, taken))
    }
}

/// Whether what follows these words is given up: "no", "without the", "forget the".
fn is_denied(before: &[String]) -> bool {
    let mut back = before
        .iter()
        .rev()
        .map(String::as_str)
        .skip_while(|w| matches!(*w, "the" | "a" | "an" | "any" | "that" | "so" | "be" | "to"));
    match back.next() {
        Some("no" | "without" | "not" | "forget" | "drop" | "skip" | "needn" | "neednt") => true,
        Some("up") => back.next().is_some_and(|w| w.starts_with("giv")),
        Some("mind") => back.next() == Some("never"),
        // "It does not have to be small."
        Some("have") => matches!(back.next(), Some("not" | "t" | "doesnt")),
        _ => false,
    }
}

/// Small words without marks; numbers keep their point.
fn plain(text: &str) -> Vec<String> {
    let kept: String = text
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '.' {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words = fold(&kept);
    let words = words.split(' ').map(|w| w.trim_matches('.').to_owned());
    words.filter(|w| !w.is_empty()).take(WORDS_MAX).collect()
}

/// Whether words begin with a phrase; one `s` at the end of a word tells nothing apart.
fn starts(words: &[String], phrase: &[String]) -> bool {
    let bare = |word: &str| -> String {
        let cut = word.strip_suffix('s').filter(|w| w.len() > 2);
        cut.unwrap_or(word).to_owned()
    };
    !phrase.is_empty()
        && words.len() >= phrase.len()
        && words.iter().zip(phrase).all(|(a, b)| bare(a) == bare(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(domain: &str, sentence: &str) -> Vec<String> {
        let all = Domain::builtin().unwrap();
        let domain = all.iter().find(|d| d.id() == domain).unwrap();
        let heard = domain.hear(sentence);
        let wants = heard
            .wants
            .iter()
            .map(|w| format!("{} {:?} {}", w.of, w.is, w.value));
        let than = heard.than.iter().map(|(of, than)| format!("{of} {than:?}"));
        wants.chain(than).collect()
    }

    #[test]
    fn a_use_gives_lower_bounds_and_what_is_said_in_numbers_goes_before() {
        assert_eq!(
            told(
                "pc",
                "build me a computer for video editing with 12 cores, small case"
            ),
            [
                "cpu.cores AtLeast 12",
                "case.volume AtMost 25 l",
                "ram.capacity AtLeast 32 GB",
                "gpu.memory AtLeast 8 GB",
                "storage.capacity AtLeast 1 TB",
            ]
        );
    }

    #[test]
    fn numbers_find_their_attribute_by_word_or_by_slot_and_unit() {
        for (sentence, want) in [
            ("a pc with 32 GB of memory", "ram.capacity AtLeast 32 gb"),
            ("32gb ram", "ram.capacity AtLeast 32gb"),
            ("a 2 TB SSD", "storage.capacity AtLeast 2 tb"),
            (
                "a graphics card with 12 GB graphics memory",
                "gpu.memory AtLeast 12 gb",
            ),
            ("an 8-core processor", "cpu.cores AtLeast 8"),
            ("a 750 W power supply", "psu.wattage AtLeast 750 w"),
        ] {
            assert_eq!(told("pc", sentence), [want], "{sentence}");
        }
    }

    #[test]
    fn phrases_denials_and_comparisons_of_the_file_are_heard() {
        assert_eq!(
            told("pc", "an office computer without a graphics card")
                .last()
                .unwrap(),
            "storage.capacity AtLeast 500 GB"
        );
        assert_eq!(told("pc", "a quieter fan"), ["cooler.noise Less"]);
        assert_eq!(told("pc", "make the case white"), ["case.colour Is white"]);
        assert_eq!(told("pc", "a white case"), ["case.colour Is white"]);
        assert_eq!(told("pc", "no graphics card"), ["gpu With no"]);
        assert_eq!(told("bicycle", "a touring bike with disc brakes").len(), 4);
        assert_eq!(
            told("pc", "7 of 9 {}\u{202e} .. 99999999999999999999 cores"),
            [] as [&str; 0]
        );
    }
}
