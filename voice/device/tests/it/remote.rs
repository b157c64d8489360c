use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use errand_types::Language;
use errand_voice_core::{
    Care, Deadline, EngineFault, Grammar, Hints, Pace, SampleIdx, Sentence, SpeechToText, SttError,
    SttInfo, TextToSpeech, Transcript, Utterance, Voice,
};
use errand_voice_device::{OpenAiStt, OpenAiTts, Service, StandIn, WyomingStt, WyomingTts};

/// A service that hands each connection to a closure; tells its address and what it was asked.
pub(crate) fn serve(
    answer: impl Fn(&mut BufReader<TcpStream>) -> Vec<u8> + Send + 'static,
) -> (String, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let mut stream = BufReader::new(stream);
            let request = answer(&mut stream);
            heard.lock().unwrap().push(request);
        }
    });
    (address, asked)
}

/// Reads an HTTP request with its body, and writes an answer.
pub(crate) fn http(
    answer: Vec<u8>,
) -> impl Fn(&mut BufReader<TcpStream>) -> Vec<u8> + Send + 'static {
    move |stream| {
        let (mut request, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            request.extend(line.as_bytes());
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        let _ = stream.read_exact(&mut body);
        request.extend(body);
        let _ = stream.get_mut().write_all(&answer);
        request
    }
}

fn service(address: &str) -> Service {
    let key = Some("sk-secret".to_owned().into());
    Service::new(&format!("http://{address}/v1"), key, "whisper-1".to_owned()).unwrap()
}

fn english() -> Vec<Language> {
    vec![Language::English]
}

fn hints() -> Hints {
    let grammar = Grammar::open(["oat milk", "Sidamo Dawn"]).unwrap();
    Hints {
        grammar,
        ..Hints::open(Language::English)
    }
}

fn within(ms: u64) -> Deadline {
    Deadline {
        within: Duration::from_millis(ms),
        ..Deadline::usual(Duration::ZERO)
    }
}

fn utterance(care: Care) -> Utterance {
    Utterance::new(SampleIdx::ZERO, vec![1, 2, 3, -1], 4, care)
}

fn voice() -> Voice {
    Voice {
        name: "alloy".to_owned(),
        language: Language::English,
    }
}

fn text(stt: &dyn SpeechToText) -> Result<String, SttError> {
    stt.transcribe(utterance(Care::Ordinary), &hints(), &within(10_000))
        .map(|heard| heard.text)
}

/// The sound of a sentence, or why there is none.
fn sound(tts: &dyn TextToSpeech) -> Result<(Vec<i16>, u32), errand_voice_core::TtsError> {
    let (mut pcm, mut rate) = (Vec::new(), 0);
    for chunk in tts.speak(
        &Sentence::new("Good morning.").unwrap(),
        &voice(),
        Pace::percent(120),
    )? {
        let chunk = chunk?;
        assert!(chunk.pcm.len() <= chunk.rate_hz as usize);
        rate = chunk.rate_hz;
        pcm.extend(chunk.pcm);
    }
    Ok((pcm, rate))
}

#[test]
fn a_transcription_service_gets_a_wave_file_names_and_the_key_and_its_text_is_cleaned() {
    let (address, asked) = serve(http(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"text\":\" Add oat\\u0007\\nmilk.\", \"x\":[1,2]}\n".to_vec()));
    let stt = OpenAiStt::new(service(&address), english());

    assert_eq!(text(&stt).unwrap(), "Add oat milk.");
    let request = String::from_utf8_lossy(&asked.lock().unwrap()[0]).into_owned();
    assert!(
        request.starts_with("POST /v1/audio/transcriptions HTTP/1.1\r\n"),
        "{request}"
    );
    for part in [
        "authorization: Bearer sk-secret",
        "name=\"model\"\r\n\r\nwhisper-1\r\n",
        "name=\"language\"\r\n\r\nen\r\n",
        "name=\"prompt\"\r\n\r\noat milk, Sidamo Dawn\r\n",
        "filename=\"said.wav\"",
        "WAVEfmt ",
    ] {
        assert!(request.contains(part), "{part} is not in {request}");
    }
}

