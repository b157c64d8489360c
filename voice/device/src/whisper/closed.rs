//! What of a closed grammar was said: its phrases as tokens, and a search for those that the model believes in most. Pure.
//!
//! A model of this kind writes what it likes. Held to a list, it is asked instead how likely each phrase of the list is, given the
//! sound: the probability of a text is that of its tokens one after another, so the list is a tree, and a branch whose beginning is less
//! likely than a whole phrase elsewhere needs no further look.

use std::collections::{BTreeMap, HashMap};

use errand_voice_core::{EngineFault, Hypothesis};

/// A token of the model's vocabulary.
pub(crate) type Token = i32;

/// Positions that are looked at in one search at most; each costs a step of the decoder, some 3 ms with a tiny model.
const LOOKS_MAX: usize = 250;
/// An answer may be so much less likely than what the model writes freely, in natural logarithms of the probability. This and the
/// four below were chosen with tiny.en; docs/voice-figures.md tells from what.
const BEHIND_FREE: f32 = 3.0;
/// The least that is believed of one phrase. Commands are common words, and the model expects them.
const LEAST_OF_ONE: f32 = -3.0;
/// The same of several: words of a long list are rare ones, and nobody expects one behind another.
const LEAST_OF_MORE: f32 = -8.0;
/// So much less likely than what is believed is still looked for, to know how far the rest is behind.
const BEYOND: f32 = 2.0;
/// What is so little behind the likeliest is told as well.
const NEAR: f32 = 0.5;
/// How the reading is written that is no phrase of the grammar.
pub(crate) const NONE: &str = "<unk>";
/// How a phrase is divided from the next one, and what may stand behind the last.
const BETWEEN: &[&str] = &[",", ".", "-"];
const BEHIND: &[&str] = &[".", "!", "?", "..."];

/// A model in the middle of a sentence.
pub(crate) trait Model {
    /// Natural logarithms of the probability of each token, behind these. What was asked before with the same beginning is remembered.
    fn behind(&mut self, tokens: &[Token]) -> Result<Vec<f32>, EngineFault>;
}

/// The vocabulary of a model, for the moment in which a grammar is made.
pub(crate) struct Vocabulary {
    ids: HashMap<Vec<u8>, Token>,
    /// Tokens from this one on are no text.
    end: Token,
}

impl Vocabulary {
    pub(crate) fn new(texts: impl IntoIterator<Item = (Token, Vec<u8>)>, end: Token) -> Self {
        let mut ids = HashMap::new();
        for (id, bytes) in texts {
            if id < end {
                ids.entry(bytes).or_insert(id);
            }
        }
        Self { ids, end }
    }

    /// The tokens that a text is written in: bytes, and always the two next to each other joined first that were joined first when
    /// the vocabulary was made (its numbers are in that order). This is the byte pair encoding of GPT-2.
    fn tokens(&self, text: &str) -> Option<Vec<Token>> {
        let mut parts: Vec<Vec<u8>> = text.bytes().map(|byte| vec![byte]).collect();
        loop {
            let joined = |pair: &[Vec<u8>]| self.ids.get(&pair.concat()).copied();
            let next = parts
                .windows(2)
                .enumerate()
                .filter_map(|(at, pair)| Some((joined(pair)?, at)))
                .min();
            let Some((_, at)) = next else { break };
            let right = parts.remove(at + 1);
            if let Some(left) = parts.get_mut(at) {
                left.extend(right);
            }
        }
        parts
            .iter()
            .map(|part| self.ids.get(part).copied())
            .collect()
    }

    fn all(&self, texts: &[&str]) -> Vec<Token> {
        let ids = texts
            .iter()
            .filter_map(|text| self.ids.get(text.as_bytes()));
        ids.copied().collect()
    }
}

#[derive(Debug, Default)]
struct Node {
    next: Vec<(Token, usize)>,
    phrase: Option<usize>,
}

/// A closed grammar as a tree of tokens.
#[derive(Debug)]
pub(crate) struct Phrases {
    nodes: Vec<Node>,
    longest: usize,
    between: Vec<Token>,
    behind: Vec<Token>,
    end: Token,
}

