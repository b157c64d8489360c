//! Reminders of what runs out: agreed to by the person, told unasked when they are due, never a purchase of their own.

use errand_gate::ActionKind;
use errand_types::{
    BuyArgs, CartArgs, Need, OfferRef, Order, OrderLine, REMINDER_DAYS_MAX, REMINDERS_MAX,
    RemindArgs, RemindDo, Reminder, ReminderId, Text, ToolCall,
};
use jiff::SignedDuration;

use crate::again::offer_of;
use crate::ctx::Ctx;
use crate::effect::{Effect, Record};
use crate::facts::{self, Actor};
use crate::input::Answer;
use crate::outbox::Outbox;
use crate::session::{OpenQuestion, Session};
use crate::words;

/// Nobody is told of the same thing twice within this time.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(20);
/// Told so often without an answer, the rest of the period passes in silence.
const UNANSWERED_MAX: u8 = 3;
/// Put off by so many days when no time was said.
const LATER_DAYS: u16 = 7;

/// What a reminder is to be about.
struct Subject {
    what: Text<200>,
    offer: Option<OfferRef>,
    pieces: u32,
    lasts: Option<u16>,
}

impl Session {
    pub(crate) fn remind(
        &mut self,
        args: &RemindArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        if args.act == RemindDo::Show {
            out.say(words::reminders(
                &standing(ctx).cloned().collect::<Vec<_>>(),
                ctx,
            ));
            return true;
        }
        if !self.allowed(ActionKind::MemoryWrite, &facts::base(ctx, actor), ctx, out) {
            return false;
        }
        match args.act {
            RemindDo::Set => self.set_reminder(args, ctx, out),
            RemindDo::Later => self.put_off(args, ctx, out),
            RemindDo::Stop | RemindDo::Show => self.stop_reminders(args, ctx, out),
        }
    }

    fn set_reminder(&mut self, args: &RemindArgs, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let words_said = args.what.as_ref().map(Text::as_str);
        let Some(subject) = self.subject(words_said, ctx) else {
            out.say(words::remind_of_what(ctx.language()));
            return false;
        };
        let standing_one = same(&subject, ctx);
        let days = args
            .days
            .or(subject.lasts)
            .or(standing_one.as_ref().map(|r| r.every_days));
        let Some(days) = days.filter(|d| (1..=REMINDER_DAYS_MAX).contains(d)) else {
            out.say(words::remind_how_often(
                ctx.language(),
                subject.what.as_str(),
            ));
            return false;
        };
        if standing_one.is_none() && ctx.reminders.len() >= REMINDERS_MAX {
            out.say(words::reminders_full(ctx.language()));
            return false;
        }
        let mut reminder = standing_one.unwrap_or_else(|| fresh(subject, days, ctx));
        reminder.every_days = days;
        reminder.ended = false;
        reminder.agreed_at = ctx.now;
        let period = reminder.period();
        reminder.rest(ctx.now, period);
        out.say(words::reminder_set(&reminder, ctx));
        self.keep_reminder(reminder, out);
        true
    }

    fn put_off(&mut self, args: &RemindArgs, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let asked = match &self.open {
            Some(OpenQuestion::Reminder(id)) => ctx.reminders.iter().find(|r| r.id == *id),
            _ => None,
        };
        let what = args.what.as_ref().map(Text::as_str);
        let told = || {
            standing(ctx)
                .filter(|r| r.told.is_some())
                .max_by_key(|r| r.told)
        };
        let found = asked.or_else(|| match what {
            Some(what) => standing(ctx).find(|r| is_about(r, what)),
            None => told(),
        });
        let Some(mut reminder) = found.cloned() else {
            out.say(words::no_reminders(ctx.language()));
            return false;
        };
        self.let_go_of_reminders();
        let days = args.days.unwrap_or(LATER_DAYS).clamp(1, REMINDER_DAYS_MAX);
        reminder.rest(ctx.now, SignedDuration::from_hours(i64::from(days) * 24));
        out.say(words::reminder_put_off(&reminder, ctx));
        self.keep_reminder(reminder, out);
        true
    }

    fn stop_reminders(&mut self, args: &RemindArgs, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let asked = match &self.open {
            Some(OpenQuestion::Reminder(id)) => Some(id.clone()),
            _ => None,
        };
        let what = args.what.as_ref().map(Text::as_str);
        let ended: Vec<Reminder> = standing(ctx)
            .filter(|r| match (what, &asked) {
                (Some(what), _) => is_about(r, what),
                (None, Some(id)) => r.id == *id,
                (None, None) => true,
            })
            .cloned()
            .collect();
        if ended.is_empty() {
            out.say(words::no_reminders(ctx.language()));
            return false;
        }
        self.let_go_of_reminders();
        out.say(words::reminders_ended(ctx.language(), &ended));
        for mut reminder in ended {
            reminder.ended = true;
            self.keep_reminder(reminder, out);
        }
        true
    }

