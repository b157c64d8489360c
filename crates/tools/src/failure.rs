use errand_engine::{Failure, FailureKind};
use errand_merchant::MerchantError;

/// An error of a shop as the engine knows it: kind, code and a sentence for the person.
pub fn failure(error: &MerchantError, after_ms: u64) -> Failure {
    Failure {
        kind: kind(error),
        code: error.code().to_owned(),
        text: text(error),
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

/// The sentence for the person: no backticks, no full stop.
fn text(error: &MerchantError) -> String {
    match error {
        MerchantError::Conflict { merchant, code, .. } => match code.as_str() {
            "too_late" | "order_not_cancelable" => {
                format!("{merchant} says it is too late for that")
            }
            "slot_taken" => format!("{merchant} gave that delivery window to somebody else"),
            "slot_costs_more" => format!("{merchant} wants more money for that window"),
            _ => error.to_string().replace('`', ""),
        },
        MerchantError::NoAnswer { merchant, .. } | MerchantError::NotSent { merchant, .. } => {
            format!("{merchant} did not answer")
        }
        _ => error.to_string().replace('`', ""),
    }
}
