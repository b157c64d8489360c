use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use errand_protocol::api::{CheckState, ProfileView};
use errand_protocol::desk::DeskSeenView;
use errand_protocol::errand::OrderView;
use errand_runtime::house::HouseError;
use errand_types::{OrderId, OrderState, Preference, RuleKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;

use super::cards::{lines, picture, sums};
use super::form::composer;
use super::shell::{self, Told, has_script, page};
use super::visitor::Visitor;
use crate::codes::Failure;
use crate::realtime::Voices;
use crate::serve::App;

type House = State<Arc<App>>;

/// A page that says why there is nothing to see.
pub(super) fn broken(
    app: &App,
    place: &str,
    title: &str,
    cause: &HouseError,
) -> (StatusCode, Html<String>) {
    let failure = Failure::from(cause.clone());
    let body = html! {
        h1 { (title) }
        section class="notice notice-no" {
            h2 { "This could not be read" }
            p { (cause.message) }
            @if let Some(hint) = &cause.hint { p { (hint) } }
            p class="sm muted" { (cause.code) }
        }
    };
    (failure.status, page(app, place, title, &body))
}

fn show<T>(
    app: &App,
    visitor: Visitor,
    (place, title): (&str, &str),
    result: Result<T, HouseError>,
    body: impl FnOnce(T) -> Markup,
) -> Response {
    match result {
        Ok(value) => {
            let body = html! { h1 { (title) } (body(value)) };
            visitor.answer(page(app, place, title, &body))
        }
        Err(cause) => broken(app, place, title, &cause).into_response(),
    }
}

/// A moment in the zone of the person, short: `Sat 28 Nov, 9:13`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %-d %b, %-H:%M")
        .to_string()
}

async fn zone(app: &App, visitor: &Visitor) -> TimeZone {
    let profile = app.house.profile(&visitor.who).await;
    profile
        .ok()
        .and_then(|profile| TimeZone::get(&profile.zone).ok())
        .unwrap_or(TimeZone::UTC)
}

/// `/`: the shell, and a form for browsers without script.
pub(super) async fn talk(State(app): House, visitor: Visitor) -> Response {
    let (profile, merchants) = tokio::join!(app.house.profile(&visitor.who), app.house.merchants());
    let told = Told {
        zone: profile.ok().map(|profile| profile.zone),
        shops: merchants.ok().map(|merchants| merchants.len()),
        ears: app.config.voices.as_ref().and_then(Voices::reach),
    };
    let form = composer("What do you need?", "");
    let inside = if has_script(&app.config.web) {
        html! { noscript { h1 { "What do you need?" } (form) } }
    } else {
        html! {
            h1 { "What do you need?" }
            section class="notice notice-ask" {
                h2 { "The page's view library is missing" }
                p {
                    "Everything works with this form. For the whole page type " code { "npm ci" } " in "
                    code { "crates/server/web" } " and build again."
                }
            }
            (form)
        }
    };
    let markup = shell::talk(&app, &told, &inside);
    visitor.answer(markup)
}

pub(super) async fn orders(State(app): House, visitor: Visitor) -> Response {
    let orders = app.house.orders(&visitor.who).await;
    show(&app, visitor, ("orders", "Orders"), orders, |orders| {
        let is_over = |order: &&OrderView| {
            matches!(
                order.state,
                OrderState::Delivered
                    | OrderState::Cancelled
                    | OrderState::Returned
                    | OrderState::Failed
            )
        };
        let (over, coming): (Vec<&OrderView>, Vec<&OrderView>) = orders.iter().partition(is_over);
        html! {
            @if orders.is_empty() {
                p class="empty" { "Nothing ordered yet. Orders appear here with their delivery and receipt." }
            }
            @for (title, orders) in [("On the way", coming), ("Before", over)] {
                @if !orders.is_empty() {
                    section class="card" { h2 { (title) } ul class="rows" { @for order in orders { (row(order)) } } }
                }
            }
        }
    })
}

fn row(order: &OrderView) -> Markup {
    let what = order
        .lines
        .first()
        .map_or_else(|| order.number.clone(), |line| line.title.clone());
    let more = order.lines.len().saturating_sub(1);
    html! {
        li class="row" {
            (picture(&order.drawing, ""))
            div class="row-main" {
                b { a href={ "/orders/" (order.id) } { (what) @if more > 0 { " and " (more) " more" } } }
                small { (order.merchant_name) " · " (order.number) }
                @if let Some(delivery) = &order.delivery_text { small { (delivery) } }
            }
            div class="row-side" { b class="num" { (order.total) } small { (order.state_text) } }
        }
    }
}

pub(super) async fn order(
    State(app): House,
    visitor: Visitor,
    Path(raw): Path<String>,
) -> Response {
    let Ok(id) = raw.parse::<OrderId>() else {
        return Failure::no_such_path().into_response();
    };
    let (order, zone) = (
        app.house.order(&visitor.who, &id).await,
        zone(&app, &visitor).await,
    );
    let title = order.as_ref().map_or_else(
        |_| "Order".to_owned(),
        |order| format!("Order {}", order.number),
    );
    show(&app, visitor, ("orders", &title), order, |order| {
        whole_order(&order, &zone)
    })
}

