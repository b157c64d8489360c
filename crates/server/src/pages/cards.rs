//! Cards of the answer page: what the events say, for browsers without script.

use errand_protocol::errand::{
    ApprovalKind, ApprovalView, ComparisonView, DeskState, DrawingView, ErrandEvent, ExcludedView,
    HandoffView, LineView, PlanView, ProductCard, ProductsView, TotalView,
};
use errand_types::{Money, StepStatus};
use maud::{Markup, html};

use super::form::composer_with;

/// The drawing of something; with an empty `alt` where its name stands beside it.
pub(super) fn picture(drawing: &DrawingView, alt: &str) -> Markup {
    let source = format!(
        "/draw/{}.svg?c={}&v={}",
        plain(&drawing.kind),
        plain(&drawing.colour),
        drawing.shape
    );
    html! { img class="pic" width="64" height="64" src=(source) alt=(alt); }
}

/// Kinds and colours are words; anything else would change the path.
fn plain(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect()
}

/// Lines of a cart, a sheet or an order.
pub(super) fn lines(lines: &[LineView]) -> Markup {
    html! {
        ul class="rows" {
            @for line in lines {
                li class="row" {
                    div class="row-main" { b { (line.quantity) " × " (line.title) } }
                    @if let Some(total) = line.total { div class="row-side num" { (total) } }
                }
            }
        }
    }
}

/// Sums, as the shop names them.
pub(super) fn sums(totals: &[TotalView], total: Option<Money>) -> Markup {
    html! {
        dl class="kv" {
            @for one in totals { dt { (one.label) } dd class="num" { (one.amount) } }
            @if let Some(total) = total { dt { "Total" } dd class="num" { b { (total) } } }
        }
    }
}

/// One event as a card; nothing for those that only a live page needs.
pub(super) fn card(event: &ErrandEvent) -> Markup {
    match event {
        ErrandEvent::Plan { plan } => route(plan),
        ErrandEvent::Products(products) => shown(products),
        ErrandEvent::Comparison(comparison) => table(comparison),
        ErrandEvent::ApprovalRequired { approval } => sheet(approval),
        ErrandEvent::Cart { cart } if !cart.groups.is_empty() => html! {
            section class="card" {
                h2 { "Cart" }
                @for group in &cart.groups { h3 { (group.merchant_name) } (lines(&group.lines)) (sums(&[], Some(group.subtotal))) }
            }
        },
        ErrandEvent::Receipt { order } => html! {
            section class="notice notice-ok" {
                h2 { "Bought for " (order.total) }
                p { (order.merchant_name) ", order " a href={ "/orders/" (order.id) } { (order.number) } }
                @if let Some(delivery) = &order.delivery_text { p { (delivery) } }
            }
        },
        ErrandEvent::Policy(policy) => html! {
            section class="notice notice-no" {
                h2 { (policy.headline) }
                p { (policy.text) " " (policy.not) }
                @for remedy in &policy.remedies { p { (remedy) } }
                p class="sm muted" { (policy.code) }
            }
        },
        ErrandEvent::Notice(notice) => html! {
            section class="notice notice-ask" { h2 { (notice.headline) } p { (notice.text) } p class="sm muted" { (notice.code) } }
        },
        ErrandEvent::Handoff(HandoffView {
            desk: Some(desk), ..
        }) => html! {
            section class="notice notice-ask" {
                h2 { (desk_title(desk.state)) }
                @if !desk.sees.is_empty() { p { "Seen: " (desk.sees.join(", ")) } }
                div class="actions" { @for chip in &desk.chips { (composer_with(chip)) } }
            }
        },
        ErrandEvent::Handoff(handoff) => html! {
            section class="notice notice-ask" {
                h2 { "Goes on elsewhere" }
                p { (handoff.reason) }
                @if let (Some(url), Some(host)) = (&handoff.url, &handoff.host) {
                    @if url.starts_with("https://") || url.starts_with("http://") { p { a href=(url) rel="noreferrer" { "Open " (host) } } }
                }
            }
        },
        ErrandEvent::Question { chips, .. } => html! {
            div class="actions" { @for chip in chips { (composer_with(chip)) } }
        },
        ErrandEvent::Configuration(view) => html! {
            section class="card" {
                h2 { (view.card.title) " · " (view.card.price) }
                @for option in &view.options {
                    p { b { (option.name) } ": " @for value in &option.values {
                        span class="chip" { (value.label) @if value.chosen { " (chosen)" } }
                        @if let Some(why) = &value.impossible { small { " " (why) } }
                    } }
                }
                @if let Some(conflict) = &view.conflict { p { (conflict) } }
            }
        },
        ErrandEvent::Assembly(view) => html! {
            section class="card" {
                h2 { "A " (view.what) @if let Some(price) = view.price { " · " (price) } }
                ul { @for part in &view.parts {
                    li { b { (part.slot) } ": " (part.title) " · " (part.price) " · " (part.merchant_name)
                        @if let Some(changed) = &part.changed { small { " changed: " (changed) } } }
                } }
                @if !view.wishes.is_empty() { p { small { "Wanted: " (view.wishes.join(", ")) } } }
                @if !view.conflict.is_empty() { p { "Not to be had together: " (view.conflict.join(", ")) } }
                @for way in &view.give_up { p { (way) } }
            }
        },
        ErrandEvent::Orders { orders } => html! {
            section class="card" { h2 { "Orders" } ul { @for order in orders { li { a href={ "/orders/" (order.id) } { (order.number) } " " (order.state_text) } } } }
        },
        ErrandEvent::Cart { .. }
        | ErrandEvent::Resumed(_)
        | ErrandEvent::State(_)
        | ErrandEvent::ApprovalResolved(_)
        | ErrandEvent::Delivery { .. }
        | ErrandEvent::Disclosure { .. }
        | ErrandEvent::Planner(_) => html! {},
    }
}

