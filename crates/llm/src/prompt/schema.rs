//! Tools and answers as schemas: those of the house, with handles for ids, in the words that servers understand.

use errand_tools::{Described, catalogue};
use serde_json::{Map, Value, json};

use crate::config::Answers;
use crate::handles::Handles;
use crate::wire::{Shape, ToolSpec};

/// The tool that a plan is proposed with, and the one for a question.
pub(crate) fn plan_tool_names() -> [&'static str; 2] {
    ["plan", "ask"]
}

/// Words of JSON schema that some servers refuse, or that say nothing to a model.
const DROPPED: &[&str] = &[
    "$schema",
    "title",
    "default",
    "format",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "uniqueItems",
];

/// The tools of the house, described once.
#[derive(Debug)]
pub(crate) struct Toolbox(Vec<Described>);

impl Toolbox {
    pub(crate) fn new() -> Self {
        let mut tools = catalogue();
        for tool in &mut tools {
            plain(&mut tool.parameters);
        }
        Self(tools)
    }

    /// What a request tells the server about tools, and the shape that its answer must have.
    pub(crate) fn offered(
        &self,
        may: &dyn Fn(&str) -> bool,
        handles: &Handles,
        answers: Answers,
    ) -> (Vec<ToolSpec>, Option<Shape>) {
        let tools: Vec<(&Described, Value)> = self
            .0
            .iter()
            .filter(|t| may(t.name))
            .map(|t| (t, with_handles(&t.parameters, handles)))
            .collect();
        match answers {
            Answers::Tools => (as_tools(&tools), None),
            Answers::Schema => (Vec::new(), Some(as_shape(&tools))),
        }
    }
}

fn as_tools(tools: &[(&Described, Value)]) -> Vec<ToolSpec> {
    let names: Vec<&str> = tools.iter().map(|(t, _)| t.name).collect();
    let mut specs: Vec<ToolSpec> = tools
        .iter()
        .map(|(tool, parameters)| ToolSpec {
            name: tool.name.to_owned(),
            description: tool.description.clone(),
            parameters: parameters.clone(),
        })
        .collect();
    let [plan, ask] = plan_tool_names();
    specs.push(ToolSpec {
        name: plan.to_owned(),
        description: "Propose an errand in steps; steps that need nothing from each other run side by side.".to_owned(),
        parameters: json!({
            "type": "object", "additionalProperties": false, "required": ["steps"],
            "properties": { "steps": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["key", "tool", "arguments"],
                "properties": {
                    "key": { "type": "string", "description": "Its name within the plan: `search`." },
                    "tool": { "type": "string", "enum": names },
                    "arguments": { "type": "object", "description": "As that tool takes them." },
                    "needs": { "type": "array", "items": { "type": "string" }, "description": "Keys of steps whose results it needs." },
                },
            } } },
        }),
    });
    specs.push(ToolSpec {
        name: ask.to_owned(),
        description:
            "Ask the person one short question, because something that decides is missing."
                .to_owned(),
        parameters: question(),
    });
    specs
}

fn question() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["question"],
        "properties": {
            "question": { "type": "string" },
            "choices": { "type": "array", "items": { "type": "string" }, "description": "At most three answers to tap." },
        },
    })
}

/// One object with everything in it, for servers that enforce a schema.
fn as_shape(tools: &[(&Described, Value)]) -> Shape {
    let mut defs = Map::new();
    let calls: Vec<Value> = tools
        .iter()
        .map(|(tool, parameters)| {
            let mut parameters = parameters.clone();
            if let Some(own) = parameters.as_object_mut().and_then(|p| p.remove("$defs"))
                && let Value::Object(own) = own
            {
                defs.extend(own);
            }
            json!({
                "type": "object", "description": tool.description,
                "properties": { "tool": { "type": "string", "enum": [tool.name] }, "arguments": parameters },
                "required": ["tool", "arguments"],
            })
        })
        .collect();
    let mut schema = json!({
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": { "type": "string", "enum": ["plan", "calls", "ask", "say"] },
            "steps": { "type": "array", "description": "Steps of a plan, or calls in their order.", "items": {
                "type": "object", "required": ["key", "call"],
                "properties": {
                    "key": { "type": "string" },
                    "call": { "anyOf": calls },
                    "needs": { "type": "array", "items": { "type": "string" } },
                },
            } },
            "ask": question(),
            "say": { "type": "string", "description": "Words alone." },
        },
    });
    for def in defs.values_mut() {
        strict(def);
    }
    strict(&mut schema);
    if let Some(schema) = schema.as_object_mut()
        && !defs.is_empty()
    {
        schema.insert("$defs".to_owned(), Value::Object(defs));
    }
    Shape {
        name: "proposal",
        schema,
    }
}

