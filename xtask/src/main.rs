//! Project chores that a bare toolchain can run: `cargo xtask help`.
//!
//! It imports nothing of ours, so that it builds in seconds and can judge a house that does
//! not compile. Whatever needs our crates is started as a program of its own.
#![expect(
    clippy::print_stdout,
    reason = "a tool at the terminal: its output is what it is for"
)]
#![expect(
    clippy::print_stderr,
    reason = "a tool at the terminal: problems go to stderr"
)]

mod arrows;
mod codes;
mod files;
mod programs;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

/// Chores of this project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Everything that must hold: arrows, error pages, schemas, policy cases, agent cases. Reports file sizes.
    Check {
        /// Leave out what has to be built first: schemas, policy cases, agent cases.
        #[arg(long)]
        quick: bool,
    },
    /// Crates import only from lower floors, and foreign crates stay in their rooms.
    CheckArrows,
    /// Each stable code in the source has a page under docs/errors, and each page a code.
    Errors,
    /// Files above 400 lines, for information.
    Sizes,
    /// Runs the policy cases under policies/cases.
    Policies,
    /// Runs the agent cases under agents/.
    Agents,
    /// Writes the schemas from the types.
    Schemas {
        /// Only says whether the written schemas are up to date.
        #[arg(long)]
        check: bool,
    },
    /// Plays story files against a freshly started runtime.
    Stories {
        /// Folder with the story files.
        #[arg(long)]
        dir: PathBuf,
        /// Prints JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Runs an evaluation on a data set.
    Eval {
        /// Which evaluation.
        set: String,
        /// Folder with the data set; a bench needs none.
        #[arg(long, default_value = ".")]
        dir: PathBuf,
        /// Prints JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Puts the fixture model of the voice tests together, under target/voice.
    VoiceFixture,
    /// Measures voice; the last line is one JSON object, plots are written to target/bench-voice.
    BenchVoice {
        /// Handed to the bench program as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Measures; the last line is one JSON object.
    Bench {
        /// Handed to the bench program as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
}

fn main() -> ExitCode {
    match root().and_then(|root| run(&root, Args::parse().chore)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here
        .parent()
        .context("xtask lies in no workspace")?
        .to_owned())
}

fn run(root: &Path, chore: Chore) -> anyhow::Result<()> {
    match chore {
        Chore::Check { quick } => check(root, quick),
        Chore::CheckArrows => arrows::check(root),
        Chore::Errors => codes::check(root),
        Chore::Sizes => files::report_sizes(root),
        Chore::Policies => programs::policies(root),
        Chore::Agents => programs::agents(root),
        Chore::Schemas { check } => programs::schemas(root, check),
        Chore::Stories { dir, json } => programs::stories(root, &dir, json),
        Chore::Eval { set, dir, json } => programs::eval(root, &set, &dir, json),
        Chore::VoiceFixture => programs::voice_fixture(root),
        Chore::BenchVoice { rest } => programs::bench_voice(root, rest),
        Chore::Bench { rest } => programs::bench(root, rest),
    }
}

/// Goes on after a failure, so that one run tells everything.
fn check(root: &Path, is_quick: bool) -> anyhow::Result<()> {
    type Check = fn(&Path) -> anyhow::Result<()>;
    let quick: &[(&str, Check)] = &[
        ("arrows", arrows::check),
        ("errors", codes::check),
        ("sizes", files::report_sizes),
    ];
    let slow: &[(&str, Check)] = &[
        ("schemas", |root| programs::schemas(root, true)),
        ("policies", programs::policies),
        ("agents", programs::agents),
    ];
    let slow = if is_quick { &[] } else { slow };
    let mut failed = Vec::new();
    for (name, check) in quick.iter().chain(slow) {
        match check(root) {
            Ok(()) => println!("ok    {name}"),
            Err(error) => {
                eprintln!("fail  {name}: {error:#}");
                failed.push(*name);
            }
        }
    }
    anyhow::ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}
