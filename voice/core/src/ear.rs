//! When somebody begins and stops to speak to us: hysteresis, wake gate, end-pointing by silence and meaning.

mod blocks;
mod hold;
mod level;
mod loudness;
mod messages;
mod open;
mod ring;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub use hold::{Eagerness, Expects, Holds, Meaning, Row};
use level::Floor;
pub use messages::{EarConfig, EarEffect, EarInput, Gate, Heard, Listen, TurnId};
use open::{Ended, Open};
pub(crate) use ring::Ring;

use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx, samples, to_s16};
use crate::ports::{SpeechProb, Wake};
use crate::utterance::{Care, wipe};

/// Sound that is kept before anybody speaks at most, in milliseconds.
const KEPT_MS: u64 = 2_000;
/// So long behind its sound a judgement of the detector may come, and so much of it at once, in milliseconds.
const LATE_MS: u64 = 300;
/// What goes on softer than the voice is waited for so much longer than silence, in milliseconds.
const FADED_MS: u64 = 800;
/// Sound behind the last voice that is read with it, where more goes on behind it, in milliseconds.
const BEHIND_MS: u64 = 300;
/// Whatever is as soft as what went on behind a voice begins no turn for so long, in milliseconds.
const BACKDROP_MS: u64 = 20_000;
/// What a turn carries over to the next when nobody may speak longer, in milliseconds.
const CARRIED_MS: u64 = 300;

/// The machine. One per stream; its time is the index of the samples that it is given.
#[derive(Debug)]
pub struct Ear {
    config: EarConfig,
    listen: Listen,
    ring: Ring,
    floor: Floor,
    /// How long the detector has been sure, in samples, and where it last spoke.
    sure: u64,
    judged: SampleIdx,
    /// Nothing before this place belongs to a turn: the end of the wake word, of the turn before, of what was cleared.
    earliest: SampleIdx,
    awake_until: SampleIdx,
    /// Something that is taken for voice sounds behind the person: what is softer than this is not theirs, and up to where.
    backdrop: Option<(f32, SampleIdx)>,
    waiting_since: Option<SampleIdx>,
    is_reprompted: bool,
    turns: u32,
    open: Option<Open>,
    last: Option<Ended>,
}

impl Ear {
    /// An ear that has heard nothing.
    pub fn new(config: EarConfig) -> Self {
        Self {
            ring: Ring::new(kept(&config)),
            config,
            listen: Listen::default(),
            floor: Floor::default(),
            sure: 0,
            judged: SampleIdx::ZERO,
            earliest: SampleIdx::ZERO,
            awake_until: SampleIdx::ZERO,
            backdrop: None,
            waiting_since: None,
            is_reprompted: false,
            turns: 0,
            open: None,
            last: None,
        }
    }

    /// How it listens.
    pub fn config(&self) -> &EarConfig {
        &self.config
    }

    /// Listens otherwise from now on; an open turn goes on under the new rules.
    pub fn configure(&mut self, config: EarConfig) {
        self.ring.resize(kept(&config));
        self.config = config;
    }

    /// The open turn, and how many samples it has so far.
    pub fn open(&self) -> Option<(TurnId, u64)> {
        self.open.as_ref().map(|open| (open.turn, open.length()))
    }

    /// Sound of the open turn, in samples behind its beginning and as far as there is any: for a recogniser that reads while somebody
    /// speaks.
    pub fn sound(&self, range: Range<usize>) -> Vec<i16> {
        self.open
            .as_ref()
            .map_or_else(Vec::new, |open| open.part(range))
    }

    /// The voice of the open turn: its turn, where it began, and the place behind the last of it.
    pub fn voice(&self) -> Option<(TurnId, SampleIdx, SampleIdx)> {
        let open = self.open.as_ref()?;
        Some((open.turn, open.onset(), open.voice_end()))
    }

    /// How what is heard at the moment is to be treated.
    pub(crate) fn care(&self) -> Care {
        self.listen.care
    }

    /// The place behind the newest sample.
    pub fn heard_until(&self) -> SampleIdx {
        self.ring.end()
    }

