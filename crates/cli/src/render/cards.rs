use errand_protocol::errand::{
    AssemblyView, CartView, ComparisonRow, ComparisonView, ConfigurationView, ExcludedView,
    ProductCard, ProductsView,
};
use errand_types::{Availability, Money};

use super::look::{Ink, Look, said};
use super::table::{Row, Table, indented};
use super::text::{clip, lower_first, one_line, pad, sentence, width};

/// Products that were found.
pub(crate) fn products(view: &ProductsView, look: &Look) -> Vec<String> {
    let mut lines = if look.plain {
        view.items
            .iter()
            .map(|card| spoken_card(card, &[]))
            .collect()
    } else {
        found_table(view).lines(look)
    };
    for card in &view.items {
        let also = card.also.first().map(|also| one_line(also));
        if let Some(also) = also.filter(|_| !look.plain) {
            lines.extend(quiet(
                indented(&format!("{}. {also}", card.n), 2, look.width),
                look,
            ));
        }
    }
    if view.more > 0 {
        let text = format!("{} more fit", view.more);
        lines.push(if look.plain {
            sentence(&text)
        } else {
            format!("  {text}")
        });
    }
    if !view.items.is_empty() && !view.ordered_by.is_empty() {
        let text = format!("ordered {}", lower_first(&one_line(&view.ordered_by)));
        lines.extend(if look.plain {
            vec![sentence(&text)]
        } else {
            quiet(indented(&text, 2, look.width), look)
        });
    }
    lines.extend(left_out(view.excluded.as_ref(), look));
    lines
}

/// Products side by side.
pub(crate) fn comparison(view: &ComparisonView, look: &Look) -> Vec<String> {
    let mut lines = if look.plain {
        view.rows.iter().map(|row| spoken_row(row, view)).collect()
    } else {
        side_by_side(view).lines(look)
    };
    lines.extend(left_out(view.excluded.as_ref(), look));
    lines
}

/// What was left out, in one line, and how to see each.
pub(crate) fn left_out(excluded: Option<&ExcludedView>, look: &Look) -> Vec<String> {
    let Some(view) = excluded.filter(|e| e.total > 0) else {
        return Vec::new();
    };
    let text = one_line(&view.text);
    if look.plain {
        return vec![sentence(&text)];
    }
    let text = text.strip_prefix("I ").unwrap_or(&text);
    let mut lines = vec![String::new()];
    lines.extend(indented(text, 2, look.width));
    lines
}

/// Each product that was left out with its reason.
pub(crate) fn each_left_out(view: &ExcludedView, look: &Look) -> Vec<String> {
    view.items
        .iter()
        .flat_map(|item| {
            let text = format!(
                "{}, {}: {}",
                one_line(&item.title),
                one_line(&item.merchant_name),
                one_line(&item.text)
            );
            if look.plain {
                vec![sentence(&text)]
            } else {
                indented(&text, 2, look.width)
            }
        })
        .collect()
}

/// Why one product stands where it stands.
pub(crate) fn reasons(card: &ProductCard, look: &Look) -> Vec<String> {
    let mut lines = vec![format!(
        "{}, {}",
        one_line(&card.title),
        one_line(&card.merchant_name)
    )];
    let told = card
        .reasons
        .iter()
        .chain(&card.evidence)
        .map(|r| one_line(r));
    lines.extend(told.flat_map(|r| {
        if look.plain {
            vec![sentence(&r)]
        } else {
            indented(&r, 2, look.width)
        }
    }));
    lines
}

fn found_table(view: &ProductsView) -> Table {
    let several = view.items.iter().any(|c| c.quantity > 1);
    let has = |f: &dyn Fn(&ProductCard) -> bool| view.items.iter().any(f);
    let delivery = has(&|c| c.delivery_text.is_some());
    let evidence = has(&|c| !c.evidence.is_empty());
    let mut heads = vec!["product", "shop", if several { "each" } else { "price" }];
    if several {
        heads.push("for all");
    }
    heads.push("rating");
    if delivery {
        heads.push("delivery");
    }
    if evidence {
        heads.push("confirmed");
    }
    let rows = view.items.iter().map(|card| {
        let mut cells = vec![
            name(card),
            clip(&card.merchant_name, 20),
            card.price.to_string(),
        ];
        if several {
            cells.push(card.price_all.to_string());
        }
        cells.push(rating(card));
        if delivery {
            cells.push(
                card.delivery_text
                    .as_deref()
                    .map(one_line)
                    .unwrap_or_default(),
            );
        }
        if evidence {
            cells.push(
                card.evidence
                    .iter()
                    .map(|e| one_line(e))
                    .collect::<Vec<_>>()
                    .join(", "),
            );
        }
        Row {
            cells,
            note: note(card),
        }
    });
    Table {
        numbered: true,
        name: 0,
        rows: rows.collect(),
        heads: heads.into_iter().map(str::to_owned).collect(),
    }
}

