//! Clients that others wrote talk to errand by voice: real speech, real ears, a real voice.

use errand_tests::foreign::{Missing, chromium, flite, node, out_of_order, play, python, root};
use errand_tests::harness::{World, ears};
use errand_types::Clock as _;
use serde_json::{Value, json};

use super::foreign::{set_up, skipped};

const FIRST: &str = "find coffee";
const SECOND: &str = "what is in my cart";

/// A house that hears and speaks.
async fn world() -> Result<World, Missing> {
    flite()?;
    let mut set_up = set_up();
    set_up.streams = Some(ears()?);
    Ok(World::start(set_up).await.unwrap())
}

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn of<'a>(result: &'a Value, kind: &'a str) -> Vec<&'a Value> {
    let events = result["events"].as_array().unwrap();
    events.iter().filter(|e| e["type"] == kind).collect()
}

/// What was heard of the answer that was spoken over is the beginning of what was said, in whole words.
fn is_beginning(kept: &str, said: &str) {
    assert!(
        !kept.is_empty() && kept.len() < said.len(),
        "{kept:?} of {said:?}"
    );
    assert!(said.starts_with(kept), "{kept:?} of {said:?}");
    let next = said[kept.len()..].chars().next();
    assert!(
        next.is_some_and(char::is_whitespace),
        "{kept:?} of {said:?}"
    );
}

/// The two clients of one maker see the same protocol, and must come to the same.
fn talked(result: &Value, stops_itself: bool) {
    let heard: Vec<&str> = of(
        result,
        "conversation.item.input_audio_transcription.completed",
    )
    .iter()
    .filter_map(|e| e["transcript"].as_str())
    .collect();
    assert_eq!(heard, [FIRST, SECOND]);
    assert_eq!(result["errors"], json!([]));
    assert_eq!(out_of_order(result["events"].as_array().unwrap()), None);
    assert!(
        result["audio"].as_u64().unwrap() > 48_000,
        "a second of sound"
    );
    assert_eq!(result["interrupted"], json!(1));
    let cut = of(result, "conversation.item.truncated")[0];
    assert_eq!(cut["item_id"], result["first_item"]);
    let ms = cut["audio_end_ms"].as_u64().unwrap();
    assert!((300..10_000).contains(&ms), "{ms}");
    let said = of(result, "response.output_audio_transcript.done");
    let said = said
        .iter()
        .find(|e| e["item_id"] == cut["item_id"])
        .unwrap();
    // The client asks by itself as well; what counts is what stands there in the end.
    let kept = of(result, "conversation.item.retrieved");
    let kept = kept
        .iter()
        .rfind(|e| e["item"]["id"] == cut["item_id"])
        .unwrap();
    let kept = &kept["item"]["content"][0]["transcript"];
    is_beginning(kept.as_str().unwrap(), said["transcript"].as_str().unwrap());
    // Sound is sent faster than it is heard: the answer may have been given out whole when it was spoken over.
    let ended = of(result, "response.done")[0];
    let reason = if stops_itself {
        "client_cancelled"
    } else {
        "turn_detected"
    };
    let is_cancelled = ended["status"] == "cancelled" && ended["details"]["reason"] == reason;
    assert!(is_cancelled || ended["status"] == "completed", "{ended}");
}

