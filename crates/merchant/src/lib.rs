//! errand-merchant
