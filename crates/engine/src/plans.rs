//! A plan under way: checked, shown, run side by side where it can be, repaired, stopped.

use std::collections::BTreeMap;

use errand_model::{Draft, DraftStep};
use errand_protocol::errand::{ErrandEvent, PartView, PlanView, StepView};
use errand_types::{Plan, PlanId, Step, StepId, StepStatus, Text, ToolCall};

use crate::ctx::Ctx;
use crate::outbox::Outbox;
use crate::session::{PlanRun, Session, Waiting};
use crate::words;

/// Tool of the steps that the engine adds by itself: understanding, and checking the person's rules.
pub(crate) const CHECK: &str = "check";

impl Session {
    pub(crate) fn start_plan(
        &mut self,
        draft: Draft,
        understood: Option<&Text<200>>,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let run = build(draft, understood, tainted, ctx);
        let can = |agent: &errand_types::AgentName, tool: &str| {
            tool == CHECK || ctx.agents.can(agent, tool)
        };
        if let Err(error) = run.plan.validate(can) {
            out.notice(
                "no",
                "PLAN-0001",
                words::plan_cannot_run(ctx.language()),
                error.to_string(),
            );
            out.say(words::plan_refused(ctx.language()));
            return;
        }
        self.drop_run(ctx, out);
        for call in run.calls.values() {
            if let ToolCall::Schedule(args) = call {
                self.wish = Some(args.wish.clone());
            }
        }
        self.run = Some(run);
        self.open = None;
        self.show_plan(ctx, out);
        self.go_on(ctx, out);
    }

    /// Runs every step whose needs are met; steps without a dependency between them run side by side.
    pub(crate) fn go_on(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        for _ in 0..errand_types::limits::PLAN_STEPS_MAX {
            let Some(run) = &self.run else { return };
            let ready: Vec<(StepId, Option<ToolCall>, bool)> = run
                .plan
                .ready()
                .map(|s| (s.id.clone(), run.calls.get(&s.id).cloned(), run.tainted))
                .collect();
            if ready.is_empty() {
                break;
            }
            for (step, call, tainted) in ready {
                self.set_step(&step, StepStatus::Running, None);
                match call {
                    Some(call) => self.run_step(&step, call, tainted, ctx, out),
                    None => self.set_step(&step, StepStatus::Done, None),
                }
            }
        }
        self.show_plan(ctx, out);
    }

    fn run_step(
        &mut self,
        step: &StepId,
        call: ToolCall,
        tainted: bool,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        match call {
            ToolCall::Search(need) => self.search(Some(step), need, tainted, ctx, out),
            ToolCall::Compare(args) => self.compare_step(step, &args, ctx, out),
            ToolCall::Buy(args) => self.buy_step(step, &args, tainted, ctx, out),
            // The wish went into the cart when the plan began; the step ends when the delivery is booked.
            ToolCall::Schedule(_) => {
                if self.purchases.iter().all(|p| p.state.is_final()) {
                    self.set_step(step, StepStatus::Done, None);
                }
            }
            other => {
                let done = self.run_call(other, tainted, ctx, out);
                self.set_step(
                    step,
                    if done {
                        StepStatus::Done
                    } else {
                        StepStatus::Failed
                    },
                    None,
                );
            }
        }
    }

    pub(crate) fn set_step(&mut self, step: &StepId, status: StepStatus, found: Option<String>) {
        if let Some(run) = &mut self.run {
            run.plan.update(step, |s| {
                s.status = status;
                if let Some(found) = found {
                    s.found = Some(Text::clip(&found));
                }
            });
        }
    }

    /// Sets the first step of a tool that is not over; `false` when the plan has none.
    pub(crate) fn set_tool(
        &mut self,
        tool: &str,
        status: StepStatus,
        found: Option<String>,
    ) -> bool {
        let Some(run) = &self.run else { return false };
        let open = |s: &&Step| s.tool.as_str() == tool && !s.status.is_final();
        let Some(step) = run.plan.steps.iter().find(open).map(|s| s.id.clone()) else {
            return false;
        };
        self.set_step(&step, status, found);
        true
    }

    pub(crate) fn set_parts(&mut self, step: &StepId, parts: Vec<PartView>) {
        if let Some(run) = &mut self.run {
            run.parts.insert(step.clone(), parts);
            run.plan.revision = run.plan.revision.saturating_add(1);
        }
    }

    /// Whether the plan ends in a purchase that has not begun.
    pub(crate) fn wants_to_buy(&self) -> bool {
        self.run.as_ref().is_some_and(|run| {
            run.plan
                .steps
                .iter()
                .any(|s| s.tool.as_str() == "buy" && !s.status.is_final())
        })
    }

    pub(crate) fn show_plan(&self, _: &Ctx<'_>, out: &mut Outbox) {
        if let Some(view) = self.plan_view() {
            out.emit(ErrandEvent::Plan { plan: view });
        }
    }

    pub(crate) fn plan_view(&self) -> Option<PlanView> {
        let run = self.run.as_ref()?;
        Some(PlanView {
            id: run.plan.id.clone(),
            revision: run.plan.revision,
            goal: run.plan.goal.to_string(),
            steps: run.plan.steps.iter().map(|s| step_view(s, run)).collect(),
        })
    }

