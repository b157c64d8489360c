//! Things that come packed: a form and a mark on its label.

/// Forms of packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Standing bag with a folded top.
    Bag,
    /// Bag with crimped ends.
    Pillow,
    /// Carton with a gable.
    Carton,
    /// Slim bottle.
    Bottle,
    /// Bottle with broad shoulders.
    Flask,
    /// Bottle with a trigger.
    Spray,
    /// Jar with a lid.
    Jar,
    /// Low jar.
    Pot,
    /// Round tin.
    Tin,
    /// Can.
    Can,
    /// Flat tin.
    FlatTin,
    /// Standing box.
    Tall,
    /// Lying box.
    Wide,
    /// Tube.
    Tube,
    /// Flat bar.
    Bar,
    /// Parcel with tape.
    Parcel,
}

/// Marks on labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// None.
    None,
    /// Bean.
    Bean,
    /// Leaf.
    Leaf,
    /// Ear of grain.
    Grain,
    /// Drop.
    Drop,
    /// Round fruit.
    Fruit,
    /// Bunch of grapes.
    Grapes,
    /// Fish.
    Fish,
    /// Cross.
    Cross,
    /// Star.
    Star,
    /// Heart.
    Heart,
    /// Flake.
    Flake,
    /// Bubbles.
    Bubbles,
    /// Squares.
    Squares,
    /// Wave.
    Wave,
    /// Ribbon over everything.
    Ribbon,
    /// Hop.
    Hop,
    /// Two dots.
    Dots,
    /// Ring.
    Ring,
    /// Chilli.
    Chilli,
    /// Lens of a lightning bolt.
    Bolt,
    /// Biscuit.
    Biscuit,
}

/// Kinds that are packed.
pub(super) const PACKS: [(&str, Form, Mark); 46] = [
    ("coffee-bag", Form::Bag, Mark::Bean),
    ("rice-bag", Form::Bag, Mark::Dots),
    ("flour-bag", Form::Bag, Mark::Grain),
    ("sugar-bag", Form::Bag, Mark::Squares),
    ("grain-bag", Form::Pillow, Mark::Grain),
    ("snack-bag", Form::Pillow, Mark::Wave),
    ("freezer-bag", Form::Pillow, Mark::Flake),
    ("pasta-pack", Form::Pillow, Mark::Ring),
    ("baby-pack", Form::Pillow, Mark::Heart),
    ("milk-carton", Form::Carton, Mark::Drop),
    ("juice-bottle", Form::Flask, Mark::Fruit),
    ("wine-bottle", Form::Bottle, Mark::Grapes),
    ("oil-bottle", Form::Bottle, Mark::Drop),
    ("vinegar-bottle", Form::Bottle, Mark::Leaf),
    ("water-bottle", Form::Flask, Mark::Wave),
    ("shampoo-bottle", Form::Flask, Mark::Bubbles),
    ("pill-bottle", Form::Pot, Mark::Cross),
    ("spray-bottle", Form::Spray, Mark::Bubbles),
    ("jam-jar", Form::Jar, Mark::Fruit),
    ("sauce-jar", Form::Jar, Mark::Chilli),
    ("candy-jar", Form::Jar, Mark::Star),
    ("baby-jar", Form::Jar, Mark::Heart),
    ("cream-jar", Form::Pot, Mark::Drop),
    ("candle", Form::Pot, Mark::Bolt),
    ("coffee-tin", Form::Tin, Mark::Bean),
    ("tea-tin", Form::Tin, Mark::Leaf),
    ("spice-tin", Form::Tin, Mark::Chilli),
    ("tin-can", Form::Can, Mark::Fruit),
    ("beer-can", Form::Can, Mark::Hop),
    ("battery", Form::Can, Mark::Bolt),
    ("fish-tin", Form::FlatTin, Mark::Fish),
    ("tea-box", Form::Wide, Mark::Leaf),
    ("cereal-box", Form::Tall, Mark::Grain),
    ("detergent-box", Form::Tall, Mark::Bubbles),
    ("coffee-capsule", Form::Wide, Mark::Bean),
    ("chocolate-box", Form::Wide, Mark::Heart),
    ("biscuit-box", Form::Wide, Mark::Biscuit),
    ("first-aid", Form::Wide, Mark::Cross),
    ("board-game", Form::Wide, Mark::Squares),
    ("gift-card", Form::Bar, Mark::Ribbon),
    ("toothpaste-tube", Form::Tube, Mark::Wave),
    ("chocolate-bar", Form::Bar, Mark::Squares),
    ("tofu-block", Form::Bar, Mark::Leaf),
    ("soap-bar", Form::Bar, Mark::Bubbles),
    ("gift", Form::Parcel, Mark::Ribbon),
    ("parcel", Form::Parcel, Mark::None),
];