    /// One input. Its time is that of the newest sample, so only frames and gaps let time pass.
    pub fn step(&mut self, input: EarInput<'_>) -> Vec<EarEffect> {
        let mut out = Vec::new();
        match input {
            EarInput::Frame(frame, speech) => self.on_frame(frame, speech, &mut out),
            EarInput::Gap { samples } => self.on_gap(samples, &mut out),
            EarInput::Wake(wake) => self.on_wake(&wake, &mut out),
            EarInput::Partial {
                turn,
                text,
                meaning,
            } => {
                if let Some(open) = self.open.as_mut().filter(|open| open.turn == turn) {
                    open.understood(text, meaning);
                    self.on_time(&mut out);
                }
            }
            EarInput::Listen(listen) => self.on_listen(listen),
            EarInput::Authorised => self.last = None,
            EarInput::Press => self.on_press(&mut out),
            EarInput::Release => self.on_release(&mut out),
            EarInput::Clear => self.on_clear(&mut out),
        }
        out
    }

    fn now(&self) -> SampleIdx {
        self.ring.end()
    }

    fn on_frame(&mut self, frame: &Frame, speech: Option<SpeechProb>, out: &mut Vec<EarEffect>) {
        let expected = self.now();
        if frame.first < expected {
            // The index never goes back; a frame of the past is somebody's mistake and no sound.
            return;
        }
        if frame.first > expected {
            if expected == SampleIdx::ZERO {
                self.ring.restart(frame.first);
            } else {
                self.on_gap(frame.first.since(expected), out);
            }
        }
        let pcm = frame.pcm.iter().copied().map(to_s16);
        if let Some(open) = &mut self.open {
            open.push(pcm);
            self.ring.pass(FRAME_SAMPLES as u64);
        } else {
            self.ring.push(pcm);
        }
        self.floor.push(frame, self.open.is_some());
        if let Some(speech) = speech {
            self.on_speech(speech, out);
        }
        self.on_time(out);
    }

    fn on_gap(&mut self, missing: u64, out: &mut Vec<EarEffect>) {
        if let Some(open) = &mut self.open {
            let most = samples(self.config.longest_ms);
            let stored = usize::try_from(missing.min(most)).unwrap_or(0);
            open.push(std::iter::repeat_n(0, stored));
            self.ring.pass(missing);
        } else {
            self.ring.skip(missing);
        }
        self.sure = 0;
        self.judged = self.now();
        self.on_time(out);
    }

    fn on_speech(&mut self, speech: SpeechProb, out: &mut Vec<EarEffect>) {
        let from = self.judged.max(self.earliest);
        let block = speech.end.since(from).min(4 * FRAME_SAMPLES as u64);
        self.judged = speech.end;
        let is_hushed = self.floor.is_hushed();
        let is_on = speech.p >= self.config.on && !is_hushed;
        let is_off = speech.p < self.config.off || is_hushed;
        if let Some(open) = &mut self.open {
            if self.listen.is_engaged {
                // Our own voice may be in it.
                open.loudness.restart();
            } else if !is_off {
                open.loudness.push(speech.end, block, self.floor.level_db());
            }
            if let Some(attempt) = open.judge(speech.end, block, is_on, is_off) {
                out.push(EarEffect::Withdraw {
                    turn: open.turn,
                    attempt,
                });
            }
            return;
        }
        if is_on && self.floor.is_above() && self.is_near() {
            self.sure = self.sure.saturating_add(block);
        } else {
            self.sure = 0;
        }
        let is_let_in = match self.config.gate {
            Gate::Open => true,
            Gate::Wake => self.is_awake(),
            Gate::Push => false,
        };
        if is_let_in && self.sure >= samples(self.config.on_ms) {
            let onset = speech.end.minus(self.sure);
            self.begin(onset, speech.end, out);
        }
    }

    /// It may be the person, and not what sounds behind them.
    fn is_near(&self) -> bool {
        let now = self.now();
        let backdrop = self.backdrop.filter(|(_, until)| now < *until);
        backdrop.is_none_or(|(near_db, _)| self.floor.level_db() >= near_db)
    }

    fn is_awake(&self) -> bool {
        self.now() < self.awake_until
            || self.waiting_since.is_some()
            || self.listen.is_engaged
            || self.listen.care == Care::Sealed
    }

