use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::voice::{VoicePlace, VoicePlan, WakeSetting};
use errand_voice_core::{Frame, SampleIdx, Stop, WakeWord as _, from_s16};
use errand_voice_device::{
    Catalogue, Fetch, Model, ModelError, Patience, Progress, SetupError, Source, wake_model,
};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::fetched::{LARGER, Meter, advice, digest_of, listed, tried};
use super::sample::{self, Heard, SENTENCE};
use super::{apart, plan};
use crate::args::{PlaceArgs, SetupArgs};
use crate::fault::{Exit, Fault};
use crate::place::data_dir;
use crate::render::notes;
use crate::term::Out;

/// Steps of a fetch that wait to be shown; more come than anybody sees.
const WAITING: usize = 64;
/// Silence behind a word that is tried, in samples: half a second.
const BEHIND: usize = 8_000;
/// Bytes of a list of models of one's own at most.
const LIST_BYTES_MAX: u64 = 1024 * 1024;

/// The last line of `--json`.
#[derive(Debug, Serialize)]
struct Shape {
    event: &'static str,
    name: String,
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    trial: Option<Heard>,
    advice: String,
}

/// Fetches a model, checks it, puts it in place and tries it; without a name it tells which there are.
pub(super) async fn setup(
    place: &PlaceArgs,
    args: &SetupArgs,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let plan = plan(args.settings.config.as_deref())?;
    let folder = data_dir(place.data.as_ref()).join("models");
    let catalogue = catalogue(plan.models.as_deref())?;
    let Some(model) = wanted(&catalogue, args).await? else {
        if args.json {
            let models = catalogue.models().iter().map(
                |m| json!({"name": m.name, "what": m.what, "bytes": m.bytes, "licence": m.licence}),
            );
            out.json(&models.collect::<Vec<_>>())?;
        } else {
            out.data(&listed(&catalogue, &folder, &out.data));
        }
        return Ok(Exit::Done);
    };
    let source = source(args, &plan, &model)?;
    let path = fetch(&model, source, &folder, args.json, out).await?;
    let name = model.name.clone();
    if !model.pieces.is_empty() {
        return waking(&plan, (name, path), args.json, out).await;
    }
    let trial = apart({
        let (plan, path) = (plan.clone(), path.clone());
        move || trial(&plan, &path)
    })
    .await??;
    let advice = advice(&name, trial.as_ref(), catalogue.get(LARGER).is_some());
    if args.json {
        out.json(&Shape {
            event: "done",
            name,
            path,
            trial,
            advice,
        })?;
    } else {
        out.talk(&notes::done(
            "in place",
            &path.display().to_string(),
            &out.talk,
        ));
        if let Some(trial) = &trial {
            out.talk(&tried(trial, &out.talk));
        }
        out.talk(&notes::hint(&advice, &out.talk));
    }
    Ok(Exit::Done)
}

/// The files of the wake word are in place: it is called once, by a voice of this machine.
async fn waking(
    plan: &VoicePlan,
    (name, path): (String, PathBuf),
    json: bool,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let plan_ = plan.clone();
    let call = apart(move || called(&plan_, &folder)).await??;
    let advice = match (plan.wake, &call) {
        (_, Some(Called { heard: false, .. })) => {
            "the voice of this machine was not heard as it should be; `errand voice doctor` tells more"
        }
        (WakeSetting::On, _) => "it is listened for in `errand talk`",
        (WakeSetting::Off, _) => {
            "`wake = \"on\"` in the table `[voice]` of the settings switches it on"
        }
    };
    if json {
        out.json(
            &json!({"event": "done", "name": name, "path": path, "called": call, "advice": advice}),
        )?;
        return Ok(Exit::Done);
    }
    out.talk(&notes::done(
        "in place",
        &path.display().to_string(),
        &out.talk,
    ));
    if let Some(call) = &call {
        let text = if call.heard {
            format!("\"{}\" was heard, {:.2} sure", call.phrase, call.score)
        } else {
            format!("\"{}\" was not heard", call.phrase)
        };
        out.talk(&notes::done("tried", &text, &out.talk));
    }
    out.talk(&notes::hint(advice, &out.talk));
    Ok(Exit::Done)
}