async fn agents(more: &[&str]) {
    let program = match python("agents") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = match world().await {
        Ok(world) => world,
        Err(missing) => return skipped(&missing),
    };
    let house = world.house().unwrap();
    let url = format!("ws://{}/v1/realtime?model=errand", house.address);
    let mut script = vec!["tests/foreign/agents_talk.py", "--url", &url];
    script.extend(more);
    script.extend([FIRST, SECOND]);
    let result = play(&program, &list(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();
    talked(&result, !more.is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openai_agents_client_talks_and_what_it_interrupts_is_cut_to_what_it_played() {
    agents(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_openai_agents_client_that_stops_answers_itself_is_not_stopped_by_errand() {
    agents(&["--keep"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_realtime_client_for_node_talks_and_what_it_interrupts_is_cut_to_what_it_played() {
    let program = match node() {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = match world().await {
        Ok(world) => world,
        Err(missing) => return skipped(&missing),
    };
    let house = world.house().unwrap();
    let url = format!("ws://{}/v1/realtime?model=errand", house.address);
    let script = [
        "tests/foreign/node/realtime_talk.mjs",
        "--url",
        &url,
        FIRST,
        SECOND,
    ];
    let result = play(&program, &list(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();
    talked(&result, false);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_livekit_client_talks_gets_its_replies_in_time_and_cuts_what_it_interrupts() {
    let program = match python("livekit") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = match world().await {
        Ok(world) => world,
        Err(missing) => return skipped(&missing),
    };
    let house = world.house().unwrap();
    let url = format!("http://{}/v1", house.address);
    let script = [
        "tests/foreign/livekit_talk.py",
        "--url",
        &url,
        FIRST,
        SECOND,
    ];
    let result = play(&program, &list(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    assert_eq!(result["heard"], json!([FIRST, SECOND]));
    assert_eq!(result["errors"], json!([]));
    assert_eq!(result["reply_user_initiated"], json!(true));
    assert!(result["reply_seconds"].as_f64().unwrap() < 10.0);
    assert_eq!(
        result["truncated"],
        json!({ "id": result["cut"]["id"], "ms": result["cut"]["ms"] })
    );
    is_beginning(
        result["kept"].as_str().unwrap(),
        result["cut"]["said"].as_str().unwrap(),
    );
    let answers = result["answers"].as_array().unwrap();
    assert!(answers.len() >= 3);
    assert!(
        answers.iter().all(|answer| answer["ms"].as_u64() > Some(0)),
        "{answers:?}"
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pipecat_service_talks_in_its_pipeline_and_a_stray_cancel_ends_nothing() {
    let program = match python("pipecat") {
        Ok(program) => program,
        Err(missing) => return skipped(&missing),
    };
    let world = match world().await {
        Ok(world) => world,
        Err(missing) => return skipped(&missing),
    };
    let house = world.house().unwrap();
    let url = format!("ws://{}/v1/realtime", house.address);
    let script = [
        "tests/foreign/pipecat_talk.py",
        "--url",
        &url,
        FIRST,
        SECOND,
    ];
    let result = play(&program, &list(&script), &[("ERRAND_TOKEN", &house.token)])
        .await
        .unwrap();

    assert_eq!(result["heard"], json!([FIRST, SECOND]));
    assert_eq!(result["errors"], json!([]));
    let frames: Vec<&str> = result["frames"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for kind in [
        "LLMFullResponseStartFrame",
        "TTSStartedFrame",
        "TTSAudioRawFrame",
        "TTSTextFrame",
        "TTSStoppedFrame",
    ] {
        assert!(frames.contains(&kind), "{kind} in {frames:?}");
    }
    let said: String = result["text"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let kept = result["kept"].as_str().unwrap();
    assert!(
        !kept.is_empty() && said.contains(kept),
        "{kept:?} of {said:?}"
    );
    assert_eq!(result["again"], result["kept"]);
    world.stop().await;
}

/// The page, with a microphone that is a file: the search is spoken, and what the rules want on a screen is answered on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_talked_to_in_headless_chromium_up_to_the_order() {
    let (program, browser) = match (node(), chromium()) {
        (Ok(program), Ok(browser)) => (program, browser),
        (Err(missing), _) | (_, Err(missing)) => return skipped(&missing),
    };
    if let Err(missing) = flite() {
        return skipped(&missing);
    }
    let mut set_up = set_up();
    // The page counts down by the clock of its own machine.
    set_up.start = errand_cli::SystemClock.now();
    set_up.streams = match ears() {
        Ok(streams) => Some(streams),
        Err(missing) => return skipped(&missing),
    };
    let world = World::start(set_up).await.unwrap();
    let house = world.house().unwrap();
    let pictures = tempfile::tempdir().unwrap();
    let url = format!("{}/", house.url());
    let out = pictures.path().display().to_string();
    let script = root().join("tests/browser/talk.mjs").display().to_string();
    let words = [script.as_str(), "--url", &url, "--out", &out];
    let chromium = browser.display().to_string();
    let result = play(&program, &list(&words), &[("CHROMIUM", &chromium)])
        .await
        .unwrap();

    assert_eq!(result["ok"], json!(true), "{result}");
    let orders = world.shops.orders().await.unwrap();
    let charges = world.shops.charges().await.unwrap();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(charges.values().copied().collect::<Vec<_>>(), vec![1]);
    world.stop().await;
}
