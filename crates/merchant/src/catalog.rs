//! Reading a shop's catalog.

use errand_gate::SearchShops;
use errand_types::{ForeignId, Product};
use serde_json::{Value, json};

use crate::caller::{Answered, Request, plain_code};
use crate::discover::ShopProfile;
use crate::error::MerchantError;
use crate::json::{get, list, text};
use crate::op::Op;
use crate::port::Found;
use crate::read;
use crate::shop::UcpMerchant;
use crate::wire::Method;
use crate::write;

/// Products asked for in one page.
const PAGE: u16 = 50;
/// Ids asked for at once.
const BATCH: usize = 50;

impl UcpMerchant {
    pub(crate) async fn do_search(&self, act: &SearchShops) -> Result<Found, MerchantError> {
        let profile = self.profile().await?;
        self.needs_catalog(&profile, Op::Search)?;
        let wanted = usize::from(act.limit.clamp(1, 200));
        let mut found = Found {
            products: Vec::new(),
            total: None,
        };
        let mut cursor: Option<String> = None;
        let mut seen = 0_usize;
        let budget = self.caller.limits.budget(Op::Search);
        let deadline = tokio::time::Instant::now() + budget;
        for page in 0..self.caller.limits.pages_max.max(1) {
            let op = if page == 0 {
                Op::Search
            } else {
                Op::SearchPage
            };
            let left = u16::try_from(wanted.saturating_sub(seen))
                .unwrap_or(PAGE)
                .clamp(1, PAGE);
            let body = write::search(act, left, cursor.as_deref());
            let read = self.read_by_post(&profile, op, "search", &body);
            // All pages share the time of one search; what was found until then is kept.
            let answered = match tokio::time::timeout_at(deadline, read).await {
                Ok(Ok(answered)) => answered,
                Ok(Err(error)) if page == 0 => return Err(error),
                Err(_) if page == 0 => {
                    return Err(MerchantError::NoAnswer {
                        merchant: self.caller.label.clone(),
                        op,
                    });
                }
                Ok(Err(_)) | Err(_) => break,
            };
            let listed = list(&answered.body, "products").len();
            seen = seen.saturating_add(listed);
            found.products.extend(read::product::page(
                &answered.body,
                &self.id,
                self.clock.now(),
            ));
            let pagination = get(&answered.body, "pagination").unwrap_or(&Value::Null);
            found.total = get(pagination, "total_count")
                .and_then(Value::as_u64)
                .or(found.total);
            let next = text(pagination, "cursor").map(str::to_owned);
            // A short page says nothing about the end: only the shop's own word does.
            let has_next = if self.guards.pages {
                get(pagination, "has_next_page").and_then(Value::as_bool) == Some(true)
            } else {
                listed >= usize::from(left)
            };
            if !has_next || seen >= wanted || next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        found.products.truncate(wanted);
        Ok(found)
    }

    /// Reads what a shop has, whatever it is, up to a limit: to learn its words. Says nothing about anybody.
    ///
    /// # Errors
    /// As a search. What was read before a later page failed is kept.
    pub async fn browse(&self, limit: usize) -> Result<Vec<Product>, MerchantError> {
        let profile = self.profile().await?;
        self.needs_catalog(&profile, Op::Search)?;
        let mut products = Vec::new();
        let mut cursor: Option<String> = None;
        while products.len() < limit {
            let op = if cursor.is_none() {
                Op::Search
            } else {
                Op::SearchPage
            };
            let mut body =
                json!({ "filters": { "price": { "min": 0 } }, "pagination": { "limit": PAGE } });
            if let (Some(cursor), Some(pagination)) = (&cursor, body.pointer_mut("/pagination")) {
                *pagination = json!({ "limit": PAGE, "cursor": cursor });
            }
            let answered = match self.read_by_post(&profile, op, "search", &body).await {
                Ok(answered) => answered,
                Err(error) if products.is_empty() => return Err(error),
                Err(_) => break,
            };
            let page = read::product::page(&answered.body, &self.id, self.clock.now());
            let pagination = get(&answered.body, "pagination").unwrap_or(&Value::Null);
            let has_next = get(pagination, "has_next_page").and_then(Value::as_bool) == Some(true);
            let next = text(pagination, "cursor").map(str::to_owned);
            let is_empty = page.is_empty();
            products.extend(page);
            if !has_next || is_empty || next.is_none() || next == cursor {
                break;
            }
            cursor = next;
        }
        products.truncate(limit);
        Ok(products)
    }

    pub(crate) async fn do_lookup(&self, ids: &[ForeignId]) -> Result<Vec<Product>, MerchantError> {
        let profile = self.profile().await?;
        self.needs_catalog(&profile, Op::Lookup)?;
        let mut products = Vec::new();
        for batch in ids.chunks(BATCH) {
            let wanted: Vec<&str> = batch.iter().map(ForeignId::as_str).collect();
            let answered = self
                .read_by_post(&profile, Op::Lookup, "lookup", &json!({ "ids": wanted }))
                .await?;
            products.extend(read::product::page(
                &answered.body,
                &self.id,
                self.clock.now(),
            ));
        }
        Ok(products)
    }

    pub(crate) async fn do_product(
        &self,
        id: &ForeignId,
        selected: &[(String, String)],
    ) -> Result<Product, MerchantError> {
        let profile = self.profile().await?;
        self.needs_catalog(&profile, Op::GetProduct)?;
        let mut body = write::product(id.as_str(), selected);
        if !self.guards.choices {
            let all = selected
                .iter()
                .map(|(name, label)| json!({ "name": name, "label": label }));
            body = json!({ "id": id.as_str(), "selected": all.collect::<Vec<_>>() });
        }
        let answered = self
            .read_by_post(&profile, Op::GetProduct, "product", &body)
            .await?;
        let shown =
            get(&answered.body, "product").or_else(|| list(&answered.body, "products").first());
        let Some(shown) = shown else {
            return Err(MerchantError::NotFound {
                merchant: self.caller.label.clone(),
                op: Op::GetProduct,
            });
        };
        let product = read::product::read(shown, &self.id, self.clock.now());
        product.ok_or_else(|| MerchantError::Unreadable {
            merchant: self.caller.label.clone(),
            op: Op::GetProduct,
            what: "the product has nothing that can be bought",
        })
    }

    /// Shops of the first versions have no catalog. A newer one that does not advertise its catalog is asked all the
    /// same: some have one, and a 404 says the rest.
    fn needs_catalog(&self, profile: &ShopProfile, op: Op) -> Result<(), MerchantError> {
        if profile.dialect.has_catalog() {
            Ok(())
        } else {
            Err(MerchantError::Unsupported {
                merchant: self.caller.label.clone(),
                op,
            })
        }
    }

    async fn read_by_post(
        &self,
        profile: &ShopProfile,
        op: Op,
        leaf: &str,
        body: &Value,
    ) -> Result<Answered, MerchantError> {
        let url = self.address(profile, op, &["catalog", leaf])?;
        let (bytes, key) = (body.to_string(), self.caller.uuid());
        let request = Request {
            op,
            method: Method::Post,
            url: &url,
            body: Some(&bytes),
            key: Some(&key),
            dialect: Some(profile.dialect),
        };
        let answered = self.caller.call(request).await?;
        self.refuses(op, &answered)?;
        Ok(answered)
    }

    /// A business outcome without what was asked for is a refusal, although its status is 200.
    pub(crate) fn refuses(&self, op: Op, answered: &Answered) -> Result<(), MerchantError> {
        let body = &answered.body;
        let says_error = get(body, "ucp").and_then(|ucp| text(ucp, "status")) == Some("error");
        let has_resource = ["id", "products", "product", "slots"]
            .iter()
            .any(|member| get(body, member).is_some());
        if !says_error || has_resource {
            return Ok(());
        }
        let merchant = self.caller.label.clone();
        let code = plain_code(body, &answered.secrets);
        match code.as_str() {
            "not_found" => Err(MerchantError::NotFound { merchant, op }),
            "identity_required" => Err(MerchantError::NeedsIdentity { merchant, op }),
            _ => Err(MerchantError::Refused {
                merchant,
                op,
                status: 200,
                code,
            }),
        }
    }
}
