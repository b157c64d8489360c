use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    BatchStream, Care, Deadline, EngineFault, Grammar, Hints, Nod, Nods, SpeechToText, SttError,
    Utterance,
};
use errand_voice_device::{Flite, Sphinx};
use std::sync::Arc;

use crate::support::{or_skip, say};

fn said(text: &str) -> Option<Vec<i16>> {
    let flite = or_skip(Flite::open())?;
    let (pcm, _) = say(&flite, "slt", text);
    let quiet = [0; 4_800];
    Some([&quiet[..], &pcm, &quiet].concat())
}

fn hints(grammar: Grammar) -> Hints {
    Hints {
        grammar,
        ..Hints::open(Language::English)
    }
}

fn within(seconds: u64) -> Deadline {
    Deadline {
        within: Duration::from_secs(seconds),
        ..Deadline::usual(Duration::ZERO)
    }
}

fn hear(sphinx: &Sphinx, text: &str, grammar: &Grammar) -> Option<String> {
    let utterance = Utterance::from_pcm(said(text)?);
    Some(
        sphinx
            .transcribe(utterance, &hints(grammar.clone()), &within(60))
            .unwrap()
            .text,
    )
}

fn without_articles(text: &str) -> Vec<&str> {
    let articles = ["a", "an", "the"];
    text.split(' ')
        .filter(|word| !articles.contains(word))
        .collect()
}

#[test]
fn shopping_language_with_names_of_the_catalog_is_understood() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let names = [
        "coffee beans",
        "Oat Milk",
        "dark chocolate",
        "Sidamo Dawn",
        "Zwiebelkuchen",
    ];
    let grammar = Grammar::open(names).unwrap();
    for text in [
        "i need two bags of coffee beans under fifteen dollars",
        "add oat milk to my cart",
        "tell me more about the second one",
        "remove the dark chocolate from my cart",
        "order more coffee beans like last time but decaf",
        "what is in my cart",
        "never mind",
    ] {
        let Some(heard) = hear(&sphinx, text, &grammar) else {
            return;
        };

        // Articles are too short to be heard surely, and change nothing.
        assert_eq!(without_articles(&heard), without_articles(text));
    }
    assert!(
        sphinx.skipped().contains(&"zwiebelkuchen".to_owned()),
        "{:?}",
        sphinx.skipped()
    );
}

/// A line without any noise, as files and tests have it, must not spoil what the next utterance is held against.
#[test]
fn silence_of_zeros_around_a_sentence_does_not_spoil_the_next_one() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let grammar = Grammar::open(["coffee beans", "three-seat sofa", "oat milk"]).unwrap();
    for text in [
        "order coffee beans",
        "order coffee beans",
        "find oat milk",
        "order coffee beans",
    ] {
        let Some(said) = said(text) else {
            return;
        };
        let pcm = [vec![0; 4_800], said, vec![0; 8_000]].concat();

        let heard = sphinx
            .transcribe(
                Utterance::from_pcm(pcm),
                &hints(grammar.clone()),
                &within(60),
            )
            .unwrap();

        assert_eq!(heard.text, text);
    }
}

#[test]
fn digits_are_heard_one_by_one_and_can_be_refused() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let grammar = Grammar::digits(4..=4).unwrap();

    for text in ["four two nine one", "seven three eight zero", "cancel"] {
        let Some(heard) = hear(&sphinx, text, &grammar) else {
            return;
        };
        assert_eq!(heard, text);
    }
}

#[test]
fn a_closed_grammar_hears_its_phrases_with_fillers_around() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let phrases = [
        "amber", "river", "candle", "garden", "silver", "window", "yes", "no", "cancel", "repeat",
    ];
    let grammar = Grammar::closed(phrases, 2).unwrap();
    sphinx.prepare(&grammar).unwrap();

    for (text, expected) in [
        ("silver garden", "silver garden"),
        ("cancel please", "cancel"),
        ("no", "no"),
    ] {
        let Some(heard) = hear(&sphinx, text, &grammar) else {
            return;
        };
        assert_eq!(heard, expected);
    }
}

/// What is made of the first so many milliseconds of a sentence, as somebody says it over us.
fn nod(sphinx: &Sphinx, text: &str, ms: usize) -> Option<Nod> {
    let nods = Nods::new(Language::English).unwrap();
    let mut pcm = said(text)?;
    pcm.truncate((300 + ms) * 16);
    let heard = sphinx.transcribe(Utterance::from_pcm(pcm), nods.hints(), &within(60));
    nods.judge(&heard.unwrap(), &[]).map(|looked| looked.nod)
}

