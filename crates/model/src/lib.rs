//! errand-model
