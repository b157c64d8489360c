//! The house as faces see it.

use std::sync::Arc;

use errand_engine::{Session, decision_view, disclosure, order_view, profile_view};
use errand_gate::{ActionKind, Verdict};
use errand_model::{ModelState, Proposal, Turn};
use errand_protocol::api::{
    ApprovalAnswered, Check, CheckState, ConsentsView, DoctorView, MerchantView, OrderChanged,
    Paired, ProfileView, SessionBrief, WhyView,
};
use errand_protocol::errand::{
    ApprovalOutcome, ApprovalView, DisclosureView, OrderView, Role, SessionView,
};
use errand_types::{
    ApprovalId, ConsentArgs, Language, MerchantId, MoveArgs, OrderArgs, OrderId, ReturnArgs,
    SessionId, Text, Told, ToolCall, UserId, Way,
};
use tokio::sync::broadcast;

use crate::actor::{Handle, TurnReport};
use crate::house::{
    BoxFuture, Conversation, DeskRoom, Emitted, ErrorKind, House, HouseError, OpenError, Principal,
    Wanted,
};
use crate::kept::{self, TakenUp};
use crate::person::{self, SharedPerson};
use crate::runtime::Runtime;

impl House for Runtime {
    fn authenticate(&self, token: &str) -> Option<Principal> {
        self.0.devices.holder(token)
    }

