//! Words that are spoken and given back by voice.

use errand_trust::{
    ASK_WINDOW, ApprovalBook, Counters, FAILURES_SHORT, Judged, OpenError, Proof, SPOKEN_ASKS_MAX,
    SPOKEN_TTL_MAX, ServerKey, TRIES_MAX, TTL_MAX, Transaction,
};
use errand_types::{ApprovalId, Money, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::fixture::{at, session, transaction};

fn book_of(counters: Counters) -> ApprovalBook {
    ApprovalBook::new(ServerKey::from_bytes(&[42; 32]), counters)
}

fn book() -> ApprovalBook {
    book_of(Counters::default())
}

fn id(number: usize) -> ApprovalId {
    ApprovalId::from_tail(&format!("{number}")).unwrap()
}

fn nth(number: usize) -> Transaction {
    let mut transaction = transaction();
    transaction.nonce = [u8::try_from(number % 256).unwrap(); 16];
    transaction.expires = Timestamp::MAX;
    transaction
}

fn open(
    book: &mut ApprovalBook,
    number: usize,
    told: Proof,
    now: Timestamp,
) -> Result<String, OpenError> {
    let ttl = match told {
        Proof::Spoken => SPOKEN_TTL_MAX,
        Proof::Screen => TTL_MAX,
    };
    book.open(id(number), nth(number), told, now, ttl)
        .map(|words| words.shown())
}

fn say(
    book: &mut ApprovalBook,
    number: usize,
    said: &str,
    from: &SessionId,
    proof: Proof,
    now: Timestamp,
) -> Judged {
    match book.count(&id(number), from, proof, now) {
        Ok(counted) => book.judge(counted, said, now),
        Err(refused) => refused,
    }
}

fn level(judged: Judged) -> Option<u8> {
    match judged {
        Judged::Approved(approved) => Some(approved.level()),
        _ => None,
    }
}

#[test]
fn spoken_words_show_less_than_typed_ones_of_the_same_question() {
    for (given, expected) in [(Proof::Spoken, 30), (Proof::Screen, 35)] {
        let mut book = book();
        let words = open(&mut book, 1, Proof::Spoken, at(0)).unwrap();

        let judged = say(&mut book, 1, &words, &session("one"), given, at(20));

        assert_eq!(level(judged), Some(expected));
    }
}

#[test]
fn a_question_of_a_screen_takes_no_spoken_words_and_counts_none() {
    let mut book = book();
    let words = open(&mut book, 1, Proof::Screen, at(0)).unwrap();

    for _ in 0..50 {
        let judged = say(&mut book, 1, &words, &session("one"), Proof::Spoken, at(1));
        assert!(matches!(judged, Judged::NeedsScreen), "{judged:?}");
    }

    assert_eq!(book.counters().failures(&nth(1).user, at(1)), 0);
    let judged = say(&mut book, 1, &words, &session("one"), Proof::Screen, at(2));
    assert_eq!(level(judged), Some(35), "the screen answers it as ever");
}

#[test]
fn abuse_13_right_words_in_the_wrong_session_are_no_answer_and_count_against_nobody() {
    let mut book = book();
    let words = open(&mut book, 1, Proof::Spoken, at(0)).unwrap();

    let judged = say(&mut book, 1, &words, &session("two"), Proof::Spoken, at(1));

    assert!(matches!(judged, Judged::OtherSession), "{judged:?}");
    assert_eq!(book.counters().failures(&nth(1).user, at(1)), 0);
    let judged = say(&mut book, 1, &words, &session("one"), Proof::Spoken, at(2));
    assert_eq!(level(judged), Some(30));
}

#[test]
fn abuse_14_spoken_words_hold_for_sixty_seconds_and_for_no_other_transaction() {
    let mut book = book();
    assert_eq!(
        book.open(
            id(9),
            nth(9),
            Proof::Spoken,
            at(0),
            SPOKEN_TTL_MAX + SignedDuration::from_secs(1)
        )
        .err(),
        Some(OpenError::Ttl)
    );
    let words = open(&mut book, 1, Proof::Spoken, at(0)).unwrap();
    let mut dearer = nth(1);
    dearer.total = Money::new(dearer.total.minor() + 1, dearer.total.currency());
    let other = book
        .open(id(2), dearer, Proof::Spoken, at(1), SPOKEN_TTL_MAX)
        .unwrap()
        .shown();
    assert_ne!(words, other, "one cent gives other words");

    let judged = say(&mut book, 2, &words, &session("one"), Proof::Spoken, at(2));
    assert!(matches!(judged, Judged::Wrong { left: 2 }), "{judged:?}");
    let judged = say(&mut book, 1, &words, &session("one"), Proof::Spoken, at(60));
    assert!(matches!(judged, Judged::Expired), "{judged:?}");
}

#[test]
fn abuse_15_wrong_words_by_voice_close_the_question_and_the_count_outlives_the_book() {
    let mut counters = Counters::default();
    for number in 0..FAILURES_SHORT {
        // Each try in a book of its own: the process was killed in between, and only what was stored is left.
        let mut book = book_of(counters);
        let asked = at(600 * i64::try_from(number / 3).unwrap());
        open(&mut book, number, Proof::Spoken, asked).unwrap();
        let counted = book
            .count(&id(number), &session("one"), Proof::Spoken, asked)
            .unwrap();
        let stored = serde_json::to_string(book.counters()).unwrap();
        drop((counted, book));
        counters = serde_json::from_str(&stored).unwrap();
    }
    let mut book = book_of(counters);
    let again = open(&mut book, 90, Proof::Spoken, at(1_000));
    assert!(matches!(again, Err(OpenError::Locked { .. })), "{again:?}");
    let screen = open(&mut book, 91, Proof::Screen, at(1_000));
    assert!(
        matches!(screen, Err(OpenError::Locked { .. })),
        "{screen:?}"
    );
}

#[test]
fn abuse_16_of_a_thousand_guesses_at_once_by_voice_and_by_hand_three_are_judged() {
    let mut book = book();
    let words = open(&mut book, 1, Proof::Spoken, at(0)).unwrap();
    let counted: Vec<_> = (0..1_000)
        .filter_map(|n| {
            let proof = if n % 2 == 0 {
                Proof::Spoken
            } else {
                Proof::Screen
            };
            book.count(&id(1), &session("one"), proof, at(1)).ok()
        })
        .collect();
    assert_eq!(counted.len(), usize::from(TRIES_MAX));
    let judged: Vec<Judged> = counted
        .into_iter()
        .map(|counted| book.judge(counted, "impala epoch", at(1)))
        .collect();
    assert!(
        judged.iter().all(|j| matches!(j, Judged::Wrong { .. })),
        "{judged:?}"
    );
    let late = say(&mut book, 1, &words, &session("one"), Proof::Spoken, at(2));
    assert!(matches!(late, Judged::Void), "{late:?}");
}

#[test]
fn after_three_questions_by_voice_the_next_waits_for_ten_minutes_and_a_screen_does_not() {
    let mut book = book();
    for number in 0..usize::try_from(SPOKEN_ASKS_MAX).unwrap() {
        open(&mut book, number, Proof::Spoken, at(60)).unwrap();
    }
    assert_eq!(
        open(&mut book, 10, Proof::Spoken, at(61)),
        Err(OpenError::Often)
    );
    assert!(open(&mut book, 11, Proof::Screen, at(61)).is_ok());
    let mut other = nth(12);
    other.user = UserId::from_tail("two").unwrap();
    assert!(
        book.open(id(12), other, Proof::Spoken, at(61), SPOKEN_TTL_MAX)
            .is_ok()
    );

    let stored = serde_json::to_string(book.counters()).unwrap();
    let mut after = book_of(serde_json::from_str(&stored).unwrap());
    assert_eq!(
        open(&mut after, 13, Proof::Spoken, at(62)),
        Err(OpenError::Often)
    );
    let later = at(60) + ASK_WINDOW;
    assert!(open(&mut after, 14, Proof::Spoken, later).is_ok());
}

#[test]
fn counters_that_an_older_version_stored_are_read() {
    let stored = r#"{"usr_one":{"at":["2027-01-15T08:00:00Z"],"locked_until":null,"off":false}}"#;
    let counters: Counters = serde_json::from_str(stored).unwrap();
    assert_eq!(
        counters.spoken_asks(&UserId::from_tail("one").unwrap(), at(0)),
        0
    );
}

/// One thing that somebody does to a book.
#[derive(Debug, Clone)]
enum Act {
    Ask {
        told: Proof,
    },
    Answer {
        question: usize,
        right: bool,
        own: bool,
        proof: Proof,
    },
    Wait(i64),
    Resume,
    Crash,
}

fn proof() -> impl Strategy<Value = Proof> {
    prop::sample::select(vec![Proof::Spoken, Proof::Screen])
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => proof().prop_map(|told| Act::Ask { told }),
        6 => (0..6_usize, any::<bool>(), prop::bool::weighted(0.8), proof())
            .prop_map(|(question, right, own, proof)| Act::Answer { question, right, own, proof }),
        2 => (1..200_i64).prop_map(Act::Wait),
        1 => Just(Act::Resume),
        1 => Just(Act::Crash),
    ]
}

