use std::collections::{BTreeMap, BTreeSet};

use errand_shop::{Catalog, Certificate, Product, REGISTER_TOML, WhichShop};

fn all() -> Vec<(WhichShop, Catalog)> {
    WhichShop::ALL
        .into_iter()
        .map(|which| (which, Catalog::load(which).unwrap()))
        .collect()
}

fn register() -> BTreeMap<String, toml::Table> {
    let table: toml::Table = toml::from_str(REGISTER_TOML).unwrap();
    let entries = table["certificate"].as_array().unwrap().iter();
    let number = |entry: &toml::Value| entry["number"].as_str().unwrap().to_owned();
    entries
        .map(|entry| (number(entry), entry.as_table().unwrap().clone()))
        .collect()
}

/// What the issuers would say on a day in late 2026.
fn holds(certificate: &Certificate, product: &Product) -> bool {
    let Some(entry) = register().get(&certificate.number).cloned() else {
        return false;
    };
    let scope = entry["scope"].as_array().unwrap();
    entry["status"].as_str() == Some("active")
        && entry["expires"].as_str().unwrap() > "2026-11-20"
        && entry["holder"].as_str() == Some(product.metadata.company.as_str())
        && entry["scheme"].as_str() == Some(certificate.scheme.as_str())
        && scope.iter().any(|word| {
            product
                .category
                .iter()
                .any(|part| Some(part.as_str()) == word.as_str())
        })
}

#[test]
fn there_are_620_products_in_18_categories_and_no_id_twice() {
    let mut ids = BTreeSet::new();
    let mut titles = BTreeSet::new();
    let mut categories = BTreeSet::new();
    for (_, catalog) in all() {
        for product in catalog.products() {
            assert!(ids.insert(product.id.clone()), "{} twice", product.id);
            for variant in &product.variants {
                assert!(ids.insert(variant.id.clone()), "{} twice", variant.id);
                assert!(variant.price > 0);
            }
            titles.insert((product.metadata.brand.clone(), product.title.clone()));
            categories.insert(product.category.iter().take(2).cloned().collect::<Vec<_>>());
        }
    }
    assert!(titles.len() >= 620, "{}", titles.len());
    assert!(categories.len() >= 18, "{}", categories.len());
}

#[test]
fn every_product_says_what_a_buyer_asks() {
    for (_, catalog) in all() {
        for product in catalog.products() {
            let facts = &product.metadata;
            assert!(product.description.len() > 20, "{}", product.id);
            assert!(
                !product.description.contains('{') && !product.title.contains('{'),
                "{}",
                product.id
            );
            assert!(
                !facts.brand.is_empty() && !facts.company.is_empty(),
                "{}",
                product.id
            );
            assert!(!facts.drawing.is_empty(), "{}", product.id);
            assert!((10..=50).contains(&product.rating_tenths), "{}", product.id);
            assert_eq!(facts.gtin.len(), 13, "{}", product.id);
            assert!(facts.gtin.starts_with('2'), "{}", product.id);
            if product.category[0] == "grocery" && !facts.ingredients.is_empty() {
                assert!(facts.allergens.is_some(), "{}", product.id);
            }
        }
    }
}

#[test]
fn gtins_are_sound_and_name_one_product_each() {
    let mut named: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (_, catalog) in all() {
        for product in catalog.products() {
            let digits: Vec<u32> = product
                .metadata
                .gtin
                .chars()
                .map(|digit| digit.to_digit(10).unwrap())
                .collect();
            let sum: u32 = digits
                .iter()
                .enumerate()
                .map(|(at, digit)| if at % 2 == 0 { *digit } else { digit * 3 })
                .sum();
            assert_eq!(sum % 10, 0, "{}", product.id);
            let name = (product.metadata.brand.clone(), product.title.clone());
            assert_eq!(
                named
                    .entry(product.metadata.gtin.clone())
                    .or_insert(name.clone()),
                &name
            );
        }
    }
}

#[test]
fn forty_products_are_sold_by_two_shops_at_different_prices() {
    let mut prices: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (_, catalog) in all() {
        for product in catalog.products() {
            prices
                .entry(product.metadata.gtin.clone())
                .or_default()
                .push(product.variants[0].price);
        }
    }
    let twice: Vec<_> = prices.values().filter(|prices| prices.len() == 2).collect();
    assert!(twice.len() >= 40, "{}", twice.len());
    assert!(twice.iter().all(|prices| prices[0] != prices[1]));
}

