use super::*;

const LOOK: TurnEffect = TurnEffect::Look {
    turn: TurnId(1),
    is_whole: false,
};
const WHOLE: TurnEffect = TurnEffect::Look {
    turn: TurnId(1),
    is_whole: true,
};

/// We speak, nods can be told, and somebody has spoken over us for so long.
fn over_us(ms: u64) -> Talk {
    let mut talk = Talk::new(Phase::Speaking, true).looking();
    talk.begin().speak(ms);
    talk
}

fn looked(talk: &mut Talk, nod: Nod) -> &mut Talk {
    let turn = TurnId(talk.id);
    let looked = Some(Looked { nod, lead: None });
    talk.tell(TurnInput::Looked { turn, looked })
}

/// They said something short and are silent; a look at all of it told how far what stops us is before a nod, and that before any sounds.
fn short_over_us(stop: f32, nod: f32) -> Talk {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(100);
    let turn = TurnId(talk.id);
    let lead = Some(Lead { stop, nod });
    let looked = Some(Looked {
        nod: Nod::Likely,
        lead,
    });
    talk.tell(TurnInput::Looked { turn, looked });
    assert_eq!(talk.told(), [Duck, LOOK, WHOLE]);
    talk
}

#[test]
fn we_look_once_there_is_something_to_tell_by_and_wait_for_the_answer() {
    let mut talk = over_us(340);
    assert_eq!(talk.told(), [Duck]);

    assert_eq!(talk.speak(200).told(), [LOOK]);
    assert_eq!(looked(&mut talk, Nod::Likely).speak(20).told(), [LOOK]);
}

#[test]
fn a_nod_never_stops_us_however_its_beginning_is_read() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).words("order").speak(200);
    looked(&mut talk, Nod::Sure).hush(200);
    looked(&mut talk, Nod::Sure).hush(100);

    assert_eq!(talk.told(), [Duck, LOOK, LOOK, LOOK, WHOLE]);
    looked(&mut talk, Nod::Sure);
    let read_as_another = talk.over("that").told();
    assert_eq!(read_as_another, [Unduck, nothing(1, Nothing::Backchannel)]);
}

#[test]
fn what_began_like_a_nod_and_went_on_is_what_its_words_are() {
    // "Fine" is heard in the middle of "find coffee".
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Sure).speak(90).told();
    assert_eq!(talk.over("coffee").told(), [Stop, takes(1, Floor::New)]);

    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(200);
    looked(&mut talk, Nod::Sure).hush(10);
    looked(&mut talk, Nod::Sure).told();
    assert_eq!(
        talk.over("find coffee").told(),
        [Stop, takes(1, Floor::New)]
    );
}

#[test]
fn what_only_may_have_been_a_nod_is_what_its_words_are() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(100);
    looked(&mut talk, Nod::Likely).told();

    assert_eq!(talk.over("buy it").told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn what_is_read_as_a_nod_and_was_a_stop_stops_us() {
    let nod = [Unduck, nothing(1, Nothing::Backchannel)];
    assert_eq!(short_over_us(-40.0, 90.0).over("good ah").told(), nod);
    assert_eq!(
        short_over_us(60.0, 40.0).over("good ah").told(),
        [Stop, takes(1, Floor::New)]
    );
}

#[test]
fn what_is_read_as_words_and_was_a_nod_lets_us_go_on() {
    let nod = [Unduck, nothing(1, Nothing::Backchannel)];
    for words in ["them", "the fourth", "take off it"] {
        assert_eq!(short_over_us(-40.0, 90.0).over(words).told(), nod);
    }
    let taken = [Stop, takes(1, Floor::New)];
    // It sounds like a nod no more than like anything, as much like a stop, or it is a no; and nobody nods in a sentence.
    assert_eq!(short_over_us(-40.0, 5.0).over("coffee").told(), taken);
    assert_eq!(short_over_us(40.0, 90.0).over("them").told(), taken);
    assert_eq!(short_over_us(-40.0, 90.0).over("no").told(), taken);
    let sentence = "add one more of it";
    assert_eq!(short_over_us(-40.0, 90.0).over(sentence).told(), taken);
}

#[test]
fn a_look_at_all_that_was_said_is_waited_for_and_not_for_ever() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(100).told();
    assert_eq!(talk.over("good ah").told(), []);
    let turn = TurnId(talk.id);
    let lead = Lead {
        stop: 60.0,
        nod: 40.0,
    };
    let looked_at = Looked {
        nod: Nod::No,
        lead: Some(lead),
    };
    talk.tell(TurnInput::Looked {
        turn,
        looked: Some(looked_at),
    });
    assert_eq!(talk.told(), [Stop, takes(1, Floor::New)]);

    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(100).told();
    talk.over("good ah");
    assert_eq!(
        talk.hush(1_000).told(),
        [Unduck, nothing(1, Nothing::Backchannel)]
    );
}

