//! A kettle is bought, and the light goes out half-way.
//!
//! Before errand asks a shop to charge somebody, it writes down that it is going to. The
//! story: two writers meet over one purchase and one has to yield; the machine is switched
//! off after the intent and before the outcome; the next start finds the open intent, asks
//! the shop instead of charging again, and closes it.
//!
//! Run it: `cargo run -p errand-examples --example journal_tour`
#![expect(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::path::Path;

use errand_journal::{
    AppendError, Durability, Expected, Journal, Record, Seq, SqliteJournal, StreamName, read_all,
};
use jiff::Timestamp;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("journal.db");
    let purchase = StreamName::parse("purchase/pur_kettle")?;

    buy_until_the_light_goes_out(&file, &purchase).await?;
    recover(&file, &purchase).await
}

async fn buy_until_the_light_goes_out(file: &Path, purchase: &StreamName) -> anyhow::Result<()> {
    let journal = SqliteJournal::open(file)?;
    let quoted = Record::new(
        "quoted",
        json!({ "what": "kettle", "minor": 2990, "currency": "EUR" }),
    );
    let start = Expected::Exactly(Seq::START);
    let last = journal
        .append(purchase, start, vec![quoted], Durability::Relaxed, now(0)?)
        .await?;
    println!("record {last}: the shop's price is written down");

    // The intent carries the key under which the shop knows this charge. It is on the disk
    // before the shop hears of it.
    let intent = Record::new("intent", json!({ "do": "charge", "key": "k-7c1" }));
    let here = Expected::Exactly(last);
    let last = journal
        .append(
            purchase,
            here,
            vec![intent.clone()],
            Durability::Flushed,
            now(1)?,
        )
        .await?;
    println!("record {last}: the intent to charge is on the disk");

    // A second device believed that the quote was still the last word.
    match journal
        .append(purchase, here, vec![intent], Durability::Flushed, now(1)?)
        .await
    {
        Err(AppendError::Conflict(conflict)) => println!("a second writer is refused: {conflict}"),
        Err(other) => return Err(other.into()),
        Ok(_) => anyhow::bail!("two writers charged for one kettle"),
    }

    println!("the shop is asked to charge ... and the light goes out");
    Ok(())
}

async fn recover(file: &Path, purchase: &StreamName) -> anyhow::Result<()> {
    let journal = SqliteJournal::open(file)?;
    for head in journal.list("purchase/", 100).await? {
        let told = read_all(&journal, &head.name, Seq::START, 1_000).await?;
        let open = told.iter().rev().find(|stored| stored.kind == "intent");
        let is_closed = told.iter().any(|stored| stored.kind == "outcome");
        let Some(intent) = open.filter(|_| !is_closed) else {
            continue;
        };
        println!(
            "{}: record {} has no outcome, so the shop is asked",
            head.name, intent.seq
        );

        let answer = ask_the_shop(&intent.body);
        let outcome = Record::new("outcome", answer);
        let here = Expected::Exactly(head.last);
        journal
            .append(
                &head.name,
                here,
                vec![outcome],
                Durability::Flushed,
                now(60)?,
            )
            .await?;
    }

    let told = read_all(&journal, purchase, Seq::START, 1_000).await?;
    let kinds: Vec<&str> = told.iter().map(|stored| stored.kind.as_str()).collect();
    anyhow::ensure!(
        kinds == ["quoted", "intent", "outcome"],
        "the story went {kinds:?}"
    );
    println!("the whole story: {}", kinds.join(", "));
    Ok(())
}

/// The shop of this story had heard the request before the light went out.
fn ask_the_shop(intent: &Value) -> Value {
    json!({ "key": intent.get("key"), "charged": "once", "order": "K-100" })
}

/// A story has a clock of its own.
fn now(second: i64) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_second(1_800_000_000 + second)?)
}
