//! A voice that a person lets errand know: another one buys nothing by voice, and the known one no more than before.

use std::path::Path;

use errand_cli::voice::KeptPrint;
use errand_tests::aloud::{Speaker, Voice, errand, write_wav};
use errand_tests::harness::World;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::aloud::{ERRAND, run, set_up, text, told, voice_and_ear};

const REQUEST: &str = "order coffee beans";
/// What the person says to be known by. None of it is said to buy something.
const SENTENCES: [&str; 6] = [
    "order more coffee like last time but decaf",
    "what is in my cart and how much does it cost",
    "find a warm blanket for under forty dollars",
    "when does my order come and can it come later",
    "put the second one back and show me the others",
    "thank you that was all for today",
];

/// A person, somebody else, and what the person's device keeps.
struct Home {
    person: Voice,
    other: Voice,
    dir: TempDir,
}

impl Home {
    fn open() -> Option<Self> {
        let (person, _) = voice_and_ear()?;
        Some(Self {
            person,
            other: Voice::of_flite("rms").unwrap(),
            dir: TempDir::new().unwrap(),
        })
    }

    fn print(&self) -> KeptPrint {
        KeptPrint::in_data(self.dir.path())
    }

    fn settings(&self) -> String {
        let path = self.dir.path().join("settings.toml");
        std::fs::write(&path, "[voice]\nspeaker_check = \"on\"\n").unwrap();
        path.display().to_string()
    }

    fn command(&self, world: &World) -> Command {
        let mut command = errand(ERRAND, world, self.dir.path()).unwrap();
        command.env("ERRAND_CONFIG", self.settings());
        command.env("ERRAND_LOG", "errand=trace,info");
        command
    }

    fn sentences(&self, voices: &[&Voice]) -> Vec<String> {
        let said = SENTENCES.iter().zip(voices.iter().cycle());
        let files = said.enumerate().map(|(n, (sentence, voice))| {
            let path = self.dir.path().join(format!("sentence-{n}.wav"));
            write_wav(&path, &voice.say(sentence).unwrap(), 16_000).unwrap();
            path.display().to_string()
        });
        files.collect()
    }

    async fn enrol(&self, world: &World, voices: &[&Voice]) -> std::process::Output {
        let files = self.sentences(voices);
        let mut words = vec!["voice", "enrol", "--json"];
        for file in &files {
            words.extend(["--wav", file]);
        }
        let output = run(world, self.dir.path(), &words).await;
        for file in files {
            std::fs::remove_file(file).unwrap();
        }
        output
    }

    fn speaker(&self, world: &World) -> Speaker {
        let answer = self.dir.path().join("answer.wav");
        Speaker::start(self.command(world), &answer).unwrap()
    }
}

/// Says the request and yes to what the shop has to know. Gives the question whether to buy.
async fn asked(speaker: &mut Speaker, voice: &Voice) -> Value {
    speaker.say(&[0; 8_000]).await.unwrap();
    speaker.say(&voice.say(REQUEST).unwrap()).await.unwrap();
    loop {
        let event = speaker.await_kind("approval").await.unwrap();
        speaker.await_kind("silent").await.unwrap();
        if text(&event, "kind") == "purchase" {
            return event;
        }
        let yes = voice.say("yes please").unwrap();
        speaker.say(&yes).await.unwrap();
    }
}

async fn bought(world: &World) -> usize {
    world.shops.orders().await.unwrap().len()
}

