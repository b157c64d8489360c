use super::*;

const RATE: u32 = 16_000;

/// A device that plays, and a voice that speaks 100 samples for each character.
struct Room {
    mouth: Mouth,
    /// What the device was given and has not taken.
    ring: VecDeque<i16>,
    taken: u64,
    played: Vec<i16>,
    voice: Option<(Generation, VecDeque<i16>)>,
    log: Vec<MouthEffect>,
    loudness: i16,
    per_char: usize,
}

impl Room {
    fn new() -> Self {
        Self {
            mouth: Mouth::new(Language::English, RATE),
            ring: VecDeque::new(),
            taken: 0,
            played: Vec::new(),
            voice: None,
            log: Vec::new(),
            loudness: 0,
            per_char: 100,
        }
    }

    fn tell(&mut self, input: MouthInput<'_>) -> &mut Self {
        for effect in self.mouth.step(input) {
            match effect {
                MouthEffect::Speak {
                    item,
                    generation,
                    sentence,
                    ..
                } => {
                    // Each sentence is louder than the one before, so that one sees which is played.
                    self.loudness += 1_000;
                    let length = sentence.as_str().chars().count() * self.per_char;
                    self.voice = Some((generation, vec![self.loudness; length].into()));
                    self.log.push(MouthEffect::Speak {
                        item,
                        generation,
                        sentence,
                        pace: Pace::USUAL,
                    });
                }
                MouthEffect::Play { pcm, .. } => self.ring.extend(pcm.into_samples()),
                MouthEffect::Replace { from, pcm } => {
                    assert_eq!(from, self.taken, "nothing runs beside in this test");
                    self.ring = pcm.into_samples().into();
                }
                other => {
                    if matches!(other, MouthEffect::Cancel { .. }) {
                        self.voice = None;
                    }
                    self.log.push(other);
                }
            }
        }
        assert!(self.ring.len() <= 4_000, "the ring holds 250 ms");
        self
    }

    fn say(&mut self, item: u64, text: &str) -> &mut Self {
        let sentence = Sentence::new(text).unwrap();
        self.tell(MouthInput::Say {
            item: ItemId(item),
            sentence,
        })
    }

    /// Lets time pass, 10 ms at a time.
    fn play(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            while self.mouth.wants_sound()
                && let Some((generation, mut pcm)) = self.voice.take()
            {
                let chunk: Vec<i16> = pcm.drain(..pcm.len().min(1_600)).collect();
                if chunk.is_empty() {
                    self.tell(MouthInput::SoundEnd {
                        generation,
                        is_whole: true,
                    });
                } else {
                    self.voice = Some((generation, pcm));
                    self.tell(MouthInput::Sound {
                        generation,
                        pcm: &chunk,
                        words: &[],
                    });
                }
            }
            let count = self.ring.len().min(160);
            self.played.extend(self.ring.drain(..count));
            self.taken += count as u64;
            let taken = self.taken;
            self.tell(MouthInput::Played {
                taken,
                heard: taken,
            });
        }
        self
    }

    fn told(&mut self) -> Vec<String> {
        let all = std::mem::take(&mut self.log);
        all.iter()
            .map(|effect| match effect {
                MouthEffect::Speak { sentence, .. } => format!("speak {}", sentence.as_str()),
                MouthEffect::Heard {
                    item,
                    text,
                    is_whole,
                } => {
                    let whole = if *is_whole { "heard" } else { "heard up to" };
                    format!("{} {whole}: {}", item.0, text.as_str())
                }
                MouthEffect::Cancel { generation } => format!("cancel {}", generation.0),
                MouthEffect::Unspoken { sentence, .. } => format!("unspoken {}", sentence.as_str()),
                MouthEffect::Full { .. } => "full".to_owned(),
                MouthEffect::Silent => "silent".to_owned(),
                MouthEffect::Play { .. } | MouthEffect::Replace { .. } => String::new(),
            })
            .collect()
    }
}

