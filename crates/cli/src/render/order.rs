use errand_protocol::errand::{LineView, OrderView};

use errand_types::TotalKind;

use super::about::pairs;
use super::look::{Look, said};
use super::table::{Row, Table};
use super::text::{lower_first, one_line, sentence};

/// Orders, latest first.
pub(crate) fn orders(orders: &[OrderView], look: &Look) -> Vec<String> {
    if orders.is_empty() {
        return vec!["no orders yet".to_owned()];
    }
    if look.plain {
        return orders.iter().map(spoken).collect();
    }
    table(orders).lines(look)
}

/// The table of orders, also for programs.
pub(crate) fn table(orders: &[OrderView]) -> Table {
    let heads = ["order", "what", "shop", "total", "status", "delivery"];
    let rows = orders.iter().map(|o| Row {
        cells: vec![
            o.number.clone(),
            what(&o.lines),
            one_line(&o.merchant_name),
            o.total.to_string(),
            one_line(&o.state_text),
            o.delivery_text.as_deref().map(one_line).unwrap_or_default(),
        ],
        note: String::new(),
    });
    Table {
        numbered: false,
        name: 1,
        rows: rows.collect(),
        heads: heads.into_iter().map(str::to_owned).collect(),
    }
}

fn what(lines: &[LineView]) -> String {
    let named = lines
        .first()
        .map(|l| format!("{} × {}", l.quantity, one_line(&l.title)))
        .unwrap_or_default();
    match lines.len() {
        0 | 1 => named,
        n => format!("{named} and {} more", n.saturating_sub(1)),
    }
}

fn spoken(o: &OrderView) -> String {
    let delivery = o
        .delivery_text
        .as_deref()
        .map(|d| format!(", {}", one_line(d)))
        .unwrap_or_default();
    let (shop, state) = (one_line(&o.merchant_name), one_line(&o.state_text));
    sentence(&format!(
        "Order {}: {}, {shop}, {}, {state}{delivery}",
        o.number,
        what(&o.lines),
        said(o.total)
    ))
}

/// One order with its receipt and its life.
pub(crate) fn one(o: &OrderView, look: &Look) -> Vec<String> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let named = |at: usize, name: &'static str| if at == 0 { name } else { "" };
    rows.push((
        "order",
        format!("{} at {}", o.number, one_line(&o.merchant_name)),
    ));
    for (at, line) in o.lines.iter().enumerate() {
        let total = line.total.map(|t| format!(", {t}")).unwrap_or_default();
        rows.push((
            named(at, "what"),
            format!("{} × {}{total}", line.quantity, one_line(&line.title)),
        ));
    }
    rows.extend(
        o.totals
            .iter()
            .filter(|t| t.kind != TotalKind::Subtotal)
            .map(|t| {
                (
                    "",
                    format!("{}, {}", lower_first(&one_line(&t.label)), t.amount),
                )
            }),
    );
    let by = o
        .approved_by
        .as_deref()
        .map(|by| format!(", approved {}", one_line(by)))
        .unwrap_or_default();
    rows.push(("paid", format!("{}{by}", o.total)));
    rows.push(("status", one_line(&o.state_text)));
    rows.extend(
        o.delivery_text
            .as_deref()
            .map(|d| ("delivery", one_line(d))),
    );
    rows.extend(o.refunded.map(|r| ("given back", r.to_string())));
    for (at, event) in o.events.iter().enumerate() {
        rows.push((
            named(at, "happened"),
            format!("{}: {}", look.moment(event.at), one_line(&event.text)),
        ));
    }
    rows.extend(
        o.cancel_until
            .map(|until| ("cancel", format!("free until {}", look.moment(until)))),
    );
    rows.extend(
        o.return_until
            .map(|until| ("return", format!("until {}", look.moment(until)))),
    );
    pairs(&rows, look)
}
