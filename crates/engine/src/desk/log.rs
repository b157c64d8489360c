//! What somebody at the desk saw and did, told to the person whose errand it was.

use errand_protocol::desk::DeskSeenView;
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
    let name = entry
        .by
        .as_ref()
        .map_or_else(String::new, |by| by.name.to_string());
    let facts = |facts: &[errand_protocol::desk::DeskFact]| {
        let all: Vec<String> = facts
            .iter()
            .map(|f| words::desk_fact(language, *f).to_owned())
            .collect();
        all.join(", ")
    };
    match (language, &entry.deed) {
        (English | German, DeskDeed::Began) => String::new(),
        (English, DeskDeed::Asked { .. }) => "You came into the queue for a person".into(),
        (English, DeskDeed::Reason(reason)) => format!("The queue was told: {}", reason.text()),
        (English, DeskDeed::NobodyThere) => "Nobody was at the desk".into(),
        (English, DeskDeed::Left) => "You left the queue".into(),
        (English, DeskDeed::Taken(why)) => format!("{name} took over: {why}"),
        (English, DeskDeed::Read) => format!("{name} read this errand"),
        (English, DeskDeed::Said) => format!("{name} wrote to you"),
        (
            English,
            DeskDeed::Called {
                tool,
                refused: false,
            },
        ) => format!("{name} did: {}", plain(tool.as_str())),
        (
            English,
            DeskDeed::Called {
                tool,
                refused: true,
            },
        ) => {
            format!(
                "{name} wanted to do \"{}\", which your rules refused",
                plain(tool.as_str())
            )
        }
        (English, DeskDeed::AskedToSee(what)) => format!("{name} asked to see {}", facts(what)),
        (
            English,
            DeskDeed::Shown {
                facts: what,
                yes: true,
            },
        ) => format!("You showed {}", facts(what)),
        (
            English,
            DeskDeed::Shown {
                facts: what,
                yes: false,
            },
        ) => format!("You did not show {}", facts(what)),
        (English, DeskDeed::Noted) => format!("{name} wrote a note for the desk"),
        (English, DeskDeed::Back(line)) => format!("{name} handed back: {line}"),
        (English, DeskDeed::Released) => format!("{name} passed you on"),
        (English, DeskDeed::Idle) => format!("{name} did not answer, you were in the queue again"),
        (English, DeskDeed::SentAway) => format!("You sent {name} away"),
        (English, DeskDeed::Helped(Some(true))) => "You said that it helped".into(),
        (English, DeskDeed::Helped(Some(false))) => "You said that it did not help".into(),
        (English, DeskDeed::Helped(None)) => "You did not say whether it helped".into(),
        (German, DeskDeed::Asked { .. }) => "Du bist in die Warteschlange gekommen".into(),
        (German, DeskDeed::Reason(reason)) => {
            format!("Die Warteschlange erfuhr: {}", reason.text())
        }
        (German, DeskDeed::NobodyThere) => "Am Schalter war niemand".into(),
        (German, DeskDeed::Left) => "Du hast die Warteschlange verlassen".into(),
        (German, DeskDeed::Taken(why)) => format!("{name} hat übernommen: {why}"),
        (German, DeskDeed::Read) => format!("{name} hat diesen Einkauf gelesen"),
        (German, DeskDeed::Said) => format!("{name} hat dir geschrieben"),
        (
            German,
            DeskDeed::Called {
                tool,
                refused: false,
            },
        ) => format!("{name} tat: {}", plain(tool.as_str())),
        (
            German,
            DeskDeed::Called {
                tool,
                refused: true,
            },
        ) => {
            format!(
                "{name} wollte „{}“, deine Regeln haben es abgelehnt",
                plain(tool.as_str())
            )
        }
        (German, DeskDeed::AskedToSee(what)) => format!("{name} wollte sehen: {}", facts(what)),
        (
            German,
            DeskDeed::Shown {
                facts: what,
                yes: true,
            },
        ) => format!("Du hast gezeigt: {}", facts(what)),
        (
            German,
            DeskDeed::Shown {
                facts: what,
                yes: false,
            },
        ) => format!("Du hast nicht gezeigt: {}", facts(what)),
        (German, DeskDeed::Noted) => format!("{name} hat eine Notiz für den Schalter geschrieben"),
        (German, DeskDeed::Back(line)) => format!("{name} hat zurückgegeben: {line}"),
        (German, DeskDeed::Released) => format!("{name} hat dich weitergegeben"),
        (German, DeskDeed::Idle) => {
            format!("{name} hat nicht geantwortet, du warst wieder in der Warteschlange")
        }
        (German, DeskDeed::SentAway) => format!("Du hast {name} weggeschickt"),
        (German, DeskDeed::Helped(Some(true))) => "Du sagtest, dass es geholfen hat".into(),
        (German, DeskDeed::Helped(Some(false))) => "Du sagtest, dass es nicht geholfen hat".into(),
        (German, DeskDeed::Helped(None)) => "Du hast nicht gesagt, ob es geholfen hat".into(),
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
