//! A process that ends in the middle of a purchase: the shops' own books say what came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use errand_tests::crash::{KillPoint, Node, NodeArgs, When, buy, names_order, up_to_the_words};
use errand_tests::harness::{Client, HouseClock, Shops, World};
use errand_types::{Currency, Money};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use crate::foreign::{ANY_DAY, MAIN, START, set_up};

/// Purchases that run side by side, each with shops of its own.
const LANES: usize = 2;
/// Purchases at the same shops: of delivery windows on one morning there are only so many.
const PURCHASES: usize = 6;
/// How long a shop with a slow bank keeps its answer back; longer than the house waits for it.
const HOLD: Duration = Duration::from_millis(1_200);
/// How long the house waits for the answer to a payment, in the runs with a slow bank.
const PAY_MS: u64 = 300;
/// Longest until a house that was started again knows how the purchase stands.
const SETTLED: Duration = Duration::from_secs(45);
/// How long the socket may be quiet before the shops are asked again.
const BEAT: Duration = Duration::from_millis(200);

/// What goes wrong beside the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// The order is booked and its answer is lost.
    LostAnswer,
    /// The bank pays, and says so too late.
    PaysLate,
    /// The bank never hears of it, and nobody says so in time.
    NeverPays,
}

impl Trouble {
    const ALL: [Self; 4] = [
        Self::None,
        Self::LostAnswer,
        Self::PaysLate,
        Self::NeverPays,
    ];

    fn card(self) -> &'static str {
        match self {
            Self::None | Self::LostAnswer => "success_token",
            Self::PaysLate => "timeout_token",
            Self::NeverPays => "timeout_nocharge_token",
        }
    }

    fn pay_ms(self) -> Option<u64> {
        matches!(self, Self::PaysLate | Self::NeverPays).then_some(PAY_MS)
    }
}

/// One append of the dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Append {
    number: u64,
    stream: String,
    kind: String,
}

/// Three shops with books of their own, for purchases one after the other.
struct Lane {
    shops: Shops,
    start: Timestamp,
    since: Instant,
}

/// What a purchase came to, by the books.
#[derive(Debug, Clone, Default)]
struct Booked {
    orders: Vec<String>,
    charges: u32,
    /// The process ended at its point.
    struck: bool,
    /// What it wrote.
    trace: String,
}

impl Lane {
    async fn open() -> Self {
        let start: Timestamp = START.parse().unwrap();
        let clock = HouseClock::new(start);
        let shops = Shops::start(&clock, "America/New_York", None, HOLD)
            .await
            .unwrap();
        Self {
            shops,
            start,
            since: Instant::now(),
        }
    }

    fn node_args(&self, data: &Path, trouble: Trouble) -> NodeArgs {
        let shops = self.shops.slugs().into_iter();
        let shops = shops.map(|slug| format!("{slug}={}", self.shops.url(slug).unwrap()));
        // Each life of the house begins where the one before it ended.
        let now = self.start + self.since.elapsed();
        let mut args = NodeArgs::new(data, now, shops.collect());
        trouble.card().clone_into(&mut args.card);
        args.pay_ms = trouble.pay_ms();
        // Enough for one purchase and not for two: a sum that stays reserved would show.
        args.day = Some("50.00".to_owned());
        args
    }

    async fn booked(&self) -> Booked {
        let orders = self.shops.orders().await.unwrap();
        let number = |entry: &Value| entry["id"].as_str().unwrap().to_owned();
        Booked {
            orders: orders.iter().map(|order| number(&order.entry)).collect(),
            charges: self.shops.charges().await.unwrap().values().sum(),
            struck: false,
            trace: String::new(),
        }
    }

    async fn booked_since(&self, before: &Booked) -> Booked {
        let mut now = self.booked().await;
        now.orders.retain(|order| !before.orders.contains(order));
        now.charges -= before.charges;
        now
    }

    async fn prepare(&self, trouble: Trouble) {
        let lost = if trouble == Trouble::LostAnswer {
            json!(1)
        } else {
            Value::Null
        };
        for slug in self.shops.slugs() {
            self.shops
                .faults(slug, &json!({ "drop_complete_answer": lost }))
                .await
                .unwrap();
        }
    }

