//! What is shown, as pure functions: views of the protocol go in, lines come out. Nothing here knows a terminal.

pub(crate) mod about;
pub(crate) mod approval;
pub(crate) mod cards;
pub(crate) mod look;
pub(crate) mod notes;
pub(crate) mod order;
pub(crate) mod plan;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use look::Look;