fn side_by_side(view: &ComparisonView) -> Table {
    let mut heads = vec!["product".to_owned(), "shop".to_owned()];
    heads.extend(
        view.criteria
            .iter()
            .map(|c| lower_first(&one_line(&c.label))),
    );
    let rows = view.rows.iter().map(|row| {
        let mut cells = vec![name(&row.card), clip(&row.card.merchant_name, 20)];
        cells.extend(row.values.iter().map(|v| one_line(&v.text)));
        cells.resize(heads.len(), String::new());
        Row {
            cells,
            note: bests(row, view).join(", "),
        }
    });
    Table {
        numbered: true,
        name: 0,
        rows: rows.collect(),
        heads: heads.clone(),
    }
}

/// `lowest price`, `highest rating`.
fn bests(row: &ComparisonRow, view: &ComparisonView) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for (value, criterion) in row.values.iter().zip(&view.criteria) {
        let Some(best) = &value.best else { continue };
        // Price for one and for all say the same.
        let what = match criterion.key.as_str() {
            "price" | "total" => "price".to_owned(),
            "unit_price" => format!("price {}", lower_first(&criterion.label)),
            _ => lower_first(&criterion.label),
        };
        let text = format!("{} {what}", best.to_lowercase());
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

fn name(card: &ProductCard) -> String {
    match &card.variant {
        Some(variant) if !variant.is_empty() && !card.title.contains(variant.as_str()) => {
            one_line(&format!("{}, {variant}", card.title))
        }
        _ => one_line(&card.title),
    }
}

fn rating(card: &ProductCard) -> String {
    card.rating.filter(|r| r.count > 0).map_or_else(
        || "-".to_owned(),
        |r| {
            let tenths = r.hundredths.saturating_add(5) / 10;
            format!("{}.{} ({})", tenths / 10, tenths % 10, r.count)
        },
    )
}

fn note(card: &ProductCard) -> String {
    let stock = match card.availability {
        Availability::In | Availability::Unknown => None,
        Availability::Low => Some("few left, says the shop"),
        Availability::Out => Some("out of stock"),
        Availability::Backorder => Some("ordered when you buy"),
        Availability::Preorder => Some("not out yet"),
    };
    let reason = card.reasons.first().map(|r| one_line(r));
    reason
        .into_iter()
        .chain(stock.map(str::to_owned))
        .collect::<Vec<_>>()
        .join(", ")
}

fn spoken_card(card: &ProductCard, more: &[String]) -> String {
    let mut parts = vec![
        format!("{}. {}", card.n, name(card)),
        one_line(&card.merchant_name),
        said(card.price),
    ];
    if card.quantity > 1 {
        parts.push(format!("{} for {}", said(card.price_all), card.quantity));
    }
    if let Some(r) = card.rating.filter(|r| r.count > 0) {
        let tenths = r.hundredths.saturating_add(5) / 10;
        parts.push(format!(
            "rated {}.{} by {}",
            tenths / 10,
            tenths % 10,
            r.count
        ));
    }
    parts.extend(card.delivery_text.as_deref().map(one_line));
    parts.extend(card.evidence.iter().map(|e| one_line(e)));
    parts.extend(card.also.first().map(|also| one_line(also)));
    parts.extend(more.iter().cloned());
    sentence(&parts.join(", "))
}

fn spoken_row(row: &ComparisonRow, view: &ComparisonView) -> String {
    spoken_card(&row.card, &bests(row, view))
}

/// The cart, by shop: each shop is its own payment.
pub(crate) fn cart(view: &CartView, look: &Look) -> Vec<String> {
    if view.groups.is_empty() {
        return vec![if look.plain {
            "The cart is empty.".into()
        } else {
            "  the cart is empty".into()
        }];
    }
    let mut lines = Vec::new();
    for group in &view.groups {
        let shop = one_line(&group.merchant_name);
        if look.plain {
            for line in &group.lines {
                let total = line
                    .total
                    .map(|t| format!(", {}", said(t)))
                    .unwrap_or_default();
                lines.push(sentence(&format!(
                    "{} of {}, {shop}{total}",
                    line.quantity,
                    one_line(&line.title)
                )));
            }
            lines.push(sentence(&format!(
                "{shop} together: {}",
                said(group.subtotal)
            )));
            continue;
        }
        lines.push(format!("  {}", look.ink(Ink::Strong, &shop)));
        let right = look.width.min(72);
        for line in &group.lines {
            let total = line.total.map(|t| t.to_string()).unwrap_or_default();
            let room = right.saturating_sub(6).saturating_sub(width(&total));
            let name = clip(
                &format!("{} × {}", line.quantity, one_line(&line.title)),
                room,
            );
            lines.push(format!("    {}  {total}", pad(&name, room, false)));
        }
    }
    let payments = if view.groups.len() > 1 {
        format!(", {} payments", view.groups.len())
    } else {
        String::new()
    };
    let mut put = |text: String, strong: bool| {
        let ink = |l: String| if strong { look.ink(Ink::Strong, &l) } else { l };
        lines.extend(if look.plain {
            vec![sentence(&text)]
        } else {
            indented(&text, 2, look.width)
                .into_iter()
                .map(ink)
                .collect()
        });
    };
    if let Some(sum) = view.subtotal {
        let sum = if look.plain {
            said(sum)
        } else {
            sum.to_string()
        };
        put(
            format!("together {sum}{payments}, before delivery and tax"),
            true,
        );
    }
    if let Some(wish) = &view.wish {
        put(format!("to arrive {}", one_line(wish)), false);
    }
    lines
}

/// Options of a product: what is chosen, what else can be, and why the rest cannot.
pub(crate) fn configuration(view: &ConfigurationView, look: &Look) -> Vec<String> {
    let price = if look.plain {
        said(view.card.price)
    } else {
        view.card.price.to_string()
    };
    let head = format!(
        "{}, {}: {price}",
        one_line(&view.card.title),
        one_line(&view.card.merchant_name)
    );
    let mut lines = vec![if look.plain {
        sentence(&head)
    } else {
        format!("  {}", look.ink(Ink::Strong, &head))
    }];
    for option in &view.options {
        let mut values = Vec::new();
        let mut impossible = Vec::new();
        for value in &option.values {
            let label = one_line(&value.label);
            match &value.impossible {
                Some(why) => impossible.push(format!("{label} cannot be: {}", one_line(why))),
                None if value.chosen => values.push(if look.plain {
                    format!("{label} (chosen)")
                } else {
                    format!("[{label}]")
                }),
                None if value.delta.minor() == 0 => values.push(label),
                None => {
                    let sign = if value.delta.minor() > 0 { "+" } else { "" };
                    values.push(format!("{label} {sign}{}", value.delta));
                }
            }
        }
        let text = format!("{}: {}", one_line(&option.name), values.join(", "));
        lines.extend(if look.plain {
            vec![sentence(&text)]
        } else {
            indented(&text, 4, look.width)
        });
        for text in impossible {
            lines.extend(if look.plain {
                vec![sentence(&text)]
            } else {
                quiet(indented(&text, 6, look.width), look)
            });
        }
    }
    if let Some(conflict) = &view.conflict {
        let text = one_line(conflict);
        lines.extend(if look.plain {
            vec![sentence(&text)]
        } else {
            indented(&format!("! {text}"), 2, look.width)
        });
    }
    lines
}

/// A whole from parts: each with its price, why it changed, and the sum; or what cannot hold together.
pub(crate) fn assembly(view: &AssemblyView, look: &Look) -> Vec<String> {
    let mut lines = Vec::new();
    let mut put = |text: &str, indent: usize, is_quiet: bool| {
        let shown = if look.plain {
            vec![sentence(text)]
        } else {
            indented(text, indent, look.width)
        };
        lines.extend(if is_quiet && !look.plain {
            quiet(shown, look)
        } else {
            shown
        });
    };
    let money = |price: Money| {
        if look.plain {
            said(price)
        } else {
            price.to_string()
        }
    };
    for part in &view.parts {
        let text = format!(
            "{}: {}, {}: {}",
            one_line(&part.slot),
            one_line(&part.title),
            one_line(&part.merchant_name),
            money(part.price)
        );
        put(&text, 2, false);
        if let Some(changed) = &part.changed {
            put(&format!("changed: {}", one_line(changed)), 4, true);
        }
    }
    if let Some(price) = view.price {
        let limit = view.price_max.map(|max| format!(" of {}", money(max)));
        let limit = limit.unwrap_or_default();
        put(&format!("together {}{limit}", money(price)), 2, false);
    }
    if !view.wishes.is_empty() {
        let wishes: Vec<String> = view.wishes.iter().map(|w| one_line(w)).collect();
        put(&format!("wanted: {}", wishes.join(", ")), 2, true);
    }
    if !view.conflict.is_empty() {
        let conflict: Vec<String> = view.conflict.iter().map(|w| one_line(w)).collect();
        put(
            &format!("not to be had together: {}", conflict.join(", ")),
            2,
            false,
        );
    }
    for way in &view.give_up {
        put(&one_line(way), 4, true);
    }
    lines
}

fn quiet(lines: Vec<String>, look: &Look) -> Vec<String> {
    lines
        .into_iter()
        .map(|l| look.ink(Ink::Quiet, &l))
        .collect()
}
