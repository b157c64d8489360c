//! The words of approvals and what else people say.

use std::collections::BTreeSet;

use errand_offline::approve::{Answer, read_answer_in};
use errand_types::Language;
use errand_voice_core::ClosedGrammar;
use errand_voice_device::Sphinx;

/// Partners of each word: enough that one which is no answer anywhere is found with all of them.
const STRIDES: [usize; 6] = [1, 7, 100, 555, 1_000, 1_500];

#[test]
fn any_two_words_of_the_list_are_heard_as_two_words_in_every_language() {
    let words: Vec<&str> = errand_trust::word_list().collect();
    let mut wrong = BTreeSet::new();
    for language in Language::ALL {
        for (at, first) in words.iter().enumerate() {
            for stride in STRIDES {
                let pair = format!("{first} {}", words[(at + stride) % words.len()]);
                if read_answer_in(language, &pair) != Answer::Words(pair.clone()) {
                    wrong.insert(pair);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the run must see what it left out"
)]
fn every_word_of_the_list_can_be_heard() {
    let sphinx = match Sphinx::open() {
        Ok(sphinx) => sphinx,
        Err(missing) => return eprintln!("SKIPPED: {missing}"),
    };
    let closed = ClosedGrammar::words(Language::English, errand_trust::word_list()).unwrap();

    sphinx.prepare(&closed.hints().grammar).unwrap();

    let unheard: Vec<String> = sphinx
        .skipped()
        .into_iter()
        .filter(|phrase| {
            phrase
                .split(' ')
                .any(|word| errand_trust::word_list().any(|w| w == word))
        })
        .collect();
    assert!(unheard.is_empty(), "{unheard:?}");
}
