mod looks;

use super::*;
use crate::nod::Looked;

/// A conversation, and somebody speaking in it.
struct Talk {
    turn: Turn,
    now: SampleIdx,
    id: u32,
    from: SampleIdx,
    log: Vec<TurnEffect>,
}

impl Talk {
    fn new(phase: Phase, is_sounding: bool) -> Self {
        Self::with(phase, is_sounding, true)
    }

    fn with(phase: Phase, is_sounding: bool, streams: bool) -> Self {
        let mut talk = Self {
            turn: Turn::new(Language::English, Profiles::default(), streams),
            now: SampleIdx::from_ms(10_000),
            id: 0,
            from: SampleIdx::ZERO,
            log: Vec::new(),
        };
        talk.tell(TurnInput::Phase(phase))
            .tell(TurnInput::Sounding(is_sounding));
        talk
    }

    /// Nods can be told.
    fn looking(mut self) -> Self {
        self.turn = self.turn.looking();
        self
    }

    fn tell(&mut self, input: TurnInput<'_>) -> &mut Self {
        let effects = self.turn.step(input, self.now);
        // As a driver does: what stops or is held is no longer heard.
        self.log.extend(effects);
        self
    }

    fn begin(&mut self) -> &mut Self {
        self.id += 1;
        self.from = self.now;
        self
    }

    fn speak(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.now = self.now.plus_ms(10);
            let (turn, from, until) = (TurnId(self.id), self.from, self.now);
            self.tell(TurnInput::Voice { turn, from, until });
        }
        self
    }

    fn hush(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 10 {
            self.now = self.now.plus_ms(10);
            self.tell(TurnInput::Tick);
        }
        self
    }

    fn words(&mut self, text: &str) -> &mut Self {
        let turn = TurnId(self.id);
        self.tell(TurnInput::Words {
            turn,
            text,
            is_final: false,
        })
    }

    fn over(&mut self, text: &str) -> &mut Self {
        let turn = TurnId(self.id);
        self.tell(TurnInput::Over { turn });
        self.tell(TurnInput::Words {
            turn,
            text,
            is_final: true,
        })
    }

    fn told(&mut self) -> Vec<TurnEffect> {
        std::mem::take(&mut self.log)
    }
}

fn takes(turn: u32, floor: Floor) -> TurnEffect {
    TurnEffect::Takes {
        turn: TurnId(turn),
        floor,
    }
}

fn nothing(turn: u32, why: Nothing) -> TurnEffect {
    TurnEffect::Nothing {
        turn: TurnId(turn),
        why,
    }
}

fn echo(path: EchoPath) -> TurnInput<'static> {
    TurnInput::Echo(EchoState {
        path,
        ..EchoState::default()
    })
}

fn erle(db: f32) -> TurnInput<'static> {
    TurnInput::Echo(EchoState {
        path: EchoPath::Present,
        erle_db: Some(db),
        ..EchoState::default()
    })
}

use TurnEffect::{Duck, Hold, Resume, Stop, TermsAgain, Unduck};

#[test]
fn while_we_wait_sixty_milliseconds_of_voice_are_a_turn() {
    let mut talk = Talk::new(Phase::Listening, false);

    assert_eq!(talk.begin().speak(50).told(), []);
    assert_eq!(talk.speak(10).told(), [takes(1, Floor::New)]);
}

