//! An open approval: its terms are spoken by template, and what is heard is an answer to it and nothing else.

use errand_protocol::errand::{
    ApprovalKind, ApprovalOutcome, ApprovalPlace, ApprovalResolved, ApprovalView,
};
use errand_voice_core::{
    Answered, ClosedGrammar, Decided, Hidden, ItemId, Said, Sentence, TurnId, TurnInput,
};

use super::open::{Mode, Open};
use super::turns::State;
use super::{Talker, TalkerEffect};
use crate::event::{Cause, How, Note, SpokenAnswer, VoiceEvent};
use crate::talker::messages::Reading;

/// What stands for an attempt where only the number of its words counts.
const SOME_WORDS: &str = "two words";

impl Talker {
    pub(super) fn open_approval(&mut self, view: Box<ApprovalView>) {
        let grammar = self.words.as_ref().and_then(|words| {
            let list = words.iter().map(AsRef::as_ref);
            ClosedGrammar::words(self.config.language, list).ok()
        });
        let has_words = view.words.is_some() && view.place == ApprovalPlace::Voice;
        let mode = match (view.kind, has_words) {
            _ if grammar.is_none() => Mode::Page,
            (ApprovalKind::Purchase, false) => Mode::Page,
            (ApprovalKind::Purchase, true) if self.config.has_screen => Mode::Screen,
            // Words that nobody hears and nobody sees answer nothing.
            (ApprovalKind::Purchase, true) if !self.speaks => Mode::Page,
            (ApprovalKind::Purchase, true) | (ApprovalKind::Consent, _) => Mode::Spoken,
        };
        if mode == Mode::Page {
            let approval = view.id.clone();
            self.tell(VoiceEvent::Note(Note::OnPage { approval }));
        }
        for (turn, job) in self.turns.seal() {
            if let Some(job) = job {
                self.stop_read(job);
            }
            self.out.push(TalkerEffect::PartialEnd { turn });
        }
        self.approving.kept.clear();
        self.approving.open = Some(Open {
            view,
            mode,
            grammar,
            terms: None,
            quiet_from: None,
            were_terms_heard: false,
            is_answering: false,
            rests: false,
        });
        // The rest of an answer that is being said is heard first; the question belongs to the terms.
        self.telling.unmute();
        self.say_terms();
    }

    /// The words, where they are spoken here.
    fn spoken_words(&self) -> Option<String> {
        let open = self.approving.open.as_ref()?;
        let is_spoken = open.mode == Mode::Spoken && open.view.kind == ApprovalKind::Purchase;
        open.view.words.clone().filter(|_| is_spoken)
    }

    fn say_terms(&mut self) {
        let words = self.spoken_words();
        let Some((open, saying)) = self.approving.open.as_mut().zip(self.saying.as_ref()) else {
            return;
        };
        open.were_terms_heard = false;
        let said = match open.mode {
            Mode::Page => saying.on_page(&open.view),
            Mode::Spoken | Mode::Screen => saying.approval(&open.view, words.as_deref()),
        };
        let item = self.say_approval(said, words);
        if let Some(open) = &mut self.approving.open {
            open.terms = Some(item);
        }
    }

    fn say_approval(&mut self, said: Said, words: Option<String>) -> ItemId {
        let item = self.begin_item(Cause::Approval, None);
        if let Some(open) = &mut self.approving.open {
            open.quiet_from = None;
        }
        if let Some(kept) = self.voicing.items.get(item) {
            kept.secret = words.map(Hidden::from);
        }
        let spoken: Vec<Sentence> = said.spoken().cloned().collect();
        for sentence in spoken {
            self.say(item, sentence);
        }
        self.close_item(item);
        item
    }

    /// The terms from their beginning, unless they are being said already.
    pub(super) fn terms_again(&mut self) {
        if self.approving.is_open() && !self.voicing.items.is_saying(Cause::Approval) {
            self.say_terms();
        }
    }

