//! The workers behind the streams, with fake engines. Nothing sleeps: sound is pushed, and what follows is waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_voice_core::{Deadline, Passthrough, SpeechToText, TextToSpeech};
use errand_voice_talk::testing::{Book, FakeStt, FakeTts, LoudVad, ToneWake};
use errand_voice_talk::{
    Backlog, Detection, Engines, Happened, Limits, Note, Playback, Stage, StreamConfig,
    StreamHandle, Streams, TalkError, VoiceEvent,
};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

use crate::kit::{approval, config, in_words, products, words};

/// Longer than anything here takes, for a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits {
    streams: 16,
    ears: 2,
    readers: 2,
    voices: 1,
};

pub(crate) struct House {
    pub(crate) book: Book,
    pub(crate) engines: Engines,
}

impl House {
    fn new() -> Self {
        let book = Book::new();
        let own = book.clone();
        let engines = Engines::new(
            Arc::new(|| Box::new(LoudVad)),
            Arc::new(|| Box::new(Passthrough)),
        )
        .with_wake(Arc::new(move || {
            Box::new(ToneWake::new(&own, "hey basket"))
        }))
        .with_voices(vec![
            Arc::new(FakeTts::new("tones")) as Arc<dyn TextToSpeech>
        ]);
        Self { book, engines }
    }

    fn reading(mut self, ladder: &[&FakeStt]) -> Self {
        let ladder = ladder
            .iter()
            .map(|stt| Arc::new((*stt).clone()) as Arc<dyn SpeechToText>);
        self.engines = self.engines.with_recognisers(ladder.collect());
        self
    }

    fn usual() -> Self {
        let house = Self::new();
        let stt = FakeStt::new("book", &house.book);
        house.reading(&[&stt])
    }

    pub(crate) fn streams(&self) -> Streams {
        Streams::new(self.engines.clone(), LIMITS).unwrap()
    }
}

/// Somebody at a stream, with a loudspeaker that counts.
pub(crate) struct Person {
    handle: StreamHandle,
    events: Receiver<VoiceEvent>,
    book: Book,
    ring: VecDeque<i16>,
    taken: u64,
    log: Vec<VoiceEvent>,
}

impl Person {
    fn at(house: &House, streams: &Streams) -> Self {
        Self::with(house, streams, config())
    }

    pub(crate) fn with(house: &House, streams: &Streams, config: StreamConfig) -> Self {
        let (handle, events) = streams.open(config).unwrap();
        Self {
            handle,
            events,
            book: house.book.clone(),
            ring: VecDeque::new(),
            taken: 0,
            log: Vec::new(),
        }
    }