#[test]
fn over_our_speech_we_duck_first_and_stop_for_words() {
    let mut talk = Talk::new(Phase::Speaking, true);

    assert_eq!(talk.begin().speak(110).told(), []);
    assert_eq!(talk.speak(10).told(), [Duck]);
    assert_eq!(talk.words("the").speak(120).told(), []);
    assert_eq!(talk.speak(10).told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn a_stop_word_stops_us_at_once_in_every_phase_but_a_payment() {
    for phase in [Phase::Thinking, Phase::Speaking] {
        let mut talk = Talk::new(phase, true);
        let told = talk.begin().speak(60).words("Stop!").told();
        assert_eq!(told[0], Stop, "{phase:?}");
    }
    let mut talk = Talk::new(Phase::Committing, true);
    let told = talk.begin().speak(60).words("stop").told();
    assert_eq!(told, [takes(1, Floor::TooLate)]);
}

#[test]
fn mhm_does_not_stop_us() {
    for said in ["mhm", "uh-huh", "okay", "yeah right", "I see"] {
        let mut talk = Talk::new(Phase::Speaking, true);
        talk.begin().speak(200).words(said).speak(300).over(said);

        assert_eq!(
            talk.told(),
            [Duck, Unduck, nothing(1, Nothing::Backchannel)],
            "{said}"
        );
    }
}

#[test]
fn mhm_that_goes_on_is_a_turn() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(200).words("okay").speak(400);
    assert_eq!(talk.told(), [Duck]);

    talk.words("okay the second one");
    assert_eq!(talk.told(), [Stop, takes(1, Floor::New)]);

    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(200).words("okay").speak(700);
    assert_eq!(talk.told(), [Duck, Stop, takes(1, Floor::New)]);
}

#[test]
fn a_cough_ducks_us_and_we_go_on() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(200).hush(300).over("");

    assert_eq!(talk.told(), [Duck, Unduck, nothing(1, Nothing::Noise)]);
}

#[test]
fn long_noise_without_words_holds_us_and_we_go_on_where_we_were() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(240);
    assert_eq!(talk.told(), [Duck]);

    talk.speak(10);
    assert_eq!(talk.told(), [Hold]);

    talk.speak(300).over("");
    assert_eq!(
        talk.told(),
        [Resume(Again::Ducked), nothing(1, Nothing::Noise)]
    );
}

#[test]
fn that_no_word_is_read_so_soon_lets_nobody_go_on() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(200).words("").speak(100).words("");
    assert_eq!(talk.told(), [Duck, Hold]);

    talk.speak(100).words("the second").speak(10);
    assert_eq!(talk.told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn after_two_seconds_without_a_word_we_go_on_at_the_clause() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(500);
    talk.told();
    talk.hush(1_600);
    assert_eq!(talk.told(), []);

    talk.hush(200);
    assert_eq!(talk.told(), [Resume(Again::Ducked)]);

    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(500);
    talk.told();
    talk.now = talk.now.plus_ms(2_500);
    talk.over("");
    assert_eq!(
        talk.told(),
        [Resume(Again::Clause), nothing(1, Nothing::Noise)]
    );
}

