//! What is given to recognisers, and what becomes of their words.

use std::sync::Arc;
use std::time::Duration;

use errand_voice_core::{
    Care, Deadline, EarInput, Hints, SampleIdx, TurnId, TurnInput, UTTERANCE_SAMPLES_MAX,
    Utterance, samples,
};

use super::turns::State;
use super::{Talker, TalkerEffect};
use crate::event::{Cause, How, Note, VoiceEvent};
use crate::fault::Unread;
use crate::talker::messages::{JobId, ReadJob, ReadKind, Reading};

/// No worker was free: asked again after so long, and given up after so long, in milliseconds.
const AGAIN_MS: u64 = 500;
const GIVE_UP_MS: u64 = 30_000;
/// A reading is late so long after its deadline, in milliseconds.
const GRACE_MS: u64 = 1_000;
/// Readings of one stream at once: one runs, one waits. What comes on top is joined to the one that waits.
const READS_MAX: usize = 2;

/// A reading under way.
#[derive(Debug)]
struct Pending {
    job: JobId,
    turn: TurnId,
    kind: ReadKind,
    utterance: Arc<Utterance>,
    late_at: SampleIdx,
}

/// Readings of a stream.
#[derive(Debug, Default)]
pub(super) struct Reads {
    next: u64,
    pending: Vec<Pending>,
    /// The person was told that it takes a moment.
    told_busy: bool,
}

impl Reads {
    fn take(&mut self, job: JobId) -> Option<Pending> {
        let at = self.pending.iter().position(|p| p.job == job)?;
        Some(self.pending.remove(at))
    }

    fn finals(&self) -> usize {
        let is_final = |p: &&Pending| matches!(p.kind, ReadKind::Final);
        self.pending.iter().filter(is_final).count()
    }
}

impl Talker {
    fn hints_for(&self, kind: ReadKind) -> Option<Hints> {
        match kind {
            ReadKind::Closed | ReadKind::ClosedQuick => self.approving.hints(),
            ReadKind::Look => self.nods.as_ref().map(|nods| nods.hints().clone()),
            ReadKind::Final | ReadKind::Quick => Some(self.hints()),
        }
    }

    /// Asks for a reading. `None`: nobody here may read it.
    pub(super) fn ask(
        &mut self,
        turn: TurnId,
        kind: ReadKind,
        utterance: Arc<Utterance>,
    ) -> Option<JobId> {
        self.ask_twice(turn, kind, utterance, None)
    }

    /// The same of sound that was heard otherwise as well.
    pub(super) fn ask_twice(
        &mut self,
        turn: TurnId,
        kind: ReadKind,
        utterance: Arc<Utterance>,
        otherwise: Option<Arc<Utterance>>,
    ) -> Option<JobId> {
        let hints = self.hints_for(kind)?;
        self.reads.next = self.reads.next.saturating_add(1);
        let job = JobId(self.reads.next);
        let within = Deadline::usual(utterance.length()).within;
        let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        self.reads.pending.push(Pending {
            job,
            turn,
            kind,
            utterance: Arc::clone(&utterance),
            late_at: self.now().plus_ms(within_ms.saturating_add(GRACE_MS)),
        });
        self.out.push(TalkerEffect::Read(ReadJob {
            job,
            turn,
            kind,
            utterance,
            otherwise,
            hints,
        }));
        Some(job)
    }

    pub(super) fn stop_read(&mut self, job: JobId) {
        if self.reads.take(job).is_some() {
            self.out.push(TalkerEffect::StopRead { job });
        }
    }

    /// INVARIANT: sealed sound is read by the closed recogniser or not at all, whatever is known of its turn.
    fn kind_of(utterance: &Utterance) -> ReadKind {
        match utterance.care() {
            Care::Sealed => ReadKind::Closed,
            Care::Ordinary => ReadKind::Final,
        }
    }

    /// It is silent for a moment: the final reading begins, and the hold decides whether it is used.
    pub(super) fn read_attempt(&mut self, turn: TurnId, attempt: u32, utterance: Utterance) {
        let utterance = Arc::new(utterance);
        let kind = Self::kind_of(&utterance);
        // While the reading of another turn waits, this one is read when it is over.
        if kind == ReadKind::Final && self.reads.finals() >= READS_MAX {
            return;
        }
        let job = self.ask(turn, kind, Arc::clone(&utterance));
        if let Some(spoken) = self.turns.get(turn) {
            spoken.utterance = Some(utterance);
            if let Some(job) = job {
                spoken.state = State::Attempt { attempt, job };
            }
        }
    }

