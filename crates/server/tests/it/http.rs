use std::collections::BTreeMap;
use std::fmt::Write as _;

use errand_server::spec::ROUTES;
use errand_server::{CODES, ServerConfig};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Server, open, server, server_with};
use crate::fake::{TOKEN, WORDS, kim};

/// An answer.
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    fn cookie(&self) -> String {
        self.headers["set-cookie"]
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }
}

/// One request, written by hand, so that every header is in the test's own hand.
async fn ask(server: &Server, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut request = format!(
        "{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|(name, _)| *name == "host") {
        write!(request, "host: {}\r\n", server.address).unwrap();
    }
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut raw = Vec::new();
    let _ = stream.read_to_end(&mut raw).await;
    let text = String::from_utf8_lossy(&raw);
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    Answer {
        status,
        headers,
        body: body.to_owned(),
    }
}

fn bearer() -> (&'static str, &'static str) {
    ("authorization", "Bearer token-of-kim")
}

fn home() -> ServerConfig {
    ServerConfig {
        page_principal: Some(kim()),
        ..ServerConfig::default()
    }
}

async fn at_home() -> Server {
    server_with(home()).await
}

fn origin(server: &Server) -> String {
    format!("http://{}", server.address)
}

#[tokio::test]
async fn every_call_of_the_document_exists_and_asks_for_a_token() {
    let server = server().await;
    for route in ROUTES {
        let path = route.path.replace(
            "{id}",
            if route.path.contains("merchants") {
                "pantry-lane"
            } else {
                "ord_1"
            },
        );
        let path = path
            .replace("{merchant}", "pantry-lane")
            .replace("approvals/ord_1", "approvals/apr_1");
        let body = match route.body {
            Some("AddMerchant") => r#"{"url":"http://127.0.0.1:1"}"#,
            Some("MoveOrderBody") => r#"{"when":"Saturday evening"}"#,
            Some("AnswerApproval") => r#"{"answer":"no"}"#,
            Some(_) | None => "",
        };
        let line = format!("{} {path}", route.method);

        let stranger = ask(&server, &line, &[], body).await;
        let friend = ask(&server, &line, &[bearer()], body).await;

        assert_eq!(
            (stranger.status, stranger.code()),
            (401, "HTTP-0002".to_owned()),
            "{line}"
        );
        assert!(
            matches!(friend.status, 200 | 201 | 204 | 503),
            "{line}: {}",
            friend.status
        );
        assert_eq!(
            friend.status == 503,
            line == "POST /api/merchants",
            "{line}: its shop does not answer"
        );
    }
}

