use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use errand_types::By;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::check::{Seen, differences};
use super::desk::{Counter, Shown};
use super::format::{Act, ApiCall, Story};
use super::matching::has_shape;
use super::tongue::strays;
use crate::harness::{Client, OrderEntry, World};
use crate::talker::Talker;

/// How long something that follows by itself may take: a payment that is asked for again, an order that moves.
const PATIENCE: Duration = Duration::from_secs(4);

/// Questions of one errand.
const QUESTIONS_MAX: usize = 12;

/// How a story went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Name of the file.
    pub story: String,
    /// Everything was as it must be.
    pub passed: bool,
    /// What was not.
    pub differed: Vec<String>,
    /// How long it took.
    pub ms: u64,
    /// What was said and which events came, turn by turn.
    #[serde(skip)]
    pub heard: Vec<String>,
    /// What the shops' books hold in the end: each order's shop, lines, totals, state and delivery, without ids and moments
    /// of placing.
    #[serde(skip)]
    pub orders: Vec<String>,
    /// Who planned each turn, where a language model could have: its name, or why it did not.
    #[serde(skip)]
    pub planners: Vec<String>,
}

/// Plays a story against shops and a runtime that are started for it and closed after it.
pub async fn play(story: &Story) -> Outcome {
    play_with(story, None).await
}

/// The same with a language model that plans.
pub async fn play_with(story: &Story, talker: Option<Arc<Talker>>) -> Outcome {
    let began = Instant::now();
    let mut heard = Vec::new();
    let mut end = End::default();
    let differed = match run(story, talker, &mut heard, &mut end).await {
        Ok(differed) => differed,
        Err(error) => vec![format!("it could not be played: {error:#}")],
    };
    Outcome {
        story: story.name.clone(),
        passed: differed.is_empty(),
        differed,
        ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        heard,
        orders: end.orders,
        planners: end.planners,
    }
}

/// What a story leaves behind.
#[derive(Debug, Default)]
struct End {
    orders: Vec<String>,
    planners: Vec<String>,
}

async fn run(
    story: &Story,
    talker: Option<Arc<Talker>>,
    heard: &mut Vec<String>,
    end: &mut End,
) -> anyhow::Result<Vec<String>> {
    let mut set_up = story.set_up()?;
    set_up.talker = talker;
    let language = set_up.profile.language;
    let world = World::start(set_up).await?;
    for (slug, shop) in &story.shops {
        if shop.faults.is_object() {
            world.shops.faults(slug, &shop.faults).await?;
        }
        for item in &shop.items {
            world.shops.item(slug, item).await?;
        }
    }
    let client = world.client().await?;
    let token = world.house()?.token.clone();
    let mut stage = Stage {
        world,
        client: Some(client),
        tokens: BTreeMap::from([("first".to_owned(), token)]),
        device: "first".to_owned(),
        mark: None,
        seen: Seen::default(),
        desk: Counter::default(),
    };
    let mut differed = Vec::new();
    for (at, step) in story.steps.iter().enumerate() {
        let act = step.act()?;
        let named = || format!("turn {} ({})", at + 1, name(&act));
        stage.seen.next_step();
        let acted = stage.act(&act).await.with_context(named);
        let settled = match acted {
            Ok(()) => stage.settle(&step.expect).await.with_context(named),
            Err(error) => Err(error),
        };
        heard.push(format!("{}\n{}", named(), stage.seen.told()));
        end.planners
            .extend(stage.seen.turn.of("errand.planner").map(planner));
        let mut wrong = settled?;
        wrong.extend(strays(language, &stage.seen));
        differed.extend(wrong.into_iter().map(|line| format!("{}: {line}", named())));
        // What comes after a turn that went wrong says little.
        if !differed.is_empty() {
            break;
        }
    }
    end.orders = kept(stage.world.shops.orders().await?);
    // An open line would be waited for.
    drop(stage.client.take());
    stage.world.stop().await;
    Ok(differed)
}

fn planner(event: &Value) -> String {
    let text = |at: &str| event.pointer(at).and_then(Value::as_str).map(str::to_owned);
    text("/fallback/reason")
        .or_else(|| text("/planner"))
        .unwrap_or_default()
}

/// Orders as text that two worlds have in common.
fn kept(orders: Vec<OrderEntry>) -> Vec<String> {
    let mut all: Vec<String> = orders
        .into_iter()
        .map(|order| {
            let mut entry = order.entry;
            if let Some(entry) = entry.as_object_mut() {
                entry.retain(|key, _| !matches!(key.as_str(), "id" | "checkout_id" | "placed_at"));
                for line in entry
                    .get_mut("lines")
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    if let Some(line) = line.as_object_mut() {
                        line.remove("id");
                    }
                }
                if let Some(slot) = entry.get_mut("slot").and_then(Value::as_object_mut) {
                    slot.remove("id");
                }
            }
            format!("{}: {entry}", order.shop)
        })
        .collect();
    all.sort_unstable();
    all
}

