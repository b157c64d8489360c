use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use errand_shop::{IdSeed, Shop, ShopConfig, WhichShop};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The built-in shops, running. They are strangers to the runtime like any other shop.
#[derive(Debug)]
pub struct BuiltIn {
    /// Each with its address.
    pub shops: Vec<BuiltInShop>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct BuiltInShop {
    /// Which.
    pub which: WhichShop,
    /// Where it listens.
    pub address: SocketAddr,
}

impl BuiltInShop {
    /// Its address for `errand merchant add`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl BuiltIn {
    /// Starts the three shops; `first_port` 0 takes free ones. `adjust` may change each one's set-up: a test's clock,
    /// its switches.
    ///
    /// # Errors
    /// A port that is taken, or books that cannot be read.
    pub async fn start(
        first_port: u16,
        data: Option<&Path>,
        zone: &str,
        adjust: impl Fn(&mut ShopConfig),
    ) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let mut shops = Vec::new();
        for (which, at) in WhichShop::ALL.into_iter().zip(0_u16..) {
            let port = if first_port == 0 {
                0
            } else {
                first_port.saturating_add(at)
            };
            let listener = TcpListener::bind(("127.0.0.1", port))
                .await
                .with_context(|| format!("port {port} for {} is taken", which.name()))?;
            let address = listener.local_addr()?;
            let seed = IdSeed::random().context("no source of chance")?;
            let mut config = ShopConfig::new(which, format!("http://{address}"), seed);
            zone.clone_into(&mut config.timezone);
            config.data_dir = data.map(|dir| dir.join(which.slug()));
            adjust(&mut config);
            if let Some(dir) = &config.data_dir {
                std::fs::create_dir_all(dir)
                    .with_context(|| format!("cannot make `{}`", dir.display()))?;
            }
            let opened =
                Shop::open(config).with_context(|| format!("{} cannot open", which.name()))?;
            let stop = stop.clone();
            tasks.spawn(async move {
                if let Err(error) = errand_shop::serve(listener, opened, stop).await {
                    tracing::error!(%error, "a built-in shop stopped");
                }
            });
            shops.push(BuiltInShop { which, address });
        }
        Ok(Self { shops, stop, tasks })
    }

    /// Closes them.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }

    /// The public register of the issuers in the shops' world.
    pub fn register() -> Arc<str> {
        errand_shop::REGISTER_TOML.into()
    }
}
