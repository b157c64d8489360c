use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use errand_runtime::house::{DeskBy, DeskRoom};

use crate::api::{Who, is_page_call};
use crate::codes::Failure;
use crate::guard;
use crate::serve::App;
use crate::who::{Digest, bearer, cookie_named, name_of, secret};

/// Pages of the desk that are remembered; the oldest is forgotten first.
const PAGES_MAX: usize = 256;
/// Name of the cookie; it is sent to the desk alone.
pub(super) const COOKIE: &str = "errand_desk";

/// Cookies of pages at the desk. Only digests are kept.
#[derive(Debug, Default)]
pub(crate) struct DeskDoor(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    by_digest: HashMap<Digest, DeskBy>,
    order: VecDeque<Digest>,
}

impl DeskDoor {
    /// Lets a page in and gives its cookie; `None` when the machine has no randomness to give.
    pub(super) fn admit(&self, by: DeskBy) -> Option<String> {
        let secret = secret()?;
        let name = name_of(&secret)?;
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.order.len() >= PAGES_MAX
            && let Some(oldest) = pages.order.pop_front()
        {
            pages.by_digest.remove(&oldest);
        }
        pages.order.push_back(name);
        pages.by_digest.insert(name, by);
        Some(secret)
    }

    /// Who holds the cookie of this request and still has access.
    pub(super) fn page(&self, headers: &HeaderMap, desk: &dyn DeskRoom) -> Option<DeskBy> {
        let name = name_of(cookie_named(headers, COOKIE)?)?;
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let by = pages.by_digest.get(&name).cloned();
        drop(pages);
        by.filter(|by| desk.people().iter().any(|person| person.id == by.id))
    }

    /// Forgets the page of this request.
    pub(super) fn forget(&self, headers: &HeaderMap) {
        if let Some(name) = cookie_named(headers, COOKIE).and_then(name_of) {
            let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            pages.by_digest.remove(&name);
            pages.order.retain(|held| *held != name);
        }
    }
}

/// The desk of the house, where there is one. Where there is none, nothing is at its paths.
pub(super) fn room(app: &App) -> Result<&dyn DeskRoom, Failure> {
    app.house
        .desk()
        .filter(|desk| desk.exists())
        .ok_or_else(Failure::no_such_path)
}

/// Somebody at the desk: the bearer of a token of the desk, or its own page.
#[derive(Debug)]
pub(super) struct AtDesk(pub(super) DeskBy);

impl FromRequestParts<Arc<App>> for AtDesk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let desk = room(app)?;
        if let Some(token) = bearer(&parts.headers) {
            return desk
                .authenticate(token)
                .map(Self)
                .ok_or_else(Failure::nobody_at_desk);
        }
        if !is_page_call(&parts.headers) {
            return Err(Failure::nobody_at_desk());
        }
        // Fetches of the page carry no origin when they only read; those that act do.
        if parts.method != axum::http::Method::GET {
            guard::own_page(&parts.headers, &app.hosts)?;
        }
        app.desk_door
            .page(&parts.headers, desk)
            .map(Self)
            .ok_or_else(Failure::nobody_at_desk)
    }
}

/// Whoever runs this installation: the device of this machine itself, whose token lies beside the data.
#[derive(Debug)]
pub(super) struct Operator;

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let Who(who) = Who::from_request_parts(parts, app).await?;
        let own = app.config.page_principal.as_ref();
        // A page is let in by being on this machine; to give access takes the token itself.
        let is_token = bearer(&parts.headers).is_some();
        if is_token && own.is_some_and(|own| own.device == who.device) {
            Ok(Self)
        } else {
            Err(Failure::no_operator())
        }
    }
}
