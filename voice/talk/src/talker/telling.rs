//! From what happens in the conversation to what is said.

use std::collections::VecDeque;

use errand_protocol::errand::{ErrandEvent, PlanView, PolicyView};
use errand_types::StepStatus;
use errand_voice_core::{Company, Hidden, ItemId, Said, SampleIdx, Sentence, TurnId, spoken_name};

use super::Talker;
use crate::event::{Cause, VoiceEvent};
use crate::happened::{Happened, Outcome};

/// A text waits so long for the event that may say it better, in milliseconds.
const PENDING_MS: u64 = 20;
/// Texts that wait while an approval is open.
const HELD_MAX: usize = 8;
/// Sentences of the person that wait while a payment is under way.
const QUEUED_MAX: usize = 4;

/// What the texts that follow an event are to the ear: the event was said already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Covered {
    #[default]
    Nothing,
    /// So many texts, whatever they are.
    Texts(u8),
    /// This text.
    Text(Hidden),
}

/// A text of the conversation.
#[derive(Debug)]
struct Answer {
    text: Hidden,
    /// Not for others in the room.
    is_private: bool,
}

/// The conversation as far as the ear is concerned.
#[derive(Debug, Default)]
pub(super) struct Telling {
    is_running: bool,
    /// What was sent last has not begun: what ends now is what was under way before.
    is_awaited: bool,
    pub(super) is_committing: bool,
    is_asked: bool,
    /// The person took the floor: what still comes of the answer is shown.
    is_muted: bool,
    /// The turn that is being answered.
    turn: Option<TurnId>,
    item: Option<ItemId>,
    pending: Option<(Answer, SampleIdx)>,
    /// This turn was told already that something is private.
    is_screened: bool,
    covered: Covered,
    question: Option<Sentence>,
    last_question: Option<Sentence>,
    pub(super) step: Option<String>,
    /// Names of what is shown, as people say them.
    names: Vec<Box<str>>,
    held: VecDeque<Answer>,
    queued: VecDeque<TurnId>,
}

impl Telling {
    /// A sentence of the person is being worked on.
    pub(super) fn is_running(&self) -> bool {
        self.is_running
    }

    /// A payment is under way.
    pub(super) fn is_committing(&self) -> bool {
        self.is_committing
    }

    /// Somebody waits for us.
    pub(super) fn is_working(&self) -> bool {
        self.is_running || self.is_committing
    }

    /// Names of what is shown: they are likely to be said.
    pub(super) fn names(&self) -> impl Iterator<Item = &Box<str>> {
        self.names.iter()
    }

    /// A turn that the face answers by itself.
    pub(super) fn left_to_face(&mut self, turn: TurnId) {
        self.turn = Some(turn);
    }

    /// A question of ours is open.
    pub(super) fn is_asked(&self) -> bool {
        self.is_asked
    }

    pub(super) fn asked(&mut self, is_asked: bool) {
        self.is_asked = is_asked;
    }

    pub(super) fn last_question(&self) -> Option<&Sentence> {
        self.last_question.as_ref()
    }

    /// The person took the floor.
    pub(super) fn mute(&mut self) {
        self.is_muted = self.is_running;
        self.question = None;
        self.pending = None;
    }

    pub(super) fn unmute(&mut self) {
        self.is_muted = false;
    }

    pub(super) fn is_muted(&self) -> bool {
        self.is_muted
    }

    /// What was being said is over.
    pub(super) fn stopped(&mut self) {
        self.item = None;
    }

    pub(super) fn sent(&mut self, turn: TurnId) {
        self.is_running = true;
        self.is_awaited = true;
        self.is_muted = false;
        self.is_asked = false;
        self.turn = Some(turn);
        self.item = None;
        self.question = None;
        self.step = None;
        self.covered = Covered::Nothing;
    }

    pub(super) fn committing(&mut self) {
        self.is_committing = true;
    }
}

impl Talker {
    pub(super) fn on_happened(&mut self, happened: Happened) {
        match happened {
            Happened::TurnStarted { key } => self.on_turn_started(&key),
            Happened::Said { text, is_private } => self.on_said(Answer { text, is_private }),
            Happened::Errand(event) => self.on_errand(*event),
            Happened::TurnDone { outcome } => {
                let is_older = outcome == Outcome::Cancelled && self.telling.is_awaited;
                if is_older {
                    self.tell(VoiceEvent::TurnTold);
                } else {
                    self.on_turn_done();
                }
            }
            Happened::Failed { text } => {
                self.on_turn_done();
                self.say_text(Cause::News, None, text.as_str());
            }
        }
    }

