//! How a language writes amounts, lists, numbers and time.

use std::sync::LazyLock;

use errand_types::{Language, Money, Window};
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::SentencesError;
use crate::template::{Slot, Template};

/// One language's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    decimal: String,
    money_sign: String,
    money_code: String,
    and: String,
    or: String,
    small_headings: bool,
    quote: [String; 2],
    numbers: [String; 11],
    weekdays: [String; 7],
    months_short: [String; 12],
    months: [String; 12],
    date: String,
    day: String,
    hours: String,
    days: String,
    moment: String,
}

#[derive(Debug)]
struct Forms {
    file: File,
    money_sign: Template,
    money_code: Template,
    date: Template,
    day: Template,
    hours: Template,
    days: Template,
    moment: Template,
}

static ENGLISH: LazyLock<Result<Forms, SentencesError>> =
    LazyLock::new(|| read("en/forms.toml", include_str!("../lang/en/forms.toml")));
static GERMAN: LazyLock<Result<Forms, SentencesError>> =
    LazyLock::new(|| read("de/forms.toml", include_str!("../lang/de/forms.toml")));

fn of(language: Language) -> &'static Result<Forms, SentencesError> {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

fn forms(language: Language) -> Option<&'static Forms> {
    of(language).as_ref().ok()
}

fn read(file: &str, text: &str) -> Result<Forms, SentencesError> {
    let parsed: File = toml::from_str(text).map_err(|e| SentencesError::Unreadable {
        file: file.to_owned(),
        cause: e.to_string(),
    })?;
    let template = |key: &str, text: &str, slots: &[&str]| {
        Template::read(text, slots).map_err(|slot| SentencesError::Unfit {
            file: file.to_owned(),
            key: key.to_owned(),
            cause: format!("nobody fills {{{slot}}}"),
        })
    };
    Ok(Forms {
        money_sign: template("money_sign", &parsed.money_sign, &["amount", "sign"])?,
        money_code: template("money_code", &parsed.money_code, &["amount", "code"])?,
        date: template("date", &parsed.date, &["weekday", "day", "month"])?,
        day: template("day", &parsed.day, &["day", "month"])?,
        hours: template("hours", &parsed.hours, &["date", "from", "to"])?,
        days: template("days", &parsed.days, &["from", "to"])?,
        moment: template("moment", &parsed.moment, &["date", "clock"])?,
        file: parsed,
    })
}

/// That the forms and the purposes of every language can be used.
///
/// # Errors
///
/// [`SentencesError`] names the file.
pub fn check() -> Result<(), SentencesError> {
    for language in Language::ALL {
        if let Err(error) = of(language) {
            return Err(error.clone());
        }
    }
    crate::purposes::check()
}

/// `$12.50`; `12,50 $`.
pub fn money(language: Language, money: Money) -> String {
    let Some(forms) = forms(language) else {
        return money.to_string();
    };
    let decimal = money.decimal();
    let (minus, digits) = decimal
        .strip_prefix('−')
        .map_or(("", decimal.as_str()), |rest| ("−", rest));
    let amount = digits.replace('.', &forms.file.decimal);
    let code = money.currency().code();
    let sign = match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => {
            return format!(
                "{minus}{}",
                forms.money_code.fill(language, &[&amount, &code])
            );
        }
    };
    format!(
        "{minus}{}",
        forms.money_sign.fill(language, &[&amount, &sign])
    )
}

/// Hundredths with one decimal, cut and not rounded: `4.5`; `4,5`.
pub fn one_decimal(language: Language, hundredths: u64) -> String {
    let point = forms(language).map_or(".", |f| f.file.decimal.as_str());
    format!("{}{point}{}", hundredths / 100, hundredths % 100 / 10)
}

fn joined(items: &[String], last_by: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{}{last_by}{last}", rest.join(", ")),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(language: Language, items: &[String]) -> String {
    joined(items, forms(language).map_or(", ", |f| f.file.and.as_str()))
}

/// `a, b or c`.
pub fn list_or(language: Language, items: &[String]) -> String {
    joined(items, forms(language).map_or(", ", |f| f.file.or.as_str()))
}

/// In the quotation marks of the language.
pub fn quoted(language: Language, text: &str) -> String {
    match forms(language).map(|f| &f.file.quote) {
        Some([open, close]) => format!("{open}{text}{close}"),
        None => text.to_owned(),
    }
}

/// A small number as a word, from `no` to `ten`; a larger one in digits.
pub fn count_word(language: Language, n: u32) -> String {
    forms(language)
        .and_then(|f| f.file.numbers.get(usize::try_from(n).ok()?))
        .map_or_else(|| n.to_string(), Clone::clone)
}

fn nth(list: &[String], at: i8) -> &str {
    usize::try_from(at)
        .ok()
        .and_then(|at| list.get(at))
        .map_or("", String::as_str)
}

