use std::collections::BTreeSet;
use std::fs;

use errand_policy::POLICIES;

use crate::fixture::{gate, root};

/// Codes that have no policy behind them: those of the wrapper and those of the values evaluator.
const OTHER_CODES: [&str; 6] = [
    "GATE-0001",
    "GATE-0002",
    "VALUE-0002",
    "VALUE-0005",
    "VALUE-0006",
    "VALUE-0003",
];

#[test]
fn every_code_has_a_page_that_says_what_happened_and_what_did_not() {
    let codes: BTreeSet<&str> = gate()
        .policies()
        .map(|(_, code)| code)
        .chain(OTHER_CODES)
        .collect();
    for code in codes {
        let path = root().join(format!("docs/errors/{code}.md"));
        let page = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for part in [
            "# ",
            "## What happened",
            "## What did not happen",
            "## Why",
            "## What to do",
        ] {
            assert!(page.contains(part), "{code} has no `{part}`");
        }
        assert!(page.starts_with(&format!("# {code}")), "{code}");
    }
}

#[test]
fn every_policy_file_of_the_project_is_in_the_build() {
    let mut found: Vec<String> = fs::read_dir(root().join("policies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "cedar"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, POLICIES.map(|(name, _)| name.to_owned()));
}

#[test]
fn the_sentences_use_no_forbidden_words() {
    for (name, text) in POLICIES {
        for line in text
            .lines()
            .filter(|l| l.starts_with("@reason") || l.starts_with("@remedy"))
        {
            let lower = line.to_lowercase();
            for word in [
                "please",
                "sorry",
                "invalid",
                "oops",
                "successfully",
                "went wrong",
                "unfortunately",
                "error",
                "!",
            ] {
                assert!(!lower.contains(word), "{name}: {line}");
            }
            assert!(!line.ends_with(".\")"), "{name}: {line}");
        }
    }
}
