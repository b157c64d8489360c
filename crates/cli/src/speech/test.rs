#[cfg(any(feature = "native-voice", test))]
mod report;
#[cfg(feature = "native-voice")]
pub(super) mod sound;

use std::path::Path;

#[cfg(feature = "native-voice")]
use self::report::{Shape, Speaking, advice};
use super::plan;
#[cfg(feature = "native-voice")]
use super::sample::Heard;
use crate::args::PlaceArgs;
use crate::fault::{Exit, Fault};
use crate::term::Out;

/// Records, plays it back, understands it, and says how long each took.
#[cfg(not(feature = "native-voice"))]
pub(super) async fn test(
    _: &PlaceArgs,
    config: Option<&Path>,
    _: u8,
    _: bool,
    _: &mut Out,
) -> Result<Exit, Fault> {
    plan(config)?;
    Err(super::no_sound())
}

#[cfg(feature = "native-voice")]
pub(super) async fn test(
    place: &PlaceArgs,
    config: Option<&Path>,
    seconds: u8,
    json: bool,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let plan = plan(config)?;
    let data = crate::place::data_dir(place.data.as_ref());
    let (mut ear, mut mouth) = sound::open(&plan)?;
    if !json {
        out.talk(&[format!("say something, for {seconds} seconds")]);
    }
    let pcm = ear.record(seconds, json, out).await?;
    let recorded = ear.recorded(&pcm);
    if !json {
        out.erase();
        out.talk(&crate::render::notes::done(
            "recorded",
            &recorded.told(),
            &out.talk,
        ));
        out.talk(&["this is how it sounded".to_owned()]);
    }
    let played = mouth.play(&pcm, ear.rate_hz()).await?;
    let (hearing, speaking) =
        super::apart(move || understood(&plan, &data, &pcm, recorded.rate_hz)).await??;
    let advice = advice(recorded, played, hearing.as_ref());
    let ok = hearing.as_ref().is_some_and(|h| !h.text.is_empty());
    let shape = Shape {
        ok,
        microphone: recorded,
        loudspeaker: played,
        hearing,
        speaking,
        advice,
    };
    if json {
        out.json(&shape)?;
    } else {
        let lines = shape.lines(&out.data);
        out.data(&lines);
    }
    Ok(if ok { Exit::Done } else { Exit::Fault })
}

#[cfg(feature = "native-voice")]
fn understood(
    plan: &crate::voice::VoicePlan,
    data: &Path,
    pcm: &[f32],
    rate_hz: u32,
) -> Result<(Option<Heard>, Option<Speaking>), Fault> {
    use errand_voice_core::{RATE_HZ, Resampler, to_s16};

    let parts = plan.open(crate::voice::VoicePlace {
        data: Some(data),
        test_model: None,
    });
    let mut resampler = Resampler::new(rate_hz, RATE_HZ).map_err(|e| Fault::ours(e.to_string()))?;
    let pcm: Vec<i16> = resampler.push(pcm).into_iter().map(to_s16).collect();
    let hearing = match parts.recognisers.first() {
        Some(engine) => Some(
            super::sample::understand(&**engine, &pcm, &["coffee", "tea", "bread", "milk"])
                .map_err(|e| Fault::ours(format!("what was recorded was not understood: {e}")))?,
        ),
        None => None,
    };
    let spoken = super::sample::speak(&parts.voices, plan.voice.as_deref(), "I can hear you.")
        .map_err(|e| Fault::ours(format!("the voice gave nothing: {e}")))?;
    let speaking = spoken.map(|s| Speaking {
        engine: s.engine,
        first_ms: u64::try_from(s.first.as_millis()).unwrap_or(u64::MAX),
    });
    Ok((hearing, speaking))
}
