//! The other side of the desk in a story: people with tokens of their own, who only have the HTTP calls.

use std::collections::BTreeMap;

use anyhow::Context as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::format::{DeskStep, Expect};
use super::matching::has_shape;

/// Who acts when nobody is named.
const FIRST: &str = "Mara";

/// What the person was shown, for those who act on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) products: &'a Value,
    pub(crate) order: Option<&'a str>,
}

/// The people at the desk, by name, with their tokens.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    tokens: BTreeMap<String, String>,
    last: Option<String>,
}

/// Address of the house, and the token of the machine that it runs on.
type Operator = (String, String);

pub(crate) fn name(step: &DeskStep) -> String {
    let by = step.by.as_deref().unwrap_or(FIRST);
    let what = match step {
        DeskStep { take: Some(_), .. } => "takes it",
        DeskStep { say: Some(_), .. } => "says",
        DeskStep { act: Some(_), .. } => "acts",
        DeskStep { see: Some(_), .. } => "asks to see",
        DeskStep { note: Some(_), .. } => "notes",
        DeskStep { back: Some(_), .. } => "hands back",
        DeskStep { release: true, .. } => "lets go",
        DeskStep { removed: true, .. } => "loses access",
        DeskStep { read: true, .. } => "reads",
        _ => "comes or goes",
    };
    format!("{by} at the desk {what}")
}

impl Counter {
    /// Does what a step says; the answer of the call, with its status.
    pub(crate) async fn act(
        &mut self,
        operator: &Operator,
        session: &str,
        step: &DeskStep,
        shown: Shown<'_>,
    ) -> anyhow::Result<Option<(u16, Value)>> {
        let by = step.by.as_deref().unwrap_or(FIRST);
        if step.removed {
            let path = format!("/api/desk/people/{by}");
            return Ok(Some(
                call(operator, &operator.1, Method::DELETE, &path, None).await?,
            ));
        }
        let token = self.token(operator, by).await?;
        self.last = Some(by.to_owned());
        let errand = format!("/desk/api/errands/{session}");
        let (method, path, body) = match step {
            DeskStep {
                here: Some(here), ..
            } => (
                Method::POST,
                "/desk/api/here".to_owned(),
                json!({ "here": here }),
            ),
            DeskStep {
                take: Some(why), ..
            } => (
                Method::POST,
                format!("{errand}/take"),
                json!({ "why": why }),
            ),
            DeskStep {
                say: Some(text), ..
            } => (
                Method::POST,
                format!("{errand}/say"),
                json!({ "text": text }),
            ),
            DeskStep {
                act: Some(call), ..
            } => (Method::POST, format!("{errand}/act"), filled(call, shown)),
            DeskStep {
                see: Some(facts), ..
            } => (
                Method::POST,
                format!("{errand}/see"),
                json!({ "facts": facts }),
            ),
            DeskStep {
                note: Some(text), ..
            } => (
                Method::POST,
                format!("{errand}/note"),
                json!({ "text": text }),
            ),
            DeskStep {
                back: Some(text), ..
            } => (
                Method::POST,
                format!("{errand}/back"),
                json!({ "text": text }),
            ),
            DeskStep { release: true, .. } => {
                (Method::POST, format!("{errand}/release"), json!({}))
            }
            _ => (Method::GET, errand, Value::Null),
        };
        let body = (!body.is_null()).then_some(body);
        Ok(Some(call(operator, &token, method, &path, body).await?))
    }

    async fn token(&mut self, operator: &Operator, by: &str) -> anyhow::Result<String> {
        if let Some(token) = self.tokens.get(by) {
            return Ok(token.clone());
        }
        let body = Some(json!({ "name": by }));
        let (status, answer) = call(
            operator,
            &operator.1,
            Method::POST,
            "/api/desk/people",
            body,
        )
        .await?;
        let token = answer.get("token").and_then(Value::as_str);
        let token = token.with_context(|| format!("no access for {by}: {status} {answer}"))?;
        self.tokens.insert(by.to_owned(), token.to_owned());
        Ok(token.to_owned())
    }

    /// What at the desk is not as it must be.
    pub(crate) async fn differences(
        &self,
        operator: &Operator,
        session: Option<&str>,
        expect: &Expect,
    ) -> anyhow::Result<Vec<String>> {
        let mut differed = Vec::new();
        let get =
            async |token: &str, path: &str| call(operator, token, Method::GET, path, None).await;
        if let Some(shapes) = &expect.queue {
            let token = self
                .tokens
                .values()
                .next()
                .context("nobody is at the desk")?;
            let (_, queue) = get(token, "/desk/api/queue").await?;
            let waiting = queue.get("waiting").and_then(Value::as_array).cloned();
            let waiting = waiting.unwrap_or_default();
            let fits = waiting.len() == shapes.len()
                && waiting
                    .iter()
                    .zip(shapes)
                    .all(|(one, shape)| has_shape(one, shape));
            if !fits {
                differed.push(format!("the queue is {}", json!(waiting)));
            }
        }
        if expect.errand.is_some() || !expect.not_seen.is_empty() {
            let by = self.last.as_deref().unwrap_or(FIRST);
            let token = self.tokens.get(by).context("nobody acted at the desk")?;
            let path = format!("/desk/api/errands/{}", session.unwrap_or_default());
            let (status, errand) = get(token, &path).await?;
            if let Some(shape) = &expect.errand
                && !has_shape(&errand, shape)
            {
                differed.push(format!("the desk sees ({status}): {errand}"));
            }
            let all = errand.to_string().to_lowercase();
            for text in &expect.not_seen {
                if status != 200 || all.contains(&text.to_lowercase()) {
                    differed.push(format!("the desk sees `{text}` ({status}): {errand}"));
                }
            }
        }
        if !expect.seen.is_empty() {
            let (_, seen) = get(&operator.1, "/api/desk/seen").await?;
            for shape in &expect.seen {
                if !has_shape(&seen, &json!([shape])) {
                    differed.push(format!("nothing like {shape} among what was seen: {seen}"));
                }
            }
        }
        if let Some(shape) = &expect.stats {
            let (_, stats) = get(&operator.1, "/api/desk/stats").await?;
            if !has_shape(&stats, shape) {
                differed.push(format!("the desk does like this: {stats}"));
            }
        }
        Ok(differed)
    }
}

/// A call with what stands for offers and orders put in.
fn filled(call: &Value, shown: Shown<'_>) -> Value {
    match call {
        Value::String(text) => {
            let nth = text
                .strip_prefix("shown ")
                .and_then(|n| n.parse::<usize>().ok());
            let offer = nth.and_then(|n| {
                let at = format!("/items/{}/offer", n.checked_sub(1)?);
                shown.products.pointer(&at).cloned()
            });
            offer.unwrap_or_else(|| json!(text.replace("{order}", shown.order.unwrap_or("none"))))
        }
        Value::Array(all) => all.iter().map(|one| filled(one, shown)).collect(),
        Value::Object(all) => all
            .iter()
            .map(|(key, one)| (key.clone(), filled(one, shown)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => call.clone(),
    }
}

async fn call(
    (url, _): &Operator,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> anyhow::Result<(u16, Value)> {
    let http = Client::builder().no_proxy().build()?;
    let mut request = http
        .request(method, format!("{url}{path}"))
        .bearer_auth(token);
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await?;
    Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
}
