use std::collections::HashSet;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use errand_model::{BoxFuture, Model, ModelError, Proposal, Question, Scene, Thought, Turn};
use errand_types::{Language, Product, Text};

use crate::clause::clauses;
use crate::combine::Combining;
use crate::decide::{Decision, Desk};
use crate::german;
use crate::lang::Lang;
use crate::lexicon::{Lexicon, OfflineError, PHRASES_MAX};
use crate::scan::{Labels, Scan};
use crate::style::{Styled, Styling, held};
use crate::text::{Heard, Kind, words_of};
use crate::tone::Signals;
use crate::vocab::Vocab;

/// A planner without a language model: same words and same scene, same proposal.
///
/// Reading a turn takes no lock for long, never waits and never fails.
pub struct OfflineModel {
    english: Lang,
    german: Lang,
    pub(crate) english_signals: Signals,
    pub(crate) german_signals: Signals,
    english_combining: Combining,
    german_combining: Combining,
    english_styling: Styling,
    german_styling: Styling,
    /// Closed words of all languages: no shop can teach one anew.
    closed: HashSet<String>,
    pub(crate) labels: Labels,
    /// Written only by [`OfflineModel::learn`].
    pub(crate) vocab: RwLock<Vocab>,
}

impl fmt::Debug for OfflineModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfflineModel(en, de)")
    }
}

/// Corrections of one turn at most.
const CORRECTIONS_MAX: usize = 8;

impl OfflineModel {
    /// A planner that knows these words.
    ///
    /// # Errors
    /// [`OfflineError`] when a language file or the lexicon cannot be used.
    pub fn new(lexicon: &Lexicon) -> Result<Self, OfflineError> {
        let phrases = lexicon.labels.len() + lexicon.categories.len() + lexicon.brands.len();
        if phrases > PHRASES_MAX {
            return Err(OfflineError::TooManyPhrases(phrases));
        }
        if let Some((_, id)) = lexicon
            .labels
            .iter()
            .find(|(phrase, _)| words_of(phrase, 8).is_empty())
        {
            return Err(OfflineError::EmptyPhrase(id.clone()));
        }
        let english = Lang::read(Language::English)?;
        let german = Lang::read(Language::German)?;
        let closed = english.closed.union(&german.closed).cloned().collect();
        let mut vocab = Vocab::new(lexicon, &closed);
        vocab.learn_everyday(english.goods_written.iter().map(String::as_str), &closed);
        Ok(Self {
            labels: Labels::new(lexicon),
            vocab: RwLock::new(vocab),
            english,
            german,
            english_signals: Signals::read(Language::English)?,
            german_signals: Signals::read(Language::German)?,
            english_combining: Combining::of(Language::English)?,
            german_combining: Combining::of(Language::German)?,
            english_styling: Styling::of(Language::English)?,
            german_styling: Styling::of(Language::German)?,
            closed,
        })
    }

    /// Takes up words of what shops show: kinds of goods, option values, brands. Bounded; closed words of the language
    /// cannot be taught anew, and nothing of it reaches [`crate::approve`].
    pub fn learn(&self, products: &[Product]) {
        self.vocab
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .learn(products, &self.closed);
    }

    pub(crate) fn lang(&self, language: Language) -> &Lang {
        match language {
            Language::English => &self.english,
            Language::German => &self.german,
        }
    }

    /// Reads one turn. The text may be longer than a [`Turn`] holds; what is beyond the bound is not read.
    pub fn read(&self, text: &str, scene: &Scene) -> Thought {
        let (styling, combining) = match scene.language {
            Language::English => (&self.english_styling, &self.english_combining),
            Language::German => (&self.german_styling, &self.german_combining),
        };
        let goods = &self.lang(scene.language).goods_named;
        match styling.read(text, scene, goods) {
            Some(Styled::Whole(thought)) => return *thought,
            Some(Styled::Kind { rest, style }) => {
                return held(self.read_plain(&rest, scene), &style);
            }
            None => {}
        }
        match combining.cut(text) {
            None => self.read_plain(text, scene),
            Some(cut) => match cut.rest {
                None => combining.alone(cut.goal),
                Some(rest) => combining.join(cut.goal, self.read_plain(&rest, scene)),
            },
        }
    }

    fn read_plain(&self, text: &str, scene: &Scene) -> Thought {
        let lang = self.lang(scene.language);
        let heard = Heard::new(text, &lang.short);
        if let Some(proposal) = unreadable(lang, &heard) {
            return Thought {
                proposal,
                understood: None,
                tainted: false,
            };
        }
        let vocab = self.vocab.read().unwrap_or_else(PoisonError::into_inner);
        let (_, decision) = self.understand(heard, scene, &vocab);
        Thought {
            proposal: decision.proposal,
            understood: decision.understood,
            tainted: false,
        }
    }

