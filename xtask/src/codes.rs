//! Stable codes and their pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::files;

/// What every page tells, so that nobody has to guess whether money moved.
const HEADINGS: &[&str] = &["What happened", "What did not happen", "Why", "What to do"];

pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let families = fs::read_to_string(root.join("docs/errors/README.md"));
    let families = families_in(&families.context("cannot read docs/errors/README.md")?);
    let pages = pages(root)?;
    let problems = problems(&used(root)?, &pages, &families);
    anyhow::ensure!(problems.is_empty(), "{}", problems.join("\n      "));
    Ok(())
}

/// Code -> first place in the source. The demo shop is a stranger with codes of its own.
fn used(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut used = BTreeMap::new();
    for folder in ["crates", "voice", "policies"] {
        let folder = root.join(folder);
        if !folder.is_dir() {
            continue;
        }
        for path in files::below(&folder, &["rs", "cedar"])? {
            let shown = path.strip_prefix(root).unwrap_or(&path);
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            if is_test || shown.starts_with("crates/shop") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            for code in codes_in(files::without_tests(&text)) {
                used.entry(code)
                    .or_insert_with(|| shown.display().to_string());
            }
        }
    }
    Ok(used)
}

fn pages(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    for path in files::below(&root.join("docs/errors"), &["md"])? {
        let code = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        if let Some(code) = code.filter(|code| code != "README") {
            pages.insert(code, fs::read_to_string(&path)?);
        }
    }
    Ok(pages)
}

/// Codes are the whole of a text in quotes, outside of comments.
fn codes_in(text: &str) -> BTreeSet<String> {
    let code_lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let quoted = code_lines.flat_map(|line| line.split('"'));
    quoted
        // `TEST` is what tests call rules that nobody ever meets.
        .filter(|text| family(text).is_some_and(|family| family != "TEST"))
        .map(str::to_owned)
        .collect()
}

/// `LIMIT` of `LIMIT-0002`; `None` for what is no code.
fn family(text: &str) -> Option<&str> {
    let (family, number) = text.split_once('-')?;
    let is_family =
        (2..=8).contains(&family.len()) && family.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_number = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_family && is_number).then_some(family)
}

/// Rows like ``| `LIMIT` | budgets |``.
fn families_in(readme: &str) -> BTreeSet<String> {
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(family, _)| family.to_owned()).collect()
}

fn problems(
    used: &BTreeMap<String, String>,
    pages: &BTreeMap<String, String>,
    families: &BTreeSet<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (code, place) in used {
        if !pages.contains_key(code) {
            found.push(format!(
                "{code} ({place}) has no page docs/errors/{code}.md"
            ));
        }
    }
    for (code, text) in pages {
        let page = format!("docs/errors/{code}.md");
        if !used.contains_key(code) {
            found.push(format!("{page}: no source uses this code"));
        }
        if family(code).is_none_or(|family| !families.contains(family)) {
            found.push(format!(
                "{page}: its family has no row in docs/errors/README.md"
            ));
        }
        let missing = HEADINGS
            .iter()
            .filter(|heading| !has_heading(text, heading));
        found.extend(missing.map(|heading| format!("{page}: lacks the heading `{heading}`")));
    }
    found
}

fn has_heading(text: &str, heading: &str) -> bool {
    let mut headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    headings.any(|line| {
        line.trim_start_matches('#')
            .trim()
            .eq_ignore_ascii_case(heading)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "# A-1\n\n## What happened\n\n## What did not happen\n\n## Why\n\n## What to do\n";

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn problems_of(used: &[&str], pages: &[(&str, &str)]) -> Vec<String> {
        let used: Vec<_> = used.iter().map(|code| (*code, "a.rs")).collect();
        problems(&map(&used), &map(pages), &["LIMIT".to_owned()].into())
    }

    #[test]
    fn codes_are_whole_texts_outside_of_comments() {
        let text = r#"
            // "LIMIT-0001"
            code("LIMIT-0002"), "see LIMIT-0003", "limit-0004", "LIMIT-00055", "TOOLONGFAMILY-0001"
            @code("AGE-0001")
        "#;

        assert_eq!(
            codes_in(text).into_iter().collect::<Vec<_>>(),
            ["AGE-0001", "LIMIT-0002"]
        );
    }

    #[test]
    fn a_code_with_its_page_is_no_problem() {
        assert_eq!(
            problems_of(&["LIMIT-0001"], &[("LIMIT-0001", PAGE)]),
            [] as [&str; 0]
        );
    }

    #[test]
    fn a_code_without_a_page_and_a_page_without_a_code_are_told() {
        let problems = problems_of(&["LIMIT-0001"], &[("LIMIT-0002", PAGE)]);

        assert_eq!(problems.len(), 2);
        assert!(problems[0].contains("LIMIT-0001 (a.rs) has no page"));
        assert!(problems[1].contains("LIMIT-0002.md: no source uses this code"));
    }

    #[test]
    fn a_page_must_say_what_did_not_happen() {
        let page = PAGE.replace("## What did not happen", "");

        let problems = problems_of(&["LIMIT-0001"], &[("LIMIT-0001", page.as_str())]);

        assert_eq!(
            problems,
            ["docs/errors/LIMIT-0001.md: lacks the heading `What did not happen`"]
        );
    }

    #[test]
    fn a_family_that_nobody_described_is_told() {
        assert_eq!(problems_of(&["NEW-0001"], &[("NEW-0001", PAGE)]).len(), 1);
        assert_eq!(families_in("| `LIMIT` | budgets |\n| x |").len(), 1);
    }
}
