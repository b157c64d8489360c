//! Handing a prepared checkout to the person.

use errand_types::{Checkout, Handoff, HandoffReason, Text};

use crate::caller::Request;
use crate::error::MerchantError;
use crate::op::Op;
use crate::shop::UcpMerchant;
use crate::wire::Method;

impl UcpMerchant {
    /// Prepares handing a checkout over to the person: its page must be the shop's own and answer. Sends no personal
    /// data and no credentials, and opens nothing.
    ///
    /// # Errors
    /// [`MerchantError::NotReady`] without a page; [`MerchantError::AddressForbidden`] for a page of another host.
    pub async fn handoff(
        &self,
        checkout: &Checkout,
        reason: HandoffReason,
    ) -> Result<Handoff, MerchantError> {
        let profile = self.profile().await?;
        let no_page = || MerchantError::NotReady {
            merchant: self.caller.label.clone(),
            why: "no_page".to_owned(),
        };
        let address = checkout.continue_url.as_ref().ok_or_else(no_page)?;
        let url = self.rule.check(address.as_str())?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let origin_host = url::Url::parse(&self.origin)
            .ok()
            .and_then(|origin| origin.host_str().map(str::to_owned));
        if Some(&host) != origin_host.as_ref() && profile.endpoint.host_str() != Some(&host) {
            return Err(MerchantError::AddressForbidden {
                host,
                why: "it is not the shop's own",
            });
        }
        let request = Request {
            op: Op::FollowEscalation,
            method: Method::Get,
            url: &url,
            body: None,
            key: None,
            dialect: None,
        };
        match self.caller.call(request).await {
            // A page for people is no JSON, and that is right.
            Ok(_) | Err(MerchantError::Unreadable { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(Handoff {
            url: address.clone(),
            host: Text::clip(&host),
            reason,
            expires_at: checkout.expires_at,
        })
    }
}
