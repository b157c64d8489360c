//! Finds times in a sentence.

use super::{Bound, DAY_MINUTES, Day, Hours, When};
use crate::lang::Lang;
use crate::number::{rank_at, whole_at};
use crate::text::{Heard, Kind};

struct At<'a> {
    lang: &'a Lang,
    heard: &'a Heard,
}

impl At<'_> {
    fn class(&self, name: &str, at: usize) -> Option<usize> {
        self.lang
            .class(name)?
            .at(at, self.heard.tokens.len(), |i| self.heard.word(i))
            .map(|(end, ())| end)
    }

    fn is(&self, name: &str, at: usize) -> bool {
        self.class(name, at).is_some()
    }
}

/// A time at a token: where what was said begins (behind "on" and "for"), its end, and the time.
pub(crate) fn time_at(lang: &Lang, heard: &Heard, at: usize) -> Option<(usize, usize, When)> {
    let read = At { lang, heard };
    let mut when = When::default();
    let mut here = at;
    let mut said_from = at;
    let mut is_first = true;
    let mut end = None;
    for _ in 0..4 {
        let (bound, next, neutral) = read.bound(here);
        // "in 3 days" begins with a word that may also be a mere lead.
        let leads = next > here;
        let found = read
            .piece(next, bound, when, leads)
            .or_else(|| read.piece(here, Bound::Within, when, false));
        let Some(found) = found else { break };
        if is_first && neutral && found.0 > next {
            said_from = next;
        }
        when = found.1;
        here = found.0;
        end = Some(here);
        is_first = false;
    }
    let mut end = end?;
    if when.day.is_none() && when.hours.is_none() && when.hours_from_now.is_none() {
        return None;
    }
    if let Some(after) = read.class("time.suffix_by", end) {
        end = after;
        if when.day.is_some() {
            when.day_bound = Bound::By;
        } else {
            when.hours_bound = Bound::By;
        }
    }
    Some((said_from.min(end - 1), end, when))
}

