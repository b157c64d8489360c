//! What we say: sentences in a queue, how far they were heard, stopping, and going on.

mod gain;
mod messages;
mod timeline;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use errand_types::Language;

use crate::align::Aligner;
use crate::ports::{Pace, Sentence, WordAt};
use crate::turn::Again;
use gain::Gain;
pub use messages::{Generation, ItemId, MouthEffect, MouthInput};
use timeline::Timeline;

/// Sentences that wait at most.
pub const SENTENCES_MAX: usize = 8;
/// Sound that the device holds, in milliseconds. Short on purpose: it is what a stop must throw away.
const RING_MS: u64 = 250;
/// Sound that is made ahead of the device, in milliseconds.
const AHEAD_MS: u64 = 500;
/// Sound that is kept to go on from an earlier place, in milliseconds.
const KEPT_MS: u64 = 2_500;
/// How long our sound takes to fade away, in milliseconds.
const FADE_MS: u64 = 5;

/// A sentence whose sound is being made or heard.
#[derive(Debug)]
struct Track {
    item: ItemId,
    sentence: Sentence,
    generation: Generation,
    aligner: Aligner,
    /// Line place of its first sample.
    start: u64,
    /// Line place behind its last sample, once that is known.
    end: Option<u64>,
    is_whole: bool,
    /// Most of its samples that were ever heard.
    heard: u64,
}

/// The machine. One per conversation; its time is the count of samples that the device took.
#[derive(Debug)]
pub struct Mouth {
    language: Language,
    rate_hz: u32,
    pace: Pace,
    queue: VecDeque<(ItemId, Sentence)>,
    tracks: VecDeque<Track>,
    line: Timeline,
    gain: Gain,
    generations: u32,
    taken: u64,
    heard: u64,
    ducked_at: Option<u64>,
    kept_ms: u64,
    is_held: bool,
    is_silent: bool,
}

impl Mouth {
    /// A mouth whose device takes samples at a rate.
    pub fn new(language: Language, rate_hz: u32) -> Self {
        Self {
            language,
            rate_hz,
            pace: Pace::USUAL,
            queue: VecDeque::new(),
            tracks: VecDeque::new(),
            line: Timeline::default(),
            gain: Gain::new(rate_hz),
            generations: 0,
            taken: 0,
            heard: 0,
            ducked_at: None,
            kept_ms: KEPT_MS,
            is_held: false,
            is_silent: true,
        }
    }

    /// One that never goes on from an earlier place, and keeps no sound that was heard: a client plays, and cannot give back
    /// what it has.
    #[must_use]
    pub fn onward(mut self) -> Self {
        self.kept_ms = 0;
        self
    }

    /// Speaks at this pace from the next sentence on.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// How fast it speaks.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether a sentence may be said now.
    pub fn has_room(&self) -> bool {
        self.queue.len() < SENTENCES_MAX
    }

    /// Whether the next chunk of the voice is wanted.
    pub fn wants_sound(&self) -> bool {
        self.line.ahead() < self.samples(AHEAD_MS)
    }

    /// Whether some sound of an answer is still to be made or sent.
    pub fn has_unsent(&self, item: ItemId) -> bool {
        let at = self.line.cursor();
        self.queue.iter().any(|(queued, _)| *queued == item)
            || self
                .tracks
                .iter()
                .any(|t| t.item == item && t.end.is_none_or(|end| at < end))
    }

    /// Whether an answer has a sentence that waits, is being made, or is not heard to its end.
    pub fn is_saying(&self, item: ItemId) -> bool {
        self.queue.iter().any(|(queued, _)| *queued == item)
            || self.tracks.iter().any(|t| t.item == item)
    }

    /// Samples sent to the device so far.
    pub fn sent(&self) -> u64 {
        self.line.sent()
    }

    /// Whether our sound is held at the moment.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Whether something is being said, also while it is held.
    pub fn is_speaking(&self) -> bool {
        !self.is_silent
    }

    /// One input.
    pub fn step(&mut self, input: MouthInput<'_>) -> Vec<MouthEffect> {
        let mut out = Vec::new();
        match input {
            MouthInput::Say { item, sentence } => self.on_say(item, sentence, &mut out),
            MouthInput::Sound {
                generation,
                pcm,
                words,
            } => self.on_sound(generation, pcm, words),
            MouthInput::SoundEnd {
                generation,
                is_whole,
            } => self.on_sound_end(generation, is_whole, &mut out),
            MouthInput::Played { taken, heard } => self.on_played(taken, heard, &mut out),
            MouthInput::Duck => {
                if !self.is_silent && !self.is_held {
                    self.ducked_at = Some(self.line.line_of(self.heard));
                    self.turn_to(Gain::DUCKED, &mut out);
                }
            }
            MouthInput::Unduck => {
                self.ducked_at = None;
                self.turn_to(Gain::FULL, &mut out);
                // All of it may have been played while it was quieter, and nothing more will be.
                self.settle(&mut out);
            }
            MouthInput::Hold => self.on_hold(&mut out),
            MouthInput::Resume(again) => {
                self.on_resume(again, &mut out);
                self.settle(&mut out);
            }
            MouthInput::Stop => self.on_stop(&mut out),
        }
        self.speak_on(&mut out);
        self.pump(&mut out);
        out
    }

