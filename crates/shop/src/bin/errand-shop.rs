//! One demo shop on its own: `errand-shop --shop NAME --port N [--admin] [--data DIR] [--timezone ZONE]`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to its terminal"
)]

use std::path::PathBuf;
use std::process::ExitCode;

use errand_shop::{IdSeed, Shop, ShopConfig, WhichShop, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const USAGE: &str = "usage: errand-shop --shop pantry-lane|volt-wire|hearth-thread [--port N] [--admin] [--data DIR] [--timezone ZONE]";

struct Wanted {
    which: WhichShop,
    port: u16,
    admin: bool,
    data: Option<PathBuf>,
    timezone: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(wanted) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(wanted).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut words: impl Iterator<Item = String>) -> Option<Wanted> {
    let mut which = None;
    let mut wanted = (0, false, None, "UTC".to_owned());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--shop" => which = WhichShop::from_slug(&words.next()?),
            "--port" => wanted.0 = words.next()?.parse().ok()?,
            "--admin" => wanted.1 = true,
            "--data" => wanted.2 = Some(PathBuf::from(words.next()?)),
            "--timezone" => wanted.3 = words.next()?,
            _ => return None,
        }
    }
    let (port, admin, data, timezone) = wanted;
    which.map(|which| Wanted {
        which,
        port,
        admin,
        data,
        timezone,
    })
}

async fn run(wanted: Wanted) -> Result<(), String> {
    let listener = TcpListener::bind(("127.0.0.1", wanted.port))
        .await
        .map_err(|error| format!("port {} cannot be used: {error}", wanted.port))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let ids = IdSeed::random().ok_or("the system gave no randomness")?;
    let mut config = ShopConfig::new(wanted.which, format!("http://{address}"), ids);
    config.admin = wanted.admin;
    config.data_dir = wanted.data;
    config.timezone = wanted.timezone;
    let shop = Shop::open(config).map_err(|error| error.to_string())?;
    println!("{} is open at http://{address}", wanted.which.name());
    let shutdown = CancellationToken::new();
    let token = shutdown.clone();
    let signal = async move {
        // Without a signal handler the shop simply stays open until it is killed.
        if tokio::signal::ctrl_c().await.is_ok() {
            token.cancel();
        } else {
            std::future::pending::<()>().await;
        }
    };
    let (served, ()) = tokio::join!(serve(listener, shop, shutdown.clone()), async move {
        tokio::select! {
            () = signal => {}
            () = shutdown.cancelled() => {}
        }
    });
    served.map_err(|error| error.to_string())
}
