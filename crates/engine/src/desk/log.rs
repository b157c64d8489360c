//! What somebody at the desk saw and did, told to the person whose errand it was.

use errand_protocol::desk::{DeskFact, DeskSeenView};
use errand_types::Language;

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
    let name = entry.by.as_ref().map_or("", |by| by.name.as_str());
    let facts = |facts: &[DeskFact]| {
        let all: Vec<String> = facts
            .iter()
            .map(|f| words::desk_fact(language, *f))
            .collect();
        all.join(", ")
    };
    match &entry.deed {
        DeskDeed::Began => String::new(),
        DeskDeed::Asked { .. } => words::did_asked(language),
        DeskDeed::Reason(reason) => {
            words::did_reason(language, words::desk_reason(language, *reason))
        }
        DeskDeed::NobodyThere => words::did_nobody(language),
        DeskDeed::Left => words::did_left(language),
        DeskDeed::Taken(why) => words::did_take(language, name, why),
        DeskDeed::Read => words::did_read(language, name),
        DeskDeed::Said => words::did_say(language, name),
        DeskDeed::Called { tool, refused } => {
            let tool = plain(tool.as_str());
            if *refused {
                words::did_call_refused(language, name, tool)
            } else {
                words::did_call(language, name, tool)
            }
        }
        DeskDeed::AskedToSee(what) => words::did_ask_to_see(language, name, facts(what)),
        DeskDeed::Shown { facts: what, yes } => {
            if *yes {
                words::you_showed(language, facts(what))
            } else {
                words::you_did_not_show(language, facts(what))
            }
        }
        DeskDeed::Noted => words::did_note(language, name),
        DeskDeed::Back(line) => words::did_back(language, name, line),
        DeskDeed::Released => words::did_release(language, name),
        DeskDeed::Idle => words::did_idle(language, name),
        DeskDeed::SentAway => words::did_send_away(language, name),
        DeskDeed::Helped(Some(true)) => words::did_help(language),
        DeskDeed::Helped(Some(false)) => words::did_not_help(language),
        DeskDeed::Helped(None) => words::did_not_say(language),
    }
}

fn plain(tool: &str) -> String {
    tool.replace('_', " ")
}

impl Session {
    /// Who at the desk saw this person's errands.
    pub(crate) fn desk_show(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let language = ctx.language();
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
            let from = errand_sentences::moment(language, &at);
            let when = if view.at == view.until {
                from
            } else {
                words::from_to(language, from, until.strftime("%-H:%M").to_string())
            };
            out.say(words::seen_at(language, when, &view.text));
        }
        true
    }
}
