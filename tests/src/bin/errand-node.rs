//! A house in a process of its own: prints where it listens as one JSON line, and ends when its input is closed, or at
//! the point of its journal that was chosen.
#![expect(
    clippy::print_stdout,
    reason = "the one line is its answer to whoever started it"
)]

use clap::Parser as _;
use errand_tests::crash::{NodeArgs, serve};

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let args = NodeArgs::parse();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .init();
    serve(args, |line| println!("{line}")).await
}
