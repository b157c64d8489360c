use errand_protocol::errand::{
    ApprovalOutcome, ApprovalResolved, HandoffView, NoticeView, OrderView, PolicyView,
};

use super::look::{Ink, Look, Size};
use super::table::indented;
use super::text::{lower_first, one_line, pad, sentence, width};
use crate::fault::Fault;

/// Column of verbs.
const VERB: usize = 12;

fn line(sign: &str, ink: Ink, word: &str, verb: &str, rest: &str, look: &Look) -> Vec<String> {
    if look.plain {
        return vec![format!("{word}: {}", sentence(&format!("{verb} {rest}")))];
    }
    // Where a column of verbs would leave no room, the verb stands before a colon.
    let (head, rest) = if look.size() == Size::Narrow
        && width(rest).saturating_add(VERB).saturating_add(5) > look.width
    {
        (String::new(), format!("{verb}: {rest}"))
    } else {
        (format!("{} ", pad(verb, VERB, false)), rest.to_owned())
    };
    let mut lines = indented(&rest, width(&head).saturating_add(4), look.width);
    if lines.is_empty() {
        lines.push(String::new());
    }
    if let Some(first) = lines.first_mut() {
        let text = format!("  {} {head}{}", look.ink(ink, sign), first.trim_start());
        text.trim_end().clone_into(first);
    }
    lines
}

/// Something done.
pub(crate) fn done(verb: &str, rest: &str, look: &Look) -> Vec<String> {
    line("✓", Ink::Done, "done", verb, rest, look)
}

/// Something that did not work.
pub(crate) fn failed(verb: &str, rest: &str, look: &Look) -> Vec<String> {
    line("!", Ink::Needs, "not done", verb, rest, look)
}

/// How a question was answered.
pub(crate) fn resolved(view: &ApprovalResolved, look: &Look) -> Vec<String> {
    let text = lower_first(&one_line(&view.text));
    let (verb, ok) = match view.outcome {
        ApprovalOutcome::Granted => ("approved", true),
        ApprovalOutcome::Refused => ("dropped", false),
        ApprovalOutcome::Expired => ("expired", false),
        ApprovalOutcome::Void => ("void", false),
        ApprovalOutcome::Wrong => ("not approved", false),
        ApprovalOutcome::Locked => ("locked", false),
    };
    // "approved  approved by two words" says it twice.
    let text = text
        .strip_prefix(verb)
        .map_or(text.as_str(), |rest| rest.trim_start_matches([',', ' ']));
    let text = match view.tries_left {
        Some(left) if view.outcome == ApprovalOutcome::Wrong && !text.contains("left") => {
            format!("{}, {left} tries left", text.trim_end_matches('.'))
        }
        _ => text.to_owned(),
    };
    if ok {
        done(verb, &text, look)
    } else {
        failed(verb, &text, look)
    }
}

/// Bought.
pub(crate) fn receipt(order: &OrderView, look: &Look) -> Vec<String> {
    let shop = one_line(&order.merchant_name);
    let mut lines = done("paid", &format!("{} to {shop}", order.total), look);
    if let Some(delivery) = &order.delivery_text {
        lines.extend(done("delivery", &one_line(delivery), look));
    }
    lines.extend(done("order", &order.number, look));
    lines.extend(cancel_until(order, look));
    lines
}

fn cancel_until(order: &OrderView, look: &Look) -> Vec<String> {
    let Some(until) = order.cancel_until else {
        return Vec::new();
    };
    let text = format!(
        "cancel free until {}: `errand orders {} cancel`",
        look.moment(until),
        order.number
    );
    if look.plain {
        vec![sentence(&text)]
    } else {
        indented(&look.literals(&text), 4, look.width.saturating_add(20))
    }
}

/// An order changed by itself.
pub(crate) fn delivery(order: &OrderView, look: &Look) -> Vec<String> {
    let when = order
        .delivery_text
        .as_deref()
        .map(|d| format!(", {}", one_line(d)))
        .unwrap_or_default();
    done(
        "order",
        &format!("{} {}{when}", order.number, one_line(&order.state_text)),
        look,
    )
}

