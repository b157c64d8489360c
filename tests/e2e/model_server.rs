//! `errand model test`, and a server of language models that others wrote.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use errand_llm::Api;
use errand_tests::harness::World;
use errand_tests::stories::{Outcome, Story, load_file, play, play_with};
use errand_tests::talker::{Front, Manner, Talker};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::foreign::{set_up, skipped};

const ERRAND: &str = env!("CARGO_BIN_EXE_errand-program");
/// As a person who keeps the key in the environment names it.
const KEY_ENV: &str = "FRONT_KEY";

/// What `errand model test` told.
struct Told {
    code: Option<i32>,
    json: Value,
    complaint: String,
}

impl Told {
    /// Id and outcome of every step.
    fn steps(&self) -> Vec<String> {
        let steps = self.json["steps"].as_array().unwrap();
        let told = steps.iter().map(|s| {
            format!(
                "{} {}",
                s["id"].as_str().unwrap(),
                s["outcome"].as_str().unwrap()
            )
        });
        told.collect()
    }
}

async fn model_test(url: &str, more: &str) -> Told {
    let dir = TempDir::new().unwrap();
    let settings = dir.path().join("errand.toml");
    std::fs::write(&settings, format!("[model]\nbase_url = \"{url}\"\n{more}")).unwrap();
    let output = Command::new(ERRAND)
        .args(["model", "test", "--json", "--config"])
        .arg(&settings)
        .env("ERRAND_DATA", dir.path())
        .env(KEY_ENV, Front::KEY)
        .env_remove("ERRAND_CONFIG")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !format!("{said}{complaint}").contains(Front::KEY),
        "the key was shown: {said}{complaint}"
    );
    Told {
        code: output.status.code(),
        json: serde_json::from_str(&said).unwrap_or(Value::Null),
        complaint,
    }
}

/// A talker with the words of a house.
async fn talker() -> (Arc<Talker>, World) {
    let talker = Arc::new(Talker::start().await.unwrap());
    let mut set_up = set_up();
    set_up.talker = Some(Arc::clone(&talker));
    (talker, World::start(set_up).await.unwrap())
}

