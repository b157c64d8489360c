use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use errand_cli::PersonSettings;
use errand_merchant::ClientLimits;
use errand_types::By;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::SetUp;

/// A story: one person, one clock, three shops, and turns. An unknown key is an error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// File name without its ending.
    #[serde(skip)]
    pub name: String,
    /// What it shows, in one sentence.
    pub about: String,
    /// When it begins.
    #[serde(default)]
    pub clock: Start,
    /// Who the person is: the table `[person]` of errand's settings file.
    #[serde(default)]
    pub profile: PersonSettings,
    /// How the shops are at first, by their short names.
    #[serde(default)]
    pub shops: BTreeMap<String, ShopSetUp>,
    /// Bounds of the shops' clients, for stories about slow shops.
    #[serde(default)]
    pub client: ClientBounds,
    /// Keep the journal on disk; needed for `kill`.
    #[serde(default)]
    pub on_disk: bool,
    /// What happens, in order.
    #[serde(rename = "turn")]
    pub steps: Vec<Step>,
}

/// When a story begins.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Start {
    /// A moment: `2026-11-25T15:00:00Z`.
    pub start: Timestamp,
    /// IANA zone of the person and the shops.
    pub zone: String,
}

impl Default for Start {
    /// Wednesday morning in New York, three days before a Saturday.
    fn default() -> Self {
        Self {
            start: Timestamp::constant(1_795_618_800, 0),
            zone: "America/New_York".into(),
        }
    }
}

/// How a shop is at first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShopSetUp {
    /// It is not connected.
    pub absent: bool,
    /// Switches of `/_test/faults`, set once the house is open.
    pub faults: Value,
    /// Stock and prices of `/_test/items`.
    pub items: Vec<Value>,
}

/// Bounds of the shops' clients; what is absent is as in the product.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientBounds {
    /// One search, in milliseconds.
    pub search_ms: Option<u64>,
    /// One read, in milliseconds.
    pub read_ms: Option<u64>,
    /// One change, in milliseconds.
    pub write_ms: Option<u64>,
    /// The payment, in milliseconds.
    pub complete_ms: Option<u64>,
    /// Attempts at most.
    pub attempts: Option<u32>,
    /// How long a shop keeps back the answer to a payment whose bank is slow, in milliseconds.
    pub payment_hold_ms: Option<u64>,
}

/// One thing that happens, and what must be true after it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What the person says.
    say: Option<String>,
    /// With `say` and `answer`: it is spoken, and heard by the device's own ears. The answer is told aloud.
    #[serde(default)]
    spoken: bool,
    /// The answer to the open question: `words`, `wrong words`, or a word such as `yes` and `no`. `everything` says yes
    /// to each consent and the words to each purchase until nothing is asked.
    answer: Option<String>,
    /// Stops the answer under way, as the stop button does.
    #[serde(default)]
    stop: bool,
    /// Time that goes by: `PT3H`, `P2D` (days of 24 hours).
    advance: Option<String>,
    /// Switches of a shop: `{ shop = "volt-wire", set = { dead = true } }`.
    fault: Option<Fault>,
    /// Stock or price at a shop: `{ shop = "pantry-lane", id = "...", stock = 0 }`.
    item: Option<Item>,
    /// A call of errand's HTTP interface: `{ method = "POST", path = "/api/orders/{order}/cancel" }`. `{order}` is the
    /// latest order, `{approval}` the open question, `{words}` in a body its two words as a screen reads them.
    call: Option<ApiCall>,
    /// The connection breaks and comes back after the last event that arrived.
    #[serde(default)]
    reconnect: bool,
    /// The process is killed and started again on its data; the session is taken up.
    #[serde(default)]
    kill: bool,
    /// A name: the session goes on at another device, or back at one that was used.
    device: Option<String>,
    /// A new session of the same person.
    #[serde(default)]
    fresh: bool,
    /// Somebody at the desk comes, takes an errand, says or does something, hands back.
    desk: Option<DeskStep>,
    /// With `say` and `answer`: do not wait for the end of the answer, only for an event of this shape.
    until: Option<Value>,
    /// What must be true now.
    #[serde(default)]
    pub expect: Expect,
}

