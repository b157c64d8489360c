use std::fmt;

use super::profile::Phase;
use crate::ear::TurnId;
use crate::frame::SampleIdx;
use crate::nod::Looked;
use crate::ports::EchoState;

/// Whether both may speak at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplex {
    /// Both.
    Full,
    /// While we speak only the wake word and stop words are heard: our echo cannot be told from speech.
    Half,
}

/// What a [`crate::Turn`] is told.
#[derive(Clone, PartialEq)]
pub enum TurnInput<'a> {
    /// The conversation moved on.
    Phase(Phase),
    /// Whether our own sound is being heard at the moment.
    Sounding(bool),
    /// Voice of a turn of the [`crate::Ear`], told again as it grows.
    Voice {
        /// Which.
        turn: TurnId,
        /// Where the voice began.
        from: SampleIdx,
        /// The place behind the last of it.
        until: SampleIdx,
    },
    /// Words of a turn as far as they are understood. Also when there are none: that is news too. While an approval is open the
    /// answer is judged first and then told.
    Words {
        /// Which.
        turn: TurnId,
        /// All of them so far.
        text: &'a str,
        /// Nothing follows.
        is_final: bool,
    },
    /// A look at what was said so far ([`TurnEffect::Look`]) told whether it is a nod ([`crate::Nods`]). `None`: it told nothing.
    Looked {
        /// Which.
        turn: TurnId,
        /// What was found.
        looked: Option<Looked>,
    },
    /// The turn of the [`crate::Ear`] is over.
    Over {
        /// Which.
        turn: TurnId,
    },
    /// Somebody said the wake word.
    Wake,
    /// What the canceller knows of our echo.
    Echo(EchoState),
    /// Nothing but time.
    Tick,
}

impl fmt::Debug for TurnInput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phase(_) => "Phase",
            Self::Sounding(_) => "Sounding",
            Self::Voice { .. } => "Voice",
            Self::Words { .. } => "Words",
            Self::Looked { .. } => "Looked",
            Self::Over { .. } => "Over",
            Self::Wake => "Wake",
            Self::Echo(_) => "Echo",
            Self::Tick => "Tick",
        })
    }
}

/// What a turn of the person counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Floor {
    /// A new turn.
    New,
    /// It joins the request that is being worked on, or replaces it. What is not yet intended is cancelled.
    Amends,
    /// An answer to the approval that is open; only the closed grammar reads it.
    Answer,
    /// The same, but the terms were not heard to their end: it may say no and never yes.
    Early,
    /// A payment is under way: it waits.
    Queued,
    /// The same, and it wants to stop what cannot be stopped any more.
    TooLate,
}

/// Why a turn counts as nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nothing {
    /// No word in it.
    Noise,
    /// "Mhm."
    Backchannel,
    /// We were speaking, and our echo cannot be told from speech.
    Gated,
}

/// Where we go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Again {
    /// At the sample at which we became quieter.
    Ducked,
    /// At the beginning of the clause.
    Clause,
}

/// What a [`crate::Turn`] wants to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnEffect {
    /// Our sound becomes quieter.
    Duck,
    /// And as loud as before; nothing was lost.
    Unduck,
    /// Our sound stops and its place is remembered.
    Hold,
    /// It goes on.
    Resume(Again),
    /// Our sound stops for good, and what was not heard was not said.
    Stop,
    /// The person has the floor. Clients are told that somebody speaks now, and not before.
    Takes {
        /// Their turn.
        turn: TurnId,
        /// What it counts as.
        floor: Floor,
    },
    /// The turn counts as nothing, whatever is read of it.
    Nothing {
        /// Which.
        turn: TurnId,
        /// Why.
        why: Nothing,
    },
    /// Read the first half second quickly, to know whether there are words.
    ReadQuickly {
        /// Of this turn.
        turn: TurnId,
    },
    /// Look whether what was said so far is a nod; answered by [`TurnInput::Looked`]. The next look waits for the answer.
    Look {
        /// Of this turn.
        turn: TurnId,
        /// They are silent, and it may be all that they say: it is looked at as well as it can be, also as it was heard with our echo only
        /// subtracted.
        is_whole: bool,
    },
    /// The terms were interrupted: they are spoken again from the start.
    TermsAgain,
    /// Whether both may speak at once changed.
    Duplex(Duplex),
}
