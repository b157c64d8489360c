//! Arrows between crates: held against the table of rooms and floors in ARCHITECTURE.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Foreign crates that only some of our crates may import. Tests may import what they like.
const ROOMS: &[(&str, &[&str])] = &[
    ("alsa", &["voice-device"]),
    ("async-openai", &["llm"]),
    ("axum", &["server", "shop"]),
    ("cedar-policy", &["policy"]),
    ("clap", &["cli", "tests", "eval", "voice-bench", "xtask"]),
    ("config", &["cli"]),
    ("cpal", &["voice-device"]),
    ("libloading", &["voice-sphinx"]),
    ("maud", &["server"]),
    ("metrics-exporter-prometheus", &["server", "cli", "tests"]),
    (
        "reqwest",
        &["merchant", "llm", "voice-device", "cli", "tests"],
    ),
    ("ring", &["trust", "merchant", "server", "shop", "cli"]),
    // The evaluations measure its full-text search beside ours.
    ("rusqlite", &["journal", "eval"]),
    ("rustls", &["cli", "merchant", "voice-device", "tests"]),
    ("rustyline", &["cli"]),
    ("tantivy", &["index", "eval"]),
    ("tokio-tungstenite", &["cli", "tests"]),
    ("tracing-subscriber", &["cli", "tests"]),
    // The bench holds the pipeline against a caller that does nothing else.
    ("whisper-rs", &["voice-device", "voice-bench"]),
];

/// Pure rooms: no async runtime, no log, no chance of their own.
const PURE: &[&str] = &[
    "types",
    "sentences",
    "gate",
    "values",
    "trust",
    "catalog",
    "index",
    "protocol",
    "model",
    "engine",
    "policy",
    "offline",
    "voice-core",
    "voice-wyoming",
];
const NOT_IN_PURE: &[&str] = &[
    "tokio",
    "tokio-util",
    "tracing",
    "metrics",
    "rand",
    "futures-util",
];

/// Foreign crates that nobody may name.
const BANNED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "chrono",
    "native-tls",
    "openssl",
    "ort",
    "sqlx",
];

/// One crate and what its manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) name: String,
    pub(crate) imports: Vec<Import>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) is_for_tests: bool,
}

pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let path = root.join("ARCHITECTURE.md");
    let text = fs::read_to_string(&path).context("cannot read ARCHITECTURE.md")?;
    let problems = problems(&rooms(root)?, &floors(&text));
    anyhow::ensure!(problems.is_empty(), "{}", problems.join("\n      "));
    Ok(())
}

fn rooms(root: &Path) -> anyhow::Result<Vec<Room>> {
    let manifest = root.join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()?;
    let rooms = metadata.workspace_packages().into_iter().map(|package| {
        let imports = package.dependencies.iter().map(|dependency| Import {
            name: bare(&dependency.name).to_owned(),
            is_for_tests: dependency.kind == DependencyKind::Development,
        });
        Room {
            name: bare(&package.name).to_owned(),
            imports: imports.collect(),
        }
    });
    Ok(rooms.collect())
}

fn bare(name: &str) -> &str {
    name.strip_prefix("errand-").unwrap_or(name)
}

/// Reads rows like ``| 4 | `journal` | ...``; `-` for a crate that stands outside of the floors.
pub(crate) fn floors(text: &str) -> BTreeMap<String, Option<u8>> {
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let floor = cells.next()?;
        let name = cells.next()?.strip_prefix('`')?.split('`').next()?;
        let floor = if floor == "-" {
            None
        } else {
            Some(floor.parse().ok()?)
        };
        Some((name.to_owned(), floor))
    });
    rows.collect()
}

pub(crate) fn problems(rooms: &[Room], floors: &BTreeMap<String, Option<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for room in rooms {
        let Some(floor) = floors.get(&room.name) else {
            found.push(format!(
                "`{}` has no row in the table of ARCHITECTURE.md",
                room.name
            ));
            continue;
        };
        for import in &room.imports {
            found.extend(upward(room, *floor, import, floors));
            found.extend(foreign(room, import));
        }
    }
    for name in floors
        .keys()
        .filter(|name| rooms.iter().all(|room| room.name != **name))
    {
        found.push(format!(
            "ARCHITECTURE.md has a row for `{name}`, which is no crate here"
        ));
    }
    found
}

