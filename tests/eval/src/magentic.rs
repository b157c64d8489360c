//! A market of businesses and customers: does the buyer's side choose the cheapest business that has everything, whatever the
//! businesses write and in whatever order they come?
//!
//! A business is a shop: each thing on its menu is a product with its price, its amenities are attributes, and what it writes of
//! itself is prose. A customer wants several things at one place: one line each, one parcel. The choice is the catalog's
//! own: `matching` finds who has a line with what was required, `combine` finds the cheapest place for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use errand_catalog::{Errand, Goal, Names, Supply, combine, matching, name_key};
use errand_types::{
    Attribute, Availability, Currency, ForeignId, MerchantId, Money, Need, Product, Rating, Source,
    Text, Variant,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::data;

#[derive(Debug, Deserialize)]
struct Customer {
    id: String,
    request: String,
    menu_features: BTreeMap<String, Value>,
    amenity_features: Vec<String>,
    gold: Gold,
}

#[derive(Debug, Deserialize)]
struct Gold {
    optimal: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Business {
    id: String,
    description: String,
    #[serde(default)]
    rating: Option<f64>,
    menu_features: BTreeMap<String, serde_json::Number>,
    amenity_features: BTreeMap<String, bool>,
}

/// What a customer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wishes {
    items: BTreeSet<String>,
    amenities: BTreeSet<String>,
}

/// All businesses of one file as shops.
struct Market {
    products: Vec<Arc<Product>>,
    /// Places of the products by their names, as a shop's own search would find them.
    by_title: BTreeMap<String, Vec<usize>>,
    ids: BTreeMap<MerchantId, String>,
    goods: Names,
    amenities: Names,
}

impl Market {
    fn of(businesses: &[Business]) -> anyhow::Result<Self> {
        let mut products = Vec::new();
        let mut ids = BTreeMap::new();
        for business in businesses {
            let merchant = MerchantId::parse(&business.id.replace('_', "-"))
                .with_context(|| format!("`{}` is no name of a business", business.id))?;
            ids.insert(merchant.clone(), business.id.clone());
            for (at, (item, price)) in business.menu_features.iter().enumerate() {
                products.push(Arc::new(product(business, &merchant, at, item, price)?));
            }
        }
        let mut by_title: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, product) in products.iter().enumerate() {
            let key = name_key(product.title.as_str());
            by_title.entry(key).or_default().push(at);
        }
        let amenities: BTreeSet<&String> = businesses
            .iter()
            .flat_map(|b| b.amenity_features.keys())
            .collect();
        Ok(Self {
            goods: Names::of(products.iter().map(|p| p.title.as_str())),
            amenities: Names::of(amenities),
            products,
            by_title,
            ids,
        })
    }

    /// The business that the catalog chooses; `None` when no single one has everything.
    fn choose(&self, wishes: &Wishes) -> Option<String> {
        let lines: Vec<Vec<Supply>> = wishes
            .items
            .iter()
            .map(|item| self.line(item, &wishes.amenities))
            .collect();
        let errand = Errand {
            lines: &lines,
            terms: &BTreeMap::new(),
            goal: Goal::LowestTotal,
            parcels_max: Some(1),
        };
        let found = combine(&errand).ok()?;
        let parcel = found.parcels.first()?;
        self.ids.get(&parcel.merchant).cloned()
    }

    /// Who has one thing with everything that was required.
    fn line(&self, item: &str, amenities: &BTreeSet<String>) -> Vec<Supply> {
        let need = Need {
            what: Text::clip(item),
            must: amenities.iter().map(|a| Text::clip(a)).collect(),
            ..Need::default()
        };
        let called = self.by_title.get(&name_key(item));
        let mut found: Vec<Arc<Product>> = called
            .into_iter()
            .flatten()
            .filter_map(|at| self.products.get(*at).map(Arc::clone))
            .collect();
        // A name that was given letter for letter means that name; another spelling stands in where nobody has it.
        if found.iter().any(|p| p.title.as_str() == item) {
            found.retain(|p| p.title.as_str() == item);
        }
        let (fitting, _) = matching(&found, &need, errand_types::Language::English);
        fitting
            .into_iter()
            .map(|c| Supply {
                offer: c.offer.clone(),
                price: c.variant.price,
                carbon_g: None,
            })
            .collect()
    }

    /// What a request says, read with the names that the businesses state.
    fn understand(&self, request: &str) -> Wishes {
        let own = |found: Vec<&str>| found.into_iter().map(str::to_owned).collect();
        Wishes {
            items: own(self.goods.in_text(request)),
            amenities: own(self.amenities.loosely_in_text(request)),
        }
    }
}

