//! The one binary of end-to-end tests: the whole house over its real socket.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by stopping"
)]

#[path = "e2e/aloud.rs"]
mod aloud;
#[path = "e2e/callers.rs"]
mod callers;
#[path = "e2e/crash.rs"]
mod crash;
#[path = "e2e/desk.rs"]
mod desk;
#[path = "e2e/foreign.rs"]
mod foreign;
#[path = "e2e/hostile.rs"]
mod hostile;
#[path = "e2e/known.rs"]
mod known;
#[path = "e2e/model_server.rs"]
mod model_server;
#[path = "e2e/models.rs"]
mod models;
#[path = "e2e/noisy.rs"]
mod noisy;
#[path = "e2e/room.rs"]
mod room;
#[cfg(feature = "native-voice")]
#[path = "e2e/speaker/mod.rs"]
mod speaker;
#[path = "e2e/stories.rs"]
mod stories;
#[path = "e2e/talker.rs"]
mod talker;
#[path = "e2e/voice.rs"]
mod voice;
#[path = "e2e/waking.rs"]
mod waking;
#[path = "e2e/words.rs"]
mod words;
#[path = "e2e/wyoming.rs"]
mod wyoming;
