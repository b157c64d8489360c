//! One actor per session: hears, steps the engine, makes durable what must be, then acts.

mod hearing;
mod mailbox;
mod telling;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use errand_engine::{
    Answer, Deed, DeskFault, Due, Effect, Input, Judgement, OpenQuestion, Session, Write,
};
use errand_model::Turn;
use errand_protocol::errand::{ApprovalPlace, ErrandEvent};
use errand_tools::{Report, perform};
use errand_trust::OpenError;
use errand_types::{ApprovalId, CallId, Text};
use jiff::Timestamp;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;
use tracing::Instrument as _;

use mailbox::{Command, Happened, MAILBOX};
pub(crate) use mailbox::{DeskReport, Handle, TurnReport};

use crate::approvals::AskError;
use crate::house::{Emitted, TurnStatus, What};
use crate::kept::{self, KEYS_MAX, Kept, TakenUp};
use crate::metrics;
use crate::parts::Heard;
use crate::person::{self, SharedPerson};
use crate::planners::Planners;
use crate::recovery::adopt;
use crate::runtime::Runtime;
use crate::store::{ConnectedShops, SessionKeeper};

/// Outcomes that may wait; each is bounded by a deed under way.
const RESULTS: usize = 64;
/// Records that may wait for the end of the turn.
const PENDING_MAX: usize = 64;
/// Steps that one input may set off by itself before the session is taken to loop.
const CASCADE_MAX: usize = 64;

/// The two words of the question that is open.
struct OpenWords {
    approval: ApprovalId,
    words: String,
    /// Where they are given back.
    place: ApprovalPlace,
}

/// Who waits for the end of a turn.
enum Waiter {
    Report(oneshot::Sender<TurnReport>),
    Desk(oneshot::Sender<Result<DeskReport, DeskFault>>),
}

/// The inside of a session's actor.
pub(crate) struct Actor {
    runtime: Runtime,
    session: Session,
    person: SharedPerson,
    keys: VecDeque<String>,
    kept: Kept,
    /// What is to be durable by the end of the turn.
    pending: Vec<Write>,
    mailbox: mpsc::Receiver<Command>,
    /// Boxed: the channel keeps room for 32 of them, whether they come or not.
    results: (mpsc::Sender<Box<Happened>>, mpsc::Receiver<Box<Happened>>),
    events: broadcast::Sender<Arc<Emitted>>,
    queue: VecDeque<Command>,
    turn: Option<(u64, Instant)>,
    turns: u64,
    words: Option<OpenWords>,
    wake: Option<Timestamp>,
    report: TurnReport,
    waiting: Option<Waiter>,
    confirm: bool,
    keeper: SessionKeeper,
    /// The turn under way, for those who trace it; holds ids and no words.
    span: tracing::Span,
}

