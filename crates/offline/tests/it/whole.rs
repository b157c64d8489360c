//! Wholes from parts, told apart from errands of other kinds.

use errand_model::Proposal;
use errand_types::{AssembleArgs, Currency, Money, PartOp, Text, ToolCall};

use crate::scenes::{model, scene};

fn calls(text: &str, is_standing: bool) -> Vec<ToolCall> {
    let mut scene = scene("start");
    scene.assembly = is_standing.then(|| Text::clip("pc"));
    match model().read(text, &scene).proposal {
        Proposal::Calls(calls) => calls,
        other => panic!("{text}: {other:?}"),
    }
}

fn assemble(text: &str, is_standing: bool) -> AssembleArgs {
    match calls(text, is_standing).pop() {
        Some(ToolCall::Assemble(args)) => args,
        other => panic!("{text}: {other:?}"),
    }
}

fn wants(args: &AssembleArgs) -> Vec<(String, PartOp, String)> {
    let wants = args.wants.iter();
    wants
        .map(|w| (w.of.to_string(), w.is, w.value.to_string()))
        .collect()
}

fn want(of: &str, is: PartOp, value: &str) -> (String, PartOp, String) {
    (of.to_owned(), is, value.to_owned())
}

#[test]
fn a_computer_to_build_is_a_purpose_a_limit_a_maker_and_a_size() {
    let args = assemble(
        "build me a computer for video editing under $1,500, no Lumino, small case",
        false,
    );

    assert_eq!(args.domain.as_str(), "pc");
    assert_eq!(args.price_max, Some(Money::new(150_000, Currency::USD)));
    assert_eq!(args.goal.as_ref().map(Text::as_str), Some("video"));
    assert!(!args.keep);
    let wants = wants(&args);
    assert!(
        wants.contains(&want("cpu.cores", PartOp::AtLeast, "8")),
        "{wants:?}"
    );
    assert!(
        wants.contains(&want("case.volume", PartOp::AtMost, "25 l")),
        "{wants:?}"
    );
    assert!(
        wants.iter().any(|(of, is, value)| of.is_empty()
            && *is == PartOp::NotBrand
            && value.eq_ignore_ascii_case("lumino")),
        "{wants:?}"
    );
}

#[test]
fn another_domain_is_only_another_file() {
    let args = assemble("put together a touring bike with disc brakes", false);

    assert_eq!(args.domain.as_str(), "bicycle");
    assert!(wants(&args).contains(&want("brakes.kind", PartOp::Is, "disc")));
}

#[test]
fn what_stands_is_changed_in_words() {
    for (text, change) in [
        ("a quieter fan", want("cooler.noise", PartOp::Less, "")),
        (
            "make the case white",
            want("case.colour", PartOp::Is, "white"),
        ),
        (
            "with 32 GB memory",
            want("ram.capacity", PartOp::AtLeast, "32 gb"),
        ),
    ] {
        let args = assemble(text, true);

        assert!(args.keep, "{text}");
        assert_eq!(wants(&args), [change], "{text}");
    }
}

#[test]
fn what_stands_is_taken_whole_and_may_be_bought() {
    assert!(matches!(
        calls("take it", true)[..],
        [ToolCall::AssemblyTake(_)]
    ));
    assert!(matches!(
        calls("buy it", true)[..],
        [ToolCall::AssemblyTake(_), ToolCall::Buy(_)]
    ));
}

#[test]
fn goods_to_find_are_no_whole_to_build() {
    for text in [
        "find a white desk",
        "I need a bicycle",
        "two bags of coffee beans",
    ] {
        for is_standing in [false, true] {
            let mut scene = scene("start");
            scene.assembly = is_standing.then(|| Text::clip("pc"));
            let proposal = model().read(text, &scene).proposal;
            assert!(
                matches!(proposal, Proposal::Plan(_)),
                "{text}: {proposal:?}"
            );
        }
    }
}
