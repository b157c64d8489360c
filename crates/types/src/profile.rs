use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits::RULES_MAX;
use crate::{Currency, Language, MerchantId, Minute, Money, Text, UserId};

/// What one person declared: who they are, what they allow, what they want and do not want.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub user: UserId,
    /// Grows with each change; a verdict names the one that it was made under.
    pub epoch: u64,
    /// Full name for deliveries.
    pub name: Option<Text<120>>,
    /// E-mail address.
    pub email: Option<Text<200>>,
    /// Phone number.
    pub phone: Option<Text<40>>,
    /// Saved addresses; the first is the usual one.
    pub addresses: Vec<Address>,
    /// IANA time zone: `America/New_York`.
    pub zone: Text<60>,
    /// Currency of limits and of prices said without one.
    pub currency: Currency,
    /// Language that they speak and are answered in.
    #[serde(default)]
    pub language: Language,
    /// Whole years of age, when the person stated it. Never leaves the house.
    pub age: Option<u8>,
    /// Spending limits.
    pub limits: Limits,
    /// What may be approved by voice alone.
    #[serde(default)]
    pub speech: Speech,
    /// Labels to avoid and to require.
    pub rules: Vec<LabelRule>,
    /// Brands and shops liked or blocked.
    pub preferences: Vec<Preference>,
    /// When nothing may be bought.
    pub quiet: Option<QuietHours>,
    /// Ways to pay.
    pub wallet: Vec<Instrument>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profile({}, epoch {})", self.user, self.epoch)
    }
}

/// A saved address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The person's word for it: `Home`.
    pub label: Text<40>,
    /// Street and number.
    pub street: Text<200>,
    /// Town.
    pub locality: Text<120>,
    /// State or region.
    #[serde(default)]
    pub region: Option<Text<80>>,
    /// Postal code.
    pub postal_code: Text<20>,
    /// ISO country.
    pub country: Text<2>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({}, <redacted>)", self.label)
    }
}

/// Spending limits, all in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// One purchase.
    pub purchase: Money,
    /// One local day.
    pub day: Money,
    /// One local calendar month.
    pub month: Money,
}

/// What may be approved by voice alone: with two words that are spoken, heard by everybody in the room and said back.
///
/// What is not set has a default, so that a record of an older version has one too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Speech {
    /// One purchase; zero lets nothing be bought by voice. `None`: [`SPEECH_MINOR`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Money>,
    /// Any 24 hours. `None`: twice the cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Money>,
    /// Shops that the person marked as ones where their voice is enough, as if they had bought there before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merchants: Vec<MerchantId>,
}

/// Highest purchase by voice of a person who said nothing about it, in minor units of their currency: 20 dollars or
/// euros, 2,000 yen.
pub const SPEECH_MINOR: i64 = 2_000;

/// Avoid or require a label, everywhere or in one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// Name of the rule, unique in the profile: `avoid-leather`.
    pub id: Text<80>,
    /// Avoid or require.
    pub kind: RuleKind,
    /// The label: `contains:leather`, `cert:fairtrade-intl`.
    pub label: Text<80>,
    /// Only for products whose category contains this word.
    #[serde(default)]
    pub category: Option<Text<60>>,
    /// Whether "nobody says" counts as "no" for avoid. Required labels are always strict.
    #[serde(default)]
    pub strict: bool,
    /// The person's own words, and when: shown with every refusal.
    pub said: Text<200>,
}

/// Avoid or require.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Must not be true.
    Avoid,
    /// Must be confirmed.
    Require,
}

/// Liked or blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Preference {
    /// Rank this shop's offers a little higher.
    PreferMerchant(MerchantId),
    /// Never buy here.
    BlockMerchant(MerchantId),
    /// Rank this brand a little higher.
    PreferBrand(Text<80>),
    /// Never buy this brand.
    BlockBrand(Text<80>),
    /// Rank what carries this label a little higher.
    PreferLabel(Text<80>),
}

/// When nothing may be bought; may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First minute of the local day, 0 to 1439.
    pub from: Minute,
    /// Minute after the last, 0 to 1439.
    pub to: Minute,
}

