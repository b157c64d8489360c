use std::borrow::Cow;
use std::fmt;

use errand_types::{
    Currency, Destination, ForeignId, MerchantId, Money, SessionId, TotalKind, UserId, Window,
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::encoding::{Canonical, from_hex32, hex, sha256};

/// SHA-256 of a [`Transaction`]; any change of what would be paid, to whom, for what or where gives another one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TxDigest([u8; 32]);

impl TxDigest {
    /// The digest of a stored form.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TxDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for TxDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TxDigest({self})")
    }
}

impl Serialize for TxDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TxDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Cow::<'de, str>::deserialize(deserializer)?;
        from_hex32(&raw)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a digest has 64 hexadecimal digits"))
    }
}

/// Everything that a person agrees to when they agree to pay. What is shown, what is digested and what is charged come
/// from this one value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// Who pays.
    pub user: UserId,
    /// The conversation in which they agree; an approval does not travel to another one.
    pub session: SessionId,
    /// Our name for the shop.
    pub merchant: MerchantId,
    /// Legal name of who is paid.
    pub payee: String,
    /// Currency of every amount below.
    pub currency: Currency,
    /// What is paid.
    pub total: Money,
    /// What is bought, in the shop's order.
    pub lines: Vec<TxLine>,
    /// The shop's sums in minor units, signed, in its order: delivery, tax, discounts.
    pub entries: Vec<(TotalKind, i64)>,
    /// [`destination_digest`] of where it goes.
    pub destination: [u8; 32],
    /// Key of the chosen fulfillment option.
    pub option: String,
    /// When it arrives.
    pub window: Option<Window>,
    /// The held delivery window.
    pub slot: Option<ForeignId>,
    /// It comes again by itself.
    pub recurring: bool,
    /// How it is paid: handler and what the person sees of the instrument, never the token.
    pub instrument: String,
    /// Epoch of the profile; a change of rules voids an approval.
    pub policy_epoch: u64,
    /// When the offer of the shop, or ours, ends.
    pub expires: Timestamp,
    /// Makes a wished-for second purchase of the same things another transaction.
    pub nonce: [u8; 16],
}

/// One line of a [`Transaction`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TxLine {
    /// The shop's id of what is bought.
    pub variant: ForeignId,
    /// Pieces.
    pub quantity: u32,
    /// Price of one piece in minor units.
    pub unit_minor: i64,
}

// What somebody buys is theirs: a log line names the purchase by its digest and nothing else.
impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transaction({}, {})", self.merchant, self.digest())
    }
}

impl Transaction {
    /// The bytes that are digested: domain `errand/tx/v1`, each field with its length in front, integers big-endian,
    /// lists with their count. No JSON: two writers of JSON differ, and two readers of it differ more.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Canonical::new("errand/tx/v1");
        out.text(self.user.as_str());
        out.text(self.session.as_str());
        out.text(self.merchant.as_str());
        out.text(&self.payee);
        currency(&mut out, self.currency);
        currency(&mut out, self.total.currency());
        out.bytes(&self.total.minor().to_be_bytes());
        out.count(self.lines.len());
        for line in &self.lines {
            out.text(line.variant.as_str());
            out.bytes(&line.quantity.to_be_bytes());
            out.bytes(&line.unit_minor.to_be_bytes());
        }
        out.count(self.entries.len());
        for (kind, minor) in &self.entries {
            out.bytes(&[kind_code(*kind)]);
            out.bytes(&minor.to_be_bytes());
        }
        out.bytes(&self.destination);
        out.text(&self.option);
        out.option(self.window, |out, window| {
            moment(out, window.start);
            moment(out, window.end);
        });
        out.option(self.slot.as_ref(), |out, slot| out.text(slot.as_str()));
        out.bytes(&[u8::from(self.recurring)]);
        out.text(&self.instrument);
        out.bytes(&self.policy_epoch.to_be_bytes());
        moment(&mut out, self.expires);
        out.bytes(&self.nonce);
        out.finish()
    }

    /// The digest that an approval is bound to.
    pub fn digest(&self) -> TxDigest {
        TxDigest(sha256(&self.canonical()))
    }
}

/// Digest of the fields of an address. The shop's own id of it is left out: it names the row, not the place.
/// A purchase without an address uses the digest of [`Destination::default`].
pub fn destination_digest(destination: &Destination) -> [u8; 32] {
    let mut out = Canonical::new("errand/destination/v1");
    let fields = [
        destination.name.as_ref().map(errand_types::Text::as_str),
        destination.street.as_ref().map(errand_types::Text::as_str),
        destination
            .locality
            .as_ref()
            .map(errand_types::Text::as_str),
        destination.region.as_ref().map(errand_types::Text::as_str),
        destination
            .postal_code
            .as_ref()
            .map(errand_types::Text::as_str),
        destination.country.as_ref().map(errand_types::Text::as_str),
    ];
    for field in fields {
        out.option(field, Canonical::text);
    }
    sha256(&out.finish())
}

fn currency(out: &mut Canonical, currency: Currency) {
    out.text(currency.code());
    out.bytes(&currency.exponent().to_be_bytes());
}

fn moment(out: &mut Canonical, at: Timestamp) {
    out.bytes(&at.as_nanosecond().to_be_bytes());
}

/// Numbers of the kinds in the canonical form. Never renumbered.
fn kind_code(kind: TotalKind) -> u8 {
    match kind {
        TotalKind::Subtotal => 1,
        TotalKind::Discount => 2,
        TotalKind::Fulfillment => 3,
        TotalKind::Tax => 4,
        TotalKind::Fee => 5,
        TotalKind::Other => 6,
    }
}
