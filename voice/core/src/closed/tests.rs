use std::time::Duration;

use super::*;

const LONG: u64 = 900;

fn grammar() -> ClosedGrammar {
    ClosedGrammar::words(Language::English, errand_trust::word_list()).unwrap()
}

fn list() -> Vec<&'static str> {
    errand_trust::word_list().collect()
}

fn transcript(nbest: &[(&str, f32)]) -> Transcript {
    let mut transcript = Transcript::plain("test", nbest.first().map_or("", |n| n.0).to_owned());
    if nbest.len() > 1 {
        transcript.nbest = nbest
            .iter()
            .map(|(text, score)| Hypothesis {
                text: (*text).to_owned(),
                score: *score,
            })
            .collect();
    }
    transcript
}

fn utterance(from_ms: u64, voiced_ms: u64) -> Utterance {
    let count = usize::try_from(samples(voiced_ms)).unwrap();
    Utterance::new(
        SampleIdx::from_ms(from_ms),
        vec![1; count],
        samples(voiced_ms),
        Care::Sealed,
    )
}

fn hear(grammar: &mut ClosedGrammar, nbest: &[(&str, f32)]) -> Decided {
    grammar.step(&Answered {
        utterance: &utterance(5_000, LONG),
        transcripts: &[transcript(nbest)],
        terms_end: Some(SampleIdx::from_ms(4_000)),
        is_ours_out: true,
    })
}

fn attempt(text: &str) -> Decided {
    Decided::Attempt(text.into())
}

#[test]
fn the_whole_list_is_expected_and_nobody_is_told_which_words_are_meant() {
    let grammar = grammar();
    let Grammar::Closed { phrases, longest } = &grammar.hints().grammar else {
        panic!("{grammar:?}");
    };

    assert_eq!((*longest, grammar.hints().care), (2, Care::Sealed));
    assert!(
        list()
            .iter()
            .all(|word| phrases.iter().any(|p| **p == **word))
    );
    assert!(phrases.iter().any(|p| **p == *"cancel") && phrases.iter().any(|p| **p == *"no"));
    assert!(
        phrases.is_sorted(),
        "no word stands first because it is meant"
    );
    assert_eq!(
        ClosedGrammar::words(Language::English, ["copper", "meadow"]).err(),
        Some(ClosedError::ListTooShort { found: 2 })
    );
}

#[test]
fn what_people_say_before_and_between_makes_no_yes_into_something_else() {
    for said in ["yes", "um yes", "yes mm please", "uh yes er"] {
        let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
        assert_eq!(heard, Decided::BareYes, "{said}");
    }
    for said in ["uh say that again", "er repeat"] {
        let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
        assert_eq!(heard, Decided::Repeat, "{said}");
    }
    // Filler alone is no answer, and a word of the list is no part of one.
    for said in ["um", "uh mm", "yes abacus"] {
        let heard = hear(&mut grammar(), &[(said, -50.0), ("<unk>", -90.0)]);
        assert_eq!(heard, Decided::AskAgain { left: 1 }, "{said}");
    }
}

#[test]
fn no_word_of_the_list_is_a_command_or_a_filler() {
    let lang = Lang::of(Language::English);
    for word in list() {
        let word = [word.to_owned()];
        for phrases in [
            &lang.cancel,
            &lang.no,
            &lang.yes,
            &lang.filler,
            &lang.repeat,
        ] {
            assert!(!phrases.is_in(&word), "{word:?}");
        }
    }
}

#[test]
fn a_word_that_stops_our_voice_and_is_on_the_list_gives_nothing_up() {
    let said = format!("quiet {}", list()[11]);

    assert!(list().contains(&"quiet"));
    assert_eq!(hear(&mut grammar(), &[(&said, 0.0)]), attempt(&said));
}

#[test]
fn two_words_heard_plainly_are_an_attempt_right_or_wrong() {
    let (one, two) = (list()[10], list()[700]);
    for said in [
        format!("{one} {two}"),
        format!("{one}... {two}!"),
        format!("{one} {two}").to_uppercase(),
    ] {
        assert_eq!(
            hear(&mut grammar(), &[(&said, 0.0)]),
            attempt(&format!("{one} {two}"))
        );
    }
}

#[test]
fn words_with_a_breath_beside_them_are_asked_again_once() {
    let (one, two) = (list()[10], list()[700]);
    for said in [
        format!("um {one} {two}"),
        format!("Um, {one}... {two}!"),
        format!("{one} uh {two}"),
    ] {
        let mut grammar = grammar();
        let again = Decided::AskAgain { left: 1 };
        assert_eq!(hear(&mut grammar, &[(&said, 0.0)]), again, "{said}");
        let words = attempt(&format!("{one} {two}"));
        assert_eq!(hear(&mut grammar, &[(&said, 0.0)]), words, "{said}");
    }
}

