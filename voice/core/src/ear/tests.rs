use super::*;
use crate::frame::FRAME_SAMPLES;

/// An ear and somebody in front of it.
struct Room {
    ear: Ear,
    at: SampleIdx,
    log: Vec<EarEffect>,
}

impl Room {
    fn new(config: EarConfig) -> Self {
        Self {
            ear: Ear::new(config),
            at: SampleIdx::ZERO,
            log: Vec::new(),
        }
    }

    fn open() -> Self {
        Self::new(EarConfig::default())
    }

    fn tell(&mut self, input: EarInput<'_>) -> &mut Self {
        let effects = self.ear.step(input);
        self.log.extend(effects);
        self
    }

    fn frame(&mut self, sample: f32, p: f32) {
        let frame = Frame {
            first: self.at,
            pcm: [sample; FRAME_SAMPLES],
        };
        self.at = frame.end();
        let speech = SpeechProb {
            p,
            end: frame.end(),
        };
        self.tell(EarInput::Frame(&frame, Some(speech)));
    }

    fn speak(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.frame(0.1, 0.95);
        }
        self
    }

    fn hush(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.frame(0.000_1, 0.02);
        }
        self
    }

    fn noise(&mut self, ms: u64, sample: f32, p: f32) -> &mut Self {
        for _ in 0..ms / 10 {
            self.frame(sample, p);
        }
        self
    }

    fn understood(&mut self, turn: u32, text: &str, meaning: Meaning) -> &mut Self {
        self.tell(EarInput::Partial {
            turn: TurnId(turn),
            text,
            meaning,
        })
    }

    fn waiting(&mut self) -> &mut Self {
        self.tell(EarInput::Listen(Listen {
            is_waiting: true,
            ..Listen::default()
        }))
    }

    /// What happened since the last call, in short.
    fn told(&mut self) -> Vec<String> {
        self.log.drain(..).map(|effect| short(&effect)).collect()
    }
}

fn short(effect: &EarEffect) -> String {
    match effect {
        EarEffect::Woken { phrase, .. } => format!("woken by {phrase}"),
        EarEffect::Started { turn, at, .. } => format!("{} starts at {at}", turn.0),
        EarEffect::Rejoined { turn } => format!("{} goes on", turn.0),
        EarEffect::Speculate {
            turn,
            attempt,
            utterance,
        } => format!(
            "{} attempt {attempt}: {} to {}",
            turn.0,
            utterance.first(),
            utterance.end()
        ),
        EarEffect::Withdraw { turn, attempt } => format!("{} forget {attempt}", turn.0),
        EarEffect::Ended {
            turn,
            voice_end,
            heard,
            row,
        } => match heard {
            Heard::Attempt(n) => format!(
                "{} ended {row:?}, voice to {voice_end}, attempt {n}",
                turn.0
            ),
            Heard::Sound(u) => format!(
                "{} ended {row:?}, voice to {voice_end}, {} ms",
                turn.0,
                u.length().as_millis()
            ),
        },
        EarEffect::Dropped { turn } => format!("{} dropped", turn.0),
        EarEffect::Reprompt => "reprompt".to_owned(),
        EarEffect::Idle => "idle".to_owned(),
    }
}

#[test]
fn a_turn_has_its_beginning_before_the_voice_and_ends_after_the_hold() {
    let mut room = Room::open();

    room.hush(1_000).speak(500).hush(1_000);

    assert_eq!(
        room.told(),
        [
            "1 starts at 700 ms",
            "1 attempt 1: 700 ms to 1700 ms",
            "1 ended Wordless, voice to 1500 ms, attempt 1",
        ]
    );
}

#[test]
fn what_was_understood_shortens_and_lengthens_the_hold() {
    let ended_after = |text: &str, meaning| {
        let mut room = Room::open();
        room.hush(500).speak(400).understood(1, text, meaning);
        room.told();
        for ms in 1..200 {
            room.hush(10);
            if room.told().iter().any(|told| told.contains("ended")) {
                return ms * 10;
            }
        }
        0
    };

    assert_eq!(ended_after("yes", Meaning::Answer), 250);
    assert_eq!(ended_after("two bags of coffee", Meaning::Whole), 400);
    assert_eq!(ended_after("something else", Meaning::Unknown), 500);
    assert_eq!(ended_after("coffee and", Meaning::Whole), 1_200);
}

