use errand_voice_core::{Reach, SttInfo, TtsInfo};
use errand_voice_wyoming::Form;
use serde_json::json;

use super::*;

fn voice(name: &str, language: Language) -> Voice {
    Voice {
        name: name.to_owned(),
        language,
    }
}

fn offer() -> Offer {
    Offer {
        recognisers: vec![SttInfo {
            engine: "ears",
            languages: vec![Language::English],
            streams: false,
            constrains: false,
            hears_beginnings: false,
            tells_nbest: false,
            reach: Reach::Local,
        }],
        voices: vec![TtsInfo {
            engine: "mouth",
            voices: vec![
                voice("de", Language::German),
                voice("slt", Language::English),
            ],
            tells_words: false,
            reach: Reach::Local,
        }],
        handles: vec![Language::English],
    }
}

fn caller() -> Caller {
    Caller::new(offer(), Language::English)
}

impl Caller {
    /// What follows when the caller sends these.
    fn sent(&mut self, events: impl IntoIterator<Item = Event>) -> Vec<Effect> {
        events
            .into_iter()
            .flat_map(|event| self.step(Input::Event(event)))
            .collect()
    }
}

/// Effects in a line each: kind of what is sent, or what is to be done.
fn told(effects: &[Effect]) -> Vec<String> {
    let one = |effect: &Effect| match effect {
        Effect::Send(event) => match (event.text("code"), event.text("text")) {
            (Some(code), _) => format!("{} {code}", event.kind()),
            (None, Some(text)) => format!("{} {text}", event.kind()),
            (None, None) => event.kind().to_owned(),
        },
        Effect::Read {
            pcm,
            rate_hz,
            language,
        } => format!("read {} at {rate_hz} {}", pcm.len(), language.code()),
        Effect::Speak {
            sentence,
            voice,
            rate_hz,
        } => format!("speak {:?} {} {rate_hz:?}", sentence.as_str(), voice.name),
        Effect::Handle { text, context } => format!("handle {text:?} {context:?}"),
        Effect::Close => "close".to_owned(),
    };
    effects.iter().map(one).collect()
}

fn chunk(samples: usize) -> Event {
    Form::mono(16_000).chunk(&vec![1; samples], None)
}

fn said(text: &str) -> Event {
    Event::new("transcript").with("text", text)
}

#[test]
fn sound_between_transcribe_and_stop_is_read_once_and_told() {
    let mut caller = caller();

    let effects = caller.sent([
        Event::new("transcribe")
            .with("language", "en-US")
            .with("context", json!({ "room": "kitchen" })),
        Form::mono(16_000).on("audio-start"),
        chunk(1_024),
        chunk(1_000),
        Event::new("audio-stop"),
    ]);
    assert_eq!(told(&effects), ["read 2024 at 16000 en"]);

    let effects = caller.step(Input::Read(Ok("two bags".to_owned())));
    assert_eq!(told(&effects), ["transcript two bags"]);
    let Effect::Send(event) = &effects[0] else {
        panic!("an event")
    };
    assert_eq!(event.value("context"), Some(&json!({ "room": "kitchen" })));
    assert_eq!(event.text("language"), Some("en"));
}

#[test]
fn sound_without_an_end_is_read_after_thirty_seconds_and_the_rest_left_out() {
    let mut caller = caller();

    let effects = caller.sent((0..50).map(|_| chunk(16_000)));

    assert_eq!(told(&effects), ["read 480000 at 16000 en"]);
    assert_eq!(
        told(&caller.sent([chunk(16_000), Event::new("audio-stop")])),
        [""; 0]
    );
    let next = caller.sent([chunk(160), Event::new("audio-stop")]);
    assert_eq!(told(&next), [""; 0], "it waits for the first one");
    let effects = caller.step(Input::Read(Ok(String::new())));
    assert_eq!(told(&effects), ["transcript ", "read 160 at 16000 en"]);
}

#[test]
fn a_stop_without_sound_asks_for_nothing() {
    assert!(caller().sent([Event::new("audio-stop")]).is_empty());
}

#[test]
fn sound_of_another_form_or_of_two_forms_ends_the_connection() {
    for events in [
        vec![Form::mono(16_000).on("audio-start").with("width", 4)],
        vec![Event::new("audio-start")],
        vec![chunk(10), Form::mono(22_050).chunk(&[1], None)],
    ] {
        let effects = caller().sent(events);
        assert_eq!(told(&effects), ["error WYO-0005", "close"]);
    }
}

#[test]
fn a_text_is_spoken_sentence_by_sentence_in_chunks_of_one_form() {
    let mut caller = caller();
    let effects = caller.sent([Event::new("synthesize").with("text", "Good morning. Two bags.")]);
    assert_eq!(told(&effects), ["speak \"Good morning.\" slt None"]);

    let sound = |samples| Input::Sound {
        rate_hz: 22_050,
        pcm: vec![5; samples],
    };
    let mut effects = caller.step(sound(1_500));
    effects.extend(caller.step(Input::Spoken(Ok(()))));
    effects.extend(caller.step(sound(700)));
    effects.extend(caller.step(Input::Spoken(Ok(()))));

    assert_eq!(
        told(&effects),
        [
            "audio-start",
            "audio-chunk",
            "speak \"Two bags.\" slt Some(22050)",
            "audio-chunk",
            "audio-chunk",
            "audio-stop"
        ]
    );
    let bytes: usize = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(event) => Some(event.payload().len()),
            _ => None,
        })
        .sum();
    assert_eq!(bytes, 2_200 * 2, "no sample is lost between two sentences");
    let Some(Effect::Send(stop)) = effects.last() else {
        panic!("an event")
    };
    assert_eq!(stop.number("timestamp"), Some(2_200 * 1_000 / 22_050));
}

