//! Who asks: an enrolled device by its token, or the page of this machine by its cookie.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use errand_runtime::house::{Conversation, House, Principal};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::time::Instant;

/// Pages that are remembered; the oldest is forgotten first and gets a new cookie when it comes back.
const PAGES_MAX: usize = 256;
/// Tickets that wait to be used.
const TICKETS_MAX: usize = 256;
/// How long a ticket may wait.
const TICKET_LIFE: Duration = Duration::from_secs(60);
/// Name of the cookie.
const COOKIE: &str = "errand_page";
/// Prefix of a subprotocol that carries a token.
const KEY_PROTOCOL: &str = "openai-insecure-api-key.";
/// Prefix of a ticket.
const TICKET: &str = "page_";

pub(crate) type Digest = [u8; 32];

/// A page of this machine.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Who it is.
    pub(crate) principal: Principal,
    /// The conversation of its form without script.
    pub(crate) talk: Option<Arc<dyn Conversation>>,
}

/// The door for pages: cookies and tickets. Only digests are kept, so that a lookup tells nothing by its time.
#[derive(Debug, Default)]
pub(crate) struct Door {
    pages: Mutex<Pages>,
    tickets: Mutex<VecDeque<(Digest, Principal, Instant)>>,
}

#[derive(Debug, Default)]
struct Pages {
    by_digest: HashMap<Digest, Page>,
    order: VecDeque<Digest>,
}

impl Door {
    /// Lets a page in. Gives the value of its cookie; `None` when the machine has no randomness to give.
    pub(crate) fn admit(&self, principal: Principal) -> Option<String> {
        let secret = secret()?;
        let name = name_of(&secret)?;
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.order.len() >= PAGES_MAX
            && let Some(oldest) = pages.order.pop_front()
        {
            pages.by_digest.remove(&oldest);
        }
        pages.order.push_back(name);
        pages.by_digest.insert(
            name,
            Page {
                principal,
                talk: None,
            },
        );
        Some(secret)
    }

    /// The page that holds the cookie of this request.
    pub(crate) fn page(&self, headers: &HeaderMap) -> Option<Page> {
        let name = name_of(cookie(headers)?)?;
        self.pages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .by_digest
            .get(&name)
            .cloned()
    }

    /// Remembers the conversation of a page's form.
    pub(crate) fn set_talk(&self, headers: &HeaderMap, conversation: Arc<dyn Conversation>) {
        let Some(name) = cookie(headers).and_then(name_of) else {
            return;
        };
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = pages.by_digest.get_mut(&name) {
            page.talk = Some(conversation);
        }
    }

    /// A ticket for one handshake.
    pub(crate) fn ticket(&self, principal: Principal, now: Instant) -> Option<String> {
        let ticket = format!("{TICKET}{}", secret()?);
        let name = name_of(&ticket)?;
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|(_, _, until)| *until > now);
        if tickets.len() >= TICKETS_MAX {
            tickets.pop_front();
        }
        tickets.push_back((name, principal, now + TICKET_LIFE));
        Some(ticket)
    }

    /// Uses a ticket up.
    fn redeem(&self, ticket: &str, now: Instant) -> Option<Principal> {
        let name = name_of(ticket)?;
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let at = tickets
            .iter()
            .position(|(held, _, until)| *held == name && *until > now)?;
        tickets.remove(at).map(|(_, principal, _)| principal)
    }

    /// Who opens a connection: the bearer of a token in the header or in a subprotocol, or of a ticket.
    pub(crate) fn connects(
        &self,
        headers: &HeaderMap,
        house: &dyn House,
        now: Instant,
    ) -> Option<Principal> {
        let token = bearer(headers).or_else(|| key_protocol(headers))?;
        if token.starts_with(TICKET) {
            return self.redeem(token, now);
        }
        house.authenticate(token)
    }
}

/// The token in `Authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 512)
        .then_some(token)
}

/// The token that a browser puts where it can put one. Read here, and never sent back.
fn key_protocol(headers: &HeaderMap) -> Option<&str> {
    protocols(headers)
        .find_map(|offered| offered.strip_prefix(KEY_PROTOCOL))
        .filter(|token| token.len() <= 512)
}

/// Subprotocols that a client offers.
pub(crate) fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// The cookie as it is set. Without `Secure`: the page of this machine comes over plain loopback.
pub(crate) fn set_cookie(secret: &str) -> String {
    format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_named(headers, COOKIE)
}

/// The value of a cookie of ours.
pub(crate) fn cookie_named<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && value.len() <= 64).then_some(value))
}

pub(crate) fn secret() -> Option<String> {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn name_of(secret: &str) -> Option<Digest> {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().ok()
}

/// A name nobody can guess, for a form that must not act twice.
pub(crate) fn form_key() -> Option<String> {
    secret().map(|secret| format!("form_{secret}"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use errand_types::{DeviceId, UserId};

    use super::*;

    fn kim() -> Principal {
        Principal {
            user: UserId::parse("usr_kim").unwrap(),
            device: DeviceId::parse("dev_page").unwrap(),
        }
    }

    fn with_cookie(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!("a=b; errand_page={value}; c=d");
        headers.insert(header::COOKIE, HeaderValue::from_str(&value).unwrap());
        headers
    }

    #[test]
    fn a_page_is_known_by_its_own_cookie_only() {
        let door = Door::default();
        let secret = door.admit(kim()).unwrap();

        assert_eq!(
            door.page(&with_cookie(&secret)).map(|page| page.principal),
            Some(kim())
        );
        assert!(door.page(&with_cookie("guess")).is_none());
        assert!(door.page(&HeaderMap::new()).is_none());
        assert!(!format!("{door:?}").contains(&secret));
    }

    #[test]
    fn pages_are_bounded_and_the_oldest_is_forgotten() {
        let door = Door::default();
        let first = door.admit(kim()).unwrap();
        for _ in 0..PAGES_MAX {
            door.admit(kim()).unwrap();
        }

        assert!(door.page(&with_cookie(&first)).is_none());
        assert_eq!(door.pages.lock().unwrap().by_digest.len(), PAGES_MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_opens_one_connection_and_only_for_a_minute() {
        let (door, now) = (Door::default(), Instant::now());
        let once = door.ticket(kim(), now).unwrap();
        let late = door.ticket(kim(), now).unwrap();

        assert_eq!(door.redeem(&once, now), Some(kim()));
        assert_eq!(door.redeem(&once, now), None);
        assert_eq!(door.redeem(&late, now + TICKET_LIFE), None);
    }
}
