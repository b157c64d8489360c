//! One actor per session: hears, steps the engine, makes durable what must be, then acts.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use errand_engine::{
    Answer, Deed, Effect, Input, Judgement, OpenQuestion, Outcome, Purchase, Session, Write,
};
use errand_model::{ModelError, Scene, Thought, Turn};
use errand_protocol::errand::{ApprovalOutcome, ApprovalView, ErrandEvent, OrderView, SessionView};
use errand_tools::{Report, perform};
use errand_types::{ApprovalId, CallId, MerchantId, SessionId, Text, ToolCall, UserId};
use jiff::Timestamp;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::house::{Emitted, TurnStatus, What};
use crate::metrics;
use crate::parts::Heard;
use crate::person::{self, SharedPerson};
use crate::records::to_json;
use crate::recovery::{Keeping, adopt};
use crate::runtime::Runtime;
use crate::store::{ConnectedShops, SessionKeeper};

/// Commands that may wait: a person does not type faster, and more means that something loops.
const MAILBOX: usize = 16;
/// Outcomes that may wait; each is bounded by a deed under way.
const RESULTS: usize = 64;
/// Events that a reader may be behind before it asks for the whole state.
const EVENTS: usize = 128;
/// Keys of sentences remembered.
const KEYS_MAX: usize = 256;
/// Steps that one input may set off by itself before the session is taken to loop.
const CASCADE_MAX: usize = 64;

/// What one turn said and showed, for callers that wait for its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct TurnReport {
    pub(crate) said: Vec<String>,
    pub(crate) outcome: Option<(ApprovalOutcome, String)>,
    pub(crate) order: Option<OrderView>,
    pub(crate) refused: Option<String>,
}

enum Command {
    Say {
        text: String,
        key: String,
    },
    Press {
        calls: Vec<ToolCall>,
        text: String,
        confirm: bool,
        done: oneshot::Sender<TurnReport>,
    },
    Answer {
        approval: ApprovalId,
        answer: String,
        done: oneshot::Sender<TurnReport>,
    },
    Recover {
        purchase: Box<Purchase>,
        intent: bool,
    },
    View(oneshot::Sender<SessionView>),
    Scene(oneshot::Sender<Scene>),
    Approval(ApprovalId, oneshot::Sender<Option<ApprovalView>>),
    Stop,
    Resume,
    Tick,
}

enum Happened {
    Thought {
        turn: u64,
        thought: Result<Thought, ModelError>,
        notice: Option<String>,
    },
    Shop {
        call: CallId,
        merchant: MerchantId,
        answer: Result<errand_engine::ShopAnswer, errand_engine::Failure>,
    },
    Done {
        call: CallId,
        outcome: Outcome,
    },
}

/// The outside of a session's actor.
#[derive(Clone)]
pub(crate) struct Handle {
    id: SessionId,
    user: UserId,
    mailbox: mpsc::Sender<Command>,
    events: broadcast::Sender<Arc<Emitted>>,
    resumes: Arc<AtomicBool>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.id)
    }
}

/// The actor is gone: it was idle for long, or the runtime is stopping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone;

impl Handle {
    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(crate) fn user(&self) -> &UserId {
        &self.user
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.mailbox.is_closed()
    }

    pub(crate) async fn say(&self, text: &str, key: &str) -> Result<(), Gone> {
        let command = Command::Say {
            text: text.to_owned(),
            key: key.to_owned(),
        };
        self.mailbox.send(command).await.map_err(|_| Gone)
    }