    /// They went on speaking.
    pub(super) fn withdraw(&mut self, turn: TurnId, attempt: u32) {
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        match spoken.state {
            State::Attempt { attempt: a, job } if a == attempt => {
                spoken.state = State::Unread;
                self.stop_read(job);
            }
            State::Known { attempt: Some(a) } if a == attempt => spoken.state = State::Unread,
            State::Waits { .. } => spoken.state = State::Unread,
            State::Unread
            | State::Attempt { .. }
            | State::Final { .. }
            | State::Known { .. }
            | State::Failed => {}
        }
    }

    /// The turn is over and no attempt holds.
    pub(super) fn read_final(&mut self, turn: TurnId, utterance: Utterance) {
        let kind = Self::kind_of(&utterance);
        let before = self.turns.get(turn).and_then(|spoken| spoken.job());
        if let Some(job) = before {
            self.stop_read(job);
        }
        if kind == ReadKind::Final && self.reads.finals() >= READS_MAX {
            self.join(turn, &utterance);
            return;
        }
        self.read_utterance(turn, kind, Arc::new(utterance));
    }

    fn read_utterance(&mut self, turn: TurnId, kind: ReadKind, utterance: Arc<Utterance>) {
        let job = self.ask(turn, kind, Arc::clone(&utterance));
        if let Some(spoken) = self.turns.get(turn) {
            spoken.utterance = Some(utterance);
            spoken.state = job.map_or(State::Failed, |job| State::Final { job });
        }
        if job.is_none() {
            // The approval that it belonged to is over, or nobody here may read it: it comes to nothing.
            self.conclude(turn);
        }
    }

    /// Two turns wait already: this one is read together with the later of them.
    fn join(&mut self, turn: TurnId, utterance: &Utterance) {
        let last = self.reads.pending.iter().rev();
        let last = last.filter(|p| p.kind == ReadKind::Final && p.turn != turn);
        let Some((job, before)) = last.map(|p| (p.job, Arc::clone(&p.utterance))).next() else {
            self.read_utterance(turn, ReadKind::Final, Arc::new(utterance.clone()));
            return;
        };
        let earlier = self.turns.of_job(job).map(|spoken| spoken.turn);
        self.stop_read(job);
        if let Some(earlier) = earlier {
            self.turns.remove(earlier);
            self.tell(VoiceEvent::Dropped {
                turn: earlier,
                was_told: true,
                why: None,
            });
        }
        let mut pcm = before.pcm().to_vec();
        pcm.extend_from_slice(utterance.pcm());
        let keep = pcm.len().saturating_sub(UTTERANCE_SAMPLES_MAX);
        pcm.drain(..keep);
        let voiced = samples(millis(before.voiced() + utterance.voiced()));
        let joined = Utterance::new(before.first(), pcm, voiced, Care::Ordinary);
        self.read_utterance(turn, ReadKind::Final, Arc::new(joined));
    }

    pub(super) fn on_read(&mut self, job: JobId, outcome: Result<Reading, Unread>) {
        let Some(pending) = self.reads.take(job) else {
            // Withdrawn, or of a turn that is over.
            return;
        };
        match outcome {
            Ok(reading) => {
                self.reads.told_busy = false;
                self.on_words(&pending, reading);
            }
            Err(unread) => self.on_unread(&pending, unread),
        }
    }

    fn on_words(&mut self, pending: &Pending, reading: Reading) {
        let turn = pending.turn;
        match pending.kind {
            ReadKind::Quick => {
                self.tell_turn(TurnInput::Words {
                    turn,
                    text: &reading.transcript.text,
                    is_final: false,
                });
            }
            ReadKind::Look => {
                let nods = self.nods.as_ref();
                let looked = nods.and_then(|nods| nods.judge(&reading.transcript, &reading.others));
                self.tell_turn(TurnInput::Looked { turn, looked });
            }
            ReadKind::ClosedQuick => self.on_closed_quick(turn, &reading),
            ReadKind::Final | ReadKind::Closed => self.on_final(pending, reading),
        }
    }

