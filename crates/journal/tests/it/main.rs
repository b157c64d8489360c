//! One suite for both journals, and what only the file has to prove.

// The lints tell tests by this attribute, also where the whole binary is one.
#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod model;
#[cfg(test)]
mod sqlite;
