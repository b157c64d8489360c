use errand_protocol::desk::{DeskPair, DeskPaired, DeskPerson, DeskSeenView, DeskStats};

use crate::api::Api;
use crate::args::{DeskCommand, PlaceArgs};
use crate::fault::{Exit, Fault};
use crate::render::table::{Row, Table};
use crate::render::{about, look::Look, notes};
use crate::term::Out;

/// Gives access to the desk, takes it away, counts; and shows who saw one's own errands.
pub(crate) async fn desk(
    place: &PlaceArgs,
    command: &DeskCommand,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let api = Api::at(place)?;
    match command {
        DeskCommand::Pair { name, json } => {
            let body = DeskPair { name: name.clone() };
            let paired: DeskPaired = api.post(&["desk", "people"], &body).await?;
            if *json {
                out.json(&paired)?;
            } else {
                let text = format!(
                    "{} may come to the desk, at `/desk` of the page. This is the token, shown once:",
                    paired.person.name
                );
                out.talk(&notes::say(&text, &out.talk));
                out.data(&[paired.token]);
            }
        }
        DeskCommand::List { json } => {
            let people: Vec<DeskPerson> = api.get(&["desk", "people"], &[]).await?;
            if *json {
                out.json(&people)?;
            } else {
                let rows = people
                    .iter()
                    .map(|p| vec![p.name.clone(), p.id.to_string()]);
                let table = table(&["name", "id"], rows);
                show(
                    &table,
                    "there is no desk: `errand desk pair NAME` makes one",
                    out,
                );
            }
        }
        DeskCommand::Remove { name } => {
            api.delete(&["desk", "people", name]).await?;
            let text = format!("{name} may no longer come to the desk.");
            out.talk(&notes::say(&text, &out.talk));
        }
        DeskCommand::Stats { json } => {
            let stats: DeskStats = api.get(&["desk", "stats"], &[]).await?;
            if *json {
                out.json(&stats)?;
            } else {
                let table = table(&["what", "count"], counted(&stats).into_iter());
                show(&table, "nothing was counted", out);
            }
        }
        DeskCommand::Seen { json } => {
            let seen: Vec<DeskSeenView> = api.get(&["desk", "seen"], &[]).await?;
            if *json {
                out.json(&seen)?;
            } else {
                let look = &out.data;
                let rows: Vec<Vec<String>> = seen.iter().map(|one| told(one, look)).collect();
                let table = table(&["when", "what"], rows.into_iter());
                show(
                    &table,
                    "nobody at the desk has seen any of your errands",
                    out,
                );
            }
        }
    }
    Ok(Exit::Done)
}

fn told(one: &DeskSeenView, look: &Look) -> Vec<String> {
    let when = if one.at == one.until {
        look.moment(one.at)
    } else {
        format!("{} to {}", look.moment(one.at), look.moment(one.until))
    };
    vec![when, one.text.clone()]
}

fn counted(stats: &DeskStats) -> Vec<Vec<String>> {
    let share = format!(
        "{}.{} %",
        stats.containment_permille / 10,
        stats.containment_permille % 10
    );
    let seconds = |s: Option<u64>| s.map_or_else(|| "-".to_owned(), |s| format!("{s} s"));
    let rows = [
        ("conversations", stats.conversations.to_string()),
        ("without the desk", format!("{} ({share})", stats.contained)),
        ("asked for a person", stats.asked.to_string()),
        ("nobody was there", stats.nobody_there.to_string()),
        ("taken over", stats.taken.to_string()),
        ("wait, half within", seconds(stats.wait_s_median)),
        ("wait, nine of ten within", seconds(stats.wait_s_p90)),
        ("handed back", stats.handed_back.to_string()),
        ("did not come back", stats.resolved.to_string()),
        ("left the queue", stats.left.to_string()),
        ("sent the person away", stats.sent_away.to_string()),
        ("it helped", stats.helped.to_string()),
        ("it did not help", stats.not_helped.to_string()),
        ("did not say", stats.not_said.to_string()),
    ];
    rows.into_iter()
        .map(|(what, count)| vec![what.to_owned(), count])
        .collect()
}

fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Table {
    Table {
        numbered: false,
        name: 0,
        rows: rows
            .map(|cells| Row {
                cells,
                note: String::new(),
            })
            .collect(),
        heads: heads.iter().map(|h| (*h).to_owned()).collect(),
    }
}

fn show(table: &Table, empty: &str, out: &mut Out) {
    let lines = if out.is_screen() {
        about::listed(table, empty, &out.data)
    } else {
        table.tabs()
    };
    out.data(&lines);
}
