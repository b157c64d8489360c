//! errand-policy
