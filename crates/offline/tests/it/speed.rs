//! How long a turn takes; printed, and held against a bound only in optimised builds.

#![expect(
    clippy::print_stderr,
    reason = "figures for whoever runs it with --nocapture"
)]

use std::time::Instant;

use crate::scenes::{model, scene};

const TURNS: [(&str, &str); 10] = [
    (
        "start",
        "I need fair-trade coffee beans under 15 dollars, two bags. Compare the best three and have them here Saturday morning.",
    ),
    ("choose", "the second one"),
    ("start", "milk, a dozen eggs and bread by Friday"),
    ("cart", "remove the towels"),
    ("orders", "send the towels back, they are too small"),
    ("focus", "does it contain nuts?"),
    ("start", "never anything with palm oil"),
    ("shown", "only whole bean"),
    ("chosen", "have it here Friday evening"),
    ("start", "she told him that they went there"),
];

#[test]
fn a_turn_takes_far_less_than_a_fraction_of_a_millisecond() {
    let model = model();
    let turns: Vec<_> = TURNS.iter().map(|(on, said)| (scene(on), *said)).collect();
    for (scene, said) in &turns {
        let mut times: Vec<u128> = (0..50)
            .map(|_| {
                let start = Instant::now();
                let thought = model.read(said, scene);
                let took = start.elapsed().as_nanos();
                assert!(!thought.tainted);
                took
            })
            .collect();
        times.sort_unstable();
        let median_us = times[times.len() / 2] / 1000;
        eprintln!("{median_us:>6} µs  {said}");
        // A debug build does several times the work; there the bound only catches a loop that grows.
        let bound_us = if cfg!(debug_assertions) { 50_000 } else { 400 };
        assert!(median_us < bound_us, "{median_us} µs for: {said}");
    }
}