#[test]
fn a_speech_service_is_heard_while_it_speaks() {
    let (address, asked) = serve(http(
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec(),
    ));
    let silent = OpenAiTts::new(service(&address), vec![voice()]);
    assert!(matches!(
        sound(&silent),
        Err(errand_voice_core::TtsError::Engine(
            EngineFault::Unreachable { .. }
        ))
    ));
    let request = String::from_utf8_lossy(&asked.lock().unwrap()[0]).into_owned();
    assert!(
        request.contains("\"input\":\"Good morning.\"") && request.contains("\"speed\":1.2"),
        "{request}"
    );

    let (address, _) = serve(|stream| {
        let asked = http(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec())(stream);
        // Pieces that end within a sample.
        let sound: Vec<u8> = (0..30_001_u32).map(|n| (n % 251) as u8).collect();
        for piece in sound.chunks(4_001) {
            let _ = stream.get_mut().write_all(piece);
        }
        asked
    });
    let (pcm, rate) = sound(&OpenAiTts::new(service(&address), vec![voice()])).unwrap();

    assert_eq!((pcm.len(), rate), (15_000, 24_000));
    assert_eq!(
        pcm[..2],
        [i16::from_le_bytes([0, 1]), i16::from_le_bytes([2, 3])]
    );
}

/// Reads events up to one, and writes an answer.
pub(crate) fn wyoming(
    until: &'static str,
    answer: Vec<u8>,
) -> impl Fn(&mut BufReader<TcpStream>) -> Vec<u8> + Send + 'static {
    move |stream| {
        let mut heard = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return heard;
            }
            let head: serde_json::Value = serde_json::from_str(&line).unwrap();
            let length = |key: &str| head[key].as_u64().unwrap_or(0) as usize;
            let mut rest = vec![0; length("data_length") + length("payload_length")];
            stream.read_exact(&mut rest).unwrap();
            heard.extend(line.as_bytes());
            heard.extend(rest);
            if head["type"] == until {
                let _ = stream.get_mut().write_all(&answer);
                return heard;
            }
        }
    }
}

#[test]
fn a_wyoming_service_understands() {
    let answer = b"{\"type\":\"transcript\",\"version\":\"1.10.2\",\"data_length\":23}\n{\"text\":\"what is next\"}";
    let (address, asked) = serve(wyoming("audio-stop", answer.to_vec()));

    assert_eq!(
        text(&WyomingStt::new(address, english())).unwrap(),
        "what is next"
    );
    let heard = asked.lock().unwrap()[0].clone();
    let told = String::from_utf8_lossy(&heard);
    let at = |kind: &str| told.find(&format!("\"type\":\"{kind}\"")).unwrap();
    assert!(
        at("transcribe") < at("audio-start")
            && at("audio-start") < at("audio-chunk")
            && at("audio-chunk") < at("audio-stop")
    );
    assert!(
        heard
            .windows(8)
            .any(|part| part == [1, 0, 2, 0, 3, 0, 255, 255])
    );
}

#[test]
fn a_wyoming_service_speaks() {
    let data = "{\"rate\":22050,\"width\":2,\"channels\":1}";
    let mut answer = format!("{{\"type\":\"audio-start\",\"data\":{data}}}\n").into_bytes();
    for _ in 0..3 {
        answer.extend(
            format!(
                "{{\"type\":\"audio-chunk\",\"data_length\":{},\"payload_length\":20000}}\n{data}",
                data.len()
            )
            .into_bytes(),
        );
        answer.extend(vec![1; 20_000]);
    }
    answer.extend(b"{\"type\":\"audio-stop\"}\n");
    let (address, _) = serve(wyoming("synthesize", answer));

    let (pcm, rate) = sound(&WyomingTts::new(address, vec![voice()])).unwrap();

    assert_eq!((pcm.len(), rate), (30_000, 22_050));
    assert!(pcm.iter().all(|sample| *sample == 257));
}

