//! A query's words as concepts: each with the terms that stand for it and how much it tells.

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::ask::Understood;
use crate::fold::{Folder, Piece, fold, is_filler, is_turn, joined, pieces};
use crate::index::Learned;
use crate::limits::{QUERY_CHARS_MAX, QUERY_WORDS_MAX, TERMS_PER_WORD_MAX};
use crate::measure::{Measure, Said, said};
use crate::schema::Fields;

/// What the word that names the thing adds to a product that it names, as a share of what the word tells.
const HEAD_LAST: f32 = 0.4;
/// The same for the words before it: "gaming" does not name a gaming laptop, and "iphone" does name an iphone 11.
const HEAD_OTHER: f32 = 0.2;
/// What a whole model number adds, as a share of what it tells.
const CODE: f32 = 2.0;
/// What a word tells that stands for the one that was written.
const CORRECTED: f32 = 0.8;
const JOINED: f32 = 1.0;
const KIN: f32 = 0.5;

/// A term that scores.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scoring {
    pub(crate) term: Term,
    /// Factor on its score.
    pub(crate) boost: f32,
}

/// One word of the query with all that stands for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Concept {
    pub(crate) terms: Vec<Scoring>,
    /// How much it tells: its inverse document frequency.
    pub(crate) weight: f32,
}

/// The query, understood.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    pub(crate) concepts: Vec<Concept>,
    pub(crate) understood: Understood,
    /// Prices in hundredths: least and most.
    pub(crate) prices: Vec<(u64, u64)>,
    /// Measures, and whether each is a range.
    pub(crate) measures: Vec<(Measure, bool)>,
    /// Whether anything was asked for in words.
    pub(crate) has_words: bool,
}

/// Looks words up.
#[derive(Debug)]
pub(crate) struct Analyst<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: Fields,
    pub(crate) learned: &'a Learned,
}

/// One written word.
#[derive(Debug)]
struct Written {
    /// Folded.
    surface: String,
    term: String,
    is_word: bool,
}

