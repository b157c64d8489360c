use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use errand_runtime::house::House;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::codes::Failure;
use crate::config::ServerConfig;
use crate::desk::{self, DeskDoor};
use crate::guard::{self, Hosts};
use crate::realtime::{LogLimits, Sessions};
use crate::who::Door;
use crate::{api, metrics, pages, realtime};

/// Longest body of a request.
const BODY_MAX: usize = 64 * 1024;
/// How long requests and connections may take to end when the runtime goes down.
const DRAIN: Duration = Duration::from_secs(5);

/// What every handler shares.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) house: Arc<dyn House>,
    pub(crate) config: ServerConfig,
    pub(crate) hosts: Hosts,
    pub(crate) door: Door,
    pub(crate) desk_door: DeskDoor,
    pub(crate) sessions: Sessions,
}

/// Serves until `shutdown` is cancelled: then new sessions are refused, connections are closed with 1012, their
/// sessions can be resumed from the journal, and this returns within five seconds.
///
/// # Errors
/// The listener has no address.
pub async fn serve(
    listener: TcpListener,
    house: Arc<dyn House>,
    config: ServerConfig,
    shutdown: CancellationToken,
) -> io::Result<()> {
    metrics::describe();
    let bound = listener.local_addr()?;
    let limits = LogLimits {
        events_max: config.replay_events,
        bytes_max: config.replay_bytes,
    };
    let sessions = Sessions::new(
        config.session_limit,
        config.connection_limit,
        limits,
        config.idle,
        shutdown.clone(),
    );
    let tasks = sessions.tasks.clone();
    let app = Arc::new(App {
        house,
        hosts: Hosts::new(&config.allowed_origins, Some(bound)),
        door: Door::default(),
        desk_door: DeskDoor::default(),
        sessions,
        config,
    });
    tracing::info!(address = %bound, "listening");
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    // An answer is many small frames: held back until the other end confirms the one before, each turn would wait for
    // its delayed confirmations, some 40 ms at a time.
    let listener = listener.tap_io(|connection| {
        if let Err(cause) = connection.set_nodelay(true) {
            tracing::debug!(%cause, "small frames of a connection may wait");
        }
    });
    let server =
        axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let late = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server.into_future() => ended?,
        () = late => tracing::warn!("requests that did not end in time were cut"),
    }
    tasks.close();
    if timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("connections that did not end in time were cut");
    }
    Ok(())
}

fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/v1/realtime", get(realtime::realtime))
        .merge(api::routes())
        .merge(pages::routes())
        .merge(desk::routes())
        .fallback(|| async { Failure::no_such_path() })
        .method_not_allowed_fallback(|| async { Failure::wrong_method() })
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(Arc::clone(app), guard::guard))
        .with_state(Arc::clone(app))
}
