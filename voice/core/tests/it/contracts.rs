use errand_voice_core::{Aec3, Earshot, MfccSpeaker, Passthrough, Utterance, contract, to_s16};

use crate::speech::say;

#[test]
fn earshot_holds_the_contract_of_voice_activity() {
    contract::voice_activity(&|| Box::new(Earshot::default())).unwrap();
}

#[test]
fn both_cancellers_hold_the_contract_of_echo() {
    contract::echo_canceller(&|| Box::new(Passthrough)).unwrap();
    contract::echo_canceller(&|| Box::new(Aec3::default())).unwrap();
}

#[test]
fn the_baseline_holds_the_contract_of_speaker_scores() {
    let text = "I found three that fit, the first is Sidamo, and it comes on Saturday morning.";
    let (Some(one), Some(other)) = (say(text, "en-us"), say(text, "en-gb+f3")) else {
        println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
        return;
    };
    let utterance = |pcm: Vec<f32>| Utterance::from_pcm(pcm.into_iter().map(to_s16).collect());

    contract::speaker_score(
        &MfccSpeaker::default(),
        [&utterance(one), &utterance(other)],
    )
    .unwrap();
}
