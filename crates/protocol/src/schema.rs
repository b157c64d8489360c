use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::api::{
    AddMerchant, AnswerApproval, ApprovalAnswered, CheckState, ConsentsView, DoctorView, ErrorBody,
    MerchantView, MoveOrderBody, OrderChanged, Paired, ProfileView, ReturnOrderBody, SessionBrief,
    WhyView, WordsView,
};
use crate::desk::{
    DeskCall, DeskDone, DeskErrand, DeskHere, DeskPair, DeskPaired, DeskPerson, DeskQueue, DeskSee,
    DeskSeenView, DeskStats, DeskTake, DeskText,
};
use crate::errand::{ErrandEvent, SessionView};
use crate::realtime::{
    AudioFormat, ConversationMode, ItemInput, MaxTokens, Modality, ServerEvent, SessionPatch,
    ToolChoice,
};

/// What a client may send, as a document: the twin of what `read_frame` reads, which is hand-written because foreign
/// frames need better errors than a derived reader gives.
#[derive(JsonSchema)]
#[serde(tag = "type")]
#[schemars(rename = "ClientEvent")]
#[expect(dead_code, reason = "only its schema is used")]
enum ClientEventShape {
    #[serde(rename = "session.update")]
    SessionUpdate {
        event_id: Option<String>,
        session: Box<SessionPatch>,
    },
    #[serde(rename = "conversation.item.create")]
    ItemCreate {
        event_id: Option<String>,
        previous_item_id: Option<String>,
        item: ItemInput,
    },
    #[serde(rename = "conversation.item.retrieve")]
    ItemRetrieve {
        event_id: Option<String>,
        item_id: String,
    },
    #[serde(rename = "conversation.item.truncate")]
    ItemTruncate {
        event_id: Option<String>,
        item_id: String,
        content_index: u32,
        audio_end_ms: u64,
    },
    #[serde(rename = "conversation.item.delete")]
    ItemDelete {
        event_id: Option<String>,
        item_id: String,
    },
    #[serde(rename = "input_audio_buffer.append")]
    AudioAppend {
        event_id: Option<String>,
        audio: String,
    },
    #[serde(rename = "input_audio_buffer.commit")]
    AudioCommit { event_id: Option<String> },
    #[serde(rename = "input_audio_buffer.clear")]
    AudioClear { event_id: Option<String> },
    #[serde(rename = "output_audio_buffer.clear")]
    OutputAudioClear { event_id: Option<String> },
    #[serde(rename = "response.create")]
    ResponseCreate {
        event_id: Option<String>,
        response: Option<ResponseParamsShape>,
    },
    #[serde(rename = "response.cancel")]
    ResponseCancel {
        event_id: Option<String>,
        response_id: Option<String>,
    },
}

#[derive(JsonSchema)]
#[schemars(rename = "ResponseParams")]
#[expect(dead_code, reason = "only its schema is used")]
struct ResponseParamsShape {
    tools: Option<Vec<Value>>,
    tool_choice: Option<ToolChoice>,
    metadata: Option<BTreeMap<String, String>>,
    conversation: Option<ConversationMode>,
    input: Option<Vec<ItemInput>>,
    max_output_tokens: Option<MaxTokens>,
    output_modalities: Option<Vec<Modality>>,
    audio: Option<ResponseSoundShape>,
}

#[derive(JsonSchema)]
#[schemars(rename = "ResponseParamsAudio")]
#[expect(dead_code, reason = "only its schema is used")]
struct ResponseSoundShape {
    output: Option<ResponseSoundOutputShape>,
}

#[derive(JsonSchema)]
#[schemars(rename = "ResponseParamsAudioOutput")]
#[expect(dead_code, reason = "only its schema is used")]
struct ResponseSoundOutputShape {
    format: Option<AudioFormat>,
    /// A name, or an object with an `id`.
    voice: Option<Value>,
}

