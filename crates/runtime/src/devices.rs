//! Enrolled devices: a token is shown once and kept only as a digest.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use errand_journal::{Durability, Expected, Journal, Seq, read_all};
use errand_trust::{base64url, sha256};
use errand_types::{Clock, DeviceId, Ids, UserId};
use serde::{Deserialize, Serialize};

use crate::house::Principal;
use crate::records::stream;

const STREAM: &str = "devices";
/// Devices of one installation.
const DEVICES_MAX: usize = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Device {
    id: DeviceId,
    user: UserId,
    name: String,
    digest: String,
}

/// Who holds which token.
#[derive(Debug)]
pub(crate) struct Devices {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    by_digest: RwLock<BTreeMap<String, Device>>,
}

impl Devices {
    pub(crate) async fn open(
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, String> {
        let stored = read_all(&*journal, &stream(STREAM)?, Seq::START, DEVICES_MAX)
            .await
            .map_err(|e| e.to_string())?;
        let mut by_digest = BTreeMap::new();
        for stored in stored {
            let device: Device = serde_json::from_value(stored.body).map_err(|e| e.to_string())?;
            by_digest.insert(device.digest.clone(), device);
        }
        Ok(Self {
            journal,
            clock,
            ids,
            by_digest: RwLock::new(by_digest),
        })
    }

    /// Who holds this token. Looked up by its digest, so that timing tells nothing about the token.
    pub(crate) fn holder(&self, token: &str) -> Option<Principal> {
        if token.is_empty() || token.len() > 200 {
            return None;
        }
        let digest = base64url(&sha256(token.as_bytes()));
        let devices = self
            .by_digest
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        devices.get(&digest).map(|d| Principal {
            user: d.user.clone(),
            device: d.id.clone(),
        })
    }

    /// Enrols a device; returns its token, which is shown once.
    pub(crate) async fn enrol(
        &self,
        user: &UserId,
        name: &str,
    ) -> Result<(DeviceId, String), String> {
        if self
            .by_digest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
            >= DEVICES_MAX
        {
            return Err(format!(
                "{DEVICES_MAX} devices are enrolled, which is the bound"
            ));
        }
        let token = format!("errand_{}{}", self.ids.tail(), self.ids.tail());
        let device = Device {
            id: DeviceId::fresh(&*self.ids),
            user: user.clone(),
            name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
            digest: base64url(&sha256(token.as_bytes())),
        };
        let record = errand_journal::Record::new("device", &device);
        self.journal
            .append(
                &stream(STREAM)?,
                Expected::Any,
                vec![record],
                Durability::Flushed,
                self.clock.now(),
            )
            .await
            .map_err(|e| e.to_string())?;
        let id = device.id.clone();
        self.by_digest
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(device.digest.clone(), device);
        Ok((id, token))
    }

    /// Devices enrolled.
    pub(crate) fn count(&self) -> usize {
        self.by_digest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}
