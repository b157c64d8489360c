//! A client with a clock and chance of its own, and the acts of a purchase in short.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use errand_gate::{BuyerShare, CompleteCheckout, OpenCheckout, SearchShops, UpdateCheckout};
use errand_merchant::{
    ClientConfig, ClientLimits, Connector, Doors, Merchant, MerchantError, UcpMerchant, WireLog,
};
use errand_types::{
    Checkout, Clock, Currency, DataClass, Destination, ForeignId, Instrument, MerchantId, OfferRef,
    PurchaseId, Text,
};
use jiff::Timestamp;

use crate::kit::{self, Notes};

/// A clock that stands until it is moved.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// One shop's client and what stands around it.
pub(crate) struct World {
    pub(crate) shop: UcpMerchant,
    pub(crate) notes: Notes,
    pub(crate) log: WireLog,
    pub(crate) clock: Arc<HandClock>,
}

pub(crate) fn limits() -> ClientLimits {
    ClientLimits {
        backoff_ms: 5,
        backoff_max_ms: 50,
        ..ClientLimits::default()
    }
}

pub(crate) fn doors(notes: &Notes, log: &WireLog, clock: &Arc<HandClock>) -> Doors {
    Doors {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        ids: Arc::new(kit::Chance::default()),
        intents: Arc::new(notes.clone()),
        log: log.clone(),
        jitter_seed: 7,
    }
}

pub(crate) fn clock() -> Arc<HandClock> {
    Arc::new(HandClock(AtomicI64::new(1_795_255_200)))
}

pub(crate) fn config(limits: ClientLimits) -> ClientConfig {
    ClientConfig {
        profile_url: "https://errand.example/ucp/profile.json".into(),
        locale: Some("en-US".into()),
        loopback: true,
        limits,
    }
}

pub(crate) fn world_with(base: &str, limits: ClientLimits) -> World {
    let (notes, log, clock) = (Notes::default(), WireLog::new(500), clock());
    let connector = Connector::new(config(limits), doors(&notes, &log, &clock)).unwrap();
    let shop = connector
        .stranger(base, MerchantId::parse("shop").unwrap())
        .unwrap();
    World {
        shop,
        notes,
        log,
        clock,
    }
}

pub(crate) fn world(base: &str) -> World {
    world_with(base, limits())
}

pub(crate) fn purchase() -> PurchaseId {
    PurchaseId::from_tail("p1").unwrap()
}

pub(crate) fn offer(variant: &str) -> OfferRef {
    OfferRef {
        merchant: MerchantId::parse("shop").unwrap(),
        product: ForeignId::parse(variant).unwrap(),
        variant: ForeignId::parse(variant).unwrap(),
    }
}

pub(crate) fn address() -> Destination {
    Destination {
        id: None,
        name: Some(Text::clip("Canary Birdwell")),
        street: Some(Text::clip("77 Feather Lane")),
        locality: Some(Text::clip("Albany")),
        region: Some(Text::clip("NY")),
        postal_code: Some(Text::clip("12207")),
        country: Some(Text::clip("US")),
    }
}

pub(crate) fn share() -> BuyerShare {
    BuyerShare {
        name: Some(Text::clip("Canary Birdwell")),
        email: Some(Text::clip("canary@birdwell.example")),
        phone: None,
        destination: Some(address()),
        classes: vec![DataClass::Name, DataClass::Email, DataClass::Address],
    }
}

pub(crate) fn card(handler: &str, token: &str) -> Instrument {
    Instrument {
        handler: Text::clip(handler),
        kind: Text::clip("card"),
        brand: Text::clip("visa"),
        last_digits: Text::clip("4242"),
        token: Text::clip(token),
    }
}

impl World {
    pub(crate) fn search_act(
        &self,
        query: &str,
        limit: u16,
    ) -> errand_gate::Authorized<SearchShops> {
        kit::permit(SearchShops {
            merchants: vec![self.shop.id().clone()],
            query: Text::clip(query),
            price_max: None,
            limit,
        })
        .unwrap()
    }

    pub(crate) async fn open(
        &self,
        variant: &str,
        quantity: u32,
    ) -> Result<Checkout, MerchantError> {
        let act = OpenCheckout {
            purchase: purchase(),
            merchant: self.shop.id().clone(),
            lines: vec![(offer(variant), quantity)],
            choices: Vec::new(),
            currency: Currency::USD,
        };
        self.shop.open(kit::permit(act).unwrap()).await
    }

    pub(crate) fn change(
        &self,
        checkout: &Checkout,
        variant: &str,
        quantity: u32,
    ) -> UpdateCheckout {
        UpdateCheckout {
            purchase: purchase(),
            revision: 1,
            merchant: self.shop.id().clone(),
            checkout: checkout.id.clone(),
            lines: vec![(offer(variant), quantity)],
            share: share(),
            option: None,
            codes: Vec::new(),
            currency: Currency::USD,
        }
    }

    pub(crate) async fn update(&self, act: UpdateCheckout) -> Result<Checkout, MerchantError> {
        self.shop.update(kit::permit(act).unwrap()).await
    }

    pub(crate) fn payment(&self, checkout: &Checkout) -> CompleteCheckout {
        let offered = checkout.payment.first();
        CompleteCheckout {
            purchase: purchase(),
            merchant: self.shop.id().clone(),
            checkout: checkout.id.clone(),
            total: checkout.totals.total,
            digest: [0; 32],
            handler: offered
                .map(|offered| offered.handler.clone())
                .unwrap_or_default(),
            handler_id: offered
                .map(|offered| offered.handler_id.clone())
                .unwrap_or_default(),
        }
    }

    /// Approves what the checkout shows and pays it.
    pub(crate) async fn pay(
        &self,
        checkout: &Checkout,
        token: &str,
    ) -> Result<Checkout, MerchantError> {
        let act = self.payment(checkout);
        let handler = act.handler.as_str().to_owned();
        self.pay_as(checkout, act, card(&handler, token)).await
    }

    pub(crate) async fn pay_as(
        &self,
        checkout: &Checkout,
        act: CompleteCheckout,
        instrument: Instrument,
    ) -> Result<Checkout, MerchantError> {
        let (digest, approved) = kit::approval(checkout, "Shop Ltd", "visa 4242").unwrap();
        let act = CompleteCheckout {
            digest: *digest.as_bytes(),
            ..act
        };
        self.shop
            .complete(kit::permit(act).unwrap(), approved, instrument)
            .await
    }

    pub(crate) async fn product(&self, query: &str) -> errand_types::Product {
        let act = self.search_act(query, 10);
        let found = self.shop.search(&act).await.unwrap();
        found
            .products
            .into_iter()
            .find(|p| p.variants.iter().any(|v| v.availability.is_offerable()))
            .unwrap()
    }
}
