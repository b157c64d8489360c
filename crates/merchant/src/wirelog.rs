use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::op::Op;
use crate::wire::{Incoming, Outgoing};

/// What stands in place of what is not told.
const HIDDEN: &str = "<redacted>";
/// Largest body that is kept, in bytes of JSON; a larger one is replaced by its size. Catalog pages are mostly larger:
/// copying each of them would cost more than reading it.
const BODY_MAX: usize = 16 * 1024;
/// Shortest secret that is looked for in answers; shorter ones are everyday text.
const SECRET_MIN: usize = 4;
/// Members whose whole value is hidden, wherever they stand.
const HIDDEN_MEMBERS: [&str; 27] = [
    "token",
    "access_token",
    "refresh_token",
    "secret",
    "client_secret",
    "cryptogram",
    "pan",
    "number",
    "cvc",
    "email",
    "phone",
    "phone_number",
    "first_name",
    "last_name",
    "full_name",
    "street_address",
    "extended_address",
    "address_locality",
    "address_region",
    "city",
    "region",
    "postal_code",
    "checkout_mandate",
    "billing_address",
    "holder_name",
    "name_on_card",
    "risk_signals",
];

/// The last requests to shops and their answers, for those who look into a fault and for graders. In memory, bounded,
/// and free of secrets: they are taken out when an entry is made, not when it is shown.
#[derive(Debug, Clone)]
pub struct WireLog(Option<Arc<Mutex<Ring>>>);

#[derive(Debug)]
struct Ring {
    entries: VecDeque<Entry>,
    capacity: usize,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    seq: u64,
    merchant: String,
    op: &'static str,
    request: Value,
    response: Value,
    flags: BTreeMap<&'static str, Value>,
}

/// Names one entry, to flag it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryId(u64);

impl WireLog {
    /// A log of at most `capacity` entries; the oldest go first.
    pub fn new(capacity: usize) -> Self {
        Self(Some(Arc::new(Mutex::new(Ring {
            entries: VecDeque::new(),
            capacity: capacity.clamp(1, 10_000),
            next: 0,
        }))))
    }

    /// A log that keeps nothing and costs nothing.
    pub fn off() -> Self {
        Self(None)
    }

    /// The entries of one shop, or of all, oldest first, as a JSON array of `op`, `request`, `response` and the flags
    /// that were set where something was decided.
    pub fn export(&self, merchant: Option<&str>) -> Value {
        let Some(ring) = &self.0 else {
            return json!([]);
        };
        let ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = ring
            .entries
            .iter()
            .filter(|entry| merchant.is_none_or(|wanted| wanted == entry.merchant));
        shown.map(Entry::shown).collect()
    }

    pub(crate) fn push(
        &self,
        merchant: &str,
        op: Op,
        request: &Outgoing,
        response: Option<&Incoming>,
    ) -> EntryId {
        let Some(ring) = &self.0 else {
            return EntryId(u64::MAX);
        };
        let body = request
            .body
            .as_deref()
            .and_then(|body| serde_json::from_str::<Value>(body).ok());
        let secrets = body.as_ref().map(secrets_of).unwrap_or_default();
        let path = if op == Op::FollowEscalation {
            request.url.as_str()
        } else {
            request.url.path()
        };
        let headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), shown_header(name, value)))
            .collect();
        let shown_request = json!({
            "method": request.method.name(),
            "path": path,
            "headers": headers,
            "body": body.map_or(Value::Null, |body| bounded(redacted(body, None, &secrets))),
        });
        let shown_response = response.map_or(Value::Null, |answer| {
            json!({
                "status": answer.status,
                "headers": answer.headers,
                "body": kept(answer, &secrets),
            })
        });
        let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = ring.next;
        ring.next = ring.next.saturating_add(1);
        while ring.entries.len() >= ring.capacity {
            ring.entries.pop_front();
        }
        ring.entries.push_back(Entry {
            seq,
            merchant: merchant.to_owned(),
            op: op.name(),
            request: shown_request,
            response: shown_response,
            flags: BTreeMap::new(),
        });
        EntryId(seq)
    }

    /// Notes a decision beside the entry that it was made on.
    pub(crate) fn flag(&self, id: EntryId, name: &'static str, value: Value) {
        let Some(ring) = &self.0 else { return };
        let mut ring = ring.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = ring
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry.seq == id.0)
        {
            entry.flags.insert(name, value);
        }
    }
}

