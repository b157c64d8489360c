use errand_types::{Currency, Money};
use proptest::prelude::*;

use super::reference::{Spec, Whole, spec};
use super::{
    Answer, Best, Domain, Listing, NoBuild, Op, PartRef, Raw, Stock, StockError, Than, Want, Wish,
};

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn builtin(id: &str) -> Domain {
    let mut all = Domain::builtin().unwrap();
    let at = all.iter().position(|d| d.id() == id).unwrap();
    all.swap_remove(at)
}

/// Adds a part whose attributes are written as `name=value; name=value`.
fn add(stock: &mut Stock<'_>, slot: &str, id: &str, dollars: i64, stated: &str) -> PartRef {
    let pairs: Vec<(String, String)> = stated
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let state = |name: &str| {
        let found = pairs.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| Raw::Text(value.clone()))
    };
    let brand = pairs.iter().find(|(n, _)| n == "brand");
    let listing = Listing {
        id,
        title: id,
        brand: brand.map(|(_, b)| b.as_str()),
        price: Some(usd(dollars * 100)),
    };
    stock.add(slot, listing, &state).unwrap()
}

fn want(stock: &Stock<'_>, of: &str, is: Op, value: &str) -> Wish {
    let want = Want {
        of: of.to_owned(),
        is,
        value: value.to_owned(),
    };
    Wish::read(stock.domain(), &want).unwrap()
}

fn titles(stock: &Stock<'_>, parts: &[PartRef]) -> Vec<String> {
    let named = parts.iter().map(|p| stock.named(*p).unwrap().1.to_owned());
    named.collect()
}

/// Two processors on two sockets, a board each, and the rest of a computer.
fn shop(domain: &Domain) -> Stock<'_> {
    let mut stock = Stock::new(domain);
    let s = &mut stock;
    add(
        s,
        "cpu",
        "six",
        150,
        "brand=Aster; socket=A1; cores=6; power draw=65 W; cooler in the box=yes; integrated graphics=none",
    );
    add(
        s,
        "cpu",
        "twelve",
        400,
        "brand=Borea; socket=B1; cores=12; power draw=170 W; cooler in the box=no; integrated graphics=B7",
    );
    add(
        s,
        "motherboard",
        "board-a",
        90,
        "brand=Calder; socket=A1; form factor=Micro ATX; memory type=DDR4; memory slots=2; largest memory=64 GB",
    );
    add(
        s,
        "motherboard",
        "board-b",
        200,
        "brand=Calder; socket=B1; form factor=ATX; memory type=DDR5; memory slots=4; largest memory=128 GB",
    );
    for (id, dollars, kind, gb) in [
        ("ram4-16", 40, "DDR4", 16),
        ("ram4-32", 70, "DDR4", 32),
        ("ram5-32", 110, "DDR5", 32),
    ] {
        add(
            s,
            "ram",
            id,
            dollars,
            &format!(
                "memory type={kind}; form factor=288-pin DIMM; modules=2; capacity={gb} GB; error correction=Non-ECC; buffering=Unbuffered"
            ),
        );
    }
    add(
        s,
        "gpu",
        "short",
        250,
        "brand=Dune; memory=8 GB; length=200 mm; power draw=115 W",
    );
    add(
        s,
        "gpu",
        "long",
        500,
        "brand=Dune; memory=16 GB; length=330 mm; power draw=285 W",
    );
    add(s, "psu", "psu-450", 50, "power=450 W; form factor=ATX");
    add(s, "psu", "psu-750", 100, "power=750 W; form factor=ATX");
    add(
        s,
        "case",
        "small-case",
        80,
        "boards taken=Micro ATX, Mini-ITX; room for a graphics card=240 mm; room for a cooler=120 mm; volume=20 l; colour=black",
    );
    add(
        s,
        "case",
        "large-case",
        110,
        "boards taken=ATX, Micro ATX; room for a graphics card=360 mm; room for a cooler=170 mm; volume=45 l; colour=white",
    );
    add(
        s,
        "cooler",
        "low-cooler",
        30,
        "sockets=A1; height=60 mm; noise=30 dB; water cooling=no",
    );
    add(
        s,
        "cooler",
        "tall-cooler",
        60,
        "sockets=A1, B1; height=158 mm; noise=24 dB; water cooling=no",
    );
    add(
        s,
        "cooler",
        "taller-cooler",
        75,
        "sockets=A1, B1; height=160 mm; noise=20 dB; water cooling=no",
    );
    add(s, "storage", "drive-1", 60, "capacity=1 TB; nvme=yes");
    stock
}

