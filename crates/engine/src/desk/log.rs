//! What somebody at the desk saw and did, told to the person whose errand it was.

use errand_protocol::desk::{DeskFact, DeskSeenView};
use errand_types::Language::{self, English, German};

use super::{DeskDeed, DeskEntry};
use crate::ctx::Ctx;
use crate::outbox::Outbox;
use crate::session::Session;
use crate::words;

/// Entries that are said aloud; the page has them all.
const SAID_MAX: usize = 6;
/// Reads with at most so many seconds between them are one.
const JOINED_S: i64 = 180;

/// The record of the desk in words, latest first.
pub fn desk_seen(entries: &[DeskEntry], language: Language) -> Vec<DeskSeenView> {
    let mut views: Vec<DeskSeenView> = Vec::new();
    for entry in entries.iter().filter(|e| e.deed != DeskDeed::Began) {
        let text = told(entry, language);
        // "Mara read this errand" from her first look to her last, whatever she did between.
        let same = views.iter_mut().rev().find(|view| {
            entry.deed == DeskDeed::Read
                && view.text == text
                && view.session == entry.session
                && entry.at.duration_since(view.until).as_secs() <= JOINED_S
        });
        match same {
            Some(view) => view.until = entry.at,
            None => views.push(DeskSeenView {
                session: entry.session.clone(),
                at: entry.at,
                until: entry.at,
                person: entry.by.as_ref().map(|by| by.name.to_string()),
                text,
            }),
        }
    }
    views.reverse();
    views
}

fn told(entry: &DeskEntry, language: Language) -> String {
    match language {
        English => in_english(entry),
        German => in_german(entry),
    }
}

fn name(entry: &DeskEntry) -> &str {
    entry.by.as_ref().map_or("", |by| by.name.as_str())
}

fn all(facts: &[DeskFact], language: Language) -> String {
    let all: Vec<&str> = facts
        .iter()
        .map(|f| words::desk_fact(language, *f))
        .collect();
    all.join(", ")
}

fn in_english(entry: &DeskEntry) -> String {
    let name = name(entry);
    let facts = |facts| all(facts, English);
    match &entry.deed {
        DeskDeed::Began => String::new(),
        DeskDeed::Asked { .. } => "You came into the queue for a person".into(),
        DeskDeed::Reason(reason) => format!("The queue was told: {}", reason.text()),
        DeskDeed::NobodyThere => "Nobody was at the desk".into(),
        DeskDeed::Left => "You left the queue".into(),
        DeskDeed::Taken(why) => format!("{name} took over: {why}"),
        DeskDeed::Read => format!("{name} read this errand"),
        DeskDeed::Said => format!("{name} wrote to you"),
        DeskDeed::Called { tool, refused } => {
            let tool = plain(tool.as_str());
            if *refused {
                format!("{name} wanted to do \"{tool}\", which your rules refused")
            } else {
                format!("{name} did: {tool}")
            }
        }
        DeskDeed::AskedToSee(what) => format!("{name} asked to see {}", facts(what)),
        DeskDeed::Shown { facts: what, yes } => {
            let verb = if *yes { "showed" } else { "did not show" };
            format!("You {verb} {}", facts(what))
        }
        DeskDeed::Noted => format!("{name} wrote a note for the desk"),
        DeskDeed::Back(line) => format!("{name} handed back: {line}"),
        DeskDeed::Released => format!("{name} passed you on"),
        DeskDeed::Idle => format!("{name} did not answer, you were in the queue again"),
        DeskDeed::SentAway => format!("You sent {name} away"),
        DeskDeed::Helped(Some(true)) => "You said that it helped".into(),
        DeskDeed::Helped(Some(false)) => "You said that it did not help".into(),
        DeskDeed::Helped(None) => "You did not say whether it helped".into(),
    }
}

fn in_german(entry: &DeskEntry) -> String {
    let name = name(entry);
    let facts = |facts| all(facts, German);
    match &entry.deed {
        DeskDeed::Began => String::new(),
        DeskDeed::Asked { .. } => "Du bist in die Warteschlange gekommen".into(),
        DeskDeed::Reason(_) => "Der Grund in der Warteschlange hat sich geändert".into(),
        DeskDeed::NobodyThere => "Am Schalter war niemand".into(),
        DeskDeed::Left => "Du hast die Warteschlange verlassen".into(),
        DeskDeed::Taken(why) => format!("{name} hat übernommen: {why}"),
        DeskDeed::Read => format!("{name} hat diesen Einkauf gelesen"),
        DeskDeed::Said => format!("{name} hat dir geschrieben"),
        DeskDeed::Called { tool, refused } => {
            let tool = plain(tool.as_str());
            if *refused {
                format!("{name} wollte „{tool}“, deine Regeln haben es abgelehnt")
            } else {
                format!("{name} tat: {tool}")
            }
        }
        DeskDeed::AskedToSee(what) => format!("{name} wollte sehen: {}", facts(what)),
        DeskDeed::Shown { facts: what, yes } => {
            let verb = if *yes { "gezeigt" } else { "nicht gezeigt" };
            format!("Du hast {verb}: {}", facts(what))
        }
        DeskDeed::Noted => format!("{name} hat eine Notiz für den Schalter geschrieben"),
        DeskDeed::Back(line) => format!("{name} hat zurückgegeben: {line}"),
        DeskDeed::Released => format!("{name} hat dich weitergegeben"),
        DeskDeed::Idle => {
            format!("{name} hat nicht geantwortet, du warst wieder in der Warteschlange")
        }
        DeskDeed::SentAway => format!("Du hast {name} weggeschickt"),
        DeskDeed::Helped(Some(true)) => "Du sagtest, dass es geholfen hat".into(),
        DeskDeed::Helped(Some(false)) => "Du sagtest, dass es nicht geholfen hat".into(),
        DeskDeed::Helped(None) => "Du hast nicht gesagt, ob es geholfen hat".into(),
    }
}

fn plain(tool: &str) -> String {
    tool.replace('_', " ")
}

impl Session {
    /// Who at the desk saw this person's errands.
    pub(crate) fn desk_show(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let language = ctx.profile.language;
        let views = desk_seen(ctx.desk_log, language);
        if !views.iter().any(|view| view.person.is_some()) {
            out.say(words::desk_nobody_saw(language));
            return true;
        }
        let zone = ctx.zone();
        let lines = views
            .iter()
            .filter(|view| view.person.is_some())
            .take(SAID_MAX);
        for view in lines {
            let at = view.at.to_zoned(zone.clone());
            let until = view.until.to_zoned(zone.clone());
            let when = if view.at == view.until {
                at.strftime("%a %-d %b, %-H:%M").to_string()
            } else {
                format!(
                    "{} to {}",
                    at.strftime("%a %-d %b, %-H:%M"),
                    until.strftime("%-H:%M")
                )
            };
            out.say(format!("{when}: {}", view.text));
        }
        true
    }
}
