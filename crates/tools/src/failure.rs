use errand_engine::{Failure, FailureKind};
use errand_merchant::{ApprovedPart, MerchantError, Op};
use errand_sentences::SentencesError;
use errand_types::{Language, MerchantId};

mod said {
    errand_sentences::sentences! {
        SHOPS = "shops";
        not_sent(shop); outcome_unknown(shop, doing); paused(shop); busy(shop, doing); crowded(shop);
        failed(shop, status, doing); unreadable(shop, doing, what); too_large(shop, doing, limit);
        redirected(shop, doing, status); forbidden(host, why); no_shop(origin, why); version(shop, version);
        unsupported(shop, doing); refused(shop, doing, status, code); not_found(shop, doing);
        conflict(shop, doing, code); too_late(shop); slot_taken(shop); slot_costs_more(shop); declined(shop);
        payment_unsupported(shop); totals(shop); not_as_approved(shop, part); not_ready(shop, why);
        in_progress(shop); no_order(shop, checkout); too_old(shop, hours); foreign(shop); not_written(doing, shop);
        identity(shop, doing); profile(shop); full(limit); connected(shop); no_client(); gone(shop); op_discover();
        op_search(); op_products(); op_open(); op_read(); op_change(); op_windows(); op_hold(); op_pay();
        op_give_up(); op_order(); op_book(); op_cancel(); op_return(); op_page(); part_digest(); part_total();
        part_currency(); part_option();
    }
}

/// That every language says every failure. To be asked once, before anybody is told of one.
///
/// # Errors
///
/// [`SentencesError`] names the file and the sentence.
pub fn check_sentences() -> Result<(), SentencesError> {
    said::SHOPS.check()
}

/// An error of a shop as the engine knows it: kind, code and a sentence for the person in their language.
pub fn failure(error: &MerchantError, after_ms: u64, language: Language) -> Failure {
    Failure {
        kind: kind(error),
        code: error.code().to_owned(),
        text: text(error, language),
        after_ms,
    }
}

fn kind(error: &MerchantError) -> FailureKind {
    if error.may_have_happened() {
        return FailureKind::Unknown;
    }
    match error.shop_code() {
        Some("out_of_stock" | "item_unavailable" | "insufficient_stock" | "quantity_exceeded") => {
            return FailureKind::OutOfStock;
        }
        Some("too_late" | "order_not_cancelable" | "slot_taken" | "return_window_closed") => {
            return FailureKind::TooLate;
        }
        Some("payment_failed" | "payment_declined") => return FailureKind::PaymentRefused,
        Some(_) | None => {}
    }
    match error {
        MerchantError::PaymentDeclined { .. } => FailureKind::PaymentRefused,
        MerchantError::NotAsApproved { .. } | MerchantError::TotalsMismatch { .. } => {
            FailureKind::Changed
        }
        MerchantError::PaymentUnsupported { .. }
        | MerchantError::NeedsIdentity { .. }
        | MerchantError::ProfileNotPublic { .. } => FailureKind::NeedsBuyer,
        MerchantError::OutcomeUnknown { .. } | MerchantError::NoOrder { .. } => {
            FailureKind::Unknown
        }
        MerchantError::NotSent { .. }
        | MerchantError::NoAnswer { .. }
        | MerchantError::Paused { .. }
        | MerchantError::Busy { .. }
        | MerchantError::Crowded { .. }
        | MerchantError::ShopFailed { .. }
        | MerchantError::Unreadable { .. }
        | MerchantError::TooLarge { .. }
        | MerchantError::Redirected { .. }
        | MerchantError::AddressForbidden { .. }
        | MerchantError::NotAShop { .. }
        | MerchantError::VersionUnsupported { .. }
        | MerchantError::Unsupported { .. }
        | MerchantError::Refused { .. }
        | MerchantError::NotFound { .. }
        | MerchantError::Conflict { .. }
        | MerchantError::NotReady { .. }
        | MerchantError::InProgress { .. }
        | MerchantError::TooOld { .. }
        | MerchantError::ForeignRequest { .. }
        | MerchantError::IntentNotWritten { .. }
        | MerchantError::RegistryFull { .. }
        | MerchantError::AlreadyConnected { .. }
        | MerchantError::NoClient => FailureKind::NotDone,
    }
}