    fn on_final(&mut self, pending: &Pending, reading: Reading) {
        let (turn, now) = (pending.turn, self.now());
        let is_asked = self.telling.is_asked() || self.browse.has_options();
        let is_expected = self.turns.get(turn).map(|s| s.job() == Some(pending.job));
        // A turn's job is still its own unless it was withdrawn, and then `take` found nothing.
        if is_expected != Some(true) {
            return;
        }
        let how = how(&pending.utterance, &reading);
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        spoken.how = Some(how);
        spoken.transcript_at = Some(now);
        let attempt = match spoken.state {
            State::Attempt { attempt, .. } => Some(attempt),
            State::Unread
            | State::Final { .. }
            | State::Waits { .. }
            | State::Known { .. }
            | State::Failed => None,
        };
        spoken.state = State::Known { attempt };
        if pending.kind == ReadKind::Closed {
            let mut transcripts = vec![reading.transcript];
            transcripts.extend(reading.others);
            self.approving.keep(turn, transcripts);
            self.conclude(turn);
            return;
        }
        spoken.text = reading.transcript.text.trim().to_owned().into();
        let (text, is_over) = (spoken.text.clone(), spoken.over.is_some());
        let fresh = spoken.fresh_words();
        self.tell_turn(TurnInput::Words {
            turn,
            text: &fresh,
            is_final: is_over,
        });
        if !is_over {
            // What was understood shortens the hold, or lengthens it.
            let meaning = self.reader.read(text.as_str(), is_asked);
            let effects = self.listener.tell(EarInput::Partial {
                turn,
                text: text.as_str(),
                meaning,
            });
            self.on_ear(effects);
        }
        self.conclude(turn);
    }

    fn on_unread(&mut self, pending: &Pending, unread: Unread) {
        let (turn, now) = (pending.turn, self.now());
        match pending.kind {
            // The final reading will tell.
            ReadKind::Quick | ReadKind::ClosedQuick => return,
            ReadKind::Look => {
                self.tell_turn(TurnInput::Looked { turn, looked: None });
                return;
            }
            ReadKind::Final | ReadKind::Closed => {}
        }
        if unread.is_busy {
            if !std::mem::replace(&mut self.reads.told_busy, true) {
                self.tell(VoiceEvent::Note(Note::Overloaded));
                self.say_text(Cause::Hearing, Some(turn), "One moment.");
            }
            if let Some(spoken) = self.turns.get(turn) {
                spoken.waited_since.get_or_insert(now);
                spoken.state = State::Waits {
                    next: now.plus_ms(AGAIN_MS),
                };
            }
            return;
        }
        self.fail(turn, unread.code);
    }

    fn fail(&mut self, turn: TurnId, code: &'static str) {
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        spoken.state = State::Failed;
        let is_over = spoken.over.is_some();
        if is_over {
            self.tell_failed(turn, code);
        } else if let Some(spoken) = self.turns.get(turn) {
            // The attempt failed while they may still go on: it is read again when the turn is over.
            spoken.state = State::Unread;
        }
    }

    pub(super) fn tell_failed(&mut self, turn: TurnId, code: &'static str) {
        self.tell(VoiceEvent::Unread { turn, code });
        self.tell_turn(TurnInput::Words {
            turn,
            text: "",
            is_final: true,
        });
        let was_told = self.turns.get(turn).is_some_and(|t| t.was_told);
        self.turns.remove(turn);
        if was_told {
            self.say_text(
                Cause::Hearing,
                None,
                "I could not hear that. Please say it again.",
            );
        }
    }

    /// What time alone brings: readings that are late, and those that waited for a worker.
    pub(super) fn read_on(&mut self) {
        let now = self.now();
        let again_at = now.plus_ms(GIVE_UP_MS);
        let mut late = Vec::new();
        for pending in &mut self.reads.pending {
            if now >= pending.late_at {
                pending.late_at = again_at;
                late.push(pending.job);
            }
        }
        for job in late {
            self.out.push(TalkerEffect::Overdue { job });
        }
        let mut due = Vec::new();
        for spoken in self.turns.iter_mut() {
            if let State::Waits { next } = &mut spoken.state
                && now >= *next
            {
                *next = now.plus_ms(AGAIN_MS);
                let since = spoken.waited_since.unwrap_or(now);
                let is_hopeless = now.ms_since(since) >= GIVE_UP_MS;
                let utterance = spoken.utterance.clone();
                due.push((spoken.turn, is_hopeless, utterance));
            }
        }
        for (turn, is_hopeless, utterance) in due {
            match utterance {
                Some(utterance) if !is_hopeless => {
                    let kind = Self::kind_of(&utterance);
                    self.read_utterance(turn, kind, utterance);
                }
                Some(_) | None => self.fail(turn, "VOICE-0005"),
            }
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn how(utterance: &Utterance, reading: &Reading) -> How {
    How {
        engine: reading.transcript.engine,
        confidence: reading.transcript.confidence,
        audio: utterance.length(),
        voiced: utterance.voiced(),
        took: reading.took,
        voice: reading.voice,
    }
}
