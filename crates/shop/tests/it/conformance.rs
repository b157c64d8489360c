//! The foreign grader `spck-conformance`, where it is installed.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use errand_shop::{Filters, WhichShop};
use serde_json::{Value, json};

use crate::http::open;

fn tool() -> Option<PathBuf> {
    let named = std::env::var_os("ERRAND_PYTOOLS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pytools");
    let folders = named.into_iter().chain([beside]);
    let places = folders.flat_map(|folder| {
        [
            folder.join("bin/spck-conformance"),
            folder.join("spck-conformance"),
        ]
    });
    places.into_iter().find(|place| place.is_file())
}

/// The grader's report on one shop with one set of merchant facts.
async fn report(
    which: WhichShop,
    adapt: impl FnOnce(&mut Value, &errand_shop::Shop),
) -> Option<Value> {
    let tool = tool()?;
    // The protocol wants https pages; a TLS front gives them to a shop on loopback.
    let open = open(which, Some("https://shop.example")).await;
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/spck/{}.json", which.slug()));
    let mut facts: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    adapt(&mut facts, &open.shop);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("merchant.json");
    std::fs::write(&path, facts.to_string()).unwrap();
    let output = tokio::process::Command::new(tool)
        .args([
            "--server",
            &open.base,
            "--config",
            path.to_str().unwrap(),
            "--json",
        ])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    Some(serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    }))
}

fn assert_clean(which: WhichShop, report: &Value, passed_min: usize) {
    let text = report.to_string();
    assert!(text.contains("2026-04-08"), "{text}");
    let checks = report["checks"]
        .as_array()
        .or_else(|| report["results"].as_array());
    let checks = checks.unwrap_or_else(|| panic!("{report:#}"));
    let of = |status: &str| -> Vec<String> {
        checks
            .iter()
            .filter(|check| {
                check["status"].as_str().or_else(|| check["clean"].as_str()) == Some(status)
            })
            .map(|check| {
                check["id"]
                    .as_str()
                    .or_else(|| check["check"].as_str())
                    .unwrap_or("?")
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(of("deviation"), Vec::<String>::new(), "{}", which.slug());
    assert!(
        of("clean-pass").len() >= passed_min,
        "{}: {}",
        which.slug(),
        of("clean-pass").len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_shop_deviates_from_a_must_of_the_protocol() {
    for which in WhichShop::ALL {
        let graded = report(which, |facts, shop| {
            let all = shop.catalog().search(None, &Filters::default()).len();
            facts["catalog"]["paginated_total"] = json!(all);
        });
        let Some(report) = graded.await else {
            println!("SKIPPED: spck-conformance not installed; run make setup");
            return;
        };
        assert_clean(which, &report, 98);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_that_need_a_parcel_are_graded_clean_too() {
    let graded = report(WhichShop::PantryLane, |facts, _| {
        let kept = [
            "currency",
            "discount",
            "cart",
            "totals",
            "unavailable",
            "out_of_stock_id",
            "negotiation",
        ];
        let map = facts.as_object_mut().unwrap();
        map.retain(|name, _| kept.contains(&name.as_str()));
        map.insert(
            "product_id".to_owned(),
            json!("pl-grand-reserve-guji-hambela-beans.one"),
        );
        // Half of the price of one tin is above the 30 dollars that the second code needs.
        map["discount"]
            .as_object_mut()
            .unwrap()
            .remove("second_valid_code");
    });
    let Some(report) = graded.await else {
        println!("SKIPPED: spck-conformance not installed; run make setup");
        return;
    };
    assert_clean(WhichShop::PantryLane, &report, 55);
}