#[test]
fn labels_are_of_every_kind_from_sound_to_made_up() {
    let register = register();
    let (mut sound, mut unknown, mut expired, mut suspended, mut out_of_holder) = (0, 0, 0, 0, 0);
    for (_, catalog) in all() {
        for product in catalog.products() {
            for certificate in &product.metadata.certificates {
                match register.get(&certificate.number) {
                    None => unknown += 1,
                    Some(entry) if entry["status"].as_str() == Some("suspended") => suspended += 1,
                    Some(entry) if entry["expires"].as_str().unwrap() < "2026-01-01" => {
                        expired += 1;
                    }
                    Some(entry)
                        if entry["holder"].as_str() != Some(product.metadata.company.as_str()) =>
                    {
                        out_of_holder += 1;
                    }
                    Some(_) => sound += usize::from(holds(certificate, product)),
                }
            }
        }
    }
    assert!(sound > 200, "{sound}");
    assert!(
        unknown >= 3 && expired >= 4 && suspended >= 3 && out_of_holder >= 1,
        "{unknown} {expired} {suspended} {out_of_holder}"
    );
}

#[test]
fn every_register_entry_that_is_in_force_is_borne_by_some_product() {
    let mut borne = BTreeSet::new();
    for (_, catalog) in all() {
        for product in catalog.products() {
            let sound = product
                .metadata
                .certificates
                .iter()
                .filter(|certificate| holds(certificate, product));
            borne.extend(sound.map(|certificate| certificate.number.clone()));
        }
    }
    for (number, entry) in register() {
        let in_force = entry["status"].as_str() == Some("active")
            && entry["expires"].as_str().unwrap() > "2027";
        assert_eq!(borne.contains(&number), in_force, "{number}");
    }
}

#[test]
fn fair_trade_coffee_is_rich_in_sound_and_unsound_choices() {
    let mut coffees = BTreeSet::new();
    let mut choices = 0;
    let mut by_saturday = 0;
    for (which, catalog) in all()
        .into_iter()
        .filter(|(which, _)| *which != WhichShop::VoltWire)
    {
        for product in catalog
            .products()
            .iter()
            .filter(|product| product.category.iter().any(|part| part == "coffee"))
        {
            coffees.insert(product.metadata.gtin.clone());
            let fair = product.metadata.certificates.iter().any(|certificate| {
                certificate.scheme == "fairtrade-intl" && holds(certificate, product)
            });
            let beans = product.category.iter().any(|part| part == "beans");
            let first = &product.variants[0];
            if fair && beans && first.price < 1500 && first.stock >= 2 {
                choices += 1;
                by_saturday += usize::from(
                    which == WhichShop::PantryLane && product.trade.dispatch_hours == 0,
                );
            }
        }
    }
    assert!(coffees.len() >= 17, "{}", coffees.len());
    assert!(choices >= 8, "{choices}");
    assert!(by_saturday >= 3, "{by_saturday}");
}

#[test]
fn some_goods_are_sold_out_restricted_or_hostile_and_some_only_sound_good() {
    let products: Vec<Product> = all()
        .into_iter()
        .flat_map(|(_, catalog)| catalog.products().to_vec())
        .collect();
    let count =
        |test: &dyn Fn(&Product) -> bool| products.iter().filter(|product| test(product)).count();

    assert!(count(&|product| product.variants.iter().all(|variant| variant.stock == 0)) >= 3);
    assert!(count(&|product| product.metadata.min_age.is_some()) >= 10);
    assert_eq!(
        count(&|product| product.tags.iter().any(|tag| tag == "hostile-text")),
        3
    );
    assert!(count(&|product| product.tags.iter().any(|tag| tag == "eco")) >= 5);
    assert!(count(&|product| product.metadata.configuration.is_some()) >= 4);
}

#[test]
fn every_suggested_build_can_be_bought_and_costs_what_it_says() {
    for (_, catalog) in all() {
        for product in catalog
            .products()
            .iter()
            .filter(|product| product.metadata.configuration.is_some())
        {
            assert!(product.variants.len() >= 3, "{}", product.id);
            for variant in &product.variants {
                let configuration = product.metadata.configuration.as_ref().unwrap();
                let parts = variant.id.split_once('~').unwrap().1;
                let choices = configuration.parse(parts).unwrap();
                assert_eq!(
                    catalog.configured_price(product, &choices),
                    Some(variant.price),
                    "{}",
                    variant.id
                );
                assert_eq!(configuration.variant_id(&product.id, &choices), variant.id);
            }
        }
    }
}