#[test]
fn an_attempt_that_turns_out_whole_ends_the_turn_at_once() {
    let mut room = Room::open();
    room.hush(500).speak(400).hush(450);
    assert_eq!(room.told().len(), 2);

    room.understood(1, "two bags of coffee", Meaning::Whole);

    assert_eq!(room.told(), ["1 ended Whole, voice to 900 ms, attempt 1"]);
}

#[test]
fn who_goes_on_within_the_hold_makes_the_attempt_void() {
    let mut room = Room::open();

    room.hush(500).speak(400).hush(300).speak(300).hush(800);

    assert_eq!(
        room.told(),
        [
            "1 starts at 200 ms",
            "1 attempt 1: 200 ms to 1100 ms",
            "1 forget 1",
            "1 attempt 2: 200 ms to 1700 ms",
            "1 ended Wordless, voice to 1500 ms, attempt 2",
        ]
    );
}

#[test]
fn who_goes_on_right_after_the_end_joins_the_turn_unless_something_was_authorised() {
    let mut room = Room::open();
    room.hush(500).speak(400).hush(1_000);
    room.told();

    room.speak(400).hush(800);
    assert_eq!(
        room.told(),
        [
            "1 goes on",
            "1 attempt 2: 200 ms to 2500 ms",
            "1 ended Wordless, voice to 2300 ms, attempt 2",
        ]
    );

    room.tell(EarInput::Authorised).speak(400).hush(800);
    assert_eq!(room.told()[0], "2 starts at 3000 ms");
}

#[test]
fn nothing_is_lost_or_doubled_where_a_turn_is_joined() {
    let mut room = Room::open();
    room.hush(500).speak(400).hush(1_000).speak(400);
    let (turn, length) = room.ear.open().unwrap();

    assert_eq!(turn, TurnId(1));
    // From the pre-roll at 200 ms up to now.
    assert_eq!(length, samples(2_300 - 200));
    let whole = room.ear.sound(0..usize::MAX);
    assert_eq!(whole.len() as u64, length);
    assert_eq!(room.ear.sound(100..9_000), whole[100..9_000]);
}

#[test]
fn later_speech_is_a_turn_of_its_own_without_the_sound_of_the_one_before() {
    let mut room = Room::open();
    room.hush(500).speak(400).hush(1_400).speak(400);

    assert_eq!(room.told().last().unwrap(), "2 starts at 2000 ms");
}

#[test]
fn clicks_and_short_noises_are_no_turns() {
    let mut room = Room::open();
    room.hush(500).speak(50).hush(1_000);
    assert_eq!(room.told(), [""; 0]);

    room.speak(70).hush(1_000);
    assert_eq!(room.told(), ["1 starts at 1250 ms", "1 dropped"]);
}

#[test]
fn a_noise_that_was_no_turn_is_no_hole_before_the_next_one() {
    let mut room = Room::open();
    room.hush(500).speak(70).hush(750).speak(100);

    assert_eq!(
        room.told(),
        ["1 starts at 200 ms", "1 dropped", "2 starts at 1020 ms"]
    );
    let (_, length) = room.ear.open().unwrap();
    assert_eq!(length, samples(1_420 - 1_020));
}

#[test]
fn a_steady_hum_that_the_detector_believes_in_starts_nothing_once_it_is_the_floor() {
    let mut room = Room::open();
    room.noise(15_000, 0.02, 0.3).noise(3_000, 0.021, 0.9);

    assert_eq!(room.told(), [""; 0]);
}

#[test]
fn nobody_speaks_longer_than_thirty_seconds_and_the_next_turn_carries_on() {
    let mut room = Room::open();
    room.hush(500).speak(31_000).hush(800);

    let told = room.told();
    assert_eq!(
        told[..3],
        [
            "1 starts at 200 ms",
            "1 ended Longest, voice to 30200 ms, 30000 ms",
            "2 starts at 29900 ms",
        ]
    );
}

#[test]
fn an_approval_has_less_time_and_its_sound_is_sealed() {
    let mut room = Room::open();
    room.hush(500).tell(EarInput::Listen(Listen {
        care: Care::Sealed,
        is_waiting: true,
        ..Listen::default()
    }));
    room.speak(16_000);

    let Some(EarEffect::Ended {
        heard: Heard::Sound(utterance),
        row: Row::Longest,
        ..
    }) = room.log.get(1)
    else {
        panic!("{:?}", room.log);
    };
    assert_eq!(utterance.care(), Care::Sealed);
    assert_eq!(utterance.length().as_secs(), 15);
}

