use errand_types::{Currency, Money, MoneyError, PurchaseId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
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
    /// It was approved by voice alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spoken: bool,
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
                old.spoken = spend.spoken;
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

    /// What counts of that which was approved by voice in the 24 hours before `now`. A clock set back forgives nothing.
    pub fn spoken(&self, currency: Currency, now: Timestamp) -> Result<Money, MoneyError> {
        let window = SignedDuration::from_hours(24);
        self.sum_of(currency, |s| s.spoken && now.duration_since(s.at) < window)
    }

    fn sum(
        &self,
        currency: Currency,
        within: impl Fn(Timestamp) -> bool,
    ) -> Result<Money, MoneyError> {
        self.sum_of(currency, |s| within(s.at))
    }

    fn sum_of(
        &self,
        currency: Currency,
        counts: impl Fn(&Spend) -> bool,
    ) -> Result<Money, MoneyError> {
        let counting = self
            .spends
            .iter()
            .filter(|s| s.state != SpendState::Released && counts(s))
            .filter(|s| s.amount.currency() == currency)
            .map(|s| s.amount);
        Money::sum(currency, counting)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spend(name: &str, minor: i64, at: &str, state: SpendState) -> Spend {
        Spend {
            purchase: PurchaseId::from_tail(name).unwrap(),
            amount: Money::new(minor, Currency::USD),
            at: at.parse().unwrap(),
            state,
            spoken: false,
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
    fn what_was_approved_by_voice_counts_for_24_hours_and_across_midnight() {
        let mut ledger = Ledger::default();
        let spoken = |name, minor, at, state| Spend {
            spoken: true,
            ..spend(name, minor, at, state)
        };
        ledger.apply(spoken(
            "a",
            900,
            "2026-11-20T23:50:00Z",
            SpendState::Charged,
        ));
        ledger.apply(spoken(
            "b",
            700,
            "2026-11-21T00:10:00Z",
            SpendState::Reserved,
        ));
        ledger.apply(spoken(
            "c",
            500,
            "2026-11-21T00:20:00Z",
            SpendState::Released,
        ));
        ledger.apply(spend("d", 300, "2026-11-21T00:30:00Z", SpendState::Charged));
        let sum = |at: &str| {
            ledger
                .spoken(Currency::USD, at.parse().unwrap())
                .unwrap()
                .minor()
        };

        assert_eq!(sum("2026-11-21T01:00:00Z"), 1_600);
        assert_eq!(sum("2026-11-21T23:49:59Z"), 1_600);
        assert_eq!(sum("2026-11-21T23:50:00Z"), 700);
        assert_eq!(
            sum("2026-11-20T00:00:00Z"),
            1_600,
            "a clock set back forgives nothing"
        );
    }

    proptest! {
        /// P2 for speech: whatever is bought in whatever parts, and whatever becomes of it, no 24 hours hold more than the cap.
        #[test]
        fn however_purchases_by_voice_are_split_no_24_hours_hold_more_than_the_cap(
            acts in prop::collection::vec((0..90_000_i64, 1..3_000_i64, 0..3_u8), 1..40),
        ) {
            let cap = Money::new(4_000, Currency::USD);
            let mut now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
            let mut ledger = Ledger::default();
            for (at, (wait, minor, fate)) in acts.into_iter().enumerate() {
                now = now.checked_add(SignedDuration::from_secs(wait)).unwrap();
                let amount = Money::new(minor, Currency::USD);
                // What the gate's fact says: what counts already and this one, held against the cap.
                let sum = ledger.spoken(Currency::USD, now).unwrap().plus(amount).unwrap();
                if sum.exceeds(cap).unwrap() {
                    continue;
                }
                let purchase = PurchaseId::from_tail(&format!("p{at}")).unwrap();
                let reserved = Spend { purchase, amount, at: now, state: SpendState::Reserved, spoken: true };
                ledger.apply(reserved.clone());
                let state = match fate {
                    0 => SpendState::Reserved,
                    1 => SpendState::Charged,
                    _ => SpendState::Released,
                };
                ledger.apply(Spend { state, ..reserved });
            }
            for spend in &ledger.spends {
                let window = ledger.spends.iter().filter(|s| {
                    let age = spend.at.duration_since(s.at);
                    s.state != SpendState::Released && !age.is_negative() && age < SignedDuration::from_hours(24)
                });
                let sum = Money::sum(Currency::USD, window.map(|s| s.amount)).unwrap();
                prop_assert!(!sum.exceeds(cap).unwrap(), "{sum}");
            }
        }
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