#[test]
fn words_after_we_went_on_stop_us_after_all() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.begin().speak(3_000);
    assert_eq!(talk.told(), [Duck, Hold, Resume(Again::Ducked)]);

    talk.words("the second");
    assert_eq!(talk.told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn without_streaming_words_the_first_half_second_is_read_quickly() {
    let mut talk = Talk::with(Phase::Speaking, true, false);
    let quickly = TurnEffect::ReadQuickly { turn: TurnId(1) };

    assert_eq!(talk.begin().speak(250).told(), [Duck, quickly, Hold]);
    // Nothing in it: we go on, and are stopped if words come in the end.
    assert_eq!(talk.words("").told(), [Resume(Again::Ducked)]);
    assert_eq!(talk.speak(400).told(), []);
    assert_eq!(
        talk.over("the second one").told(),
        [Stop, takes(1, Floor::New)]
    );
}

#[test]
fn a_cough_does_not_kill_a_pending_reply_and_words_amend_it() {
    let mut talk = Talk::new(Phase::Thinking, false);
    talk.begin().speak(400).over("");
    assert_eq!(talk.told(), [nothing(1, Nothing::Noise)]);

    talk.begin().speak(400).over("but decaf");
    assert_eq!(talk.told(), [takes(2, Floor::Amends)]);
}

#[test]
fn interrupted_terms_are_no_consent_and_are_spoken_again() {
    let mut talk = Talk::new(Phase::Confirming, true);
    talk.begin().speak(200).words("okay").speak(100);
    assert_eq!(talk.told(), [Stop, takes(1, Floor::Early)]);

    talk.over("okay");
    assert_eq!(talk.told(), [TermsAgain]);
}

#[test]
fn an_answer_after_the_terms_is_an_answer() {
    let mut talk = Talk::new(Phase::Confirming, false);
    talk.begin().speak(600).over("copper meadow");

    assert_eq!(talk.told(), [takes(1, Floor::Answer)]);
}

#[test]
fn who_cancels_in_the_middle_of_the_terms_does_not_hear_them_again() {
    let mut talk = Talk::new(Phase::Confirming, true);
    talk.begin().speak(100).over("cancel");

    assert_eq!(talk.told(), [Stop, takes(1, Floor::Early)]);
}

#[test]
fn what_is_said_during_a_payment_waits_and_stops_nothing() {
    let mut talk = Talk::new(Phase::Committing, true);
    talk.begin().speak(400).words("and some").speak(200);
    assert_eq!(talk.told(), [takes(1, Floor::Queued)]);

    talk.over("and some milk cancel that");
    assert_eq!(talk.told(), [takes(1, Floor::TooLate)]);
}

#[test]
fn the_wake_word_stops_us() {
    let mut talk = Talk::new(Phase::Speaking, true);
    assert_eq!(talk.tell(TurnInput::Wake).told(), [Stop]);

    let mut talk = Talk::new(Phase::Committing, true);
    assert_eq!(talk.tell(TurnInput::Wake).told(), []);
}

#[test]
fn a_canceller_that_does_nothing_for_three_seconds_gates_the_microphone() {
    let mut talk = Talk::new(Phase::Speaking, true);
    for _ in 0..31 {
        talk.now = talk.now.plus_ms(100);
        talk.tell(erle(4.0));
    }
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Half)]);

    // Our own echo ducks nothing now, a stop word still stops.
    talk.begin().speak(900).over("two bags of coffee");
    assert_eq!(talk.told(), [nothing(1, Nothing::Gated)]);
    talk.begin().speak(300).words("stop");
    assert_eq!(talk.told(), [Stop, takes(2, Floor::New)]);

    talk.tell(TurnInput::Sounding(true));
    for _ in 0..31 {
        talk.now = talk.now.plus_ms(100);
        talk.tell(erle(28.0));
    }
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Full)]);
}

#[test]
fn a_canceller_has_to_show_what_it_does_before_it_is_believed() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.turn = Turn::new(Language::English, Profiles::default(), true).until_proven();
    talk.tell(TurnInput::Phase(Phase::Speaking))
        .tell(TurnInput::Sounding(true));
    // Our own first words come through.
    talk.begin().speak(800);
    assert_eq!(talk.told(), []);

    for _ in 0..11 {
        talk.tell(erle(25.0)).speak(100);
    }
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Full)]);
    // What goes on behind it is somebody; what came before does not count.
    assert_eq!(talk.speak(140).told(), [Duck]);
    assert_eq!(talk.speak(200).told(), [Hold]);
}

#[test]
fn where_nothing_of_our_sound_comes_back_a_person_interrupts_with_any_words() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.turn = Turn::new(Language::English, Profiles::default(), true).until_proven();
    talk.tell(TurnInput::Phase(Phase::Speaking))
        .tell(TurnInput::Sounding(true))
        .tell(echo(EchoPath::Unknown));
    assert_eq!(talk.begin().speak(400).told(), []);

    assert_eq!(
        talk.tell(echo(EchoPath::Absent)).told(),
        [TurnEffect::Duplex(Duplex::Full)]
    );
    assert_eq!(talk.speak(120).told(), [Duck]);
    assert_eq!(talk.words("two bags").told(), []);
    assert_eq!(talk.speak(130).told(), [Stop, takes(1, Floor::New)]);
    // An approval wants to know more than that nothing came back so far.
    assert!(!talk.turn.is_echo_out());
}

