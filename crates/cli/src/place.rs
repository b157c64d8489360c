use std::path::PathBuf;

use errand_types::Text;
use url::Url;

use crate::args::PlaceArgs;
use crate::fault::Fault;

/// Longest token that is read, in characters.
const TOKEN_MAX: usize = 400;

/// Where the runtime is and who asks.
#[derive(Clone)]
pub(crate) struct Place {
    /// Its address, without a path.
    pub(crate) url: Url,
    /// The address as the person knows it.
    pub(crate) shown: String,
    token: Text<TOKEN_MAX>,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place({}, <redacted>)", self.shown)
    }
}

/// The folder of the runtime's data: given, or where such data belong on this system.
pub(crate) fn data_dir(given: Option<&PathBuf>) -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    given.cloned().unwrap_or_else(|| {
        std::env::var_os("XDG_DATA_HOME")
            .filter(|dir| !dir.is_empty())
            .map_or_else(|| home().join(".local").join("share"), PathBuf::from)
            .join("errand")
    })
}

impl Place {
    /// Reads address and token.
    pub(crate) fn find(args: &PlaceArgs) -> Result<Self, Fault> {
        let url = address(&args.url)?;
        let token = match std::env::var("ERRAND_TOKEN") {
            Ok(token) if !token.trim().is_empty() => token,
            _ => {
                let path = data_dir(args.data.as_ref()).join("device.token");
                std::fs::read_to_string(&path)
                    .map_err(|_| Fault::no_token(&path.display().to_string()))?
            }
        };
        Self::new(url, &args.url, &token)
    }

    fn new(url: Url, shown: &str, token: &str) -> Result<Self, Fault> {
        let token = token.trim();
        // A header takes visible ASCII only; what else stands there was never given out by a runtime.
        let is_token = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        let token = Text::parse(token)
            .ok()
            .filter(|_| is_token)
            .ok_or_else(Fault::unauthorised)?;
        Ok(Self {
            url,
            shown: shown.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// What goes into the header `Authorization`.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// The address of the socket, with these query parameters.
    pub(crate) fn socket(&self, query: &[(&str, &str)]) -> Result<Url, Fault> {
        let mut url = self.url.clone();
        let wrong = || {
            Fault::usage(
                format!("`{}` is no address of a runtime", self.shown),
                "it looks like `http://127.0.0.1:7420`",
            )
        };
        url.set_scheme("ws").map_err(|()| wrong())?;
        url.set_path("/v1/realtime");
        url.query_pairs_mut()
            .append_pair("errand_events", "all")
            // A terminal reads; who speaks with a voice of its own says so to its own ears.
            .append_pair("output_modalities", "text")
            .extend_pairs(query);
        Ok(url)
    }

    /// The address of an HTTP call, from its path segments.
    pub(crate) fn call(&self, segments: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().push("api").extend(segments);
        }
        url
    }
}

fn address(raw: &str) -> Result<Url, Fault> {
    let hint = "it looks like `http://127.0.0.1:7420`";
    let wrong =
        |why: &str| Fault::usage(format!("`{raw}` is no address of a runtime: {why}"), hint);
    let url = Url::parse(raw).map_err(|e| wrong(&e.to_string()))?;
    if url.scheme() != "http" {
        return Err(wrong("it begins with `http://`"));
    }
    // The token travels in the open: it must not leave this machine.
    let is_here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if !is_here {
        let hint = "reach it through a tunnel: `ssh -L 7420:127.0.0.1:7420 that-machine`";
        return Err(Fault::usage(
            format!("`{raw}` is another machine, and the way there is not encrypted"),
            hint,
        ));
    }
    Ok(url)
}

#[cfg(test)]
pub(crate) fn test_place(port: u16) -> Place {
    let shown = format!("http://127.0.0.1:{port}");
    Place::new(address(&shown).unwrap(), &shown, "tok_test").unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_never_travels_to_another_machine_in_the_open() {
        assert!(address("http://192.168.1.4:7420").is_err());
        assert!(address("http://errand.example").is_err());
        assert!(address("https://127.0.0.1:7420").is_err());
        assert!(address("http://127.0.0.1.evil.example").is_err());
        assert!(address("http://[::1]:7420").is_ok());
        assert!(address("http://localhost:7420").is_ok());
    }

    #[test]
    fn a_name_in_a_path_stays_one_segment() {
        let place = test_place(7420);

        assert_eq!(
            place.call(&["orders", "../a b"]).as_str(),
            "http://127.0.0.1:7420/api/orders/..%2Fa%20b"
        );
        assert_eq!(
            place.socket(&[("resume", "sess_1&x")]).unwrap().as_str(),
            "ws://127.0.0.1:7420/v1/realtime?errand_events=all&output_modalities=text&resume=sess_1%26x"
        );
    }

    #[test]
    fn the_token_is_in_no_debug_output_and_must_be_plain() {
        let place = test_place(7420);

        assert!(!format!("{place:?}").contains("tok_test"));
        assert!(Place::new(place.url.clone(), "x", "a\nb").is_err());
        assert!(Place::new(place.url, "x", "").is_err());
    }
}
