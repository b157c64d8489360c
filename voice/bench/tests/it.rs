//! Claims about what is measured.
#![expect(clippy::print_stderr, reason = "tests tell what they left out")]

use errand_voice_bench::{held, people};

#[test]
fn word_errors_stay_in_the_band_of_the_committed_table() {
    let is_whole = std::env::var_os("ERRAND_DEEP").is_some();
    let held = held(is_whole).unwrap();
    for skipped in &held.skipped {
        eprintln!("SKIPPED {skipped}");
    }
    assert!(held.strays.is_empty(), "{:#?}", held.strays);
}

/// People's digits and recorded noises, where they are.
#[test]
fn no_noise_and_no_digit_is_ever_the_right_answer_to_an_open_approval() {
    let data = std::env::var_os("ERRAND_DATA_DIR")
        .map_or_else(
            || std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
            Into::into,
        )
        .join("voice");
    if !data.is_dir() {
        eprintln!(
            "SKIPPED recordings of people and noises are not there; remedy: name their folder in ERRAND_DATA_DIR"
        );
        return;
    }
    let told = people::run(&data, people::Effort::QUICK, &[]).unwrap();
    assert_eq!(told["data"]["bad_files"], 0, "{}", told["data"]);
    let Some(engines) = told["engines"]
        .as_object()
        .filter(|engines| !engines.is_empty())
    else {
        eprintln!("SKIPPED no recogniser: {}", told["skipped"]);
        return;
    };
    for (name, engine) in engines {
        assert_eq!(engine["approvals"]["right_by_chance"], 0, "{name}");
    }
    let check = &told["speaker_check"]["engines"]["mfcc"]["by_length"]["4_digits"]["equal_error"];
    assert!(check.as_f64().unwrap() < 0.15, "{check}");
}