impl Analyst<'_> {
    /// # Errors
    /// When the index cannot be read.
    pub(crate) fn analyse(&self, text: &str) -> tantivy::Result<Analysis> {
        let mut analysis = Analysis::default();
        let cut: String = text.chars().take(QUERY_CHARS_MAX).collect();
        analysis.understood.is_cut = cut.len() < text.len();
        let folded = fold(&cut);
        let (numbers, rest) = said(&folded);
        for number in numbers {
            match number {
                Said::Price { low, high } => analysis.prices.push((low, high)),
                Said::Measure { measure, is_range } => {
                    analysis.measures.push((measure, is_range));
                    analysis.understood.measures.push(measure);
                }
            }
        }
        let (words, head) = self.words(&rest, &mut analysis);
        analysis.has_words = !words.is_empty();
        self.concepts(&words, head, &mut analysis)?;
        Ok(analysis)
    }

    /// The words in their order, and which of them names the thing.
    fn words(&self, rest: &str, analysis: &mut Analysis) -> (Vec<Written>, Option<usize>) {
        let mut folder = Folder::default();
        let mut words: Vec<Written> = Vec::new();
        let mut head = None;
        let mut fillers = Vec::new();
        for piece in pieces(rest) {
            let (surface, is_word) = match piece {
                Piece::Word(word) => (word, true),
                Piece::Code(code) => (code, false),
                Piece::Joint | Piece::Beside | Piece::Mark => continue,
            };
            if is_turn(surface) && head.is_none() && !words.is_empty() {
                head = Some(words.len() - 1);
            }
            let term = if is_word {
                folder.stem(surface).to_owned()
            } else {
                surface.to_owned()
            };
            let word = Written {
                surface: surface.to_owned(),
                term,
                is_word,
            };
            if is_filler(surface) {
                fillers.push(word);
                continue;
            }
            if words.iter().any(|known| known.term == word.term) {
                continue;
            }
            if words.len() >= QUERY_WORDS_MAX {
                analysis.understood.is_cut = true;
                break;
            }
            words.push(word);
        }
        // "The Who" is made of fillers alone; then they are all there is to search for.
        if words.is_empty() {
            fillers.truncate(QUERY_WORDS_MAX);
            words = fillers;
        }
        // "iphone 11": a number at the end is no name.
        let last = words.iter().rposition(|word| word.is_word);
        let head = head
            .filter(|at| words.get(*at).is_some_and(|word| word.is_word))
            .or(last);
        (words, head)
    }

    fn concepts(
        &self,
        words: &[Written],
        head: Option<usize>,
        analysis: &mut Analysis,
    ) -> tantivy::Result<()> {
        for (at, word) in words.iter().enumerate() {
            let mut terms = Vec::new();
            let share = if head == Some(at) {
                HEAD_LAST
            } else {
                HEAD_OTHER
            };
            let mut weight = self.word(&word.term, 1.0, share, &mut terms)?;
            if weight.is_none() && word.is_word {
                weight = self.instead(word, share, &mut terms, analysis)?;
            } else if let Some(kin) = self.learned.kin.get(&word.term) {
                for (other, near) in kin {
                    self.word(other, KIN * near, share, &mut terms)?;
                }
            }
            // A word of two of the query that products write as one: "note book".
            for other in [at.checked_sub(1), Some(at + 1)].into_iter().flatten() {
                let Some(other_word) = words.get(other) else {
                    continue;
                };
                let (left, right) = if other < at {
                    (other_word, word)
                } else {
                    (word, other_word)
                };
                self.together(left, right, share, &mut weight, &mut terms)?;
            }
            if word.surface.chars().any(|c| c.is_ascii_digit()) {
                weight = self.code(&word.surface, CODE, &mut terms)?.or(weight);
            }
            match weight {
                Some(weight) => {
                    terms.truncate(TERMS_PER_WORD_MAX * 2);
                    analysis.concepts.push(Concept { terms, weight });
                }
                None => analysis.understood.unknown.push(word.surface.clone()),
            }
        }
        // A model number written apart: "mlt d1082s".
        let whole: String = words.iter().map(|word| word.surface.as_str()).collect();
        let whole = joined(&whole);
        if words.len() > 1 && whole.chars().any(|c| c.is_ascii_digit()) {
            let mut terms = Vec::new();
            if let Some(weight) = self.code(&whole, CODE, &mut terms)? {
                analysis.understood.unknown.clear();
                analysis.concepts.push(Concept { terms, weight });
            }
        }
        Ok(())
    }

    /// A word that no product has: split, corrected, or its beginning completed.
    fn instead(
        &self,
        word: &Written,
        share: f32,
        terms: &mut Vec<Scoring>,
        analysis: &mut Analysis,
    ) -> tantivy::Result<Option<f32>> {
        let vocabulary = &self.learned.vocabulary;
        let mut folder = Folder::default();
        if let Some((left, right)) = vocabulary.split(&word.surface) {
            let left_weight = self.word(folder.stem(left), CORRECTED, HEAD_OTHER, terms)?;
            let right_weight = self.word(folder.stem(right), CORRECTED, share, terms)?;
            let told = (word.surface.clone(), format!("{left} {right}"));
            analysis.understood.corrected.push(told);
            return Ok(left_weight.into_iter().chain(right_weight).reduce(f32::max));
        }
        let near = vocabulary.nearest(&word.surface).or_else(|| {
            vocabulary
                .beginning(&word.surface)
                .filter(|near| is_near(&word.surface, near))
        });
        let Some(near) = near else {
            return Ok(None);
        };
        let told = (word.surface.clone(), near.to_owned());
        analysis.understood.corrected.push(told);
        self.word(folder.stem(near), CORRECTED, share, terms)
    }

    fn together(
        &self,
        left: &Written,
        right: &Written,
        share: f32,
        weight: &mut Option<f32>,
        terms: &mut Vec<Scoring>,
    ) -> tantivy::Result<()> {
        if !left.is_word || !right.is_word {
            return Ok(());
        }
        let whole = format!("{}{}", left.surface, right.surface);
        if !self.learned.vocabulary.has(&whole) {
            return Ok(());
        }
        let mut folder = Folder::default();
        let stem = folder.stem(&whole);
        // Half of it for each of the two words.
        let found = self.word(stem, JOINED / 2.0, share / 2.0, terms)?;
        *weight = weight.or(found);
        Ok(())
    }

    /// Adds a word and the word as a name; gives how much it tells, `None` when no product has it.
    fn word(
        &self,
        stem: &str,
        boost: f32,
        head_share: f32,
        terms: &mut Vec<Scoring>,
    ) -> tantivy::Result<Option<f32>> {
        let term = Term::from_field_text(self.fields.text, stem);
        let with = self.searcher.doc_freq(&term)?;
        if with == 0 {
            return Ok(None);
        }
        let weight = self.inverse(with);
        add(terms, term, boost);
        let head = Term::from_field_text(self.fields.head, stem);
        if let Some(unit) = self.unit(&head)? {
            add(terms, head, boost * head_share * weight / unit);
        }
        Ok(Some(weight))
    }

    fn code(
        &self,
        code: &str,
        share: f32,
        terms: &mut Vec<Scoring>,
    ) -> tantivy::Result<Option<f32>> {
        if code.len() < 4 {
            return Ok(None);
        }
        let whole = joined(code);
        let term = Term::from_field_text(self.fields.codes, whole.trim_start_matches('0'));
        let with = self.searcher.doc_freq(&term)?;
        let Some(unit) = self.unit(&term)? else {
            return Ok(None);
        };
        let weight = self.inverse(with);
        add(terms, term, share * weight / unit);
        Ok(Some(weight))
    }

    /// What a term of a field without lengths scores by itself; `None` without a product.
    fn unit(&self, term: &Term) -> tantivy::Result<Option<f32>> {
        let with = self.searcher.doc_freq(term)?;
        Ok((with > 0).then(|| self.inverse(with)))
    }

    fn inverse(&self, with: u64) -> f32 {
        let all: u64 = self
            .searcher
            .segment_readers()
            .iter()
            .map(|segment| u64::from(segment.max_doc()))
            .sum();
        let (all, with) = (float(all.max(with)), float(with));
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}

/// Whether a completed word is still the one that was begun: it shares two thirds of the longer one.
fn is_near(word: &str, other: &str) -> bool {
    let common = word
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let longer = word.chars().count().max(other.chars().count());
    common * 3 >= longer * 2
}

fn add(terms: &mut Vec<Scoring>, term: Term, boost: f32) {
    match terms.iter_mut().find(|known| known.term == term) {
        Some(known) => known.boost = known.boost.max(boost),
        None => terms.push(Scoring { term, boost }),
    }
}

/// Statistics that scoring goes by: the average length as learned, and one for fields without lengths.
pub(crate) struct Statistics<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) text: Field,
    pub(crate) length: f32,
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let all = self.total_num_docs()?;
        if field != self.text {
            return Ok(all);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most as many as the index has words"
        )]
        let words = (float(all) * self.length) as u64;
        Ok(words)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        let segments = self.searcher.segment_readers().iter();
        Ok(segments.map(|segment| u64::from(segment.max_doc())).sum())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.searcher.doc_freq(term)
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics, not amounts")]
pub(crate) fn float(n: u64) -> f32 {
    n as f32
}

/// How terms are read everywhere: block-max pruning needs frequencies.
pub(crate) const READ: IndexRecordOption = IndexRecordOption::WithFreqs;
