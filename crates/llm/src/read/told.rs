//! Our own words for what a model proposed.

use errand_model::{Proposal, Scene};
use errand_types::{Need, Text, ToolCall, Window, Wish};

use crate::prompt;

/// What was understood, for the first line of the route: `2 coffee beans, under $15.00, here Sat 28 Nov 09:00 to 12:00`.
pub(crate) fn understood(proposal: &Proposal, scene: &Scene) -> Option<Text<200>> {
    let Proposal::Plan(draft) = proposal else {
        return None;
    };
    let needs: Vec<String> = draft
        .steps
        .iter()
        .filter_map(|step| match &step.call {
            ToolCall::Search(need) => Some(thing(need, scene)),
            _ => None,
        })
        .collect();
    (!needs.is_empty()).then(|| Text::clip(&needs.join(" · ")))
}

fn thing(need: &Need, scene: &Scene) -> String {
    let mut parts = vec![match need.quantity {
        Some(n) => format!("{n} {}", need.what),
        None => need.what.to_string(),
    }];
    // `cert:fairtrade-intl` is said as its last part.
    let tail = |label: &Text<80>| {
        let text = label.as_str();
        text.rsplit_once(':')
            .map_or(text, |(_, tail)| tail)
            .replace('-', " ")
    };
    parts.extend(need.labels.iter().map(tail));
    parts.extend(need.must.iter().map(ToString::to_string));
    parts.extend(need.avoid.iter().map(|l| format!("without {}", tail(l))));
    parts.extend(need.must_not.iter().map(|w| format!("without {w}")));
    parts.extend(need.brands.iter().map(ToString::to_string));
    let each = if need.pieces() > 1 { " each" } else { "" };
    parts.extend(need.price_max.map(|max| format!("under {max}{each}")));
    parts.extend(need.price_min.map(|min| format!("over {min}")));
    parts.extend(need.total_max.map(|max| format!("at most {max} in all")));
    parts.extend(
        need.delivery
            .as_ref()
            .map(|wish| format!("here {}", when(wish, scene))),
    );
    parts.join(", ")
}

/// A time in our words: `Sat 28 Nov 09:00 to 12:00`.
pub(super) fn when(wish: &Wish, scene: &Scene) -> Text<80> {
    let zone = prompt::zone(scene);
    let start = wish.earliest;
    let window = start.and_then(|start| Window::new(start, wish.latest).ok());
    let text = window.map_or_else(
        || {
            let latest = wish.latest.to_zoned(zone.clone());
            jiff::fmt::strtime::format("by %a %d %b %H:%M", &latest).unwrap_or_default()
        },
        |window| prompt::window(&window, &zone),
    );
    Text::clip(&text)
}

/// Titles of steps whose tool the engine has no words of its own for.
pub(super) fn title(call: &ToolCall) -> &'static str {
    match call {
        ToolCall::Search(_) => "Search",
        ToolCall::Compare(_) => "Compare",
        ToolCall::Details(_) => "Look it up",
        ToolCall::Configure(_) => "Choose the options",
        ToolCall::CartAdd(_)
        | ToolCall::CartSet(_)
        | ToolCall::CartClear(_)
        | ToolCall::CartUndo(_) => "Change the cart",
        ToolCall::Assemble(_) | ToolCall::AssemblyTake(_) => "Put the parts together",
        ToolCall::Combine(_) => "Share it out between shops",
        ToolCall::CartShow(_) => "Look into the cart",
        ToolCall::Buy(_) => "Ask you, then pay",
        ToolCall::Schedule(_) | ToolCall::OrderMove(_) => "Agree on the delivery",
        ToolCall::OrderList(_) | ToolCall::OrderStatus(_) => "Look after your orders",
        ToolCall::OrderCancel(_) => "Cancel an order",
        ToolCall::OrderReturn(_) => "Send an order back",
        ToolCall::Remind(_) => "Look after your reminders",
        ToolCall::RuleAdd(_)
        | ToolCall::RuleRemove(_)
        | ToolCall::LimitSet(_)
        | ToolCall::Prefer(_) => "Change your rules",
        ToolCall::ProfileShow(_) => "Look into your profile",
        ToolCall::DeskShow(_) => "Show who at the desk saw it",
        ToolCall::ConsentShow(_) | ToolCall::ConsentWithdraw(_) => "Look after what shops know",
        ToolCall::Why(_) => "Explain",
        ToolCall::Handoff(_) => "Hand over",
        ToolCall::Stop(_) => "Stop",
        ToolCall::Help(_) => "Help",
    }
}