#[tokio::test]
async fn errors_have_stable_codes_and_say_what_did_not_happen() {
    let server = server().await;
    let cases = [
        ("GET /nothing", "", 404, "HTTP-0001"),
        ("GET /api/orders/no-id", "", 404, "HTTP-0001"),
        ("GET /api/orders/ord_other", "", 404, "RUN-0001"),
        ("DELETE /api/orders", "", 405, "HTTP-0007"),
        ("POST /api/merchants", "{", 400, "HTTP-0005"),
        (
            "POST /api/merchants",
            r#"{"url":"x","sneaky":1}"#,
            400,
            "HTTP-0005",
        ),
        (
            "POST /api/approvals/apr_1",
            r#"{"answer":1}"#,
            400,
            "HTTP-0005",
        ),
        ("GET /v1/realtime", "", 426, "HTTP-0015"),
        ("GET /metrics", "", 404, "HTTP-0001"),
    ];
    for (line, body, status, code) in cases {
        let answer = ask(&server, line, &[bearer()], body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{line}"
        );
    }
    let long = format!(r#"{{"url":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(
        ask(&server, "POST /api/merchants", &[bearer()], &long)
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn hosts_and_origins_that_are_not_ours_are_refused_on_every_path() {
    let server = at_home().await;

    for line in [
        "GET /",
        "GET /healthz",
        "GET /api/orders",
        "GET /a/x/app.js",
    ] {
        let answer = ask(&server, line, &[("host", "rebound.example"), bearer()], "").await;
        assert_eq!(
            (answer.status, answer.code()),
            (421, "HTTP-0003".to_owned()),
            "{line}"
        );
    }
    for origin in ["https://evil.example", "null"] {
        let answer = ask(
            &server,
            "POST /api/orders/ord_1/cancel",
            &[bearer(), ("origin", origin)],
            "",
        )
        .await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "HTTP-0004".to_owned())
        );
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_a_page_shut() {
    let server = at_home().await;
    for line in ["GET /", "GET /nothing", "GET /healthz"] {
        let headers = ask(&server, line, &[], "").await.headers;
        let policy = &headers["content-security-policy"];
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "trusted-types 'none'",
        ] {
            assert!(policy.contains(part), "{line}: {policy}");
        }
        assert!(policy.contains(&format!("ws://{}", server.address)));
        assert_eq!(
            (
                headers["x-content-type-options"].as_str(),
                headers["referrer-policy"].as_str()
            ),
            ("nosniff", "no-referrer")
        );
        assert_eq!(headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn the_page_of_this_machine_gets_a_cookie_and_with_it_one_ticket_for_one_connection() {
    let server = at_home().await;
    let page = ask(&server, "GET /", &[], "").await;
    let cookie = page.cookie();
    let origin = origin(&server);
    let with = [
        ("cookie", cookie.as_str()),
        ("x-errand-page", "1"),
        ("origin", origin.as_str()),
    ];

    let ticket = ask(&server, "POST /api/page/connect", &with, "")
        .await
        .json()["ticket"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut request = server.request("errand_events=all");
    request.headers_mut().remove("authorization");
    let offered = format!("realtime, openai-insecure-api-key.{ticket}");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", offered.parse().unwrap());
    request
        .headers_mut()
        .insert("origin", origin.parse().unwrap());

    assert!(page.headers["set-cookie"].ends_with("HttpOnly; SameSite=Strict"));
    assert!(page.body.contains("data-protocol=\"1\"") && page.body.contains("id=\"talk\""));
    assert!(!page.body.contains(&cookie["errand_page=".len()..]));
    let (mut client, _) = open(request.clone()).await.unwrap();
    assert_eq!(client.next().await["type"], "session.created");
    assert!(open(request).await.is_err(), "a ticket opens once");
}

#[tokio::test]
async fn a_cookie_without_the_page_s_header_or_origin_does_nothing() {
    let server = at_home().await;
    let cookie = ask(&server, "GET /", &[], "").await.cookie();
    let origin = origin(&server);

    let bare = ask(
        &server,
        "POST /api/page/connect",
        &[("cookie", &cookie), ("origin", &origin)],
        "",
    )
    .await;
    let foreign = [
        ("cookie", cookie.as_str()),
        ("x-errand-page", "1"),
        ("origin", "https://evil.example"),
    ];
    let foreign = ask(&server, "POST /api/page/connect", &foreign, "").await;
    let no_origin = ask(
        &server,
        "POST /api/page/connect",
        &[("cookie", &cookie), ("x-errand-page", "1")],
        "",
    )
    .await;
    let plain = ask(&server, "GET /api/orders", &[("cookie", &cookie)], "").await;
    let page = ask(
        &server,
        "GET /api/orders",
        &[("cookie", &cookie), ("x-errand-page", "1")],
        "",
    )
    .await;

    assert_eq!(
        (bare.status, foreign.status, no_origin.status, plain.status),
        (403, 403, 403, 401)
    );
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_page_that_nobody_knows_is_asked_for_a_token() {
    let server = server().await;
    let origin = origin(&server);
    let form = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];

    let door = ask(&server, "GET /orders", &[], "").await;
    let wrong = ask(&server, "POST /enter", &form, "token=guess").await;
    let right = ask(&server, "POST /enter", &form, &format!("token={TOKEN}")).await;
    let inside = ask(&server, "GET /orders", &[("cookie", &right.cookie())], "").await;

    assert_eq!(
        (door.status, wrong.status, right.status, inside.status),
        (401, 401, 303, 200)
    );
    assert!(!door.body.contains("Marcala") && inside.body.contains("Marcala"));
}

#[tokio::test]
async fn a_picture_in_a_foreign_page_uses_up_no_place_for_a_page() {
    let server = at_home().await;

    let answer = ask(
        &server,
        "GET /",
        &[
            ("sec-fetch-dest", "image"),
            ("sec-fetch-site", "cross-site"),
        ],
        "",
    )
    .await;

    assert_eq!(answer.status, 401);
    assert!(!answer.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn every_place_works_without_script_and_shop_text_stays_text() {
    let server = at_home().await;
    for (path, wanted) in [
        ("/", "What do you need?"),
        ("/orders", "Marcala &lt;Medium&gt;"),
        ("/orders/ord_1", "by two words"),
        ("/profile", "Home, Elm Street"),
        ("/consents", "Pantry Lane"),
        ("/why?about=coffee", "Pantry Lane coffee"),
        ("/setup", "answers in 12 ms"),
    ] {
        let page = ask(&server, &format!("GET {path}"), &[], "").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(wanted), "{path}: {}", page.body);
        assert!(
            !page.body.contains("<Medium>") && !page.body.contains("style="),
            "{path}"
        );
        let script = page.body.contains("<script");
        assert!(path == "/" || !script, "{path} needs no script");
    }
    assert_eq!(
        ask(&server, "GET /orders/ord_other", &[], "").await.status,
        404
    );
}

fn form_key(body: &str) -> String {
    let at = body.find("name=\"key\" value=\"").unwrap() + "name=\"key\" value=\"".len();
    body[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_sentence_of_a_form_is_answered_once_and_an_approval_can_be_read_and_typed() {
    let server = at_home().await;
    let page = ask(&server, "GET /", &[], "").await;
    let (cookie, key, origin) = (page.cookie(), form_key(&page.body), origin(&server));
    let form = [
        ("cookie", cookie.as_str()),
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];

    let asked = ask(
        &server,
        "POST /talk",
        &form,
        &format!("text=buy+it&key={key}"),
    )
    .await;
    let typed = format!(
        "text={}&key={}",
        WORDS.replace(' ', "+"),
        form_key(&asked.body)
    );
    let typed = ask(&server, "POST /talk", &form, &typed).await;
    let forged = ask(
        &server,
        "POST /talk",
        &[form[0], ("origin", "https://evil.example"), form[2]],
        "text=buy&key=x",
    )
    .await;
    let null = [
        form[0],
        ("origin", "null"),
        ("sec-fetch-site", "same-origin"),
        form[2],
    ];
    let null = ask(
        &server,
        "POST /talk",
        &null,
        &format!("text=hello&key={}", form_key(&typed.body)),
    )
    .await;

    assert_eq!(
        (asked.status, typed.status, forged.status, null.status),
        (200, 200, 403, 200)
    );
    assert!(
        asked.body.contains(WORDS)
            && asked.body.contains("Pantry Lane Ltd")
            && asked.body.contains("$25.90")
    );
    assert!(typed.body.contains(&format!("You said: {WORDS}")));
    let said = server
        .house
        .conversation("sess_1")
        .said
        .lock()
        .unwrap()
        .len();
    assert_eq!(said, 3, "one conversation, each form once");
}

#[tokio::test]
async fn a_change_by_a_form_needs_our_own_page() {
    let server = at_home().await;
    let cookie = ask(&server, "GET /", &[], "").await.cookie();
    let origin = origin(&server);
    let kind = ("content-type", "application/x-www-form-urlencoded");

    let forged = ask(
        &server,
        "POST /orders/ord_1/cancel",
        &[("cookie", &cookie), kind],
        "",
    )
    .await;
    let own = [
        ("cookie", cookie.as_str()),
        ("origin", origin.as_str()),
        kind,
    ];
    let cancelled = ask(&server, "POST /orders/ord_1/cancel", &own, "").await;
    let moved = ask(&server, "POST /orders/ord_1/move", &own, "when=Sunday").await;
    let withdrawn = ask(&server, "POST /consents/pantry-lane/withdraw", &own, "").await;

    assert_eq!(
        (
            forged.status,
            cancelled.status,
            moved.status,
            withdrawn.status
        ),
        (403, 200, 409, 303)
    );
    assert!(cancelled.body.contains("$25.90 comes back") && moved.body.contains("Not done"));
    assert_eq!(server.house.withdrawn.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn drawings_are_served_and_anything_unknown_is_a_parcel() {
    let server = server().await;

    let coffee = ask(&server, "GET /draw/coffee.svg?c=terracotta&v=1", &[], "").await;
    let odd = ask(&server, "GET /draw/%22%3Cscript%3E.svg?c=x&v=999", &[], "").await;

    assert_eq!(
        (coffee.status, coffee.headers["content-type"].as_str()),
        (200, "image/svg+xml")
    );
    assert!(coffee.body.starts_with("<svg") && !odd.body.contains("script"));
    assert_ne!(coffee.body, odd.body);
}

#[tokio::test]
async fn operators_see_health_metrics_and_documents() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let server = server_with(ServerConfig {
        metrics: Some(recorder.handle()),
        ..ServerConfig::default()
    })
    .await;

    let well = ask(&server, "GET /healthz", &[], "").await;
    *server.house.journal_fails.lock().unwrap() = true;
    let ill = ask(&server, "GET /healthz", &[], "").await;
    let metrics = ask(&server, "GET /metrics", &[], "").await;
    let openapi = ask(&server, "GET /openapi.json", &[], "").await;
    let schema = ask(&server, "GET /schemas/ServerEvent.json", &[], "").await;

    assert_eq!(
        (well.status, well.json()),
        (200, json!({ "ok": true, "failing": [] }))
    );
    assert_eq!(
        (ill.status, ill.json()),
        (503, json!({ "ok": false, "failing": ["journal"] }))
    );
    assert_eq!(
        (metrics.status, openapi.status, schema.status),
        (200, 200, 200)
    );
    assert_eq!(openapi.json()["openapi"], "3.1.0");
    assert_eq!(
        ask(&server, "GET /schemas/nothing.json", &[], "")
            .await
            .status,
        404
    );
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors");
    let mut pages: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".md").map(ToOwned::to_owned))
        .filter(|name| name.starts_with("HTTP-") || name.starts_with("WS-"))
        .collect();
    pages.sort();

    assert_eq!(pages, CODES);
    for code in CODES {
        let text = std::fs::read_to_string(format!("{folder}/{code}.md")).unwrap();
        for part in ["What happened", "What did not happen", "Why", "What to do"] {
            assert!(
                text.contains(&format!("## {part}")),
                "{code} lacks `{part}`"
            );
        }
    }
}
