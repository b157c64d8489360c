//! An open approval: its terms, its answers, and what is no answer.

use errand_types::VoiceMatch;
use errand_voice_core::{Care, Compared};
use errand_voice_talk::testing::{Reads, Rig};
use errand_voice_talk::{Echo, Playback, ReadKind, SpokenAnswer, StreamConfig, VoiceEvent};

use crate::kit::{approval, config, receipt, resolved, rig, told, words};

const WORDS: &str = "amber violin";

fn asked_with(config: StreamConfig, kind: &str, spoken: Option<&str>) -> Rig {
    let mut rig = Rig::new(config, Some(words()));
    rig.hear("buy two bags").hush(600);
    rig.happens(approval(kind, spoken));
    rig.says("Pay $24.10 to Pantry Lane. Say amber violin.")
        .done();
    rig
}

fn asked() -> Rig {
    asked_with(config(), "purchase", Some(WORDS))
}

#[test]
fn the_terms_are_spoken_by_template_and_no_event_shows_the_words() {
    assert!(words().iter().any(|word| **word == *"amber"));
    assert!(words().iter().any(|word| **word == *"violin"));
    let mut rig = asked();
    rig.listen();
    let shown = format!("{:?}", rig.told());
    let events = asked().listen().events();
    let lines: Vec<String> = events.iter().filter_map(crate::kit::in_words).collect();

    assert_eq!(
        lines[5..],
        [
            "(Approval)",
            "says: You would pay twenty-four dollars and ten cents to Pantry Lane Limited, for two Marcala Decaf.",
            "says: It comes Saturday the twenty-eighth, between eight and ten in the morning.",
            "says: To buy, say: (word) (word). (secret)",
        ]
    );
    for event in &events {
        let text = match event {
            VoiceEvent::Heard { text, .. } | VoiceEvent::ItemDone { text, .. } => text.as_str(),
            _ => "",
        };
        assert!(!text.to_lowercase().contains("amber"), "{event:?}");
    }
    assert!(!shown.contains("amber") && !shown.contains("violin"));
}

#[test]
fn the_two_words_after_the_terms_are_an_attempt_and_no_transcript() {
    let mut rig = asked();
    rig.listen();
    told(&mut rig);
    rig.asked();
    rig.hush(300).hear(WORDS).hush(1_500);

    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
    assert!(told.contains(&"2 sealed".to_owned()), "{told:#?}");
    assert!(
        !told
            .iter()
            .any(|l| l.contains("said:") || l.starts_with("send") || l.contains("so far")),
        "{told:#?}"
    );
    assert!(
        rig.asked()
            .iter()
            .all(|(kind, care)| kind.is_closed() && *care == Care::Sealed)
    );
}

#[test]
fn how_a_voice_compared_goes_with_the_words_and_changes_nothing_here() {
    let other = VoiceMatch {
        alike: 12,
        least: 60,
    };
    for voice in [
        Compared::Not,
        Compared::Cannot { least: 60 },
        Compared::With(other),
    ] {
        let mut rig = asked();
        rig.compares = voice;
        rig.listen();
        rig.hush(300).hear(WORDS).hush(1_500);

        let answer = rig.events().into_iter().find_map(|event| match event {
            VoiceEvent::Answer { answer, how, .. } => Some((answer, how.voice)),
            _ => None,
        });
        assert_eq!(answer, Some((SpokenAnswer::Words(WORDS.into()), voice)));
    }
}

#[test]
fn a_bare_yes_never_buys() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300);
    told(&mut rig);
    for said in ["yes", "okay", "yes please"] {
        rig.hear(said).hush(1_000).listen();
        let told = told(&mut rig);
        assert!(
            !told.iter().any(|line| line.starts_with("answer")),
            "{told:#?}"
        );
        assert!(
            told.contains(&"says: A yes alone buys nothing.".to_owned()),
            "{told:#?}"
        );
        rig.hush(300);
    }
}

#[test]
fn no_and_cancel_win_over_our_own_voice() {
    for said in ["no", "cancel"] {
        let mut rig = asked();
        rig.hush(1_500);
        told(&mut rig);
        rig.hear_for(said, 500).hush(1_500);
        let told = told(&mut rig);
        assert!(told.contains(&"answer: No".to_owned()), "{said}: {told:#?}");
        assert!(!rig.talker().is_speaking());
    }
}

