//! What a person says or answers, made an input of the engine.

use errand_engine::{Answer, Input, Judgement, OpenQuestion};
use errand_protocol::errand::ApprovalPlace;
use errand_types::{ApprovalId, By, Text, Way};

use super::Actor;
use crate::parts::Heard;
use crate::person;

/// Words of a spoken answer that are looked at for a no.
const ANSWER_WORDS_MAX: usize = 40;

impl Actor {
    /// A sentence: an answer when a question is open and the closed grammar takes the whole of it, else a planner's work.
    pub(super) async fn hear(&mut self, text: &str, way: Way) {
        let turn = self.turns;
        let heard = self.heard(text);
        let clipped: Text<2000> = Text::clip(&self.without_words(text));
        let closed = match &self.session.open {
            Some(OpenQuestion::Choose | OpenQuestion::Planner(_)) | None => false,
            Some(_) => true,
        };
        let answer = |answer| Input::Answered {
            turn,
            answer,
            text: clipped.clone(),
            way: Some(way),
        };
        let purchase = match &self.session.open {
            Some(OpenQuestion::Purchase { approval, .. }) => Some(approval.clone()),
            Some(_) | None => None,
        };
        let spoken = way.by == By::Spoken;
        let input = match (heard, purchase) {
            (Heard::Words(words), Some(approval)) if errand_trust::is_attempt(&words) => {
                // Of a voice that may approve nothing, nothing is judged.
                let judgement = if way.is_of_stranger() {
                    Judgement::OtherVoice
                } else {
                    self.judge(&approval, &words, way.by).await
                };
                Input::Judged {
                    turn: Some(turn),
                    approval,
                    judgement,
                    way: Some(way),
                }
            }
            (Heard::Yes, _) if closed => answer(Answer::Yes),
            (Heard::No, _) if closed => answer(Answer::No),
            (Heard::Why, _) if closed => answer(Answer::Why),
            (Heard::Repeat, _) if closed => answer(Answer::Repeat),
            // While two words are asked for by voice, what is spoken is one of the above or nothing: the words may be in it,
            // and what is no answer by the closed grammar goes to no planner.
            // A no anywhere in it wins: it is easier than a yes.
            (_, Some(_)) if spoken && self.asks_by_voice() => {
                if self.holds_a_no(text) {
                    answer(Answer::No)
                } else {
                    // Not even in the transcript: misheard, the words would not be recognised in it.
                    Input::Answered {
                        turn,
                        answer: Answer::Unclear,
                        text: Text::clip("(something else)"),
                        way: Some(way),
                    }
                }
            }
            (_, _) => self.said(turn, &self.without_words(text), way),
        };
        self.step(input).await;
    }

    /// The closed grammar's reading, in the person's language.
    pub(super) fn heard(&self, text: &str) -> Heard {
        let language = person::lock(&self.person).profile.language;
        (self.runtime.0.parts.grammar)(language, text)
    }

    /// Whether one of the first words of a sentence is a no by itself: "no", "cancel", "stop".
    fn holds_a_no(&self, text: &str) -> bool {
        text.split_whitespace()
            .take(ANSWER_WORDS_MAX)
            .any(|token| self.heard(token) == Heard::No)
    }

    fn asks_by_voice(&self) -> bool {
        let place = self.words.as_ref().map(|open| open.place);
        place == Some(ApprovalPlace::Voice)
    }

    /// A sentence without the two words of the open question, should it hold them one after the other: they are between
    /// errand and the person, and no planner reads them. Whoever says anything else learns nothing from this.
    fn without_words(&self, text: &str) -> String {
        let Some(open) = &self.words else {
            return text.to_owned();
        };
        without(text, &open.words)
    }

    async fn judge(&self, approval: &ApprovalId, words: &str, by: By) -> Judgement {
        self.runtime
            .0
            .approvals
            .judge(approval, &self.session.id, words, by)
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
                way: None,
            },
            (Some(_), Heard::No) => Input::Answered {
                turn,
                answer: Answer::No,
                text: text(),
                way: None,
            },
            // A yes grants a consent; to a purchase it is answered that the words are needed.
            (Some(false), Heard::Yes) | (Some(true), Heard::Yes | Heard::Why | Heard::Repeat) => {
                Input::Answered {
                    turn,
                    answer: Answer::Yes,
                    text: text(),
                    way: None,
                }
            }
            (Some(false), _) => Input::Answered {
                turn,
                answer: Answer::Repeat,
                text: text(),
                way: None,
            },
            // Here the field is for the words and nothing else: whatever it holds is a try.
            (Some(true), Heard::Words(_) | Heard::Other) => {
                let judgement = self.judge(approval, answer, By::Typed).await;
                Input::Judged {
                    turn: Some(turn),
                    approval: approval.clone(),
                    judgement,
                    way: None,
                }
            }
        };
        self.step(input).await;
    }

    fn said(&self, turn: u64, text: &str, way: Way) -> Input {
        let clipped: Text<2000> = Text::clip(text);
        let language = person::lock(&self.person).profile.language;
        let tone = (self.runtime.0.parts.listener)(language, clipped.as_str());
        let cut = text.chars().count() > errand_types::limits::UTTERANCE_CHARS_MAX;
        Input::Said {
            turn,
            text: clipped,
            cut,
            tone,
            way,
        }
    }
}

/// `text` with `words` (two, with a space between) taken out wherever they stand together, whatever their case and what is
/// between them.
fn without(text: &str, words: &str) -> String {
    let Some((first, second)) = words.split_once(' ') else {
        return text.to_owned();
    };
    let is = |token: &str, word: &str| {
        let letters = token.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).eq(word.chars())
    };
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut out: Vec<&str> = Vec::with_capacity(tokens.len());
    let mut found = false;
    let mut rest = tokens.as_slice();
    while let [token, behind @ ..] = rest {
        if let [next, after @ ..] = behind
            && is(token, first)
            && is(next, second)
        {
            found = true;
            out.push("(two words)");
            rest = after;
        } else {
            out.push(token);
            rest = behind;
        }
    }
    if found {
        out.join(" ")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_words_are_taken_out_of_a_sentence_and_nothing_else_is() {
        assert_eq!(
            without("please, Amber violin! now", "amber violin"),
            "please, (two words) now"
        );
        assert_eq!(
            without("an amber   coat and a violin", "amber violin"),
            "an amber   coat and a violin"
        );
        assert_eq!(without("amber", "amber violin"), "amber");
    }
}
