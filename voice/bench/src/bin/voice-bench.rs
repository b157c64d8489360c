//! Measures voice; the last line is one JSON object.
#![expect(clippy::print_stdout, reason = "a command speaks to its terminal")]

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use errand_voice_bench::{bench, people, waking};

/// What is measured is what errand runs on.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(about = "Measures voice; the last line is one JSON object")]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Spoken digits of people, and noises: `cargo xtask eval voice`.
    People {
        /// Folder with the data set.
        #[arg(long)]
        dir: PathBuf,
        /// Only this recogniser (may be given again): pocketsphinx, whisper, or both together.
        #[arg(long)]
        engine: Vec<String>,
        /// Prints one JSON object instead of indented text.
        #[arg(long)]
        json: bool,
        /// Few of everything, to see that it runs; the figures mean nothing.
        #[arg(long)]
        quick: bool,
    },
    /// Everything that has a target: `make bench-voice`.
    Bench {
        /// Few of everything, to see that it runs; the figures mean nothing.
        #[arg(long)]
        quick: bool,
        /// Only these parts.
        #[arg(long, value_enum)]
        only: Vec<bench::Part>,
        /// Where plots are written to.
        #[arg(long, default_value = "target/bench-voice")]
        plots: PathBuf,
        /// Sentences of others, one on each line, that are read aloud to the wake word, each by a voice by chance: for the hours that
        /// a claim about false calls needs. Some four seconds each.
        #[arg(long)]
        texts: Option<PathBuf>,
    },
    /// Listens to a file of raw samples (16 bits, little-endian, mono, 16 kHz) and tells each wake word as a line of JSON.
    Wakes {
        /// The file.
        file: PathBuf,
    },
    /// Tells its own memory; started by the bench.
    Memory,
    /// Tells the memory of many streams; started by the bench, with their sound on the standard input.
    Streams {
        /// How many.
        #[arg(long)]
        count: usize,
        /// Something is played on each.
        #[arg(long)]
        plays: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Args::parse().what {
        What::People {
            dir,
            engine,
            json,
            quick,
        } => {
            let effort = if quick {
                people::Effort::QUICK
            } else {
                people::Effort::WHOLE
            };
            let result = people::run(&dir, effort, &engine)?;
            if json {
                println!("{result}");
            } else {
                println!("{result:#}");
            }
        }
        What::Bench {
            quick,
            only,
            plots,
            texts,
        } => {
            let effort = if quick {
                bench::Effort::QUICK
            } else {
                bench::Effort::WHOLE
            };
            let parts = if only.is_empty() {
                bench::Part::ALL.to_vec()
            } else {
                only
            };
            if cfg!(debug_assertions) {
                println!("not a release build: CPU times are too long");
            }
            let texts = texts.map(std::fs::read_to_string).transpose()?;
            let texts = texts.iter().flat_map(|texts| texts.lines());
            let texts = texts.map(str::trim).filter(|text| !text.is_empty());
            let texts = texts.map(ToOwned::to_owned).collect();
            let result = bench::run(&parts, effort, Path::new(&plots), texts, &|line| {
                println!("{line}");
            })?;
            println!("{result}");
        }
        What::Wakes { file } => waking::file(&file, &|line| println!("{line}"))?,
        What::Memory => println!("{}", bench::resident()?),
        What::Streams { count, plays } => {
            println!("{}", bench::crowd(std::io::stdin(), count, plays)?);
        }
    }
    Ok(())
}
