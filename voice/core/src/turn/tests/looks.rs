use super::*;

const LOOK: TurnEffect = TurnEffect::Look { turn: TurnId(1) };

/// We speak, nods can be told, and somebody has spoken over us for so long.
fn over_us(ms: u64) -> Talk {
    let mut talk = Talk::new(Phase::Speaking, true).looking();
    talk.begin().speak(ms);
    talk
}

fn looked(talk: &mut Talk, nod: Nod) -> &mut Talk {
    let turn = TurnId(talk.id);
    talk.tell(TurnInput::Looked {
        turn,
        nod: Some(nod),
    })
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

    assert_eq!(talk.told(), [Duck, LOOK, LOOK, LOOK, LOOK]);
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
    looked(&mut talk, Nod::Sure).told();
    assert_eq!(
        talk.over("find coffee").told(),
        [Stop, takes(1, Floor::New)]
    );
}

#[test]
fn what_only_may_have_been_a_nod_is_what_its_words_are() {
    let mut talk = over_us(350);
    looked(&mut talk, Nod::Likely).hush(100).told();

    assert_eq!(talk.over("buy it").told(), [Stop, takes(1, Floor::New)]);
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
    assert_eq!(
        talk.over("yeah").told(),
        [Unduck, nothing(1, Nothing::Backchannel)]
    );

    let mut talk = over_us(350);
    talk.hush(80).told();
    looked(&mut talk, Nod::No).hush(20).told();
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
