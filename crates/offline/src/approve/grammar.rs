//! The data of the closed grammar, by language.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::covers;
use crate::Language;
use crate::text::Short;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    yes: Vec<String>,
    courtesy: Vec<String>,
    no: Vec<String>,
    cancel: Vec<String>,
    why: Vec<String>,
    repeat: Vec<String>,
    change: Vec<String>,
    time: Vec<String>,
    number: Vec<String>,
    strong: Vec<String>,
    ask_strong: Vec<String>,
    question: Vec<String>,
    ask: Vec<String>,
    about: Vec<String>,
    about_strong: Vec<String>,
    want: Vec<String>,
    fact: Vec<String>,
    fact_beside: Vec<String>,
    bridge: Vec<String>,
    frame: Vec<FrameFile>,
    deed: DeedFile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameFile {
    subject: Vec<String>,
    verb: Vec<String>,
    adverb: Vec<String>,
    word: Vec<String>,
    tail: Vec<String>,
    #[serde(default)]
    needs_subject: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeedFile {
    verb: Vec<String>,
    object: Vec<String>,
}

/// "That all looks very good to me."
#[derive(Debug, Default)]
pub(super) struct Frame {
    subject: Phrases,
    verb: Phrases,
    adverb: Phrases,
    pub(super) word: Phrases,
    tail: Phrases,
    needs_subject: bool,
}

/// "Go ahead and place the order."
#[derive(Debug, Default)]
pub(super) struct Deed {
    verb: Phrases,
    pub(super) object: Phrases,
}

/// Every list of one language.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    pub(super) short: Short,
    pub(super) yes: Phrases,
    pub(super) courtesy: Phrases,
    pub(super) no: Phrases,
    pub(super) cancel: Phrases,
    pub(super) why: Phrases,
    pub(super) repeat: Phrases,
    pub(super) change: Phrases,
    pub(super) time: Phrases,
    pub(super) number: Phrases,
    pub(super) strong: Phrases,
    pub(super) ask_strong: Phrases,
    pub(super) question: Phrases,
    pub(super) ask: Phrases,
    pub(super) about: Phrases,
    pub(super) about_strong: Phrases,
    pub(super) want: Phrases,
    pub(super) fact: Phrases,
    pub(super) fact_beside: Phrases,
    pub(super) bridge: Phrases,
    pub(super) frames: Vec<Frame>,
    pub(super) deed: Deed,
}

impl Grammar {
    /// Ends of everything that makes a yes and begins here.
    fn yes_ends(&self, words: &[&str], at: usize) -> Vec<usize> {
        let mut ends: Vec<usize> = self.yes.ends(words, at).collect();
        for frame in &self.frames {
            ends.extend(frame.ends(words, at));
        }
        ends.extend(
            self.deed
                .verb
                .ends(words, at)
                .flat_map(|mid| self.deed.object.ends(words, mid).collect::<Vec<_>>()),
        );
        ends
    }

    /// Whether the words are a yes with nothing but courtesy around it.
    pub(super) fn is_yes(&self, words: &[&str]) -> bool {
        covers(words, &|at| self.yes_ends(words, at), &|at| {
            self.courtesy.ends(words, at).collect()
        })
    }
}

impl Frame {
    /// A subject and a verb, or one of them, then adverbs, then the word, then a tail. The word alone is a phrase of
    /// its own elsewhere, so that "it" or "the one" alone is no yes.
    fn ends(&self, words: &[&str], at: usize) -> Vec<usize> {
        let mut starts: Vec<usize> = Vec::new();
        for subject in self.subject.ends(words, at) {
            starts.extend(self.verb.ends(words, subject));
            // "that all very good", "your are right" leave the verb out or double it.
            starts.extend(
                self.verb
                    .ends(words, subject)
                    .flat_map(|v| self.verb.ends(words, v).collect::<Vec<_>>()),
            );
        }
        if !self.needs_subject {
            starts.extend(self.verb.ends(words, at));
        }
        let mut ends = Vec::new();
        for start in starts {
            let mut here = vec![start];
            for _ in 0..4 {
                for from in here.clone() {
                    for word in self.word.ends(words, from) {
                        ends.push(word);
                        ends.extend(self.tail.ends(words, word));
                    }
                }
                here = here
                    .iter()
                    .flat_map(|from| self.adverb.ends(words, *from).collect::<Vec<_>>())
                    .collect();
            }
        }
        ends
    }
}

