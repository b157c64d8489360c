//! errand-shop
