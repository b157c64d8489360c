use errand_protocol::errand::{ApprovalKind, ApprovalPlace, ApprovalView, LimitView};
use errand_types::TotalKind;

use super::look::{Ink, Look, Size, said};
use super::table::indented;
use super::text::{clip, lower_first, one_line, pad, sentence, width, wrap};

/// Widest box.
const BOX_MAX: usize = 72;
/// Column of labels in the box.
const LABEL: usize = 10;

/// The question with everything that is asked, as a box, or as sentences.
pub(crate) fn approval(view: &ApprovalView, look: &Look) -> Vec<String> {
    let facts = facts(view, look);
    if look.plain {
        let mut lines = vec![match view.kind {
            ApprovalKind::Purchase => "Approval needed. Nothing is bought yet.".to_owned(),
            ApprovalKind::Consent => "Consent needed. Nothing is shared yet.".to_owned(),
        }];
        lines.extend(facts.iter().map(spoken));
        lines.extend(view.limits.iter().map(|l| sentence(&limit(l))));
        return lines;
    }
    boxed(view, &facts, look)
}

/// The line that asks, and the line that says what else may be typed.
pub(crate) fn ask(view: &ApprovalView, seconds: i64, look: &Look) -> Vec<String> {
    let payee = one_line(&view.payee.legal_name);
    let (text, words) = match (view.kind, view.amount, &view.words) {
        (ApprovalKind::Purchase, Some(amount), Some(words)) => (
            match view.place {
                ApprovalPlace::Page => format!("To pay {amount} to {payee}, type the two words:"),
                ApprovalPlace::Voice => {
                    format!("To pay {amount} to {payee}, type or say the two words:")
                }
            },
            one_line(words),
        ),
        (ApprovalKind::Purchase, _, _) => {
            let text = "This needs two words that are not shown here. Ask for them again, or answer on the page";
            (text.to_owned(), String::new())
        }
        (ApprovalKind::Consent, _, _) => (
            format!("May {payee} learn this? Type yes or no"),
            String::new(),
        ),
    };
    let painted = look.ink(Ink::Strong, &words);
    let mut lines = indented(&text, 0, look.width);
    // The two words stay together.
    match lines.last_mut() {
        Some(last) if width(last).saturating_add(width(&words)) < look.width => {
            let text = format!("{last} {painted}");
            text.trim_end().clone_into(last);
        }
        _ => lines.push(format!("  {painted}")),
    }
    let drop = match view.kind {
        ApprovalKind::Purchase => "(`no` to drop it, `why`, or change something;",
        ApprovalKind::Consent => "(`why`, or ask something;",
    };
    let time = if seconds > 180 {
        format!("{} min", seconds / 60)
    } else {
        format!("{} s", seconds.max(0))
    };
    let also = format!("{drop} {time})");
    lines.extend(
        indented(&also, 0, look.width)
            .into_iter()
            .map(|l| look.literals(&l)),
    );
    lines
}

/// A fact as a sentence.
fn spoken(fact: &Fact) -> String {
    let label = if fact.label.is_empty() {
        String::new()
    } else {
        format!("{}: ", fact.label)
    };
    let amount = fact
        .amount
        .as_ref()
        .map(|a| format!(", {a}"))
        .unwrap_or_default();
    sentence(&format!("{label}{}{amount}", fact.text))
}

fn limit(view: &LimitView) -> String {
    // The third is a month, and months are names.
    let name = match view.name.as_str() {
        "This purchase" => "this purchase".to_owned(),
        "Today" => "today".to_owned(),
        other => one_line(other),
    };
    format!("{name} {} of {}", view.used, view.max)
}

struct Fact {
    label: String,
    text: String,
    amount: Option<String>,
}

