use std::collections::BTreeSet;

use jiff::tz::{TimeZone, offset};

use super::text::width;
use super::{Look, about, approval, cards, notes, order, plan, samples};

fn looks() -> Vec<(&'static str, Look)> {
    let look = |width, colour, plain| Look {
        width,
        colour,
        plain,
        zone: TimeZone::fixed(offset(-5)),
    };
    vec![
        ("48", look(48, false, false)),
        ("80", look(80, false, false)),
        ("120", look(120, false, false)),
        ("80 in colour", look(80, true, false)),
        ("plain", look(80, false, true)),
    ]
}

/// What is shown in every look, one under the other.
fn shown(render: impl Fn(&Look) -> Vec<String>) -> String {
    let mut all = String::new();
    for (name, look) in looks() {
        all.push_str("== ");
        all.push_str(name);
        all.push('\n');
        for line in render(&look) {
            all.push_str(&line.replace('\u{1b}', "^"));
            all.push('\n');
        }
    }
    all
}

/// Everything that has a picture, by name.
type Render = fn(&Look) -> Vec<String>;

const ALL: [(&str, Render); 17] = [
    ("route", |l| {
        plan::route(&samples::plan(), &BTreeSet::new(), l, 20)
    }),
    ("products", |l| cards::products(&samples::products(), l)),
    ("comparison", |l| {
        cards::comparison(&samples::comparison(), l)
    }),
    ("approval", |l| {
        [
            approval::approval(&samples::approval(), l),
            approval::ask(&samples::approval(), 120, l),
        ]
        .concat()
    }),
    ("consent", |l| {
        [
            approval::approval(&samples::consent(), l),
            approval::ask(&samples::consent(), 60, l),
        ]
        .concat()
    }),
    ("receipt", |l| notes::receipt(&samples::order(), l)),
    ("orders", |l| order::orders(&samples::orders(), l)),
    ("one_order", |l| order::one(&samples::order(), l)),
    ("refusal", |l| notes::policy(&samples::refusal(), l)),
    ("notice", |l| notes::notice(&samples::notice(), l)),
    ("cart", |l| cards::cart(&samples::cart(), l)),
    ("configuration", |l| {
        cards::configuration(&samples::configuration(), l)
    }),
    ("assembly", |l| cards::assembly(&samples::assembly(), l)),
    ("doctor", |l| about::doctor(&samples::doctor(), l)),
    ("merchant_added", |l| about::added(&samples::shop(), l)),
    ("why", |l| about::why(&samples::why(), l)),
    ("fault", |l| {
        notes::fault(
            &crate::fault::Fault::unreachable("http://127.0.0.1:7420", "connection refused"),
            l,
        )
    }),
];

#[test]
fn everything_looks_right_at_each_width_in_colour_and_plain() {
    for (name, render) in ALL {
        insta::assert_snapshot!(name, shown(render));
    }
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for (name, render) in ALL {
        for columns in [48, 60, 80, 99, 100, 120] {
            let look = Look {
                width: columns,
                colour: false,
                plain: false,
                zone: TimeZone::UTC,
            };
            for line in render(&look) {
                // A command to copy stays whole even where it is wider than a phone.
                assert!(
                    width(&line) <= columns || line.contains('`'),
                    "{name} at {columns}: {line}"
                );
            }
        }
    }
}

#[test]
fn an_amount_is_never_cut_however_narrow_the_screen() {
    let look = Look {
        width: 24,
        colour: false,
        plain: false,
        zone: TimeZone::UTC,
    };
    let all = [
        cards::comparison(&samples::comparison(), &look),
        approval::approval(&samples::approval(), &look),
        order::orders(&samples::orders(), &look),
    ]
    .concat()
    .join("\n");

    for amount in ["$12.40", "$11.20", "$9.80", "$25.90", "$22.40", "$3.50"] {
        assert!(all.contains(amount), "{amount} in:\n{all}");
    }
}

#[test]
fn meaning_is_never_in_the_colour_alone() {
    let look = |colour| Look {
        width: 80,
        colour,
        plain: false,
        zone: TimeZone::UTC,
    };
    let bare = |lines: Vec<String>| {
        let mut text = lines.join("\n");
        for code in [31, 32, 33, 36, 1, 2, 0] {
            text = text.replace(&format!("\u{1b}[{code}m"), "");
        }
        text
    };
    for (name, render) in ALL {
        assert_eq!(
            bare(render(&look(true))),
            render(&look(false)).join("\n"),
            "{name}"
        );
    }
}

#[test]
fn plain_output_is_whole_sentences_without_signs_boxes_or_redrawing() {
    let look = Look {
        width: 80,
        colour: false,
        plain: true,
        zone: TimeZone::UTC,
    };
    for (name, render) in ALL {
        for line in render(&look) {
            assert!(
                !line.contains(['╭', '╰', '─', '✓', '✗', '\u{1b}', '·']),
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn the_route_is_never_taller_than_the_screen_and_keeps_its_end() {
    let look = Look {
        width: 80,
        colour: false,
        plain: false,
        zone: TimeZone::UTC,
    };

    let lines = plan::route(&samples::plan(), &BTreeSet::new(), &look, 3);

    assert_eq!(lines.len(), 3);
    assert!(lines[2].contains("checking your rules"), "{lines:?}");
}

#[test]
fn a_step_that_came_to_an_end_is_told_once() {
    let look = Look {
        width: 80,
        colour: false,
        plain: true,
        zone: TimeZone::UTC,
    };
    let mut told = BTreeSet::new();

    let first = plan::finished(&samples::plan(), &mut told, &look);
    let again = plan::finished(&samples::plan(), &mut told, &look);

    assert_eq!(
        first,
        ["done: understood, 2 bags, fair trade, under $15.00, here Sat 28 Nov before 12:00."]
    );
    assert!(again.is_empty());
}
