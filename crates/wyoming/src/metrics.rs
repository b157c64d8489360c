//! Names of what is counted. Labels come from closed sets only.

/// Callers connected.
pub(crate) const CALLERS: &str = "errand_wyoming_callers";
/// Connections refused.
pub(crate) const REFUSED_TOTAL: &str = "errand_wyoming_refused_total";
/// Connections that ended with a fault, by its code.
pub(crate) const CLOSED_TOTAL: &str = "errand_wyoming_closed_total";
/// Satellites connected.
pub(crate) const SATELLITES: &str = "errand_wyoming_satellites";
/// Times a satellite was dialled.
pub(crate) const DIALLED_TOTAL: &str = "errand_wyoming_dialled_total";

/// Says what each name means.
pub(crate) fn describe() {
    metrics::describe_gauge!(CALLERS, "Wyoming callers connected");
    metrics::describe_counter!(REFUSED_TOTAL, "Wyoming connections refused at the door");
    metrics::describe_counter!(CLOSED_TOTAL, "Wyoming connections that ended with a fault");
    metrics::describe_gauge!(SATELLITES, "Wyoming satellites connected");
    metrics::describe_counter!(DIALLED_TOTAL, "times a Wyoming satellite was dialled");
}

/// An open connection; counted down when it is dropped.
#[derive(Debug)]
pub(crate) struct Open(&'static str);

impl Open {
    /// Of a caller.
    pub(crate) fn new() -> Self {
        Self::of(CALLERS)
    }

    /// Of whatever that gauge counts.
    pub(crate) fn of(gauge: &'static str) -> Self {
        metrics::gauge!(gauge).increment(1);
        Self(gauge)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1);
    }
}
