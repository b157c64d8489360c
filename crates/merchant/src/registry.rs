use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use errand_types::MerchantId;
use errand_types::limits::MERCHANTS_MAX;
use serde::{Deserialize, Serialize};

use crate::error::MerchantError;
use crate::feed::FeedMerchant;
use crate::port::Merchant;
use crate::profile::MerchantInfo;
use crate::shop::{Connector, UcpMerchant};

/// A connected shop as it is kept between runs. Keeping it is the caller's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantEntry {
    /// Our name for it.
    pub id: MerchantId,
    /// Address.
    pub origin: String,
    /// Name for showing, as last learned.
    pub name: String,
    /// Who gets the money, as last learned.
    pub legal_name: String,
    /// Address of its product feed, when that is all it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
}

/// The shops that this installation is connected to, at most [`MERCHANTS_MAX`].
#[derive(Debug)]
pub struct MerchantRegistry {
    connector: Connector,
    shops: RwLock<Shops>,
}

type Shops = BTreeMap<MerchantId, Connected>;

/// A connected shop by what it speaks.
#[derive(Debug, Clone)]
enum Connected {
    Ucp(Arc<UcpMerchant>),
    Feed(Arc<FeedMerchant>),
}

impl Connected {
    fn port(&self) -> Arc<dyn Merchant> {
        match self {
            Self::Ucp(shop) => Arc::clone(shop) as Arc<dyn Merchant>,
            Self::Feed(shop) => Arc::clone(shop) as Arc<dyn Merchant>,
        }
    }

    /// What no two shops may share: the origin, or the address of the feed.
    fn address(&self) -> String {
        match self {
            Self::Ucp(shop) => shop.origin.clone(),
            Self::Feed(shop) => shop.info().feed.unwrap_or_default(),
        }
    }
}

impl MerchantRegistry {
    /// An empty one.
    pub fn new(connector: Connector) -> Self {
        Self {
            connector,
            shops: RwLock::new(BTreeMap::new()),
        }
    }

    /// Connects a shop by its address: reads its profile and gives it a name of its own. Where no shop answers but the
    /// address names a file, that file may be a product feed.
    ///
    /// # Errors
    /// [`MerchantError::AlreadyConnected`], [`MerchantError::RegistryFull`], or why the shop cannot be talked to.
    pub async fn add(&self, typed: &str) -> Result<MerchantInfo, MerchantError> {
        let origin = self.connector.origin(typed)?;
        self.has_room_for(&origin)?;
        let host = crate::profile::host_of(&origin);
        let provisional = slug(&host);
        let learned = self.connector.stranger(&origin, provisional)?.learn().await;
        let learned = match learned {
            Err(error @ MerchantError::NotAShop { .. }) if names_a_file(typed) => {
                // Where there is no feed either, why it is no shop says more.
                return self.add_feed(typed, &origin).await.map_err(|e| match e {
                    MerchantError::NotAShop { .. } | MerchantError::NotFound { .. } => error,
                    other => other,
                });
            }
            learned => learned?,
        };
        let wanted = slug(&learned.name);
        let mut shops = self.shops.write().unwrap_or_else(PoisonError::into_inner);
        room(&shops, &origin)?;
        let id = unique(&shops, &wanted);
        let shop = self.connector.client(MerchantInfo {
            id: id.clone(),
            ..learned.clone()
        })?;
        shops.insert(id.clone(), Connected::Ucp(Arc::new(shop)));
        Ok(MerchantInfo { id, ..learned })
    }

    /// Connects a shop by the address of its product feed, and reads it.
    async fn add_feed(&self, typed: &str, origin: &str) -> Result<MerchantInfo, MerchantError> {
        let address = self.connector.probe_feed(typed).await?;
        self.has_room_for(address.as_str())?;
        let host = crate::profile::host_of(origin);
        let shop = {
            let mut shops = self.shops.write().unwrap_or_else(PoisonError::into_inner);
            room(&shops, address.as_str())?;
            let id = unique(&shops, &slug(&host));
            let info = MerchantInfo::unreached(id.clone(), origin, &host, &host);
            let shop = Arc::new(self.connector.feed(info, address.as_str())?);
            shops.insert(id, Connected::Feed(Arc::clone(&shop)));
            shop
        };
        if let Err(error) = shop.refresh().await {
            self.remove(shop.id());
            return Err(error);
        }
        Ok(shop.info())
    }