/// Phrases that were found, by their places in the grammar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) phrases: Vec<usize>,
    /// Natural logarithm of the probability that this was said and nothing behind it.
    pub(crate) score: f32,
}

/// What a search found, best first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Search {
    pub(crate) found: Vec<Found>,
    /// Not everything was looked at that might have been as good.
    pub(crate) is_cut: bool,
}

/// The least likely that is believed of so many phrases.
fn least(phrases: usize, free: f32) -> f32 {
    let of_these = if phrases > 1 {
        LEAST_OF_MORE
    } else {
        LEAST_OF_ONE
    };
    of_these.max(free - BEHIND_FREE)
}

impl Search {
    /// What may be told of it, best first: what is believed, with the runner-up of the longest, which shows how far that is ahead;
    /// or, where nothing is, that it was none of the phrases, and what comes nearest.
    pub(crate) fn readings(&self, phrases: &[Box<str>], free: f32) -> Vec<Hypothesis> {
        let reading = |found: &Found| {
            let words = found.phrases.iter().filter_map(|at| phrases.get(*at));
            let words: Vec<&str> = words.map(AsRef::as_ref).collect();
            Hypothesis {
                text: words.join(" "),
                score: found.score,
            }
        };
        let is_believed = |found: &&Found| found.score >= least(found.phrases.len(), free);
        let best = self.found.first().map_or(0.0, |found| found.score);
        let longer = self.found.iter().filter(|found| found.phrases.len() > 1);
        let mut longer = longer.take(2);
        let (first, second) = (longer.next(), longer.next());
        let near = self.found.iter().filter(|found| found.score >= best - NEAR);
        let mut told: Vec<&Found> = near.filter(is_believed).collect();
        if let Some(first) = first.filter(is_believed) {
            told.extend([first].into_iter().chain(second));
        }
        told.sort_by(|a, b| b.score.total_cmp(&a.score));
        told.dedup();
        let mut readings: Vec<Hypothesis> = told.into_iter().map(reading).collect();
        if readings.is_empty() || self.is_cut {
            readings.extend(first.filter(|_| !self.is_cut).map(reading));
            readings.insert(
                0,
                Hypothesis {
                    text: NONE.to_owned(),
                    score: readings.first().map_or(free, |first| first.score) + 1.0,
                },
            );
        }
        readings
    }
}

impl Phrases {
    pub(crate) fn new(phrases: &[Box<str>], longest: u8, vocabulary: &Vocabulary) -> Self {
        let mut made = Self {
            nodes: vec![Node::default()],
            longest: usize::from(longest),
            between: vocabulary.all(BETWEEN),
            behind: vocabulary.all(BEHIND),
            end: vocabulary.end,
        };
        for (at, phrase) in phrases.iter().enumerate() {
            for written in [format!(" {phrase}"), format!(" {}", upper_first(phrase))] {
                if let Some(tokens) = vocabulary.tokens(&written) {
                    made.insert(&tokens, at);
                }
            }
        }
        made
    }

    fn insert(&mut self, tokens: &[Token], phrase: usize) {
        let mut node = 0;
        for token in tokens {
            let known = self.node(node).next.iter().find(|(t, _)| t == token);
            node = if let Some((_, next)) = known {
                *next
            } else {
                let next = self.nodes.len();
                self.nodes.push(Node::default());
                if let Some(node) = self.nodes.get_mut(node) {
                    node.next.push((*token, next));
                }
                next
            };
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.phrase.get_or_insert(phrase);
        }
    }

    fn node(&self, at: usize) -> &Node {
        static NONE: Node = Node {
            next: Vec::new(),
            phrase: None,
        };
        self.nodes.get(at).unwrap_or(&NONE)
    }

    /// The likeliest answers of the grammar behind a beginning. `free`: how likely what the model writes freely is.
    pub(crate) fn search(
        &self,
        model: &mut dyn Model,
        begin: &[Token],
        free: f32,
    ) -> Result<Search, EngineFault> {
        let mut looking = Looking {
            floor: least(usize::MAX, free) - BEYOND,
            phrases: self,
            model,
            path: begin.to_vec(),
            said: Vec::new(),
            found: BTreeMap::new(),
            looks: 0,
            is_cut: false,
        };
        looking.look(0, 0.0)?;
        let mut found: Vec<Found> = looking
            .found
            .into_iter()
            .map(|(phrases, score)| Found { phrases, score })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(Search {
            found,
            is_cut: looking.is_cut,
        })
    }
}

