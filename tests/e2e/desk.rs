//! The desk over HTTP and in the browser: who may come in, what is never seen, what stands in the record.

use errand_cli::{PersonSettings, SystemClock};
use errand_tests::foreign::{chromium, node, play, root};
use errand_tests::harness::{Client, SetUp, World};
use errand_types::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::foreign::{START, skipped};

/// Everything that may never stand in any answer of the desk. Each is unlike everything else here.
const CANARIES: [&str; 12] = [
    "Quexington",
    "77 Zanzibar",
    "Zanzibar Crescent",
    "Wexfordshire",
    "90471",
    "kim.quex@canary.example",
    "555 0199",
    "9876",
    "tok_canary",
    "zoroastrian",
    "contains:pork",
    "pork",
];

fn person() -> PersonSettings {
    let text = r#"
        name = "Kim Quexington"
        email = "kim.quex@canary.example"
        phone = "+1 212 555 0199"
        zone = "America/New_York"
        [[addresses]]
        label = "Home"
        street = "77 Zanzibar Crescent"
        locality = "Wexfordshire"
        postal_code = "90471"
        country = "US"
        [[wallet]]
        handler = "dev.errand.testpay"
        kind = "card"
        brand = "visa"
        last_digits = "9876"
        token = "success_token"
        [[rules]]
        id = "avoid-pork"
        kind = "avoid"
        label = "contains:pork"
        strict = true
        said = "no pork, I am zoroastrian"
    "#;
    toml::from_str(text).unwrap()
}

struct Desk {
    url: String,
    machine: String,
    http: reqwest::Client,
    /// Every body that the desk was answered with.
    answers: Vec<String>,
}

impl Desk {
    fn of(world: &World) -> Self {
        let house = world.house().unwrap();
        Self {
            url: house.url(),
            machine: house.token.clone(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            answers: Vec::new(),
        }
    }

    async fn call(
        &mut self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        if path.starts_with("/desk") {
            self.answers.push(text.clone());
        }
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn pair(&mut self, name: &str) -> String {
        let machine = self.machine.clone();
        let body = Some(json!({ "name": name }));
        let (status, paired) = self
            .call(Method::POST, "/api/desk/people", Some(&machine), body)
            .await;
        assert_eq!(status, 201, "{paired}");
        paired["token"].as_str().unwrap().to_owned()
    }
}

async fn world() -> World {
    let person = PersonSettings {
        zone: Some("America/New_York".to_owned()),
        ..PersonSettings::default()
    };
    World::start(SetUp::new(
        person.profile().unwrap(),
        START.parse().unwrap(),
    ))
    .await
    .unwrap()
}

async fn say(client: &mut Client, text: &str) -> String {
    client.say(text).await.unwrap().text()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_desk_nothing_of_it_is_there() {
    let world = world().await;
    let mut desk = Desk::of(&world);
    let machine = desk.machine.clone();

    for path in ["/desk", "/desk/api/queue", "/desk/api/errands/sess_x"] {
        let (status, body) = desk.call(Method::GET, path, Some(&machine), None).await;
        assert_eq!(status, 404, "{path} {body}");
    }
    let (status, people) = desk
        .call(Method::GET, "/api/desk/people", Some(&machine), None)
        .await;
    assert_eq!((status, people), (200, json!([])));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_opens_one_side_only_and_another_device_gives_no_access() {
    let world = world().await;
    let mut desk = Desk::of(&world);
    let mara = desk.pair("Mara").await;
    let machine = desk.machine.clone();
    let phone = world.pair().await.unwrap();

    let (status, body) = desk
        .call(Method::GET, "/desk/api/queue", Some(&machine), None)
        .await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("HTTP-0017")));
    let (status, _) = desk.call(Method::GET, "/desk/api/queue", None, None).await;
    assert_eq!(status, 401);
    for path in [
        "/api/orders",
        "/api/profile",
        "/api/desk/seen",
        "/api/desk/people",
    ] {
        let (status, _) = desk.call(Method::GET, path, Some(&mara), None).await;
        assert_eq!(status, 401, "{path}");
    }
    let name = Some(json!({ "name": "Eve" }));
    let (status, body) = desk
        .call(Method::POST, "/api/desk/people", Some(&phone), name)
        .await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("DESK-0006")));
    for name in ["", "  ", "MARA", &"x".repeat(41)] {
        let body = Some(json!({ "name": name }));
        let (status, body) = desk
            .call(Method::POST, "/api/desk/people", Some(&machine), body)
            .await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("DESK-0004")));
    }
    let (status, queue) = desk
        .call(Method::GET, "/desk/api/queue", Some(&mara), None)
        .await;
    assert_eq!((status, &queue["me"]["name"]), (200, &json!("Mara")));
    world.stop().await;
}

