use errand_voice_core::{Compared, Row, SampleIdx, TurnId};
use errand_voice_talk::How;
use serde_json::json;

use super::*;

fn link(listen: Listen) -> Link {
    Link::new(Language::English, listen, false, 22_050, 0)
}

fn told(effects: &[Effect]) -> Vec<String> {
    let one = |effect: &Effect| match effect {
        Effect::Send(event) => match event.text("text").or(event.text("code")) {
            Some(text) => format!("> {} {text}", event.kind()),
            None => format!("> {}", event.kind()),
        },
        Effect::Push(pcm) => format!("push {}", pcm.len()),
        Effect::Played { taken, heard } => format!("played {taken} {heard}"),
        Effect::Control(control) => match control {
            Control::Speak { sentences } => format!("speak {}", sentences.len()),
            Control::Settings(settings) => match &settings.detection {
                Some(detection) => format!("listen {:?}", detection.kind),
                None => format!("capture {:?}", settings.capture_hz),
            },
            other => format!("{other:?}"),
        },
        Effect::Begin => "begin".to_owned(),
        Effect::Say {
            key,
            text,
            voice: None,
        } => format!("say {key} {:?}", text.as_str()),
        Effect::Say {
            key,
            voice: Some(voice),
            ..
        } => format!("say {key}, {} of {}", voice.alike, voice.least),
        Effect::StopTurn => "stop turn".to_owned(),
        Effect::Connected => "connected".to_owned(),
        Effect::Close(trouble) => format!("close {}", trouble.code()),
    };
    effects.iter().map(one).collect()
}

fn satellite() -> Event {
    Event::new("info").with("satellite", json!({ "name": "kitchen" }))
}

fn run(stage: &str) -> Event {
    Event::new("run-pipeline")
        .with("start_stage", stage)
        .with("end_stage", "tts")
}

impl Link {
    fn gets(&mut self, events: impl IntoIterator<Item = Event>) -> Vec<String> {
        let effects: Vec<Effect> = events
            .into_iter()
            .flat_map(|event| self.step(Input::Satellite(event)))
            .collect();
        told(&effects)
    }

    fn hears(&mut self, event: VoiceEvent) -> Vec<String> {
        told(&self.step(Input::Voice(event)))
    }

    fn at(&mut self, now: u64) -> Vec<String> {
        told(&self.step(Input::Tick(now)))
    }
}

fn how() -> How {
    How {
        engine: "ears",
        confidence: None,
        audio: std::time::Duration::ZERO,
        voiced: std::time::Duration::ZERO,
        took: std::time::Duration::ZERO,
        voice: Compared::Not,
    }
}

fn chunk() -> Event {
    Form::mono(16_000).chunk(&[1; 1_024], Some(7))
}

#[test]
fn a_satellite_is_asked_then_told_to_run_and_its_sound_is_heard_from_the_wake_word_on() {
    let mut link = link(Listen::Woken);

    assert_eq!(
        link.gets([chunk(), run("asr")]),
        [""; 0],
        "nothing counts before it said what it is"
    );
    assert_eq!(link.gets([satellite()]), ["> run-satellite", "> describe"]);
    assert_eq!(link.gets([chunk()]), [""; 0]);
    assert_eq!(
        link.gets([run("asr"), chunk()]),
        ["connected", "begin", "> transcribe", "push 1024"]
    );
    assert_eq!(link.gets([Event::new("audio-stop"), chunk()]), [""; 0]);
}

#[test]
fn a_satellite_that_waits_for_its_wake_word_is_ours_once_it_answers_after_it_was_told_to_run() {
    let mut link = link(Listen::Woken);
    link.gets([satellite()]);

    assert!(link.is_told());
    assert_eq!(link.at(9_999), [""; 0]);
    assert_eq!(link.gets([satellite()]), ["connected"]);
    assert!(!link.is_told());
}

#[test]
fn a_satellite_that_falls_silent_when_it_is_told_to_run_serves_somebody_else() {
    let mut link = link(Listen::Woken);
    link.at(100);
    link.gets([satellite()]);

    assert_eq!(link.at(10_099), [""; 0]);
    assert_eq!(link.at(10_100), ["close WYO-0011"]);
}

