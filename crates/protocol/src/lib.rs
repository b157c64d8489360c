//! errand-protocol
