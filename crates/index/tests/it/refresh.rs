use errand_index::{Ask, Document, Filter, IndexError, Key, ProductIndex};
use errand_types::{ForeignId, Text};
use proptest::prelude::*;

use crate::shelf::{found, index, product, shelf, shop};

fn key(id: &str) -> Key {
    Key {
        merchant: shop("volt-wire"),
        id: ForeignId::parse(id).unwrap(),
    }
}

#[test]
fn a_product_said_again_takes_the_place_of_what_was_said() {
    let index = index(&shelf());
    let mut writer = index.writer().unwrap();
    writer.upsert(&product("kb-1", "Foldable piano")).unwrap();
    writer.commit().unwrap();

    assert_eq!(index.len(), shelf().len() as u64);
    assert_eq!(found(&index, "piano"), ["kb-1"]);
    assert!(!found(&index, "keyboard").contains(&"kb-1".to_owned()));
    let read = index
        .get(&shop("volt-wire"), &ForeignId::parse("kb-1").unwrap())
        .unwrap();
    assert_eq!(read.unwrap().title.as_str(), "Foldable piano");
}

#[test]
fn the_last_word_within_one_commit_holds() {
    let index = ProductIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    writer.upsert(&product("a", "Red lamp")).unwrap();
    writer.upsert(&product("a", "Blue lamp")).unwrap();
    writer.commit().unwrap();

    assert_eq!(index.len(), 1);
    assert_eq!(found(&index, "blue").len(), 1);
}

#[test]
fn what_is_withdrawn_or_was_not_seen_again_is_gone() {
    let mut products = shelf();
    for product in &mut products {
        product.seen_at = 100;
    }
    let index = index(&products);
    let mut writer = index.writer().unwrap();
    writer.withdraw(&key("kb-1"));
    let mut fresh = product("kb-9", "Wooden keyboard");
    fresh.seen_at = 200;
    writer.upsert(&fresh).unwrap();
    writer.commit().unwrap();
    assert!(!found(&index, "keyboard").contains(&"kb-1".to_owned()));

    writer.withdraw_unseen(&shop("other"), 200).unwrap();
    writer.commit().unwrap();
    assert_eq!(index.len(), products.len() as u64);
    writer.withdraw_unseen(&shop("volt-wire"), 200).unwrap();
    writer.commit().unwrap();
    assert_eq!(found(&index, "keyboard"), ["kb-9"]);
    assert_eq!(index.len(), 1);
}

#[test]
fn a_shop_is_withdrawn_as_a_whole() {
    let index = index(&shelf());
    let mut writer = index.writer().unwrap();
    let mut other = product("x", "Keyboard");
    other.key.merchant = shop("other");
    writer.upsert(&other).unwrap();
    writer.withdraw_merchant(&shop("volt-wire"));
    writer.commit().unwrap();

    assert_eq!(found(&index, "keyboard"), ["x"]);
}

#[test]
fn what_was_not_committed_is_not_found_and_there_is_one_writer() {
    let index = index(&[]);
    let mut writer = index.writer().unwrap();
    writer.upsert(&product("a", "Lamp")).unwrap();

    assert!(index.is_empty());
    assert!(matches!(index.writer(), Err(IndexError::Busy)));
    drop(writer);
    index.writer().unwrap();
    assert!(index.is_empty());
}

#[test]
fn an_index_in_a_folder_is_there_again_and_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    {
        let index = ProductIndex::open(folder.path()).unwrap();
        let mut writer = index.writer().unwrap();
        for product in shelf() {
            writer.upsert(&product).unwrap();
        }
        writer.commit().unwrap();
    }
    let again = ProductIndex::open(folder.path()).unwrap();
    assert_eq!(found(&again, "keybord").first().unwrap(), "kb-1");
    drop(again);

    std::fs::write(folder.path().join("errand-index.version"), "999").unwrap();
    let refused = ProductIndex::open(folder.path()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the index was written by another version (999); build it anew"
    );
}

/// What happens to the index between two looks at it.
#[derive(Debug, Clone)]
enum Change {
    Say(u8, u8),
    Withdraw(u8),
    Commit,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (0_u8..12, 0_u8..6).prop_map(|(id, text)| Change::Say(id, text)),
        2 => (0_u8..12).prop_map(Change::Withdraw),
        1 => Just(Change::Commit),
    ];
    proptest::collection::vec(change, 1..30)
}

fn said(id: u8, text: u8) -> Document {
    let titles = [
        "Desk lamp black",
        "Floor lamp white 150 cm",
        "Lamp shade for desk lamp",
        "Desk oak 120 cm",
        "Notebook 15 inch",
        "Notebook stand black",
    ];
    let mut document = product(&format!("p{id}"), titles[usize::from(text)]);
    document.brand = Some(Text::clip(["Ando", "Bero"][usize::from(id % 2)]));
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_index_after_refreshing_answers_as_one_built_anew(changes in changes()) {
        let refreshed = ProductIndex::in_memory().unwrap();
        let mut kept = std::collections::BTreeMap::new();
        let mut writer = refreshed.writer().unwrap();
        for change in changes {
            match change {
                Change::Say(id, text) => {
                    writer.upsert(&said(id, text)).unwrap();
                    kept.insert(id, text);
                }
                Change::Withdraw(id) => {
                    writer.withdraw(&key(&format!("p{id}")));
                    kept.remove(&id);
                }
                Change::Commit => writer.commit().unwrap(),
            }
        }
        writer.compact().unwrap();
        drop(writer);
        let products: Vec<Document> = kept.iter().map(|(id, text)| said(*id, *text)).collect();
        let fresh = index(&products);

        prop_assert_eq!(refreshed.len(), fresh.len());
        for words in ["lamp", "desk lamp", "notebook black", "ando", "lmap", "oak 120 cm"] {
            let ask = Ask { facets: true, ..Ask::words(words) };
            prop_assert_eq!(refreshed.search(&ask).unwrap(), fresh.search(&ask).unwrap(), "{}", words);
        }
        let by_brand = Ask {
            filter: Filter { brands: vec!["bero".into()], ..Filter::default() },
            ..Ask::default()
        };
        prop_assert_eq!(refreshed.search(&by_brand).unwrap(), fresh.search(&by_brand).unwrap());
    }
}
