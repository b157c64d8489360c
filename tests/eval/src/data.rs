//! Reading data sets: files found by the stem of their name, one JSON object a line, plain or compressed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::de::DeserializeOwned;

/// The files of a folder whose name starts with `stem`, whatever follows it; sorted by name.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn files(dir: &Path, stem: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("cannot read `{}`", dir.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        if path.is_file() && name.is_some_and(|name| name.starts_with(stem)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Like [`files`], but none at all is an error that names the stem.
///
/// # Errors
/// When the folder cannot be read or holds no such file.
pub(crate) fn some_files(dir: &Path, stem: &str) -> anyhow::Result<Vec<PathBuf>> {
    let found = files(dir, stem)?;
    anyhow::ensure!(
        !found.is_empty(),
        "`{}` has no file whose name starts with `{stem}`",
        dir.display()
    );
    Ok(found)
}

/// Every line of a file, decompressed when its name ends in `.zst`.
///
/// # Errors
/// When the file cannot be read or decompressed.
pub(crate) fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let told = || format!("cannot read `{}`", path.display());
    let file = BufReader::new(File::open(path).with_context(told)?);
    let plain: Box<dyn Read> = if path.extension().is_some_and(|ending| ending == "zst") {
        Box::new(ruzstd::decoding::StreamingDecoder::new(file).with_context(told)?)
    } else {
        Box::new(file)
    };
    let lines: Result<_, _> = BufReader::new(plain).lines().collect();
    lines.with_context(told)
}

/// Every row of a file of JSON lines.
///
/// # Errors
/// When the file cannot be read, or a line is not such a row; names the line.
pub(crate) fn rows<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let rows = lines(path)?.into_iter().enumerate();
    let rows = rows.filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(at, line)| {
        serde_json::from_str(&line)
            .with_context(|| format!("line {} of `{}`", at + 1, path.display()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_stem_and_none_is_an_error() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");

        let found = some_files(&here, "dat").unwrap();
        assert_eq!(found, [here.join("data.rs")]);
        assert!(some_files(&here, "no_such").is_err());
    }

    #[test]
    fn a_bad_row_is_named_with_its_line_and_file() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");

        let problem = rows::<serde_json::Value>(&here).unwrap_err();
        assert!(
            format!("{problem:#}").starts_with("line 1 of `"),
            "{problem:#}"
        );
    }
}
