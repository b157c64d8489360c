use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use errand_cli::{BuiltIn, FixedIds, House, HouseConfig, SatelliteTable};
use errand_merchant::ClientLimits;
use errand_runtime::Runtime;
use errand_types::Profile;
use errand_voice_talk::Streams;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::runtime::Runtime as Threads;

use super::{Client, HouseClock, Shops};
use crate::talker::Talker;

/// How often a house is tried to be started again on the data of one that was killed.
const RESTARTS: usize = 20;

/// What a world is made of.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The person. The zone of the profile is also the shops'.
    pub profile: Profile,
    /// What the clock shows at first.
    pub start: Timestamp,
    /// Bounds of the shops' clients.
    pub limits: ClientLimits,
    /// How long a shop keeps the answer to a payment back when its bank is slow.
    pub payment_hold: Duration,
    /// Short names of shops that are not connected.
    pub left_out: Vec<String>,
    /// Keep the journal on disk, so that the house can be killed and started again.
    pub on_disk: bool,
    /// A language model that plans instead of the offline planner.
    pub talker: Option<Arc<Talker>>,
    /// What hears and speaks.
    pub streams: Option<Streams>,
    /// Satellites that are dialled.
    pub satellites: Vec<SatelliteTable>,
}

impl SetUp {
    /// A world for this person with the bounds of the product.
    pub fn new(profile: Profile, start: Timestamp) -> Self {
        Self {
            profile,
            start,
            limits: ClientLimits::default(),
            payment_hold: Duration::from_secs(2),
            left_out: Vec::new(),
            on_disk: false,
            talker: None,
            streams: None,
            satellites: Vec::new(),
        }
    }
}

/// Three shops, a runtime with its real socket, and one clock for all.
#[derive(Debug)]
pub struct World {
    set_up: SetUp,
    /// The clock.
    pub clock: HouseClock,
    /// The shops.
    pub shops: Shops,
    data: Option<TempDir>,
    running: Option<Running>,
    lives: u64,
}

/// A house on threads of its own, so that it can be taken away in the middle of anything.
#[derive(Debug)]
struct Running {
    threads: Option<Threads>,
    house: Option<House>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

impl World {
    /// Starts shops and house.
    ///
    /// # Errors
    /// Whatever does not fit together.
    pub async fn start(set_up: SetUp) -> anyhow::Result<Self> {
        let mut world = Self::shops_only(set_up).await?;
        world.open().await?;
        Ok(world)
    }

    /// Starts the shops; [`World::open`] starts the house.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn shops_only(set_up: SetUp) -> anyhow::Result<Self> {
        let clock = HouseClock::new(set_up.start);
        let zone = set_up.profile.zone.to_string();
        let shops = Shops::start(&clock, &zone, None, set_up.payment_hold).await?;
        let data = set_up.on_disk.then(TempDir::new).transpose()?;
        Ok(Self {
            set_up,
            clock,
            shops,
            data,
            running: None,
            lives: 0,
        })
    }

    /// Starts the house, on the data of an earlier one if there is any.
    ///
    /// # Errors
    /// Whatever does not fit together.
    pub async fn open(&mut self) -> anyhow::Result<()> {
        self.lives += 1;
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let mut running = Running {
            threads: Some(threads),
            house: None,
        };
        let mut tries = 0;
        let house = loop {
            let config = self.config()?;
            let handle = running
                .threads
                .as_ref()
                .context("threads were just made")?
                .handle()
                .clone();
            tries += 1;
            match handle.spawn(House::start(config)).await? {
                Ok(house) => break house,
                // The journal of a killed house is free once its last thread noticed.
                Err(_) if tries < RESTARTS && self.lives > 1 => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        };
        if let Some(talker) = &self.set_up.talker {
            talker.think_with(Arc::clone(&house.offline));
        }
        running.house = Some(house);
        self.running = Some(running);
        Ok(())
    }

    fn config(&self) -> anyhow::Result<HouseConfig> {
        let clock = Arc::new(self.clock.clone());
        // A house that is started again draws other ids than the one before it.
        let ids = Arc::new(FixedIds::new(self.lives));
        let mut config = HouseConfig::in_memory(self.set_up.profile.clone(), clock, ids);
        config.data = self.data.as_ref().map(|dir| PathBuf::from(dir.path()));
        config.merchants = self.shops.sources(&self.set_up.left_out)?;
        config.registers = vec![BuiltIn::register()];
        config.shops = self.set_up.limits.clone();
        let talker = self.set_up.talker.as_ref();
        config.streams.clone_from(&self.set_up.streams);
        config
            .wyoming
            .satellites
            .clone_from(&self.set_up.satellites);
        config.language_model = talker.map(|t| t.server()).transpose()?;
        Ok(config)
    }

    /// The folder of the journal, when it is on disk.
    pub fn data(&self) -> Option<&Path> {
        self.data.as_ref().map(TempDir::path)
    }

    /// The running house.
    ///
    /// # Errors
    /// When it was killed.
    pub fn house(&self) -> anyhow::Result<&House> {
        let house = self.running.as_ref().and_then(|r| r.house.as_ref());
        house.context("the house was killed and not started again")
    }

    /// The running runtime.
    ///
    /// # Errors
    /// When it was killed.
    pub fn runtime(&self) -> anyhow::Result<&Runtime> {
        Ok(&self.house()?.runtime)
    }

    /// A new session.
    ///
    /// # Errors
    /// When the handshake is refused.
    pub async fn client(&self) -> anyhow::Result<Client> {
        let house = self.house()?;
        Client::connect(house.address, &house.token).await
    }

    /// The session of a connection that is gone, after the last event that arrived there.
    ///
    /// # Errors
    /// When the handshake is refused.
    pub async fn resume(&self, session: &str, last: Option<&str>) -> anyhow::Result<Client> {
        let house = self.house()?;
        Client::resume(house.address, &house.token, session, last).await
    }

    /// Enrols another device of the same person and gives its token.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn pair(&self) -> anyhow::Result<String> {
        let user = self.set_up.profile.user.clone();
        let runtime = self.runtime()?.clone();
        let threads = self.running.as_ref().and_then(|r| r.threads.as_ref());
        let handle = threads.context("the house was killed")?.handle().clone();
        Ok(handle
            .spawn(async move { runtime.enrol(&user, "another device").await })
            .await??)
    }

    /// Lets time go by for shops and runtime.
    ///
    /// # Errors
    /// When the house was killed.
    pub async fn advance(&self, by: SignedDuration) -> anyhow::Result<()> {
        self.clock.advance(by);
        self.runtime()?.tick().await;
        Ok(())
    }

    /// Takes the house away at once: nothing is heard out, nothing is written any more. The shops go on.
    pub async fn kill(&mut self) {
        if let Some(mut running) = self.running.take()
            && let Some(threads) = running.threads.take()
        {
            let house = running.house.take();
            let end = move || {
                threads.shutdown_timeout(Duration::from_secs(5));
                drop(house);
            };
            // A thread that cannot be waited for ends by itself.
            let _ = tokio::task::spawn_blocking(end).await;
        }
    }

    /// Closes everything in good order.
    pub async fn stop(mut self) {
        if let Some(mut running) = self.running.take() {
            if let (Some(threads), Some(house)) = (&running.threads, running.house.take()) {
                let _ = threads.handle().spawn(house.stop()).await;
            }
            drop(running);
        }
        self.shops.stop().await;
    }
}