#[test]
fn the_domains_that_come_with_errand_are_without_a_slip() {
    let ids: Vec<String> = Domain::builtin()
        .unwrap()
        .iter()
        .map(|d| d.id().to_owned())
        .collect();

    assert_eq!(ids, ["pc", "bicycle"]);
}

#[test]
fn the_cheapest_computer_is_found_and_a_cooler_in_the_box_is_no_part() {
    let domain = builtin("pc");
    let stock = shop(&domain);

    let build = stock.build(&[], Best::Cheapest).unwrap();

    let parts = titles(&stock, &build.parts);
    assert_eq!(
        parts,
        [
            "six",
            "board-a",
            "ram4-16",
            "short",
            "psu-450",
            "small-case",
            "drive-1"
        ]
    );
    assert_eq!(build.price, usd(72_000));
    assert!(build.exact);
}

#[test]
fn power_is_counted_over_the_whole() {
    let domain = builtin("pc");
    let stock = shop(&domain);
    let wishes = [want(&stock, "gpu.memory", Op::AtLeast, "16 GB")];

    let build = stock.build(&wishes, Best::Cheapest).unwrap();

    let parts = titles(&stock, &build.parts);
    assert!(
        parts.contains(&"psu-750".to_owned()),
        "65 + 285 + 150 W: {parts:?}"
    );
    assert!(parts.contains(&"large-case".to_owned()), "{parts:?}");
}

#[test]
fn a_goal_takes_the_most_that_the_budget_bears() {
    let domain = builtin("pc");
    let stock = shop(&domain);

    let rich = stock.build(&[Wish::budget(usd(200_000))], Best::Goal("video"));
    let poor = stock.build(&[Wish::budget(usd(80_000))], Best::Goal("video"));

    assert_eq!(
        titles(&stock, &rich.unwrap().parts)[..2],
        ["twelve", "board-b"]
    );
    let poor = poor.unwrap();
    assert_eq!(
        titles(&stock, &poor.parts)[..3],
        ["six", "board-a", "ram4-32"]
    );
    assert!(poor.exact && poor.price.minor() <= 80_000);
}

#[test]
fn wishes_that_cannot_hold_together_are_the_fewest_with_what_giving_up_costs() {
    let domain = builtin("pc");
    let stock = shop(&domain);
    let wishes = [
        want(&stock, "storage.capacity", Op::AtLeast, "500 GB"),
        want(&stock, "cpu.cores", Op::AtLeast, "12"),
        want(&stock, "case.volume", Op::AtMost, "25 l"),
        want(&stock, "", Op::NotBrand, "Nobody"),
    ];

    let Err(NoBuild::Clash(clash)) = stock.build(&wishes, Best::Cheapest) else {
        panic!("the board for twelve cores is too large for the small case");
    };

    assert_eq!(
        clash.to_string(),
        "these wishes cannot hold together: at least 12 cores; at most 25 l case volume"
    );
    let ways: Vec<&str> = clash.give_up.iter().map(|way| way.text.as_str()).collect();
    assert_eq!(
        ways,
        [
            "without at least 12 cores it is $720.00",
            "without at most 25 l case volume it is $990.00"
        ]
    );
}

#[test]
fn what_is_missing_altogether_is_named_and_no_wish_is_blamed() {
    let domain = builtin("pc");
    let mut stock = shop(&domain);
    stock.slots[4].clear();

    let error = stock
        .build(&[Wish::budget(usd(1))], Best::Cheapest)
        .unwrap_err();

    assert_eq!(
        error.to_string(),
        "nothing that can be had fits together; missing: power supply"
    );
}

