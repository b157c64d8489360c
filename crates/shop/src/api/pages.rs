//! Plain pages for people: products, terms, the shop's own end of a checkout, orders.

use std::fmt::Write as _;

use super::call::{Answer, Call, Delivery, Refusal};
use super::complete::{enter, place};
use super::desk::Desk;
use super::route::{keep, with_desk};
use super::work::work_out;
use crate::books::{Escalation, Hold, Phase};
use crate::shop::Inner;
use crate::trade::delivery::{BOOKED_WINDOW, later};
use crate::trade::pricing::dollars;
use crate::trade::slots::{HOLD, upcoming};

/// The answer to a page request; `None` when the path is no page.
pub(crate) fn handle(shop: &Inner, call: &Call<'_>) -> Option<Answer> {
    let parts: Vec<&str> = call
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let page = match (call.method, parts.as_slice()) {
        ("GET", []) => Ok(home(shop)),
        ("GET", ["terms"]) => Ok(terms(shop)),
        ("GET", ["privacy"]) => Ok(privacy(shop)),
        ("GET", ["products", id]) => product(shop, id),
        ("GET", ["checkout", id]) => with_desk(shop, |desk| checkout(desk, id)),
        ("POST", ["checkout", id, "approve"]) => with_desk(shop, |desk| approve(desk, id)),
        ("GET", ["o", id]) => with_desk(shop, |desk| order(desk, id)),
        _ => return None,
    };
    let (status, title, body) = match page {
        Ok((title, body)) => (200, title, body),
        Err(refusal) => (
            refusal.status,
            "Not here".to_owned(),
            format!("<p>{}</p>", escape(&refusal.content)),
        ),
    };
    Some(html(shop, status, &title, &body))
}

type Page = (String, String);

fn html(shop: &Inner, status: u16, title: &str, body: &str) -> Answer {
    let name = escape(shop.which.name());
    let title = escape(title);
    Answer {
        status,
        content_type: "text/html; charset=utf-8",
        headers: vec![
            (
                "content-security-policy",
                "default-src 'none'; form-action 'self'; frame-ancestors 'none'".to_owned(),
            ),
            ("referrer-policy", "no-referrer".to_owned()),
        ],
        body: format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"><title>{title} | {name}</title></head>\
             <body><header><p><a href=\"/\">{name}</a>, a demonstration shop. Nothing here costs money.</p></header>\
             <main><h1>{title}</h1>{body}</main></body></html>"
        ),
        delivery: Delivery::Now,
    }
}

fn home(shop: &Inner) -> Page {
    let mut list = String::new();
    for product in shop.catalog.products() {
        let _ = write!(
            list,
            "<li><a href=\"/products/{}\">{}</a></li>",
            escape(&product.id),
            escape(&product.title)
        );
    }
    (shop.which.name().to_owned(), format!("<ul>{list}</ul>"))
}

fn terms(shop: &Inner) -> Page {
    let company = escape(shop.which.company());
    let body = format!(
        "<p>{company} is a demonstration shop. Orders move through their life on a clock, no goods are sent and \
         no money is taken; the only cards are test tokens.</p><p>An order can be canceled until it is packed. \
         Goods other than food, flowers and codes can be sent back for 30 days after delivery.</p>"
    );
    ("Terms".to_owned(), body)
}

fn privacy(shop: &Inner) -> Page {
    let company = escape(shop.which.company());
    let body = format!(
        "<p>{company} keeps the name, address and e-mail of a checkout for 3 days, and those of an order for as long \
         as the demonstration runs. They are used for the order and for nothing else, and go to nobody.</p>"
    );
    ("Privacy".to_owned(), body)
}

fn product(shop: &Inner, id: &str) -> Result<Page, Refusal> {
    let product = shop
        .catalog
        .product_of(id)
        .ok_or_else(|| Refusal::not_found("product"))?;
    let mut body = format!("<p>{}</p><ul>", escape(&product.description));
    for variant in &product.variants {
        let _ = write!(
            body,
            "<li>{}: {}</li>",
            escape(&variant.title),
            dollars(variant.price)
        );
    }
    let _ = write!(
        body,
        "</ul><p>{} by {}</p>",
        escape(&product.metadata.brand),
        escape(&product.metadata.company)
    );
    Ok((product.title.clone(), body))
}

