//! Numbers in digits and words, and amounts of money. Integers only: thousandths of one.

use errand_types::{Currency, Money};

use crate::lang::Lang;
use crate::text::{Heard, Kind};

/// Numbers beyond this are no numbers that somebody shops with.
const WHOLE_MAX: i64 = 1_000_000_000;

/// A number at a token: end and thousandths.
pub(crate) fn number_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, i64)> {
    let token = heard.tokens.get(at)?;
    match token.kind {
        Kind::Number => digits(&token.text).map(|milli| (at + 1, milli)),
        Kind::Word => words_at(lang, heard, at),
        Kind::Nth | Kind::Clock | Kind::Sign => None,
    }
}

/// A whole number at a token.
pub(crate) fn whole_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, i64)> {
    let (end, milli) = number_at(lang, heard, at)?;
    (milli % 1000 == 0).then_some((end, milli / 1000))
}

/// `15`, `1,299`, `1,299.00`, `12.5`, `12,50`: English reading, a comma before two digits at the end is a decimal one.
fn digits(text: &str) -> Option<i64> {
    let (whole, fraction) = match text.rsplit_once(['.', ',']) {
        None => (text.to_owned(), ""),
        Some((left, right)) => {
            let is_comma = text.as_bytes().get(left.len()) == Some(&b',');
            let groups = is_comma && right.len() == 3;
            if !is_comma && left.contains('.') {
                return None;
            }
            if groups {
                (text.replace(',', ""), "")
            } else {
                (left.replace([',', '.'], ""), right)
            }
        }
    };
    if whole.contains('.') || whole.len() > 12 || fraction.len() > 3 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = if fraction.is_empty() {
        0
    } else {
        format!("{fraction:0<3}").parse().ok()?
    };
    (whole <= WHOLE_MAX).then(|| whole * 1000 + part)
}

fn words_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, i64)> {
    if let Some((end, value)) = lang
        .number_phrases
        .at(at, heard.tokens.len(), |i| heard.word(i))
    {
        return Some((end, value * 1000));
    }
    let (mut end, mut total, mut group, mut any) = (at, 0_i64, 0_i64, false);
    // The last piece decides what may follow: after a ten a unit, after a scale anything smaller.
    let mut room = WHOLE_MAX;
    loop {
        let word = heard.word(end);
        if let Some(&unit) = lang
            .units
            .get(word)
            .filter(|u| **u < room && (**u > 0 || !any))
        {
            group += unit;
            room = 1;
        } else if let Some(&ten) = lang.tens.get(word).filter(|t| **t < room) {
            group += ten;
            room = 10;
        } else if let Some(&scale) = lang.scales.get(word).filter(|_| any) {
            if scale == 100 {
                group = group.max(1) * 100;
                room = 100;
            } else {
                total += group.max(1) * scale;
                group = 0;
                room = scale;
            }
        } else if word == "and" && any && room == 100 && is_small(lang, heard.word(end + 1)) {
            end += 1;
            continue;
        } else {
            break;
        }
        any = true;
        end += 1;
        if total + group > WHOLE_MAX || end - at > 12 {
            return None;
        }
    }
    // "two dozen".
    if any && total == 0 && lang.dozen_words.contains(heard.word(end)) {
        return Some((end + 1, group * 12_000));
    }
    any.then_some((end, (total + group) * 1000))
}

fn is_small(lang: &Lang, word: &str) -> bool {
    lang.units.contains_key(word) || lang.tens.contains_key(word)
}

/// A rank at a token: `second`, `2nd`.
pub(crate) fn rank_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, u32)> {
    let token = heard.tokens.get(at)?;
    match token.kind {
        Kind::Nth => token.text.parse().ok().map(|n| (at + 1, n)),
        Kind::Word => lang.ordinals.get(token.text.as_str()).map(|n| (at + 1, *n)),
        Kind::Number | Kind::Clock | Kind::Sign => None,
    }
}

/// An amount as said: thousandths of a currency that may still be ambiguous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) milli: i64,
    /// ISO code, `dollar`, `pound`, or nothing said.
    pub(crate) currency: Option<String>,
}

/// Why an amount is no money yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// Dollars, but the person's currency is none: which?
    WhichDollars,
    /// Not an amount of that currency: `12.345 USD`, or out of range.
    NoAmount,
}

impl Amount {
    /// The amount in a currency; `home` stands in where the words do not say.
    pub(crate) fn money(&self, lang: &Lang, home: Currency) -> Result<Money, Unclear> {
        let currency = match self.currency.as_deref() {
            None => home,
            Some("dollar") if lang.dollars.iter().any(|code| code == home.code()) => home,
            Some("dollar") => return Err(Unclear::WhichDollars),
            Some("pound") => Currency::GBP,
            Some(code) => Currency::parse(code).map_err(|_| Unclear::NoAmount)?,
        };
        let unit = 10_i64
            .checked_pow(currency.exponent())
            .ok_or(Unclear::NoAmount)?;
        let scaled = self.milli.checked_mul(unit).ok_or(Unclear::NoAmount)?;
        if scaled % 1000 != 0 {
            return Err(Unclear::NoAmount);
        }
        Money::checked(scaled / 1000, currency).map_err(|_| Unclear::NoAmount)
    }
}

