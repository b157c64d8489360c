//! The built-in demo merchant: a whole UCP 2026-04-08 shop over HTTP, three times over.
//!
//! It has shelves written for it, carts, checkouts, discounts, tax, dated delivery, bookable
//! delivery windows, a test payment handler, and orders that live on an injected clock. It is
//! a stranger to the runtime that shops in it: it **must not know** the runtime, the engine,
//! the agents or any other crate of this workspace, and it owns its own wire types. Whatever a
//! buyer's side learns about it, it learns over the wire.
//!
//! ```
//! use errand_shop::{Call, IdSeed, Shop, ShopConfig, WhichShop};
//!
//! let config = ShopConfig::new(WhichShop::PantryLane, "http://127.0.0.1:8301", IdSeed::fixed(1));
//! let shop = Shop::open(config)?;
//! let answer = shop.answer(&Call::new("POST", "/catalog/search", br#"{"query":"coffee beans"}"#));
//! assert_eq!(answer.status, 200);
//! # Ok::<(), errand_shop::OpenError>(())
//! ```
//!
//! Start reading at [`Shop`]; [`serve`] puts it on a socket. Facts about products are the
//! shop's claims: some are honest, some are out of date, some are marketing, and a few product
//! texts try to give orders to whoever reads them.

pub use api::call::{Answer, Call, Delivery};
pub use catalog::{
    Allergens, Axis, Catalog, CatalogError, Certificate, Choices, ConfigOption, ConfigValue,
    Configuration, ConfigureError, Filters, Metadata, PickError, Picked, Product, REGISTER_TOML,
    Rule, Trade, Unit, Variant,
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{ShopConfig, WhichShop};
pub use http::serve;
pub use ids::IdSeed;
pub use shop::{OpenError, Shop};

mod api;
mod books;
mod catalog;
mod clock;
mod config;
mod faults;
mod http;
mod ids;
mod shop;
mod trade;