    fn frame(&mut self, pcm: &[i16]) {
        self.handle.push(pcm).unwrap();
        assert!(self.handle.wait_idle(PATIENCE), "nothing hangs");
        self.drain();
        let count = self.ring.len().min(pcm.len());
        self.ring.drain(..count);
        self.taken += count as u64;
        if count > 0 {
            self.handle.played(self.taken, self.taken).unwrap();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.events.try_recv() {
                Ok(event) => {
                    match &event {
                        VoiceEvent::Play { pcm, .. } => self.ring.extend(pcm.samples()),
                        VoiceEvent::Replace { pcm, .. } => {
                            self.ring = pcm.samples().to_vec().into();
                        }
                        _ => {}
                    }
                    self.log.push(event);
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => panic!("the stream is over"),
            }
        }
    }

    pub(crate) fn sound(&mut self, pcm: &[i16]) -> &mut Self {
        for part in pcm.chunks(160) {
            self.frame(part);
        }
        self
    }

    fn say(&mut self, text: &str) -> &mut Self {
        let pcm = self.book.say(text);
        self.sound(&pcm)
    }

    pub(crate) fn hush(&mut self, ms: usize) -> &mut Self {
        self.sound(&vec![0; ms * 16])
    }

    pub(crate) fn happens(&mut self, happened: Happened) -> &mut Self {
        self.handle.happened(happened).unwrap();
        self
    }

    pub(crate) fn told(&mut self) -> Vec<String> {
        self.drain();
        let log = std::mem::take(&mut self.log);
        log.iter().filter_map(in_words).collect()
    }

    fn notes(&mut self) -> Vec<Note> {
        self.drain();
        let notes = self.log.iter().filter_map(|event| match event {
            VoiceEvent::Note(note) => Some(note.clone()),
            _ => None,
        });
        notes.collect()
    }
}

#[test]
fn a_request_comes_out_of_sound_and_an_answer_goes_into_it() {
    let house = House::usual();
    let streams = house.streams();
    let mut person = Person::at(&house, &streams);
    person.say("find some coffee").hush(700);
    assert!(person.told().contains(&"send: find some coffee".to_owned()));
    person.happens(products(1));
    person.happens(Happened::TurnDone {
        outcome: errand_voice_talk::Outcome::Completed,
    });
    person.hush(8_000);

    let told = person.told();
    assert!(
        told.contains(&"says: Shall I take it?".to_owned()),
        "{told:#?}"
    );
    assert!(person.taken > 16_000, "it was played: {}", person.taken);
}

#[test]
fn when_a_recogniser_fails_the_next_one_reads_and_it_is_told_which() {
    let house = House::new();
    let first = FakeStt::new("far", &house.book).failing(9);
    let second = FakeStt::new("near", &house.book);
    let house = house.reading(&[&first, &second]);
    let streams = house.streams();
    let quiet = StreamConfig {
        partials: false,
        ..config()
    };
    let mut person = Person::with(&house, &streams, quiet);
    for text in ["find some coffee", "find some tea", "find some milk"] {
        person.say(text).hush(1_500);
        let fell_back = person.notes().iter().any(|note| {
            matches!(
                note,
                Note::Fallback {
                    stage: Stage::Reading,
                    from: "far",
                    to: Some("near"),
                    code: "VOICE-0007",
                }
            )
        });
        let told = person.told();
        assert!(
            told.contains(&format!("send: {text}")) || told.contains(&format!("amend: {text}")),
            "{told:#?}"
        );
        assert_eq!(fell_back, text != "find some milk", "{text}");
    }
    assert_eq!(first.asked(), 2, "after two failures it rests");
    assert!(second.asked() >= 3);
}

#[test]
fn a_recogniser_that_hangs_costs_its_worker_and_nothing_else() {
    let house = House::new();
    let first = FakeStt::new("stuck", &house.book).hanging();
    let second = FakeStt::new("near", &house.book);
    let house = house.reading(&[&first, &second]);
    let streams = house.streams();
    let file = StreamConfig {
        backlog: Backlog::Whole,
        ..config()
    };
    let (handle, mut events) = streams.open(file).unwrap();
    let push = |pcm: &[i16]| {
        while handle.push(pcm) == Err(TalkError::Busy) {
            std::thread::yield_now();
        }
    };
    let said_for = Duration::from_secs(3);
    push(&house.book.say("find some coffee"));
    push(&vec![0; 32_000]);
    let until = Instant::now() + PATIENCE / 2;
    while first.asked() == 0 && Instant::now() < until {
        std::thread::yield_now();
    }
    // Time is the sound: so much of it that the reading is overdue, and not so much that the other one is as well.
    let within = Deadline::usual(said_for).within + Duration::from_secs(2);
    for _ in 0..within.as_millis() / 100 {
        push(&[0; 1_600]);
    }
    let mut said = None;
    while said.is_none() && Instant::now() < until {
        std::thread::yield_now();
        while let Ok(event) = events.try_recv() {
            if let VoiceEvent::Say { text, how, .. } = event {
                said = Some((text.into_string(), how.engine));
            }
        }
    }
    assert_eq!(said, Some(("find some coffee".to_owned(), "near")));
    drop(handle);
    drop(streams);
    first.let_go();
}

#[test]
fn a_voice_that_fails_is_stood_in_for_and_one_that_breaks_off_is_shown() {
    let mut house = House::usual();
    house.engines = house.engines.with_voices(vec![
        Arc::new(FakeTts::new("first").failing(1)),
        Arc::new(FakeTts::new("second").breaking_after(3)),
    ]);
    let streams = house.streams();
    let mut person = Person::at(&house, &streams);
    person.happens(Happened::said("Your coffee was shipped."));
    person.hush(3_000);
    let fell_back = person.notes().iter().any(|note| {
        matches!(
            note,
            Note::Fallback {
                stage: Stage::Speaking,
                from: "first",
                to: Some("second"),
                ..
            }
        )
    });
    assert!(fell_back);
    let told = person.told();
    assert!(
        told.contains(&"shows: Your coffee was shipped.".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn what_is_heard_while_an_approval_is_open_never_reaches_an_open_recogniser() {
    let mut house = House::new();
    let (open, closed) = (
        FakeStt::new("open", &house.book).streaming(),
        FakeStt::new("closed", &house.book),
    );
    house = house.reading(&[&open]);
    house.engines = house
        .engines
        .with_closed(vec![Arc::new(closed.clone())], words().iter().cloned())
        .unwrap();
    let streams = house.streams();
    let mut person = Person::at(&house, &streams);
    person.happens(approval("purchase", Some("amber violin")));
    person.hush(12_000);
    person.say("amber violin").hush(1_500);

    let told = person.told();
    assert!(
        told.contains(&"answer: amber violin".to_owned()),
        "{told:#?}"
    );
    assert_eq!((open.asked(), open.sealed()), (0, 0));
    assert!(closed.sealed() >= 1 && closed.sealed() == closed.asked());
}

#[test]
fn a_closed_recogniser_on_another_machine_is_refused() {
    let house = House::new();
    let far = FakeStt::new("far", &house.book).remote();
    let refused = house.engines.with_closed(vec![Arc::new(far)], ["amber"]);

    assert_eq!(refused.err().map(|e| e.code()), Some("VOICE-0064"));
}

#[test]
fn there_are_as_many_streams_as_there_may_be() {
    let house = House::usual();
    let limits = Limits {
        streams: 2,
        ..LIMITS
    };
    let streams = Streams::new(house.engines, limits).unwrap();
    let first = streams.open(config()).unwrap();
    let _second = streams.open(config()).unwrap();
    assert_eq!(
        streams.open(config()).err(),
        Some(TalkError::Full { limit: 2 })
    );
    drop(first);
    assert_eq!(streams.count(), 1);
    assert!(streams.open(config()).is_ok());
}

#[test]
fn a_wake_word_is_only_listened_for_where_there_is_one() {
    let without = Engines::new(
        Arc::new(|| Box::new(LoudVad)),
        Arc::new(|| Box::new(Passthrough)),
    );
    let streams = Streams::new(without, LIMITS).unwrap();
    let woken = StreamConfig {
        detection: Detection::woken(),
        ..config()
    };
    assert_eq!(streams.open(woken.clone()).err(), Some(TalkError::NoWake));

    let house = House::usual();
    let streams = house.streams();
    let mut person = Person::with(&house, &streams, woken);
    person
        .say("hey basket")
        .hush(100)
        .say("add some milk")
        .hush(1_500);
    let told = person.told();
    assert!(
        told.contains(&"send: add some milk".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn wrong_rates_are_refused_with_their_code() {
    let streams = House::usual().streams();
    let odd = StreamConfig {
        capture_hz: 4_000,
        ..config()
    };

    assert_eq!(
        streams.open(odd).err().map(|e| e.code()),
        Some("VOICE-0016")
    );
}

#[test]
fn sound_at_other_rates_is_heard_and_given_out() {
    let house = House::usual();
    let streams = house.streams();
    let realtime = StreamConfig {
        capture_hz: 24_000,
        playback_hz: 24_000,
        playback: Playback::CLIENT,
        backlog: Backlog::Whole,
        ..config()
    };
    let mut person = Person::with(&house, &streams, realtime);
    let said: Vec<f32> = house
        .book
        .say("find some coffee")
        .into_iter()
        .map(errand_voice_core::from_s16)
        .collect();
    let mut up = errand_voice_core::Resampler::new(16_000, 24_000).unwrap();
    let mut pcm: Vec<i16> = up
        .push(&said)
        .into_iter()
        .map(errand_voice_core::to_s16)
        .collect();
    pcm.extend(vec![0; 24_000]);
    for part in pcm.chunks(240) {
        person.frame(part);
    }
    let told = person.told();
    assert!(
        told.contains(&"send: find some coffee".to_owned()),
        "{told:#?}"
    );

    person.happens(Happened::said("Nothing fits."));
    for _ in 0..50 {
        person.frame(&[0; 240]);
    }
    let played: usize = person
        .log
        .iter()
        .map(|event| match event {
            VoiceEvent::Play { pcm, .. } => pcm.samples().len(),
            _ => 0,
        })
        .sum();
    // 13 characters of 50 ms at 24 kHz, and the end of the filter.
    assert!((15_500..16_800).contains(&played), "{played}");
}

#[test]
fn words_come_while_somebody_speaks_where_the_recogniser_reads_along() {
    let house = House::new();
    let stt = FakeStt::new("along", &house.book).streaming();
    let house = house.reading(&[&stt]);
    let streams = house.streams();
    let mut person = Person::at(&house, &streams);
    person.say("find some coffee beans").hush(1_000);

    let told = person.told();
    let so_far: Vec<&String> = told.iter().filter(|l| l.contains("so far")).collect();
    assert!(so_far.len() >= 2, "{told:#?}");
    assert!(
        told.contains(&"send: find some coffee beans".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn a_microphone_drops_its_oldest_and_a_file_is_refused_more_than_it_can_hold() {
    let house = House::new();
    let stuck = FakeStt::new("stuck", &house.book).hanging();
    let house = house.reading(&[&stuck]);
    let limits = Limits { ears: 1, ..LIMITS };
    let streams = Streams::new(house.engines, limits).unwrap();
    let file = StreamConfig {
        backlog: Backlog::Whole,
        ..config()
    };
    let (handle, _events) = streams.open(file).unwrap();
    // More than is heard in the time of a push: some of these meet a full inbox.
    let refused = (0..200).any(|_| handle.push(&vec![0; 160_000]) == Err(TalkError::Busy));
    assert!(refused);

    let (handle, mut events) = streams.open(config()).unwrap();
    for _ in 0..100 {
        handle.push(&vec![0; 24_000]).unwrap();
    }
    assert!(handle.wait_idle(PATIENCE));
    let mut gaps = 0;
    while let Ok(event) = events.try_recv() {
        gaps += usize::from(matches!(event, VoiceEvent::Note(Note::Gap { .. })));
    }
    assert!(gaps > 0);
    stuck.let_go();
}

#[test]
fn many_streams_share_few_threads_and_hear_each_their_own() {
    let house = House::usual();
    let streams = house.streams();
    let mut people: Vec<Person> = (0..12).map(|_| Person::at(&house, &streams)).collect();
    let texts: Vec<String> = (0..12)
        .map(|n| format!("find item number {n} now"))
        .collect();
    for (person, text) in people.iter_mut().zip(&texts) {
        person.say(text);
    }
    for (person, text) in people.iter_mut().zip(&texts) {
        person.hush(1_000);
        let told = person.told();
        assert!(told.contains(&format!("send: {text}")), "{told:#?}");
    }
}

#[test]
fn a_face_that_does_not_read_loses_its_stream_and_nobody_else_does() {
    let house = House::usual();
    let streams = house.streams();
    let (deaf, _unread) = streams.open(config()).unwrap();
    let mut other = Person::at(&house, &streams);
    for _ in 0..3_000 {
        if deaf.gap(160).is_err() {
            assert!(deaf.wait_idle(PATIENCE) || deaf.is_closed());
        }
        if deaf.is_closed() {
            break;
        }
    }
    assert!(deaf.is_closed());
    assert_eq!(deaf.push(&[0; 160]), Err(TalkError::Closed));
    other.say("find some coffee").hush(700);
    assert!(other.told().contains(&"send: find some coffee".to_owned()));
}

/// Names of this process's threads; `None` where the system does not tell.
fn threads() -> Option<Vec<String>> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let names = tasks.filter_map(|task| {
        let name = std::fs::read_to_string(task.ok()?.path().join("comm")).ok()?;
        Some(name.trim().to_owned())
    });
    Some(names.filter(|name| name.starts_with("voice-")).collect())
}

#[test]
fn the_threads_have_names_and_end_with_the_streams() {
    let house = House::new();
    let stt: Arc<dyn SpeechToText> = Arc::new(FakeStt::new("book", &house.book));
    let engines = house.engines.with_recognisers(vec![Arc::clone(&stt)]);
    let streams = Streams::new(engines, LIMITS).unwrap();
    let (handle, _events) = streams.open(config()).unwrap();
    match threads() {
        Some(_) => {
            for name in ["voice-ear-0", "voice-read-1", "voice-mouth-0"] {
                // A thread takes its name once it runs.
                let until = Instant::now() + PATIENCE;
                let is_named = || threads().is_some_and(|names| names.iter().any(|n| n == name));
                while !is_named() && Instant::now() < until {
                    std::thread::yield_now();
                }
                assert!(is_named(), "{name} of {:?}", threads());
            }
        }
        None => skipped("this system does not tell the names of threads; run it on Linux"),
    }
    drop(handle);
    drop(streams);
    // Every worker held the engines; nobody does any more.
    assert_eq!(Arc::strong_count(&stt), 1);
}

#[expect(clippy::print_stdout, reason = "a test that cannot run says so")]
fn skipped(why: &str) {
    println!("SKIPPED: {why}");
}

#[test]
fn a_stream_holds_at_most_half_a_megabyte_while_nobody_speaks() {
    let resident = || -> Option<u64> {
        let text = std::fs::read_to_string("/proc/self/statm").ok()?;
        let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
        Some(pages * 4_096)
    };
    if resident().is_none() {
        skipped("this system does not tell how much memory is used; run it on Linux");
        return;
    }
    let engines = Engines::built_in();
    let limits = Limits {
        streams: 64,
        ..LIMITS
    };
    let streams = Streams::new(engines, limits).unwrap();
    let usual = StreamConfig::usual(jiff::civil::date(2026, 11, 26));
    let open = |count: usize| -> Vec<(StreamHandle, Receiver<VoiceEvent>)> {
        let opened: Vec<_> = (0..count)
            .map(|_| streams.open(usual.clone()).unwrap())
            .collect();
        for (handle, _) in &opened {
            handle.push(&vec![0; 24_000]).unwrap();
            assert!(handle.wait_idle(PATIENCE));
            handle.push(&vec![0; 24_000]).unwrap();
            assert!(handle.wait_idle(PATIENCE));
        }
        opened
    };
    // Tables that all streams share are made with the first ones.
    let first = open(4);
    let before = resident().unwrap();
    let rest = open(40);
    let each = resident().unwrap().saturating_sub(before) / 40;
    assert!(each <= 512 * 1_024, "{each} bytes for each stream");
    drop((first, rest));
}

#[test]
fn when_more_is_said_than_can_be_read_everybody_hears_so_and_nothing_is_lost() {
    let house = House::new();
    let slow = FakeStt::new("slow", &house.book).hanging();
    let house = house.reading(&[&slow]);
    // One reader: one utterance is read, four wait.
    let limits = Limits {
        readers: 1,
        ..LIMITS
    };
    let streams = Streams::new(house.engines, limits).unwrap();
    let file = StreamConfig {
        backlog: Backlog::Whole,
        partials: false,
        ..config()
    };
    let mut people: Vec<_> = (0..8)
        .map(|_| streams.open(file.clone()).unwrap())
        .collect();
    let mut sound = house.book.say("find some coffee");
    sound.extend(vec![0; 16_000]);
    for (handle, _) in &people {
        handle.push(&sound).unwrap();
    }
    let mut overloaded = 0;
    while overloaded < 3 {
        for (_, events) in &mut people {
            while let Ok(event) = events.try_recv() {
                overloaded += usize::from(event == VoiceEvent::Note(Note::Overloaded));
            }
        }
        std::thread::yield_now();
    }
    slow.let_go();
    // Time is the sound: those that were refused are tried again when half a second of it went by.
    let mut said = 0;
    while said < people.len() {
        for (handle, events) in &mut people {
            handle.push(&[0; 1_600]).unwrap();
            assert!(handle.wait_idle(PATIENCE));
            while let Ok(event) = events.try_recv() {
                overloaded += usize::from(event == VoiceEvent::Note(Note::Overloaded));
                said += usize::from(matches!(event, VoiceEvent::Say { .. }));
            }
        }
    }
    // The fifth one waits or is read already when the next is refused.
    assert!((3..=4).contains(&overloaded), "{overloaded}");
}