#[test]
fn services_that_refuse_break_off_talk_nonsense_or_too_much_are_unreachable() {
    for answer in [
        &b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 9\r\n\r\nsk-secret"[..],
        b"HTTP/1.1 302 Found\r\nlocation: http://models.example/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"te",
        b"SSH-2.0-x\r\n",
        b"",
    ] {
        let (address, _) = serve(http(answer.to_vec()));
        let error = text(&OpenAiStt::new(service(&address), english())).unwrap_err();

        assert!(
            matches!(error, SttError::Engine(EngineFault::Unreachable { .. })),
            "{error}"
        );
        assert!(
            !error.to_string().contains("secret") && !error.to_string().contains(&address),
            "{error}"
        );
    }
    for answer in [
        &b"{\"type\":\"error\",\"data\":{\"text\":\"no\"}}\n"[..],
        b"hello\n",
        b"{\"type\":\"x\",\"data_length\":9999999}\n",
        b"",
    ] {
        let (address, _) = serve(wyoming("audio-stop", answer.to_vec()));
        let error = text(&WyomingStt::new(address, english())).unwrap_err();

        assert!(
            matches!(error, SttError::Engine(EngineFault::Unreachable { .. })),
            "{error}"
        );
    }
}

#[test]
fn a_service_that_hangs_holds_nobody_longer_than_the_deadline() {
    let hang = |stream: &mut BufReader<TcpStream>| {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        all
    };
    let (web, _) = serve(hang);
    let (line, _) = serve(hang);
    let engines: [Box<dyn SpeechToText>; 2] = [
        Box::new(OpenAiStt::new(service(&web), english())),
        Box::new(WyomingStt::new(line, english())),
    ];
    for engine in engines {
        let began = Instant::now();
        let late = engine
            .transcribe(utterance(Care::Ordinary), &hints(), &within(200))
            .unwrap_err();

        assert!(
            matches!(late, SttError::Engine(EngineFault::Late { .. })),
            "{late}"
        );
        let stopped = within(60_000);
        stopped.stop.raise();
        let stopped = engine
            .transcribe(utterance(Care::Ordinary), &hints(), &stopped)
            .unwrap_err();
        assert!(
            matches!(stopped, SttError::Engine(EngineFault::Stopped { .. })),
            "{stopped}"
        );
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn sound_of_an_open_approval_stays_in_the_house() {
    let (address, asked) = serve(http(
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"text\":\"amber\"}".to_vec(),
    ));
    let engines: [Box<dyn SpeechToText>; 2] = [
        Box::new(OpenAiStt::new(service(&address), english())),
        Box::new(WyomingStt::new(address, english())),
    ];
    for engine in engines {
        let sealed_hints = Hints {
            care: Care::Sealed,
            ..hints()
        };
        for (care, hints) in [(Care::Sealed, &hints()), (Care::Ordinary, &sealed_hints)] {
            let refused = engine
                .transcribe(utterance(care), hints, &within(10_000))
                .unwrap_err();
            assert!(matches!(refused, SttError::Sealed { .. }));
        }
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[derive(Debug)]
struct Near;

impl SpeechToText for Near {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: "near",
            languages: english(),
            streams: false,
            constrains: true,
            hears_beginnings: false,
            tells_nbest: false,
            reach: errand_voice_core::Reach::Local,
        }
    }

    fn transcribe(&self, _: Utterance, _: &Hints, _: &Deadline) -> Result<Transcript, SttError> {
        Ok(Transcript::plain("near", "near".to_owned()))
    }
}

#[test]
fn the_near_engine_takes_over_for_good_when_the_far_one_does_not_answer() {
    let (address, asked) = serve(http(
        b"HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n".to_vec(),
    ));
    let far = Arc::new(OpenAiStt::new(service(&address), english()));
    let both = StandIn::new(far, Arc::new(Near));
    let sealed = both
        .transcribe(utterance(Care::Sealed), &hints(), &within(10_000))
        .unwrap();
    assert_eq!((sealed.engine, both.has_taken_over()), ("near", false));

    for _ in 0..3 {
        assert_eq!(text(&both).unwrap(), "near");
    }

    assert!(both.has_taken_over());
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(both.info().engine, "near");
}
