//! `errand voice enrol` and `errand voice forget`: the voice that a person lets errand know.

use errand_voice_core::{MfccSpeaker, SpeakerError, SpeakerScore, Utterance};
use serde::Serialize;

use super::{apart, plan};
use crate::args::{EnrolArgs, PlaceArgs};
use crate::fault::{Exit, Fault};
use crate::place::data_dir;
use crate::render::notes;
use crate::term::Out;
use crate::voice::{KeptPrint, SpeakerCheckSetting, VoicePlan};
use crate::world::SystemIds;

/// Sentences at least: one alone says more about its words than about a voice.
const SENTENCES_MIN: usize = 3;
/// Sentences at most.
const SENTENCES_MAX: usize = 50;
/// What is read aloud into the microphone.
#[cfg(feature = "native-voice")]
const SENTENCES: [&str; 6] = [
    "Order more coffee like last time, but decaf.",
    "What is in my cart, and how much does it cost?",
    "Find a warm blanket for under forty dollars.",
    "When does my order come, and can it come later?",
    "Put the second one back and show me the others.",
    "Thank you, that was all for today.",
];
/// Seconds for each.
#[cfg(feature = "native-voice")]
const SECONDS: u8 = 5;
/// Voice in a sentence at least, in milliseconds: the shortest of these takes a second to say.
#[cfg(feature = "native-voice")]
const VOICE_MS_MIN: u64 = 600;
/// How often one is asked for at most: who was not heard by then has another problem.
#[cfg(feature = "native-voice")]
const ASKED_MAX: usize = 3;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Enrolled {
    ok: bool,
    engine: &'static str,
    sentences: usize,
    /// Seconds of sound that it was learned from.
    seconds: f64,
    /// How alike the least alike of these sentences is to the others, from 0 to 100, and how alike a voice has to be.
    alike: u8,
    least: u8,
    /// Whether voices are compared with it by these settings.
    compares: bool,
}

/// Learns a voice and keeps its print, and nothing else.
pub(super) async fn enrol(
    place: &PlaceArgs,
    args: &EnrolArgs,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let plan = plan(args.settings.config.as_deref())?;
    if !args.json {
        out.talk(&[
            "What is kept: some forty numbers about how your voice sounds, sealed, on this machine. No sound, no words.".to_owned(),
            "What for: with `speaker_check = \"on\"`, what another voice says buys nothing by voice and is asked on your screen. It proves nobody, and it opens nothing.".to_owned(),
            "`errand voice forget` deletes it.".to_owned(),
        ]);
    }
    let said = if args.wav.is_empty() {
        recorded(&plan, args.json, out).await?
    } else {
        files(args)?
    };
    let kept = KeptPrint::in_data(&data_dir(place.data.as_ref()));
    let compares = plan.speaker_check == SpeakerCheckSetting::On;
    let enrolled = apart(move || learn(&said, &kept, compares)).await??;
    if args.json {
        out.json(&enrolled)?;
        return Ok(Exit::Done);
    }
    let rest = format!(
        "from {} sentences; the least alike of them is {} of 100, and {} are needed",
        enrolled.sentences, enrolled.alike, enrolled.least
    );
    out.data(&notes::done("your voice is known", &rest, &out.data));
    if !compares {
        let hint = "nobody is compared with it yet: `speaker_check = \"on\"` in the table `[voice]` of the settings";
        out.talk(&notes::hint(hint, &out.talk));
    }
    Ok(Exit::Done)
}

/// Deletes the print.
pub(super) fn forget(place: &PlaceArgs, json: bool, out: &mut Out) -> Result<Exit, Fault> {
    let kept = KeptPrint::in_data(&data_dir(place.data.as_ref()));
    let was_there = kept.forget().map_err(|error| {
        Fault::ours(format!(
            "`{}` cannot be deleted: {}",
            kept.path().display(),
            error.kind()
        ))
    })?;
    if json {
        out.json(&serde_json::json!({ "ok": true, "was_there": was_there }))?;
    } else if was_there {
        let rest = "its print is deleted, and nobody is compared with it any more";
        out.data(&notes::done("your voice is forgotten", rest, &out.data));
    } else {
        out.data(&["no voice was enrolled".to_owned()]);
    }
    Ok(Exit::Done)
}

fn files(args: &EnrolArgs) -> Result<Vec<Utterance>, Fault> {
    let count = args.wav.len();
    if !(SENTENCES_MIN..=SENTENCES_MAX).contains(&count) {
        return Err(Fault::usage(
            format!("a voice is not learned from {count} sentences"),
            &format!(
                "`--wav FILE` for each, {SENTENCES_MIN} to {SENTENCES_MAX} of them; five or more are better"
            ),
        ));
    }
    let all = args.wav.iter().map(|path| super::wav::of_file(path));
    all.map(|pcm| Ok(Utterance::from_pcm(pcm?))).collect()
}

