use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use errand_engine::{Ctx, DeskDeed, DeskEntry, DeskNow, Ledger, MerchantCard, Record, Write};
use errand_gate::Decision;
use errand_types::{
    ConsentReceipt, MerchantId, Order, Profile, REMINDERS_MAX, Reminder, SessionId, UserId,
};

use crate::parts::Parts;

/// Decisions kept in memory for "why"; the journal has them all.
const DECISIONS_MAX: usize = 200;
/// Orders kept in memory.
const ORDERS_MAX: usize = 500;
/// Entries about the desk kept in memory; the journal has them all.
const DESK_MAX: usize = 1_000;

/// What one person declared and did. Shared by all sessions of that person; every step of the engine happens under its
/// lock, so that purchases side by side cannot pass a limit together.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) profile: Profile,
    pub(crate) consents: Vec<ConsentReceipt>,
    pub(crate) ledger: Ledger,
    pub(crate) orders: Vec<Order>,
    /// Ended ones included.
    pub(crate) reminders: Vec<Reminder>,
    pub(crate) decisions: VecDeque<Decision>,
    /// What happened between them and the desk, oldest first.
    pub(crate) desk: Vec<DeskEntry>,
    /// Where they spoke last: what comes by itself and needs telling once is told there.
    pub(crate) spoke_in: Option<SessionId>,
}

pub(crate) type SharedPerson = Arc<Mutex<Person>>;

pub(crate) fn lock(person: &SharedPerson) -> MutexGuard<'_, Person> {
    // A panic under this lock cannot leave half a change: `apply` assigns whole values.
    person.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Person {
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            profile,
            consents: Vec::new(),
            ledger: Ledger::default(),
            orders: Vec::new(),
            reminders: Vec::new(),
            decisions: VecDeque::new(),
            desk: Vec::new(),
            spoke_in: None,
        }
    }

    pub(crate) fn user(&self) -> &UserId {
        &self.profile.user
    }

    /// Takes a record in. The same function serves a step and a replay from the journal.
    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Decision(decision) => {
                self.decisions.push_back((**decision).clone());
                if self.decisions.len() > DECISIONS_MAX {
                    self.decisions.pop_front();
                }
            }
            Record::Spend(spend) => self.ledger.apply(spend.clone()),
            Record::Consent(receipt) => match self.consents.iter_mut().find(|r| r.id == receipt.id)
            {
                Some(old) => *old = (**receipt).clone(),
                None => self.consents.push((**receipt).clone()),
            },
            Record::Profile(profile) => {
                // The wallet is configuration: it is not in the journal and stays as it is.
                let wallet = std::mem::take(&mut self.profile.wallet);
                self.profile = (**profile).clone();
                self.profile.wallet = wallet;
            }
            Record::Order(order) => {
                match self.orders.iter_mut().find(|o| o.id == order.id) {
                    Some(old) => *old = (**order).clone(),
                    None => self.orders.insert(0, (**order).clone()),
                }
                self.orders.truncate(ORDERS_MAX);
            }
            Record::Reminder(reminder) => {
                match self.reminders.iter_mut().find(|r| r.id == reminder.id) {
                    Some(old) => *old = (**reminder).clone(),
                    None => self.reminders.push((**reminder).clone()),
                }
                // The engine sets no more than these; a journal of a later version may hold more.
                self.reminders.truncate(REMINDERS_MAX);
            }
            Record::Desk(entry) if entry.deed == DeskDeed::Began => {}
            Record::Desk(entry) => {
                self.desk.push((**entry).clone());
                if self.desk.len() > DESK_MAX {
                    self.desk.remove(0);
                }
            }
            Record::Purchase(_) => {}
        }
    }

    pub(crate) fn apply_all<'w>(&mut self, writes: impl IntoIterator<Item = &'w Write>) {
        for write in writes {
            self.apply(&write.record);
        }
    }

    /// Runs something with what the engine may know.
    pub(crate) fn with_ctx<T>(
        &self,
        parts: &Parts,
        cards: &BTreeMap<MerchantId, MerchantCard>,
        (desk, spoken_asks): (&DeskNow, u32),
        run: impl FnOnce(&Ctx<'_>) -> T,
    ) -> T {
        run(&Ctx {
            now: parts.clock.now(),
            ids: &*parts.ids,
            gate: &*parts.gate,
            values: &parts.values,
            agents: &parts.agents,
            merchants: cards,
            profile: &self.profile,
            consents: &self.consents,
            ledger: &self.ledger,
            spoken_asks,
            orders: &self.orders,
            reminders: &self.reminders,
            desk,
            desk_log: &self.desk,
        })
    }
}

/// Cards by name, as the engine wants them.
pub(crate) fn cards(parts: &Parts) -> BTreeMap<MerchantId, MerchantCard> {
    parts
        .shops
        .cards()
        .into_iter()
        .map(|card| (card.id.clone(), card))
        .collect()
}
