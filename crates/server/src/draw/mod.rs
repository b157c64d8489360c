//! Drawings of kinds of things: our own, so that no picture of a shop has to be loaded. A kind, one of sixteen colours,
//! one of three shapes; flat, light from the left, one soft shadow, no text, no logo.

mod packs;
mod things;

use packs::PACKS;
use things::THINGS;

/// Colours with their name; an unknown one is drawn in sand.
pub const COLOURS: [(&str, &str); 16] = [
    ("terracotta", "#c4694a"),
    ("red", "#b8443c"),
    ("orange", "#d68a3c"),
    ("yellow", "#dcb84a"),
    ("gold", "#c39b3f"),
    ("green", "#5f8f63"),
    ("teal", "#3f8a8c"),
    ("blue", "#4a78b5"),
    ("navy", "#34466f"),
    ("plum", "#7d5278"),
    ("pink", "#d3899b"),
    ("brown", "#7c5a44"),
    ("sand", "#cdb892"),
    ("grey", "#8c9097"),
    ("black", "#3d4046"),
    ("white", "#e6e4de"),
];

/// Shapes of each kind, numbered from 0.
pub const SHAPES: u8 = 3;

/// Kinds that have a drawing of their own. Every other kind is drawn as a parcel.
pub const KINDS: [&str; PACKS.len() + THINGS.len()] = kinds();

const fn kinds() -> [&'static str; PACKS.len() + THINGS.len()] {
    let mut all = [""; PACKS.len() + THINGS.len()];
    let mut at = 0;
    while at < all.len() {
        #[expect(
            clippy::indexing_slicing,
            reason = "a constant: out of bounds would not compile"
        )]
        {
            all[at] = if at < PACKS.len() {
                PACKS[at].0
            } else {
                THINGS[at - PACKS.len()].0
            };
        }
        at += 1;
    }
    all
}

/// Other words for a kind: plain ones, and those that shops are likely to use.
const ALIASES: [(&str, &str); 34] = [
    ("coffee", "coffee-bag"),
    ("tea", "tea-tin"),
    ("milk", "milk-carton"),
    ("bread", "bread-loaf"),
    ("eggs", "egg-box"),
    ("pasta", "pasta-pack"),
    ("rice", "rice-bag"),
    ("chocolate", "chocolate-bar"),
    ("wine", "wine-bottle"),
    ("fruit", "fruit-bowl"),
    ("vegetable", "vegetable-crate"),
    ("soap", "soap-bar"),
    ("detergent", "detergent-box"),
    ("flowers", "flower-bunch"),
    ("bouquet", "flower-bunch"),
    ("computer", "computer-tower"),
    ("shirt", "tshirt"),
    ("toy", "wooden-toy"),
    ("book", "notebook"),
    ("box", "parcel"),
    ("table", "desk"),
    ("cereal", "cereal-box"),
    ("juice", "juice-bottle"),
    ("oil", "oil-bottle"),
    ("beer", "beer-can"),
    ("honey", "jam-jar"),
    ("shampoo", "shampoo-bottle"),
    ("plant", "pot-plant"),
    ("tv", "television"),
    ("bike", "bicycle"),
    ("pants", "trousers"),
    ("coat", "jacket"),
    ("paper", "paper-roll"),
    ("biscuit", "biscuit-box"),
];

/// The drawing of a kind in a colour and a shape, as SVG. Never fails: unknown words give a parcel, sand, shape 0.
pub fn drawing(kind: &str, colour: &str, shape: u8) -> String {
    let kind = ALIASES
        .iter()
        .find(|(alias, _)| *alias == kind)
        .map_or(kind, |(_, kind)| kind);
    let (name, body) = COLOURS
        .iter()
        .find(|(name, _)| *name == colour)
        .copied()
        .unwrap_or(("sand", "#cdb892"));
    let figure = PACKS
        .iter()
        .find(|(name, _, _)| *name == kind)
        .map(|(_, form, mark)| packs::figure(*form, *mark))
        .or_else(|| {
            THINGS
                .iter()
                .find(|(name, _)| *name == kind)
                .map(|(_, figure)| (*figure).to_owned())
        })
        .unwrap_or_else(|| packs::figure(packs::Form::Parcel, packs::Mark::None));
    // On a dark or light body the label and the details turn the other way, so that they can be seen.
    let is_light = matches!(name, "white" | "sand" | "yellow");
    let figure = figure
        .replace("{b}", body)
        .replace("{s}", &scaled(body, 80))
        .replace("{h}", &scaled(body, 114))
        .replace("{l}", if is_light { "#faf8f2" } else { "#f3eee2" })
        .replace("{m}", &scaled(body, if is_light { 62 } else { 88 }))
        .replace("{d}", "#33363c")
        .replace("{g}", "#a9adb3")
        .replace("{w}", "#8a6848");
    let (width, stretch) = match shape % SHAPES {
        0 => ("38", ""),
        1 => ("41", "translate(48 88) scale(1.08 .92) translate(-48 -88)"),
        _ => ("35", "translate(48 88) scale(-.92 1.04) translate(-48 -88)"),
    };
    let transform = if stretch.is_empty() {
        String::new()
    } else {
        format!(" transform=\"{stretch}\"")
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 96\" width=\"96\" height=\"96\">\
         <ellipse cx=\"50\" cy=\"88\" rx=\"{width}\" ry=\"4\" fill=\"#000\" opacity=\".13\"/>\
         <g{transform}>{figure}</g></svg>"
    )
}

/// A colour made darker or lighter, in hundredths.
fn scaled(colour: &str, percent: u32) -> String {
    let part = |at: usize| {
        let value = colour
            .get(at..at.saturating_add(2))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .unwrap_or(0);
        (value.saturating_mul(percent) / 100).min(255)
    };
    format!("#{:02x}{:02x}{:02x}", part(1), part(3), part(5))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_small_drawing_of_its_own_in_every_colour_and_shape() {
        let mut seen = BTreeSet::new();
        for kind in KINDS {
            for (colour, _) in COLOURS {
                for shape in 0..SHAPES {
                    let svg = drawing(kind, colour, shape);
                    assert!(svg.len() < 2_000, "{kind}: {} bytes", svg.len());
                    assert!(
                        !svg.contains('{') && !svg.contains("style=") && !svg.contains("<text"),
                        "{kind}"
                    );
                    assert_eq!(svg.matches('<').count(), svg.matches('>').count(), "{kind}");
                    assert!(
                        seen.insert(svg),
                        "{kind} {colour} {shape} looks like another"
                    );
                }
            }
        }
        assert!(KINDS.len() >= 100);
    }

    #[test]
    fn every_other_word_leads_to_a_kind() {
        for (alias, kind) in ALIASES {
            assert!(KINDS.contains(&kind), "{alias}");
            assert_eq!(drawing(alias, "red", 0), drawing(kind, "red", 0));
        }
    }

    #[test]
    fn nothing_that_is_asked_for_gets_into_a_drawing() {
        let odd = drawing("\"><script>", "url(javascript:1)", 255);

        assert_eq!(odd, drawing("parcel", "sand", 0));
        assert!(!odd.contains("script"));
    }

    #[test]
    fn some_drawings_are_as_they_were_seen() {
        for (kind, colour, shape) in [
            ("coffee", "terracotta", 1),
            ("desk", "brown", 0),
            ("laptop", "grey", 2),
        ] {
            insta::assert_snapshot!(
                format!("{kind}-{colour}-{shape}"),
                drawing(kind, colour, shape)
            );
        }
    }
}
