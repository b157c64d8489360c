//! errand-examples
