//! One binary for everything that drives the planner from outside.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod learned;
#[cfg(test)]
mod props;
#[cfg(test)]
mod scenes;
#[cfg(test)]
mod speed;
#[cfg(test)]
mod whole;
