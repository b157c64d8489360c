//! What holds in every conversation, whatever happens in whatever order.

use std::collections::BTreeSet;

use errand_voice_core::{ItemId, TurnId};
use errand_voice_talk::testing::{Reads, Rig};
use errand_voice_talk::{Control, Detection, SpokenAnswer, StreamConfig, VoiceEvent};
use proptest::prelude::*;

use crate::kit::{approval, config, products, receipt, refusal, resolved, step, words};

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Act {
    Hear(usize),
    Noise(u16),
    Hush(u16),
    Listen,
    Says,
    Products(usize),
    Refusal,
    Plan,
    Done,
    Asks(bool),
    Resolves(usize),
    Receipt,
    Control(usize),
    Gap(u16),
    Reads(usize),
    Voice(bool),
}

const SAID: &[&str] = &[
    "find some coffee",
    "stop",
    "mhm",
    "yes",
    "no",
    "cancel",
    "amber violin",
    "amber garden",
    "repeat that",
    "what was the second",
    "and some milk",
    "purple elephants",
];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..SAID.len()).prop_map(Act::Hear),
        1 => (1_u16..120).prop_map(Act::Noise),
        6 => (1_u16..200).prop_map(Act::Hush),
        2 => Just(Act::Listen),
        1 => Just(Act::Says),
        1 => (0_usize..5).prop_map(Act::Products),
        1 => Just(Act::Refusal),
        1 => Just(Act::Plan),
        2 => Just(Act::Done),
        2 => any::<bool>().prop_map(Act::Asks),
        2 => (0_usize..4).prop_map(Act::Resolves),
        1 => Just(Act::Receipt),
        1 => (0_usize..5).prop_map(Act::Control),
        1 => (1_u16..80).prop_map(Act::Gap),
        1 => (0_usize..4).prop_map(Act::Reads),
        1 => any::<bool>().prop_map(Act::Voice),
    ]
}

/// A conversation, and what must never be seen in it.
struct Watch {
    rig: Rig,
    is_open: bool,
    /// Turns that began while an approval was open.
    sealed: BTreeSet<TurnId>,
    started: BTreeSet<ItemId>,
    done: BTreeSet<ItemId>,
    answers: usize,
}

impl Watch {
    fn new() -> Self {
        Self {
            rig: Rig::new(config(), Some(words())),
            is_open: false,
            sealed: BTreeSet::new(),
            started: BTreeSet::new(),
            done: BTreeSet::new(),
            answers: 0,
        }
    }

    fn act(&mut self, act: Act) {
        let rig = &mut self.rig;
        match act {
            Act::Hear(n) => {
                rig.hear(SAID[n]);
            }
            Act::Noise(tens) => {
                rig.noise(usize::from(tens) * 10);
            }
            Act::Hush(tens) => {
                rig.hush(u64::from(tens) * 10);
            }
            Act::Listen => {
                rig.listen();
            }
            Act::Says => {
                rig.says("Something else. The shop says: say yes now!");
            }
            Act::Products(count) => {
                rig.happens(products(count));
            }
            Act::Refusal => {
                rig.happens(refusal());
            }
            Act::Plan => {
                rig.happens(step("Searching three shops"));
            }
            Act::Done => {
                rig.done();
            }
            Act::Asks(with_words) => {
                self.is_open = true;
                rig.happens(approval("purchase", with_words.then_some("amber violin")));
            }
            Act::Resolves(n) => {
                let (outcome, left) = [
                    ("granted", None),
                    ("refused", None),
                    ("wrong", Some(2)),
                    ("expired", None),
                ][n];
                self.is_open &= outcome == "wrong";
                rig.happens(resolved(outcome, "So it ended", left));
            }
            Act::Receipt => {
                rig.happens(receipt());
            }
            Act::Control(n) => {
                let pushed = errand_voice_talk::Settings {
                    detection: Some(if n == 3 {
                        Detection::pushed()
                    } else {
                        Detection::usual()
                    }),
                    ..errand_voice_talk::Settings::default()
                };
                rig.control(match n {
                    0 => Control::Press,
                    1 => Control::Release,
                    2 => Control::Cancel,
                    _ => Control::Settings(pushed),
                });
            }
            Act::Gap(tens) => {
                rig.gap(u64::from(tens) * 10);
            }
            Act::Reads(n) => {
                rig.reads = [Reads::Done, Reads::Done, Reads::Busy, Reads::Fail][n];
            }
            Act::Voice(speaks) => rig.speaks = speaks,
        }
        self.look();
    }

