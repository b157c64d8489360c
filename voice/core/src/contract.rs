//! What every implementation of a port must hold, as functions for its tests.
//!
//! Each takes what makes the implementation and says what it broke. They run for the engines of this crate, and for those of
//! other crates in theirs.

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use errand_types::Language;

use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx, samples, to_s16};
use crate::ports::{
    Deadline, EchoCanceller, EngineFault, Grammar, Hints, Pace, Print, Reach, Sentence,
    SpeakerError, SpeakerScore, SpeechToText, Stop, SttError, TextToSpeech, Voice, VoiceActivity,
    WAKE_REFRACTORY_MS, WakeWord,
};
use crate::utterance::{Care, Utterance};

/// What an implementation broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

fn hold(is_held: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if is_held { Ok(()) } else { Err(Broken(what())) }
}

/// Sounds that are no speech and that everything must bear: silence, hum, clipping, impulses, noise, and what is no sound.
fn hard_sounds() -> Vec<(&'static str, Vec<Frame>)> {
    let mut chance = 0x2545_F491_u32;
    let mut noise = move || {
        chance ^= chance << 13;
        chance ^= chance >> 17;
        chance ^= chance << 5;
        f32::from((chance >> 16) as u16) / 32_768.0 - 1.0
    };
    let tone = |n: u64, hz: f32| (TAU * hz * f32::from((n % 16_000) as u16) / 16_000.0).sin();
    vec![
        ("silence", frames(|_| 0.0)),
        ("a hum", frames(|n| 0.3 * tone(n, 120.0))),
        (
            "clipping",
            frames(|n| (4.0 * tone(n, 300.0)).clamp(-1.0, 1.0)),
        ),
        ("too loud", frames(|n| 5.0 * tone(n, 300.0))),
        (
            "impulses",
            frames(|n| if n % 1_600 == 0 { 1.0 } else { 0.0 }),
        ),
        ("noise", frames(|_| 0.3 * noise())),
        ("denormals", frames(|_| 1e-40)),
        (
            "no numbers",
            frames(|n| {
                if n % 700 == 0 {
                    f32::NAN
                } else {
                    f32::INFINITY
                }
            }),
        ),
    ]
}

/// Three seconds of a sound.
fn frames(mut sample: impl FnMut(u64) -> f32) -> Vec<Frame> {
    (0..300)
        .map(|n| {
            let mut frame = Frame::silence(SampleIdx::from_ms(n * 10));
            for (k, slot) in (frame.first.get()..).zip(&mut frame.pcm) {
                *slot = sample(k);
            }
            frame
        })
        .collect()
}

/// Holds [`VoiceActivity`] against its contract.
pub fn voice_activity(make: &dyn Fn() -> Box<dyn VoiceActivity>) -> Result<(), Broken> {
    for (name, sound) in hard_sounds() {
        let mut vad = make();
        let mut last = SampleIdx::ZERO;
        for frame in &sound {
            let Some(speech) = vad.push(frame) else {
                let lag_ms = frame.end().ms_since(last);
                hold(lag_ms <= 64, || format!("{name}: {lag_ms} ms behind"))?;
                continue;
            };
            hold((0.0..=1.0).contains(&speech.p), || {
                format!("{name}: {} is no probability", speech.p)
            })?;
            hold(last < speech.end && speech.end <= frame.end(), || {
                format!("{name}: a judgement ends at {} behind {last}", speech.end)
            })?;
            last = speech.end;
        }
        hold(last > SampleIdx::ZERO, || format!("{name}: no judgement"))?;
    }
    same_after_reset(make)
}

fn same_after_reset(make: &dyn Fn() -> Box<dyn VoiceActivity>) -> Result<(), Broken> {
    let all = hard_sounds();
    let Some((_, sound)) = all.iter().find(|(name, _)| *name == "noise") else {
        return Ok(());
    };
    let judge = |vad: &mut dyn VoiceActivity| -> Vec<u32> {
        let told = sound.iter().filter_map(|frame| vad.push(frame));
        told.map(|speech| speech.p.to_bits()).collect()
    };
    let mut vad = make();
    let first = judge(vad.as_mut());
    vad.reset();
    hold(judge(vad.as_mut()) == first, || {
        "after a reset the same sound is judged otherwise".to_owned()
    })
}