/// A rule said no, or yes with a reason: headline, what happened, what did not, what can be done.
pub(crate) fn policy(view: &PolicyView, look: &Look) -> Vec<String> {
    let head = lower_first(&one_line(&view.headline));
    let body = format!("{} {}", sentence(&view.text), sentence(&view.not))
        .trim()
        .to_owned();
    if look.plain {
        let word = if view.decision == "deny" {
            "refused"
        } else {
            "note"
        };
        let mut lines = vec![format!("{word}: {}", sentence(&head))];
        lines.extend((!body.is_empty()).then_some(body));
        lines.extend(
            view.remedies
                .iter()
                .map(|r| sentence(&format!("You can: {}", one_line(r)))),
        );
        return lines;
    }
    let (sign, ink) = if view.decision == "deny" {
        ("✗", Ink::Refused)
    } else {
        ("!", Ink::Needs)
    };
    let mut lines = vec![format!("{} {}", look.ink(ink, sign), head)];
    lines.extend(indented(&body, 2, look.width));
    let remedies: Vec<String> = view
        .remedies
        .iter()
        .map(|r| lower_first(&one_line(r)))
        .collect();
    if !remedies.is_empty() || view.decision_id.is_some() {
        lines.push(String::new());
    }
    if !remedies.is_empty() {
        lines.extend(hint(&remedies.join(", or "), look));
    }
    if let Some(id) = &view.decision_id {
        let code = if view.code.is_empty() {
            String::new()
        } else {
            format!("  ({})", view.code)
        };
        lines.push(look.literals(&format!("  why:  `errand why {id}`{code}")));
    }
    lines
}

/// A line that begins with `hint:`.
pub(crate) fn hint(text: &str, look: &Look) -> Vec<String> {
    if look.plain {
        return vec![sentence(&format!("hint: {text}"))];
    }
    indented(&format!("hint: {text}"), 2, look.width)
        .into_iter()
        .map(|l| look.literals(&l))
        .collect()
}

/// Something to know.
pub(crate) fn notice(view: &NoticeView, look: &Look) -> Vec<String> {
    let head = one_line(&view.headline);
    let text = one_line(&view.text);
    if look.plain {
        let mut lines = vec![sentence(&head)];
        lines.extend((!text.is_empty()).then(|| sentence(&text)));
        return lines;
    }
    let (sign, ink) = match view.tone.as_str() {
        "ok" => ("✓", Ink::Done),
        "no" => ("!", Ink::Refused),
        "ask" => ("!", Ink::Needs),
        _ => ("·", Ink::Quiet),
    };
    let mut lines = indented(&format!("x {head}"), 2, look.width);
    if let Some(first) = lines.first_mut() {
        *first = first.replacen('x', &look.ink(ink, sign), 1);
    }
    lines.extend(indented(&text, 4, look.width));
    let actions: Vec<String> = view
        .actions
        .iter()
        .map(|a| lower_first(&one_line(a)))
        .collect();
    if !actions.is_empty() {
        lines.extend(hint(&actions.join(", or "), look));
    }
    lines
}

/// Control moves to a person or to a page of the shop.
pub(crate) fn handoff(view: &HandoffView, look: &Look) -> Vec<String> {
    let reason = one_line(&view.reason);
    match (view.kind.as_str(), &view.url) {
        ("shop", Some(url)) => {
            let host = view.host.as_deref().unwrap_or("the shop");
            let mut lines = failed("your turn", &format!("go on at {host}: {reason}"), look);
            lines.push(if look.plain {
                url.clone()
            } else {
                format!("    {url}")
            });
            lines
        }
        // What happened is said in whole sentences beside this; here stands what somebody sees.
        ("human", _) => match &view.desk {
            Some(desk) if !desk.sees.is_empty() => {
                let name = desk.person.as_deref().unwrap_or("a person");
                let sees: Vec<String> = desk.sees.iter().map(|s| one_line(s)).collect();
                failed(&one_line(name), &format!("sees {}", sees.join(", ")), look)
            }
            Some(_) => Vec::new(),
            None => failed("a person", &reason, look),
        },
        _ => Vec::new(),
    }
}

/// A short question with answers.
pub(crate) fn question(text: &str, chips: &[String], look: &Look) -> Vec<String> {
    let mut lines = if look.plain {
        vec![one_line(text)]
    } else {
        indented(&one_line(text), 0, look.width)
    };
    if !chips.is_empty() {
        let chips = chips
            .iter()
            .map(|c| one_line(c))
            .collect::<Vec<_>>()
            .join(" / ");
        lines.push(if look.plain {
            format!("Answers: {chips}.")
        } else {
            look.ink(Ink::Hint, &format!("  ({chips})"))
        });
    }
    lines
}

/// What errand says.
pub(crate) fn say(text: &str, look: &Look) -> Vec<String> {
    if look.plain {
        text.lines().map(str::to_owned).collect()
    } else {
        indented(text, 0, look.width)
    }
}

/// An error.
pub(crate) fn fault(fault: &Fault, look: &Look) -> Vec<String> {
    let head = format!("error: {}", fault.message);
    let mut lines = if look.plain {
        vec![head]
    } else {
        indented(&head, 0, look.width)
    };
    if let Some(first) = lines.first_mut() {
        *first = first.replacen("error:", &look.ink(Ink::Refused, "error:"), 1);
    }
    if let Some(not) = &fault.not {
        lines.extend(indented(not, 2, look.width));
    }
    if let Some(text) = &fault.hint {
        lines.push(String::new());
        lines.extend(hint(text, look));
    }
    lines
}
