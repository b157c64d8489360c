//! The same with the engines that are Rust alone, speech of a program, and our own echo in the microphone.

use std::collections::VecDeque;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use errand_types::Language;
use errand_voice_core::{
    Chunk, Chunks, Deadline, EngineFault, Hints, Pace, Reach, Resampler, Sentence, SpeechToText,
    SttError, SttInfo, TextToSpeech, Transcript, TtsError, TtsInfo, Utterance, Voice, from_s16,
    to_s16,
};
use errand_voice_talk::{Engines, Happened, Limits, Outcome, StreamConfig, Streams, VoiceEvent};
use jiff::civil::date;

use crate::kit::in_words;

/// From loudspeaker to microphone.
const ECHO_DELAY: usize = 1_280;
const ECHO_GAIN: f32 = 0.4;

fn espeak(text: &str, voice: &str) -> Option<Vec<i16>> {
    let mut child = Command::new("espeak-ng")
        .args(["-v", voice, "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let header = output.stdout.get(..44)?;
    let rate = u32::from_le_bytes(header.get(24..28)?.try_into().ok()?);
    let pcm: Vec<f32> = output.stdout[44..]
        .chunks_exact(2)
        .map(|pair| from_s16(i16::from_le_bytes([pair[0], pair[1]])))
        .collect();
    let mut resampler = Resampler::new(rate, 16_000).ok()?;
    Some(resampler.push(&pcm).into_iter().map(to_s16).collect())
}

/// Speaks by the program.
#[derive(Debug)]
struct Program;

impl TextToSpeech for Program {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: "espeak-ng",
            voices: vec![Voice {
                name: "en-us".to_owned(),
                language: Language::English,
            }],
            tells_words: false,
            reach: Reach::Local,
        }
    }

    fn speak(&self, sentence: &Sentence, voice: &Voice, _: Pace) -> Result<Chunks, TtsError> {
        let pcm = espeak(sentence.as_str(), &voice.name).ok_or(EngineFault::Failed {
            engine: "espeak-ng",
            cause: "it does not start".to_owned(),
        })?;
        let chunks: Vec<Result<Chunk, TtsError>> = pcm
            .chunks(1_600)
            .map(|pcm| {
                Ok(Chunk {
                    rate_hz: 16_000,
                    pcm: pcm.to_vec(),
                    words: Vec::new(),
                })
            })
            .collect();
        Ok(Box::new(chunks.into_iter()))
    }
}

/// Reads what it was told that will be said.
#[derive(Debug, Default)]
struct Prompter {
    texts: Mutex<VecDeque<&'static str>>,
}

impl SpeechToText for Prompter {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: "prompter",
            languages: vec![Language::English],
            streams: false,
            constrains: false,
            hears_beginnings: false,
            tells_nbest: false,
            reach: Reach::Local,
        }
    }

    fn transcribe(&self, _: Utterance, _: &Hints, _: &Deadline) -> Result<Transcript, SttError> {
        let texts = self.texts.lock().unwrap();
        let text = texts.front().copied().unwrap_or_default();
        Ok(Transcript::plain("prompter", text.to_owned()))
    }
}

#[expect(clippy::print_stdout, reason = "a test that cannot run says so")]
fn skipped() {
    println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
}

#[test]
fn our_own_echo_interrupts_nothing_and_a_person_over_it_does() {
    let (Some(request), Some(stop)) = (
        espeak("please find me some coffee beans", "en-gb+m3"),
        espeak("stop, I changed my mind about that", "en-gb+m3"),
    ) else {
        skipped();
        return;
    };
    let prompter = Arc::new(Prompter::default());
    let engines = Engines::built_in()
        .with_recognisers(vec![Arc::clone(&prompter) as Arc<dyn SpeechToText>])
        .with_voices(vec![Arc::new(Program)]);
    let limits = Limits::for_cores(2);
    let streams = Streams::new(engines, limits).unwrap();
    let config = StreamConfig {
        partials: false,
        ..StreamConfig::usual(date(2026, 11, 26))
    };
    let (handle, mut events) = streams.open(config).unwrap();
    let mut ring: VecDeque<i16> = VecDeque::new();
    let mut air: VecDeque<i16> = vec![0; ECHO_DELAY].into();
    let mut taken = 0_u64;
    let mut told: Vec<String> = Vec::new();
    let mut room = |person: &[i16], told: &mut Vec<String>| {
        for part in person.chunks_exact(160) {
            let count = ring.len().min(160);
            let mut played: Vec<i16> = ring.drain(..count).collect();
            played.resize(160, 0);
            taken += count as u64;
            air.extend(&played);
            let heard: Vec<i16> = part
                .iter()
                .map(|own| {
                    let echo = from_s16(air.pop_front().unwrap_or(0)) * ECHO_GAIN;
                    to_s16(from_s16(*own) * 0.6 + echo)
                })
                .collect();
            handle.rendered(&played, 16_000).unwrap();
            handle.push(&heard).unwrap();
            assert!(handle.wait_idle(Duration::from_secs(60)));
            while let Ok(event) = events.try_recv() {
                match &event {
                    VoiceEvent::Play { pcm, .. } => {
                        ring.extend(pcm.samples());
                    }
                    VoiceEvent::Replace { pcm, .. } => ring = pcm.samples().to_vec().into(),
                    _ => {}
                }
                told.extend(in_words(&event));
            }
            handle.played(taken, taken).unwrap();
        }
        ring.len()
    };
    let silence = |ms: usize| vec![0_i16; ms * 16];
    let next = |text: &'static str| {
        let mut texts = prompter.texts.lock().unwrap();
        texts.clear();
        texts.push_back(text);
    };

    room(&silence(500), &mut told);
    next("please find me some coffee beans");
    room(&request, &mut told);
    room(&silence(1_500), &mut told);
    assert!(
        told.contains(&"send: please find me some coffee beans".to_owned()),
        "{told:#?}"
    );

    // Whatever is read now is no word of a person.
    next("");
    told.clear();
    handle
        .happened(Happened::said("I found three that fit, and I would take the Marcala. It comes on Saturday between eight and ten in the morning."))
        .unwrap();
    let outcome = Outcome::Completed;
    handle.happened(Happened::TurnDone { outcome }).unwrap();
    room(&silence(14_000), &mut told);
    assert!(
        !told
            .iter()
            .any(|l| l.starts_with("cut at") || l.contains("speaks")),
        "{told:#?}"
    );
    assert_eq!(
        told.iter().filter(|l| l.starts_with("says")).count(),
        2,
        "{told:#?}"
    );

    told.clear();
    handle
        .happened(Happened::said("Here is something long to be talked over, with many words in it, so that it does not end before the person does."))
        .unwrap();
    room(&silence(2_500), &mut told);
    next("stop, I changed my mind about that");
    room(&stop, &mut told);
    let waiting = room(&silence(1_500), &mut told);
    assert!(told.iter().any(|l| l.starts_with("cut at")), "{told:#?}");
    assert_eq!(waiting, 0, "and nothing more is played");
}