#[test]
fn what_has_no_microphone_is_no_satellite() {
    let info = Event::new("info").with("asr", json!([]));

    assert_eq!(link(Listen::Woken).gets([info]), ["close WYO-0012"]);
}

#[test]
fn a_room_is_not_listened_to_all_the_time_unless_somebody_said_so() {
    let mut woken = link(Listen::Woken);
    woken.gets([satellite()]);
    assert_eq!(woken.gets([run("wake")]), ["connected", "close WYO-0013"]);

    let mut always = link(Listen::Always);
    always.gets([satellite()]);
    assert_eq!(
        always.gets([run("wake"), chunk()]),
        ["connected", "begin", "> transcribe", "push 1024"]
    );

    let mut ours = Link::new(Language::English, Listen::Woken, true, 22_050, 0);
    ours.gets([satellite()]);
    assert_eq!(
        ours.gets([run("wake")]),
        [
            "connected",
            "listen Wake",
            "> detect",
            "begin",
            "> transcribe"
        ]
    );
    let woken = VoiceEvent::Woken {
        phrase: "hey basket".into(),
        score: 0.97,
        end: SampleIdx::from_ms(1_000),
    };
    assert_eq!(ours.hears(woken), ["> detection"]);
}

#[test]
fn a_turn_is_told_as_the_hooks_of_a_satellite_want_it() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);
    let turn = TurnId(1);

    let mut seen = link.hears(VoiceEvent::SpeechStarted {
        turn,
        at: SampleIdx::ZERO,
        voice: SampleIdx::from_ms(300),
    });
    seen.extend(link.hears(VoiceEvent::SpeechStopped {
        turn,
        voice_end: SampleIdx::from_ms(900),
        decided: SampleIdx::from_ms(1_300),
        row: Row::Whole,
    }));
    seen.extend(link.hears(VoiceEvent::Transcript {
        turn,
        text: "two bags".into(),
        how: how(),
    }));
    seen.extend(link.hears(VoiceEvent::Say {
        turn,
        key: "k1".into(),
        text: "two bags".into(),
        how: how(),
        amends: false,
    }));

    assert_eq!(
        seen,
        [
            "> voice-started",
            "> voice-stopped",
            "> transcript two bags",
            "say k1 \"two bags\""
        ]
    );
}

#[test]
fn what_is_said_to_an_approval_is_not_told_to_the_satellite() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);
    let answer = |answer| VoiceEvent::Answer {
        approval: errand_types::ApprovalId::from_tail("a").unwrap(),
        answer,
        how: how(),
    };

    assert_eq!(
        link.hears(VoiceEvent::Sealed { turn: TurnId(1) }),
        ["> transcript "]
    );
    assert_eq!(
        link.hears(answer(SpokenAnswer::Words("amber violin".into()))),
        ["say answer-1 \"amber violin\""]
    );
    assert_eq!(
        link.hears(answer(SpokenAnswer::No)),
        ["say answer-2 \"no\""]
    );
}

#[test]
fn how_a_voice_compared_goes_with_what_it_said_and_no_words_go_without() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);
    let other = VoiceMatch {
        alike: 12,
        least: 40,
    };
    let mut answer = |answer, voice| {
        let how = How { voice, ..how() };
        link.hears(VoiceEvent::Answer {
            approval: errand_types::ApprovalId::from_tail("a").unwrap(),
            answer,
            how,
        })
    };
    let words = || SpokenAnswer::Words("amber violin".into());

    assert_eq!(
        answer(words(), Compared::With(other)),
        ["say answer-1, 12 of 40"]
    );
    // Words that are too short to be compared are nobody's; a no needs no voice.
    let short = Compared::Cannot { least: 40 };
    assert_eq!(answer(words(), short), ["say answer-2, 0 of 40"]);
    assert_eq!(answer(SpokenAnswer::No, short), ["say answer-3 \"no\""]);
}

