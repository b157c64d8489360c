//! Wyoming from the settings: who may call, and which satellites are dialled.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use errand_runtime::house::{House, Principal};
use errand_types::{Clock, DeviceId, Language, UserId};
use errand_voice_talk::Streams;
use errand_wyoming::{
    Listen, Peers, Rooms, Satellite, SatelliteState, ServeConfig, ServeError, check, dial, serve,
    states,
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Samples of a second that a satellite plays where the settings do not say, as satellites do themselves.
const PLAY_HZ: u32 = 22_050;

/// The table `[wyoming]` of the settings. Without it errand neither serves callers nor dials satellites.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WyomingTable {
    /// Where callers are served, `127.0.0.1:10300`; absent: they are not.
    pub listen: Option<SocketAddr>,
    /// Numbers of other machines that may call.
    pub allow: Vec<String>,
    /// Whether callers may hand over sentences to be handled; yes when absent.
    pub handle: Option<bool>,
    /// Satellites to dial.
    pub satellites: Vec<SatelliteTable>,
}

/// A satellite: the table `[[wyoming.satellites]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SatelliteTable {
    /// A name for it: `kitchen`.
    pub name: String,
    /// Where it listens: `kitchen.local:10700`.
    pub address: String,
    /// When it may be listened to: `woken`, the default, or `always`.
    #[serde(default)]
    pub listen: ListenSetting,
    /// Who takes errand's own voice out of the microphone's: `none`, the default, or `satellite`.
    #[serde(default)]
    pub echo: EchoSetting,
    /// Others may hear what it says: private things are not said aloud. Yes when absent.
    #[serde(default)]
    pub shared: Option<bool>,
    /// Samples of a second that it plays; 22050 when absent.
    #[serde(default)]
    pub rate: Option<u32>,
}

/// When a satellite may be listened to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListenSetting {
    /// After a wake word.
    #[default]
    Woken,
    /// Always: whatever is said in that room is taken as said to errand.
    Always,
}

/// Who takes errand's own voice out of the microphone's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EchoSetting {
    /// Nobody: while errand speaks only stop words are heard.
    #[default]
    None,
    /// The satellite does.
    Satellite,
}

/// What the settings amount to.
#[derive(Debug, Clone, Default)]
pub struct WyomingPlan {
    /// Where callers are served.
    pub listen: Option<SocketAddr>,
    /// Who may call.
    pub peers: Peers,
    /// Whether callers may hand over sentences.
    pub handles: bool,
    /// Satellites to dial.
    pub satellites: Vec<SatelliteTable>,
}

impl WyomingTable {
    /// The plan; `listen` of the command line goes before the one of the settings.
    ///
    /// # Errors
    /// An address that cannot be used, or that others reach while none of them is allowed.
    pub fn plan(&self, listen: Option<SocketAddr>) -> anyhow::Result<WyomingPlan> {
        let listen = listen.or(self.listen);
        let peers = Peers::new(self.allow.iter().map(String::as_str))
            .map_err(|error| anyhow::anyhow!("{}: {error}", error.code()))
            .context("wyoming.allow")?;
        if let Some(listen) = listen {
            peers
                .check(listen)
                .map_err(|error| anyhow::anyhow!("{}: {error}", error.code()))?;
        }
        Ok(WyomingPlan {
            listen,
            peers,
            handles: self.handle.unwrap_or(true),
            satellites: self.satellites.clone(),
        })
    }
}

impl WyomingPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.listen.is_none() && self.satellites.is_empty()
    }

    fn satellites(&self, user: &UserId) -> anyhow::Result<Vec<Satellite>> {
        let all = self.satellites.iter().map(|table| {
            Ok(Satellite {
                name: table.name.clone(),
                address: table.address.clone(),
                who: principal(user, &format!("satellite_{}", table.name))?,
                listen: match table.listen {
                    ListenSetting::Woken => Listen::Woken,
                    ListenSetting::Always => Listen::Always,
                },
                cancels_echo: table.echo == EchoSetting::Satellite,
                is_shared: table.shared.unwrap_or(true),
                play_hz: table.rate.unwrap_or(PLAY_HZ),
            })
        });
        let all: Vec<Satellite> = all.collect::<anyhow::Result<_>>()?;
        check(&all).map_err(|error| anyhow::anyhow!("{}: {error}", error.code()))?;
        Ok(all)
    }
}

/// Devices that no token opens: they are reached by configuration alone.
fn principal(user: &UserId, device: &str) -> anyhow::Result<Principal> {
    Ok(Principal {
        user: user.clone(),
        device: DeviceId::from_tail(device).with_context(|| format!("device `{device}`"))?,
    })
}

/// The person whose house it is, as Wyoming needs them.
#[derive(Debug, Clone)]
pub struct WyomingPerson {
    /// Who.
    pub user: UserId,
    /// What they speak.
    pub language: Language,
    /// Where their days begin.
    pub zone: TimeZone,
}