#[test]
fn an_answer_before_the_terms_are_over_is_none_and_the_terms_are_said_again() {
    let mut rig = asked();
    rig.hush(1_500);
    told(&mut rig);
    rig.hear(WORDS).hush(1_200);
    let early = told(&mut rig);
    assert!(
        !early.iter().any(|line| line.starts_with("answer")),
        "{early:#?}"
    );
    rig.listen();
    let again = told(&mut rig);
    let all = [early, again].concat();
    assert!(
        all.iter()
            .any(|line| line.starts_with("says: You would pay")),
        "{all:#?}"
    );
    assert!(
        all.contains(&"says: To buy, say: (word) (word). (secret)".to_owned()),
        "{all:#?}"
    );

    rig.hush(300).hear(WORDS).hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn what_is_not_understood_is_asked_again_twice_and_then_it_is_on_the_page() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300);
    told(&mut rig);
    for _ in 0..2 {
        rig.hear("purple elephants").hush(1_000).listen();
        let told = told(&mut rig);
        assert!(
            told.contains(&"says: I did not understand.".to_owned()),
            "{told:#?}"
        );
        rig.hush(300);
    }
    rig.hear("purple elephants").hush(1_000).listen();
    let told = told(&mut rig);
    assert!(told.contains(&"note: on the page".to_owned()), "{told:#?}");
    assert!(
        !told.iter().any(|line| line.starts_with("answer")),
        "{told:#?}"
    );
}

#[test]
fn silence_and_noise_answer_nothing() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300);
    told(&mut rig);
    rig.noise(700).hush(1_500);

    let told = told(&mut rig);
    assert!(
        !told
            .iter()
            .any(|l| l.starts_with("answer") || l.contains("understand")),
        "{told:#?}"
    );
}

#[test]
fn a_consent_is_answered_by_yes_or_no() {
    for (said, answer) in [("yes", "answer: Yes"), ("no thanks", "answer: No")] {
        let mut rig = asked_with(config(), "consent", None);
        rig.listen();
        rig.hush(300).hear(said).hush(1_500);
        let told = told(&mut rig);
        assert!(told.contains(&answer.to_owned()), "{told:#?}");
    }
}

#[test]
fn on_a_screen_the_words_are_shown_and_not_spoken() {
    let screen = StreamConfig {
        has_screen: true,
        ..config()
    };
    let mut rig = asked_with(screen, "purchase", Some(WORDS));
    rig.listen();
    let terms = told(&mut rig);
    assert!(
        terms.contains(&"says: To buy, say the two words on your screen.".to_owned()),
        "{terms:#?}"
    );

    rig.hush(300).hear(WORDS).hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn without_words_it_is_answered_on_the_page_and_can_be_refused_here() {
    let mut rig = asked_with(config(), "purchase", None);
    rig.listen();
    let terms = told(&mut rig);
    assert!(
        terms.contains(&"note: on the page".to_owned()),
        "{terms:#?}"
    );
    assert!(
        terms.contains(&"says: Please answer it on your page.".to_owned()),
        "{terms:#?}"
    );

    rig.hush(300).hear(WORDS).hush(1_500).listen();
    let attempt = told(&mut rig);
    assert!(
        !attempt.iter().any(|line| line.starts_with("answer")),
        "{attempt:#?}"
    );
    rig.hush(300).hear("no").hush(1_500);
    let told = told(&mut rig);
    assert!(told.contains(&"answer: No".to_owned()), "{told:#?}");
}

#[test]
fn without_a_recogniser_of_this_machine_nothing_that_is_said_is_read() {
    let mut rig = Rig::new(config(), None);
    rig.hear("buy two bags").hush(600);
    rig.happens(approval("purchase", Some(WORDS)))
        .done()
        .listen();
    rig.asked();
    rig.hush(300).hear(WORDS).hush(1_500);

    assert_eq!(rig.asked(), []);
    let told = told(&mut rig);
    assert!(told.contains(&"note: on the page".to_owned()), "{told:#?}");
    assert!(
        !told
            .iter()
            .any(|l| l.starts_with("answer") || l.contains("said: c")),
        "{told:#?}"
    );
}

#[test]
fn wrong_words_are_told_with_the_tries_that_are_left_and_it_stays_open() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300).hear("amber garden").hush(1_500);
    told(&mut rig);
    rig.happens(resolved("wrong", "Not the words. Two tries left", Some(2)));
    rig.says("Not the words. Two tries left").listen();
    let wrong = told(&mut rig);
    assert!(
        wrong.contains(&"says: Not quite, nothing is bought.".to_owned()),
        "{wrong:#?}"
    );
    assert!(
        wrong.contains(&"says: Two tries left.".to_owned()),
        "{wrong:#?}"
    );
    assert!(
        !wrong.iter().any(|line| line.contains("Not the words")),
        "{wrong:#?}"
    );

    rig.hush(300).hear(WORDS).hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn nobody_but_the_template_speaks_while_it_is_open_and_the_rest_is_said_after() {
    let mut rig = asked();
    rig.says("The shop says: say yes now!").listen();
    let open = told(&mut rig);
    assert!(
        !open.iter().any(|line| line.contains("shop says")),
        "{open:#?}"
    );

    rig.happens(resolved("refused", "Not bought", None))
        .says("Not bought")
        .done()
        .listen();
    let told = told(&mut rig);
    assert!(told.contains(&"says: Not bought".to_owned()), "{told:#?}");
    assert!(
        told.iter().any(|line| line.contains("The shop says")),
        "{told:#?}"
    );
}

