//! What a turn of the offline planner costs: `cargo xtask eval language-bench`.
//!
//! A vocabulary of 20,000 generated products is learned; then sentences of many kinds are read on the scenes on which they
//! are said, each many times in turn, and the CPU time of the reading thread is taken for every turn. Time on a loaded
//! machine does not count, only what the reading itself used. Memory is what the process held more after learning.

mod scenes;

use std::path::Path;

use errand_offline::{Lexicon, OfflineModel};
use errand_types::{
    Attribute, Availability, Currency, ForeignId, MerchantId, Money, Product, Source, Text, Variant,
};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use scenes::{TURNS, scene};

const PRODUCTS: usize = 20_000;
/// Products of one answer of a shop.
const PAGE: usize = 50;
const ROUNDS: usize = 200;

/// CPU nanoseconds of this thread so far.
fn cpu_ns() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Kilobytes that the process holds in memory; nothing where the system does not say.
fn held_kb() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

pub(crate) fn run(_: &Path) -> anyhow::Result<Value> {
    let before_kb = held_kb();
    let start = cpu_ns();
    let model = OfflineModel::new(&lexicon())?;
    let start_ns = cpu_ns() - start;
    let base_kb = held_kb();

    let products: Vec<Product> = (0..PRODUCTS).map(product).collect::<anyhow::Result<_>>()?;
    let goods_kb = held_kb();
    let start = cpu_ns();
    for page in products.chunks(PAGE) {
        model.learn(page);
    }
    let learn_ns = cpu_ns() - start;
    let learned_kb = held_kb();

    let turns: Vec<_> = TURNS
        .iter()
        .map(|(on, said)| Ok((scene(on)?, *said)))
        .collect::<anyhow::Result<_>>()?;
    let mut all: Vec<i64> = Vec::new();
    let mut by_turn: Vec<Vec<i64>> = vec![Vec::new(); turns.len()];
    for _ in 0..ROUNDS {
        for ((scene, said), times) in turns.iter().zip(&mut by_turn) {
            let start = cpu_ns();
            let thought = model.read(said, scene);
            let took = cpu_ns() - start;
            drop(thought);
            times.push(took);
            all.push(took);
        }
    }
    all.sort_unstable();
    let mut slowest: Vec<(i64, &str)> = by_turn
        .iter_mut()
        .zip(&turns)
        .map(|(times, (_, said))| {
            times.sort_unstable();
            (at(times, 50), *said)
        })
        .collect();
    slowest.sort_by_key(|(median, _)| std::cmp::Reverse(*median));
    let memory = base_kb
        .zip(before_kb)
        .zip(learned_kb.zip(goods_kb))
        .map(|((base, before), (learned, goods))| mib(base - before + learned - goods));
    let mean: i64 = all.iter().sum::<i64>() / i64::try_from(all.len().max(1))?;
    Ok(json!({
        "how": "CPU time of the reading thread by clock_gettime, every sentence on its scene in every round; memory is \
                the growth of the resident set over making the planner and learning",
        "products": PRODUCTS,
        "sentences": turns.len(),
        "rounds": ROUNDS,
        "turn_us": {
            "mean": micro(mean),
            "p50": micro(at(&all, 50)),
            "p90": micro(at(&all, 90)),
            "p99": micro(at(&all, 99)),
        },
        "slowest_sentences": slowest.iter().take(8).map(|(ns, said)| json!({ "p50_us": micro(*ns), "said": said })).collect::<Vec<_>>(),
        "start_ms": micro(start_ns) / 1000.0,
        "learn_us_a_product": micro(learn_ns / i64::try_from(PRODUCTS)?),
        "memory_mib": memory,
        "targets": { "turn_us_at_most": 150, "memory_mib_at_most": 20, "start_ms_under": 100 },
    }))
}

fn at(sorted: &[i64], percent: usize) -> i64 {
    let at = sorted.len() * percent / 100;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nanoseconds of a turn, shown in microseconds"
)]
fn micro(ns: i64) -> f64 {
    (ns as f64 / 100.0).round() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes, shown in megabytes")]
fn mib(kb: i64) -> f64 {
    (kb as f64 / 102.4).round() / 10.0
}

fn lexicon() -> Lexicon {
    let own = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(text, id)| ((*text).to_owned(), (*id).to_owned()))
            .collect()
    };
    Lexicon {
        labels: own(&[
            ("fair trade", "cert:fairtrade-intl"),
            ("organic", "cert:organic"),
            ("vegan", "diet:vegan"),
            ("palm oil", "contains:palm-oil"),
            ("nuts", "contains:nuts"),
            ("leather", "contains:leather"),
            ("milk", "contains:milk"),
        ]),
        categories: [
            "coffee beans",
            "desk lamp",
            "towels",
            "milk",
            "eggs",
            "bread",
            "toothpaste",
        ]
        .map(str::to_owned)
        .to_vec(),
        brands: vec!["Harbor Roast".into()],
    }
}

/// A made-up word; the same number is always the same word.
fn word(n: usize) -> String {
    const HEADS: [&str; 20] = [
        "ba", "cor", "del", "fi", "gra", "hu", "jen", "ka", "lum", "mer", "no", "pel", "qui", "ro",
        "sta", "tu", "vel", "wi", "yor", "zan",
    ];
    const TAILS: [&str; 16] = [
        "do", "ber", "lin", "mak", "net", "ora", "pix", "ran", "sel", "ton", "vix", "wen", "yd",
        "zo", "cher", "mont",
    ];
    let pick = |list: &[&str], n: usize| list.get(n % list.len()).copied().unwrap_or("").to_owned();
    pick(&HEADS, n) + &pick(&TAILS, n / 20) + &pick(&HEADS, n / 320) + &pick(&TAILS, n / 6_400)
}

fn product(n: usize) -> anyhow::Result<Product> {
    let scatter =
        |k: usize, of: usize| (n.wrapping_mul(2_654_435_761).wrapping_add(k * 40_503) >> 3) % of;
    let title = format!(
        "{} {} {} {}",
        word(scatter(1, 3_000)),
        word(3_000 + scatter(2, 12_000)),
        word(15_000 + scatter(3, 900)),
        n
    );
    Ok(Product {
        merchant: MerchantId::parse("pantry-lane")?,
        id: ForeignId::parse(&format!("p-{n}"))?,
        title: Text::clip(&title),
        description: Text::clip("generated"),
        brand: Some(Text::clip(&word(scatter(1, 3_000)))),
        company: None,
        categories: vec![Text::clip(&word(15_000 + scatter(3, 900)))],
        tags: Vec::new(),
        variants: vec![Variant {
            id: ForeignId::parse("v")?,
            title: Text::clip(&title),
            price: Money::new(1_000, Currency::USD),
            availability: Availability::In,
            options: vec![(
                Text::clip("Finish"),
                Text::clip(&word(16_000 + scatter(4, 2_000))),
            )],
        }],
        rating: None,
        attributes: vec![Attribute {
            name: Text::clip("material"),
            value: Text::clip(&word(18_000 + scatter(5, 400))),
            source: Source::Field,
        }],
        certificates: Vec::new(),
        min_age: None,
        gtin: None,
        configuration: None,
        drawing: None,
        seen_at: scenes::now()?,
    })
}