/// A named schema.
type Entry = (&'static str, fn(&mut SchemaGenerator));

fn entry<T: JsonSchema>(generator: &mut SchemaGenerator) {
    generator.subschema_for::<T>();
}

/// Everything that goes over the wire, by the name of its schema.
const ROOTS: [Entry; 33] = [
    ("ClientEvent", entry::<ClientEventShape>),
    ("RealtimeEvent", entry::<ServerEvent>),
    ("ErrandEvent", entry::<ErrandEvent>),
    ("SessionView", entry::<SessionView>),
    ("ErrorBody", entry::<ErrorBody>),
    ("MerchantView", entry::<MerchantView>),
    ("AddMerchant", entry::<AddMerchant>),
    ("DoctorView", entry::<DoctorView>),
    ("CheckState", entry::<CheckState>),
    ("ProfileView", entry::<ProfileView>),
    ("ConsentsView", entry::<ConsentsView>),
    ("WhyView", entry::<WhyView>),
    ("AnswerApproval", entry::<AnswerApproval>),
    ("ApprovalAnswered", entry::<ApprovalAnswered>),
    ("ReturnOrderBody", entry::<ReturnOrderBody>),
    ("MoveOrderBody", entry::<MoveOrderBody>),
    ("OrderChanged", entry::<OrderChanged>),
    ("Paired", entry::<Paired>),
    ("SessionBrief", entry::<SessionBrief>),
    ("DeskQueue", entry::<DeskQueue>),
    ("DeskErrand", entry::<DeskErrand>),
    ("DeskDone", entry::<DeskDone>),
    ("DeskCall", entry::<DeskCall>),
    ("DeskTake", entry::<DeskTake>),
    ("DeskText", entry::<DeskText>),
    ("DeskSee", entry::<DeskSee>),
    ("DeskHere", entry::<DeskHere>),
    ("DeskPair", entry::<DeskPair>),
    ("DeskPaired", entry::<DeskPaired>),
    ("DeskPerson", entry::<DeskPerson>),
    ("DeskSeenView", entry::<DeskSeenView>),
    ("DeskStats", entry::<DeskStats>),
    ("WordsView", entry::<WordsView>),
];

/// Every schema of the protocol by name, with references under `prefix` (`#/components/schemas` in an `OpenAPI`
/// document). `RealtimeEvent` and `ErrandEvent` are without `event_id`; `ServerEvent` is both with it.
pub fn component_schemas(prefix: &str) -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = prefix.to_owned().into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    for (_, add) in ROOTS {
        add(&mut generator);
    }
    let mut all = generator.take_definitions(true);
    // The name that the Rust type has says nothing to a reader of the wire.
    if let Some(schema) = all.remove("ServerEvent") {
        all.insert("RealtimeEvent".into(), schema);
    }
    all.insert(
        "ServerEvent".into(),
        json!({
            "description": "What errand sends: one event with its number.",
            "allOf": [
                {
                    "type": "object",
                    "properties": { "event_id": { "type": "string", "pattern": "^event_[0-9]+(\\.[0-9]+)?$" } },
                    "required": ["event_id"]
                },
                { "anyOf": [
                    { "$ref": format!("{prefix}/RealtimeEvent") },
                    { "$ref": format!("{prefix}/ErrandEvent") }
                ] }
            ]
        }),
    );
    all
}

/// One JSON Schema document for each thing that goes over the wire by itself.
pub fn json_schemas() -> BTreeMap<String, Value> {
    let all = component_schemas("#/$defs");
    ROOTS
        .iter()
        .map(|(name, _)| *name)
        .chain(["ServerEvent"])
        .filter(|name| all.contains_key(*name))
        .map(|name| {
            let mut used = Map::new();
            collect(name, &all, &mut used);
            let document = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": name,
                "$ref": format!("#/$defs/{name}"),
                "$defs": used,
            });
            (name.to_owned(), document)
        })
        .collect()
}

/// Adds a schema and all that it refers to. Each name is visited once, so circles end.
fn collect(name: &str, all: &Map<String, Value>, used: &mut Map<String, Value>) {
    if used.contains_key(name) {
        return;
    }
    let Some(schema) = all.get(name) else { return };
    used.insert(name.to_owned(), schema.clone());
    let mut names = Vec::new();
    references(schema, &mut names);
    for name in names {
        collect(&name, all, used);
    }
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(path) if key == "$ref" => {
                        names.extend(path.rsplit('/').next().map(ToOwned::to_owned));
                    }
                    other => references(other, names),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_a_schema_document_points_into_that_document() {
        let all = json_schemas();

        assert_eq!(all.len(), ROOTS.len() + 1);
        for (name, document) in all {
            let mut names = Vec::new();
            references(&document, &mut names);
            for used in names {
                assert!(
                    document["$defs"].get(&used).is_some(),
                    "{name} refers to {used}"
                );
            }
        }
    }
}
