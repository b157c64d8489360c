//! Speaking over our voice, by state.

use errand_voice_core::Duplex;
use errand_voice_talk::testing::{FakeTts, Rig};
use errand_voice_talk::{
    Cause, Control, Detection, Echo, Playback, Settings, StreamConfig, VoiceEvent,
};

use crate::kit::{config, products, receipt, resolved, rig, told, words};

/// A stream whose person asked for something and hears the answer.
fn speaking(config: StreamConfig) -> Rig {
    let mut rig = Rig::new(config, Some(words()));
    rig.hear("find some coffee").hush(600);
    rig.happens(products(3)).done().hush(1_000);
    told(&mut rig);
    rig
}

fn heard(rig: &mut Rig) -> String {
    let all = rig.events().into_iter().filter_map(|event| match event {
        VoiceEvent::Heard { text, .. } => Some(text.into_string()),
        _ => None,
    });
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_new_request_stops_us_and_what_was_not_heard_was_not_said() {
    let mut rig = speaking(config());
    rig.hear("order more coffee").hush(1_000);

    let told = told(&mut rig);
    assert!(
        told.contains(&"1 counts as New".to_owned())
            || told.contains(&"2 counts as New".to_owned()),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|l| l.starts_with("heard up to: ") || l.starts_with("cut at ")),
        "{told:#?}"
    );
    assert_eq!(told.last().unwrap(), "send: order more coffee");
}

#[test]
fn who_says_stop_is_not_asked_again() {
    for (said, is_asked_again) in [("stop", false), ("", true)] {
        let mut rig = speaking(config());
        if said.is_empty() {
            rig.listen();
        } else {
            rig.hear(said).hush(1_500);
        }
        rig.hush(9_000).listen();

        let told = told(&mut rig);
        let note = told.contains(&"note: Reprompted".to_owned());
        assert_eq!(note, is_asked_again, "{told:#?}");
    }
}

#[test]
fn mhm_stops_nothing_and_not_a_sample_is_lost() {
    let mut rig = speaking(config());
    rig.hear_for("mhm", 300).listen();

    let told = told(&mut rig);
    assert!(
        !told.iter().any(|line| line.contains("speaks")),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|line| line.contains("Backchannel")),
        "{told:#?}"
    );
    assert!(
        !told.iter().any(|line| line.starts_with("cut at")),
        "{told:#?}"
    );
    assert!(told.contains(&"says: Which one?".to_owned()), "{told:#?}");
}

#[test]
fn a_noise_over_our_voice_makes_us_pause_and_go_on() {
    let mut rig = speaking(config());
    rig.noise(900).listen();

    let told = told(&mut rig);
    assert!(told.iter().any(|line| line.contains("Noise")), "{told:#?}");
    assert!(
        !told.iter().any(|line| line.starts_with("cut at")),
        "{told:#?}"
    );
}

#[test]
fn stop_is_stop_and_the_conversation_hears_nothing_of_it() {
    let mut rig = speaking(config());
    rig.hear("stop").hush(1_000);

    let told = told(&mut rig);
    assert!(
        told.iter().any(|line| line.starts_with("cut at")),
        "{told:#?}"
    );
    assert!(
        !told.iter().any(|line| line.starts_with("send")),
        "{told:#?}"
    );
    assert!(!rig.talker().is_speaking());
}

#[test]
fn stop_while_we_work_stops_the_turn() {
    let mut rig = rig();
    rig.hear("find some coffee")
        .hush(700)
        .hear("stop")
        .hush(1_000);

    let told = told(&mut rig);
    assert_eq!(
        told.iter().filter(|l| *l == "stop the turn").count(),
        1,
        "{told:#?}"
    );
    assert_eq!(
        told.iter().filter(|l| l.starts_with("send")).count(),
        1,
        "{told:#?}"
    );
}

