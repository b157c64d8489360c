//! Values: what a person avoids and requires, held against what is known about a product and from whom.
//!
//! Three values, not two: a label is true, false or unknown, and each comes with evidence from 0 (the shop's prose) to
//! 4 (signed). Words only propose a label; rules hold ids. A certificate counts when the issuer's register confirms its
//! number, date, scope and holder, and not before. Every reason is collected, never only the first.
//!
//! This crate must not know Cedar, I/O, sessions or a clock: vocabulary and registers come in as text, the day as an
//! argument. It is total: whatever a shop writes, there is an answer and no panic.
//!
//! ```
//! use errand_values::Labels;
//!
//! let labels = Labels::builtin().expect("the vocabulary of this build");
//! assert_eq!(labels.find("fair-trade"), Some("cert:fairtrade-intl"));
//! assert_eq!(labels.find("climate friendly"), None);
//! ```
//!
//! Start reading at [`Evaluator`].

mod evaluate;
mod facts;
mod fold;
mod labels;
mod phrases;
mod register;
mod wording;

pub use evaluate::{Confirmation, Evaluation, Evaluator, Question, RuleHit};
pub use facts::{CLAIM, Facts, PROSE, REGISTER, Value};
pub use fold::fold;
pub use labels::{LABELS_MAX, LABELS_TOML, LabelId, Labels, LabelsError};
pub use register::{Register, RegisterError, Standing};
pub use wording::books;
