//! Claims about the whole: engines against the contracts of their ports, and laws of the pipeline with simulated sound.
#![cfg_attr(
    test,
    expect(
        clippy::print_stdout,
        reason = "says what it measured, and why it was skipped"
    )
)]
#![cfg_attr(
    test,
    expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "seconds of simulated sound"
    )
)]

// The lints tell tests by this attribute, also where the whole binary is one.
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod echo;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod speech;
#[cfg(test)]
mod vad;
#[cfg(test)]
mod wake;
