use errand_types::{CheckoutMessage, MessageKind, Severity, Text};
use serde_json::Value;

use crate::json::{any, clip, list, text};

/// Messages that are read.
const MESSAGES_MAX: usize = 50;

/// What the shop says in `messages[]`.
pub(crate) fn read(body: &Value) -> Vec<CheckoutMessage> {
    list(body, "messages")
        .iter()
        .take(MESSAGES_MAX)
        .map(message)
        .collect()
}

fn message(value: &Value) -> CheckoutMessage {
    let severity = match text(value, "severity") {
        Some("recoverable") => Severity::Recoverable,
        Some("requires_buyer_input") => Severity::BuyerInput,
        Some("requires_buyer_review") => Severity::BuyerReview,
        Some("unrecoverable") => Severity::Unrecoverable,
        Some(_) | None => Severity::Unknown,
    };
    let kind = match text(value, "type") {
        Some("warning") => MessageKind::Warning,
        Some("info") => MessageKind::Info,
        // A kind that we do not know is no error, unless it says how severe it is.
        Some(word) if word != "error" && severity == Severity::Unknown => MessageKind::Info,
        Some(_) | None => MessageKind::Error,
    };
    CheckoutMessage {
        kind,
        code: clip(value, "code").unwrap_or_default(),
        severity,
        path: clip(value, "path"),
        text: any(value, &["content", "message", "text"])
            .and_then(Value::as_str)
            .map(Text::clip)
            .unwrap_or_default(),
        disclosure: text(value, "presentation") == Some("disclosure"),
    }
}

/// The shop's code for a refusal, wherever the answer has it: flat, in `messages[]`, or below a `detail`.
pub(crate) fn refusal_code(body: &Value) -> String {
    let flat = || any(body, &["code", "error_code"]).and_then(Value::as_str);
    let message = || {
        let mut errors = list(body, "messages")
            .iter()
            .filter(|message| text(message, "type").is_none_or(|kind| kind == "error"));
        errors.find_map(|message| text(message, "code"))
    };
    let detail = || {
        let detail = body.get("detail")?;
        text(detail, "code").or_else(|| {
            list(detail, "errors")
                .first()
                .and_then(|error| text(error, "code"))
        })
    };
    let error = || match body.get("error")? {
        Value::String(word) => Some(word.as_str()),
        error => text(error, "code"),
    };
    let found = flat()
        .or_else(message)
        .or_else(detail)
        .or_else(error)
        .unwrap_or_default();
    // A code is a word. Whatever else stands there may be prose with somebody's address in it.
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if found.len() <= 80 && found.chars().all(is_word) {
        found.to_ascii_lowercase()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_three_severities_of_the_specification_are_told_apart() {
        use Severity::{BuyerInput, BuyerReview, Recoverable, Unknown};

        let body = json!({ "messages": [
            { "type": "error", "code": "invalid_phone", "severity": "recoverable", "path": "$.buyer.phone_number" },
            { "type": "error", "code": "schedule_delivery", "severity": "requires_buyer_input" },
            { "type": "error", "code": "high_value_order", "severity": "requires_buyer_review" },
            { "type": "warning", "code": "allergen", "content": "Contains milk", "presentation": "disclosure" },
            { "type": "com.example.banner", "content": "Hello" },
            { "type": "error", "code": "requires_3ds" },
        ] });

        let read = read(&body);
        let severities: Vec<Severity> = read.iter().map(|message| message.severity).collect();

        assert_eq!(
            severities,
            [
                Recoverable,
                BuyerInput,
                BuyerReview,
                Unknown,
                Unknown,
                Unknown
            ]
        );
        assert!(read[3].disclosure && read[3].kind == MessageKind::Warning);
        assert_eq!(read[4].kind, MessageKind::Info);
        assert_eq!(read[5].kind, MessageKind::Error);
    }

    #[test]
    fn refusal_codes_are_found_in_every_shape_and_prose_is_no_code() {
        assert_eq!(
            refusal_code(&json!({ "detail": "x", "code": "CHECKOUT_NOT_MODIFIABLE" })),
            "checkout_not_modifiable"
        );
        assert_eq!(
            refusal_code(&json!({ "messages": [{ "type": "error", "code": "slot_taken" }] })),
            "slot_taken"
        );
        assert_eq!(
            refusal_code(&json!({ "detail": { "errors": [{ "code": "VERSION_UNSUPPORTED" }] } })),
            "version_unsupported"
        );
        assert_eq!(
            refusal_code(&json!({ "detail": [{ "msg": "field required" }] })),
            ""
        );
        assert_eq!(
            refusal_code(&json!({ "error": "signature_invalid" })),
            "signature_invalid"
        );
        assert_eq!(
            refusal_code(&json!({ "code": "we know you live at 12 Elm Street" })),
            ""
        );
        assert_eq!(refusal_code(&Value::Null), "");
    }
}
