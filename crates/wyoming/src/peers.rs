use std::net::{IpAddr, SocketAddr};

/// Addresses that may be allowed at most.
const PEERS_MAX: usize = 64;

/// Who may connect. Wyoming knows no passwords: whoever reaches the port may use it, so the address is all there is to go by.
///
/// This machine itself may always connect; others only when the operator named them, one by one. A network or "everybody"
/// cannot be named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peers(Vec<IpAddr>);

/// Why the addresses cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeersError {
    /// No address.
    #[error("`{0}` is no address: name each machine by its number, `192.168.1.20`")]
    Address(String),
    /// Everybody, or nobody in particular.
    #[error(
        "`{0}` names no machine: Wyoming has no passwords, so each machine is allowed by its own number"
    )]
    Everybody(IpAddr),
    /// Too many.
    #[error("{found} addresses are allowed to connect, {PEERS_MAX} is the most")]
    TooMany {
        /// How many.
        found: usize,
    },
    /// The port is open to others, and nobody is allowed to come.
    #[error(
        "`{listen}` can be reached from other machines and `wyoming.allow` names none: listen on 127.0.0.1, or name \
         the machines that may connect"
    )]
    Open {
        /// Where it listens.
        listen: SocketAddr,
    },
}

impl PeersError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "WYO-0001"
    }
}

impl Peers {
    /// These machines beside this one.
    pub fn new<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Result<Self, PeersError> {
        let mut peers = Vec::new();
        for written in addresses {
            let ip: IpAddr = written
                .trim()
                .parse()
                .map_err(|_| PeersError::Address(written.to_owned()))?;
            let ip = ip.to_canonical();
            if ip.is_unspecified() || ip.is_multicast() || is_broadcast(ip) {
                return Err(PeersError::Everybody(ip));
            }
            peers.push(ip);
        }
        if peers.len() > PEERS_MAX {
            return Err(PeersError::TooMany { found: peers.len() });
        }
        Ok(Self(peers))
    }

    /// Whether it may listen there: on loopback, or elsewhere when somebody was named.
    pub fn check(&self, listen: SocketAddr) -> Result<(), PeersError> {
        if listen.ip().to_canonical().is_loopback() || !self.0.is_empty() {
            Ok(())
        } else {
            Err(PeersError::Open { listen })
        }
    }

    /// Whether this machine may connect.
    pub fn may(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_loopback() || self.0.contains(&ip)
    }
}

fn is_broadcast(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if ip.is_broadcast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_those_named_may_connect() {
        let peers = Peers::new(["192.168.1.20", "fd00::7"]).unwrap();

        for may in [
            "127.0.0.1",
            "::1",
            "192.168.1.20",
            "::ffff:192.168.1.20",
            "fd00::7",
        ] {
            assert!(peers.may(may.parse().unwrap()), "{may}");
        }
        for may_not in ["192.168.1.21", "10.0.0.1", "fd00::8", "::ffff:192.168.1.21"] {
            assert!(!peers.may(may_not.parse().unwrap()), "{may_not}");
        }
    }

    #[test]
    fn a_port_that_others_reach_is_not_opened_for_nobody_in_particular() {
        let (here, there) = (
            "127.0.0.1:10300".parse().unwrap(),
            "0.0.0.0:10300".parse().unwrap(),
        );
        let nobody = Peers::default();

        assert_eq!(nobody.check(here), Ok(()));
        assert_eq!(nobody.check(there), Err(PeersError::Open { listen: there }));
        assert_eq!(Peers::new(["10.0.0.2"]).unwrap().check(there), Ok(()));
    }

    #[test]
    fn everybody_cannot_be_named() {
        for written in ["0.0.0.0", "::", "255.255.255.255", "224.0.0.1"] {
            assert!(matches!(
                Peers::new([written]),
                Err(PeersError::Everybody(_))
            ));
        }
        for written in ["192.168.1.0/24", "*", "homeassistant.local", ""] {
            assert!(matches!(Peers::new([written]), Err(PeersError::Address(_))));
        }
        let many: Vec<String> = (0..65).map(|n| format!("10.0.0.{n}")).collect();
        assert_eq!(
            Peers::new(many.iter().map(String::as_str)),
            Err(PeersError::TooMany { found: 65 })
        );
    }
}
