//! From method and path to operation; idempotency, faults and the books' file around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{Context, SHA256};
use serde_json::Value;

use super::call::{Answer, Call, Delivery, Outcome, Refusal, Reply};
use super::desk::Desk;
use super::{
    admin, agent, care, cart, checkout, complete, order, pages, profile, read, search, slots, wire,
};
use crate::books::{Books, REPLIES_MAX, StoredReply};
use crate::shop::Inner;
use crate::trade::delivery::later;

const JSON: &str = "application/json";
/// Longest idempotency key in bytes.
const KEY_MAX: usize = 255;
/// Old records are looked for once in so many ids.
const SWEEP_EVERY: u64 = 512;

/// Answers one request.
pub(crate) fn answer(shop: &Inner, call: &Call<'_>) -> Answer {
    if let Some(rest) = call
        .path
        .strip_prefix("/_test/")
        .or_else(|| call.path.strip_prefix("/testing/"))
    {
        if !shop.admin {
            return refused(&Refusal::not_found("page"));
        }
        return finish(admin::handle(shop, call, rest));
    }
    let delivery = match disturbance(shop) {
        Ok(delivery) => delivery,
        Err(early) => return early,
    };
    let mut answer = match (call.method, call.path) {
        ("GET", "/.well-known/ucp") => Answer {
            headers: vec![("cache-control", "public, max-age=300".to_owned())],
            ..finish(Ok(Reply::ok(profile::profile(shop))))
        },
        _ => pages::handle(shop, call).unwrap_or_else(|| finish(api(shop, call))),
    };
    if answer.delivery == Delivery::Now {
        answer.delivery = delivery;
    }
    answer
}

/// What the switches do to every answer, or the answer that they give instead.
fn disturbance(shop: &Inner) -> Result<Delivery, Answer> {
    let mut faults = shop.lock_faults();
    if faults.is_on("dead") {
        let nothing = Refusal::new(503, "closed", "This shop does not answer.");
        return Err(Answer {
            delivery: Delivery::Never,
            ..refused(&nothing)
        });
    }
    if faults.strike("status_503") {
        let mut busy = Refusal::new(
            503,
            "busy",
            "The shop is busy; the same request can be sent again.",
        );
        busy.retry_after_s = Some(1);
        return Err(refused(&busy));
    }
    let slow = faults
        .number("slow_ms", 1_000)
        .and_then(|ms| u64::try_from(ms).ok());
    Ok(slow.map_or(Delivery::Now, |ms| {
        Delivery::After(std::time::Duration::from_millis(ms))
    }))
}

fn api(shop: &Inner, call: &Call<'_>) -> Outcome {
    agent::check(call.agent)?;
    let parts: Vec<&str> = call
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let body = read::object(call.body)?;
    match (call.method, parts.as_slice()) {
        ("POST", ["catalog", "search"]) => with_desk(shop, |desk| search::search(desk, &body)),
        ("POST", ["catalog", "lookup"]) => with_desk(shop, |desk| search::lookup(desk, &body)),
        ("POST", ["catalog", "product"]) => with_desk(shop, |desk| search::product(desk, &body)),
        ("GET", parts) => with_desk(shop, |desk| get(desk, parts)),
        ("POST" | "PUT", parts) => {
            change(shop, call, |desk| write(desk, call.method, parts, &body))
        }
        _ => Err(Refusal::new(
            405,
            "method_not_allowed",
            "This can only be read, made or replaced.",
        )),
    }
}

fn get(desk: &mut Desk<'_>, parts: &[&str]) -> Outcome {
    match parts {
        ["carts", id] => cart::get(desk, id),
        ["delivery-slots"] => Ok(slots::for_anybody(desk)),
        ["checkout-sessions", id] => checkout::get(desk, id),
        ["checkout-sessions", id, "delivery-slots"] => slots::for_checkout(desk, id),
        ["orders", id] => order::get(desk, id),
        ["orders", id, "delivery-slots"] => slots::for_order(desk, id),
        _ => Err(Refusal::not_found("page")),
    }
}

fn write(desk: &mut Desk<'_>, method: &str, parts: &[&str], body: &Value) -> Outcome {
    match (method, parts) {
        ("POST", ["carts"]) => cart::create(desk, body),
        ("PUT", ["carts", id]) => cart::update(desk, id, body),
        ("POST", ["carts", id, "cancel"]) => cart::cancel(desk, id),
        ("POST", ["checkout-sessions"]) => checkout::create(desk, body),
        ("PUT", ["checkout-sessions", id]) => checkout::update(desk, id, body),
        ("POST", ["checkout-sessions", id, "complete"]) => complete::complete(desk, id, body),
        ("POST", ["checkout-sessions", id, "cancel"]) => checkout::cancel(desk, id),
        ("POST", ["checkout-sessions", id, "delivery-slots", slot, "hold"]) => {
            slots::hold(desk, id, slot)
        }
        ("POST", ["orders", id, "cancel"]) => care::cancel(desk, id),
        ("POST", ["orders", id, "returns"]) => care::send_back(desk, id, body),
        ("POST", ["orders", id, "delivery-slot"]) => slots::book(desk, id, body),
        _ => Err(Refusal::not_found("page")),
    }
}