/// The figure of a pack, with places for its colours.
pub(super) fn figure(form: Form, mark: Mark) -> String {
    // Where the label is, and how large the mark on it.
    let (body, x, y, size) = match form {
        Form::Bag => (BAG, 46, 58, 10),
        Form::Pillow => (PILLOW, 48, 52, 11),
        Form::Carton => (CARTON, 44, 62, 9),
        Form::Bottle => (BOTTLE, 48, 64, 7),
        Form::Flask => (FLASK, 48, 58, 9),
        Form::Spray => (SPRAY, 48, 66, 8),
        Form::Jar => (JAR, 48, 60, 9),
        Form::Pot => (POT, 48, 66, 9),
        Form::Tin => (TIN, 48, 58, 10),
        Form::Can => (CAN, 48, 54, 9),
        Form::FlatTin => (FLAT_TIN, 48, 62, 10),
        Form::Tall => (TALL, 44, 52, 11),
        Form::Wide => (WIDE, 44, 60, 11),
        Form::Tube => (TUBE, 48, 52, 8),
        Form::Bar => (BAR, 48, 62, 10),
        Form::Parcel => (PARCEL, 48, 64, 9),
    };
    format!(
        "{body}<g transform=\"translate({x} {y}) scale({}.{})\">{}</g>",
        size / 10,
        size % 10,
        marked(mark)
    )
}