    /// What is meant: the latest order, what of all orders is named, or the words themselves.
    fn subject(&self, what: Option<&str>, ctx: &Ctx<'_>) -> Option<Subject> {
        if let (None, Some(OpenQuestion::Remind(order, variant))) = (what, &self.open) {
            let order = ctx.orders.iter().find(|o| o.id == *order)?;
            let line = order.lines.iter().find(|l| l.variant == *variant)?;
            return Some(self.subject_of(order, line));
        }
        let lines = ctx
            .orders
            .iter()
            .flat_map(|order| order.lines.iter().map(move |line| (order, line)));
        let Some(what) = what else {
            // Of several things bought at once, the one that runs out is meant.
            let latest = ctx.orders.first()?;
            let line = latest.lines.iter().find(|l| l.lasts_days.is_some());
            let line = line.or_else(|| latest.lines.first())?;
            return Some(self.subject_of(latest, line));
        };
        if let Some((order, line)) = lines
            .into_iter()
            .find(|(_, line)| names(line.title.as_str(), &line.words, what))
        {
            return Some(self.subject_of(order, line));
        }
        Some(Subject {
            what: Text::clip(what),
            offer: None,
            pieces: 1,
            lasts: None,
        })
    }

    fn subject_of(&self, order: &Order, line: &OrderLine) -> Subject {
        Subject {
            what: line.title.clone(),
            offer: offer_of(order, line, &self.known),
            pieces: line.ordered.max(1),
            lasts: line.lasts_days.map(|days| {
                let all = u32::from(days).saturating_mul(line.ordered.max(1));
                u16::try_from(all)
                    .unwrap_or(REMINDER_DAYS_MAX)
                    .min(REMINDER_DAYS_MAX)
            }),
        }
    }

    fn keep_reminder(&mut self, reminder: Reminder, out: &mut Outbox) {
        // A person at the desk does not read what somebody runs out of.
        self.private_answer = true;
        if !reminder.ended {
            out.push(Effect::WakeAt(reminder.next));
        }
        out.write(Record::Reminder(Box::new(reminder)));
    }

    /// Wants to be woken for the next reminder. Into an empty room none is told: it waits for whoever comes.
    pub(crate) fn wake_for_reminders(ctx: &Ctx<'_>, out: &mut Outbox) {
        let next = standing(ctx).map(|r| r.next).filter(|at| *at > ctx.now);
        if let Some(next) = next.min() {
            out.push(Effect::WakeAt(next));
        }
    }

    /// Tells of the first reminder that is due, when nothing else is going on. `is_here`: the person spoke a moment ago.
    pub(crate) fn tell_reminders(&mut self, is_here: bool, ctx: &Ctx<'_>, out: &mut Outbox) {
        Self::wake_for_reminders(ctx, out);
        let is_busy = self.turn.is_some()
            || self.open.is_some()
            || !self.cart.lines.is_empty()
            || self.purchases.iter().any(|p| !p.state.is_final());
        if is_busy {
            return;
        }
        let is_quiet = |r: &&Reminder| {
            r.told.is_none_or(|at| {
                ctx.now.duration_since(at) >= TOLD_AGAIN
                    || (is_here && !self.reminded.contains(&r.id))
            })
        };
        let due = standing(ctx).filter(|r| r.is_due(ctx.now)).find(is_quiet);
        let Some(mut reminder) = due.cloned() else {
            return;
        };
        if reminder.unanswered >= UNANSWERED_MAX {
            let period = reminder.period();
            reminder.rest(ctx.now, period);
            self.keep_reminder(reminder, out);
            return;
        }
        reminder.told = Some(ctx.now);
        reminder.unanswered = reminder.unanswered.saturating_add(1);
        self.open = Some(OpenQuestion::Reminder(reminder.id.clone()));
        self.reminded.retain(|id| *id != reminder.id);
        self.reminded.push(reminder.id.clone());
        let over = self.reminded.len().saturating_sub(REMINDERS_MAX);
        self.reminded.drain(..over);
        let text = words::reminder_due(ctx.language(), &reminder);
        out.notice(
            "info",
            "REMIND-0001",
            words::reminder_headline(ctx.language()),
            text.clone(),
        );
        out.say(text);
        self.keep_reminder(reminder, out);
        if let Ok(next) = ctx.now.checked_add(TOLD_AGAIN) {
            out.push(Effect::WakeAt(next));
        }
    }

    /// Yes to a reminder asks for a purchase, like the same sentence would; no waits for the next time.
    pub(crate) fn answer_reminder(
        &mut self,
        id: &ReminderId,
        answer: &Answer,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(mut reminder) = ctx.reminders.iter().find(|r| r.id == *id).cloned() else {
            self.open = None;
            out.say(words::no_reminders(ctx.language()));
            return;
        };
        match answer {
            Answer::Why | Answer::Repeat | Answer::Unclear => {
                out.say(words::reminder_why(&reminder, ctx));
                return;
            }
            Answer::Yes | Answer::No => self.open = None,
        }
        let period = reminder.period();
        reminder.rest(ctx.now, period);
        if *answer == Answer::No {
            out.say(words::reminder_declined(&reminder, ctx));
        }
        let calls = match (&reminder.offer, answer) {
            (_, Answer::No | Answer::Why | Answer::Repeat | Answer::Unclear) => Vec::new(),
            (Some(offer), Answer::Yes) => vec![
                ToolCall::CartAdd(CartArgs {
                    offer: offer.clone(),
                    quantity: i64::from(reminder.pieces),
                }),
                ToolCall::Buy(BuyArgs::default()),
            ],
            (None, Answer::Yes) => vec![ToolCall::Search(Need {
                what: Text::clip(reminder.what.as_str()),
                ..Need::default()
            })],
        };
        self.keep_reminder(reminder, out);
        if !calls.is_empty() {
            self.run_calls(calls, false, ctx, out);
        }
    }

