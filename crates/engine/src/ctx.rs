use std::collections::BTreeMap;

use errand_gate::Decide;
use errand_types::{
    ConsentReceipt, DataClass, Ids, Language, MerchantId, Order, Profile, Reminder, Text,
};
use errand_values::Evaluator;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::agents::Agents;
use crate::ledger::Ledger;

/// What the engine may know at one step. Nothing in it is from the call that is judged.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// The time now.
    pub now: Timestamp,
    /// The source of ids.
    pub ids: &'a dyn Ids,
    /// The gate.
    pub gate: &'a dyn Decide,
    /// The values evaluator.
    pub values: &'a Evaluator,
    /// The agents.
    pub agents: &'a Agents,
    /// Connected shops.
    pub merchants: &'a BTreeMap<MerchantId, MerchantCard>,
    /// The person.
    pub profile: &'a Profile,
    /// What was given to whom.
    pub consents: &'a [ConsentReceipt],
    /// What was spent and is reserved.
    pub ledger: &'a Ledger,
    /// How often this person was asked by voice lately whether to pay, in any session.
    pub spoken_asks: u32,
    /// Orders, latest first.
    pub orders: &'a [Order],
    /// What the person is reminded of, ended ones included.
    pub reminders: &'a [Reminder],
    /// How things are at the desk.
    pub desk: &'a crate::desk::DeskNow,
    /// What happened between the person and the desk, oldest first.
    pub desk_log: &'a [crate::desk::DeskEntry],
}

impl Ctx<'_> {
    /// What the person speaks and is answered in.
    pub fn language(&self) -> Language {
        self.profile.language
    }

    /// The person's time zone; UTC when it is unknown.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(self.profile.zone.as_str()).unwrap_or(TimeZone::UTC)
    }

    /// Now, in the person's zone.
    pub fn local(&self) -> Zoned {
        self.now.to_zoned(self.zone())
    }

    /// Minute of the person's day, 0 to 1439.
    pub fn local_minute(&self) -> u16 {
        let local = self.local();
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        u16::try_from(minute).unwrap_or(0)
    }

    /// The shop's own name, or ours for it.
    pub fn shop_name(&self, id: &MerchantId) -> String {
        self.merchants
            .get(id)
            .map_or_else(|| id.to_string(), |m| m.name.to_string())
    }

    /// The word for a label.
    pub fn label_word(&self, label: &str) -> String {
        let labels = self.values.labels();
        labels.id(label).map_or_else(
            || label.to_owned(),
            |id| labels.word(id, self.language()).to_owned(),
        )
    }
}

/// What the engine knows about a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantCard {
    /// Our name.
    pub id: MerchantId,
    /// Its own name.
    pub name: Text<120>,
    /// Its legal name: the payee.
    pub legal_name: Text<200>,
    /// Where it is.
    pub origin: Text<300>,
    /// What it needs to know to deliver.
    pub wants: Vec<DataClass>,
    /// It has bookable delivery windows.
    pub slots: bool,
    /// Orders can be cancelled and returned by its interface.
    pub care: bool,
    /// It said that agents may not buy.
    pub forbids_agents: bool,
    /// A signature of it was wrong.
    pub bad_signature: bool,
}
