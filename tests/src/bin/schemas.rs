//! Writes the documents of errand's outward surface from its types: `cargo xtask schemas [--check]`.
//!
//! `schemas/*.json` are JSON Schemas, `schemas/openapi.json` and `schemas/asyncapi.json` describe calls and socket, and
//! `crates/server/web/protocol.d.ts` gives the pages the same types. With `--check` nothing is written: what differs
//! from the types is named.
#![expect(
    clippy::print_stdout,
    reason = "a program at the terminal: its output is what it is for"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use errand_types::{Need, Plan, ToolCall};
use serde_json::{Value, json};

/// Writes or checks the schemas.
#[derive(Debug, Parser)]
struct Args {
    /// Only says whether the written documents are up to date.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let root = root()?;
    let documents = documents()?;
    let stale: Vec<&PathBuf> = documents
        .iter()
        .filter(|(path, text)| {
            std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(*text)
        })
        .map(|(path, _)| path)
        .collect();
    let stray = stray(&root, &documents)?;
    if args.check {
        for path in &stale {
            println!("differs from the types: {}", path.display());
        }
        for path in &stray {
            println!("no type has this document: {}", path.display());
        }
        let is_good = stale.is_empty() && stray.is_empty();
        if is_good {
            println!("{} documents are as the types say", documents.len());
        } else {
            println!("write them with `cargo xtask schemas`");
        }
        return Ok(if is_good {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    for path in &stale {
        let text = documents.get(*path).context("a document that was made")?;
        write(&root.join(path), text)?;
        println!("wrote {}", path.display());
    }
    for path in &stray {
        std::fs::remove_file(root.join(path))?;
        println!("removed {}", path.display());
    }
    println!("{} documents, {} written", documents.len(), stale.len());
    Ok(ExitCode::SUCCESS)
}

/// Every document with its path from the root of the project.
fn documents() -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut schemas = errand_protocol::json_schemas();
    schemas.insert("ToolCall".into(), of::<ToolCall>()?);
    schemas.insert("Plan".into(), of::<Plan>()?);
    schemas.insert("Need".into(), of::<Need>()?);
    let mut all = BTreeMap::new();
    for (name, schema) in &schemas {
        all.insert(path(&format!("{name}.schema.json")), text(schema)?);
    }
    all.insert(path("tools.json"), text(&tools())?);
    all.insert(path("openapi.json"), text(&errand_server::spec::openapi())?);
    all.insert(
        path("asyncapi.json"),
        text(&errand_server::spec::asyncapi())?,
    );
    all.insert(
        PathBuf::from("crates/server/web/protocol.d.ts"),
        errand_protocol::typescript().context("types of the pages")?,
    );
    Ok(all)
}

fn path(name: &str) -> PathBuf {
    Path::new("schemas").join(name)
}

fn of<T: schemars::JsonSchema>() -> anyhow::Result<Value> {
    Ok(serde_json::to_value(schemars::schema_for!(T))?)
}

/// The tools as a model is given them.
fn tools() -> Value {
    let all = errand_tools::catalogue();
    json!({ "tools": all.iter().map(|tool| json!({
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    })).collect::<Vec<_>>() })
}

fn text(document: &Value) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?))
}

/// Documents in the folder that nothing makes any more.
fn stray(root: &Path, made: &BTreeMap<PathBuf, String>) -> anyhow::Result<Vec<PathBuf>> {
    let folder = root.join("schemas");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = PathBuf::from("schemas").join(entry?.file_name());
        let is_json = name.extension().is_some_and(|ending| ending == "json");
        if is_json && !made.contains_key(&name) {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

/// The root of the project: the parent of the folder that this package lies in.
fn root() -> anyhow::Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().context("this package lies in a project")?;
    Ok(root.to_path_buf())
}
