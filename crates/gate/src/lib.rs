//! errand-gate