#[test]
fn a_question_about_two_parts_is_answered_with_relation_and_reason() {
    let domain = builtin("pc");
    let mut stock = shop(&domain);
    let bare = add(&mut stock, "case", "bare", 10, "boards taken=ATX");
    let find = |slot: &str, id: &str| stock.find(slot, id).unwrap();
    let asked = |a: PartRef, b: PartRef| {
        let fits = stock.fits(&[a, b]);
        let only = fits.first().unwrap();
        (only.relation.clone(), only.answer, only.because.clone())
    };

    assert_eq!(
        asked(find("cpu", "six"), find("motherboard", "board-b")),
        (
            "cpu_motherboard_socket".to_owned(),
            Answer::No,
            "the processor needs socket A1, the motherboard has B1".to_owned()
        )
    );
    assert_eq!(
        asked(find("gpu", "long"), find("case", "large-case")),
        (
            "gpu_case_length_mm".to_owned(),
            Answer::Yes,
            "the card is 330 mm long, the case takes 360 mm".to_owned()
        )
    );
    assert_eq!(
        asked(find("gpu", "long"), bare),
        (
            "gpu_case_length_mm".to_owned(),
            Answer::CannotTell,
            "nobody states the room for a graphics card of the case".to_owned()
        )
    );
    // A power supply and a card alone: too little is too little, enough is not yet known.
    assert_eq!(
        asked(find("gpu", "short"), find("psu", "psu-450")).1,
        Answer::CannotTell
    );
}

#[test]
fn a_change_keeps_what_can_be_kept_and_says_why_the_rest_could_not() {
    let domain = builtin("pc");
    let stock = shop(&domain);
    let present = stock.build(&[], Best::Cheapest).unwrap();
    let wishes = [want(&stock, "gpu.memory", Op::AtLeast, "16 GB")];

    let change = stock.change(&present.parts, &wishes).unwrap();

    let told: Vec<(&str, &str)> = change
        .changed
        .iter()
        .map(|c| (c.slot.as_str(), c.because.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("graphics card", "you want at least 16 GB graphics memory"),
            (
                "power supply",
                "processor and graphics card with 150 W to spare need 500 W, the power supply gives 450 W"
            ),
            (
                "case",
                "the card is 330 mm long, the case takes only 240 mm"
            ),
        ]
    );
    assert_eq!(change.build.price, usd(105_000));
}

#[test]
fn a_quieter_cooler_is_quieter_than_the_present_one() {
    let domain = builtin("pc");
    let stock = shop(&domain);
    let cores = want(&stock, "cpu.cores", Op::AtLeast, "12");
    let present = stock
        .build(std::slice::from_ref(&cores), Best::Cheapest)
        .unwrap();
    let cooler = stock.find("cooler", "tall-cooler").unwrap();
    assert!(present.parts.contains(&cooler));
    let quieter = Wish::than(&stock, cooler, "cooler.noise", Than::Less).unwrap();
    assert_eq!(quieter.text(), "less than 24 dB cooler noise");

    let change = stock.change(&present.parts, &[cores, quieter]).unwrap();

    let changed: Vec<Option<PartRef>> = change.changed.iter().map(|c| c.to).collect();
    assert_eq!(changed, [stock.find("cooler", "taller-cooler")]);
}

#[test]
fn a_bicycle_is_put_together_by_its_own_file() {
    let domain = builtin("bicycle");
    let mut stock = Stock::new(&domain);
    let s = &mut stock;
    add(
        s,
        "frame",
        "road",
        300,
        "wheel size=700c; axle=12x142; brake mount=flat mount; room for tyres=32 mm; load=110 kg; weight=1.2 kg",
    );
    add(
        s,
        "frame",
        "tour",
        400,
        "wheel size=700c; axle=12x142; brake mount=flat mount; room for tyres=47 mm; load=150 kg; weight=2.1 kg",
    );
    add(
        s,
        "wheels",
        "disc-wheels",
        200,
        "wheel size=700c; axle=12x142; brake=disc; freehub=HG; weight=1.9 kg",
    );
    add(s, "tyres", "thin", 40, "wheel size=700c; width=28 mm");
    add(s, "tyres", "wide", 50, "wheel size=700c; width=42 mm");
    add(
        s,
        "gears",
        "eleven",
        250,
        "freehub=HG; gears=11; weight=2.4 kg",
    );
    add(
        s,
        "brakes",
        "discs",
        120,
        "brake mount=flat mount; brake=disc",
    );
    add(s, "rack", "carrier", 45, "load=25 kg; weight=0.7 kg");

    let plain = stock.build(&[], Best::Cheapest).unwrap();
    let touring = [
        want(&stock, "rack", Op::With, "yes"),
        want(&stock, "tyres.width", Op::AtLeast, "37 mm"),
    ];
    let tour = stock.build(&touring, Best::Cheapest).unwrap();

    assert_eq!(
        titles(&stock, &plain.parts),
        ["road", "disc-wheels", "thin", "eleven", "discs"]
    );
    assert_eq!(
        titles(&stock, &tour.parts),
        ["tour", "disc-wheels", "wide", "eleven", "discs", "carrier"]
    );
    let heavy = stock.fits(&[
        stock.find("frame", "road").unwrap(),
        stock.find("rack", "carrier").unwrap(),
    ]);
    assert_eq!(
        heavy[0].because,
        "a rider of 90 kg with a full rack comes to 115 kg, the frame bears 110 kg"
    );
}

