//! Satellites: microphones and loudspeakers elsewhere in the house, which errand dials and keeps connected.

mod link;
mod machine;
mod pace;
mod talk;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use errand_runtime::house::{House, Principal};
use errand_types::{Clock, Language};
use errand_voice_talk::Streams;
use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use talk::Talk;

/// Satellites of one installation at most.
const SATELLITES_MAX: usize = 32;
/// Characters of a satellite's name at most.
const NAME_CHARS_MAX: usize = 40;
/// First pause before a satellite is dialled again; it doubles up to [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A connection that held so long was a good one: the next pause is short again.
const GOOD: Duration = Duration::from_secs(10);
/// How long satellites may take to be told that errand goes down.
const DRAIN: Duration = Duration::from_secs(3);

/// A satellite, as the operator names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Satellite {
    /// A name for it: `kitchen`. Letters, digits, `-` and `_`.
    pub name: String,
    /// Where it listens: `host:port`.
    pub address: String,
    /// Whose it is, and as which device it counts.
    pub who: Principal,
    /// When it may be listened to.
    pub listen: Listen,
    /// It cancels its own echo: then it may be spoken over.
    pub cancels_echo: bool,
    /// Others may hear what it says.
    pub is_shared: bool,
    /// Samples of a second that it plays, 8,000 to 48,000.
    pub play_hz: u32,
}

/// When a satellite may be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listen {
    /// After a wake word: its own, or errand's where errand has one.
    #[default]
    Woken,
    /// Always: whatever is said in that room is taken as said to errand.
    Always,
}

/// What all satellites share.
#[derive(Clone)]
pub struct Rooms {
    /// The house.
    pub house: Arc<dyn House>,
    /// Hearing and speaking.
    pub streams: Arc<Streams>,
    /// What is spoken.
    pub language: Language,
    /// The person's zone.
    pub zone: TimeZone,
    /// The clock, for the day.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Rooms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rooms")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Why a satellite is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error("it cannot be reached")]
    Unreachable,
    /// It hangs up when it is told to run.
    #[error("it serves somebody else: only one may dial a satellite")]
    Taken,
    /// It has no microphone and loudspeaker to offer, or does not speak Wyoming.
    #[error("what answers there is no satellite")]
    NoSatellite,
    /// It wants to be listened to all the time.
    #[error("it has no wake word, and neither has errand: it is not listened to")]
    NoWake,
    /// It does not answer, or does not read.
    #[error("it does not answer")]
    Silent,
    /// Its sound has another form than ours.
    #[error("its sound is not 16 bits, one or two channels, 8,000 to 48,000 Hz")]
    Form,
    /// There is no room for its voice stream, or the session is refused.
    #[error("errand has no room for it now")]
    NoRoom,
    /// The connection ended.
    #[error("the connection ended")]
    Ended,
}

impl Trouble {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable | Self::Ended => "WYO-0010",
            Self::Taken => "WYO-0011",
            Self::NoSatellite => "WYO-0012",
            Self::NoWake => "WYO-0013",
            Self::Silent => "WYO-0014",
            Self::Form => "WYO-0005",
            Self::NoRoom => "WYO-0015",
        }
    }

    /// Nothing changes until somebody does something.
    fn is_lasting(self) -> bool {
        matches!(
            self,
            Self::Taken | Self::NoSatellite | Self::NoWake | Self::Form
        )
    }
}

/// How it stands with a satellite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SatelliteState {
    /// Which.
    pub name: String,
    /// Whether it is connected.
    pub is_connected: bool,
    /// Why not, since the last time it was tried.
    pub trouble: Option<Trouble>,
}

/// Why satellites cannot be dialled as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SatelliteError {
    /// A name that cannot be used, or is used twice.
    #[error(
        "`{0}` cannot be the name of a satellite: letters, digits, `-` and `_`, each name once"
    )]
    Name(String),
    /// An address without a port.
    #[error("the satellite `{0}` needs an address with a port: `kitchen.local:10700`")]
    Address(String),
    /// A rate that cannot be played.
    #[error("the satellite `{0}` cannot play at that rate: 8,000 to 48,000 samples a second")]
    Rate(String),
    /// Too many.
    #[error("{0} satellites are too many: {SATELLITES_MAX} is the most")]
    TooMany(usize),
}

impl SatelliteError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "WYO-0016"
    }
}

/// Holds satellites against what can be.
///
/// # Errors
/// The first that cannot be.
pub fn check(satellites: &[Satellite]) -> Result<(), SatelliteError> {
    if satellites.len() > SATELLITES_MAX {
        return Err(SatelliteError::TooMany(satellites.len()));
    }
    let mut names = BTreeSet::new();
    for satellite in satellites {
        let name = &satellite.name;
        let is_plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if name.is_empty() || name.len() > NAME_CHARS_MAX || !is_plain || !names.insert(name) {
            return Err(SatelliteError::Name(name.clone()));
        }
        let port = satellite.address.rsplit_once(':');
        let has_port = port.is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        if !has_port {
            return Err(SatelliteError::Address(name.clone()));
        }
        if !(8_000..=48_000).contains(&satellite.play_hz) {
            return Err(SatelliteError::Rate(name.clone()));
        }
    }
    Ok(())
}

