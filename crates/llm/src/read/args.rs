//! Arguments of calls: handles become ids, what the person is said to have said is held against what they said, and text
//! that would be shown is put into the person's or our own words.

use errand_types::{Need, Text, ToolCall, Wish};
use serde_json::{Value, json};

use super::{Fault, Reader, fit, told};

impl Reader<'_> {
    pub(super) fn arguments(&self, name: &str, mut arguments: Value) -> Result<ToolCall, Fault> {
        if arguments.is_null() {
            arguments = json!({});
        }
        without_nulls(&mut arguments);
        self.ids(&mut arguments)?;
        // What a person is quoted with may be left out by the model; it is filled in below.
        said(name, &mut arguments);
        let call = fit::<ToolCall>(name, json!({ "tool": name, "arguments": arguments }))?;
        self.grounded(call)
    }

    fn ids(&self, arguments: &mut Value) -> Result<(), Fault> {
        let Some(map) = arguments.as_object_mut() else {
            return Ok(());
        };
        let offer = |value: &Value| -> Result<Value, Fault> {
            let handle = value.as_str().unwrap_or_default();
            match self.handles.offer(handle) {
                Some(offer) => Ok(json!(offer)),
                None => Err(Fault::UnknownName(short(value))),
            }
        };
        if let Some(value) = map.get_mut("offer") {
            *value = offer(value)?;
        }
        if let Some(Value::Array(list)) = map.get_mut("offers") {
            for value in list {
                *value = offer(value)?;
            }
        }
        if let Some(value) = map.get_mut("order") {
            let order = value.as_str().and_then(|handle| self.handles.order(handle));
            *value = json!(order.ok_or_else(|| Fault::UnknownName(short(value)))?);
        }
        Ok(())
    }

    /// The call with everything in it that the person would see or that claims to be theirs checked.
    fn grounded(&self, mut call: ToolCall) -> Result<ToolCall, Fault> {
        match &mut call {
            ToolCall::Search(need) => self.need(need)?,
            ToolCall::Compare(args) => {
                args.by
                    .retain(|by| self.known.is_said(by.as_str()) || is_criterion(by.as_str()));
                args.count = args.count.map(|n| n.clamp(2, 6));
            }
            ToolCall::Details(args) => {
                args.about = args.about.take().filter(|a| self.known.is_said(a.as_str()));
            }
            ToolCall::Buy(args) => {
                if let Some(shop) = &args.merchant {
                    self.shop(shop)?;
                }
                if let Some(code) = args.codes.iter().find(|c| !self.known.is_said(c.as_str())) {
                    return Err(Fault::NotSaid(Text::<40>::clip(code.as_str()).to_string()));
                }
            }
            ToolCall::Schedule(args) => self.wish(&mut args.wish),
            ToolCall::OrderMove(args) => self.wish(&mut args.wish),
            ToolCall::OrderReturn(args) => {
                if !self.known.is_said(args.reason.as_str()) {
                    args.reason = Text::clip(self.text);
                }
            }
            ToolCall::RuleAdd(args) => {
                self.label(&args.label)?;
                args.said = Text::clip(self.text);
            }
            ToolCall::LimitSet(args) => {
                if !self.known.says_amount(args.amount) {
                    return Err(Fault::NotSaid(args.amount.to_string()));
                }
            }
            ToolCall::ConsentWithdraw(args) => {
                if let Some(shop) = &args.merchant {
                    self.shop(shop)?;
                }
            }
            ToolCall::Prefer(args) => match &args.preference {
                errand_types::Preference::PreferMerchant(shop)
                | errand_types::Preference::BlockMerchant(shop) => self.shop(shop)?,
                errand_types::Preference::PreferBrand(brand)
                | errand_types::Preference::BlockBrand(brand) => {
                    if !self.known.is_said(brand.as_str()) {
                        return Err(Fault::NotSaid(brand.to_string()));
                    }
                }
                errand_types::Preference::PreferLabel(label) => self.label(label)?,
            },
            ToolCall::Remind(args) => {
                args.what = args.what.take().filter(|w| self.known.is_said(w.as_str()));
            }
            ToolCall::Why(args) => {
                args.about = args.about.take().filter(|a| self.known.is_said(a.as_str()));
            }
            ToolCall::Handoff(args) => {
                if !self.known.is_said(args.reason.as_str()) {
                    args.reason = Text::clip(self.text);
                }
            }
            ToolCall::Assemble(args) => {
                for want in &args.wants {
                    self.plain(want.value.as_str())?;
                }
            }
            ToolCall::AssemblyTake(_)
            | ToolCall::Combine(_)
            | ToolCall::Configure(_)
            | ToolCall::CartAdd(_)
            | ToolCall::CartSet(_)
            | ToolCall::CartClear(_)
            | ToolCall::CartShow(_)
            | ToolCall::CartUndo(_)
            | ToolCall::OrderList(_)
            | ToolCall::OrderStatus(_)
            | ToolCall::OrderCancel(_)
            | ToolCall::RuleRemove(_)
            | ToolCall::ProfileShow(_)
            | ToolCall::ConsentShow(_)
            | ToolCall::DeskShow(_)
            | ToolCall::Stop(_)
            | ToolCall::Help(_) => {}
        }
        Ok(call)
    }

    fn need(&self, need: &mut Need) -> Result<(), Fault> {
        for shop in &need.merchants {
            self.shop(shop)?;
        }
        for label in need.labels.iter().chain(&need.avoid) {
            self.label(label)?;
        }
        // Words to search with are shown in the plan.
        let words = std::iter::once(need.what.as_str())
            .chain(need.must.iter().map(Text::as_str))
            .chain(need.must_not.iter().map(Text::as_str))
            .chain(need.brands.iter().map(Text::as_str))
            .chain(need.brands_not.iter().map(Text::as_str));
        for word in words {
            self.plain(word)?;
        }
        if let Some(style) = &mut need.style
            && !self.known.is_said(style.said.as_str())
        {
            style.said = Text::clip("");
        }
        need.compare = need.compare.map(|n| n.clamp(2, 6));
        if let Some(wish) = &mut need.delivery {
            self.wish(wish);
        }
        Ok(())
    }

    /// Words that are shown may name things and may not claim anything.
    fn plain(&self, word: &str) -> Result<(), Fault> {
        if self.claims.is_more_than_a_thing(word) {
            return Err(Fault::NotPlain(Text::<60>::clip(word).to_string()));
        }
        Ok(())
    }

    /// Words for a time are the person's, or ours.
    fn wish(&self, wish: &mut Wish) {
        if wish.said.is_blank() || !self.known.is_said(wish.said.as_str()) {
            wish.said = told::when(wish, self.scene);
        }
    }

    fn shop(&self, id: &errand_types::MerchantId) -> Result<(), Fault> {
        if self.scene.shops.iter().any(|s| s.id == *id) {
            return Ok(());
        }
        Err(Fault::UnknownName(
            Text::<40>::clip(id.as_str()).to_string(),
        ))
    }

    fn label(&self, label: &Text<80>) -> Result<(), Fault> {
        if self.labels.is_empty() || self.labels.iter().any(|l| l.id == label.as_str()) {
            return Ok(());
        }
        Err(Fault::UnknownLabel(
            Text::<60>::clip(label.as_str()).to_string(),
        ))
    }
}

fn is_criterion(by: &str) -> bool {
    matches!(
        by,
        "price" | "rating" | "delivery" | "labels" | "brand" | "size" | "weight" | "colour"
    )
}

fn short(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    Text::<40>::clip(&text).to_string()
}

/// Members that only quote the person may be absent.
fn said(name: &str, arguments: &mut Value) {
    let fill = |value: Option<&mut Value>| {
        if let Some(map) = value.and_then(Value::as_object_mut) {
            map.entry("said").or_insert_with(|| json!(""));
        }
    };
    match name {
        "search" => fill(arguments.get_mut("delivery")),
        "schedule" | "order_move" => fill(arguments.get_mut("wish")),
        "rule_add" => fill(Some(arguments)),
        _ => {}
    }
}

/// A member that is null was left out: strict schemas leave models no other way.
pub(super) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, v| !v.is_null());
            map.values_mut().for_each(without_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(without_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