/// An order with what can still be done about it.
pub(super) fn whole_order(order: &OrderView, zone: &TimeZone) -> Markup {
    html! {
        p class="lead" { (order.state_text) @if let Some(delivery) = &order.delivery_text { " · " (delivery) } }
        section class="card" {
            h2 { "What happened" }
            ol class="route" {
                @for event in &order.events {
                    li class="is-done" { b { (event.text) } small class="num" { (moment(event.at, zone)) } }
                }
            }
        }
        section class="card" {
            h2 { "Receipt" }
            (lines(&order.lines)) (sums(&order.totals, Some(order.total)))
            dl class="kv" {
                dt { "Paid to" } dd { (order.merchant_name) }
                dt { "Ordered" } dd class="num" { (moment(order.placed_at, zone)) }
                @if let Some(how) = &order.approved_by { dt { "Approved" } dd { (how) } }
                @if let Some(refunded) = order.refunded { dt { "Given back" } dd class="num" { (refunded) } }
                @if let Some(until) = order.cancel_until { dt { "Cancel free until" } dd class="num" { (moment(until, zone)) } }
                @if let Some(until) = order.return_until { dt { "Send back until" } dd class="num" { (moment(until, zone)) } }
            }
        }
        section class="card" {
            h2 { "Change it" }
            form method="post" action={ "/orders/" (order.id) "/move" } {
                div class="field" { label for="when" { "Deliver at another time" } input id="when" name="when" placeholder="Saturday evening" required; }
                div class="actions" { button class="btn" { "Move" } }
            }
            form method="post" action={ "/orders/" (order.id) "/return" } {
                div class="field" { label for="reason" { "Why it goes back" } input id="reason" name="reason"; }
                div class="actions" { button class="btn" { "Send back" } }
            }
            form method="post" action={ "/orders/" (order.id) "/cancel" } {
                div class="actions" { button class="btn" { "Cancel the order" } }
            }
        }
    }
}

pub(super) async fn profile(State(app): House, visitor: Visitor) -> Response {
    let profile = app.house.profile(&visitor.who).await;
    show(
        &app,
        visitor,
        ("profile", "Profile and values"),
        profile,
        |profile| whole_profile(&profile),
    )
}

fn whole_profile(profile: &ProfileView) -> Markup {
    let limits = [
        ("One purchase", profile.limits.purchase),
        ("A day", profile.limits.day),
        ("A month", profile.limits.month),
        ("One purchase by voice", profile.voice.purchase),
        ("By voice within 24 hours", profile.voice.day),
    ];
    html! {
        section class="card" {
            h2 { "Limits" }
            dl class="kv" { @for (name, amount) in limits { dt { (name) } dd class="num" { (amount) } } }
            p class="sm muted" { "Say " q { "lower my limit for one purchase to 30 dollars" } " or " q { "never buy by voice" } " to tighten one at once." }
            p class="sm muted" { "By voice only at shops where you bought before, and to your own addresses. Everything else is put on this screen." }
        }
        section class="card" {
            h2 { "Rules" }
            @if profile.rules.is_empty() { p class="empty" { "No rules yet. Say “no leather” or “fair trade for coffee”." } }
            ul class="rows" {
                @for rule in &profile.rules {
                    li class="row" {
                        div class="row-main" {
                            b {
                                @match rule.kind { RuleKind::Avoid => "Avoid ", RuleKind::Require => "Require " }
                                (rule.label)
                                @if let Some(category) = &rule.category { " for " (category) }
                            }
                            small { "you said “" (rule.said) "”" }
                        }
                        div class="row-side" { @if rule.strict { span class="chip" { "confirmed only" } } }
                    }
                }
            }
        }
        @if !profile.preferences.is_empty() {
            section class="card" {
                h2 { "Preferences" }
                ul class="rows" { @for one in &profile.preferences { li class="row" { div class="row-main" { b { (preference(one)) } } } } }
            }
        }
        section class="card" {
            h2 { "For delivery and payment" }
            dl class="kv" {
                dt { "Name" } dd { (profile.name.as_deref().unwrap_or("not known")) }
                dt { "Time zone" } dd { (profile.zone) }
                dt { "Addresses" } dd { @if profile.addresses.is_empty() { "none" } @else { (profile.addresses.join("; ")) } }
                dt { "Ways to pay" } dd { @if profile.wallet.is_empty() { "none" } @else { (profile.wallet.join("; ")) } }
            }
        }
    }
}

