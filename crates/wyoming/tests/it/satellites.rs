//! Satellites that do what the protocol lets them do, and worse.

use std::sync::Arc;
use std::time::Duration;

use errand_types::{Clock, Language};
use errand_voice_talk::{Limits, Streams};
use errand_voice_wyoming::{Event, Form};
use errand_wyoming::{Listen, Rooms, Satellite, SatelliteState, Trouble, dial, states};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::house::Echoes;
use crate::{Peer, engines, kim, speech};

/// Longest that anything here takes.
const LONG: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }
}

/// A dialled satellite: what it listens on, and what is known of it.
struct Dialled {
    listener: TcpListener,
    states: watch::Receiver<Vec<SatelliteState>>,
    shutdown: CancellationToken,
    dialling: JoinHandle<()>,
}

impl Dialled {
    async fn start(listen: Listen) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let satellite = Satellite {
            name: "kitchen".to_owned(),
            address: listener.local_addr().unwrap().to_string(),
            who: kim("kitchen"),
            listen,
            cancels_echo: false,
            is_shared: true,
            play_hz: 22_050,
        };
        let limits = Limits {
            streams: 4,
            ears: 1,
            readers: 1,
            voices: 1,
        };
        let rooms = Rooms {
            house: Arc::new(Echoes::default()),
            streams: Arc::new(Streams::new(engines(), limits).unwrap()),
            language: Language::English,
            zone: TimeZone::UTC,
            clock: Arc::new(Noon),
        };
        let satellites = vec![satellite];
        let (sender, states) = states(&satellites);
        let shutdown = CancellationToken::new();
        let dialling = tokio::spawn(dial(rooms, satellites, sender, shutdown.clone()));
        Self {
            listener,
            states,
            shutdown,
            dialling,
        }
    }

    async fn accept(&self) -> Peer {
        let (stream, _) = timeout(LONG, self.listener.accept())
            .await
            .unwrap()
            .unwrap();
        Peer::new(stream)
    }

    /// Accepts a connection and says that it is a satellite.
    async fn link(&self) -> Peer {
        let mut peer = self.accept().await;
        assert_eq!(peer.next().await.unwrap().kind(), "describe");
        let about = serde_json::json!({ "name": "kitchen" });
        peer.send(Event::new("info").with("satellite", about)).await;
        assert_eq!(peer.next().await.unwrap().kind(), "run-satellite");
        assert_eq!(peer.next().await.unwrap().kind(), "describe");
        peer
    }

    async fn until(&mut self, is: impl Fn(&SatelliteState) -> bool) -> SatelliteState {
        let found = self.states.wait_for(|all| all.iter().any(&is));
        timeout(LONG, found).await.unwrap().unwrap()[0].clone()
    }

    async fn trouble(&mut self, trouble: Trouble) {
        self.until(|state| state.trouble == Some(trouble)).await;
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.dialling.await.unwrap();
    }
}

fn run(stage: &str) -> Event {
    Event::new("run-pipeline")
        .with("start_stage", stage)
        .with("end_stage", "tts")
}

#[tokio::test]
async fn a_satellite_that_comes_back_is_connected_again() {
    let mut dialled = Dialled::start(Listen::Always).await;
    for _ in 0..2 {
        let mut peer = dialled.link().await;
        peer.send(run("wake")).await;
        dialled.until(|state| state.is_connected).await;
        drop(peer);
        dialled.until(|state| !state.is_connected).await;
    }
    dialled.stop().await;
}

#[tokio::test]
async fn a_satellite_that_serves_somebody_else_is_reported_as_taken() {
    let mut dialled = Dialled::start(Listen::Always).await;

    drop(dialled.link().await);

    dialled.trouble(Trouble::Taken).await;
    dialled.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_satellite_that_keeps_the_line_and_reads_no_more_is_taken_too() {
    let mut dialled = Dialled::start(Listen::Always).await;

    let busy = dialled.link().await;

    dialled.trouble(Trouble::Taken).await;
    drop(busy);
    dialled.stop().await;
}

#[tokio::test]
async fn what_answers_there_and_is_no_satellite_is_not_talked_to() {
    let mut dialled = Dialled::start(Listen::Always).await;

    let mut peer = dialled.accept().await;
    peer.next().await.unwrap();
    peer.send(Event::new("info").with("asr", serde_json::json!([])))
        .await;

    dialled.trouble(Trouble::NoSatellite).await;
    dialled.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_satellite_that_never_answers_is_given_up_and_dialled_again() {
    let mut dialled = Dialled::start(Listen::Always).await;

    let silent = dialled.accept().await;
    dialled.trouble(Trouble::Silent).await;
    let again = dialled.accept().await;

    drop((silent, again));
    dialled.stop().await;
}

#[tokio::test]
async fn an_overlong_frame_of_a_satellite_ends_its_connection() {
    let mut dialled = Dialled::start(Listen::Always).await;
    let mut peer = dialled.link().await;

    let long = Event::new("info").with("x", "y".repeat(2 * 1024 * 1024));
    // The other side closes in the middle of it.
    let _ = tokio::io::AsyncWriteExt::write_all(&mut peer.stream, &long.encode()).await;
    let mut rest = Vec::new();
    let _ = peer.stream.read_to_end(&mut rest).await;

    dialled.trouble(Trouble::NoSatellite).await;
    dialled.stop().await;
}

#[tokio::test]
async fn a_sentence_in_the_kitchen_is_heard_answered_and_spoken_there() {
    let dialled = Dialled::start(Listen::Always).await;
    let mut peer = dialled.link().await;
    peer.send(run("wake")).await;
    let form = Form::mono(16_000);
    let mut sound = vec![0; 16_000];
    sound.extend(speech(1_500));
    let mut pieces = sound
        .chunks(1_024)
        .map(<[i16]>::to_vec)
        .collect::<Vec<_>>()
        .into_iter();
    let mut ticks = tokio::time::interval(Duration::from_millis(64));
    let (mut kinds, mut bytes) = (Vec::new(), 0);

    let whole = async {
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    let piece = pieces.next().unwrap_or_else(|| vec![0; 1_024]);
                    peer.send(form.chunk(&piece, None)).await;
                }
                event = peer.next() => {
                    let event = event.unwrap();
                    bytes += event.payload().len();
                    let kind = event.kind().to_owned();
                    if kind != "audio-chunk" {
                        kinds.push(kind.clone());
                    }
                    if kind == "audio-stop" {
                        return;
                    }
                }
            }
        }
    };
    timeout(LONG, whole).await.unwrap();

    assert_eq!(
        kinds,
        [
            "transcribe",
            "voice-started",
            "voice-stopped",
            "transcript",
            "synthesize",
            "audio-start",
            "audio-stop"
        ]
    );
    assert!(bytes > 22_050, "{bytes} bytes of voice");
    dialled.stop().await;
}
