use std::fmt;
use std::time::Duration;

use errand_runtime::house::Principal;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::assets::Assets;
use crate::realtime::Voices;

/// How the server is set up.
#[derive(Clone)]
pub struct ServerConfig {
    /// Sessions that may be held at once, with and without a connection; beyond, the handshake gets 503.
    pub session_limit: usize,
    /// WebSocket connections that may be open at once; beyond, the handshake gets 503.
    pub connection_limit: usize,
    /// Origins beside our own that browsers may come from: `https://errand.example`. Their hosts are also taken in the
    /// `Host` header, beside loopback names and the address that the listener is bound to.
    pub allowed_origins: Vec<String>,
    /// Events of one session that are kept for a client that comes back.
    pub replay_events: usize,
    /// Bytes of events of one session that are kept.
    pub replay_bytes: usize,
    /// How long a session is kept without a connection.
    pub idle: Duration,
    /// How often a quiet connection is asked whether it is there; also the longest that one write may take.
    pub ping: Duration,
    /// Files of the pages.
    pub web: Assets,
    /// Who the person at this machine is: a page that is opened over loopback acts as this device. `None`: a page asks
    /// for a token.
    pub page_principal: Option<Principal>,
    /// Where `/metrics` comes from; `None`: the path does not exist.
    pub metrics: Option<PrometheusHandle>,
    /// Name of the profile of agents that answers, shown as `model`.
    pub model: String,
    /// What hears and speaks; `None`: sessions are text.
    pub voices: Option<Voices>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            session_limit: 20_000,
            connection_limit: 20_000,
            allowed_origins: Vec::new(),
            replay_events: 2_000,
            replay_bytes: 512 * 1024,
            idle: Duration::from_secs(15 * 60),
            ping: Duration::from_secs(20),
            web: Assets::embedded(),
            page_principal: None,
            metrics: None,
            model: "errand".into(),
            voices: None,
        }
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("session_limit", &self.session_limit)
            .field("connection_limit", &self.connection_limit)
            .field("allowed_origins", &self.allowed_origins)
            .field("replay_events", &self.replay_events)
            .field("replay_bytes", &self.replay_bytes)
            .field("idle", &self.idle)
            .field("ping", &self.ping)
            .field("web", &self.web)
            .field("page_principal", &self.page_principal)
            .field("metrics", &self.metrics.is_some())
            .field("model", &self.model)
            .field("voices", &self.voices.is_some())
            .finish()
    }
}
