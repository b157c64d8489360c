//! errand-engine
