//! What only the file has to prove.

use std::fs;
use std::path::{Path, PathBuf};

use errand_journal::Durability::{Flushed, Relaxed};
use errand_journal::Expected::Any;
use errand_journal::{
    AppendError, Journal, OpenError, ReadError, Record, Seq, SqliteJournal, SqliteOptions, Trouble,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fixture::{at, name, numbers, record, run};

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/in/here/journal.db");
    (folder, path)
}

fn write(path: &Path, records: u64) {
    let journal = SqliteJournal::open(path).unwrap();
    for number in 1..=records {
        let body = json!({ "number": number, "filling": "needle".repeat(100) });
        let records = vec![Record::new("note", body)];
        run(journal.append(&name("s/1"), Any, records, Relaxed, at(0))).unwrap();
    }
}

#[test]
fn records_and_timers_are_there_after_closing_and_opening() {
    let (_folder, path) = file();
    let journal = SqliteJournal::open(&path).unwrap();
    run(journal.append(&name("s/1"), Any, vec![record(1)], Relaxed, at(0))).unwrap();
    run(journal.put_timer("t", at(9), json!({ "what": "poll" }))).unwrap();
    drop(journal);

    let journal = SqliteJournal::open(&path).unwrap();

    assert_eq!(
        numbers(&run(journal.read(&name("s/1"), Seq::START, 9)).unwrap()),
        [1]
    );
    assert_eq!(
        run(journal.due_timers(at(9), 9)).unwrap()[0].body,
        json!({ "what": "poll" })
    );
    let next = run(journal.append(&name("s/1"), Any, vec![record(2)], Relaxed, at(0)));
    assert_eq!(next.unwrap(), Seq::new(2));
}

#[test]
fn a_second_opener_of_the_same_file_is_refused_with_a_clear_error() {
    let (_folder, path) = file();
    let first = SqliteJournal::open(&path).unwrap();

    let refused = SqliteJournal::open(&path).unwrap_err();

    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(
        refused
            .to_string()
            .ends_with("is in use by another running errand")
    );
    drop(first);
    SqliteJournal::open(&path).unwrap();
}