impl At<'_> {
    /// The bound at a token: which, where the time itself begins, and whether the words add nothing.
    fn bound(&self, at: usize) -> (Bound, usize, bool) {
        for (name, bound) in [
            ("time.not_before", Bound::NotBefore),
            ("time.by", Bound::By),
            ("time.before", Bound::Before),
            ("time.after", Bound::After),
        ] {
            if let Some(end) = self.class(name, at) {
                // "by the 28th", "before the weekend"; "from 5 to 7" is a range and is read as one.
                let is_range = bound == Bound::NotBefore && self.range(at).is_some();
                if !is_range {
                    let article =
                        usize::from(self.heard.word(end) == "the" && self.is_day_behind(end + 1));
                    return (bound, end + article, false);
                }
            }
        }
        match self.class("time.neutral", at) {
            Some(end) => {
                let article =
                    usize::from(self.heard.word(end) == "the" && self.is_day_behind(end + 1));
                (Bound::Within, end + article, true)
            }
            None => (Bound::Within, at, true),
        }
    }

    fn is_day_behind(&self, at: usize) -> bool {
        rank_at(self.lang, self.heard, at).is_some()
            || self.is("time.weekend", at)
            || self.lang.weekdays.contains_key(self.heard.word(at))
            || self
                .lang
                .parts
                .at(at, self.heard.tokens.len(), |i| self.heard.word(i))
                .is_some()
    }

    fn piece(&self, at: usize, bound: Bound, when: When, has_lead: bool) -> Option<(usize, When)> {
        if when.day.is_none()
            && let Some((end, day, hours, own)) = self.day(at, has_lead)
        {
            let mut when = When {
                day: Some(day),
                ..when
            };
            when.day_bound = if bound == Bound::Within { own } else { bound };
            if let Some((from, until)) = hours {
                when.hours = Some(Hours { from, until });
                when.hours_bound = bound;
                when.day_bound = Bound::Within;
            }
            return Some((end, when));
        }
        if when.hours_from_now.is_none()
            && when.day.is_none()
            && let Some(lead) = self
                .class("time.within", at)
                .or_else(|| self.class("time.in", at))
            && let Some((end, n)) = whole_at(self.lang, self.heard, lead)
            && let Some(end) = self.class("time.hour_unit", end)
            && (1..=720).contains(&n)
        {
            return Some((
                end,
                When {
                    hours_from_now: Some(n),
                    ..when
                },
            ));
        }
        // "Tomorrow evening after six": the hour is one of the evening.
        if let (Some(part), true) = (when.hours, bound != Bound::Within && when.day.is_some())
            && part.from < part.until
        {
            let (end, minute) = self.clock(at, true)?;
            let is_early = minute < 720 && part.from >= 720;
            let minute = if is_early { minute + 720 } else { minute };
            return Some((
                end,
                When {
                    hours: Some(around(minute)),
                    hours_bound: bound,
                    ..when
                },
            ));
        }
        if when.hours.is_none() {
            let (end, hours, own) = self.hours(at, bound, when.day.is_some(), has_lead)?;
            let mut when = When {
                hours: Some(hours),
                ..when
            };
            when.hours_bound = if bound == Bound::Within { own } else { bound };
            // "by Friday noon": the bound said before the day is about the hour once there is one.
            if when.day_bound != Bound::Within && when.hours_bound == Bound::Within {
                when.hours_bound = when.day_bound;
            }
            if when.day.is_some() {
                when.day_bound = Bound::Within;
            }
            return Some((end, when));
        }
        None
    }

    #[expect(
        clippy::type_complexity,
        reason = "end, day, hours that the word implies, bound that the word implies"
    )]
    fn day(&self, at: usize, has_lead: bool) -> Option<(usize, Day, Option<(u16, u16)>, Bound)> {
        let n = self.heard.tokens.len();
        let word = |i: usize| self.heard.word(i);
        if let Some((end, (days, hours))) = self.lang.days.at(at, n, word) {
            return Some((end, Day::In(*days), *hours, Bound::Within));
        }
        if let Some(end) = self.class("time.end_of_month", at) {
            return Some((end, Day::EndOfMonth, None, Bound::By));
        }
        let within = self.class("time.within", at);
        if let Some(lead) = within.or_else(|| self.class("time.in", at))
            && let Some((end, count)) = self.count(lead)
        {
            let bound = if within.is_some() {
                Bound::By
            } else {
                Bound::Within
            };
            if let Some(end) = self.class("time.day_unit", end) {
                return (0..=365)
                    .contains(&count)
                    .then_some((end, Day::In(count), None, bound));
            }
            if let Some(end) = self.class("time.week_unit", end) {
                return (0..=52)
                    .contains(&count)
                    .then_some((end, Day::In(count * 7), None, bound));
            }
        }
        if let Some(lead) = self.class("time.next", at) {
            if let Some(day) = self.lang.weekdays.get(word(lead)) {
                return Some((lead + 1, Day::NextWeekday(*day), None, Bound::Within));
            }
            if let Some(end) = self.class("time.weekend", lead) {
                return Some((end, Day::NextWeekend, None, Bound::Within));
            }
            if self.is("time.week_unit", lead) {
                return Some((lead + 1, Day::NextWeek, None, Bound::Within));
            }
        }
        let lead = self.class("time.this", at).unwrap_or(at);
        if let Some(day) = self.lang.weekdays.get(word(lead)) {
            let end = lead + 1;
            // "Friday week": one week later.
            if let Some(end) = self.class("time.week_from", end) {
                return Some((end, Day::NextWeekday(*day), None, Bound::Within));
            }
            let end = self.date_behind(end).unwrap_or(end);
            return Some((end, Day::Weekday(*day), None, Bound::Within));
        }
        if let Some(end) = self.class("time.weekend", lead)
            && (lead > at || has_lead)
        {
            return Some((end, Day::Weekend, None, Bound::Within));
        }
        if lead > at && self.is("time.week_unit", lead) {
            return Some((lead + 1, Day::ThisWeek, None, Bound::By));
        }
        // "the 28th", "28th of November", "November 28", "28 November".
        let start = at + usize::from(word(at) == "the");
        if let Some((end, rank)) = rank_at(self.lang, self.heard, start) {
            let behind = self.class("time.of", end).unwrap_or(end);
            let day = i8::try_from(rank).ok().filter(|d| (1..=31).contains(d))?;
            if let Some(month) = self.month(behind) {
                return Some((behind + 1, Day::Date { month, day }, None, Bound::Within));
            }
            let is_numeral = self
                .heard
                .tokens
                .get(start)
                .is_some_and(|t| t.kind == Kind::Nth);
            return (is_numeral && (has_lead || start > at)).then_some((
                end,
                Day::OfMonth(day),
                None,
                Bound::Within,
            ));
        }
        if let Some(month) = self.month(at) {
            let behind = at + 1 + usize::from(word(at + 1) == "the");
            let (end, day) = rank_at(self.lang, self.heard, behind)
                .map(|(e, d)| (e, i64::from(d)))
                .or_else(|| whole_at(self.lang, self.heard, behind))?;
            let day = i8::try_from(day).ok().filter(|d| (1..=31).contains(d))?;
            return Some((end, Day::Date { month, day }, None, Bound::Within));
        }
        if let Some((end, day)) = whole_at(self.lang, self.heard, at)
            && let Some(month) = self.month(end)
        {
            let day = i8::try_from(day).ok().filter(|d| (1..=31).contains(d))?;
            return Some((end + 1, Day::Date { month, day }, None, Bound::Within));
        }
        None
    }

    /// "Friday the 28th": the date only repeats the day.
    fn date_behind(&self, at: usize) -> Option<usize> {
        let start = at + usize::from(self.heard.word(at) == "the");
        let is_nth = self
            .heard
            .tokens
            .get(start)
            .is_some_and(|t| t.kind == Kind::Nth);
        is_nth.then_some(start + 1)
    }

    fn month(&self, at: usize) -> Option<i8> {
        self.lang.months.get(self.heard.word(at)).copied()
    }

    fn count(&self, at: usize) -> Option<(usize, i32)> {
        if self.heard.word(at) == "a" || self.heard.word(at) == "the" {
            return (self.is("time.week_unit", at + 1) || self.is("time.day_unit", at + 1))
                .then_some((at + 1, 1));
        }
        let (end, n) = whole_at(self.lang, self.heard, at)?;
        Some((end, i32::try_from(n).ok()?))
    }

    fn hours(
        &self,
        at: usize,
        bound: Bound,
        has_day: bool,
        has_lead: bool,
    ) -> Option<(usize, Hours, Bound)> {
        let n = self.heard.tokens.len();
        let word = |i: usize| self.heard.word(i);
        if let Some((end, from, until)) = self.range(at) {
            return Some((end, Hours { from, until }, Bound::Within));
        }
        if let Some((end, (from, until))) = self.lang.parts.at(at, n, word)
            && (has_day || has_lead)
        {
            return Some((
                end,
                Hours {
                    from: *from,
                    until: *until,
                },
                Bound::Within,
            ));
        }
        if let Some(minute) = self.lang.moments.get(word(at))
            && (has_day || has_lead)
        {
            let minute = *minute;
            return Some((at + 1, around(minute), Bound::Within));
        }
        for (name, shift) in [
            ("time.half_past", 30),
            ("time.half_to", -30),
            ("time.quarter_past", 15),
            ("time.quarter_to", -15),
        ] {
            if let Some(lead) = self.class(name, at)
                && let Some((end, hour)) = self.clock(lead, true)
            {
                let minute = i32::from(hour) + shift;
                return Some((end, around(u16::try_from(minute).ok()?), Bound::Within));
            }
        }
        // A bare number is an hour only behind "at", "by", "before", "after" and a day or a mark of hours.
        let lead = self.class("time.at", at);
        let allows_bare = lead.is_some() && (has_day || has_lead)
            || (has_day && (bound != Bound::Within || has_lead));
        let (end, minute) = self.clock(lead.unwrap_or(at), allows_bare)?;
        Some((end, around(minute), Bound::Within))
    }

    /// `between 5 and 7 pm`, `from 9 to 11`, `5-7 pm`, `8:00 - 10:00`.
    fn range(&self, at: usize) -> Option<(usize, u16, u16)> {
        let lead = self.class("time.between", at);
        let start = lead.unwrap_or(at);
        let (mid, from, from_half) = self.hour(start)?;
        let next = self.class("time.to", mid)?;
        let (end, until, until_half) = self.hour(next)?;
        let oclock = self.class("time.oclock", end);
        let end = oclock.unwrap_or(end);
        // "Between 6 and 8 in the evening".
        let (end, until_half) = match self.part_behind(end) {
            Some((end, is_late)) => (end, until_half.or(Some(is_late))),
            None => (end, until_half),
        };
        // Without a lead a dash between bare numbers is a range of anything; hours need their mark.
        let marked = from_half.is_some()
            || until_half.is_some()
            || oclock.is_some()
            || self.is_colon(start)
            || self.is_colon(next);
        if lead.is_none() && !marked {
            return None;
        }
        if !marked && self.lang.currency.contains_key(self.heard.word(end)) {
            return None;
        }
        let half = until_half.or(from_half);
        let lift = |minute: u16, half: Option<bool>, other: Option<bool>| match half.or(other) {
            Some(true) if minute < 720 => minute + 720,
            Some(false) if minute >= 720 => minute - 720,
            Some(_) => minute,
            None => afternoon(minute),
        };
        let colons = self.is_colon(start) && self.is_colon(next) && half.is_none();
        let (from, until) = if colons {
            (from, until)
        } else {
            let (from_said, until_said) = (from, until);
            let from = lift(from, from_half, half);
            let until = lift(until, until_half, half);
            // "between 5 and 7": what begins in the afternoon ends there.
            let is_lifted =
                half.is_none() && from > from_said && until == until_said && until < 720;
            let until = if is_lifted { until + 720 } else { until };
            // "10 to 2 pm" begins in the morning.
            (
                if from >= until && from >= 720 {
                    from - 720
                } else {
                    from
                },
                until,
            )
        };
        (from < until && until <= DAY_MINUTES).then_some((end, from, until))
    }

    /// A part of the day behind hours, and whether it is one after noon.
    fn part_behind(&self, at: usize) -> Option<(usize, bool)> {
        let lead = self.class("time.neutral", at)?;
        let lead = lead + usize::from(self.heard.word(lead) == "the");
        let n = self.heard.tokens.len();
        let (end, (from, _)) = self.lang.parts.at(lead, n, |i| self.heard.word(i))?;
        Some((end, *from >= 720))
    }

    fn is_colon(&self, at: usize) -> bool {
        self.heard
            .tokens
            .get(at)
            .is_some_and(|t| t.kind == Kind::Clock)
    }

    /// An hour as said, and whether a mark says afternoon.
    fn hour(&self, at: usize) -> Option<(usize, u16, Option<bool>)> {
        let token = self.heard.tokens.get(at)?;
        let (end, minute) = if token.kind == Kind::Clock {
            let (h, m) = token.text.split_once(':')?;
            let (h, m): (u16, u16) = (h.parse().ok()?, m.parse().ok()?);
            (at + 1, (h <= 24 && m < 60).then(|| h * 60 + m)?)
        } else if let Some(minute) = self.lang.moments.get(token.text.as_str()) {
            return Some((at + 1, *minute, Some(*minute >= 720)));
        } else {
            let (end, h) = whole_at(self.lang, self.heard, at)?;
            let h = u16::try_from(h).ok().filter(|h| *h <= 24)?;
            (end, h * 60)
        };
        let (end, half) = self.half(end);
        let minute = match half {
            Some(true) if minute < 720 => minute + 720,
            Some(false) if (720..780).contains(&minute) => minute - 720,
            _ => minute,
        };
        (minute <= DAY_MINUTES).then_some((end, minute, half))
    }

    fn half(&self, at: usize) -> (usize, Option<bool>) {
        let word = |i: usize| self.heard.word(i);
        for (letter, is_pm) in [("a", false), ("p", true)] {
            if word(at) == letter && word(at + 1) == "." && word(at + 2) == "m" {
                return (
                    at + 3 + usize::from(word(at + 3) == "." && at + 4 < self.heard.tokens.len()),
                    Some(is_pm),
                );
            }
        }
        if let Some(end) = self.class("time.am", at) {
            return (end, Some(false));
        }
        if let Some(end) = self.class("time.pm", at) {
            return (end, Some(true));
        }
        (at, None)
    }

    fn clock(&self, at: usize, allows_bare: bool) -> Option<(usize, u16)> {
        let is_colon = self.is_colon(at);
        let (end, minute, half) = self.hour(at)?;
        if let Some(end) = self.class("time.oclock", end) {
            return Some((
                end,
                if half.is_some() {
                    minute
                } else {
                    afternoon(minute)
                },
            ));
        }
        if half.is_some() {
            return Some((end, minute));
        }
        if is_colon {
            return Some((end, minute));
        }
        allows_bare.then(|| (end, afternoon(minute)))
    }
}

/// Without a mark, one to six is the afternoon: nobody delivers at three at night.
fn afternoon(minute: u16) -> u16 {
    if (60..420).contains(&minute) {
        minute + 720
    } else {
        minute
    }
}

/// A moment as hours: from then to then, bounds are decided when it is resolved.
fn around(minute: u16) -> Hours {
    Hours {
        from: minute,
        until: minute,
    }
}