fn preference(preference: &Preference) -> String {
    // Its own JSON is the one form that every kind has; the words in it are the person's.
    match serde_json::to_value(preference) {
        Ok(serde_json::Value::Object(fields)) => {
            let words = fields.iter().map(|(key, value)| match value {
                serde_json::Value::String(word) => format!("{} {word}", key.replace('_', " ")),
                other => format!("{} {other}", key.replace('_', " ")),
            });
            words.collect::<Vec<_>>().join(", ")
        }
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

pub(super) async fn consents(State(app): House, visitor: Visitor) -> Response {
    let consents = app.house.consents(&visitor.who).await;
    show(&app, visitor, ("consents", "Consents"), consents, |view| {
        html! {
            @if view.entries.is_empty() { p class="empty" { "No shop knows anything about you." } }
            @else {
                section class="card" {
                    ul class="rows" {
                        @for entry in &view.entries {
                            li class="row" {
                                div class="row-main" {
                                    b { (entry.merchant_name) }
                                    small { @if entry.pending { "will learn " } @else { "knows " } (entry.knows.join(", ")) }
                                    small { (entry.purpose) @if entry.withdrawn { " · withdrawn" } }
                                }
                                @if !entry.withdrawn && !entry.pending {
                                    form class="row-side" method="post" action={ "/consents/" (entry.merchant) "/withdraw" } {
                                        button class="btn btn-small" { "Withdraw" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p class="muted" { "Anyone else: nothing." }
        }
    })
}

/// What `/why` may be asked.
#[derive(Debug, Deserialize)]
pub(super) struct About {
    about: Option<String>,
}

pub(super) async fn why(
    State(app): House,
    visitor: Visitor,
    Query(query): Query<About>,
) -> Response {
    let about = query
        .about
        .as_deref()
        .map(str::trim)
        .filter(|words| !words.is_empty());
    let (decisions, zone) = (
        app.house.why(&visitor.who, about).await,
        zone(&app, &visitor).await,
    );
    // An installation without a desk has nothing to say about one.
    let seen = match app.house.desk().filter(|desk| desk.exists()) {
        Some(desk) => Some(desk.seen(&visitor.who).await.unwrap_or_default()),
        None => None,
    };
    show(&app, visitor, ("why", "Why"), decisions, |decisions| {
        html! {
            @if let Some(seen) = &seen { (who_saw(seen, &zone)) }
            form method="get" action="/why" {
                div class="field" { label for="about" { "About" } input id="about" name="about" value=[about]; }
                div class="actions" { button class="btn" { "Show" } }
            }
            @if decisions.is_empty() { p class="empty" { "No decisions yet." } }
            @for decision in &decisions {
                section class="card" id=(decision.decision) {
                    h2 { (decision.headline) }
                    p class="sm" { span class=(verdict_class(&decision.verdict)) { (decision.verdict) } " " span class="num muted" { (moment(decision.at, &zone)) } }
                    ul { @for reason in &decision.reasons { li { (reason) } } }
                    @for remedy in &decision.remedies { p { (remedy) } }
                    p class="xs muted" { (decision.decision) " " (decision.codes.join(" ")) }
                }
            }
        }
    })
}

/// Who at the desk saw this person's errands, and what they did.
fn who_saw(seen: &[DeskSeenView], zone: &TimeZone) -> Markup {
    html! {
        section class="card" {
            h2 { "Who saw your errands" }
            @if seen.is_empty() { p class="empty" { "Nobody at the desk has seen any of them." } }
            ul class="rows" {
                @for one in seen.iter().take(40) {
                    li class="row" {
                        div class="row-main" { b { (one.text) } }
                        div class="row-side" {
                            small class="num" {
                                (moment(one.at, zone))
                                @if one.until != one.at { " to " (one.until.to_zoned(zone.clone()).strftime("%-H:%M")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn verdict_class(verdict: &str) -> &'static str {
    match verdict {
        "allow" => "status-ok",
        "ask" => "status-ask",
        _ => "status-no",
    }
}

pub(super) async fn setup(State(app): House, visitor: Visitor) -> Response {
    let (doctor, merchants) = tokio::join!(app.house.doctor(), app.house.merchants());
    let mut checks = doctor.checks;
    // What is wrong comes first.
    checks.sort_by_key(|check| match check.state {
        CheckState::Fail => 0,
        CheckState::Off => 1,
        CheckState::Ok => 2,
    });
    show(&app, visitor, ("setup", "Set-up"), merchants, |merchants| {
        html! {
            section class="card" {
                h2 { "What works" }
                ul class="rows" {
                    @for check in &checks {
                        li class="row" {
                            div class="row-main" { b { (check.id) } small { (check.detail) } @if let Some(fix) = &check.fix { small { "Type " code { (fix) } } } }
                            div class="row-side" {
                                @match check.state {
                                    CheckState::Ok => span class="status-ok" { "ok" },
                                    CheckState::Off => span class="status-off" { "off" },
                                    CheckState::Fail => span class="status-no" { "does not work" },
                                }
                            }
                        }
                    }
                }
            }
            section class="card" {
                h2 { "Shops" }
                @if merchants.is_empty() { p class="empty" { "No shop is connected. Type " code { "errand merchant add URL" } "." } }
                ul class="rows" {
                    @for shop in &merchants {
                        li class="row" {
                            div class="row-main" { b { (shop.name) } small { (shop.origin) } small { (shop.protocol) " · " (shop.can.join(", ")) } }
                            div class="row-side" {
                                @match shop.alive {
                                    Some(true) => span class="status-ok" { "answers" @if let Some(ms) = shop.latency_ms { " in " (ms) " ms" } },
                                    Some(false) => span class="status-no" { "does not answer" },
                                    None => span class="status-off" { "not asked lately" },
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}
