//! Whole spoken conversations, for reading: who spoke when, everything that was said and heard, and what went out.

use std::fmt::Write as _;

use errand_voice_core::SampleIdx;
use errand_voice_talk::testing::Rig;
use errand_voice_talk::{Detection, Happened, Outcome, StreamConfig, VoiceEvent};

use crate::kit::{approval, config, in_words, products, receipt, refusal, resolved, step, words};

/// A conversation that is written down as it goes.
struct Scene {
    rig: Rig,
    page: String,
    sent: u32,
}

impl Scene {
    fn new(config: StreamConfig) -> Self {
        Self {
            rig: Rig::new(config, Some(words())),
            page: String::new(),
            sent: 0,
        }
    }

    fn line(&mut self, at: SampleIdx, who: &str, what: &str) {
        let ms = at.ms();
        let (s, tenths) = (ms / 1_000, ms % 1_000 / 100);
        writeln!(self.page, "{s:4}.{tenths}  {who:<7} {what}").unwrap();
    }

    fn write(&mut self) {
        for (at, event) in self.rig.told() {
            match &event {
                VoiceEvent::Sentence {
                    text, is_secret, ..
                } => {
                    let mark = if *is_secret {
                        "  [words in the sound alone]"
                    } else {
                        ""
                    };
                    let what = format!("{}{mark}", text.as_str());
                    self.line(at, "errand", &what);
                    continue;
                }
                VoiceEvent::Say { text, amends, .. } => {
                    self.sent += 1;
                    let how = if *amends { "instead: " } else { "" };
                    let what = format!("-> {how}{}", text.as_str());
                    self.line(at, "", &what);
                    continue;
                }
                VoiceEvent::Woken { .. }
                | VoiceEvent::StopTurn
                | VoiceEvent::Answer { .. }
                | VoiceEvent::Heard {
                    is_whole: false, ..
                }
                | VoiceEvent::Unspoken { .. }
                | VoiceEvent::Dropped { .. }
                | VoiceEvent::Sealed { .. }
                | VoiceEvent::Rejoined { .. }
                | VoiceEvent::Pace(_)
                | VoiceEvent::Note(_) => {}
                _ => continue,
            }
            if let Some(what) = in_words(&event) {
                let arrow = match &event {
                    VoiceEvent::StopTurn | VoiceEvent::Answer { .. } => "-> ",
                    _ => "   ",
                };
                self.line(at, "", &format!("{arrow}{what}"));
            }
        }
    }

    /// The person says something, and it is silent for a while.
    fn person(&mut self, text: &str, then_ms: u64) -> &mut Self {
        self.write();
        self.line(self.rig.now(), "person", text);
        self.rig.hear(text).hush(then_ms);
        self.write();
        self
    }

    /// A noise.
    fn noise(&mut self, what: &str, ms: usize, then_ms: u64) -> &mut Self {
        self.write();
        self.line(self.rig.now(), "room", what);
        self.rig.noise(ms).hush(then_ms);
        self.write();
        self
    }

    /// The conversation works on what was sent last.
    fn begins(&mut self) -> &mut Self {
        self.rig.happens(Happened::TurnStarted {
            key: format!("voice-{0}-1", self.sent),
        });
        self
    }

    fn happens(&mut self, happened: Happened) -> &mut Self {
        self.rig.happens(happened);
        self.write();
        self
    }

    fn says(&mut self, text: &str) -> &mut Self {
        self.rig.says(text);
        self.write();
        self
    }

    fn done(&mut self) -> &mut Self {
        self.happens(Happened::TurnDone {
            outcome: Outcome::Completed,
        })
    }

    fn hush(&mut self, ms: u64) -> &mut Self {
        self.rig.hush(ms);
        self.write();
        self
    }

    /// Until everything is said.
    fn listen(&mut self) -> &mut Self {
        self.rig.listen();
        self.write();
        self
    }

    fn page(&mut self) -> String {
        self.write();
        std::mem::take(&mut self.page)
    }
}

