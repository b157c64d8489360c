use std::sync::Arc;

use anyhow::Context as _;
use errand_cli::{BuiltIn, House, HouseConfig, MerchantSource, PersonSettings, SystemIds};
use errand_journal::SqliteJournal;
use errand_shop::WhichShop;
use errand_types::{Instrument, MerchantId, Text};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use super::{KillingJournal, NodeArgs, NodeClock};

/// A house for whoever started this process: says where it listens as one JSON line through `tell`, and ends when its
/// input is closed, or at the point of its journal that was chosen.
///
/// # Errors
/// Whatever keeps a house from starting.
pub async fn serve(args: NodeArgs, tell: impl FnOnce(&str)) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.data)?;
    let journal = SqliteJournal::open(args.data.join("errand.sqlite"))?;
    let journal = KillingJournal::new(Arc::new(journal), args.point(), args.trace.as_deref())?;

    let shops = args.shops.iter().filter_map(|shop| shop.split_once('='));
    let shops = shops.map(|(slug, _)| MerchantId::parse(slug));
    let shops = shops.collect::<Result<Vec<_>, _>>()?;
    let mut person = PersonSettings {
        zone: Some(args.zone.clone()),
        limit_day: args.day.clone(),
        voice_shops: shops,
        ..PersonSettings::default()
    };
    person.wallet = vec![Instrument {
        token: Text::parse(&args.card)?,
        ..person
            .wallet
            .pop()
            .context("the sample person has a card")?
    }];
    let clock = Arc::new(NodeClock::new(args.now));
    let ids = Arc::new(SystemIds::default());
    let mut config = HouseConfig::in_memory(person.profile()?, clock, ids);
    config.data = Some(args.data.clone());
    config.journal = Some(Arc::new(journal));
    config.registers = vec![BuiltIn::register()];
    config.merchants = args
        .shops
        .iter()
        .map(|shop| source(shop))
        .collect::<anyhow::Result<_>>()?;
    if let Some(ms) = args.pay_ms {
        config.shops.complete_ms = ms;
    }
    if let Some(sessions) = args.sessions {
        config.runtime.sessions_max = sessions;
    }

    let house = House::start(config).await?;
    tell(&json!({ "address": house.address, "token": house.token }).to_string());
    // Whoever started this holds the other end; when they are gone, so is the reason to go on.
    let mut rest = Vec::new();
    let _ = tokio::io::stdin().read_to_end(&mut rest).await;
    house.stop().await;
    Ok(())
}

fn source(shop: &str) -> anyhow::Result<MerchantSource> {
    let (slug, url) = shop.split_once('=').context("a shop is `name=address`")?;
    let which = WhichShop::from_slug(slug).with_context(|| format!("no shop `{slug}`"))?;
    Ok(MerchantSource {
        url: url.to_owned(),
        id: Some(MerchantId::parse(slug)?),
        name: which.name().to_owned(),
    })
}
