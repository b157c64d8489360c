use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::PLAN_STEPS_MAX;
use crate::{PlanId, StepId, Text};

/// Name of an agent: `scout`.
pub type AgentName = Text<40>;

/// An errand cut into steps: validated before it runs, shown while it runs, repaired when a step fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// What the whole is for, in the person's terms.
    pub goal: Text<400>,
    /// Grows with each change.
    pub revision: u64,
    /// The steps; order is for showing, dependencies decide what runs.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// Who does it.
    pub agent: AgentName,
    /// What it is, for showing: `Searching three shops`.
    pub title: Text<120>,
    /// Name of the tool that it uses.
    pub tool: Text<60>,
    /// Steps whose results it needs.
    #[serde(default)]
    pub needs: Vec<StepId>,
    /// Where it stands.
    #[serde(default)]
    pub status: StepStatus,
    /// What it found, once there is something to say.
    #[serde(default)]
    pub found: Option<Text<200>>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not started.
    #[default]
    Waiting,
    /// Under way.
    Running,
    /// Waits for the person.
    NeedsYou,
    /// Done.
    Done,
    /// Failed; the plan may have been repaired around it.
    Failed,
    /// No longer needed.
    Skipped,
    /// Stopped by the person.
    Cancelled,
}

impl StepStatus {
    /// Whether nothing more happens to it.
    pub fn is_final(self) -> bool {
        match self {
            Self::Done | Self::Failed | Self::Skipped | Self::Cancelled => true,
            Self::Waiting | Self::Running | Self::NeedsYou => false,
        }
    }
}

/// Why a plan may not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing to do.
    #[error("the plan has no steps")]
    Empty,
    /// Too much to do.
    #[error("the plan has {0} steps, more than {PLAN_STEPS_MAX}")]
    TooLong(usize),
    /// Two steps of one name.
    #[error("two steps are called `{0}`")]
    Twice(StepId),
    /// A need that names no step.
    #[error("step `{step}` needs `{missing}`, which does not exist")]
    UnknownNeed {
        /// The step.
        step: StepId,
        /// What it names.
        missing: StepId,
    },
    /// Steps that wait for each other.
    #[error("step `{0}` waits for itself")]
    Cycle(StepId),
    /// An agent that does not exist, or has no such tool.
    #[error("agent `{agent}` has no tool `{tool}`")]
    NoSuchTool {
        /// The agent.
        agent: AgentName,
        /// The tool.
        tool: Text<60>,
    },
}

impl Plan {
    /// Checks shape, names and dependencies; `can` answers whether an agent has a tool.
    pub fn validate(&self, can: impl Fn(&AgentName, &str) -> bool) -> Result<(), PlanError> {
        if self.steps.is_empty() {
            return Err(PlanError::Empty);
        }
        if self.steps.len() > PLAN_STEPS_MAX {
            return Err(PlanError::TooLong(self.steps.len()));
        }
        let mut names = BTreeSet::new();
        for step in &self.steps {
            if !names.insert(&step.id) {
                return Err(PlanError::Twice(step.id.clone()));
            }
            if !can(&step.agent, step.tool.as_str()) {
                return Err(PlanError::NoSuchTool {
                    agent: step.agent.clone(),
                    tool: step.tool.clone(),
                });
            }
        }
        for step in &self.steps {
            if let Some(missing) = step.needs.iter().find(|need| !names.contains(need)) {
                return Err(PlanError::UnknownNeed {
                    step: step.id.clone(),
                    missing: missing.clone(),
                });
            }
        }
        self.acyclic()
    }

    fn acyclic(&self) -> Result<(), PlanError> {
        let mut done: BTreeSet<&StepId> = BTreeSet::new();
        loop {
            let ready: Vec<&Step> = self
                .steps
                .iter()
                .filter(|s| !done.contains(&s.id) && s.needs.iter().all(|n| done.contains(n)))
                .collect();
            if ready.is_empty() {
                break;
            }
            done.extend(ready.into_iter().map(|s| &s.id));
        }
        match self.steps.iter().find(|s| !done.contains(&s.id)) {
            Some(stuck) => Err(PlanError::Cycle(stuck.id.clone())),
            None => Ok(()),
        }
    }

    /// Steps that wait and whose needs are all done: they may run side by side.
    pub fn ready(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|s| {
            s.status == StepStatus::Waiting
                && s.needs.iter().all(|need| {
                    self.steps.iter().any(|t| {
                        t.id == *need && matches!(t.status, StepStatus::Done | StepStatus::Skipped)
                    })
                })
        })
    }

    /// A step by name.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == *id)
    }

    /// Changes a step and with it the revision. `false`: no such step.
    pub fn update(&mut self, id: &StepId, change: impl FnOnce(&mut Step)) -> bool {
        let Some(step) = self.steps.iter_mut().find(|s| s.id == *id) else {
            return false;
        };
        change(step);
        self.revision = self.revision.saturating_add(1);
        true
    }

    /// Whether every step has come to an end.
    pub fn is_over(&self) -> bool {
        self.steps.iter().all(|s| s.status.is_final())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, needs: &[&str]) -> Step {
        Step {
            id: StepId::from_tail(id).unwrap(),
            agent: Text::clip("scout"),
            title: Text::clip("Search"),
            tool: Text::clip("search"),
            needs: needs
                .iter()
                .map(|n| StepId::from_tail(n).unwrap())
                .collect(),
            status: StepStatus::Waiting,
            found: None,
        }
    }

    fn plan(steps: Vec<Step>) -> Plan {
        Plan {
            id: PlanId::from_tail("p").unwrap(),
            goal: Text::clip("coffee"),
            revision: 0,
            steps,
        }
    }

    #[test]
    fn steps_that_wait_for_each_other_are_refused() {
        let plan = plan(vec![step("a", &["b"]), step("b", &["a"])]);

        assert!(matches!(
            plan.validate(|_, _| true),
            Err(PlanError::Cycle(_))
        ));
    }

    #[test]
    fn an_agent_without_the_tool_is_refused() {
        assert!(matches!(
            plan(vec![step("a", &[])]).validate(|_, tool| tool != "search"),
            Err(PlanError::NoSuchTool { .. })
        ));
    }

    #[test]
    fn steps_without_a_dependency_between_them_are_ready_together() {
        let plan = plan(vec![step("a", &[]), step("b", &[]), step("c", &["a", "b"])]);

        assert_eq!(plan.validate(|_, _| true), Ok(()));
        assert_eq!(
            plan.ready().map(|s| s.id.as_str()).collect::<Vec<_>>(),
            ["step_a", "step_b"]
        );
    }
}
