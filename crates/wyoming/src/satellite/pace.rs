//! A loudspeaker that tells nothing, kept like one that counts: sound is sent at the pace at which it is heard, a little
//! ahead, and what was heard is what was sent that long ago.

use std::collections::VecDeque;

/// How far sound is sent ahead of its time, in milliseconds. What is sent cannot be taken back, so it is little.
const AHEAD_MS: u64 = 300;
/// How long it takes from the satellite to the ear, in milliseconds: an estimate, and rather too long.
const LAG_MS: u64 = 300;
/// Samples of one chunk, as satellites themselves send them.
const CHUNK: usize = 1_024;
/// Seconds of sound that wait at most. A stream gives out less than one ahead; this bounds whoever does not keep to it.
const WAITING_MAX_S: usize = 120;

/// Sound on its way to a satellite. Time is milliseconds of the process, which never go back.
#[derive(Debug)]
pub(crate) struct Pace {
    rate_hz: u32,
    waiting: VecDeque<i16>,
    /// Samples that were sent.
    taken: u64,
    /// When the sound that is playing began, and how many samples had been sent before it.
    playing: Option<(u64, u64)>,
}

impl Pace {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            waiting: VecDeque::new(),
            taken: 0,
            playing: None,
        }
    }

    /// More sound.
    pub(crate) fn push(&mut self, pcm: &[i16]) {
        let most = (self.rate_hz as usize).saturating_mul(WAITING_MAX_S);
        let room = most.saturating_sub(self.waiting.len());
        self.waiting.extend(pcm.iter().take(room));
    }

    /// What was not sent is thrown away, and this is sent instead, without as many samples as were sent since the count
    /// stood at `from`.
    pub(crate) fn replace(&mut self, from: u64, pcm: &[i16]) {
        self.waiting.clear();
        let since = usize::try_from(self.taken.saturating_sub(from)).unwrap_or(usize::MAX);
        self.push(pcm.get(since..).unwrap_or_default());
    }

    /// Whether nothing waits to be sent.
    pub(crate) fn is_drained(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Samples that were sent.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Samples that were heard, as far as one can know.
    pub(crate) fn heard(&self, now_ms: u64) -> u64 {
        match self.playing {
            None => self.taken,
            Some((since, before)) => {
                let played = now_ms.saturating_sub(since).saturating_sub(LAG_MS);
                before.saturating_add(self.samples(played)).min(self.taken)
            }
        }
    }

    /// The satellite says that it has played everything.
    pub(crate) fn played(&mut self) {
        if self.waiting.is_empty() {
            self.playing = None;
        }
    }

    /// Chunks whose time has come.
    pub(crate) fn due(&mut self, now_ms: u64) -> Vec<Vec<i16>> {
        if self.waiting.is_empty() {
            if self.heard(now_ms) == self.taken {
                self.playing = None;
            }
            return Vec::new();
        }
        let (mut since, mut before) = *self.playing.get_or_insert((now_ms, self.taken));
        // The loudspeaker ran dry while more was on its way: it goes on from now.
        let dry = before.saturating_add(self.samples(now_ms.saturating_sub(since)));
        if dry > self.taken {
            (since, before) = (now_ms, self.taken);
            self.playing = Some((since, before));
        }
        let ahead = now_ms.saturating_sub(since).saturating_add(AHEAD_MS);
        let until = before.saturating_add(self.samples(ahead));
        let mut chunks = Vec::new();
        while self.taken < until && !self.waiting.is_empty() {
            let count = CHUNK.min(self.waiting.len());
            let chunk: Vec<i16> = self.waiting.drain(..count).collect();
            self.taken = self.taken.saturating_add(chunk.len() as u64);
            chunks.push(chunk);
        }
        chunks
    }

    fn samples(&self, ms: u64) -> u64 {
        u64::from(self.rate_hz).saturating_mul(ms) / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples sent up to each look, one every 20 ms.
    fn play(pace: &mut Pace, from_ms: u64, for_ms: u64) -> Vec<u64> {
        (from_ms..from_ms + for_ms)
            .step_by(20)
            .map(|now| {
                pace.due(now);
                pace.taken()
            })
            .collect()
    }

    #[test]
    fn sound_is_sent_at_its_pace_and_never_far_ahead() {
        let mut pace = Pace::new(16_000);
        pace.push(&vec![1; 16_000 * 3]);

        let sent = play(&mut pace, 5_000, 2_000);

        for (look, taken) in sent.iter().enumerate() {
            let played = 320 * look as u64;
            let ahead = taken - played.min(*taken);
            assert!(ahead <= 300 * 16 + 1_024, "{ahead} samples ahead");
            assert!(*taken >= played, "the loudspeaker ran dry");
        }
    }

    #[test]
    fn what_was_heard_follows_what_was_sent_and_reaches_it() {
        let mut pace = Pace::new(16_000);
        pace.push(&vec![1; 16_000]);
        play(&mut pace, 0, 1_000);

        assert_eq!(pace.heard(100), 0, "nothing is heard before it can be");
        assert_eq!(pace.heard(800), 500 * 16);
        assert_eq!(pace.heard(5_000), 16_000);
    }

    #[test]
    fn all_of_it_is_heard_when_the_satellite_says_so() {
        let mut pace = Pace::new(16_000);
        pace.push(&[1; 1_600]);
        pace.due(0);
        assert_eq!(pace.heard(10), 0);

        pace.played();

        assert_eq!(pace.heard(10), 1_600);
    }

    #[test]
    fn what_was_sent_is_not_sent_again_when_the_rest_is_replaced() {
        let mut pace = Pace::new(16_000);
        pace.push(&vec![1; 16_000]);
        pace.due(0);
        let from = pace.taken() - 100;

        pace.replace(from, &[2; 150]);
        let rest: Vec<i16> = pace.due(10_000).concat();
        assert_eq!(rest, [2; 50]);

        pace.replace(pace.taken(), &[]);
        assert!(pace.is_drained());
    }

    #[test]
    fn a_loudspeaker_that_ran_dry_goes_on_at_its_pace() {
        let mut pace = Pace::new(16_000);
        pace.push(&[1; 1_600]);
        play(&mut pace, 0, 200);
        pace.push(&vec![1; 32_000]);

        let sent = play(&mut pace, 4_000, 200);

        assert!(
            sent.iter()
                .all(|taken| *taken <= 1_600 + (200 + 300) * 16 + 1_024),
            "a pause is not made up for: {sent:?}"
        );
    }

    #[test]
    fn sound_that_nobody_plays_is_bounded() {
        let mut pace = Pace::new(8_000);
        for _ in 0..200 {
            pace.push(&vec![1; 8_000]);
        }

        assert_eq!(pace.waiting.len(), 8_000 * 120);
    }
}
