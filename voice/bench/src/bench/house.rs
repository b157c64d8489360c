//! The wake word, and requests over the noises of a house.

use errand_voice_core::Pace;
use serde_json::{Map, Value, json};

use super::figure::Figure;
use super::{Effort, Hands, number, voices};
use crate::sets::REQUESTS;
use crate::{purchase, waking};

pub(super) fn wake(
    hands: &mut Hands,
    effort: Effort,
    tell: &dyn Fn(&str),
    figures: &mut Vec<Figure>,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let Some(model) = waking::model(&mut hands.skipped) else {
        return Ok(());
    };
    let Some((_, people, _)) = voices(hands)? else {
        return Ok(());
    };
    let talk: anyhow::Result<Vec<Vec<f32>>> = REQUESTS
        .iter()
        .zip(people.iter().cycle())
        .map(|(text, person)| person.say(text, Pace::USUAL))
        .collect();
    let talk = talk?;
    let runs: Vec<Value> = (0..effort.runs)
        .map(|_| waking::cost(&model, &talk))
        .collect();
    for (name, key) in [
        ("V3 wake word, 30 % speech", "30_percent_speech"),
        ("   wake word, speech without a pause", "speech_alone"),
    ] {
        let of = |run| number(run, &[key, "percent_of_a_core"]);
        figures.push(Figure {
            name,
            unit: "% of core",
            target: Some(2.0),
            is_floor: false,
            values: runs.iter().map(of).collect(),
        });
    }
    let read_aloud = match &hands.texts {
        texts if texts.is_empty() => Value::Null,
        texts => waking::read_aloud(&model, &hands.talkers, texts, tell)?,
    };
    details.insert(
        "wake".to_owned(),
        json!({
            "cost": runs, "heard": waking::heard(&model, &hands.talkers, &hands.noises)?,
            "false_accepts": waking::false_accepts(&model, &hands.talkers, &hands.noises, effort.wake_minutes)?,
            "read_aloud": read_aloud,
            "says_nothing_of": "people: the detector was trained on synthetic speech and is measured on it",
        }),
    );
    Ok(())
}

pub(super) fn purchases(
    hands: &mut Hands,
    effort: Effort,
    details: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let mut by_engine = Map::new();
    let recorded: Vec<_> = hands
        .noises
        .iter()
        .filter(|noise| !crate::noise::GENERATED.contains(&noise.name.as_str()))
        .cloned()
        .collect();
    for recogniser in &hands.recognisers {
        by_engine.insert(
            recogniser.name.to_owned(),
            purchase::requests(recogniser, &hands.talkers, &recorded, effort.requests, 9)?,
        );
    }
    details.insert("purchases".to_owned(), Value::Object(by_engine));
    Ok(())
}
