use std::collections::BTreeSet;

use errand_trust::{Transaction, TxDigest, TxLine, destination_digest};
use errand_types::{
    Currency, Destination, ForeignId, MerchantId, Money, SessionId, Text, TotalKind, UserId, Window,
};
use proptest::prelude::*;

use crate::fixture::{at, destination, session, transaction};

/// A way in which two transactions can differ, by name.
type Change = (&'static str, fn(&mut Transaction));

fn changes() -> Vec<Change> {
    vec![
        ("user", |t| t.user = UserId::from_tail("two").unwrap()),
        ("session", |t| t.session = session("two")),
        ("merchant", |t| {
            t.merchant = MerchantId::parse("pantry-lan3").unwrap();
        }),
        ("payee", |t| t.payee = "Pantry Lane LLC".into()),
        ("payee-case", |t| t.payee = "pantry lane ltd".into()),
        ("currency", |t| t.currency = Currency::EUR),
        ("total-currency", |t| {
            t.total = Money::new(2590, Currency::EUR);
        }),
        ("total", |t| t.total = Money::new(2591, Currency::USD)),
        ("total-sign", |t| t.total = Money::new(-2590, Currency::USD)),
        ("line-variant", |t| {
            t.lines[0].variant = ForeignId::parse("marcala-341").unwrap();
        }),
        ("line-quantity", |t| t.lines[0].quantity = 3),
        ("line-price", |t| t.lines[0].unit_minor = 1121),
        ("line-more", |t| t.lines.push(t.lines[0].clone())),
        ("line-less", |t| t.lines.clear()),
        ("entry-kind", |t| t.entries[1].0 = TotalKind::Fee),
        ("entry-amount", |t| t.entries[1].1 = 351),
        ("entry-order", |t| t.entries.reverse()),
        ("entry-more", |t| t.entries.push((TotalKind::Discount, 0))),
        ("destination", |t| t.destination[31] ^= 1),
        ("option", |t| t.option = "shipping/express".into()),
        ("window-none", |t| t.window = None),
        ("window-start", |t| {
            t.window = Some(Window::new(at(86_401), at(93_600)).unwrap());
        }),
        ("window-end", |t| {
            t.window = Some(Window::new(at(86_400), at(93_601)).unwrap());
        }),
        ("slot-none", |t| t.slot = None),
        ("slot", |t| {
            t.slot = Some(ForeignId::parse("slot-9").unwrap());
        }),
        ("recurring", |t| t.recurring = true),
        ("instrument", |t| {
            t.instrument = "dev.errand.testpay visa ..4243".into();
        }),
        ("policy-epoch", |t| t.policy_epoch = 8),
        ("expires", |t| t.expires = at(3_601)),
        ("nonce", |t| t.nonce[0] ^= 1),
    ]
}

#[test]
fn the_digests_are_those_of_the_golden_file() {
    let mut lines = vec![format!("base {}", transaction().digest())];
    for (name, change) in changes() {
        let mut changed = transaction();
        change(&mut changed);
        lines.push(format!("{name} {}", changed.digest()));
    }
    let address = |d: &Destination| TxDigest::from_bytes(destination_digest(d));
    lines.push(format!("address {}", address(&destination())));
    lines.push(format!(
        "no-address {}
",
        address(&Destination::default())
    ));
    let found = lines.join(
        "
",
    );
    assert_eq!(
        found,
        include_str!("data/digests.txt"),
        "the canonical form is stored in receipts and must not change"
    );
}

#[test]
fn the_canonical_form_of_the_smallest_transaction_is_these_bytes() {
    let mut small = transaction();
    small.lines.clear();
    small.entries.clear();
    small.window = None;
    small.slot = None;
    let bytes = small.canonical();
    assert_eq!(&bytes[..16], b"\0\0\0\x0cerrand/tx/v1");
    assert_eq!(&bytes[16..27], b"\0\0\0\x07usr_one");
    assert!(bytes.ends_with(&[11; 16]));
}

#[test]
fn every_change_of_a_transaction_changes_its_digest() {
    let mut digests = BTreeSet::from([transaction().digest()]);
    for (name, change) in changes() {
        let mut changed = transaction();
        change(&mut changed);
        assert!(
            digests.insert(changed.digest()),
            "{name} gives a digest that was there before"
        );
    }
}

#[test]
fn a_digest_and_a_transaction_come_back_from_their_stored_form() {
    let before = transaction();
    let json = serde_json::to_string(&before).unwrap();
    let back: Transaction = serde_json::from_str(&json).unwrap();
    assert_eq!(back.digest(), before.digest());
    let digest = serde_json::to_string(&before.digest()).unwrap();
    assert_eq!(
        serde_json::from_str::<TxDigest>(&digest).unwrap(),
        before.digest()
    );
    assert!(serde_json::from_str::<TxDigest>("\"00\"").is_err());
}

#[test]
fn a_transaction_tells_a_log_neither_address_nor_goods_nor_instrument() {
    let told = format!("{:?}", transaction());
    for secret in ["marcala", "4242", "slot", "2590", "usr_one"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn every_field_of_an_address_counts_and_the_shops_name_of_the_row_does_not() {
    let base = destination_digest(&destination());
    let changes: [fn(&mut Destination); 7] = [
        |d| d.name = None,
        |d| d.street = Some(Text::clip("13 Elm Street")),
        |d| d.locality = Some(Text::clip("Albany ")),
        |d| d.region = None,
        |d| d.postal_code = Some(Text::clip("12208")),
        |d| d.country = Some(Text::clip("CA")),
        |d| d.street = None,
    ];
    for (number, alter) in changes.iter().enumerate() {
        let mut moved = destination();
        alter(&mut moved);
        assert_ne!(destination_digest(&moved), base, "{number}");
    }
    let mut renamed = destination();
    renamed.id = Some(ForeignId::parse("addr-1").unwrap());
    assert_eq!(destination_digest(&renamed), base);
}

fn short() -> impl Strategy<Value = String> {
    "[a-c/]{0,4}"
}

fn any_transaction() -> impl Strategy<Value = Transaction> {
    let line =
        ("[ab]{1,2}", 0..3_u32, -1..2_i64).prop_map(|(variant, quantity, unit_minor)| TxLine {
            variant: ForeignId::parse(&variant).unwrap(),
            quantity,
            unit_minor,
        });
    let kind = prop::sample::select(vec![TotalKind::Subtotal, TotalKind::Tax, TotalKind::Other]);
    let lists = (
        prop::collection::vec(line, 0..3),
        prop::collection::vec((kind, -1..2_i64), 0..3),
    );
    let slot = prop::option::of("[ab]{1,2}");
    (
        short(),
        short(),
        short(),
        lists,
        slot,
        any::<bool>(),
        0..3_u64,
    )
        .prop_map(
            |(payee, option, instrument, (lines, entries), slot, recurring, policy_epoch)| {
                Transaction {
                    payee,
                    option,
                    instrument,
                    lines,
                    entries,
                    slot: slot.map(|s| ForeignId::parse(&s).unwrap()),
                    recurring,
                    policy_epoch,
                    session: SessionId::from_tail("one").unwrap(),
                    ..transaction()
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_transactions_share_their_bytes_only_when_they_are_the_same(a in any_transaction(), b in any_transaction()) {
        prop_assert_eq!(a.canonical() == b.canonical(), a == b);
        prop_assert_eq!(a.digest() == b.digest(), a == b);
    }

    #[test]
    fn text_that_moves_from_one_field_to_the_next_changes_the_bytes(head in short(), tail in short()) {
        let mut a = transaction();
        let mut b = transaction();
        a.option = head.clone();
        a.instrument = tail.clone();
        b.option = format!("{head}{tail}");
        b.instrument = String::new();
        prop_assert_eq!(a.canonical() == b.canonical(), tail.is_empty());
    }
}
