use errand_protocol::errand::{
    ApprovalKind, CartView, ComparisonView, LineView, OrderView, ProductCard,
};
use errand_types::{ApprovalId, MerchantId, Money, OrderId, OrderState, Window};
use jiff::Timestamp;
use serde::Serialize;

use crate::turn::{Heard, Outcome, without_words};

/// What `say --json` prints. Fields are only ever added.
#[derive(Debug, Serialize)]
pub(crate) struct SayShape {
    outcome: Outcome,
    bought: bool,
    text: String,
    products: Vec<ProductCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cart: Option<CartView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<ApprovalShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    decisions: Vec<String>,
    session: Option<String>,
}

/// An open approval, without its words: who reads this is no enrolled screen.
#[derive(Debug, Serialize)]
struct ApprovalShape {
    id: ApprovalId,
    kind: ApprovalKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    payee: String,
    level: u8,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct RefusalShape {
    code: String,
    what: String,
    not: String,
    remedies: Vec<String>,
}

impl SayShape {
    pub(crate) fn of(heard: &Heard) -> Self {
        let (outcome, _) = heard.outcome();
        let approval = heard.approval.as_deref();
        let words = approval.and_then(|a| a.words.as_deref());
        let products = match (&heard.comparison, &heard.products) {
            (Some(c), _) => c.rows.iter().map(|r| r.card.clone()).collect(),
            (None, Some(p)) => p.items.clone(),
            (None, None) => Vec::new(),
        };
        Self {
            outcome,
            bought: !heard.receipts.is_empty(),
            text: without_words(&heard.texts.join("\n"), words),
            products,
            comparison: heard.comparison.clone(),
            cart: heard.cart.clone(),
            answer_at: approval.map(|a| format!("/approvals/{}", a.id)),
            approval: approval.map(|a| ApprovalShape {
                id: a.id.clone(),
                kind: a.kind,
                amount: a.amount,
                payee: a.payee.legal_name.clone(),
                level: a.level,
                expires_at: a.expires_at,
            }),
            order: heard.receipts.last().map(OrderShape::of),
            refusal: heard.refusals.last().map(|r| RefusalShape {
                code: r.code.clone(),
                what: r.text.clone(),
                not: r.not.clone(),
                remedies: r.remedies.clone(),
            }),
            question: heard.question.clone(),
            decisions: heard.decisions.clone(),
            session: heard.session.clone(),
        }
    }
}

/// One order, as `orders --json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct OrderShape {
    id: OrderId,
    number: String,
    merchant: MerchantId,
    lines: Vec<LineView>,
    total: Money,
    status: OrderState,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_until: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct DeliveryShape {
    from: Timestamp,
    to: Timestamp,
}

impl From<Window> for DeliveryShape {
    fn from(window: Window) -> Self {
        Self {
            from: window.start,
            to: window.end,
        }
    }
}

impl OrderShape {
    pub(crate) fn of(order: &OrderView) -> Self {
        Self {
            id: order.id.clone(),
            number: order.number.clone(),
            merchant: order.merchant.clone(),
            lines: order.lines.clone(),
            total: order.total,
            status: order.state,
            delivery: order.delivery.map(DeliveryShape::from),
            cancel_until: order.cancel_until,
            return_until: order.return_until,
        }
    }
}