/// Callers served and satellites dialled.
#[derive(Debug)]
pub struct WyomingDoors {
    /// Where callers are served.
    pub address: Option<SocketAddr>,
    /// How it stands with the satellites.
    pub satellites: watch::Receiver<Vec<SatelliteState>>,
    serving: Option<JoinHandle<Result<(), ServeError>>>,
    dialling: JoinHandle<()>,
}

impl WyomingDoors {
    /// Opens them.
    ///
    /// # Errors
    /// An address that is taken, a satellite that cannot be.
    pub async fn open(
        plan: &WyomingPlan,
        house: &Arc<dyn House>,
        streams: &Streams,
        person: &WyomingPerson,
        clock: &Arc<dyn Clock>,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let satellites = plan.satellites(&person.user)?;
        let (address, serving) = match plan.listen {
            None => (None, None),
            Some(listen) => {
                let listener = TcpListener::bind(listen)
                    .await
                    .with_context(|| format!("`{listen}` for Wyoming is taken"))?;
                let address = listener.local_addr()?;
                let config = ServeConfig {
                    peers: plan.peers.clone(),
                    language: person.language,
                    person: plan
                        .handles
                        .then(|| principal(&person.user, "wyoming"))
                        .transpose()?,
                    zone: person.zone.clone(),
                    clock: Arc::clone(clock),
                };
                let (house, engines) = (Arc::clone(house), streams.engines().clone());
                let shutdown = shutdown.clone();
                let serving = tokio::spawn(async move {
                    serve(listener, house, &engines, config, shutdown).await
                });
                (Some(address), Some(serving))
            }
        };
        let (sender, following) = states(&satellites);
        let rooms = Rooms {
            house: Arc::clone(house),
            streams: Arc::new(streams.clone()),
            language: person.language,
            zone: person.zone.clone(),
            clock: Arc::clone(clock),
        };
        let dialling = tokio::spawn(dial(rooms, satellites, sender, shutdown.clone()));
        Ok(Self {
            address,
            satellites: following,
            serving,
            dialling,
        })
    }

    /// Waits until both have ended; the shutdown must have been cancelled.
    pub async fn ended(self) {
        if let Some(Ok(Err(error))) = match self.serving {
            Some(serving) => Some(serving.await),
            None => None,
        } {
            tracing::warn!(%error, "Wyoming callers were not served to the end");
        }
        let _ = self.dialling.await;
    }
}

/// Refuses a plan without engines to carry it out.
///
/// # Errors
/// There is something to serve or to dial and nothing that hears or speaks.
pub(crate) fn needs_streams(plan: &WyomingPlan, streams: Option<&Streams>) -> anyhow::Result<()> {
    if !plan.is_empty() && streams.is_none() {
        bail!("`[wyoming]` needs speech, and there is none: see `errand voice doctor`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> WyomingTable {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn nothing_is_served_and_nobody_is_dialled_unless_it_is_written() {
        assert!(WyomingTable::default().plan(None).unwrap().is_empty());
    }

    #[test]
    fn the_command_line_goes_before_the_settings_and_both_are_held_to_the_allowed() {
        let here: SocketAddr = "127.0.0.1:1".parse().unwrap();
        let there: SocketAddr = "0.0.0.0:10300".parse().unwrap();
        let listening = table("listen = \"127.0.0.1:10300\"");

        assert_eq!(listening.plan(Some(here)).unwrap().listen, Some(here));
        let error = listening.plan(Some(there)).unwrap_err();
        assert!(format!("{error:#}").contains("WYO-0001"));
        let allowed = table("allow = [\"192.168.1.20\"]");
        assert_eq!(allowed.plan(Some(there)).unwrap().listen, Some(there));
        assert!(table("allow = [\"192.168.1.0/24\"]").plan(None).is_err());
    }

    #[test]
    fn a_satellite_is_careful_unless_it_is_written_otherwise() {
        let plan = table(
            "[[satellites]]\nname = \"kitchen\"\naddress = \"10.0.0.7:10700\"\n\
             [[satellites]]\nname = \"hall-2\"\naddress = \"hall.local:10700\"\nlisten = \"always\"\n\
             echo = \"satellite\"\nshared = false\nrate = 16000",
        )
        .plan(None)
        .unwrap();
        let user = UserId::from_tail("me").unwrap();

        let all = plan.satellites(&user).unwrap();

        let [kitchen, hall] = all.as_slice() else {
            panic!("two")
        };
        assert_eq!(
            (
                kitchen.listen,
                kitchen.cancels_echo,
                kitchen.is_shared,
                kitchen.play_hz
            ),
            (Listen::Woken, false, true, 22_050)
        );
        assert_eq!(
            (hall.listen, hall.cancels_echo, hall.is_shared, hall.play_hz),
            (Listen::Always, true, false, 16_000)
        );
        assert_ne!(kitchen.who.device, hall.who.device);
    }
}
