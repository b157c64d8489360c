//! errand-values