#[test]
fn a_file_that_is_no_journal_is_refused_and_left_as_it_was() {
    let (_folder, path) = file();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = "my tax return, not a database\n".repeat(200);
    fs::write(&path, &text).unwrap();

    let refused = SqliteJournal::open(&path).unwrap_err();

    assert!(matches!(refused, OpenError::Unreadable { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_database_of_something_else_is_refused() {
    let (_folder, path) = file();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE photos (id INTEGER)")
        .unwrap();
    drop(other);

    assert!(matches!(
        SqliteJournal::open(&path).unwrap_err(),
        OpenError::Foreign { .. }
    ));
}

#[test]
fn a_journal_of_a_later_format_is_refused() {
    let (_folder, path) = file();
    write(&path, 1);
    let later = rusqlite::Connection::open(&path).unwrap();
    later.pragma_update(None, "user_version", 99).unwrap();
    drop(later);

    let refused = SqliteJournal::open(&path).unwrap_err();

    assert!(matches!(refused, OpenError::Newer { found: 99, .. }));
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_and_no_panic() {
    let (folder, _) = file();
    fs::write(folder.path().join("blocked"), "").unwrap();

    let refused = SqliteJournal::open(folder.path().join("blocked/journal.db")).unwrap_err();

    assert!(matches!(refused, OpenError::Folder { .. }));
}

#[test]
fn a_full_journal_refuses_writes_and_still_reads() {
    let (_folder, path) = file();
    let options = SqliteOptions {
        bytes_max: Some(200_000),
    };
    let journal = SqliteJournal::open_with(&path, options).unwrap();
    let large = || vec![Record::new("note", json!("x".repeat(30_000)))];

    let mut written = 0;
    let refused = loop {
        match run(journal.append(&name("s/1"), Any, large(), Flushed, at(0))) {
            Ok(_) => written += 1,
            Err(refused) => break refused,
        }
        assert!(written < 100, "the journal never filled up");
    };

    let AppendError::Unavailable(unavailable) = refused else {
        panic!("refused as {refused}")
    };
    assert_eq!(unavailable.trouble(), Trouble::Full);
    assert!(unavailable.hint().contains("disk space"));
    let stored = run(journal.read(&name("s/1"), Seq::START, 100)).unwrap();
    assert_eq!(stored.len(), written);
    // What was refused left no trace, so that the next place is still the next place.
    run(journal.erase(&name("s/1"))).unwrap();
    let next = run(journal.append(&name("s/1"), Any, large(), Flushed, at(0))).unwrap();
    assert_eq!(next.get(), written as u64 + 1);
}

#[test]
fn one_append_that_does_not_fit_takes_no_neighbour_along() {
    let (_folder, path) = file();
    let options = SqliteOptions {
        bytes_max: Some(200_000),
    };
    let journal = SqliteJournal::open_with(&path, options).unwrap();
    let of = |bytes: usize| vec![Record::new("note", json!("x".repeat(bytes)))];
    let (small, large, other) = (name("s/small"), name("s/large"), name("s/other"));

    let (first, huge, last) = run(async {
        tokio::join!(
            journal.append(&small, Any, of(100), Flushed, at(0)),
            journal.append(&large, Any, of(250_000), Flushed, at(0)),
            journal.append(&other, Any, of(100), Flushed, at(0)),
        )
    });

    assert_eq!((first, last), (Ok(Seq::new(1)), Ok(Seq::new(1))));
    assert!(matches!(huge, Err(AppendError::Unavailable(_))));
}

#[test]
fn a_damaged_page_is_an_error_and_no_panic() {
    let (_folder, path) = file();
    write(&path, 300);
    let mut bytes = fs::read(&path).unwrap();
    // Everything behind the tables' own pages becomes noise.
    for (place, byte) in bytes.iter_mut().enumerate().skip(10 * 4096) {
        *byte = u8::try_from(place % 251).unwrap();
    }
    fs::write(&path, bytes).unwrap();
    let journal = SqliteJournal::open(&path).unwrap();

    let read = run(errand_journal::read_all(
        &journal,
        &name("s/1"),
        Seq::START,
        1_000,
    ));

    let Err(ReadError::Unavailable(unavailable)) = read else {
        panic!("the noise was read")
    };
    assert_eq!(unavailable.trouble(), Trouble::Damaged);
}

#[test]
fn a_torn_body_is_told_as_damage_without_showing_it() {
    let (_folder, path) = file();
    write(&path, 1);
    let tool = rusqlite::Connection::open(&path).unwrap();
    tool.execute("UPDATE records SET body = '{\"secret\": \"hunter2'", ())
        .unwrap();
    drop(tool);
    let journal = SqliteJournal::open(&path).unwrap();

    let ReadError::Unavailable(unavailable) =
        run(journal.read(&name("s/1"), Seq::START, 1)).unwrap_err();

    assert_eq!(unavailable.trouble(), Trouble::Damaged);
    assert!(!unavailable.to_string().contains("hunter2"));
}

#[test]
fn erased_words_are_in_no_file_any_more() {
    let (folder, path) = file();
    write(&path, 50);
    let holds_needle = || {
        let files = fs::read_dir(path.parent().unwrap()).unwrap();
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(6).any(|window| window == b"needle"))
    };
    assert!(holds_needle());
    let journal = SqliteJournal::open(&path).unwrap();
    let more = vec![Record::new("note", json!("needle"))];
    run(journal.append(&name("s/1"), Any, more, Relaxed, at(0))).unwrap();

    run(journal.erase(&name("s/1"))).unwrap();

    assert!(!holds_needle());
    drop(folder);
}

#[test]
fn writes_asked_for_before_closing_are_done() {
    let (_folder, path) = file();
    let journal = SqliteJournal::open(&path).unwrap();
    run(async {
        for number in 1..=100 {
            let stream = name("s/1");
            let write = journal.append(&stream, Any, vec![record(number)], Relaxed, at(0));
            // Asked for, and then not waited for.
            let asked = std::future::poll_fn({
                let mut write = write;
                move |context| std::task::Poll::Ready(write.as_mut().poll(context).is_ready())
            });
            asked.await;
        }
    });
    drop(journal);

    let journal = SqliteJournal::open(&path).unwrap();

    let stored = run(journal.read(&name("s/1"), Seq::START, 200)).unwrap();
    assert_eq!(numbers(&stored), (1..=100).collect::<Vec<_>>());
}

#[test]
fn debug_shows_no_body() {
    let secret = Record::new("note", Value::from("hunter2"));
    assert_eq!(format!("{secret:?}"), "Record { kind: \"note\", .. }");
}