#[test]
fn a_text_in_pieces_is_spoken_as_soon_as_a_sentence_is_whole() {
    let mut caller = caller();
    let piece = |text: &str| Event::new("synthesize-chunk").with("text", text);

    let effects = caller.sent([
        Event::new("synthesize-start").with("voice", json!({ "language": "de" })),
        piece("Guten Mor"),
    ]);
    assert_eq!(told(&effects), [""; 0]);
    let effects = caller.sent([
        piece("gen. Zwei "),
        Event::new("synthesize").with("text", "Guten Morgen. Zwei Tüten."),
        piece("Tüten."),
    ]);
    assert_eq!(told(&effects), ["speak \"Guten Morgen.\" de None"]);
    let mut effects = caller.step(Input::Spoken(Ok(())));
    effects.extend(caller.sent([Event::new("synthesize-stop")]));
    assert_eq!(told(&effects), ["speak \"Zwei Tüten.\" de None"]);
    let effects = caller.step(Input::Spoken(Ok(())));
    assert_eq!(told(&effects), ["audio-stop", "synthesize-stopped"]);
}

#[test]
fn a_voice_that_fails_ends_the_sound_before_the_connection() {
    let mut caller = caller();
    caller.sent([Event::new("synthesize").with("text", "Good morning.")]);

    let fault = Fault::new("VOICE-0007", "`mouth` failed");
    let effects = caller.step(Input::Spoken(Err(fault)));

    assert_eq!(told(&effects), ["audio-stop", "error VOICE-0007", "close"]);
    assert!(caller.sent([Event::new("describe")]).is_empty());
}

#[test]
fn a_sentence_is_handled_in_the_conversation_that_the_caller_names() {
    let mut caller = caller();
    let effects = caller
        .sent([said("two bags of coffee")
            .with("context", json!({ "conversation_id": "01HS", "x": 1 }))]);
    assert_eq!(
        told(&effects),
        ["handle \"two bags of coffee\" Some(\"01HS\")"]
    );

    let effects = caller.step(Input::Handled(Answer {
        is_handled: true,
        text: "Three fit.".to_owned(),
        context: "01HS".to_owned(),
    }));
    assert_eq!(told(&effects), ["handled Three fit."]);
    let Effect::Send(event) = &effects[0] else {
        panic!("an event")
    };
    assert_eq!(
        event.value("context"),
        Some(&json!({ "conversation_id": "01HS", "x": 1 }))
    );

    let effects = caller.sent([said("stop")]);
    assert_eq!(told(&effects), ["handle \"stop\" None"]);
    let effects = caller.step(Input::Handled(Answer {
        is_handled: false,
        text: "No.".to_owned(),
        context: "c-1".to_owned(),
    }));
    assert_eq!(told(&effects), ["not-handled No."]);
}

#[test]
fn requests_are_answered_in_their_order_and_only_so_many_wait() {
    let mut caller = caller();
    let effects = caller.sent([
        said("one"),
        Event::new("ping").with("text", "x"),
        said("two"),
        said("three"),
        said("four"),
        said("five"),
    ]);

    assert_eq!(
        told(&effects),
        ["handle \"one\" None", "pong x", "error WYO-0003", "close"]
    );
}

#[test]
fn what_is_asked_wrongly_is_told_and_ends_the_connection() {
    for (event, code) in [
        (Event::new("transcribe").with("language", "fr"), "WYO-0006"),
        (Event::new("transcribe").with("language", "de"), "WYO-0006"),
        (Event::new("synthesize").with("text", " "), "WYO-0007"),
        (
            Event::new("synthesize").with("text", "x".repeat(5_001)),
            "WYO-0007",
        ),
        (
            Event::new("synthesize")
                .with("text", "a")
                .with("text_format", "ssml"),
            "WYO-0007",
        ),
        (
            Event::new("synthesize")
                .with("text", "a")
                .with("voice", json!({ "name": "x" })),
            "WYO-0006",
        ),
        (Event::new("synthesize-chunk").with("text", "a"), "WYO-0007"),
        (said(""), "WYO-0007"),
        (said(&"x".repeat(2_001)), "WYO-0007"),
        (Event::new("recognize").with("text", "a"), "WYO-0008"),
        (Event::new("detect"), "WYO-0008"),
        (Event::new("run-satellite"), "WYO-0008"),
    ] {
        let effects = caller().sent([event.clone()]);
        assert_eq!(
            told(&effects),
            [format!("error {code}"), "close".to_owned()],
            "{event:?}"
        );
    }
}

#[test]
fn what_is_not_offered_is_refused_by_name() {
    let bare = || Caller::new(Offer::default(), Language::English);

    for events in [
        vec![Event::new("transcribe")],
        vec![chunk(160), Event::new("audio-stop")],
        vec![Event::new("synthesize").with("text", "Good morning.")],
        vec![said("hello")],
    ] {
        assert_eq!(told(&bare().sent(events)), ["error WYO-0008", "close"]);
    }
}

#[test]
fn what_the_protocol_may_know_one_day_is_dropped() {
    assert!(
        caller()
            .sent([Event::new("user-event"), Event::new("select-program")])
            .is_empty()
    );
}
