//! The ways in which a policy engine has been seen to fail open, each as a test of what answers it.

use std::collections::HashSet;

use cedar_policy::{
    Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression, Schema,
};
use errand_gate::{ActionKind, Ask, Decide, Facts, Verdict};
use errand_types::{CallId, DecisionId};

use crate::cedar_gate::CedarGate;
use crate::files::SCHEMA;
use crate::load::{LoadError, Origin, Slice, load_files};
use crate::wrapper::{Ruling, rule};

const HEAD: &str = r#"@id("a.b") @code("TEST-0001") @reason("r") @remedy("m")"#;
const PERMIT: &str = r#"@id("a.permit") @code("TEST-0000") @reason("r") @remedy("m") permit (principal, action, resource);"#;

fn uid(raw: &str) -> EntityUid {
    raw.parse().unwrap()
}

fn load(text: &str) -> Result<(), LoadError> {
    let permit = ("base", PERMIT, Origin::House);
    load_files(SCHEMA, [permit, ("extra", text, Origin::House)].into_iter()).map(|_| ())
}

fn slice(hard: &str) -> Slice {
    let ask: PolicySet = "permit (principal, action, resource);".parse().unwrap();
    Slice {
        hard: hard.parse().unwrap(),
        ask,
    }
}

fn request(number: i64) -> Request {
    let context =
        Context::from_pairs([("spent".to_owned(), RestrictedExpression::new_long(number))])
            .unwrap();
    let action = uid("Errand::Action::\"checkout.complete\"");
    Request::new(
        uid("Errand::Agent::\"a\""),
        action,
        uid("Errand::User::\"u\""),
        context,
        None,
    )
    .unwrap()
}

fn store() -> Entities {
    let user = uid("Errand::User::\"u\"");
    let agent = Entity::new_no_attrs(uid("Errand::Agent::\"a\""), HashSet::from([user.clone()]));
    Entities::from_entities([agent, Entity::new_no_attrs(user, HashSet::new())], None).unwrap()
}

fn decide(gate: &CedarGate, action: ActionKind, facts: &Facts) -> errand_gate::Decision {
    gate.decide(&Ask {
        id: DecisionId::from_tail("1").unwrap(),
        call: CallId::from_tail("1").unwrap(),
        action,
        facts,
        epoch: 0,
        now: jiff::Timestamp::UNIX_EPOCH,
    })
}

#[test]
fn trap_t1_a_forbid_that_errs_is_a_no_and_not_a_yes() {
    let overflows = "permit (principal, action, resource); \
                     forbid (principal, action, resource) when { context.spent + 1 > 100 };";
    let ruling = rule(&slice(overflows), &request(i64::MAX), &store());
    assert!(
        matches!(&ruling, Ruling::Failed(ids) if ids.len() == 1),
        "{ruling:?}"
    );
    assert_eq!(
        rule(&slice(overflows), &request(100), &store()),
        Ruling::Deny(vec!["policy1".into()])
    );
    assert_eq!(
        rule(&slice(overflows), &request(1), &store()),
        Ruling::Allow(vec!["policy0".into()])
    );
    let absent = "permit (principal, action, resource); \
                  forbid (principal, action, resource) when { resource.blocked };";
    assert!(matches!(
        rule(&slice(absent), &request(1), &store()),
        Ruling::Failed(_)
    ));
    let soft = Slice {
        hard: "permit (principal, action, resource);".parse().unwrap(),
        ask: absent.parse().unwrap(),
    };
    assert!(
        matches!(rule(&soft, &request(1), &store()), Ruling::Failed(_)),
        "also where it would only ask"
    );
    let why = load(&format!(
        "{HEAD} forbid (principal, action, resource) when {{ context.depth + 1 > 3 }};"
    ));
    assert!(
        matches!(why, Err(LoadError::Lint { .. })),
        "and no such policy is loaded"
    );
}

#[test]
fn trap_t2_a_no_always_has_a_reason() {
    let none = slice("permit (principal, action, resource) when { context.spent == 7 };");
    assert_eq!(rule(&none, &request(1), &store()), Ruling::NoPermit);
    let gate = CedarGate::builtin().unwrap();
    for action in ActionKind::ALL {
        let decision = decide(&gate, action, &Facts::of("scout", "usr_kim"));
        assert!(
            !decision.reasons.is_empty() && decision.deciding().count() > 0,
            "{action:?}"
        );
    }
}