    /// A purchase without an end in between: which appends it makes.
    async fn appends(&self, trouble: Trouble) -> Vec<Append> {
        let data = TempDir::new().unwrap();
        let trace = data.path().join("trace");
        self.prepare(trouble).await;
        let before = self.booked().await;
        let mut args = self.node_args(data.path(), trouble);
        args.trace = Some(trace.clone());
        let node = Node::start(&program(), &args).await.unwrap();
        let mut client = Client::connect(node.address, &node.token).await.unwrap();
        let session = client.session.clone();
        let _ = buy(&mut client, MAIN).await.unwrap();
        self.settled(&node, &session, &before, "no crash").await;
        drop(client);
        node.stop().await.unwrap();
        let mut appends = read_trace(&trace);
        // What follows the purchase itself belongs to coming back and to the end of the house.
        let over = appends
            .iter()
            .rposition(|a| a.stream.starts_with("orders/") || a.stream.starts_with("purchase/"));
        appends.truncate(over.unwrap() + 1);
        appends
    }

    /// Buys, ends the process at the point, starts it again, and holds what it says against the books.
    async fn crash(&self, point: KillPoint, trouble: Trouble) -> Booked {
        let data = TempDir::new().unwrap();
        let trace = data.path().join("trace");
        self.prepare(trouble).await;
        let before = self.booked().await;

        let mut args = self.node_args(data.path(), trouble).killed_at(point);
        args.trace = Some(trace.clone());
        let mut session = None;
        let mut struck = true;
        // A point may lie before the first word.
        if let Ok(mut node) = Node::start(&program(), &args).await {
            if let Ok(mut client) = Client::connect(node.address, &node.token).await {
                session = Some(client.session.clone());
                if buy(&mut client, MAIN).await.is_ok() {
                    // Points behind the last answer are reached by what the house still writes.
                    let _ = client.listen().await;
                } else {
                    // The line is gone before the process is.
                    node.ended().await.unwrap();
                }
            }
            // The last appends come a little later or in another number; then this is a cut behind the last of them.
            struck = node.has_ended().unwrap();
            node.kill().await.unwrap();
        }
        let begun = read_trace(&trace).iter().any(|append| {
            append.stream.starts_with("purchase/")
                && (append.number < point.append || point.when == When::After)
        });

        let what = format!("{point:?} {trouble:?}");
        let written = format!(
            "{what}: {}",
            std::fs::read_to_string(&trace).unwrap_or_default()
        );
        let node = Node::start(&program(), &self.node_args(data.path(), trouble))
            .await
            .unwrap();
        let booked = match session {
            Some(session) if begun => self.settled(&node, &session, &before, &what).await,
            Some(_) | None => self.booked_since(&before).await,
        };
        if booked.charges == 0 && begun && trouble == Trouble::None {
            self.buys_again(&node, &what).await;
            node.stop().await.unwrap();
            return Booked {
                struck,
                trace: written,
                ..booked
            };
        }
        node.stop().await.unwrap();
        let last = self.booked_since(&before).await;
        assert_eq!(
            last.charges, booked.charges,
            "{what}: the house was sure too early"
        );
        assert!(
            last.charges <= 1 && last.orders.len() <= 1,
            "{what}: {last:?}"
        );
        assert_eq!(usize::try_from(last.charges).unwrap(), last.orders.len());
        assert!(
            begun || last.charges == 0,
            "{what}: nothing was asked for yet"
        );
        Booked {
            struck,
            trace: written,
            ..last
        }
    }

    /// Nothing was bought: then it can be bought now, within the same limit of the day.
    async fn buys_again(&self, node: &Node, what: &str) {
        let before = self.booked().await;
        let mut client = Client::connect(node.address, &node.token).await.unwrap();

        let turn = buy(&mut client, ANY_DAY).await.unwrap();

        let booked = self.booked_since(&before).await;
        assert_eq!(
            (booked.orders.len(), booked.charges),
            (1, 1),
            "{what}: {}",
            turn.text()
        );
    }

