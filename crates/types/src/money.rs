use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::MINOR_MAX;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);
    /// Euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// Pound sterling.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);

    /// Reads a three-letter code in either case. `$` and other signs are no codes: several currencies share them.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let upper = code.to_ascii_uppercase();
        iso_currency::Currency::from_code(&upper)
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.chars().take(8).collect()))
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits behind the point: 0, 2, 3 or 4, as ISO 4217 says.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::parse(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

/// An amount: whole minor units (cents) and their currency. |minor| is at most 2^53 - 1.
///
/// There is no `+`: adding can overflow or mix currencies, and both are answers that a caller must see.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies in one sum.
    #[error("cannot combine {0} with {1}")]
    CurrencyMismatch(Currency, Currency),
    /// The amount leaves the range that every reader keeps exact.
    #[error("amount is out of range")]
    Overflow,
    /// Not an ISO 4217 code.
    #[error("`{0}` is not a currency code")]
    UnknownCurrency(String),
    /// Not a decimal amount of this currency.
    #[error("`{0}` is not an amount")]
    Unreadable(String),
}

impl Money {
    /// An amount in minor units. Beyond the bound it is held at the bound, so that it can only be refused later.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self {
            minor: minor.clamp(-MINOR_MAX, MINOR_MAX),
            currency,
        }
    }

    /// An amount in minor units, refused beyond the bound.
    pub fn checked(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.unsigned_abs() > MINOR_MAX.unsigned_abs() {
            return Err(MoneyError::Overflow);
        }
        Ok(Self { minor, currency })
    }

    /// Nothing of a currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Minor units, for example cents.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        Self::checked(
            self.minor
                .checked_add(other.minor)
                .ok_or(MoneyError::Overflow)?,
            self.currency,
        )
    }

    /// The difference of two amounts of one currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        Self::checked(
            self.minor
                .checked_sub(other.minor)
                .ok_or(MoneyError::Overflow)?,
            self.currency,
        )
    }

    /// The amount `count` times.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        Self::checked(
            self.minor
                .checked_mul(i64::from(count))
                .ok_or(MoneyError::Overflow)?,
            self.currency,
        )
    }

    /// Whether this amount is larger than another of the same currency.
    pub fn exceeds(self, other: Self) -> Result<bool, MoneyError> {
        self.same(other)?;
        Ok(self.minor > other.minor)
    }

    /// The sum of many amounts; zero of `currency` when there are none.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::zero(currency), Self::plus)
    }

    /// Reads `12`, `12.5` or `12.50` as an amount of `currency`. More decimals than the currency has are refused.
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, MoneyError> {
        let unreadable = || MoneyError::Unreadable(decimal.chars().take(24).collect());
        let (negative, digits) = decimal
            .strip_prefix('-')
            .map_or((false, decimal), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let exponent = usize::try_from(currency.exponent()).map_err(|_| unreadable())?;
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || fraction.len() > exponent
        {
            return Err(unreadable());
        }
        let padded = format!("{whole}{fraction:0<exponent$}");
        let minor: i64 = padded.parse().map_err(|_| MoneyError::Overflow)?;
        Self::checked(if negative { -minor } else { minor }, currency)
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }

    /// The digits without currency, as in `25.90`.
    pub fn decimal(self) -> String {
        let exponent = self.currency.exponent();
        let sign = if self.minor < 0 { "−" } else { "" };
        let unit = 10_u64.saturating_pow(exponent);
        let abs = self.minor.unsigned_abs();
        let (whole, part) = (
            abs.checked_div(unit).unwrap_or(abs),
            abs.checked_rem(unit).unwrap_or(0),
        );
        let width = usize::try_from(exponent).unwrap_or(0);
        if exponent == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{part:0width$}")
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.minor, self.currency)
    }
}

impl fmt::Display for Money {
    /// `$25.90`, `€25.90`, `£25.90`; any other currency with its code, as in `25.900 KWD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.decimal();
        let (sign, digits) = digits
            .strip_prefix('−')
            .map_or(("", digits.as_str()), |rest| ("−", rest));
        match self.currency.code() {
            "USD" => write!(f, "{sign}${digits}"),
            "EUR" => write!(f, "{sign}€{digits}"),
            "GBP" => write!(f, "{sign}£{digits}"),
            code => write!(f, "{sign}{digits} {code}"),
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            minor: i64,
            currency: Currency,
        }
        let wire = Wire::deserialize(deserializer)?;
        Self::checked(wire.minor, wire.currency).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn minor_units_follow_the_currency_and_not_a_hundred() {
        let yen = Currency::parse("jpy").unwrap();
        let dinar = Currency::parse("KWD").unwrap();

        assert_eq!(Money::new(1200, yen).to_string(), "1200 JPY");
        assert_eq!(Money::new(1200, dinar).to_string(), "1.200 KWD");
        assert_eq!(Money::new(-300, Currency::USD).to_string(), "−$3.00");
    }

    #[test]
    fn currencies_never_mix_and_sums_never_wrap() {
        let usd = Money::new(1, Currency::USD);

        assert_eq!(
            usd.plus(Money::new(1, Currency::EUR)),
            Err(MoneyError::CurrencyMismatch(Currency::USD, Currency::EUR))
        );
        assert_eq!(
            Money::new(MINOR_MAX, Currency::USD).plus(usd),
            Err(MoneyError::Overflow)
        );
        assert_eq!(
            Money::new(MINOR_MAX, Currency::USD).times(2),
            Err(MoneyError::Overflow)
        );
    }

    #[test]
    fn a_sign_is_not_a_currency_and_too_many_decimals_are_no_amount() {
        assert!(Currency::parse("$").is_err());
        assert!(Money::parse("1.005", Currency::USD).is_err());
        assert!(Money::parse("1,000", Currency::USD).is_err());
        assert!(Money::parse("", Currency::USD).is_err());
        assert_eq!(
            Money::parse("12.5", Currency::USD),
            Ok(Money::new(1250, Currency::USD))
        );
    }

    #[test]
    fn json_with_an_amount_out_of_range_is_refused() {
        let text = format!("{{\"minor\":{},\"currency\":\"USD\"}}", MINOR_MAX + 1);

        assert!(serde_json::from_str::<Money>(&text).is_err());
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(minor in 0..=MINOR_MAX) {
            let money = Money::new(minor, Currency::USD);
            prop_assert_eq!(Money::parse(&money.decimal(), Currency::USD), Ok(money));
        }

        #[test]
        fn taking_away_what_was_added_gives_the_start(a in -MINOR_MAX / 2..MINOR_MAX / 2, b in -MINOR_MAX / 2..MINOR_MAX / 2) {
            let (a, b) = (Money::new(a, Currency::USD), Money::new(b, Currency::USD));
            prop_assert_eq!(a.plus(b).and_then(|sum| sum.minus(b)), Ok(a));
        }
    }
}