    fn begin(&mut self, onset: SampleIdx, voice_end: SampleIdx, out: &mut Vec<EarEffect>) {
        let sure = std::mem::take(&mut self.sure);
        self.waiting_since = None;
        self.is_reprompted = false;
        if let Some(last) = self.last.take()
            && last.can_go_on_at(onset, samples(self.config.join_ms))
            && self.listen.care == Care::Ordinary
        {
            let mut open = last.reopen(onset, &self.ring);
            open.hear(voice_end, sure);
            out.push(EarEffect::Rejoined { turn: open.turn });
            self.ring.rest();
            self.open = Some(open);
            return;
        }
        self.turns = self.turns.saturating_add(1);
        let from = onset
            .minus(samples(self.config.preroll_ms))
            .max(self.earliest);
        let (first, pcm) = self.ring.since(from);
        let mut open = Open::new(TurnId(self.turns), first, onset, pcm, self.listen.care);
        open.hear(voice_end, sure);
        out.push(EarEffect::Started {
            turn: open.turn,
            at: first,
            voice: onset,
        });
        // A turn keeps what is heard by itself; twice would be too much for many streams.
        self.ring.rest();
        self.open = Some(open);
    }

    /// A turn is over: what of it may belong to the next one is kept as what was heard before that.
    fn resume(&mut self, open: &Open) {
        let mut before = open.newest(self.now().since(self.earliest));
        self.ring.resume(&before);
        // It may have been said to an open approval.
        wipe(&mut before);
    }

    fn on_wake(&mut self, wake: &Wake, out: &mut Vec<EarEffect>) {
        if self.config.gate != Gate::Wake {
            return;
        }
        self.awake_until = self.now().plus(samples(self.config.awake_ms));
        out.push(EarEffect::Woken {
            phrase: Arc::clone(&wake.phrase),
            score: wake.score,
            end: wake.end,
        });
        // "Hey basket, add milk" in one breath: what follows the word is the turn, the word itself is not.
        self.earliest = self.earliest.max(wake.end);
        self.sure = self.sure.min(self.now().since(wake.end));
        if let Some(open) = self.open.take() {
            self.resume(&open);
            // The turn began with the word itself, or with what was not for us.
            out.push(EarEffect::Dropped { turn: open.turn });
        }
    }

    fn on_listen(&mut self, listen: Listen) {
        if self.listen.care == Care::Sealed && listen.care == Care::Ordinary {
            // What was heard while a secret was open is no pre-roll of anything.
            self.earliest = self.now();
            let at = self.now();
            self.ring.restart(at);
        }
        if listen.care == Care::Sealed {
            self.last = None;
            if let Some(open) = &mut self.open {
                open.seal();
            }
        }
        self.waiting_since = (listen.is_waiting && self.open.is_none()).then(|| self.now());
        if listen.is_waiting {
            self.awake_until = self.now().plus(samples(self.config.awake_ms));
        }
        if self.listen.is_engaged && !listen.is_engaged {
            // The answer was heard: what follows it belongs to the conversation.
            let until = self.now().plus(samples(self.config.follow_up_ms));
            self.awake_until = self.awake_until.max(until);
        }
        self.listen = listen;
    }

    fn on_press(&mut self, out: &mut Vec<EarEffect>) {
        if self.open.is_none() {
            self.last = None;
            let now = self.now();
            self.begin(now, now, out);
        }
    }

    fn on_release(&mut self, out: &mut Vec<EarEffect>) {
        if let Some(open) = self.open.take() {
            self.finish(open, Row::Released, out);
        }
    }

    fn on_clear(&mut self, out: &mut Vec<EarEffect>) {
        if let Some(mut open) = self.open.take() {
            open.seal();
            self.ring.resume(&[]);
            out.push(EarEffect::Dropped { turn: open.turn });
        }
        self.last = None;
        self.sure = 0;
        self.earliest = self.now();
        let at = self.now();
        self.ring.restart(at);
    }

    /// What time alone brings: attempts, ends, prompts.
    fn on_time(&mut self, out: &mut Vec<EarEffect>) {
        let now = self.now();
        if self
            .last
            .as_ref()
            .is_some_and(|last| !last.can_go_on_at(now, samples(self.config.join_ms + 200)))
        {
            self.last = None;
        }
        if let Some(mut open) = self.open.take() {
            match self.judge_open(&mut open, now, out) {
                Some(row) => self.finish(open, row, out),
                None => self.open = Some(open),
            }
        }
        if let Some(since) = self.waiting_since
            && now.ms_since(since) >= self.config.patience_ms
        {
            self.waiting_since = None;
            if self.is_reprompted {
                self.awake_until = now;
                out.push(EarEffect::Idle);
            } else {
                self.is_reprompted = true;
                out.push(EarEffect::Reprompt);
            }
        }
    }