#[test]
fn trap_t3_a_request_that_does_not_fit_the_schema_is_a_no() {
    let gate = CedarGate::builtin().unwrap();
    let decision = decide(
        &gate,
        ActionKind::CheckoutComplete,
        &Facts::of("buyer", "usr_kim"),
    );
    assert_eq!(
        (decision.verdict, decision.reasons[0].code.as_str()),
        (Verdict::Deny, "GATE-0001")
    );
    let schema = Schema::from_cedarschema_str(SCHEMA).unwrap().0;
    let action = uid("Errand::Action::\"checkout.complete\"");
    let bare = Request::new(
        uid("Errand::Agent::\"a\""),
        action,
        uid("Errand::User::\"u\""),
        Context::empty(),
        Some(&schema),
    );
    assert!(bare.is_err());
}

#[test]
fn trap_t4_a_misspelt_member_of_a_closed_list_is_refused() {
    let share = r#"action == Errand::Action::"data.share""#;
    let misspelt = |purpose: &str| {
        load(&format!(
            r#"{HEAD} forbid (principal, {share}, resource) when {{ context.share.purpose == Errand::Purpose::"{purpose}" }};"#
        ))
    };
    assert!(misspelt("marketing").is_ok());
    assert!(matches!(misspelt("marketting"), Err(LoadError::Invalid(_))));
    let class = format!(
        r#"{HEAD} forbid (principal, {share}, resource) when {{ context.share.classes.contains(Errand::DataClass::"identity.nam") }};"#
    );
    assert!(matches!(load(&class), Err(LoadError::Invalid(_))));
    let action =
        format!(r#"{HEAD} forbid (principal, action == Errand::Action::"check0ut", resource);"#);
    assert!(matches!(load(&action), Err(LoadError::Invalid(_))));
    let fact = format!("{HEAD} forbid (principal, action, resource) when {{ context.taintd }};");
    assert!(matches!(load(&fact), Err(LoadError::Invalid(_))));
}

#[test]
fn trap_t5_templates_are_refused() {
    let template = format!("{HEAD} forbid (principal == ?principal, action, resource);");
    assert!(matches!(load(&template), Err(LoadError::Template(_))));
}

#[test]
fn trap_t6_letters_that_look_alike_are_refused() {
    let condition = "context has merchant && context.merchant.id == \"p\u{430}ntry\"";
    let text = format!(
        "{HEAD} forbid (principal, action == Errand::Action::\"cart.add\", resource) when {{ {condition} }};"
    );
    assert!(matches!(load(&text), Err(LoadError::Invalid(_))));
}

#[test]
fn trap_t7_a_policy_that_can_never_match_is_refused() {
    let text = format!("{HEAD} forbid (principal is Errand::User, action, resource);");
    assert!(matches!(load(&text), Err(LoadError::Invalid(_))));
    let never = format!("{HEAD} forbid (principal, action, resource) when {{ false }};");
    assert!(matches!(load(&never), Err(LoadError::Invalid(_))));
}

#[test]
fn trap_t8_every_slice_has_every_forbid_that_can_apply() {
    let gate = load_files(
        SCHEMA,
        crate::files::POLICIES
            .iter()
            .map(|(n, t)| (*n, *t, Origin::House)),
    )
    .unwrap();
    let whole = gate.whole.hard.policies().count() + gate.whole.ask.policies().count();
    assert_eq!(
        whole,
        gate.rules.len() + 1,
        "the whole holds all, and the one permit of the ask set"
    );
    for always in ["ownership.owner", "delegation.granted", "delegation.budget"] {
        for (action, slice) in &gate.slices {
            assert!(
                slice.hard.policies().any(|p| p.id().to_string() == always),
                "{action:?} lacks {always}"
            );
        }
    }
}

#[test]
fn trap_t9_no_purpose_is_another() {
    let gate = CedarGate::builtin().unwrap();
    let mut facts = Facts::of("buyer", "usr_kim");
    facts.merchant = Some(errand_gate::MerchantFacts {
        id: errand_types::MerchantId::parse("a").unwrap(),
        name: "A".into(),
        listed: true,
        blocked: false,
        forbids_agents: false,
        bad_signature: false,
    });
    for purpose in crate::purposes::purposes().unwrap() {
        facts.share = Some(errand_gate::ShareFacts {
            purpose: purpose.purpose,
            classes: purpose.classes.clone().unwrap_or_default(),
            receipt_match: true,
            refused_before: false,
        });
        let verdict = decide(&gate, ActionKind::DataShare, &facts).verdict;
        let is_open = purpose.standing == crate::purposes::PurposeStanding::Ask;
        assert_eq!(verdict == Verdict::Allow, is_open, "{:?}", purpose.purpose);
    }
    assert!(!SCHEMA.contains("Purpose in"), "a purpose has no parents");
}