/// The person's own data, their rules and the two words are put everywhere that the desk could look, and every answer of
/// every call of the desk is searched for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_of_the_desk_ever_holds_what_it_may_not_see() {
    let set_up = SetUp::new(person().profile().unwrap(), START.parse().unwrap());
    let world = World::start(set_up).await.unwrap();
    let mut desk = Desk::of(&world);
    let mara = desk.pair("Mara").await;
    let mut client = world.client().await.unwrap();
    let here = Some(json!({ "here": true }));
    desk.call(Method::POST, "/desk/api/here", Some(&mara), here)
        .await;

    // What tells of more than the errand, and what is typed.
    say(&mut client, "show my rules and limits").await;
    say(&mut client, "what do the shops know about me").await;
    say(
        &mut client,
        "send it to 77 Zanzibar Crescent, Wexfordshire 90471",
    )
    .await;
    say(
        &mut client,
        "my mail is kim.quex@canary.example and my phone +1 212 555 0199",
    )
    .await;
    say(&mut client, "no pork, I am zoroastrian").await;
    say(&mut client, "order coffee beans").await;
    say(&mut client, "yes").await;
    let asked = client.listen().await.unwrap();
    drop(asked);
    say(&mut client, "a person please").await;
    let session = client.session.clone();
    let errand = format!("/desk/api/errands/{session}");
    let get = |path: String| (Method::GET, path, None);
    let post = |rest: &str, body: Value| (Method::POST, format!("{errand}{rest}"), Some(body));
    let acts = [
        get("/desk/api/queue".to_owned()),
        get(errand.clone()),
        post("/take", json!({ "why": "to help" })),
        post(
            "/say",
            json!({ "text": "your address is 77 Zanzibar Crescent?" }),
        ),
        post(
            "/note",
            json!({ "text": "Kim Quexington, phone +1 212 555 0199" }),
        ),
        post("/act", json!({ "tool": "profile_show", "arguments": {} })),
        post("/act", json!({ "tool": "consent_show", "arguments": {} })),
        post("/act", json!({ "tool": "order_list", "arguments": {} })),
        post("/act", json!({ "tool": "why", "arguments": {} })),
        post("/act", json!({ "tool": "cart_show", "arguments": {} })),
        post(
            "/act",
            json!({ "tool": "search", "arguments": { "what": "salami" } }),
        ),
        post("/act", json!({ "tool": "buy", "arguments": {} })),
        post("/see", json!({ "facts": ["window", "order_number"] })),
        get(errand.clone()),
    ];
    for (method, path, body) in acts {
        desk.call(method, &path, Some(&mara), body).await;
    }
    let bought = client.listen().await.unwrap();
    let words: Vec<String> = bought
        .of("errand.approval.required")
        .filter_map(|e| e.pointer("/approval/words")?.as_str().map(str::to_owned))
        .collect();
    say(&mut client, "yes").await;
    desk.call(Method::GET, &errand, Some(&mara), None).await;
    let line = Some(json!({ "text": "nothing" }));
    desk.call(Method::POST, &format!("{errand}/back"), Some(&mara), line)
        .await;
    desk.call(Method::GET, &errand, Some(&mara), None).await;

    assert!(desk.answers.len() > 16);
    assert!(
        desk.answers.iter().any(|a| a.contains("coffee")),
        "the desk saw the errand"
    );
    for answer in &desk.answers {
        let lower = answer.to_lowercase();
        for canary in CANARIES {
            assert!(
                !lower.contains(&canary.to_lowercase()),
                "`{canary}` in {answer}"
            );
        }
        for words in &words {
            assert!(!lower.contains(words), "the two words in {answer}");
        }
    }
    world.stop().await;
}