/// Where a hand-over to a person stands, in a few words.
fn desk_title(state: DeskState) -> &'static str {
    match state {
        DeskState::Waiting => "In the queue for a person",
        DeskState::Closed => "Nobody is at the desk",
        DeskState::Taken => "A person answers",
        DeskState::Left => "You left the queue",
        DeskState::SentAway => "The person is gone",
        DeskState::Back => "Handed back",
    }
}

fn route(plan: &PlanView) -> Markup {
    html! {
        ol class="route" {
            @for step in &plan.steps {
                li class=(match step.status {
                    StepStatus::Done => "is-done",
                    StepStatus::Running | StepStatus::NeedsYou => "is-now",
                    StepStatus::Failed | StepStatus::Cancelled => "is-failed",
                    StepStatus::Waiting | StepStatus::Skipped => "is-todo",
                }) { b { (step.title) } @if let Some(found) = &step.found { small { (found) } } }
            }
        }
    }
}

fn shown(products: &ProductsView) -> Markup {
    html! {
        section class="card" {
            h2 { (products.what) }
            p class="sm muted" { "Ordered " (products.ordered_by) }
            ol class="rows" { @for item in &products.items { (product(item)) } }
            (left_out(products.excluded.as_ref()))
        }
    }
}

fn product(card: &ProductCard) -> Markup {
    html! {
        li class="row" {
            (picture(&card.drawing, ""))
            div class="row-main" {
                b { (card.n) ". " (card.title) }
                small { (card.merchant_name) @if let Some(detail) = &card.detail { " · " (detail) } }
                @if let Some(reason) = card.reasons.first() { small { (reason) } }
                @for evidence in &card.evidence { span class="chip" { (evidence) } }
                @for also in &card.also { small { (also) } }
                @if let Some(delivery) = &card.delivery_text { small { (delivery) } }
            }
            div class="row-side" {
                b class="num" { (card.price_all) }
                @if let Some(unit) = &card.unit_price { small class="num" { (unit) } }
            }
        }
    }
}

fn table(comparison: &ComparisonView) -> Markup {
    html! {
        section class="card" {
            table class="data" {
                caption class="vh" { "Comparison" }
                thead { tr { th scope="col" { "Product" } @for criterion in &comparison.criteria { th scope="col" { (criterion.label) } } } }
                tbody {
                    @for row in &comparison.rows {
                        tr {
                            th scope="row" { (row.card.n) ". " (row.card.title) " · " (row.card.merchant_name) }
                            @for (value, criterion) in row.values.iter().zip(&comparison.criteria) {
                                td data-label=(criterion.label) { (value.text) @if let Some(best) = &value.best { " " span class="chip" { (best) } } }
                            }
                        }
                    }
                }
            }
            p { (comparison.text) }
            (left_out(comparison.excluded.as_ref()))
        }
    }
}

fn left_out(excluded: Option<&ExcludedView>) -> Markup {
    html! {
        @if let Some(excluded) = excluded {
            details {
                summary { (excluded.text) }
                ul { @for item in &excluded.items { li { (item.title) " (" (item.merchant_name) "): " (item.text) } } }
            }
        }
    }
}

fn sheet(approval: &ApprovalView) -> Markup {
    html! {
        section class="approval" {
            header { span { @match approval.kind { ApprovalKind::Purchase => "Nothing is bought yet", ApprovalKind::Consent => "Nothing is shared yet" } } }
            div class="approval-body" {
                h2 { (approval.summary) }
                @if let Some(amount) = approval.amount { p { "You would pay" } p class="amount num" { (amount) } p class="payee" { "to " (approval.payee.legal_name) } }
                (lines(&approval.lines)) (sums(&approval.totals, None))
                dl class="facts" {
                    @if let Some(when) = &approval.delivery_text { dt { "When" } dd { (when) } }
                    @if let Some(place) = &approval.destination { dt { "Where" } dd { (place) } }
                    @if let Some(how) = &approval.instrument { dt { "Paid by" } dd { (how) } }
                    dt { "They learn" } dd { (approval.discloses_text) }
                    @for one in &approval.disclosures { dt { "The shop says" } dd { (one) } }
                }
                @if let Some(why) = &approval.why_page { p { "Answered here and not by voice: " (why) "." } }
                @if let Some(words) = &approval.words { p { "To buy, type: " b class="word" { (words) } } }
                @else if approval.kind == ApprovalKind::Consent { p { "Answer yes or no." } }
            }
        }
    }
}
