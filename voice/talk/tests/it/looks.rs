//! Short words over our own voice, through the workers: whether they are a nod is read twice.

use std::sync::{Arc, Mutex};

use errand_types::Language;
use errand_voice_core::{
    Deadline, EchoCanceller, EchoPath, EchoState, Frame, Grammar, Hints, Hypothesis, Reach,
    SpeechToText, SttError, SttInfo, Transcript, Utterance,
};
use errand_voice_talk::testing::{Book, FakeStt, FakeTts, LoudVad};
use errand_voice_talk::{Echo, Engines, Happened, StreamConfig};

use crate::driver::{House, Person};
use crate::kit::{config, words};

/// Takes nothing out, and has a second sound of everything that is half as loud.
#[derive(Debug, Default)]
struct Halved(Option<Frame>);

impl EchoCanceller for Halved {
    fn name(&self) -> &'static str {
        "halved"
    }

    fn render(&mut self, _: &Frame) {}

    fn capture(&mut self, frame: &Frame, out: &mut Frame) {
        out.clone_from(frame);
        let mut half = frame.clone();
        half.pcm = half.pcm.map(|sample| sample / 2.0);
        self.0 = Some(half);
    }

    fn subtracted(&self) -> Option<&Frame> {
        self.0.as_ref()
    }

    fn state(&self) -> EchoState {
        EchoState {
            delay_ms: None,
            path: EchoPath::Present,
            erle_db: Some(30.0),
        }
    }

    fn reset(&mut self) {}
}

/// Hears a nod in what it is given, and in what is half as loud a stop that is this much likelier.
#[derive(Debug)]
struct Twice {
    stop: f32,
    /// The loudest sample of each sound that it was given.
    heard: Mutex<Vec<u16>>,
}

impl SpeechToText for Twice {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: "twice",
            languages: vec![Language::English],
            streams: false,
            constrains: true,
            hears_beginnings: true,
            tells_nbest: false,
            reach: Reach::Local,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        _: &Deadline,
    ) -> Result<Transcript, SttError> {
        assert!(matches!(hints.grammar, Grammar::Begun { .. }));
        let loudest = utterance.pcm().iter().map(|sample| sample.unsigned_abs());
        let loudest = loudest.max().unwrap_or(0);
        let mut heard = self.heard.lock().unwrap();
        let is_second = heard.first().is_some_and(|first| loudest < first / 3 * 2);
        heard.push(loudest);
        let nod = if is_second {
            -100.0 - self.stop
        } else {
            -100.0
        };
        let said = |text: &str, score: f32| Hypothesis {
            text: text.to_owned(),
            score,
        };
        let mut transcript = Transcript::plain("twice", "mhm".to_owned());
        let stop = if is_second { -100.0 } else { -110.0 };
        transcript.nbest = vec![
            said("mhm", nod),
            said("stop", stop),
            said("<unk>", nod.max(stop) - 90.0),
        ];
        Ok(transcript)
    }
}

/// What comes of "okay" over our own voice, and how many sounds were looked at.
fn over_us(stop: f32) -> (Vec<String>, Vec<u16>) {
    let twice = Arc::new(Twice {
        stop,
        heard: Mutex::default(),
    });
    let book = Book::new();
    let engines = Engines::new(
        Arc::new(|| Box::new(LoudVad)),
        Arc::new(|| Box::new(Halved::default())),
    )
    .with_recognisers(vec![Arc::new(FakeStt::new("book", &book))])
    .with_voices(vec![Arc::new(FakeTts::new("tones"))])
    .with_closed(vec![Arc::clone(&twice) as _], words().iter().cloned())
    .unwrap();
    let house = House { book, engines };
    let streams = house.streams();
    let ours = StreamConfig {
        echo: Echo::Ours,
        ..config()
    };
    let mut person = Person::with(&house, &streams, ours);
    let long = "I found three that fit, and I would take the first one of them. ".repeat(3);
    person.happens(Happened::said(long));
    person.hush(3_000).told();
    let okay = house.book.say_for("okay", 400);
    person.sound(&okay).hush(1_500);
    let heard = twice.heard.lock().unwrap().clone();
    (person.told(), heard)
}

#[test]
fn what_is_a_stop_in_the_sound_with_our_echo_only_subtracted_stops_us() {
    let (told, heard) = over_us(120.0);
    assert!(told.contains(&"1 counts as New".to_owned()), "{told:#?}");
    let loudest = heard.iter().max().unwrap();
    let halves = heard.iter().filter(|one| **one < loudest / 3 * 2).count();
    assert_eq!(halves, 1, "once, when they were silent: {heard:?}");
}

#[test]
fn what_is_a_nod_in_both_lets_us_go_on() {
    let (told, _) = over_us(0.0);
    let is_nod = |line: &String| line.contains("Backchannel");
    assert!(told.iter().any(is_nod), "{told:#?}");
    assert!(!told.contains(&"1 counts as New".to_owned()), "{told:#?}");
}