const ALL: [&str; 6] = [
    "answers ok",
    "streams ok",
    "tools ok",
    "plans ok",
    "limits ok",
    "counts ok",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_can_all_is_found_usable() {
    let (talker, world) = talker().await;

    let told = model_test(&talker.url(), "model = \"talker-1\"\n").await;

    assert_eq!(told.code, Some(0), "{}{}", told.json, told.complaint);
    assert_eq!(told.json["usable"], true, "{}", told.json);
    assert_eq!(told.steps(), ALL, "{}", told.json);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_is_told_with_what_to_do() {
    let failing = Talker::start_as(Manner::Failing).await.unwrap();
    let garbled = Talker::start_as(Manner::Garbled).await.unwrap();

    for (url, seen) in [
        (failing.url(), "log of the server"),
        (garbled.url(), "stream events"),
        (
            "http://127.0.0.1:1/v1".to_owned(),
            "nothing answers at 127.0.0.1:1",
        ),
    ] {
        let told = model_test(&url, "model = \"talker-1\"\n[model.limits]\nretries = 1\n").await;
        assert_ne!(told.code, Some(0), "{url}: {}", told.json);
        assert_eq!(
            told.json["usable"], false,
            "{url}: {}{}",
            told.json, told.complaint
        );
        assert!(told.json.to_string().contains(seen), "{url}: {}", told.json);
        assert_eq!(
            told.steps()[1..],
            ALL[1..]
                .iter()
                .map(|s| s.replace("ok", "skipped"))
                .collect::<Vec<_>>(),
            "{url}"
        );
    }
}

#[tokio::test]
async fn without_a_model_in_the_settings_it_is_said_where_to_name_one() {
    let dir = TempDir::new().unwrap();
    let settings = dir.path().join("errand.toml");
    std::fs::write(&settings, "").unwrap();
    let output = Command::new(ERRAND)
        .args(["model", "test", "--config"])
        .arg(&settings)
        .env("ERRAND_DATA", dir.path())
        .output()
        .await
        .unwrap();

    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(
        complaint.contains("no language model is set up") && complaint.contains("[model]"),
        "{complaint}"
    );
}

fn story(name: &str) -> Story {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    load_file(&dir.join(format!("{name}.toml"))).unwrap()
}

/// How often the proxy may die of itself before it is our fault.
const DEATHS: usize = 4;

/// The proxy before the talker, started anew when it died.
struct Before {
    program: PathBuf,
    talker: Arc<Talker>,
    dir: TempDir,
    front: Front,
    deaths: usize,
}

impl Before {
    async fn start(program: PathBuf, talker: &Arc<Talker>) -> Self {
        let dir = TempDir::new().unwrap();
        let front = Front::start(&program, &talker.url(), dir.path())
            .await
            .unwrap();
        Self {
            front,
            program,
            talker: Arc::clone(talker),
            dir,
            deaths: 0,
        }
    }

    /// True when it died meanwhile: what was seen says nothing then, and another proxy stands in its place.
    async fn died(&mut self) -> bool {
        let Some(status) = self.front.ended() else {
            return false;
        };
        self.deaths += 1;
        assert!(self.deaths <= DEATHS, "the proxy dies each time: {status}");
        self.front = Front::start(&self.program, &self.talker.url(), self.dir.path())
            .await
            .unwrap();
        true
    }

    async fn model_test(&mut self, settings: &str) -> Told {
        loop {
            let told = model_test(self.front.url(), settings).await;
            if !self.died().await {
                return told;
            }
        }
    }

    async fn play(&mut self, story: &Story, model: &str, api: Api) -> Outcome {
        loop {
            let front = self.front.server(model, api).unwrap();
            self.talker.ask_through(front);
            let played = play_with(story, Some(Arc::clone(&self.talker))).await;
            if !self.died().await {
                return played;
            }
        }
    }
}

/// The proxy takes the requests apart and writes both them and the answers anew: ids, pieces, tool calls and ends are its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_a_server_that_others_wrote_all_is_as_before() {
    let program = match Front::program() {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let (talker, world) = talker().await;
    let mut proxy = Before::start(program, &talker).await;
    let key = format!("key_env = \"{KEY_ENV}\"\n");

    for (api, model) in [("chat", "talker-1"), ("responses", "bridged-1")] {
        let settings = format!("model = \"{model}\"\napi = \"{api}\"\n{key}");
        let told = proxy.model_test(&settings).await;
        assert_eq!(
            told.json["usable"], true,
            "{api}: {}{}",
            told.json, told.complaint
        );
        assert_eq!(told.steps(), ALL, "{api}: {}", told.json);
    }
    // Its own mock answers only talk: it is said what they cannot.
    let told = proxy
        .model_test(&format!("model = \"mock-1\"\n{key}"))
        .await;
    assert_eq!(told.json["usable"], false, "{}", told.json);
    assert_eq!(
        told.steps()[..4],
        ["answers ok", "streams ok", "tools failed", "plans failed"],
        "{}",
        told.json
    );
    // With a key that is not its own nothing works, and what it says is told.
    let told = proxy
        .model_test("model = \"talker-1\"\nkey_env = \"PATH\"\n")
        .await;
    assert_eq!(
        told.json["usable"], false,
        "{}{}",
        told.json, told.complaint
    );
    world.stop().await;

    for name in [
        "buy_main_sentence",
        "change_the_cart",
        "refuse_over_purchase_limit",
    ] {
        let story = story(name);
        let by_itself = play(&story).await;
        for (api, model) in [(Api::Chat, "talker-1"), (Api::Responses, "bridged-1")] {
            let before = talker.asked();
            let played = proxy.play(&story, model, api).await;
            let heard = played.heard.join("\n");
            assert!(
                played.passed,
                "{name} by {api:?}: {}\n{heard}",
                played.differed.join("\n")
            );
            assert_eq!(
                played.orders, by_itself.orders,
                "{name} by {api:?}: {heard}"
            );
            let is_fine =
                |p: &&String| p == &model || matches!(p.as_str(), "private" | "unfounded");
            let other: Vec<&String> = played.planners.iter().filter(|p| !is_fine(p)).collect();
            assert!(
                other.is_empty(),
                "{name} by {api:?}: turns fell back: {other:?}\n{heard}"
            );
            assert_eq!(talker.not_understood(), Vec::<String>::new(), "{heard}");
            assert!(talker.asked() > before, "it was never asked");
        }
        // With answers that have nothing to do with it the errand ends as it would have without.
        let played = proxy.play(&story, "mock-1", Api::Chat).await;
        assert!(
            played.passed,
            "{name}: {}\n{}",
            played.differed.join("\n"),
            played.heard.join("\n")
        );
        assert_eq!(played.orders, by_itself.orders, "{name}");
    }
}
