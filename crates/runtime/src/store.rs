//! What deeds need and only the runtime holds.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use errand_merchant::{Merchant, StoredRequest};
use errand_tools::{Keeper, Shops};
use errand_trust::{Approved, TxDigest};
use errand_types::{ApprovalId, Instrument, MerchantId, PurchaseId, Text};

use crate::approvals::Approvals;
use crate::parts::Directory;
use crate::person::{SharedPerson, lock};
use crate::records::JournalIntents;

/// The keeper of one session: its person's wallet, the approvals, the stored requests.
#[derive(Debug, Clone)]
pub(crate) struct SessionKeeper {
    pub(crate) person: SharedPerson,
    pub(crate) approvals: Arc<Approvals>,
    pub(crate) intents: Arc<JournalIntents>,
}

impl Keeper for SessionKeeper {
    fn take_approval(&self, id: &ApprovalId) -> Option<Approved<TxDigest>> {
        self.approvals.take(id)
    }

    fn instrument(&self, handler: &Text<120>) -> Option<Instrument> {
        lock(&self.person)
            .profile
            .wallet
            .iter()
            .find(|i| i.handler == *handler)
            .cloned()
    }

    fn stored<'a>(
        &'a self,
        purchase: &'a PurchaseId,
    ) -> Pin<Box<dyn Future<Output = Option<StoredRequest>> + Send + 'a>> {
        Box::pin(self.intents.last_complete(purchase))
    }
}

/// The directory as tools see it.
#[derive(Debug, Clone)]
pub(crate) struct ConnectedShops(pub(crate) Arc<dyn Directory>);

impl Shops for ConnectedShops {
    fn shop(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>> {
        self.0.shop(id)
    }
}
