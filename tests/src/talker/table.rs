//! From a prompt back to what is on the table. A handle stands for an id of its own: this server knows no others.

use anyhow::Context as _;
use errand_model::{CartItem, Open, OrderBrief, Scene, ShopName, Shown};
use errand_types::{
    Choice, ConfigOption, ConfigValue, Configuration, Currency, ForeignId, MerchantId, Money,
    OfferRef, OrderId, Rating, Text, Wish,
};
use jiff::Timestamp;
use serde_json::Value;

/// What a prompt says.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) scene: Scene,
    pub(super) text: String,
}

/// The handle that an offer of this server stands for.
pub(super) fn handle(offer: &OfferRef) -> String {
    offer.product.to_string()
}

/// The handle of an order: `ord_o1` is `o1`.
pub(super) fn order_handle(order: &OrderId) -> String {
    order.as_str().trim_start_matches("ord_").to_owned()
}

pub(super) fn read(body: &Value) -> anyhow::Result<Table> {
    let prompt = body
        .pointer("/messages/1/content")
        .and_then(Value::as_str)
        .context("a user's message")?;
    let (facts, now) = prompt
        .strip_prefix("<facts>")
        .and_then(|rest| rest.split_once("</facts>\nThe person says now: "))
        .context("facts and words")?;
    let facts: Value = serde_json::from_str(facts).context("facts are JSON")?;
    let text: String = serde_json::from_str(now).context("words are JSON")?;
    let tools = list(body, "tools")
        .iter()
        .filter_map(|t| t.pointer("/function/name")?.as_str());
    let currency = Currency::parse(string(&facts, "currency")?)?;
    let scene = Scene {
        agent: Text::clip("concierge"),
        tools: tools.map(Text::clip).collect(),
        assembly: None,
        language: errand_types::Language::English,
        now: moment(string(&facts, "now")?)?,
        zone: Text::clip(string(&facts, "zone")?),
        currency,
        shops: all(&facts, "shops", |s| {
            Ok(ShopName {
                id: MerchantId::parse(string(s, "id")?)?,
                name: Text::clip(string(s, "name")?),
            })
        })?,
        need: facts
            .get("last_search")
            .map(|n| serde_json::from_value(n.clone()))
            .transpose()?,
        shown: all(&facts, "shown", |s| shown(s, currency))?,
        focus: facts
            .get("talk_is_about")
            .and_then(Value::as_str)
            .map(offer)
            .transpose()?,
        configuring: facts.get("choosing_options").map(configuring).transpose()?,
        cart: all(&facts, "cart", |line| {
            Ok(CartItem {
                offer: offer(string(line, "product")?)?,
                title: Text::clip(string(line, "title")?),
                quantity: u32::try_from(line.get("pieces").and_then(Value::as_u64).unwrap_or(1))?,
                words: words(line, "kinds"),
            })
        })?,
        wish: facts.get("wanted_here").map(wish).transpose()?,
        open: facts
            .get("errand_asked")
            .map(|o| serde_json::from_value::<Open>(o.clone()))
            .transpose()?,
        orders: all(&facts, "orders", order)?,
        lost: 0,
    };
    Ok(Table { scene, text })
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn all<T>(
    facts: &Value,
    key: &str,
    read: impl Fn(&Value) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    list(facts, key)
        .iter()
        .map(|v| read(v).with_context(|| key.to_owned()))
        .collect()
}

fn string<'v>(value: &'v Value, key: &str) -> anyhow::Result<&'v str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .with_context(|| format!("`{key}`"))
}

fn words(value: &Value, key: &str) -> Vec<Text<80>> {
    list(value, key)
        .iter()
        .filter_map(Value::as_str)
        .map(Text::clip)
        .collect()
}

/// `Saturday 2026-11-28T10:00:00-05:00`.
fn moment(text: &str) -> anyhow::Result<Timestamp> {
    let (_, at) = text.split_once(' ').context("a day and a time")?;
    Ok(at.parse()?)
}

