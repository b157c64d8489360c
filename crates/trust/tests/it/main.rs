//! Tests of the crate from outside, where an approval cannot be forged.

// Marked, so that the lints know helper functions of tests for what they are.
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod digests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod spoken;
