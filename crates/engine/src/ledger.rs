use errand_types::{Currency, Money, MoneyError, PurchaseId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// What was spent and what is reserved. Reserved before a charge, so that purchases side by side cannot pass a limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    spends: Vec<Spend>,
}

/// One amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// For which purchase.
    pub purchase: PurchaseId,
    /// How much.
    pub amount: Money,
    /// When it was reserved; this decides day and month.
    pub at: Timestamp,
    /// Where it stands.
    pub state: SpendState,
}

/// Where an amount stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendState {
    /// A charge may be under way, or its outcome is unknown: it counts.
    Reserved,
    /// Charged: it counts.
    Charged,
    /// Not charged, or given back: it does not count.
    Released,
}

impl Ledger {
    /// Applies one entry: a new purchase is added, a known one changes its state and amount.
    pub fn apply(&mut self, spend: Spend) {
        match self
            .spends
            .iter_mut()
            .find(|s| s.purchase == spend.purchase)
        {
            Some(old) => {
                old.state = spend.state;
                old.amount = spend.amount;
            }
            None => self.spends.push(spend),
        }
    }

    /// The entry of a purchase.
    pub fn of(&self, purchase: &PurchaseId) -> Option<&Spend> {
        self.spends.iter().find(|s| s.purchase == *purchase)
    }

    /// What counts on the local day of `now`.
    pub fn day(
        &self,
        currency: Currency,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Money, MoneyError> {
        let today = now.to_zoned(zone.clone()).date();
        self.sum(currency, |at| at.to_zoned(zone.clone()).date() == today)
    }

    /// What counts in the local calendar month of `now`.
    pub fn month(
        &self,
        currency: Currency,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Money, MoneyError> {
        let first = now.to_zoned(zone.clone()).date().first_of_month();
        self.sum(currency, |at| {
            at.to_zoned(zone.clone()).date().first_of_month() == first
        })
    }

    fn sum(
        &self,
        currency: Currency,
        within: impl Fn(Timestamp) -> bool,
    ) -> Result<Money, MoneyError> {
        let counting = self
            .spends
            .iter()
            .filter(|s| s.state != SpendState::Released && within(s.at))
            .filter(|s| s.amount.currency() == currency)
            .map(|s| s.amount);
        Money::sum(currency, counting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend(name: &str, minor: i64, at: &str, state: SpendState) -> Spend {
        Spend {
            purchase: PurchaseId::from_tail(name).unwrap(),
            amount: Money::new(minor, Currency::USD),
            at: at.parse().unwrap(),
            state,
        }
    }

    #[test]
    fn what_is_reserved_counts_and_what_was_released_does_not() {
        let mut ledger = Ledger::default();
        ledger.apply(spend(
            "a",
            1000,
            "2026-11-20T10:00:00Z",
            SpendState::Reserved,
        ));
        ledger.apply(spend("b", 500, "2026-11-20T11:00:00Z", SpendState::Charged));
        ledger.apply(spend(
            "a",
            1000,
            "2026-11-20T10:00:00Z",
            SpendState::Released,
        ));

        let now = "2026-11-20T12:00:00Z".parse().unwrap();

        assert_eq!(
            ledger.day(Currency::USD, now, &TimeZone::UTC),
            Ok(Money::new(500, Currency::USD))
        );
    }

    #[test]
    fn the_day_is_the_persons_day_and_not_that_of_utc() {
        let mut ledger = Ledger::default();
        ledger.apply(spend(
            "a",
            1000,
            "2026-11-21T03:00:00Z",
            SpendState::Charged,
        ));
        let zone = TimeZone::get("America/New_York").unwrap();

        let evening = "2026-11-21T04:30:00Z".parse().unwrap();
        let next_day = "2026-11-21T06:00:00Z".parse().unwrap();

        assert_eq!(
            ledger.day(Currency::USD, evening, &zone),
            Ok(Money::new(1000, Currency::USD))
        );
        assert_eq!(
            ledger.day(Currency::USD, next_day, &zone),
            Ok(Money::new(0, Currency::USD))
        );
        assert_eq!(
            ledger.month(Currency::USD, next_day, &zone),
            Ok(Money::new(1000, Currency::USD))
        );
    }
}
