//! What is said: forms for the ear, voice commands, waiting, questions, failures of the voice.

use errand_voice_core::Company;
use errand_voice_talk::testing::Rig;
use errand_voice_talk::{Happened, StreamConfig, Waiting};

use crate::kit::{config, products, refusal, rig, step, told, words};

fn answered(count: usize) -> Rig {
    let mut rig = rig();
    rig.hear("find some coffee").hush(600);
    rig.happens(products(count));
    rig.says("1. Sidamo Whole Bean, Pantry Lane, $12.40\nThree fit. I left out 14: 6 over $15.00.")
        .done();
    rig
}

#[test]
fn what_was_found_is_said_for_the_ear_and_not_read_from_the_table() {
    let mut rig = answered(3);
    rig.listen();

    assert_eq!(
        told(&mut rig)[5..],
        [
            "says: Three fit.",
            "says: The first is Sidamo Whole Bean, twelve dollars forty, Saturday the twenty-eighth; the second Marcala Medium, eleven dollars twenty, tomorrow; the third Cajamarca Dark, nine dollars eighty, Monday the thirtieth.",
            "says: Which one?",
        ]
    );
}

#[test]
fn what_is_private_is_on_the_screen_where_others_may_hear_and_aloud_where_nobody_does() {
    let aloud = &["says: You bought coffee in May.", "says: And tea in June."][..];
    let nowhere = &["says: That is private, and others may hear it."][..];
    for (company, has_screen, heard) in [
        (Company::Alone, false, aloud),
        (Company::Shared, true, &["says: It is on your screen."]),
        (Company::Shared, false, nowhere),
    ] {
        let config = StreamConfig {
            company,
            has_screen,
            ..config()
        };
        let mut rig = Rig::new(config, Some(words()));
        rig.hear("what did I order").hush(600);
        told(&mut rig);

        for text in ["You bought coffee in May.", "And tea in June."] {
            rig.happens(Happened::Said {
                text: text.into(),
                is_private: true,
            });
        }
        rig.done().listen();

        assert_eq!(told(&mut rig), heard, "{company:?}");
    }
}

#[test]
fn a_refusal_is_said_once_with_its_remedy() {
    let mut rig = rig();
    rig.hear("buy ten desks").hush(600);
    told(&mut rig);
    rig.says("Over your limit, not bought. Your cart is $64.20 and the limit is $50.00.");
    rig.happens(refusal()).done().listen();

    assert_eq!(
        told(&mut rig),
        [
            "says: Over your limit, not bought.",
            "says: Nothing was bought.",
            "says: Raise the limit on your phone?",
        ]
    );
}

#[test]
fn commands_are_carried_out_here() {
    let mut rig = answered(5);
    rig.listen();
    told(&mut rig);
    for (said, first) in [
        (
            "what was the second",
            "says: Marcala Medium, eleven dollars twenty, tomorrow.",
        ),
        (
            "next",
            "says: Huila Bright, thirteen dollars, Saturday the twenty-eighth.",
        ),
        ("repeat that", "says: Five fit."),
    ] {
        rig.hear(said).hush(700).listen();
        let told = told(&mut rig);
        assert!(told.contains(&first.to_owned()), "{said}: {told:#?}");
        assert!(
            !told.iter().any(|line| line.starts_with("send")),
            "{told:#?}"
        );
        rig.hush(700);
    }
    rig.hear("slower please").hush(700);
    assert!(told(&mut rig).contains(&"pace 85".to_owned()));
    rig.listen().hush(700);
    told(&mut rig);
    rig.hear("louder").hush(1_000);
    assert!(told(&mut rig).contains(&"volume up true".to_owned()));
}

#[test]
fn commands_that_only_the_conversation_can_answer_go_there() {
    for said in ["never mind", "a person please", "next"] {
        let mut rig = answered(2);
        rig.listen().hush(700);
        told(&mut rig);
        rig.hear(said).hush(1_000);
        let told = told(&mut rig);
        assert!(told.contains(&format!("send: {said}")), "{told:#?}");
    }
}

#[test]
fn who_waits_hears_a_tone_then_what_is_being_done() {
    let mut rig = rig();
    rig.hear("find some coffee").hush(600);
    rig.happens(Happened::TurnStarted {
        key: "voice-1-1".into(),
    });
    rig.happens(step("Searching three shops"));
    told(&mut rig);
    let before = rig.played.len();
    rig.hush(1_200);
    assert!(rig.played.len() > before, "a tone");
    assert_eq!(told(&mut rig), [""; 0], "and no item of it");
    rig.hush(2_500);
    assert_eq!(
        told(&mut rig),
        ["(Waiting)", "says: Searching three shops."]
    );
    rig.hush(8_500);
    assert_eq!(
        told(&mut rig),
        ["(Waiting)", "says: Searching three shops."]
    );
    rig.happens(products(1)).done().listen().hush(12_000);
    let after = told(&mut rig);
    assert!(!after.contains(&"(Waiting)".to_owned()), "{after:#?}");
}

#[test]
fn waiting_can_be_left_untold() {
    let mut rig = Rig::new(
        StreamConfig {
            waiting: Waiting::Nothing,
            ..config()
        },
        None,
    );
    rig.hear("find some coffee").hush(20_000);

    assert!(rig.played.is_empty());
}

#[test]
fn a_question_that_nobody_answers_is_put_again_once_and_then_it_rests() {
    let mut rig = answered(3);
    rig.listen();
    told(&mut rig);
    rig.hush(8_500).listen();
    assert_eq!(
        told(&mut rig),
        ["note: Reprompted", "(Hearing)", "says: Which one?"]
    );
    rig.hush(9_000);
    assert_eq!(told(&mut rig), ["note: Idle"]);
}

#[test]
fn what_no_voice_can_speak_is_shown() {
    let mut rig = rig();
    rig.speaks = false;
    rig.hear("find some coffee").hush(600);
    told(&mut rig);
    rig.happens(products(1)).done().hush(500);
    let told = told(&mut rig);

    assert!(
        told.iter().any(|line| line.starts_with("shows: Sidamo")),
        "{told:#?}"
    );
    assert!(
        told.contains(&"shows: Shall I take it?".to_owned()),
        "{told:#?}"
    );
    assert!(!rig.talker().is_speaking());
}

#[test]
fn news_is_said_when_nobody_waits_for_an_answer() {
    let mut rig = rig();
    rig.says("Your coffee was shipped.").listen();

    assert_eq!(told(&mut rig), ["(News)", "says: Your coffee was shipped."]);
}

#[test]
fn we_do_not_begin_to_speak_while_somebody_else_does() {
    let mut rig = rig();
    rig.hear_for("find some coffee", 400);
    rig.says("Your coffee was shipped.");
    rig.hear_for("find some coffee", 500);
    let speaking = told(&mut rig);
    assert!(
        !speaking.iter().any(|line| line.starts_with("says")),
        "{speaking:#?}"
    );
    rig.hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"says: Your coffee was shipped.".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn a_conversation_that_cannot_be_reached_is_told() {
    let mut rig = rig();
    rig.hear("find some coffee").hush(600);
    told(&mut rig);
    rig.happens(Happened::Failed {
        text: "I cannot reach the runtime. Nothing was bought.".into(),
    });
    rig.listen();

    let told = told(&mut rig);
    assert!(
        told.contains(&"says: Nothing was bought.".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn a_list_of_words_is_only_needed_for_approvals() {
    let mut rig = Rig::new(config(), Some(words()));
    rig.hush(100);
    assert_eq!(told(&mut rig), [""; 0]);
}
