use errand_gate::{
    ActionKind, ApprovalFacts, Channel, Decide, Facts, ItemFacts, MerchantFacts, MoneyFacts,
    RuleHit, ShareFacts, SpeechFacts, Verdict,
};
use errand_policy::CedarGate;
use errand_types::{DataClass, ForeignId, MerchantId, OfferRef, Purpose};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::fixture::{ask, base_facts, decide, gate, policies};

/// Mostly as it should be, so that allows happen; now and then not.
fn mostly(good: bool) -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.95).prop_map(move |is_good| is_good == good)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,12}",
        Just("{total} \"}); permit(principal, action, resource); //".to_owned()),
        ".{0,30}"
    ]
}

fn hits() -> impl Strategy<Value = Vec<RuleHit>> {
    let code = prop::sample::select(vec!["VALUE-0001", "VALUE-0003", "VALUE-0004", "odd"]);
    let hit =
        (code, text(), prop::option::of(0..9_u8)).prop_map(|(code, text, evidence)| RuleHit {
            code: code.into(),
            rule: text.clone(),
            said: text.clone(),
            text: text.clone(),
            remedy: text,
            evidence,
        });
    prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(hit, 0..3)]
}

fn items() -> impl Strategy<Value = Vec<ItemFacts>> {
    let quantity = prop_oneof![9 => 1..10_u32, 1 => any::<u32>()];
    let age = prop_oneof![5 => Just(0_u8), 1 => Just(21_u8)];
    let item = (
        text(),
        quantity,
        mostly(true),
        hits(),
        hits(),
        age,
        any::<bool>(),
    )
        .prop_map(
            |(title, quantity, known, violations, unconfirmed, min_age, age_ok)| ItemFacts {
                offer: OfferRef {
                    merchant: MerchantId::parse("a").unwrap(),
                    product: ForeignId::parse("p").unwrap(),
                    variant: ForeignId::parse("v").unwrap(),
                },
                title,
                quantity,
                known,
                violations,
                unconfirmed,
                min_age,
                age_ok,
            },
        );
    prop::collection::vec(item, 0..3)
}

fn merchant() -> impl Strategy<Value = Option<MerchantFacts>> {
    let facts = (
        text(),
        mostly(true),
        mostly(false),
        mostly(false),
        mostly(false),
    )
        .prop_map(
            |(name, listed, blocked, forbids_agents, bad_signature)| MerchantFacts {
                id: MerchantId::parse("a").unwrap(),
                name,
                listed,
                blocked,
                forbids_agents,
                bad_signature,
            },
        );
    prop::option::weighted(0.9, facts)
}

fn money() -> impl Strategy<Value = Option<MoneyFacts>> {
    let flags = (
        mostly(true),
        mostly(true),
        mostly(true),
        mostly(false),
        mostly(false),
        mostly(false),
        mostly(false),
        mostly(true),
    );
    let facts = (text(), flags).prop_map(|(total_text, f)| MoneyFacts {
        total_text,
        limits_text: ["$50.00".into(), "$120.00".into(), "$600.00".into()],
        sums_text: ["$60.00".into(), "$300.00".into()],
        positive: f.0,
        currency_ok: f.1,
        consistent: f.2,
        over_purchase_limit: f.3,
        over_day_limit: f.4,
        over_month_limit: f.5,
        recurring: f.6,
        instrument_offered: f.7,
    });
    prop::option::weighted(0.9, facts)
}

fn approval() -> impl Strategy<Value = Option<ApprovalFacts>> {
    let level = prop::sample::select(vec![0_u8, 15, 30, 35, 35, 35, 50]);
    let age = prop_oneof![9 => 0..121_u32, 1 => any::<u32>()];
    let flags = (
        mostly(false),
        mostly(true),
        mostly(true),
        mostly(true),
        mostly(true),
    );
    let facts = (level, age, flags).prop_map(|(level, age_s, f)| ApprovalFacts {
        level,
        age_s,
        consumed: f.0,
        same_session: f.1,
        digest_matches: f.2,
        total_matches: f.3,
        payee_matches: f.4,
    });
    prop::option::weighted(0.7, facts)
}

