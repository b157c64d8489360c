//! Delivery wishes: spans of time in a sentence, and what they mean for somebody at a moment in a zone.

mod read;

use errand_types::{Language, Text, Wish};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

pub(crate) use read::time_at;

/// A day as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Days from today.
    In(i32),
    Weekday(i8),
    NextWeekday(i8),
    Weekend,
    NextWeekend,
    NextWeek,
    ThisWeek,
    OfMonth(i8),
    Date {
        month: i8,
        day: i8,
    },
    EndOfMonth,
}

/// How a time bounds the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Bound {
    #[default]
    Within,
    /// That day or hour included.
    By,
    /// That day or hour not included.
    Before,
    After,
    NotBefore,
}

/// Minutes of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hours {
    pub(crate) from: u16,
    pub(crate) until: u16,
}

/// A time as said, before it is known when it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct When {
    pub(crate) day: Option<Day>,
    pub(crate) day_bound: Bound,
    pub(crate) hours: Option<Hours>,
    pub(crate) hours_bound: Bound,
    /// Elapsed hours: `within 3 hours`.
    pub(crate) hours_from_now: Option<i64>,
}

const DAY_MINUTES: u16 = 1440;

/// The person's zone; UTC when the name is not known.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Why a time is no wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// It lies behind.
    Over,
    /// No such day: 31 February.
    NoSuchDay,
}

