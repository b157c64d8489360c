//! errand-types