fn upward(
    room: &Room,
    floor: Option<u8>,
    import: &Import,
    floors: &BTreeMap<String, Option<u8>>,
) -> Option<String> {
    // A crate's tests may ask for what it keeps ready for the tests of others.
    if import.is_for_tests && import.name == room.name {
        return None;
    }
    let theirs = floors.get(&import.name)?;
    match (floor, theirs) {
        (Some(floor), Some(theirs)) if *theirs < floor => None,
        (Some(floor), Some(theirs)) => Some(format!(
            "`{}` (floor {floor}) imports `{}` (floor {theirs}): only lower floors may be imported",
            room.name, import.name
        )),
        (None, _) | (_, None) => Some(format!(
            "`{}` and `{}` must not know each other",
            room.name, import.name
        )),
    }
}

fn foreign(room: &Room, import: &Import) -> Option<String> {
    let (who, what) = (room.name.as_str(), import.name.as_str());
    if BANNED.contains(&what) {
        return Some(format!(
            "`{who}` imports `{what}`, which this project does without"
        ));
    }
    if import.is_for_tests {
        return None;
    }
    if NOT_IN_PURE.contains(&what) && PURE.contains(&who) {
        return Some(format!("`{who}` imports `{what}`, but it is a pure room"));
    }
    let (_, allowed) = ROOMS.iter().find(|(name, _)| *name == what)?;
    let is_allowed = allowed.contains(&who);
    (!is_allowed).then(|| {
        format!(
            "`{who}` imports `{what}`, which only {} may do",
            allowed.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "
| floor | crate | job |
|---|---|---|
| 7 | `cli` (binary `errand`) | all |
| 4 | `journal` | keeps |
| 4 | `tools` | does |
| 1 | `types` | is |
| - | `xtask` | chores |
";

    fn room(name: &str, imports: &[&str]) -> Room {
        let imports = imports.iter().map(|import| Import {
            name: import.trim_start_matches('~').to_owned(),
            is_for_tests: import.starts_with('~'),
        });
        Room {
            name: name.to_owned(),
            imports: imports.collect(),
        }
    }

    fn house() -> Vec<Room> {
        vec![
            room("cli", &["journal", "types", "clap"]),
            room("journal", &["types", "rusqlite", "tokio"]),
            room("tools", &["types", "~axum"]),
            room("types", &["serde"]),
            room("xtask", &["clap"]),
        ]
    }

    fn problems_with(changed: Room) -> Vec<String> {
        let mut house = house();
        house.retain(|room| room.name != changed.name);
        house.push(changed);
        problems(&house, &floors(TABLE))
    }

    #[test]
    fn the_table_is_read_with_its_floors() {
        let floors = floors(TABLE);

        assert_eq!(floors.len(), 5);
        assert_eq!((floors["cli"], floors["xtask"]), (Some(7), None));
    }

    #[test]
    fn a_house_whose_arrows_all_point_down_has_no_problem() {
        assert_eq!(problems(&house(), &floors(TABLE)), [] as [&str; 0]);
    }

    #[test]
    fn an_upward_arrow_is_refused() {
        let problems = problems_with(room("types", &["journal"]));

        assert_eq!(
            problems,
            ["`types` (floor 1) imports `journal` (floor 4): only lower floors may be imported"]
        );
    }

    #[test]
    fn an_arrow_on_the_same_floor_is_refused_even_for_tests() {
        assert_eq!(problems_with(room("tools", &["journal"])).len(), 1);
        assert_eq!(problems_with(room("tools", &["~journal"])).len(), 1);
    }

    #[test]
    fn a_crate_may_name_itself_for_its_tests_alone() {
        assert_eq!(
            problems_with(room("journal", &["~journal"])),
            [] as [&str; 0]
        );
        assert_eq!(problems_with(room("journal", &["journal"])).len(), 1);
    }

    #[test]
    fn the_chores_import_nothing_of_ours() {
        assert_eq!(problems_with(room("xtask", &["types"])).len(), 1);
        assert_eq!(problems_with(room("cli", &["xtask"])).len(), 1);
    }

    #[test]
    fn a_foreign_crate_outside_of_its_room_is_refused() {
        for (who, what) in [
            ("tools", "rusqlite"),
            ("tools", "cedar-policy"),
            ("types", "tokio"),
            ("cli", "sqlx"),
        ] {
            assert_eq!(
                problems_with(room(who, &[what])).len(),
                1,
                "{who} -> {what}"
            );
        }
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_told() {
        assert_eq!(problems_with(room("attic", &[])).len(), 1);

        let mut house = house();
        house.retain(|room| room.name != "tools");
        assert_eq!(problems(&house, &floors(TABLE)).len(), 1);
    }
}
