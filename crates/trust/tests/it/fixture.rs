use errand_trust::{Transaction, TxLine, destination_digest};
use errand_types::{
    Currency, Destination, ForeignId, MerchantId, Money, SessionId, Text, TotalKind, UserId, Window,
};
use jiff::Timestamp;

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(crate) fn session(tail: &str) -> SessionId {
    SessionId::from_tail(tail).unwrap()
}

pub(crate) fn destination() -> Destination {
    Destination {
        id: None,
        name: Some(Text::clip("Rosa Lindqvist")),
        street: Some(Text::clip("12 Elm Street")),
        locality: Some(Text::clip("Albany")),
        region: Some(Text::clip("NY")),
        postal_code: Some(Text::clip("12207")),
        country: Some(Text::clip("US")),
    }
}

pub(crate) fn transaction() -> Transaction {
    Transaction {
        user: UserId::from_tail("one").unwrap(),
        session: session("one"),
        merchant: MerchantId::parse("pantry-lane").unwrap(),
        payee: "Pantry Lane Ltd".into(),
        currency: Currency::USD,
        total: Money::new(2590, Currency::USD),
        lines: vec![TxLine {
            variant: ForeignId::parse("marcala-340").unwrap(),
            quantity: 2,
            unit_minor: 1120,
        }],
        entries: vec![(TotalKind::Subtotal, 2240), (TotalKind::Fulfillment, 350)],
        destination: destination_digest(&destination()),
        option: "shipping/standard".into(),
        window: Some(Window::new(at(86_400), at(93_600)).unwrap()),
        slot: Some(ForeignId::parse("slot-8").unwrap()),
        recurring: false,
        instrument: "dev.errand.testpay visa ..4242".into(),
        policy_epoch: 7,
        expires: at(3_600),
        nonce: [11; 16],
    }
}