impl Entry {
    fn shown(&self) -> Value {
        let mut map = Map::new();
        map.insert("seq".to_owned(), json!(self.seq));
        map.insert("merchant".to_owned(), json!(self.merchant));
        map.insert("op".to_owned(), json!(self.op));
        map.insert("request".to_owned(), self.request.clone());
        map.insert("response".to_owned(), self.response.clone());
        for (name, value) in &self.flags {
            map.insert((*name).to_owned(), value.clone());
        }
        Value::Object(map)
    }
}

fn shown_header(name: &str, value: &str) -> Value {
    match name.to_ascii_lowercase().as_str() {
        "authorization" | "x-api-key" | "cookie" => json!(HIDDEN),
        _ => json!(value),
    }
}

fn is_hidden(member: &str) -> bool {
    HIDDEN_MEMBERS.contains(&member)
}

/// Every text of a request that must not come back in a log or an error.
pub(crate) fn secrets_of(body: &Value) -> Vec<String> {
    let mut secrets = Vec::new();
    gather(body, None, &mut secrets);
    secrets
}

/// Whether a word of a shop is something that we told it and that is nobody else's business.
pub(crate) fn repeats(word: &str, secrets: &[String]) -> bool {
    let word = word.to_lowercase();
    secrets.iter().any(|secret| {
        let secret = secret.to_lowercase();
        word.contains(&secret) || (word.len() >= SECRET_MIN && secret.contains(&word))
    })
}

/// Collects every text below a hidden member, so that an answer that repeats it elsewhere is cleaned too.
fn gather(value: &Value, member: Option<&str>, secrets: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if member.is_some_and(is_hidden) && text.len() >= SECRET_MIN {
                secrets.push(text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, member, secrets)),
        Value::Object(map) => {
            for (name, item) in map {
                // Everything below a hidden member is hidden, whatever its own name.
                let name = if member.is_some_and(is_hidden) {
                    member
                } else {
                    Some(name.as_str())
                };
                gather(item, name, secrets);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn redacted(value: Value, member: Option<&str>, secrets: &[String]) -> Value {
    if member.is_some_and(is_hidden) && !value.is_null() {
        return json!(HIDDEN);
    }
    match value {
        Value::String(text) => Value::String(scrubbed(&text, secrets)),
        Value::Array(items) => items
            .into_iter()
            .map(|item| redacted(item, None, secrets))
            .collect(),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, item)| {
                    let item = redacted(item, Some(&name), secrets);
                    (scrubbed(&name, secrets), item)
                })
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// `text` with every secret taken out.
pub(crate) fn scrubbed(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), HIDDEN);
        }
    }
    text
}

/// An answer in which `secret` does not occur: a shop that repeats a credential does not get it into messages.
pub(crate) fn without(value: Value, secret: &str) -> Value {
    if secret.len() < SECRET_MIN {
        return value;
    }
    let secrets = [secret.to_owned()];
    clean(value, &secrets)
}

fn clean(value: Value, secrets: &[String]) -> Value {
    match value {
        Value::String(text) => Value::String(scrubbed(&text, secrets)),
        Value::Array(items) => items.into_iter().map(|item| clean(item, secrets)).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(name, item)| (name, clean(item, secrets)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn kept(answer: &Incoming, secrets: &[String]) -> Value {
    if answer.size > BODY_MAX {
        return json!({ "left_out_bytes": answer.size });
    }
    redacted(answer.body.clone(), None, secrets)
}

fn bounded(value: Value) -> Value {
    let size = value.to_string().len();
    if size > BODY_MAX {
        json!({ "left_out_bytes": size })
    } else {
        value
    }
}
