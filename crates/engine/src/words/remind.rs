//! Reminders.

use errand_types::{Language, Reminder};
use jiff::Timestamp;

pub(crate) use said::{
    no_reminders, remind_of_what, reminder_headline, reminder_refused, reminders_full,
};

use super::{count_word, list};
use crate::ctx::Ctx;

mod said {
    errand_sentences::sentences! {
        REMIND = "remind";
        remind_of_what(); reminders_full(); no_reminders(); reminder_headline(); reminder_refused();
        every_days(n, word); every_weeks(n, word); every_months(n, word);
        for_days(n, word); for_weeks(n, word); for_months(n, word);
        how_often(what); reminder_set(what, every, day); put_off(what, day); declined(day); ended(what); of_nothing();
        reminder_line(what, every, day); due_again(what); due_again_many(what, word); due_look(what);
        reminder_why(day, every); offer_reminder(title, long);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::REMIND
}

/// Days, weeks or months, whichever comes out even.
enum Span {
    Days(u32),
    Weeks(u32),
    Months(u32),
}

fn span(days: u16) -> Span {
    let days = u32::from(days);
    if days.is_multiple_of(30) {
        Span::Months(days / 30)
    } else if days.is_multiple_of(7) {
        Span::Weeks(days / 7)
    } else {
        Span::Days(days)
    }
}

/// `every three weeks`.
fn every(language: Language, days: u16) -> String {
    match span(days) {
        Span::Days(n) => said::every_days(language, n, count_word(language, n)),
        Span::Weeks(n) => said::every_weeks(language, n, count_word(language, n)),
        Span::Months(n) => said::every_months(language, n, count_word(language, n)),
    }
}

/// `three weeks`, `a month`.
fn length(language: Language, days: u16) -> String {
    match span(days) {
        Span::Days(n) => said::for_days(language, n, count_word(language, n)),
        Span::Weeks(n) => said::for_weeks(language, n, count_word(language, n)),
        Span::Months(n) => said::for_months(language, n, count_word(language, n)),
    }
}

fn date(at: Timestamp, ctx: &Ctx<'_>) -> String {
    errand_sentences::date(ctx.language(), at.to_zoned(ctx.zone()).date())
}

pub(crate) fn remind_how_often(language: Language, what: &str) -> String {
    said::how_often(language, what)
}

pub(crate) fn reminder_set(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let every = every(language, reminder.every_days);
    said::reminder_set(language, &reminder.what, every, date(reminder.next, ctx))
}

pub(crate) fn reminder_put_off(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    said::put_off(ctx.language(), &reminder.what, date(reminder.next, ctx))
}

pub(crate) fn reminder_declined(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    said::declined(ctx.language(), date(reminder.next, ctx))
}

pub(crate) fn reminders_ended(language: Language, ended: &[Reminder]) -> String {
    let all: Vec<String> = ended.iter().map(|r| r.what.to_string()).collect();
    said::ended(language, list(language, &all))
}

pub(crate) fn reminders(standing: &[Reminder], ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    if standing.is_empty() {
        return said::of_nothing(language);
    }
    let lines: Vec<String> = standing
        .iter()
        .map(|r| {
            let every = every(language, r.every_days);
            said::reminder_line(language, &r.what, every, date(r.next, ctx))
        })
        .collect();
    lines.join("\n")
}

pub(crate) fn reminder_due(language: Language, reminder: &Reminder) -> String {
    match (&reminder.offer, reminder.pieces) {
        (Some(_), 1) => said::due_again(language, &reminder.what),
        (Some(_), n) => said::due_again_many(language, &reminder.what, count_word(language, n)),
        (None, _) => said::due_look(language, &reminder.what),
    }
}

pub(crate) fn reminder_why(reminder: &Reminder, ctx: &Ctx<'_>) -> String {
    let language = ctx.language();
    let every = every(language, reminder.every_days);
    said::reminder_why(language, date(reminder.agreed_at, ctx), every)
}

pub(crate) fn offer_reminder(language: Language, title: &str, lasts: u16) -> String {
    said::offer_reminder(language, title, length(language, lasts))
}
