use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::schema::component_schemas;

/// A schema that this generator does not know how to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{at}`: `{what}` has no form in TypeScript here")]
pub struct TypescriptError {
    at: String,
    what: String,
}

/// Declarations of everything that goes over the wire, for the type check of the pages.
///
/// # Errors
/// A schema uses something other than objects, tagged unions, arrays, references, nullable values and plain types.
pub fn typescript() -> Result<String, TypescriptError> {
    typescript_of(&component_schemas("#/$defs"))
}

/// Declarations of these schemas.
///
/// # Errors
/// As [`typescript`].
pub fn typescript_of(schemas: &Map<String, Value>) -> Result<String, TypescriptError> {
    let mut out = String::from(
        "// Generated from the Rust types. Change those, then run `cargo xtask schemas`.\n",
    );
    for (name, schema) in schemas {
        out.push('\n');
        if let Some(text) = schema.get("description").and_then(Value::as_str) {
            comment(&mut out, "", text);
        }
        let body = Writer { at: name.clone() }.of(schema, "")?;
        // Infallible on a String.
        let _ = writeln!(out, "export type {name} = {body};");
    }
    Ok(out)
}

fn comment(out: &mut String, indent: &str, text: &str) {
    let text = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("*/", "* /");
    let _ = writeln!(out, "{indent}/** {text} */");
}

struct Writer {
    at: String,
}

/// Keywords that say nothing about the shape.
const ANNOTATIONS: [&str; 17] = [
    "title",
    "description",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "pattern",
    "minLength",
    "maxLength",
    "default",
    "examples",
    "required",
    "minItems",
    "maxItems",
    "uniqueItems",
    "$schema",
    "deprecated",
];

impl Writer {
    fn of(&self, schema: &Value, indent: &str) -> Result<String, TypescriptError> {
        let fields = match schema {
            Value::Bool(true) => return Ok("unknown".into()),
            Value::Bool(false) => return Ok("never".into()),
            Value::Object(fields) => fields,
            _ => return Err(self.refuse("no schema")),
        };
        let mut parts = Vec::new();
        for (key, value) in fields {
            match key.as_str() {
                "$ref" => parts.push(self.name(value)?),
                "const" => parts.push(value.to_string()),
                "enum" => parts.push(self.choice(value, |value| Ok(value.to_string()))?),
                "oneOf" | "anyOf" => parts.push(self.choice(value, |one| self.of(one, indent))?),
                "allOf" => {
                    for one in value.as_array().ok_or_else(|| self.refuse("allOf"))? {
                        parts.push(self.of(one, indent)?);
                    }
                }
                // With `const` or `enum` beside it, the type says nothing more.
                "type" if !fields.contains_key("const") && !fields.contains_key("enum") => {
                    parts.push(self.typed(value, fields, indent)?);
                }
                "type" | "properties" | "items" | "prefixItems" | "additionalProperties" => {}
                known if ANNOTATIONS.contains(&known) => {}
                other => return Err(self.refuse(other)),
            }
        }
        Ok(match parts.as_slice() {
            [] => "unknown".into(),
            [one] => one.clone(),
            // An object written out goes first: `{ type: "x" } & View`.
            many => {
                let mut many = many.to_vec();
                many.sort_by_key(|part| !part.starts_with('{'));
                many.join(" & ")
            }
        })
    }

    fn name(&self, path: &Value) -> Result<String, TypescriptError> {
        path.as_str()
            .and_then(|path| path.rsplit('/').next())
            .map(ToOwned::to_owned)
            .ok_or_else(|| self.refuse("$ref"))
    }

    fn choice(
        &self,
        values: &Value,
        one: impl Fn(&Value) -> Result<String, TypescriptError>,
    ) -> Result<String, TypescriptError> {
        let all: Vec<String> = values
            .as_array()
            .ok_or_else(|| self.refuse("union"))?
            .iter()
            .map(one)
            .collect::<Result<_, _>>()?;
        Ok(if all.len() == 1 {
            all.concat()
        } else {
            format!("({})", all.join(" | "))
        })
    }

