//! A person whose language is not English is told nothing in English: held against every English sentence that there is.

use errand_types::Language;
use serde_json::Value;

use super::check::Seen;

/// Fields of events that hold what others said, as they said it: shops of an order, everybody of the talk.
const THEIRS: [&str; 4] = ["disclosures", "events", "rules", "transcript"];
/// Fields of events that are words of ours. Titles are the shops', but for those of steps.
const OURS: [&str; 17] = [
    "also",
    "approved_by",
    "because",
    "best",
    "conflict",
    "delivery_text",
    "discloses_text",
    "found",
    "headline",
    "label",
    "not",
    "ordered_by",
    "reason",
    "remedies",
    "state_text",
    "summary",
    "text",
];
/// Words by which an English sentence is known that is too short to be told by its form.
const ENGLISH: [&str; 8] = [
    "you", "your", "nothing", "bought", "which", "is", "are", "says",
];

/// What of a turn was told in English, each with the sentence that it is.
pub(crate) fn strays(language: Language, seen: &Seen) -> Vec<String> {
    if language == Language::English {
        return Vec::new();
    }
    let mut told: Vec<String> = seen.turn.text().lines().map(str::to_owned).collect();
    for event in &seen.turn.events {
        let kind = event.get("type").and_then(Value::as_str);
        if kind.is_some_and(|kind| kind.starts_with("errand.")) {
            ours(event, false, &mut told);
        }
    }
    told.sort();
    told.dedup();
    told.iter()
        .filter_map(|text| {
            let sentence = english(text)?;
            Some(format!("told in English (`{sentence}`): {text:?}"))
        })
        .collect()
}

/// The English sentence that a text is.
fn english(text: &str) -> Option<String> {
    let of = |book: &'static errand_sentences::Book| book.texts(Language::English);
    let books = errand_engine::books().chain(errand_policy::books());
    let mut all = books.flat_map(of);
    if let Some((key, _)) = all.find(|(_, template)| template.matches(text)) {
        return Some(key.to_owned());
    }
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .find(|word| ENGLISH.contains(word))
        .map(ToOwned::to_owned)
}

/// Our words in an event, wherever they stand.
fn ours(value: &Value, is_ours: bool, told: &mut Vec<String>) {
    match value {
        Value::String(text) if is_ours => told.extend(text.lines().map(str::to_owned)),
        Value::Array(all) => all.iter().for_each(|one| ours(one, is_ours, told)),
        Value::Object(fields) => {
            let is_step = fields.contains_key("agent");
            for (name, one) in fields {
                let name = name.as_str();
                if !THEIRS.contains(&name) {
                    ours(
                        one,
                        OURS.contains(&name) || is_step && name == "title",
                        told,
                    );
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_sentence_is_known_whatever_is_filled_in_and_a_german_one_is_none() {
        for text in [
            "Bought for $16.79 at Pantry Lane, order PL-1.",
            "I left out 3: 2 over $15.00, 1 out of stock",
            "$31.70 is over the $20.00 that you allow for one purchase",
            "nothing fits",
        ] {
            assert!(english(text).is_some(), "{text}");
        }
        for text in [
            "Für 16,79 $ bei Pantry Lane gekauft, Bestellung PL-1.",
            "Kaldera Huila Bright Beans, 300 g, Pantry Lane, 11,80 $",
            "Weggelassen habe ich 3: 2 über 15,00 $, 1 ausverkauft",
        ] {
            assert_eq!(english(text), None, "{text}");
        }
    }
}