impl When {
    /// What it means for somebody at this moment in this zone.
    pub(crate) fn resolve(
        &self,
        said: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Wish, Past> {
        let here = now.to_zoned(zone.clone());
        let said = Text::clip(said);
        if let Some(hours) = self.hours_from_now {
            let latest = now
                .checked_add(Span::new().hours(hours))
                .map_err(|_| Past::NoSuchDay)?;
            return Ok(Wish {
                earliest: None,
                latest,
                said,
            });
        }
        let (mut first, mut last) = self.days(&here)?;
        if self.day.is_none() && !self.ends_after(first, &here)? {
            first = plus(first, 1)?;
            last = plus(last, 1)?;
        }
        let midnight = |date: Date| start_of(date, zone);
        let (earliest, latest) = match self.hours {
            None => match self.day_bound {
                Bound::Within => (Some(midnight(first)?), midnight(plus(last, 1)?)?),
                Bound::By => (None, midnight(plus(last, 1)?)?),
                Bound::Before => (None, midnight(first)?),
                Bound::After => (Some(midnight(plus(last, 1)?)?), midnight(plus(last, 8)?)?),
                Bound::NotBefore => (Some(midnight(first)?), midnight(plus(last, 8)?)?),
            },
            Some(Hours { from, until }) => {
                let at = |date: Date, minute: u16| moment(date, minute, zone);
                let is_moment = from == until;
                match self.hours_bound {
                    // "at 5": an hour long, so that a window can meet it.
                    Bound::Within if is_moment => {
                        let start = at(first, from)?;
                        let hour = Span::new().hours(1);
                        (
                            Some(start),
                            start.checked_add(hour).map_err(|_| Past::NoSuchDay)?,
                        )
                    }
                    Bound::Within => (Some(at(first, from)?), at(last, until)?),
                    Bound::By => (self.same_day(first, zone)?, at(last, until)?),
                    Bound::Before => (self.same_day(first, zone)?, at(last, from)?),
                    Bound::After => (Some(at(first, until)?), midnight(plus(last, 1)?)?),
                    Bound::NotBefore => (Some(at(first, from)?), midnight(plus(last, 1)?)?),
                }
            }
        };
        if latest <= now {
            return Err(Past::Over);
        }
        Ok(Wish {
            earliest: earliest.filter(|e| *e < latest),
            latest,
            said,
        })
    }

    /// "Before noon on Monday" is Monday and not Sunday; "by 6 pm" alone has no first moment.
    fn same_day(&self, first: Date, zone: &TimeZone) -> Result<Option<Timestamp>, Past> {
        match self.day {
            Some(_) => start_of(first, zone).map(Some),
            None => Ok(None),
        }
    }

    fn ends_after(&self, date: Date, here: &Zoned) -> Result<bool, Past> {
        let Some(Hours { from, until }) = self.hours else {
            return Ok(true);
        };
        let end = match self.hours_bound {
            Bound::After | Bound::NotBefore => return Ok(true),
            Bound::Before => from,
            Bound::Within if from == until => (from + 60).min(DAY_MINUTES),
            Bound::Within | Bound::By => until,
        };
        Ok(moment(date, end, here.time_zone())? > here.timestamp())
    }

    /// First and last day.
    fn days(&self, here: &Zoned) -> Result<(Date, Date), Past> {
        let today = here.date();
        let Some(day) = self.day else {
            return Ok((today, today));
        };
        let one = |date: Date| Ok((date, date));
        match day {
            Day::In(n) => one(plus(today, n)?),
            Day::Weekday(n) => {
                let ahead = (i32::from(n) - i32::from(today.weekday().to_monday_one_offset()))
                    .rem_euclid(7);
                let ahead = if ahead == 0 && self.is_too_late_today(here)? {
                    7
                } else {
                    ahead
                };
                one(plus(today, ahead)?)
            }
            Day::NextWeekday(n) => one(plus(monday(today)?, 6 + i32::from(n))?),
            Day::Weekend => {
                let saturday = plus(monday(today)?, 5)?;
                Ok((saturday.max(today), plus(saturday, 1)?))
            }
            Day::NextWeekend => {
                let saturday = plus(monday(today)?, 12)?;
                Ok((saturday, plus(saturday, 1)?))
            }
            Day::NextWeek => {
                let start = plus(monday(today)?, 7)?;
                Ok((start, plus(start, 6)?))
            }
            Day::ThisWeek => {
                let sunday = plus(monday(today)?, 6)?;
                // On a Sunday nobody means the day that is left: the week that begins is meant.
                let is_over = sunday == today;
                Ok((today, if is_over { plus(today, 7)? } else { sunday }))
            }
            Day::EndOfMonth => one(today.last_of_month()),
            Day::OfMonth(n) => {
                // The next month that has such a day, this one while the day is not over.
                let mut month = today.first_of_month();
                for _ in 0..12 {
                    if let Ok(date) = Date::new(month.year(), month.month(), n)
                        && date >= today
                    {
                        return one(date);
                    }
                    month = month
                        .last_of_month()
                        .tomorrow()
                        .map_err(|_| Past::NoSuchDay)?;
                }
                Err(Past::NoSuchDay)
            }
            Day::Date { month, day } => (0..5)
                .filter_map(|years| Date::new(today.year().saturating_add(years), month, day).ok())
                .find(|date| *date >= today)
                .map(|date| (date, date))
                .ok_or(Past::NoSuchDay),
        }
    }

    /// The weekday of today means next week once its window has begun or begins within twelve hours.
    fn is_too_late_today(&self, here: &Zoned) -> Result<bool, Past> {
        let start = match self.hours {
            Some(hours) => moment(here.date(), hours.from, here.time_zone())?,
            None => start_of(here.date(), here.time_zone())?,
        };
        Ok(start.as_second() - here.timestamp().as_second() < 12 * 3600)
    }
}

fn plus(date: Date, days: i32) -> Result<Date, Past> {
    date.checked_add(Span::new().days(days))
        .map_err(|_| Past::NoSuchDay)
}

fn monday(date: Date) -> Result<Date, Past> {
    let behind = i32::from(date.weekday().to_monday_zero_offset());
    debug_assert!(Weekday::Monday.to_monday_zero_offset() == 0);
    plus(date, -behind)
}

fn start_of(date: Date, zone: &TimeZone) -> Result<Timestamp, Past> {
    date.to_zoned(zone.clone())
        .map(|z| z.timestamp())
        .map_err(|_| Past::NoSuchDay)
}

/// A wall-clock minute of a day; one that a clock change leaves out moves on by the change.
fn moment(date: Date, minute: u16, zone: &TimeZone) -> Result<Timestamp, Past> {
    if minute >= DAY_MINUTES {
        return start_of(plus(date, 1)?, zone);
    }
    let hour = i8::try_from(minute / 60).map_err(|_| Past::NoSuchDay)?;
    let rest = i8::try_from(minute % 60).map_err(|_| Past::NoSuchDay)?;
    date.at(hour, rest, 0, 0)
        .to_zoned(zone.clone())
        .map(|z| z.timestamp())
        .map_err(|_| Past::NoSuchDay)
}

/// The words of a wish in few words.
struct Brief {
    by: &'static str,
    before: &'static str,
    after: &'static str,
    to: &'static str,
    day: fn(Date) -> String,
}

const ENGLISH: Brief = Brief {
    by: "by",
    before: "before",
    after: "after",
    to: "to",
    day: |date| date.strftime("%a %-d %b").to_string(),
};

const GERMAN: Brief = Brief {
    by: "bis",
    before: "vor",
    after: "nach",
    to: "bis",
    day: german_day,
};

fn german_day(date: Date) -> String {
    const DAYS: [&str; 7] = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"];
    const MONTHS: [&str; 12] = [
        "Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ];
    let pick = |list: &[&'static str], at: i8| {
        usize::try_from(at)
            .ok()
            .and_then(|at| list.get(at))
            .copied()
            .unwrap_or_default()
    };
    format!(
        "{} {}. {}",
        pick(&DAYS, date.weekday().to_monday_zero_offset()),
        date.day(),
        pick(&MONTHS, date.month() - 1)
    )
}

/// A wish in few words: `Sat 28 Nov before 12:00`, `by Fri 27 Nov`, `Fri 27 Nov 17:00 to 21:00`.
pub(crate) fn brief(language: Language, wish: &Wish, zone: &TimeZone) -> String {
    let Brief {
        by,
        before,
        after,
        to,
        day,
    } = match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
    };
    let latest = wish.latest.to_zoned(zone.clone());
    let last_day = latest
        .checked_sub(Span::new().seconds(1))
        .map_or_else(|_| latest.date(), |z| z.date());
    let is_midnight = latest.hour() == 0 && latest.minute() == 0;
    let clock = |z: &Zoned| z.strftime("%H:%M").to_string();
    let last = day(last_day);
    match wish.earliest.map(|e| e.to_zoned(zone.clone())) {
        None if is_midnight => format!("{by} {last}"),
        None => format!("{by} {last} {}", clock(&latest)),
        Some(from) if from.date() == last_day => {
            let starts_early = from.hour() <= 6 && from.minute() == 0;
            if starts_early && is_midnight {
                last
            } else if starts_early {
                format!("{last} {before} {}", clock(&latest))
            } else if is_midnight {
                format!("{last} {after} {}", clock(&from))
            } else {
                format!("{last} {} {to} {}", clock(&from), clock(&latest))
            }
        }
        Some(from) => format!("{} {to} {last}", day(from.date())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::text::Heard;

    fn resolve(text: &str, now: &str, zone_name: &str) -> String {
        let lang = Lang::read(errand_types::Language::English).unwrap();
        let heard = Heard::new(text, &lang.short);
        let Some((from, end, when)) = time_at(&lang, &heard, 0) else {
            return "no time".into();
        };
        if end != heard.tokens.len() {
            return format!("only `{}`", heard.said(0, end));
        }
        let zone = zone(zone_name);
        let wish = when.resolve(heard.said(from, end), now.parse().unwrap(), &zone);
        match wish {
            Err(past) => format!("{past:?}"),
            Ok(wish) => {
                let at =
                    |t: Timestamp| t.to_zoned(zone.clone()).strftime("%a %d %H:%M").to_string();
                format!(
                    "{} .. {}",
                    wish.earliest.map_or("now".into(), at),
                    at(wish.latest)
                )
            }
        }
    }

    /// Tuesday 24 November 2026, 10:00 in New York.
    fn tuesday(text: &str) -> String {
        resolve(text, "2026-11-24T15:00:00Z", "America/New_York")
    }

    #[test]
    fn days_and_hours_mean_what_people_mean() {
        for (text, wanted) in [
            ("Saturday morning", "Sat 28 06:00 .. Sat 28 12:00"),
            ("on Saturday morning", "Sat 28 06:00 .. Sat 28 12:00"),
            ("by Friday", "now .. Sat 28 00:00"),
            ("before Friday", "now .. Fri 27 00:00"),
            ("this weekend", "Sat 28 00:00 .. Mon 30 00:00"),
            ("tomorrow evening", "Wed 25 17:00 .. Wed 25 21:00"),
            ("before noon on Monday", "Mon 30 00:00 .. Mon 30 12:00"),
            ("Monday before noon", "Mon 30 00:00 .. Mon 30 12:00"),
            ("between 5 and 7 pm", "Tue 24 17:00 .. Tue 24 19:00"),
            ("tomorrow between 5 and 7", "Wed 25 17:00 .. Wed 25 19:00"),
            ("next Saturday", "Sat 05 00:00 .. Sun 06 00:00"),
            ("in 3 days", "Fri 27 00:00 .. Sat 28 00:00"),
            ("within two days", "now .. Fri 27 00:00"),
            ("on the 28th", "Sat 28 00:00 .. Sun 29 00:00"),
            ("the 3rd of December", "Thu 03 00:00 .. Fri 04 00:00"),
            ("December 3", "Thu 03 00:00 .. Fri 04 00:00"),
            ("today", "Tue 24 00:00 .. Wed 25 00:00"),
            ("tonight", "Tue 24 18:00 .. Tue 24 22:00"),
            ("Friday after 5 pm", "Fri 27 17:00 .. Sat 28 00:00"),
            ("by 6 p.m. tomorrow", "Wed 25 00:00 .. Wed 25 18:00"),
            ("Friday by noon", "Fri 27 00:00 .. Fri 27 12:00"),
            ("Friday at 5", "Fri 27 17:00 .. Fri 27 18:00"),
            ("by the weekend", "now .. Mon 30 00:00"),
            ("in the morning", "Tue 24 06:00 .. Tue 24 12:00"),
            ("10 to 2 pm", "Tue 24 10:00 .. Tue 24 14:00"),
            ("Friday at the latest", "now .. Sat 28 00:00"),
            ("next week", "Mon 30 00:00 .. Mon 07 00:00"),
            ("within 3 hours", "now .. Tue 24 13:00"),
            ("not before Thursday", "Thu 26 00:00 .. Fri 04 00:00"),
            ("in a week", "Tue 01 00:00 .. Wed 02 00:00"),
            ("Friday from 9 to 11", "Fri 27 09:00 .. Fri 27 11:00"),
            ("by the end of the month", "now .. Tue 01 00:00"),
        ] {
            assert_eq!(tuesday(text), wanted, "{text}");
        }
    }

    #[test]
    fn todays_weekday_is_today_only_while_its_window_is_well_ahead() {
        let at = |now| resolve("Saturday evening", now, "America/New_York");
        assert_eq!(at("2026-11-28T05:30:00Z"), "Sat 28 17:00 .. Sat 28 21:00");
        assert_eq!(at("2026-11-28T15:00:00Z"), "Sat 05 17:00 .. Sat 05 21:00");
    }

    #[test]
    fn this_week_on_a_sunday_is_the_one_that_begins() {
        let at = |now| resolve("this week", now, "America/New_York");
        assert_eq!(at("2026-11-24T15:00:00Z"), "now .. Mon 30 00:00");
        assert_eq!(at("2026-11-29T15:00:00Z"), "now .. Mon 07 00:00");
    }

    #[test]
    fn a_weekend_over_a_clock_change_keeps_its_wall_clock() {
        let now = "2026-03-25T13:10:00Z";
        assert_eq!(
            resolve("this weekend", now, "Europe/Berlin"),
            "Sat 28 00:00 .. Mon 30 00:00"
        );
        assert_eq!(
            resolve("Sunday at 2:30", now, "Europe/Berlin"),
            "Sun 29 03:30 .. Sun 29 04:30"
        );
        assert_eq!(
            resolve("tomorrow morning", now, "Asia/Kathmandu"),
            "Thu 26 06:00 .. Thu 26 12:00"
        );
    }

    #[test]
    fn what_is_over_and_days_that_do_not_exist_are_said_to_be_so() {
        assert_eq!(tuesday("this morning before 9 am"), "Over");
        assert_eq!(tuesday("today before 9 am"), "Over");
        assert_eq!(tuesday("on February 31"), "NoSuchDay");
    }

    #[test]
    fn words_that_only_look_like_times_are_none() {
        for text in [
            "morning coffee",
            "2 bags",
            "second",
            "march",
            "for two",
            "in white",
            "the first",
            "may",
        ] {
            assert!(
                matches!(tuesday(text).as_str(), "no time"),
                "{text}: {}",
                tuesday(text)
            );
        }
    }
}