/// Everything that was told, for people and for programs.
fn all_said(events: &[Value]) -> String {
    let said = events.iter().filter(|e| text(e, "event") == "said");
    said.map(|e| text(e, "text")).collect::<Vec<_>>().join(" ")
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn files_below(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_known_voice_buys_as_before_and_its_print_is_in_no_log_and_no_file_but_its_own() {
    let Some(home) = Home::open() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    let output = home.enrol(&world, &[&home.person]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(told(&output)[0]["sentences"], SENTENCES.len());
    let print = home.print().read().unwrap().unwrap();

    let mut speaker = home.speaker(&world);
    let question = asked(&mut speaker, &home.person).await;
    let words = home.person.say(text(&question, "words")).unwrap();
    speaker.say(&words).await.unwrap();
    speaker.await_kind("bought").await.unwrap();
    let ended = speaker.end().await.unwrap();

    assert_eq!(bought(&world).await, 1);
    // The print, as text or as bytes, in what was logged, told, kept.
    assert_eq!(format!("{print:?}"), "Print(mfcc 2, <redacted>)");
    let values = print.values();
    assert!(values.len() > 30);
    let sealed = std::fs::read(home.print().path()).unwrap();
    let mut kept = vec![
        ("what was told".to_owned(), ended.talk.into_bytes()),
        (
            "events".to_owned(),
            format!("{:?}", ended.events).into_bytes(),
        ),
        (
            "what enrolling told".to_owned(),
            [output.stdout, output.stderr].concat(),
        ),
        ("the sealed print".to_owned(), sealed),
    ];
    for path in files_below(home.dir.path()) {
        kept.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    for value in values {
        let text = format!("{value:.4}");
        for (name, bytes) in &kept {
            let is_in = holds(bytes, text.as_bytes()) || holds(bytes, &value.to_le_bytes());
            // A sound holds any four bytes; of the sound of errand's own voice nothing is asked here.
            let is_sound = Path::new(name).extension().is_some_and(|end| end == "wav");
            assert!(!is_in || is_sound, "{name} holds {text}");
        }
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_words_in_another_voice_buy_nothing_and_the_question_goes_to_the_page() {
    let Some(home) = Home::open() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    assert_eq!(
        home.enrol(&world, &[&home.person]).await.status.code(),
        Some(0)
    );

    let mut speaker = home.speaker(&world);
    let question = asked(&mut speaker, &home.person).await;
    let words = home.other.say(text(&question, "words")).unwrap();
    speaker.say(&words).await.unwrap();
    let resolved = speaker.await_kind("resolved").await.unwrap();
    assert_eq!(text(&resolved, "outcome"), "void", "{resolved}");
    let again = speaker.await_kind("approval").await.unwrap();
    assert_eq!(again["words"], Value::Null, "{again}");
    speaker.await_kind("silent").await.unwrap();
    // Not even the known voice says them now: they are for a screen.
    let late = home.person.say(text(&question, "words")).unwrap();
    speaker.say(&late).await.unwrap();
    speaker.await_kind("silent").await.unwrap();
    let ended = speaker.end().await.unwrap();

    assert_eq!(bought(&world).await, 0, "{:?}", ended.events);
    let said = all_said(&ended.events);
    assert!(
        said.contains("did not sound like the voice I know"),
        "{said}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_voice_orders_is_asked_on_the_page_until_the_known_one_is_forgotten() {
    let Some(home) = Home::open() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();
    assert_eq!(
        home.enrol(&world, &[&home.person]).await.status.code(),
        Some(0)
    );

    let mut speaker = home.speaker(&world);
    let question = asked(&mut speaker, &home.other).await;
    assert_eq!(question["words"], Value::Null, "{question}");
    speaker.end().await.unwrap();
    let doctor = run(&world, home.dir.path(), &["voice", "doctor", "--json"]).await;
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("a voice is enrolled"));

    let output = run(&world, home.dir.path(), &["voice", "forget", "--json"]).await;
    assert_eq!(told(&output)[0]["was_there"], true);
    assert!(!home.print().path().exists());
    let mut speaker = home.speaker(&world);
    let question = asked(&mut speaker, &home.other).await;
    let words = home.other.say(text(&question, "words")).unwrap();
    speaker.say(&words).await.unwrap();
    speaker.await_kind("bought").await.unwrap();
    speaker.end().await.unwrap();

    assert_eq!(bought(&world).await, 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_voices_are_not_learned_as_one_and_a_word_or_two_not_at_all() {
    let Some(home) = Home::open() else {
        return;
    };
    let world = World::start(set_up()).await.unwrap();

    let output = home.enrol(&world, &[&home.person, &home.other]).await;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(
        complaint.contains("does not sound like the others"),
        "{complaint}"
    );

    let path = home.dir.path().join("yes.wav");
    write_wav(&path, &home.person.say("yes").unwrap(), 16_000).unwrap();
    let file = path.display().to_string();
    for (files, code) in [(vec![&*file; 3], 1), (vec![&*file; 2], 2)] {
        let mut words = vec!["voice", "enrol", "--json"];
        for file in files {
            words.extend(["--wav", file]);
        }
        let output = run(&world, home.dir.path(), &words).await;
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
    assert!(!home.print().is_there());
    world.stop().await;
}
