//! The desk as faces see it.

use errand_engine::{DeskAct, DeskBy, DeskFault, desk_seen};
use errand_protocol::desk::{
    DeskDone, DeskErrand, DeskPaired, DeskPerson, DeskQueue, DeskSeenView, DeskStats,
};
use errand_types::SessionId;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::actor::Handle;
use crate::desk::PairError;
use crate::house::{BoxFuture, DeskRoom, ErrorKind, HouseError, Principal};
use crate::impl_house::{busy, gone};
use crate::person;
use crate::runtime::Runtime;

impl DeskRoom for Runtime {
    fn exists(&self) -> bool {
        self.0.desk.exists()
    }

    fn authenticate(&self, token: &str) -> Option<DeskBy> {
        self.0.desk.holder(token)
    }

    fn pair<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<DeskPaired, HouseError>> {
        Box::pin(async move { self.0.desk.pair(name).await.map_err(|e| not_paired(&e)) })
    }

    fn people(&self) -> Vec<DeskPerson> {
        self.0.desk.people()
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), HouseError>> {
        Box::pin(async move {
            match self.0.desk.remove(name).await {
                Ok(true) => {
                    self.tell_all().await;
                    Ok(())
                }
                Ok(false) => Err(HouseError {
                    kind: ErrorKind::NotFound,
                    code: "DESK-0005",
                    message: "nobody of that name is at the desk; nothing was changed".to_owned(),
                    hint: Some("`errand desk list` shows who is".to_owned()),
                }),
                Err(error) => Err(not_paired(&error)),
            }
        })
    }

    fn stats(&self) -> DeskStats {
        self.0.desk.stats()
    }

    fn queue(&self, by: &DeskBy) -> DeskQueue {
        self.0.desk.hear(by, None);
        self.0.desk.queue(by, self.midnight())
    }

    fn here<'a>(&'a self, by: &'a DeskBy, here: bool) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.0.desk.hear(by, Some(here));
            // Whoever waits learns at once that nobody is left.
            self.tell_waiting().await;
        })
    }

    fn errand<'a>(
        &'a self,
        by: &'a DeskBy,
        id: &'a SessionId,
    ) -> BoxFuture<'a, Result<DeskErrand, HouseError>> {
        Box::pin(async move {
            self.0.desk.hear(by, None);
            let handle = self.waiting_session(id).await?;
            let view = handle.desk_view(by).await.map_err(|_| gone())?;
            view.map_err(|fault| refused(&fault))
        })
    }

    fn act<'a>(
        &'a self,
        by: &'a DeskBy,
        id: &'a SessionId,
        act: DeskAct,
    ) -> BoxFuture<'a, Result<DeskDone, HouseError>> {
        Box::pin(async move {
            self.0.desk.hear(by, None);
            let handle = self.waiting_session(id).await?;
            let done = handle.desk(by, act).await.map_err(|_| gone())?;
            let report = done.map_err(|fault| refused(&fault))?;
            // Those behind it have moved up.
            self.tell_waiting().await;
            let errand = handle.desk_view(by).await.map_err(|_| gone())?.ok();
            Ok(DeskDone {
                said: report.said,
                refused: report.refused,
                errand,
            })
        })
    }

    fn seen<'a>(
        &'a self,
        who: &'a Principal,
    ) -> BoxFuture<'a, Result<Vec<DeskSeenView>, HouseError>> {
        Box::pin(async move {
            let known = self.known(&who.user)?;
            let person = person::lock(&known);
            Ok(desk_seen(&person.desk, person.profile.language))
        })
    }
}

impl Runtime {
    /// The session of an errand in the queue, whoever holds it. One that never was there and one that is over get the
    /// same answer.
    async fn waiting_session(&self, id: &SessionId) -> Result<Handle, HouseError> {
        let user = self
            .0
            .desk
            .user_of(id)
            .ok_or_else(|| refused(&DeskFault::Over))?;
        self.resume(&user, id).await.map_err(|error| busy(&error))
    }

    async fn tell_waiting(&self) {
        for (id, _) in self.0.desk.open_tickets() {
            if let Some(handle) = self.handle(&id) {
                handle.tick().await;
            }
        }
    }

    /// When the day of this installation began.
    fn midnight(&self) -> Timestamp {
        let parts = &self.0.parts;
        let zone = parts
            .people
            .first()
            .and_then(|p| TimeZone::get(p.zone.as_str()).ok())
            .unwrap_or(TimeZone::UTC);
        let now = parts.clock.now();
        now.to_zoned(zone)
            .start_of_day()
            .map_or(now, |start| start.timestamp())
    }
}

fn not_paired(error: &PairError) -> HouseError {
    let (kind, hint) = match error {
        PairError::Name(_) => (ErrorKind::BadRequest, "choose another name"),
        PairError::Journal(_) => (ErrorKind::Unavailable, "free some disk space"),
    };
    HouseError {
        kind,
        code: "DESK-0004",
        message: format!("{error}; nobody was given access"),
        hint: Some(hint.to_owned()),
    }
}

fn refused(fault: &DeskFault) -> HouseError {
    let (kind, code, hint) = match fault {
        DeskFault::Over => (ErrorKind::NotFound, "DESK-0001", "look at the queue again"),
        DeskFault::Held(_) => (ErrorKind::Conflict, "DESK-0002", "take another one"),
        DeskFault::NotYours => (ErrorKind::Conflict, "DESK-0003", "take it over first"),
    };
    HouseError {
        kind,
        code,
        message: format!("{fault}; nothing was done"),
        hint: Some(hint.to_owned()),
    }
}
