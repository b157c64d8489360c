//! Tests of the crate from outside.

// Marked, so that the lints know helper functions of tests for what they are.
#[cfg(test)]
mod differential;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod vocabulary;
