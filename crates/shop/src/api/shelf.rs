//! Products, variants and options as the wire shows them.

use serde_json::{Value, json};

use super::desk::Desk;
use super::wire::money;
use crate::catalog::{Axis, Choices, Product, Variant};

/// A product as the wire shows it, with `variants` in place of its own where given.
pub(super) fn shown(desk: &Desk<'_>, product: &Product, variants: Option<Vec<Value>>) -> Value {
    let variants = variants.unwrap_or_else(|| {
        product
            .variants
            .iter()
            .map(|variant| variant_shown(desk, product, variant))
            .collect()
    });
    let amounts = || {
        variants
            .iter()
            .filter_map(|variant| variant.pointer("/price/amount").and_then(Value::as_i64))
    };
    let (min, max) = (amounts().min().unwrap_or(0), amounts().max().unwrap_or(0));
    json!({
        "id": product.id,
        "title": product.title,
        "handle": product.id,
        "url": format!("{}/products/{}", desk.shop.page_url, product.id),
        "description": { "plain": product.description, "text": product.description },
        "brand": product.metadata.brand,
        "company": product.metadata.company,
        "categories": [{ "value": product.category.join(" > "), "taxonomy": "merchant" }],
        "price_range": { "min": money(min), "max": money(max) },
        "variants": variants,
        "options": product.options.iter().map(|axis| axis_shown(product, axis, None)).collect::<Vec<_>>(),
        "rating": { "value": stars(product.rating_tenths), "scale_max": 5, "count": product.rating_count },
        "tags": product.tags,
        "metadata": product.metadata,
    })
}

/// Tenths of stars as the decimal that the wire wants. The only float here, and no money.
pub(super) fn stars(tenths: u32) -> f64 {
    f64::from(tenths) / 10.0
}

pub(super) fn variant_shown(desk: &Desk<'_>, product: &Product, variant: &Variant) -> Value {
    let (price, stock) = match desk.pick(&variant.id) {
        Ok(found) => (found.picked.price, found.stock),
        Err(_) => (variant.price, 0),
    };
    variant_value(
        product,
        &variant.id,
        &variant.title,
        &variant.choices,
        price,
        stock,
    )
}

pub(super) fn variant_value(
    product: &Product,
    id: &str,
    title: &str,
    choices: &[(String, String)],
    price: i64,
    stock: u32,
) -> Value {
    let status = if stock == 0 {
        "out_of_stock"
    } else {
        "in_stock"
    };
    let options: Vec<Value> = choices
        .iter()
        .map(|(name, label)| json!({ "name": name, "label": label }))
        .collect();
    json!({
        "id": id,
        "title": title,
        "description": { "plain": title },
        "price": money(price),
        "availability": { "available": stock > 0, "status": status, "quantity": stock },
        "options": options,
        "sku": id,
        "barcodes": [{ "type": "gtin", "value": product.metadata.gtin }],
        "metadata": { "stock": stock },
    })
}

/// One option; with the choices made so far each value says whether it still fits.
pub(super) fn axis_shown(product: &Product, axis: &Axis, made: Option<&Choices>) -> Value {
    let values: Vec<Value> = axis
        .values
        .iter()
        .map(|label| {
            let Some(made) = made else {
                return json!({ "label": label });
            };
            let mut tried = made.clone();
            tried.insert(axis.name.clone(), label.clone());
            let fits = match &product.metadata.configuration {
                Some(configuration) => configuration.complete(&tried).is_some(),
                None => product.variants.iter().any(|variant| fits(variant, &tried)),
            };
            json!({ "label": label, "available": fits, "exists": fits })
        })
        .collect();
    json!({ "name": axis.name, "values": values })
}

pub(super) fn fits(variant: &Variant, choices: &Choices) -> bool {
    variant
        .choices
        .iter()
        .all(|(name, label)| choices.get(name).is_none_or(|chosen| chosen == label))
}

/// A configured variant by its id; only called with ids that the catalog accepts.
pub(super) fn build_shown(desk: &Desk<'_>, product: &Product, id: &str) -> Value {
    let parts = id
        .split_once('~')
        .map(|(_, parts)| parts)
        .unwrap_or_default();
    let configuration = product.metadata.configuration.as_ref();
    let choices = configuration
        .and_then(|known| known.parse(parts).ok())
        .unwrap_or_default();
    match desk.pick(id) {
        Ok(found) => {
            let made: Vec<(String, String)> = in_order(product, &choices);
            variant_value(
                product,
                id,
                &found.picked.variant_title,
                &made,
                found.picked.price,
                found.stock,
            )
        }
        Err(_) => Value::Null,
    }
}

pub(super) fn in_order(product: &Product, choices: &Choices) -> Vec<(String, String)> {
    let axes = product.options.iter();
    axes.filter_map(|axis| {
        choices
            .get(&axis.name)
            .map(|label| (axis.name.clone(), label.clone()))
    })
    .collect()
}

pub(super) fn with_choices(
    desk: &Desk<'_>,
    product: &Product,
    variants: Vec<Value>,
    chosen: &Choices,
) -> Value {
    let mut value = shown(desk, product, Some(variants));
    if let Some(map) = value
        .as_object_mut()
        .filter(|_| !product.options.is_empty())
    {
        let axes: Vec<Value> = product
            .options
            .iter()
            .map(|axis| axis_shown(product, axis, Some(chosen)))
            .collect();
        let pairs = in_order(product, chosen);
        let selected: Vec<Value> = pairs
            .iter()
            .map(|(name, label)| json!({ "name": name, "label": label }))
            .collect();
        map.insert("options".to_owned(), json!(axes));
        map.insert("selected".to_owned(), json!(selected));
    }
    value
}
