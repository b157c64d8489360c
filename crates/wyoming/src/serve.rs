//! errand as a service: it understands, speaks and handles sentences for callers.

mod answer;
mod caller;
mod connection;
mod intake;
mod said;
mod speech;
mod talks;
mod voices;
mod workers;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use errand_runtime::house::{House, Principal};
use errand_types::{Clock, Language};
use errand_voice_talk::Engines;
use jiff::tz::TimeZone;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::fault::Fault;
use crate::info::Offer;
use crate::peers::{Peers, PeersError};
use said::Manner;
use talks::Talks;
use voices::Voices;

/// Connections that are open at once.
const CONNECTIONS_MAX: usize = 32;
/// How long to wait when the system gives no connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// How long connections may take to end.
const DRAIN: Duration = Duration::from_secs(3);

/// How callers are served.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Who may connect.
    pub peers: Peers,
    /// What is spoken where a caller does not say, and what answers are told in.
    pub language: Language,
    /// Whose shopping callers do. `None`: sentences are not handled, sound and text are.
    pub person: Option<Principal>,
    /// The person's zone, for days and windows.
    pub zone: TimeZone,
    /// The clock, for the day.
    pub clock: Arc<dyn Clock>,
}

/// Why callers are not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody in particular could connect.
    #[error(transparent)]
    Peers(#[from] PeersError),
    /// The system gives no address or no thread.
    #[error("the system does not let it serve: {0}")]
    System(#[from] io::Error),
}

/// What connections share.
#[derive(Debug)]
struct Shared {
    offer: Offer,
    language: Language,
    voices: Voices,
    talks: Option<Arc<Talks>>,
    shutdown: CancellationToken,
}

/// Serves callers until `shutdown` is cancelled, and returns within three seconds of it.
///
/// # Errors
/// Before the first caller: the address can be reached from other machines and none is allowed, or the system refuses.
pub async fn serve(
    listener: TcpListener,
    house: Arc<dyn House>,
    engines: &Engines,
    config: ServeConfig,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    config.peers.check(address)?;
    crate::metrics::describe();
    let voices = Voices::start(engines)?;
    let language = config.language;
    let handles = config.person.iter().map(|_| language).collect();
    let manner = Manner {
        language,
        zone: config.zone,
        clock: config.clock,
    };
    let talks = config
        .person
        .map(|who| Arc::new(Talks::new(house, who, manner)));
    let shared = Arc::new(Shared {
        offer: voices.offer(handles),
        language,
        voices,
        talks,
        shutdown: shutdown.clone(),
    });
    tracing::info!(%address, "listening for Wyoming callers");
    let door = Door {
        peers: config.peers,
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        strangers: AtomicU64::new(0),
    };
    let tasks = TaskTracker::new();
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => door.take(stream, peer, &shared, &tasks),
            Err(cause) => {
                tracing::warn!(%cause, "a Wyoming caller could not be let in");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("Wyoming callers that did not end in time were cut");
    }
    Ok(())
}

/// Who comes in.
#[derive(Debug)]
struct Door {
    peers: Peers,
    places: Arc<Semaphore>,
    strangers: AtomicU64,
}

impl Door {
    fn take(&self, stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared>, tasks: &TaskTracker) {
        if !self.peers.may(peer.ip()) {
            self.turn_away(peer.ip());
            return;
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            metrics::counter!(crate::metrics::REFUSED_TOTAL).increment(1);
            let fault = Fault::full(CONNECTIONS_MAX);
            // A fresh connection has room for one event; where not, closing says it too.
            let _ = stream.try_write(&fault.event().encode());
            return;
        };
        if let Err(cause) = stream.set_nodelay(true) {
            tracing::debug!(%cause, "small frames of a connection may wait");
        }
        let shared = Arc::clone(shared);
        tasks.spawn(async move {
            let open = crate::metrics::Open::new();
            connection::serve(stream, peer.ip(), shared).await;
            drop((open, place));
        });
    }

    /// Says nothing to it. The operator is told, and not as often as somebody likes to knock.
    fn turn_away(&self, peer: IpAddr) {
        metrics::counter!(crate::metrics::REFUSED_TOTAL).increment(1);
        let before = self.strangers.fetch_add(1, Ordering::Relaxed);
        if before.is_power_of_two() || before == 0 {
            tracing::warn!(%peer, code = "WYO-0009", "a machine that is not in `wyoming.allow` knocked");
        }
    }
}