/// Nobody can be recorded here.
#[cfg(not(feature = "native-voice"))]
async fn recorded(_: &VoicePlan, _: bool, _: &mut Out) -> Result<Vec<Utterance>, Fault> {
    std::future::ready(Err(super::no_sound())).await
}

#[cfg(feature = "native-voice")]
async fn recorded(plan: &VoicePlan, json: bool, out: &mut Out) -> Result<Vec<Utterance>, Fault> {
    let mut ear = super::test::sound::Ear::open(plan)?;
    let mut said = Vec::new();
    for (sentence, n) in SENTENCES.iter().zip(1..) {
        let count = SENTENCES.len();
        let mut asks = format!("{n} of {count}, within {SECONDS} seconds, say:");
        let mut asked = 1;
        loop {
            if !json {
                out.talk(&[String::new(), asks.clone(), format!("  {sentence}")]);
            }
            let one = sentence_of(&mut ear, json, out).await?;
            let Some(error) = hardly_heard(&one) else {
                said.push(one);
                break;
            };
            if asked >= ASKED_MAX {
                let hint = "`errand voice test` shows what the microphone hears";
                return Err(Fault {
                    hint: Some(hint.to_owned()),
                    ..Fault::enrolment(&error)
                });
            }
            asked += 1;
            "That was hardly heard. Once more, louder or nearer to the microphone:"
                .clone_into(&mut asks);
        }
    }
    Ok(said)
}

#[cfg(feature = "native-voice")]
async fn sentence_of(
    ear: &mut super::test::sound::Ear,
    json: bool,
    out: &mut Out,
) -> Result<Utterance, Fault> {
    use errand_voice_core::{RATE_HZ, Resampler, to_s16};

    let pcm = ear.record(SECONDS, json, out).await?;
    if !json {
        out.erase();
    }
    let resampler = Resampler::new(ear.rate_hz(), RATE_HZ);
    let mut resampler = resampler.map_err(|e| Fault::ours(e.to_string()))?;
    let pcm = resampler.push(&pcm).into_iter().map(to_s16).collect();
    Ok(Utterance::from_pcm(pcm))
}

/// Too little voice for a sentence. One alone is too little to learn a voice from, and whoever compares voices tells how much it was.
#[cfg(feature = "native-voice")]
fn hardly_heard(one: &Utterance) -> Option<SpeakerError> {
    let error = MfccSpeaker::default()
        .enrol(std::slice::from_ref(one))
        .err()?;
    let found_ms = match error {
        SpeakerError::TooShort { found_ms, .. } => found_ms,
        SpeakerError::Engine(_) | SpeakerError::OtherEngine => 0,
    };
    (found_ms < VOICE_MS_MIN).then_some(SpeakerError::TooShort {
        found_ms,
        needed_ms: VOICE_MS_MIN,
    })
}

/// Learns a voice from sentences that have to sound alike, and keeps its print.
fn learn(said: &[Utterance], kept: &KeptPrint, compares: bool) -> Result<Enrolled, Fault> {
    let engine = MfccSpeaker::default();
    let info = engine.info();
    let print = engine.enrol(said).map_err(|e| Fault::enrolment(&e))?;
    let (alike, which) = least_alike(&engine, said).map_err(|e| Fault::enrolment(&e))?;
    if alike < info.least {
        return Err(Fault {
            not: Some("Nothing was kept.".to_owned()),
            ..Fault::usage(
                format!(
                    "sentence {which} does not sound like the others: {alike} of 100, and {} are needed",
                    info.least
                ),
                "say all of them with one voice, at one microphone, in a quiet room",
            )
        });
    }
    kept.write(&print, &SystemIds::default())
        .map_err(|error| Fault::ours(format!("the voice print cannot be kept: {error:#}")))?;
    Ok(Enrolled {
        ok: true,
        engine: info.engine,
        sentences: said.len(),
        seconds: said.iter().map(|one| one.length().as_secs_f64()).sum(),
        alike,
        least: info.least,
        compares,
    })
}

/// How alike each sentence is to a print of the others: the least of that, and which sentence it is, from 1.
fn least_alike(engine: &dyn SpeakerScore, said: &[Utterance]) -> Result<(u8, usize), SpeakerError> {
    let mut least = (u8::MAX, 0);
    for (at, one) in said.iter().enumerate() {
        let others = said.iter().enumerate().filter(|(other, _)| *other != at);
        let others: Vec<Utterance> = others.map(|(_, other)| other.clone()).collect();
        let alike = engine.score(&engine.enrol(&others)?, one)?.hundredths();
        least = least.min((alike, at + 1));
    }
    Ok(least)
}
