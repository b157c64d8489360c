//! The faces of the runtime over HTTP: the Realtime protocol over WebSocket, the calls beside it, and the pages.
//!
//! Everything that is decided or done goes through the port [`House`](errand_runtime::house::House); this crate turns
//! foreign bytes into its calls and its answers into bytes. It is the only place of HTTP status codes and close codes.
//! It must not know Cedar, SQL, or how a tool works.
//!
//! ```no_run
//! # async fn example(house: std::sync::Arc<dyn errand_runtime::house::House>) -> std::io::Result<()> {
//! use errand_server::{ServerConfig, serve};
//! use tokio_util::sync::CancellationToken;
//!
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:7420").await?;
//! serve(listener, house, ServerConfig::default(), CancellationToken::new()).await
//! # }
//! ```
//!
//! Start reading at [`serve`], then the pure machine behind `/v1/realtime` in `realtime/machine`.

mod api;
mod assets;
mod codes;
mod config;
mod desk;
mod draw;
mod guard;
mod metrics;
mod pages;
mod realtime;
mod serve;
pub mod spec;
mod who;

pub use assets::{AssetError, Assets};
pub use codes::CODES;
pub use config::ServerConfig;
pub use draw::{COLOURS, KINDS, SHAPES, drawing};
pub use realtime::Voices;
pub use serve::serve;
