//! The answer to one sentence, gathered from what happens in its conversation. It is made for the ear: whoever asked reads
//! it aloud.

use errand_protocol::errand::{ApprovalPlace, ErrandEvent};
use errand_runtime::house::{Emitted, TurnStatus, What};
use errand_types::Language;

use super::said::{Manner, Teller};

/// Characters of an answer at most.
const TEXT_MAX: usize = 2_000;

/// An answer while it comes.
#[derive(Debug)]
pub(crate) struct Gathering {
    key: String,
    language: Language,
    turn: Option<u64>,
    /// Says it; `None` where nothing is said but what is shown.
    teller: Option<Teller>,
    /// What is shown.
    shown: Vec<String>,
    /// An approval was asked for. Its terms are told whole and as they are shown, because they are decided on a screen.
    is_approval: bool,
    /// Only a screen may answer it.
    is_on_screen: bool,
}

/// What came of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) is_handled: bool,
    pub(crate) text: String,
}

impl Gathering {
    /// For the sentence with this key.
    pub(crate) fn new(key: &str, manner: &Manner) -> Self {
        Self {
            key: key.to_owned(),
            language: manner.language,
            turn: None,
            teller: Teller::new(manner),
            shown: Vec::new(),
            is_approval: false,
            is_on_screen: false,
        }
    }

    /// Something happened; the answer, once it is whole.
    pub(crate) fn step(&mut self, emitted: &Emitted) -> Option<Gathered> {
        if let What::TurnStarted { key } = &emitted.what
            && *key == self.key
        {
            self.turn = emitted.turn;
        }
        if self.turn.is_none() || emitted.turn != self.turn {
            return None;
        }
        if Self::is_said(&emitted.what)
            && let Some(teller) = &mut self.teller
        {
            teller.tell(emitted);
        }
        match &emitted.what {
            // Never what is live: the words of an approval are no business of a caller.
            What::Say {
                kept, is_private, ..
            } => {
                let text = if *is_private {
                    elsewhere(self.language)
                } else {
                    kept
                };
                if self.shown.last().is_none_or(|last| last != text) {
                    self.shown.push(text.to_owned());
                }
            }
            What::Errand { live, .. } => {
                if let ErrandEvent::ApprovalRequired { approval } = live.as_ref() {
                    self.is_approval = true;
                    self.is_on_screen |= approval.place == ApprovalPlace::Page;
                }
            }
            What::TurnDone { status } => return Some(self.done(*status)),
            What::TurnStarted { .. } => {}
        }
        None
    }

    /// Approvals are not heard and answered here. What is told of them is in the texts beside their events, and a stream that
    /// never asked has nothing to say of how one ended.
    fn is_said(what: &What) -> bool {
        let is_of_approval = |event: &ErrandEvent| {
            matches!(
                event,
                ErrandEvent::ApprovalRequired { .. } | ErrandEvent::ApprovalResolved(_)
            )
        };
        !matches!(what, What::Errand { live, .. } if is_of_approval(live))
    }

    fn done(&mut self, status: TurnStatus) -> Gathered {
        let said = self.teller.as_ref().map(Teller::text).unwrap_or_default();
        let mut text = if self.is_approval || said.is_empty() {
            self.shown.join(" ")
        } else {
            said
        };
        if self.is_on_screen {
            text = join(&text, on_screen(self.language));
        }
        let is_handled = status == TurnStatus::Completed;
        if text.is_empty() {
            nothing(self.language, is_handled).clone_into(&mut text);
        }
        Gathered {
            is_handled,
            text: text.chars().take(TEXT_MAX).collect(),
        }
    }
}

fn join(text: &str, more: &str) -> String {
    [text, more]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn on_screen(language: Language) -> &'static str {
    match language {
        Language::English => "Confirm it on errand's page; here it can only be declined.",
        Language::German => {
            "Bestätige es auf der Seite von errand; hier lässt es sich nur ablehnen."
        }
    }
}

/// In place of what others in the room are not to hear.
fn elsewhere(language: Language) -> &'static str {
    match language {
        Language::English => "That is private, and others may hear it.",
        Language::German => "Das ist privat, und andere könnten es hören.",
    }
}

fn nothing(language: Language, is_handled: bool) -> &'static str {
    match (language, is_handled) {
        (Language::English, true) => "Done.",
        (Language::English, false) => "That was stopped. Nothing was bought.",
        (Language::German, true) => "Erledigt.",
        (Language::German, false) => "Das wurde abgebrochen. Nichts wurde gekauft.",
    }
}

#[cfg(test)]
mod tests;