fn slip(text: &str) -> String {
    Domain::read("x.toml", text).unwrap_err().to_string()
}

const SMALL: &str = "id = \"x\"\nword = \"thing\"\n[[slot]]\nid = \"a\"\nword = \"a\"\n[[slot.attribute]]\nid = \"size\"\nword = \"size\"\nkind = \"word\"\nfrom = [\"size\"]\n[[slot]]\nid = \"b\"\nword = \"b\"\n[[slot.attribute]]\nid = \"sizes\"\nword = \"sizes\"\nkind = \"words\"\nfrom = [\"sizes\"]\n";

#[test]
fn a_slip_in_a_domain_is_named_with_file_line_and_the_nearest_name() {
    let with = |more: &str| format!("{SMALL}{more}");
    let relation = |test: &str| {
        with(&format!(
            "[[relation]]\nid = \"r\"\nword = \"r\"\nbetween = [\"a\", \"b\"]\n[[relation.test]]\n{test}\n"
        ))
    };
    for (text, told) in [
        (
            relation("left = \"a.sise\"\none_of = \"b.sizes\"\nyes = \"\"\nno = \"\""),
            "x.toml:24: there is no attribute `a.sise`; the nearest known name is `a.size`",
        ),
        (
            relation("left = \"a.size\"\nequal = \"b.sizes\"\nyes = \"\"\nno = \"\""),
            "x.toml:24: `equal` compares two words or two numbers",
        ),
        (
            relation("left = \"a.size\"\none_of = \"b.sizes\"\nyes = \"\"\nno = \"{lefd}\""),
            "x.toml:27: nothing fills the place `{lefd}`; the nearest known name is `left`",
        ),
        (
            with("[[relation]]\nid = \"r\"\nword = \"r\"\nbetween = [\"a\", \"c\"]\ntest = []\n"),
            "x.toml:22: there is no slot `c`; the nearest known name is `a`",
        ),
        (
            with("[[slot]]\nid = \"a\"\nword = \"again\"\n"),
            "x.toml:20: slot `a` is there twice",
        ),
        (
            with(
                "[[use]]\nid = \"u\"\nword = \"u\"\nwants = [{ of = \"a.size\", at_least = \"3\" }]\n",
            ),
            "x.toml:22: `a.size` cannot be compared like that",
        ),
        (
            with("[[slot]]\nid = \"c\"\nword = \"c\"\nleave_out = \"a.size\"\n"),
            "x.toml:22: a part is left out by a yes or no of another slot",
        ),
        (
            "id = \"x\"\nword = \"x\"\n[[slot]]\nid = \"a\"\nword = \"a\"\nleave_out = \"always\"\n".to_owned(),
            "x.toml:1: a domain has a slot that is never left out",
        ),
        (with("colour = 1\n"), "x.toml:19: unknown field"),
        ("id = ".to_owned(), "x.toml:1: "),
        (
            " ".repeat(300_000),
            "x.toml:1: the file is larger than 262144 bytes",
        ),
    ] {
        let said = slip(&text);
        assert!(said.starts_with(told), "{said} instead of {told}");
    }
}

#[test]
fn a_wish_that_the_domain_does_not_know_says_what_is_near() {
    let domain = builtin("pc");
    let read = |of: &str, is: Op, value: &str| {
        let want = Want {
            of: of.to_owned(),
            is,
            value: value.to_owned(),
        };
        Wish::read(&domain, &want).unwrap_err()
    };

    let unknown = read("cpu.core", Op::AtLeast, "8");
    assert_eq!(unknown.to_string(), "a computer has no `cpu.core`");
    assert_eq!(unknown.nearest(), Some("cpu.cores"));
    assert_eq!(
        read("cpu.cores", Op::AtLeast, "many").to_string(),
        "`many` is no number"
    );
    assert_eq!(
        read("ram.capacity", Op::AtLeast, "9e99").to_string(),
        "`9e99` is no number in GB"
    );
}

