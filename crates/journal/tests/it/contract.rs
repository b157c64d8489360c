//! What every journal promises, run against each of them.

use errand_journal::Durability::{Flushed, Relaxed};
use errand_journal::Expected::{Any, Exactly};
use errand_journal::limits::{
    APPEND_RECORDS_MAX, BODY_BYTES_MAX, BODY_DEPTH_MAX, FOLLOW_BACKLOG_MAX, KIND_BYTES_MAX,
    READ_RECORDS_MAX, TIMER_ID_BYTES_MAX,
};
use errand_journal::{
    AppendError, Conflict, FollowError, Record, Seq, StreamHead, TimerError, Tombstone, read_all,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{self, Made, at, name, nested, numbers, record, run};

/// Each claim is a generic function; this makes it a test of both journals.
macro_rules! contract {
    ($($claim:ident),* $(,)?) => {
        mod memory { $(#[test] fn $claim() { super::run(super::$claim(super::fixture::memory())); })* }
        mod sqlite { $(#[test] fn $claim() { super::run(super::$claim(super::fixture::sqlite())); })* }
    };
}

contract!(
    records_come_back_in_order_with_their_places_and_times,
    a_writer_that_is_behind_is_refused_and_nothing_is_written,
    of_many_racing_writers_exactly_one_wins_each_place,
    an_append_of_nothing_tells_the_end_and_still_minds_what_was_expected,
    a_stream_that_was_never_written_reads_as_empty,
    a_limit_and_a_start_page_through_a_stream,
    a_long_stream_is_read_to_its_end_in_pieces,
    every_bound_holds_and_what_is_just_within_comes_back_whole,
    odd_texts_and_numbers_come_back_as_they_were,
    list_knows_prefixes_order_and_limit,
    followers_hear_their_streams_in_order_and_nothing_else,
    a_slow_follower_is_told_that_it_fell_behind_and_then_goes_on,
    a_refused_append_is_not_heard,
    timers_come_when_due_the_earliest_first_and_stay_until_dropped,
    a_timer_of_the_same_id_replaces_the_older_one,
    erased_records_are_gone_and_their_places_are_never_given_out_again,
    erasing_twice_or_erasing_nothing_is_harmless,
    what_is_cut_is_gone_and_what_stands_behind_it_stays,
    a_body_that_is_no_json_is_refused,
    health_counts_streams_and_is_writable,
    extreme_times_survive,
);

async fn records_come_back_in_order_with_their_places_and_times(made: Made) {
    let (journal, stream) = (made.journal, name("purchase/pur_1"));
    let precise: Timestamp = "2026-02-07T10:00:00.123456789Z".parse().unwrap();

    let first = journal.append(
        &stream,
        Exactly(Seq::START),
        vec![record(1)],
        Flushed,
        precise,
    );
    assert_eq!(first.await.unwrap(), Seq::new(1));
    let more = journal.append(&stream, Any, vec![record(2), record(3)], Relaxed, at(5));
    assert_eq!(more.await.unwrap(), Seq::new(3));

    let stored = journal.read(&stream, Seq::START, 10).await.unwrap();
    assert_eq!(numbers(&stored), [1, 2, 3]);
    assert_eq!(
        stored.iter().map(|s| s.seq.get()).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(stored[0].at.to_string(), "2026-02-07T10:00:00.123456Z");
    assert_eq!((stored[2].at, stored[2].kind.as_str()), (at(5), "note"));
}

async fn a_writer_that_is_behind_is_refused_and_nothing_is_written(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    journal
        .append(&stream, Any, vec![record(1), record(2)], Relaxed, at(0))
        .await
        .unwrap();

    for wrong in [0, 1, 3, u64::MAX] {
        let expected = Seq::new(wrong);
        let refused = journal
            .append(&stream, Exactly(expected), vec![record(9)], Flushed, at(1))
            .await;
        let conflict = Conflict {
            expected,
            actual: Seq::new(2),
        };
        assert_eq!(refused, Err(AppendError::Conflict(conflict)));
    }

    assert_eq!(
        numbers(&journal.read(&stream, Seq::START, 10).await.unwrap()),
        [1, 2]
    );
}

async fn of_many_racing_writers_exactly_one_wins_each_place(made: Made) {
    let (journal, stream) = (made.journal, name("race/1"));
    let race = (0..8_u64).map(|writer| {
        let (journal, stream) = (journal.clone(), stream.clone());
        tokio::spawn(async move {
            let mut won = 0;
            for place in 0..20 {
                let expected = Exactly(Seq::new(place));
                let mine = vec![record(writer)];
                won += u32::from(
                    journal
                        .append(&stream, expected, mine, Relaxed, at(0))
                        .await
                        .is_ok(),
                );
                // Let the others have a go at this place too.
                while journal
                    .append(&stream, Any, vec![], Relaxed, at(0))
                    .await
                    .unwrap()
                    <= Seq::new(place)
                {}
            }
            won
        })
    });
    let race: Vec<_> = race.collect();

    let mut won = 0;
    for writer in race {
        won += writer.await.unwrap();
    }

    assert_eq!(won, 20);
    assert_eq!(
        journal.read(&stream, Seq::START, 100).await.unwrap().len(),
        20
    );
}

async fn an_append_of_nothing_tells_the_end_and_still_minds_what_was_expected(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let nothing = |expected| journal.append(&stream, expected, vec![], Flushed, at(0));

    assert_eq!(nothing(Exactly(Seq::START)).await.unwrap(), Seq::START);
    journal
        .append(&stream, Any, vec![record(1)], Relaxed, at(0))
        .await
        .unwrap();
    assert_eq!(nothing(Any).await.unwrap(), Seq::new(1));
    assert!(matches!(
        nothing(Exactly(Seq::START)).await,
        Err(AppendError::Conflict(_))
    ));
    let empty = journal
        .append(&name("s/2"), Any, vec![], Flushed, at(0))
        .await
        .unwrap();

    assert_eq!(empty, Seq::START);
    assert_eq!(journal.list("s/", 10).await.unwrap().len(), 1);
}

async fn a_stream_that_was_never_written_reads_as_empty(made: Made) {
    assert!(
        made.journal
            .read(&name("never"), Seq::START, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_limit_and_a_start_page_through_a_stream(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let ten = (1..=10).map(record).collect();
    journal
        .append(&stream, Any, ten, Relaxed, at(0))
        .await
        .unwrap();
    let read =
        async |from, limit| numbers(&journal.read(&stream, Seq::new(from), limit).await.unwrap());

    assert_eq!(read(0, 3).await, [1, 2, 3]);
    assert_eq!(read(3, 3).await, [4, 5, 6]);
    assert_eq!(read(9, 3).await, [10]);
    assert_eq!(read(10, 3).await, [] as [u64; 0]);
    assert_eq!(read(u64::MAX, 3).await, [] as [u64; 0]);
    assert_eq!(read(0, 0).await, [] as [u64; 0]);
}

async fn a_long_stream_is_read_to_its_end_in_pieces(made: Made) {
    let (journal, stream) = (made.journal, name("s/long"));
    let piece = APPEND_RECORDS_MAX as u64;
    for start in 0..10 {
        let records = (start * piece..(start + 1) * piece).map(record).collect();
        journal
            .append(&stream, Any, records, Relaxed, at(0))
            .await
            .unwrap();
    }

    let once = journal.read(&stream, Seq::START, usize::MAX).await.unwrap();
    let all = read_all(&*journal, &stream, Seq::START, usize::MAX)
        .await
        .unwrap();
    let some = read_all(&*journal, &stream, Seq::new(100), 1_500)
        .await
        .unwrap();

    assert_eq!(once.len(), READ_RECORDS_MAX);
    assert_eq!(numbers(&all), (0..10 * piece).collect::<Vec<_>>());
    assert_eq!(numbers(&some), (100..1_600).collect::<Vec<_>>());
}

async fn every_bound_holds_and_what_is_just_within_comes_back_whole(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let quoted = |bytes: usize| Value::String("x".repeat(bytes - 2));
    let append = async |records| journal.append(&stream, Any, records, Relaxed, at(0)).await;
    let of = |kind: &str, body| vec![Record::new(kind, body)];
    let refused = [
        of(&"k".repeat(KIND_BYTES_MAX + 1), Value::Null),
        of("k", quoted(BODY_BYTES_MAX + 1)),
        of("k", nested(BODY_DEPTH_MAX + 1)),
        (0..=APPEND_RECORDS_MAX as u64).map(record).collect(),
        [of("k", quoted(BODY_BYTES_MAX)).as_slice(); 5].concat(),
    ];

    for records in refused {
        assert!(matches!(
            append(records).await,
            Err(AppendError::TooLarge(_))
        ));
    }
    let longest = "k".repeat(KIND_BYTES_MAX);
    let taken = [
        of(&longest, Value::Null),
        of("k", quoted(BODY_BYTES_MAX)),
        of("k", nested(BODY_DEPTH_MAX)),
    ];
    append(taken.concat()).await.unwrap();

    let stored = journal.read(&stream, Seq::START, 10).await.unwrap();
    let back: Vec<_> = stored
        .into_iter()
        .map(|s| Record::new(s.kind, s.body))
        .collect();
    assert!(back == taken.concat());
}

async fn odd_texts_and_numbers_come_back_as_they_were(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let odd = json!({
        "": "\0 \u{1b}[31m \" \\ \u{2028} \u{202e} 🛒 é",
        "numbers": [i64::MIN, u64::MAX, 0, -0.5, 1e300],
        "'; DROP TABLE records; --": null,
    });
    let records = vec![Record::new("'\0é", odd)];

    journal
        .append(&stream, Any, records.clone(), Relaxed, at(0))
        .await
        .unwrap();

    let stored = journal
        .read(&stream, Seq::START, 1)
        .await
        .unwrap()
        .remove(0);
    assert!(vec![Record::new(stored.kind, stored.body)] == records);
}

async fn list_knows_prefixes_order_and_limit(made: Made) {
    let journal = made.journal;
    for stream in ["b/2", "a/1", "b/1", "b", "bb/1", "b/10"] {
        journal
            .append(&name(stream), Any, vec![record(1)], Relaxed, at(0))
            .await
            .unwrap();
    }
    journal
        .append(&name("b/1"), Any, vec![record(2)], Relaxed, at(0))
        .await
        .unwrap();
    let list = async |prefix: &str, limit| {
        let heads = journal.list(prefix, limit).await.unwrap();
        heads
            .iter()
            .map(|head| format!("{}={}", head.name, head.last))
            .collect::<Vec<_>>()
    };

    assert_eq!(list("b/", 10).await, ["b/1=2", "b/10=1", "b/2=1"]);
    assert_eq!(list("b/", 2).await, ["b/1=2", "b/10=1"]);
    assert_eq!(list("b", 10).await.len(), 5);
    assert_eq!(list("", 10).await.len(), 6);
    assert_eq!(list("é%_", 10).await.len(), 0);
    assert_eq!(list("b/", 0).await.len(), 0);
}

async fn followers_hear_their_streams_in_order_and_nothing_else(made: Made) {
    let journal = made.journal;
    let mut one = journal.follow("session/1");
    let mut every = journal.follow("session/");
    for (stream, number) in [
        ("session/1", 1),
        ("audit", 2),
        ("session/2", 3),
        ("session/1", 4),
    ] {
        journal
            .append(&name(stream), Any, vec![record(number)], Relaxed, at(0))
            .await
            .unwrap();
    }
    drop(journal);

    let mut heard = Vec::new();
    while let Ok(next) = one.next().await {
        heard.push((
            next.stored.seq.get(),
            next.stored.body["number"].as_u64().unwrap(),
        ));
    }
    let mut all = Vec::new();
    while let Ok(next) = every.next().await {
        all.push(next.stored.body["number"].as_u64().unwrap());
    }

    assert_eq!(heard, [(1, 1), (2, 4)]);
    assert_eq!(all, [1, 3, 4]);
    assert_eq!(every.next().await, Err(FollowError::Closed));
}

async fn a_slow_follower_is_told_that_it_fell_behind_and_then_goes_on(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let mut slow = journal.follow("s/");
    let many = FOLLOW_BACKLOG_MAX as u64 + 44;
    for number in 1..=many {
        journal
            .append(&stream, Any, vec![record(number)], Relaxed, at(0))
            .await
            .unwrap();
    }

    assert_eq!(slow.next().await, Err(FollowError::Lagged { missed: 44 }));
    assert_eq!(slow.next().await.unwrap().stored.seq, Seq::new(45));
}

async fn a_refused_append_is_not_heard(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    let mut follow = journal.follow("");
    let stale = Exactly(Seq::new(7));
    journal
        .append(&stream, stale, vec![record(1)], Relaxed, at(0))
        .await
        .unwrap_err();
    journal
        .append(&stream, Any, vec![record(2)], Relaxed, at(0))
        .await
        .unwrap();

    assert_eq!(
        follow.next().await.unwrap().stored.body,
        json!({ "number": 2 })
    );
}

async fn timers_come_when_due_the_earliest_first_and_stay_until_dropped(made: Made) {
    let journal = made.journal;
    for (id, due) in [("late", 30), ("b", 10), ("a", 10), ("soon", 5)] {
        journal.put_timer(id, at(due), json!(id)).await.unwrap();
    }
    let due = async |now, limit| {
        let timers = journal.due_timers(at(now), limit).await.unwrap();
        timers.into_iter().map(|timer| timer.id).collect::<Vec<_>>()
    };

    assert_eq!(due(4, 10).await, [] as [&str; 0]);
    assert_eq!(due(10, 10).await, ["soon", "a", "b"]);
    assert_eq!(due(10, 2).await, ["soon", "a"]);
    journal.drop_timer("soon").await.unwrap();
    journal.drop_timer("never was there").await.unwrap();
    assert_eq!(due(10, 10).await, ["a", "b"]);
    assert_eq!(due(30, 10).await, ["a", "b", "late"]);
    let long = "t".repeat(TIMER_ID_BYTES_MAX + 1);
    let refused = journal.put_timer(&long, at(0), Value::Null).await;
    assert!(matches!(refused, Err(TimerError::TooLarge(_))));
}

async fn a_timer_of_the_same_id_replaces_the_older_one(made: Made) {
    let journal = made.journal;
    journal
        .put_timer("poll", at(5), json!("old"))
        .await
        .unwrap();
    journal
        .put_timer("poll", at(50), json!("new"))
        .await
        .unwrap();

    assert!(journal.due_timers(at(49), 10).await.unwrap().is_empty());
    let timers = journal.due_timers(at(50), 10).await.unwrap();
    assert_eq!(
        timers.iter().map(|timer| &timer.body).collect::<Vec<_>>(),
        [&json!("new")]
    );
    assert_eq!(timers[0].due, at(50));
}

async fn erased_records_are_gone_and_their_places_are_never_given_out_again(made: Made) {
    let (journal, stream, other) = (made.journal, name("profile/usr_1"), name("profile/usr_2"));
    for stream in [&stream, &other] {
        let records = vec![record(1), record(2)];
        journal
            .append(stream, Any, records, Flushed, at(0))
            .await
            .unwrap();
    }

    let tombstone = journal.erase(&stream).await.unwrap();

    assert_eq!(
        tombstone,
        Tombstone {
            records: 2,
            last: Seq::new(2)
        }
    );
    assert!(
        journal
            .read(&stream, Seq::START, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let left = StreamHead {
        name: other.clone(),
        last: Seq::new(2),
    };
    assert_eq!(journal.list("profile/", 10).await.unwrap(), [left]);
    assert_eq!(journal.read(&other, Seq::START, 10).await.unwrap().len(), 2);
    let next = journal.append(
        &stream,
        Exactly(Seq::new(2)),
        vec![record(3)],
        Relaxed,
        at(1),
    );
    assert_eq!(next.await.unwrap(), Seq::new(3));
    assert_eq!(
        numbers(&journal.read(&stream, Seq::START, 10).await.unwrap()),
        [3]
    );
    let again = journal.erase(&stream).await.unwrap();
    assert_eq!(
        again,
        Tombstone {
            records: 3,
            last: Seq::new(3)
        }
    );
}

async fn erasing_twice_or_erasing_nothing_is_harmless(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    assert_eq!(journal.erase(&stream).await.unwrap(), Tombstone::default());
    journal
        .append(&stream, Any, vec![record(1)], Relaxed, at(0))
        .await
        .unwrap();

    let once = journal.erase(&stream).await.unwrap();

    assert_eq!(journal.erase(&stream).await.unwrap(), once);
    assert_eq!(
        once,
        Tombstone {
            records: 1,
            last: Seq::new(1)
        }
    );
}

async fn what_is_cut_is_gone_and_what_stands_behind_it_stays(made: Made) {
    let (journal, stream) = (made.journal, name("session/1"));
    journal.cut(&stream, Seq::new(9)).await.unwrap();
    let records = (1..=5).map(record).collect();
    journal
        .append(&stream, Any, records, Relaxed, at(0))
        .await
        .unwrap();
    let left = async |from| numbers(&journal.read(&stream, Seq::new(from), 10).await.unwrap());

    journal.cut(&stream, Seq::new(3)).await.unwrap();
    journal.cut(&stream, Seq::new(2)).await.unwrap();

    assert_eq!(left(0).await, [4, 5]);
    assert_eq!(left(4).await, [5]);
    let next = journal.append(
        &stream,
        Exactly(Seq::new(5)),
        vec![record(6)],
        Relaxed,
        at(1),
    );
    assert_eq!(next.await.unwrap(), Seq::new(6));
    journal.cut(&stream, Seq::new(99)).await.unwrap();
    assert_eq!(left(0).await, [] as [u64; 0]);
    assert!(journal.list("session/", 10).await.unwrap().is_empty());
    let next = journal.append(&stream, Any, vec![record(7)], Relaxed, at(1));
    assert_eq!(next.await.unwrap(), Seq::new(7));
    assert_eq!(left(0).await, [7]);
}

async fn a_body_that_is_no_json_is_refused(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    // The keys of a JSON object are texts.
    let body = std::collections::BTreeMap::from([((1, 2), 3)]);

    let records = vec![record(1), Record::new("note", body)];
    let refused = journal.append(&stream, Any, records, Relaxed, at(0)).await;

    assert_eq!(refused, Err(AppendError::NotJson));
    assert!(
        journal
            .read(&stream, Seq::START, 1)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn health_counts_streams_and_is_writable(made: Made) {
    let journal = made.journal;
    let before = journal.health().await;
    for stream in ["a", "b"] {
        journal
            .append(&name(stream), Any, vec![record(1)], Relaxed, at(0))
            .await
            .unwrap();
    }
    journal.erase(&name("b")).await.unwrap();

    let after = journal.health().await;

    assert!(before.writable && after.writable);
    assert_eq!((before.streams, after.streams), (0, 1));
    assert!(after.bytes > 0);
}

async fn extreme_times_survive(made: Made) {
    let (journal, stream) = (made.journal, name("s/1"));
    for extreme in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        journal
            .append(&stream, Any, vec![record(1)], Relaxed, extreme)
            .await
            .unwrap();
        journal
            .put_timer(&extreme.to_string(), extreme, Value::Null)
            .await
            .unwrap();
    }

    let stored = journal.read(&stream, Seq::START, 3).await.unwrap();
    let timers = journal.due_timers(Timestamp::MAX, 3).await.unwrap();

    let kept: Vec<_> = stored.iter().map(|s| s.at).collect();
    assert_eq!(kept[..2], [Timestamp::MIN, Timestamp::UNIX_EPOCH]);
    assert_eq!(kept[2].as_second(), Timestamp::MAX.as_second());
    assert_eq!(
        timers.iter().map(|timer| timer.due).collect::<Vec<_>>(),
        kept
    );
}
