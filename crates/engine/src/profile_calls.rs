//! Rules, limits, preferences and consents by sentence. Tightening works at once; loosening needs more than a sentence.

use errand_gate::ActionKind;
use errand_types::{
    ConsentArgs, ConsentState, LabelRule, LimitArgs, LimitKind, Limits, PreferArgs, Preference,
    Profile, RuleArgs, RuleKind, RuleRemoveArgs, Text, WhyArgs,
};

use crate::ctx::Ctx;
use crate::effect::Record;
use crate::facts::{self, Actor};
use crate::outbox::Outbox;
use crate::session::Session;
use crate::views;
use crate::words;

impl Session {
    fn tighten(
        &mut self,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
        change: impl FnOnce(&mut Profile) -> bool,
    ) -> Option<Profile> {
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::PolicyTighten, &asked, ctx, out) {
            return None;
        }
        let mut profile = ctx.profile.clone();
        if !change(&mut profile) {
            return None;
        }
        profile.epoch = ctx.profile.epoch.saturating_add(1);
        out.write(Record::Profile(Box::new(profile.clone())));
        // What was quoted under the older rules is void: the epoch is part of every approval.
        self.void_open_purchase(ctx, out);
        Some(profile)
    }

    fn loosen(&mut self, actor: &Actor, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let asked = facts::base(ctx, actor);
        self.allowed(ActionKind::PolicyLoosen, &asked, ctx, out)
    }

    pub(crate) fn rule_add(
        &mut self,
        args: &RuleArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        if ctx.values.labels().id(args.label.as_str()).is_none() {
            out.say(words::unknown_label(ctx.language(), args.label.as_str()));
            return false;
        }
        let verb = match args.kind {
            RuleKind::Avoid => "avoid",
            RuleKind::Require => "require",
        };
        let place = args
            .category
            .as_ref()
            .map(|c| format!("-{c}"))
            .unwrap_or_default();
        let id: String = format!("{verb}-{}{place}", args.label)
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        let rule = LabelRule {
            id: Text::clip(&id),
            kind: args.kind,
            label: args.label.clone(),
            category: args.category.clone(),
            strict: args.strict || args.kind == RuleKind::Require,
            said: Text::clip(&words::said_on(ctx.language(), &args.said, words::day(ctx))),
        };
        if ctx
            .profile
            .rules
            .iter()
            .any(|r| r.id == rule.id && r.kind == rule.kind && r.strict == rule.strict)
        {
            out.say(words::rule_there(ctx.language()));
            return true;
        }
        let added = rule.clone();
        let Some(_) = self.tighten(actor, ctx, out, move |p| p.add_rule(added).is_ok()) else {
            return false;
        };
        out.say(words::rule_added(&rule, ctx));
        true
    }

    pub(crate) fn rule_remove(
        &mut self,
        args: &RuleRemoveArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let wanted = args.rule.as_str();
        let found = ctx
            .profile
            .rules
            .iter()
            .find(|r| r.id.as_str() == wanted || r.label.as_str() == wanted);
        let Some(rule) = found.cloned() else {
            out.say(words::no_such_rule(ctx.language(), ctx.label_word(wanted)));
            return false;
        };
        if !self.loosen(actor, ctx, out) {
            return false;
        }
        let mut profile = ctx.profile.clone();
        profile.rules.retain(|r| r.id != rule.id);
        profile.epoch = profile.epoch.saturating_add(1);
        out.write(Record::Profile(Box::new(profile)));
        out.say(words::rule_removed(ctx.language(), &rule));
        true
    }

    pub(crate) fn limit_set(
        &mut self,
        args: &LimitArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let old = ctx.profile.limits;
        let before = match args.limit {
            LimitKind::Purchase => old.purchase,
            LimitKind::Day => old.day,
            LimitKind::Month => old.month,
            LimitKind::Voice => ctx.profile.speech_cap(),
        };
        let Ok(raises) = args.amount.exceeds(before) else {
            out.say(words::other_currency(ctx.language(), args.amount, before));
            return false;
        };
        if args.amount.minor() < 0 {
            out.say(words::negative_limit(ctx.language()));
            return false;
        }
        let mut new: Limits = old;
        match args.limit {
            LimitKind::Purchase => new.purchase = args.amount,
            LimitKind::Day => new.day = args.amount,
            LimitKind::Month => new.month = args.amount,
            LimitKind::Voice => {}
        }
        let voice = (args.limit == LimitKind::Voice).then_some(args.amount);
        if raises {
            if !self.loosen(actor, ctx, out) {
                return false;
            }
            let mut profile = ctx.profile.clone();
            profile.limits = new;
            profile.speech.cap = voice.or(profile.speech.cap);
            profile.epoch = profile.epoch.saturating_add(1);
            out.write(Record::Profile(Box::new(profile)));
        } else if self
            .tighten(actor, ctx, out, |p| match voice {
                Some(cap) => p.lower_speech_cap(cap).is_ok(),
                None => p.lower_limits(new).is_ok(),
            })
            .is_none()
        {
            return false;
        }
        out.say(words::limit_set(
            ctx.language(),
            args.limit,
            before,
            args.amount,
        ));
        true
    }

    pub(crate) fn prefer(
        &mut self,
        args: &PreferArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let wanted = args.preference.clone();
        if let Preference::PreferLabel(label) = &wanted
            && ctx.values.labels().id(label.as_str()).is_none()
        {
            out.say(words::unknown_label(ctx.language(), label.as_str()));
            return false;
        }
        let lifts_a_block = ctx.profile.preferences.iter().any(|p| match (p, &wanted) {
            (Preference::BlockMerchant(a), Preference::PreferMerchant(b)) => a == b,
            (Preference::BlockBrand(a), Preference::PreferBrand(b)) => {
                a.as_str().eq_ignore_ascii_case(b.as_str())
            }
            (_, _) => false,
        });
        if lifts_a_block && !self.loosen(actor, ctx, out) {
            return false;
        }
        if ctx.profile.preferences.contains(&wanted) {
            out.say(words::rule_there(ctx.language()));
            return true;
        }
        let added = wanted.clone();
        let changed = self.tighten(actor, ctx, out, move |p| {
            if p.preferences.len() >= errand_types::limits::RULES_MAX {
                return false;
            }
            p.preferences.retain(|old| !is_opposite(old, &added));
            p.preferences.push(added);
            true
        });
        if changed.is_none() {
            return false;
        }
        out.say(words::preference(&wanted, ctx));
        true
    }

    pub(crate) fn profile_show(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        out.say(words::profile(ctx));
        true
    }

    pub(crate) fn consent_show(&mut self, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let entries = views::disclosure(ctx.consents, ctx);
        out.say(words::who_knows(ctx.language(), &entries));
        self.show_disclosure(None, ctx, out);
        true
    }

    pub(crate) fn consent_withdraw(
        &mut self,
        args: &ConsentArgs,
        actor: &Actor,
        ctx: &Ctx<'_>,
        out: &mut Outbox,
    ) -> bool {
        let standing: Vec<_> = ctx
            .consents
            .iter()
            .filter(|r| r.state == ConsentState::Given)
            .filter(|r| args.merchant.as_ref().is_none_or(|m| *m == r.merchant))
            .cloned()
            .collect();
        if standing.is_empty() {
            out.say(words::nothing_shared(ctx.language()));
            return true;
        }
        let asked = facts::base(ctx, actor);
        if !self.allowed(ActionKind::PolicyTighten, &asked, ctx, out) {
            return false;
        }
        let mut shops = Vec::new();
        let mut receipts = ctx.consents.to_vec();
        for mut receipt in standing {
            receipt.state = ConsentState::Withdrawn;
            receipt.withdrawn_at = Some(ctx.now);
            let shop = ctx.shop_name(&receipt.merchant);
            if !shops.contains(&shop) {
                shops.push(shop);
            }
            if let Some(old) = receipts.iter_mut().find(|r| r.id == receipt.id) {
                *old = receipt.clone();
            }
            out.write(Record::Consent(Box::new(receipt)));
        }
        // Also in the middle of a checkout: the next share is denied, so the purchase is given up here.
        self.void_open_purchase(ctx, out);
        out.say(words::withdrawn(ctx.language(), &shops));
        out.emit(errand_protocol::errand::ErrandEvent::Disclosure {
            entries: views::disclosure(&receipts, ctx),
        });
        true
    }

    pub(crate) fn why(&mut self, args: &WhyArgs, ctx: &Ctx<'_>, out: &mut Outbox) -> bool {
        let about = args.about.as_ref().map(|a| a.as_str().to_lowercase());
        let named = |text: &str| {
            about
                .as_ref()
                .is_none_or(|a| text.to_lowercase().contains(a.as_str()))
        };
        if let Some(about) = &about {
            let known = self.shown.iter().filter_map(|o| self.knows(o));
            if let Some(known) = known
                .into_iter()
                .find(|k| k.product.title.as_str().to_lowercase().contains(about))
            {
                out.say(words::why_shown(ctx.language(), known));
                return true;
            }
        }
        let excluded = self.results.iter().rev().find_map(|r| r.excluded.as_ref());
        if let Some(excluded) = excluded {
            let items: Vec<_> = excluded
                .items
                .iter()
                .filter(|i| named(&i.title))
                .take(8)
                .collect();
            if !items.is_empty() {
                out.say(words::why_excluded(ctx.language(), &items, about.is_some()));
                return true;
            }
        }
        if let Some(known) = self.focus.as_ref().and_then(|o| self.knows(o)) {
            out.say(words::why_shown(ctx.language(), known));
            return true;
        }
        out.say(words::no_decisions(ctx.language()));
        false
    }
}

fn is_opposite(old: &Preference, new: &Preference) -> bool {
    match (old, new) {
        (Preference::PreferMerchant(a), Preference::BlockMerchant(b))
        | (Preference::BlockMerchant(a), Preference::PreferMerchant(b)) => a == b,
        (Preference::PreferBrand(a), Preference::BlockBrand(b))
        | (Preference::BlockBrand(a), Preference::PreferBrand(b)) => {
            a.as_str().eq_ignore_ascii_case(b.as_str())
        }
        (_, _) => false,
    }
}
