use std::path::Path;
use std::sync::Arc;

use crate::{ModelSettings, SystemClock, SystemIds, model_alone};
use anyhow::Context as _;
use errand_llm::{Outcome, Step, is_usable};
use errand_protocol::api::{Check, CheckState, DoctorView};
use serde::Serialize;

use crate::fault::{Exit, Fault};
use crate::render::about;
use crate::term::Out;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    usable: bool,
    server: String,
    model: String,
    small_model: Option<String>,
    steps: Vec<Step>,
}

/// Shows whether a server can do what errand needs of it.
pub(crate) async fn test(config: Option<&Path>, json: bool, out: &mut Out) -> Result<Exit, Fault> {
    let settings = crate::up::settings(config).map_err(|e| Fault::ours(format!("{e:#}")))?;
    let Some(settings) = settings.model else {
        return Err(Fault::usage(
            "no language model is set up".to_owned(),
            "name one in the table `[model]` of the settings, see docs/language-model.md, and give the file with `--config`",
        ));
    };
    let report = probe(&settings)
        .await
        .map_err(|e| Fault::ours(format!("{e:#}")))?;
    if json {
        out.json(&report)?;
    } else {
        let small = report
            .small_model
            .as_ref()
            .map(|m| format!(" and `{m}`"))
            .unwrap_or_default();
        out.talk(&[format!(
            "asking `{}`{small} at {}",
            report.model, report.server
        )]);
        out.data(&about::doctor(&view(&report), &out.data));
    }
    Ok(if report.usable {
        Exit::Done
    } else {
        Exit::Fault
    })
}

async fn probe(settings: &ModelSettings) -> anyhow::Result<Report> {
    let server = settings
        .server(|name| std::env::var(name).ok())
        .context("the language model")?;
    let (host, model, small_model) = (
        server.host(),
        server.model.clone(),
        server.small_model.clone(),
    );
    let planner = model_alone(server, Arc::new(SystemClock), &SystemIds::default())?;
    let steps = planner.probe().await;
    Ok(Report {
        usable: is_usable(&steps),
        server: host,
        model,
        small_model,
        steps,
    })
}

fn view(report: &Report) -> DoctorView {
    let checks = report.steps.iter().map(|step| Check {
        id: step.id.to_owned(),
        state: match step.outcome {
            Outcome::Ok | Outcome::Poor => CheckState::Ok,
            Outcome::Skipped => CheckState::Off,
            Outcome::Failed => CheckState::Fail,
        },
        detail: format!("{}: {}", step.title, step.seen),
        fix: step.remedy.clone(),
    });
    DoctorView {
        ok: report.usable,
        checks: checks.collect(),
    }
}
