use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use errand_trust::ServerKey;
use errand_types::{Profile, SessionId, UserId};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{Actor, Handle};
use crate::approvals::Approvals;
use crate::desk::Desk;
use crate::devices::Devices;
use crate::house::OpenError;
use crate::kept::TakenUp;
use crate::metrics;
use crate::parts::Parts;
use crate::person::{self, Person, SharedPerson};
use crate::records::{JournalIntents, Recorder};
use crate::recovery;

/// A running house. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runtime(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) approvals: Arc<Approvals>,
    pub(crate) devices: Devices,
    pub(crate) desk: Desk,
    pub(crate) intents: Arc<JournalIntents>,
    people: Mutex<BTreeMap<UserId, SharedPerson>>,
    sessions: Mutex<BTreeMap<SessionId, Handle>>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
}

/// Why a runtime does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the runtime cannot start: {0}")]
pub struct StartError(String);

impl Runtime {
    /// Puts the house together and takes up every purchase that was not finished.
    ///
    /// # Errors
    /// [`StartError`] when the journal cannot be read: a runtime that does not know what it did does nothing.
    pub async fn start(
        parts: Parts,
        server_key: ServerKey,
        intents: Arc<JournalIntents>,
    ) -> Result<Self, StartError> {
        let journal = Arc::clone(&parts.journal);
        let clock = Arc::clone(&parts.clock);
        let recorder = Recorder::open(Arc::clone(&journal), Arc::clone(&clock))
            .await
            .map_err(StartError)?;
        let approvals = Approvals::open(Arc::clone(&journal), Arc::clone(&clock), server_key)
            .await
            .map_err(StartError)?;
        let desk = Desk::open(
            Arc::clone(&journal),
            Arc::clone(&clock),
            Arc::clone(&parts.ids),
        )
        .await
        .map_err(StartError)?;
        let devices = Devices::open(journal, clock, Arc::clone(&parts.ids))
            .await
            .map_err(StartError)?;
        let mut people = BTreeMap::new();
        for profile in &parts.people {
            let person = recall(&recorder, profile.clone())
                .await
                .map_err(StartError)?;
            for entry in recorder.desk(&profile.user).await.map_err(StartError)? {
                desk.recall(&profile.user, &entry);
            }
            people.insert(profile.user.clone(), Arc::new(Mutex::new(person)));
        }
        let runtime = Self(Arc::new(Inner {
            parts,
            recorder: Arc::new(recorder),
            approvals: Arc::new(approvals),
            devices,
            desk,
            intents,
            people: Mutex::new(people),
            sessions: Mutex::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }));
        recovery::run(&runtime).await.map_err(StartError)?;
        let settling = runtime.clone();
        runtime.0.tasks.spawn(async move {
            let stopping = settling.0.stopping.clone();
            settling.0.recorder.settle_in_time(stopping).await;
        });
        Ok(runtime)
    }

    /// Enrols a device of a person and returns its token, for the composition root: the first screen of a machine.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn enrol(&self, user: &UserId, name: &str) -> Result<String, StartError> {
        self.0
            .devices
            .enrol(user, name)
            .await
            .map(|(_, token)| token)
            .map_err(StartError)
    }

    /// Lets no new session in, hears out payments under way, and ends.
    pub async fn stop(&self) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.recorder.settle().await;
    }

    /// Tells every session that time went by. For clocks that do not run by themselves.
    pub async fn tick(&self) {
        self.tell_all().await;
    }

    pub(crate) async fn tell_all(&self) {
        let handles: Vec<Handle> = lock(&self.0.sessions).values().cloned().collect();
        for handle in handles {
            handle.tick().await;
        }
    }

    /// Sessions in memory.
    pub fn sessions_in_memory(&self) -> usize {
        lock(&self.0.sessions).len()
    }

    pub(crate) fn person(&self, user: &UserId) -> Option<SharedPerson> {
        lock(&self.0.people).get(user).cloned()
    }

    pub(crate) fn handle(&self, id: &SessionId) -> Option<Handle> {
        lock(&self.0.sessions)
            .get(id)
            .filter(|h| !h.is_closed())
            .cloned()
    }

    pub(crate) fn handles_of(&self, user: &UserId) -> Vec<Handle> {
        lock(&self.0.sessions)
            .values()
            .filter(|h| h.user() == user && !h.is_closed())
            .cloned()
            .collect()
    }

    /// Starts a session's actor. `session`: its state, new or from the journal.
    pub(crate) fn spawn(&self, mut found: TakenUp) -> Result<Handle, OpenError> {
        if self.0.stopping.is_cancelled() {
            return Err(OpenError::Draining);
        }
        let id = found.session.id.clone();
        let person = self
            .person(&found.session.user)
            .ok_or_else(|| OpenError::Unknown(id.clone()))?;
        let mut sessions = lock(&self.0.sessions);
        sessions.retain(|_, handle| !handle.is_closed());
        if let Some(running) = sessions.get(&id) {
            return Ok(running.clone());
        }
        let limit = self.0.parts.config.sessions_max;
        // Counted under the same lock that admits: the cap is hard.
        if sessions.len() >= limit {
            return Err(OpenError::Full { limit });
        }
        // The journal knows better than a state that was kept a turn earlier who waits and who is answered.
        found.session.adopt_desk(self.0.desk.stage_of(&id));
        let (actor, handle) = Actor::new(self.clone(), found, person);
        sessions.insert(id, handle.clone());
        ::metrics::gauge!(metrics::SESSIONS)
            .set(f64::from(u32::try_from(sessions.len()).unwrap_or(u32::MAX)));
        drop(sessions);
        self.0.tasks.spawn(Box::new(actor).run());
        Ok(handle)
    }

    pub(crate) fn forget(&self, id: &SessionId) {
        let mut sessions = lock(&self.0.sessions);
        sessions.remove(id);
        ::metrics::gauge!(metrics::SESSIONS)
            .set(f64::from(u32::try_from(sessions.len()).unwrap_or(u32::MAX)));
    }

    /// Runs something with what the engine may know about a person.
    pub(crate) fn with_ctx<T>(
        &self,
        person: &SharedPerson,
        run: impl FnOnce(&errand_engine::Ctx<'_>) -> T,
    ) -> T {
        let cards = person::cards(&self.0.parts);
        let desk = self.0.desk.now();
        let person = person::lock(person);
        let asks = self.0.approvals.spoken_asks(person.user());
        person.with_ctx(&self.0.parts, &cards, (&desk, asks), run)
    }
}

async fn recall(recorder: &Recorder, profile: Profile) -> Result<Person, String> {
    let mut person = Person::new(profile);
    for record in recorder.person(person.user()).await? {
        person.apply(&record);
    }
    Ok(person)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
