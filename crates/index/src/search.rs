//! From concepts to hits: the best by score with pruning, then finely by how much of the query each covers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery, Weight,
};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, DocSet as _, Score, Searcher, TantivyDocument};

use crate::IndexError;
use crate::analyse::{Analysis, Analyst, Concept, READ, Statistics};
use crate::ask::{Answer, Ask, Hit, Wish};
use crate::document::Key;
use crate::facets;
use crate::filter::Wishes;
use crate::index::Learned;
use crate::limits::{CANDIDATES_MAX, HITS_MAX};
use crate::measure::Measure;
use crate::schema::{Fields, SEPARATOR};

/// Hits of an ask that names no number.
const HITS: usize = 10;
/// Candidates that are looked at finely for one hit, and at least.
const PER_HIT: usize = 3;
const CANDIDATES: usize = 120;
/// How much of the score hangs on how much of the query a product covers.
const COVERAGE: f32 = 0.3;
/// What a stated size that fits adds, and one in a wished range.
const SIZE: f32 = 1.5;
const RANGE: f32 = 3.0;
/// Scores are held in steps of this part, so that the order of adding does not decide among equals.
const STEPS: f32 = 4_096.0;

/// One product on the way to a hit. Orders by score, then by tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    /// Fewer wishes missed is more.
    pub(crate) fulfilled: Reverse<u32>,
    pub(crate) steps: u64,
    tie: Reverse<u64>,
    pub(crate) segment: u32,
    pub(crate) doc: DocId,
    pub(crate) missed: u64,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "scores are small and not negative"
)]
fn steps(score: Score) -> u64 {
    (score.max(0.0) * STEPS).round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "scores are small")]
fn score(steps: u64) -> Score {
    steps as f32 / STEPS
}

/// The best so many.
#[derive(Debug)]
struct Best {
    heap: BinaryHeap<Reverse<Candidate>>,
    most: usize,
}

impl Best {
    fn new(most: usize) -> Self {
        Self {
            heap: BinaryHeap::with_capacity(most + 1),
            most,
        }
    }

    fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.most {
            self.heap.push(Reverse(candidate));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate > worst.0
        {
            *worst = Reverse(candidate);
        }
    }

    /// Whether a score may get in at all: what it costs to know more is spared for the many that cannot.
    fn has_room_for(&self, steps: u64) -> bool {
        let worst = self.heap.peek().map_or(0, |worst| worst.0.steps);
        self.heap.len() < self.most || steps >= worst
    }

    /// A score above which a product may still get in; equals may, by their tie.
    fn threshold(&self) -> Score {
        if self.heap.len() < self.most {
            return Score::MIN;
        }
        let worst = self.heap.peek().map_or(0, |worst| worst.0.steps);
        (score(worst) - 0.75 / STEPS).max(0.0)
    }

    fn into_sorted(self) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = self.heap.into_iter().map(|Reverse(one)| one).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    }
}

/// A search over one state of the index.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) fields: Fields,
    pub(crate) learned: &'a Learned,
}

