//! Every engine against the contract of its port.

use std::path::Path;

use errand_types::Language;
use errand_voice_core::{SpeechToText, TextToSpeech, Utterance, Voice, contract};
use errand_voice_device::{
    Espeak, Flite, OpenAiStt, OpenAiTts, Service, Sphinx, Whisper, WhisperSettings, WyomingStt,
    WyomingTts,
};

use crate::remote::{http, serve, wyoming};
use crate::support::{or_skip, say};

fn voices() -> Vec<Voice> {
    vec![Voice {
        name: "alloy".to_owned(),
        language: Language::English,
    }]
}

fn service(address: &str) -> Service {
    Service::new(&format!("http://{address}/v1"), None, "m".to_owned()).unwrap()
}

#[test]
fn voices_that_are_programs_hold_the_contract() {
    let espeak = or_skip(Espeak::open()).map(|e| Box::new(e) as Box<dyn TextToSpeech>);
    let flite = or_skip(Flite::open()).map(|e| Box::new(e) as Box<dyn TextToSpeech>);
    for engine in [espeak, flite].into_iter().flatten() {
        assert_eq!(contract::text_to_speech(&*engine), Ok(()), "{engine:?}");
    }
}

#[test]
fn voices_of_other_machines_hold_the_contract() {
    let mut sound = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    sound.resize(sound.len() + 48_000, 1);
    let (web, _) = serve(http(sound));
    assert_eq!(
        contract::text_to_speech(&OpenAiTts::new(service(&web), voices())),
        Ok(())
    );

    let mut sound = b"{\"type\":\"audio-chunk\",\"data\":{\"rate\":16000,\"width\":2,\"channels\":1},\"payload_length\":4000}\n".to_vec();
    sound.resize(sound.len() + 4_000, 1);
    sound.extend(b"{\"type\":\"audio-stop\"}\n");
    let (line, _) = serve(wyoming("synthesize", sound));
    assert_eq!(
        contract::text_to_speech(&WyomingTts::new(line, voices())),
        Ok(())
    );
}

#[test]
fn pocketsphinx_holds_the_contract_and_stays_within_a_closed_grammar() {
    let Some(sphinx) = or_skip(Sphinx::open()) else {
        return;
    };
    assert_eq!(contract::speech_to_text(&sphinx), Ok(()));

    let Some(flite) = or_skip(Flite::open()) else {
        return;
    };
    for text in [
        "amber river",
        "cancel that please",
        "what is the weather like today",
    ] {
        let said = Utterance::from_pcm(say(&flite, "slt", text).0);
        assert_eq!(
            contract::closed_grammar(&sphinx, said, &["amber", "river", "cancel", "no"]),
            Ok(())
        );
    }
}

#[test]
fn whisper_holds_the_contract() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/voice/errand-fixture.bin");
    if !model.is_file() {
        eprintln!("SKIPPED the fixture model is not composed; remedy: cargo xtask voice-fixture");
        return;
    }
    let settings = WhisperSettings {
        is_test_model: true,
        ..WhisperSettings::default()
    };

    assert_eq!(
        contract::speech_to_text(&Whisper::open(&model, settings).unwrap()),
        Ok(())
    );
}

#[test]
fn recognisers_of_other_machines_hold_the_contract() {
    let english = || vec![Language::English];
    let (web, _) = serve(http(
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"text\":\"\"}".to_vec(),
    ));
    let (line, _) = serve(wyoming(
        "audio-stop",
        b"{\"type\":\"transcript\",\"data\":{\"text\":\"\"}}\n".to_vec(),
    ));
    let engines: [Box<dyn SpeechToText>; 2] = [
        Box::new(OpenAiStt::new(service(&web), english())),
        Box::new(WyomingStt::new(line, english())),
    ];

    for engine in engines {
        assert_eq!(contract::speech_to_text(&*engine), Ok(()), "{engine:?}");
    }
}
