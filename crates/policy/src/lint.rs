use cedar_policy::{Effect, Policy};
use serde_json::Value;

use crate::load::{LoadError, Origin};
use crate::slots;

/// Annotations that a policy may carry; any other is a misspelt one.
const ANNOTATIONS: [&str; 9] = [
    "id", "code", "reason", "remedy", "verdict", "by", "said", "each", "about",
];
/// Annotations that it must carry.
const REQUIRED: [&str; 4] = ["id", "code", "reason", "remedy"];
/// Facts that may be held against a number. No amount of money is among them.
const COUNTED: [&str; 7] = [
    "auth_level",
    "min_age",
    "min_quantity",
    "max_quantity",
    "age_s",
    "level",
    "depth",
];
/// Operations on numbers that no policy may do: they can overflow, and an overflow switches a policy off.
const ARITHMETIC: [&str; 4] = ["+", "-", "*", "neg"];
/// Operations that order two numbers.
const ORDERING: [&str; 4] = ["<", "<=", ">", ">="];

/// Refuses what the validator would let pass and the house does not.
pub(crate) fn check(name: &str, policy: &Policy, origin: Origin) -> Result<(), LoadError> {
    let bad = |why: String| LoadError::Lint {
        policy: name.to_owned(),
        why,
    };
    for required in REQUIRED {
        if policy.annotation(required).is_none() {
            return Err(bad(format!("`@{required}` is missing")));
        }
    }
    for (key, value) in policy.annotations() {
        if !ANNOTATIONS.contains(&key) {
            return Err(bad(format!("`@{key}` is not known")));
        }
        let allowed: &[&str] = match key {
            "verdict" => &["ask"],
            "by" => &["law"],
            "each" => &["violations", "unconfirmed", "doubtful"],
            _ => &[],
        };
        if !allowed.is_empty() && !allowed.contains(&value) {
            return Err(bad(format!("`@{key}(\"{value}\")` is not known")));
        }
        if let Some(slot) = slots::unknown(value) {
            return Err(bad(format!("slot `{{{slot}}}` in `@{key}` is not known")));
        }
    }
    if !policy.annotation("code").is_some_and(is_code) {
        return Err(bad("`@code` is not of the form `LIMIT-0001`".to_owned()));
    }
    if !policy.annotation("id").is_some_and(is_id) {
        return Err(bad("`@id` is not of the form `money.day-limit`".to_owned()));
    }
    if policy.effect() == Effect::Permit {
        if origin == Origin::Operator {
            return Err(bad("an operator's policy may only forbid".to_owned()));
        }
        if policy.annotation("verdict").is_some() {
            return Err(bad("a permit has no `@verdict`".to_owned()));
        }
    }
    let body = policy.to_json().map_err(|e| bad(e.to_string()))?;
    walk(&body, &bad)
}

/// A stable code: letters, `-`, four digits.
pub(crate) fn is_code(code: &str) -> bool {
    code.split_once('-').is_some_and(|(word, number)| {
        !word.is_empty()
            && word.len() <= 12
            && word.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 4
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

fn is_id(id: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    (3..=60).contains(&id.len()) && id.contains('.') && id.bytes().all(is_plain)
}

/// Goes through the JSON form of a policy, in which every operation is a key.
fn walk(value: &Value, bad: &impl Fn(String) -> LoadError) -> Result<(), LoadError> {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                if ARITHMETIC.contains(&key.as_str()) {
                    return Err(bad(format!(
                        "`{key}` is arithmetic; facts are computed before"
                    )));
                }
                if ORDERING.contains(&key.as_str()) && !is_counted_against_number(inner) {
                    return Err(bad(format!(
                        "`{key}` may hold only {} against a number",
                        COUNTED.join(", ")
                    )));
                }
                if key == "like" || key == "isInRange" {
                    return Err(bad(format!("`{key}` matches text; facts are yes or no")));
                }
                walk(inner, bad)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, bad)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn is_counted_against_number(operands: &Value) -> bool {
    let side = |name: &str| operands.get(name);
    let is_number = |v: &Value| v.get("Value").is_some_and(Value::is_i64);
    let is_counted = |v: &Value| {
        v.get(".")
            .and_then(|dot| dot.get("attr"))
            .and_then(Value::as_str)
            .is_some_and(|attr| COUNTED.contains(&attr))
    };
    match (side("left"), side("right")) {
        (Some(left), Some(right)) => {
            (is_counted(left) && is_number(right)) || (is_number(left) && is_counted(right))
        }
        (Some(_) | None, Some(_) | None) => false,
    }
}
