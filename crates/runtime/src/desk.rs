//! The room where people help: who has access, who is there, what waits, and how it does. All of it is folded from the
//! journal, so that it is the same after a restart.

mod tally;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use errand_engine::{DeskBy, DeskDeed, DeskEntry, DeskNow, Stage, Ticket};
use errand_journal::{Durability, Expected, Journal, Seq, read_all};
use errand_protocol::desk::{
    DeskPaired, DeskPerson, DeskQueue, DeskReason, DeskStats, DeskTicket, Seen,
};
use errand_trust::{base64url, sha256};
use errand_types::{Clock, DeskId, Ids, Language, SessionId, Text, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::records::stream;
use tally::Tally;

const STREAM: &str = "desk";
/// People with access over time.
const PEOPLE_MAX: usize = 1_000;
/// Somebody whose page was not heard for so long is not there.
const THERE_S: i64 = 120;

/// One record of who has access.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    id: DeskId,
    name: Text<40>,
    /// Digest of the token; absent when the access was taken away.
    digest: Option<String>,
}

/// An errand in the queue, or held.
#[derive(Debug, Clone)]
struct Open {
    user: UserId,
    since: Timestamp,
    reason: DeskReason,
    language: Language,
    who: Text<40>,
    holder: Option<(DeskBy, Timestamp)>,
}

#[derive(Debug, Default)]
struct State {
    access: BTreeMap<DeskId, Access>,
    by_digest: BTreeMap<String, DeskId>,
    /// When somebody was last heard, and whether they said that they are there.
    heard: BTreeMap<DeskId, (Timestamp, bool)>,
    tickets: BTreeMap<SessionId, Open>,
    tally: Tally,
}

/// The desk of an installation.
#[derive(Debug)]
pub(crate) struct Desk {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    began: Timestamp,
    state: Mutex<State>,
}

/// Why nobody was given access.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PairError {
    /// The name is empty, too long, or taken.
    #[error("{0}")]
    Name(&'static str),
    /// The journal cannot be written.
    #[error("the journal cannot be written: {0}")]
    Journal(String),
}

