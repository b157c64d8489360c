use serde_json::{Value, json};

use super::format::{Expect, Products};
use super::matching::{all_have_shapes, has_shape};
use crate::harness::{Shops, Turn};

/// What the client has seen so far, as a face would hold it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Since the last step.
    pub(crate) turn: Turn,
    /// The cart.
    pub(crate) cart: Value,
    /// The plan.
    pub(crate) plan: Value,
    /// The products last shown, also side by side.
    pub(crate) products: Value,
    /// The open approval, with its words if they came over this connection.
    pub(crate) approval: Option<Value>,
    /// A question with answers to tap.
    pub(crate) choice: Option<Value>,
    /// The latest order.
    pub(crate) order: Option<String>,
    /// The answer to a call: status and body.
    pub(crate) answer: Option<(u16, Value)>,
}

impl Seen {
    /// Forgets what the last step brought; what lasts stays.
    pub(crate) fn next_step(&mut self) {
        self.turn = Turn::default();
        self.answer = None;
    }

    /// Takes in what a step brought.
    pub(crate) fn take(&mut self, turn: Turn) {
        for event in &turn.events {
            self.see(event);
        }
        self.turn.extend(turn);
    }

    fn see(&mut self, event: &Value) {
        let part = |name: &str| event.get(name).cloned().unwrap_or_default();
        match event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
        {
            "errand.cart.updated" => self.cart = part("cart"),
            "errand.plan.updated" => self.plan = part("plan"),
            "errand.products" => self.products = event.clone(),
            "errand.comparison" => {
                let rows = event.get("rows").and_then(Value::as_array);
                let cards = rows.into_iter().flatten().filter_map(|row| row.get("card"));
                self.products = json!({ "items": cards.collect::<Vec<_>>() });
            }
            "errand.approval.required" => self.approval = Some(part("approval")),
            "errand.approval.resolved" => {
                let is_this = self
                    .approval
                    .as_ref()
                    .is_some_and(|open| open.get("id") == event.get("id"));
                if is_this && event.get("outcome") != Some(&json!("wrong")) {
                    self.approval = None;
                }
            }
            "errand.question" => self.choice = Some(event.clone()),
            "errand.receipt" => {
                self.order = event
                    .pointer("/order/id")
                    .and_then(Value::as_str)
                    .map(ToOwned::to_owned);
            }
            "errand.session.state" => {
                self.cart = part("cart");
                self.plan = part("plan");
                if !part("products").is_null() {
                    self.products = part("products");
                }
                self.approval = Some(part("approval")).filter(|a| !a.is_null());
            }
            "response.created" => self.choice = None,
            _ => {}
        }
    }

    /// What was said, and the events beside it, for a person who looks for the difference.
    pub(crate) fn told(&self) -> String {
        let kinds: Vec<&str> = self
            .turn
            .events
            .iter()
            .filter_map(|event| event.get("type")?.as_str())
            .filter(|kind| kind.starts_with("errand.") || *kind == "error")
            .collect();
        format!("{}\n  [{}]", self.turn.text(), kinds.join(", "))
    }

    /// The two words of the open purchase.
    pub(crate) fn words(&self) -> Option<String> {
        let words = self.approval.as_ref()?.get("words")?.as_str()?;
        Some(words.to_owned())
    }

    fn cart_lines(&self) -> Vec<Value> {
        let groups = self.cart.get("groups").and_then(Value::as_array);
        let mut lines = Vec::new();
        for group in groups.into_iter().flatten() {
            let of_group = group.get("lines").and_then(Value::as_array);
            for line in of_group.into_iter().flatten() {
                let mut line = line.clone();
                if let Some(line) = line.as_object_mut() {
                    let shop = group.get("merchant_name").cloned().unwrap_or_default();
                    line.insert("shop".into(), shop);
                }
                lines.push(line);
            }
        }
        lines
    }

    /// What is asked now.
    pub(crate) fn asked(&self) -> &str {
        match (&self.approval, &self.choice) {
            (Some(approval), _) => approval
                .get("kind")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            (None, Some(_)) => "choice",
            (None, None) => "none",
        }
    }

    fn codes(&self) -> Vec<String> {
        let kinds = ["errand.policy.explained", "errand.notice", "error"];
        let mut codes = Vec::new();
        for kind in kinds {
            codes.extend(self.turn.of(kind).filter_map(|event| {
                event
                    .get("code")
                    .or_else(|| event.pointer("/error/code"))?
                    .as_str()
                    .map(ToOwned::to_owned)
            }));
        }
        codes
    }
}

/// Everything that is not as it must be, each in one line.
pub(crate) async fn differences(
    expect: &Expect,
    seen: &Seen,
    shops: &Shops,
) -> anyhow::Result<Vec<String>> {
    let mut differed = Vec::new();
    words(expect, seen, &mut differed);
    events(expect, seen, &mut differed);
    state(expect, seen, &mut differed);
    books(expect, shops, &mut differed).await?;
    Ok(differed)
}

fn words(expect: &Expect, seen: &Seen, differed: &mut Vec<String>) {
    let said = seen.turn.text();
    let lower = said.to_lowercase();
    for part in &expect.said {
        if !lower.contains(&part.to_lowercase()) {
            differed.push(format!("`{part}` was not said; it said: {said:?}"));
        }
    }
    for part in &expect.not_said {
        if lower.contains(&part.to_lowercase()) {
            differed.push(format!("`{part}` was said: {said:?}"));
        }
    }
}