impl QuietHours {
    /// Whether a local minute lies within.
    pub fn covers(&self, minute: Minute) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

/// A way to pay: which handler it belongs to, what it looks like, and the secret token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Reverse-DNS name of the payment handler: `dev.errand.testpay`.
    pub handler: Text<120>,
    /// Type: `card`.
    pub kind: Text<40>,
    /// Brand: `visa`.
    pub brand: Text<40>,
    /// Last digits, for showing.
    pub last_digits: Text<4>,
    /// The token. Secret: only the merchant adapter reads it.
    pub token: Text<400>,
}

impl std::fmt::Debug for Instrument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Instrument({} {} ..{})",
            self.handler, self.brand, self.last_digits
        )
    }
}

/// A change would loosen what the person declared; that needs more than a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this would loosen {what}")]
pub struct LoosenError {
    /// What would be loosened, in words.
    pub what: String,
}

impl Profile {
    /// A profile with careful defaults: 50, 120 and 600 per purchase, day and month, nobody knows anything.
    pub fn new(user: UserId, currency: Currency, zone: Text<60>) -> Self {
        let unit = 10_i64.saturating_pow(currency.exponent());
        let limit = |whole: i64| Money::new(whole.saturating_mul(unit), currency);
        Self {
            user,
            epoch: 0,
            name: None,
            email: None,
            phone: None,
            addresses: Vec::new(),
            zone,
            currency,
            language: Language::default(),
            age: None,
            limits: Limits {
                purchase: limit(50),
                day: limit(120),
                month: limit(600),
            },
            speech: Speech::default(),
            rules: Vec::new(),
            preferences: Vec::new(),
            quiet: None,
            wallet: Vec::new(),
        }
    }

    /// Adds a rule, which always tightens. A rule of the same name is replaced only by an equally strict one.
    pub fn add_rule(&mut self, rule: LabelRule) -> Result<(), LoosenError> {
        if let Some(old) = self.rules.iter().find(|r| r.id == rule.id) {
            let is_as_strict = old.kind == rule.kind
                && old.label == rule.label
                && (rule.strict || !old.strict)
                && (rule.category.is_none() || rule.category == old.category);
            if !is_as_strict {
                return Err(LoosenError {
                    what: format!("your rule `{}`", old.id),
                });
            }
            self.rules.retain(|r| r.id != rule.id);
        }
        if self.rules.len() >= RULES_MAX {
            return Err(LoosenError {
                what: format!("the bound of {RULES_MAX} rules"),
            });
        }
        self.rules.push(rule);
        self.epoch = self.epoch.saturating_add(1);
        Ok(())
    }

    /// Lowers limits; raising one is loosening and is refused here.
    pub fn lower_limits(&mut self, limits: Limits) -> Result<(), LoosenError> {
        let raises = |new: Money, old: Money| new.exceeds(old).unwrap_or(true);
        let old = self.limits;
        if raises(limits.purchase, old.purchase)
            || raises(limits.day, old.day)
            || raises(limits.month, old.month)
        {
            return Err(LoosenError {
                what: "your spending limits".into(),
            });
        }
        self.limits = limits;
        self.epoch = self.epoch.saturating_add(1);
        Ok(())
    }

    /// Highest purchase that may be approved by voice.
    pub fn speech_cap(&self) -> Money {
        self.speech
            .cap
            .unwrap_or_else(|| Money::new(SPEECH_MINOR, self.currency))
    }

    /// Highest sum that may be approved by voice within 24 hours. Twice the cap by default: a second small thing on one
    /// day is ordinary, a third by voice is a large one in parts. So all that anybody in the room can bring about in a
    /// day stays below what one purchase at the screen may cost.
    pub fn speech_day(&self) -> Money {
        let cap = self.speech_cap();
        self.speech
            .day
            .unwrap_or_else(|| cap.times(2).unwrap_or(cap))
    }

    /// Lowers what may be bought by voice at once; raising it is loosening and is refused here.
    pub fn lower_speech_cap(&mut self, cap: Money) -> Result<(), LoosenError> {
        if cap.exceeds(self.speech_cap()).unwrap_or(true) {
            return Err(LoosenError {
                what: "what may be bought by voice".into(),
            });
        }
        self.speech.cap = Some(cap);
        self.epoch = self.epoch.saturating_add(1);
        Ok(())
    }

    /// Whether a shop is blocked.
    pub fn blocks_merchant(&self, merchant: &MerchantId) -> bool {
        self.preferences
            .iter()
            .any(|p| matches!(p, Preference::BlockMerchant(m) if m == merchant))
    }
}
