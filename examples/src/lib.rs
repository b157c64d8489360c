//! Examples: each file tells a story first, stays under 120 lines and runs offline.
//!
//! `cargo run -p errand-examples --example journal_tour`