fn name(act: &Act) -> String {
    match act {
        Act::Say(text, _, By::Typed) => format!("say {text:?}"),
        Act::Say(text, _, By::Spoken) => format!("say aloud {text:?}"),
        Act::Answer(text, _, By::Typed) => format!("answer {text}"),
        Act::Answer(text, _, By::Spoken) => format!("answer aloud {text}"),
        Act::Stop => "stop".into(),
        Act::Advance(by) => format!("advance {by:#}"),
        Act::Fault(fault) => format!("fault at {}", fault.shop),
        Act::Item(item) => format!("item {} at {}", item.id, item.shop),
        Act::Call(call) => format!("{} {}", call.method, call.path),
        Act::Reconnect => "reconnect".into(),
        Act::Kill => "kill".into(),
        Act::Device(name) => format!("device {name}"),
        Act::Fresh => "a fresh session".into(),
        Act::Desk(step) => super::desk::name(step),
        Act::Look => "look".into(),
    }
}

/// A story under way.
struct Stage {
    world: World,
    client: Option<Client>,
    tokens: BTreeMap<String, String>,
    device: String,
    /// The answer that is still under way.
    mark: Option<String>,
    seen: Seen,
    /// The people at the desk.
    desk: Counter,
}

impl Stage {
    fn client(&mut self) -> anyhow::Result<&mut Client> {
        self.client.as_mut().context("the connection is closed")
    }

    async fn act(&mut self, act: &Act) -> anyhow::Result<()> {
        match act {
            Act::Say(text, until, by) => self.say(text, until.as_ref(), *by).await?,
            Act::Answer(answer, _, by) if answer == "everything" => {
                self.answer_everything(*by).await?;
            }
            Act::Answer(answer, until, by) => {
                let text = self.answer(answer).await?;
                self.say(&text, until.as_ref(), *by).await?;
            }
            Act::Stop => {
                let mark = self.mark.take().context("no answer is under way")?;
                let client = self.client()?;
                client.send(&json!({ "type": "response.cancel" })).await?;
                let turn = client.finish(&mark).await?;
                self.seen.take(turn);
            }
            Act::Advance(by) => self.world.advance(*by).await?,
            Act::Fault(fault) => self.world.shops.faults(&fault.shop, &fault.set).await?,
            Act::Item(item) => {
                let mut body = serde_json::Map::new();
                body.insert("id".to_owned(), json!(item.id));
                body.extend(item.stock.map(|stock| ("stock".to_owned(), json!(stock))));
                body.extend(item.price.map(|price| ("price".to_owned(), json!(price))));
                let body = serde_json::Value::Object(body);
                self.world.shops.item(&item.shop, &body).await?;
            }
            Act::Call(call) => self.call(call).await?,
            Act::Reconnect => {
                let (session, last) = self.leave()?;
                self.take_up(&session, last.as_deref()).await?;
            }
            Act::Kill => {
                let (session, last) = self.leave()?;
                self.world.kill().await;
                self.world.open().await?;
                self.take_up(&session, last.as_deref()).await?;
            }
            Act::Device(name) => {
                if !self.tokens.contains_key(name) {
                    let token = self.world.pair().await?;
                    self.tokens.insert(name.clone(), token);
                }
                self.device.clone_from(name);
                let (session, _) = self.leave()?;
                self.take_up(&session, None).await?;
            }
            Act::Fresh => {
                self.leave()?;
                self.seen = Seen::default();
                let address = self.world.house()?.address;
                self.client = Some(Client::connect(address, self.token()?).await?);
            }
            Act::Desk(step) => {
                let session = self.client()?.session.clone();
                let house = self.world.house()?;
                let operator = (house.url(), house.token.clone());
                let shown = Shown {
                    products: &self.seen.products,
                    order: self.seen.order.as_deref(),
                };
                let answer = self.desk.act(&operator, &session, step, shown).await?;
                self.seen.answer = answer.or(self.seen.answer.take());
            }
            Act::Look => {}
        }
        Ok(())
    }

