//! errand-journal
