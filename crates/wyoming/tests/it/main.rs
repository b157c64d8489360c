//! Callers and satellites on real connections of this machine, with engines and a house that are simple.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says what went wrong by stopping, and aloud what it left out"
)]

mod foreign;
mod house;
mod satellites;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use errand_runtime::house::Principal;
use errand_types::{DeviceId, Language, UserId};
use errand_voice_core::{
    Chunk, Chunks, Deadline, Frame, Hints, Pace, Passthrough, Reach, Sentence, SpeechProb,
    SpeechToText, SttError, SttInfo, TextToSpeech, Transcript, TtsError, TtsInfo, Utterance, Voice,
    VoiceActivity,
};
use errand_voice_talk::Engines;
use errand_voice_wyoming::{BLOCK_MAX, Decoder, Event, Form, LINE_MAX};
use errand_wyoming::{Peers, ServeConfig, serve};
use house::Echoes;
use jiff::tz::TimeZone;
use satellites::Noon;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Tells how much it heard.
#[derive(Debug)]
struct Ears;

impl SpeechToText for Ears {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: "ears",
            languages: vec![Language::English],
            streams: false,
            constrains: false,
            hears_beginnings: false,
            tells_nbest: false,
            reach: Reach::Local,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        _: &Hints,
        _: &Deadline,
    ) -> Result<Transcript, SttError> {
        let tenths = utterance.length().as_millis() / 100;
        Ok(Transcript::plain("ears", format!("{tenths} tenths")))
    }
}

/// Speaks a tone for each character.
#[derive(Debug)]
struct Mouth;

impl TextToSpeech for Mouth {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: "mouth",
            voices: vec![Voice {
                name: "tone".to_owned(),
                language: Language::English,
            }],
            tells_words: false,
            reach: Reach::Local,
        }
    }

    fn speak(&self, sentence: &Sentence, _: &Voice, _: Pace) -> Result<Chunks, TtsError> {
        let chunk = Chunk {
            rate_hz: 22_050,
            pcm: vec![8_000; 441],
            words: Vec::new(),
        };
        let count = sentence.as_str().chars().count();
        Ok(Box::new((0..count).map(move |_| Ok(chunk.clone()))))
    }
}

/// Takes whatever is loud for a voice.
#[derive(Debug)]
struct Loud;

impl VoiceActivity for Loud {
    fn name(&self) -> &'static str {
        "loud"
    }

    fn push(&mut self, frame: &Frame) -> Option<SpeechProb> {
        Some(SpeechProb {
            p: if frame.rms() > 0.02 { 1.0 } else { 0.0 },
            end: frame.end(),
        })
    }

    fn reset(&mut self) {}
}

fn engines() -> Engines {
    Engines::new(
        Arc::new(|| Box::new(Loud)),
        Arc::new(|| Box::new(Passthrough)),
    )
    .with_recognisers(vec![Arc::new(Ears)])
    .with_voices(vec![Arc::new(Mouth)])
}

fn kim(device: &str) -> Principal {
    Principal {
        user: UserId::parse("usr_kim").unwrap(),
        device: DeviceId::from_tail(device).unwrap(),
    }
}

/// A served port; it closes when this is stopped.
struct Served {
    address: SocketAddr,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
}

impl Served {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let config = ServeConfig {
            peers: Peers::default(),
            language: Language::English,
            person: Some(kim("wyoming")),
            zone: TimeZone::UTC,
            clock: Arc::new(Noon),
        };
        let token = shutdown.clone();
        let serving = tokio::spawn(async move {
            let house = Arc::new(Echoes::default());
            serve(listener, house, &engines(), config, token)
                .await
                .unwrap();
        });
        Self {
            address,
            shutdown,
            serving,
        }
    }

    async fn connect(&self) -> Peer {
        Peer::new(TcpStream::connect(self.address).await.unwrap())
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap();
    }
}