#[test]
fn anything_else_is_asked_again_twice_and_costs_nothing() {
    let one = list()[10];
    let mut grammar = grammar();
    for (said, left) in [(one.to_owned(), 1), (format!("{one} elephantine"), 0)] {
        assert_eq!(
            hear(&mut grammar, &[(&said, 0.0)]),
            Decided::AskAgain { left }
        );
    }
    assert_eq!(hear(&mut grammar, &[("", 0.0)]), Decided::GiveUp);
    // What is plain is still an attempt, and cancel always works.
    let said = format!("{one} {}", list()[11]);
    assert_eq!(hear(&mut grammar, &[(&said, 0.0)]), attempt(&said));
    assert_eq!(hear(&mut grammar, &[("cancel", 0.0)]), Decided::Cancel);
}

#[test]
fn cancel_and_no_win_wherever_they_are_heard_above_the_filler() {
    let said = format!("{} {}", list()[10], list()[11]);
    let hear = |nbest: &[(&str, f32)]| hear(&mut grammar(), nbest);

    assert_eq!(hear(&[(&said, -10.0), ("cancel", -40.0)]), Decided::Cancel);
    assert_eq!(
        hear(&[(&said, -10.0), ("no", -40.0), ("<unk>", -60.0)]),
        Decided::No
    );
    assert_eq!(hear(&[(&format!("{said} no stop"), 0.0)]), Decided::Cancel);
    // Below the filler it is noise, and the words are far ahead.
    assert_eq!(
        hear(&[(&said, -10.0), ("<unk>", -900.0), ("no", -901.0)]),
        attempt(&said)
    );
}

#[test]
fn who_cancels_over_our_own_voice_is_heard_and_who_agrees_is_not() {
    let said = format!("{} {}", list()[10], list()[11]);
    let early = |text: &str, is_ours_out| {
        grammar().step(&Answered {
            utterance: &utterance(3_000, LONG),
            transcripts: &[transcript(&[(text, 0.0)])],
            terms_end: Some(SampleIdx::from_ms(4_000)),
            is_ours_out,
        })
    };

    assert_eq!(early("cancel", false), Decided::Cancel);
    assert_eq!(early(&said, true), Decided::TooEarly);
    // Our own loudspeaker saying the words is no answer, whenever it is.
    let ours = grammar().step(&Answered {
        utterance: &utterance(9_000, LONG),
        transcripts: &[transcript(&[(&said, 0.0)])],
        terms_end: Some(SampleIdx::from_ms(4_000)),
        is_ours_out: false,
    });
    assert_eq!(ours, Decided::TooEarly);
}

#[test]
fn a_narrow_lead_is_no_answer() {
    let (a, b, c) = (list()[10], list()[11], list()[12]);
    let (said, other) = (format!("{a} {b}"), format!("{a} {c}"));

    assert_eq!(
        hear(&mut grammar(), &[(&said, -10.0), (&other, -10.5)]),
        Decided::AskAgain { left: 1 }
    );
    assert_eq!(
        hear(&mut grammar(), &[(&said, -10.0), ("<unk>", -30.0)]),
        Decided::AskAgain { left: 1 }
    );
    assert_eq!(
        hear(&mut grammar(), &[(&said, -10.0), (&other, -20.0)]),
        attempt(&said)
    );
    // The same words with a filler are no rival.
    let again = format!("um {said}");
    assert_eq!(
        hear(&mut grammar(), &[(&said, -10.0), (&again, -10.1)]),
        attempt(&said)
    );
}

#[test]
fn forced_noise_is_too_short_too_long_or_too_unsure() {
    let said = format!("{} {}", list()[10], list()[11]);
    for voiced_ms in [80, 6_000] {
        let decided = grammar().step(&Answered {
            utterance: &utterance(5_000, voiced_ms),
            transcripts: &[transcript(&[(&said, 0.0)])],
            terms_end: None,
            is_ours_out: true,
        });
        assert_eq!(decided, Decided::AskAgain { left: 1 }, "{voiced_ms}");
    }
    let mut unsure = transcript(&[(&said, 0.0)]);
    unsure.confidence = Some(0.2);
    unsure.cpu = Duration::ZERO;
    let decided = grammar().step(&Answered {
        utterance: &utterance(5_000, LONG),
        transcripts: &[unsure],
        terms_end: None,
        is_ours_out: true,
    });
    assert_eq!(decided, Decided::AskAgain { left: 1 });
}

#[test]
fn a_bare_yes_buys_nothing_and_costs_nothing() {
    for said in ["yes", "Yes, okay", "okay", "sure"] {
        assert_eq!(
            hear(&mut grammar(), &[(said, 0.0)]),
            Decided::BareYes,
            "{said}"
        );
    }
    assert_eq!(
        hear(&mut grammar(), &[("say that again", 0.0)]),
        Decided::Repeat
    );
}

