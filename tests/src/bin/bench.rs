//! Measures what errand costs; the last line is one JSON object.
#![expect(clippy::print_stdout, reason = "a command speaks to its terminal")]

use clap::{Parser, Subcommand};
use errand_tests::bench::{Effort, Figure, Part, machine, run};
use errand_tests::crash::{NodeArgs, serve};
use serde_json::{Map, Value, json};

#[derive(Debug, Parser)]
#[command(about = "Measures what errand costs; the last line is one JSON object")]
struct Args {
    /// Few of everything, to see that it runs; the figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Only these parts.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    #[command(subcommand)]
    other: Option<Other>,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Is the house whose memory is measured; started by the measurement itself.
    Node(NodeArgs),
}

// One thread for all tasks: a turn is worked on by one task after the other, and what moving between threads costs the
// system is not errand's.
#[tokio::main(worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
    // On that thread, too, and not beside it.
    tokio::spawn(measure()).await?
}

async fn measure() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(Other::Node(args)) = args.other {
        return serve(args, |line| println!("{line}")).await;
    }
    let effort = if args.quick {
        Effort::QUICK
    } else {
        Effort::WHOLE
    };
    let before = machine();
    println!("machine: {before}");
    if cfg!(debug_assertions) {
        println!("not a release build: the figures mean nothing");
    }
    let parts = if args.only.is_empty() {
        Part::ALL.to_vec()
    } else {
        args.only
    };
    let tell = |figure: &Figure| println!("{}", figure.text());
    let figures = run(&parts, effort, tell).await?;
    let by_name: Map<String, Value> = figures
        .iter()
        .map(|figure| (figure.name.to_owned(), figure.json()))
        .collect();
    let all_met = figures.iter().all(Figure::is_met);
    println!(
        "{}",
        json!({ "machine": before, "load_after": machine().get("load_average"), "quick": args.quick,
            "figures": by_name, "all_met": all_met })
    );
    Ok(())
}
