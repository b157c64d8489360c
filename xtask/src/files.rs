//! Walking the source, and the sizes of its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A file that grows beyond this many lines is worth a thought; nothing fails.
const LINES_AIM: usize = 400;

/// Files below a folder whose name has one of these endings, in the order of their paths.
pub(crate) fn below(folder: &Path, endings: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let is_ours = !["target", "node_modules"]
                .iter()
                .any(|name| path.ends_with(name));
            if path.is_dir() && is_ours {
                waiting.push(path);
            } else if path
                .extension()
                .is_some_and(|found| endings.iter().any(|e| *e == found))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn report_sizes(root: &Path) -> anyhow::Result<()> {
    for folder in ["crates", "voice", "xtask", "tests", "examples"] {
        for path in below(&root.join(folder), &["rs"])? {
            let lines = lines_without_tests(&fs::read_to_string(&path)?);
            if lines > LINES_AIM {
                let shown = path.strip_prefix(root).unwrap_or(&path).display();
                println!("note  {shown}: {lines} lines without tests, the aim is {LINES_AIM}");
            }
        }
    }
    Ok(())
}

/// The source up to its trailing module of tests.
pub(crate) fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ")
        .and_then(|end| text.get(..end))
        .unwrap_or(text)
}

fn lines_without_tests(text: &str) -> usize {
    without_tests(text).lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_module_of_tests_is_left_out() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";

        assert_eq!(without_tests(text), "fn a() {}\n");
        assert_eq!(lines_without_tests("a\nb\n"), 2);
    }
}