/// Every member is there and nothing else; what may be left out may be null.
fn strict(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(strict),
        Value::Object(map) => {
            map.values_mut().for_each(strict);
            let required: Vec<String> = map
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect();
            if let Some(Value::Object(members)) = map.get_mut("properties") {
                let names: Vec<Value> = members.keys().map(|k| json!(k)).collect();
                for (name, member) in members.iter_mut() {
                    if !required.contains(name) {
                        *member = json!({ "anyOf": [member.take(), { "type": "null" }] });
                    }
                }
                map.insert("required".to_owned(), Value::Array(names));
                map.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Handles in place of ids. What has none may be any text: it names nothing and is refused when it is read.
fn with_handles(parameters: &Value, handles: &Handles) -> Value {
    let mut parameters = parameters.clone();
    let named = |names: Vec<String>, what: &str| {
        let mut schema = json!({ "type": "string", "description": what });
        if !names.is_empty()
            && let Some(map) = schema.as_object_mut()
        {
            map.insert("enum".to_owned(), json!(names));
        }
        schema
    };
    if let Some(defs) = parameters.get_mut("$defs").and_then(Value::as_object_mut)
        && defs.contains_key("OfferRef")
    {
        defs.insert(
            "OfferRef".to_owned(),
            named(handles.offers(), "The handle of a product: `p1`."),
        );
    }
    if let Some(members) = parameters
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        && members.contains_key("order")
    {
        members.insert(
            "order".to_owned(),
            named(
                handles.orders(),
                "The handle of an order: `o1`; left out: the latest.",
            ),
        );
    }
    parameters
}

/// Without what servers refuse; `const` as an `enum` of one, and one-of as any-of.
fn plain(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(plain),
        Value::Object(map) => {
            let is_members = |key: &str| key == "properties" || key == "$defs";
            for (key, inner) in map.iter_mut() {
                if is_members(key) {
                    // Names of members are no words of the schema.
                    if let Some(members) = inner.as_object_mut() {
                        members.values_mut().for_each(plain);
                    }
                } else {
                    plain(inner);
                }
            }
            map.retain(|key, _| !DROPPED.contains(&key.as_str()));
            if let Some(only) = map.remove("const") {
                map.insert("enum".to_owned(), json!([only]));
            }
            if let Some(variants) = map.remove("oneOf") {
                map.insert("anyOf".to_owned(), variants);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(value: &Value, look: &mut dyn FnMut(&Map<String, Value>)) {
        match value {
            Value::Array(list) => list.iter().for_each(|v| walk(v, look)),
            Value::Object(map) => {
                look(map);
                map.values().for_each(|v| walk(v, look));
            }
            _ => {}
        }
    }

    #[test]
    fn every_object_of_the_strict_shape_names_all_its_members_and_allows_no_other() {
        let (tools, shape) =
            Toolbox::new().offered(&|_| true, &Handles::default(), Answers::Schema);
        let schema = shape.unwrap().schema;

        assert!(tools.is_empty());
        let mut objects = 0;
        walk(&schema, &mut |map| {
            if let Some(members) = map.get("properties").and_then(Value::as_object)
                && map.get("type") == Some(&json!("object"))
            {
                objects += 1;
                assert_eq!(
                    map.get("required").and_then(Value::as_array).map(Vec::len),
                    Some(members.len())
                );
                assert_eq!(map.get("additionalProperties"), Some(&json!(false)));
            }
            assert!(!map.contains_key("const") && !map.contains_key("$schema"));
        });
        assert!(objects > 20);
    }

    #[test]
    fn a_tool_that_the_agent_has_not_is_not_offered() {
        let (tools, _) =
            Toolbox::new().offered(&|name| name != "buy", &Handles::default(), Answers::Tools);

        assert!(tools.iter().all(|t| t.name != "buy"));
        let plan = tools.iter().find(|t| t.name == "plan").unwrap();
        assert!(!plan.parameters.to_string().contains("\"buy\""));
    }
}