const BAG: &str = r#"<path d="M26 24h42l4 62H22z" fill="{b}"/><path d="M58 24h10l4 62H60z" fill="{s}"/><path d="M26 12h42v12H26z" fill="{s}"/><path d="M26 12h42v4H26z" fill="{h}"/><path d="M30 42h31l2 32H28z" fill="{l}"/>"#;
const PILLOW: &str = r#"<path d="M20 18q28 5 56 0l-3 34 3 34q-28-5-56 0l3-34z" fill="{b}"/><path d="M64 19q6 0 12-1l-3 34 3 34q-6-1-12-1z" fill="{s}"/><path d="M20 18q28 5 56 0v5q-28 5-56 0zM20 81q28-5 56 0v5q-28-5-56 0z" fill="{h}"/><ellipse cx="48" cy="52" rx="19" ry="16" fill="{l}"/>"#;
const CARTON: &str = r#"<path d="M26 34h36v52H26z" fill="{b}"/><path d="M62 34l10-4v50l-10 6z" fill="{s}"/><path d="M26 34l8-18h30l-2 18z" fill="{h}"/><path d="M64 16l8 14-10 4z" fill="{s}"/><path d="M34 10h30v6H34z" fill="{b}"/><path d="M30 46h28v32H30z" fill="{l}"/>"#;
const BOTTLE: &str = r#"<path d="M43 8h10v22q9 6 9 16v40H34V46q0-10 9-16z" fill="{b}"/><path d="M53 30q9 6 9 16v40h-9z" fill="{s}"/><path d="M42 8h12v12H42z" fill="{d}"/><path d="M34 52h28v24H34z" fill="{l}"/>"#;
const FLASK: &str = r#"<path d="M41 16h14v10q13 4 13 16v44H28V42q0-12 13-16z" fill="{b}"/><path d="M56 26q12 4 12 16v44H57z" fill="{s}"/><path d="M40 8h16v10H40z" fill="{d}"/><path d="M28 46h40v26H28z" fill="{l}"/>"#;
const SPRAY: &str = r#"<path d="M42 32h12l12 18v36H30V50z" fill="{b}"/><path d="M54 32l12 18v36H56V46z" fill="{s}"/><path d="M36 10h24v10l8 6-2 4-14-6v8H42V20h-6z" fill="{d}"/><path d="M30 54h36v24H30z" fill="{l}"/>"#;
const JAR: &str = r#"<path d="M28 30h40q4 4 4 10v40q0 6-6 6H30q-6 0-6-6V40q0-6 4-10z" fill="{b}"/><path d="M60 30h8q4 4 4 10v40q0 6-6 6h-6z" fill="{s}"/><path d="M27 16h42v14H27z" fill="{l}"/><path d="M27 24h42v6H27z" fill="{g}"/><path d="M24 46h48v28H24z" fill="{l}"/>"#;
const POT: &str = r#"<path d="M22 46h52v34q0 6-6 6H28q-6 0-6-6z" fill="{b}"/><path d="M62 46h12v34q0 6-6 6h-6z" fill="{s}"/><path d="M20 34h56v12H20z" fill="{d}"/><path d="M32 54h32v24H32z" fill="{l}"/>"#;
const TIN: &str = r#"<path d="M26 26h44v56q0 4-4 4H30q-4 0-4-4z" fill="{b}"/><path d="M60 26h10v56q0 4-4 4h-6z" fill="{s}"/><path d="M24 14h48v12H24z" fill="{h}"/><path d="M60 14h12v12H60z" fill="{b}"/><circle cx="48" cy="58" r="15" fill="{l}"/>"#;
const CAN: &str = r#"<path d="M30 16h36v70H30z" fill="{b}"/><path d="M56 16h10v70H56z" fill="{s}"/><ellipse cx="48" cy="16" rx="18" ry="5" fill="{g}"/><path d="M30 82h36v4H30z" fill="{g}"/><path d="M30 36h36v36H30z" fill="{l}"/>"#;
const FLAT_TIN: &str = r#"<path d="M14 48h68v26q0 12-12 12H26q-12 0-12-12z" fill="{b}"/><path d="M68 48h14v26q0 12-12 12h-2z" fill="{s}"/><ellipse cx="48" cy="48" rx="34" ry="12" fill="{g}"/><ellipse cx="48" cy="48" rx="28" ry="8" fill="{l}"/><ellipse cx="48" cy="66" rx="24" ry="12" fill="{l}"/>"#;
const TALL: &str = r#"<path d="M22 14h44v72H22z" fill="{b}"/><path d="M66 14l10 4v62l-10 6z" fill="{s}"/><path d="M22 14l8-4h44l2 8-10-4z" fill="{h}"/><path d="M28 30h32v44H28z" fill="{l}"/>"#;
const WIDE: &str = r#"<path d="M10 38h62v48H10z" fill="{b}"/><path d="M72 38l14-8v46l-14 10z" fill="{s}"/><path d="M10 38l14-8h62l-14 8z" fill="{h}"/><path d="M18 46h46v32H18z" fill="{l}"/>"#;
const TUBE: &str = r#"<path d="M30 10h36l-6 60H36z" fill="{b}"/><path d="M58 10h8l-6 60h-6z" fill="{s}"/><path d="M28 8h40v6H28z" fill="{h}"/><path d="M37 70h22v16H37z" fill="{d}"/><path d="M34 30h28l-3 32H37z" fill="{l}"/>"#;
const BAR: &str = r#"<path d="M12 44l10-8h66l-8 8z" fill="{h}"/><path d="M12 44h68v38H12z" fill="{b}"/><path d="M80 44l8-8v36l-8 10z" fill="{s}"/><path d="M22 48h50v28H22z" fill="{l}"/>"#;
const PARCEL: &str = r#"<path d="M12 34h56v52H12z" fill="{b}"/><path d="M68 34l16-10v50L68 86z" fill="{s}"/><path d="M12 34l16-10h56L68 34z" fill="{h}"/><path d="M34 34l16-10h8L42 34v20h-8z" fill="{l}"/>"#;