impl Search<'_> {
    pub(crate) fn run(&self, ask: &Ask) -> Result<Answer, IndexError> {
        let analyst = Analyst {
            searcher: self.searcher,
            fields: self.fields,
            learned: self.learned,
        };
        let analysis = analyst.analyse(&ask.text)?;
        let mut wishes = Wishes::of(&ask.filter);
        for (low, high) in &analysis.prices {
            wishes.say_price(*low, *high, ask.currency);
        }
        if !analysis.has_words && wishes.is_empty() && analysis.measures.is_empty() {
            return Err(IndexError::NothingAsked);
        }
        let limit = if ask.limit == 0 {
            HITS
        } else {
            ask.limit.min(HITS_MAX)
        };
        let most = (limit * PER_HIT).clamp(CANDIDATES, CANDIDATES_MAX);
        let most = if ask.facets { CANDIDATES_MAX } else { most };

        let is_nothing_known = analysis.has_words && analysis.concepts.is_empty();
        let mut answer = Answer {
            understood: analysis.understood.clone(),
            ..Answer::default()
        };
        let query = query(&analysis.concepts);
        if !is_nothing_known {
            let mut found = self.best(&*query, &wishes, most)?;
            self.refine(&analysis, &mut found)?;
            if ask.facets {
                answer.facets = facets::count(self.searcher, &found)?;
            }
            answer.hits = self.hits(&found, limit)?;
        }
        if answer.hits.is_empty() {
            let query = if is_nothing_known {
                Box::new(AllQuery)
            } else {
                query
            };
            let mut near = self.nearest(&*query, &wishes, limit)?;
            if near.is_empty() {
                near = self.nearest(&AllQuery, &wishes, limit)?;
            }
            if let Some(first) = near.first() {
                answer.in_the_way = wishes.named(first.missed);
            }
            answer.alternatives = self.hits(&near, limit)?;
        }
        if is_nothing_known {
            let words = answer.understood.unknown.clone();
            answer.in_the_way.insert(0, Wish::Words { words });
        }
        Ok(answer)
    }

    fn weight(&self, query: &dyn Query) -> Result<Box<dyn Weight>, IndexError> {
        let statistics = Statistics {
            searcher: self.searcher,
            text: self.fields.text,
            length: self.learned.length,
        };
        let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, self.searcher);
        Ok(query.weight(scoring)?)
    }

    /// The best products that fulfil every wish.
    fn best(
        &self,
        query: &dyn Query,
        wishes: &Wishes,
        most: usize,
    ) -> Result<Vec<Candidate>, IndexError> {
        let weight = self.weight(query)?;
        let mut best = Best::new(most);
        for (segment, reader) in (0_u32..).zip(self.searcher.segment_readers()) {
            let checks = wishes.over(reader)?;
            let ties = reader.fast_fields().u64("tie")?;
            let alive = reader.alive_bitset();
            weight.for_each_pruning(best.threshold(), reader, &mut |doc, score| {
                let is_alive = alive.is_none_or(|alive| alive.is_alive(doc));
                if is_alive && best.has_room_for(steps(score)) && checks.is_fulfilled(doc) {
                    best.offer(Candidate {
                        fulfilled: Reverse(0),
                        steps: steps(score),
                        tie: Reverse(ties.first(doc).unwrap_or_default()),
                        segment,
                        doc,
                        missed: 0,
                    });
                }
                best.threshold()
            })?;
        }
        Ok(best.into_sorted())
    }

    /// The products that miss the fewest wishes.
    fn nearest(
        &self,
        query: &dyn Query,
        wishes: &Wishes,
        most: usize,
    ) -> Result<Vec<Candidate>, IndexError> {
        let weight = self.weight(query)?;
        let mut best = Best::new(most);
        for (segment, reader) in (0_u32..).zip(self.searcher.segment_readers()) {
            let checks = wishes.over(reader)?;
            let ties = reader.fast_fields().u64("tie")?;
            let alive = reader.alive_bitset();
            weight.for_each(reader, &mut |doc, score| {
                if alive.is_none_or(|alive| alive.is_alive(doc)) {
                    let missed = checks.missed(doc);
                    best.offer(Candidate {
                        fulfilled: Reverse(missed.count_ones()),
                        steps: steps(score),
                        tie: Reverse(ties.first(doc).unwrap_or_default()),
                        segment,
                        doc,
                        missed,
                    });
                }
            })?;
        }
        Ok(best.into_sorted())
    }

    /// Weighs how much of the query each candidate covers, and whether its sizes fit.
    fn refine(&self, analysis: &Analysis, found: &mut [Candidate]) -> Result<(), IndexError> {
        let told: f32 = analysis.concepts.iter().map(|concept| concept.weight).sum();
        found.sort_unstable_by_key(|candidate| (candidate.segment, candidate.doc));
        let mut rest = &mut *found;
        while let Some(segment) = rest.first().map(|candidate| candidate.segment) {
            let len = rest.partition_point(|candidate| candidate.segment == segment);
            let (these, after) = rest.split_at_mut(len);
            let covered = self.covered(segment, &analysis.concepts, these)?;
            let sizes = self.sizes(segment, &analysis.measures, these)?;
            for ((candidate, covered), size) in these.iter_mut().zip(covered).zip(sizes) {
                let share = if told > 0.0 { covered / told } else { 1.0 };
                let whole = score(candidate.steps) * (1.0 - COVERAGE + COVERAGE * share);
                candidate.steps = steps(whole + size);
            }
            rest = after;
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(())
    }

    /// For candidates of one segment in the order of their documents: the weight of the concepts that each has.
    fn covered(
        &self,
        segment: u32,
        concepts: &[Concept],
        candidates: &[Candidate],
    ) -> Result<Vec<f32>, IndexError> {
        let mut covered = vec![0.0_f32; candidates.len()];
        if concepts.len() < 2 {
            return Ok(covered
                .iter()
                .map(|_| concepts.iter().map(|c| c.weight).sum())
                .collect());
        }
        let reader = self.searcher.segment_reader(segment);
        for concept in concepts {
            let mut postings = Vec::new();
            for scoring in &concept.terms {
                let inverted = reader.inverted_index(scoring.term.field())?;
                postings.extend(inverted.read_postings(&scoring.term, READ)?);
            }
            for (candidate, covered) in candidates.iter().zip(&mut covered) {
                let is_there = postings.iter_mut().any(|postings| {
                    if postings.doc() < candidate.doc {
                        postings.seek(candidate.doc);
                    }
                    postings.doc() == candidate.doc
                });
                if is_there {
                    *covered += concept.weight;
                }
            }
        }
        Ok(covered)
    }

    fn sizes(
        &self,
        segment: u32,
        measures: &[(Measure, bool)],
        candidates: &[Candidate],
    ) -> Result<Vec<f32>, IndexError> {
        if measures.is_empty() {
            return Ok(vec![0.0; candidates.len()]);
        }
        let stated = self
            .searcher
            .segment_reader(segment)
            .fast_fields()
            .u64("measures")?;
        let fits = |doc: DocId| {
            measures
                .iter()
                .filter(|(measure, _)| stated.values_for_doc(doc).any(|value| measure.holds(value)))
                .map(|(_, is_range)| if *is_range { RANGE } else { SIZE })
                .sum()
        };
        Ok(candidates
            .iter()
            .map(|candidate| fits(candidate.doc))
            .collect())
    }

    fn hits(&self, found: &[Candidate], limit: usize) -> Result<Vec<Hit>, IndexError> {
        found
            .iter()
            .take(limit)
            .map(|candidate| {
                let address = DocAddress::new(candidate.segment, candidate.doc);
                let stored: TantivyDocument = self.searcher.doc(address)?;
                let payload = stored
                    .get_first(self.fields.payload)
                    .and_then(|value| value.as_bytes().map(<[u8]>::to_vec))
                    .unwrap_or_default();
                Ok(Hit {
                    key: key(&payload)?,
                    score: score(candidate.steps),
                    payload,
                })
            })
            .collect()
    }
}

