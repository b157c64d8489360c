//! Tests of the crate from outside.

// Marked, so that the lints know helper functions of tests for what they are.
#[cfg(test)]
mod cases;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod properties;