/// What became of a call.
#[derive(Debug, Serialize)]
struct Called {
    phrase: String,
    heard: bool,
    score: f32,
}

/// Calls errand by its wake word. `None`: there is no voice here to do it.
fn called(plan: &VoicePlan, models: &Path) -> Result<Option<Called>, Fault> {
    let model = wake_model(models).map_err(|fault| Fault::engine(&fault))?;
    let mut detector = model.detector();
    let phrase = detector.phrases().first().map(ToString::to_string);
    let phrase = phrase.unwrap_or_default();
    let parts = plan.open(VoicePlace::default());
    let spoken =
        sample::speak(&parts.voices, None, &phrase).map_err(|e| Fault::ours(e.to_string()))?;
    let Some(mut spoken) = spoken else {
        return Ok(None);
    };
    // What is behind it tells that the word is over.
    spoken.pcm.resize(spoken.pcm.len() + BEHIND, 0);
    let frames = (0_u64..).zip(spoken.pcm.as_chunks().0);
    let score = frames
        .filter_map(|(n, pcm)| {
            detector.push(&Frame {
                first: SampleIdx::from_ms(n * 10),
                pcm: pcm.map(from_s16),
            })
        })
        .map(|wake| wake.score)
        .reduce(f32::max);
    Ok(Some(Called {
        phrase,
        heard: score.is_some(),
        score: score.unwrap_or_default(),
    }))
}