    fn on_turn_started(&mut self, key: &str) {
        let turn = self.turn_of(key);
        self.telling.is_running = true;
        self.telling.is_screened = false;
        self.telling.covered = Covered::Nothing;
        match turn {
            Some(_) => {
                self.telling.turn = turn;
                self.telling.is_awaited = false;
            }
            None if self.was_sent(self.telling.turn) => self.telling.turn = None,
            None => {}
        }
        self.waits.said(self.now());
    }

    fn was_sent(&self, turn: Option<TurnId>) -> bool {
        let mut turns = self.turns.iter();
        turns.any(|t| Some(t.turn) == turn && t.sent.is_some())
    }

    fn turn_of(&self, key: &str) -> Option<TurnId> {
        let is_it =
            |t: &&super::turns::Spoken| t.sent.as_ref().is_some_and(|(sent, _)| sent == key);
        self.turns.iter().find(is_it).map(|t| t.turn)
    }

    fn on_said(&mut self, text: Answer) {
        self.flush();
        match &mut self.telling.covered {
            Covered::Texts(count) => {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.telling.covered = Covered::Nothing;
                }
                return;
            }
            Covered::Text(covered) if *covered == text.text => {
                self.telling.covered = Covered::Nothing;
                return;
            }
            Covered::Text(_) | Covered::Nothing => {}
        }
        if self.approving.is_open() {
            // While an approval is open nobody speaks but its own template.
            if self.telling.held.len() < HELD_MAX {
                self.telling.held.push_back(text);
            }
            return;
        }
        // What is said now tells how the payment ended.
        self.telling.is_committing = false;
        self.telling.pending = Some((text, self.now()));
    }

    /// The text that waited is said as it is.
    fn flush(&mut self) {
        let Some((text, _)) = self.telling.pending.take() else {
            return;
        };
        self.say_answer(&text);
    }

    /// What is private is not said where others may hear it, but that it is private, once for each turn.
    fn say_answer(&mut self, text: &Answer) {
        if text.is_private
            && self.config.company == Company::Shared
            && let Some(saying) = &self.saying
        {
            let said = saying.private(text.text.as_str());
            if !std::mem::replace(&mut self.telling.is_screened, true) {
                self.say_form(said);
            }
            return;
        }
        self.say_plain(&text.text);
    }

    fn say_plain(&mut self, text: &Hidden) {
        let said = match &self.saying {
            Some(saying) => saying.plain(text.as_str()),
            None => Said {
                sentences: errand_voice_core::Sentences::of(self.config.language, text.as_str()),
                ..Said::default()
            },
        };
        self.say_form(said);
    }

    /// Time went by: no event came that says the text better.
    pub(super) fn telling_on(&mut self) {
        let now = self.now();
        let is_due = |(_, since): &(Answer, SampleIdx)| now.ms_since(*since) >= PENDING_MS;
        if self.telling.pending.as_ref().is_some_and(is_due) {
            self.flush();
        }
    }

    /// Says an answer: its sentences now, its question when nothing else follows.
    fn say_form(&mut self, said: Said) {
        if said == Said::default() {
            return;
        }
        self.time_answer();
        if self.telling.is_muted {
            let item = self.begin_item(Cause::Answer, None);
            for sentence in said.spoken() {
                let text = sentence.as_str().into();
                self.tell(VoiceEvent::Unspoken { item, text });
            }
            self.close_item(item);
            return;
        }
        let is_news = !self.telling.is_running;
        let item = match self.telling.item.filter(|_| !is_news) {
            Some(item) => item,
            None if is_news => self.begin_item(Cause::News, None),
            None => self.begin_item(Cause::Answer, self.telling.turn),
        };
        if !is_news {
            self.telling.item = Some(item);
        }
        self.telling.question.clone_from(&said.question);
        self.telling.is_asked = said.question.is_some();
        for sentence in said.sentences.clone() {
            self.say(item, sentence);
        }
        self.browse.said(said);
        if is_news {
            self.say_question(item);
            self.close_item(item);
        }
    }

    fn say_question(&mut self, item: ItemId) {
        if let Some(question) = self.telling.question.take() {
            self.telling.last_question = Some(question.clone());
            self.telling.is_asked = true;
            self.say(item, question);
        }
    }

    /// Nothing more is added to the answer.
    pub(super) fn close_answer(&mut self) {
        if let Some(item) = self.telling.item.take() {
            self.close_item(item);
        }
    }

    fn on_turn_done(&mut self) {
        self.flush();
        if let Some(item) = self.telling.item {
            self.say_question(item);
        }
        self.close_answer();
        self.telling.question = None;
        self.telling.is_running = false;
        self.telling.is_awaited = false;
        self.telling.is_committing = false;
        self.telling.is_muted = false;
        self.telling.step = None;
        self.telling.covered = Covered::Nothing;
        self.tell(VoiceEvent::TurnTold);
        self.time_over();
        self.send_queued();
    }

    fn on_errand(&mut self, event: ErrandEvent) {
        match event {
            ErrandEvent::Policy(view) => self.on_policy(&view),
            ErrandEvent::Question { .. } => self.telling.is_asked = true,
            ErrandEvent::Products(view) => {
                self.flush();
                let titles = view.items.iter().map(|card| card.title.as_str());
                self.telling.names = titles.filter_map(spoken_name).collect();
                self.with_form(Covered::Texts(1), |saying| saying.products(&view));
            }
            ErrandEvent::Comparison(view) => {
                self.flush();
                let titles = view.rows.iter().map(|row| row.card.title.as_str());
                self.telling.names = titles.filter_map(spoken_name).collect();
                // The table in lines, and the recommendation.
                self.with_form(Covered::Texts(2), |saying| saying.comparison(&view));
            }
            ErrandEvent::ApprovalRequired { approval } => {
                self.flush();
                self.telling.question = None;
                self.telling.covered = Covered::Texts(1);
                self.authorised();
                self.open_approval(approval);
            }
            ErrandEvent::ApprovalResolved(resolved) => {
                self.flush();
                self.telling.covered = Covered::Text(resolved.text.as_str().into());
                self.on_resolved(&resolved);
            }
            ErrandEvent::Receipt { order } => {
                self.flush();
                self.telling.is_committing = false;
                self.authorised();
                self.with_form(Covered::Texts(1), |saying| saying.bought(&order));
            }
            ErrandEvent::Cart { .. } => self.authorised(),
            ErrandEvent::Plan { plan } => self.on_plan(&plan),
            ErrandEvent::Resumed(_)
            | ErrandEvent::State(_)
            | ErrandEvent::Configuration(_)
            | ErrandEvent::Assembly(_)
            | ErrandEvent::Delivery { .. }
            | ErrandEvent::Orders { .. }
            | ErrandEvent::Handoff(_)
            | ErrandEvent::Disclosure { .. }
            | ErrandEvent::Notice(_)
            | ErrandEvent::Planner(_) => {}
        }
    }

    /// Says an event by its template, and lets the texts pass that say the same for faces that draw nothing.
    fn with_form(
        &mut self,
        covered: Covered,
        form: impl FnOnce(&errand_voice_core::Saying) -> Said,
    ) {
        let Some(said) = self.saying.as_ref().map(form) else {
            return;
        };
        self.telling.covered = covered;
        if self.approving.is_open() {
            return;
        }
        self.say_form(said);
    }

    /// The text of a refusal comes before its event.
    fn on_policy(&mut self, view: &PolicyView) {
        if view.decision == "allow" {
            return;
        }
        if self.saying.is_some() {
            self.telling.pending = None;
        }
        self.with_form(Covered::Nothing, |saying| saying.refusal(view));
    }

    fn on_plan(&mut self, plan: &PlanView) {
        let running = plan.steps.iter().find(|s| s.status == StepStatus::Running);
        self.telling.step = running.map(|step| {
            let title: String = step.title.chars().take(80).collect();
            title.trim_end_matches('.').to_owned()
        });
    }

    /// Something came of the last turn: nothing can be joined to it any more.
    fn authorised(&mut self) {
        let effects = self.listener.tell(errand_voice_core::EarInput::Authorised);
        self.on_ear(effects);
    }

    /// The approval is over: what waited is said.
    pub(super) fn say_held(&mut self) {
        for text in std::mem::take(&mut self.telling.held) {
            self.say_answer(&text);
        }
    }

    pub(super) fn say_resolved(&mut self, text: &str) {
        self.say_plain(&text.into());
    }

    /// A payment is under way: what was said waits.
    pub(super) fn queue(&mut self, turn: TurnId) {
        if self.telling.queued.len() < QUEUED_MAX {
            self.telling.queued.push_back(turn);
        } else {
            self.say_text(
                Cause::Hearing,
                None,
                "Please wait until the payment is through.",
            );
        }
    }

    fn send_queued(&mut self) {
        if let Some(turn) = self.telling.queued.pop_front() {
            self.send(turn, false);
        }
    }
}