    fn session<'a>(
        &'a self,
        who: &'a Principal,
        wanted: Wanted,
    ) -> BoxFuture<'a, Result<Arc<dyn Conversation>, OpenError>> {
        Box::pin(async move {
            let handle = match wanted {
                Wanted::New => self.fresh(&who.user)?,
                Wanted::Resume(id) => self.resume(&who.user, &id).await?,
            };
            Ok(Arc::new(Talk(handle)) as Arc<dyn Conversation>)
        })
    }

    fn sessions<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<SessionBrief>, HouseError>> {
        Box::pin(async move {
            let mut briefs = Vec::new();
            for handle in self.handles_of(&who.user) {
                let Ok(view) = handle.view().await else {
                    continue;
                };
                let last = view
                    .transcript
                    .iter()
                    .rev()
                    .find(|u| u.role == Role::User)
                    .map(|u| u.text.clone());
                briefs.push(SessionBrief {
                    id: handle.id().clone(),
                    last,
                    at: self.0.parts.clock.now(),
                });
            }
            Ok(briefs)
        })
    }

    fn orders<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<OrderView>, HouseError>> {
        Box::pin(async move {
            let person = self.known(&who.user)?;
            Ok(self.with_ctx(&person, |ctx| {
                ctx.orders.iter().map(|o| order_view(o, 0, ctx)).collect()
            }))
        })
    }

    fn order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderView, HouseError>> {
        Box::pin(async move {
            self.own_order(&who.user, id)?;
            let call = ToolCall::OrderStatus(OrderArgs {
                order: Some(id.clone()),
            });
            // What the shop says now comes first; a shop that is silent leaves what was last known.
            let _ = self.press(&who.user, call, "(orders)", false).await?;
            self.own_order(&who.user, id)
        })
    }

    fn cancel_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        let call = ToolCall::OrderCancel(OrderArgs {
            order: Some(id.clone()),
        });
        Box::pin(self.change(&who.user, id, call, "(cancel order)"))
    }

    fn return_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        let call = ToolCall::OrderReturn(ReturnArgs {
            order: Some(id.clone()),
            reason: Text::clip(reason),
        });
        Box::pin(self.change(&who.user, id, call, "(return order)"))
    }

    fn move_order<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a OrderId,
        when: &'a str,
    ) -> BoxFuture<'a, Result<OrderChanged, HouseError>> {
        Box::pin(async move {
            let before = self.own_order(&who.user, id)?;
            let call = self.move_call(&who.user, id, when).await?;
            let report = self
                .press(&who.user, call, "(move delivery)", false)
                .await?;
            let after = self.own_order(&who.user, id)?;
            Ok(changed(id, &before, after, &report))
        })
    }

    fn merchants(&self) -> BoxFuture<'_, Result<Vec<MerchantView>, HouseError>> {
        Box::pin(async move {
            let statuses = self.0.parts.shops.probe().await;
            let mut views = self.0.parts.shops.views();
            for view in &mut views {
                if let Some(status) = statuses.iter().find(|s| s.id == view.id) {
                    view.alive = Some(status.alive);
                    view.latency_ms = status.alive.then_some(status.latency_ms);
                }
            }
            Ok(views)
        })
    }

    fn add_merchant<'a>(
        &'a self,
        _: &'a Principal,
        url: &'a str,
    ) -> BoxFuture<'a, Result<MerchantView, HouseError>> {
        self.0.parts.shops.add(url)
    }

    fn remove_merchant<'a>(
        &'a self,
        _: &'a Principal,
        id: &'a MerchantId,
    ) -> BoxFuture<'a, Result<(), HouseError>> {
        self.0.parts.shops.remove(id)
    }

    fn words(&self) -> Vec<String> {
        (self.0.parts.words)()
    }

    fn doctor(&self) -> BoxFuture<'_, DoctorView> {
        Box::pin(async move {
            let health = self.0.parts.journal.health().await;
            let shops = self.0.parts.shops.probe().await;
            let alive = shops.iter().filter(|s| s.alive).count();
            let list: Vec<String> = shops
                .iter()
                .map(|s| {
                    if s.alive {
                        format!("{} {} ms", s.name, s.latency_ms)
                    } else {
                        format!("{} silent", s.name)
                    }
                })
                .collect();
            let mut checks = vec![
                Check {
                    id: "runtime".into(),
                    state: CheckState::Ok,
                    detail: format!(
                        "{}, {} sessions",
                        env!("CARGO_PKG_VERSION"),
                        self.sessions_in_memory()
                    ),
                    fix: None,
                },
                Check {
                    id: "journal".into(),
                    state: if health.writable {
                        CheckState::Ok
                    } else {
                        CheckState::Fail
                    },
                    detail: format!(
                        "{}{}",
                        size(health.bytes),
                        if health.writable {
                            ""
                        } else {
                            ", cannot be written: nothing is bought"
                        }
                    ),
                    fix: (!health.writable).then(|| "free disk space where the data lie".into()),
                },
                Check {
                    id: "shops".into(),
                    state: match (alive, shops.len()) {
                        (0, 0) => CheckState::Off,
                        (a, n) if a == n => CheckState::Ok,
                        (_, _) => CheckState::Fail,
                    },
                    detail: format!("{alive} of {} answer: {}", shops.len(), list.join(", ")),
                    fix: shops.is_empty().then(|| "`errand merchant add URL`".into()),
                },
                Check {
                    id: "devices".into(),
                    state: CheckState::Ok,
                    detail: format!("{} enrolled", self.0.devices.count()),
                    fix: None,
                },
            ];
            checks.extend(self.0.parts.checks.iter().cloned());
            // How it is now goes before what was known at the start.
            if let Some(model) = &self.0.parts.model
                && let ModelState::Resting { seconds, why } = model.state()
                && let Some(check) = checks.iter_mut().find(|c| c.id == "model")
            {
                check.state = CheckState::Fail;
                check.detail = format!("{}, not asked for {seconds} s: {why}", model.name());
                check.fix = Some("`errand model test`".into());
            }
            DoctorView {
                ok: checks.iter().all(|c| c.state != CheckState::Fail),
                checks,
            }
        })
    }

    fn profile<'a>(&'a self, who: &'a Principal) -> BoxFuture<'a, Result<ProfileView, HouseError>> {
        Box::pin(async move {
            let person = self.known(&who.user)?;
            Ok(self.with_ctx(&person, profile_view))
        })
    }

    fn consents<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<ConsentsView, HouseError>> {
        Box::pin(async move {
            let person = self.known(&who.user)?;
            Ok(ConsentsView {
                entries: self.with_ctx(&person, |ctx| disclosure(ctx.consents, ctx)),
            })
        })
    }

    fn withdraw<'a>(
        &'a self,
        who: &'a Principal,
        merchant: &'a MerchantId,
    ) -> BoxFuture<'a, Result<Vec<DisclosureView>, HouseError>> {
        Box::pin(async move {
            let call = ToolCall::ConsentWithdraw(ConsentArgs {
                merchant: Some(merchant.clone()),
            });
            self.press(&who.user, call, "(withdraw consent)", false)
                .await?;
            Ok(self.consents(who).await?.entries)
        })
    }

    fn why<'a>(
        &'a self,
        who: &'a Principal,
        about: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<WhyView>, HouseError>> {
        Box::pin(async move {
            let person = self.known(&who.user)?;
            let about = about.map(str::to_lowercase);
            let person = person::lock(&person);
            let views = person
                .decisions
                .iter()
                .rev()
                // A plain yes to looking around explains nothing; it is in the journal.
                .filter(|d| {
                    about.is_some() || d.verdict != Verdict::Allow || !is_everyday(&d.action)
                })
                .map(|d| decision_view(d, person.profile.language))
                .filter(|view| {
                    about.as_ref().is_none_or(|about| {
                        view.decision.to_lowercase() == *about
                            || view.headline.to_lowercase().contains(about)
                            || view
                                .reasons
                                .iter()
                                .any(|r| r.to_lowercase().contains(about))
                    })
                });
            Ok(views.take(100).collect())
        })
    }

    fn approval<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a ApprovalId,
    ) -> BoxFuture<'a, Result<ApprovalView, HouseError>> {
        Box::pin(async move {
            let handle = self.session_of(&who.user, id)?;
            let open = handle.approval(id).await.map_err(|_| gone())?;
            open.ok_or_else(|| not_found("no such open question"))
        })
    }

    fn answer<'a>(
        &'a self,
        who: &'a Principal,
        id: &'a ApprovalId,
        answer: &'a str,
    ) -> BoxFuture<'a, Result<ApprovalAnswered, HouseError>> {
        Box::pin(async move {
            let handle = self.session_of(&who.user, id)?;
            let report = handle.answer(id, answer).await.map_err(|_| gone())?;
            let (outcome, text) = report
                .outcome
                .unwrap_or((ApprovalOutcome::Expired, String::new()));
            // A purchase that was carried out says how it ended; what is asked next is an event of its own.
            let text = match (&report.order, report.said.last()) {
                (Some(_), Some(last)) => last.clone(),
                (_, _) => text,
            };
            Ok(ApprovalAnswered {
                id: id.clone(),
                outcome,
                text,
                order: report.order,
            })
        })
    }

    fn desk(&self) -> Option<&dyn DeskRoom> {
        Some(self)
    }

    fn pair<'a>(
        &'a self,
        who: &'a Principal,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Paired, HouseError>> {
        Box::pin(async move {
            let (device, token) =
                self.0
                    .devices
                    .enrol(&who.user, name)
                    .await
                    .map_err(|message| HouseError {
                        kind: ErrorKind::Unavailable,
                        code: "RUN-0005",
                        message,
                        hint: None,
                    })?;
            Ok(Paired {
                device: device.to_string(),
                token,
            })
        })
    }
}