    fn typed(
        &self,
        kind: &Value,
        fields: &Map<String, Value>,
        indent: &str,
    ) -> Result<String, TypescriptError> {
        match kind {
            Value::Array(kinds) => {
                let all: Vec<String> = kinds
                    .iter()
                    .map(|kind| self.typed(kind, fields, indent))
                    .collect::<Result<_, _>>()?;
                Ok(format!("({})", all.join(" | ")))
            }
            Value::String(kind) => match kind.as_str() {
                "string" => Ok("string".into()),
                "integer" | "number" => Ok("number".into()),
                "boolean" => Ok("boolean".into()),
                "null" => Ok("null".into()),
                "array" => self.array(fields, indent),
                "object" => self.object(fields, indent),
                other => Err(self.refuse(other)),
            },
            _ => Err(self.refuse("type")),
        }
    }

    fn array(&self, fields: &Map<String, Value>, indent: &str) -> Result<String, TypescriptError> {
        if let Some(Value::Array(items)) = fields.get("prefixItems") {
            let all: Vec<String> = items
                .iter()
                .map(|item| self.of(item, indent))
                .collect::<Result<_, _>>()?;
            return Ok(format!("[{}]", all.join(", ")));
        }
        let item = match fields.get("items") {
            Some(item) => self.of(item, indent)?,
            None => "unknown".into(),
        };
        Ok(format!("Array<{item}>"))
    }

    fn object(&self, fields: &Map<String, Value>, indent: &str) -> Result<String, TypescriptError> {
        let Some(Value::Object(properties)) = fields.get("properties") else {
            return match fields.get("additionalProperties") {
                Some(values) if values.is_object() => {
                    Ok(format!("Record<string, {}>", self.of(values, indent)?))
                }
                _ => Ok("Record<string, unknown>".into()),
            };
        };
        let required = fields.get("required").and_then(Value::as_array);
        let deeper = format!("{indent}  ");
        let mut out = String::from("{\n");
        for (name, schema) in properties {
            if let Some(text) = schema.get("description").and_then(Value::as_str) {
                comment(&mut out, &deeper, text);
            }
            let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
            let mark = if is_required { "" } else { "?" };
            let _ = writeln!(out, "{deeper}{name}{mark}: {};", self.of(schema, &deeper)?);
        }
        out.push_str(indent);
        out.push('}');
        Ok(out)
    }

    fn refuse(&self, what: &str) -> TypescriptError {
        TypescriptError {
            at: self.at.clone(),
            what: what.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(schema: Value) -> Result<String, TypescriptError> {
        typescript_of(&Map::from_iter([("X".to_owned(), schema)]))
    }

    #[test]
    fn the_wire_has_declarations_of_every_event() {
        let text = typescript().expect("every schema has a form");

        for wanted in [
            "\"errand.plan.updated\"",
            "\"response.output_text.delta\"",
            "export type ServerEvent =",
        ] {
            assert!(text.contains(wanted), "{wanted}");
        }
        insta::assert_snapshot!(
            text.lines()
                .filter(|line| line.starts_with("export type"))
                .collect::<Vec<_>>()
                .join("\n")
        );
    }

    #[test]
    fn objects_unions_arrays_references_and_nullable_values_are_written() {
        let schema = json!({
            "type": "object",
            "required": ["a", "d"],
            "properties": {
                "a": { "type": "string", "description": "Closes */ nothing." },
                "b": { "anyOf": [{ "$ref": "#/$defs/Y" }, { "type": "null" }] },
                "c": { "type": ["array", "null"], "items": { "enum": ["p", "q"] } },
                "d": { "type": "object", "additionalProperties": { "type": "integer" } }
            }
        });

        insta::assert_snapshot!(one(schema).expect("plain"));
    }

    #[test]
    fn what_has_no_form_is_an_error_and_never_a_guess() {
        let error = one(json!({ "if": {}, "then": {} })).expect_err("conditions");

        assert!(error.to_string().starts_with("`X`: `"), "{error}");
    }
}
