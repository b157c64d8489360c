/// A global trade item number whose check digit is right, in its form of fourteen digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

impl Gtin {
    /// Reads a GTIN-8, GTIN-12, GTIN-13 or GTIN-14; spaces and hyphens between the digits are allowed. `None` when the length
    /// or the check digit is wrong, or when there is nothing but zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits: Vec<u64> = Vec::with_capacity(14);
        for c in text.trim().chars() {
            match c.to_digit(10) {
                Some(digit) if digits.len() < 14 => digits.push(u64::from(digit)),
                None if c == ' ' || c == '-' => {}
                Some(_) | None => return None,
            }
        }
        if !matches!(digits.len(), 8 | 12 | 13 | 14) || digits.iter().all(|d| *d == 0) {
            return None;
        }
        // From the right, the check digit itself first: weights 1, 3, 1, 3 and so on.
        let sum: u64 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(at, digit)| {
                if at.is_multiple_of(2) {
                    *digit
                } else {
                    digit.saturating_mul(3)
                }
            })
            .sum();
        let value = digits.iter().fold(0_u64, |value, digit| {
            value.saturating_mul(10).saturating_add(*digit)
        });
        sum.is_multiple_of(10).then_some(Self(value))
    }

    /// Whether it lies in a range that shops and companies give out for themselves (GS1 prefixes 02, 04 and 20 to 29, and
    /// short numbers that begin with 0 or 2): such a number means something else in another shop.
    pub fn is_restricted(self) -> bool {
        if self.0 < 100_000_000 {
            return matches!(self.0 / 10_000_000, 0 | 2);
        }
        // The first two digits of the thirteen.
        matches!((self.0 / 100_000_000_000) % 100, 2 | 4 | 20..=29)
    }
}
