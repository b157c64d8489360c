use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use errand_types::SessionId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::log::LogLimits;
use super::session::{Handle, SessionActor, Setup};

/// The sessions of this process, and how many there may be.
#[derive(Debug)]
pub(crate) struct Sessions {
    open: Arc<Mutex<HashMap<SessionId, Handle>>>,
    slots: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    connections: AtomicU64,
    /// Bounds of each log.
    pub(crate) limits: LogLimits,
    /// How long a session is kept without a connection.
    pub(crate) idle: Duration,
    /// Cancelled: the runtime goes down.
    pub(crate) shutdown: CancellationToken,
    /// Everything that runs for connections.
    pub(crate) tasks: TaskTracker,
}

impl Sessions {
    pub(crate) fn new(
        sessions_max: usize,
        connections_max: usize,
        limits: LogLimits,
        idle: Duration,
        shutdown: CancellationToken,
    ) -> Self {
        let bounded = |max: usize| Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS)));
        Self {
            open: Arc::default(),
            slots: bounded(sessions_max),
            sockets: bounded(connections_max),
            connections: AtomicU64::new(0),
            limits,
            idle,
            shutdown,
            tasks: TaskTracker::new(),
        }
    }

    /// A place for a session; `None` when all are taken. Taken before any work, and given back by dropping it.
    pub(crate) fn slot(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.slots).try_acquire_owned().ok()
    }

    /// A place for a connection.
    pub(crate) fn socket(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.sockets).try_acquire_owned().ok()
    }

    /// A number for a connection.
    pub(crate) fn connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    /// An open session.
    pub(crate) fn get(&self, id: &SessionId) -> Option<Handle> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(id)
            .filter(|handle| !handle.mailbox.is_closed())
            .cloned()
    }

    /// Starts a session; or gives the one that another connection started meanwhile.
    pub(crate) fn start(&self, id: &SessionId, setup: Setup, slot: OwnedSemaphorePermit) -> Handle {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = open.get(id).filter(|handle| !handle.mailbox.is_closed()) {
            return handle.clone();
        }
        let (actor, handle) = SessionActor::new(setup);
        open.insert(id.clone(), handle.clone());
        drop(open);
        metrics::gauge!(crate::metrics::SESSIONS).increment(1);
        let (ended, sessions) = (
            End {
                id: id.clone(),
                handle: handle.clone(),
            },
            Arc::clone(&self.open),
        );
        // Boxed: a task would hold it twice, once as what it was given and once as what it works on.
        let actor = Box::new(actor);
        self.tasks.spawn(async move {
            actor.run().await;
            ended.remove(&sessions);
            metrics::gauge!(crate::metrics::SESSIONS).decrement(1);
            drop(slot);
        });
        handle
    }
}

struct End {
    id: SessionId,
    handle: Handle,
}

impl End {
    fn remove(&self, sessions: &Mutex<HashMap<SessionId, Handle>>) {
        let mut open = sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // Another session of the same id may have begun: one that was resumed while this one ended.
        if open
            .get(&self.id)
            .is_some_and(|open| open.mailbox.same_channel(&self.handle.mailbox))
        {
            open.remove(&self.id);
        }
    }
}
