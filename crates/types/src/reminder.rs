use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{OfferRef, ReminderId, Text};

/// Reminders that one person may have, ended ones included.
pub const REMINDERS_MAX: usize = 100;
/// Longest time between two of them.
pub const REMINDER_DAYS_MAX: u16 = 730;

/// Something that a person agreed to be reminded of buying. It buys nothing: it asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Names it.
    pub id: ReminderId,
    /// What it is about: a product's name, or the person's words.
    pub what: Text<200>,
    /// What was bought, when it is about that.
    #[serde(default)]
    pub offer: Option<OfferRef>,
    /// How many pieces were bought, at least 1.
    pub pieces: u32,
    /// Days between two reminders, 1 to [`REMINDER_DAYS_MAX`].
    pub every_days: u16,
    /// When it is due next.
    pub next: Timestamp,
    /// When the person was told last, since it became due.
    #[serde(default)]
    pub told: Option<Timestamp>,
    /// How often they were told since then without an answer.
    #[serde(default)]
    pub unanswered: u8,
    /// When the person agreed, or said no.
    pub agreed_at: Timestamp,
    /// The person said no, or stopped it. Kept, so that they are not asked again.
    #[serde(default)]
    pub ended: bool,
}

impl Reminder {
    /// The time between two of them.
    pub fn period(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.every_days).saturating_mul(24))
    }

    /// Whether it is due and not ended.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.ended && self.next <= now
    }

    /// It was answered, bought or put off: the next one is so long after `from`.
    pub fn rest(&mut self, from: Timestamp, length: SignedDuration) {
        self.next = from.checked_add(length).unwrap_or(Timestamp::MAX);
        self.told = None;
        self.unanswered = 0;
    }
}
