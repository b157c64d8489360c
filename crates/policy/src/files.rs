/// The schema that this build carries.
pub static SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");

/// The policies that this build carries: name of the concern, text.
pub static POLICIES: [(&str, &str); 15] = [
    ("age", include_str!("../../../policies/age.cedar")),
    ("approval", include_str!("../../../policies/approval.cedar")),
    ("browse", include_str!("../../../policies/browse.cedar")),
    ("cart", include_str!("../../../policies/cart.cedar")),
    ("consent", include_str!("../../../policies/consent.cedar")),
    (
        "delegation",
        include_str!("../../../policies/delegation.cedar"),
    ),
    ("desk", include_str!("../../../policies/desk.cedar")),
    ("merchant", include_str!("../../../policies/merchant.cedar")),
    ("money", include_str!("../../../policies/money.cedar")),
    ("orders", include_str!("../../../policies/orders.cedar")),
    (
        "ownership",
        include_str!("../../../policies/ownership.cedar"),
    ),
    ("quiet", include_str!("../../../policies/quiet.cedar")),
    ("speech", include_str!("../../../policies/speech.cedar")),
    ("taint", include_str!("../../../policies/taint.cedar")),
    ("values", include_str!("../../../policies/values.cedar")),
];