impl Runtime {
    pub(crate) fn known(&self, user: &UserId) -> Result<SharedPerson, HouseError> {
        self.person(user)
            .ok_or_else(|| not_found("nobody of that name is here"))
    }

    fn fresh(&self, user: &UserId) -> Result<Handle, OpenError> {
        let id = SessionId::fresh(&*self.0.parts.ids);
        let person = self
            .person(user)
            .ok_or_else(|| OpenError::Unknown(id.clone()))?;
        let session = self.with_ctx(&person, |ctx| Session::new(id, user.clone(), ctx));
        self.spawn(TakenUp::new(session))
    }

    pub(crate) async fn resume(&self, user: &UserId, id: &SessionId) -> Result<Handle, OpenError> {
        let unknown = || OpenError::Unknown(id.clone());
        if let Some(handle) = self.handle(id) {
            // A stranger's session and none at all get the same answer.
            return if handle.user() == user {
                Ok(handle)
            } else {
                Err(unknown())
            };
        }
        let found = kept::load(&self.0.recorder, id)
            .await
            .map_err(OpenError::Unavailable)?;
        let found = found
            .filter(|found| found.session.user == *user)
            .ok_or_else(unknown)?;
        self.spawn(found)
    }

    fn session_of(&self, user: &UserId, id: &ApprovalId) -> Result<Handle, HouseError> {
        let found = self
            .0
            .approvals
            .session_of(id)
            .and_then(|session| self.handle(&session));
        found
            .filter(|h| h.user() == user)
            .ok_or_else(|| not_found("no such open question"))
    }

    fn own_order(&self, user: &UserId, id: &OrderId) -> Result<OrderView, HouseError> {
        let person = self.known(user)?;
        self.with_ctx(&person, |ctx| {
            ctx.orders
                .iter()
                .find(|o| o.id == *id)
                .map(|o| order_view(o, 0, ctx))
        })
        .ok_or_else(|| not_found("no such order"))
    }

    async fn press(
        &self,
        user: &UserId,
        call: ToolCall,
        text: &str,
        confirm: bool,
    ) -> Result<TurnReport, HouseError> {
        let handle = self.fresh(user).map_err(|e| busy(&e))?;
        handle
            .press(vec![call], text, confirm)
            .await
            .map_err(|_| gone())
    }

