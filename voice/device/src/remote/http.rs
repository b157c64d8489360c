//! What both services with OpenAI's interface share.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use errand_voice_core::{Deadline, EngineFault};
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{Builder, Runtime};
use url::{Host, Url};

const LOOK: Duration = Duration::from_millis(50);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// A service with OpenAI's interface for sound: address, key and model. `Debug` tells none of them.
#[derive(Clone)]
pub struct Service {
    pub(crate) model: String,
    base: Url,
    key: Option<SecretString>,
    http: reqwest::Client,
    runtime: Arc<Runtime>,
}

impl Service {
    /// A service by its base address, for example `https://speech.example/v1`.
    ///
    /// Encrypted, or on this machine, or in this house: sound in plain text does not go out into the world.
    pub fn new(base: &str, key: Option<SecretString>, model: String) -> Result<Self, EngineFault> {
        let refused = |cause: &str| EngineFault::Unreachable {
            engine: "speech service",
            cause: cause.to_owned(),
        };
        let mut base = Url::parse(base).map_err(|_| refused("its address is none"))?;
        if !(base.scheme() == "https" || (base.scheme() == "http" && is_at_home(&base))) {
            return Err(refused(
                "its address is neither encrypted nor in this house",
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Lost only when another thread installed one between the two lines, which serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_MAX)
            .build()
            .map_err(|_| refused("this machine gives no HTTP client"))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| refused("this machine gives no HTTP client"))?;
        Ok(Self {
            model,
            base,
            key,
            http,
            runtime: Arc::new(runtime),
        })
    }

    /// A request to a path below the base, with the key.
    pub(crate) fn post(
        &self,
        engine: &'static str,
        path: &str,
    ) -> Result<RequestBuilder, EngineFault> {
        let url = self.base.join(path);
        let url = url.map_err(|_| unreachable(engine, "its address is none"))?;
        let request = self.http.post(url);
        Ok(match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        })
    }

    /// Sends a request and waits for the head of the answer; without a connection once more.
    pub(crate) fn send(
        &self,
        engine: &'static str,
        request: impl Fn() -> Result<RequestBuilder, EngineFault>,
        wait: &Wait,
    ) -> Result<Response, EngineFault> {
        let once = || -> Result<Result<Response, reqwest::Error>, EngineFault> {
            let request = request()?;
            self.wait(engine, wait, async move { request.send().await })
        };
        let mut answered = once()?;
        if answered.as_ref().is_err_and(reqwest::Error::is_connect) {
            answered = once()?;
        }
        let response = answered.map_err(|error| unreachable(engine, told(&error)))?;
        if !response.status().is_success() {
            let cause = format!("it answers {}", response.status().as_u16());
            return Err(unreachable(engine, &cause));
        }
        Ok(response)
    }

    /// Waits for something, for the stop, or for the deadline.
    pub(crate) fn wait<T>(
        &self,
        engine: &'static str,
        wait: &Wait,
        work: impl Future<Output = T>,
    ) -> Result<T, EngineFault> {
        self.runtime.block_on(async move {
            let mut work = std::pin::pin!(work);
            loop {
                wait.check(engine)?;
                if let Ok(done) = tokio::time::timeout(LOOK, work.as_mut()).await {
                    return Ok(done);
                }
            }
        })
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service(..)")
    }
}

/// A deadline with the moment from which it counts.
#[derive(Debug)]
pub(crate) struct Wait {
    deadline: Deadline,
    until: Instant,
}

impl Wait {
    pub(crate) fn new(deadline: &Deadline) -> Self {
        Self {
            deadline: deadline.clone(),
            until: Instant::now() + deadline.within,
        }
    }

    fn check(&self, engine: &'static str) -> Result<(), EngineFault> {
        if self.deadline.stop.is_up() {
            return Err(EngineFault::Stopped { engine });
        }
        if Instant::now() >= self.until {
            let within_ms = u64::try_from(self.deadline.within.as_millis()).unwrap_or(u64::MAX);
            return Err(EngineFault::Late { engine, within_ms });
        }
        Ok(())
    }
}

/// This machine, a private address, or a name that only a house knows.
fn is_at_home(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Some(Host::Domain(name)) => {
            !name.contains('.')
                || [".local", ".lan", ".home.arpa"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        None => false,
    }
}

pub(crate) fn unreachable(engine: &'static str, cause: &str) -> EngineFault {
    EngineFault::Unreachable {
        engine,
        cause: cause.to_owned(),
    }
}

/// A cause without the address.
pub(crate) fn told(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_goes_out_encrypted_or_stays_in_the_house() {
        let can = |base: &str| Service::new(base, None, "m".to_owned()).is_ok();

        for base in [
            "https://speech.example/v1",
            "http://127.0.0.1:8000/v1",
            "http://192.168.1.4",
            "http://speech.local/v1",
            "http://kitchen:9",
        ] {
            assert!(can(base), "{base}");
        }
        for base in [
            "http://speech.example/v1",
            "http://8.8.8.8/",
            "ftp://kitchen/",
            "kitchen",
            "http://192.168.1.4.example/",
        ] {
            assert!(!can(base), "{base}");
        }
    }
}