fn events(expect: &Expect, seen: &Seen, differed: &mut Vec<String>) {
    let events = &seen.turn.events;
    for shape in &expect.events {
        if events.iter().any(|event| has_shape(event, shape)) {
            continue;
        }
        let kind = shape
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let near: Vec<String> = seen.turn.of(kind).map(ToString::to_string).collect();
        differed.push(format!(
            "no event like {shape}; of its type came: [{}]",
            cut(&near.join(", "))
        ));
    }
    for shape in &expect.no_events {
        if let Some(event) = events.iter().find(|event| has_shape(event, shape)) {
            differed.push(format!(
                "an event like {shape} came: {}",
                cut(&event.to_string())
            ));
        }
    }
    if let Some(code) = &expect.refused {
        let codes = seen.codes();
        if !codes.contains(code) {
            differed.push(format!(
                "`{code}` was not given; codes: {codes:?}; it said: {:?}",
                seen.turn.text()
            ));
        }
    }
}

fn state(expect: &Expect, seen: &Seen, differed: &mut Vec<String>) {
    if let Some(question) = &expect.question
        && question != seen.asked()
    {
        differed.push(format!(
            "asked is `{}`, not `{question}`; it said: {:?}",
            seen.asked(),
            seen.turn.text()
        ));
    }
    if let Some(shapes) = &expect.cart {
        let lines = seen.cart_lines();
        if !all_have_shapes(&lines, shapes) {
            differed.push(format!(
                "the cart is {}, not {}",
                list(&lines),
                list(shapes)
            ));
        }
    }
    let steps = seen.plan.get("steps").cloned().unwrap_or_default();
    for shape in &expect.plan {
        let one = json!([shape]);
        if !has_shape(&steps, &one) {
            differed.push(format!("no step of the plan like {shape}; steps: {steps}"));
        }
    }
    if let Some(wanted) = &expect.products {
        products(wanted, &seen.products, differed);
    }
    let (status, answer) = seen.answer.clone().unwrap_or_default();
    if expect.status.is_some_and(|wanted| wanted != status) {
        differed.push(format!("the call ended with {status}: {answer}"));
    }
    if let Some(shape) = &expect.answer
        && !has_shape(&answer, shape)
    {
        differed.push(format!("the answer is not like {shape}: {answer}"));
    }
}

fn products(wanted: &Products, shown: &Value, differed: &mut Vec<String>) {
    let items = shown
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let titles = || {
        let title = |item: &Value| {
            let text = |name: &str| item.get(name).map(ToString::to_string).unwrap_or_default();
            format!(
                "{} {} {}",
                text("title"),
                item.pointer("/price/minor").cloned().unwrap_or_default(),
                text("merchant_name")
            )
        };
        let all: Vec<String> = items.iter().map(title).collect();
        all.join("; ")
    };
    if wanted.min.is_some_and(|min| items.len() < min)
        || wanted.max.is_some_and(|max| items.len() > max)
    {
        differed.push(format!("{} products are shown: {}", items.len(), titles()));
    }
    if let Some(shape) = &wanted.first
        && !items.first().is_some_and(|item| has_shape(item, shape))
    {
        differed.push(format!(
            "the first product is not like {shape}: {}",
            titles()
        ));
    }
    if let Some(shape) = &wanted.every
        && (items.is_empty() || !items.iter().all(|item| has_shape(item, shape)))
    {
        differed.push(format!("not every product is like {shape}: {}", titles()));
    }
    if let Some(shape) = &wanted.none
        && items.iter().any(|item| has_shape(item, shape))
    {
        differed.push(format!("a product is like {shape}: {}", titles()));
    }
    let prices: Vec<i64> = items
        .iter()
        .filter_map(|item| item.pointer("/price/minor")?.as_i64())
        .collect();
    if let Some(max) = wanted.price_max
        && (prices.is_empty() || prices.iter().any(|price| *price > max))
    {
        differed.push(format!(
            "not every product costs at most {max}: {}",
            titles()
        ));
    }
    if wanted.by_price && !prices.is_sorted() {
        differed.push(format!("the products are not by price: {}", titles()));
    }
}

async fn books(expect: &Expect, shops: &Shops, differed: &mut Vec<String>) -> anyhow::Result<()> {
    let orders: Vec<Value> = shops
        .orders()
        .await?
        .into_iter()
        .map(|order| {
            let mut entry = order.entry;
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("shop".into(), json!(order.shop));
            }
            entry
        })
        .collect();
    if let Some(shapes) = &expect.orders
        && !all_have_shapes(&orders, shapes)
    {
        differed.push(format!(
            "the orders in the books are {}, not {}",
            list(&orders),
            list(shapes)
        ));
    }
    let (mut charged, mut refunded) = (0, 0);
    for slug in shops.slugs() {
        let books = shops.books(slug).await?;
        let sum = |name: &str| books.get(name).and_then(Value::as_i64).unwrap_or_default();
        charged += sum("charged");
        refunded += sum("refunded");
    }
    if expect.charged.is_some_and(|wanted| wanted != charged) {
        differed.push(format!("{charged} cents were charged"));
    }
    if expect.refunded.is_some_and(|wanted| wanted != refunded) {
        differed.push(format!("{refunded} cents were given back"));
    }
    if expect.nothing_bought && (!orders.is_empty() || charged != 0) {
        differed.push(format!(
            "something was bought: {charged} cents, {}",
            list(&orders)
        ));
    }
    // Whatever a story is about: no checkout is ever charged twice.
    for (checkout, times) in shops.charges().await? {
        if times > 1 {
            differed.push(format!("the checkout {checkout} was charged {times} times"));
        }
    }
    Ok(())
}

fn list(values: &[Value]) -> String {
    let all: Vec<String> = values.iter().map(ToString::to_string).collect();
    format!("[{}]", all.join(", "))
}

fn cut(text: &str) -> String {
    const MOST: usize = 1_500;
    let mut kept: String = text.chars().take(MOST).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}