#[test]
fn a_price_in_another_currency_is_refused() {
    let domain = builtin("pc");
    let mut stock = shop(&domain);
    let listing = Listing {
        id: "x",
        title: "x",
        brand: None,
        price: Some(Money::new(1, Currency::EUR)),
    };

    let refused = stock.add("psu", listing, &|_| None).unwrap_err();

    assert!(matches!(refused, StockError::Currency { .. }));
    let foreign = stock.build(
        &[Wish::budget(Money::new(1_000_000, Currency::EUR))],
        Best::Cheapest,
    );
    assert!(
        foreign.is_err(),
        "a limit in another currency lets nothing pass"
    );
}

#[test]
fn more_wishes_than_can_be_read_are_refused() {
    let domain = builtin("pc");
    let stock = shop(&domain);
    let many = vec![want(&stock, "cpu.cores", Op::AtLeast, "1"); 25];

    assert_eq!(
        stock.build(&many, Best::Cheapest),
        Err(NoBuild::TooManyWishes(25))
    );
}

/// A domain of `slots` slots in a ring, each tied to the next by numbers that go up, so that nothing fits.
fn ring(slots: usize, parts: usize) -> (String, usize) {
    let mut text = "id = \"x\"\nword = \"ring\"\n".to_owned();
    for at in 0..slots {
        text.push_str(&format!(
            "[[slot]]\nid = \"s{at}\"\nword = \"s{at}\"\n[[slot.attribute]]\nid = \"a\"\nword = \"a\"\nkind = \"word\"\nfrom = [\"a\"]\n[[slot.attribute]]\nid = \"b\"\nword = \"b\"\nkind = \"words\"\nfrom = [\"b\"]\n"
        ));
    }
    for at in 0..slots {
        let next = (at + 1) % slots;
        text.push_str(&format!(
            "[[relation]]\nid = \"r{at}\"\nword = \"r\"\nbetween = [\"s{at}\", \"s{next}\"]\n[[relation.test]]\nleft = \"s{at}.a\"\none_of = \"s{next}.b\"\nyes = \"\"\nno = \"\"\n"
        ));
    }
    (text, parts)
}

#[test]
fn an_assembly_too_large_ends_in_time_and_says_that_it_does_not_know() {
    let (text, parts) = ring(20, 40);
    let domain = Domain::read("ring.toml", &text).unwrap();
    let mut stock = Stock::new(&domain);
    for slot in 0..20_usize {
        for part in 0..parts {
            // Every part goes with all but a few of the next slot, and no two are alike.
            let list: Vec<String> = (0..parts)
                .filter(|w| (w * 7 + part * 13 + slot * 5) % 11 > 7)
                .map(|w| w.to_string())
                .collect();
            let state = |name: &str| match name {
                "a" => Some(Raw::Text(part.to_string())),
                _ => Some(Raw::List(list.clone())),
            };
            let price = i64::try_from((part * 37 + slot * 11) % 101).unwrap();
            let listing = Listing {
                id: &format!("p{part}"),
                title: "p",
                brand: None,
                price: Some(usd(price)),
            };
            stock.add(&format!("s{slot}"), listing, &state).unwrap();
        }
    }

    let found = stock.build(&[], Best::Cheapest);

    assert!(
        matches!(&found, Ok(_) | Err(NoBuild::TooMuch)),
        "{:?}",
        found.err()
    );
}

#[test]
fn hostile_attributes_make_a_part_unknown_and_nothing_else() {
    let domain = builtin("pc");
    let mut stock = shop(&domain);
    for (at, watts) in [
        "1e309",
        "-5 W",
        "NaN",
        "99999999999999999999",
        "١٢",
        "450 V",
    ]
    .iter()
    .enumerate()
    {
        let stated = format!("power={watts}; form factor=ATX");
        add(&mut stock, "psu", &format!("hostile-{at}"), 1, &stated);
    }

    let build = stock.build(&[], Best::Cheapest).unwrap();

    assert!(titles(&stock, &build.parts).contains(&"psu-450".to_owned()));
}