/// `Sat 28 Nov`; `Sa., 28. Nov.`
pub fn date(language: Language, date: Date) -> String {
    forms(language).map_or_else(String::new, |f| {
        let slots: [&dyn Slot; 3] = [
            &nth(&f.file.weekdays, date.weekday().to_monday_zero_offset()),
            &i64::from(date.day()),
            &nth(&f.file.months_short, date.month() - 1),
        ];
        f.date.fill(language, &slots)
    })
}

/// A day as it is remembered: `3 May`; `3. Mai`.
pub fn day(language: Language, date: Date) -> String {
    forms(language).map_or_else(String::new, |f| {
        let month = month(language, date);
        f.day.fill(language, &[&i64::from(date.day()), &month])
    })
}

/// The month's name.
pub fn month(language: Language, date: Date) -> String {
    forms(language).map_or_else(String::new, |f| {
        nth(&f.file.months, date.month() - 1).to_owned()
    })
}

/// `8`, `8:30`.
pub fn clock(at: &Zoned) -> String {
    if at.minute() == 0 {
        at.hour().to_string()
    } else {
        at.strftime("%-H:%M").to_string()
    }
}

/// A day and a time of it: `Sat 28 Nov, 8:00`; `Sa., 28. Nov., 8:00 Uhr`.
pub fn moment(language: Language, at: &Zoned) -> String {
    forms(language).map_or_else(String::new, |f| {
        let clock = at.strftime("%-H:%M").to_string();
        f.moment
            .fill(language, &[&date(language, at.date()), &clock])
    })
}

/// `Sat 28 Nov, 8 to 10`; `Sa., 28. Nov., 8–10 Uhr`; a whole day or several without hours.
pub fn window(language: Language, window: &Window, zone: &TimeZone) -> String {
    let Some(forms) = forms(language) else {
        return String::new();
    };
    let start = window.start.to_zoned(zone.clone());
    let end = window.end.to_zoned(zone.clone());
    let day = date(language, start.date());
    if start.date() == end.date() {
        let (from, to) = (clock(&start), clock(&end));
        forms.hours.fill(language, &[&day, &from, &to])
    } else if window.end.duration_since(window.start).as_hours() <= 24
        && end.hour() == 0
        && end.minute() == 0
    {
        day
    } else {
        let last = date(language, end.date());
        forms.days.fill(language, &[&day, &last])
    }
}

/// A heading in the middle of a line: `price`; German nouns keep their capital: `Preis`.
pub fn heading_inside(language: Language, heading: &str) -> String {
    if forms(language).is_some_and(|f| f.file.small_headings) {
        heading.to_lowercase()
    } else {
        heading.to_owned()
    }
}

/// With a capital at its beginning.
pub fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// A sentence in the middle of another one.
pub fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use errand_types::Currency;

    use super::*;

    const DE: Language = Language::German;
    const EN: Language = Language::English;

    #[test]
    fn the_forms_of_every_language_can_be_used() {
        check().unwrap();
    }

    #[test]
    fn english_writes_amounts_as_they_write_themselves() {
        for (minor, code) in [
            (1_250, "USD"),
            (-300, "EUR"),
            (5, "GBP"),
            (1_200, "JPY"),
            (1_200, "KWD"),
        ] {
            let amount = Money::new(minor, Currency::parse(code).unwrap());
            assert_eq!(money(EN, amount), amount.to_string());
        }
    }

    #[test]
    fn german_writes_amounts_with_a_comma_and_the_sign_behind() {
        assert_eq!(money(DE, Money::new(1_250, Currency::USD)), "12,50 $");
        assert_eq!(money(DE, Money::new(-300, Currency::USD)), "−3,00 $");
        let dinar = Currency::parse("KWD").unwrap();
        assert_eq!(money(DE, Money::new(1_200, dinar)), "1,200 KWD");
        assert_eq!(one_decimal(DE, 456), "4,5");
    }

    #[test]
    fn lists_and_days_are_written_as_each_language_does() {
        let abc = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(list(EN, &abc), "a, b and c");
        assert_eq!(list(DE, &abc), "a, b und c");
        assert_eq!(heading_inside(EN, "Price"), "price");
        assert_eq!(heading_inside(DE, "Preis"), "Preis");
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = |start: &str, end: &str| Window {
            start: start.parse().unwrap(),
            end: end.parse().unwrap(),
        };
        let morning = at("2026-12-05T08:00:00Z", "2026-12-05T11:30:00Z");
        assert_eq!(window(EN, &morning, &zone), "Sat 5 Dec, 9 to 12:30");
        assert_eq!(window(DE, &morning, &zone), "Sa., 5. Dez., 9–12:30 Uhr");
        let days = at("2026-12-04T23:00:00Z", "2026-12-07T23:00:00Z");
        assert_eq!(window(DE, &days, &zone), "Sa., 5. Dez. bis Di., 8. Dez.");
    }
}