#[test]
fn all_that_was_said_is_looked_at_once_unless_they_go_on() {
    let mut talk = short_over_us(-40.0, 90.0);
    assert_eq!(talk.hush(300).told(), []);

    // What was found says nothing of what follows.
    assert_eq!(talk.speak(100).told(), [LOOK]);
    assert_eq!(
        talk.over("them please").told(),
        [Stop, takes(1, Floor::New)]
    );
}

#[test]
fn a_sentence_holds_us_and_has_the_floor_with_its_words() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::No).speak(100);

    assert_eq!(talk.told(), [Duck, LOOK, Hold, LOOK]);
    talk.tell(TurnInput::Sounding(false)).words("order more");
    assert_eq!(talk.speak(600).told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn who_has_fallen_silent_before_we_were_held_is_judged_by_their_words() {
    let mut talk = over_us(350);
    talk.hush(80).told();

    let told = looked(&mut talk, Nod::No).hush(20).told();
    assert!(!told.contains(&Hold), "{told:?}");
    looked(&mut talk, Nod::No).told();
    assert_eq!(
        talk.over("yeah").told(),
        [Unduck, nothing(1, Nothing::Backchannel)]
    );

    let mut talk = over_us(350);
    talk.hush(80).told();
    looked(&mut talk, Nod::No).hush(20);
    looked(&mut talk, Nod::No).told();
    assert_eq!(talk.over("cheaper").told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn where_we_cannot_be_held_a_sentence_has_the_floor_at_once() {
    let mut talk = over_us(350);
    talk.turn.holds = false;

    let told = looked(&mut talk, Nod::No).speak(10).told();
    assert_eq!(told, [Duck, LOOK, Stop, takes(1, Floor::New)]);
}

#[test]
fn what_began_like_a_sentence_and_was_a_nod_lets_us_go_on() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::No).speak(100);
    talk.tell(TurnInput::Sounding(false)).told();

    assert_eq!(looked(&mut talk, Nod::Sure).told(), [Resume(Again::Ducked)]);
    assert_eq!(
        talk.over("got it").told(),
        [Unduck, nothing(1, Nothing::Backchannel)]
    );
}

#[test]
fn who_reads_slowly_does_not_keep_us_silent() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::No).speak(100);
    talk.tell(TurnInput::Sounding(false)).told();

    let told = talk.hush(2_000).told();
    assert!(told.iter().any(|e| matches!(e, Resume(_))), "{told:?}");
}

#[test]
fn a_word_that_stops_us_needs_no_second_look() {
    let mut talk = over_us(350);

    assert_eq!(
        looked(&mut talk, Nod::Stop).told(),
        [Duck, LOOK, Stop, takes(1, Floor::New)]
    );
}

#[test]
fn longer_than_a_nod_can_be_nothing_is_one() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Sure).speak(500);
    looked(&mut talk, Nod::Sure).words("yeah i want").told();

    assert_eq!(talk.speak(100).told(), [Stop, takes(1, Floor::New)]);
}

#[test]
fn who_speaks_while_an_approval_is_open_is_not_looked_at() {
    let mut talk = over_us(0);
    talk.tell(TurnInput::Phase(Phase::Confirming));

    assert!(!talk.speak(600).told().contains(&LOOK));
}
