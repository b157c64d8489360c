use std::sync::Arc;
use std::time::Duration;

use errand_gate::{Authorized, SearchShops};
use errand_types::MerchantId;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::error::MerchantError;
use crate::op::Op;
use crate::port::{Found, Merchant};

/// Searches several shops side by side and gives each result as it comes. Ends when the last shop has answered, at the
/// deadline, or when it is stopped; shops that had not answered by the deadline are reported so, and after a stop
/// nothing more is reported.
///
/// Of `shops` those are asked that the act names.
///
/// # Cancel safety
/// May be dropped at any time: it only reads.
pub async fn search_all(
    shops: &[Arc<dyn Merchant>],
    act: &Authorized<SearchShops>,
    deadline: Duration,
    stop: &CancellationToken,
    mut on_each: impl FnMut(&MerchantId, Result<Found, MerchantError>) + Send,
) {
    let named = |shop: &&Arc<dyn Merchant>| act.act().merchants.contains(shop.id());
    let mut running: FuturesUnordered<_> = shops
        .iter()
        .filter(named)
        .map(|shop| async move {
            let found = tokio::time::timeout(deadline, shop.search(act)).await;
            let late = |_| {
                Err(MerchantError::NoAnswer {
                    merchant: shop.id().as_str().to_owned(),
                    op: Op::Search,
                })
            };
            (shop.id(), found.unwrap_or_else(late))
        })
        .collect();
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            next = running.next() => next,
        };
        let Some((id, found)) = next else { return };
        on_each(id, found);
    }
}
