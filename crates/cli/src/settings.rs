use anyhow::{Context as _, bail};
use errand_types::{
    Address, Currency, Instrument, LabelRule, Language, Limits, MerchantId, Money, Preference,
    Profile, QuietHours, Speech, Text, UserId,
};
use serde::Deserialize;

/// What a settings file may say. Every key is optional; an unknown one is an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Who uses this installation.
    pub person: PersonSettings,
    /// Addresses of shops to connect at the start.
    pub merchants: Vec<String>,
    /// Public address of this installation's profile, for shops that read it.
    pub profile_url: Option<String>,
    /// Origins of pages on other hosts that may connect.
    pub allowed_origins: Vec<String>,
    /// Folder with policies of the operator; they may only narrow.
    pub operator_policies: Option<String>,
    /// A language model; without it errand understands by itself.
    pub model: Option<crate::model::ModelSettings>,
    /// Hearing and speaking; without it the engines of this machine are used.
    pub voice: crate::voice::VoiceSettings,
    /// Speakers and voice systems that speak Wyoming; without it none are served and none dialled.
    pub wyoming: crate::wyoming::WyomingTable,
    /// Shops on this machine, also without TLS: for trying and for development.
    pub allow_loopback_shops: Option<bool>,
}

/// One person, as settings describe them.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonSettings {
    /// Short name in ids.
    pub id: String,
    /// Full name for deliveries.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// IANA time zone; the machine's when absent.
    pub zone: Option<String>,
    /// Currency of limits.
    pub currency: String,
    /// Language that they speak and are answered in: `en` or `de`.
    pub language: Language,
    /// Whole years of age.
    pub age: Option<u8>,
    /// Addresses, the usual one first.
    pub addresses: Vec<Address>,
    /// Highest amount of one purchase, as in `50.00`.
    pub limit_purchase: Option<String>,
    /// Highest amount of one day.
    pub limit_day: Option<String>,
    /// Highest amount of one month.
    pub limit_month: Option<String>,
    /// Highest amount of one purchase that is approved by voice, as in `20.00`; `0` for none.
    pub voice_purchase: Option<String>,
    /// Highest amount that is approved by voice within 24 hours.
    pub voice_day: Option<String>,
    /// Shops where a voice is enough, as if they had been bought from before.
    pub voice_shops: Vec<MerchantId>,
    /// Rules on labels.
    pub rules: Vec<LabelRule>,
    /// Brands and shops preferred or blocked.
    pub preferences: Vec<Preference>,
    /// Hours in which nothing is bought.
    pub quiet: Option<QuietHours>,
    /// Ways to pay.
    pub wallet: Vec<Instrument>,
}

impl Default for PersonSettings {
    /// The person of the built-in demonstration: an address that gets no mail and a card that pays nothing.
    fn default() -> Self {
        Self {
            id: "me".into(),
            name: Some("Sam Sample".into()),
            email: Some("sam@example.com".into()),
            phone: None,
            zone: None,
            currency: "USD".into(),
            language: Language::English,
            age: None,
            addresses: vec![Address {
                label: Text::clip("Home"),
                street: Text::clip("14 Elm Street"),
                locality: Text::clip("Brooklyn"),
                region: Some(Text::clip("NY")),
                postal_code: Text::clip("11201"),
                country: Text::clip("US"),
            }],
            limit_purchase: None,
            limit_day: None,
            limit_month: None,
            voice_purchase: None,
            voice_day: None,
            voice_shops: Vec::new(),
            rules: Vec::new(),
            preferences: Vec::new(),
            quiet: None,
            wallet: vec![Instrument {
                handler: Text::clip("dev.errand.testpay"),
                kind: Text::clip("card"),
                brand: Text::clip("visa"),
                last_digits: Text::clip("4242"),
                token: Text::clip("success_token"),
            }],
        }
    }
}

impl PersonSettings {
    /// The profile that these settings amount to.
    ///
    /// # Errors
    /// A value that does not fit, named.
    pub fn profile(&self) -> anyhow::Result<Profile> {
        let user =
            UserId::from_tail(&self.id).with_context(|| format!("person id `{}`", self.id))?;
        let currency = Currency::parse(&self.currency).context("person currency")?;
        let zone = match &self.zone {
            Some(zone) => zone.clone(),
            None => jiff::tz::TimeZone::system()
                .iana_name()
                .unwrap_or("UTC")
                .to_owned(),
        };
        if jiff::tz::TimeZone::get(&zone).is_err() {
            bail!("person zone `{zone}` is not an IANA time zone");
        }
        let mut profile = Profile::new(user, currency, Text::parse(&zone).context("person zone")?);
        profile.name = self
            .name
            .as_deref()
            .map(Text::parse)
            .transpose()
            .context("person name")?;
        profile.email = self
            .email
            .as_deref()
            .map(Text::parse)
            .transpose()
            .context("person email")?;
        profile.phone = self
            .phone
            .as_deref()
            .map(Text::parse)
            .transpose()
            .context("person phone")?;
        profile.age = self.age;
        profile.language = self.language;
        profile.addresses.clone_from(&self.addresses);
        let limit = |said: &Option<String>, default: Money| -> anyhow::Result<Money> {
            said.as_ref().map_or(Ok(default), |s| {
                Money::parse(s, currency).with_context(|| format!("limit `{s}`"))
            })
        };
        profile.limits = Limits {
            purchase: limit(&self.limit_purchase, profile.limits.purchase)?,
            day: limit(&self.limit_day, profile.limits.day)?,
            month: limit(&self.limit_month, profile.limits.month)?,
        };
        let cap = |said: &Option<String>| -> anyhow::Result<Option<Money>> {
            let read = |s: &String| {
                let cap =
                    Money::parse(s, currency).with_context(|| format!("voice limit `{s}`"))?;
                if cap.minor() < 0 {
                    bail!("voice limit `{s}` is below zero");
                }
                Ok(cap)
            };
            said.as_ref().map(read).transpose()
        };
        profile.speech = Speech {
            cap: cap(&self.voice_purchase)?,
            day: cap(&self.voice_day)?,
            merchants: self.voice_shops.clone(),
        };
        profile.rules.clone_from(&self.rules);
        profile.preferences.clone_from(&self.preferences);
        profile.quiet = self.quiet;
        profile.wallet.clone_from(&self.wallet);
        Ok(profile)
    }
}
