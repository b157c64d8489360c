//! Embedded search over products: relevance, spelling, sizes, filters, facets, and what comes nearest when nothing fits.
//!
//! Everything is learned from the products themselves: which words name a thing, which are near in spelling, which mean
//! the same. There is no list of goods, and no shop can buy its rank: equals are ordered by a hash of their key.
//!
//! This crate must not know sessions, prompts, or the protocols of shops. It reads and writes files in the folder that
//! it is given, and nothing else.
//!
//! ```
//! use errand_index::{Ask, Document, ProductIndex};
//! use errand_types::{ForeignId, MerchantId};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let index = ProductIndex::in_memory()?;
//! let mut writer = index.writer()?;
//! let shop = MerchantId::parse("volt-wire")?;
//! writer.upsert(&Document::named(shop, ForeignId::parse("kb-1")?, "Compact keyboard"))?;
//! writer.commit()?;
//! let answer = index.search(&Ask::words("keybord"))?;
//! assert_eq!(answer.hits.first().map(|hit| hit.key.id.as_str()), Some("kb-1"));
//! # Ok(())
//! # }
//! ```
//!
//! Start reading at [`ProductIndex`], then [`Ask`].

mod analyse;
mod ask;
mod document;
mod facets;
pub mod feed;
mod filter;
mod fold;
mod head;
mod index;
mod kin;
mod learn;
pub mod limits;
mod measure;
mod schema;
mod search;
mod spelling;

pub use ask::{Answer, Ask, Facet, Filter, Hit, Understood, Wish};
pub use document::{Document, Key};
pub use index::{IndexError, ProductIndex, Writer};
pub use measure::{Dimension, Measure};
