//! The voice that a person let errand know: a sealed file beside the data, and how it stands with it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use errand_trust::SealKey;
use errand_types::Ids;
use errand_voice_core::{KnownVoice, MfccSpeaker, Print, SpeakerScore as _, UnreadablePrint};

use super::ladder::Ladder;
use super::open::VoicePlace;
use super::plan::VoicePlan;
use super::report::RungState;
use super::settings::SpeakerCheckSetting;
use crate::secrets::{kept_keys, keys, write_private};

/// The stage.
const STAGE: &str = "known voice";
/// What the seal is for; a seal for anything else does not open as this.
const PURPOSE: &[u8] = b"voice print";
/// A print is some hundred bytes; whatever is longer is none of ours.
const BYTES_MAX: u64 = 16 * 1024;

/// The voice print of this installation's person: numbers from which nobody hears what was said, of a special category all
/// the same. It lies in one file that its owner alone may read, sealed with the key of the installation; no sound is kept.
#[derive(Debug, Clone)]
pub struct KeptPrint {
    data: PathBuf,
}

/// Why a print that is kept cannot be used. No message has a number of it.
#[derive(Debug, thiserror::Error)]
pub enum KeptPrintError {
    /// The disk.
    #[error("the voice print cannot be read: {0}")]
    Disk(io::ErrorKind),
    /// It was changed, or the key of the installation is another one.
    #[error("the voice print cannot be opened: it was changed, or the key that sealed it is gone")]
    Sealed,
}

impl KeptPrint {
    /// The print in a folder of data.
    pub fn in_data(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.data.join("voice.print")
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.path().exists()
    }

    /// The print; `None`: there is none.
    ///
    /// # Errors
    /// [`KeptPrintError`] when there is one and it cannot be used.
    pub fn read(&self) -> Result<Option<Print>, KeptPrintError> {
        let path = self.path();
        match std::fs::metadata(&path) {
            Ok(file) if file.len() > BYTES_MAX => return Err(KeptPrintError::Sealed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeptPrintError::Disk(error.kind())),
        }
        let sealed = std::fs::read(&path).map_err(|error| KeptPrintError::Disk(error.kind()))?;
        let keys = kept_keys(&self.data).ok_or(KeptPrintError::Sealed)?;
        let plain = SealKey::from_bytes(&keys.seal).open(&sealed, PURPOSE);
        let plain = plain.map_err(|_| KeptPrintError::Sealed)?;
        let print = Print::from_bytes(&plain).map_err(|_| KeptPrintError::Sealed)?;
        Ok(Some(print))
    }

    /// Keeps a print in place of whatever was kept before.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write(&self, print: &Print, ids: &dyn Ids) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.data)?;
        let keys = keys(Some(&self.data), ids)?;
        let sealed = SealKey::from_bytes(&keys.seal).seal(&print.to_bytes(), PURPOSE, ids.nonce());
        let sealed = sealed.map_err(|error| anyhow::anyhow!("{error}"))?;
        let half = self.data.join("voice.print.new");
        write_private(&half, &sealed)?;
        Ok(std::fs::rename(half, self.path())?)
    }

    /// Deletes the print. `false`: there was none.
    ///
    /// # Errors
    /// When the disk does not let it go.
    pub fn forget(&self) -> io::Result<bool> {
        match std::fs::remove_file(self.path()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl VoicePlan {
    /// The voice that whoever speaks is compared with, and how it stands. It is looked up for each utterance: a print that is
    /// forgotten, or enrolled anew, is so at once and in every process.
    pub(super) fn open_known(&self, place: VoicePlace<'_>) -> (Option<KnownVoice>, Ladder) {
        let mut knowing = Ladder::new(STAGE);
        let Some(data) = place.data else {
            return (None, knowing);
        };
        let kept = KeptPrint::in_data(data);
        let engine = MfccSpeaker::default();
        let name = engine.info().engine;
        let is_on = self.speaker_check == SpeakerCheckSetting::On;
        let to_enrol = || Some("`errand voice enrol` learns yours".to_owned());
        match (kept.read(), is_on) {
            (Ok(Some(_)), true) => {
                let detail = "another voice than the one that is enrolled buys nothing by voice; it proves nobody";
                knowing.opened(name, detail.into());
            }
            (Ok(Some(_)), false) => knowing.push(
                name,
                RungState::Off,
                "a voice is enrolled, and nobody is compared with it".into(),
                Some(
                    "`speaker_check = \"on\"` in the table `[voice]` of the settings, or `errand voice forget`"
                        .into(),
                ),
            ),
            (Ok(None), true) => knowing.push(
                name,
                RungState::Off,
                "switched on, and no voice is enrolled: nobody is compared".into(),
                to_enrol(),
            ),
            (Ok(None), false) => knowing.push(
                name,
                RungState::Off,
                "no voice is enrolled, and nobody is compared".into(),
                None,
            ),
            (Err(error), _) => knowing.push(
                name,
                if is_on { RungState::Fail } else { RungState::Off },
                error.to_string(),
                Some("`errand voice forget`, then `errand voice enrol`".into()),
            ),
        }
        let known = is_on.then(|| {
            let prints = move || kept.read().map_err(|_| UnreadablePrint);
            KnownVoice::new(Arc::new(engine), Arc::new(prints))
        });
        (known, knowing)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::world::FixedIds;

    fn print() -> Print {
        Print::new("mfcc", 1, vec![0.123_456_7; 38])
    }

    #[test]
    fn a_print_is_kept_sealed_and_comes_back_with_the_same_key_alone() {
        let dir = TempDir::new().unwrap();
        let kept = KeptPrint::in_data(dir.path());
        assert!(!kept.is_there() && kept.read().unwrap().is_none());

        kept.write(&print(), &FixedIds::new(1)).unwrap();

        assert_eq!(kept.read().unwrap(), Some(print()));
        let bytes = std::fs::read(kept.path()).unwrap();
        let number = 0.123_456_7_f32.to_le_bytes();
        assert!(!bytes.windows(4).any(|four| four == number));
        assert!(!bytes.windows(4).any(|four| four == b"mfcc"));
        // A key that is another one opens nothing, and no key at all neither.
        let key = dir.path().join("keys/seal.key");
        std::fs::write(&key, [7; 32]).unwrap();
        assert!(matches!(kept.read(), Err(KeptPrintError::Sealed)));
        std::fs::remove_file(&key).unwrap();
        assert!(matches!(kept.read(), Err(KeptPrintError::Sealed)));
        assert!(!key.exists(), "reading makes no key");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = TempDir::new().unwrap();
        let kept = KeptPrint::in_data(dir.path());
        kept.write(&print(), &FixedIds::new(1)).unwrap();

        let mode = std::fs::metadata(kept.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_is_forgotten_is_gone_and_what_was_changed_is_no_print() {
        let dir = TempDir::new().unwrap();
        let kept = KeptPrint::in_data(dir.path());
        kept.write(&print(), &FixedIds::new(1)).unwrap();
        let mut bytes = std::fs::read(kept.path()).unwrap();
        bytes[20] ^= 1;
        std::fs::write(kept.path(), bytes).unwrap();
        let error = kept.read().unwrap_err().to_string();
        assert!(error.contains("cannot be opened"), "{error}");

        assert!(kept.forget().unwrap());

        assert!(!kept.is_there() && kept.read().unwrap().is_none());
        assert!(!kept.forget().unwrap());
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "the keys alone: {left:?}");
    }
}
