//! `errand talk`: the conversation of `errand chat`, heard and spoken at this machine.

mod clock;
#[cfg(feature = "native-voice")]
mod device;
#[cfg(feature = "native-voice")]
mod ear;
#[cfg(feature = "native-voice")]
mod keyboard;
mod line;
#[cfg(feature = "native-voice")]
mod mouth;
mod told;

use std::sync::Arc;

use crate::voice::{CatalogWords, DuplexSetting, VoiceParts, VoicePlace, VoicePlan, WakeSetting};
use errand_protocol::api::WordsView;
use errand_types::Language;
use errand_voice_core::Voice;
use errand_voice_talk::{Echo, Names, StreamConfig, Streams, Waiting};

use super::{apart, plan};
use crate::api::Api;
use crate::args::{PlaceArgs, TalkArgs};
use crate::fault::{Exit, Fault};
use crate::place::{Place, data_dir};
use crate::talk::{Show, Talk};
use crate::term::Out;

/// Talks until the person leaves, or the sound is over.
pub(crate) async fn talk(place: &PlaceArgs, args: &TalkArgs, out: &mut Out) -> Result<Exit, Fault> {
    let plan = plan(args.settings.config.as_deref())?;
    // Sound that cannot be read is told before anything else is begun.
    let sound = clock::Sound::open(&args.wav)?;
    let found = Place::find(place)?;
    let parts = opened(place, args, &plan).await?;
    let words = Arc::new(CatalogWords::default());
    let api = Api::with(found.clone())?;
    if let Ok(view) = api.get::<WordsView>(&["words"], &[]).await {
        words.take(view.names);
    }
    let streams = streams(&parts, &words)?;
    let show = if args.json { Show::Route } else { Show::All };
    let talk = Talk::open(found, args.session.as_deref(), show, out).await?;
    let config = config(&plan, &parts);
    let told = told::Told::new(args.json);
    let (Some(sound), Some(file)) = (sound, &args.out) else {
        return speaker(&plan, config, &streams, (talk, api), words, told, out).await;
    };
    let config = StreamConfig {
        // A file holds no echo of what we say.
        echo: Echo::Theirs,
        waiting: Waiting::Nothing,
        partials: false,
        ..config
    };
    let (stream, events) = streams.open(config).map_err(|e| Fault::stream(&e))?;
    let line = line::Line::new((talk, api), stream, words, told);
    clock::run(line, events, sound, file, out).await
}

#[cfg(feature = "native-voice")]
async fn speaker(
    plan: &VoicePlan,
    config: StreamConfig,
    streams: &Streams,
    talk: (Talk, Api),
    words: Arc<CatalogWords>,
    told: told::Told,
    out: &mut Out,
) -> Result<Exit, Fault> {
    device::run(plan, config, streams, talk, words, told, out).await
}

#[cfg(not(feature = "native-voice"))]
async fn speaker(
    _: &VoicePlan,
    _: StreamConfig,
    _: &Streams,
    _: (Talk, Api),
    _: Arc<CatalogWords>,
    _: told::Told,
    _: &mut Out,
) -> Result<Exit, Fault> {
    Err(super::no_sound())
}

/// The engines of this machine. Without one that hears there is nothing to talk to.
async fn opened(place: &PlaceArgs, args: &TalkArgs, plan: &VoicePlan) -> Result<VoiceParts, Fault> {
    let wants_wake = plan.wake == WakeSetting::On;
    let (plan, data) = (plan.clone(), data_dir(place.data.as_ref()));
    let test_model = args.test_model.clone();
    let parts = apart(move || {
        plan.open(VoicePlace {
            data: Some(&data),
            test_model: test_model.as_deref(),
        })
    })
    .await?;
    if wants_wake && let Some((detail, fix)) = parts.lacks_wake() {
        return Err(Fault::asleep(detail, fix));
    }
    if parts.recognisers.is_empty() {
        let check = parts.report.check();
        return Err(Fault::deaf(&check.detail, check.fix.as_deref()));
    }
    Ok(parts)
}

fn streams(parts: &VoiceParts, words: &Arc<CatalogWords>) -> Result<Streams, Fault> {
    let words = Arc::clone(words);
    let names: Names = Arc::new(move || words.names());
    parts
        .streams(&names)
        .map_err(|e| Fault::ours(format!("{e:#}")))
}

/// How this terminal listens and speaks: it is an enrolled screen as well, so that words of an approval are shown on it.
fn config(plan: &VoicePlan, parts: &VoiceParts) -> StreamConfig {
    let now = jiff::Zoned::now();
    let named = plan.voice.as_ref().and_then(|name| {
        let all = parts.voices.iter().flat_map(|engine| engine.info().voices);
        all.into_iter().find(|v: &Voice| v.name == *name)
    });
    StreamConfig {
        language: Language::English,
        detection: plan.detection(),
        echo: match plan.duplex {
            DuplexSetting::Full => Echo::Ours,
            DuplexSetting::Half => Echo::Nobody,
        },
        has_screen: true,
        zone: now.time_zone().clone(),
        voice: named,
        pace: plan.pace,
        ..StreamConfig::usual(now.date())
    }
}