#[test]
fn bought_is_said_with_the_day_it_comes() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300).hear(WORDS).hush(1_000);
    told(&mut rig);
    rig.happens(resolved("granted", "Approved by two words", None))
        .hush(200);
    rig.happens(receipt())
        .says("Bought. It comes.")
        .done()
        .listen();

    assert_eq!(
        told(&mut rig),
        [
            "(News)",
            "says: Bought.",
            "says: It comes Saturday the twenty-eighth, between eight and ten in the morning.",
        ]
    );
}

#[test]
fn our_own_voice_answers_nothing_where_echo_cannot_be_told() {
    let mut rig = asked_with(
        StreamConfig {
            echo: Echo::Nobody,
            ..config()
        },
        "purchase",
        Some(WORDS),
    );
    rig.hush(1_500).hear(WORDS).listen();
    let told = told(&mut rig);

    assert!(
        !told.iter().any(|line| line.starts_with("answer")),
        "{told:#?}"
    );
}

#[test]
fn a_clients_loudspeaker_that_lags_behind_answers_nothing() {
    let mut rig = asked_with(
        StreamConfig {
            playback: Playback::Client {
                ahead_ms: 4_000,
                lag_ms: 1_500,
            },
            ..config()
        },
        "purchase",
        Some(WORDS),
    );
    rig.listen();
    told(&mut rig);
    // What it plays is heard when it is over for us.
    rig.hear(WORDS).hush(1_500);
    let told = told(&mut rig);

    assert!(
        !told.iter().any(|line| line.starts_with("answer")),
        "{told:#?}"
    );
}

#[test]
fn nobody_who_answers_is_reminded_once() {
    let mut rig = asked();
    rig.listen();
    told(&mut rig);
    rig.hush(8_500).listen();
    let reminded = told(&mut rig);
    assert!(
        reminded.contains(&"note: Reprompted".to_owned()),
        "{reminded:#?}"
    );
    assert!(
        reminded.contains(&"says: To buy, say: (word) (word). Or say no. (secret)".to_owned()),
        "{reminded:#?}"
    );
    rig.hush(9_000).hush(20_000);
    assert_eq!(told(&mut rig), ["note: Idle"]);
}

#[test]
fn a_reading_that_fails_is_asked_for_again_and_buys_nothing() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300);
    told(&mut rig);
    rig.reads = Reads::Fail;
    rig.hear(WORDS).hush(1_500).listen();
    let failed = told(&mut rig);

    assert!(
        !failed.iter().any(|line| line.starts_with("answer")),
        "{failed:#?}"
    );
    rig.reads = Reads::Done;
    rig.hush(300).hear(WORDS).hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
    assert!(rig.asked().iter().all(|(kind, _)| *kind == ReadKind::Closed
        || *kind == ReadKind::ClosedQuick
        || *kind == ReadKind::Final));
}

#[test]
fn what_was_said_before_it_opened_is_heard_as_usual() {
    let mut rig = rig();
    rig.hear("buy two bags").hush(1_000);
    let told = told(&mut rig);

    assert!(told.contains(&"send: buy two bags".to_owned()), "{told:#?}");
}

#[test]
fn our_own_voice_that_says_the_words_again_answers_nothing() {
    let mut rig = asked();
    rig.listen();
    rig.hush(300).hear("amber garden").hush(1_500);
    rig.happens(resolved("wrong", "Not the words", Some(2)));
    told(&mut rig);
    // "Not quite, nothing is bought. Two tries left. Amber violin." And so hears the microphone, whatever cancels echo.
    rig.hush(2_250).hear(WORDS).hush(1_500);
    let own = told(&mut rig);
    assert!(
        !own.iter().any(|line| line.starts_with("answer")),
        "{own:#?}"
    );

    // A person who says them after it is heard.
    rig.listen();
    rig.hush(300).hear(WORDS).hush(1_500);
    let told = told(&mut rig);
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
}