    /// Waits until the house knows what the books know: it lists the order, or says that nothing was bought.
    async fn settled(&self, node: &Node, session: &str, before: &Booked, what: &str) -> Booked {
        let mut heard = String::new();
        let mut client = Client::resume(node.address, &node.token, session, None)
            .await
            .unwrap();
        let until = Instant::now() + SETTLED;
        loop {
            while let Ok(event) = timeout(BEAT, client.next()).await {
                heard.push_str(&event.unwrap().to_string());
                heard.push('\n');
            }
            let booked = self.booked_since(before).await;
            assert!(
                booked.charges <= 1,
                "{what}: charged twice: {booked:?}\n{heard}"
            );
            let listed = listed(node).await;
            let told = match booked.orders.first() {
                Some(order) => names_order(&listed, order),
                None => heard.to_lowercase().contains("nothing was bought"),
            };
            if told {
                return booked;
            }
            assert!(
                Instant::now() < until,
                "{what}: the books say {booked:?}, the house lists {listed} and said {heard}"
            );
        }
    }
}

/// The orders that the house lists.
async fn listed(node: &Node) -> String {
    let url = format!("http://{}/api/orders", node.address);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).bearer_auth(&node.token).send().await.unwrap();
    assert!(answer.status().is_success());
    answer.text().await.unwrap()
}

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_errand-node"))
}

fn read_trace(path: &Path) -> Vec<Append> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let appends = text.lines().map(|line| {
        let mut parts = line.split(' ');
        Append {
            number: parts.next().unwrap().parse().unwrap(),
            stream: parts.next().unwrap().to_owned(),
            kind: parts.next().unwrap().to_owned(),
        }
    });
    appends.collect()
}

/// Every point of a purchase.
fn all(appends: &[Append]) -> Vec<KillPoint> {
    let sides = [When::Before, When::After];
    appends
        .iter()
        .flat_map(|append| {
            sides.map(|when| KillPoint {
                append: append.number,
                when,
            })
        })
        .collect()
}

/// The points at which most can go wrong: around the request to pay and all that follows it, and a few before.
fn sample(appends: &[Append]) -> Vec<KillPoint> {
    let words = appends
        .iter()
        .position(|a| a.stream == "approvals")
        .unwrap();
    let (early, late) = appends.split_at(words);
    let mut points: Vec<KillPoint> = early
        .iter()
        .filter(|a| a.stream.starts_with("purchase/") || a.stream.starts_with("consent/"))
        .step_by(3)
        .map(|a| KillPoint {
            append: a.number,
            when: When::Before,
        })
        .collect();
    points.extend(
        late.iter()
            .filter(|a| a.stream != "audit")
            .map(|a| KillPoint {
                append: a.number,
                when: When::Before,
            }),
    );
    // Behind these stands an act that the books can see.
    let acts = late
        .iter()
        .filter(|a| a.kind == "intent" || a.kind == "spend");
    points.extend(acts.map(|a| KillPoint {
        append: a.number,
        when: When::After,
    }));
    points
}