/// An amount with its currency at a token: `$15`, `15 dollars`, `USD 15`, `20 euros`, `50 cents`. `pounds` alone may
/// be a weight; the caller says whether money is expected here.
pub(crate) fn amount_at(
    lang: &Lang,
    heard: &Heard,
    at: usize,
    expects_money: bool,
) -> Option<(usize, Amount)> {
    if let Some(currency) = lang.currency.get(heard.word(at)) {
        let can_lead =
            heard.tokens.get(at).is_some_and(|t| t.kind == Kind::Sign) || currency.len() == 3;
        // "US $15" and "$15 CAD" keep the more exact of the two.
        if can_lead && let Some((end, milli)) = number_at(lang, heard, at + 1) {
            let (end, currency) = match lang.currency.get(heard.word(end)) {
                Some(after) if after.len() == 3 => (end + 1, after),
                _ => (end, currency),
            };
            return Some((
                end,
                Amount {
                    milli,
                    currency: Some(currency.clone()),
                },
            ));
        }
        return None;
    }
    let country = match heard.word(at) {
        "us" => Some("USD"),
        "ca" | "canadian" => Some("CAD"),
        "au" | "australian" => Some("AUD"),
        _ => None,
    };
    if let Some(code) = country
        && heard.word(at + 1) == "$"
        && let Some((end, milli)) = number_at(lang, heard, at + 2)
    {
        return Some((
            end,
            Amount {
                milli,
                currency: Some(code.to_owned()),
            },
        ));
    }
    let (end, milli) = number_at(lang, heard, at)?;
    let exact = match (heard.word(end), heard.word(end + 1)) {
        ("us" | "american", "dollar" | "dollars" | "$") => Some("USD"),
        ("canadian", "dollar" | "dollars" | "$") => Some("CAD"),
        ("australian", "dollar" | "dollars" | "$") => Some("AUD"),
        _ => None,
    };
    if let Some(code) = exact {
        return Some((
            end + 2,
            Amount {
                milli,
                currency: Some(code.to_owned()),
            },
        ));
    }
    let currency = lang.currency.get(heard.word(end))?;
    match currency.as_str() {
        "cent" => {
            // Cents of whatever the home currency is: a hundredth.
            let milli = (milli % 100 == 0).then_some(milli / 100)?;
            Some((
                end + 1,
                Amount {
                    milli,
                    currency: None,
                },
            ))
        }
        "pound" if !expects_money || heard.word(end + 1) == "of" => None,
        _ => {
            // "15 dollars 50", "15 dollars and 50 cents".
            let mut result = (end + 1, milli);
            let mut next = end + 1;
            if heard.word(next) == "and" {
                next += 1;
            }
            if let Some((after, cents)) = whole_at(lang, heard, next)
                && (1..100).contains(&cents)
                && lang
                    .currency
                    .get(heard.word(after))
                    .is_some_and(|c| c == "cent")
            {
                result = (after + 1, milli + cents * 10);
            }
            Some((
                result.0,
                Amount {
                    milli: result.1,
                    currency: Some(currency.clone()),
                },
            ))
        }
    }
}

/// A bare number where money is expected, with "twelve ninety-nine" read as 12.99.
pub(crate) fn bare_amount_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, Amount)> {
    let (end, milli) = number_at(lang, heard, at)?;
    let is_word = heard.tokens.get(at).is_some_and(|t| t.kind == Kind::Word);
    if is_word
        && milli < 100_000
        && lang.tens.contains_key(heard.word(end))
        && let Some((after, cents)) = whole_at(lang, heard, end)
        && cents < 100
    {
        return Some((
            after,
            Amount {
                milli: milli + cents * 10,
                currency: None,
            },
        ));
    }
    Some((
        end,
        Amount {
            milli,
            currency: None,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<i64> {
        let lang = Lang::read(errand_types::Language::English).unwrap();
        let heard = Heard::new(text, &lang.short);
        number_at(&lang, &heard, 0)
            .filter(|(end, _)| *end == heard.tokens.len())
            .map(|(_, milli)| milli)
    }

    #[test]
    fn numbers_read_alike_in_digits_and_words() {
        for (text, milli) in [
            ("15", 15_000),
            ("fifteen", 15_000),
            ("twenty-five", 25_000),
            ("a hundred", 100_000),
            ("one hundred and forty", 140_000),
            ("two thousand three hundred and five", 2_305_000),
            ("1,299.00", 1_299_000),
            ("1,299", 1_299_000),
            ("12.5", 12_500),
            ("12,50", 12_500),
            ("half a dozen", 6_000),
            ("two dozen", 24_000),
            ("a couple of", 2_000),
        ] {
            assert_eq!(number(text), Some(milli), "{text}");
        }
        for text in ["twenty thirty", "hundred", "1.2.3", "99999999999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn dollars_are_the_persons_own_or_else_asked_about() {
        let lang = Lang::read(errand_types::Language::English).unwrap();
        let heard = Heard::new("15 dollars", &lang.short);
        let (_, amount) = amount_at(&lang, &heard, 0, true).unwrap();

        assert_eq!(
            amount.money(&lang, Currency::USD),
            Ok(Money::new(1500, Currency::USD))
        );
        let cad = Currency::parse("CAD").unwrap();
        assert_eq!(amount.money(&lang, cad), Ok(Money::new(1500, cad)));
        assert_eq!(
            amount.money(&lang, Currency::EUR),
            Err(Unclear::WhichDollars)
        );
    }

    #[test]
    fn pounds_of_flour_are_a_weight_and_pounds_after_under_are_money() {
        let lang = Lang::read(errand_types::Language::English).unwrap();
        let heard = Heard::new("10 pounds of flour", &lang.short);
        assert_eq!(amount_at(&lang, &heard, 0, true), None);
        let heard = Heard::new("10 pounds", &lang.short);
        assert!(amount_at(&lang, &heard, 0, true).is_some());
        assert!(amount_at(&lang, &heard, 0, false).is_none());
    }
}
