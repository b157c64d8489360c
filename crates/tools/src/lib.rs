//! errand-tools
