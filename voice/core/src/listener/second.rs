//! What was heard of late with our echo only subtracted, beside what the turns are made of.

use crate::ear::Ring;
use crate::frame::{Frame, SampleIdx, samples, to_s16};

/// Kept while nobody speaks, in milliseconds: what is read before a voice, and the time in which a voice is found.
const BEFORE_MS: u64 = 450;
/// Kept of a voice and what lies before it, in milliseconds: a nod lasts 0.9 s at most as a detector hears it, is looked at up to 0.2 s later, and
/// of a longer voice nothing is needed.
const KEPT_MS: u64 = 1_700;

/// A moment of sound, for as long as it differs from what else is heard. It needs no room before and after.
#[derive(Debug, Default)]
pub(super) struct Second {
    ring: Option<Ring>,
}

impl Second {
    /// The next frame; `None`: there is none. `voice`: where the voice began that is being heard.
    pub(super) fn push(&mut self, frame: Option<&Frame>, voice: Option<SampleIdx>) {
        let is_long = |frame: &&Frame| {
            voice.is_some_and(|from| frame.end().ms_since(from) > KEPT_MS - BEFORE_MS)
        };
        let Some(frame) = frame.filter(|frame| !is_long(frame)) else {
            self.clear();
            return;
        };
        let most_ms = if voice.is_some() { KEPT_MS } else { BEFORE_MS };
        let most = usize::try_from(samples(most_ms)).unwrap_or(0);
        let ring = self.ring.get_or_insert_with(|| Ring::new(most));
        ring.resize(most);
        if ring.end() != frame.first {
            ring.restart(frame.first);
        }
        ring.push(frame.pcm.iter().copied().map(to_s16));
    }

    /// The sound between two places. `None`: not all of it is here.
    pub(super) fn between(&self, from: SampleIdx, to: SampleIdx) -> Option<Vec<i16>> {
        let ring = self.ring.as_ref()?;
        let (first, mut pcm) = ring.since(from);
        if first != from || ring.end() < to {
            return None;
        }
        pcm.truncate(usize::try_from(to.since(from)).ok()?);
        Some(pcm)
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        if let Some(mut ring) = self.ring.take() {
            ring.wipe();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: u64) -> Frame {
        let mut frame = Frame::silence(SampleIdx::new(n * 160));
        frame.pcm = [0.25; 160];
        frame
    }

    fn at(n: u64) -> SampleIdx {
        SampleIdx::new(n * 160)
    }

    #[test]
    fn sound_is_here_whole_or_not_at_all() {
        let mut second = Second::default();
        for n in 10..100 {
            second.push(Some(&frame(n)), None);
        }

        assert_eq!(
            second.between(at(55), at(90)).unwrap(),
            vec![to_s16(0.25); 35 * 160]
        );
        assert_eq!(second.between(at(54), at(90)), None);
        assert_eq!(second.between(at(55), at(101)), None);
    }

    #[test]
    fn the_beginning_of_a_voice_is_kept_and_a_long_one_is_not() {
        let mut second = Second::default();
        for n in 0..185 {
            second.push(Some(&frame(n)), (n >= 70).then(|| at(60)));
        }
        assert!(second.between(at(30), at(185)).is_some());

        second.push(Some(&frame(185)), Some(at(60)));
        assert!(second.ring.is_none());
    }

    #[test]
    fn where_there_is_no_second_sound_nothing_is_kept() {
        let mut second = Second::default();
        second.push(Some(&frame(0)), None);
        second.push(None, None);

        assert_eq!(second.between(at(0), at(1)), None);
        assert!(second.ring.is_none());
    }
}
