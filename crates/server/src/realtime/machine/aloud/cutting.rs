//! Answers that are spoken over, and what was heard of them.

use super::*;

#[test]
fn speech_over_an_answer_ends_it_and_a_cut_leaves_what_was_heard() {
    let mut machine = machine();
    let (mut all, _) = hears(&mut machine, 1, "find coffee");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "I found three coffees.", false),
            play(1, 1_000),
            sentence(1, "The second is rated highest of them.", false),
            play(1, 2_000),
        ],
    ));
    all.extend(house_done(&mut machine));
    let id = find(&all, "response.output_audio.delta")["item_id"].clone();
    let over = voice(&mut machine, &started(2, 2_000, Floor::New));

    assert_eq!(types(&over)[0], "input_audio_buffer.speech_started");
    let done = find(&over, "response.done");
    assert_eq!(done["response"]["status"], "cancelled");
    assert_eq!(
        done["response"]["status_details"]["reason"],
        "turn_detected"
    );
    assert_eq!(done["response"]["output"][0]["status"], "incomplete");
    assert!(controls(&over).contains(&Control::Cancel));
    // Late sound of it is nobody's.
    assert_eq!(
        types(&voice(&mut machine, &[play(1, 20), sent(1)])),
        Vec::<String>::new()
    );

    let cut = |end: u64| json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": end });
    let far = frame(&mut machine, &cut(3_001));
    assert_eq!(
        live(&far)[0]["error"]["code"],
        "item_truncate_invalid_audio_end"
    );
    let cut = frame(&mut machine, &cut(2_000));
    assert_eq!(live(&cut)[0]["type"], "conversation.item.truncated");
    assert_eq!(
        controls(&cut),
        [Control::Truncate {
            item: ItemId(1),
            audio_end_ms: 2_000
        }]
    );
    // What the stream reckons afterwards is less than what the client knows.
    voice(&mut machine, &[self::done(1, 2_900, false)]);
    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": id }),
    );
    assert_eq!(
        live(&got)[0]["item"]["content"][0]["transcript"],
        "I found three coffees. The second is"
    );
}

#[test]
fn a_client_that_cancels_itself_may_cut_first_or_cancel_first() {
    for cut_first in [true, false] {
        let mut machine = machine();
        let turns = json!({ "type": "server_vad", "interrupt_response": false });
        update(
            &mut machine,
            &json!({ "audio": { "input": { "turn_detection": turns } } }),
        );
        let (mut all, _) = hears(&mut machine, 1, "find coffee");
        all.extend(voice(
            &mut machine,
            &[
                item(1, Cause::Answer),
                sentence(1, "One two three four five.", false),
                play(1, 1_000),
            ],
        ));
        let id = find(&all, "response.output_audio.delta")["item_id"].clone();
        let over = voice(&mut machine, &started(2, 2_000, Floor::New));
        assert_eq!(types(&over), ["input_audio_buffer.speech_started"]);

        let cut = json!({ "type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": 500 });
        let cancel = json!({ "type": "response.cancel" });
        let order = if cut_first {
            [&cut, &cancel]
        } else {
            [&cancel, &cut]
        };
        let both: Vec<Effect> = order
            .iter()
            .flat_map(|event| frame(&mut machine, event))
            .collect();

        assert!(types(&both).contains(&"conversation.item.truncated".to_owned()));
        assert_eq!(
            find(&both, "response.done")["response"]["status_details"]["reason"],
            "client_cancelled"
        );
        assert!(!types(&both).contains(&"error".to_owned()));
        assert!(both.contains(&Effect::Stop), "the house still worked on it");
        let got = frame(
            &mut machine,
            &json!({ "type": "conversation.item.retrieve", "item_id": id }),
        );
        assert_eq!(
            live(&got)[0]["item"]["content"][0]["transcript"],
            "One two",
            "{cut_first}"
        );
    }
}

#[test]
fn without_a_word_of_the_client_what_the_stream_reckons_was_heard_stands() {
    let mut machine = machine();
    let (mut all, _) = hears(&mut machine, 1, "find coffee");
    all.extend(voice(
        &mut machine,
        &[
            item(1, Cause::Answer),
            sentence(1, "One two three four five.", false),
            play(1, 1_000),
        ],
    ));
    let id = find(&all, "response.output_audio.delta")["item_id"].clone();
    voice(&mut machine, &started(2, 2_000, Floor::New));
    voice(&mut machine, &[done(1, 500, false)]);

    let got = frame(
        &mut machine,
        &json!({ "type": "conversation.item.retrieve", "item_id": id }),
    );
    assert_eq!(live(&got)[0]["item"]["content"][0]["transcript"], "One two");
}
