//! Runs an evaluation on a data set: `cargo xtask eval SET --dir DIR --json`.
//!
//! A set is a module that reads a folder and gives one JSON object; it is entered in [`SETS`]. The set `voice` is a program of
//! `errand-voice-bench`, because it needs speech engines.

mod beside;
mod data;
mod dialogue;
mod generated;
mod icecat;
mod language_bench;
mod magentic;
mod pcparts;
mod relevance;
mod search_bench;

use std::path::PathBuf;

use clap::Parser;

/// An evaluation: reads a folder, gives its result.
type Run = fn(&std::path::Path) -> anyhow::Result<serde_json::Value>;

/// The evaluations of this version by name. They come with the work that they measure.
const SETS: &[(&str, Run)] = &[
    ("dialogue", dialogue::run),
    ("language-bench", language_bench::run),
    ("query-weights", dialogue::weights),
    ("pcparts", pcparts::run),
    ("magentic", magentic::run),
    ("icecat", icecat::run),
    ("search-bench", search_bench::run),
    ("search-bench-quick", search_bench::quick),
];

/// Runs an evaluation.
#[derive(Debug, Parser)]
struct Args {
    /// Which evaluation.
    set: String,
    /// Folder with the data set; a bench needs none.
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Prints one JSON object instead of indented text.
    #[arg(long)]
    json: bool,
}

#[expect(
    clippy::print_stdout,
    reason = "a program at the terminal: its output is what it is for"
)]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let Some((_, run)) = SETS.iter().find(|(name, _)| *name == args.set) else {
        let known: Vec<&str> = SETS.iter().map(|(name, _)| *name).collect();
        if known.is_empty() {
            anyhow::bail!(
                "there is no evaluation set `{}`: this version has no evaluation sets",
                args.set
            );
        }
        anyhow::bail!(
            "there is no evaluation set `{}`; known: {}",
            args.set,
            known.join(", ")
        );
    };
    let result = run(&args.dir)?;
    if args.json {
        println!("{result}");
    } else {
        println!("{result:#}");
    }
    Ok(())
}
