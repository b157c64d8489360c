use errand_trust::{
    ApprovalBook, Approved, Counters, FAILURES_LONG, FAILURES_SHORT, Judged, OpenError, Proof,
    ServerKey, TRIES_MAX, TTL_MAX, TxDigest,
};
use errand_types::{ApprovalId, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::fixture::{at, session, transaction};

fn key() -> ServerKey {
    ServerKey::from_bytes(&[42; 32])
}

fn book() -> ApprovalBook {
    ApprovalBook::new(key(), Counters::default())
}

fn id(number: usize) -> ApprovalId {
    ApprovalId::from_tail(&format!("{number}")).unwrap()
}

fn user() -> UserId {
    transaction().user
}

fn open(book: &mut ApprovalBook, number: usize, now: Timestamp) -> Result<String, OpenError> {
    let mut transaction = transaction();
    transaction.nonce = [u8::try_from(number % 256).unwrap(); 16];
    transaction.expires = Timestamp::MAX;
    book.open(id(number), transaction, Proof::Screen, now, TTL_MAX)
        .map(|words| words.shown())
}

fn answer(
    book: &mut ApprovalBook,
    number: usize,
    said: &str,
    session: &SessionId,
    now: Timestamp,
) -> Judged {
    match book.count(&id(number), session, Proof::Screen, now) {
        Ok(counted) => book.judge(counted, said, now),
        Err(refused) => refused,
    }
}

fn approved(judged: Judged) -> Approved<TxDigest> {
    match judged {
        Judged::Approved(approved) => approved,
        other => panic!("not approved: {other:?}"),
    }
}

#[test]
fn the_right_words_give_one_approval_of_exactly_this_transaction() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    let approved = approved(answer(&mut book, 1, &words, &session("one"), at(30)));
    let mut expected = transaction();
    expected.nonce = [1; 16];
    expected.expires = Timestamp::MAX;
    assert_eq!(*approved.digest(), expected.digest());
    assert_eq!(
        (approved.level(), approved.session(), approved.given_at()),
        (35, &session("one"), at(30))
    );
    assert_eq!(approved.expires(), at(150));
    assert_eq!(
        (approved.age_s(at(75)), approved.age_s(at(29))),
        (45, u32::MAX)
    );
    assert_eq!(book.counters().failures(&user(), at(31)), 0);
}

#[test]
fn the_same_words_a_second_time_are_void() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    let _first = approved(answer(&mut book, 1, &words, &session("one"), at(1)));
    assert!(matches!(
        answer(&mut book, 1, &words, &session("one"), at(2)),
        Judged::Void
    ));
}

#[test]
fn three_wrong_answers_close_the_question_even_for_the_right_words() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    for left in [2, 1, 0] {
        let judged = answer(&mut book, 1, "yes", &session("one"), at(1));
        assert!(
            matches!(judged, Judged::Wrong { left: l } if l == left),
            "{judged:?}"
        );
    }
    assert!(matches!(
        answer(&mut book, 1, &words, &session("one"), at(2)),
        Judged::Void
    ));
}

#[test]
fn of_a_thousand_racing_answers_three_are_judged() {
    let mut book = book();
    open(&mut book, 1, at(0)).unwrap();
    let counted: Vec<_> = (0..1_000)
        .filter_map(|_| {
            book.count(&id(1), &session("one"), Proof::Screen, at(1))
                .ok()
        })
        .collect();
    assert_eq!(counted.len(), usize::from(TRIES_MAX));
}

#[test]
fn an_answer_that_was_counted_and_never_judged_stays_counted() {
    let mut book = book();
    open(&mut book, 1, at(0)).unwrap();
    drop(book.count(&id(1), &session("one"), Proof::Screen, at(1)));
    let stored = serde_json::to_string(book.counters()).unwrap();
    let after: Counters = serde_json::from_str(&stored).unwrap();
    assert_eq!(after.failures(&user(), at(2)), 1);
}

#[test]
fn words_from_another_session_are_refused_and_cost_nobody_a_try() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    for _ in 0..20 {
        assert!(matches!(
            answer(&mut book, 1, &words, &session("two"), at(1)),
            Judged::OtherSession
        ));
    }
    assert_eq!(book.counters().failures(&user(), at(1)), 0);
    let _ours = approved(answer(&mut book, 1, &words, &session("one"), at(1)));
}

#[test]
fn words_that_come_too_late_are_expired() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    assert!(matches!(
        answer(&mut book, 1, &words, &session("one"), at(120)),
        Judged::Expired
    ));
    let words = open(&mut book, 2, at(200)).unwrap();
    let counted = book
        .count(&id(2), &session("one"), Proof::Screen, at(319))
        .unwrap();
    assert!(matches!(
        book.judge(counted, &words, at(320)),
        Judged::Expired
    ));
    assert!(matches!(
        answer(&mut book, 9, &words, &session("one"), at(1)),
        Judged::NoSuch
    ));
}

