use errand_types::{
    AssembleArgs, BuyArgs, CartArgs, CombineArgs, CompareArgs, ConfigureArgs, ConsentArgs,
    DetailsArgs, HandoffArgs, LimitArgs, MoveArgs, Need, NoArgs, OrderArgs, PreferArgs, RemindArgs,
    ReturnArgs, RuleArgs, RuleRemoveArgs, ScheduleArgs, ToolCall, WhyArgs,
};
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

/// One tool as a language model, or a caller over another protocol, is told about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// What it does, from the documentation of its call.
    pub description: String,
    /// JSON schema of its arguments.
    pub parameters: Value,
}

/// Every tool there is, in the order of [`ToolCall::NAMES`].
pub fn catalogue() -> Vec<Described> {
    let whole = schema::<ToolCall>();
    let describe = |name: &&'static str| describe(name, &whole);
    ToolCall::NAMES.iter().map(describe).collect()
}

fn describe(name: &'static str, whole: &Value) -> Described {
    let parameters = match name {
        "search" => schema::<Need>(),
        "compare" => schema::<CompareArgs>(),
        "details" => schema::<DetailsArgs>(),
        "configure" => schema::<ConfigureArgs>(),
        "assemble" => schema::<AssembleArgs>(),
        "cart_add" | "cart_set" => schema::<CartArgs>(),
        "combine" => schema::<CombineArgs>(),
        "buy" => schema::<BuyArgs>(),
        "schedule" => schema::<ScheduleArgs>(),
        "order_status" | "order_cancel" => schema::<OrderArgs>(),
        "order_return" => schema::<ReturnArgs>(),
        "order_move" => schema::<MoveArgs>(),
        "remind" => schema::<RemindArgs>(),
        "rule_add" => schema::<RuleArgs>(),
        "rule_remove" => schema::<RuleRemoveArgs>(),
        "limit_set" => schema::<LimitArgs>(),
        "prefer" => schema::<PreferArgs>(),
        "consent_withdraw" => schema::<ConsentArgs>(),
        "why" => schema::<WhyArgs>(),
        "handoff" => schema::<HandoffArgs>(),
        _ => schema::<NoArgs>(),
    };
    Described {
        name,
        description: description(name, whole),
        parameters,
    }
}

fn schema<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

/// The first line of the call's documentation, which schemars carries into the schema of the whole enum.
fn description(name: &str, whole: &Value) -> String {
    let variants = whole
        .get("oneOf")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    variants
        .iter()
        .find(|v| v.pointer("/properties/tool/const").and_then(Value::as_str) == Some(name))
        .and_then(|v| v.get("description"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_a_description_and_a_schema_of_an_object() {
        let tools = catalogue();

        assert_eq!(tools.len(), ToolCall::NAMES.len());
        for tool in tools {
            assert!(
                !tool.description.is_empty(),
                "{} has no description",
                tool.name
            );
            assert_eq!(
                tool.parameters.get("type").and_then(Value::as_str),
                Some("object"),
                "{}",
                tool.name
            );
        }
    }

    #[test]
    fn a_call_with_an_argument_that_does_not_exist_is_refused() {
        let text = r#"{"tool":"cart_show","arguments":{"labels":["fairtrade"]}}"#;

        assert!(serde_json::from_str::<ToolCall>(text).is_err());
        assert!(serde_json::from_str::<ToolCall>(r#"{"tool":"check0ut","arguments":{}}"#).is_err());
    }
}