#[test]
fn whoever_is_not_to_interrupt_is_heard_and_we_go_on() {
    let mut rig = speaking(StreamConfig {
        detection: Detection {
            interrupts: false,
            ..Detection::usual()
        },
        ..config()
    });
    rig.hear("order more coffee").listen();

    let told = told(&mut rig);
    assert!(
        !told.iter().any(|line| line.starts_with("cut at")),
        "{told:#?}"
    );
    assert!(
        told.contains(&"send: order more coffee".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn where_echo_cannot_be_told_from_speech_only_stop_is_heard_while_we_speak() {
    let half = StreamConfig {
        echo: Echo::Nobody,
        ..config()
    };
    let mut rig = speaking(half.clone());
    rig.hear("order more coffee").listen();
    let gated = told(&mut rig);
    assert!(
        gated.iter().any(|line| line.contains("Gated")),
        "{gated:#?}"
    );
    assert!(
        !gated.iter().any(|line| line.starts_with("send")),
        "{gated:#?}"
    );

    let mut rig = speaking(half);
    rig.hear("wait").hush(1_500);
    let stopped = told(&mut rig);
    assert!(
        stopped.iter().any(|line| line.starts_with("cut at")),
        "{stopped:#?}"
    );
}

#[test]
fn a_clients_sound_is_flushed_and_its_own_count_is_believed() {
    let mut rig = speaking(StreamConfig {
        playback: Playback::CLIENT,
        ..config()
    });
    rig.hear("order more coffee").hush(600);
    let events = rig.events();
    let item = events
        .iter()
        .find_map(|event| match event {
            VoiceEvent::Flush { item } => *item,
            _ => None,
        })
        .unwrap();
    rig.control(Control::Truncate {
        item,
        audio_end_ms: 500,
    });

    let sentence = "Three fit.";
    assert_eq!(FakeTts::sound(sentence).len(), sentence.len() * 800);
    assert_eq!(told(&mut rig), ["truncated at 500: Three fit."]);
}

#[test]
fn a_client_gets_sound_ahead_of_real_time_and_no_more_than_that() {
    let mut rig = Rig::new(
        StreamConfig {
            playback: Playback::Client {
                ahead_ms: 3_000,
                lag_ms: 300,
            },
            ..config()
        },
        None,
    );
    rig.hear("find some coffee").hush(600);
    rig.told();
    rig.happens(products(5)).done().hush(100);
    let sent: usize = rig
        .told()
        .iter()
        .map(|(_, event)| match event {
            VoiceEvent::Play { pcm, .. } => pcm.samples().len(),
            _ => 0,
        })
        .sum();

    assert!((47_000..=48_000 + 1_600).contains(&sent), "{sent}");
}

#[test]
fn while_a_payment_is_under_way_requests_wait_and_cancel_is_too_late() {
    let mut rig = rig();
    rig.hear("find some coffee").hush(600);
    rig.happens(crate::kit::approval("purchase", None));
    rig.happens(resolved("granted", "Approved", None)).hush(200);
    told(&mut rig);
    rig.listen().hear("add some milk").hush(1_500);
    let queued = told(&mut rig);
    assert!(
        queued.contains(&"1 counts as Queued".to_owned())
            || queued.contains(&"2 counts as Queued".to_owned()),
        "{queued:#?}"
    );
    assert!(
        !queued.iter().any(|line| line.starts_with("send")),
        "{queued:#?}"
    );

    rig.hear("cancel that").hush(1_500);
    let late = told(&mut rig);
    assert!(
        late.contains(&"says: It is too late to stop the payment.".to_owned()),
        "{late:#?}"
    );

    rig.happens(receipt()).done().listen();
    let bought = told(&mut rig);
    assert!(bought.contains(&"says: Bought.".to_owned()), "{bought:#?}");
    assert!(
        bought.contains(&"send: add some milk".to_owned()),
        "{bought:#?}"
    );
}

#[test]
fn both_ways_at_once_can_be_switched_off_and_on() {
    let mut rig = rig();
    assert_eq!(rig.talker().duplex(), Duplex::Full);
    rig.control(Control::Settings(Settings {
        duplex: Some(Duplex::Half),
        ..Settings::default()
    }));
    assert_eq!(rig.talker().duplex(), Duplex::Half);
}

#[test]
fn what_still_comes_of_an_interrupted_answer_is_shown_and_not_said() {
    let mut rig = rig();
    rig.hear("find some coffee").hush(600);
    rig.says("I am looking at three shops now, and this takes a while.")
        .hush(1_200);
    told(&mut rig);
    rig.hear_for("wait a moment", 900);
    rig.says("Here is more.").hush(100);
    let told = told(&mut rig);

    assert!(
        told.contains(&"shows: Here is more.".to_owned()),
        "{told:#?}"
    );
    assert!(
        !told.contains(&"says: Here is more.".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn an_item_of_the_face_is_said_in_our_voice() {
    let mut rig = rig();
    let sentence = errand_voice_core::Sentence::new("Hello.").unwrap();
    rig.control(Control::Speak {
        sentences: vec![sentence],
    });
    rig.listen();
    let events = rig.events();

    assert!(matches!(
        events[0],
        VoiceEvent::ItemStarted {
            cause: Cause::Face,
            ..
        }
    ));
    let _ = heard(&mut rig);
}
