//! What is heard: turns, holds, going on, readings that fail.

use std::sync::Arc;

use errand_voice_core::{Care, Grammar, Phase, Row};
use errand_voice_talk::testing::{Reads, Rig};
use errand_voice_talk::{
    Control, Detection, DetectionKind, Happened, Outcome, ReadKind, StreamConfig, Times, VoiceEvent,
};

use crate::kit::{config, products, rig, told, words};

fn with(detection: Detection) -> Rig {
    let config = StreamConfig {
        detection,
        ..config()
    };
    Rig::new(config, Some(words()))
}

#[test]
fn what_somebody_says_is_read_in_the_silence_and_sent() {
    let mut rig = rig();
    rig.hush(200).hear("order more coffee beans").hush(1_000);

    assert_eq!(
        told(&mut rig),
        [
            "1 speaks",
            "1 counts as New",
            "1 stopped: Whole",
            "1 said: order more coffee beans",
            "send: order more coffee beans",
        ]
    );
    assert_eq!(rig.asked(), [(ReadKind::Final, Care::Ordinary)]);
}

#[test]
fn how_long_silence_has_to_last_depends_on_what_was_said() {
    for (text, row) in [
        ("order more coffee beans", Row::Whole),
        ("next", Row::Answer),
        ("order coffee and", Row::Open),
        ("something nice", Row::Usual),
    ] {
        let mut rig = rig();
        rig.hush(100).hear(text).hush(2_000);
        let stopped = rig.events().into_iter().find_map(|event| match event {
            VoiceEvent::SpeechStopped {
                voice_end,
                decided,
                row,
                ..
            } => Some((row, decided.ms_since(voice_end))),
            _ => None,
        });
        let hold = errand_voice_core::Holds::default().of(row);
        let (found, waited) = stopped.unwrap();
        assert_eq!(found, row, "{text}");
        assert!((hold..hold + 30).contains(&waited), "{text}: {waited}");
    }
}

#[test]
fn the_points_of_a_turn_are_told_in_order_and_the_reading_lies_inside_the_silence() {
    let mut rig = rig();
    rig.hush(100).hear("order more coffee beans").hush(600);
    rig.happens(products(3)).done().hush(300);
    let times: Vec<Times> = rig
        .told()
        .into_iter()
        .filter_map(|(_, event)| match event {
            VoiceEvent::Times(times) => Some(times),
            _ => None,
        })
        .collect();

    let [times] = times.as_slice() else {
        panic!("{times:?}");
    };
    let (transcript, sent) = (times.transcript.unwrap(), times.sent.unwrap());
    assert!(times.voice_end < transcript && transcript < times.decided);
    assert_eq!(sent, times.decided);
    let answer = times.answer.unwrap();
    assert!(sent < answer && answer <= times.ready.unwrap());
    assert!(times.ready <= times.out && times.out < times.heard);
}

#[test]
fn a_pause_inside_a_sentence_ends_nothing_and_only_the_whole_is_sent() {
    let mut rig = rig();
    rig.hear("order coffee and")
        .hush(700)
        .hear("some milk")
        .hush(1_500);

    let told = told(&mut rig);
    assert!(
        told.contains(&"send: order coffee and some milk".to_owned()),
        "{told:#?}"
    );
    assert_eq!(
        told.iter().filter(|line| line.starts_with("send")).count(),
        1
    );
}

#[test]
fn who_goes_on_right_after_the_end_takes_the_answer_back_unheard() {
    let mut rig = rig();
    rig.hear("order more coffee")
        .hush(600)
        .hear("and some milk")
        .hush(1_600);

    assert_eq!(
        told(&mut rig),
        [
            "1 speaks",
            "1 counts as New",
            "1 stopped: Whole",
            "1 said: order more coffee",
            "send: order more coffee",
            "1 goes on",
            "stop the turn",
            "1 counts as Amends",
            "1 stopped: Whole",
            "1 said: order more coffee and some milk",
            "amend: order more coffee and some milk",
        ]
    );
}

#[test]
fn a_cough_after_the_end_kills_no_answer() {
    let mut rig = rig();
    rig.hear("order more coffee")
        .hush(600)
        .noise(200)
        .hush(1_500);
    rig.happens(products(1)).done().listen();

    let told = told(&mut rig);
    assert!(
        !told.iter().any(|line| line.contains("stop the turn")),
        "{told:#?}"
    );
    assert!(
        !told.iter().any(|line| line.starts_with("amend")),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|line| line.starts_with("says: ")),
        "{told:#?}"
    );
}

#[test]
fn a_noise_is_no_turn() {
    let mut rig = rig();
    rig.noise(300).hush(1_500);

    let told = told(&mut rig);
    assert!(
        !told.iter().any(|line| line.starts_with("send")),
        "{told:#?}"
    );
    assert_eq!(told.last().unwrap(), "1 said: ");
}

