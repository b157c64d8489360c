//! Whether a question is one about fitting.

use std::sync::LazyLock;

use serde::Deserialize;

/// Words of one language's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fits: Vec<String>,
}

const FILES: [&str; 2] = [
    include_str!("../../lang/en/heard.toml"),
    include_str!("../../lang/de/heard.toml"),
];

/// Phrases of all languages: a model may ask in another than the person. A file that cannot be read knows no phrase, and
/// the test below reads them all.
static FITS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let files = FILES
        .iter()
        .filter_map(|text| toml::from_str::<File>(text).ok());
    files
        .flat_map(|file| file.fits)
        .map(|phrase| words(&phrase))
        .filter(|phrase| !phrase.is_empty())
        .collect()
});

/// Whether a question is one about fitting, in whichever language.
pub fn asks_whether_it_fits(about: &str) -> bool {
    let said = words(about);
    FITS.iter().any(|phrase| {
        let mut places = said.windows(phrase.len());
        places.any(|place| place == phrase.as_slice())
    })
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_about_fitting_is_known_in_every_language() {
        for text in FILES {
            assert!(!toml::from_str::<File>(text).unwrap().fits.is_empty());
        }
        for asked in [
            "does it fit my board",
            "Works with the Mini?",
            "passt der Prozessor",
            "kompatibel mit AM5",
        ] {
            assert!(asks_whether_it_fits(asked), "{asked}");
        }
        for asked in ["fitness", "price", "arbeitet", ""] {
            assert!(!asks_whether_it_fits(asked), "{asked}");
        }
    }
}