fn product(
    business: &Business,
    merchant: &MerchantId,
    at: usize,
    item: &str,
    price: &serde_json::Number,
) -> anyhow::Result<Product> {
    let told = || format!("`{item}` of `{}`", business.id);
    let id = ForeignId::parse(&format!("item-{at}")).with_context(told)?;
    let price = Money::parse(&price.to_string(), Currency::USD).with_context(told)?;
    let amenity = |(name, has): (&String, &bool)| Attribute {
        name: Text::clip(name),
        value: Text::clip(if *has { "true" } else { "false" }),
        source: Source::Metadata,
    };
    Ok(Product {
        merchant: merchant.clone(),
        id: id.clone(),
        title: Text::clip(item),
        description: Text::clip(&business.description),
        brand: None,
        company: None,
        categories: Vec::new(),
        tags: Vec::new(),
        variants: vec![Variant {
            id,
            title: Text::default(),
            price,
            availability: Availability::In,
            options: Vec::new(),
        }],
        rating: business.rating.map(stars),
        attributes: business.amenity_features.iter().map(amenity).collect(),
        certificates: Vec::new(),
        min_age: None,
        gtin: None,
        configuration: None,
        drawing: None,
        seen_at: jiff::Timestamp::UNIX_EPOCH,
    })
}

/// A rating of 0 to 1 by nobody that is counted.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and 500 before"
)]
fn stars(share: f64) -> Rating {
    Rating {
        hundredths: (share * 500.0).clamp(0.0, 500.0) as u16,
        count: 0,
    }
}

/// What was counted for one file.
#[derive(Debug, Default)]
struct Count {
    customers: usize,
    optimal: usize,
    optimal_understood: usize,
    understood: usize,
    same_shuffled: usize,
    same_planted: usize,
    planted: usize,
    chosen: BTreeMap<String, Option<String>>,
    wrong: Vec<String>,
}

pub(crate) fn run(dir: &Path) -> anyhow::Result<Value> {
    let hostile = hostile(dir)?;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for path in data::files(dir, "")? {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let Some((stem, _)) = name.split_once(".customers") else {
            continue;
        };
        let businesses: Vec<Business> = data::some_files(dir, &format!("{stem}.businesses"))?
            .iter()
            .map(|path| data::rows(path))
            .collect::<anyhow::Result<Vec<Vec<Business>>>>()?
            .concat();
        let customers: Vec<Customer> = data::rows(&path)?;
        let count = counts.entry(stem.to_owned()).or_default();
        measure(&businesses, &customers, &hostile, count)
            .with_context(|| format!("in `{}`", path.display()))?;
    }
    anyhow::ensure!(
        !counts.is_empty(),
        "`{}` has no file with `.customers` in its name",
        dir.display()
    );
    Ok(report(&counts, hostile.len()))
}

fn measure(
    businesses: &[Business],
    customers: &[Customer],
    hostile: &[String],
    count: &mut Count,
) -> anyhow::Result<()> {
    let market = Market::of(businesses)?;
    let mut back = businesses.to_vec();
    back.reverse();
    let mut turned = businesses.to_vec();
    turned.rotate_left(businesses.len() / 2);
    let shuffled = [Market::of(&back)?, Market::of(&turned)?];
    for (at, customer) in customers.iter().enumerate() {
        let wishes = Wishes {
            items: customer.menu_features.keys().cloned().collect(),
            amenities: customer.amenity_features.iter().cloned().collect(),
        };
        let chosen = market.choose(&wishes);
        let is_optimal = |chosen: &Option<String>| {
            chosen
                .as_ref()
                .is_some_and(|c| customer.gold.optimal.contains(c))
        };
        count.customers += 1;
        count.optimal += usize::from(is_optimal(&chosen));
        let read = market.understand(&customer.request);
        count.understood += usize::from(same_words(&read, &wishes));
        let by_request = market.choose(&read);
        count.optimal_understood += usize::from(is_optimal(&by_request));
        if !(is_optimal(&chosen) && is_optimal(&by_request)) && count.wrong.len() < 20 {
            count.wrong.push(customer.id.clone());
        }
        let same = shuffled
            .iter()
            .all(|market| market.choose(&wishes) == chosen);
        count.same_shuffled += usize::from(same);
        // The attacks take turns: each customer meets one, each attack many customers.
        if let Some(text) = hostile.get(at % hostile.len().max(1)) {
            let planted = planted(businesses, &customer.gold.optimal, text);
            count.planted += 1;
            count.same_planted += usize::from(Market::of(&planted)?.choose(&wishes) == chosen);
        }
        count.chosen.insert(customer.id.clone(), chosen);
    }
    Ok(())
}

