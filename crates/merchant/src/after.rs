//! Orders after the purchase.

use errand_gate::{BookSlot, CancelOrder, ReturnOrder};
use errand_types::{ForeignId, Slot};
use serde_json::{Value, json};

use crate::caller::Answered;
use crate::checkout::Change;
use crate::discover::ShopProfile;
use crate::error::MerchantError;
use crate::op::Op;
use crate::port::OrderSnapshot;
use crate::profile::{CARE, SLOTS};
use crate::read;
use crate::read::order::Context;
use crate::shop::UcpMerchant;
use crate::wire::Method;

impl UcpMerchant {
    pub(crate) async fn do_order(&self, id: &ForeignId) -> Result<OrderSnapshot, MerchantError> {
        let profile = self.profile().await?;
        let answered = self
            .get(&profile, Op::GetOrder, &["orders", id.as_str()])
            .await?;
        self.take_order(Op::GetOrder, &profile, &answered, id)
    }

    pub(crate) async fn do_order_slots(
        &self,
        order: &ForeignId,
    ) -> Result<Vec<Slot>, MerchantError> {
        let profile = self.profile().await?;
        if !profile.capabilities.contains_key(SLOTS) {
            return Ok(Vec::new());
        }
        let answered = self
            .get(
                &profile,
                Op::OrderSlots,
                &["orders", order.as_str(), "delivery-slots"],
            )
            .await?;
        Ok(read::delivery::slots(&answered.body))
    }

    pub(crate) async fn do_book(&self, act: BookSlot) -> Result<OrderSnapshot, MerchantError> {
        let profile = self.profile().await?;
        self.needs(&profile, SLOTS, Op::BookSlot)?;
        let segments = ["orders", act.order.as_str(), "delivery-slot"];
        let body = json!({ "slot_id": act.slot.as_str() });
        let change = Change {
            op: Op::BookSlot,
            method: Method::Post,
            segments: &segments,
            body,
        };
        let answered = self.change(&profile, &act.purchase, change).await?;
        self.take_order(Op::BookSlot, &profile, &answered, &act.order)
    }

    pub(crate) async fn do_cancel_order(
        &self,
        act: CancelOrder,
    ) -> Result<OrderSnapshot, MerchantError> {
        let profile = self.profile().await?;
        self.needs(&profile, CARE, Op::CancelOrder)?;
        let segments = ["orders", act.order.as_str(), "cancel"];
        let change = Change {
            op: Op::CancelOrder,
            method: Method::Post,
            segments: &segments,
            body: json!({}),
        };
        let answered = self.change(&profile, &act.purchase, change).await?;
        self.take_order(Op::CancelOrder, &profile, &answered, &act.order)
    }

    pub(crate) async fn do_return(&self, act: ReturnOrder) -> Result<OrderSnapshot, MerchantError> {
        let profile = self.profile().await?;
        self.needs(&profile, CARE, Op::ReturnOrder)?;
        let lines: Vec<Value> = if act.lines.is_empty() {
            // Nothing named is everything, and the shop wants to hear each line.
            let order = self.do_order(&act.order).await?.0;
            let all = order
                .lines
                .iter()
                .filter_map(|line| Some((line.id.as_ref()?, line.ordered)));
            all.map(|(id, count)| json!({ "id": id.as_str(), "quantity": count }))
                .collect()
        } else {
            act.lines
                .iter()
                .map(|(id, count)| json!({ "id": id.as_str(), "quantity": count }))
                .collect()
        };
        let body = json!({ "line_items": lines, "reason": act.reason.as_str() });
        let segments = ["orders", act.order.as_str(), "returns"];
        let change = Change {
            op: Op::ReturnOrder,
            method: Method::Post,
            segments: &segments,
            body,
        };
        let answered = self.change(&profile, &act.purchase, change).await?;
        self.take_order(Op::ReturnOrder, &profile, &answered, &act.order)
    }

    fn take_order(
        &self,
        op: Op,
        profile: &ShopProfile,
        answered: &Answered,
        id: &ForeignId,
    ) -> Result<OrderSnapshot, MerchantError> {
        self.refuses(op, answered)?;
        let context = Context {
            merchant: &self.id,
            dialect: profile.dialect,
            now: self.clock.now(),
            currency: self.known().currency,
            ours: &self.ours,
        };
        let unreadable = |what| MerchantError::Unreadable {
            merchant: self.caller.label.clone(),
            op,
            what,
        };
        let order = read::order::read(&answered.body, context).map_err(unreadable)?;
        if order.number != *id {
            return Err(unreadable("it is about another order"));
        }
        Ok(OrderSnapshot(order))
    }
}