/// The sentence for the person: no full stop.
fn text(error: &MerchantError, language: Language) -> String {
    let doing = |op: &Op| doing(*op, language);
    match error {
        MerchantError::NoAnswer { merchant, .. } | MerchantError::NotSent { merchant, .. } => {
            said::not_sent(language, merchant)
        }
        MerchantError::OutcomeUnknown { merchant, op } => {
            said::outcome_unknown(language, merchant, doing(op))
        }
        MerchantError::Paused { merchant, .. } => said::paused(language, merchant),
        MerchantError::Busy { merchant, op, .. } => said::busy(language, merchant, doing(op)),
        MerchantError::Crowded { merchant } => said::crowded(language, merchant),
        MerchantError::ShopFailed {
            merchant,
            op,
            status,
        } => said::failed(language, merchant, status, doing(op)),
        MerchantError::Unreadable { merchant, op, what } => {
            said::unreadable(language, merchant, doing(op), plain(what))
        }
        MerchantError::TooLarge {
            merchant,
            op,
            limit,
        } => said::too_large(language, merchant, doing(op), limit),
        MerchantError::Redirected {
            merchant,
            op,
            status,
        } => said::redirected(language, merchant, doing(op), status),
        MerchantError::AddressForbidden { host, why } => {
            said::forbidden(language, host, plain(why))
        }
        MerchantError::NotAShop { origin, why } => said::no_shop(language, origin, plain(why)),
        MerchantError::VersionUnsupported { merchant, version } => {
            said::version(language, merchant, version)
        }
        MerchantError::Unsupported { merchant, op } => {
            said::unsupported(language, merchant, doing(op))
        }
        MerchantError::Refused {
            merchant,
            op,
            status,
            code,
        } => said::refused(language, merchant, doing(op), status, plain(code)),
        MerchantError::NotFound { merchant, op } => said::not_found(language, merchant, doing(op)),
        MerchantError::Conflict { merchant, code, op } => match code.as_str() {
            "too_late" | "order_not_cancelable" => said::too_late(language, merchant),
            "slot_taken" => said::slot_taken(language, merchant),
            "slot_costs_more" => said::slot_costs_more(language, merchant),
            _ => said::conflict(language, merchant, doing(op), plain(code)),
        },
        MerchantError::PaymentDeclined { merchant } => said::declined(language, merchant),
        MerchantError::PaymentUnsupported { merchant } => {
            said::payment_unsupported(language, merchant)
        }
        MerchantError::TotalsMismatch { merchant, .. } => said::totals(language, merchant),
        MerchantError::NotAsApproved { merchant, part } => {
            said::not_as_approved(language, merchant, part_word(*part, language))
        }
        MerchantError::NotReady { merchant, why } => {
            said::not_ready(language, merchant, plain(why))
        }
        MerchantError::InProgress { merchant } => said::in_progress(language, merchant),
        MerchantError::NoOrder { merchant, checkout } => {
            said::no_order(language, merchant, checkout.to_string())
        }
        MerchantError::TooOld { merchant, hours } => said::too_old(language, merchant, hours),
        MerchantError::ForeignRequest { merchant } => said::foreign(language, merchant),
        MerchantError::IntentNotWritten { merchant, op } => {
            said::not_written(language, doing(op), merchant)
        }
        MerchantError::NeedsIdentity { merchant, op } => {
            said::identity(language, merchant, doing(op))
        }
        MerchantError::ProfileNotPublic { merchant } => said::profile(language, merchant),
        MerchantError::RegistryFull { limit } => said::full(language, limit),
        MerchantError::AlreadyConnected { merchant } => {
            said::connected(language, merchant.as_str())
        }
        MerchantError::NoClient => said::no_client(language),
    }
}

/// A shop that was there when it was asked for and is not now.
pub(crate) fn gone(merchant: &MerchantId, language: Language) -> Failure {
    Failure {
        kind: FailureKind::NotDone,
        code: "RUN-0001".to_owned(),
        text: said::gone(language, merchant.as_str()),
        after_ms: 0,
    }
}

/// Without the marks that tell names apart in a log.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn doing(op: Op, language: Language) -> String {
    match op {
        Op::Discover => said::op_discover(language),
        Op::Search | Op::SearchPage => said::op_search(language),
        Op::Lookup | Op::GetProduct => said::op_products(language),
        Op::CreateCheckout => said::op_open(language),
        Op::GetCheckout => said::op_read(language),
        Op::UpdateCheckout => said::op_change(language),
        Op::Slots | Op::OrderSlots => said::op_windows(language),
        Op::HoldSlot => said::op_hold(language),
        Op::Complete => said::op_pay(language),
        Op::CancelCheckout => said::op_give_up(language),
        Op::GetOrder => said::op_order(language),
        Op::BookSlot => said::op_book(language),
        Op::CancelOrder => said::op_cancel(language),
        Op::ReturnOrder => said::op_return(language),
        Op::FollowEscalation => said::op_page(language),
    }
}

fn part_word(part: ApprovedPart, language: Language) -> String {
    match part {
        ApprovedPart::Digest => said::part_digest(language),
        ApprovedPart::Total => said::part_total(language),
        ApprovedPart::Currency => said::part_currency(language),
        ApprovedPart::Option => said::part_option(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_says_what_the_error_says_and_german_says_it_in_german() {
        let shop = || "pantry-lane".to_owned();
        let errors = [
            MerchantError::ShopFailed {
                merchant: shop(),
                op: Op::HoldSlot,
                status: 503,
            },
            MerchantError::Refused {
                merchant: shop(),
                op: Op::Complete,
                status: 422,
                code: "closed".to_owned(),
            },
            MerchantError::NotAsApproved {
                merchant: shop(),
                part: ApprovedPart::Option,
            },
            MerchantError::TooOld {
                merchant: shop(),
                hours: 30,
            },
        ];
        for error in errors {
            let english = text(&error, Language::English);
            assert_eq!(english, plain(&error.to_string()));
            assert_ne!(text(&error, Language::German), english);
        }
    }

    #[test]
    fn every_language_says_every_failure() {
        check_sentences().unwrap();
    }
}
