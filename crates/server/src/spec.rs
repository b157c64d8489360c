//! Documents of the outward surface, generated from the types: `OpenAPI` for the calls, `AsyncAPI` for the socket.
//!
//! The table of routes is written by hand, once, here; a test asks a running server for each of them.

use errand_protocol::component_schemas;
use serde_json::{Map, Value, json};

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// With `{…}` for its parameter.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Schema of its body.
    pub body: Option<&'static str>,
    /// Schema of its answer; with `[]` for a list of them.
    pub answer: &'static str,
}

const fn route(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<&'static str>,
    answer: &'static str,
) -> Route {
    Route {
        method,
        path,
        summary,
        body,
        answer,
    }
}

/// Every call of an enrolled device.
pub const ROUTES: [Route; 18] = [
    route(
        "GET",
        "/api/orders",
        "Orders, latest first",
        None,
        "OrderView[]",
    ),
    route(
        "GET",
        "/api/orders/{id}",
        "One order, refreshed from its shop",
        None,
        "OrderView",
    ),
    route(
        "POST",
        "/api/orders/{id}/cancel",
        "Cancels an order",
        None,
        "OrderChanged",
    ),
    route(
        "POST",
        "/api/orders/{id}/return",
        "Sends an order back",
        Some("ReturnOrderBody"),
        "OrderChanged",
    ),
    route(
        "POST",
        "/api/orders/{id}/move",
        "Moves a delivery",
        Some("MoveOrderBody"),
        "OrderChanged",
    ),
    route(
        "GET",
        "/api/merchants",
        "Connected shops",
        None,
        "MerchantView[]",
    ),
    route(
        "POST",
        "/api/merchants",
        "Connects a shop",
        Some("AddMerchant"),
        "MerchantView",
    ),
    route(
        "DELETE",
        "/api/merchants/{id}",
        "Disconnects a shop",
        None,
        "",
    ),
    route(
        "GET",
        "/api/doctor",
        "What works and what to type",
        None,
        "DoctorView",
    ),
    route(
        "GET",
        "/api/words",
        "Names of goods, for a device that hears by itself",
        None,
        "WordsView",
    ),
    route(
        "GET",
        "/api/profile",
        "Limits, rules, preferences",
        None,
        "ProfileView",
    ),
    route(
        "GET",
        "/api/consents",
        "Who knows what",
        None,
        "ConsentsView",
    ),
    route(
        "POST",
        "/api/consents/{merchant}/withdraw",
        "Takes consent back",
        None,
        "ConsentsView",
    ),
    route(
        "GET",
        "/api/why",
        "Latest decisions with their reasons",
        None,
        "WhyView[]",
    ),
    route(
        "GET",
        "/api/approvals/{id}",
        "An open question, with its words",
        None,
        "ApprovalView",
    ),
    route(
        "POST",
        "/api/approvals/{id}",
        "Answers it",
        Some("AnswerApproval"),
        "ApprovalAnswered",
    ),
    route(
        "POST",
        "/api/devices/pair",
        "Enrols another device",
        None,
        "Paired",
    ),
    route(
        "GET",
        "/api/sessions",
        "Open sessions, latest first",
        None,
        "SessionBrief[]",
    ),
];