#[test]
fn what_nobody_can_read_is_asked_for_again() {
    let mut rig = rig();
    rig.reads = Reads::Fail;
    rig.hear("order more coffee").hush(1_500);

    let told = told(&mut rig);
    assert!(
        told.contains(&"1 unread: VOICE-0007".to_owned()),
        "{told:#?}"
    );
    assert!(
        told.contains(&"says: I could not hear that.".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn a_reading_that_does_not_come_back_is_given_up_at_its_deadline() {
    let mut rig = rig();
    rig.reads = Reads::Never;
    rig.hear("order more coffee").hush(12_000);

    let told = told(&mut rig);
    assert!(
        told.contains(&"1 unread: VOICE-0003".to_owned()),
        "{told:#?}"
    );
    // And the stream goes on.
    rig.reads = Reads::Done;
    rig.hear("find a desk lamp").hush(1_500);
    let told = self::told(&mut rig);
    assert!(
        told.contains(&"send: find a desk lamp".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn when_every_reader_is_busy_the_person_hears_so_and_nothing_is_lost() {
    let mut rig = rig();
    rig.reads = Reads::Busy;
    rig.hear("order more coffee").hush(3_000);
    let busy = told(&mut rig);
    rig.reads = Reads::Done;
    rig.hush(1_500);

    assert_eq!(
        busy.iter().filter(|l| *l == "note: Overloaded").count(),
        1,
        "{busy:#?}"
    );
    assert!(busy.contains(&"says: One moment.".to_owned()), "{busy:#?}");
    let told = told(&mut rig);
    assert!(
        told.contains(&"send: order more coffee".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn with_a_key_silence_ends_nothing_and_the_release_does() {
    let mut rig = with(Detection::pushed());
    rig.hear("find a lamp").hush(500);
    assert_eq!(told(&mut rig), [""; 0]);

    rig.control(Control::Press)
        .hear("order coffee")
        .hush(3_000)
        .hear("for two");
    assert_eq!(told(&mut rig), ["1 speaks", "1 counts as New"]);
    rig.control(Control::Release).hush(200);
    assert_eq!(
        told(&mut rig),
        [
            "1 stopped: Released",
            "1 said: order coffee for two",
            "send: order coffee for two",
        ]
    );
}

#[test]
fn behind_a_wake_word_only_what_follows_it_is_heard() {
    let mut rig = with(Detection::woken());
    rig.hear("order more coffee").hush(1_500);
    assert_eq!(told(&mut rig), [""; 0]);

    rig.hear("hey basket")
        .hush(100)
        .hear("add some milk")
        .hush(1_500);
    let told = told(&mut rig);
    assert!(told[0] == "woken by hey basket", "{told:#?}");
    assert!(
        told.contains(&"send: add some milk".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn what_is_cleared_is_not_read() {
    let mut rig = with(Detection::pushed());
    rig.control(Control::Press)
        .hear("order coffee")
        .control(Control::Clear)
        .hush(500);

    assert_eq!(
        told(&mut rig),
        ["1 speaks", "1 counts as New", "1 dropped: None, told true"]
    );
    assert_eq!(rig.asked(), []);
}

#[test]
fn a_face_that_answers_by_itself_gets_the_words_and_nothing_is_sent() {
    let mut rig = with(Detection {
        answers: false,
        ..Detection::usual()
    });
    rig.hear("order more coffee").hush(1_500);

    let told = told(&mut rig);
    assert_eq!(told.last().unwrap(), "1 said: order more coffee");
}

#[test]
fn silence_alone_ends_a_turn_where_a_client_wants_that() {
    let mut rig = with(Detection {
        kind: DetectionKind::Silence,
        silence_ms: Some(300),
        ..Detection::usual()
    });
    rig.hear("order coffee and").hush(1_000);

    let told = told(&mut rig);
    assert!(
        told.contains(&"send: order coffee and".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn missing_sound_is_told_and_the_turn_goes_on() {
    let mut rig = rig();
    rig.hear_for("order more coffee", 500)
        .gap(300)
        .hear("and milk")
        .hush(1_500);

    let told = told(&mut rig);
    assert!(
        told.contains(&"note: Gap { ms: 300 }".to_owned()),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|line| line.starts_with("send: ")),
        "{told:#?}"
    );
}

#[test]
fn settings_hold_from_the_next_sound_on() {
    let mut rig = rig();
    rig.control(Control::Settings(errand_voice_talk::Settings {
        detection: Some(Detection::pushed()),
        ..errand_voice_talk::Settings::default()
    }));
    rig.hear("order more coffee").hush(1_500);

    assert_eq!(told(&mut rig), [""; 0]);
}

#[test]
fn the_end_of_a_turn_that_was_replaced_is_not_the_end_of_the_one_that_replaces_it() {
    let mut rig = rig();
    rig.hear("find some coffee").hush(700);
    rig.happens(Happened::TurnStarted {
        key: "voice-1-1".into(),
    });
    rig.hush(900).hear("find some tea instead").hush(1_500);
    let told = told(&mut rig);
    assert_eq!(told.last().unwrap(), "amend: find some tea instead");
    rig.happens(Happened::TurnDone {
        outcome: Outcome::Cancelled,
    });
    assert_eq!(rig.talker().phase(), Phase::Thinking);
    rig.happens(Happened::TurnStarted {
        key: "voice-2-1".into(),
    });
    rig.done().hush(50);
    assert_eq!(rig.talker().phase(), Phase::Listening);
}

#[test]
fn what_is_shown_and_what_the_face_names_is_expected_to_be_said() {
    let mut rig = rig();
    rig.happens(products(2)).control(Control::Expect {
        names: Arc::new(["Pantry Lane".into()]),
    });
    let Grammar::Open { vocabulary } = rig.talker().hints().grammar else {
        panic!("anything may be said");
    };

    let names: Vec<&str> = vocabulary.iter().map(AsRef::as_ref).collect();
    assert_eq!(
        names,
        ["sidamo whole bean", "marcala medium", "Pantry Lane"]
    );
}

#[test]
fn a_turn_that_the_face_answers_has_its_times_as_well() {
    let mut rig = with(Detection {
        answers: false,
        ..Detection::usual()
    });
    rig.hear("order more coffee").hush(700);
    rig.happens(Happened::TurnStarted {
        key: "item_of_the_client".into(),
    });
    rig.happens(products(1)).done().listen();
    let times = rig.told().into_iter().find_map(|(_, event)| match event {
        VoiceEvent::Times(times) => Some(times),
        _ => None,
    });

    let times = times.unwrap();
    assert_eq!(times.sent, None);
    assert!(times.answer.is_some() && times.heard.is_some());
}
