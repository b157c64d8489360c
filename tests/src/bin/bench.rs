//! Measures what errand costs; the last line is one JSON object.
#![expect(clippy::print_stdout, reason = "a command speaks to its terminal")]

use clap::{Parser, Subcommand};
use errand_tests::bench::{Effort, Figure, machine, run};
use errand_tests::crash::{NodeArgs, serve};
use serde_json::{Map, Value, json};

#[derive(Debug, Parser)]
#[command(about = "Measures what errand costs; the last line is one JSON object")]
struct Args {
    /// Few of everything, to see that it runs; the figures mean nothing.
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Is the house whose memory is measured; started by the measurement itself.
    Node(NodeArgs),
}

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(Part::Node(args)) = args.part {
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
    let figures = run(effort, |figure: &Figure| println!("{}", figure.text())).await?;
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
