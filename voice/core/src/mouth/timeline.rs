use std::collections::VecDeque;
use std::fmt;

/// The sound that is made, in the order in which it is to be heard, and what of it went to the device.
///
/// Two counts: places in the *line* (sound as it was made) and places in the *device's* stream (sound as it was sent), which
/// differ once something is sent again.
#[derive(Default)]
pub(super) struct Timeline {
    pcm: VecDeque<i16>,
    /// Line place of the first sample that is still here.
    base: u64,
    /// Line place of the next sample to be sent.
    cursor: u64,
    /// Device place behind the last sample that was sent.
    sent: u64,
    /// From this device place on the device's stream follows the line from that line place on.
    runs: VecDeque<(u64, u64)>,
}

impl Timeline {
    /// Line place behind the last sample that was made.
    pub(super) fn end(&self) -> u64 {
        self.base.saturating_add(self.pcm.len() as u64)
    }

    pub(super) fn base(&self) -> u64 {
        self.base
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Line place of the next sample to be sent.
    pub(super) fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Samples that are made and not sent.
    pub(super) fn ahead(&self) -> u64 {
        self.end().saturating_sub(self.cursor)
    }

    pub(super) fn push(&mut self, pcm: &[i16]) {
        self.pcm.extend(pcm);
    }

    /// The next samples to send, at most so many.
    pub(super) fn take(&mut self, most: u64) -> Vec<i16> {
        if self.runs.is_empty() {
            self.runs.push_back((self.sent, self.cursor));
        }
        let pcm = self.slice(self.cursor, most);
        self.cursor = self.cursor.saturating_add(pcm.len() as u64);
        self.sent = self.sent.saturating_add(pcm.len() as u64);
        pcm
    }

    /// What was sent from a device place on, again: over all the runs that it was made of.
    pub(super) fn sent_since(&self, device: u64) -> Vec<i16> {
        let mut pcm = Vec::new();
        let mut at = device;
        while at < self.sent {
            let next = self.runs.iter().map(|(begins, _)| *begins);
            let end = next.filter(|begins| *begins > at).min();
            let count = end.unwrap_or(self.sent).min(self.sent).saturating_sub(at);
            let wanted = usize::try_from(count).unwrap_or(0);
            let mut part = self.slice(self.line_of(at), count);
            // What is not here any more was silence at the seams; the count must stay right.
            part.resize(wanted, 0);
            pcm.extend(part);
            at = at.saturating_add(count.max(1));
        }
        pcm
    }

    /// Samples from a line place on, at most so many, as far as they are here.
    fn slice(&self, from: u64, most: u64) -> Vec<i16> {
        let from = usize::try_from(from.saturating_sub(self.base)).unwrap_or(usize::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.pcm.iter().skip(from).take(most).copied().collect()
    }

    /// The line place of a device place.
    pub(super) fn line_of(&self, device: u64) -> u64 {
        let run = self.runs.iter().rev().find(|(at, _)| *at <= device);
        run.or(self.runs.front())
            .map_or(self.cursor, |(at, line)| {
                line.saturating_add(device.saturating_sub(*at))
            })
            .min(self.end())
    }

    /// Forgets what was sent behind a device place: it is to be sent again.
    pub(super) fn unsend(&mut self, device: u64) {
        let device = device.min(self.sent);
        self.cursor = self.line_of(device);
        self.sent = device;
        while self.runs.back().is_some_and(|(at, _)| *at > device) {
            self.runs.pop_back();
        }
    }

    /// Goes on at another line place.
    pub(super) fn seek(&mut self, line: u64) {
        self.cursor = line.clamp(self.base, self.end());
        self.runs.push_back((self.sent, self.cursor));
    }

    /// Throws away everything that is made behind a line place.
    pub(super) fn cut(&mut self, line: u64) {
        let keep = usize::try_from(line.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.pcm.truncate(keep);
        self.cursor = self.cursor.min(self.end());
    }

    /// Forgets sound before a line place, and how the device's stream ran before a device place.
    pub(super) fn forget(&mut self, line: u64, device: u64) {
        while self.base < line.min(self.cursor) && self.pcm.pop_front().is_some() {
            self.base = self.base.saturating_add(1);
        }
        while self.runs.get(1).is_some_and(|(at, _)| *at <= device) {
            self.runs.pop_front();
        }
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Timeline({}..{}, at {})",
            self.base,
            self.end(),
            self.cursor
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Timeline {
        let mut line = Timeline::default();
        line.push(&(0..100).collect::<Vec<i16>>());
        line
    }

    #[test]
    fn what_is_taken_back_is_sent_again() {
        let mut line = line();
        assert_eq!(line.take(30).len(), 30);

        line.unsend(12);

        assert_eq!((line.sent(), line.ahead()), (12, 88));
        assert_eq!(line.take(2), [12, 13]);
    }

    #[test]
    fn both_counts_are_told_apart_after_a_seek() {
        let mut line = line();
        line.take(40);
        line.seek(10);
        assert_eq!(line.take(3), [10, 11, 12]);

        assert_eq!(line.line_of(39), 39);
        assert_eq!(line.line_of(40), 10);
        assert_eq!(line.line_of(42), 12);
        assert_eq!(line.sent_since(38), [38, 39, 10, 11, 12]);
        line.unsend(39);
        assert_eq!(line.take(2), [39, 40]);
    }

    #[test]
    fn forgetting_keeps_the_places() {
        let mut line = line();
        line.take(60);
        line.forget(50, 50);

        assert_eq!((line.base(), line.end()), (50, 100));
        assert_eq!(line.line_of(55), 55);
        line.seek(0);
        assert_eq!(line.take(1), [50]);
        line.cut(70);
        assert_eq!(line.end(), 70);
    }
}
