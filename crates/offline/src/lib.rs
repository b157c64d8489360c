//! errand-offline
