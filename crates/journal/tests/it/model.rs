//! Any sequence of operations does to each journal what it does to a few plain lists.

use std::collections::BTreeMap;

use errand_journal::{AppendError, Durability, Expected, Journal, Seq, StreamHead, Tombstone};
use proptest::prelude::*;

use crate::fixture::{self, at, name, numbers, record, run};

#[derive(Debug, Clone)]
enum Step {
    Append {
        stream: usize,
        expected: Option<u64>,
        records: u64,
        is_flushed: bool,
    },
    Read {
        stream: usize,
        from: u64,
        limit: usize,
    },
    Erase {
        stream: usize,
    },
    List {
        prefix: usize,
        limit: usize,
    },
    PutTimer {
        id: usize,
        due: i64,
    },
    DropTimer {
        id: usize,
    },
    DueTimers {
        now: i64,
        limit: usize,
    },
}

const STREAMS: [&str; 4] = ["a/1", "a/2", "a/20", "b"];
const PREFIXES: [&str; 5] = ["", "a/", "a/2", "b", "c"];
const TIMERS: [&str; 3] = ["x", "y", "z"];

fn step() -> impl Strategy<Value = Step> {
    let stream = 0..STREAMS.len();
    let expected = prop_oneof![Just(None), (0..12_u64).prop_map(Some)];
    prop_oneof![
        6 => (stream.clone(), expected, 0..4_u64, any::<bool>()).prop_map(
            |(stream, expected, records, is_flushed)| Step::Append { stream, expected, records, is_flushed }
        ),
        3 => (stream.clone(), 0..12_u64, 0..6_usize)
            .prop_map(|(stream, from, limit)| Step::Read { stream, from, limit }),
        1 => stream.prop_map(|stream| Step::Erase { stream }),
        1 => (0..PREFIXES.len(), 0..5_usize).prop_map(|(prefix, limit)| Step::List { prefix, limit }),
        2 => (0..TIMERS.len(), 0..5_i64).prop_map(|(id, due)| Step::PutTimer { id, due }),
        1 => (0..TIMERS.len()).prop_map(|id| Step::DropTimer { id }),
        2 => (0..5_i64, 0..4_usize).prop_map(|(now, limit)| Step::DueTimers { now, limit }),
    ]
}

/// The plain lists: per stream, the number of every record ever appended, and how many of them
/// are erased; per timer, when it is due.
#[derive(Default)]
struct Model {
    streams: BTreeMap<&'static str, (Vec<u64>, usize)>,
    timers: BTreeMap<&'static str, i64>,
    next: u64,
}

impl Model {
    async fn check(&mut self, journal: &dyn Journal, step: &Step) {
        match *step {
            Step::Append {
                stream,
                expected,
                records,
                is_flushed,
            } => {
                let expected =
                    expected.map_or(Expected::Any, |last| Expected::Exactly(Seq::new(last)));
                let durability = if is_flushed {
                    Durability::Flushed
                } else {
                    Durability::Relaxed
                };
                self.append(journal, STREAMS[stream], expected, records, durability)
                    .await;
            }
            Step::Read {
                stream,
                from,
                limit,
            } => {
                let stored = journal
                    .read(&name(STREAMS[stream]), Seq::new(from), limit)
                    .await
                    .unwrap();
                let (all, erased) = self
                    .streams
                    .get(STREAMS[stream])
                    .cloned()
                    .unwrap_or_default();
                let skip = usize::try_from(from).unwrap().max(erased);
                let wanted: Vec<u64> = all.into_iter().skip(skip).take(limit).collect();
                assert_eq!(numbers(&stored), wanted);
            }
            Step::Erase { stream } => {
                let tombstone = journal.erase(&name(STREAMS[stream])).await.unwrap();
                let (all, erased) = self.streams.entry(STREAMS[stream]).or_default();
                *erased = all.len();
                let records = all.len() as u64;
                assert_eq!(
                    tombstone,
                    Tombstone {
                        records,
                        last: Seq::new(records)
                    }
                );
            }
            Step::List { prefix, limit } => {
                let held = self.streams.iter().filter(|(name, (all, erased))| {
                    name.starts_with(PREFIXES[prefix]) && all.len() > *erased
                });
                let wanted: Vec<StreamHead> = held
                    .map(|(raw, (all, _))| StreamHead {
                        name: name(raw),
                        last: Seq::new(all.len() as u64),
                    })
                    .take(limit)
                    .collect();
                assert_eq!(journal.list(PREFIXES[prefix], limit).await.unwrap(), wanted);
            }
            Step::PutTimer { id, due } => {
                journal
                    .put_timer(TIMERS[id], at(due), due.into())
                    .await
                    .unwrap();
                self.timers.insert(TIMERS[id], due);
            }
            Step::DropTimer { id } => {
                journal.drop_timer(TIMERS[id]).await.unwrap();
                self.timers.remove(TIMERS[id]);
            }
            Step::DueTimers { now, limit } => {
                let timers = journal.due_timers(at(now), limit).await.unwrap();
                let got: Vec<_> = timers
                    .iter()
                    .map(|timer| (timer.due, timer.id.as_str()))
                    .collect();
                let due = self.timers.iter().filter(|(_, due)| **due <= now);
                let mut wanted: Vec<_> = due.map(|(id, due)| (at(*due), *id)).collect();
                wanted.sort_unstable();
                wanted.truncate(limit);
                assert_eq!(got, wanted);
            }
        }
    }

    async fn append(
        &mut self,
        journal: &dyn Journal,
        stream: &'static str,
        expected: Expected,
        records: u64,
        durability: Durability,
    ) {
        let numbers: Vec<u64> = (self.next..self.next + records).collect();
        let records = numbers.iter().copied().map(record).collect();
        let (all, _) = self.streams.entry(stream).or_default();
        let actual = Seq::new(all.len() as u64);
        let answer = journal
            .append(&name(stream), expected, records, durability, at(0))
            .await;
        match expected {
            Expected::Exactly(expected) if expected != actual => {
                let conflict = errand_journal::Conflict { expected, actual };
                assert_eq!(answer, Err(AppendError::Conflict(conflict)));
            }
            Expected::Any | Expected::Exactly(_) => {
                self.next += numbers.len() as u64;
                all.extend(numbers);
                assert_eq!(answer, Ok(Seq::new(all.len() as u64)));
            }
        }
    }
}

proptest! {
    // A quarter of what is asked for: every case opens a file.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn both_journals_do_what_plain_lists_do(steps in prop::collection::vec(step(), 1..40)) {
        for made in [fixture::memory(), fixture::sqlite()] {
            run(async {
                let mut model = Model::default();
                for step in &steps {
                    model.check(&*made.journal, step).await;
                }
            });
        }
    }
}
