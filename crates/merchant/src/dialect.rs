use std::fmt;

/// A version of the protocol as we read and write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// 2026-01-11: positive discounts, arrays of capabilities, `payment_data`.
    V20260111,
    /// 2026-01-23: registries, still positive discounts.
    V20260123,
    /// 2026-04-08: cart, catalog, signed totals.
    V20260408,
    /// 2026-08-25: typed destinations, quantity units.
    V20260825,
}

impl Dialect {
    /// All, oldest first.
    pub const ALL: [Self; 4] = [
        Self::V20260111,
        Self::V20260123,
        Self::V20260408,
        Self::V20260825,
    ];

    /// The version string on the wire.
    pub fn version(self) -> &'static str {
        match self {
            Self::V20260111 => "2026-01-11",
            Self::V20260123 => "2026-01-23",
            Self::V20260408 => "2026-04-08",
            Self::V20260825 => "2026-08-25",
        }
    }

    /// The dialect of a version string.
    pub fn parse(version: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.version() == version)
    }

    /// Discounts are positive in totals and subtracted.
    pub(crate) fn has_positive_discounts(self) -> bool {
        self < Self::V20260408
    }

    /// Create and update want `currency`, `payment` and the id in the body, and every request a `request-signature`.
    pub(crate) fn is_first(self) -> bool {
        self == Self::V20260111
    }

    /// The buyer's name is one field.
    pub(crate) fn has_full_name(self) -> bool {
        self < Self::V20260408
    }

    /// There is a catalog.
    pub(crate) fn has_catalog(self) -> bool {
        self >= Self::V20260408
    }

    /// A destination says what kind it is.
    pub(crate) fn has_typed_destinations(self) -> bool {
        self >= Self::V20260825
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version())
    }
}