    pub(super) fn on_item_done(&mut self, item: ItemId, is_whole: bool) {
        if let Some(open) = self.approving.open.as_mut()
            && open.terms == Some(item)
            && is_whole
        {
            open.were_terms_heard = true;
        }
    }

    /// What to say, without the terms.
    pub(super) fn remind(&mut self) {
        let words = self.spoken_words();
        let Some(open) = &self.approving.open else {
            return;
        };
        let text = match (open.view.kind, open.mode, &words) {
            (_, Mode::Page, _) => "Please answer it on your page, or say no.".to_owned(),
            (ApprovalKind::Consent, ..) => "Yes or no?".to_owned(),
            (ApprovalKind::Purchase, _, Some(words)) => {
                format!("To buy, say: {words}. Or say no.")
            }
            (ApprovalKind::Purchase, _, None) => {
                "To buy, say the two words on your screen. Or say no.".to_owned()
            }
        };
        self.say_asked("", &text, words);
    }

    fn say_asked(&mut self, before: &str, text: &str, words: Option<String>) {
        let sentences = [before, text]
            .into_iter()
            .filter_map(|t| Sentence::new(t).ok());
        let said = Said {
            sentences: sentences.collect(),
            ..Said::default()
        };
        self.say_approval(said, words);
    }

    fn remind_after(&mut self, before: &str) {
        if let Ok(sentence) = Sentence::new(before) {
            self.say_all(Cause::Approval, None, [sentence]);
        }
        self.remind();
    }

    /// Over our own voice only a no is listened for.
    pub(super) fn on_closed_quick(&mut self, turn: TurnId, reading: &Reading) {
        let grammar = self
            .approving
            .open
            .as_ref()
            .and_then(|o| o.grammar.as_ref());
        let wants_out = grammar.and_then(|grammar| grammar.wants_out(&reading.transcript));
        if wants_out.is_some() {
            self.tell_turn(TurnInput::Words {
                turn,
                text: "no",
                is_final: false,
            });
        }
    }

    /// A turn that was said while the approval was open is over.
    pub(super) fn conclude_sealed(&mut self, turn: TurnId) {
        let is_echo_out = self.turn.is_echo_out();
        let Some(spoken) = self.turns.get(turn) else {
            return;
        };
        let how = match (&spoken.state, spoken.how) {
            (State::Known { .. }, Some(how)) => how,
            (State::Failed, _) => {
                self.sealed_over(turn, "");
                return;
            }
            _ => return,
        };
        let is_ours_out = is_echo_out || !spoken.over_ours;
        let utterance = spoken.utterance.clone();
        spoken.is_concluded = true;
        let transcripts = self.approving.take(turn);
        let terms_end = self.approving.terms_end(self.speaks);
        let open = self.approving.open.as_mut();
        let grammar = open.and_then(|open| open.grammar.as_mut());
        let (Some(grammar), Some(utterance), Some(transcripts)) = (grammar, utterance, transcripts)
        else {
            // The approval is over: what was said to it means nothing any more.
            self.sealed_over(turn, "");
            return;
        };
        if transcripts
            .iter()
            .all(|t| t.is_empty() && t.nbest.is_empty())
        {
            self.sealed_over(turn, "");
            return;
        }
        let decided = grammar.step(&Answered {
            utterance: &utterance,
            transcripts: &transcripts,
            terms_end,
            is_ours_out,
        });
        drop((utterance, transcripts));
        let words = match &decided {
            Decided::Cancel => "cancel",
            Decided::No => "no",
            Decided::BareYes => "yes",
            Decided::Repeat => "repeat",
            Decided::Attempt(_) | Decided::TooEarly => SOME_WORDS,
            Decided::AskAgain { .. } | Decided::GiveUp => "something",
        };
        self.sealed_over(turn, words);
        self.on_decided(decided, how);
    }

