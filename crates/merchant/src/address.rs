use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

use crate::error::MerchantError;

/// Which addresses may be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddressRule {
    /// Development mode: loopback, also without TLS.
    pub(crate) loopback: bool,
}

impl AddressRule {
    /// Reads an address of a shop: https and public, or loopback in development mode.
    pub(crate) fn check(self, raw: &str) -> Result<Url, MerchantError> {
        let host_of = |url: &Url| {
            url.host_str()
                .unwrap_or_default()
                .chars()
                .take(120)
                .collect::<String>()
        };
        let url = Url::parse(raw).map_err(|_| MerchantError::AddressForbidden {
            host: String::new(),
            why: "it is not an address",
        })?;
        let no = |why| {
            Err(MerchantError::AddressForbidden {
                host: host_of(&url),
                why,
            })
        };
        if !url.username().is_empty() || url.password().is_some() {
            return no("it carries a name or password");
        }
        let is_loopback = match url.host() {
            None => return no("it names no host"),
            Some(Host::Domain(name)) => is_local_name(name),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
        };
        if is_loopback && !self.loopback {
            return no("it is on this machine, and development mode is off");
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|ip| !self.allows(ip)) {
            return no("it is not a public address");
        }
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback => Ok(url),
            _ => no("it does not use https"),
        }
    }

    /// Whether an address of the network may be contacted.
    pub(crate) fn allows(self, ip: IpAddr) -> bool {
        if ip.is_loopback() {
            self.loopback
        } else {
            !is_special(ip)
        }
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Addresses that no shop on the internet has: private, link-local with the cloud metadata address, shared, test,
/// multicast and reserved ones, also when wrapped into IPv6.
fn is_special(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_special_v4(ip),
        IpAddr::V6(ip) => is_special_v6(ip),
    }
}

fn is_special_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
}

fn is_special_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, .., high, low] = ip.segments();
    let inner =
        |high: u16, low: u16| is_special_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_special_v4(mapped);
    }
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || (first & 0xffc0) == 0xfec0
        || (first == 0x2001 && (second == 0xdb8 || second < 0x200))
        || (first == 0x2002 && inner(second, third))
        || (first == 0x64 && second == 0xff9b && inner(high, low))
        || (first == 0 && second == 0)
}

/// A name that leads only to addresses that may not be contacted.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name leads to no public address")]
pub(crate) struct NoPublicAddress;

/// Looks names up and keeps only what may be contacted, so that a public name with a private address is refused too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuardedResolver(pub(crate) AddressRule);

impl reqwest::dns::Resolve for GuardedResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let rule = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| rule.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: AddressRule = AddressRule { loopback: false };
    const DEV: AddressRule = AddressRule { loopback: true };

    #[test]
    fn addresses_of_this_machine_and_of_private_nets_are_refused() {
        for raw in [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://shop.localhost./",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://198.18.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://[2001:db8::1]/",
            "http://shop.example/",
            "ftp://shop.example/",
            "https://user:pass@shop.example/",
            "not an address",
            "",
        ] {
            assert!(
                matches!(
                    PUBLIC.check(raw),
                    Err(MerchantError::AddressForbidden { .. })
                ),
                "{raw}"
            );
        }
        assert!(PUBLIC.check("https://shop.example/path").is_ok());
        assert!(PUBLIC.check("https://93.184.215.14/").is_ok());
    }

    #[test]
    fn development_mode_opens_loopback_and_nothing_else() {
        for raw in [
            "http://127.0.0.1:8182/",
            "http://localhost:1/",
            "http://[::1]:9/",
            "https://127.0.0.1/",
        ] {
            assert!(DEV.check(raw).is_ok(), "{raw}");
        }
        for raw in [
            "http://10.0.0.1/",
            "https://192.168.0.1/",
            "http://shop.example/",
            "https://169.254.169.254/",
        ] {
            assert!(DEV.check(raw).is_err(), "{raw}");
        }
        assert!(!PUBLIC.allows(IpAddr::from([127, 0, 0, 1])));
        assert!(DEV.allows(IpAddr::from([127, 0, 0, 1])));
        assert!(!DEV.allows(IpAddr::from([10, 0, 0, 1])));
    }

    #[test]
    fn the_refusal_shows_the_host_and_never_a_password() {
        let error = PUBLIC
            .check("https://me:hunter2@shop.example/")
            .unwrap_err();

        assert!(
            !error.to_string().contains("hunter2") && !format!("{error:?}").contains("hunter2")
        );
        assert!(error.to_string().contains("shop.example"));
    }
}
