use errand_gate::{
    ActionKind, ApprovalFacts, Facts, ItemFacts, MerchantFacts, MoneyFacts, ShareFacts, SpeechFacts,
};
use errand_types::{DataClass, ForeignId, IdError, MerchantId, OfferRef, Purpose};

/// Facts of an ordinary purchase, for measuring what a decision costs: the action, its facts.
///
/// The list holds the dearest decisions, since those have the most policies: paying with an approval, paying without,
/// telling a shop an address, and putting something into the cart.
pub fn ordinary_calls() -> Result<Vec<(ActionKind, Facts)>, IdError> {
    let merchant = MerchantId::parse("pantry-lane")?;
    let mut goods = Facts::of("buyer", "usr_measure");
    goods.auth_level = 35;
    goods.depth = 1;
    goods.merchant = Some(MerchantFacts {
        id: merchant.clone(),
        name: "Pantry Lane Ltd".into(),
        listed: true,
        blocked: false,
        forbids_agents: false,
        bad_signature: false,
    });
    let mut share = goods.clone();
    share.share = Some(ShareFacts {
        purpose: Purpose::Delivery,
        classes: vec![DataClass::Name, DataClass::Address],
        receipt_match: true,
        refused_before: false,
    });
    goods.items = vec![ItemFacts {
        offer: OfferRef {
            merchant,
            product: ForeignId::parse("p")?,
            variant: ForeignId::parse("v")?,
        },
        title: "Marcala Medium, 340 g".into(),
        quantity: 2,
        known: true,
        violations: Vec::new(),
        unconfirmed: Vec::new(),
        min_age: 0,
        age_ok: false,
    }];
    let mut unapproved = goods.clone();
    unapproved.money = Some(MoneyFacts {
        total_text: "$25.90".into(),
        limits_text: ["$50.00".into(), "$120.00".into(), "$600.00".into()],
        sums_text: ["$65.40".into(), "$310.00".into()],
        positive: true,
        currency_ok: true,
        consistent: true,
        over_purchase_limit: false,
        over_day_limit: false,
        over_month_limit: false,
        recurring: false,
        instrument_offered: true,
    });
    unapproved.speech = Some(SpeechFacts {
        limits_text: ["$20.00".into(), "$40.00".into()],
        sum_text: "$25.90".into(),
        off: false,
        over_cap: true,
        over_day: false,
        known_merchant: true,
        saved_address: true,
        asked_often: false,
        stranger: false,
        alike: Some(31),
        alike_least: 40,
        other_voice: false,
    });
    let mut approved = unapproved.clone();
    approved.approval = Some(ApprovalFacts {
        level: 35,
        age_s: 12,
        consumed: false,
        same_session: true,
        digest_matches: true,
        total_matches: true,
        payee_matches: true,
    });
    Ok(vec![
        (ActionKind::CheckoutComplete, approved),
        (ActionKind::CheckoutComplete, unapproved),
        (ActionKind::DataShare, share),
        (ActionKind::CartAdd, goods),
    ])
}
