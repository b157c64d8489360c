use errand_gate::{ActionKind, RuleSource, Verdict};
use errand_policy::{CedarGate, LoadError};

use crate::fixture::{base_facts, decide, policies};

const HEAD: &str = r#"@id("shop.no-cheap") @code("OPER-0001") @reason("Not from {merchant}") @remedy("Choose another shop")"#;

fn load(text: &str) -> Result<CedarGate, LoadError> {
    CedarGate::with_operator_files(&[("extra".into(), text.into())])
}

fn lint(text: &str) -> String {
    match load(text).unwrap_err() {
        LoadError::Lint { why, .. } => why,
        other => panic!("{other}"),
    }
}

#[test]
fn an_operator_can_forbid_a_shop_by_name() {
    let gate = load(&format!(
        r#"{HEAD} forbid (principal, action == Errand::Action::"cart.add", resource)
           when {{ context.merchant.id == "pantry-lane" }};"#
    ))
    .unwrap();
    let decision = decide(&gate, ActionKind::CartAdd, &base_facts("goods"));
    assert_eq!(policies(&decision), ["op"]);
    let reason = &decision.reasons[0];
    assert_eq!(
        (reason.rule.as_str(), &reason.source),
        ("op/extra/shop.no-cheap", &RuleSource::Operator)
    );
    assert_eq!(reason.text, "Not from Pantry Lane Ltd");
}

#[test]
fn an_operator_cannot_permit() {
    let why = lint(&format!("{HEAD} permit (principal, action, resource);"));
    assert!(why.contains("only forbid"), "{why}");
}

#[test]
fn a_policy_without_its_annotations_or_with_one_that_nobody_knows_is_refused() {
    let body = "forbid (principal, action, resource) when { context.tainted };";
    for missing in ["id", "code", "reason", "remedy"] {
        let kept: Vec<&str> = HEAD
            .split('@')
            .filter(|part| !part.starts_with(missing))
            .collect();
        let head = kept.join("@");
        assert!(
            lint(&format!("{head}{body}")).contains(missing),
            "{missing}"
        );
    }
    assert!(lint(&format!("{HEAD} @verdct(\"ask\") {body}")).contains("verdct"));
    assert!(lint(&format!("{HEAD} @verdict(\"allow\") {body}")).contains("allow"));
    assert!(
        lint(&format!(
            "{} {body}",
            HEAD.replace("{merchant}", "{marchant}")
        ))
        .contains("marchant")
    );
    assert!(lint(&format!("{} {body}", HEAD.replace("OPER-0001", "oper1"))).contains("code"));
}

#[test]
fn arithmetic_and_comparing_what_is_not_counted_are_refused() {
    for condition in [
        "context.auth_level + 1 > 2",
        "context.auth_level * 2 > 2",
        "-context.auth_level > 2",
        "context.auth_level > context.depth",
        "context.depth < 3 && (1 < 2)",
        "context has merchant && context.merchant.id like \"pan*\"",
    ] {
        let text = format!(
            "{HEAD} forbid (principal, action == Errand::Action::\"search\", resource) when {{ {condition} }};"
        );
        assert!(
            matches!(load(&text).unwrap_err(), LoadError::Lint { .. }),
            "{condition}"
        );
    }
    let fine = format!("{HEAD} forbid (principal, action, resource) when {{ context.depth > 2 }};");
    assert!(load(&fine).is_ok());
}

#[test]
fn two_policies_of_one_name_and_what_is_no_cedar_are_refused() {
    let one = format!("{HEAD} forbid (principal, action, resource) when {{ context.tainted }};");
    assert!(matches!(
        load(&format!("{one}{one}")).unwrap_err(),
        LoadError::Duplicate(_)
    ));
    assert!(matches!(
        load("forbid (principal").unwrap_err(),
        LoadError::Parse { .. }
    ));
    assert!(matches!(
        load(&format!(
            "{HEAD} forbid (principal == ?principal, action, resource);"
        ))
        .unwrap_err(),
        LoadError::Template(_)
    ));
    assert!(matches!(
        load(&"// much\n".repeat(100_000)).unwrap_err(),
        LoadError::TooLarge
    ));
}

#[test]
fn a_directory_is_read_whole_or_not_at_all() {
    let dir = std::env::temp_dir().join(format!("errand-policy-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let good = format!("{HEAD} forbid (principal, action, resource) when {{ context.depth > 2 }};");
    std::fs::write(dir.join("a.cedar"), good).unwrap();
    std::fs::write(dir.join("notes.txt"), "no policy").unwrap();
    let both = CedarGate::with_operator_dir(&dir).map(|gate| gate.policies().count());
    std::fs::write(dir.join("b.cedar"), "forbid (principal").unwrap();
    let broken = CedarGate::with_operator_dir(&dir).map(|_| ());
    std::fs::remove_dir_all(&dir).unwrap();
    assert_eq!(
        both,
        Ok(CedarGate::builtin().unwrap().policies().count() + 1)
    );
    assert!(matches!(broken, Err(LoadError::Parse { .. })));
    assert!(matches!(
        CedarGate::with_operator_dir(&dir).unwrap_err(),
        LoadError::Read(_)
    ));
}

#[test]
fn an_operator_that_asks_only_asks() {
    let gate = load(&format!(
        "{HEAD} @verdict(\"ask\") forbid (principal, action, resource) when {{ context.depth == 1 }};"
    ));
    let decision = decide(&gate.unwrap(), ActionKind::Search, &base_facts("call"));
    assert_eq!(decision.verdict, Verdict::Ask);
}