/// What somebody at the desk does: one of the keys but `by`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskStep {
    /// Their name; `Mara` when absent. Whoever is named first is given access then.
    pub by: Option<String>,
    /// Is given access, and comes to the desk or leaves it.
    pub here: Option<bool>,
    /// Their access is taken away.
    pub removed: bool,
    /// Reads the errand of the story's session.
    pub read: bool,
    /// Takes it over, for this reason.
    pub take: Option<String>,
    /// Says something to the person.
    pub say: Option<String>,
    /// Asks for a tool: `{ tool = "cart_add", arguments = { offer = "shown 1", quantity = 1 } }`. A text `shown N` stands
    /// for the offer of the Nth product last shown, `{order}` for the latest order.
    pub act: Option<Value>,
    /// Asks to see `town`, `window` or `order_number`.
    pub see: Option<Vec<String>>,
    /// Notes something for the desk.
    pub note: Option<String>,
    /// Hands back, with this line.
    pub back: Option<String>,
    /// Puts it back into the queue.
    pub release: bool,
}

/// Switches of a shop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Short name.
    pub shop: String,
    /// Switches as in `/_test/faults`.
    pub set: Value,
}

/// Stock or price.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Short name.
    pub shop: String,
    /// The variant.
    pub id: String,
    /// Pieces.
    pub stock: Option<u32>,
    /// Cents.
    pub price: Option<u32>,
}

/// A call of the HTTP interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiCall {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Body.
    pub body: Option<Value>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Act {
    /// Say it; wait for the end, or for an event of a shape.
    Say(String, Option<Value>, By),
    /// Answer the open question.
    Answer(String, Option<Value>, By),
    /// Stop the answer under way.
    Stop,
    /// Time goes by.
    Advance(SignedDuration),
    /// A shop misbehaves.
    Fault(Fault),
    /// A shelf changes.
    Item(Item),
    /// A call of the HTTP interface.
    Call(ApiCall),
    /// The line breaks and comes back.
    Reconnect,
    /// The process is killed and comes back.
    Kill,
    /// The session goes on at another device.
    Device(String),
    /// A new session.
    Fresh,
    /// Somebody at the desk does something.
    Desk(Box<DeskStep>),
    /// Nothing happens; what must be true is looked at again.
    Look,
}

/// What must be true. What is absent is not looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Texts that occur in what was said since the last step, letters of both cases alike.
    pub said: Vec<String>,
    /// Texts that do not occur.
    pub not_said: Vec<String>,
    /// What is asked now: `consent`, `purchase`, `choice` or `none`.
    pub question: Option<String>,
    /// Shapes of events that came since the last step.
    pub events: Vec<Value>,
    /// Shapes of events that did not come.
    pub no_events: Vec<Value>,
    /// Shapes of the lines of the cart, all of them.
    pub cart: Option<Vec<Value>>,
    /// Shapes of the orders in the books of the shops, all of them.
    pub orders: Option<Vec<Value>>,
    /// Cents charged by all shops, all together.
    pub charged: Option<i64>,
    /// Cents given back by all shops, all together.
    pub refunded: Option<i64>,
    /// Stable code of a refusal or a notice that came.
    pub refused: Option<String>,
    /// Shapes of steps of the plan as last shown.
    pub plan: Vec<Value>,
    /// The products last shown.
    pub products: Option<Products>,
    /// No shop has an order, and none charged anything.
    pub nothing_bought: bool,
    /// Shape of the answer to `call`.
    pub answer: Option<Value>,
    /// Status of the answer to `call`.
    pub status: Option<u16>,
    /// Shapes of what waits at the desk, in its order, all of it.
    pub queue: Option<Vec<Value>>,
    /// Shape of the errand as whoever acted last at the desk sees it.
    pub errand: Option<Value>,
    /// Texts that are nowhere in that.
    pub not_seen: Vec<String>,
    /// Shapes of entries of "who saw my errand".
    pub seen: Vec<Value>,
    /// Shape of how the desk does.
    pub stats: Option<Value>,
}