    fn samples(&self, ms: u64) -> u64 {
        u64::from(self.rate_hz).saturating_mul(ms) / 1_000
    }

    fn on_say(&mut self, item: ItemId, sentence: Sentence, out: &mut Vec<MouthEffect>) {
        if self.has_room() {
            self.is_silent = false;
            self.queue.push_back((item, sentence));
        } else {
            out.push(MouthEffect::Full { item, sentence });
        }
    }

    /// The voice makes one sentence at a time: the next one when the one before is complete and soon needed.
    fn speak_on(&mut self, out: &mut Vec<MouthEffect>) {
        let is_busy = self.tracks.back().is_some_and(|t| t.end.is_none());
        if is_busy || !self.wants_sound() {
            return;
        }
        let Some((item, sentence)) = self.queue.pop_front() else {
            return;
        };
        self.generations = self.generations.saturating_add(1);
        let generation = Generation(self.generations);
        out.push(MouthEffect::Speak {
            item,
            generation,
            sentence: sentence.clone(),
            pace: self.pace,
        });
        self.tracks.push_back(Track {
            item,
            aligner: Aligner::new(&sentence, self.language, self.rate_hz, self.pace),
            sentence,
            generation,
            start: self.line.end(),
            end: None,
            is_whole: true,
            heard: 0,
        });
    }

    fn on_sound(&mut self, generation: Generation, pcm: &[i16], words: &[WordAt]) {
        let Some(track) = self.making(generation) else {
            return;
        };
        track.aligner.push(pcm.len() as u64, words);
        self.line.push(pcm);
    }

    fn making(&mut self, generation: Generation) -> Option<&mut Track> {
        let track = self.tracks.back_mut()?;
        (track.generation == generation && track.end.is_none()).then_some(track)
    }

    fn on_sound_end(&mut self, generation: Generation, is_whole: bool, out: &mut Vec<MouthEffect>) {
        let end = self.line.end();
        let Some(track) = self.making(generation) else {
            return;
        };
        track.end = Some(end);
        track.is_whole = is_whole;
        if is_whole {
            track.aligner.complete();
        } else {
            out.push(MouthEffect::Unspoken {
                item: track.item,
                sentence: track.sentence.clone(),
            });
        }
        self.settle(out);
    }

    fn on_played(&mut self, taken: u64, heard: u64, out: &mut Vec<MouthEffect>) {
        self.taken = taken.clamp(self.taken, self.line.sent().max(self.taken));
        self.heard = heard.clamp(self.heard, self.taken);
        self.settle(out);
        let at = self.line.line_of(self.heard);
        let kept = self.ducked_at.unwrap_or(at).min(at);
        self.line
            .forget(kept.saturating_sub(self.samples(self.kept_ms)), self.heard);
    }

    /// What was heard by now: sentences that are over, and silence after the last one.
    fn settle(&mut self, out: &mut Vec<MouthEffect>) {
        let at = self.line.line_of(self.heard);
        for track in &mut self.tracks {
            let end = track.end.unwrap_or(u64::MAX);
            let reached = at.min(end).saturating_sub(track.start);
            track.heard = track.heard.max(reached);
        }
        // A sentence that may be begun again is not over yet.
        while self.ducked_at.is_none()
            && !self.is_held
            && let Some(track) = self.tracks.front()
            && track.end.is_some_and(|end| end <= at)
            && let Some(track) = self.tracks.pop_front()
        {
            told(&track, out);
        }
        if self.tracks.is_empty() && self.queue.is_empty() && !self.is_silent {
            self.is_silent = true;
            out.push(MouthEffect::Silent);
        }
    }

    fn turn_to(&mut self, level: f32, out: &mut Vec<MouthEffect>) {
        let was = self.gain.turn_to(level);
        if self.is_held || was.is_none() {
            return;
        }
        // What the device holds already would stay as loud for a quarter of a second: it is replaced.
        let mut pcm = self.line.sent_since(self.taken);
        if !pcm.is_empty() {
            self.gain.apply(&mut pcm);
            out.push(MouthEffect::Replace {
                from: self.taken,
                pcm: pcm.into(),
            });
        }
    }

    fn on_hold(&mut self, out: &mut Vec<MouthEffect>) {
        if self.is_silent || self.is_held {
            return;
        }
        let at = self.line.line_of(self.heard);
        self.ducked_at.get_or_insert(at);
        self.is_held = true;
        self.fade_out(out);
    }