/// Every call around the desk: those under `/desk/api` with a token of the desk, the others with one of a person. On
/// an installation without a desk only what the operator needs is there.
pub const DESK_ROUTES: [Route; 14] = [
    route(
        "GET",
        "/desk/api/queue",
        "The queue, as somebody at the desk sees it",
        None,
        "DeskQueue",
    ),
    route(
        "POST",
        "/desk/api/here",
        "Comes to the desk or leaves it",
        Some("DeskHere"),
        "DeskQueue",
    ),
    route(
        "GET",
        "/desk/api/errands/{id}",
        "One errand, recorded as read",
        None,
        "DeskErrand",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/take",
        "Takes it over",
        Some("DeskTake"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/say",
        "Says something to the person",
        Some("DeskText"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/act",
        "Asks for a tool, through the gate",
        Some("DeskCall"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/see",
        "Asks the person to show something",
        Some("DeskSee"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/note",
        "Notes something for the desk",
        Some("DeskText"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/back",
        "Hands it back with one line",
        Some("DeskText"),
        "DeskDone",
    ),
    route(
        "POST",
        "/desk/api/errands/{id}/release",
        "Puts it back into the queue",
        None,
        "DeskDone",
    ),
    route(
        "GET",
        "/api/desk/people",
        "Who has access to the desk",
        None,
        "DeskPerson[]",
    ),
    route(
        "POST",
        "/api/desk/people",
        "Gives somebody access",
        Some("DeskPair"),
        "DeskPaired",
    ),
    route(
        "GET",
        "/api/desk/stats",
        "How the desk does",
        None,
        "DeskStats",
    ),
    route(
        "GET",
        "/api/desk/seen",
        "What the desk saw and did of one's own errands",
        None,
        "DeskSeenView[]",
    ),
];

/// The calls beside the socket, as an `OpenAPI` 3.1 document.
pub fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.into_iter().chain(DESK_ROUTES) {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(operations) = path.as_object_mut() {
            operations.insert(route.method.to_ascii_lowercase(), operation(&route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "errand", "version": env!("CARGO_PKG_VERSION"), "summary": "A runtime for shopping assistants that work for the buyer" },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": component_schemas("#/components/schemas"),
        }
    })
}

fn operation(route: &Route) -> Value {
    let mut operation = Map::new();
    operation.insert("summary".into(), route.summary.into());
    let parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .chain((route.path == "/api/why").then(|| json!({ "name": "about", "in": "query", "schema": { "type": "string" } })))
        .collect();
    if !parameters.is_empty() {
        operation.insert("parameters".into(), parameters.into());
    }
    if let Some(body) = route.body {
        operation.insert("requestBody".into(), json!({ "content": content(body) }));
    }
    let (status, success) = match (route.method, route.answer) {
        (_, "") => ("204", json!({ "description": "Done." })),
        ("POST", answer @ "MerchantView") => (
            "201",
            json!({ "description": "Connected.", "content": content(answer) }),
        ),
        (_, answer) => (
            "200",
            json!({ "description": "The answer.", "content": content(answer) }),
        ),
    };
    let error =
        json!({ "description": "Not done; the code says why.", "content": content("ErrorBody") });
    operation.insert(
        "responses".into(),
        json!({ status: success, "default": error }),
    );
    operation.into()
}

fn content(schema: &str) -> Value {
    let (name, is_list) = schema
        .strip_suffix("[]")
        .map_or((schema, false), |name| (name, true));
    let one = json!({ "$ref": format!("#/components/schemas/{name}") });
    let schema = if is_list {
        json!({ "type": "array", "items": one })
    } else {
        one
    };
    json!({ "application/json": { "schema": schema } })
}

/// The socket, as an `AsyncAPI` 3.0 document.
pub fn asyncapi() -> Value {
    let message = |name: &str| json!({ "name": name, "payload": { "$ref": format!("#/components/schemas/{name}") } });
    json!({
        "asyncapi": "3.0.0",
        "info": { "title": "errand realtime", "version": env!("CARGO_PKG_VERSION"),
            "description": "OpenAI Realtime events over WebSocket, and errand's own events for connections that ask for them." },
        "channels": { "realtime": {
            "address": "/v1/realtime",
            "parameters": {},
            "bindings": { "ws": { "method": "GET", "query": { "type": "object", "properties": {
                "model": { "type": "string" },
                "resume": { "type": "string", "pattern": "^sess_[A-Za-z0-9_-]{1,64}$" },
                "last_event_id": { "type": "string", "pattern": "^event_[0-9]+(\\.[0-9]+)?$" },
                "errand_events": { "type": "string", "description": "`all`, or a comma list of families." },
                "output_modalities": { "enum": ["text", "audio"], "description": "What a new session is answered in." }
            } } } },
            "messages": { "client": message("ClientEvent"), "server": message("ServerEvent") }
        } },
        "operations": {
            "receive": { "action": "receive", "channel": { "$ref": "#/channels/realtime" },
                "messages": [{ "$ref": "#/channels/realtime/messages/client" }] },
            "send": { "action": "send", "channel": { "$ref": "#/channels/realtime" },
                "messages": [{ "$ref": "#/channels/realtime/messages/server" }] }
        },
        "components": { "schemas": component_schemas("#/components/schemas") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| match value {
                Value::String(path) if key == "$ref" => found.push(path.clone()),
                other => references(other, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_of_both_documents_points_to_something() {
        for document in [openapi(), asyncapi()] {
            let mut found = Vec::new();
            references(&document, &mut found);
            assert!(found.len() > 50);
            for path in found {
                assert!(
                    document.pointer(path.trim_start_matches('#')).is_some(),
                    "{path}"
                );
            }
        }
    }
}