/// The other end of a connection.
struct Peer {
    stream: TcpStream,
    decoder: Decoder,
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            decoder: Decoder::default(),
        }
    }

    async fn send(&mut self, event: Event) {
        self.stream.write_all(&event.encode()).await.unwrap();
    }

    /// The next event; `None` at the end of the connection.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.decoder.next_event().unwrap() {
                return Some(event);
            }
            let mut bytes = [0; 4_096];
            match self.stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.decoder.push(&bytes[..count]),
            }
        }
    }

    async fn rest(&mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

/// Something loud.
fn speech(ms: usize) -> Vec<i16> {
    (0..ms * 16)
        .map(|n| if n / 40 % 2 == 0 { 6_000 } else { -6_000 })
        .collect()
}

async fn say(peer: &mut Peer, pcm: &[i16]) {
    let form = Form::mono(16_000);
    peer.send(Event::new("transcribe").with("language", "en"))
        .await;
    peer.send(form.on("audio-start")).await;
    for piece in pcm.chunks(1_024) {
        peer.send(form.chunk(piece, None)).await;
    }
    peer.send(Event::new("audio-stop")).await;
}

#[tokio::test]
async fn silence_is_understood_as_nothing_and_never_reaches_a_recogniser() {
    let served = Served::start().await;
    let mut peer = served.connect().await;

    say(&mut peer, &vec![0; 32_000]).await;

    let event = peer.next().await.unwrap();
    assert_eq!((event.kind(), event.text("text")), ("transcript", Some("")));
    served.stop().await;
}

#[tokio::test]
async fn what_is_spoken_arrives_whole_and_in_chunks() {
    let served = Served::start().await;
    let mut peer = served.connect().await;
    let text = "Good morning. Two bags.";
    peer.send(Event::new("synthesize").with("text", text)).await;

    let (mut kinds, mut bytes) = (Vec::new(), 0);
    loop {
        let event = peer.next().await.unwrap();
        bytes += event.payload().len();
        kinds.push(event.kind().to_owned());
        if event.kind() == "audio-stop" {
            break;
        }
    }

    assert_eq!(kinds[0], "audio-start");
    assert_eq!(bytes, "Good morning.Two bags.".len() * 441 * 2);
    served.stop().await;
}

#[tokio::test]
async fn sentences_of_one_name_are_one_conversation_and_the_voice_is_nobodys() {
    let served = Served::start().await;
    let said = |text: &str, name: &str| {
        Event::new("transcript")
            .with("text", text)
            .with("context", serde_json::json!({ "conversation_id": name }))
    };
    let mut told = Vec::new();
    for (text, name) in [("one", "a"), ("two", "a"), ("three", "b")] {
        let mut peer = served.connect().await;
        peer.send(said(text, name)).await;
        let event = peer.next().await.unwrap();
        assert_eq!(event.value("context").unwrap()["conversation_id"], name);
        told.push(event.text("text").unwrap().to_owned());
    }

    assert_eq!(
        told,
        [
            "one: one, stranger true.",
            "two: two, stranger true.",
            "one: three, stranger true."
        ]
    );
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_sentence_without_an_answer_is_told_as_not_handled() {
    let served = Served::start().await;
    let mut peer = served.connect().await;
    peer.send(Event::new("transcript").with("text", "silence"))
        .await;

    let event = peer.next().await.unwrap();

    assert_eq!(event.kind(), "not-handled");
    assert!(event.text("text").unwrap().contains("too long"));
    served.stop().await;
}

#[tokio::test]
async fn what_is_no_wyoming_or_too_long_ends_the_connection_with_a_reason() {
    let served = Served::start().await;
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![b'x'; LINE_MAX + 10],
        format!("{{\"type\":\"x\",\"payload_length\":{}}}\n", BLOCK_MAX + 1).into_bytes(),
        b"{\"type\":\"x\",\"data_length\":3}\n{{{".to_vec(),
    ] {
        let mut peer = served.connect().await;
        peer.stream.write_all(&bytes).await.unwrap();

        let events = peer.rest().await;

        let codes: Vec<_> = events.iter().map(|event| event.text("code")).collect();
        assert_eq!(codes, [Some("WYO-0002")]);
    }
    let mut peer = served.connect().await;
    peer.send(Event::new("ping").with("text", "still here?"))
        .await;
    assert_eq!(
        peer.next().await.unwrap().text("text"),
        Some("still here?"),
        "others are served on"
    );
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn half_a_frame_is_not_waited_for_and_neither_is_nothing() {
    let served = Served::start().await;
    let frame = Form::mono(16_000).chunk(&[1; 1_024], None).encode();
    for sent in [frame.len() / 2, 0] {
        let mut peer = served.connect().await;
        peer.stream.write_all(&frame[..sent]).await.unwrap();

        let events = peer.rest().await;

        assert_eq!(events.len(), 1);
        assert_eq!(events[0].text("code"), Some("WYO-0004"));
    }
    served.stop().await;
}

#[tokio::test]
async fn sound_without_an_end_is_read_after_thirty_seconds_of_it() {
    let served = Served::start().await;
    let mut peer = served.connect().await;
    let form = Form::mono(16_000);
    let second = speech(1_000);
    peer.send(form.on("audio-start")).await;
    for _ in 0..31 {
        peer.send(form.chunk(&second, None)).await;
    }

    let event = peer.next().await.unwrap();

    assert_eq!(event.kind(), "transcript");
    served.stop().await;
}

#[tokio::test]
async fn only_so_many_connections_are_open_and_the_next_is_told_so() {
    let served = Served::start().await;
    let mut open = Vec::new();
    for _ in 0..32 {
        let mut peer = served.connect().await;
        peer.send(Event::new("ping")).await;
        assert_eq!(peer.next().await.unwrap().kind(), "pong");
        open.push(peer);
    }

    let events = served.connect().await.rest().await;
    assert_eq!(events[0].text("code"), Some("WYO-0003"));

    drop(open.pop());
    // Its place is free once its end was seen.
    let mut came_in = false;
    for _ in 0..500 {
        let mut peer = served.connect().await;
        if peer
            .stream
            .write_all(&Event::new("ping").encode())
            .await
            .is_ok()
            && peer
                .next()
                .await
                .is_some_and(|event| event.kind() == "pong")
        {
            came_in = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(came_in);
    served.stop().await;
}