/// Phrases by their first word.
#[derive(Debug, Default)]
pub(super) struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn new(list: &[String]) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for text in list {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            if let Some(first) = words.first() {
                by_first.entry(first.clone()).or_default().push(words);
            }
        }
        Self(by_first)
    }

    /// Ends of all phrases that begin here.
    pub(super) fn ends<'a>(
        &'a self,
        words: &'a [&str],
        at: usize,
    ) -> impl Iterator<Item = usize> + 'a {
        let list = words
            .get(at)
            .and_then(|first| self.0.get(*first))
            .map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(move |phrase| {
            let run = words.get(at..at + phrase.len())?;
            (run.iter().zip(phrase).all(|(a, b)| a == b)).then_some(at + phrase.len())
        })
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_in(&self, words: &[&str]) -> bool {
        (0..words.len()).any(|at| self.ends(words, at).next().is_some())
    }
}

/// Without its data nothing is a yes: an unreadable file leaves every list empty. A test reads the files.
static ENGLISH: LazyLock<Grammar> = LazyLock::new(|| read(Language::English).unwrap_or_default());
static GERMAN: LazyLock<Grammar> = LazyLock::new(|| read(Language::German).unwrap_or_default());

pub(super) fn grammar(language: Language) -> &'static Grammar {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

#[derive(Debug, Deserialize)]
struct ShortFile {
    short: HashMap<String, String>,
    ending: HashMap<String, String>,
}

pub(super) fn read(language: Language) -> Result<Grammar, toml::de::Error> {
    let (answers, words) = match language {
        Language::English => (
            include_str!("../../lang/en/approve.toml"),
            include_str!("../../lang/en/words.toml"),
        ),
        Language::German => (
            include_str!("../../lang/de/approve.toml"),
            include_str!("../../lang/de/words.toml"),
        ),
    };
    let file: File = toml::from_str(answers)?;
    let short: ShortFile = toml::from_str(words)?;
    let frame = |file: &FrameFile| Frame {
        subject: Phrases::new(&file.subject),
        verb: Phrases::new(&file.verb),
        adverb: Phrases::new(&file.adverb),
        word: Phrases::new(&file.word),
        tail: Phrases::new(&file.tail),
        needs_subject: file.needs_subject,
    };
    Ok(Grammar {
        short: Short {
            whole: short
                .short
                .into_iter()
                .map(|(k, v)| (k, v.split(' ').map(str::to_owned).collect()))
                .collect(),
            ending: short.ending,
        },
        yes: Phrases::new(&file.yes),
        courtesy: Phrases::new(&file.courtesy),
        no: Phrases::new(&file.no),
        cancel: Phrases::new(&file.cancel),
        why: Phrases::new(&file.why),
        repeat: Phrases::new(&file.repeat),
        change: Phrases::new(&file.change),
        time: Phrases::new(&file.time),
        number: Phrases::new(&file.number),
        strong: Phrases::new(&file.strong),
        ask_strong: Phrases::new(&file.ask_strong),
        question: Phrases::new(&file.question),
        ask: Phrases::new(&file.ask),
        about: Phrases::new(&file.about),
        about_strong: Phrases::new(&file.about_strong),
        want: Phrases::new(&file.want),
        fact: Phrases::new(&file.fact),
        fact_beside: Phrases::new(&file.fact_beside),
        bridge: Phrases::new(&file.bridge),
        frames: file.frame.iter().map(frame).collect(),
        deed: Deed {
            verb: Phrases::new(&file.deed.verb),
            object: Phrases::new(&file.deed.object),
        },
    })
}
