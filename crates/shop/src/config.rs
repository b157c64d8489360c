//! What a shop is started with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::ids::IdSeed;

/// Which of the three demo merchants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WhichShop {
    /// Groceries, household, drugstore and flowers.
    PantryLane,
    /// Electronics, computers, appliances and bicycles.
    VoltWire,
    /// Home, furniture, kitchenware, clothing and toys.
    HearthThread,
}

impl WhichShop {
    /// All three, in a fixed order.
    pub const ALL: [Self; 3] = [Self::PantryLane, Self::VoltWire, Self::HearthThread];

    /// The short name, as in file names and on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::PantryLane => "pantry-lane",
            Self::VoltWire => "volt-wire",
            Self::HearthThread => "hearth-thread",
        }
    }

    /// The name on the door.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PantryLane => "Pantry Lane",
            Self::VoltWire => "Volt & Wire",
            Self::HearthThread => "Hearth & Thread",
        }
    }

    /// The company that is paid.
    pub const fn company(self) -> &'static str {
        match self {
            Self::PantryLane => "Pantry Lane Ltd",
            Self::VoltWire => "Volt & Wire Inc",
            Self::HearthThread => "Hearth & Thread Inc",
        }
    }

    /// The shop with this short name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shop| shop.slug() == slug)
    }

    /// What product ids start with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::PantryLane => "pl",
            Self::VoltWire => "vw",
            Self::HearthThread => "ht",
        }
    }
}

/// Everything a shop needs to open.
#[derive(Debug, Clone)]
pub struct ShopConfig {
    /// Which merchant to be.
    pub which: WhichShop,
    /// Origin under which the shop is reached, without a trailing slash.
    pub base_url: String,
    /// Origin of the pages for people (`continue_url`, order pages). `None` = `base_url`.
    /// The protocol wants https here; on plain loopback only a TLS front can give that.
    pub page_url: Option<String>,
    /// Source of time.
    pub clock: Arc<dyn Clock>,
    /// Secret that ids are drawn from.
    pub ids: IdSeed,
    /// Folder for the books; `None` keeps them in memory only.
    pub data_dir: Option<PathBuf>,
    /// Mounts `/_test/..`: reading the books, moving the clock, faults. Never on a shop that
    /// strangers can reach.
    pub admin: bool,
    /// IANA time zone in which delivery windows are cut, such as `America/New_York`.
    pub timezone: String,
    /// How long `timeout_token` and `timeout_nocharge_token` keep an answer back.
    pub payment_hold: Duration,
}

impl ShopConfig {
    /// A shop in memory, on the machine's clock, in UTC, without test switches.
    pub fn new(which: WhichShop, base_url: impl Into<String>, ids: IdSeed) -> Self {
        Self {
            which,
            base_url: base_url.into().trim_end_matches('/').to_owned(),
            page_url: None,
            clock: Arc::new(SystemClock),
            ids,
            data_dir: None,
            admin: false,
            timezone: "UTC".to_owned(),
            payment_hold: Duration::from_secs(30),
        }
    }
}
