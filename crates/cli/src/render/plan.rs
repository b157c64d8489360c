use std::collections::BTreeSet;

use errand_protocol::errand::{PartView, PlanView, StepView};
use errand_types::{StepId, StepStatus};

use super::look::{Ink, Look, Size};
use super::table::indented;
use super::text::{clip, lower_first, one_line, pad, sentence, width};

/// Longest column of step titles.
const TITLE_MAX: usize = 36;

/// The steps that are not in `told`, for a screen on which they are drawn again and again. Never taller than `tall`.
pub(crate) fn route(
    plan: &PlanView,
    told: &BTreeSet<StepId>,
    look: &Look,
    tall: usize,
) -> Vec<String> {
    let column = titles(plan);
    let mut lines: Vec<String> = Vec::new();
    for step in plan.steps.iter().filter(|s| !told.contains(&s.id)) {
        lines.extend(step_lines(step, column, look));
        let parts = step
            .parts
            .iter()
            .filter(|p| step.status == StepStatus::Running || p.status == StepStatus::Failed);
        lines.extend(parts.map(|p| part_line(p, look)));
    }
    if lines.len() > tall {
        // The end of the route is where something happens.
        let hidden = lines.len().saturating_sub(tall.saturating_sub(1));
        lines.drain(..hidden);
        lines.insert(
            0,
            look.ink(Ink::Quiet, &format!("  … {hidden} lines above")),
        );
    }
    lines
}

/// Lines for the steps that came to an end since `told`, which learns them: for logs, pipes and screen readers, and for
/// what stays on a screen.
pub(crate) fn finished(plan: &PlanView, told: &mut BTreeSet<StepId>, look: &Look) -> Vec<String> {
    let column = titles(plan);
    let mut lines = Vec::new();
    for step in plan.steps.iter().filter(|s| s.status.is_final()) {
        if told.insert(step.id.clone()) {
            lines.extend(step_lines(step, column, look));
            lines.extend(
                step.parts
                    .iter()
                    .filter(|p| p.status == StepStatus::Failed)
                    .map(|p| part_line(p, look)),
            );
        }
    }
    lines
}

fn titles(plan: &PlanView) -> usize {
    plan.steps
        .iter()
        .map(|s| width(&s.title))
        .max()
        .unwrap_or(0)
        .min(TITLE_MAX)
}

fn sign(status: StepStatus) -> (&'static str, &'static str, Ink) {
    match status {
        StepStatus::Waiting => ("·", "waiting", Ink::Quiet),
        StepStatus::Running => ("~", "under way", Ink::Strong),
        StepStatus::NeedsYou => ("?", "needs you", Ink::Needs),
        StepStatus::Done => ("✓", "done", Ink::Done),
        StepStatus::Failed => ("!", "failed", Ink::Refused),
        StepStatus::Skipped => ("-", "not needed", Ink::Quiet),
        StepStatus::Cancelled => ("x", "stopped", Ink::Needs),
    }
}

fn step_lines(step: &StepView, column: usize, look: &Look) -> Vec<String> {
    let (sign, word, ink) = sign(step.status);
    let title = lower_first(&one_line(&step.title));
    let found = step.found.as_deref().map(one_line).unwrap_or_default();
    if look.plain {
        let found = if found.is_empty() {
            String::new()
        } else {
            format!(", {found}")
        };
        return vec![format!("{word}: {}", sentence(&format!("{title}{found}")))];
    }
    // Lines are broken and never cut: there may be money in them.
    let (head, text) = if look.size() == Size::Narrow {
        let text = if found.is_empty() {
            title
        } else {
            format!("{title}: {found}")
        };
        (String::new(), text)
    } else {
        (
            format!("{}   ", pad(&clip(&title, column), column, false)),
            found,
        )
    };
    let indent = width(&head).saturating_add(4);
    let mut lines = indented(&text, indent, look.width);
    if lines.is_empty() {
        lines.push(String::new());
    }
    if let Some(first) = lines.first_mut() {
        let text = format!("  {} {head}{}", look.ink(ink, sign), first.trim_start());
        text.trim_end().clone_into(first);
    }
    lines
}

fn part_line(part: &PartView, look: &Look) -> String {
    let (sign, word, ink) = sign(part.status);
    let found = part.found.as_deref().map(one_line).unwrap_or_default();
    let name = one_line(&part.name);
    if look.plain {
        let found = if found.is_empty() {
            String::new()
        } else {
            format!(", {found}")
        };
        return format!("{word}: {}", sentence(&format!("{name}{found}")));
    }
    let room = look.width.saturating_sub(6);
    format!(
        "    {} {}",
        look.ink(ink, sign),
        clip(&format!("{}  {found}", pad(&name, 16, false)), room)
    )
    .trim_end()
    .to_owned()
}
