use errand_protocol::api::{
    Check, CheckState, ConsentsView, DoctorView, MerchantView, ProfileView, SessionBrief, WhyView,
};
use errand_protocol::errand::DisclosureView;
use errand_types::{LabelRule, Preference, RuleKind};

use super::look::{Ink, Look, Size};
use super::notes::done;
use super::table::{Row, Table, indented};
use super::text::{lower_first, one_line, pad, sentence, width};

/// What works and what does not.
pub(crate) fn doctor(view: &DoctorView, look: &Look) -> Vec<String> {
    let column = view
        .checks
        .iter()
        .map(|c| width(&c.id))
        .max()
        .unwrap_or(0)
        .min(20);
    let mut lines: Vec<String> = view
        .checks
        .iter()
        .flat_map(|c| check(c, column, look))
        .collect();
    let count = |state| view.checks.iter().filter(|c| c.state == state).count();
    let some = |n: usize, one: &str, many: &str| {
        if n == 1 {
            format!("1 {one}")
        } else {
            format!("{n} {many}")
        }
    };
    let (bad, off) = (count(CheckState::Fail), count(CheckState::Off));
    lines.push(match (bad, off) {
        (0, 0) => "everything works".to_owned(),
        (0, off) => format!("no problems, {} off", some(off, "thing", "things")),
        (bad, 0) => some(bad, "problem", "problems"),
        (bad, off) => format!(
            "{}, {} off",
            some(bad, "problem", "problems"),
            some(off, "thing", "things")
        ),
    });
    lines
}

fn check(check: &Check, column: usize, look: &Look) -> Vec<String> {
    let (word, ink) = match check.state {
        CheckState::Ok => ("ok", Ink::Done),
        CheckState::Off => ("off", Ink::Quiet),
        CheckState::Fail => ("fail", Ink::Refused),
    };
    let fix = check.fix.as_deref().map(one_line);
    let verb = if check.state == CheckState::Off {
        "turn on"
    } else {
        "fix"
    };
    if look.plain {
        let mut lines = vec![format!(
            "{word}: {}",
            sentence(&format!("{}, {}", check.id, one_line(&check.detail)))
        )];
        lines.extend(fix.map(|f| sentence(&format!("{verb}: {f}"))));
        return lines;
    }
    let indent = if look.size() == Size::Narrow {
        8
    } else {
        column.saturating_add(11)
    };
    let head = format!(
        "  {}  {}   ",
        look.ink(ink, &pad(word, 4, false)),
        pad(&check.id, column, false)
    );
    let detail = indented(&one_line(&check.detail), indent, look.width);
    let mut lines = Vec::new();
    if look.size() == Size::Narrow {
        lines.push(head.trim_end().to_owned());
        lines.extend(detail);
    } else {
        let mut detail = detail.into_iter();
        lines.push(
            format!("{head}{}", detail.next().unwrap_or_default().trim_start())
                .trim_end()
                .to_owned(),
        );
        lines.extend(detail);
    }
    lines.extend(fix.map(|f| look.literals(&format!("{}{verb}: {f}", " ".repeat(indent)))));
    lines
}

/// A shop that was just connected.
pub(crate) fn added(view: &MerchantView, look: &Look) -> Vec<String> {
    let mut lines = done(
        "found",
        &format!("{}, \"{}\"", view.protocol, one_line(&view.legal_name)),
        look,
    );
    lines.extend(done("can do", &view.can.join(", "), look));
    if !view.cannot.is_empty() {
        lines.extend(super::notes::failed(
            "cannot",
            &view.cannot.join(", "),
            look,
        ));
    }
    lines.extend(done("wants", &wants(view), look));
    let text = format!(
        "Added as `{0}`. Remove: `errand merchant remove {0}`",
        view.id
    );
    lines.extend(
        indented(&text, 0, look.width)
            .into_iter()
            .map(|l| look.literals(&l)),
    );
    lines
}