#[test]
fn sentences_are_spoken_in_order_and_told_when_they_were_heard() {
    let mut room = Room::new();
    room.say(1, "Bought.")
        .say(1, "It comes on Saturday.")
        .play(3_000);

    assert_eq!(
        room.told(),
        [
            "speak Bought.",
            "speak It comes on Saturday.",
            "1 heard: Bought.",
            "1 heard: It comes on Saturday.",
            "silent",
        ]
    );
    assert_eq!(room.played.len(), 2_800);
    assert!(!room.mouth.is_speaking());
}

#[test]
fn stopped_in_the_middle_only_what_was_heard_was_said() {
    let mut room = Room::new();
    room.say(7, "I found three that fit.")
        .say(7, "The first is Sidamo, twelve dollars forty a bag.")
        .play(500);
    room.tell(MouthInput::Stop);

    // 500 ms are 8,000 samples: 2,300 of the first sentence, 5,700 of 4,800 of the second.
    let told = room.told();
    assert_eq!(
        told[2..],
        [
            "7 heard: I found three that fit.",
            "7 heard: The first is Sidamo, twelve dollars forty a bag.",
            "silent"
        ]
    );

    let mut room = Room::new();
    room.say(7, "I found three that fit.")
        .say(7, "The first is Sidamo, twelve dollars forty a bag.")
        .play(350);
    room.tell(MouthInput::Stop);
    assert_eq!(
        room.told()[2..],
        [
            "7 heard: I found three that fit.",
            "7 heard up to: The first is Sidamo,",
            "silent"
        ]
    );
}

#[test]
fn a_stop_throws_the_ring_away_and_fades() {
    let mut room = Room::new();
    room.say(1, &"word ".repeat(40)).play(200);
    assert_eq!(room.ring.len(), 4_000);

    room.tell(MouthInput::Stop);
    assert_eq!(room.ring.len(), 80);
    assert_eq!(room.ring.back(), Some(&0));
    room.play(1_000);
    assert_eq!(room.played.len(), 3_280);
}

#[test]
fn sound_of_a_stopped_run_is_thrown_away() {
    let mut room = Room::new();
    room.say(1, &"word ".repeat(40)).play(100);
    room.tell(MouthInput::Stop);
    room.tell(MouthInput::Sound {
        generation: Generation(1),
        pcm: &[9_999; 1_600],
        words: &[],
    });
    room.say(2, "Yes.").play(500);

    assert!(!room.played.contains(&9_999));
    assert_eq!(room.told().last().unwrap(), "silent");
}

#[test]
fn ducking_is_heard_at_once_and_loses_nothing() {
    let mut room = Room::new();
    room.say(1, &"word ".repeat(20)).play(200);
    room.tell(MouthInput::Duck).play(100);
    // 100 ms later it is 18 dB quieter, although the ring held 250 ms of loud sound.
    assert_eq!(room.played.last(), Some(&126));

    room.tell(MouthInput::Unduck).play(2_000);
    assert_eq!(room.played.len(), 9_900);
    assert_eq!(room.played[5_500], 1_000);
}

#[test]
fn after_a_hold_it_goes_on_where_it_was_ducked() {
    let mut room = Room::new();
    room.say(1, &"word ".repeat(20)).play(200);
    room.tell(MouthInput::Duck).play(100);
    room.tell(MouthInput::Hold).play(1_000);
    let held = room.played.len();
    assert_eq!(held, 4_880);

    room.tell(MouthInput::Resume(Again::Ducked)).play(2_000);
    // From 200 ms on everything is said again: 9,900 samples and what came quietly and fading.
    assert_eq!(room.played.len(), held + 9_900 - 3_200);
    assert_eq!(room.played[held + 10], 1_000);
    let told = room.told();
    assert!(told[1].starts_with("1 heard: word"), "{told:?}");
    assert_eq!(told.len(), 3);
}

