//! Whole assemblies: what fits together, the best whole under wishes, and why there is none.
//!
//! What a computer or a bicycle is made of stands in a file under `assemblies/`, not in code: slots, what parts state,
//! relations, sums and the words of people. [`Domain::read`] checks such a file; a [`Stock`] takes the parts in that
//! can be had; [`Stock::fits`] answers whether parts go together, [`Stock::build`] finds the best whole, exactly, or
//! names a smallest set of wishes that cannot hold together.
//!
//! What is stated nowhere is unknown: an answer then is "cannot tell", and a build does without the part.
//!
//! ```
//! use errand_catalog::assembly::{Answer, Domain, Listing, Raw, Stock};
//!
//! let domains = Domain::builtin().expect("checked by a test");
//! let pc = domains.iter().find(|d| d.id() == "pc").expect("there");
//! let mut stock = Stock::new(pc);
//! let listing = |id| Listing { id, title: id, brand: None, price: None };
//! let socket = |s: &str| { let s = s.to_owned(); move |name: &str| (name == "socket").then(|| Raw::Text(s.clone())) };
//! let cpu = stock.add("cpu", listing("a"), &socket("AM5")).expect("a slot");
//! let board = stock.add("motherboard", listing("b"), &socket("AM4")).expect("a slot");
//! let fits = stock.fits(&[cpu, board]);
//! assert_eq!(fits[0].answer, Answer::No);
//! ```
//!
//! Start reading at `domain.rs`, then `solve.rs`, `net.rs` and `search.rs`.

mod asked;
mod bits;
mod change;
#[cfg(test)]
mod claims;
mod conflict;
mod domain;
mod fits;
mod hear;
mod net;
mod read;
#[cfg(test)]
mod reference;
mod rows;
mod search;
mod solve;
mod stock;
mod value;
mod wish;

pub use asked::asks_whether_it_fits;
pub use change::{Change, Changed};
pub use conflict::{Clash, GiveUp};
pub use domain::{Domain, Op, Want};
pub use fits::{Answer, Fit};
pub use hear::Heard;
pub use read::{DOMAINS, DomainError};
pub use solve::{Best, Build, NoBuild, WISHES_MAX};
pub use stock::{Listing, PARTS_MAX, PartRef, Stock, StockError};
pub use value::Raw;
pub use wish::{Than, Wish, WishError};