    pub(crate) fn understand<'a>(
        &'a self,
        mut heard: Heard,
        scene: &'a Scene,
        vocab: &'a Vocab,
    ) -> (Scan<'a>, Decision) {
        let lang = self.lang(scene.language);
        if lang.language == Language::German {
            german::prepare(&mut heard, lang, vocab);
        }
        let mut scan = Scan::new(lang, vocab, &self.labels, scene, heard);
        self.spell(&mut scan);
        let found = clauses(&scan);
        let decision = Desk::new(&scan, scene).decide(&found);
        if decision.is_lost && self.spell_closed(&mut scan) {
            let found = clauses(&scan);
            let again = Desk::new(&scan, scene).decide(&found);
            return (scan, again);
        }
        (scan, decision)
    }

    /// Corrects words that no tagger covers towards what shops taught.
    fn spell(&self, scan: &mut Scan<'_>) {
        self.join(scan);
        let mut fixes: Vec<(usize, String)> = Vec::new();
        for at in 0..scan.heard.tokens.len() {
            if fixes.len() < CORRECTIONS_MAX
                && scan.is_unexplained(at)
                && let Some(word) = scan.vocab.spell(scan.heard.word(at))
            {
                fixes.push((at, word.to_owned()));
            }
        }
        scan.respell(&fixes, &self.labels);
    }

    /// Joins words that a shop writes as one: "tooth paste", and "tooth paced" as somebody heard it.
    fn join(&self, scan: &mut Scan<'_>) {
        let mut joins: Vec<(usize, usize, String)> = Vec::new();
        let mut at = 0;
        while at + 1 < scan.heard.tokens.len() && joins.len() < CORRECTIONS_MAX {
            let found = (2..=3).rev().find_map(|n| {
                let run = at..at + n;
                let is_open = run.clone().all(|i| {
                    scan.heard
                        .tokens
                        .get(i)
                        .is_some_and(|t| t.kind == Kind::Word)
                        && !scan.lang.closed.contains(scan.heard.word(i))
                });
                // Where every word says something by itself, nothing was misheard.
                let is_odd = run
                    .clone()
                    .any(|i| scan.is_unexplained(i) && !scan.vocab.knows(scan.heard.word(i)));
                if !is_open || !is_odd {
                    return None;
                }
                let parts: Vec<&str> = run.map(|i| scan.heard.word(i)).collect();
                scan.vocab.joined(&parts).map(|word| (n, word.to_owned()))
            });
            if let Some((n, word)) = found {
                joins.push((at, n, word));
                at += n;
            } else {
                at += 1;
            }
        }
        scan.join(&joins, &self.labels);
    }

    /// Corrects words towards those of the sentence patterns; only for turns that are lost otherwise.
    fn spell_closed(&self, scan: &mut Scan<'_>) -> bool {
        let mut fixes: Vec<(usize, String)> = Vec::new();
        for at in 0..scan.heard.tokens.len().min(24) {
            let word = scan.heard.word(at);
            if fixes.len() >= 2
                || word.chars().count() < 4
                || !scan.is_unexplained(at)
                || scan.vocab.knows(word)
            {
                continue;
            }
            let best = scan.lang.near.spell(word);
            if let Some(known) = best {
                fixes.push((at, known.to_owned()));
            }
        }
        scan.respell(&fixes, &self.labels);
        !fixes.is_empty()
    }
}

/// Turns that are not looked at: empty, in another script, too long.
fn unreadable(lang: &Lang, heard: &Heard) -> Option<Proposal> {
    let ask = |key: &str| {
        let chips = lang
            .chips("chips_start", &[])
            .iter()
            .map(|chip| Text::clip(chip))
            .collect();
        Some(Proposal::Ask(Question {
            text: Text::clip(&lang.reply(key, &[])),
            chips,
        }))
    };
    if heard.is_cut {
        return Some(Proposal::Say(Text::clip(&lang.reply("say_long", &[]))));
    }
    if heard.letters_foreign * 2 > heard.letters {
        return ask("ask_script");
    }
    let has_word = heard.tokens.iter().any(|t| t.kind != Kind::Sign);
    if has_word { None } else { ask("ask_empty") }
}

impl Model for OfflineModel {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn think<'a>(&'a self, turn: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
        Box::pin(async move { Ok(self.read(turn.text.as_str(), &turn.scene)) })
    }
}