/// The built-in list, and one's own on top of it.
fn catalogue(own: Option<&Path>) -> Result<Catalogue, Fault> {
    let wrong = |error: &ModelError| Fault::model(error);
    let built_in = Catalogue::built_in().map_err(|e| wrong(&e))?;
    let Some(path) = own else {
        return Ok(built_in);
    };
    let unread = |cause: String| {
        Fault::usage(
            format!(
                "the list of models `{}` cannot be read: {cause}",
                path.display()
            ),
            "`voice.setup.models` names it",
        )
    };
    let size = std::fs::metadata(path)
        .map_err(|e| unread(e.kind().to_string()))?
        .len();
    if size > LIST_BYTES_MAX {
        return Err(unread("it is too large".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|e| unread(e.kind().to_string()))?;
    Ok(built_in.with(Catalogue::read(&text).map_err(|e| wrong(&e))?))
}

/// The model that is asked for. `None`: none was.
async fn wanted(catalogue: &Catalogue, args: &SetupArgs) -> Result<Option<Model>, Fault> {
    let named = args.name.as_deref().and_then(|name| catalogue.get(name));
    if let Some(model) = named.filter(|_| args.sha256.is_none() && args.from.is_none()) {
        return Ok(Some(model.clone()));
    }
    let Some(from) = &args.from else {
        let Some(name) = &args.name else {
            return Ok(None);
        };
        return Err(Fault::usage(
            format!("no model `{name}` with a digest is in the list"),
            "fetch the file from its publisher, then `errand voice setup --from FILE --sha256 DIGEST`; `voice/models.toml` tells how one is put in the list",
        ));
    };
    let unread = |e: &std::io::Error| {
        Fault::usage(
            format!("`{}` cannot be read: {}", from.display(), e.kind()),
            "name a file that is there",
        )
    };
    let bytes = std::fs::metadata(from).map_err(|e| unread(&e))?.len();
    let Some(sha256) = &args.sha256 else {
        let path = from.clone();
        let found = apart(move || digest_of(&path))
            .await?
            .map_err(|e| unread(&e))?;
        // What is in the list is known by its digest, whatever the file is called; so is the model that is made of a package.
        let known = catalogue.known(&found, bytes);
        if let Some(model) = known.filter(|m| args.name.as_ref().is_none_or(|n| *n == m.name)) {
            return Ok(Some(model));
        }
        if let Some(model) = named {
            return Ok(Some(model.clone()));
        }
        return Err(Fault::usage(
            format!(
                "the digest of `{}` is in no list; nothing was installed",
                from.display()
            ),
            &format!(
                "it is {found}; if its publisher tells the same, give it with `--sha256 {found}`"
            ),
        ));
    };
    let file = from
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let stem = file.strip_suffix(".bin").unwrap_or(&file);
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| stem.strip_prefix("ggml-").unwrap_or(stem).to_lowercase());
    let model = Model {
        file: format!("ggml-{name}.bin"),
        path: format!("ggml-{name}.bin"),
        what: "a file of one's own".to_owned(),
        bytes,
        sha256: sha256.to_lowercase(),
        licence: "as its publisher says".to_owned(),
        base: None,
        pieces: Vec::new(),
        made: None,
        notice: None,
        name,
    };
    model.check().map_err(|error| Fault::model(&error))?;
    Ok(Some(model))
}

fn source(args: &SetupArgs, plan: &VoicePlan, model: &Model) -> Result<Source, Fault> {
    if let Some(file) = &args.from {
        return Ok(Source::File(file.clone()));
    }
    let configured = args.base.as_deref().or(plan.base_url.as_deref());
    match configured.or(model.base.as_deref()) {
        Some(base) => Source::base(base).map_err(|error| Fault::setup(&error)),
        None => Err(Fault::usage(
            "nothing says where models are fetched from".to_owned(),
            "give an address with `--base URL` or in `voice.setup.base_url`, or a file with `--from FILE`",
        )),
    }
}

/// Fetches on a thread of its own; shows how far it is; Ctrl-C stops it and keeps what there is.
async fn fetch(
    model: &Model,
    source: Source,
    folder: &Path,
    json: bool,
    out: &mut Out,
) -> Result<PathBuf, Fault> {
    let stop = Stop::default();
    let (tell, mut told) = mpsc::channel(WAITING);
    let work = {
        let (model, folder, stop) = (model.clone(), folder.to_owned(), stop.clone());
        move || {
            let fetch = Fetch {
                model: &model,
                source: &source,
                folder: &folder,
                patience: Patience::default(),
                stop: &stop,
            };
            // What is not shown in time is shown by what follows.
            fetch.run(&mut |progress| {
                let _ = tell.try_send(progress);
            })
        }
    };
    let mut done = tokio::task::spawn_blocking(work);
    let mut meter = Meter::new(&model.name, Instant::now());
    let result = loop {
        tokio::select! {
            Some(progress) = told.recv() => show(&mut meter, progress, json, out)?,
            done = &mut done => break done,
            _ = tokio::signal::ctrl_c() => stop.raise(),
        }
    };
    out.erase();
    let result: Result<PathBuf, SetupError> =
        result.map_err(|_| Fault::ours("the thread that fetches ended".to_owned()))?;
    result.map_err(|error| Fault::setup(&error))
}

fn show(meter: &mut Meter, progress: Progress, json: bool, out: &mut Out) -> Result<(), Fault> {
    let Some(now) = meter.step(progress, Instant::now()) else {
        return Ok(());
    };
    if json {
        return out.json(&now);
    }
    if out.moves() {
        out.draw(&[now.bar(&out.talk)]);
    } else if let Some(line) = now.line() {
        out.talk(&[line]);
    }
    Ok(())
}

/// One reading of a sentence of ours. `None`: there is no voice here to speak it, or no whisper.cpp in this build.
fn trial(plan: &VoicePlan, path: &Path) -> Result<Option<Heard>, Fault> {
    if !cfg!(feature = "native-voice") {
        return Ok(None);
    }
    let mut only = plan.clone();
    only.model = Some(path.display().to_string());
    only.stt = vec![crate::voice::SttEngine::Whisper];
    let parts = only.open(VoicePlace::default());
    let Some(engine) = parts.recognisers.first() else {
        let cause = parts.report.stage("hearing").and_then(|s| s.rungs.first());
        let cause = cause.map(|r| r.detail.clone()).unwrap_or_default();
        return Err(Fault::usage(
            format!("the file is in place and whole, and is no model that can hear: {cause}"),
            "take a ggml model for whisper.cpp, such as tiny.en or base.en",
        ));
    };
    let spoken =
        sample::speak(&parts.voices, None, SENTENCE).map_err(|e| Fault::ours(e.to_string()))?;
    let Some(spoken) = spoken else {
        return Ok(None);
    };
    sample::understand(&**engine, &spoken.pcm, &[])
        .map(Some)
        .map_err(|e| Fault::ours(format!("the model was tried: {e}")))
}
