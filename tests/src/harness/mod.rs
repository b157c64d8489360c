//! Starts and talks to a whole house.
