//! Claims about the whole: engines against the contracts of their ports, and laws of the pipeline with simulated sound.

// The lints tell tests by this attribute, also where the whole binary is one.
#[cfg(test)]
mod contracts;
#[cfg(test)]
mod echo;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod speech;
#[cfg(test)]
mod vad;
