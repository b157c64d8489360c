//! Who is asking: the `UCP-Agent` header.

use url::{Host, Url};

use super::call::Refusal;
use super::wire::VERSION;

/// Checks that the caller names his profile by an https URL (or one on this machine) and does
/// not speak a newer protocol than the shop.
pub(crate) fn check(header: Option<&str>) -> Result<(), Refusal> {
    let refused = |content: &str| Refusal::new(400, "invalid_profile_url", content);
    let header = header.ok_or_else(|| refused("The header UCP-Agent is missing."))?;
    let profile = member(header, "profile")
        .ok_or_else(|| refused("UCP-Agent names no profile in quotes."))?;
    let url = Url::parse(profile).map_err(|_| refused("The profile of UCP-Agent is not a URL."))?;
    let local = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err(refused(
            "The profile of UCP-Agent is not served over https.",
        ));
    }
    match member(header, "version") {
        Some(version) if version > VERSION => {
            let content = format!(
                "This shop speaks {VERSION}, not {}.",
                version.chars().take(10).collect::<String>()
            );
            Err(Refusal::new(422, "version_unsupported", content))
        }
        _ => Ok(()),
    }
}

/// The quoted value of a member of a structured-field dictionary.
fn member<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split([';', ',']).find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        (key.trim() == name)
            .then_some(value.trim())?
            .strip_prefix('"')?
            .strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_an_https_url_or_on_this_machine() {
        for good in [
            "profile=\"https://a.example/p.json\"",
            "profile=\"http://127.0.0.1:9/p\"; version=\"2026-01-11\"",
            "profile=\"http://localhost/p\"",
        ] {
            assert_eq!(check(Some(good)), Ok(()), "{good}");
        }
        for bad in [
            "",
            "profile=https://a.example",
            "profile=\"http://a.example/\"",
            "profile=\"ftp://a.example/\"",
            "name=\"x\"",
        ] {
            assert_eq!(
                check(Some(bad)).unwrap_err().code,
                "invalid_profile_url",
                "{bad}"
            );
        }
        assert_eq!(check(None).unwrap_err().status, 400);
    }

    #[test]
    fn a_newer_protocol_is_refused() {
        let error = check(Some(
            "profile=\"https://a.example/p\"; version=\"2027-01-01\"",
        ))
        .unwrap_err();

        assert_eq!((error.status, error.code), (422, "version_unsupported"));
    }
}