#[test]
fn coffee_is_found_chosen_and_bought_by_two_words() {
    let mut scene = Scene::new(StreamConfig {
        detection: Detection::woken(),
        ..config()
    });
    scene.person("the weather is nice", 1_000);
    scene
        .person("hey basket", 100)
        .person("find some decaf coffee", 700);
    scene
        .begins()
        .happens(step("Searching three shops"))
        .hush(1_500);
    scene
        .happens(products(5))
        .says("1. Sidamo, Pantry Lane, $12.40\nThe best five of five.")
        .done();
    scene.listen().hush(500);
    scene.person("what was the second", 700).listen().hush(300);
    scene.person("the second one please", 700).begins();
    scene.happens(approval("purchase", Some("amber violin")));
    scene
        .says("Pay $24.10 to Pantry Lane Ltd. To buy, say amber violin.")
        .done();
    scene
        .hush(2_000)
        .person("amber violin", 1_500)
        .listen()
        .hush(300);
    scene.person("yes", 1_000).listen().hush(300);
    scene.person("amber violin", 1_200);
    scene
        .happens(resolved("granted", "Approved by two words", None))
        .hush(1_500);
    scene
        .happens(receipt())
        .says("Bought. It comes on Saturday.")
        .done()
        .listen();

    insta::assert_snapshot!(scene.page());
}

#[test]
fn an_answer_is_talked_over_in_every_way() {
    let mut scene = Scene::new(config());
    scene.person("find some coffee", 700).begins().hush(200);
    scene
        .happens(products(3))
        .says("Three fit.")
        .done()
        .hush(1_500);
    scene.person("mhm", 600);
    scene.noise("a door", 700, 1_500);
    scene.person("wait", 1_000).hush(1_000);
    scene.person("repeat that", 700).hush(2_000);
    scene.person("find some tea instead", 1_000).begins();
    scene
        .says("Nothing fits. Shall I look for something else?")
        .done()
        .listen();

    insta::assert_snapshot!(scene.page());
}

#[test]
fn a_refusal_wrong_words_and_the_page() {
    let mut scene = Scene::new(config());
    scene
        .person("buy ten standing desks", 700)
        .begins()
        .hush(300);
    scene.says("Over your limit, not bought. The cart is $6,420.00 and the limit is $50.00.");
    scene.happens(refusal()).done().listen().hush(500);
    scene.person("buy one bag then", 700).begins();
    scene
        .happens(approval("purchase", Some("amber violin")))
        .done()
        .listen()
        .hush(300);
    scene.person("amber garden", 1_200);
    scene
        .happens(resolved("wrong", "Not the words", Some(2)))
        .says("Not the words");
    scene
        .listen()
        .hush(300)
        .person("purple elephants", 1_000)
        .listen()
        .hush(300);
    scene.person("cancel", 1_000);
    scene
        .happens(resolved("refused", "Nothing was bought", None))
        .says("Nothing was bought")
        .done()
        .listen();
    scene
        .hush(500)
        .person("buy it from the new shop", 700)
        .begins();
    scene
        .happens(approval("purchase", None))
        .done()
        .listen()
        .hush(300);
    scene.person("amber violin", 1_200).listen();
    scene
        .happens(resolved("expired", "Too late: nothing was bought", None))
        .done()
        .listen();

    insta::assert_snapshot!(scene.page());
}

#[test]
fn long_work_a_payment_under_way_and_somebody_who_goes_on() {
    let mut scene = Scene::new(config());
    scene
        .person("find some coffee", 650)
        .person("and some milk", 1_500)
        .begins();
    scene
        .happens(step("Searching three shops"))
        .hush(4_000)
        .hush(8_500);
    scene
        .happens(products(2))
        .done()
        .listen()
        .hush(9_000)
        .listen()
        .hush(9_000);
    scene.person("take the first one", 700).begins();
    scene
        .happens(approval("purchase", Some("amber violin")))
        .done()
        .listen()
        .hush(300);
    scene.person("amber violin", 1_200);
    scene
        .happens(resolved("granted", "Approved", None))
        .hush(1_000);
    scene.person("add some sugar too", 1_500);
    scene.person("cancel that", 1_500).listen();
    scene.happens(receipt()).says("Bought.").done().listen();

    insta::assert_snapshot!(scene.page());
}
