use std::time::Duration;

use errand_protocol::api::ErrorBody;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::args::PlaceArgs;
use crate::fault::Fault;
use crate::place::Place;
use crate::scrub::scrub;

/// Longest answer that is read, in bytes.
const BODY_MAX: usize = 8 * 1024 * 1024;
/// How long a call may take; an answer to an approval waits for the purchase.
const CALL_TIME: Duration = Duration::from_secs(75);
const CONNECT_TIME: Duration = Duration::from_secs(3);

/// The HTTP calls of the runtime.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    place: Place,
    client: Client,
}

impl Api {
    /// Finds address and token and makes a client.
    pub(crate) fn at(args: &PlaceArgs) -> Result<Self, Fault> {
        Self::with(Place::find(args)?)
    }

    pub(crate) fn with(place: Place) -> Result<Self, Fault> {
        // Installing it twice is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME)
            .timeout(CALL_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|e| Fault::ours(format!("cannot make an HTTP client: {e}")))?;
        Ok(Self { place, client })
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Fault> {
        let mut url = self.place.call(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let body = self.send(self.client.request(Method::GET, url)).await?;
        serde_json::from_value(body).map_err(|e| unreadable(&e))
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl Serialize + Sync),
    ) -> Result<T, Fault> {
        let body = self
            .send(
                self.client
                    .request(Method::POST, self.place.call(path))
                    .json(body),
            )
            .await?;
        serde_json::from_value(body).map_err(|e| unreadable(&e))
    }

    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), Fault> {
        self.send(self.client.request(Method::DELETE, self.place.call(path)))
            .await
            .map(|_| ())
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Fault> {
        let response = request
            .header("authorization", self.place.bearer())
            .send()
            .await
            .map_err(|e| self.failed(&e))?;
        let status = response.status();
        let body = read(response).await.map_err(|e| self.failed(&e))?;
        if status == StatusCode::UNAUTHORIZED {
            return Err(Fault::unauthorised());
        }
        let mut value: Value = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap_or(Value::Null)
        };
        scrub(&mut value);
        if status.is_success() {
            return Ok(value);
        }
        Err(match serde_json::from_value::<ErrorBody>(value) {
            Ok(body) => Fault::answered(status.as_u16(), body.error),
            Err(_) => Fault::ours(format!(
                "the runtime answered with status {}",
                status.as_u16()
            )),
        })
    }

    fn failed(&self, error: &reqwest::Error) -> Fault {
        let cause = if error.is_timeout() {
            "no answer in time".to_owned()
        } else if error.is_connect() {
            "connection refused".to_owned()
        } else {
            error.to_string()
        };
        Fault::unreachable(&self.place.shown, &cause)
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > BODY_MAX {
            return Ok(Vec::new());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreadable(error: &serde_json::Error) -> Fault {
    let mut fault = Fault::ours(format!("the answer of the runtime cannot be read: {error}"));
    fault.hint =
        Some("the runtime may be of another version; start it again with `make run`".to_owned());
    fault
}
