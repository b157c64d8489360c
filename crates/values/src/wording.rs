//! The sentences of this crate, filled from facts. No full stop at the end; the face sets it.

use crate::labels::{Label, Namespace};
use crate::register::Standing;

pub(crate) const AVOIDED: &str = "VALUE-0001";
pub(crate) const STRICT: &str = "VALUE-0002";
pub(crate) const LENIENT: &str = "VALUE-0003";
pub(crate) const UNVERIFIED: &str = "VALUE-0004";
pub(crate) const LACKING: &str = "VALUE-0005";
pub(crate) const BRAND: &str = "VALUE-0006";
pub(crate) const MERCHANT: &str = "MERCH-0001";
pub(crate) const AGE: &str = "AGE-0001";

/// What can be done about a hit.
pub(crate) fn remedy(code: &str) -> &'static str {
    match code {
        AVOIDED => "I can look for one without it",
        STRICT => "I can look for one whose shop says so, or you can ask the shop",
        LENIENT => "You can ask the shop, or approve it as it is",
        UNVERIFIED => {
            "I can look for one whose certificate the register confirms, or show you this one anyway"
        }
        LACKING => "I can look for one that has it",
        BRAND => "I can look at other brands, or you can unblock it",
        MERCHANT => "I can look in other shops, or you can unblock it",
        AGE => "You can state your age in your profile",
        _ => "",
    }
}

/// Who says it.
fn by(level: u8) -> &'static str {
    match level {
        0 => "the shop's own text says so",
        1 => "says the shop",
        2 => "independent data say so",
        3 => "the register confirms it",
        _ => "it is signed",
    }
}

/// That a product has what a label names.
fn is_so(label: &Label) -> String {
    let word = &label.word;
    match label.namespace {
        Namespace::Contains | Namespace::Allergen => format!("it contains {word}"),
        Namespace::Cert => format!("it is {word}"),
        Namespace::Origin => format!("it comes from {word}"),
        Namespace::Hazard => format!("it is marked \u{201c}{word}\u{201d}"),
        Namespace::Cat => format!("it belongs to {word}"),
    }
}

pub(crate) fn has(label: &Label, level: u8) -> String {
    format!("{}, {}", is_so(label), by(level))
}

pub(crate) fn has_not(label: &Label) -> String {
    let word = &label.word;
    match label.namespace {
        Namespace::Contains | Namespace::Allergen => {
            format!("it contains no {word}, says the shop")
        }
        Namespace::Cert => format!("it is not {word}, says the shop"),
        Namespace::Origin => format!("it does not come from {word}, says the shop"),
        Namespace::Hazard | Namespace::Cat => format!("the shop does not list it as {word}"),
    }
}

pub(crate) fn may_have(label: &Label) -> String {
    format!("it may contain traces of {}, says the shop", label.word)
}

pub(crate) fn only_the_shop(label: &Label) -> String {
    format!(
        "the shop lists no {}, but nobody independent confirms it",
        label.word
    )
}

pub(crate) fn nobody_says(label: &Label) -> String {
    format!("nobody says whether {}", is_so(label))
}

pub(crate) fn no_label(id: &str) -> String {
    format!("I do not know the label \u{201c}{id}\u{201d}, so I cannot check it")
}

pub(crate) fn confirmed(level: u8, standing: Option<&Standing>) -> String {
    match (level, standing) {
        (3, Some(Standing::Confirmed { issuer, number })) if !issuer.is_empty() => {
            format!("confirmed in the register: {issuer}, number {number}")
        }
        (3, _) => "confirmed in the register".to_owned(),
        (2, _) => "independent data say so".to_owned(),
        (0 | 1, _) => "the shop says so".to_owned(),
        (_, _) => "signed by its issuer".to_owned(),
    }
}

pub(crate) fn unverified(
    label: &Label,
    claimed: Option<u8>,
    standing: Option<&Standing>,
) -> String {
    let so = is_so(label);
    match (claimed, standing) {
        (_, Some(standing)) if !matches!(standing, Standing::Confirmed { .. }) => {
            format!(
                "the shop says {so}, but {}, so I do not count it",
                because(standing)
            )
        }
        (Some(_), _) => {
            format!("the shop says {so}, but I could not confirm it, so I do not count it")
        }
        (None, _) => nobody_says(label),
    }
}

/// Why a register does not confirm.
fn because(standing: &Standing) -> String {
    match standing {
        Standing::Confirmed { .. } => "the register confirms it".to_owned(),
        Standing::NoNumber => "it gives no certificate number".to_owned(),
        Standing::NoRegister => "I have no register to check it in".to_owned(),
        Standing::NoSuchNumber => "the register has no such number".to_owned(),
        Standing::Expired { on } => format!("the certificate expired on {on}"),
        Standing::NotActive { status } => format!("the register lists the certificate as {status}"),
        Standing::OutOfScope => "the certificate covers other goods".to_owned(),
        Standing::OtherHolder => "the certificate belongs to another company".to_owned(),
    }
}

pub(crate) fn standing_note(word: &str, standing: &Standing) -> String {
    format!("The shop claims {word}, but {}", because(standing))
}

pub(crate) fn marketing(word: &str) -> String {
    format!(
        "The shop writes \u{201c}{word}\u{201d}; that word has no checked meaning, so it counts neither way"
    )
}

pub(crate) fn brand(brand: &str) -> String {
    format!("it is by {brand}, a brand that you blocked")
}

pub(crate) fn merchant(merchant: &str) -> String {
    format!("it is sold by {merchant}, a shop that you blocked")
}

pub(crate) fn age(min: u8, age: Option<u8>) -> String {
    match age {
        None => format!(
            "it is sold only to people of {min} or older, and you have not told me your age"
        ),
        Some(_) => format!("it is sold only to people of {min} or older"),
    }
}