proptest! {
    /// P1 for speech: whatever anybody says, in whatever order and with whatever crashes, an approval by voice is of a question
    /// that was put by voice, in its own session, within a minute, once, and with the right words.
    #[test]
    fn an_approval_by_voice_is_always_of_an_open_question_by_voice(acts in prop::collection::vec(act(), 1..60)) {
        let mut book = book();
        let mut now = at(0);
        // Asked: number, words, told, when; taken away once it is approved, or void.
        let mut asked: Vec<(usize, String, Proof, Timestamp)> = Vec::new();
        let mut number = 0;
        let mut spoken_at: Vec<Timestamp> = Vec::new();
        for act in acts {
            match act {
                Act::Ask { told } => {
                    number += 1;
                    if let Ok(words) = open(&mut book, number, told, now) {
                        if told == Proof::Spoken {
                            spoken_at.push(now);
                            let lately = spoken_at.iter().filter(|at| now.duration_since(**at) < ASK_WINDOW);
                            prop_assert!(lately.count() <= usize::try_from(SPOKEN_ASKS_MAX).unwrap());
                        }
                        asked.push((number, words, told, now));
                    }
                }
                Act::Answer { question, right, own, proof } => {
                    let Some((number, words, told, since)) = asked.iter().rev().nth(question).cloned() else { continue };
                    let from = session(if own { "one" } else { "two" });
                    let said = if right { words.as_str() } else { "impala epoch" };
                    let failures = book.counters().failures(&nth(number).user, now);
                    let judged = say(&mut book, number, said, &from, proof, now);
                    if matches!(judged, Judged::OtherSession | Judged::NeedsScreen) {
                        prop_assert_eq!(book.counters().failures(&nth(number).user, now), failures);
                    }
                    if let Judged::Approved(approved) = judged {
                        prop_assert!(own && said == words);
                        prop_assert_eq!(approved.level(), proof.level());
                        if proof == Proof::Spoken {
                            prop_assert_eq!(told, Proof::Spoken);
                            prop_assert!(now.duration_since(since) < SPOKEN_TTL_MAX);
                        }
                        prop_assert_eq!(*approved.digest(), nth(number).digest());
                        asked.retain(|(n, ..)| *n != number);
                        let again = say(&mut book, number, said, &from, proof, now);
                        prop_assert!(!matches!(again, Judged::Approved(_)));
                    }
                }
                Act::Wait(seconds) => now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap(),
                Act::Resume => {
                    book.void_session(&session("one"));
                    asked.clear();
                }
                Act::Crash => {
                    let stored = serde_json::to_string(book.counters()).unwrap();
                    book = book_of(serde_json::from_str(&stored).unwrap());
                    asked.clear();
                }
            }
        }
    }
}
