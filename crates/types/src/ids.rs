use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// Why a string is not the id that it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{raw}` is not {wanted}")]
pub struct IdError {
    raw: String,
    wanted: &'static str,
}

fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(40).collect()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The prefix that every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes the id from the part behind the prefix: 1 to 64 letters, digits, `-` or `_`.
            pub fn from_tail(tail: &str) -> Result<Self, IdError> {
                Self::parse(&format!("{}{tail}", Self::PREFIX))
            }

            /// A fresh id from the injected source of chance.
            pub fn fresh(ids: &dyn crate::Ids) -> Self {
                let tail: String = ids.tail().chars().filter(char::is_ascii_alphanumeric).take(64).collect();
                Self(format!("{}{}", $prefix, if tail.is_empty() { "0" } else { &tail }).into())
            }

            /// Reads an id with its prefix.
            pub fn parse(raw: &str) -> Result<Self, IdError> {
                let tail = raw.strip_prefix($prefix).unwrap_or_default();
                let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                if tail.is_empty() || tail.len() > 64 || !tail.chars().all(is_plain) {
                    return Err(IdError { raw: shown(raw), wanted: concat!("an id `", $prefix, "…`") });
                }
                Ok(Self(raw.into()))
            }

            /// The id with its prefix.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(raw: &str) -> Result<Self, IdError> {
                Self::parse(raw)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&raw).map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": concat!("^", $prefix, "[A-Za-z0-9_-]{1,64}$") })
            }
        }
    };
}

id!(/// One person who uses this installation.
    UserId, "usr_");
id!(/// An enrolled device: a page, a terminal, a speaker.
    DeviceId, "dev_");
id!(/// One conversation; it outlives its connections.
    SessionId, "sess_");
id!(/// One plan.
    PlanId, "plan_");
id!(/// One step of a plan.
    StepId, "step_");
id!(/// One tool call.
    CallId, "call_");
id!(/// Our cart, which may hold lines of several shops.
    CartId, "cart_");
id!(/// One purchase at one shop, from quote to receipt.
    PurchaseId, "pur_");
id!(/// Our name for an order.
    OrderId, "ord_");
id!(/// Something that a person wants to be reminded of.
    ReminderId, "rem_");
id!(/// A question that only the person may answer.
    ApprovalId, "apr_");
id!(/// One verdict of the gate.
    DecisionId, "dec_");
id!(/// One person who works at the desk of this installation.
    DeskId, "desk_");
id!(/// A consent receipt.
    ConsentId, "con_");

/// Our name for a shop: 1 to 64 lower-case letters, digits or `-`, as in `pantry-lane`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MerchantId(Box<str>);

impl MerchantId {
    /// Reads a shop's name.
    pub fn parse(raw: &str) -> Result<Self, IdError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if raw.is_empty() || raw.len() > 64 || !raw.chars().all(is_plain) {
            return Err(IdError {
                raw: shown(raw),
                wanted: "a shop's name (lower-case letters, digits, `-`)",
            });
        }
        Ok(Self(raw.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id that a shop gave out: opaque to us, 1 to 256 characters, no control characters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ForeignId(Box<str>);

impl ForeignId {
    /// Reads a shop's id.
    pub fn parse(raw: &str) -> Result<Self, IdError> {
        if raw.is_empty() || raw.chars().count() > 256 || raw.chars().any(char::is_control) {
            return Err(IdError {
                raw: shown(raw),
                wanted: "an id of 1 to 256 printable characters",
            });
        }
        Ok(Self(raw.into()))
    }

    /// The id as the shop wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! plain_text_id {
    ($name:ident, $max:literal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(raw: &str) -> Result<Self, IdError> {
                Self::parse(raw)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&raw).map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "minLength": 1, "maxLength": $max })
            }
        }
    };
}

plain_text_id!(MerchantId, 64);
plain_text_id!(ForeignId, 256);
