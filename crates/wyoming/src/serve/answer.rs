//! The answer to one sentence, gathered from what happens in its conversation.

use errand_protocol::errand::{ApprovalKind, ApprovalPlace, ErrandEvent};
use errand_runtime::house::{Emitted, TurnStatus, What};
use errand_types::Language;

/// Characters of an answer at most.
const TEXT_MAX: usize = 2_000;

/// An answer while it comes.
#[derive(Debug)]
pub(crate) struct Gathering {
    key: String,
    language: Language,
    turn: Option<u64>,
    said: Vec<String>,
    /// A question that only a screen may answer.
    on_screen: Option<ApprovalKind>,
}

/// What came of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) is_handled: bool,
    pub(crate) text: String,
}

impl Gathering {
    /// For the sentence with this key.
    pub(crate) fn new(key: &str, language: Language) -> Self {
        Self {
            key: key.to_owned(),
            language,
            turn: None,
            said: Vec::new(),
            on_screen: None,
        }
    }

    /// Something happened; the answer, once it is whole.
    pub(crate) fn step(&mut self, emitted: &Emitted) -> Option<Gathered> {
        if let What::TurnStarted { key } = &emitted.what
            && *key == self.key
        {
            self.turn = emitted.turn;
            return None;
        }
        if self.turn.is_none() || emitted.turn != self.turn {
            return None;
        }
        match &emitted.what {
            // Never what is live: the words of an approval are no business of a caller.
            What::Say { kept, .. } => self.said.push(kept.clone()),
            What::Errand { live, .. } => {
                if let ErrandEvent::ApprovalRequired { approval } = live.as_ref()
                    && approval.place == ApprovalPlace::Page
                {
                    self.on_screen = Some(approval.kind);
                }
            }
            What::TurnDone { status } => return Some(self.done(*status)),
            What::TurnStarted { .. } => {}
        }
        None
    }

    fn done(&mut self, status: TurnStatus) -> Gathered {
        let mut text = self.said.join(" ");
        if self.on_screen.is_some() {
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

fn nothing(language: Language, is_handled: bool) -> &'static str {
    match (language, is_handled) {
        (Language::English, true) => "Done.",
        (Language::English, false) => "That was stopped. Nothing was bought.",
        (Language::German, true) => "Erledigt.",
        (Language::German, false) => "Das wurde abgebrochen. Nichts wurde gekauft.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_turn(turn: Option<u64>, what: What) -> Emitted {
        Emitted { turn, what }
    }

    fn say(kept: &str) -> What {
        What::Say {
            live: format!("{kept} amber violin"),
            kept: kept.to_owned(),
        }
    }

    fn started(key: &str) -> What {
        What::TurnStarted {
            key: key.to_owned(),
        }
    }

    fn done(status: TurnStatus) -> What {
        What::TurnDone { status }
    }

    fn gathered(happened: Vec<(Option<u64>, What)>) -> Option<Gathered> {
        let mut gathering = Gathering::new("k", Language::English);
        happened
            .into_iter()
            .find_map(|(turn, what)| gathering.step(&in_turn(turn, what)))
    }

    #[test]
    fn an_answer_is_what_was_said_in_its_turn_and_nothing_live() {
        let answer = gathered(vec![
            (Some(1), say("Of an older turn.")),
            (Some(2), started("k")),
            (None, say("An order was shipped.")),
            (Some(2), say("Three fit.")),
            (Some(2), say("Which one?")),
            (Some(1), done(TurnStatus::Completed)),
            (Some(2), done(TurnStatus::Completed)),
        ]);

        assert_eq!(
            answer,
            Some(Gathered {
                is_handled: true,
                text: "Three fit. Which one?".to_owned()
            })
        );
    }

    #[test]
    fn a_turn_that_was_taken_over_is_not_handled() {
        let answer = gathered(vec![
            (Some(2), started("k")),
            (Some(2), done(TurnStatus::Cancelled)),
        ])
        .unwrap();

        assert!(!answer.is_handled);
        assert_eq!(answer.text, "That was stopped. Nothing was bought.");
    }

    #[test]
    fn the_turn_of_another_sentence_is_not_its_answer() {
        assert_eq!(
            gathered(vec![
                (Some(2), started("other")),
                (Some(2), say("Not for us.")),
                (Some(2), done(TurnStatus::Completed)),
            ]),
            None
        );
    }
}