#[test]
fn digits_are_read_exactly_or_not_at_all() {
    let mut pin = ClosedGrammar::digits(Language::English, 4).unwrap();
    assert_eq!(
        hear(&mut pin, &[("four seven one one", 0.0)]),
        attempt("4711")
    );
    assert_eq!(hear(&mut pin, &[("47 11", 0.0)]), attempt("4711"));
    assert_eq!(
        hear(&mut pin, &[("four seven one", 0.0)]),
        Decided::AskAgain { left: 1 }
    );
    assert_eq!(
        hear(&mut pin, &[("four seven one fun", 0.0)]),
        Decided::AskAgain { left: 0 }
    );
}

#[test]
fn nothing_of_an_answer_shows_when_it_is_printed() {
    let said = format!("{} {}", list()[10], list()[11]);
    let decided = hear(&mut grammar(), &[(&said, 0.0)]);
    let shown = format!("{decided:?} {:?}", grammar());

    assert!(
        !shown.contains(list()[10]) && !shown.contains(list()[11]),
        "{shown}"
    );
}

/// What several recognisers make of one answer; each reading with how sure its engine is, 0 to 1.
fn hear_all(heard: &[(&str, f32)]) -> Decided {
    let transcripts: Vec<Transcript> = heard
        .iter()
        .map(|(text, confidence)| {
            let mut transcript = transcript(&[(text, 0.0)]);
            transcript.confidence = Some(*confidence);
            transcript
        })
        .collect();
    grammar().step(&Answered {
        utterance: &utterance(5_000, LONG),
        transcripts: &transcripts,
        terms_end: None,
        is_ours_out: true,
    })
}

#[test]
fn two_recognisers_that_hear_the_same_words_are_believed_though_neither_is_sure() {
    let said = format!("{} {}", list()[10], list()[11]);
    let other = format!("{} {}", list()[10], list()[12]);

    assert_eq!(hear_all(&[(&said, 0.2), (&said, 0.1)]), attempt(&said));
    assert_eq!(
        hear_all(&[(&said, 0.2), (&other, 0.1)]),
        Decided::AskAgain { left: 1 }
    );
    // A third that is sure of something else contradicts them.
    let three = [(&*said, 0.2), (&*said, 0.1), (&*other, 0.9)];
    assert_eq!(hear_all(&three), Decided::AskAgain { left: 1 });
}

#[test]
fn what_one_recogniser_is_sure_of_counts_unless_another_is_sure_of_something_else() {
    let said = format!("{} {}", list()[10], list()[11]);
    let other = format!("{} {}", list()[10], list()[12]);

    for beside in [&*other, "", "hello there", &said] {
        assert_eq!(
            hear_all(&[(beside, 0.1), (&said, 0.9)]),
            attempt(&said),
            "{beside}"
        );
        assert_eq!(
            hear_all(&[(&said, 0.9), (beside, 0.1)]),
            attempt(&said),
            "{beside}"
        );
    }
    assert_eq!(
        hear_all(&[(&said, 0.9), (&other, 0.9)]),
        Decided::AskAgain { left: 1 }
    );
}

#[test]
fn a_no_of_any_recogniser_is_a_no_and_giving_up_wins_over_it() {
    let said = format!("{} {}", list()[10], list()[11]);

    assert_eq!(hear_all(&[(&said, 0.9), ("no", 0.1)]), Decided::No);
    assert_eq!(hear_all(&[("no", 0.9), ("cancel", 0.1)]), Decided::Cancel);
    assert_eq!(hear_all(&[("cancel", 0.9), (&said, 0.9)]), Decided::Cancel);
}

#[test]
fn a_yes_that_another_recogniser_makes_words_of_is_asked_again() {
    let said = format!("{} {}", list()[10], list()[11]);

    assert_eq!(
        hear_all(&[("yes", 0.9), (&said, 0.9)]),
        Decided::AskAgain { left: 1 }
    );
    assert_eq!(hear_all(&[("yes", 0.9), (&said, 0.1)]), Decided::BareYes);
    assert_eq!(hear_all(&[("", 0.9), ("repeat", 0.9)]), Decided::Repeat);
    assert_eq!(hear_all(&[("", 0.9)]), Decided::AskAgain { left: 1 });
}

#[test]
fn words_that_are_heard_again_when_they_were_asked_for_again_are_an_attempt() {
    let said = format!("{} {}", list()[10], list()[11]);
    let other = format!("{} {}", list()[10], list()[12]);
    let mut grammar = grammar();
    let mut unsure = |text: &str| hear(&mut grammar, &[(text, -10.0), ("<unk>", -30.0)]);

    assert_eq!(unsure(&said), Decided::AskAgain { left: 1 });
    assert_eq!(unsure(&said), attempt(&said));
    // It is used up, and something else between is another answer.
    assert_eq!(unsure(&said), Decided::AskAgain { left: 0 });
    assert_eq!(unsure(&other), Decided::GiveUp);
    assert_eq!(unsure(&said), Decided::GiveUp);
}