#[test]
fn a_nod_is_told_from_a_sentence_in_the_middle_of_both() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    if said("yeah").is_none() {
        return;
    }

    for text in ["yeah", "okay", "got it", "sure", "all right"] {
        assert_ne!(nod(&sphinx, text, 500), Some(Nod::No), "{text}");
        assert_eq!(nod(&sphinx, text, 800), Some(Nod::Sure), "{text}");
    }
    for text in ["what is in my cart", "no thanks"] {
        assert_eq!(nod(&sphinx, text, 650), Some(Nod::No), "{text}");
    }
    // "I want" begins like "wait": who wants the floor gets it either way.
    assert_eq!(nod(&sphinx, "i want the first one", 650), Some(Nod::Stop));
    assert_eq!(nod(&sphinx, "stop", 600), Some(Nod::Stop));
}

#[test]
fn silence_is_no_words_and_any_length_is_taken() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let hear = |pcm: Vec<i16>| {
        let hints = hints(Grammar::closed(["yes", "no"], 1).unwrap());
        sphinx
            .transcribe(Utterance::from_pcm(pcm), &hints, &within(60))
            .unwrap()
            .text
    };

    assert_eq!(hear(Vec::new()), "");
    assert_eq!(hear(vec![0; 16_000]), "");
    assert_eq!(hear(vec![9; 7]), "");
    hear(vec![i16::MAX; 50_000]);
}

#[test]
fn what_cannot_be_is_refused_and_a_deadline_and_a_stop_hold() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let yes = || hints(Grammar::closed(["yes", "no"], 1).unwrap());
    let ask = |hints: &Hints, deadline: &Deadline| {
        let noise: Vec<i16> = (0..160_000_i32)
            .map(|n| (n * 7_919 % 20_000 - 10_000) as i16)
            .collect();
        sphinx
            .transcribe(Utterance::from_pcm(noise), hints, deadline)
            .unwrap_err()
    };

    assert!(matches!(
        ask(
            &Hints {
                language: Language::German,
                ..yes()
            },
            &within(60)
        ),
        SttError::Language { .. }
    ));
    let unknown = hints(Grammar::closed(["xyzzyplugh"], 1).unwrap());
    assert_eq!(ask(&unknown, &within(60)).code(), "VOICE-0010");
    let late = ask(
        &yes(),
        &Deadline {
            within: Duration::from_millis(1),
            ..within(0)
        },
    );
    assert!(
        matches!(late, SttError::Engine(EngineFault::Late { .. })),
        "{late}"
    );
    let stopped = within(60);
    stopped.stop.raise();
    assert!(matches!(
        ask(&yes(), &stopped),
        SttError::Engine(EngineFault::Stopped { .. })
    ));
}

#[test]
fn words_are_shown_while_they_are_spoken_but_never_of_sealed_sound() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let engine: Arc<dyn SpeechToText> = Arc::new(sphinx);
    let Some(pcm) = said("what is in my cart") else {
        return;
    };
    for care in [Care::Ordinary, Care::Sealed] {
        let hints = Hints {
            care,
            ..hints(Grammar::anything())
        };
        let mut stream = BatchStream::open(&engine, &hints, &within(60)).unwrap();
        let mut partials = 0;
        for piece in pcm.chunks(1_600) {
            stream.push(piece).unwrap();
            partials += usize::from(stream.partial().is_some());
        }

        assert_eq!(partials > 0, care == Care::Ordinary);
        assert_eq!(stream.finish().unwrap().text, "what is in my cart");
    }
}

#[test]
fn what_was_forced_into_the_grammar_is_less_likely_than_what_was_in_it() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    let words = [
        "amber", "river", "candle", "garden", "silver", "window", "no", "cancel",
    ];
    let grammar = Grammar::closed(words, 2).unwrap();
    // How far the words lie before any sounds at all, for each second.
    let lead = |text: &str| {
        let said = Utterance::from_pcm(said(text)?);
        let seconds = said.length().as_secs_f32();
        let heard = sphinx
            .transcribe(said, &hints(grammar.clone()), &within(60))
            .unwrap();
        let [words, sounds] = heard.nbest.as_slice() else {
            return Some(f32::MIN);
        };
        assert_eq!(sounds.text, "<unk>");
        Some((words.score - sounds.score) / seconds)
    };
    let lowest = ["amber", "silver garden", "river candle", "cancel"]
        .iter()
        .filter_map(|text| lead(text))
        .fold(f32::MAX, f32::min);
    let highest = ["hamburger", "banana bread", "umbrella", "i want coffee"]
        .iter()
        .filter_map(|text| lead(text))
        .fold(f32::MIN, f32::max);

    assert!(lowest > highest || lowest >= f32::MAX, "{lowest} {highest}");
}