/// Holds [`EchoCanceller`] against its contract.
pub fn echo_canceller(make: &dyn Fn() -> Box<dyn EchoCanceller>) -> Result<(), Broken> {
    let sounds = hard_sounds();
    for (name, sound) in &sounds {
        for (other, render) in &sounds {
            let mut echo = make();
            let mut out = Frame::silence(SampleIdx::ZERO);
            for (capture, render) in sound.iter().zip(render) {
                echo.render(render);
                echo.capture(capture, &mut out);
                let is_sound = out.pcm.iter().all(|s| (-1.0..=1.0).contains(s));
                let is_wild = capture.pcm.iter().any(|s| !(-1.0..=1.0).contains(s));
                // What passes sound on as it is may pass on what is none.
                hold(
                    is_sound || (is_wild && echo.name() == "passthrough"),
                    || format!("{name} under {other}: what comes out is no sound"),
                )?;
                let subtracted = echo.subtracted();
                hold(out.first == capture.first, || {
                    format!("{name}: the frame lost its place")
                })?;
                let is_like = subtracted.is_none_or(|other| {
                    let is_sound = other.pcm.iter().all(|s| (-1.0..=1.0).contains(s));
                    other.first == capture.first && is_sound
                });
                hold(is_like, || {
                    format!(
                        "{name} under {other}: what is only subtracted is no sound, or lies elsewhere"
                    )
                })?;
            }
        }
    }
    speech_passes(make)
}

/// With nothing played, a voice-like tone comes through.
fn speech_passes(make: &dyn Fn() -> Box<dyn EchoCanceller>) -> Result<(), Broken> {
    let mut echo = make();
    let tone = frames(|n| {
        let at = f32::from((n % 16_000) as u16) / 16_000.0;
        0.2 * (TAU * 220.0 * at).sin() + 0.1 * (TAU * 1_200.0 * at).sin()
    });
    let mut out = Frame::silence(SampleIdx::ZERO);
    let (mut before, mut behind) = (0.0, 0.0);
    for frame in &tone {
        echo.render(&Frame::silence(frame.first));
        echo.capture(frame, &mut out);
        before += frame.rms();
        behind += out.rms();
    }
    let share = behind / before;
    hold((0.7..1.3).contains(&share), || {
        format!("with nothing played, {share:.2} of a voice came through")
    })
}

/// Holds [`WakeWord`] against its contract.
pub fn wake_word(make: &dyn Fn() -> Box<dyn WakeWord>) -> Result<(), Broken> {
    hold(!make().phrases().is_empty(), || {
        "it listens for nothing".to_owned()
    })?;
    for (name, sound) in hard_sounds() {
        let mut wake = make();
        let mut last: Option<SampleIdx> = None;
        for frame in &sound {
            let Some(found) = wake.push(frame) else {
                continue;
            };
            hold(name == "noise" || name == "too loud", || {
                format!("{name} woke it with {}", found.score)
            })?;
            hold(found.end <= frame.end(), || {
                format!("{name}: a word ends in the future")
            })?;
            let apart = last.is_none_or(|last| found.end.ms_since(last) >= WAKE_REFRACTORY_MS);
            hold(apart, || format!("{name}: woken twice at once"))?;
            last = Some(found.end);
        }
    }
    Ok(())
}

