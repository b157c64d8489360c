//! The outside of a session's actor: what it can be told, and who listens.

use std::sync::{Arc, Mutex, PoisonError};

use errand_engine::{DeskAct, DeskBy, DeskFault, Failure, Outcome, Purchase, Session, ShopAnswer};
use errand_model::{ModelError, Scene, Thought};
use errand_protocol::desk::{DeskErrand, DeskRefusal, Seen};
use errand_protocol::errand::{
    ApprovalOutcome, ApprovalView, OrderView, PlannerView, PolicyView, SessionView,
};
use errand_types::{ApprovalId, CallId, MerchantId, SessionId, Told, ToolCall, UserId, Way};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::house::Emitted;

/// Commands that may wait: a person does not type faster, and more means that something loops.
pub(super) const MAILBOX: usize = 16;
/// Events that a reader may be behind before it asks for the whole state.
const EVENTS: usize = 128;

/// What one turn said and showed, for callers that wait for its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct TurnReport {
    pub(crate) said: Vec<String>,
    pub(crate) outcome: Option<(ApprovalOutcome, String)>,
    pub(crate) order: Option<OrderView>,
    pub(crate) refused: Option<String>,
    pub(crate) policies: Vec<PolicyView>,
}

/// What an act of the desk came to, as the desk may see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeskReport {
    pub(crate) said: Vec<Seen>,
    pub(crate) refused: Vec<DeskRefusal>,
}

pub(super) enum Command {
    Say {
        text: String,
        key: String,
        way: Way,
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
    Desk {
        by: DeskBy,
        act: Box<DeskAct>,
        done: oneshot::Sender<Result<DeskReport, DeskFault>>,
    },
    DeskView(DeskBy, oneshot::Sender<Result<DeskErrand, DeskFault>>),
    Stop,
    Resume(Told),
    Tick,
}

pub(super) enum Happened {
    Thought {
        turn: u64,
        thought: Result<Thought, ModelError>,
        notice: Option<String>,
        planner: Option<PlannerView>,
    },
    Shop {
        call: CallId,
        merchant: MerchantId,
        answer: Result<ShopAnswer, Failure>,
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
    /// Taken up while nobody listened: told to the first who does.
    resumes: Arc<Mutex<Option<Told>>>,
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
    /// The outside of a session, and the mailbox that its inside empties.
    pub(super) fn of(session: &Session) -> (Self, mpsc::Receiver<Command>) {
        let (send, mailbox) = mpsc::channel(MAILBOX);
        let handle = Self {
            id: session.id.clone(),
            user: session.user.clone(),
            mailbox: send,
            events: broadcast::channel(EVENTS).0,
            resumes: Arc::default(),
        };
        (handle, mailbox)
    }

    /// Where the inside sends what happens.
    pub(super) fn sender(&self) -> broadcast::Sender<Arc<Emitted>> {
        self.events.clone()
    }

    pub(crate) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(crate) fn user(&self) -> &UserId {
        &self.user
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.mailbox.is_closed()
    }

    pub(crate) async fn say(&self, text: &str, key: &str, way: Way) -> Result<(), Gone> {
        let command = Command::Say {
            text: text.to_owned(),
            key: key.to_owned(),
            way,
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

    /// Somebody at the desk does something; answers when it is done.
    pub(crate) async fn desk(
        &self,
        by: &DeskBy,
        act: DeskAct,
    ) -> Result<Result<DeskReport, DeskFault>, Gone> {
        let (done, wait) = oneshot::channel();
        let command = Command::Desk {
            by: by.clone(),
            act: Box::new(act),
            done,
        };
        self.mailbox.send(command).await.map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    /// The errand as the desk may see it, recorded as read.
    pub(crate) async fn desk_view(
        &self,
        by: &DeskBy,
    ) -> Result<Result<DeskErrand, DeskFault>, Gone> {
        let (reply, wait) = oneshot::channel();
        self.mailbox
            .send(Command::DeskView(by.clone(), reply))
            .await
            .map_err(|_| Gone)?;
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
    pub(crate) fn resumed(&self, told: Told) {
        let is_heard = self.events.receiver_count() > 0;
        if !is_heard || self.mailbox.try_send(Command::Resume(told)).is_err() {
            self.keep_resume(told);
        }
    }

    fn keep_resume(&self, told: Told) {
        *self.resumes.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Arc<Emitted>> {
        let events = self.events.subscribe();
        let waiting = self
            .resumes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(told) = waiting
            && let Err(mpsc::error::TrySendError::Full(_)) =
                self.mailbox.try_send(Command::Resume(told))
        {
            self.keep_resume(told);
        }
        events
    }
}