    fn sealed_over(&mut self, turn: TurnId, words: &str) {
        self.tell_turn(TurnInput::Words {
            turn,
            text: words,
            is_final: true,
        });
        let was_told = self.turns.get(turn).is_some_and(|t| t.was_told);
        self.turns.remove(turn);
        if was_told {
            self.tell(VoiceEvent::Sealed { turn });
        } else {
            self.tell(VoiceEvent::Dropped {
                turn,
                was_told,
                why: None,
            });
        }
    }

    fn on_decided(&mut self, decided: Decided, how: How) {
        let Some(open) = &self.approving.open else {
            return;
        };
        let (kind, mode, is_answering) = (open.view.kind, open.mode, open.is_answering);
        match decided {
            Decided::Cancel | Decided::No => {
                self.stop_speaking();
                self.answer(SpokenAnswer::No, how);
            }
            // One answer is judged at a time.
            _ if is_answering => {}
            Decided::Repeat | Decided::TooEarly => self.terms_again(),
            Decided::Attempt(_) | Decided::BareYes if mode == Mode::Page => self.remind(),
            Decided::BareYes if kind == ApprovalKind::Consent => {
                self.answer(SpokenAnswer::Yes, how);
            }
            Decided::Attempt(_) if kind == ApprovalKind::Consent => self.remind(),
            Decided::Attempt(words) => self.answer(SpokenAnswer::Words(words), how),
            Decided::BareYes => self.remind_after("A yes alone buys nothing."),
            Decided::AskAgain { .. } => self.remind_after("I did not understand."),
            Decided::GiveUp => {
                let approval = self.approving.open.as_ref().map(|o| o.view.id.clone());
                if let Some(approval) = approval {
                    self.tell(VoiceEvent::Note(Note::OnPage { approval }));
                }
                self.say_asked(
                    "I could not understand it.",
                    "Please answer it on your page, or say no.",
                    None,
                );
                self.approving.rest();
            }
        }
    }

    fn answer(&mut self, answer: SpokenAnswer, how: How) {
        let Some(open) = &mut self.approving.open else {
            return;
        };
        open.is_answering = true;
        open.rests = false;
        let approval = open.view.id.clone();
        self.waits.said(self.now());
        self.tell(VoiceEvent::Answer {
            approval,
            answer,
            how,
        });
    }

    pub(super) fn on_resolved(&mut self, resolved: &ApprovalResolved) {
        let is_ours = self
            .approving
            .open
            .as_ref()
            .is_some_and(|o| o.view.id == resolved.id);
        if !is_ours {
            return;
        }
        match resolved.outcome {
            ApprovalOutcome::Wrong => self.on_wrong(resolved.tries_left),
            ApprovalOutcome::Granted => {
                let is_purchase = self
                    .approving
                    .open
                    .take()
                    .is_some_and(|o| o.view.kind == ApprovalKind::Purchase);
                if is_purchase {
                    self.telling.committing();
                }
                self.say_held();
            }
            ApprovalOutcome::Refused
            | ApprovalOutcome::Expired
            | ApprovalOutcome::Void
            | ApprovalOutcome::Locked => {
                self.approving.open = None;
                self.stop_terms();
                self.say_resolved(&resolved.text);
                self.say_held();
            }
        }
    }

    /// Terms of what is not open any more are not said to their end.
    fn stop_terms(&mut self) {
        if self.voicing.items.is_saying(Cause::Approval) {
            self.stop_speaking();
        }
    }

    fn on_wrong(&mut self, tries_left: Option<u8>) {
        let words = self.spoken_words();
        let Some(open) = &mut self.approving.open else {
            return;
        };
        open.is_answering = false;
        open.view.tries_left = tries_left.unwrap_or(open.view.tries_left);
        let left = open.view.tries_left;
        let Some(saying) = &self.saying else {
            return;
        };
        let said = saying.wrong(left, words.as_deref());
        self.say_approval(said, words);
    }
}