fn offer(handle: &str) -> anyhow::Result<OfferRef> {
    Ok(OfferRef {
        merchant: MerchantId::parse("talked-about")?,
        product: ForeignId::parse(handle)?,
        variant: ForeignId::parse(handle)?,
    })
}

fn amount(text: &str) -> anyhow::Result<Money> {
    let (number, currency) = text.split_once(' ').context("an amount and a currency")?;
    let currency = Currency::parse(currency)?;
    Ok(match number.strip_prefix('-') {
        Some(less) => Money::zero(currency).minus(Money::parse(less, currency)?)?,
        None => Money::parse(number, currency)?,
    })
}

fn shown(value: &Value, currency: Currency) -> anyhow::Result<Shown> {
    let price = amount(string(value, "price")?).unwrap_or(Money::zero(currency));
    let shop = MerchantId::parse(string(value, "shop")?)?;
    Ok(Shown {
        offer: OfferRef {
            merchant: shop,
            ..offer(string(value, "product")?)?
        },
        title: Text::clip(string(value, "title")?),
        brand: value.get("brand").and_then(Value::as_str).map(Text::clip),
        price,
        rating: value.get("rating").and_then(Value::as_str).and_then(rating),
        words: words(value, "words"),
        delivery: None,
        configurable: value.get("has_options") == Some(&Value::Bool(true)),
    })
}

/// `4.5 by 128 people`.
fn rating(text: &str) -> Option<Rating> {
    let (stars, rest) = text.split_once(" by ")?;
    let (whole, part) = stars.split_once('.')?;
    let hundredths =
        whole.parse::<u16>().ok()? * 100 + format!("{part:0<2}").parse::<u16>().ok()?;
    Some(Rating {
        hundredths,
        count: rest.split(' ').next()?.parse().ok()?,
    })
}

fn configuring(value: &Value) -> anyhow::Result<(OfferRef, Configuration, Vec<Choice>)> {
    let options = value
        .get("options")
        .and_then(Value::as_object)
        .context("options")?;
    let options = options.iter().map(|(name, values)| {
        let values = values.as_array().into_iter().flatten().map(|v| {
            Ok(ConfigValue {
                label: Text::clip(string(v, "value")?),
                delta: amount(string(v, "adds")?)?,
            })
        });
        Ok(ConfigOption {
            name: Text::clip(name),
            values: values.collect::<anyhow::Result<_>>()?,
        })
    });
    let chosen = value
        .get("chosen")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    Ok((
        offer(string(value, "product")?)?,
        Configuration {
            options: options.collect::<anyhow::Result<_>>()?,
            rules: Vec::new(),
        },
        chosen
            .map(|(option, value)| Choice {
                option: Text::clip(option),
                value: Text::clip(value.as_str().unwrap_or_default()),
            })
            .collect(),
    ))
}

fn wish(value: &Value) -> anyhow::Result<Wish> {
    let earliest = value.get("earliest").and_then(Value::as_str);
    Ok(Wish {
        earliest: earliest.map(moment).transpose()?,
        latest: moment(string(value, "latest")?)?,
        said: Text::clip(string(value, "said")?),
    })
}

fn order(value: &Value) -> anyhow::Result<OrderBrief> {
    let lines = list(value, "lines").iter().map(|line| {
        let pieces = line.get("pieces").and_then(Value::as_u64).unwrap_or(1);
        Ok((offer(string(line, "product")?)?, u32::try_from(pieces)?))
    });
    Ok(OrderBrief {
        id: OrderId::from_tail(string(value, "order")?)?,
        number: Text::clip(string(value, "number")?),
        what: Text::clip(string(value, "what")?),
        merchant: MerchantId::parse(string(value, "shop")?)?,
        state: serde_json::from_value(value.get("state").cloned().unwrap_or_default())?,
        lines: lines.collect::<anyhow::Result<_>>()?,
        words: words(value, "kinds"),
    })
}
