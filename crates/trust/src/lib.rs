//! errand-trust
