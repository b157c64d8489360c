//! Documents of a feed as products.

use errand_index::Document;
use errand_types::{Attribute, Certificate, Product, Source, Text, Variant};
use jiff::Timestamp;

/// `None` without a price, which no row of a feed is taken without.
pub(super) fn product(document: &Document) -> Option<Product> {
    let attributes = document.attributes.iter().map(|(name, value)| Attribute {
        name: name.clone(),
        value: value.clone(),
        source: Source::Field,
    });
    let certificates = document.labels.iter().map(|label| Certificate {
        scheme: label.clone(),
        number: None,
        issuer: None,
        scope: None,
        expires: None,
    });
    Some(Product {
        merchant: document.key.merchant.clone(),
        id: document.key.id.clone(),
        title: document.title.clone(),
        description: document.description.clone(),
        brand: document.brand.clone(),
        company: None,
        categories: document.categories.clone(),
        tags: Vec::new(),
        variants: vec![Variant {
            id: document.key.id.clone(),
            title: document.title.clone(),
            price: document.price?,
            availability: document.availability,
            options: Vec::new(),
        }],
        rating: document.rating,
        attributes: attributes.collect(),
        certificates: certificates.collect(),
        min_age: None,
        gtin: document.gtins.first().map(|gtin| Text::clip(gtin.as_str())),
        configuration: None,
        drawing: None,
        seen_at: Timestamp::from_second(document.seen_at).unwrap_or(Timestamp::UNIX_EPOCH),
    })
}