impl Actor {
    pub(crate) fn new(runtime: Runtime, found: TakenUp, person: SharedPerson) -> (Self, Handle) {
        let TakenUp {
            session,
            keys,
            kept,
        } = found;
        let (handle, mailbox) = Handle::of(&session);
        let events = handle.sender();
        let keeper = SessionKeeper {
            person: Arc::clone(&person),
            approvals: Arc::clone(&runtime.0.approvals),
            intents: Arc::clone(&runtime.0.intents),
        };
        let actor = Self {
            runtime,
            session,
            person,
            keys,
            kept,
            pending: Vec::new(),
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
    ///
    /// What it does is boxed while it lasts: most sessions are idle, and their tasks would keep its room.
    pub(crate) async fn run(mut self: Box<Self>) {
        let stopping = self.runtime.0.stopping.clone();
        let idle = Duration::from_secs(self.runtime.0.parts.config.idle_seconds);
        let mut idle_since = Instant::now();
        loop {
            let wake = self.sleep_until_wake();
            let is_free = self.turn.is_none();
            tokio::select! {
                biased;
                Some(result) = self.results.1.recv() => Box::pin(self.on_result(*result)).await,
                command = self.mailbox.recv(), if is_free || self.queue.len() < MAILBOX => match command {
                    Some(command) => Box::pin(self.on_command(command)).await,
                    None => break,
                },
                () = wake => {
                    self.wake = None;
                    Box::pin(self.tick()).await;
                }
                () = stopping.cancelled(), if is_free && !self.is_paying() => break,
                () = tokio::time::sleep_until(idle_since + idle), if is_free && !self.is_paying() => break,
            }
            if !self.queue.is_empty() {
                Box::pin(self.next_queued()).await;
            }
            idle_since = Instant::now();
        }
        Box::pin(async {
            self.keep().await;
            self.runtime.0.recorder.settle().await;
        })
        .await;
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
                    a.words = self.words_of(&id);
                    *a
                });
                let _ = reply.send(open);
            }
            Command::DeskView(by, reply) => {
                let may = self.session.desk_may_read(&by);
                if may.is_ok() {
                    self.step(Input::DeskRead(by.clone())).await;
                }
                let view = may.and_then(|()| {
                    self.runtime
                        .with_ctx(&self.person, |ctx| self.session.desk_errand(&by, ctx))
                        .ok_or(DeskFault::Over)
                });
                let _ = reply.send(view);
            }
            Command::Stop => self.step(Input::Stop { turn: None }).await,
            Command::Tick => self.tick().await,
            Command::Resume(told) => self.step(Input::Resumed { told }).await,
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
            Command::Say { text, key, way } if self.turn.is_some() && self.is_stop(&text) => {
                if self.is_new(&key) {
                    self.step(Input::Stop { turn: None }).await;
                    self.queue.push_front(Command::Say {
                        text,
                        key: String::new(),
                        way,
                    });
                }
            }
            Command::Say { .. }
            | Command::Press { .. }
            | Command::Answer { .. }
            | Command::Desk { .. } => {
                self.queue.push_back(command);
            }
        }
    }

    fn is_stop(&self, text: &str) -> bool {
        self.heard(text) == Heard::No && text.to_lowercase().contains("stop")
    }

    async fn next_queued(&mut self) {
        while self.turn.is_none() {
            let Some(command) = self.queue.pop_front() else {
                return;
            };
            match command {
                Command::Say { text, key, way } => {
                    if self.is_new(&key) {
                        self.begin(&key, None);
                        self.hear(&text, way).await;
                    }
                }
                Command::Press {
                    calls,
                    text,
                    confirm,
                    done,
                } => {
                    self.begin("", Some(Waiter::Report(done)));
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
                    self.begin("", Some(Waiter::Report(done)));
                    self.on_answer(&approval, &answer).await;
                }
                Command::Desk { by, act, done } => {
                    // Asked here, where nothing comes between the answer and the act: two cannot hold one errand.
                    if let Err(fault) = self.session.desk_may(&by, &act) {
                        let _ = done.send(Err(fault));
                        continue;
                    }
                    self.begin("", Some(Waiter::Desk(done)));
                    let turn = self.turns;
                    let act = *act;
                    self.step(Input::Desk { turn, by, act }).await;
                }
                Command::View(_)
                | Command::DeskView(..)
                | Command::Approval(..)
                | Command::Scene(_)
                | Command::Stop
                | Command::Resume(_)
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

    fn begin(&mut self, key: &str, done: Option<Waiter>) {
        self.turns = self.turns.saturating_add(1);
        self.turn = Some((self.turns, Instant::now()));
        self.span = tracing::info_span!("turn", session = %self.session.id, turn = self.turns);
        self.report = TurnReport::default();
        if !matches!(done, Some(Waiter::Desk(_))) {
            person::lock(&self.person).spoke_in = Some(self.session.id.clone());
        }
        self.waiting = done;
        self.confirm = false;
        self.send(What::TurnStarted {
            key: key.to_owned(),
        });
    }

    async fn on_result(&mut self, result: Happened) {
        let input = match result {
            Happened::Thought {
                turn,
                thought,
                notice,
                planner,
            } => {
                if let Some(planner) = planner.filter(|_| turn == self.turns) {
                    self.emit(ErrandEvent::Planner(planner));
                }
                match thought {
                    Ok(thought) => Input::Thought {
                        turn,
                        thought,
                        notice,
                    },
                    Err(error) => {
                        tracing::warn!(session = %self.session.id, %error, "no planner answered");
                        Input::Stop { turn: None }
                    }
                }
            }
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

    async fn tick(&mut self) {
        let is_heard = self.events.receiver_count() > 0
            && person::lock(&self.person)
                .spoke_in
                .as_ref()
                .is_none_or(|id| *id == self.session.id);
        self.step(Input::Tick { is_heard }).await;
    }

    /// One step of the engine and what follows from it at once.
    async fn step(&mut self, input: Input) {
        let mut next = Some(input);
        for _ in 0..CASCADE_MAX {
            let Some(input) = next.take() else { return };
            let cards = person::cards(&self.runtime.0.parts);
            let effects = {
                let desk = self.runtime.0.desk.now();
                let asks = self.runtime.0.approvals.spoken_asks(&self.session.user);
                let mut person = person::lock(&self.person);
                let effects =
                    person.with_ctx(&self.runtime.0.parts, &cards, (&desk, asks), |ctx| {
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
        for write in &writes {
            if let errand_engine::Record::Desk(entry) = &write.record {
                self.runtime.0.desk.note(&self.session.user, entry);
            }
        }
        self.pending.extend(writes);
        let may_wait = self.pending.iter().all(|w| w.due == Due::TurnEnd);
        if !may_wait || self.turn.is_none() || self.pending.len() > PENDING_MAX {
            let writes = std::mem::take(&mut self.pending);
            let written = self
                .runtime
                .0
                .recorder
                .write(&self.session.user, &writes)
                .await;
            if let Err(error) = written {
                return self.not_written(&error.to_string()).await;
            }
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
        if let Ok(Some(found)) = kept::load(&self.runtime.0.recorder, &self.session.id).await {
            (self.session, self.kept) = (found.session, found.kept);
        }
        let text = "I could not write this down safely, so I did not do it. Nothing was bought. Free some disk space, \
                    then say it again"
            .to_owned();
        self.report.said.push(text.clone());
        self.send(What::Say {
            live: text.clone(),
            kept: text,
            is_private: false,
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
                place,
            } => match self
                .runtime
                .0
                .approvals
                .ask(&approval, *transaction, place)
                .await
            {
                Ok(words) => {
                    self.words = Some(OpenWords {
                        approval,
                        words,
                        place,
                    });
                    None
                }
                Err(error) => {
                    tracing::info!(session = %self.session.id, %error, "no approval could be asked for");
                    let judgement = match error {
                        AskError::Refused(OpenError::Locked { .. } | OpenError::Off) => {
                            Judgement::Locked { until: None }
                        }
                        AskError::Refused(_) | AskError::NotKept => Judgement::Gone,
                    };
                    Some(Input::Judged {
                        turn: None,
                        approval,
                        judgement,
                        way: None,
                    })
                }
            },
            Effect::VoidApproval(approval) => {
                self.runtime.0.approvals.void(&approval);
                if self.words.as_ref().is_some_and(|w| w.approval == approval) {
                    self.words = None;
                }
                None
            }
            Effect::Relay(text) => {
                self.say(text, false);
                None
            }
            Effect::Say { text, is_private } => {
                self.say(text, is_private);
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
                        way: None,
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

    async fn end_turn(&mut self, status: TurnStatus) {
        self.keep().await;
        if let Some((_, since)) = self.turn {
            ::metrics::counter!(metrics::TURNS).increment(1);
            ::metrics::histogram!(metrics::TURN_SECONDS).record(since.elapsed().as_secs_f64());
        }
        self.send(What::TurnDone { status });
        self.turn = None;
        self.span = tracing::Span::none();
        let report = std::mem::take(&mut self.report);
        match self.waiting.take() {
            Some(Waiter::Report(done)) => {
                let _ = done.send(report);
            }
            Some(Waiter::Desk(done)) => {
                let report = self.runtime.with_ctx(&self.person, |ctx| DeskReport {
                    said: report
                        .said
                        .iter()
                        .map(|text| self.session.desk_sees(text, ctx))
                        .collect(),
                    refused: report
                        .policies
                        .iter()
                        .map(|view| self.session.desk_refusal(view, ctx))
                        .collect(),
                });
                let _ = done.send(Ok(report));
            }
            None => {}
        }
    }

    /// Keeps the session's state, in a moment. Comfort: a purchase is in streams of its own.
    async fn keep(&mut self) {
        let recorder = &self.runtime.0.recorder;
        let pending = std::mem::take(&mut self.pending);
        let state = self.kept.changes(&self.session, &self.keys);
        recorder.later(&self.session.user, pending, state).await;
    }

    fn think(&self, turn: u64, ask: Turn) {
        let results = self.results.0.clone();
        let parts = &self.runtime.0.parts;
        let talk = parts.model.is_some().then(|| {
            self.runtime.with_ctx(&self.person, |ctx| {
                self.session.talk(ask.text.as_str(), ctx)
            })
        });
        let planners = Planners {
            offline: Arc::clone(&parts.offline),
            model: parts.model.clone(),
            limit: Duration::from_millis(parts.config.model_ms_max),
        };
        self.runtime.0.tasks.spawn(async move {
            let planned = planners.plan(&ask, talk.as_ref()).await;
            let _ = results
                .send(Box::new(Happened::Thought {
                    turn,
                    thought: planned.thought,
                    notice: planned.notice,
                    planner: planned.planner,
                }))
                .await;
        });
    }

    fn do_deed(&self, call: CallId, deed: Deed) {
        let span =
            tracing::info_span!(parent: &self.span, "call", call = %call, deed = deed.name());
        let results = self.results.0.clone();
        let shops = ConnectedShops(Arc::clone(&self.runtime.0.parts.shops));
        let keeper = self.keeper.clone();
        let language = person::lock(&self.person).profile.language;
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
                    if results.send(Box::new(result)).await.is_err() {
                        return;
                    }
                }
            };
            // The channel closes with the deed, and that ends the telling.
            let acting = async move { perform(deed, &shops, &keeper, language, &reports).await }
                .instrument(span);
            tokio::join!(acting, telling);
        });
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
