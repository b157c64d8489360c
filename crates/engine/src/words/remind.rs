//! Reminders.

use errand_types::Reminder;
use jiff::Timestamp;

use super::{list, small_number};
use crate::ctx::Ctx;

pub(crate) const REMIND_OF_WHAT: &str = "Remind you of what? Nothing was ordered yet. Say for example \"remind me of coffee every three weeks\"";
pub(crate) const REMINDERS_FULL: &str = "There are as many reminders as I can keep. \"My reminders\" shows them, \"delete the soap reminder\" ends one";
pub(crate) const NO_REMINDERS: &str = "There is no such reminder";
pub(crate) const REMINDER_HEADLINE: &str = "It may be running low";
pub(crate) const REMINDER_REFUSED: &str = "Then I do not. \"Remind me\" sets one at any time";

/// `three weeks`, `a month`, `10 days`.
fn span(days: u16) -> String {
    let days = u32::from(days);
    let of = |n: u32, one: &str, many: &str| match n {
        1 => one.to_owned(),
        n => format!("{} {many}", small_number(n)),
    };
    if days.is_multiple_of(30) {
        of(days / 30, "month", "months")
    } else if days.is_multiple_of(7) {
        of(days / 7, "week", "weeks")
    } else {
        of(days, "day", "days")
    }
}

/// With its article when it is one: `a week`.
fn length(days: u16) -> String {
    let span = span(days);
    if span.contains(' ') {
        span
    } else {
        format!("a {span}")
    }
}

fn date(at: Timestamp, ctx: &Ctx<'_>) -> String {
    at.to_zoned(ctx.zone()).strftime("%a %-d %b").to_string()
}

pub(crate) fn remind_how_often(what: &str) -> String {
    format!(
        "How often? No shop says how long {what} lasts. Say for example \"remind me of {what} every three weeks\""
    )
}

pub(crate) fn reminder_set(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    format!(
        "I will remind you of {} every {}, first on {}. I only ask, nothing is ordered by itself; \"stop reminding me\" ends it",
        reminder.what,
        span(reminder.every_days),
        date(reminder.next, ctx)
    )
}

pub(crate) fn reminder_put_off(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    format!(
        "I ask again on {} about {}",
        date(reminder.next, ctx),
        reminder.what
    )
}

pub(crate) fn reminder_declined(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    format!(
        "Then not. I remind you again on {}",
        date(reminder.next, ctx)
    )
}

pub(crate) fn reminders_ended(ended: &[Reminder]) -> String {
    let all: Vec<String> = ended.iter().map(|r| r.what.to_string()).collect();
    format!("I no longer remind you of {}", list(&all))
}

pub(crate) fn reminders(standing: &[Reminder], ctx: &Ctx<'_>) -> String {
    if standing.is_empty() {
        return "I remind you of nothing. \"Remind me\" after an order sets one".to_owned();
    }
    let lines: Vec<String> = standing
        .iter()
        .map(|r| {
            format!(
                "{}, every {}, next on {}",
                r.what,
                span(r.every_days),
                date(r.next, ctx)
            )
        })
        .collect();
    lines.join("\n")
}

pub(crate) fn reminder_due(reminder: &Reminder) -> String {
    match &reminder.offer {
        Some(_) => format!(
            "{} may be running low. Shall I ask for {} again?",
            reminder.what,
            match reminder.pieces {
                1 => "it".to_owned(),
                n => format!("{} of it", small_number(n)),
            }
        ),
        None => format!(
            "You wanted to be reminded of {}. Shall I look for it?",
            reminder.what
        ),
    }
}

pub(crate) fn reminder_why(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    format!(
        "On {} you agreed to be reminded of it every {}. Shall I ask for it again? \"Remind me next week\" puts it off, \"stop reminding me\" ends it",
        date(reminder.agreed_at, ctx),
        span(reminder.every_days)
    )
}

pub(crate) fn offer_reminder(title: &str, lasts: u16) -> String {
    format!(
        "As the shop says, {title} lasts about {}. Shall I remind you before you run out?",
        length(lasts)
    )
}