    /// Takes back what the device has not taken, but for a few milliseconds that fade.
    fn fade_out(&mut self, out: &mut Vec<MouthEffect>) {
        self.line.unsend(self.taken);
        let mut pcm = self.line.take(self.samples(FADE_MS));
        self.gain.fade_out(&mut pcm);
        out.push(MouthEffect::Replace {
            from: self.taken,
            pcm: pcm.into(),
        });
    }

    fn on_resume(&mut self, again: Again, out: &mut Vec<MouthEffect>) {
        if !self.is_held {
            return;
        }
        self.is_held = false;
        self.gain = Gain::new(self.rate_hz);
        let at = self.line.line_of(self.heard);
        let ducked_at = self.ducked_at.take().unwrap_or(at);
        match again {
            Again::Ducked => self.line.seek(ducked_at),
            Again::Clause => self.resume_clause(ducked_at, out),
        }
    }

    /// Goes on at the beginning of the clause: from its sound where that is still here, else the voice speaks it again.
    fn resume_clause(&mut self, at: u64, out: &mut Vec<MouthEffect>) {
        let found = self
            .tracks
            .iter()
            .position(|t| t.start <= at && t.end.is_none_or(|end| at < end));
        let Some(track) = found.and_then(|n| self.tracks.get(n)) else {
            self.line.seek(at);
            return;
        };
        let clause = track.aligner.clause(at.saturating_sub(track.start));
        let begins = track.start.saturating_add(track.aligner.sample_of(clause));
        if begins >= self.line.base() {
            self.line.seek(begins);
            return;
        }
        self.speak_again(found.unwrap_or(0), clause, at, out);
    }

    fn speak_again(&mut self, from: usize, clause: usize, at: u64, out: &mut Vec<MouthEffect>) {
        let mut again: Vec<(ItemId, Sentence)> = Vec::new();
        for (n, track) in self.tracks.split_off(from).into_iter().enumerate() {
            if track.end.is_none() {
                out.push(MouthEffect::Cancel {
                    generation: track.generation,
                });
            }
            if n > 0 {
                again.push((track.item, track.sentence));
                continue;
            }
            let (head, tail) = track
                .sentence
                .as_str()
                .split_at_checked(clause)
                .unwrap_or_default();
            if !head.trim().is_empty() {
                out.push(MouthEffect::Heard {
                    item: track.item,
                    text: head.trim().into(),
                    is_whole: false,
                });
            }
            again.extend(Sentence::new(tail).ok().map(|tail| (track.item, tail)));
        }
        for (item, sentence) in again.into_iter().rev() {
            self.queue.push_front((item, sentence));
        }
        self.line.cut(at);
        let end = self.line.end();
        self.line.seek(end);
    }

    fn on_stop(&mut self, out: &mut Vec<MouthEffect>) {
        if self.is_silent {
            return;
        }
        let at = self.line.line_of(self.heard);
        self.settle(out);
        if self.is_silent {
            return;
        }
        if !self.is_held {
            self.fade_out(out);
        }
        for track in std::mem::take(&mut self.tracks) {
            if track.end.is_none() {
                out.push(MouthEffect::Cancel {
                    generation: track.generation,
                });
            }
            if track.end.is_some_and(|end| end <= at) || track.heard > 0 {
                told(&track, out);
            }
        }
        self.queue.clear();
        let sent = self.line.line_of(self.line.sent());
        self.line.cut(sent);
        self.ducked_at = None;
        self.is_held = false;
        self.gain = Gain::new(self.rate_hz);
        self.is_silent = true;
        out.push(MouthEffect::Silent);
    }

    fn pump(&mut self, out: &mut Vec<MouthEffect>) {
        if self.is_held || self.is_silent {
            return;
        }
        // A run ends where the next begins, so that everybody knows whose sound is whose.
        for _ in 0..=self.tracks.len() {
            let inside = self.line.sent().saturating_sub(self.taken);
            let room = self.samples(RING_MS).saturating_sub(inside);
            let at = self.line.cursor();
            let track = self
                .tracks
                .iter()
                .find(|t| t.end.is_none_or(|end| at < end));
            let Some((item, generation, end)) = track.map(|t| (t.item, t.generation, t.end)) else {
                return;
            };
            let rest = end.map_or(room, |end| end.saturating_sub(at));
            let mut pcm = self.line.take(room.min(rest));
            if pcm.is_empty() {
                return;
            }
            self.gain.apply(&mut pcm);
            out.push(MouthEffect::Play {
                item,
                generation,
                pcm: pcm.into(),
            });
        }
    }
}

/// Tells what was heard of a sentence.
fn told(track: &Track, out: &mut Vec<MouthEffect>) {
    let text = track.aligner.heard(track.heard);
    if text.is_empty() {
        return;
    }
    out.push(MouthEffect::Heard {
        item: track.item,
        text: text.into(),
        is_whole: text.len() == track.aligner.text().len(),
    });
}
