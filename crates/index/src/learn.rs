//! What the index learns from its products after a commit.

use std::collections::{BTreeMap, HashSet};

use tantivy::schema::Value as _;
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::IndexError;
use crate::analyse::float;
use crate::ask::Hit;
use crate::fold::{Folder, fold};
use crate::head::heads;
use crate::kin::{Kin, Learner, Sample};
use crate::limits::{LEARNED_FROM_MAX, VOCABULARY_MAX};
use crate::schema::Fields;
use crate::spelling::Vocabulary;

/// The words of titles, brands and categories.
pub(crate) fn vocabulary(searcher: &Searcher, fields: Fields) -> Result<Vocabulary, IndexError> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    // With very many different words, those of a single product are mostly names.
    let least = if searcher.num_docs() > VOCABULARY_MAX as u64 {
        2
    } else {
        1
    };
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.words)?;
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            let Ok(word) = std::str::from_utf8(terms.key()) else {
                continue;
            };
            if word.chars().all(char::is_alphabetic) {
                *counts.entry(word.to_owned()).or_default() += terms.value().doc_freq;
            }
        }
    }
    Ok(Vocabulary::new(
        counts.into_iter().filter(|(_, count)| *count >= least),
    ))
}

/// The average length of the searched text, over what can be found. The engine's own average is an estimate once products
/// were withdrawn.
pub(crate) fn length(searcher: &Searcher, fields: Fields) -> Result<f32, IndexError> {
    let (mut words, mut products) = (0_u64, 0_u64);
    for segment in searcher.segment_readers() {
        let lengths = segment.get_fieldnorms_reader(fields.text)?;
        for doc in segment.doc_ids_alive() {
            words += u64::from(lengths.fieldnorm(doc));
            products += 1;
        }
    }
    Ok((float(words) / float(products.max(1))).max(1.0))
}

/// Kinship, from a sample that hangs on the products alone and not on when they came in.
pub(crate) fn kin(searcher: &Searcher, fields: Fields) -> Result<Kin, IndexError> {
    let products = searcher.num_docs().max(1);
    let share = u64::MAX / products * products.min(LEARNED_FROM_MAX as u64);
    let mut sample: Vec<(u64, DocAddress)> = Vec::new();
    for (segment, reader) in (0_u32..).zip(searcher.segment_readers()) {
        let ties = reader.fast_fields().u64("tie")?;
        for doc in reader.doc_ids_alive() {
            let tie = ties.first(doc).unwrap_or_default();
            if tie <= share {
                sample.push((tie, DocAddress::new(segment, doc)));
            }
        }
    }
    sample.sort_unstable();
    let mut learner = Learner::default();
    let mut folder = Folder::default();
    for (_, address) in sample {
        let stored: TantivyDocument = searcher.doc(address)?;
        let payload = stored
            .get_first(fields.payload)
            .and_then(|value| value.as_bytes().map(<[u8]>::to_vec))
            .unwrap_or_default();
        let hit = Hit {
            key: crate::search::key(&payload)?,
            score: 0.0,
            payload,
        };
        let document = hit.document()?;
        let mut values = HashSet::new();
        for (_, value) in &document.attributes {
            folder.terms(&fold(value.as_str()), |term| {
                values.insert(term.to_owned());
            });
        }
        let mut brand = Vec::new();
        if let Some(name) = &document.brand {
            folder.terms(&fold(name.as_str()), |term| brand.push(term.to_owned()));
        }
        learner.see(&Sample {
            title: document.title.as_str(),
            description: document.description.as_str(),
            heads: heads(&mut folder, document.title.as_str(), &values),
            values,
            brand,
        });
    }
    Ok(learner.learn())
}
