//! The sentences of this crate, filled from facts. No full stop at the end; the face sets it.

use errand_types::Language;

use crate::labels::{Label, Namespace};
use crate::register::Standing;

pub(crate) use said::{asked_no, asked_with, marketing, no_label};

mod said {
    errand_sentences::sentences! {
        WORDING = "wording";
        i_look_without(); i_look_said(); you_ask_or_approve(); i_look_confirmed(); i_look_with(); other_brands();
        other_shops(); state_age(); contains(word); is_so(word); comes_from(word); is_marked(word); belongs_to(word);
        by_text(so); by_shop(so); by_data(so); by_register(so); by_signature(so); contains_no(word); is_not(word);
        comes_not_from(word); not_listed(word); traces(word); only_the_shop(word); whether_contains(word);
        whether_is(word); whether_comes_from(word); whether_marked(word); whether_belongs(word); no_label(id);
        confirmed_by(issuer, number); confirmed(); data_say_so(); shop_says_so(); signed(); claimed_but(so, why);
        claimed_unconfirmed(so); because_confirmed(); because_no_number(); because_no_register(); because_unknown();
        because_expired(on); because_status(status); because_scope(); because_holder(); claims_but(word, why);
        marketing(word); blocked_brand(brand); blocked_shop(shop); age_unknown(min); too_young(min); asked_no(word);
        asked_with(word);
    }
}

/// The sentences that rules say about products.
pub fn books() -> [&'static errand_sentences::Book; 1] {
    [&said::WORDING]
}

pub(crate) const AVOIDED: &str = "VALUE-0001";
pub(crate) const STRICT: &str = "VALUE-0002";
pub(crate) const LENIENT: &str = "VALUE-0003";
pub(crate) const UNVERIFIED: &str = "VALUE-0004";
pub(crate) const LACKING: &str = "VALUE-0005";
pub(crate) const BRAND: &str = "VALUE-0006";
pub(crate) const MERCHANT: &str = "MERCH-0001";
pub(crate) const AGE: &str = "AGE-0001";

/// What can be done about a hit.
pub(crate) fn remedy(language: Language, code: &str) -> String {
    match code {
        AVOIDED => said::i_look_without(language),
        STRICT => said::i_look_said(language),
        LENIENT => said::you_ask_or_approve(language),
        UNVERIFIED => said::i_look_confirmed(language),
        LACKING => said::i_look_with(language),
        BRAND => said::other_brands(language),
        MERCHANT => said::other_shops(language),
        AGE => said::state_age(language),
        _ => String::new(),
    }
}

/// That a product has what a label names.
fn is_so(language: Language, label: &Label) -> String {
    let word = label.word(language);
    match label.namespace {
        Namespace::Contains | Namespace::Allergen => said::contains(language, word),
        Namespace::Cert => said::is_so(language, word),
        Namespace::Origin => said::comes_from(language, word),
        Namespace::Hazard => said::is_marked(language, word),
        Namespace::Cat => said::belongs_to(language, word),
    }
}

/// The same, and who says it.
pub(crate) fn has(language: Language, label: &Label, level: u8) -> String {
    let so = is_so(language, label);
    match level {
        0 => said::by_text(language, so),
        1 => said::by_shop(language, so),
        2 => said::by_data(language, so),
        3 => said::by_register(language, so),
        _ => said::by_signature(language, so),
    }
}

pub(crate) fn has_not(language: Language, label: &Label) -> String {
    let word = label.word(language);
    match label.namespace {
        Namespace::Contains | Namespace::Allergen => said::contains_no(language, word),
        Namespace::Cert => said::is_not(language, word),
        Namespace::Origin => said::comes_not_from(language, word),
        Namespace::Hazard | Namespace::Cat => said::not_listed(language, word),
    }
}

pub(crate) fn may_have(language: Language, label: &Label) -> String {
    said::traces(language, label.word(language))
}

pub(crate) fn only_the_shop(language: Language, label: &Label) -> String {
    said::only_the_shop(language, label.word(language))
}

pub(crate) fn nobody_says(language: Language, label: &Label) -> String {
    let word = label.word(language);
    match label.namespace {
        Namespace::Contains | Namespace::Allergen => said::whether_contains(language, word),
        Namespace::Cert => said::whether_is(language, word),
        Namespace::Origin => said::whether_comes_from(language, word),
        Namespace::Hazard => said::whether_marked(language, word),
        Namespace::Cat => said::whether_belongs(language, word),
    }
}

pub(crate) fn confirmed(language: Language, level: u8, standing: Option<&Standing>) -> String {
    match (level, standing) {
        (3, Some(Standing::Confirmed { issuer, number })) if !issuer.is_empty() => {
            said::confirmed_by(language, issuer, number)
        }
        (3, _) => said::confirmed(language),
        (2, _) => said::data_say_so(language),
        (0 | 1, _) => said::shop_says_so(language),
        (_, _) => said::signed(language),
    }
}

pub(crate) fn unverified(
    language: Language,
    label: &Label,
    claimed: Option<u8>,
    standing: Option<&Standing>,
) -> String {
    let so = is_so(language, label);
    match (claimed, standing) {
        (_, Some(standing)) if !matches!(standing, Standing::Confirmed { .. }) => {
            said::claimed_but(language, so, because(language, standing))
        }
        (Some(_), _) => said::claimed_unconfirmed(language, so),
        (None, _) => nobody_says(language, label),
    }
}

/// Why a register does not confirm.
fn because(language: Language, standing: &Standing) -> String {
    match standing {
        Standing::Confirmed { .. } => said::because_confirmed(language),
        Standing::NoNumber => said::because_no_number(language),
        Standing::NoRegister => said::because_no_register(language),
        Standing::NoSuchNumber => said::because_unknown(language),
        Standing::Expired { on } => said::because_expired(language, on),
        Standing::NotActive { status } => said::because_status(language, status),
        Standing::OutOfScope => said::because_scope(language),
        Standing::OtherHolder => said::because_holder(language),
    }
}

pub(crate) fn standing_note(language: Language, word: &str, standing: &Standing) -> String {
    said::claims_but(language, word, because(language, standing))
}

pub(crate) fn brand(language: Language, brand: &str) -> String {
    said::blocked_brand(language, brand)
}

pub(crate) fn merchant(language: Language, merchant: &str) -> String {
    said::blocked_shop(language, merchant)
}

pub(crate) fn age(language: Language, min: u8, age: Option<u8>) -> String {
    match age {
        None => said::age_unknown(language, min),
        Some(_) => said::too_young(language, min),
    }
}
