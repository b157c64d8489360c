//! Plays story files against a freshly started runtime over its real socket: `cargo xtask stories --dir DIR --json`.
//!
//! One line for each story; with `--json` each is an object, and the last line sums up.
#![expect(
    clippy::print_stdout,
    reason = "a program at the terminal: its output is what it is for"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use errand_tests::stories::{Outcome, load_dir, load_file, play};
use serde_json::json;

/// Plays story files.
#[derive(Debug, Parser)]
struct Args {
    /// Folder with the story files.
    #[arg(long)]
    dir: PathBuf,
    /// Prints one JSON object for each story and one at the end.
    #[arg(long)]
    json: bool,
    /// Only stories whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Also shows what was said.
    #[arg(long)]
    verbose: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let (mut passed, mut failed) = (0_u32, 0_u32);
    for path in load_dir(&args.dir)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if !name.contains(&args.only) {
            continue;
        }
        let outcome = match load_file(&path) {
            Ok(story) => play(&story).await,
            // A file that is no story is told like a story that went wrong: the others are still played.
            Err(error) => Outcome {
                story: name.into_owned(),
                passed: false,
                differed: vec![format!("{error:#}")],
                ms: 0,
                heard: Vec::new(),
                orders: Vec::new(),
                planners: Vec::new(),
            },
        };
        if outcome.passed {
            passed += 1;
        } else {
            failed += 1;
        }
        tell(&outcome, args.json)?;
        if args.verbose {
            for turn in &outcome.heard {
                println!("   > {turn}");
            }
        }
    }
    if args.json {
        println!(
            "{}",
            json!({ "stories": passed + failed, "passed": passed, "failed": failed })
        );
    } else {
        println!("{passed} passed, {failed} differed");
    }
    let is_good = failed == 0 && passed > 0;
    Ok(if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell(outcome: &Outcome, is_json: bool) -> anyhow::Result<()> {
    if is_json {
        println!("{}", serde_json::to_string(outcome)?);
        return Ok(());
    }
    let mark = if outcome.passed { "ok  " } else { "DIFF" };
    println!("{mark} {} ({} ms)", outcome.story, outcome.ms);
    for line in &outcome.differed {
        println!("     {line}");
    }
    Ok(())
}