/// What must be true of the products last shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Products {
    /// At least so many.
    pub min: Option<usize>,
    /// At most so many.
    pub max: Option<usize>,
    /// Shape of the first.
    pub first: Option<Value>,
    /// Shape of each.
    pub every: Option<Value>,
    /// Shape of none.
    pub none: Option<Value>,
    /// Highest price of one piece in cents.
    pub price_max: Option<i64>,
    /// Each price is at least the one before.
    pub by_price: bool,
}

impl Step {
    /// What happens.
    ///
    /// # Errors
    /// When a step says more than one thing.
    pub fn act(&self) -> anyhow::Result<Act> {
        let by = if self.spoken { By::Spoken } else { By::Typed };
        let mut acts = Vec::new();
        acts.extend(
            self.say
                .as_ref()
                .map(|s| Act::Say(s.clone(), self.until.clone(), by)),
        );
        acts.extend(
            self.answer
                .as_ref()
                .map(|s| Act::Answer(s.clone(), self.until.clone(), by)),
        );
        acts.extend(self.stop.then_some(Act::Stop));
        if let Some(text) = &self.advance {
            acts.push(Act::Advance(duration(text)?));
        }
        acts.extend(self.fault.clone().map(Act::Fault));
        acts.extend(self.item.clone().map(Act::Item));
        acts.extend(self.call.clone().map(Act::Call));
        acts.extend(self.reconnect.then_some(Act::Reconnect));
        acts.extend(self.kill.then_some(Act::Kill));
        acts.extend(self.device.clone().map(Act::Device));
        acts.extend(self.fresh.then_some(Act::Fresh));
        acts.extend(self.desk.clone().map(|desk| Act::Desk(Box::new(desk))));
        anyhow::ensure!(
            acts.len() <= 1,
            "a turn does one thing; this one does {}: {acts:?}",
            acts.len()
        );
        Ok(acts.pop().unwrap_or(Act::Look))
    }
}

fn duration(text: &str) -> anyhow::Result<SignedDuration> {
    let span: jiff::Span = text
        .parse()
        .with_context(|| format!("`{text}` is no time span"))?;
    // A day is 24 hours here: stories say moments, and the clock has no zone.
    Ok(span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())?)
}

impl Story {
    /// The world that the story begins in.
    ///
    /// # Errors
    /// When the profile does not fit.
    pub fn set_up(&self) -> anyhow::Result<SetUp> {
        let mut person = self.profile.clone();
        person.zone.get_or_insert_with(|| self.clock.zone.clone());
        let mut set_up = SetUp::new(person.profile()?, self.clock.start);
        set_up.limits = self.client.limits();
        if let Some(hold) = self.client.payment_hold_ms {
            set_up.payment_hold = Duration::from_millis(hold);
        }
        let absent = self.shops.iter().filter(|(_, shop)| shop.absent);
        set_up.left_out = absent.map(|(slug, _)| slug.clone()).collect();
        set_up.on_disk = self.on_disk;
        Ok(set_up)
    }
}

impl ClientBounds {
    fn limits(&self) -> ClientLimits {
        let usual = ClientLimits::default();
        ClientLimits {
            search_ms: self.search_ms.unwrap_or(usual.search_ms),
            read_ms: self.read_ms.unwrap_or(usual.read_ms),
            write_ms: self.write_ms.unwrap_or(usual.write_ms),
            complete_ms: self.complete_ms.unwrap_or(usual.complete_ms),
            attempts: self.attempts.unwrap_or(usual.attempts),
            ..usual
        }
    }
}

/// Reads a story.
///
/// # Errors
/// When the file is no story, with the place.
pub fn load_file(path: &Path) -> anyhow::Result<Story> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut story: Story = toml::from_str(&text).with_context(|| path.display().to_string())?;
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default()
        .clone_into(&mut story.name);
    for (at, step) in story.steps.iter().enumerate() {
        step.act()
            .with_context(|| format!("{}, turn {}", path.display(), at + 1))?;
    }
    Ok(story)
}

/// Paths of all stories of a folder and the folders in it, by name.
///
/// # Errors
/// When the folder cannot be read or holds no story.
pub fn load_dir(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    anyhow::ensure!(
        !found.is_empty(),
        "there is no story (*.toml) in `{}`",
        dir.display()
    );
    Ok(found)
}
