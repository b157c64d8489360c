//! What a title says that the thing *is*: "Laptop Backpack for 15 inch notebooks, black" is a backpack.
//!
//! A word names the thing where nothing is said after it in the same run of words: before a number, a sign, a turn such
//! as "for", or a value that the product states as an attribute (its colour, its connector). A word before another word
//! only says which kind. This is what keeps a bag for notebooks below a notebook, without a list of goods.

use std::collections::HashSet;

use crate::fold::{Folder, Piece, fold, is_turn, pieces};
use crate::limits::FIELD_WORDS_MAX;

/// Words after a turn that still belong to it: "for most colour printers".
const TURN_WORDS: u8 = 4;

/// Stems of the words that name the thing, each once, in the order of the title.
pub(crate) fn heads(folder: &mut Folder, title: &str, values: &HashSet<String>) -> Vec<String> {
    let folded = fold(title);
    let whole: Vec<Piece<'_>> = pieces(&folded).take(FIELD_WORDS_MAX).collect();
    let mut pieces = Vec::new();
    let mut stems: Vec<Option<String>> = Vec::new();
    for (at, piece) in whole.iter().enumerate() {
        // The "in" of "all-in-one" turns nothing.
        let is_joint = |at: Option<usize>| at.and_then(|at| whole.get(at)) == Some(&Piece::Joint);
        let is_joined = is_joint(at.checked_sub(1)) || is_joint(Some(at + 1));
        match piece {
            Piece::Joint => continue,
            Piece::Word(word) if is_joined || !is_turn(word) => {
                stems.push(Some(folder.stem(word).to_owned()));
            }
            _ => stems.push(None),
        }
        pieces.push(*piece);
    }
    let ends = ends(&pieces, &stems, values);
    let mut found: Vec<String> = Vec::new();
    let mut turned = 0_u8;
    for ((piece, stem), is_end) in pieces.iter().zip(stems).zip(ends) {
        match piece {
            Piece::Word(_) if stem.is_none() => turned = TURN_WORDS,
            Piece::Mark => turned = 0,
            Piece::Word(_) | Piece::Code(_) | Piece::Joint | Piece::Beside => {
                if let Some(stem) = stem
                    && is_end
                    && turned == 0
                    && !found.contains(&stem)
                {
                    found.push(stem);
                }
                turned = turned.saturating_sub(1);
            }
        }
    }
    found
}

/// For each piece whether it is a word after which nothing more is said of the thing.
fn ends(pieces: &[Piece<'_>], stems: &[Option<String>], values: &HashSet<String>) -> Vec<bool> {
    let mut ends = vec![false; pieces.len()];
    for at in (0..pieces.len()).rev() {
        let Some(Some(stem)) = stems.get(at) else {
            continue;
        };
        let is_end = match pieces.get(at + 1) {
            // "Keyboard/Mouse Cable" is neither; "printer/scanner" is both.
            Some(Piece::Beside) if stems.get(at + 2).is_some_and(Option::is_some) => {
                ends.get(at + 2).copied().unwrap_or(true)
            }
            Some(Piece::Word(_)) => match stems.get(at + 1) {
                Some(Some(next)) => next == stem || values.contains(next),
                _ => true,
            },
            _ => true,
        };
        if let Some(end) = ends.get_mut(at) {
            *end = is_end;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str, values: &[&str]) -> Vec<String> {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        heads(&mut Folder::default(), title, &values)
    }

    #[test]
    fn the_last_word_of_a_run_names_the_thing() {
        assert_eq!(of("Height Adjustable TV Cart", &[]), ["cart"]);
        assert_eq!(
            of("Acme EliteBook 2530p Notebook 30 cm", &[]),
            ["elitebook", "notebook", "cm"]
        );
    }

    #[test]
    fn what_it_is_for_is_not_what_it_is() {
        let heads = of("Battery for select laptops, spare", &[]);
        assert_eq!(heads, ["batteri", "spare"]);
    }

    #[test]
    fn a_stated_value_after_a_word_leaves_it_the_name() {
        assert_eq!(
            of("Comfort keyboard black", &["black"]),
            ["keyboard", "black"]
        );
        assert_eq!(of("Comfort keyboard cover", &["black"]), ["cover"]);
    }

    #[test]
    fn words_beside_each_other_are_of_one_kind() {
        assert_eq!(of("Keyboard/Mouse Cable 6ft", &[]), ["cabl"]);
        assert_eq!(
            of("all-in-one printer/scanner", &[]),
            ["printer", "scanner"]
        );
    }
}