/// What the desk says is limited in length, its bodies are strict, and an id that is none names nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_bodies_of_the_desk_are_refused_and_change_nothing() {
    let world = world().await;
    let mut desk = Desk::of(&world);
    let mara = desk.pair("Mara").await;
    let mut client = world.client().await.unwrap();
    let here = Some(json!({ "here": true }));
    desk.call(Method::POST, "/desk/api/here", Some(&mara), here)
        .await;
    say(&mut client, "a person please").await;
    let errand = format!("/desk/api/errands/{}", client.session);

    let bad = [
        ("/take", json!({ "why": "  " }), "DESK-0007"),
        ("/take", json!({ "why": "x".repeat(201) }), "DESK-0007"),
        ("/take", json!({ "why": "x", "as": "admin" }), "HTTP-0005"),
        ("/say", json!({ "text": "x".repeat(2_001) }), "DESK-0007"),
        ("/see", json!({ "facts": ["address"] }), "HTTP-0005"),
        (
            "/act",
            json!({ "tool": "pay", "arguments": {} }),
            "HTTP-0005",
        ),
        (
            "/act",
            json!({ "tool": "buy", "arguments": { "words": "a b" } }),
            "HTTP-0005",
        ),
        ("/back", json!({ "text": "" }), "DESK-0007"),
    ];
    for (rest, body, code) in bad {
        let path = format!("{errand}{rest}");
        let (status, answer) = desk
            .call(Method::POST, &path, Some(&mara), Some(body))
            .await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{rest}"
        );
    }
    for path in [
        "/desk/api/errands/nonsense",
        "/desk/api/errands/sess_nobody",
    ] {
        let (status, _) = desk.call(Method::GET, path, Some(&mara), None).await;
        assert_eq!(status, 404, "{path}");
    }
    let (_, queue) = desk
        .call(Method::GET, "/desk/api/queue", Some(&mara), None)
        .await;
    assert_eq!(queue["waiting"].as_array().unwrap().len(), 1);
    world.stop().await;
}

/// Two people take the same errand at the same moment, again and again: one of them gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_take_an_errand_at_once_one_holds_it() {
    let world = world().await;
    let mut desk = Desk::of(&world);
    let (mara, ben) = (desk.pair("Mara").await, desk.pair("Ben").await);
    let mut client = world.client().await.unwrap();
    let here = Some(json!({ "here": true }));
    desk.call(Method::POST, "/desk/api/here", Some(&mara), here)
        .await;
    say(&mut client, "a person please").await;
    let errand = format!("{}/desk/api/errands/{}", desk.url, client.session);
    let take = async |token: &str| {
        let request = desk.http.post(format!("{errand}/take")).bearer_auth(token);
        let body = json!({ "why": "first" }).to_string();
        let answer = request
            .header("content-type", "application/json")
            .body(body)
            .send();
        answer.await.unwrap().status().as_u16()
    };

    for _ in 0..8 {
        let (a, b) = tokio::join!(take(&mara), take(&ben));
        assert!([(200, 409), (409, 200)].contains(&(a, b)), "{a} {b}");
        let holder = if a == 200 { &mara } else { &ben };
        let request = desk
            .http
            .post(format!("{errand}/release"))
            .bearer_auth(holder);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 200);
    }
    world.stop().await;
}

/// Helped on the page, looked at by Chromium without a screen.
async fn helped_on_the_page(more: &[&str]) {
    let (program, browser) = match (node(), chromium()) {
        (Ok(program), Ok(browser)) => (program, browser),
        (Err(missing), _) | (_, Err(missing)) => return skipped(&missing),
    };
    let person = PersonSettings {
        zone: Some("America/New_York".to_owned()),
        ..PersonSettings::default()
    };
    let set_up = SetUp::new(person.profile().unwrap(), SystemClock.now());
    let world = World::start(set_up).await.unwrap();
    let mut desk = Desk::of(&world);
    let mara = desk.pair("Mara").await;
    let pictures = tempfile::tempdir().unwrap();

    let url = format!("{}/", desk.url);
    let out = pictures.path().display().to_string();
    let script = root().join("tests/browser/desk.mjs").display().to_string();
    let mut list: Vec<String> = ["--url", &url, "--out", &out, "--desk-token", &mara]
        .map(str::to_owned)
        .to_vec();
    list.insert(0, script);
    list.extend(more.iter().map(|m| (*m).to_owned()));
    let chromium = browser.display().to_string();
    let result = play(&program, &list, &[("CHROMIUM", &chromium)])
        .await
        .unwrap();

    assert_eq!(result["ok"], json!(true), "{result}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_helped_on_the_page_of_the_desk() {
    helped_on_the_page(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_helped_on_the_page_of_the_desk_on_a_phone_in_the_dark() {
    helped_on_the_page(&["--width", "390", "--scheme", "dark"]).await;
}
