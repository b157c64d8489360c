//! A process that is killed in the middle of its writes.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use errand_journal::{
    Durability, Expected, Journal, Record, Seq, SqliteJournal, StreamName, read_all,
};
use serde_json::json;

use crate::fixture::{at, name, run};

const FOLDER: &str = "ERRAND_JOURNAL_CRASH_FOLDER";
const STREAMS: usize = 4;

/// What record `seq` of a stream must say; long enough to spread over pages.
fn body(stream: usize, seq: u64) -> serde_json::Value {
    let filling = "abcdefgh".repeat(usize::try_from(seq % 900).unwrap());
    json!({ "stream": stream, "seq": seq, "filling": filling })
}

fn stream(number: usize) -> StreamName {
    name(&format!("purchase/{number}"))
}

/// The child: writes to several streams side by side, some flushed and some not, one to three
/// records at a time, and says so after each answer. It never ends by itself.
fn write_until_killed(folder: &Path) -> ! {
    let journal = SqliteJournal::open(folder.join("journal.db")).unwrap();
    let writer = async |number: usize| {
        let mut last = journal
            .append(
                &stream(number),
                Expected::Any,
                vec![],
                Durability::Relaxed,
                at(0),
            )
            .await
            .unwrap();
        loop {
            let records =
                (1..=1 + last.get() % 3).map(|n| Record::new("r", body(number, last.get() + n)));
            let durability = if number.is_multiple_of(2) {
                Durability::Flushed
            } else {
                Durability::Relaxed
            };
            let expected = Expected::Exactly(last);
            last = journal
                .append(
                    &stream(number),
                    expected,
                    records.collect(),
                    durability,
                    at(0),
                )
                .await
                .unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "wrote {number} {last}").unwrap();
            out.flush().unwrap();
        }
    };
    run(async {
        tokio::join!(writer(0), writer(1), writer(2), writer(3));
    });
    std::process::exit(3);
}

/// Lets the child run until it has said so many times that it wrote; answers with the last
/// acknowledged record of each stream.
fn run_and_kill(folder: &Path, acknowledgements: usize) -> [u64; STREAMS] {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "crash::what_was_acknowledged_survives_a_kill_in_order_and_whole",
        ])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = [0; STREAMS];
    let mut seen = 0;
    for line in lines {
        let line = line.unwrap();
        // The test runner may have begun the line with words of its own.
        let Some((_, told)) = line.split_once("wrote ") else {
            continue;
        };
        let (number, last) = told.split_once(' ').unwrap();
        acknowledged[number.parse::<usize>().unwrap()] = last.parse().unwrap();
        seen += 1;
        if seen == acknowledgements {
            child.kill().unwrap();
        }
    }
    // The lines that were in the pipe when it was killed have been read as well by now.
    child.wait().unwrap();
    assert!(
        seen >= acknowledgements,
        "the child ended by itself after {seen} writes"
    );
    acknowledged
}

#[test]
fn what_was_acknowledged_survives_a_kill_in_order_and_whole() {
    if let Some(folder) = env::var_os(FOLDER) {
        write_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();

    // The same file again and again: each child goes on where a killed one stopped.
    let is_deep = env::var_os("ERRAND_DEEP").is_some();
    let points: Vec<usize> = if is_deep {
        (1..=200).collect()
    } else {
        vec![1, 2, 7, 40, 150, 500]
    };
    for acknowledgements in points {
        let acknowledged = run_and_kill(folder.path(), acknowledgements);

        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        for (number, acknowledged) in acknowledged.into_iter().enumerate() {
            let stored = run(read_all(&journal, &stream(number), Seq::START, usize::MAX)).unwrap();
            assert!(
                stored.len() as u64 >= acknowledged,
                "stream {number} lost a record"
            );
            for (seq, stored) in (1..).zip(stored) {
                assert_eq!(stored.seq, Seq::new(seq));
                assert_eq!(stored.body, body(number, seq));
            }
        }
    }
}

#[test]
fn an_append_of_several_records_is_never_torn_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    run_and_kill(folder.path(), 60);

    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();

    for number in 0..STREAMS {
        let heads = run(journal.list(stream(number).as_str(), 1)).unwrap();
        let last = heads.first().map_or(0, |head| head.last.get());
        // The child's appends end at these places and nowhere in between.
        let mut end = 0;
        while end < last {
            end += 1 + end % 3;
        }
        assert_eq!(end, last);
    }
}
