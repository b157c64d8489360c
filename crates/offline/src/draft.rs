//! Wishes as steps: searches side by side, a comparison for each, one purchase, one delivery.

use errand_model::{Draft, DraftStep};
use errand_types::{BuyArgs, CompareArgs, ScheduleArgs, Text, ToolCall, Wish};

use crate::lang::Lang;
use crate::need::Wishing;

/// What the wishes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Only to look.
    Show,
    /// To have it in the cart, and not yet bought.
    Cart,
    /// To have it in the end.
    Buy,
}

const COMPARE_DEFAULT: u8 = 3;

/// The agent whose job a call is.
fn agent(call: &ToolCall) -> &'static str {
    match call {
        ToolCall::Search(_) | ToolCall::Details(_) => "scout",
        ToolCall::Compare(_) => "analyst",
        ToolCall::Configure(_) | ToolCall::Assemble(_) | ToolCall::AssemblyTake(_) => {
            "configurator"
        }
        ToolCall::CartAdd(_)
        | ToolCall::CartSet(_)
        | ToolCall::CartClear(_)
        | ToolCall::CartShow(_)
        | ToolCall::CartUndo(_)
        | ToolCall::Combine(_)
        | ToolCall::Buy(_) => "buyer",
        ToolCall::Schedule(_) => "courier",
        ToolCall::OrderList(_)
        | ToolCall::OrderStatus(_)
        | ToolCall::OrderCancel(_)
        | ToolCall::OrderReturn(_)
        | ToolCall::OrderMove(_)
        | ToolCall::Remind(_) => "care",
        ToolCall::RuleAdd(_)
        | ToolCall::RuleRemove(_)
        | ToolCall::LimitSet(_)
        | ToolCall::Prefer(_)
        | ToolCall::ProfileShow(_)
        | ToolCall::ConsentShow(_)
        | ToolCall::DeskShow(_)
        | ToolCall::ConsentWithdraw(_)
        | ToolCall::Why(_)
        | ToolCall::Handoff(_)
        | ToolCall::Stop(_)
        | ToolCall::Help(_) => "concierge",
    }
}

/// Makes the draft. `extra` calls of the same turn run first.
pub(crate) fn draft(
    lang: &Lang,
    goal: &str,
    wishes: &[Wishing],
    aim: Aim,
    extra: Vec<ToolCall>,
) -> Draft {
    let mut steps = Vec::new();
    for (i, call) in extra.into_iter().enumerate() {
        let title = lang.reply(
            if agent(&call) == "buyer" {
                "title_change"
            } else {
                "title_other"
            },
            &[],
        );
        steps.push(step(&numbered("first", i, 2), &title, call, &[]));
    }
    // What is only to be looked at is not taken with the rest, unless everything is.
    let takes = |wish: &Wishing| wish.aim != Some(Aim::Show);
    let takes_some = wishes.iter().any(takes);
    let mut compared = Vec::new();
    for (i, wish) in wishes.iter().enumerate() {
        let what = wish.need.what.as_str();
        let search = numbered("search", i, wishes.len());
        let title = lang.reply("title_search", &[("what", what)]);
        steps.push(step(
            &search,
            &title,
            ToolCall::Search(wish.need.clone()),
            &[],
        ));
    }
    for (i, wish) in wishes.iter().enumerate() {
        let count = wish.need.compare;
        let shown = count.unwrap_or(COMPARE_DEFAULT).to_string();
        let compare = numbered("compare", i, wishes.len());
        let title = lang.reply(
            "title_compare",
            &[("what", wish.need.what.as_str()), ("count", &shown)],
        );
        let call = ToolCall::Compare(CompareArgs {
            offers: Vec::new(),
            count,
            by: Vec::new(),
        });
        steps.push(step(
            &compare,
            &title,
            call,
            &[numbered("search", i, wishes.len())],
        ));
        if takes(wish) || !takes_some {
            compared.push(compare);
        }
    }
    if aim == Aim::Cart {
        let into = BuyArgs {
            cart_only: true,
            ..BuyArgs::default()
        };
        steps.push(step(
            "buy",
            &lang.reply("title_cart", &[]),
            ToolCall::Buy(into),
            &compared,
        ));
    }
    if aim == Aim::Buy {
        steps.push(step(
            "buy",
            &lang.reply("title_buy", &[]),
            ToolCall::Buy(BuyArgs::default()),
            &compared,
        ));
        if let Some(wish) = wishes.iter().find_map(|w| w.need.delivery.clone()) {
            steps.push(deliver(lang, wish));
        }
    }
    Draft {
        goal: Text::clip(goal),
        steps,
    }
}

fn deliver(lang: &Lang, wish: Wish) -> DraftStep {
    let title = lang.reply("title_deliver", &[("when", wish.said.as_str())]);
    step(
        "deliver",
        &title,
        ToolCall::Schedule(ScheduleArgs { wish }),
        &["buy".to_owned()],
    )
}

fn numbered(name: &str, at: usize, of: usize) -> String {
    if of == 1 {
        name.to_owned()
    } else {
        format!("{name}_{}", at + 1)
    }
}

fn step(key: &str, title: &str, call: ToolCall, needs: &[String]) -> DraftStep {
    DraftStep {
        key: Text::clip(key),
        agent: Text::clip(agent(&call)),
        title: Text::clip(title),
        needs: needs.iter().map(|need| Text::clip(need)).collect(),
        call,
    }
}