#[test]
fn nothing_heard_while_a_secret_was_open_is_pre_roll_of_what_comes_after() {
    let mut room = Room::open();
    room.tell(EarInput::Listen(Listen {
        care: Care::Sealed,
        ..Listen::default()
    }));
    room.hush(1_000)
        .tell(EarInput::Listen(Listen::default()))
        .hush(100)
        .speak(200);

    assert_eq!(room.told(), ["1 starts at 1000 ms"]);
}

#[test]
fn asleep_nothing_is_a_turn_and_after_the_word_everything_is() {
    let mut room = Room::new(EarConfig {
        gate: Gate::Wake,
        ..EarConfig::default()
    });
    room.hush(500).speak(1_000).hush(500);
    assert_eq!(room.told(), [""; 0]);

    let wake = Wake {
        phrase: "hey basket".into(),
        score: 0.95,
        end: SampleIdx::from_ms(2_000),
    };
    room.tell(EarInput::Wake(wake))
        .hush(500)
        .speak(500)
        .hush(900);
    assert_eq!(
        room.told(),
        [
            "woken by hey basket",
            "1 starts at 2200 ms",
            "1 attempt 1: 2200 ms to 3200 ms",
            "1 ended Wordless, voice to 3000 ms, attempt 1",
        ]
    );

    // Eight seconds later it sleeps again.
    room.hush(8_200).speak(500);
    assert_eq!(room.told(), [""; 0]);
}

fn asleep(follow_up_ms: u64) -> Room {
    Room::new(EarConfig {
        gate: Gate::Wake,
        follow_up_ms,
        ..EarConfig::default()
    })
}

#[test]
fn while_we_answer_and_for_a_while_after_it_nobody_has_to_say_the_word_again() {
    let mut room = asleep(4_000);
    let engaged = |is_engaged| Listen {
        is_engaged,
        ..Listen::default()
    };
    // A long answer: longer than anybody stays awake after the word.
    room.tell(EarInput::Listen(engaged(true))).hush(20_000);
    room.speak(300).hush(900);
    assert_eq!(room.told()[0], "1 starts at 19700 ms");

    room.tell(EarInput::Listen(engaged(false))).hush(3_500);
    room.speak(300).hush(900);
    assert_eq!(room.told()[0], "2 starts at 24400 ms");
    room.hush(4_500).speak(300).hush(900);
    assert_eq!(room.told(), [""; 0]);
}

#[test]
fn without_a_time_for_going_on_only_the_word_and_our_questions_wake() {
    let mut room = asleep(0);
    room.tell(EarInput::Listen(Listen {
        is_engaged: true,
        ..Listen::default()
    }));
    room.hush(1_000).tell(EarInput::Listen(Listen::default()));
    room.hush(200).speak(500).hush(1_000);
    assert_eq!(room.told(), [""; 0]);

    room.waiting().speak(500);
    assert_eq!(room.told(), ["1 starts at 2400 ms"]);

    // Called once is heard once, however soon the next sentence comes.
    let mut room = asleep(0);
    let wake = Wake {
        phrase: "hey basket".into(),
        score: 0.95,
        end: SampleIdx::from_ms(1_000),
    };
    room.hush(1_000).tell(EarInput::Wake(wake));
    room.hush(200).speak(500).hush(1_500);
    assert_eq!(room.told().len(), 4);
    room.speak(500).hush(1_000);
    assert_eq!(room.told(), [""; 0]);
}

#[test]
fn an_open_approval_is_answered_without_the_word_however_long_it_is_open() {
    let mut room = asleep(0);
    room.tell(EarInput::Listen(Listen {
        care: Care::Sealed,
        ..Listen::default()
    }));
    room.hush(30_000).speak(500);

    assert_eq!(room.told(), ["1 starts at 29700 ms"]);
}

#[test]
fn the_wake_word_is_cut_off_a_request_in_the_same_breath() {
    let mut room = Room::new(EarConfig {
        gate: Gate::Wake,
        ..EarConfig::default()
    });
    room.hush(500).speak(700);
    let wake = Wake {
        phrase: "hey basket".into(),
        score: 0.95,
        end: SampleIdx::from_ms(1_100),
    };
    room.tell(EarInput::Wake(wake)).speak(800).hush(800);

    assert_eq!(
        room.told(),
        [
            "woken by hey basket",
            "1 starts at 1100 ms",
            "1 attempt 1: 1100 ms to 2200 ms",
            "1 ended Wordless, voice to 2000 ms, attempt 1",
        ]
    );
}