/// How it stands with satellites before any was dialled, and where to follow it.
pub fn states(
    satellites: &[Satellite],
) -> (
    watch::Sender<Vec<SatelliteState>>,
    watch::Receiver<Vec<SatelliteState>>,
) {
    let all = satellites.iter().map(|satellite| SatelliteState {
        name: satellite.name.clone(),
        is_connected: false,
        trouble: None,
    });
    watch::channel(all.collect())
}

/// Keeps satellites connected until `shutdown` is cancelled, each for itself, and returns within three seconds of it.
///
/// `states` comes from [`states`] of the same satellites, which [`check`] took.
pub async fn dial(
    rooms: Rooms,
    satellites: Vec<Satellite>,
    states: watch::Sender<Vec<SatelliteState>>,
    shutdown: CancellationToken,
) {
    crate::metrics::describe();
    let tasks = TaskTracker::new();
    for satellite in satellites {
        let dialler = Dialler {
            talk: Talk::new(Arc::clone(&rooms.house), satellite.who.clone()),
            rooms: rooms.clone(),
            satellite,
            states: states.clone(),
            shutdown: shutdown.clone(),
        };
        tasks.spawn(dialler.run());
    }
    tasks.close();
    shutdown.cancelled().await;
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("satellites that did not end in time were cut");
    }
}

/// Keeps one satellite connected.
struct Dialler {
    rooms: Rooms,
    satellite: Satellite,
    talk: Talk,
    states: watch::Sender<Vec<SatelliteState>>,
    shutdown: CancellationToken,
}

impl Dialler {
    async fn run(mut self) {
        let shutdown = self.shutdown.clone();
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            metrics::counter!(crate::metrics::DIALLED_TOTAL).increment(1);
            let trouble = self.connect().await;
            self.note(false, Some(trouble));
            if shutdown.is_cancelled() {
                return;
            }
            let was_good = begun.elapsed() >= GOOD;
            pause = if trouble.is_lasting() {
                PAUSE_MAX
            } else if was_good {
                PAUSE
            } else {
                pause
            };
            let name = &self.satellite.name;
            tracing::warn!(satellite = %name, code = trouble.code(), wait_ms = pause.as_millis(), "{trouble}");
            let rest = shutdown
                .run_until_cancelled(tokio::time::sleep(pause))
                .await;
            if rest.is_none() {
                return;
            }
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn note(&self, is_connected: bool, trouble: Option<Trouble>) {
        let name = &self.satellite.name;
        self.states.send_if_modified(|all| {
            let Some(state) = all.iter_mut().find(|state| state.name == *name) else {
                return false;
            };
            let new = SatelliteState {
                name: name.clone(),
                is_connected,
                trouble,
            };
            let is_new = *state != new;
            *state = new;
            is_new
        });
    }
}

#[cfg(test)]
mod tests {
    use errand_types::{DeviceId, UserId};

    use super::*;

    fn satellite(name: &str, address: &str) -> Satellite {
        Satellite {
            name: name.to_owned(),
            address: address.to_owned(),
            who: Principal {
                user: UserId::parse("usr_kim").unwrap(),
                device: DeviceId::parse("dev_kitchen").unwrap(),
            },
            listen: Listen::default(),
            cancels_echo: false,
            is_shared: false,
            play_hz: 22_050,
        }
    }

    #[test]
    fn satellites_have_names_of_their_own_and_a_port() {
        let kitchen = satellite("kitchen", "10.0.0.7:10700");
        assert_eq!(
            check(&[kitchen.clone(), satellite("hall-2", "hall.local:1")]),
            Ok(())
        );

        let twice = [kitchen.clone(), kitchen.clone()];
        assert_eq!(
            check(&twice),
            Err(SatelliteError::Name("kitchen".to_owned()))
        );
        for name in ["", "a b", "küche", &"x".repeat(41)] {
            let named = satellite(name, "10.0.0.7:10700");
            assert_eq!(check(&[named]), Err(SatelliteError::Name(name.to_owned())));
        }
        for address in ["10.0.0.7", ":10700", "10.0.0.7:0", "10.0.0.7:x", ""] {
            let at = satellite("kitchen", address);
            assert_eq!(
                check(&[at]),
                Err(SatelliteError::Address("kitchen".to_owned()))
            );
        }
        let fast = Satellite {
            play_hz: 96_000,
            ..kitchen
        };
        assert_eq!(
            check(&[fast]),
            Err(SatelliteError::Rate("kitchen".to_owned()))
        );
    }
}
