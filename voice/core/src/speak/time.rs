use errand_types::{Window, aloud};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::table::Speakable;

impl Speakable {
    /// A day as seen from another: `tomorrow, Friday the twenty-first`; the month where it is another one; the year where
    /// it is.
    pub fn date(self, date: Date, today: Date) -> String {
        let table = self.table;
        let near = match date.since(today).map(|span| span.get_days()) {
            Ok(-1) => format!("{}, ", table.yesterday),
            Ok(0) => format!("{}, ", table.today),
            Ok(1) => format!("{}, ", table.tomorrow),
            Ok(_) | Err(_) => String::new(),
        };
        let day = index(&table.days, date.weekday().to_monday_zero_offset());
        let nth = index(&table.ordinals, date.day() - 1);
        let month = if date.month() == today.month() && date.year() == today.year() {
            String::new()
        } else {
            format!(" of {}", index(&table.months, date.month() - 1))
        };
        let year = if date.year() == today.year() {
            String::new()
        } else {
            format!(" {}", year(date.year()))
        };
        format!("{near}{day} the {nth}{month}{year}")
    }

    /// An hour of the clock: `eight`, `eight thirty`, `noon`, `five past nine` is `nine oh five`.
    pub fn clock(self, hour: i8, minute: i8) -> String {
        match (hour, minute) {
            (0 | 24, 0) => return "midnight".to_owned(),
            (12, 0) => return "noon".to_owned(),
            _ => {}
        }
        let twelve = match hour % 12 {
            0 => 12,
            hour => hour,
        };
        let hour = aloud::number(u64::from(twelve.unsigned_abs()));
        let minutes = aloud::number(u64::from(minute.unsigned_abs()));
        match minute {
            0 => hour,
            1..10 => format!("{hour} oh {minutes}"),
            _ => format!("{hour} {minutes}"),
        }
    }

    /// When something comes: `tomorrow, Friday the twenty-first, between six and eight in the evening`.
    pub fn window(self, window: &Window, zone: &TimeZone, today: Date) -> String {
        let (start, end) = (
            window.start.to_zoned(zone.clone()),
            window.end.to_zoned(zone.clone()),
        );
        let day = self.date(start.date(), today);
        let is_whole_day = start.time() == end.time() && start.hour() == 0 && start.minute() == 0;
        if start.date() == end.date() || (end.hour() == 0 && !is_whole_day) {
            return format!("{day}, {}", self.hours(hm(&start), hm(&end)));
        }
        let last = end.yesterday().map_or(end.date(), |before| before.date());
        if is_whole_day && last == start.date() {
            return day;
        }
        let last = if is_whole_day { last } else { end.date() };
        format!("between {day}, and {}", self.date(last, today))
    }

    /// Hours of one day: `between eight and ten in the morning`, `between eleven in the morning and two in the afternoon`.
    pub fn hours(self, from: (i8, i8), to: (i8, i8)) -> String {
        let (begin, end) = (self.clock(from.0, from.1), self.clock(to.0, to.1));
        let is_named = |clock: &str| clock == "noon" || clock == "midnight";
        let (first, last) = (part_of_day(from.0), part_of_day(to.0));
        let tail = |clock: &str, part: &str| {
            if is_named(clock) {
                String::new()
            } else {
                format!(" in the {part}")
            }
        };
        // "Between eight and ten in the morning"; at a border of the day both are said, also where one is noon.
        let head = if first == last && !is_named(&end) {
            String::new()
        } else {
            tail(&begin, first)
        };
        format!("between {begin}{head} and {end}{}", tail(&end, last))
    }
}

/// Ten is still the morning when something ends then, and so is twelve the afternoon's beginning.
fn part_of_day(hour: i8) -> &'static str {
    match hour {
        5..12 => "morning",
        12..17 => "afternoon",
        17..24 => "evening",
        _ => "night",
    }
}

fn hm(at: &jiff::Zoned) -> (i8, i8) {
    (at.hour(), at.minute())
}

fn index(words: &[String], at: i8) -> &str {
    usize::try_from(at)
        .ok()
        .and_then(|at| words.get(at))
        .map_or("", String::as_str)
}

/// `twenty twenty-six`.
fn year(year: i16) -> String {
    let year = u64::from(year.unsigned_abs());
    match (year / 100, year % 100) {
        (century, 0) => format!("{} hundred", aloud::number(century)),
        (20, rest @ 1..10) => format!("two thousand {}", aloud::number(rest)),
        (century, rest @ 1..10) => {
            format!("{} oh {}", aloud::number(century), aloud::number(rest))
        }
        (century, rest) => format!("{} {}", aloud::number(century), aloud::number(rest)),
    }
}

#[cfg(test)]
mod tests {
    use errand_types::Language;
    use jiff::civil::date;

    use super::*;

    fn say() -> Speakable {
        Speakable::of(Language::English).unwrap()
    }

    fn window(start: &str, end: &str) -> String {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let at = |text: &str| {
            let civil: jiff::civil::DateTime = text.parse().unwrap();
            civil.to_zoned(zone.clone()).unwrap().timestamp()
        };
        let window = Window::new(at(start), at(end)).unwrap();
        say().window(&window, &zone, date(2026, 11, 19))
    }

    #[test]
    fn days_are_said_from_where_the_person_stands() {
        let today = date(2026, 11, 19);
        for (day, said) in [
            (date(2026, 11, 20), "tomorrow, Friday the twentieth"),
            (date(2026, 11, 19), "today, Thursday the nineteenth"),
            (date(2026, 11, 18), "yesterday, Wednesday the eighteenth"),
            (date(2026, 11, 28), "Saturday the twenty-eighth"),
            (date(2026, 12, 1), "Tuesday the first of December"),
            (
                date(2027, 1, 3),
                "Sunday the third of January twenty twenty-seven",
            ),
        ] {
            assert_eq!(say().date(day, today), said);
        }
    }

    #[test]
    fn windows_are_said_with_the_part_of_the_day() {
        for (start, end, said) in [
            (
                "2026-11-21T18:00",
                "2026-11-21T20:00",
                "Saturday the twenty-first, between six and eight in the evening",
            ),
            (
                "2026-11-20T08:00",
                "2026-11-20T10:30",
                "tomorrow, Friday the twentieth, between eight and ten thirty in the morning",
            ),
            (
                "2026-11-21T11:00",
                "2026-11-21T14:00",
                "Saturday the twenty-first, between eleven in the morning and two in the afternoon",
            ),
            (
                "2026-11-21T10:00",
                "2026-11-21T12:00",
                "Saturday the twenty-first, between ten in the morning and noon",
            ),
            (
                "2026-11-21T12:00",
                "2026-11-21T14:05",
                "Saturday the twenty-first, between noon and two oh five in the afternoon",
            ),
            (
                "2026-11-21T22:00",
                "2026-11-22T00:00",
                "Saturday the twenty-first, between ten in the evening and midnight",
            ),
            (
                "2026-11-21T00:00",
                "2026-11-22T00:00",
                "Saturday the twenty-first",
            ),
            (
                "2026-11-21T00:00",
                "2026-11-24T00:00",
                "between Saturday the twenty-first, and Monday the twenty-third",
            ),
        ] {
            assert_eq!(window(start, end), said);
        }
    }
}