#[test]
fn after_a_long_hold_the_clause_begins_anew() {
    let mut room = Room::new();
    room.say(1, "I found three, the first is Sidamo from Pantry Lane")
        .play(250);
    room.tell(MouthInput::Hold).play(3_000);
    let held = room.played.len();
    room.tell(MouthInput::Resume(Again::Clause)).play(1_000);

    // The clause begins at byte 15 of 51.
    assert_eq!(room.played.len() - held, 5_100 - 1_500);
    assert_eq!(
        room.told()[1..],
        [
            "1 heard: I found three, the first is Sidamo from Pantry Lane",
            "silent"
        ]
    );
}

#[test]
fn a_clause_whose_sound_is_gone_is_spoken_again() {
    let mut room = Room::new();
    room.per_char = 300;
    let long = format!(
        "I found three, {}and so on",
        "the first is very long ".repeat(16)
    );
    room.say(1, &long).say(1, "Which one?").play(4_000);
    room.tell(MouthInput::Hold).play(3_000);
    room.told();
    room.tell(MouthInput::Resume(Again::Clause)).play(9_000);
    let told = room.told();

    assert_eq!(told.last().unwrap(), "silent");
    assert!(told.iter().any(|t| t == "1 heard: Which one?"), "{told:?}");
    assert!(
        told.iter()
            .any(|t| t.contains("speak the first is very long")),
        "{told:?}"
    );
    assert_eq!(
        told.iter().filter(|t| t.contains("I found three,")).count(),
        1
    );
}

#[test]
fn the_ninth_waiting_sentence_is_given_back() {
    let mut room = Room::new();
    for n in 0..10 {
        room.say(n, "One more.");
    }

    // One is being spoken, eight wait.
    assert_eq!(room.told().iter().filter(|told| *told == "full").count(), 1);
    assert!(!room.mouth.has_room());
}

#[test]
fn a_voice_that_fails_is_told_and_the_next_sentence_comes() {
    let mut room = Room::new();
    room.say(1, "Bought.").say(1, "It comes on Saturday.");
    room.voice = None;
    room.tell(MouthInput::SoundEnd {
        generation: Generation(1),
        is_whole: false,
    });
    room.play(2_000);

    assert_eq!(
        room.told(),
        [
            "speak Bought.",
            "unspoken Bought.",
            "speak It comes on Saturday.",
            "1 heard: It comes on Saturday.",
            "silent"
        ]
    );
}

#[test]
fn whatever_happens_what_is_told_as_heard_was_played_before() {
    for seed in 1_u64..400 {
        let mut room = Room::new();
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut said = 0;
        for _ in 0..30 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            match state % 9 {
                0 | 1 => {
                    said += 1;
                    room.say(said, "The first is Sidamo, twelve dollars forty a bag.")
                }
                2 => room.tell(MouthInput::Duck),
                3 => room.tell(MouthInput::Unduck),
                4 => room.tell(MouthInput::Hold),
                5 => room.tell(MouthInput::Resume(Again::Ducked)),
                6 => room.tell(MouthInput::Resume(Again::Clause)),
                7 => room.tell(MouthInput::Stop),
                _ => room.play(state / 9 % 60 * 10),
            };
        }
        let heard: usize = room
            .log
            .iter()
            .map(|effect| match effect {
                MouthEffect::Heard { text, .. } => text.as_str().chars().count() * 100,
                _ => 0,
            })
            .sum();
        assert!(heard <= room.played.len(), "seed {seed}");
        room.tell(MouthInput::Resume(Again::Ducked))
            .tell(MouthInput::Unduck);
        room.play(20_000);
        assert!(!room.mouth.is_speaking(), "seed {seed}");
    }
}

#[test]
fn what_ended_while_it_was_quieter_is_over_when_it_is_loud_again() {
    let mut room = Room::new();
    room.say(1, "Bought.").play(20).tell(MouthInput::Duck);
    // The device plays all of it, and then takes nothing more.
    room.play(3_000);
    let _ = room.told();
    room.tell(MouthInput::Unduck);

    assert!(!room.mouth.is_speaking());
    assert_eq!(room.told(), ["1 heard: Bought.", "silent"]);
}