#[test]
fn an_echo_that_shows_up_later_has_to_be_taken_out_before_it_is_believed_again() {
    let mut talk = Talk::new(Phase::Speaking, true);
    talk.turn = Turn::new(Language::English, Profiles::default(), true).until_proven();
    talk.tell(TurnInput::Phase(Phase::Speaking))
        .tell(TurnInput::Sounding(true))
        .tell(echo(EchoPath::Absent));
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Full)]);
    // The microphone is opened: at first our own voice is somebody's.
    assert_eq!(talk.begin().speak(200).told(), [Duck]);

    talk.tell(echo(EchoPath::Present));
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Half)]);
    assert_eq!(talk.speak(600).words("two bags").told(), []);
    assert_eq!(
        talk.over("two bags of coffee").told(),
        [Unduck, nothing(1, Nothing::Gated)]
    );

    for _ in 0..11 {
        talk.now = talk.now.plus_ms(100);
        talk.tell(erle(20.0));
    }
    assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Full)]);
    assert!(talk.turn.is_echo_out());
}

#[test]
fn a_gap_in_the_sound_begins_the_proof_anew() {
    for known in [EchoPath::Absent, EchoPath::Present] {
        let mut talk = Talk::new(Phase::Speaking, true);
        talk.tell(echo(known)).told();

        talk.tell(echo(EchoPath::Unknown));

        assert_eq!(talk.told(), [TurnEffect::Duplex(Duplex::Half)], "{known:?}");
    }
}

#[test]
fn what_was_held_for_a_turn_that_another_one_follows_goes_on_after_that() {
    let mut talk = Talk::new(Phase::Confirming, true);
    talk.begin().speak(300).hush(700);
    assert_eq!(talk.told(), [Hold]);

    talk.begin().speak(100).over("");
    assert_eq!(
        talk.told(),
        [Resume(Again::Ducked), nothing(2, Nothing::Noise)]
    );
}

#[test]
fn what_was_held_before_a_payment_began_goes_on_over_whoever_speaks_then() {
    let mut talk = Talk::new(Phase::Confirming, true);
    talk.begin().speak(300).told();
    talk.tell(TurnInput::Phase(Phase::Committing));

    let told = talk.words("stop").told();
    assert_eq!(told, [Resume(Again::Ducked), takes(1, Floor::TooLate)]);
}

#[test]
fn no_order_of_events_ducks_or_holds_us_for_ever() {
    for seed in 1_u64..2_000 {
        let mut talk = Talk::with(Phase::Speaking, true, seed % 2 == 0);
        if seed % 4 < 2 {
            talk = talk.looking();
        }
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        talk.begin();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let turn = TurnId(talk.id);
            let nods = [Nod::No, Nod::Stop, Nod::Likely, Nod::Sure];
            let lead = [
                None,
                Some(Lead {
                    stop: 50.0,
                    nod: 0.0,
                }),
            ];
            let lead = lead[(state / 11 % 2) as usize];
            let looked = nods.get((state / 7 % 5) as usize);
            let looked = looked.map(|nod| Looked { nod: *nod, lead });
            match state % 6 {
                0 => talk.speak(state / 7 % 50 * 10),
                1 => talk.hush(state / 7 % 50 * 10),
                2 => talk.words("mhm"),
                3 => talk.words(""),
                4 => talk.tell(TurnInput::Looked { turn, looked }),
                _ => talk.words(["okay two", "mhm", "", "stop"][(state / 7 % 4) as usize]),
            };
        }
        talk.over(["", "mhm", "the second one"][(seed % 3) as usize]);
        talk.hush(3_000);
        // The last word on our own sound is that it goes on or has stopped.
        let last = talk
            .told()
            .into_iter()
            .rev()
            .find(|e| matches!(e, Duck | Unduck | Hold | Resume(_) | Stop));
        assert!(!matches!(last, Some(Duck | Hold)), "seed {seed}: {last:?}");
    }
}
