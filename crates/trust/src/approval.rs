use std::collections::BTreeMap;

use errand_types::{ApprovalId, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::approved::{Approved, Proof};
use crate::counters::{Counters, Lock, SPOKEN_ASKS_MAX};
use crate::transaction::{Transaction, TxDigest};
use crate::words::{ServerKey, Words};

/// Longest life of a question.
pub const TTL_MAX: SignedDuration = SignedDuration::from_secs(120);
/// Longest life of a question whose words are spoken. Half of the other: what is said into a room is heard by all who are in
/// it and by whoever comes in, and it cannot be covered up like a screen. A minute is enough to hear the terms twice.
pub const SPOKEN_TTL_MAX: SignedDuration = SignedDuration::from_secs(60);
/// Wrong answers to one question after which it is void.
pub const TRIES_MAX: u8 = 3;
/// Questions that are kept, open and closed ones together.
const QUESTIONS_MAX: usize = 10_000;
/// How long a closed question is remembered, so that a late answer hears "void" and not "no such question".
const MEMORY: SignedDuration = SignedDuration::from_mins(15);

/// Every open question whether to pay, and the only maker of [`Approved`].
///
/// A pure machine: it reads no clock and writes nothing down. Questions live in memory only, so a restart voids them;
/// the [`Counters`] are made to outlive it.
#[derive(Debug)]
pub struct ApprovalBook {
    key: ServerKey,
    questions: BTreeMap<ApprovalId, Question>,
    counters: Counters,
}

#[derive(Debug)]
struct Question {
    transaction: Transaction,
    digest: TxDigest,
    words: Words,
    round: u32,
    expires: Timestamp,
    tries: u8,
    state: State,
    /// Its words may be spoken and given back by voice.
    spoken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Approved,
    Void,
    Expired,
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A question lives between one second and [`TTL_MAX`].
    #[error("a question lives from 1 to 120 seconds")]
    Ttl,
    /// The offer has ended.
    #[error("the offer has ended")]
    Expired,
    /// The name was used before.
    #[error("a question of this name was asked before")]
    Duplicate,
    /// Too many questions at once.
    #[error("too many questions are open")]
    Full,
    /// Too many wrong answers of this person lately.
    #[error("approving is closed until {until}")]
    Locked {
        /// When it opens again.
        until: Timestamp,
    },
    /// Too many wrong answers of this person in a day.
    #[error("approving by words is off until it is opened again")]
    Off,
    /// Asked by voice as often as may be: the next question is for a screen.
    #[error("asked by voice too often lately")]
    Often,
}

/// What became of an answer.
#[derive(Debug)]
#[must_use]
pub enum Judged {
    /// Right: here is the approval.
    Approved(Approved<TxDigest>),
    /// Wrong.
    Wrong {
        /// Tries left; at none the question is void.
        left: u8,
    },
    /// Too late.
    Expired,
    /// Answered, given up, or voided by a change.
    Void,
    /// Closed after wrong answers.
    Locked {
        /// When it opens again; `None`: not by itself.
        until: Option<Timestamp>,
    },
    /// Nobody asked this.
    NoSuch,
    /// Asked in another conversation. Counts against nobody.
    OtherSession,
    /// Spoken words to a question that a screen answers. Not looked at, so it counts against nobody.
    NeedsScreen,
}

/// Proof that an answer was counted. [`ApprovalBook::judge`] takes it by value, so no answer is judged uncounted and
/// none is judged twice.
#[derive(Debug)]
#[must_use]
pub struct Counted {
    id: ApprovalId,
    session: SessionId,
    proof: Proof,
    at: Timestamp,
    left: u8,
}

impl ApprovalBook {
    /// A book with the wrong answers of earlier runs.
    pub fn new(key: ServerKey, counters: Counters) -> Self {
        Self {
            key,
            questions: BTreeMap::new(),
            counters,
        }
    }

    /// Asks whether to pay. Returns the two words of this very transaction; asked again for the same one, they differ.
    /// `told` with [`Proof::Spoken`]: the words are spoken and may be given back by voice; the asking is counted, and the
    /// caller stores [`ApprovalBook::counters`] before it tells them.
    pub fn open(
        &mut self,
        id: ApprovalId,
        transaction: Transaction,
        told: Proof,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<Words, OpenError> {
        self.tick(now);
        let spoken = told == Proof::Spoken;
        let longest = if spoken { SPOKEN_TTL_MAX } else { TTL_MAX };
        if ttl < SignedDuration::from_secs(1) || ttl > longest {
            return Err(OpenError::Ttl);
        }
        if self.questions.contains_key(&id) {
            return Err(OpenError::Duplicate);
        }
        if self.questions.len() >= QUESTIONS_MAX {
            return Err(OpenError::Full);
        }
        match self.counters.lock(&transaction.user, now) {
            Lock::Open => {}
            Lock::Until(until) => return Err(OpenError::Locked { until }),
            Lock::Off => return Err(OpenError::Off),
        }
        let expires = now
            .checked_add(ttl)
            .map_err(|_| OpenError::Ttl)?
            .min(transaction.expires);
        if expires <= now {
            return Err(OpenError::Expired);
        }
        if spoken && self.counters.spoken_asks(&transaction.user, now) >= SPOKEN_ASKS_MAX {
            return Err(OpenError::Often);
        }
        let digest = transaction.digest();
        let mut round = 0;
        for earlier in self.questions.values_mut().filter(|q| q.digest == digest) {
            round = round.max(earlier.round);
            // One transaction has one open question: the words of the round before end here.
            if earlier.state == State::Open {
                earlier.state = State::Void;
            }
        }
        let round = round.saturating_add(1);
        let words = Words::of(&self.key, &digest, round);
        if spoken {
            self.counters.asked(&transaction.user, now);
        }
        let question = Question {
            transaction,
            digest,
            words,
            round,
            expires,
            tries: 0,
            state: State::Open,
            spoken,
        };
        self.questions.insert(id, question);
        Ok(words)
    }

    /// Counts an answer before it is judged. The caller stores [`ApprovalBook::counters`], then judges. `proof` is how it
    /// was given; it stays with the answer to the end, so that what was spoken is never judged as typed.
    ///
    /// # Errors
    /// What the person hears instead of a judgement: the answer is not looked at.
    pub fn count(
        &mut self,
        id: &ApprovalId,
        session: &SessionId,
        proof: Proof,
        now: Timestamp,
    ) -> Result<Counted, Judged> {
        self.tick(now);
        let question = self.questions.get_mut(id).ok_or(Judged::NoSuch)?;
        if question.transaction.session != *session {
            return Err(Judged::OtherSession);
        }
        match question.state {
            State::Open => {}
            State::Approved | State::Void => return Err(Judged::Void),
            State::Expired => return Err(Judged::Expired),
        }
        // INVARIANT: only a question that was put by voice takes an answer by voice, so what the gate sent to a screen has no
        // proof below that of a screen.
        if proof == Proof::Spoken && !question.spoken {
            return Err(Judged::NeedsScreen);
        }
        match self.counters.lock(&question.transaction.user, now) {
            Lock::Open => {}
            Lock::Until(until) => return Err(Judged::Locked { until: Some(until) }),
            Lock::Off => return Err(Judged::Locked { until: None }),
        }
        // INVARIANT: `tries` grows here and nowhere else, so however many answers race, three are judged.
        let left = TRIES_MAX
            .checked_sub(question.tries.saturating_add(1))
            .ok_or(Judged::Void)?;
        question.tries = question.tries.saturating_add(1);
        self.counters.count(&question.transaction.user, now);
        Ok(Counted {
            id: id.clone(),
            session: session.clone(),
            proof,
            at: now,
            left,
        })
    }

    /// Judges a counted answer. "No" and "cancel" are the caller's: they never come here.
    pub fn judge(&mut self, counted: Counted, said: &str, now: Timestamp) -> Judged {
        self.tick(now);
        let Some(question) = self.questions.get_mut(&counted.id) else {
            return Judged::NoSuch;
        };
        match question.state {
            State::Open => {}
            State::Approved | State::Void => return Judged::Void,
            State::Expired => return Judged::Expired,
        }
        if question.words.is(&self.key, said) {
            question.state = State::Approved;
            self.counters
                .forgive(&question.transaction.user, counted.at);
            return Judged::Approved(Approved::new(
                counted.id,
                question.digest,
                counted.proof,
                counted.session,
                now,
            ));
        }
        if counted.left == 0 {
            question.state = State::Void;
        }
        match self.counters.lock(&question.transaction.user, now) {
            Lock::Open => Judged::Wrong { left: counted.left },
            Lock::Until(until) => Judged::Locked { until: Some(until) },
            Lock::Off => Judged::Locked { until: None },
        }
    }

    /// Closes a question: something in it changed, or the person gave it up.
    pub fn void(&mut self, id: &ApprovalId) {
        if let Some(question) = self.questions.get_mut(id)
            && question.state == State::Open
        {
            question.state = State::Void;
        }
    }

    /// Closes every open question of a conversation: it was taken up by another connection.
    pub fn void_session(&mut self, session: &SessionId) {
        for question in self.questions.values_mut() {
            if question.state == State::Open && question.transaction.session == *session {
                question.state = State::Void;
            }
        }
    }

    /// Lets time pass: closes what is too old and forgets what was closed long ago. Returns what it closed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<ApprovalId> {
        let mut closed = Vec::new();
        for (id, question) in &mut self.questions {
            if question.state == State::Open && question.expires <= now {
                question.state = State::Expired;
                closed.push(id.clone());
            }
        }
        self.questions
            .retain(|_, q| q.state == State::Open || now.duration_since(q.expires) < MEMORY);
        closed
    }

    /// The transaction of an open question and when the question ends.
    pub fn asked(&self, id: &ApprovalId) -> Option<(&Transaction, Timestamp)> {
        self.questions
            .get(id)
            .filter(|q| q.state == State::Open)
            .map(|q| (&q.transaction, q.expires))
    }

    /// Wrong answers so far, to be stored after every count.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Opens approving by words again; see [`Counters::reopen`].
    pub fn reopen(&mut self, user: &UserId) {
        self.counters.reopen(user);
    }
}