/// A mark of about 24 by 24 around the origin.
fn marked(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "",
        Mark::Bean => {
            r#"<ellipse rx="8" ry="11" fill="{m}" transform="rotate(28)"/><path d="M4-9q-9 8-8 18" fill="none" stroke="{l}" stroke-width="2"/>"#
        }
        Mark::Leaf => {
            r#"<path d="M-9 9q-2-17 18-18 1 19-18 18z" fill="{m}"/><path d="M-9 9L5-5" stroke="{l}" stroke-width="1.6"/>"#
        }
        Mark::Grain => {
            r#"<path d="M0 12V-6" stroke="{m}" stroke-width="2"/><path d="M0-4q-7 0-7-7 7 0 7 7zm0 0q7 0 7-7-7 0-7 7zm0 8q-7 0-7-7 7 0 7 7zm0 0q7 0 7-7-7 0-7 7z" fill="{m}"/>"#
        }
        Mark::Drop => r#"<path d="M0-11q9 11 9 15A9 8 0 0 1-9 4q0-4 9-15z" fill="{m}"/>"#,
        Mark::Fruit => {
            r#"<circle cy="2" r="9" fill="{m}"/><path d="M0-7q1-4 5-5" fill="none" stroke="{m}" stroke-width="2"/>"#
        }
        Mark::Grapes => {
            r#"<circle cx="-5" cy="-4" r="4" fill="{m}"/><circle cx="5" cy="-4" r="4" fill="{m}"/><circle cy="3" r="4" fill="{m}"/><path d="M0-5v-6" stroke="{m}" stroke-width="2"/>"#
        }
        Mark::Fish => r#"<path d="M-12 0q8-9 18 0l6-5v10l-6-5q-10 9-18 0z" fill="{m}"/>"#,
        Mark::Cross => r#"<path d="M-3-10h6v7h7v6H3v7h-6V3h-7v-6h7z" fill="{m}"/>"#,
        Mark::Star => r#"<path d="M0-11l3 8h8l-6 5 2 8-7-5-7 5 2-8-6-5h8z" fill="{m}"/>"#,
        Mark::Heart => r#"<path d="M0 10q-11-8-10-15 5-6 10 1 5-7 10-1 1 7-10 15z" fill="{m}"/>"#,
        Mark::Flake => {
            r#"<path d="M0-11v22M-9.5-5.500l19 11M-9.5 5.500l19-11" stroke="{m}" stroke-width="2.4"/>"#
        }
        Mark::Bubbles => {
            r#"<circle cx="-4" cy="3" r="6" fill="{m}"/><circle cx="6" cy="-3" r="4" fill="{m}"/><circle cx="-1" cy="-8" r="2.5" fill="{m}"/>"#
        }
        Mark::Squares => {
            r#"<path d="M-10-10h9v9h-9zM1-10h9v9H1zM-10 1h9v9h-9zM1 1h9v9H1z" fill="{m}"/>"#
        }
        Mark::Wave => {
            r#"<path d="M-12-4q6-6 12 0t12 0M-12 4q6-6 12 0t12 0" fill="none" stroke="{m}" stroke-width="3"/>"#
        }
        Mark::Ribbon => {
            r#"<path d="M-4-14h8v28h-8z" fill="{m}"/><path d="M0-12q-12-10-13-2t13 4q12 4 13-4T0-12z" fill="{m}"/>"#
        }
        Mark::Hop => {
            r#"<path d="M0-10q10 4 6 13L0 11l-6-8q-4-9 6-13z" fill="{m}"/><path d="M-5-2q5 5 10 0" fill="none" stroke="{l}" stroke-width="1.6"/>"#
        }
        Mark::Dots => {
            r#"<ellipse cx="-6" cy="-3" rx="2.4" ry="5" fill="{m}"/><ellipse cx="1" cy="4" rx="2.4" ry="5" fill="{m}"/><ellipse cx="7" cy="-4" rx="2.4" ry="5" fill="{m}"/>"#
        }
        Mark::Ring => {
            r#"<circle r="9" fill="none" stroke="{m}" stroke-width="4"/><circle r="2.5" fill="{m}"/>"#
        }
        Mark::Chilli => {
            r#"<path d="M-9-6q4-4 8 0 3 11 12 12-15 5-20-12z" fill="{m}"/><path d="M-5-8l-1-4" stroke="{m}" stroke-width="2"/>"#
        }
        Mark::Bolt => r#"<path d="M3-12L-7 2h6l-2 10L7-3H1z" fill="{m}"/>"#,
        Mark::Biscuit => {
            r#"<circle r="10" fill="{m}"/><circle cx="-3" cy="-3" r="1.8" fill="{l}"/><circle cx="4" cy="0" r="1.8" fill="{l}"/><circle cx="-1" cy="5" r="1.8" fill="{l}"/>"#
        }
    }
}