    /// The time is in the person's words, so it is read like a sentence of theirs.
    async fn move_call(
        &self,
        user: &UserId,
        id: &OrderId,
        when: &str,
    ) -> Result<ToolCall, HouseError> {
        let handle = self.fresh(user).map_err(|e| busy(&e))?;
        let scene = handle.scene().await.map_err(|_| gone())?;
        let said = match scene.language {
            Language::English => format!("move the delivery to {when}"),
            Language::German => format!("verschiebe die Lieferung auf {when}"),
        };
        let turn = Turn {
            text: Text::clip(&said),
            scene,
        };
        let thought = self.0.parts.offline.think(&turn).await;
        let calls = match thought.map(|t| t.proposal) {
            Ok(Proposal::Calls(calls)) => calls,
            Ok(_) | Err(_) => Vec::new(),
        };
        let wish = calls.into_iter().find_map(|call| match call {
            ToolCall::OrderMove(args) => Some(args.wish),
            _ => None,
        });
        wish.map(|wish| {
            ToolCall::OrderMove(MoveArgs {
                order: Some(id.clone()),
                wish,
            })
        })
        .ok_or_else(|| HouseError {
            kind: ErrorKind::BadRequest,
            code: "RUN-0007",
            message: "that is no time that I can read; the delivery is as it was".to_owned(),
            hint: Some("say it like `Saturday evening` or `Monday between 5 and 7 pm`".to_owned()),
        })
    }

    async fn change(
        &self,
        user: &UserId,
        id: &OrderId,
        call: ToolCall,
        text: &str,
    ) -> Result<OrderChanged, HouseError> {
        let before = self.own_order(user, id)?;
        let report = self.press(user, call, text, true).await?;
        let after = self.own_order(user, id)?;
        Ok(changed(id, &before, after, &report))
    }
}

fn is_everyday(action: &str) -> bool {
    matches!(
        ActionKind::parse(action),
        Some(
            ActionKind::Search
                | ActionKind::Compare
                | ActionKind::Recommend
                | ActionKind::Configure
                | ActionKind::CartAdd
                | ActionKind::OrderRead
                | ActionKind::CheckoutCancel
        )
    )
}

fn changed(
    id: &OrderId,
    before: &OrderView,
    after: OrderView,
    report: &TurnReport,
) -> OrderChanged {
    let done = before.state != after.state || before.delivery != after.delivery;
    OrderChanged {
        id: id.clone(),
        done,
        text: report.said.last().cloned().unwrap_or_default(),
        order: Some(after),
    }
}

fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes / 1_000)
    } else {
        format!("{} MB", bytes / 1_000_000)
    }
}

fn not_found(message: &str) -> HouseError {
    HouseError {
        kind: ErrorKind::NotFound,
        code: "RUN-0002",
        message: message.to_owned(),
        hint: None,
    }
}

pub(crate) fn gone() -> HouseError {
    HouseError {
        kind: ErrorKind::Unavailable,
        code: "RUN-0003",
        message: "the session ended before it answered; nothing was bought by this request"
            .to_owned(),
        hint: Some("look at your orders before you ask again".to_owned()),
    }
}

pub(crate) fn busy(error: &OpenError) -> HouseError {
    HouseError {
        kind: ErrorKind::Busy,
        code: "RUN-0004",
        message: error.to_string(),
        hint: None,
    }
}

/// One session's port.
#[derive(Debug)]
struct Talk(Handle);

impl Conversation for Talk {
    fn id(&self) -> &SessionId {
        self.0.id()
    }

    fn say<'a>(
        &'a self,
        text: &'a str,
        key: &'a str,
        way: Way,
    ) -> BoxFuture<'a, Result<(), HouseError>> {
        Box::pin(async move { self.0.say(text, key, way).await.map_err(|_| gone()) })
    }

    fn stop(&self) -> BoxFuture<'_, Result<(), HouseError>> {
        Box::pin(async move { self.0.stop().await.map_err(|_| gone()) })
    }

    fn view(&self) -> BoxFuture<'_, Result<SessionView, HouseError>> {
        Box::pin(async move { self.0.view().await.map_err(|_| gone()) })
    }

    fn taken_up(&self, told: Told) {
        self.0.resumed(told);
    }

    fn events(&self) -> broadcast::Receiver<Arc<Emitted>> {
        self.0.events()
    }
}