#[test]
fn a_held_key_makes_one_turn_whatever_the_silences() {
    let mut room = Room::new(EarConfig {
        gate: Gate::Push,
        ..EarConfig::default()
    });
    room.hush(500).speak(500).tell(EarInput::Press);
    room.speak(500).hush(3_000).speak(500);
    room.tell(EarInput::Release);

    assert_eq!(
        room.told(),
        [
            "1 starts at 700 ms",
            "1 ended Released, voice to 5000 ms, 4300 ms"
        ]
    );
    room.tell(EarInput::Press).hush(500).tell(EarInput::Release);
    assert_eq!(room.told(), ["2 starts at 5000 ms", "2 dropped"]);
}

#[test]
fn a_question_is_asked_again_once_and_then_let_be() {
    let mut room = Room::open();
    room.hush(500).waiting().hush(8_000);
    assert_eq!(room.told(), ["reprompt"]);

    room.hush(20_000);
    assert_eq!(room.told(), [""; 0]);

    room.waiting().hush(8_000);
    assert_eq!(room.told(), ["idle"]);

    room.waiting().speak(300).hush(800).waiting().hush(8_000);
    assert_eq!(room.told().last().unwrap(), "reprompt");
}

#[test]
fn missing_sound_becomes_silence_and_moves_the_clock() {
    let mut room = Room::open();
    room.hush(500).speak(500);
    room.at = room.at.plus_ms(900);
    room.tell(EarInput::Gap {
        samples: samples(900),
    });

    assert_eq!(
        room.told()[1..],
        [
            "1 attempt 1: 200 ms to 1900 ms",
            "1 ended Wordless, voice to 1000 ms, attempt 1"
        ]
    );
    room.hush(2_000).speak(300);
    assert_eq!(room.told(), ["2 starts at 3600 ms"]);
}

#[test]
fn a_jump_in_the_index_is_a_gap_that_nobody_told() {
    let mut room = Room::open();
    room.hush(500);
    room.at = room.at.plus_ms(3_600_000);
    room.hush(500).speak(200);

    assert_eq!(room.told(), ["1 starts at 3600700 ms"]);
    room.at = SampleIdx::ZERO;
    room.speak(500);
    assert_eq!(room.told(), [""; 0]);
    assert!(room.ear.heard_until() > SampleIdx::from_ms(3_600_000));
}

#[test]
fn what_is_cleared_is_gone() {
    let mut room = Room::open();
    room.hush(500).speak(500).tell(EarInput::Clear);
    room.speak(400);

    assert_eq!(
        room.told(),
        ["1 starts at 200 ms", "1 dropped", "2 starts at 1000 ms"]
    );
}

#[test]
fn a_low_voice_behind_a_silence_is_heard_on_and_an_echo_of_the_room_is_not() {
    let mut room = Room::open();
    room.hush(500).speak(500).hush(100).noise(50, 0.02, 0.45);
    room.hush(550);
    assert!(room.told().iter().any(|told| told.contains("ended")));

    let mut room = Room::open();
    room.hush(500).speak(500).hush(100).noise(500, 0.02, 0.45);
    room.hush(650);
    assert!(!room.told().iter().any(|told| told.contains("ended")));
}

#[test]
fn one_second_of_silence_never_makes_a_turn_of_the_wrong_length() {
    // Every utterance lies within what was heard, whatever the order of speech and silence.
    for seed in 0_u64..30 {
        let mut room = Room::open();
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for _ in 0..40 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let ms = state % 90 * 10;
            if state & 1024 == 0 {
                room.hush(ms);
            } else {
                room.speak(ms);
            }
        }
        let now = room.at;
        for effect in &room.log {
            if let EarEffect::Speculate { utterance, .. } = effect {
                assert!(utterance.end() <= now, "seed {seed}");
                assert!(utterance.voiced() <= utterance.length(), "seed {seed}");
            }
            if let EarEffect::Ended { voice_end, .. } = effect {
                assert!(*voice_end <= now, "seed {seed}");
            }
        }
        let starts = room
            .log
            .iter()
            .filter(|e| matches!(e, EarEffect::Started { .. } | EarEffect::Rejoined { .. }))
            .count();
        let ends = room
            .log
            .iter()
            .filter(|e| matches!(e, EarEffect::Ended { .. } | EarEffect::Dropped { .. }))
            .count();
        assert!(
            starts == ends || starts == ends + 1,
            "seed {seed}: {starts} {ends}"
        );
    }
}