fn whole_of(spec: &Spec, parts: &[PartRef]) -> Whole {
    let mut whole = vec![None; spec.slots.len()];
    for part in parts {
        whole[part.slot] = Some(part.part);
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_answer_is_that_of_a_solver_that_tries_everything(spec in spec()) {
        let domain = Domain::read("spec.toml", &spec.toml()).unwrap();
        let mut stock = Stock::new(&domain);
        spec.fill(&mut stock);
        let wishes = spec.wishes(&stock);
        let wholes = spec.wholes();
        let meeting: Vec<&Whole> = wholes
            .iter()
            .filter(|whole| spec.wishes.iter().all(|wish| spec.meets(whole, wish)))
            .collect();

        match stock.build(&wishes, Best::Cheapest) {
            Ok(build) => {
                let least = meeting.iter().map(|whole| spec.price(whole)).min();
                prop_assert_eq!(Some(build.price.minor()), least);
                prop_assert!(build.exact);
                let whole = whole_of(&spec, &build.parts);
                prop_assert!(meeting.contains(&&whole), "{:?} does not stand", whole);
            }
            Err(NoBuild::Clash(clash)) => {
                prop_assert!(meeting.is_empty());
                prop_assert_eq!(Some(clash.wishes.clone()), spec.smallest_clash(&wholes));
                prop_assert!(clash.exact);
                for way in &clash.give_up {
                    let kept = |whole: &&Whole| {
                        let mut left = spec.wishes.iter().enumerate();
                        left.all(|(at, wish)| way.wishes.contains(&at) || spec.meets(whole, wish))
                    };
                    let least = wholes.iter().filter(kept).map(|whole| spec.price(whole)).min();
                    prop_assert_eq!(Some(way.price.minor()), least);
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn the_best_by_a_goal_is_that_of_a_solver_that_tries_everything(spec in spec()) {
        let domain = Domain::read("spec.toml", &spec.toml()).unwrap();
        let mut stock = Stock::new(&domain);
        spec.fill(&mut stock);
        let wishes = spec.wishes(&stock);
        let wholes = spec.wholes();
        let best = wholes
            .iter()
            .filter(|whole| spec.wishes.iter().all(|wish| spec.meets(whole, wish)))
            .filter_map(|whole| Some((-spec.points(whole)?, spec.price(whole))))
            .min();

        let found = stock.build(&wishes, Best::Goal("most")).ok().and_then(|build| {
            let points = spec.points(&whole_of(&spec, &build.parts))?;
            Some((-points, build.price.minor()))
        });
        prop_assert_eq!(found, best);
    }

    #[test]
    fn a_change_differs_least_and_is_then_the_cheapest(spec in spec()) {
        let domain = Domain::read("spec.toml", &spec.toml()).unwrap();
        let mut stock = Stock::new(&domain);
        spec.fill(&mut stock);
        let wishes = spec.wishes(&stock);
        let wholes = spec.wholes();
        let Ok(present) = stock.build(&[], Best::Cheapest) else { return Ok(()) };
        let before = whole_of(&spec, &present.parts);
        let least = wholes
            .iter()
            .filter(|whole| spec.wishes.iter().all(|wish| spec.meets(whole, wish)))
            .map(|whole| {
                let other = whole.iter().zip(&before).filter(|(a, b)| a != b).count();
                (other, spec.price(whole))
            })
            .min();

        let change = stock.change(&present.parts, &wishes).ok();
        let found = change.as_ref().map(|c| (c.changed.len(), c.build.price.minor()));
        prop_assert_eq!(found, least);
        let mut reasons = change.iter().flat_map(|c| &c.changed);
        prop_assert!(reasons.all(|c| !c.because.is_empty()));
    }

    #[test]
    fn the_order_in_which_parts_came_changes_nothing(spec in spec()) {
        let domain = Domain::read("spec.toml", &spec.toml()).unwrap();
        let mut turned = spec.clone();
        for (_, parts) in &mut turned.slots {
            parts.reverse();
        }
        let answer = |spec: &Spec| {
            let mut stock = Stock::new(&domain);
            spec.fill(&mut stock);
            match stock.build(&spec.wishes(&stock), Best::Cheapest) {
                Ok(build) => (Some(build.price), Vec::new()),
                Err(NoBuild::Clash(clash)) => (None, clash.wishes),
                Err(_) => (None, Vec::new()),
            }
        };

        prop_assert_eq!(answer(&spec), answer(&turned));
    }
}
