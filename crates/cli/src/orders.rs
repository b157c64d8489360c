use errand_protocol::api::{MoveOrderBody, OrderChanged, ReturnOrderBody};
use errand_protocol::errand::OrderView;
use serde_json::json;

use crate::api::Api;
use crate::args::{OrdersArgs, PlaceArgs};
use crate::fault::{Exit, Fault};
use crate::render::{notes, order};
use crate::shapes::OrderShape;
use crate::term::Out;

/// What is wanted of the orders.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    All,
    One(String),
    Cancel(String),
    Return(String, String),
    Move(String, String),
}

/// Reads `PL-40718`, `PL-40718 cancel`, `cancel PL-40718`, `move PL-40718 Saturday evening`.
fn wanted(words: &[String]) -> Result<Wanted, Fault> {
    let is_action = |w: &String| matches!(w.as_str(), "cancel" | "return" | "move");
    let Some(at) = words.iter().take(2).position(is_action) else {
        return match words {
            [] => Ok(Wanted::All),
            [one] => Ok(Wanted::One(one.clone())),
            [_, unknown, ..] => Err(Fault::usage(
                format!("`{unknown}` is nothing that can be done with an order"),
                "it is `cancel`, `return` or `move`",
            )),
        };
    };
    let mut rest: Vec<String> = words.to_vec();
    let action = rest.remove(at);
    if rest.is_empty() {
        return Err(Fault::usage(
            format!("{action} which order?"),
            "see them with `errand orders`",
        ));
    }
    let id = rest.remove(0);
    let said = rest.join(" ");
    match action.as_str() {
        "cancel" => Ok(Wanted::Cancel(id)),
        "return" => Ok(Wanted::Return(id, said)),
        _ if said.is_empty() => Err(Fault::usage(
            "move it to when?".to_owned(),
            "for example `errand orders PL-40718 move \"Saturday evening\"`",
        )),
        _ => Ok(Wanted::Move(id, said)),
    }
}

/// Shows orders, or changes one.
pub(crate) async fn orders(
    place: &PlaceArgs,
    args: &OrdersArgs,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let wanted = wanted(&args.words)?;
    let api = Api::at(place)?;
    let all: Vec<OrderView> = api.get(&["orders"], &[]).await?;
    let (name, action, body) = match wanted {
        Wanted::All => return list(&all, args.json, out),
        Wanted::One(name) => {
            let id = find(&all, &name)?.id.clone();
            let one: OrderView = api.get(&["orders", id.as_str()], &[]).await?;
            if args.json {
                out.json(&OrderShape::of(&one))?;
            } else {
                out.data(&order::one(&one, &out.data));
            }
            return Ok(Exit::Done);
        }
        Wanted::Cancel(name) => (name, "cancel", json!({})),
        Wanted::Return(name, reason) => (name, "return", json!(ReturnOrderBody { reason })),
        Wanted::Move(name, when) => (name, "move", json!(MoveOrderBody { when })),
    };
    let id = find(&all, &name)?.id.clone();
    let changed: OrderChanged = api.post(&["orders", id.as_str(), action], &body).await?;
    if args.json {
        out.json(&changed)?;
    } else {
        out.data(&notes::say(&changed.text, &out.data));
    }
    Ok(if changed.done {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn list(all: &[OrderView], json: bool, out: &mut Out) -> Result<Exit, Fault> {
    if json {
        out.json(&all.iter().map(OrderShape::of).collect::<Vec<_>>())?;
    } else if out.is_screen() {
        out.data(&order::orders(all, &out.data));
    } else {
        out.data(&order::table(all).tabs());
    }
    Ok(Exit::Done)
}

/// An order by our id or by the shop's number. Numbers of two shops may be the same.
fn find<'a>(all: &'a [OrderView], name: &str) -> Result<&'a OrderView, Fault> {
    let mut found = all
        .iter()
        .filter(|o| o.id.as_str() == name || o.number.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => Err(Fault::usage(
            format!(
                "two orders are called `{name}`, of {} and of {}",
                one.merchant_name, other.merchant_name
            ),
            &format!("name it `{}` or `{}`", one.id, other.id),
        )),
        (None, _) => Err(Fault::usage(
            format!("there is no order `{name}`; nothing was changed"),
            "see them with `errand orders`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Wanted, Fault> {
        wanted(
            &words
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_action_may_stand_before_or_behind_the_order() {
        assert_eq!(read("").unwrap(), Wanted::All);
        assert_eq!(read("PL-1").unwrap(), Wanted::One("PL-1".into()));
        assert_eq!(read("PL-1 cancel").unwrap(), Wanted::Cancel("PL-1".into()));
        assert_eq!(read("cancel PL-1").unwrap(), Wanted::Cancel("PL-1".into()));
        assert_eq!(
            read("PL-1 move Saturday evening").unwrap(),
            Wanted::Move("PL-1".into(), "Saturday evening".into())
        );
        assert_eq!(
            read("return PL-1 it has a hole").unwrap(),
            Wanted::Return("PL-1".into(), "it has a hole".into())
        );
    }

    #[test]
    fn an_action_without_an_order_or_a_time_changes_nothing_and_says_what_is_missing() {
        assert_eq!(read("cancel").unwrap_err().exit, Exit::Usage);
        assert_eq!(read("PL-1 move").unwrap_err().message, "move it to when?");
        assert_eq!(read("PL-1 burn").unwrap_err().exit, Exit::Usage);
    }
}