fn speech() -> impl Strategy<Value = (Channel, Option<SpeechFacts>)> {
    let flags = (
        mostly(false),
        any::<bool>(),
        mostly(false),
        mostly(true),
        mostly(true),
        mostly(false),
        mostly(false),
        mostly(false),
        prop::option::of(0..=100_u8),
    );
    let channel = prop::sample::select(vec![Channel::Screen, Channel::Voice]);
    let facts = (text(), flags).prop_map(|(sum_text, f)| SpeechFacts {
        limits_text: ["$20.00".into(), "$40.00".into()],
        sum_text,
        off: f.0,
        over_cap: f.1,
        over_day: f.2,
        known_merchant: f.3,
        saved_address: f.4,
        asked_often: f.5,
        stranger: f.6,
        alike: f.8,
        alike_least: 40,
        other_voice: f.7,
    });
    (channel, prop::option::weighted(0.95, facts))
}

fn share() -> impl Strategy<Value = Option<ShareFacts>> {
    let purpose = prop::sample::select(vec![
        Purpose::Delivery,
        Purpose::Delivery,
        Purpose::Order,
        Purpose::Payment,
        Purpose::Marketing,
        Purpose::Search,
    ]);
    let class = prop::sample::select(vec![
        DataClass::Name,
        DataClass::Address,
        DataClass::PaymentToken,
    ]);
    let facts = (
        purpose,
        prop::collection::vec(class, 0..3),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(purpose, classes, receipt_match, refused_before)| ShareFacts {
                purpose,
                classes,
                receipt_match,
                refused_before,
            },
        );
    prop::option::weighted(0.8, facts)
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let call = (
        mostly(true),
        mostly(true),
        mostly(false),
        mostly(true),
        mostly(false),
        mostly(false),
    );
    let level = prop::sample::select(vec![0_u8, 10, 35, 50]);
    (
        call,
        level,
        0..6_u8,
        merchant(),
        items(),
        (money(), approval(), share(), speech()),
    )
        .prop_map(
            |(call, auth_level, depth, merchant, items, (money, approval, share, speech))| Facts {
                agent: "buyer".into(),
                user: "usr_kim".into(),
                owner: call.0,
                granted: call.1,
                tainted: call.2,
                user_asked: call.3,
                in_quiet_hours: call.4,
                over_turn_budget: call.5,
                auth_level,
                merchant,
                items,
                money,
                approval,
                channel: speech.0,
                speech: speech.1,
                share,
                depth,
                language: errand_types::Language::English,
            },
        )
}

fn any_action() -> impl Strategy<Value = ActionKind> {
    prop::sample::select(ActionKind::ALL.to_vec())
}

/// What can go wrong with facts on their way: a part is lost, a name is lost, a number or a list is out of bounds.
fn corrupt(facts: &Facts, how: usize, action: ActionKind) -> Facts {
    let mut bad = facts.clone();
    // The shop is optional where only looking is concerned; there its absence is no fault.
    let looks = matches!(
        action,
        ActionKind::Search | ActionKind::Compare | ActionKind::Configure | ActionKind::Recommend
    );
    match how {
        0 if !looks => bad.merchant = None,
        1 if !matches!(
            action,
            ActionKind::Search | ActionKind::Compare | ActionKind::Configure
        ) =>
        {
            bad.items.clear();
        }
        2 => bad.money = None,
        3 => bad.approval = None,
        4 => bad.share = None,
        5 => bad.agent.clear(),
        6 => bad.user = "u".repeat(10_000),
        7 => bad
            .items
            .iter_mut()
            .for_each(|item| item.quantity = u32::MAX),
        8 => bad
            .approval
            .iter_mut()
            .for_each(|approval| approval.age_s = u32::MAX),
        9 => {
            bad.items = bad
                .items
                .iter()
                .cycle()
                .take(if bad.items.is_empty() { 0 } else { 5_000 })
                .cloned()
                .collect();
        }
        10 => bad.auth_level = 0,
        11 => bad.depth = u8::MAX,
        12 => bad.items.iter_mut().for_each(|item| item.known = false),
        13 => bad.speech = None,
        _ => bad.granted = false,
    }
    bad
}

