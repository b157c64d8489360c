//! What forms without script do: say a sentence, change an order, take a consent back.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use errand_protocol::api::OrderChanged;
use errand_protocol::errand::ErrandEvent;
use errand_runtime::house::{Conversation, Emitted, HouseError, TurnStatus, Wanted, What};
use errand_types::{MerchantId, OrderId, Way};
use maud::{Markup, html};
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::cards::card;
use super::places::broken;
use super::shell::page;
use super::visitor::Visitor;
use crate::codes::Failure;
use crate::guard::own_page;
use crate::serve::App;
use crate::who::form_key;

/// How long a turn may take before the page says that it goes on.
const TURN_WAIT: Duration = Duration::from_secs(60);
/// How long to wait for a turn that may never begin, because its sentence was heard before.
const START_WAIT: Duration = Duration::from_secs(20);
/// Sayings and cards of one answer.
const SHOWN_MAX: usize = 200;

/// A sentence of a form.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    text: String,
    key: String,
}

/// What a turn came to.
#[derive(Debug, Default)]
struct Heard {
    sayings: Vec<String>,
    cards: Vec<ErrandEvent>,
    status: Option<TurnStatus>,
}

/// The form that says a sentence.
pub(super) fn composer(label: &str, text: &str) -> Markup {
    html! {
        form method="post" action="/talk" class="card" {
            (key())
            div class="field" {
                label for="say" { (label) }
                textarea id="say" name="text" rows="2" maxlength="2000" required autocomplete="off" { (text) }
            }
            div class="actions" { button class="btn btn-primary" { "Send" } }
        }
    }
}

/// A button that says one sentence.
pub(super) fn composer_with(text: &str) -> Markup {
    html! {
        form method="post" action="/talk" {
            (key())
            input type="hidden" name="text" value=(text);
            button class="btn" { (text) }
        }
    }
}

/// Names the sentence, so that a page that is loaded again says nothing twice.
fn key() -> Markup {
    html! { @if let Some(key) = form_key() { input type="hidden" name="key" value=(key); } }
}

/// `POST /talk`: says a sentence and gives back a page with the answer.
pub(super) async fn talk(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(said): Form<Said>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let is_key = said
        .key
        .strip_prefix("form_")
        .is_some_and(|key| key.len() == 43);
    if !is_key {
        return Err(Failure::bad_body("the form is not one of this runtime"));
    }
    let text = said.text.trim();
    if text.is_empty() {
        return Ok(Redirect::to("/").into_response());
    }
    let conversation = conversation(&app, &visitor, &headers).await?;
    // Before the sentence is said, so that nothing of its turn is missed.
    let mut events = conversation.events();
    if let Err(cause) = conversation.say(text, &said.key, Way::TYPED).await {
        return Ok(broken(&app, "talk", "Talk", &cause).into_response());
    }
    let heard = listen(&mut events, &said.key).await;
    Ok(visitor.answer(page(&app, "talk", "Talk", &answer(text, &heard))))
}

/// The conversation of this page. It is held and not taken up again each time: taking up makes open questions void.
async fn conversation(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
) -> Result<Arc<dyn Conversation>, Failure> {
    if let Some(conversation) = app.door.page(headers).and_then(|page| page.talk) {
        return Ok(conversation);
    }
    let conversation = app.house.session(&visitor.who, Wanted::New).await?;
    app.door.set_talk(headers, Arc::clone(&conversation));
    Ok(conversation)
}

