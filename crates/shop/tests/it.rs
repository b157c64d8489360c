//! The shop as its buyers meet it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests may fail the test, and a skipped test says so"
)]

#[path = "it/care.rs"]
mod care;
#[path = "it/checkout.rs"]
mod checkout;
#[path = "it/conformance.rs"]
mod conformance;
#[path = "it/faults.rs"]
mod faults;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/http.rs"]
mod http;
#[path = "it/payment.rs"]
mod payment;
#[path = "it/search.rs"]
mod search;
#[path = "it/shelves.rs"]
mod shelves;
#[path = "it/slots.rs"]
mod slots;
#[path = "it/support.rs"]
mod support;