#[test]
fn a_question_never_outlives_the_offer_or_two_minutes() {
    let mut book = book();
    let long = SignedDuration::from_secs(121);
    assert_eq!(
        book.open(id(1), transaction(), Proof::Screen, at(0), long),
        Err(OpenError::Ttl)
    );
    assert_eq!(
        book.open(
            id(1),
            transaction(),
            Proof::Screen,
            at(0),
            SignedDuration::ZERO
        ),
        Err(OpenError::Ttl)
    );
    assert_eq!(
        book.open(id(1), transaction(), Proof::Screen, at(3_600), TTL_MAX),
        Err(OpenError::Expired)
    );
    book.open(id(1), transaction(), Proof::Screen, at(3_590), TTL_MAX)
        .unwrap();
    assert_eq!(book.asked(&id(1)).map(|(_, end)| end), Some(at(3_600)));
    assert_eq!(
        book.open(id(1), transaction(), Proof::Screen, at(3_591), TTL_MAX),
        Err(OpenError::Duplicate)
    );
    assert_eq!(book.tick(at(3_600)), [id(1)]);
    assert!(book.asked(&id(1)).is_none());
}

#[test]
fn a_voided_question_takes_no_answer() {
    let mut book = book();
    let first = open(&mut book, 1, at(0)).unwrap();
    let second = open(&mut book, 2, at(0)).unwrap();
    book.void(&id(1));
    assert!(matches!(
        answer(&mut book, 1, &first, &session("one"), at(1)),
        Judged::Void
    ));
    book.void_session(&session("two"));
    assert!(book.asked(&id(2)).is_some());
    book.void_session(&session("one"));
    assert!(matches!(
        answer(&mut book, 2, &second, &session("one"), at(1)),
        Judged::Void
    ));
    assert_eq!(book.counters().failures(&user(), at(1)), 0);
}

#[test]
fn asked_again_for_the_same_thing_the_earlier_words_end() {
    let mut book = book();
    let first = book
        .open(id(1), transaction(), Proof::Screen, at(0), TTL_MAX)
        .unwrap()
        .shown();
    let second = book
        .open(id(2), transaction(), Proof::Screen, at(1), TTL_MAX)
        .unwrap()
        .shown();
    assert_ne!(first, second);
    assert!(matches!(
        answer(&mut book, 1, &first, &session("one"), at(2)),
        Judged::Void
    ));
    assert!(matches!(
        answer(&mut book, 2, &first, &session("one"), at(2)),
        Judged::Wrong { left: 2 }
    ));
    let _ours = approved(answer(&mut book, 2, &second, &session("one"), at(2)));
}

#[test]
fn five_wrong_answers_in_a_quarter_of_an_hour_close_approving_for_as_long() {
    let mut book = book();
    for number in 0..FAILURES_SHORT {
        open(&mut book, number, at(0)).unwrap();
        let judged = answer(&mut book, number, "no such words", &session("one"), at(10));
        let is_last = number + 1 == FAILURES_SHORT;
        assert_eq!(
            matches!(judged, Judged::Locked { until: Some(_) }),
            is_last,
            "{judged:?}"
        );
    }
    let until = at(10) + SignedDuration::from_mins(15);
    assert_eq!(open(&mut book, 9, at(20)), Err(OpenError::Locked { until }));
    let words = open(&mut book, 9, until).unwrap();
    let _ours = approved(answer(&mut book, 9, &words, &session("one"), until));
}

#[test]
fn a_right_answer_that_was_the_fifth_to_be_counted_does_not_lock() {
    let mut book = book();
    for number in 0..FAILURES_SHORT - 1 {
        open(&mut book, number, at(0)).unwrap();
        let _wrong = answer(&mut book, number, "no such words", &session("one"), at(10));
    }
    let words = open(&mut book, 9, at(11)).unwrap();
    let _ours = approved(answer(&mut book, 9, &words, &session("one"), at(12)));
    assert!(open(&mut book, 10, at(13)).is_ok());
    assert_eq!(
        book.counters().failures(&user(), at(13)),
        FAILURES_SHORT - 1
    );
}

#[test]
fn ten_wrong_answers_in_a_day_close_approving_until_it_is_opened_again() {
    let mut book = book();
    let mut number = 0;
    for hour in 0..4 {
        for _ in 0..3 {
            number += 1;
            if open(&mut book, number, at(hour * 3_600)).is_ok() {
                let _wrong = answer(
                    &mut book,
                    number,
                    "no such words",
                    &session("one"),
                    at(hour * 3_600),
                );
            }
        }
    }
    assert_eq!(
        book.counters().failures(&user(), at(4 * 3_600)),
        FAILURES_LONG
    );
    assert_eq!(open(&mut book, 90, at(10 * 86_400)), Err(OpenError::Off));
    book.reopen(&user());
    assert!(open(&mut book, 91, at(10 * 86_400)).is_ok());
}