fn wants(view: &MerchantView) -> String {
    let wants: Vec<&str> = view.wants.iter().map(|d| d.word()).collect();
    if wants.is_empty() {
        "nothing about you yet".to_owned()
    } else {
        format!("{}, asked before it is shared", wants.join(", "))
    }
}

/// Connected shops, as a table also for programs.
pub(crate) fn merchants(shops: &[MerchantView]) -> Table {
    let heads = ["name", "shop", "answers", "protocol", "address"];
    let rows = shops.iter().map(|s| Row {
        cells: vec![
            s.id.to_string(),
            one_line(&s.name),
            match (s.alive, s.latency_ms) {
                (Some(true), Some(ms)) => format!("in {ms} ms"),
                (Some(true), None) => "yes".to_owned(),
                (Some(false), _) => "no answer".to_owned(),
                (None, _) => "not asked lately".to_owned(),
            },
            one_line(&s.protocol),
            one_line(&s.origin),
        ],
        note: String::new(),
    });
    Table {
        numbered: false,
        name: 0,
        rows: rows.collect(),
        heads: heads.into_iter().map(str::to_owned).collect(),
    }
}

/// A table, or one sentence for each row.
pub(crate) fn listed(table: &Table, empty: &str, look: &Look) -> Vec<String> {
    if table.rows.is_empty() {
        return vec![empty.to_owned()];
    }
    if look.plain {
        let filled = |r: &Row| {
            r.cells
                .iter()
                .filter(|c| !c.is_empty())
                .cloned()
                .collect::<Vec<_>>()
        };
        return table
            .rows
            .iter()
            .map(|r| sentence(&filled(r).join(", ")))
            .collect();
    }
    table.lines(look)
}

/// Limits, rules, preferences.
pub(crate) fn profile(view: &ProfileView, look: &Look) -> Vec<String> {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(name) = &view.name {
        rows.push(("name", one_line(name)));
    }
    let l = view.limits;
    rows.push((
        "limits",
        format!(
            "{} for one purchase, {} a day, {} a month",
            l.purchase, l.day, l.month
        ),
    ));
    rows.push((
        "by voice",
        format!(
            "{} for one purchase, {} within 24 hours",
            view.voice.purchase, view.voice.day
        ),
    ));
    rows.extend(view.rules.iter().map(rule));
    rows.extend(view.preferences.iter().map(preference));
    rows.extend(view.addresses.iter().map(|a| ("address", one_line(a))));
    rows.extend(view.wallet.iter().map(|w| ("pay with", one_line(w))));
    rows.push(("time zone", one_line(&view.zone)));
    pairs(&rows, look)
}

fn rule(rule: &LabelRule) -> (&'static str, String) {
    let kind = match rule.kind {
        RuleKind::Avoid => "avoid",
        RuleKind::Require => "require",
    };
    let only = rule
        .category
        .as_ref()
        .map(|c| format!(" for {c}"))
        .unwrap_or_default();
    let strict = if rule.strict { ", strict" } else { "" };
    (
        kind,
        format!(
            "{}{only}{strict} (you said: {})",
            rule.label,
            one_line(rule.said.as_str())
        ),
    )
}

fn preference(preference: &Preference) -> (&'static str, String) {
    match preference {
        Preference::PreferMerchant(m) => ("prefer", m.to_string()),
        Preference::PreferBrand(b) => ("prefer", format!("brand {b}")),
        Preference::PreferLabel(l) => ("prefer", l.to_string()),
        Preference::BlockMerchant(m) => ("never", m.to_string()),
        Preference::BlockBrand(b) => ("never", format!("brand {b}")),
    }
}

/// Facts with their names.
pub(super) fn pairs(rows: &[(&str, String)], look: &Look) -> Vec<String> {
    let column = rows.iter().map(|(k, _)| width(k)).max().unwrap_or(0);
    rows.iter()
        .flat_map(|(key, text)| {
            if look.plain {
                let key = if key.is_empty() {
                    String::new()
                } else {
                    format!("{key}: ")
                };
                return vec![sentence(&format!("{key}{text}"))];
            }
            let indent = column.saturating_add(5);
            let mut lines = indented(text, indent, look.width).into_iter();
            let first = lines.next().unwrap_or_default();
            let head = format!("  {}   {}", pad(key, column, false), first.trim_start());
            std::iter::once(head).chain(lines).collect()
        })
        .collect()
}