    /// Connects a shop from an earlier run without asking it anything: it may be away just now.
    ///
    /// # Errors
    /// [`MerchantError::AlreadyConnected`], [`MerchantError::RegistryFull`], [`MerchantError::AddressForbidden`].
    pub fn restore(&self, entry: &MerchantEntry) -> Result<(), MerchantError> {
        let info = MerchantInfo::unreached(
            entry.id.clone(),
            &entry.origin,
            &entry.name,
            &entry.legal_name,
        );
        let shop = match &entry.feed {
            Some(address) => Connected::Feed(Arc::new(self.connector.feed(info, address)?)),
            None => Connected::Ucp(Arc::new(self.connector.client(info)?)),
        };
        let mut shops = self.shops.write().unwrap_or_else(PoisonError::into_inner);
        room(&shops, &shop.address())?;
        if shops.contains_key(&entry.id) {
            return Err(MerchantError::AlreadyConnected {
                merchant: entry.id.clone(),
            });
        }
        shops.insert(entry.id.clone(), shop);
        Ok(())
    }

    /// Disconnects a shop; says whether there was one. Requests under way are heard out.
    pub fn remove(&self, id: &MerchantId) -> bool {
        self.shops
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id)
            .is_some()
    }

    /// A connected shop.
    pub fn get(&self, id: &MerchantId) -> Option<Arc<dyn Merchant>> {
        self.read().get(id).map(Connected::port)
    }

    /// A connected shop with what only this protocol has: learning its profile, preparing a handover.
    pub fn ucp(&self, id: &MerchantId) -> Option<Arc<UcpMerchant>> {
        match self.read().get(id) {
            Some(Connected::Ucp(shop)) => Some(Arc::clone(shop)),
            Some(Connected::Feed(_)) | None => None,
        }
    }

    /// A connected shop that only has a product feed.
    pub fn feed(&self, id: &MerchantId) -> Option<Arc<FeedMerchant>> {
        match self.read().get(id) {
            Some(Connected::Feed(shop)) => Some(Arc::clone(shop)),
            Some(Connected::Ucp(_)) | None => None,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Shops> {
        self.shops.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// All connected shops in the order of their names.
    pub fn all(&self) -> Vec<Arc<dyn Merchant>> {
        self.read().values().map(Connected::port).collect()
    }

    /// What is known of all of them.
    pub fn list(&self) -> Vec<MerchantInfo> {
        let shops = self.read();
        shops.values().map(|shop| shop.port().info()).collect()
    }

    /// What to keep until the next run.
    pub fn entries(&self) -> Vec<MerchantEntry> {
        let entry = |info: MerchantInfo| MerchantEntry {
            id: info.id,
            origin: info.origin,
            name: info.name,
            legal_name: info.legal_name,
            feed: info.feed,
        };
        self.list().into_iter().map(entry).collect()
    }

    fn has_room_for(&self, origin: &str) -> Result<(), MerchantError> {
        room(&self.read(), origin)
    }
}

fn room(shops: &Shops, address: &str) -> Result<(), MerchantError> {
    if let Some((id, _)) = shops.iter().find(|(_, shop)| shop.address() == address) {
        return Err(MerchantError::AlreadyConnected {
            merchant: id.clone(),
        });
    }
    if shops.len() >= MERCHANTS_MAX {
        return Err(MerchantError::RegistryFull {
            limit: MERCHANTS_MAX,
        });
    }
    Ok(())
}

/// Whether an address goes on after the host: a feed is a file, and a shop is asked for by its host alone.
fn names_a_file(typed: &str) -> bool {
    let rest = typed.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    rest.split_once('/')
        .is_some_and(|(_, path)| !path.is_empty())
}

/// A name of lower-case letters, digits and `-`, at most 40 characters.
fn slug(name: &str) -> MerchantId {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if out.len() >= 40 {
            break;
        }
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') && c != '\'' {
            out.push('-');
        }
    }
    MerchantId::parse(out.trim_end_matches('-')).unwrap_or_else(|_| fallback())
}

fn fallback() -> MerchantId {
    #[expect(clippy::expect_used, reason = "a constant of the right form")]
    MerchantId::parse("shop").expect("`shop` is a shop's name")
}

fn unique(shops: &Shops, wanted: &MerchantId) -> MerchantId {
    let numbered = (2..).map(|n: u32| {
        MerchantId::parse(&format!("{wanted}-{n}")).unwrap_or_else(|_| wanted.clone())
    });
    std::iter::once(wanted.clone())
        .chain(numbered)
        .find(|id| !shops.contains_key(id))
        .unwrap_or_else(|| wanted.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_short_plain_words() {
        let of = |name: &str| slug(name).as_str().to_owned();

        assert_eq!(of("Pantry Lane"), "pantry-lane");
        assert_eq!(of("Volt & Wire Inc."), "volt-wire-inc");
        assert_eq!(of("Joe's Café"), "joes-caf");
        assert_eq!(of("127.0.0.1:8182"), "127-0-0-1-8182");
        assert_eq!(of("★★★"), "shop");
        assert_eq!(of(&"x".repeat(500)).len(), 40);
    }
}