    /// Ends the plan that is under way: what has not happened does not happen.
    pub(crate) fn drop_run(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) {
        self.waiting
            .retain(|_, w| !matches!(w, Waiting::Search(_) | Waiting::Part(_)));
        self.gathering = None;
        let Some(run) = &mut self.run else { return };
        let open: Vec<StepId> = run
            .plan
            .steps
            .iter()
            .filter(|s| !s.status.is_final())
            .map(|s| s.id.clone())
            .collect();
        if open.is_empty() {
            self.run = None;
            return;
        }
        for step in &open {
            run.plan.update(step, |s| s.status = StepStatus::Cancelled);
        }
        self.show_plan(ctx, out);
        self.run = None;
    }

    /// Repairs the plan after a purchase failed: the person chooses again among what is left.
    pub(crate) fn repair(&mut self, why: &str, ctx: &Ctx<'_>, out: &mut Outbox) {
        let Some(run) = &mut self.run else { return };
        let failed: Vec<StepId> = run
            .plan
            .steps
            .iter()
            .filter(|s| s.tool.as_str() == "buy" && !s.status.is_final())
            .map(|s| s.id.clone())
            .collect();
        for step in failed {
            run.plan.update(&step, |s| {
                s.status = StepStatus::NeedsYou;
                s.title = Text::clip(&words::choose_another(ctx.language()));
                s.found = Some(Text::clip(why));
            });
        }
        self.show_plan(ctx, out);
    }
}

fn build(draft: Draft, understood: Option<&Text<200>>, tainted: bool, ctx: &Ctx<'_>) -> PlanRun {
    let mut names: BTreeMap<Text<40>, StepId> = BTreeMap::new();
    for step in &draft.steps {
        names
            .entry(step.key.clone())
            .or_insert_with(|| StepId::fresh(ctx.ids));
    }
    let mut steps = Vec::new();
    let mut calls = BTreeMap::new();
    let mut first = Vec::new();
    if let Some(understood) = understood {
        let id = StepId::fresh(ctx.ids);
        steps.push(own_step(
            &id,
            "concierge",
            &words::understood(ctx.language()),
            &[],
            StepStatus::Done,
            Some(understood),
        ));
        first.push(id);
    }
    for step in draft.steps {
        let id = names
            .get(&step.key)
            .cloned()
            .unwrap_or_else(|| StepId::fresh(ctx.ids));
        // A need that names no step stays a name that no step has, so that validation refuses it.
        let needs = step.needs.iter().map(|k| {
            names
                .get(k)
                .cloned()
                .unwrap_or_else(|| StepId::fresh(ctx.ids))
        });
        let is_search = matches!(step.call, ToolCall::Search(_));
        steps.push(Step {
            id: id.clone(),
            agent: step.agent.clone(),
            title: title(&step, ctx),
            tool: Text::clip(step.call.name()),
            needs: needs.chain(first.iter().cloned()).collect(),
            status: StepStatus::Waiting,
            found: None,
        });
        if is_search {
            let check = StepId::fresh(ctx.ids);
            steps.push(own_step(
                &check,
                "analyst",
                &words::check_rules(ctx.language()),
                std::slice::from_ref(&id),
                StepStatus::Waiting,
                None,
            ));
        }
        calls.insert(id, step.call);
    }
    PlanRun {
        plan: Plan {
            id: PlanId::fresh(ctx.ids),
            goal: draft.goal,
            revision: 1,
            steps,
        },
        calls,
        parts: BTreeMap::new(),
        tainted,
    }
}

fn own_step(
    id: &StepId,
    agent: &str,
    title: &str,
    needs: &[StepId],
    status: StepStatus,
    found: Option<&Text<200>>,
) -> Step {
    Step {
        id: id.clone(),
        agent: Text::clip(agent),
        title: Text::clip(title),
        tool: Text::clip(CHECK),
        needs: needs.to_vec(),
        status,
        found: found.cloned(),
    }
}

fn title(step: &DraftStep, ctx: &Ctx<'_>) -> Text<120> {
    let language = ctx.language();
    match &step.call {
        ToolCall::Search(need) => {
            let shops = if need.merchants.is_empty() {
                ctx.merchants.len()
            } else {
                need.merchants.len()
            };
            Text::clip(&words::search_shops(language, shops, need.what.as_str()))
        }
        ToolCall::Compare(args) => match args.count {
            Some(count) => Text::clip(&words::compare_best(language, u32::from(count))),
            None => Text::clip(&words::compare(language)),
        },
        ToolCall::Buy(args) if args.cart_only => step.title.clone(),
        ToolCall::Buy(_) => Text::clip(&words::ask_then_pay(language)),
        ToolCall::Schedule(args) => Text::clip(&words::book_delivery(language, &args.wish)),
        _ => step.title.clone(),
    }
}

fn step_view(step: &Step, run: &PlanRun) -> StepView {
    StepView {
        id: step.id.clone(),
        title: step.title.to_string(),
        agent: step.agent.clone(),
        status: step.status,
        found: step.found.as_ref().map(ToString::to_string),
        parts: run.parts.get(&step.id).cloned().unwrap_or_default(),
    }
}