    /// Whether a turn is over, and what becomes due before it is.
    fn judge_open(&self, open: &mut Open, now: SampleIdx, out: &mut Vec<EarEffect>) -> Option<Row> {
        let longest_ms = match self.listen.care {
            Care::Ordinary => self.config.longest_ms,
            Care::Sealed => self.config.longest_sealed_ms,
        };
        if open.length() >= samples(longest_ms) {
            return Some(Row::Longest);
        }
        if self.config.gate == Gate::Push {
            return None;
        }
        let silence_ms = now.ms_since(open.voice_end());
        if silence_ms >= self.config.speculate_ms
            && open.is_worth_reading(samples(self.config.least_ms))
            && let Some((attempt, utterance)) = open.speculate()
        {
            out.push(EarEffect::Speculate {
                turn: open.turn,
                attempt,
                utterance,
            });
        }
        let row = open.row(self.listen.language, self.listen.expects);
        let hold_ms = self.config.holds.of(row);
        if silence_ms >= hold_ms {
            return Some(row);
        }
        open.near = open.loudness.faded(hold_ms.saturating_add(FADED_MS));
        open.near.map(|_| Row::Faded)
    }

    fn finish(&mut self, open: Open, row: Row, out: &mut Vec<EarEffect>) {
        self.sure = 0;
        let turn = open.turn;
        if !open.is_worth_reading(samples(self.config.least_ms)) {
            self.resume(&open);
            out.push(EarEffect::Dropped { turn });
            return;
        }
        let ended_at = self.now();
        let near = open.near.filter(|_| row == Row::Faded);
        let voice_end = near.map_or(open.voice_end(), |(_, to)| to.min(open.voice_end()));
        self.earliest = match row {
            // Somebody is cut off in mid-word: the next turn begins a little before.
            Row::Longest => ended_at.minus(samples(CARRIED_MS)),
            Row::Answer
            | Row::DigitsDone
            | Row::Whole
            | Row::Usual
            | Row::Wordless
            | Row::Open
            | Row::Spelled
            | Row::Faded
            | Row::Released => ended_at,
        };
        self.resume(&open);
        // What the word was said for has been said: from here on counts how long one may go on.
        self.awake_until = ended_at.plus(samples(self.config.follow_up_ms));
        let heard = match (open.attempt(), near) {
            (_, Some(near)) => {
                Heard::Sound(open.near_utterance(near, self.config.preroll_ms, BEHIND_MS))
            }
            (Some(attempt), None) if row != Row::Longest => Heard::Attempt(attempt),
            (Some(_) | None, None) => Heard::Sound(open.utterance()),
        };
        out.push(EarEffect::Ended {
            turn,
            voice_end,
            heard,
            row,
        });
        if row == Row::Faded {
            let until = ended_at.plus(samples(BACKDROP_MS));
            self.backdrop = open.loudness.near_db().map(|near_db| (near_db, until));
        }
        let can_go_on = !matches!(row, Row::Faded | Row::Longest | Row::Released);
        // What was said to a question that is over by now is no beginning of anything.
        if can_go_on && self.listen.care == Care::Ordinary && !open.is_sealed() {
            self.last = Some(Ended::new(open, ended_at));
        }
        if row == Row::Longest {
            let onset = self.earliest;
            self.begin_again(onset, out);
        }
    }

    /// The next turn of somebody who was cut off and speaks on.
    fn begin_again(&mut self, onset: SampleIdx, out: &mut Vec<EarEffect>) {
        self.last = None;
        let now = self.now();
        self.begin(onset, now, out);
    }
}

/// Samples of the past that a turn may need: what lies before a beginning, or since the end of a turn that goes on. Behind a wake word
/// a beginning may lie as far back as the word was believed late.
fn kept(config: &EarConfig) -> usize {
    let before_ms = config.preroll_ms.max(config.join_ms).max(CARRIED_MS);
    let ms = match config.gate {
        Gate::Open | Gate::Push => before_ms + config.on_ms + LATE_MS,
        Gate::Wake => KEPT_MS,
    };
    usize::try_from(samples(ms.min(KEPT_MS))).unwrap_or(0)
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.ring.wipe();
    }
}