impl Desk {
    pub(crate) async fn open(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, String> {
        let stored = read_all(&*journal, &stream(STREAM)?, Seq::START, PEOPLE_MAX * 2)
            .await
            .map_err(|e| e.to_string())?;
        let mut state = State::default();
        for stored in stored {
            let access = serde_json::from_value(stored.body).map_err(|e| e.to_string())?;
            state.admit(access);
        }
        Ok(Self {
            began: clock.now(),
            journal,
            clock,
            ids,
            state: Mutex::new(state),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whole values are assigned under this lock; a panic leaves none half.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn exists(&self) -> bool {
        !self.state().by_digest.is_empty()
    }

    /// Who holds this token, looked up by its digest.
    pub(crate) fn holder(&self, token: &str) -> Option<DeskBy> {
        if token.is_empty() || token.len() > 200 {
            return None;
        }
        let digest = base64url(&sha256(token.as_bytes()));
        let state = self.state();
        let access = state.access.get(state.by_digest.get(&digest)?)?;
        Some(DeskBy {
            id: access.id.clone(),
            name: access.name.clone(),
        })
    }

    /// Gives somebody access; the token is shown once.
    pub(crate) async fn pair(&self, name: &str) -> Result<DeskPaired, PairError> {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 40 {
            return Err(PairError::Name("a name at the desk has 1 to 40 characters"));
        }
        if self.find(name).is_some() {
            return Err(PairError::Name("somebody of that name is at the desk"));
        }
        if self.state().access.len() >= PEOPLE_MAX {
            return Err(PairError::Name(
                "as many people as may ever have access had it",
            ));
        }
        let token = format!("errand_desk_{}{}", self.ids.tail(), self.ids.tail());
        let access = Access {
            id: DeskId::fresh(&*self.ids),
            name: Text::clip(name),
            digest: Some(base64url(&sha256(token.as_bytes()))),
        };
        let person = access.person();
        self.keep(access).await?;
        Ok(DeskPaired { person, token })
    }

    /// Takes access away by name. `false`: nobody of that name has it.
    pub(crate) async fn remove(&self, name: &str) -> Result<bool, PairError> {
        let Some(mut access) = self.find(name) else {
            return Ok(false);
        };
        access.digest = None;
        self.keep(access).await?;
        Ok(true)
    }

    fn find(&self, name: &str) -> Option<Access> {
        let state = self.state();
        let known = state.access.values().filter(|a| a.digest.is_some());
        let named = |a: &&Access| a.name.as_str().eq_ignore_ascii_case(name.trim());
        known.into_iter().find(named).cloned()
    }

    async fn keep(&self, access: Access) -> Result<(), PairError> {
        let stream = stream(STREAM).map_err(PairError::Journal)?;
        let record = errand_journal::Record::new("access", &access);
        self.journal
            .append(
                &stream,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                self.clock.now(),
            )
            .await
            .map_err(|e| PairError::Journal(e.to_string()))?;
        self.state().admit(access);
        Ok(())
    }

    /// Who has access.
    pub(crate) fn people(&self) -> Vec<DeskPerson> {
        let state = self.state();
        let known = state.access.values().filter(|a| a.digest.is_some());
        known.map(Access::person).collect()
    }

    /// Somebody is heard: they are there.
    pub(crate) fn hear(&self, by: &DeskBy, here: Option<bool>) {
        let now = self.clock.now();
        let mut state = self.state();
        let heard = state.heard.entry(by.id.clone()).or_insert((now, true));
        *heard = (now, here.unwrap_or(heard.1));
    }

    /// How things are, for the engine.
    pub(crate) fn now(&self) -> DeskNow {
        let now = self.clock.now();
        let state = self.state();
        DeskNow {
            exists: !state.by_digest.is_empty(),
            open: state.is_open(now),
            settling: state.heard.is_empty() && now.duration_since(self.began).as_secs() <= THERE_S,
            waiting: state
                .waiting()
                .into_iter()
                .map(|(id, _)| id.clone())
                .collect(),
        }
    }

    /// Something happened; counted for those who measure.
    pub(crate) fn note(&self, user: &UserId, entry: &DeskEntry) {
        let waited = self.recall(user, entry);
        let state = self.state();
        tally::measure(entry, waited, state.waiting().len());
    }

    /// Something happened, now or before the process began. Returns how long somebody waited who is taken over by it.
    pub(crate) fn recall(&self, user: &UserId, entry: &DeskEntry) -> Option<u64> {
        self.state().apply(user, entry)
    }

    /// Where a session stands, as the journal has it.
    pub(crate) fn stage_of(&self, id: &SessionId) -> Stage {
        let state = self.state();
        let Some(open) = state.tickets.get(id) else {
            return Stage::Alone;
        };
        let ticket = Ticket {
            since: open.since,
            reason: open.reason,
            place: 0,
        };
        match &open.holder {
            None => Stage::Waiting(ticket),
            Some((by, last)) => Stage::Taken {
                by: by.clone(),
                ticket,
                last: *last,
                told: false,
            },
        }
    }

    /// Sessions that wait or are held.
    pub(crate) fn open_tickets(&self) -> Vec<(SessionId, UserId)> {
        let state = self.state();
        let tickets = state.tickets.iter();
        tickets
            .map(|(id, open)| (id.clone(), open.user.clone()))
            .collect()
    }

    /// Whose session it is, when it waits or is held.
    pub(crate) fn user_of(&self, id: &SessionId) -> Option<UserId> {
        self.state().tickets.get(id).map(|open| open.user.clone())
    }

    pub(crate) fn queue(&self, by: &DeskBy, midnight: Timestamp) -> DeskQueue {
        let now = self.clock.now();
        let state = self.state();
        let mine = state.tickets.iter().filter_map(|(id, open)| {
            let (holder, _) = open.holder.as_ref()?;
            (holder.id == by.id).then(|| open.ticket(id, now))
        });
        DeskQueue {
            me: DeskPerson {
                id: by.id.clone(),
                name: by.name.to_string(),
            },
            here: state.is_there(&by.id, now),
            waiting: state
                .waiting()
                .into_iter()
                .map(|(id, open)| open.ticket(id, now))
                .collect(),
            mine: mine.collect(),
            done_today: state.tally.done_since(midnight),
        }
    }

    pub(crate) fn stats(&self) -> DeskStats {
        self.state().tally.stats()
    }
}

impl Access {
    fn person(&self) -> DeskPerson {
        DeskPerson {
            id: self.id.clone(),
            name: self.name.to_string(),
        }
    }
}

impl Open {
    fn ticket(&self, id: &SessionId, now: Timestamp) -> DeskTicket {
        let waited = now.duration_since(self.since).as_secs();
        DeskTicket {
            session: id.clone(),
            who: Seen::first_name(Some(self.who.as_str())),
            reason: self.reason,
            reason_text: self.reason.text().to_owned(),
            since: self.since,
            waited_s: u64::try_from(waited).unwrap_or(0),
            language: self.language,
        }
    }
}

impl State {
    fn admit(&mut self, access: Access) {
        self.by_digest.retain(|_, id| *id != access.id);
        if let Some(digest) = &access.digest {
            self.by_digest.insert(digest.clone(), access.id.clone());
        } else {
            self.heard.remove(&access.id);
        }
        self.access.insert(access.id.clone(), access);
    }

    fn is_there(&self, id: &DeskId, now: Timestamp) -> bool {
        self.heard
            .get(id)
            .is_some_and(|(at, here)| *here && now.duration_since(*at).as_secs() <= THERE_S)
    }

    fn is_open(&self, now: Timestamp) -> bool {
        self.heard.keys().any(|id| self.is_there(id, now))
    }

    /// What waits: an outcome that is not known first, then the oldest.
    fn waiting(&self) -> Vec<(&SessionId, &Open)> {
        let mut waiting: Vec<(&SessionId, &Open)> = self
            .tickets
            .iter()
            .filter(|(_, open)| open.holder.is_none())
            .collect();
        waiting.sort_by_key(|(id, open)| {
            let is_later = open.reason != DeskReason::OutcomeUnknown;
            (is_later, open.since, (*id).clone())
        });
        waiting
    }

    fn apply(&mut self, user: &UserId, entry: &DeskEntry) -> Option<u64> {
        let id = &entry.session;
        let mut waited = None;
        match &entry.deed {
            DeskDeed::Asked {
                reason,
                language,
                who,
            } => {
                self.tickets.insert(
                    id.clone(),
                    Open {
                        user: user.clone(),
                        since: entry.at,
                        reason: *reason,
                        language: *language,
                        who: who.clone(),
                        holder: None,
                    },
                );
            }
            DeskDeed::Reason(reason) => {
                if let Some(open) = self.tickets.get_mut(id) {
                    open.reason = *reason;
                }
            }
            DeskDeed::Taken(_) => {
                if let (Some(open), Some(by)) = (self.tickets.get_mut(id), &entry.by) {
                    open.holder = Some((by.clone(), entry.at));
                    let seconds = entry.at.duration_since(open.since).as_secs();
                    waited = u64::try_from(seconds).ok();
                }
            }
            DeskDeed::Said
            | DeskDeed::Called { .. }
            | DeskDeed::AskedToSee(_)
            | DeskDeed::Noted => {
                let open = self.tickets.get_mut(id);
                if let Some((_, last)) = open.and_then(|open| open.holder.as_mut()) {
                    *last = entry.at;
                }
            }
            DeskDeed::Released | DeskDeed::Idle => {
                if let Some(open) = self.tickets.get_mut(id) {
                    open.holder = None;
                }
            }
            DeskDeed::NobodyThere | DeskDeed::Left | DeskDeed::Back(_) | DeskDeed::SentAway => {
                self.tickets.remove(id);
            }
            DeskDeed::Began | DeskDeed::Read | DeskDeed::Shown { .. } | DeskDeed::Helped(_) => {}
        }
        self.tally.count(entry, waited);
        waited
    }
}

#[cfg(test)]
mod tests {
    use errand_journal::MemoryJournal;

    use super::*;

    #[derive(Debug)]
    struct At(Mutex<i64>);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(*self.0.lock().unwrap()).unwrap()
        }
    }

    #[derive(Debug, Default)]
    struct Counted(Mutex<u64>);

    impl Ids for Counted {
        fn tail(&self) -> String {
            let mut n = self.0.lock().unwrap();
            *n += 1;
            format!("n{n}")
        }

        fn nonce(&self) -> [u8; 16] {
            [0; 16]
        }
    }

    async fn desk(journal: &Arc<MemoryJournal>, clock: &Arc<At>) -> Desk {
        let ids = Arc::new(Counted::default());
        Desk::open(Arc::clone(journal) as _, Arc::clone(clock) as _, ids)
            .await
            .unwrap()
    }

    fn entry(session: &str, at: i64, by: Option<&DeskBy>, deed: DeskDeed) -> DeskEntry {
        DeskEntry {
            at: Timestamp::from_second(at).unwrap(),
            session: SessionId::parse(session).unwrap(),
            by: by.cloned(),
            deed,
        }
    }

    fn asked(session: &str, at: i64, reason: DeskReason) -> DeskEntry {
        let deed = DeskDeed::Asked {
            reason,
            language: Language::English,
            who: Text::clip("Kim"),
        };
        entry(session, at, None, deed)
    }

    #[tokio::test]
    async fn an_unknown_outcome_stands_on_top_and_then_the_oldest() {
        let (journal, clock) = (Arc::default(), Arc::new(At(Mutex::new(100))));
        let desk = desk(&journal, &clock).await;
        let user = UserId::parse("usr_kim").unwrap();
        desk.recall(&user, &asked("sess_b", 20, DeskReason::Asked));
        desk.recall(&user, &asked("sess_a", 30, DeskReason::Refused));
        desk.recall(&user, &asked("sess_c", 40, DeskReason::OutcomeUnknown));

        let order = |desk: &Desk| -> Vec<String> {
            let waiting = desk.now().waiting;
            waiting.iter().map(ToString::to_string).collect()
        };
        assert_eq!(order(&desk), ["sess_c", "sess_b", "sess_a"]);

        // One that becomes unknown while it waits moves up; its time stays.
        let later = entry(
            "sess_a",
            50,
            None,
            DeskDeed::Reason(DeskReason::OutcomeUnknown),
        );
        desk.recall(&user, &later);
        assert_eq!(order(&desk), ["sess_a", "sess_c", "sess_b"]);
    }

    #[tokio::test]
    async fn the_desk_is_open_while_somebody_is_heard_and_closed_two_minutes_after() {
        let (journal, clock) = (Arc::default(), Arc::new(At(Mutex::new(100))));
        let desk = desk(&journal, &clock).await;
        assert!(!desk.now().exists);
        let paired = desk.pair("Mara").await.unwrap();
        assert!(desk.now().exists && !desk.now().open);

        let mara = desk.holder(&paired.token).unwrap();
        desk.hear(&mara, None);
        assert!(desk.now().open);
        *clock.0.lock().unwrap() = 221;
        assert!(!desk.now().open);
        desk.hear(&mara, Some(false));
        assert!(!desk.now().open);
    }

    #[tokio::test]
    async fn access_is_known_after_a_restart_and_taken_away_for_good() {
        let (journal, clock) = (Arc::default(), Arc::new(At(Mutex::new(100))));
        let paired = desk(&journal, &clock).await.pair("Mara").await.unwrap();

        let again = desk(&journal, &clock).await;
        assert_eq!(again.people(), [paired.person]);
        assert!(matches!(again.pair("mara").await, Err(PairError::Name(_))));
        assert!(again.remove("mara").await.unwrap());
        assert_eq!(again.holder(&paired.token), None);

        let last = desk(&journal, &clock).await;
        assert_eq!(last.holder(&paired.token), None);
        assert!(!last.now().exists && !last.remove("Mara").await.unwrap());
    }

    #[tokio::test]
    async fn who_holds_an_errand_is_folded_from_the_record() {
        let (journal, clock) = (Arc::default(), Arc::new(At(Mutex::new(100))));
        let desk = desk(&journal, &clock).await;
        let (user, id) = (
            UserId::parse("usr_kim").unwrap(),
            SessionId::parse("sess_a").unwrap(),
        );
        let mara = DeskBy {
            id: DeskId::parse("desk_mara").unwrap(),
            name: Text::clip("Mara"),
        };
        let at = |second, deed| entry("sess_a", second, Some(&mara), deed);
        assert_eq!(desk.stage_of(&id), Stage::Alone);
        desk.recall(&user, &asked("sess_a", 10, DeskReason::Asked));
        assert!(matches!(desk.stage_of(&id), Stage::Waiting(_)));
        let waited = desk.recall(&user, &at(40, DeskDeed::Taken(Text::clip("x"))));
        assert_eq!(waited, Some(30));
        desk.recall(&user, &at(60, DeskDeed::Said));
        let Stage::Taken {
            by, last, ticket, ..
        } = desk.stage_of(&id)
        else {
            panic!("nobody holds it");
        };
        assert_eq!(
            (by, last.as_second(), ticket.since.as_second()),
            (mara.clone(), 60, 10)
        );
        desk.recall(&user, &at(70, DeskDeed::Idle));
        assert!(matches!(desk.stage_of(&id), Stage::Waiting(_)));
        desk.recall(&user, &at(80, DeskDeed::Left));
        assert_eq!(desk.stage_of(&id), Stage::Alone);
    }
}
