use serde_json::Value;

/// What one spoken message looks like, with one piece of text and of sound.
const SPOKEN: [&str; 9] = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    AUDIO_DELTA,
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
];

/// Pieces of sound and of its words stand in any order between the first and the last of them.
const AUDIO_DELTA: &str = "response.output_audio.delta";
const WORDS_DELTA: &str = "response.output_audio_transcript.delta";

/// What one message of an answer looks like, between `response.created` and `response.done`.
const MESSAGE: [&str; 8] = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
];

/// The first answer whose events are not in the order of the protocol: its number from 1, and the events.
///
/// Each event is an object with `type`, or just the type. Events of errand's own, and of the session, may stand
/// anywhere.
pub fn out_of_order(events: &[Value]) -> Option<(usize, Vec<String>)> {
    let types = events.iter().filter_map(|event| {
        let kind = event.get("type").unwrap_or(event).as_str()?;
        // What the person says may come at any time.
        let beside = kind.starts_with("errand.")
            || kind.starts_with("session.")
            || kind.starts_with("input_audio_buffer.")
            || kind.contains("input_audio_transcription")
            || kind == "conversation.item.retrieved"
            || kind == "conversation.item.truncated";
        (!beside).then_some(kind)
    });
    let mut number = 0;
    let mut open: Option<Vec<&str>> = None;
    for kind in types {
        match (kind, &mut open) {
            ("response.created", None) => {
                number += 1;
                open = Some(Vec::new());
            }
            ("response.done", Some(seen)) => {
                if !is_messages(seen) {
                    return Some((number, owned(seen)));
                }
                open = None;
            }
            (WORDS_DELTA, Some(seen)) if seen.last() == Some(&AUDIO_DELTA) => {}
            (WORDS_DELTA, Some(seen)) => seen.push(AUDIO_DELTA),
            (AUDIO_DELTA, Some(seen)) if seen.last() == Some(&AUDIO_DELTA) => {}
            // Further pieces of the same text.
            ("response.output_text.delta", Some(seen)) if seen.last() == Some(&kind) => {}
            (_, Some(seen)) => seen.push(kind),
            // A response's event outside of one.
            (_, None) if kind.starts_with("response.") => {
                return Some((number, vec![kind.to_owned()]));
            }
            (_, None) => {}
        }
    }
    open.map(|seen| (number, owned(&seen)))
}

fn is_messages(seen: &[&str]) -> bool {
    let is_all = |one: &[&str]| seen.chunks(one.len()).all(|message| message == one);
    // A response that was stopped before its first word has nothing in it.
    seen.is_empty() || is_all(&MESSAGE) || is_all(&SPOKEN)
}

fn owned(seen: &[&str]) -> Vec<String> {
    seen.iter().map(|kind| (*kind).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Vec<Value> {
        let mut events = vec![json!("response.created"), json!("errand.plan.updated")];
        events.extend(MESSAGE.map(|kind| json!({ "type": kind })));
        events.insert(6, json!({ "type": "response.output_text.delta" }));
        events.push(json!("response.done"));
        events
    }

    #[test]
    fn the_order_of_the_protocol_passes() {
        let twice = [vec![json!("session.created")], answer(), answer()].concat();

        assert_eq!(out_of_order(&twice), None);
    }

    #[test]
    fn any_two_events_of_a_message_that_change_places_are_found() {
        for at in 2..answer().len() - 2 {
            let mut events = answer();
            events.swap(at, at + 1);
            if events == answer() {
                continue;
            }

            assert!(out_of_order(&events).is_some(), "at {at}");
        }
    }

    #[test]
    fn an_answer_without_an_end_is_found() {
        let mut events = answer();
        events.pop();

        assert!(out_of_order(&events).is_some());
    }
}
