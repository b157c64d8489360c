//! The composition root and the terminal face.
//!
//! [`House`] puts a house together from its rooms; settings, keys, the clock and the source of chance enter here and are handed
//! down. [`run`] is the program `errand`. What it shows is made by pure functions under `render`; what is data goes to standard
//! output, what is talk goes to standard error.
//!
//! Start reading at [`House::start`].
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one crate that may print: `up` greets and says when it stops"
)]

mod about;
mod api;
mod approve;
mod args;
mod builtin;
mod chat;
mod compose;
mod desk;
mod directory;
#[cfg(test)]
mod fake;
mod fault;
mod keys;
mod learned;
mod model;
mod model_test;
mod orders;
mod place;
mod render;
mod say;
mod scrub;
mod secret;
mod secrets;
mod settings;
mod shapes;
mod shops;
mod socket;
mod speech;
mod talk;
mod telemetry;
mod term;
#[cfg(test)]
mod tests;
mod turn;
mod up;
pub mod voice;
mod world;
mod wyoming;

use std::process::ExitCode;

/// Whatever is composed here allocates with it: a turn is many small things, and the system's own allocator took a fifth of it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser as _;

use args::{Args, Command, ModelCommand};
use fault::{Exit, Fault};
use term::Out;

pub use builtin::{BuiltIn, BuiltInShop};
pub use compose::{House, HouseConfig, model_alone};
pub use directory::{MerchantSource, ShopDirectory};
pub use model::{AnswersSetting, ApiSetting, LimitSettings, ModelSettings, language_model};
pub use settings::{PersonSettings, Settings};
pub use world::{FixedIds, SystemClock, SystemIds};
pub use wyoming::{
    EchoSetting, ListenSetting, SatelliteTable, WyomingDoors, WyomingPerson, WyomingPlan,
    WyomingTable,
};

/// The program `errand`: reads the command line, does what it says, and tells how it ended. Everything but `up` is a client: it
/// speaks to a running runtime over its socket and its HTTP calls, like any other face, and holds no authority of its own.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let mut out = Out::new(&args.look);
    let json = args.command.wants_json();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(commanded(args, &mut out));
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

async fn commanded(args: Args, out: &mut Out) -> Result<Exit, Fault> {
    match args.command {
        Command::Up(up) => up::up(up).await,
        Command::Chat(chat) => chat::chat(&args.place, &chat, out).await,
        Command::Say(say) => say::say(&args.place, &say, out).await,
        Command::Talk(talk) => speech::talk(&args.place, &talk, out).await,
        Command::Voice { command } => speech::voice(&args.place, command, out).await,
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