#[test]
fn a_clock_that_is_set_back_forgives_nothing() {
    let mut book = book();
    for number in 0..FAILURES_SHORT {
        open(&mut book, number, at(100_000)).unwrap();
        let _wrong = answer(
            &mut book,
            number,
            "no such words",
            &session("one"),
            at(100_000),
        );
    }
    assert!(matches!(
        open(&mut book, 9, at(0)),
        Err(OpenError::Locked { .. })
    ));
}

#[test]
fn the_wrong_answers_of_one_person_do_not_lock_another() {
    let mut book = book();
    for number in 0..FAILURES_SHORT {
        open(&mut book, number, at(0)).unwrap();
        let _wrong = answer(&mut book, number, "no such words", &session("one"), at(0));
    }
    let mut theirs = transaction();
    theirs.user = UserId::from_tail("two").unwrap();
    assert!(
        book.open(id(50), theirs, Proof::Screen, at(1), TTL_MAX)
            .is_ok()
    );
}

#[test]
fn a_book_tells_a_log_no_words() {
    let mut book = book();
    let words = open(&mut book, 1, at(0)).unwrap();
    let counted = book.count(&id(1), &session("one"), Proof::Screen, at(1));
    let told = format!("{book:?} {counted:?}");
    assert!(words.split(' ').all(|word| !told.contains(word)), "{told}");
}

#[derive(Debug, Clone)]
enum Move {
    Open(usize),
    Right(usize),
    Wrong(usize),
    Foreign(usize),
    Void(usize),
    Wait(i64),
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => (0..12_usize).prop_map(Move::Open),
        3 => (0..12_usize).prop_map(Move::Right),
        4 => (0..12_usize).prop_map(Move::Wrong),
        1 => (0..12_usize).prop_map(Move::Foreign),
        1 => (0..12_usize).prop_map(Move::Void),
        2 => (0..2_000_i64).prop_map(Move::Wait),
        1 => Just(Move::Restart),
    ];
    prop::collection::vec(one, 0..120)
}

proptest! {
    #[test]
    fn whatever_happens_no_question_gives_two_approvals_and_guessing_ends(moves in moves()) {
        let mut book = book();
        let mut now = 0;
        let mut words = std::collections::BTreeMap::new();
        let mut given = std::collections::BTreeSet::new();
        let mut wrong: Vec<i64> = Vec::new();
        for step in moves {
            match step {
                Move::Open(n) => {
                    if let Ok(shown) = open(&mut book, n, at(now)) {
                        words.insert(n, (shown, now));
                        given.remove(&n);
                    }
                }
                Move::Right(n) => {
                    let said = words.get(&n).map_or("none", |(shown, _)| shown.as_str()).to_owned();
                    if let Judged::Approved(approved) = answer(&mut book, n, &said, &session("one"), at(now)) {
                        prop_assert!(given.insert(n), "approved twice");
                        prop_assert!(now - words[&n].1 < 120, "approved too late");
                        prop_assert_eq!(approved.session(), &session("one"));
                    }
                }
                // Only what was judged is a guess: a closed door refuses without looking.
                Move::Wrong(n) => match book.count(&id(n), &session("one"), Proof::Screen, at(now)) {
                    Ok(counted) => match book.judge(counted, "amber amber", at(now)) {
                        Judged::Wrong { .. } | Judged::Locked { .. } => wrong.push(now),
                        told => prop_assert!(false, "wrong words were judged {told:?}"),
                    },
                    Err(refused) => prop_assert!(!matches!(refused, Judged::Approved(_))),
                },
                Move::Foreign(n) => {
                    let said = words.get(&n).map_or("none", |(shown, _)| shown.as_str()).to_owned();
                    let judged = answer(&mut book, n, &said, &session("two"), at(now));
                    prop_assert!(matches!(judged, Judged::OtherSession | Judged::NoSuch));
                }
                Move::Void(n) => book.void(&id(n)),
                Move::Wait(seconds) => now += seconds,
                Move::Restart => {
                    let counters: Counters =
                        serde_json::from_str(&serde_json::to_string(book.counters()).unwrap()).unwrap();
                    book = ApprovalBook::new(key(), counters);
                    words.clear();
                }
            }
            let of_the_day = wrong.iter().filter(|at| now - **at < 86_400).count();
            prop_assert!(of_the_day <= FAILURES_LONG, "{of_the_day} guesses in a day");
        }
    }
}