struct Looking<'a> {
    phrases: &'a Phrases,
    model: &'a mut dyn Model,
    path: Vec<Token>,
    said: Vec<usize>,
    /// What is less likely is not looked for.
    floor: f32,
    /// One text may be written in several ways: their probabilities are added.
    found: BTreeMap<Vec<usize>, f32>,
    looks: usize,
    is_cut: bool,
}

impl Looking<'_> {
    /// The second best so far of answers with so many phrases: what is less likely changes neither the best nor how far it is ahead.
    fn bound(&self, phrases: usize) -> f32 {
        let mut best = [self.floor; 2];
        let of_these = self.found.iter().filter(|(said, _)| said.len() == phrases);
        for (_, score) in of_these {
            if *score > best[0] {
                best = [*score, best[0]];
            } else if *score > best[1] {
                best[1] = *score;
            }
        }
        best[1]
    }

    /// What is likelier than this may still matter, behind so many phrases.
    fn least(&self, phrases: usize) -> f32 {
        let lengths = phrases + 1..=self.phrases.longest;
        lengths
            .map(|length| self.bound(length))
            .fold(f32::INFINITY, f32::min)
    }

    fn look(&mut self, node: usize, score: f32) -> Result<(), EngineFault> {
        if self.looks >= LOOKS_MAX {
            self.is_cut = true;
            return Ok(());
        }
        self.looks += 1;
        let next = self.model.behind(&self.path)?;
        let log = |token: Token| {
            let at = usize::try_from(token).unwrap_or(usize::MAX);
            next.get(at).copied().unwrap_or(f32::NEG_INFINITY)
        };
        let phrases = self.phrases;
        let node = phrases.node(node);
        let mut ways: Vec<Way> = node
            .next
            .iter()
            .map(|(token, next)| Way::new(*token, *next, score + log(*token), false))
            .collect();
        if let Some(phrase) = node.phrase {
            self.said.push(phrase);
            let ends = next
                .iter()
                .skip(usize::try_from(phrases.end).unwrap_or(usize::MAX));
            let behind = phrases.behind.iter().map(|token| log(*token).exp());
            let over: f32 = ends.map(|log| log.exp()).chain(behind).sum();
            self.note(score + over.max(f32::MIN_POSITIVE).ln());
            if self.said.len() < phrases.longest {
                let between = phrases.between.iter();
                ways.extend(between.map(|token| Way::new(*token, 0, score + log(*token), true)));
                let first = phrases.node(0).next.iter();
                ways.extend(
                    first.map(|(token, to)| Way::new(*token, *to, score + log(*token), true)),
                );
            }
            self.said.pop();
        }
        ways.sort_by(|a, b| b.score.total_cmp(&a.score));
        for way in ways {
            let said = self.said.len();
            if way.score <= self.least(said + usize::from(way.is_behind)) {
                continue;
            }
            if way.is_behind {
                self.said.extend(node.phrase);
            }
            self.path.push(way.token);
            self.look(way.to, way.score)?;
            self.path.pop();
            self.said.truncate(said);
        }
        Ok(())
    }

    fn note(&mut self, score: f32) {
        let known = self
            .found
            .entry(self.said.clone())
            .or_insert(f32::NEG_INFINITY);
        let (more, less) = (known.max(score), known.min(score));
        *known = if more.is_finite() {
            more + (less - more).exp().ln_1p()
        } else {
            more
        };
    }
}

struct Way {
    token: Token,
    to: usize,
    score: f32,
    /// A phrase was over before it.
    is_behind: bool,
}

impl Way {
    fn new(token: Token, to: usize, score: f32, is_behind: bool) -> Self {
        Self {
            token,
            to,
            score,
            is_behind,
        }
    }
}

fn upper_first(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

#[cfg(test)]
mod tests;