    /// Hears what comes by itself until everything is as it must be, or patience ends.
    async fn settle(&mut self, expect: &super::format::Expect) -> anyhow::Result<Vec<String>> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(client) = &mut self.client {
                let turn = client.listen().await?;
                self.seen.take(turn);
            }
            let mut differed = differences(expect, &self.seen, &self.world.shops).await?;
            let session = self.client.as_ref().map(|c| c.session.clone());
            let house = self.world.house()?;
            let operator = (house.url(), house.token.clone());
            let at_desk = self.desk.differences(&operator, session.as_deref(), expect);
            differed.extend(at_desk.await?);
            if differed.is_empty() || Instant::now() >= deadline {
                return Ok(differed);
            }
        }
    }

    async fn say(&mut self, text: &str, until: Option<&Value>, by: By) -> anyhow::Result<()> {
        let client = self.client()?;
        let mark = client.begin(text, by).await?;
        if let Some(shape) = until {
            let turn = client.until_true(|event| has_shape(event, shape)).await?;
            self.seen.take(turn);
            self.mark = Some(mark);
        } else {
            let turn = client.finish(&mark).await?;
            self.seen.take(turn);
        }
        Ok(())
    }

    /// Yes to every consent and the words to every purchase, until nothing is asked any more.
    async fn answer_everything(&mut self, by: By) -> anyhow::Result<()> {
        for _ in 0..QUESTIONS_MAX {
            let answer = match self.seen.asked() {
                "consent" => "yes",
                "purchase" => "words",
                _ => return Ok(()),
            };
            let text = self.answer(answer).await?;
            self.say(&text, None, by).await?;
            let later = self.client()?.listen().await?;
            self.seen.take(later);
        }
        anyhow::bail!("after {QUESTIONS_MAX} answers there is still a question")
    }

    async fn answer(&self, answer: &str) -> anyhow::Result<String> {
        match answer {
            "words" => self.words().await,
            "wrong words" => Ok(wrong(&self.words().await?)),
            other => Ok(other.to_owned()),
        }
    }

    /// The words of the open question: as they came over this connection, or as an enrolled screen reads them.
    async fn words(&self) -> anyhow::Result<String> {
        if let Some(words) = self.seen.words() {
            return Ok(words);
        }
        let approval = self.seen.approval.as_ref();
        let id = approval
            .and_then(|a| a.get("id")?.as_str())
            .with_context(|| format!("no words are open; it said: {:?}", self.seen.turn.text()))?;
        let url = format!("{}/api/approvals/{id}", self.world.house()?.url());
        let http = reqwest::Client::builder().no_proxy().build()?;
        let answer = http.get(url).bearer_auth(self.token()?).send().await?;
        let body: Value = serde_json::from_slice(&answer.bytes().await?)?;
        let words = body.get("words").and_then(Value::as_str);
        Ok(words.context("a screen reads no words either")?.to_owned())
    }

    fn token(&self) -> anyhow::Result<&str> {
        let token = self.tokens.get(&self.device);
        Ok(token.context("this device was never enrolled")?)
    }

    fn leave(&mut self) -> anyhow::Result<(String, Option<String>)> {
        let client = self.client.take().context("the connection is closed")?;
        let left = (client.session.clone(), client.last_event.clone());
        client.drop_line();
        self.mark = None;
        Ok(left)
    }

    async fn take_up(&mut self, session: &str, last: Option<&str>) -> anyhow::Result<()> {
        let address = self.world.house()?.address;
        let token = self.token()?.to_owned();
        let client = Client::resume(address, &token, session, last).await?;
        // The words were for the connection that is gone.
        if let Some(approval) = self.seen.approval.as_mut().and_then(Value::as_object_mut) {
            approval.remove("words");
        }
        self.client = Some(client);
        Ok(())
    }

    async fn call(&mut self, call: &ApiCall) -> anyhow::Result<()> {
        let approval = self
            .seen
            .approval
            .as_ref()
            .and_then(|a| a.get("id")?.as_str());
        let path = call
            .path
            .replace("{order}", self.seen.order.as_deref().unwrap_or("none"))
            .replace("{approval}", approval.unwrap_or("none"));
        let url = format!("{}{path}", self.world.house()?.url());
        let method = call.method.parse().context("a method of HTTP")?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut request = http.request(method, url).bearer_auth(self.token()?);
        if let Some(body) = &call.body {
            let mut body = body.to_string();
            if body.contains("{words}") {
                body = body.replace("{words}", &self.words().await?);
            }
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await?;
        self.seen.answer = Some((status, serde_json::from_slice(&body).unwrap_or_default()));
        Ok(())
    }
}

/// Two words of the list that are not these.
fn wrong(words: &str) -> String {
    const OTHERS: [&str; 3] = ["impala epoch", "dancer suggest", "lettuce burrito"];
    let is_other = |pair: &&&str| {
        errand_trust::is_attempt(pair)
            && pair
                .split(' ')
                .all(|word| !words.split_whitespace().any(|open| open == word))
    };
    let found = OTHERS.iter().find(is_other);
    found.map_or_else(String::new, |pair| (*pair).to_owned())
}
