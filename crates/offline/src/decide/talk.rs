//! What the person declares (rules, limits, consent), and the talk around it.

use errand_types::{
    ConsentArgs, HandoffArgs, HelpArgs, LimitArgs, LimitKind, MerchantId, Money, NoArgs, OrderArgs,
    PreferArgs, Preference, RuleArgs, RuleKind, RuleRemoveArgs, Text, ToolCall, WhyArgs,
};

use super::{Desk, Outcome};
use crate::act::{Note, Verb};
use crate::clause::{Clause, Hit};
use crate::need::wishes;
use crate::number::Amount;
use crate::pattern::{Capture, SlotKind};
use crate::refer::{Bound, Pool, Way};

impl Desk<'_, '_> {
    pub(super) fn talk(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let one = |call| Outcome::Calls(vec![call]);
        let say = |key: &str| Outcome::Say(self.scan.lang.reply(key, &[]));
        match hit.verb {
            Verb::Why => one(ToolCall::Why(WhyArgs {
                about: hit.slot(SlotKind::Ref).and_then(|c| self.title(c)),
            })),
            Verb::WhyOut => {
                let about = hit.slot(SlotKind::Text).map(|c| Text::clip(&self.bare(c)));
                one(ToolCall::Why(WhyArgs { about }))
            }
            Verb::RuleAvoid => self.rule(hit, clause, RuleKind::Avoid, false),
            Verb::RuleAvoidStrict => self.rule(hit, clause, RuleKind::Avoid, true),
            Verb::RuleRequire => self.require(hit, clause),
            Verb::RuleRemove => self.remove_rule(hit),
            Verb::LimitPurchase => self.limit(hit, Some(LimitKind::Purchase)),
            Verb::LimitDay => self.limit(hit, Some(LimitKind::Day)),
            Verb::LimitMonth => self.limit(hit, Some(LimitKind::Month)),
            Verb::LimitVoice => self.limit(hit, Some(LimitKind::Voice)),
            Verb::VoiceOff => one(ToolCall::LimitSet(LimitArgs {
                limit: LimitKind::Voice,
                amount: Money::new(0, self.scene.currency),
            })),
            Verb::LimitSome => self.limit(hit, None),
            Verb::ProfileShow => one(ToolCall::ProfileShow(NoArgs {})),
            Verb::Prefer | Verb::Block => self.prefer(hit, clause),
            Verb::DeskShow => one(ToolCall::DeskShow(NoArgs {})),
            Verb::ConsentShow => one(ToolCall::ConsentShow(NoArgs {})),
            Verb::ConsentWithdraw => one(ToolCall::ConsentWithdraw(ConsentArgs {
                merchant: self.shop(hit),
            })),
            // "Cancel it" with nothing under way but an order is about that; it is asked before it is done.
            Verb::Stop
                if self
                    .scan
                    .class("calls_off", clause.from, clause.to)
                    .is_some()
                    && self.scene.open.is_none()
                    && self.scene.cart.is_empty()
                    && self.scene.shown.is_empty()
                    && !self.scene.orders.is_empty() =>
            {
                one(ToolCall::OrderCancel(OrderArgs::default()))
            }
            Verb::Stop => one(ToolCall::Stop(NoArgs {})),
            Verb::Human => {
                let reason = Text::clip(&self.scan.lang.reply("reason_human", &[]));
                one(ToolCall::Handoff(HandoffArgs {
                    to: Text::clip("human"),
                    reason,
                }))
            }
            Verb::Help => one(ToolCall::Help(HelpArgs::default())),
            Verb::Tour => one(ToolCall::Help(HelpArgs { tour: true })),
            Verb::Thanks => say("say_thanks"),
            Verb::Recordings => say("say_recordings"),
            Verb::Hello => say("say_hello"),
            Verb::Bye => say("say_bye"),
            Verb::OffTopic => say("say_off_topic"),
            Verb::Yes if self.is_choosing() => {
                Outcome::Ask(self.ask("ask_choose_yes", &[], "chips_shown"))
            }
            Verb::Yes => say("say_yes_nothing"),
            Verb::No if !self.scene.shown.is_empty() => say("say_no_shown"),
            Verb::No => say("say_no"),
            _ => Outcome::Lost,
        }
    }

    fn title(&self, capture: Capture) -> Option<Text<120>> {
        if let Bound::These(offers) = self.bound(capture, Pool::Shown)
            && let [offer] = offers.as_slice()
            && let Some(shown) = self.scene.shown.iter().find(|s| s.offer == *offer)
        {
            return Some(Text::clip(shown.title.as_str()));
        }
        let named = self
            .scan
            .refer(capture.from, capture.to)
            .is_none_or(|r| r.way == Way::Named);
        named.then(|| Text::clip(&self.bare(capture)))
    }

    fn shop(&self, hit: &Hit) -> Option<MerchantId> {
        let (_, at) = self
            .scan
            .shops
            .get(hit.slot(SlotKind::Shop)?.from)
            .copied()
            .flatten()?;
        self.scene.shops.get(at).map(|shop| shop.id.clone())
    }

    fn label(&self, hit: &Hit) -> Option<String> {
        let capture = hit.slot(SlotKind::Label)?;
        self.scan
            .labels
            .get(capture.from)
            .and_then(Option::as_ref)
            .map(|(_, id)| id.clone())
    }

