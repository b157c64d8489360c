//! Shops once at a shop by a fixed script, with the real client, and prints the wire log as JSON.
//!
//! For graders and for trying a shop by hand: `errand-ucp-drive --base http://127.0.0.1:8184`. Uses test tokens only.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use errand_merchant::{ClientConfig, Connector, Doors, MerchantError, WireLog};
use errand_types::{Clock, MerchantId};
use jiff::Timestamp;

mod kit;
mod script;

/// The time of this machine.
#[derive(Debug)]
struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Why the script could not be played to its end.
#[derive(Debug, thiserror::Error)]
enum DriveError {
    #[error("usage: errand-ucp-drive --base URL [--item ID] [--kind card] [--token TOKEN]")]
    Usage,
    #[error("{0}: {code}", code = .0.code())]
    Merchant(#[from] MerchantError),
    #[error("the log cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log is what counts; a script that stopped early still has one, and this says why it stopped.
            drop(writeln!(std::io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Vec<String>) -> Result<(), DriveError> {
    let mut base = None;
    let mut task = script::Task::default();
    let mut args = args.into_iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or(DriveError::Usage)?;
        match name.as_str() {
            "--base" => base = Some(value),
            "--item" => task.item = value,
            "--kind" => task.kind = value,
            "--token" => task.token = value,
            _ => return Err(DriveError::Usage),
        }
    }
    let base = base.ok_or(DriveError::Usage)?;
    let log = WireLog::new(1_000);
    let notes = kit::Notes::default();
    let doors = Doors {
        clock: Arc::new(WallClock),
        ids: Arc::new(kit::Chance::default()),
        intents: Arc::new(notes.clone()),
        log: log.clone(),
        jitter_seed: 1,
    };
    let config = ClientConfig {
        profile_url: "https://errand.example/ucp/profile.json".to_owned(),
        locale: Some("en-US".to_owned()),
        loopback: true,
        ..ClientConfig::default()
    };
    let id = MerchantId::parse("shop").map_err(|_| DriveError::Usage)?;
    let shop = Connector::new(config, doors)?.stranger(&base, id)?;
    let played = script::play(&shop, &task).await;
    writeln!(std::io::stdout(), "{}", log.export(None))?;
    let ended = played?;
    writeln!(
        std::io::stderr(),
        "{ended:?}, {} intents written down first",
        notes.all().len()
    )?;
    Ok(())
}