/// Utterances that everybody must bear.
fn hard_utterances() -> Vec<(&'static str, Utterance)> {
    let mut all: Vec<(&'static str, Utterance)> = hard_sounds()
        .into_iter()
        .map(|(name, sound)| {
            let pcm = sound.iter().flat_map(|f| f.pcm.iter().copied().map(to_s16));
            (name, Utterance::from_pcm(pcm.collect()))
        })
        .collect();
    all.push(("nothing", Utterance::from_pcm(Vec::new())));
    all.push(("one sample", Utterance::from_pcm(vec![1])));
    all.push(("50 ms", Utterance::from_pcm(vec![100; FRAME_SAMPLES * 5])));
    all
}

/// Holds [`SpeechToText`] against its contract. Looks at the clock: the engine does, too.
pub fn speech_to_text(engine: &dyn SpeechToText) -> Result<(), Broken> {
    let info = engine.info();
    hold(!info.engine.is_empty(), || "it has no name".to_owned())?;
    let Some(language) = info.languages.first().copied() else {
        return Err(Broken("it knows no language".to_owned()));
    };
    for (name, utterance) in hard_utterances() {
        let within = Duration::from_secs(20);
        let told = transcribe(engine, utterance, Hints::open(language), within);
        match told {
            Ok(text) => {
                hold(!text.chars().any(char::is_control), || {
                    format!("{name}: control characters in the text")
                })?;
                let is_quiet = matches!(name, "silence" | "nothing" | "one sample" | "denormals");
                hold(!is_quiet || text.trim().is_empty(), || {
                    format!("{name} was understood as words")
                })?;
            }
            Err(error) => return Err(Broken(format!("{name}: {error}"))),
        }
    }
    sealed_stays_here(engine, language)?;
    stops(engine, language)?;
    languages(engine)
}

fn transcribe(
    engine: &dyn SpeechToText,
    utterance: Utterance,
    hints: Hints,
    within: Duration,
) -> Result<String, SttError> {
    let deadline = Deadline {
        within,
        stop: Stop::default(),
    };
    engine
        .transcribe(utterance, &hints, &deadline)
        .map(|transcript| transcript.text)
}

fn sealed_stays_here(engine: &dyn SpeechToText, language: Language) -> Result<(), Broken> {
    let sealed = Utterance::new(SampleIdx::ZERO, vec![0; 16_000], 0, Care::Sealed);
    let told = transcribe(
        engine,
        sealed,
        Hints::open(language),
        Duration::from_secs(20),
    );
    let is_refused = matches!(told, Err(SttError::Sealed { .. }));
    hold(is_refused == (engine.info().reach == Reach::Remote), || {
        "sealed sound: refused here, or taken elsewhere".to_owned()
    })
}

fn stops(engine: &dyn SpeechToText, language: Language) -> Result<(), Broken> {
    let deadline = Deadline {
        within: Duration::from_secs(20),
        stop: Stop::default(),
    };
    deadline.stop.raise();
    let noise = frames(|n| f32::from((n * 7_919 % 2_001) as u16) / 5_000.0 - 0.2);
    let pcm: Vec<i16> = noise
        .iter()
        .flat_map(|f| f.pcm.iter().copied().map(to_s16))
        .collect();
    let began = Instant::now();
    let told = engine.transcribe(Utterance::from_pcm(pcm), &Hints::open(language), &deadline);
    let took = began.elapsed();
    // An engine that was done before it looked may answer.
    let is_well = matches!(
        told,
        Ok(_) | Err(SttError::Engine(EngineFault::Stopped { .. }))
    );
    hold(is_well && took < Duration::from_secs(5), || {
        format!("stopped before it began, it went on for {took:?}")
    })
}

fn languages(engine: &dyn SpeechToText) -> Result<(), Broken> {
    let known = engine.info().languages;
    for language in Language::ALL {
        if known.contains(&language) {
            continue;
        }
        let told = transcribe(
            engine,
            Utterance::from_pcm(vec![0; 1_600]),
            Hints::open(language),
            Duration::from_secs(20),
        );
        hold(matches!(told, Err(SttError::Language { .. })), || {
            format!("it takes {language:?}, which it does not know")
        })?;
    }
    Ok(())
}

/// Holds what a recogniser makes of a closed grammar: nothing but its phrases, filler aside.
pub fn closed_grammar(
    engine: &dyn SpeechToText,
    utterance: Utterance,
    phrases: &[&str],
) -> Result<(), Broken> {
    let grammar = Grammar::closed(phrases.iter().copied(), 2).map_err(|e| Broken(e.to_string()))?;
    let hints = Hints {
        grammar,
        ..Hints::open(Language::English)
    };
    let text = transcribe(engine, utterance, hints, Duration::from_secs(20))
        .map_err(|error| Broken(error.to_string()))?;
    let known: Vec<&str> = phrases.iter().flat_map(|p| p.split(' ')).collect();
    let is_closed = text.split_whitespace().all(|word| known.contains(&word));
    hold(is_closed || !engine.info().constrains, || {
        "it says that it constrains and understood words outside of the grammar".to_owned()
    })
}

/// Holds [`TextToSpeech`] against its contract.
pub fn text_to_speech(engine: &dyn TextToSpeech) -> Result<(), Broken> {
    let info = engine.info();
    let Some(voice) = info.voices.first() else {
        return Err(Broken("it has no voice".to_owned()));
    };
    let texts = [
        "Bought. It comes on Saturday between eight and ten in the morning.",
        "1",
        "It's \"quoted\", 'twice'; $(touch nothing) `nothing` | && -v --help",
        "-w /tmp/nothing",
        "Größe, café, naïve, 你好, \u{1F600} yes",
    ];
    for text in texts {
        let sentence = Sentence::new(text).map_err(|error| Broken(error.to_string()))?;
        let mut rate = None;
        let mut samples = 0_usize;
        let chunks = engine.speak(&sentence, voice, Pace::USUAL);
        let chunks = chunks.map_err(|error| Broken(error.to_string()))?;
        for chunk in chunks {
            let chunk = chunk.map_err(|error| Broken(error.to_string()))?;
            hold((8_000..=48_000).contains(&chunk.rate_hz), || {
                format!("{} is no rate", chunk.rate_hz)
            })?;
            hold(*rate.get_or_insert(chunk.rate_hz) == chunk.rate_hz, || {
                "the rate changed within a sentence".to_owned()
            })?;
            let second = usize::try_from(chunk.rate_hz).unwrap_or(usize::MAX);
            hold(chunk.pcm.len() <= second, || {
                format!(
                    "a chunk of {} samples is longer than a second",
                    chunk.pcm.len()
                )
            })?;
            samples += chunk.pcm.len();
        }
        let shortest = usize::try_from(rate.unwrap_or(0) / 50).unwrap_or(0);
        hold(samples > 0 && samples >= shortest, || {
            "there is no sound".to_owned()
        })?;
    }
    unknown_voice(engine, voice)
}

fn unknown_voice(engine: &dyn TextToSpeech, voice: &Voice) -> Result<(), Broken> {
    let sentence = Sentence::new("Yes.").map_err(|error| Broken(error.to_string()))?;
    let nobody = Voice {
        name: "no such voice; rm".to_owned(),
        language: voice.language,
    };
    let told = engine.speak(&sentence, &nobody, Pace::USUAL);
    hold(told.is_err(), || {
        "it speaks in a voice that is none".to_owned()
    })
}

/// Holds [`SpeakerScore`] against its contract; `voices` are utterances of two people, three seconds or more each.
pub fn speaker_score(engine: &dyn SpeakerScore, voices: [&Utterance; 2]) -> Result<(), Broken> {
    let [one, other] = voices;
    let fail = |error: SpeakerError| Broken(error.to_string());
    let print = engine.enrol(std::slice::from_ref(one)).map_err(fail)?;
    let again = engine.enrol(std::slice::from_ref(one)).map_err(fail)?;
    hold(print == again, || {
        "the same voice has two prints".to_owned()
    })?;
    let stored = Print::from_bytes(&print.to_bytes()).map_err(|e| Broken(e.to_string()))?;
    hold(stored == print, || {
        "a print does not survive being stored".to_owned()
    })?;
    let same = engine.score(&print, one).map_err(fail)?;
    let different = engine.score(&print, other).map_err(fail)?;
    hold(same > different, || {
        format!(
            "a stranger scores {} and the person {}",
            different.get(),
            same.get()
        )
    })?;
    let foreign = Print::new("nobody", 1, print.values().to_vec());
    let told = engine.score(&foreign, one);
    hold(told == Err(SpeakerError::OtherEngine), || {
        "a print of another engine is taken".to_owned()
    })?;
    let short = Utterance::from_pcm(vec![100; usize::try_from(samples(50)).unwrap_or(0)]);
    let told = engine.enrol(&[short]);
    hold(matches!(told, Err(SpeakerError::TooShort { .. })), || {
        "50 ms are enough to enrol".to_owned()
    })?;
    for (name, utterance) in hard_utterances() {
        // Whatever it says, it says it without dying.
        let told = engine.score(&print, &utterance);
        let is_well = told.is_ok() || matches!(told, Err(SpeakerError::TooShort { .. }));
        hold(is_well, || format!("{name}: {told:?}"))?;
    }
    Ok(())
}
