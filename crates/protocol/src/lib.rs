//! The session protocol: what goes over the wire between errand and its faces.
//!
//! [`realtime`] holds the events of the OpenAI Realtime protocol as far as errand speaks it, [`errand`] the payloads of
//! our own events (`errand.*`), [`api`] and [`desk`] the bodies of the HTTP calls, [`envelope`] the numbers of events. Frames of
//! clients are foreign bytes: [`realtime::read_frame`] turns them into typed events or into an error with a stable code.
//! This crate must not know how a command is carried out.
//!
//! ```
//! use errand_protocol::realtime::{ClientEvent, read_frame};
//!
//! let frame = read_frame(r#"{"type":"response.cancel","event_id":"c1"}"#).expect("a known event");
//! assert_eq!(frame.event_id.as_deref(), Some("c1"));
//! assert!(matches!(frame.event, ClientEvent::ResponseCancel { .. }));
//! ```
//!
//! Start reading at [`realtime::ServerEvent`].

pub mod api;
pub mod desk;
pub mod envelope;
pub mod errand;
pub mod realtime;
mod schema;
mod typescript;

pub use schema::{component_schemas, json_schemas};
pub use typescript::{TypescriptError, typescript, typescript_of};

/// Version of errand's own additions; a page that was loaded under another one reloads.
pub const PROTOCOL: u32 = 1;
