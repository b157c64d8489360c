//! What was understood, in few words: the first line of the route.

use errand_types::{Need, Text};
use jiff::tz::TimeZone;

use crate::lang::Lang;
use crate::need::Wishing;
use crate::scan::Scan;
use crate::time::brief;

/// `2 bags, fair trade, under $15.00 each, here Sat 28 Nov before 12:00`.
pub(crate) fn understood(scan: &Scan<'_>, wishes: &[Wishing], zone: &TimeZone) -> Text<200> {
    let lang = scan.lang;
    if let [only] = wishes {
        let mut parts = Vec::new();
        parts.push(thing(
            lang,
            only,
            only.unit.is_some() && only.need.quantity.is_some(),
        ));
        parts.extend(details(scan, only, true));
        parts.extend(only.need.delivery.as_ref().map(|w| {
            lang.reply(
                "understood_here",
                &[("when", &brief(lang.language, w, zone))],
            )
        }));
        parts.retain(|part| !part.is_empty());
        return Text::clip(&parts.join(", "));
    }
    let first = wishes.iter().find_map(|w| w.need.delivery.as_ref());
    let is_shared = wishes
        .iter()
        .all(|w| w.need.delivery.as_ref().is_none_or(|d| Some(d) == first));
    let here = |wish: &errand_types::Wish| {
        lang.reply(
            "understood_here",
            &[("when", &brief(lang.language, wish, zone))],
        )
    };
    let each: Vec<String> = wishes
        .iter()
        .map(|wish| {
            let mut parts = vec![thing(lang, wish, false)];
            parts.extend(details(scan, wish, false));
            parts.extend(wish.need.delivery.as_ref().filter(|_| !is_shared).map(here));
            parts.join(" ")
        })
        .collect();
    let mut text = each.join(" · ");
    if let Some(total) = wishes.iter().find_map(|w| w.need.total_max) {
        text.push_str(", ");
        text.push_str(&lang.reply("understood_total", &[("money", &total.to_string())]));
    }
    if let Some(wish) = first.filter(|_| is_shared) {
        text.push_str(", ");
        text.push_str(&here(wish));
    }
    Text::clip(&text)
}

/// The thing with its count; the counting word alone where it stands for the thing.
fn thing(lang: &Lang, wish: &Wishing, unit_alone: bool) -> String {
    let what = wish.need.what.as_str();
    match (wish.need.quantity, wish.unit.as_deref()) {
        (Some(1), Some("dozen")) => lang.reply("dozen_one", &[("what", what)]),
        (Some(n), Some("dozen")) => {
            lang.reply("dozen_many", &[("n", &n.to_string()), ("what", what)])
        }
        (Some(n), Some(unit)) if unit_alone => format!("{n} {unit}"),
        (Some(n), Some(unit)) => format!("{n} {unit} {what}"),
        (Some(n), None) => format!("{n} {what}"),
        (None, _) => what.to_owned(),
    }
}

fn details(scan: &Scan<'_>, wish: &Wishing, with_total: bool) -> Vec<String> {
    let lang = scan.lang;
    let need = &wish.need;
    let mut parts: Vec<String> = wish
        .labels_said
        .iter()
        .map(|said| said.replace('-', " "))
        .collect();
    // "a dozen eggs" says already how many pieces one holds.
    let told = |m: &Text<60>| wish.unit.as_deref() == Some("dozen") && m.as_str() == "12 pieces";
    parts.extend(
        need.must
            .iter()
            .filter(|m| !told(m))
            .map(|m| m.as_str().to_owned()),
    );
    let without = wish
        .avoid_said
        .iter()
        .map(String::as_str)
        .chain(need.must_not.iter().map(Text::as_str));
    parts.extend(without.map(|what| lang.reply("understood_without", &[("what", what)])));
    parts.extend(need.brands.iter().map(|b| b.as_str().to_owned()));
    parts.extend(
        need.brands_not
            .iter()
            .map(|b| lang.reply("understood_without", &[("what", b.as_str())])),
    );
    parts.extend(prices(lang, need, with_total));
    if let Some(rating) = need.rating_min {
        let stars = format!("{}.{}", rating / 100, rating % 100 / 10);
        parts.push(lang.reply("understood_rating", &[("stars", &stars)]));
    }
    // All shops are asked unless some were named.
    let all = need.merchants.len() == scan.scene.shops.len();
    for shop in need.merchants.iter().filter(|_| !all) {
        let name = scan
            .scene
            .shops
            .iter()
            .find(|s| s.id == *shop)
            .map_or(shop.as_str(), |s| s.name.as_str());
        parts.push(lang.reply("understood_from", &[("shop", name)]));
    }
    parts
}

fn prices(lang: &Lang, need: &Need, with_total: bool) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(max) = need.price_max {
        let key = if need.pieces() > 1 {
            "understood_under_each"
        } else {
            "understood_under"
        };
        parts.push(lang.reply(key, &[("money", &max.to_string())]));
    }
    if let Some(min) = need.price_min {
        parts.push(lang.reply("understood_over", &[("money", &min.to_string())]));
    }
    if with_total && let Some(total) = need.total_max {
        parts.push(lang.reply("understood_total", &[("money", &total.to_string())]));
    }
    parts
}
