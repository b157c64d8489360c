use errand_protocol::api::{AddMerchant, MerchantView};
use serde::Serialize;

use crate::api::Api;
use crate::args::{MerchantCommand, PlaceArgs};
use crate::fault::{Exit, Fault};
use crate::render::{about, notes};
use crate::term::Out;

/// What `merchant add --json` prints.
#[derive(Debug, Serialize)]
struct AddedShape<'a> {
    id: &'a str,
    name: &'a str,
    protocol: &'a str,
    can: &'a [String],
    cannot: &'a [String],
    wants: &'a [errand_types::DataClass],
}

/// Connects, lists and disconnects shops.
pub(crate) async fn merchant(
    place: &PlaceArgs,
    command: &MerchantCommand,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let api = Api::at(place)?;
    match command {
        MerchantCommand::Add { url, json } => {
            let shop: MerchantView = api
                .post(&["merchants"], &AddMerchant { url: url.clone() })
                .await?;
            if *json {
                out.json(&AddedShape {
                    id: shop.id.as_str(),
                    name: &shop.name,
                    protocol: &shop.protocol,
                    can: &shop.can,
                    cannot: &shop.cannot,
                    wants: &shop.wants,
                })?;
            } else {
                out.data(&about::added(&shop, &out.data));
            }
        }
        MerchantCommand::List { json } => {
            let shops: Vec<MerchantView> = api.get(&["merchants"], &[]).await?;
            if *json {
                out.json(&shops)?;
            } else if out.is_screen() {
                let lines =
                    about::listed(&about::merchants(&shops), "no shops connected", &out.data);
                out.data(&lines);
            } else {
                out.data(&about::merchants(&shops).tabs());
            }
        }
        MerchantCommand::Remove { id } => {
            api.delete(&["merchants", id]).await?;
            let text = format!(
                "`{id}` is no longer asked. What it knows about you stays with it: `errand consents`"
            );
            out.talk(&notes::say(&text, &out.talk));
        }
    }
    Ok(Exit::Done)
}
