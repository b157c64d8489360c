//! What a person says or answers, made an input of the engine.

use errand_engine::{Answer, Input, Judgement, OpenQuestion};
use errand_types::{ApprovalId, Text};

use super::Actor;
use crate::parts::Heard;
use crate::person;

impl Actor {
    /// A sentence: an answer when a question is open and the closed grammar takes the whole of it, else a planner's work.
    pub(super) async fn hear(&mut self, text: &str) {
        let turn = self.turns;
        let heard = self.heard(text);
        let clipped: Text<2000> = Text::clip(text);
        let closed = match &self.session.open {
            Some(OpenQuestion::Choose | OpenQuestion::Planner(_)) | None => false,
            Some(_) => true,
        };
        let answer = |answer| Input::Answered {
            turn,
            answer,
            text: clipped.clone(),
        };
        let input = match heard {
            Heard::Words(words) => {
                if let Some(OpenQuestion::Purchase { approval, .. }) = &self.session.open
                    && errand_trust::is_attempt(&words)
                {
                    let approval = approval.clone();
                    let judgement = self.judge(&approval, &words).await;
                    Input::Judged {
                        turn: Some(turn),
                        approval,
                        judgement,
                    }
                } else {
                    self.said(turn, text, clipped)
                }
            }
            Heard::Yes if closed => answer(Answer::Yes),
            Heard::No if closed => answer(Answer::No),
            Heard::Why if closed => answer(Answer::Why),
            Heard::Repeat if closed => answer(Answer::Repeat),
            Heard::Yes | Heard::No | Heard::Why | Heard::Repeat | Heard::Other => {
                self.said(turn, text, clipped)
            }
        };
        self.step(input).await;
    }

    /// The closed grammar's reading, in the person's language.
    pub(super) fn heard(&self, text: &str) -> Heard {
        let language = person::lock(&self.person).profile.language;
        (self.runtime.0.parts.grammar)(language, text)
    }

    async fn judge(&self, approval: &ApprovalId, words: &str) -> Judgement {
        self.runtime
            .0
            .approvals
            .judge(approval, &self.session.id, words)
            .await
    }

    /// An answer from beside the conversation: the page's sheet, another device.
    pub(super) async fn on_answer(&mut self, approval: &ApprovalId, answer: &str) {
        let turn = self.turns;
        let open = match &self.session.open {
            Some(OpenQuestion::Purchase { approval: a, .. }) if a == approval => Some(true),
            Some(OpenQuestion::Consent { approval: a, .. }) if a == approval => Some(false),
            Some(_) | None => None,
        };
        let heard = self.heard(answer);
        let text = || Text::clip(answer);
        let input = match (open, heard) {
            (None, _) => Input::Judged {
                turn: Some(turn),
                approval: approval.clone(),
                judgement: Judgement::Gone,
            },
            (Some(_), Heard::No) => Input::Answered {
                turn,
                answer: Answer::No,
                text: text(),
            },
            // A yes grants a consent; to a purchase it is answered that the words are needed.
            (Some(false), Heard::Yes) | (Some(true), Heard::Yes | Heard::Why | Heard::Repeat) => {
                Input::Answered {
                    turn,
                    answer: Answer::Yes,
                    text: text(),
                }
            }
            (Some(false), _) => Input::Answered {
                turn,
                answer: Answer::Repeat,
                text: text(),
            },
            // Here the field is for the words and nothing else: whatever it holds is a try.
            (Some(true), Heard::Words(_) | Heard::Other) => {
                let judgement = self.judge(approval, answer).await;
                Input::Judged {
                    turn: Some(turn),
                    approval: approval.clone(),
                    judgement,
                }
            }
        };
        self.step(input).await;
    }

    fn said(&self, turn: u64, text: &str, clipped: Text<2000>) -> Input {
        let language = person::lock(&self.person).profile.language;
        let tone = (self.runtime.0.parts.listener)(language, clipped.as_str());
        let cut = text.chars().count() > errand_types::limits::UTTERANCE_CHARS_MAX;
        Input::Said {
            turn,
            text: clipped,
            cut,
            tone,
        }
    }
}