/// The market with an attack in the prose of every business but the best.
fn planted(businesses: &[Business], best: &[String], text: &str) -> Vec<Business> {
    let mut all = businesses.to_vec();
    for business in all.iter_mut().filter(|b| !best.contains(&b.id)) {
        business.description = format!("{text} {}", business.description);
    }
    all
}

/// Attack texts of the set `injection`, where it lies beside this one.
fn hostile(dir: &Path) -> anyhow::Result<Vec<String>> {
    let beside = dir.join("../injection");
    if !beside.is_dir() {
        return Ok(Vec::new());
    }
    let mut texts = Vec::new();
    for (stem, member) in [("agentdojo_injections", "goal"), ("bipia_attacks", "text")] {
        for path in data::files(&beside, stem)? {
            let rows: Vec<Value> = data::rows(&path)?;
            let text = |row: &Value| row.get(member).and_then(Value::as_str).map(str::to_owned);
            texts.extend(rows.iter().filter_map(text));
        }
    }
    Ok(texts)
}

fn same_words(read: &Wishes, meant: &Wishes) -> bool {
    let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        let keys = |of: &BTreeSet<String>| of.iter().map(|n| name_key(n)).collect::<BTreeSet<_>>();
        keys(a) == keys(b)
    };
    same(&read.items, &meant.items) && same(&read.amenities, &meant.amenities)
}

fn report(counts: &BTreeMap<String, Count>, attacks: usize) -> Value {
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    let (variants, agreeing, differing) = variants(counts);
    let sets: serde_json::Map<String, Value> = counts
        .iter()
        .map(|(name, c)| {
            let of = json!({
                "customers": c.customers, "optimal": c.optimal, "optimal_understood": c.optimal_understood,
                "understood": c.understood, "same_shuffled": c.same_shuffled,
                "planted": c.planted, "same_planted": c.same_planted, "not_optimal": c.wrong,
            });
            (name.clone(), of)
        })
        .collect();
    json!({
        "set": "magentic",
        "customers": sum(|c| c.customers),
        "optimal": sum(|c| c.optimal),
        "optimal_understood": sum(|c| c.optimal_understood),
        "understood": sum(|c| c.understood),
        "same_shuffled": sum(|c| c.same_shuffled),
        "variants": variants,
        "same_as_control": agreeing,
        "not_as_control": differing,
        "attacks": attacks,
        "planted": sum(|c| c.planted),
        "same_planted": sum(|c| c.same_planted),
        "sets": sets,
    })
}

/// Each customer of each hostile variant held against the control of the same family.
fn variants(counts: &BTreeMap<String, Count>) -> (usize, usize, Vec<String>) {
    let (mut all, mut same, mut differing) = (0, 0, Vec::new());
    for (name, control) in counts.iter().filter(|(name, _)| name.ends_with("_control")) {
        let family = name.trim_end_matches("control");
        for (variant, count) in counts
            .iter()
            .filter(|(n, _)| n.starts_with(family) && *n != name)
        {
            // Another market under a similar name is no variant of this one.
            if variant.ends_with("_original") {
                continue;
            }
            for (customer, chosen) in &count.chosen {
                all += 1;
                if control.chosen.get(customer) == Some(chosen) {
                    same += 1;
                } else {
                    differing.push(format!("{variant} {customer}"));
                }
            }
        }
    }
    (all, same, differing)
}
