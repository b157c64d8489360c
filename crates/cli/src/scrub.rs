use serde_json::Value;

/// Takes out of every string what could steer a terminal: control characters but line feed and tab, and the marks that
/// turn the direction of writing. Whatever comes from the runtime may hold a shop's text.
pub(crate) fn scrub(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.chars().any(steers) {
                text.retain(|c| !steers(c));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        Value::Object(fields) => fields.values_mut().for_each(scrub),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_title_cannot_clear_the_screen_or_turn_the_writing_around() {
        let mut event = json!({"items": [{"title": "Tea\u{1b}[2J\u{9b}31m \u{202e}00.1$\r\n"}]});

        scrub(&mut event);

        assert_eq!(event, json!({"items": [{"title": "Tea[2J31m 00.1$\n"}]}));
    }
}
