//! The shop's books: everything that lasts, and how it is kept on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::trade::basket::{Basket, Buyer, DeliveryWish, Note};
use crate::trade::life::OrderRecord;

/// All records of one shop.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Books {
    /// How many ids were drawn.
    pub(crate) drawn: u64,
    /// By how many seconds `/_test/clock` moved this shop ahead of its clock.
    pub(crate) clock_ahead_s: i64,
    pub(crate) carts: BTreeMap<String, CartRecord>,
    pub(crate) checkouts: BTreeMap<String, CheckoutRecord>,
    pub(crate) orders: BTreeMap<String, OrderRecord>,
    /// By order: the checkout as it was answered on completion. It never changes again.
    pub(crate) settled: BTreeMap<String, Value>,
    pub(crate) charges: Vec<Charge>,
    /// Pieces sold (positive) or brought back (negative) by variant.
    pub(crate) sold: BTreeMap<String, i64>,
    /// Stock and price that replace the catalog's.
    pub(crate) overrides: BTreeMap<String, Override>,
    pub(crate) replies: BTreeMap<String, StoredReply>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Override {
    pub(crate) stock: Option<u32>,
    pub(crate) price: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CartRecord {
    pub(crate) id: String,
    pub(crate) basket: Basket,
    pub(crate) made_at: Timestamp,
    /// The checkout that this cart became.
    pub(crate) checkout: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CheckoutRecord {
    pub(crate) id: String,
    pub(crate) basket: Basket,
    pub(crate) buyer: Option<Buyer>,
    pub(crate) wish: DeliveryWish,
    pub(crate) hold: Option<Hold>,
    pub(crate) phase: Phase,
    pub(crate) made_at: Timestamp,
    /// Messages about the last attempt to pay; the next update clears them.
    pub(crate) notes: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Phase {
    Open,
    /// The buyer has to act at the shop's own page.
    Escalated(Escalation),
    Completed {
        order: String,
    },
    Canceled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Escalation {
    /// The bank wants to see the buyer.
    BankCheck,
    /// The shop wants the buyer to choose a delivery time.
    ScheduleDelivery,
}

/// A delivery window kept free for a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hold {
    pub(crate) slot: String,
    pub(crate) until: Timestamp,
}

/// One attempt to take money.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) at: Timestamp,
    pub(crate) checkout: String,
    pub(crate) order: Option<String>,
    pub(crate) amount: i64,
    /// `charged`, `declined`, `challenged` or `never_sent`.
    pub(crate) outcome: String,
}

/// An answer kept for repeats under the same idempotency key.
// No Debug: the body may hold an address.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredReply {
    /// SHA-256 over method, path and body, base 64.
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) at: Timestamp,
}

/// How long an answer is kept for repeats.
const REPLY_KEPT: SignedDuration = SignedDuration::from_hours(25);
/// How long an open cart or an ended checkout is kept.
const IDLE_KEPT: SignedDuration = SignedDuration::from_hours(72);

/// Most answers kept for repeats.
pub(crate) const REPLIES_MAX: usize = 32_768;
/// Most carts, and most checkouts.
pub(crate) const OPEN_MAX: usize = 50_000;
/// Most orders.
pub(crate) const ORDERS_MAX: usize = 200_000;

impl Books {
    /// The completed checkout of an order.
    pub(crate) fn settled(&self, order: &str) -> Option<Value> {
        self.settled.get(order).cloned()
    }

    /// Drops what is old enough to be forgotten. Orders and charges stay.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        let fresh = |at: Timestamp, kept: SignedDuration| now.duration_since(at) < kept;
        self.replies.retain(|_, reply| fresh(reply.at, REPLY_KEPT));
        self.carts.retain(|_, cart| fresh(cart.made_at, IDLE_KEPT));
        self.checkouts
            .retain(|_, checkout| fresh(checkout.made_at, IDLE_KEPT));
    }

    /// Reads the books from a folder, or opens new ones.
    pub(crate) fn read(dir: &Path, name: &str) -> io::Result<Self> {
        match fs::read(file(dir, name)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(dir)?;
                Ok(Self::default())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes the books beside the old ones and then takes their place, so that a process
    /// killed at any point leaves whole books behind.
    pub(crate) fn write(&self, dir: &Path, name: &str) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        let draft = dir.join(format!("{name}.books.new"));
        fs::write(&draft, bytes)?;
        fs::rename(draft, file(dir, name))
    }
}

fn file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.books.json"))
}