fn checkout(desk: &mut Desk<'_>, id: &str) -> Result<Page, Refusal> {
    let record = desk.checkout(id)?;
    let worked = work_out(desk, record)?;
    let mut body = String::from("<ul>");
    for line in &worked.priced.lines {
        let _ = write!(
            body,
            "<li>{} x {}: {}</li>",
            line.quantity,
            escape(&line.title),
            dollars(line.subtotal)
        );
    }
    let _ = write!(body, "</ul><p>Total {}</p>", dollars(worked.priced.total));
    for note in &worked.notes {
        let _ = write!(body, "<p>{}</p>", escape(&note.content));
    }
    let action = match &record.phase {
        Phase::Escalated(Escalation::BankCheck) => Some(format!(
            "Approve {} and place the order",
            dollars(worked.priced.total)
        )),
        Phase::Escalated(Escalation::ScheduleDelivery) => {
            Some("Take the first free delivery window".to_owned())
        }
        Phase::Open => {
            body.push_str("<p>This checkout is being filled in by your assistant. There is nothing to do here.</p>");
            None
        }
        Phase::Completed { .. } => {
            body.push_str("<p>The order is placed.</p>");
            None
        }
        Phase::Canceled => {
            body.push_str("<p>This checkout is canceled. Nothing was bought.</p>");
            None
        }
    };
    if let Some(action) = action.filter(|_| !desk.is_expired(record)) {
        let _ = write!(
            body,
            "<form method=\"post\" action=\"/checkout/{}/approve\"><button>{}</button></form>",
            escape(&record.id),
            escape(&action)
        );
    }
    Ok(("Your checkout".to_owned(), body))
}

/// What the buyer does at the shop's own page.
fn approve(desk: &mut Desk<'_>, id: &str) -> Result<Page, Refusal> {
    let mut record = desk.checkout(id)?.clone();
    let expired = desk.is_expired(&record);
    match record.phase {
        Phase::Escalated(Escalation::BankCheck) if !expired => {
            record.phase = Phase::Open;
            let worked = work_out(desk, &record)?;
            if worked.is_ready() {
                place(desk, record, &worked)?;
            } else {
                enter(desk, id, None, worked.priced.total, "never_sent");
                desk.books.checkouts.insert(record.id.clone(), record);
            }
        }
        Phase::Escalated(Escalation::ScheduleDelivery) if !expired => {
            let load = work_out(desk, &record)?.load;
            let shop = desk.shop;
            let slots = upcoming(
                shop.which,
                shop.terms,
                &shop.zone,
                desk.now,
                load.ready_after,
            );
            let free = slots
                .into_iter()
                .find(|slot| !slot.pickup && slot.remaining(desk.taken(&slot.id, None)) > 0);
            if let Some(slot) = free.filter(|_| !load.digital && !load.bulky) {
                record.wish.option = Some(BOOKED_WINDOW.to_owned());
                record.hold = Some(Hold {
                    slot: slot.id,
                    until: later(desk.now, HOLD),
                });
            }
            record.phase = Phase::Open;
            desk.books.checkouts.insert(record.id.clone(), record);
        }
        _ => {}
    }
    keep(desk.shop, desk.books)?;
    checkout(desk, id)
}

fn order(desk: &mut Desk<'_>, id: &str) -> Result<Page, Refusal> {
    let order = super::order::find(desk, id)?;
    let mut body = format!("<p>{}</p><ul>", escape(order.state(desk.now)));
    for line in &order.lines {
        let _ = write!(body, "<li>{} x {}</li>", line.quantity, escape(&line.title));
    }
    let _ = write!(
        body,
        "</ul><p>Total {}</p><p>{}</p>",
        dollars(order.total),
        escape(&order.way.title)
    );
    Ok(("Your order".to_owned(), body))
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_never_becomes_markup() {
        assert_eq!(escape("<b a='1'>&\""), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    }
}