fn facts(view: &ApprovalView, look: &Look) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut put = |label: &str, text: String, amount: Option<String>| {
        facts.push(Fact {
            label: label.to_owned(),
            text,
            amount,
        });
    };
    let known = match view.payee.bought_before {
        0 => "first time".to_owned(),
        1 => "bought from once".to_owned(),
        n => format!("bought from {n} times"),
    };
    if let Some(amount) = view.amount {
        put(
            "you pay",
            if look.plain {
                said(amount)
            } else {
                amount.to_string()
            },
            None,
        );
    }
    put(
        "to",
        format!("{} ({known})", one_line(&view.payee.legal_name)),
        None,
    );
    for (at, line) in view.lines.iter().enumerate() {
        let label = if at == 0 { "what" } else { "" };
        let amount = line.total.map(|t| t.to_string());
        put(
            label,
            format!("{} × {}", line.quantity, one_line(&line.title)),
            amount,
        );
    }
    for total in view.totals.iter().filter(|t| t.kind != TotalKind::Subtotal) {
        put(
            "",
            lower_first(&one_line(&total.label)),
            Some(total.amount.to_string()),
        );
    }
    if let Some(when) = &view.delivery_text {
        put("when", one_line(when), None);
    }
    if let Some(place) = &view.destination {
        put("where", one_line(place), None);
    }
    if let Some(card) = &view.instrument {
        put("paid by", one_line(card), None);
    }
    if !view.discloses_text.is_empty() {
        put(
            "they get",
            lower_first(&one_line(&view.discloses_text)),
            None,
        );
    }
    if let Some(why) = &view.why_page {
        put("here", format!("and not by voice: {}", one_line(why)), None);
    }
    for warning in &view.disclosures {
        put("shop says", one_line(warning), None);
    }
    facts
}

fn boxed(view: &ApprovalView, facts: &[Fact], look: &Look) -> Vec<String> {
    let wide = look.width.saturating_sub(2).min(BOX_MAX);
    let title = match view.kind {
        ApprovalKind::Purchase => "approval needed, nothing is bought yet",
        ApprovalKind::Consent => "consent needed, nothing is shared yet",
    };
    let mut lines = vec![edge('╭', title, '╮', wide, look)];
    let indent = if look.size() == Size::Narrow { 2 } else { 4 };
    let text_at = indent + LABEL;
    for fact in facts {
        let amount = fact.amount.clone().unwrap_or_default();
        let room = wide
            .saturating_sub(text_at)
            .saturating_sub(if amount.is_empty() {
                0
            } else {
                width(&amount).saturating_add(2)
            });
        let mut texts = wrap(&fact.text, room.max(10)).into_iter();
        let first = texts.next().unwrap_or_default();
        let gap = wide
            .saturating_sub(text_at)
            .saturating_sub(width(&first))
            .saturating_sub(width(&amount));
        let strong = if fact.label == "you pay" {
            look.ink(Ink::Strong, &first)
        } else {
            first
        };
        let label = pad(&fact.label, LABEL, false);
        let amount = if amount.is_empty() {
            String::new()
        } else {
            format!("{}{amount}", " ".repeat(gap))
        };
        lines.push(format!("{}{label}{strong}{amount}", " ".repeat(indent)));
        lines.extend(texts.map(|t| format!("{}{t}", " ".repeat(text_at))));
    }
    let limits: Vec<String> = view.limits.iter().map(limit).collect();
    let all = limits.join(" · ");
    if width(&all).saturating_add(8) <= wide {
        lines.push(edge('╰', &all, '╯', wide, look));
    } else {
        let label = |at: usize| pad(if at == 0 { "limits" } else { "" }, LABEL, false);
        lines.extend(
            limits
                .iter()
                .enumerate()
                .map(|(at, l)| format!("{}{}{l}", " ".repeat(indent), label(at))),
        );
        lines.push(edge('╰', "", '╯', wide, look));
    }
    lines
}

fn edge(left: char, text: &str, right: char, wide: usize, look: &Look) -> String {
    let text = if text.is_empty() {
        String::new()
    } else {
        format!(" {} ", clip(text, wide.saturating_sub(6)))
    };
    let rest = wide.saturating_sub(width(&text)).saturating_sub(2);
    let behind = "─".repeat(rest);
    format!(
        "  {}{}{}{}",
        look.ink(Ink::Needs, &left.to_string()),
        text,
        look.ink(Ink::Needs, &behind),
        look.ink(Ink::Needs, &right.to_string())
    )
}
