//! The terms of each shop: delivery prices, codes, windows, tax.

use crate::config::WhichShop;

/// Terms of one shop. All amounts in cents.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) standard_price: i64,
    /// Goods worth this much travel free by standard.
    pub(crate) standard_free_from: i64,
    pub(crate) standard_days: (i64, i64),
    pub(crate) express_price: i64,
    pub(crate) van_price: i64,
    pub(crate) codes: &'static [Code],
    /// Automatic: off the order from this worth on.
    pub(crate) big_basket: (i64, i64),
    /// The store: name, street, town, state, postal code.
    pub(crate) store: [&'static str; 5],
    pub(crate) windows: &'static [Window],
}

/// A discount code.
#[derive(Debug)]
pub(crate) struct Code {
    /// What the buyer types, upper case.
    pub(crate) word: &'static str,
    pub(crate) title: &'static str,
    pub(crate) rule: CodeRule,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum CodeRule {
    /// Hundredths of a percent off the order.
    Percent(i64),
    /// Cents off from a worth on.
    Off { amount: i64, from: i64 },
    /// Hundredths of a percent off the lines of one category.
    Category { category: &'static str, share: i64 },
}

/// A delivery window of the week.
#[derive(Debug)]
pub(crate) struct Window {
    /// Days on which it is offered.
    pub(crate) days: Days,
    /// First and last hour.
    pub(crate) hours: (i8, i8),
    pub(crate) price: i64,
    pub(crate) capacity: u32,
    /// True for collecting at the store.
    pub(crate) pickup: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    MondayToFriday,
    MondayToSaturday,
    Saturday,
}

const fn window(days: Days, hours: (i8, i8), price: i64, capacity: u32, pickup: bool) -> Window {
    Window {
        days,
        hours,
        price,
        capacity,
        pickup,
    }
}

use Days::{MondayToFriday, MondayToSaturday, Saturday};

const PANTRY: Terms = Terms {
    standard_price: 499,
    standard_free_from: 4_500,
    standard_days: (2, 3),
    express_price: 899,
    van_price: 2_900,
    codes: &[
        Code {
            word: "WELCOME10",
            title: "10% off your order",
            rule: CodeRule::Percent(1_000),
        },
        Code {
            word: "PANTRY5",
            title: "5 dollars off from 30 dollars",
            rule: CodeRule::Off {
                amount: 500,
                from: 3_000,
            },
        },
        Code {
            word: "COFFEE15",
            title: "15% off coffee",
            rule: CodeRule::Category {
                category: "coffee",
                share: 1_500,
            },
        },
    ],
    big_basket: (10_000, 500),
    store: [
        "Pantry Lane, Mill Street",
        "14 Mill Street",
        "Hudson Falls",
        "NY",
        "12839",
    ],
    windows: &[
        window(MondayToSaturday, (8, 10), 590, 6, false),
        window(MondayToSaturday, (10, 12), 390, 8, false),
        window(MondayToFriday, (12, 14), 290, 8, false),
        window(MondayToSaturday, (16, 18), 390, 6, false),
        window(MondayToFriday, (18, 20), 590, 6, false),
        window(MondayToSaturday, (10, 12), 0, 10, true),
        window(MondayToFriday, (16, 18), 0, 10, true),
    ],
};

const VOLT: Terms = Terms {
    standard_price: 699,
    standard_free_from: 7_500,
    standard_days: (2, 4),
    express_price: 1_499,
    van_price: 4_900,
    codes: &[
        Code {
            word: "WELCOME10",
            title: "10% off your order",
            rule: CodeRule::Percent(1_000),
        },
        Code {
            word: "VOLT20",
            title: "20 dollars off from 45 dollars",
            rule: CodeRule::Off {
                amount: 2_000,
                from: 4_500,
            },
        },
        Code {
            word: "CABLE25",
            title: "25% off cables",
            rule: CodeRule::Category {
                category: "cables",
                share: 2_500,
            },
        },
    ],
    big_basket: (50_000, 1_500),
    store: [
        "Volt & Wire, Canal Yard",
        "220 Canal Yard",
        "Newark",
        "NJ",
        "07102",
    ],
    windows: &[
        window(MondayToFriday, (8, 10), 990, 4, false),
        window(MondayToFriday, (12, 14), 690, 5, false),
        window(MondayToFriday, (18, 20), 990, 4, false),
        window(Saturday, (12, 14), 1_190, 4, false),
        window(MondayToSaturday, (12, 14), 0, 8, true),
    ],
};

const HEARTH: Terms = Terms {
    standard_price: 599,
    standard_free_from: 6_000,
    standard_days: (3, 5),
    express_price: 1_299,
    van_price: 5_900,
    codes: &[
        Code {
            word: "WELCOME10",
            title: "10% off your order",
            rule: CodeRule::Percent(1_000),
        },
        Code {
            word: "HEARTH8",
            title: "8 dollars off from 40 dollars",
            rule: CodeRule::Off {
                amount: 800,
                from: 4_000,
            },
        },
        Code {
            word: "LINEN20",
            title: "20% off bedding",
            rule: CodeRule::Category {
                category: "bedding",
                share: 2_000,
            },
        },
    ],
    big_basket: (25_000, 1_000),
    store: [
        "Hearth & Thread, Old Dye Works",
        "8 Dyers Lane",
        "Providence",
        "RI",
        "02903",
    ],
    windows: &[
        window(MondayToSaturday, (8, 10), 690, 4, false),
        window(MondayToSaturday, (10, 12), 490, 5, false),
        window(MondayToFriday, (16, 18), 490, 5, false),
        window(Saturday, (16, 18), 690, 4, false),
        window(MondayToSaturday, (10, 12), 0, 8, true),
    ],
};

/// The claim of a buyer who never ordered here; the shop checks it in its own books.
pub(crate) const CLAIM_FIRST_ORDER: &str = "dev.errand.first_order";
/// The claim of staff; it can only be checked at the counter.
pub(crate) const CLAIM_STAFF: &str = "dev.errand.staff";
/// What a first order is worth, in cents.
pub(crate) const FIRST_ORDER_OFF: i64 = 300;
/// What staff get, in hundredths of a percent.
pub(crate) const STAFF_SHARE: i64 = 2_000;

pub(crate) const fn terms(which: WhichShop) -> &'static Terms {
    match which {
        WhichShop::PantryLane => &PANTRY,
        WhichShop::VoltWire => &VOLT,
        WhichShop::HearthThread => &HEARTH,
    }
}

/// Sales tax of a state in thousandths of a percent, or `None` for a word that is no state.
pub(crate) fn tax_rate(state: &str) -> Option<i64> {
    const RATES: [(&str, i64); 51] = [
        ("AL", 4_000),
        ("AK", 0),
        ("AZ", 5_600),
        ("AR", 6_500),
        ("CA", 7_250),
        ("CO", 2_900),
        ("CT", 6_350),
        ("DE", 0),
        ("DC", 6_000),
        ("FL", 6_000),
        ("GA", 4_000),
        ("HI", 4_000),
        ("ID", 6_000),
        ("IL", 6_250),
        ("IN", 7_000),
        ("IA", 6_000),
        ("KS", 6_500),
        ("KY", 6_000),
        ("LA", 5_000),
        ("ME", 5_500),
        ("MD", 6_000),
        ("MA", 6_250),
        ("MI", 6_000),
        ("MN", 6_875),
        ("MS", 7_000),
        ("MO", 4_225),
        ("MT", 0),
        ("NE", 5_500),
        ("NV", 6_850),
        ("NH", 0),
        ("NJ", 6_625),
        ("NM", 4_875),
        ("NY", 8_875),
        ("NC", 4_750),
        ("ND", 5_000),
        ("OH", 5_750),
        ("OK", 4_500),
        ("OR", 0),
        ("PA", 6_000),
        ("RI", 7_000),
        ("SC", 6_000),
        ("SD", 4_200),
        ("TN", 7_000),
        ("TX", 6_250),
        ("UT", 4_850),
        ("VT", 6_000),
        ("VA", 4_300),
        ("WA", 6_500),
        ("WV", 6_000),
        ("WI", 5_000),
        ("WY", 4_000),
    ];
    let state = state.trim().to_uppercase();
    RATES
        .iter()
        .find(|(code, _)| *code == state)
        .map(|(_, rate)| *rate)
}