    /// Asks once whether to remind of something that came and that runs out.
    pub(crate) fn offer_reminder(&mut self, order: &Order, ctx: &Ctx<'_>, out: &mut Outbox) {
        if self.open.is_some() || ctx.reminders.len() >= REMINDERS_MAX {
            return;
        }
        let is_new = |line: &&OrderLine| {
            let offer = offer_of(order, line, &self.known);
            line.lasts_days.is_some() && !ctx.reminders.iter().any(|r| r.offer == offer)
        };
        let Some(line) = order.lines.iter().find(is_new) else {
            return;
        };
        self.open = Some(OpenQuestion::Remind(order.id.clone(), line.variant.clone()));
        let lasts = self.subject_of(order, line).lasts.unwrap_or(1);
        out.say(words::offer_reminder(
            ctx.language(),
            line.title.as_str(),
            lasts,
        ));
    }

    pub(crate) fn answer_reminder_offer(
        &mut self,
        answer: &Answer,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) {
        let Some(subject) = self.subject(None, ctx) else {
            self.open = None;
            return;
        };
        match answer {
            Answer::Yes => {
                let args = RemindArgs {
                    act: RemindDo::Set,
                    ..RemindArgs::default()
                };
                let agent = self.doer(ctx, "remind");
                let actor = self.actor(ctx, &agent, "remind", false);
                self.remind(&args, &actor, ctx, out);
                self.open = None;
            }
            Answer::No => {
                self.open = None;
                let days = subject.lasts.unwrap_or(1);
                let mut reminder = fresh(subject, days, ctx);
                reminder.ended = true;
                out.say(words::reminder_refused(ctx.language()));
                self.keep_reminder(reminder, out);
            }
            Answer::Why | Answer::Repeat | Answer::Unclear => {
                let lasts = subject.lasts.unwrap_or(1);
                out.say(words::offer_reminder(
                    ctx.language(),
                    subject.what.as_str(),
                    lasts,
                ));
            }
        }
    }

    /// Whatever is said instead of a yes or no is about something else.
    pub(crate) fn let_go_of_reminders(&mut self) {
        if matches!(
            self.open,
            Some(OpenQuestion::Reminder(_) | OpenQuestion::Remind(..))
        ) {
            self.open = None;
        }
    }

    /// What was bought again needs no reminder for a while.
    pub(crate) fn bought_in_time(&mut self, order: &Order, ctx: &Ctx<'_>, out: &mut Outbox) {
        for reminder in standing(ctx) {
            let is_it = |line: &OrderLine| {
                reminder.offer.is_some() && offer_of(order, line, &self.known) == reminder.offer
            };
            if order.lines.iter().any(is_it) {
                let mut reminder = reminder.clone();
                let period = reminder.period();
                reminder.rest(ctx.now, period);
                self.keep_reminder(reminder, out);
            }
        }
    }
}

fn standing<'c>(ctx: &Ctx<'c>) -> impl Iterator<Item = &'c Reminder> {
    ctx.reminders.iter().filter(|r| !r.ended)
}

fn fresh(subject: Subject, days: u16, ctx: &Ctx<'_>) -> Reminder {
    Reminder {
        id: ReminderId::fresh(ctx.ids),
        what: subject.what,
        offer: subject.offer,
        pieces: subject.pieces,
        every_days: days,
        next: ctx.now,
        told: None,
        unanswered: 0,
        agreed_at: ctx.now,
        ended: false,
    }
}

/// The reminder of the same thing, ended or not.
fn same(subject: &Subject, ctx: &Ctx<'_>) -> Option<Reminder> {
    let is_same = |r: &&Reminder| match &subject.offer {
        Some(_) => r.offer == subject.offer,
        None => r.offer.is_none() && r.what == subject.what,
    };
    ctx.reminders.iter().find(is_same).cloned()
}

fn is_about(reminder: &Reminder, what: &str) -> bool {
    names(reminder.what.as_str(), &[], what) || reminder.what.as_str().eq_ignore_ascii_case(what)
}

/// Whether every word that was said occurs in a name or in the words for its kind.
fn names(title: &str, kinds: &[Text<80>], said: &str) -> bool {
    let all = kinds
        .iter()
        .map(Text::as_str)
        .chain([title])
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let mut said = said.split_whitespace().peekable();
    said.peek().is_some() && said.all(|word| all.contains(&word.to_lowercase()))
}
