//! `errand`: the terminal face and the composition root.
//!
//! Everything but `up` is a client: it speaks to a running runtime over its socket and its HTTP calls, like any other
//! face, and holds no authority of its own. What is shown is made by pure functions under [`render`]; what is data goes
//! to standard output, what is talk goes to standard error.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one crate that may print: `up` greets and says when it stops"
)]

mod about;
mod api;
mod approve;
mod args;
mod chat;
mod desk;
#[cfg(test)]
mod fake;
mod fault;
mod keys;
mod model_test;
mod orders;
mod place;
mod render;
mod say;
mod scrub;
mod shapes;
mod shops;
mod socket;
mod talk;
mod telemetry;
mod term;
#[cfg(test)]
mod tests;
mod turn;
mod up;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command, ModelCommand};
use fault::{Exit, Fault};
use term::Out;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = Out::new(&args.look);
    let json = args.command.wants_json();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(args, &mut out));
            // A thread that waits for a key must not hold the process.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(Fault::ours(format!("cannot start: {error}"))),
    };
    match result {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(fault) => {
            out.fault(&fault, json);
            ExitCode::from(fault.exit.code())
        }
    }
}

async fn run(args: Args, out: &mut Out) -> Result<Exit, Fault> {
    match args.command {
        Command::Up(up) => up::up(up).await,
        Command::Chat(chat) => chat::chat(&args.place, &chat, out).await,
        Command::Say(say) => say::say(&args.place, &say, out).await,
        Command::Orders(orders) => orders::orders(&args.place, &orders, out).await,
        Command::Approve(approve) => approve::approve(&args.place, &approve, out).await,
        Command::Why(why) => about::why(&args.place, &why, out).await,
        Command::Merchant { command } => shops::merchant(&args.place, &command, out).await,
        Command::Model {
            command: ModelCommand::Test { config, json },
        } => model_test::test(config.as_deref(), json, out).await,
        Command::Doctor(json) => about::doctor(&args.place, json.json, out).await,
        Command::Profile(json) => about::profile(&args.place, json.json, out).await,
        Command::Consents(consents) => about::consents(&args.place, &consents, out).await,
        Command::Device { command } => about::device(&args.place, &command, out).await,
        Command::Desk { command } => desk::desk(&args.place, &command, out).await,
        Command::Session { command } => about::session(&args.place, &command, out).await,
    }
}