async fn listen(events: &mut broadcast::Receiver<Arc<Emitted>>, key: &str) -> Heard {
    let begun = Instant::now();
    let (mut heard, mut turn) = (Heard::default(), None);
    loop {
        let until = begun
            + if turn.is_some() {
                TURN_WAIT
            } else {
                START_WAIT
            };
        let emitted = match timeout_at(until, events.recv()).await {
            Ok(Ok(emitted)) => emitted,
            Ok(Err(RecvError::Lagged(_))) => continue,
            Ok(Err(RecvError::Closed)) | Err(_) => return heard,
        };
        match &emitted.what {
            What::TurnStarted { key: started } if started == key => turn = emitted.turn,
            What::TurnDone { status } if turn.is_some() && emitted.turn == turn => {
                heard.status = Some(*status);
                return heard;
            }
            What::Say { live, .. } if heard.sayings.len() < SHOWN_MAX => {
                heard.sayings.push(live.clone());
            }
            What::Errand { live, .. } => heard.keep(live),
            What::TurnStarted { .. } | What::Say { .. } | What::TurnDone { .. } => {}
        }
    }
}

impl Heard {
    /// Of events that carry the whole state only the last counts.
    fn keep(&mut self, event: &ErrandEvent) {
        let kind = std::mem::discriminant(event);
        let is_state = matches!(
            event,
            ErrandEvent::Plan { .. }
                | ErrandEvent::Cart { .. }
                | ErrandEvent::ApprovalRequired { .. }
        );
        if is_state {
            self.cards
                .retain(|held| std::mem::discriminant(held) != kind);
        }
        if self.cards.len() < SHOWN_MAX {
            self.cards.push(event.clone());
        }
    }
}

fn answer(text: &str, heard: &Heard) -> Markup {
    html! {
        h1 class="vh" { "Answer" }
        p class="you" { (text) }
        @for event in &heard.cards { (card(event)) }
        @for saying in &heard.sayings { p class="say" { (saying) } }
        @if heard.status.is_none() && heard.sayings.is_empty() {
            p class="say" { "I have nothing new for that sentence: I heard it before, or I am still at it." }
        }
        (composer("What else?", ""))
    }
}

fn id<T: std::str::FromStr>(raw: &str) -> Result<T, Failure> {
    raw.parse().map_err(|_| Failure::no_such_path())
}

/// A page with what became of a change.
fn changed(
    app: &App,
    visitor: Visitor,
    id: &OrderId,
    result: Result<OrderChanged, HouseError>,
) -> Response {
    let change = match result {
        Ok(change) => change,
        Err(cause) => return broken(app, "orders", "Order", &cause).into_response(),
    };
    let (class, headline) = if change.done {
        ("notice notice-ok", "Done")
    } else {
        ("notice notice-ask", "Not done")
    };
    let body = html! {
        h1 { "Order" }
        section class=(class) { h2 { (headline) } p { (change.text) } }
        p { a class="btn" href={ "/orders/" (id) } { "Back to the order" } }
    };
    let status = if change.done {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    (status, visitor.answer(page(app, "orders", "Order", &body))).into_response()
}

pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(raw): Path<String>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let id: OrderId = id(&raw)?;
    let result = app.house.cancel_order(&visitor.who, &id).await;
    Ok(changed(&app, visitor, &id, result))
}

/// Why something goes back.
#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

pub(super) async fn send_back(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(raw): Path<String>,
    Form(form): Form<Reason>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let id: OrderId = id(&raw)?;
    let result = app
        .house
        .return_order(&visitor.who, &id, form.reason.trim())
        .await;
    Ok(changed(&app, visitor, &id, result))
}

/// When something should come.
#[derive(Debug, Deserialize)]
pub(super) struct When {
    when: String,
}

pub(super) async fn reschedule(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(raw): Path<String>,
    Form(form): Form<When>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let id: OrderId = id(&raw)?;
    let result = app
        .house
        .move_order(&visitor.who, &id, form.when.trim())
        .await;
    Ok(changed(&app, visitor, &id, result))
}

pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(raw): Path<String>,
) -> Result<Response, Failure> {
    own_page(&headers, &app.hosts)?;
    let id: MerchantId = id(&raw)?;
    Ok(match app.house.withdraw(&visitor.who, &id).await {
        Ok(_) => Redirect::to("/consents").into_response(),
        Err(cause) => broken(&app, "consents", "Consents", &cause).into_response(),
    })
}