    pub(crate) async fn press(
        &self,
        calls: Vec<ToolCall>,
        text: &str,
        confirm: bool,
    ) -> Result<TurnReport, Gone> {
        let (done, wait) = oneshot::channel();
        self.mailbox
            .send(Command::Press {
                calls,
                text: text.to_owned(),
                confirm,
                done,
            })
            .await
            .map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    pub(crate) async fn answer(
        &self,
        approval: &ApprovalId,
        answer: &str,
    ) -> Result<TurnReport, Gone> {
        let (done, wait) = oneshot::channel();
        let command = Command::Answer {
            approval: approval.clone(),
            answer: answer.to_owned(),
            done,
        };
        self.mailbox.send(command).await.map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    pub(crate) async fn recover(&self, purchase: Purchase, intent: bool) {
        let _ = self
            .mailbox
            .send(Command::Recover {
                purchase: Box::new(purchase),
                intent,
            })
            .await;
    }

    pub(crate) async fn view(&self) -> Result<SessionView, Gone> {
        let (reply, wait) = oneshot::channel();
        self.mailbox
            .send(Command::View(reply))
            .await
            .map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    /// What a planner would see.
    pub(crate) async fn scene(&self) -> Result<Scene, Gone> {
        let (reply, wait) = oneshot::channel();
        self.mailbox
            .send(Command::Scene(reply))
            .await
            .map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    /// An open question with its words, for the enrolled screen that asks.
    pub(crate) async fn approval(&self, id: &ApprovalId) -> Result<Option<ApprovalView>, Gone> {
        let (reply, wait) = oneshot::channel();
        self.mailbox
            .send(Command::Approval(id.clone(), reply))
            .await
            .map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    pub(crate) async fn stop(&self) -> Result<(), Gone> {
        self.mailbox.send(Command::Stop).await.map_err(|_| Gone)
    }

    pub(crate) async fn tick(&self) {
        let _ = self.mailbox.send(Command::Tick).await;
    }

    /// The session was taken up again: told once somebody listens, so that nothing is said to nobody.
    pub(crate) fn resumed(&self) {
        let is_heard = self.events.receiver_count() > 0;
        if !is_heard || self.mailbox.try_send(Command::Resume).is_err() {
            self.resumes.store(true, Ordering::Release);
        }
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Arc<Emitted>> {
        let events = self.events.subscribe();
        if self.resumes.swap(false, Ordering::AcqRel) {
            let mailbox = self.mailbox.clone();
            if let Err(mpsc::error::TrySendError::Full(_)) = mailbox.try_send(Command::Resume) {
                self.resumes.store(true, Ordering::Release);
            }
        }
        events
    }
}

/// The inside of a session's actor.
pub(crate) struct Actor {
    runtime: Runtime,
    session: Session,
    person: SharedPerson,
    keys: VecDeque<String>,
    mailbox: mpsc::Receiver<Command>,
    results: (mpsc::Sender<Happened>, mpsc::Receiver<Happened>),
    events: broadcast::Sender<Arc<Emitted>>,
    queue: VecDeque<Command>,
    turn: Option<(u64, Instant)>,
    turns: u64,
    words: Option<(ApprovalId, String)>,
    wake: Option<Timestamp>,
    report: TurnReport,
    waiting: Option<oneshot::Sender<TurnReport>>,
    confirm: bool,
    keeper: SessionKeeper,
    /// The turn under way, for those who trace it; holds ids and no words.
    span: tracing::Span,
}

impl Actor {
    pub(crate) fn new(
        runtime: Runtime,
        session: Session,
        person: SharedPerson,
        keys: Vec<String>,
    ) -> (Self, Handle) {
        let (send, mailbox) = mpsc::channel(MAILBOX);
        let (events, _) = broadcast::channel(EVENTS);
        let handle = Handle {
            id: session.id.clone(),
            user: session.user.clone(),
            mailbox: send,
            events: events.clone(),
            resumes: Arc::default(),
        };
        let keeper = SessionKeeper {
            person: Arc::clone(&person),
            approvals: Arc::clone(&runtime.0.approvals),
            intents: Arc::clone(&runtime.0.intents),
        };
        let actor = Self {
            runtime,
            session,
            person,
            keys: keys.into(),
            mailbox,
            results: mpsc::channel(RESULTS),
            events,
            queue: VecDeque::new(),
            turn: None,
            turns: 0,
            words: None,
            wake: None,
            report: TurnReport::default(),
            waiting: None,
            confirm: false,
            keeper,
            span: tracing::Span::none(),
        };
        (actor, handle)
    }

    /// The whole loop. Ends when it was idle for long or the runtime stops and no payment is under way.
    pub(crate) async fn run(mut self) {
        let stopping = self.runtime.0.stopping.clone();
        let idle = Duration::from_secs(self.runtime.0.parts.config.idle_seconds);
        let mut idle_since = Instant::now();
        loop {
            let wake = self.sleep_until_wake();
            let is_free = self.turn.is_none();
            tokio::select! {
                biased;
                Some(result) = self.results.1.recv() => self.on_result(result).await,
                command = self.mailbox.recv(), if is_free || self.queue.len() < MAILBOX => match command {
                    Some(command) => self.on_command(command).await,
                    None => break,
                },
                () = wake => {
                    self.wake = None;
                    self.step(Input::Tick).await;
                }
                () = stopping.cancelled(), if is_free && !self.is_paying() => break,
                () = tokio::time::sleep_until(idle_since + idle), if is_free && !self.is_paying() => break,
            }
            self.next_queued().await;
            idle_since = Instant::now();
        }
        self.keep().await;
        self.runtime.forget(&self.session.id);
    }

    fn is_paying(&self) -> bool {
        self.session
            .purchases
            .iter()
            .any(|p| p.state.is_past_payment() && !p.state.is_final())
    }

    fn sleep_until_wake(&self) -> impl Future<Output = ()> + use<> {
        let wait = self.wake.map(|at| {
            let now = self.runtime.0.parts.clock.now();
            Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
        });
        async move {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::View(reply) => {
                let view = self
                    .runtime
                    .with_ctx(&self.person, |ctx| self.session.view(ctx));
                let _ = reply.send(view);
            }
            Command::Scene(reply) => {
                let scene = self
                    .runtime
                    .with_ctx(&self.person, |ctx| self.session.scene(ctx));
                let _ = reply.send(scene);
            }
            Command::Approval(id, reply) => {
                let view = self
                    .runtime
                    .with_ctx(&self.person, |ctx| self.session.view(ctx));
                let open = view.approval.filter(|a| a.id == id).map(|mut a| {
                    a.words = self
                        .words
                        .as_ref()
                        .filter(|(of, _)| *of == id)
                        .map(|(_, w)| w.clone());
                    *a
                });
                let _ = reply.send(open);
            }
            Command::Stop => self.step(Input::Stop { turn: None }).await,
            Command::Tick => self.step(Input::Tick).await,
            Command::Resume => self.step(Input::Resumed).await,
            Command::Recover { purchase, intent } => {
                let id = purchase.id.clone();
                adopt(&mut self.session, *purchase);
                self.step(Input::Recover {
                    purchase: id,
                    intent,
                })
                .await;
                self.keep().await;
            }
            // Stopping is heard at once; everything else waits for the turn under way.
            Command::Say { text, key } if self.turn.is_some() && self.is_stop(&text) => {
                if self.is_new(&key) {
                    self.step(Input::Stop { turn: None }).await;
                    self.queue.push_front(Command::Say {
                        text,
                        key: String::new(),
                    });
                }
            }
            Command::Say { .. } | Command::Press { .. } | Command::Answer { .. } => {
                self.queue.push_back(command);
            }
        }
    }

    fn is_stop(&self, text: &str) -> bool {
        self.answer_heard(text) == Heard::No && text.to_lowercase().contains("stop")
    }

    /// The closed grammar's reading, in the person's language.
    fn answer_heard(&self, text: &str) -> Heard {
        let language = person::lock(&self.person).profile.language;
        (self.runtime.0.parts.grammar)(language, text)
    }

    async fn next_queued(&mut self) {
        while self.turn.is_none() {
            let Some(command) = self.queue.pop_front() else {
                return;
            };
            match command {
                Command::Say { text, key } => {
                    if self.is_new(&key) {
                        self.begin(&key, None);
                        self.hear(&text).await;
                    }
                }
                Command::Press {
                    calls,
                    text,
                    confirm,
                    done,
                } => {
                    self.begin("", Some(done));
                    self.confirm = confirm;
                    let turn = self.turns;
                    self.step(Input::Pressed {
                        turn,
                        calls,
                        text: Text::clip(&text),
                    })
                    .await;
                }
                Command::Answer {
                    approval,
                    answer,
                    done,
                } => {
                    self.begin("", Some(done));
                    self.on_answer(&approval, &answer).await;
                }
                Command::View(_)
                | Command::Approval(..)
                | Command::Scene(_)
                | Command::Stop
                | Command::Resume
                | Command::Tick
                | Command::Recover { .. } => {}
            }
        }
    }

    /// Whether a sentence of this key was not heard before. An empty key names nothing.
    fn is_new(&mut self, key: &str) -> bool {
        if key.is_empty() {
            return true;
        }
        if self.keys.iter().any(|k| k == key) {
            return false;
        }
        self.keys.push_back(key.chars().take(128).collect());
        if self.keys.len() > KEYS_MAX {
            self.keys.pop_front();
        }
        true
    }

    fn begin(&mut self, key: &str, done: Option<oneshot::Sender<TurnReport>>) {
        self.turns = self.turns.saturating_add(1);
        self.turn = Some((self.turns, Instant::now()));
        self.span = tracing::info_span!("turn", session = %self.session.id, turn = self.turns);
        self.report = TurnReport::default();
        self.waiting = done;
        self.confirm = false;
        self.send(What::TurnStarted {
            key: key.to_owned(),
        });
    }

    /// A sentence: an answer when a question is open and the closed grammar takes the whole of it, else a planner's work.
    async fn hear(&mut self, text: &str) {
        let turn = self.turns;
        let heard = self.answer_heard(text);
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
                    said(turn, text, clipped)
                }
            }
            Heard::Yes if closed => answer(Answer::Yes),
            Heard::No if closed => answer(Answer::No),
            Heard::Why if closed => answer(Answer::Why),
            Heard::Repeat if closed => answer(Answer::Repeat),
            Heard::Yes | Heard::No | Heard::Why | Heard::Repeat | Heard::Other => {
                said(turn, text, clipped)
            }
        };
        self.step(input).await;
    }

    async fn judge(&self, approval: &ApprovalId, words: &str) -> Judgement {
        self.runtime
            .0
            .approvals
            .judge(approval, &self.session.id, words)
            .await
    }

    /// An answer from beside the conversation: the page's sheet, another device.
    async fn on_answer(&mut self, approval: &ApprovalId, answer: &str) {
        let turn = self.turns;
        let open = match &self.session.open {
            Some(OpenQuestion::Purchase { approval: a, .. }) if a == approval => Some(true),
            Some(OpenQuestion::Consent { approval: a, .. }) if a == approval => Some(false),
            Some(_) | None => None,
        };
        let heard = self.answer_heard(answer);
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

    async fn on_result(&mut self, result: Happened) {
        let input = match result {
            Happened::Thought {
                turn,
                thought,
                notice,
            } => match thought {
                Ok(thought) => Input::Thought {
                    turn,
                    thought,
                    notice,
                },
                Err(error) => {
                    tracing::warn!(session = %self.session.id, %error, "no planner answered");
                    Input::Stop { turn: None }
                }
            },
            Happened::Shop {
                call,
                merchant,
                answer,
            } => {
                if let Ok(found) = &answer {
                    (self.runtime.0.parts.learn)(&found.products);
                }
                Input::Shop {
                    call,
                    merchant,
                    answer,
                }
            }
            Happened::Done { call, outcome } => Input::Done { call, outcome },
        };
        self.step(input).await;
    }

    /// One step of the engine and what follows from it at once.
    async fn step(&mut self, input: Input) {
        let mut next = Some(input);
        for _ in 0..CASCADE_MAX {
            let Some(input) = next.take() else { return };
            let cards = person::cards(&self.runtime.0.parts);
            let effects = {
                let mut person = person::lock(&self.person);
                let effects = person.with_ctx(&self.runtime.0.parts, &cards, |ctx| {
                    self.session.step(input, ctx)
                });
                // Under the same lock: what one session reserves, the next one sees.
                person.apply_all(effects.iter().filter_map(|e| match e {
                    Effect::Write(write) => Some(write),
                    _ => None,
                }));
                effects
            };
            next = self.perform(effects).await;
        }
        tracing::error!(session = %self.session.id, "a step set off too many others");
    }

    async fn perform(&mut self, effects: Vec<Effect>) -> Option<Input> {
        let (writes, rest): (Vec<Effect>, Vec<Effect>) = effects
            .into_iter()
            .partition(|e| matches!(e, Effect::Write(_)));
        let writes: Vec<Write> = writes
            .into_iter()
            .filter_map(|e| match e {
                Effect::Write(write) => Some(write),
                _ => None,
            })
            .collect();
        count(&writes);
        let user = self.session.user.clone();
        if let Err(error) = self.runtime.0.recorder.write(&user, &writes).await {
            return self.not_written(&error.to_string()).await;
        }
        let mut next = None;
        for effect in rest {
            if let Some(input) = self.act(effect).await {
                next = Some(input);
            }
        }
        next
    }

    /// What could not be written down is not done. The session goes back to what the journal knows.
    async fn not_written(&mut self, error: &str) -> Option<Input> {
        ::metrics::counter!(metrics::JOURNAL_ERRORS).increment(1);
        tracing::error!(session = %self.session.id, error, "a step could not be written down, so nothing of it was done");
        if let Ok(Some((session, _))) = crate::recovery::load(&self.runtime, &self.session.id).await
        {
            self.session = session;
        }
        let text = "I could not write this down safely, so I did not do it. Nothing was bought. Free some disk space, \
                    then say it again"
            .to_owned();
        self.report.said.push(text.clone());
        self.send(What::Say {
            live: text.clone(),
            kept: text,
        });
        self.end_turn(TurnStatus::Failed).await;
        None
    }

    async fn act(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Write(_) => None,
            Effect::Think { turn, ask } => {
                self.think(turn, *ask);
                None
            }
            Effect::Do { call, deed } => {
                self.do_deed(call, *deed);
                None
            }
            Effect::OpenApproval {
                approval,
                transaction,
            } => match self.runtime.0.approvals.ask(&approval, *transaction) {
                Ok(words) => {
                    self.words = Some((approval, words));
                    None
                }
                Err(error) => {
                    tracing::info!(session = %self.session.id, %error, "no approval could be asked for");
                    let judgement = Judgement::Locked { until: None };
                    Some(Input::Judged {
                        turn: None,
                        approval,
                        judgement,
                    })
                }
            },
            Effect::VoidApproval(approval) => {
                self.runtime.0.approvals.void(&approval);
                if self.words.as_ref().is_some_and(|(id, _)| *id == approval) {
                    self.words = None;
                }
                None
            }
            Effect::Say(text) => {
                self.say(text);
                None
            }
            Effect::Emit(event) => {
                self.emit(event);
                None
            }
            Effect::WakeAt(at) => {
                self.wake = Some(self.wake.map_or(at, |old| old.min(at)));
                None
            }
            Effect::TurnDone { cancelled, .. } => {
                if std::mem::take(&mut self.confirm)
                    && matches!(
                        self.session.open,
                        Some(OpenQuestion::CancelOrder(_) | OpenQuestion::ReturnOrder(..))
                    )
                {
                    // The press on the face was the confirmation.
                    let turn = self.turns;
                    return Some(Input::Answered {
                        turn,
                        answer: Answer::Yes,
                        text: Text::clip("(pressed)"),
                    });
                }
                let status = if cancelled {
                    TurnStatus::Cancelled
                } else {
                    TurnStatus::Completed
                };
                self.end_turn(status).await;
                None
            }
        }
    }

    fn say(&mut self, text: String) {
        let kept = text.replace("{words}", "(two words on your screen)");
        let live = match &self.words {
            Some((_, words)) => text.replace("{words}", words),
            None => kept.clone(),
        };
        self.report.said.push(kept.clone());
        self.send(What::Say { live, kept });
    }

    fn emit(&mut self, event: ErrandEvent) {
        match &event {
            ErrandEvent::ApprovalRequired { approval } => {
                self.runtime
                    .0
                    .approvals
                    .note(&approval.id, &self.session.id);
            }
            ErrandEvent::ApprovalResolved(resolved) => {
                self.report.outcome = Some((resolved.outcome, resolved.text.clone()));
                // Wrong words leave the question open; everything else ends it.
                if resolved.outcome != ApprovalOutcome::Wrong {
                    self.words = None;
                }
            }
            ErrandEvent::Receipt { order } => {
                ::metrics::counter!(metrics::ORDERS).increment(1);
                self.report.order = Some((**order).clone());
            }
            ErrandEvent::Policy(policy) => self.report.refused = Some(policy.code.clone()),
            ErrandEvent::Notice(notice) if notice.code == "PAY-0002" => {
                ::metrics::counter!(metrics::OUTCOMES_UNKNOWN).increment(1);
            }
            _ => {}
        }
        let (live, kept) = match event {
            ErrandEvent::ApprovalRequired { approval } => {
                let mut with_words = approval.clone();
                with_words.words = self
                    .words
                    .as_ref()
                    .filter(|(id, _)| *id == approval.id)
                    .map(|(_, words)| words.clone());
                let kept = with_words
                    .words
                    .is_some()
                    .then(|| Box::new(ErrandEvent::ApprovalRequired { approval }));
                (
                    ErrandEvent::ApprovalRequired {
                        approval: with_words,
                    },
                    kept,
                )
            }
            other => (other, None),
        };
        self.send(What::Errand {
            live: Box::new(live),
            kept,
        });
    }

    fn send(&self, what: What) {
        let turn = self.turn.map(|(n, _)| n);
        // Nobody listening is no fault: the state is asked for when somebody comes.
        let _ = self.events.send(Arc::new(Emitted { turn, what }));
    }

    async fn end_turn(&mut self, status: TurnStatus) {
        self.keep().await;
        if let Some((_, since)) = self.turn {
            ::metrics::counter!(metrics::TURNS).increment(1);
            ::metrics::histogram!(metrics::TURN_SECONDS).record(since.elapsed().as_secs_f64());
        }
        self.send(What::TurnDone { status });
        self.turn = None;
        self.span = tracing::Span::none();
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.send(std::mem::take(&mut self.report));
        }
    }

    /// Keeps the session's state. Comfort: a purchase is in streams of its own.
    async fn keep(&self) {
        let snapshot = Keeping {
            session: &self.session,
            keys: &self.keys,
        };
        if let Err(error) = self
            .runtime
            .0
            .recorder
            .snapshot(&self.session.id, to_json(&snapshot))
            .await
        {
            ::metrics::counter!(metrics::JOURNAL_ERRORS).increment(1);
            tracing::warn!(session = %self.session.id, %error, "the state of a session was not kept");
        }
    }

    fn think(&self, turn: u64, ask: Turn) {
        let results = self.results.0.clone();
        let (offline, model) = (
            Arc::clone(&self.runtime.0.parts.offline),
            self.runtime.0.parts.model.clone(),
        );
        let limit = Duration::from_millis(self.runtime.0.parts.config.model_ms_max);
        self.runtime.0.tasks.spawn(async move {
            let mut notice = None;
            let mut thought = None;
            if let Some(model) = model {
                match tokio::time::timeout(limit, model.think(&ask)).await {
                    Ok(Ok(found)) => thought = Some(Ok(found)),
                    Ok(Err(error)) => notice = Some(format!("{error}, so I understood this by myself")),
                    Err(_) => {
                        let seconds = limit.as_secs();
                        notice =
                            Some(format!("The language model did not answer in {seconds} s, so I understood this by myself"));
                    }
                }
            }
            if notice.is_some() {
                ::metrics::counter!(metrics::FALLBACKS).increment(1);
            }
            let thought = match thought {
                Some(thought) => thought,
                None => offline.think(&ask).await,
            };
            let _ = results.send(Happened::Thought { turn, thought, notice }).await;
        });
    }

    fn do_deed(&self, call: CallId, deed: Deed) {
        let span =
            tracing::info_span!(parent: &self.span, "call", call = %call, deed = deed.name());
        let results = self.results.0.clone();
        let shops = ConnectedShops(Arc::clone(&self.runtime.0.parts.shops));
        let keeper = self.keeper.clone();
        let (reports, mut heard) = mpsc::channel(8);
        self.runtime.0.tasks.spawn(async move {
            let telling = async {
                while let Some(report) = heard.recv().await {
                    let result = match report {
                        Report::Shop(merchant, answer) => Happened::Shop {
                            call: call.clone(),
                            merchant,
                            answer,
                        },
                        Report::Done(outcome) => Happened::Done {
                            call: call.clone(),
                            outcome,
                        },
                    };
                    if results.send(result).await.is_err() {
                        return;
                    }
                }
            };
            // The channel closes with the deed, and that ends the telling.
            let acting =
                async move { perform(deed, &shops, &keeper, &reports).await }.instrument(span);
            tokio::join!(acting, telling);
        });
    }
}

fn said(turn: u64, text: &str, clipped: Text<2000>) -> Input {
    let cut = text.chars().count() > errand_types::limits::UTTERANCE_CHARS_MAX;
    Input::Said {
        turn,
        text: clipped,
        cut,
    }
}

fn count(writes: &[Write]) {
    for write in writes {
        if let errand_engine::Record::Decision(decision) = &write.record {
            let verdict = match decision.verdict {
                errand_gate::Verdict::Allow => "allow",
                errand_gate::Verdict::Ask => "ask",
                errand_gate::Verdict::Deny => "deny",
            };
            ::metrics::counter!(metrics::DECISIONS, "verdict" => verdict).increment(1);
        }
    }
}
