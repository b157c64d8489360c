use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::{BoxFuture, Model, ModelError, Thought, Turn};

/// A planner that answers from a script, for tests of everything behind it.
#[derive(Debug)]
pub struct ScriptedModel {
    name: String,
    script: Mutex<VecDeque<Result<Thought, ModelError>>>,
}

impl ScriptedModel {
    /// A planner that gives these answers in order and then is unreachable.
    pub fn new(name: &str, script: impl IntoIterator<Item = Result<Thought, ModelError>>) -> Self {
        Self {
            name: name.to_owned(),
            script: Mutex::new(script.into_iter().collect()),
        }
    }
}

impl Model for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn think<'a>(&'a self, _: &'a Turn) -> BoxFuture<'a, Result<Thought, ModelError>> {
        let next = self
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        Box::pin(async move {
            next.unwrap_or_else(|| Err(ModelError::Unreachable("the script is over".into())))
        })
    }
}