/// Runs `operation` with the books open.
pub(crate) fn with_desk<T>(shop: &Inner, operation: impl FnOnce(&mut Desk<'_>) -> T) -> T {
    let mut faults = shop.lock_faults();
    let mut books = shop.lock_books();
    let now = time(shop, &books);
    operation(&mut Desk {
        shop,
        books: &mut books,
        faults: &mut faults,
        now,
    })
}

/// Runs a change: once per idempotency key, and on disk before the answer leaves.
fn change(
    shop: &Inner,
    call: &Call<'_>,
    operation: impl FnOnce(&mut Desk<'_>) -> Outcome,
) -> Outcome {
    if call
        .idempotency_key
        .is_some_and(|key| key.is_empty() || key.len() > KEY_MAX)
    {
        return Err(Refusal::malformed(format!(
            "Idempotency-Key has 1 to {KEY_MAX} bytes."
        )));
    }
    with_desk(shop, |desk| {
        let fingerprint = call
            .idempotency_key
            .map(|_| fingerprint(call))
            .unwrap_or_default();
        if let Some(stored) = call
            .idempotency_key
            .and_then(|key| desk.books.replies.get(key))
        {
            return repeat(stored, &fingerprint);
        }
        make_room(desk, call.idempotency_key.is_some())?;
        let outcome = operation(desk);
        if let Some(key) = call.idempotency_key {
            let (status, body) = match &outcome {
                Ok(reply) => (reply.status, reply.body.to_string()),
                Err(refusal) => (refusal.status, wire::refusal(refusal).to_string()),
            };
            if status < 500 {
                let stored = StoredReply {
                    fingerprint,
                    status,
                    body,
                    at: desk.now,
                };
                desk.books.replies.insert(key.to_owned(), stored);
            }
        }
        keep(shop, desk.books)?;
        outcome
    })
}

/// Writes the books to their folder, when they have one.
pub(crate) fn keep(shop: &Inner, books: &Books) -> Result<(), Refusal> {
    let Some(dir) = &shop.data_dir else {
        return Ok(());
    };
    books.write(dir, shop.which.slug()).map_err(|error| {
        tracing::error!(shop = shop.which.slug(), %error, "the books could not be written");
        Refusal::new(
            503,
            "books_closed",
            "The shop cannot write its books now; nothing further was promised.",
        )
    })
}

/// The time by the shop's clock.
pub(crate) fn time(shop: &Inner, books: &Books) -> Timestamp {
    later(
        shop.clock.now(),
        SignedDuration::from_secs(books.clock_ahead_s),
    )
}

fn repeat(stored: &StoredReply, fingerprint: &str) -> Outcome {
    if stored.fingerprint != fingerprint {
        return Err(Refusal::conflict(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
        ));
    }
    let body = serde_json::from_str(&stored.body).unwrap_or(Value::Null);
    Ok(Reply {
        status: stored.status,
        body,
        delivery: Delivery::Now,
    })
}

fn make_room(desk: &mut Desk<'_>, keyed: bool) -> Result<(), Refusal> {
    let full = keyed && desk.books.replies.len() >= REPLIES_MAX;
    if full || desk.books.drawn.is_multiple_of(SWEEP_EVERY) {
        desk.books.sweep(desk.now);
    }
    if keyed && desk.books.replies.len() >= REPLIES_MAX {
        // Forgetting a key early could sell twice, so the shop rather does nothing.
        let mut full = Refusal::new(
            503,
            "busy",
            "The shop took too many requests today; nothing was done.",
        );
        full.retry_after_s = Some(3_600);
        return Err(full);
    }
    Ok(())
}

fn fingerprint(call: &Call<'_>) -> String {
    let mut hash = Context::new(&SHA256);
    for part in [
        call.method.as_bytes(),
        b" ",
        call.path.as_bytes(),
        b"\n",
        call.body,
    ] {
        hash.update(part);
    }
    STANDARD.encode(hash.finish())
}

/// An outcome as an answer.
pub(crate) fn finish(outcome: Outcome) -> Answer {
    match outcome {
        Ok(reply) => Answer {
            status: reply.status,
            content_type: JSON,
            headers: Vec::new(),
            body: reply.body.to_string(),
            delivery: reply.delivery,
        },
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let wait = refusal
        .retry_after_s
        .map(|seconds| ("retry-after", seconds.to_string()));
    Answer {
        status: refusal.status,
        content_type: JSON,
        headers: wait.into_iter().collect(),
        body: wire::refusal(refusal).to_string(),
        delivery: Delivery::Now,
    }
}
