use std::collections::BTreeMap;

use cedar_policy::{EntityId, EntityTypeName, EntityUid};
use errand_gate::{ActionKind, Channel};
use errand_types::{DataClass, Purpose};

/// Names of the schema, parsed once: parsing costs more than deciding.
#[derive(Debug)]
pub(crate) struct Names {
    user: EntityTypeName,
    agent: EntityTypeName,
    purpose: EntityTypeName,
    class: EntityTypeName,
    channel: EntityTypeName,
    actions: BTreeMap<ActionKind, EntityUid>,
}

impl Names {
    pub(crate) fn new() -> Result<Self, String> {
        let name = |raw: &str| raw.parse::<EntityTypeName>().map_err(|e| e.to_string());
        let action = name("Errand::Action")?;
        let uid = |kind: ActionKind| {
            (
                kind,
                EntityUid::from_type_name_and_id(action.clone(), EntityId::new(kind.name())),
            )
        };
        Ok(Self {
            user: name("Errand::User")?,
            agent: name("Errand::Agent")?,
            purpose: name("Errand::Purpose")?,
            class: name("Errand::DataClass")?,
            channel: name("Errand::Channel")?,
            actions: ActionKind::ALL.into_iter().map(uid).collect(),
        })
    }

    pub(crate) fn action(&self, kind: ActionKind) -> Option<&EntityUid> {
        self.actions.get(&kind)
    }

    pub(crate) fn user(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.user.clone(), EntityId::new(id))
    }

    pub(crate) fn agent(&self, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.agent.clone(), EntityId::new(id))
    }

    pub(crate) fn channel(&self, channel: Channel) -> EntityUid {
        let id = match channel {
            Channel::Screen => "screen",
            Channel::Voice => "voice",
        };
        EntityUid::from_type_name_and_id(self.channel.clone(), EntityId::new(id))
    }

    pub(crate) fn purpose(&self, purpose: Purpose) -> EntityUid {
        EntityUid::from_type_name_and_id(self.purpose.clone(), EntityId::new(purpose_id(purpose)))
    }

    pub(crate) fn class(&self, class: DataClass) -> EntityUid {
        EntityUid::from_type_name_and_id(self.class.clone(), EntityId::new(class_id(class)))
    }
}

/// The name of a purpose in the schema and in `purposes.toml`.
pub(crate) fn purpose_id(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Search => "search",
        Purpose::PriceQuote => "price_quote",
        Purpose::Order => "order",
        Purpose::Payment => "payment",
        Purpose::Delivery => "delivery",
        Purpose::AgeCheck => "age_check",
        Purpose::Fraud => "fraud",
        Purpose::Support => "support",
        Purpose::Legal => "legal",
        Purpose::Personalisation => "personalisation",
        Purpose::Marketing => "marketing",
        Purpose::AdsOrSale => "ads_or_sale",
    }
}

/// The name of a kind of data in the schema.
pub(crate) fn class_id(class: DataClass) -> &'static str {
    match class {
        DataClass::Name => "identity.name",
        DataClass::Email => "contact.email",
        DataClass::Phone => "contact.phone",
        DataClass::Postcode => "address.postcode",
        DataClass::Address => "address.full",
        DataClass::PaymentToken => "payment.token",
        DataClass::OrderItems => "order.items",
        DataClass::AgeOver => "identity.age_over_n",
    }
}
