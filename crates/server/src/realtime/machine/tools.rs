//! When a tool that the client declared is called, and with what: by rule, never by guess. The words of the person
//! name the tool, or the client forces one; the arguments come from those words and from the tool's own schema.

use errand_protocol::realtime::{FunctionTool, ToolChoice};
use serde_json::{Map, Value};

/// Words before a name that ask for it to be run.
const VERBS: [&str; 5] = ["call", "use", "run", "invoke", "execute"];
/// Words that lead to an argument.
const LEADS: [&str; 8] = ["with", "for", "in", "at", "of", "on", "to", "about"];

/// What to do with a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is for errand itself.
    House,
    /// The client runs a tool.
    Call {
        /// The tool.
        name: String,
        /// JSON as text.
        arguments: String,
    },
    /// Neither can be done; these words say why.
    Words(String),
}

pub(super) fn decide(tools: &[FunctionTool], choice: &ToolChoice, text: &str) -> Decision {
    let forced = match choice {
        ToolChoice::Mode(mode) if mode == "none" => return Decision::House,
        ToolChoice::Mode(mode) => mode == "required",
        ToolChoice::Function { name, .. } => {
            let Some(tool) = tools.iter().find(|tool| &tool.name == name) else {
                return Decision::Words(format!(
                    "I cannot call {name}: it is not declared. Nothing was done."
                ));
            };
            let rest = named(tool, text).map_or(text, |rest| rest);
            return fill(tool, rest);
        }
    };
    let mut asked = tools
        .iter()
        .filter_map(|tool| named(tool, text).map(|rest| (tool, rest)));
    match (asked.next(), asked.next()) {
        (Some((tool, rest)), None) => fill(tool, rest),
        (Some(_), Some(_)) => {
            Decision::Words("That names two tools. Name one at a time. Nothing was done.".into())
        }
        (None, _) if !forced => Decision::House,
        (None, _) => match tools {
            [only] => fill(only, text),
            [] => {
                Decision::Words("A tool is required and none is declared. Nothing was done.".into())
            }
            _ => Decision::Words(
                "A tool is required and the sentence names none. Nothing was done.".into(),
            ),
        },
    }
}

/// What follows a tool's name, when the sentence asks to run it: `call get_weather in Berlin`, or the name alone.
fn named<'a>(tool: &FunctionTool, text: &'a str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let name = tool.name.to_ascii_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    for (at, _) in lower.match_indices(&name) {
        let (before, rest) = (lower.get(..at)?, text.get(at.checked_add(name.len())?..)?);
        if before.ends_with(is_part) || rest.starts_with(is_part) {
            continue;
        }
        let last = before
            .split(|c: char| !c.is_alphanumeric())
            .rfind(|word| !word.is_empty() && !matches!(*word, "the" | "tool" | "function"));
        if last.is_none_or(|word| VERBS.contains(&word)) {
            return Some(rest);
        }
    }
    None
}

/// Builds the arguments. A required one that the words do not give unambiguously is asked for, never made up.
fn fill(tool: &FunctionTool, rest: &str) -> Decision {
    let rest =
        rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '.' | '!' | '?'));
    let properties = tool
        .parameters
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let required: Vec<&str> = match tool.parameters.get("required").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    if let Ok(Value::Object(given)) = serde_json::from_str::<Value>(rest)
        && required.iter().all(|name| given.contains_key(*name))
    {
        return Decision::Call {
            name: tool.name.clone(),
            arguments: Value::Object(given).to_string(),
        };
    }
    let mut arguments = Map::new();
    let mut missing = Vec::new();
    let free = |name: &&str| {
        properties
            .get(*name)
            .is_some_and(|schema| is_type(schema, "string") && schema.get("enum").is_none())
    };
    // Free words can only fill one place; for two of them nobody could say which is which.
    let only_free = required.iter().filter(|name| free(name)).count() == 1;
    for name in required {
        let schema = properties.get(name).unwrap_or(&Value::Null);
        match value_of(name, schema, rest, only_free) {
            Some(value) => {
                arguments.insert(name.to_owned(), value);
            }
            None => missing.push(name.to_owned()),
        }
    }
    if missing.is_empty() {
        return Decision::Call {
            name: tool.name.clone(),
            arguments: Value::Object(arguments).to_string(),
        };
    }
    Decision::Words(format!(
        "I cannot call {} yet: it needs {}. Say it with a value for each. Nothing was done.",
        tool.name,
        missing.join(" and ")
    ))
}

fn is_type(schema: &Value, wanted: &str) -> bool {
    schema.get("type").is_some_and(|kind| match kind {
        Value::String(kind) => kind == wanted,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    })
}

fn value_of(name: &str, schema: &Value, rest: &str, only_free: bool) -> Option<Value> {
    let given = assigned(name, rest);
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words(given.as_deref().unwrap_or(rest))
            .map(str::to_lowercase)
            .collect();
        let mut fitting = choices.iter().filter(|choice| {
            choice
                .as_str()
                .is_some_and(|choice| words.contains(&choice.to_lowercase()))
        });
        return match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one.clone()),
            _ => None,
        };
    }
    if is_type(schema, "integer") || is_type(schema, "number") {
        let whole_only = is_type(schema, "integer");
        let mut numbers = words(given.as_deref().unwrap_or(rest)).filter_map(|word| {
            let value: Value = serde_json::from_str(word).ok()?;
            (value.is_i64() || (!whole_only && value.is_f64())).then_some(value)
        });
        return match (numbers.next(), numbers.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        };
    }
    if is_type(schema, "boolean") {
        return match given.as_deref() {
            Some("true" | "yes" | "on") => Some(Value::Bool(true)),
            Some("false" | "no" | "off") => Some(Value::Bool(false)),
            _ => None,
        };
    }
    if is_type(schema, "string") {
        return given
            .or_else(|| only_free.then(|| tail(rest)).flatten())
            .map(Value::String);
    }
    None
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '=' | ':' | '"' | '\''))
        .filter(|w| !w.is_empty())
}

/// The value in `city=Berlin` or `city: "New York"`.
fn assigned(name: &str, text: &str) -> Option<String> {
    for (at, _) in text.match_indices(name) {
        let is_word = !text
            .get(..at)?
            .ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let after = text.get(at.checked_add(name.len())?..)?.trim_start();
        let Some(value) = after.strip_prefix(['=', ':']).filter(|_| is_word) else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => value.split([',', ';', ' ']).next().unwrap_or_default(),
        };
        if !value.is_empty() {
            return Some(value.to_owned());
        }
    }
    None
}

/// The free words of a sentence: behind the last word that leads to an argument, or all of them.
fn tail(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let lead = parts
        .iter()
        .rposition(|word| LEADS.contains(&word.to_lowercase().as_str()));
    let from = lead.map_or(0, |at| at.saturating_add(1));
    let words: Vec<&str> = parts.get(from..).unwrap_or_default().to_vec();
    let joined = words.join(" ");
    let plain = joined
        .trim_matches(|c: char| matches!(c, '"' | '\'' | '.' | '?' | '!' | ','))
        .to_owned();
    (!plain.is_empty()).then_some(plain)
}
