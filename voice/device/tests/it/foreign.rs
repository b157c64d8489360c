use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use errand_types::Language;
use errand_voice_core::{Deadline, Hints};
use errand_voice_core::{Pace, Sentence, SpeechToText, TextToSpeech, Utterance, Voice};
use errand_voice_device::{WyomingStt, WyomingTts};

/// A service of the `wyoming` library; it ends when this is dropped.
struct Foreign {
    child: Child,
    address: String,
}

impl Foreign {
    fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let python = root.join("target/pytools/wyoming/bin/python");
        if !python.is_file() {
            eprintln!(
                "SKIPPED the Python library wyoming is not installed; remedy: scripts/setup.sh test"
            );
            return None;
        }
        let mut child = Command::new(python)
            .arg(root.join("tests/foreign/wyoming_service.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        let address = format!("127.0.0.1:{}", port.trim());
        Some(Self { child, address })
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_service_of_the_wyoming_library_hears_every_sample_and_is_heard_whole() {
    let Some(foreign) = Foreign::start() else {
        return;
    };
    let mut pcm = vec![7; 40_001];
    pcm[20_000] = 1_234;
    let deadline = Deadline::usual(std::time::Duration::from_secs(10));

    let stt = WyomingStt::new(foreign.address.clone(), vec![Language::English]);
    let heard = stt.transcribe(
        Utterance::from_pcm(pcm),
        &Hints::open(Language::English),
        &deadline,
    );
    assert_eq!(heard.unwrap().text, "40001 samples up to 1234 in en");

    let voice = Voice {
        name: "alloy".to_owned(),
        language: Language::English,
    };
    let tts = WyomingTts::new(foreign.address.clone(), vec![voice.clone()]);
    let sentence = Sentence::new("Good morning, two bags.").unwrap();
    let chunks = tts
        .speak(&sentence, &voice, Pace::USUAL)
        .unwrap()
        .map(Result::unwrap);
    let pcm: Vec<i16> = chunks.flat_map(|chunk| chunk.pcm).collect();
    assert_eq!(pcm.len(), 23 * 22_050 / 20);
    assert!(pcm.iter().any(|sample| *sample > 7_000));
}
