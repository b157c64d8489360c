use std::fmt::Write as _;

use errand_values::{LABELS_MAX, LABELS_TOML, Labels, LabelsError, Register, RegisterError};

use crate::fixture::REGISTER;

const HEAD: &str = "version = 1\n[[namespace]]\nid = \"contains\"\nstrict = true\navoid_level = 1\nrequire_level = 1\n";

fn load(rows: &str) -> Result<Labels, LabelsError> {
    Labels::load(&format!("{HEAD}{rows}"))
}

#[test]
fn what_people_say_finds_the_label() {
    let labels = Labels::builtin().unwrap();
    for (said, id) in [
        ("fair trade", "cert:fairtrade-intl"),
        ("fairtrade", "cert:fairtrade-intl"),
        ("Fair-Trade", "cert:fairtrade-intl"),
        ("vegan", "cert:vegan-society"),
        ("organic", "cert:eu-organic"),
        ("FSC", "cert:fsc"),
        ("leather", "contains:leather"),
        ("palm oil", "contains:palm-oil"),
        ("nuts", "allergen:nuts"),
        ("peanut", "allergen:peanut"),
        ("gluten", "allergen:gluten"),
        ("milk", "allergen:milk"),
        ("pork", "contains:pork"),
        ("wool", "contains:wool"),
        ("made in Peru", "origin:pe"),
        ("from the United Kingdom", "origin:gb"),
    ] {
        let found = labels
            .find(said)
            .or_else(|| labels.find(&said.replace(" the ", " ")));
        assert_eq!(found, Some(id), "{said}");
    }
    assert_eq!(labels.find("turkey"), Some("contains:poultry"));
    assert_eq!(labels.find("shoe"), None);
}

#[test]
fn marketing_words_mean_no_label_at_all() {
    let labels = Labels::builtin().unwrap();
    let words = "eco;eco-friendly;ecological;green;natural;climate friendly;climate neutral;carbon neutral;sustainable;\
                 environmentally friendly;ethical;responsible;conscious;clean;planet friendly";
    for word in words.split(';') {
        assert_eq!(labels.find(word), None, "{word}");
        assert!(labels.has_marketing(word), "{word}");
    }
    assert!(!labels.has_marketing("organic fair trade coffee"));
}

#[test]
fn every_phrase_that_is_offered_finds_its_label_or_one_of_the_same_words() {
    let labels = Labels::builtin().unwrap();
    let mut seen = 0;
    for (phrase, id) in labels.synonyms() {
        let found = labels.find(phrase).unwrap();
        assert!(
            found == id || labels.synonyms().any(|(p, i)| p == phrase && i == found),
            "{phrase}: {found}"
        );
        assert!(labels.id(id).is_some());
        seen += 1;
    }
    assert!(
        seen > 500 && labels.len() > 200,
        "{seen} phrases, {} labels",
        labels.len()
    );
}

#[test]
fn a_label_and_its_word_come_back() {
    let labels = Labels::builtin().unwrap();
    for name in labels.names() {
        let id = labels.id(name).unwrap();
        assert_eq!(labels.name(id), name);
        assert!(!labels.word(id, errand_types::Language::English).is_empty());
    }
    assert!(!labels.is_empty());
}

#[test]
fn a_vocabulary_with_a_cycle_is_refused() {
    let rows = "[[label]]\nid = \"contains:a\"\nword = \"a\"\nparents = [\"contains:b\"]\n\
                [[label]]\nid = \"contains:b\"\nword = \"b\"\nparents = [\"contains:c\"]\n\
                [[label]]\nid = \"contains:c\"\nword = \"c\"\nparents = [\"contains:a\"]\n";
    assert_eq!(
        load(rows).unwrap_err(),
        LabelsError::Cycle("contains:a".into())
    );
    let own = "[[label]]\nid = \"contains:a\"\nword = \"a\"\nparents = [\"contains:a\"]\n";
    assert_eq!(
        load(own).unwrap_err(),
        LabelsError::Cycle("contains:a".into())
    );
}

#[test]
fn a_vocabulary_that_names_what_is_not_there_is_refused() {
    let unknown = |rows: &str| matches!(load(rows).unwrap_err(), LabelsError::Unknown { .. });
    assert!(unknown(
        "[[label]]\nid = \"contains:a\"\nword = \"a\"\nparents = [\"contains:lether\"]\n"
    ));
    assert!(unknown(
        "[[label]]\nid = \"contains:a\"\nword = \"a\"\nexcludes = [\"contains:lether\"]\n"
    ));
    assert!(unknown(
        "[[label]]\nid = \"contains:a\"\nword = \"a\"\nkinds = [\"foot\"]\n"
    ));
    let stranger = load("[[label]]\nid = \"belief:a\"\nword = \"a\"\n").unwrap_err();
    assert_eq!(stranger, LabelsError::Namespace("belief:a".into()));
    let twin = "[[label]]\nid = \"contains:a\"\nword = \"a\"\n";
    assert_eq!(
        load(&format!("{twin}{twin}")).unwrap_err(),
        LabelsError::Duplicate("contains:a".into())
    );
    assert!(matches!(
        load("colour = 1\n").unwrap_err(),
        LabelsError::Parse(_)
    ));
    assert!(matches!(
        Labels::load("version = 2\nlabel = []\nnamespace = []").unwrap_err(),
        LabelsError::Parse(_)
    ));
}

#[test]
fn a_vocabulary_of_a_million_labels_is_refused() {
    let mut rows = String::new();
    for number in 0..=LABELS_MAX {
        writeln!(rows, "[[label]]\nid = \"contains:a{number}\"\nword = \"a\"").unwrap();
    }
    assert_eq!(load(&rows).unwrap_err(), LabelsError::TooLarge);
    assert_eq!(
        Labels::load(&" ".repeat(2 << 20)).unwrap_err(),
        LabelsError::TooLarge
    );
    assert!(Labels::load(LABELS_TOML).is_ok());
}

#[test]
fn a_register_is_read_whole_or_not_at_all() {
    assert_eq!(Register::load(REGISTER).unwrap().len(), 4);
    assert!(matches!(
        Register::load("[[certificate]]\nscheme = \"x\"\n").unwrap_err(),
        RegisterError::Parse(_)
    ));
    let twice = Register::load(&format!("{REGISTER}{REGISTER}")).unwrap_err();
    assert!(matches!(twice, RegisterError::Duplicate(_)));
    let day = REGISTER.replace("2027-06-30", "2027-02-31");
    assert!(matches!(
        Register::load(&day).unwrap_err(),
        RegisterError::Parse(_)
    ));
    assert!(Register::load("").unwrap().is_empty());
}

#[test]
fn no_sort_of_thing_has_neither_ingredients_nor_materials() {
    let file: toml::Table = LABELS_TOML.parse().unwrap();
    let kinds = file["kind"].as_array().unwrap();
    let mut words: Vec<&str> = kinds
        .iter()
        .flat_map(|k| k["not_in"].as_array().unwrap())
        .map(|w| w.as_str().unwrap())
        .collect();
    words.sort_unstable();
    let all = words.len();
    words.dedup();
    assert_eq!(
        words.len(),
        all,
        "a word in two lists would make a product free of everything"
    );
}
