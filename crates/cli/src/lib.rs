//! The composition root: puts a house together from its rooms.
//!
//! The binary `errand` starts one with `errand up`; tests start one in their own process. Settings, keys, the clock and
//! the source of chance enter here and are handed down.
//!
//! Start reading at [`House::start`].

mod builtin;
mod compose;
mod directory;
mod model;
mod secrets;
mod settings;
mod world;

pub use builtin::{BuiltIn, BuiltInShop};
pub use compose::{House, HouseConfig, model_alone};
pub use directory::{MerchantSource, ShopDirectory};
pub use model::{AnswersSetting, ApiSetting, LimitSettings, ModelSettings, language_model};
pub use settings::{PersonSettings, Settings};
pub use world::{FixedIds, SystemClock, SystemIds};
