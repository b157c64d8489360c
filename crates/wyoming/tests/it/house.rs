//! A house in which one conversation repeats what it hears.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use errand_protocol::api::{
    ApprovalAnswered, ConsentsView, DoctorView, MerchantView, OrderChanged, Paired, ProfileView,
    SessionBrief, WhyView,
};
use errand_protocol::errand::{ApprovalView, DisclosureView, OrderView, SessionView};
use errand_runtime::house::{
    BoxFuture, Conversation, Emitted, House, HouseError, OpenError, Principal, TurnStatus, Wanted,
    What,
};
use errand_types::{ApprovalId, MerchantId, OrderId, SessionId, Way};
use tokio::sync::broadcast;

/// The house.
#[derive(Debug, Default)]
pub(crate) struct Echoes {
    sessions: AtomicU64,
}

/// A conversation of it.
#[derive(Debug)]
struct Echo {
    id: SessionId,
    turns: AtomicU64,
    events: broadcast::Sender<Arc<Emitted>>,
}

impl Conversation for Echo {
    fn id(&self) -> &SessionId {
        &self.id
    }

    /// `silence` is never answered; all else is told back, with its number in the conversation and how it came.
    fn say<'a>(
        &'a self,
        text: &'a str,
        key: &'a str,
        way: Way,
    ) -> BoxFuture<'a, Result<(), HouseError>> {
        let turn = self.turns.fetch_add(1, Ordering::SeqCst) + 1;
        let send = |what| {
            let _ = self.events.send(Arc::new(Emitted {
                turn: Some(turn),
                what,
            }));
        };
        send(What::TurnStarted {
            key: key.to_owned(),
        });
        if text != "silence" {
            send(What::Say {
                live: "amber violin".to_owned(),
                kept: format!("{turn}: {text}, stranger {}.", way.stranger),
                is_private: false,
            });
            send(What::TurnDone {
                status: TurnStatus::Completed,
            });
        }
        Box::pin(async { Ok(()) })
    }

    fn stop(&self) -> BoxFuture<'_, Result<(), HouseError>> {
        Box::pin(async { Ok(()) })
    }

    fn view(&self) -> BoxFuture<'_, Result<SessionView, HouseError>> {
        Box::pin(pending())
    }

    fn events(&self) -> broadcast::Receiver<Arc<Emitted>> {
        self.events.subscribe()
    }
}

impl House for Echoes {
    fn authenticate(&self, _: &str) -> Option<Principal> {
        None
    }

    fn words(&self) -> Vec<String> {
        Vec::new()
    }

    fn session<'a>(
        &'a self,
        _: &'a Principal,
        _: Wanted,
    ) -> BoxFuture<'a, Result<Arc<dyn Conversation>, OpenError>> {
        let number = self.sessions.fetch_add(1, Ordering::SeqCst);
        let echo = Echo {
            id: SessionId::from_tail(&number.to_string()).unwrap(),
            turns: AtomicU64::new(0),
            events: broadcast::channel(64).0,
        };
        Box::pin(async { Ok(Arc::new(echo) as Arc<dyn Conversation>) })
    }

    fn sessions<'a>(
        &'a self,
        _: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<SessionBrief>, HouseError>> {
        Box::pin(pending())
    }

    fn orders<'a>(&'a self, _: &'a Principal) -> BoxFuture<'a, Result<Vec<OrderView>, HouseError>> {
        Box::pin(pending())
    }

    fn order<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderView, HouseError>> {
        Box::pin(pending())
    }

    fn cancel_order<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        Box::pin(pending())
    }

    fn return_order<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a OrderId,
        _: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        Box::pin(pending())
    }

    fn move_order<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a OrderId,
        _: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        Box::pin(pending())
    }

    fn merchants(&self) -> BoxFuture<'_, Result<Vec<MerchantView>, HouseError>> {
        Box::pin(pending())
    }

    fn add_merchant<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a str,
    ) -> BoxFuture<'a, Result<MerchantView, HouseError>> {
        Box::pin(pending())
    }

    fn remove_merchant<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a MerchantId,
    ) -> BoxFuture<'a, Result<(), HouseError>> {
        Box::pin(pending())
    }

    fn doctor(&self) -> BoxFuture<'_, DoctorView> {
        Box::pin(pending())
    }

    fn profile<'a>(&'a self, _: &'a Principal) -> BoxFuture<'a, Result<ProfileView, HouseError>> {
        Box::pin(pending())
    }

    fn consents<'a>(&'a self, _: &'a Principal) -> BoxFuture<'a, Result<ConsentsView, HouseError>> {
        Box::pin(pending())
    }

    fn withdraw<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a MerchantId,
    ) -> BoxFuture<'a, Result<Vec<DisclosureView>, HouseError>> {
        Box::pin(pending())
    }

    fn why<'a>(
        &'a self,
        _: &'a Principal,
        _: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<WhyView>, HouseError>> {
        Box::pin(pending())
    }

    fn approval<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a ApprovalId,
    ) -> BoxFuture<'a, Result<ApprovalView, HouseError>> {
        Box::pin(pending())
    }

    fn answer<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a ApprovalId,
        _: &'a str,
    ) -> BoxFuture<'a, Result<ApprovalAnswered, HouseError>> {
        Box::pin(pending())
    }

    fn pair<'a>(
        &'a self,
        _: &'a Principal,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Paired, HouseError>> {
        Box::pin(pending())
    }
}
