//! errand-catalog