/// Crashes at every point, side by side; gives how often it ended in an order and how often in none.
async fn crash_at(points: &[KillPoint], trouble: Trouble) -> BTreeMap<usize, usize> {
    let runs = (0..LANES).map(|at| async move {
        let mut ends = Vec::new();
        let own: Vec<KillPoint> = points.iter().skip(at).step_by(LANES).copied().collect();
        for some in own.chunks(PURCHASES) {
            let lane = Lane::open().await;
            for point in some {
                ends.push(lane.crash(*point, trouble).await);
            }
        }
        ends
    });
    let ends: Vec<Booked> = join_all(runs).await.into_iter().flatten().collect();
    let missed: Vec<&String> = ends
        .iter()
        .filter(|e| !e.struck)
        .map(|e| &e.trace)
        .collect();
    // A search may be decided on in another number of records; that is all that may move a point.
    assert!(missed.len() * 10 <= ends.len(), "not met: {missed:?}");
    let mut counts = BTreeMap::new();
    for end in ends {
        *counts.entry(end.orders.len()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_in_a_purchase_charges_once_or_not_at_all_and_knows_which() {
    let appends = Lane::open().await.appends(Trouble::None).await;

    let ends = crash_at(&sample(&appends), Trouble::None).await;

    // Both ends are among the points, or the points were chosen badly.
    assert!(
        ends.get(&0) > Some(&2) && ends.get(&1) > Some(&2),
        "{ends:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_while_nobody_knows_whether_it_paid_charges_at_most_once() {
    for trouble in [Trouble::LostAnswer, Trouble::PaysLate, Trouble::NeverPays] {
        let appends = Lane::open().await.appends(trouble).await;
        let last_intent = appends
            .iter()
            .rfind(|a| a.kind == "intent" && a.stream.starts_with("purchase/"))
            .unwrap();
        // The request to pay is written down; and it is known that nobody knows.
        let points = [
            (last_intent.number, When::After),
            (last_intent.number + 1, When::After),
        ]
        .map(|(append, when)| KillPoint { append, when });

        let ends = crash_at(&points, trouble).await;

        assert_eq!(ends.values().sum::<usize>(), points.len(), "{trouble:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_point_of_a_purchase_under_every_trouble_charges_at_most_once() {
    if !errand_tests::deep() {
        return crate::foreign::skipped(&errand_tests::foreign::Missing {
            what: "every point of a purchase under every trouble takes minutes".to_owned(),
            remedy: "run make test-deep",
        });
    }
    for trouble in Trouble::ALL {
        let appends = Lane::open().await.appends(trouble).await;
        let points = all(&appends);

        let ends = crash_at(&points, trouble).await;

        assert_eq!(ends.values().sum::<usize>(), points.len(), "{trouble:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_from_two_screens_that_race_for_one_approval_charge_once() {
    let world = World::start(set_up()).await.unwrap();
    let house = world.house().unwrap();
    let mut client = world.client().await.unwrap();
    let other = world.pair().await.unwrap();
    let asked = up_to_the_words(&mut client, MAIN).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();

    let url = format!("{}/api/approvals/{}", house.url(), asked.approval);
    let posts = [&house.token, &other, &house.token, &other].map(|token| {
        let (http, url) = (&http, &url);
        let body = json!({ "answer": asked.words }).to_string();
        async move {
            let sent = http
                .post(url)
                .bearer_auth(token)
                .header("content-type", "application/json")
                .body(body)
                .send();
            sent.await.unwrap().status()
        }
    });
    let (said, statuses) = tokio::join!(client.say(&asked.words), join_all(posts));

    assert_eq!(said.unwrap().of("error").count(), 0);
    assert_eq!(statuses.len(), 4);
    assert_eq!(world.shops.orders().await.unwrap().len(), 1);
    assert_eq!(
        world.shops.charges().await.unwrap().values().sum::<u32>(),
        1
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_purchases_at_once_never_pass_the_limit_of_the_day() {
    let mut set_up = set_up();
    let limit = 10_000;
    set_up.profile.limits.day = Money::new(limit, Currency::parse("USD").unwrap());
    let world = World::start(set_up).await.unwrap();
    // Without a delivery window: of those there are fewer than ten.
    let mut ready = Vec::new();
    for _ in 0..10 {
        let mut client = world.client().await.unwrap();
        let asked = up_to_the_words(&mut client, ANY_DAY).await.unwrap();
        ready.push((client, asked.words));
    }

    let said = ready
        .iter_mut()
        .map(|(client, words)| async move { client.say(words).await.unwrap() });
    let turns = join_all(said).await;

    let orders = world.shops.orders().await.unwrap();
    let spent: i64 = orders
        .iter()
        .map(|order| order.entry["charged"].as_i64().unwrap())
        .sum();
    assert!(spent <= limit, "{spent} of {limit}");
    // As many as fit: a limit that stops everything would pass as well.
    let one = orders[0].entry["charged"].as_i64().unwrap();
    assert_eq!(i64::try_from(orders.len()).unwrap(), limit / one);
    let receipts = turns
        .iter()
        .filter(|turn| turn.last("errand.receipt").is_some());
    assert_eq!(receipts.count(), orders.len());
    world.stop().await;
}
