//! Reads and plays story files.
