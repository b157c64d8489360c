//! errand-runtime
