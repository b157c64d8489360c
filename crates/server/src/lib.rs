//! errand-server
