use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use errand_cli::{BuiltIn, MerchantSource};
use errand_shop::IdSeed;
use errand_types::MerchantId;
use serde_json::{Value, json};

use super::HouseClock;

/// The three built-in shops with their test switches, reached over HTTP like any stranger's.
#[derive(Debug)]
pub struct Shops {
    built_in: BuiltIn,
    http: reqwest::Client,
}

/// An order in a shop's books, with the shop's short name.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderEntry {
    /// Short name of the shop: `pantry-lane`.
    pub shop: String,
    /// As the shop keeps it.
    pub entry: Value,
}

impl Shops {
    /// Starts them on free ports. `payment_hold`: how long a payment without an answer is kept back.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(
        clock: &HouseClock,
        zone: &str,
        data: Option<&Path>,
        payment_hold: Duration,
    ) -> anyhow::Result<Self> {
        let built_in = BuiltIn::start(0, data, zone, |config| {
            config.clock = clock.for_shops();
            config.admin = true;
            config.payment_hold = payment_hold;
            // Shops that know nothing of each other draw different ids.
            config.ids = IdSeed::fixed(700 + config.which as u64);
        })
        .await?;
        // Once in a process; a second world in the same one finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()?;
        Ok(Self { built_in, http })
    }

    /// How the runtime is told of them.
    ///
    /// # Errors
    /// Never with the names that the shops have.
    pub fn sources(&self, left_out: &[String]) -> anyhow::Result<Vec<MerchantSource>> {
        let shops = self.built_in.shops.iter();
        shops
            .filter(|shop| !left_out.iter().any(|slug| slug == shop.which.slug()))
            .map(|shop| {
                Ok(MerchantSource {
                    url: shop.url(),
                    id: Some(MerchantId::parse(shop.which.slug())?),
                    name: shop.which.name().to_owned(),
                })
            })
            .collect()
    }

    /// Address of a shop by its short name.
    ///
    /// # Errors
    /// When no shop has that name.
    pub fn url(&self, slug: &str) -> anyhow::Result<String> {
        let mut shops = self.built_in.shops.iter();
        shops
            .find(|shop| shop.which.slug() == slug)
            .map(errand_cli::BuiltInShop::url)
            .with_context(|| format!("there is no shop `{slug}`"))
    }

    /// Short names of all three.
    pub fn slugs(&self) -> Vec<&'static str> {
        let shops = self.built_in.shops.iter();
        shops.map(|shop| shop.which.slug()).collect()
    }

    /// The books of a shop: `GET /_test/books`.
    ///
    /// # Errors
    /// When the shop does not answer.
    pub async fn books(&self, slug: &str) -> anyhow::Result<Value> {
        let url = format!("{}/_test/books", self.url(slug)?);
        Ok(self.http.get(url).send().await?.json().await?)
    }

    /// Every order of every shop.
    ///
    /// # Errors
    /// When a shop does not answer.
    pub async fn orders(&self) -> anyhow::Result<Vec<OrderEntry>> {
        let mut all = Vec::new();
        for slug in self.slugs() {
            let books = self.books(slug).await?;
            let orders = books
                .get("orders")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            all.extend(orders.map(|entry| OrderEntry {
                shop: slug.to_owned(),
                entry: entry.clone(),
            }));
        }
        Ok(all)
    }

    /// Successful charges of every shop, by checkout. More than one for a checkout is money taken twice.
    ///
    /// # Errors
    /// When a shop does not answer.
    pub async fn charges(&self) -> anyhow::Result<BTreeMap<String, u32>> {
        let mut by_checkout = BTreeMap::new();
        for slug in self.slugs() {
            let books = self.books(slug).await?;
            let charges = books
                .get("charges")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            for charge in charges.filter(|c| c.get("outcome") == Some(&json!("charged"))) {
                let checkout = charge
                    .get("checkout_id")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                *by_checkout.entry(format!("{slug}/{checkout}")).or_default() += 1;
            }
        }
        Ok(by_checkout)
    }

    /// Sets switches that make a shop misbehave.
    ///
    /// # Errors
    /// When there is no such switch.
    pub async fn faults(&self, slug: &str, faults: &Value) -> anyhow::Result<()> {
        self.post(slug, "faults", faults).await
    }

    /// Changes stock or price of a variant: `{id, stock?, price?}`.
    ///
    /// # Errors
    /// When the shop does not sell it.
    pub async fn item(&self, slug: &str, item: &Value) -> anyhow::Result<()> {
        self.post(slug, "items", item).await
    }

    /// Sends a request to a shop, as somebody else who shops there.
    ///
    /// # Errors
    /// When the shop refuses it.
    pub async fn call(&self, slug: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.url(slug)?);
        let answer = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{slug} answered {path} with {status}: {text}");
        }
        Ok(serde_json::from_str(&text)?)
    }

    async fn post(&self, slug: &str, what: &str, body: &Value) -> anyhow::Result<()> {
        self.call(slug, &format!("/_test/{what}"), body).await?;
        Ok(())
    }

    /// Closes them.
    pub async fn stop(self) {
        self.built_in.stop().await;
    }
}