    fn rule(&self, hit: &Hit, clause: &Clause, kind: RuleKind, strict: bool) -> Outcome {
        let Some(label) = self.label(hit) else {
            return Outcome::Lost;
        };
        let category = hit
            .slot(SlotKind::Text)
            .map(|c| self.bare(c).to_lowercase())
            .filter(|text| {
                !matches!(
                    text.as_str(),
                    "things" | "products" | "stuff" | "goods" | "ones" | "one" | "food"
                )
            });
        Outcome::Calls(vec![ToolCall::RuleAdd(RuleArgs {
            kind,
            label: Text::clip(&label),
            category: category.map(|text| Text::clip(&text)),
            strict,
            said: Text::clip(self.said(clause)),
        })])
    }

    /// "Only fair trade" after a search narrows it; with a thing or without a search it is a rule.
    fn require(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let is_short = hit.slot(SlotKind::Text).is_none()
            && !self.said(clause).to_lowercase().contains("always");
        let says_i = matches!(
            self.scan.heard.word(clause.from),
            "i" | "everything" | "from"
        );
        if self.need.is_some() && is_short && !says_i {
            let found = wishes(self.scan, clause.from, clause.to, &self.zone);
            if let Some(wish) = found.into_iter().next() {
                return self.describe(wish, clause.from, clause.to);
            }
        }
        self.rule(hit, clause, RuleKind::Require, false)
    }

    fn remove_rule(&self, hit: &Hit) -> Outcome {
        let label = self.label(hit).or_else(|| {
            let text = hit.slot(SlotKind::Text)?;
            (text.from..text.to).find_map(|at| {
                self.scan
                    .labels
                    .get(at)
                    .and_then(Option::as_ref)
                    .map(|(_, id)| id.clone())
            })
        });
        let rule = label.or_else(|| {
            hit.slot(SlotKind::Text)
                .map(|c| self.bare(c).to_lowercase())
        });
        match rule {
            Some(rule) => Outcome::Calls(vec![ToolCall::RuleRemove(RuleRemoveArgs {
                rule: Text::clip(&rule),
            })]),
            None => Outcome::Ask(self.ask("ask_rule_which", &[], "ask_rule_chips")),
        }
    }

    fn limit(&self, hit: &Hit, kind: Option<LimitKind>) -> Outcome {
        let scan = self.scan;
        let home = self.scene.currency;
        let amount = hit
            .slot(SlotKind::Money)
            .and_then(|c| {
                scan.amounts
                    .get(c.from)
                    .and_then(Option::as_ref)
                    .map(|(_, amount)| amount.clone())
            })
            .or_else(|| {
                let (_, n) = scan
                    .nums
                    .get(hit.slot(SlotKind::Num)?.from)
                    .copied()
                    .flatten()?;
                Some(Amount {
                    milli: n.checked_mul(1000)?,
                    currency: None,
                })
            });
        let Some(amount) = amount else {
            let usual = Money::new(
                50_i64.saturating_mul(10_i64.saturating_pow(home.exponent())),
                home,
            )
            .to_string();
            return Outcome::Ask(self.ask(
                "ask_limit_amount",
                &[("money", &usual)],
                "ask_limit_chips",
            ));
        };
        // A limit is kept in the person's own currency, so dollars of another kind are asked about.
        let Ok(money) = amount.money(scan.lang, home) else {
            return Outcome::Ask(self.ask("ask_dollars", &[("home", home.code())], ""));
        };
        let Some(limit) = kind else {
            return Outcome::Ask(self.ask(
                "ask_limit_kind",
                &[("money", &money.to_string())],
                "ask_limit_kind_chips",
            ));
        };
        Outcome::Calls(vec![ToolCall::LimitSet(LimitArgs {
            limit,
            amount: money,
        })])
    }

    fn prefer(&self, hit: &Hit, clause: &Clause) -> Outcome {
        let likes = hit.verb == Verb::Prefer;
        if let Some(label) = self.label(hit) {
            // "I prefer organic", of what was found just now, is about that.
            let is_standing = hit.slot(SlotKind::Text).is_some()
                || (clause.from..clause.to)
                    .any(|at| self.scan.class("standing", at, clause.to).is_some());
            if self.need.is_some() && !is_standing {
                let found = wishes(self.scan, clause.from, clause.to, &self.zone);
                if let Some(wish) = found.into_iter().next() {
                    return self.describe(wish, clause.from, clause.to);
                }
            }
            return Outcome::Calls(vec![ToolCall::Prefer(PreferArgs {
                preference: Preference::PreferLabel(Text::clip(&label)),
            })]);
        }
        if let Some(shop) = self.shop(hit) {
            let preference = if likes {
                Preference::PreferMerchant(shop)
            } else {
                Preference::BlockMerchant(shop)
            };
            return Outcome::Calls(vec![ToolCall::Prefer(PreferArgs { preference })]);
        }
        let Some(text) = hit.slot(SlotKind::Text) else {
            return Outcome::Lost;
        };
        let name = self.bare(text);
        let is_learned = self
            .scan
            .vocab
            .brand_at(text.from, text.to, |i| self.scan.heard.word(i))
            == Some(text.to);
        let is_shown = self.scene.shown.iter().any(|s| {
            s.brand
                .as_ref()
                .is_some_and(|b| b.as_str().eq_ignore_ascii_case(&name))
        });
        let is_called_brand = hit.note == Some(Note::Brand);
        if !(is_learned || is_shown || is_called_brand) {
            let lead = if likes { "prefer" } else { "block" };
            let mut question = self.ask("ask_brand", &[("what", &name)], "");
            question.chips = vec![Text::clip(&format!("{lead} the brand {name}"))];
            return Outcome::Ask(question);
        }
        let preference = if likes {
            Preference::PreferBrand(Text::clip(&name))
        } else {
            Preference::BlockBrand(Text::clip(&name))
        };
        Outcome::Calls(vec![ToolCall::Prefer(PreferArgs { preference })])
    }
}