pub(crate) fn key(payload: &[u8]) -> Result<Key, IndexError> {
    let raw = payload.split(|byte| *byte == 0).next().unwrap_or_default();
    let raw = std::str::from_utf8(raw).unwrap_or_default();
    let (merchant, id) = raw.split_once(SEPARATOR).unwrap_or_default();
    let damaged = || IndexError::Damaged("a product without a key");
    Ok(Key {
        merchant: errand_types::MerchantId::parse(merchant).map_err(|_| damaged())?,
        id: errand_types::ForeignId::parse(id).map_err(|_| damaged())?,
    })
}

/// Without a concept everything is as good as everything else.
fn query(concepts: &[Concept]) -> Box<dyn Query> {
    let mut terms: Vec<crate::analyse::Scoring> = Vec::new();
    for scoring in concepts.iter().flat_map(|concept| &concept.terms) {
        match terms.iter_mut().find(|known| known.term == scoring.term) {
            Some(known) => known.boost += scoring.boost,
            None => terms.push(scoring.clone()),
        }
    }
    if terms.is_empty() {
        return Box::new(AllQuery);
    }
    let clauses = terms.into_iter().map(|scoring| {
        let term: Box<dyn Query> = Box::new(TermQuery::new(scoring.term, READ));
        let boosted: Box<dyn Query> = Box::new(BoostQuery::new(term, scoring.boost));
        (Occur::Should, boosted)
    });
    Box::new(BooleanQuery::new(clauses.collect()))
}