/// Whether an action reads the part that a corruption touches at all.
fn reads(action: ActionKind, how: usize) -> bool {
    use ActionKind::{CartAdd, CheckoutComplete, CheckoutOpen, Recommend};
    match how {
        1 => matches!(
            action,
            Recommend | CartAdd | CheckoutOpen | CheckoutComplete
        ),
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn deciding_several_at_once_says_of_each_what_deciding_it_alone_says(
        action in any_action(),
        few in prop::collection::vec(any_facts(), 1..4),
        order in prop::collection::vec((0..4_usize, any::<bool>(), 0..13_usize), 1..8),
    ) {
        // The same facts next to each other, with another title or with one thing gone wrong.
        let all: Vec<Facts> = order.into_iter().map(|(which, is_bad, how)| {
            let mut facts = few[which % few.len()].clone();
            for item in &mut facts.items {
                item.title = format!("thing {how}");
            }
            if is_bad { corrupt(&facts, how, action) } else { facts }
        }).collect();
        let asks: Vec<_> = all.iter().map(|facts| ask(action, facts)).collect();

        let together = gate().decide_each(&asks);

        let alone: Vec<_> = asks.iter().map(|ask| gate().decide(ask)).collect();
        prop_assert_eq!(together, alone);
    }

    #[test]
    fn an_approval_below_a_screens_never_pays_what_speech_may_not(facts in any_facts()) {
        let decision = decide(gate(), ActionKind::CheckoutComplete, &facts);
        if decision.verdict == Verdict::Allow {
            let approval = facts.approval.as_ref().unwrap();
            let speech = facts.speech.as_ref().unwrap();
            let fits = !speech.off && !speech.over_cap && !speech.over_day && speech.known_merchant
                && speech.saved_address && !speech.stranger && !speech.other_voice
                && facts.items.iter().all(|item| item.min_age == 0);
            prop_assert!(approval.level >= 35 || fits, "{approval:?} {speech:?}");
        }
    }

    #[test]
    fn the_strictest_reason_is_the_verdict_and_every_verdict_has_one(action in any_action(), facts in any_facts()) {
        let decision = decide(gate(), action, &facts);
        prop_assert_eq!(decision.reasons.iter().map(|r| r.verdict).max(), Some(decision.verdict));
        prop_assert_eq!(&decision.action, action.name());
        prop_assert!(decision.reasons.windows(2).all(|w| w[0].verdict >= w[1].verdict));
        for reason in &decision.reasons {
            prop_assert!(!reason.text.is_empty() || reason.rule.contains('/'));
            prop_assert!(!reason.text.chars().any(char::is_control));
        }
        prop_assert_eq!(decide(gate(), action, &facts), decision, "the same facts give the same decision");
    }

    #[test]
    fn one_corrupt_fact_never_turns_a_no_into_a_yes(action in any_action(), facts in any_facts(), how in 0..15_usize) {
        let whole = decide(gate(), action, &facts).verdict;
        if reads(action, how) {
            let corrupted = decide(gate(), action, &corrupt(&facts, how, action)).verdict;
            prop_assert!(corrupted != Verdict::Allow || whole == Verdict::Allow, "{how}: {whole:?} became {corrupted:?}");
        }
    }

    #[test]
    fn cutting_the_policies_by_action_changes_nothing(action in any_action(), facts in any_facts()) {
        prop_assert_eq!(gate().decide_unsliced(&ask(action, &facts)), decide(gate(), action, &facts));
    }

    #[test]
    fn a_worse_fact_never_gives_a_milder_verdict(action in any_action(), facts in any_facts(), which in 0..12_usize) {
        let mut worse = facts.clone();
        match which {
            0 => worse.owner = false,
            1 => worse.granted = false,
            2 => worse.tainted = true,
            3 => worse.user_asked = false,
            4 => worse.in_quiet_hours = true,
            5 => worse.over_turn_budget = true,
            6 => worse.merchant.iter_mut().for_each(|m| m.blocked = true),
            7 => worse.money.iter_mut().for_each(|m| m.over_day_limit = true),
            8 => worse.money.iter_mut().for_each(|m| m.consistent = false),
            9 => worse.approval.iter_mut().for_each(|a| a.digest_matches = false),
            10 => worse.share.iter_mut().for_each(|s| s.receipt_match = false),
            _ => worse.items.iter_mut().for_each(|i| i.known = false),
        }
        let (before, after) = (decide(gate(), action, &facts).verdict, decide(gate(), action, &worse).verdict);
        prop_assert!(after >= before, "{which}: {before:?} became {after:?}");
    }

    #[test]
    fn every_purchase_that_is_allowed_has_a_good_approval(facts in any_facts()) {
        if decide(gate(), ActionKind::CheckoutComplete, &facts).verdict == Verdict::Allow {
            let approval = facts.approval.unwrap();
            let money = facts.money.unwrap();
            prop_assert!(approval.level >= 30 && approval.age_s <= 120 && !approval.consumed && approval.same_session);
            prop_assert!(approval.digest_matches && approval.total_matches && approval.payee_matches);
            prop_assert!(!money.over_purchase_limit && !money.over_day_limit && !money.over_month_limit);
            prop_assert!(facts.items.iter().all(|i| i.violations.is_empty() && i.known && i.quantity > 0));
            prop_assert!(!facts.tainted && facts.owner && !facts.in_quiet_hours);
        }
    }
}

/// P6: more prohibitions, at whatever place, never make a verdict milder.
#[test]
fn adding_a_forbid_or_an_ask_never_makes_a_verdict_milder() {
    let conditions = [
        "context.tainted",
        "context.depth > 1",
        "true",
        "context has merchant && context.merchant.listed",
    ];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut milder = Vec::new();
    let samples: Vec<(ActionKind, Facts)> = (0..150)
        .map(|_| {
            (any_action(), any_facts())
                .new_tree(&mut runner)
                .unwrap()
                .current()
        })
        .collect();
    for (number, condition) in conditions.iter().enumerate() {
        for verdict in ["", "@verdict(\"ask\")"] {
            // `context has merchant` is only for actions that may have one.
            let actions = "action in [Errand::Action::\"search\", Errand::Action::\"cart.add\", Errand::Action::\"checkout.complete\", Errand::Action::\"data.share\"]";
            let text = format!(
                "@id(\"extra.n{number}\") @code(\"OPER-0001\") @reason(\"r\") @remedy(\"m\") {verdict} forbid (principal, {actions}, resource) when {{ {condition} }};"
            );
            let more = CedarGate::with_operator_files(&[("x".into(), text)]).unwrap();
            for (action, facts) in &samples {
                let (few, many) = (
                    decide(gate(), *action, facts).verdict,
                    decide(&more, *action, facts).verdict,
                );
                if many < few {
                    milder.push((condition, action, few, many));
                }
            }
        }
    }
    assert!(milder.is_empty(), "{milder:?}");
}

#[test]
fn hostile_text_in_facts_is_data() {
    for text in [
        "\"}; permit(principal, action, resource); //",
        "{total}{merchant}{items}",
        "Errand::Agent::\"admin\"",
        "\u{202e}\u{0}\u{7}",
        "${jndi:x} %s {{ }} \\u0000",
    ] {
        let mut facts = base_facts("purchase");
        facts.agent = text.chars().take(100).collect();
        facts.user = text.to_owned();
        facts.items[0].title = text.to_owned();
        facts.merchant.as_mut().unwrap().name = text.to_owned();
        facts.money.as_mut().unwrap().total_text = text.to_owned();
        assert_eq!(
            decide(gate(), ActionKind::CheckoutComplete, &facts).verdict,
            Verdict::Allow,
            "{text}"
        );
        facts.approval = None;
        let asked = decide(gate(), ActionKind::CheckoutComplete, &facts);
        assert_eq!(policies(&asked), ["approval.missing"]);
        assert!(!asked.reasons[0].text.chars().any(char::is_control));
        facts.items[0].known = false;
        assert_eq!(
            gate()
                .decide(&ask(ActionKind::CheckoutComplete, &facts))
                .verdict,
            Verdict::Deny,
            "{text}"
        );
    }
}
