//! One binary for everything that drives the planner from outside.

mod cases;
mod consent;
mod props;
mod scenes;
mod speed;