/// Who knows what.
pub(crate) fn consents(view: &ConsentsView, look: &Look) -> Vec<String> {
    if view.entries.is_empty() {
        return vec!["no shop knows anything about you".to_owned()];
    }
    view.entries.iter().flat_map(|e| consent(e, look)).collect()
}

fn consent(entry: &DisclosureView, look: &Look) -> Vec<String> {
    let knows = entry
        .knows
        .iter()
        .map(|k| one_line(k))
        .collect::<Vec<_>>()
        .join(", ");
    let how = if entry.pending {
        "would learn"
    } else if entry.withdrawn {
        "withdrawn; it may still hold"
    } else {
        "knows"
    };
    let purpose = if entry.purpose.is_empty() {
        String::new()
    } else {
        format!(" ({})", one_line(&entry.purpose))
    };
    let text = format!("{} {how}: {knows}{purpose}", one_line(&entry.merchant_name));
    let mut lines = if look.plain {
        vec![sentence(&text)]
    } else {
        indented(&text, 2, look.width)
    };
    if !entry.pending && !entry.withdrawn && !look.plain {
        lines.push(look.literals(&format!(
            "    `errand consents withdraw {}`",
            entry.merchant
        )));
    }
    lines
}

/// Decisions with their reasons.
pub(crate) fn why(views: &[WhyView], look: &Look) -> Vec<String> {
    if views.is_empty() {
        return vec!["nothing was refused or asked about that".to_owned()];
    }
    views.iter().flat_map(|v| decision(v, look)).collect()
}

fn decision(view: &WhyView, look: &Look) -> Vec<String> {
    let (sign, ink) = match view.verdict.as_str() {
        "allow" => ("✓", Ink::Done),
        "ask" => ("?", Ink::Needs),
        _ => ("✗", Ink::Refused),
    };
    let at = look.moment(view.at);
    let head = one_line(&view.headline);
    if look.plain {
        let mut lines = vec![sentence(&format!("{at}: {head}"))];
        lines.extend(view.reasons.iter().map(|r| sentence(r)));
        lines.extend(
            view.remedies
                .iter()
                .map(|r| sentence(&format!("You can: {}", one_line(r)))),
        );
        return lines;
    }
    let mut lines = indented(&format!("x {at}: {}", lower_first(&head)), 2, look.width);
    if let Some(first) = lines.first_mut() {
        *first = first.replacen('x', &look.ink(ink, sign), 1);
    }
    lines.extend(
        view.reasons
            .iter()
            .flat_map(|r| indented(&one_line(r), 4, look.width)),
    );
    lines.extend(view.remedies.iter().flat_map(|r| {
        indented(
            &format!("you can: {}", lower_first(&one_line(r))),
            4,
            look.width,
        )
    }));
    let codes = if view.codes.is_empty() {
        String::new()
    } else {
        format!("  {}", view.codes.join(" "))
    };
    lines.push(format!(
        "    {}",
        look.ink(Ink::Quiet, &format!("{}{codes}", view.decision))
    ));
    lines
}

/// Conversations, as a table also for programs.
pub(crate) fn sessions(sessions: &[SessionBrief], look: &Look) -> Table {
    let heads = ["session", "last sentence", "when"];
    let rows = sessions.iter().map(|s| Row {
        cells: vec![
            s.id.to_string(),
            s.last
                .as_deref()
                .map(|l| super::text::clip(l, 60))
                .unwrap_or_default(),
            look.moment(s.at),
        ],
        note: String::new(),
    });
    Table {
        numbered: false,
        name: 0,
        rows: rows.collect(),
        heads: heads.into_iter().map(str::to_owned).collect(),
    }
}
