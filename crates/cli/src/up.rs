use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use crate::voice::{VoiceParts, VoicePlace, WakeSetting};
use crate::{BuiltIn, House, HouseConfig, MerchantSource, Settings, SystemClock, SystemIds};
use anyhow::Context as _;
use clap::Args;
use errand_types::MerchantId;

use crate::fault::{Exit, Fault};
use crate::place::data_dir;

/// How the runtime is started.
#[derive(Debug, Clone, Args)]
pub(crate) struct UpArgs {
    /// Port of the runtime on this machine; the built-in shops take the three after it. 0 takes free ones.
    #[arg(long, default_value_t = 7420)]
    pub(crate) port: u16,
    /// Folder of the data: journal, keys, the token of this machine.
    #[arg(long, value_name = "DIR", env = "ERRAND_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Do not open the page in a browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Start the built-in shops beside the runtime. This is the default.
    #[arg(long, overrides_with = "no_shops")]
    pub(crate) shops: bool,
    /// Do not start the built-in shops.
    #[arg(long, overrides_with = "shops")]
    pub(crate) no_shops: bool,
    /// Settings file.
    #[arg(long, value_name = "FILE", env = "ERRAND_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Serve callers that speak Wyoming there, for example 127.0.0.1:10300. Wyoming has no passwords: other machines than
    /// this one must be named in the settings.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) wyoming: Option<std::net::SocketAddr>,
}

/// Starts the runtime, and the shops beside it, until it is interrupted.
pub(crate) async fn up(args: UpArgs) -> Result<Exit, Fault> {
    run(args)
        .await
        .map_err(|error| Fault::ours(format!("{error:#}")))?;
    Ok(Exit::Done)
}

async fn run(args: UpArgs) -> anyhow::Result<()> {
    let _spans = crate::telemetry::init();
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new()
        .install_recorder()
        .context("the metrics cannot be set up")?;
    errand_runtime::describe_metrics();
    errand_merchant::metrics::describe();
    errand_voice_talk::describe();

    let settings = settings(args.config.as_deref())?;
    let profile = settings.person.profile()?;
    let data = data_dir(args.data.as_ref());
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make `{}`", data.display()))?;
    let shops = if args.no_shops {
        None
    } else {
        let first = if args.port == 0 {
            0
        } else {
            args.port.saturating_add(1)
        };
        Some(
            BuiltIn::start(
                first,
                Some(&data.join("shops")),
                profile.zone.as_str(),
                |_| {},
            )
            .await?,
        )
    };
    let mut config = HouseConfig::in_memory(
        profile,
        Arc::new(SystemClock),
        Arc::new(SystemIds::default()),
    );
    config.data = Some(data.clone());
    config.port = args.port;
    config.metrics = Some(metrics);
    config.loopback_shops = settings.allow_loopback_shops.unwrap_or(true);
    config.language_model = settings
        .model
        .map(|model| model.server(|name| std::env::var(name).ok()))
        .transpose()
        .context("the language model")?;
    let voice = settings
        .voice
        .plan(|name| std::env::var(name).ok())
        .context("the table `[voice]`")?;
    let models = data.clone();
    let wants_wake = voice.wake == WakeSetting::On;
    let opened = tokio::task::spawn_blocking(move || {
        voice.open(VoicePlace {
            data: Some(&models),
            test_model: None,
        })
    });
    let opened = opened.await.context("the speech engines")?;
    tell_wake(wants_wake, &opened);
    config.voice = Some(opened);
    config.wyoming = settings
        .wyoming
        .plan(args.wyoming)
        .context("the table `[wyoming]`")?;
    config.profile_url = settings.profile_url;
    config.allowed_origins = settings.allowed_origins;
    config.operator_policies = settings.operator_policies.map(PathBuf::from);
    if let Some(shops) = &shops {
        config.registers = vec![BuiltIn::register()];
        for shop in &shops.shops {
            let id = MerchantId::parse(shop.which.slug())?;
            // They charge nobody, so that a voice is enough there from the first purchase on.
            config.profile.speech.merchants.push(id.clone());
            config.merchants.push(MerchantSource {
                url: shop.url(),
                id: Some(id),
                name: shop.which.name().to_owned(),
            });
        }
    }
    for url in settings.merchants {
        config.merchants.push(MerchantSource {
            name: url.clone(),
            url,
            id: None,
        });
    }
    let house = House::start(config).await?;
    greet(&house, shops.as_ref(), &data);
    if !args.no_open {
        open(&house.url());
    }
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
    eprintln!("\nstopping: payments under way are heard out");
    house.stop().await;
    if let Some(shops) = shops {
        shops.stop().await;
    }
    Ok(())
}

/// A wake word that was asked for and is not there is told at the start.
fn tell_wake(is_wanted: bool, voice: &VoiceParts) {
    if is_wanted && let Some((detail, fix)) = voice.lacks_wake() {
        let fix = fix.unwrap_or("`errand voice doctor` tells more");
        eprintln!("wake word: {detail}; nobody can call errand by it. {fix}");
    }
}

pub(crate) fn settings(path: Option<&std::path::Path>) -> anyhow::Result<Settings> {
    let Some(path) = path else {
        return Ok(Settings::default());
    };
    let shown = path.display();
    config::Config::builder()
        .add_source(config::File::from(path).format(config::FileFormat::Toml))
        .build()
        .with_context(|| format!("the settings `{shown}` cannot be read"))?
        .try_deserialize()
        .with_context(|| format!("the settings `{shown}`"))
}

fn greet(house: &House, shops: Option<&BuiltIn>, data: &std::path::Path) {
    println!("errand {} is up", env!("CARGO_PKG_VERSION"));
    println!("  page       {}", house.url());
    let program = std::env::current_exe()
        .map_or_else(|_| "errand".to_owned(), |path| path.display().to_string());
    println!("  terminal   `{program} chat` in another window, `{program} talk` to do it aloud");
    if let Some(shops) = shops {
        for shop in &shops.shops {
            println!("  shop       {}, {}", shop.which.name(), shop.url());
        }
    }
    if let Some(doors) = &house.wyoming {
        if let Some(address) = doors.address {
            println!("  wyoming    {address}");
        }
        for satellite in doors.satellites.borrow().iter() {
            println!("  satellite  {}", satellite.name);
        }
    }
    println!("  data       {}", data.display());
    println!("Nobody is charged: the built-in shops take a test card. Ctrl-C stops it.");
}

/// Opens the page where there is a screen; elsewhere the address was printed.
fn open(url: &str) {
    let has_screen = cfg!(target_os = "macos")
        || std::env::var_os("DISPLAY").is_some()
        || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if !has_screen {
        return;
    }
    let command = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let spawned = std::process::Command::new(command)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if spawned.is_err() {
        eprintln!("the page could not be opened by itself; open {url}");
    }
}