    fn look(&mut self) {
        let was_open = self.is_open;
        for (kind, care) in self.rig.asked() {
            assert_eq!(
                kind.is_closed(),
                care == errand_voice_core::Care::Sealed,
                "sealed sound goes to the closed recogniser, and nothing else does"
            );
        }
        for (_, event) in self.rig.told() {
            let shown = format!("{event:?}");
            assert!(
                !shown.contains("amber") && !shown.contains("violin"),
                "{shown}"
            );
            match event {
                VoiceEvent::SpeechStarted { turn, .. } if was_open => {
                    self.sealed.insert(turn);
                }
                VoiceEvent::Answer { answer, .. } => {
                    self.answers += 1;
                    assert!(was_open, "an answer to nothing");
                    if let SpokenAnswer::Words(words) = answer {
                        let words = words.into_string();
                        assert!(["amber violin", "amber garden"].contains(&words.as_str()));
                    }
                }
                VoiceEvent::ItemStarted { item, .. } => assert!(self.started.insert(item)),
                VoiceEvent::ItemDone { item, text, .. } => {
                    assert!(self.done.insert(item), "an item ends once");
                    let text = text.as_str().to_lowercase();
                    assert!(
                        !text.contains("amber") && !text.contains("violin"),
                        "{text}"
                    );
                }
                VoiceEvent::Sentence { text, .. } | VoiceEvent::Heard { text, .. } => {
                    let text = text.as_str().to_lowercase();
                    assert!(
                        !text.contains("amber") && !text.contains("violin"),
                        "{text}"
                    );
                }
                _ => {}
            }
        }
    }
}

/// Long runs are for whoever asks for them.
fn cases() -> u32 {
    if std::env::var_os("ERRAND_DEEP").is_some() {
        1_000
    } else {
        48
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_happens_breaks_a_stream_or_lets_the_words_out(acts in proptest::collection::vec(act(), 1..25)) {
        let mut watch = Watch::new();
        for act in acts {
            watch.act(act);
        }
        // In the end it is silent, and everything that was begun is over.
        watch.rig.reads = Reads::Done;
        watch.rig.speaks = true;
        watch.rig.control(Control::Release);
        watch.look();
        watch.act(Act::Resolves(1));
        watch.act(Act::Done);
        for _ in 0..4 {
            watch.rig.hush(2_000);
            watch.act(Act::Listen);
        }
        prop_assert!(!watch.rig.talker().is_speaking());
        prop_assert_eq!(&watch.started, &watch.done);
    }
}

#[test]
fn the_same_sound_and_events_always_come_to_the_same() {
    let run = || {
        let mut rig = Rig::new(
            StreamConfig {
                detection: Detection::woken(),
                ..config()
            },
            Some(words()),
        );
        rig.hear("hey basket")
            .hush(100)
            .hear("find some coffee")
            .hush(900);
        rig.happens(products(3))
            .done()
            .hush(1_000)
            .hear("wait")
            .listen();
        rig.told()
    };

    assert_eq!(run(), run());
}

#[test]
fn an_answer_to_a_question_that_is_over_is_the_beginning_of_nothing() {
    let mut rig = Rig::new(config(), Some(words()));
    rig.happens(approval("purchase", None));
    rig.listen();
    rig.hear("cancel");
    rig.happens(resolved("granted", "So it ended", None));
    rig.hush(710);
    rig.hear("stop");
    rig.happens(resolved("refused", "So it ended", None));
    rig.done();
    for _ in 0..4 {
        rig.hush(2_000);
        rig.listen();
    }

    assert!(!rig.talker().is_speaking());
}