#[test]
fn sound_is_sent_at_its_pace_between_start_and_stop_and_told_as_heard() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);
    let play = VoiceEvent::Play {
        item: None,
        pcm: vec![3; 22_050].into(),
    };

    let mut seen = link.hears(play);
    assert_eq!(seen.first().map(String::as_str), Some("> audio-start"));
    assert_eq!(
        seen.iter().filter(|line| *line == "> audio-chunk").count(),
        7,
        "300 ms ahead"
    );
    for now in (20..1_000).step_by(20) {
        seen.extend(link.at(now));
    }
    seen.extend(link.at(2_000));
    assert!(seen.contains(&"played 22050 22050".to_owned()), "{seen:?}");
    assert!(!seen.contains(&"> audio-stop".to_owned()), "more may come");

    assert_eq!(link.hears(VoiceEvent::Silent), ["> audio-stop"]);
    assert!(!link.is_sounding());
}

#[test]
fn speech_over_our_voice_ends_what_was_not_sent() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);
    link.hears(VoiceEvent::Play {
        item: None,
        pcm: vec![3; 44_100].into(),
    });
    let sent = link.pace.taken();

    link.hears(VoiceEvent::Replace {
        from: sent,
        pcm: Vec::new().into(),
    });

    assert_eq!(link.hears(VoiceEvent::Silent), ["> audio-stop"]);
    assert_eq!(link.pace.taken(), sent);
}

#[test]
fn an_announcement_is_spoken_and_nothing_is_listened_to() {
    let mut link = link(Listen::Woken);
    link.gets([satellite()]);
    let announce = run("tts").with("announce_text", "Dinner is ready. Come.");

    assert_eq!(link.gets([announce, chunk()]), ["connected", "speak 2"]);
}

#[test]
fn a_satellite_that_does_not_answer_is_given_up() {
    let mut link = link(Listen::Woken);
    assert_eq!(link.at(9_999), [""; 0]);
    assert_eq!(link.at(10_000), ["close WYO-0014"]);
}

#[test]
fn a_satellite_is_asked_again_and_again_whether_it_is_there() {
    let mut link = link(Listen::Woken);
    link.gets([satellite(), satellite()]);

    assert_eq!(link.at(30_000), ["> describe"]);
    assert_eq!(
        link.gets([satellite()]),
        [""; 0],
        "it is not told to run twice"
    );
    assert_eq!(link.at(60_000), ["> describe"]);
    assert_eq!(link.at(70_000), ["close WYO-0014"]);
}

#[test]
fn whoever_says_nothing_after_the_wake_word_is_not_waited_for() {
    let mut link = link(Listen::Woken);
    link.gets([satellite(), satellite()]);
    link.at(2_000);
    link.gets([run("asr"), chunk()]);

    assert_eq!(link.at(9_999), [""; 0]);
    assert_eq!(link.at(10_000), ["> transcript "]);
    assert_eq!(link.gets([chunk()]), [""; 0]);
}

#[test]
fn a_noise_after_the_wake_word_leaves_time_to_speak() {
    let mut link = link(Listen::Woken);
    link.gets([satellite(), run("asr"), satellite()]);
    let turn = TurnId(1);
    link.at(7_000);
    link.hears(VoiceEvent::SpeechStarted {
        turn,
        at: SampleIdx::ZERO,
        voice: SampleIdx::ZERO,
    });
    assert!(!link.at(9_000).contains(&"> transcript ".to_owned()));
    link.hears(VoiceEvent::Dropped {
        turn,
        was_told: true,
        why: None,
    });

    assert_eq!(link.at(16_900), [""; 0]);
    assert_eq!(link.at(17_000), ["> transcript "]);
}

#[test]
fn a_microphone_of_another_rate_is_taken_and_of_another_form_not() {
    let mut link = link(Listen::Always);
    link.gets([satellite(), run("asr"), satellite()]);

    let other = Form::mono(48_000).chunk(&[1; 10], None);
    assert_eq!(
        link.gets([other.clone(), other]),
        ["capture Some(48000)", "push 10", "push 10"]
    );
    assert_eq!(link.gets([chunk().with("width", 4)]), ["close WYO-0005"]);
}
