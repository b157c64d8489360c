//! Named bounds. Everything that can grow has one.

/// Lines in one cart.
pub const CART_LINES_MAX: usize = 100;
/// Pieces of one line.
pub const QUANTITY_MAX: u32 = 999;
/// Candidates kept from one search over all shops.
pub const CANDIDATES_MAX: usize = 400;
/// Products shown in one card.
pub const SHOWN_MAX: usize = 6;
/// Steps in one plan.
pub const PLAN_STEPS_MAX: usize = 40;
/// How deep a hand-off may nest.
pub const HANDOFF_DEPTH_MAX: u8 = 4;
/// Characters of one utterance that are read; the rest is cut and the person is told.
pub const UTTERANCE_CHARS_MAX: usize = 2_000;
/// Absolute bound on any amount in minor units: integers up to here survive every JSON reader.
pub const MINOR_MAX: i64 = (1 << 53) - 1;
/// Merchants that one installation may have.
pub const MERCHANTS_MAX: usize = 200;
/// Rules in one profile.
pub const RULES_MAX: usize = 500;
