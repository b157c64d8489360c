use std::io;

use super::convert::ConvertError;

/// Why a model was not put in place. Nothing half done is ever found under the model's own name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The place to fetch from cannot be used.
    #[error("models cannot be fetched from there: {cause}")]
    Place {
        /// Why.
        cause: &'static str,
    },
    /// Somebody else is fetching the same model.
    #[error("`{name}` is being fetched already")]
    Busy {
        /// Which model.
        name: String,
    },
    /// The other side does not answer, breaks off again and again, or refuses.
    #[error("`{name}` could not be fetched: {cause}")]
    Unreachable {
        /// Which model.
        name: String,
        /// Why, without the address.
        cause: String,
    },
    /// The file has another size than the list says.
    #[error("`{name}` should have {expected} bytes, and this file has {found}")]
    Size {
        /// Which model.
        name: String,
        /// Bytes by the list.
        expected: u64,
        /// Bytes of the file, or what was promised, or where it was cut.
        found: u64,
    },
    /// The file has another digest than the list says. It was deleted.
    #[error("`{name}` is not the file that the list means: its digest is {found}")]
    Digest {
        /// Which model.
        name: String,
        /// SHA-256 by the list.
        expected: String,
        /// SHA-256 of the file.
        found: String,
    },
    /// A package is what the list says, and cannot be unpacked as it says. Nothing of it is in place.
    #[error("`{name}` cannot be unpacked: {cause}")]
    Package {
        /// Which model.
        name: String,
        /// Why.
        cause: &'static str,
    },
    /// A package is what the list says, and the model in it cannot be put into the form that is used here.
    #[error("`{name}` cannot be converted: {cause}")]
    Convert {
        /// Which model.
        name: String,
        /// Why.
        cause: ConvertError,
    },
    /// A model was converted, and came out as another one than the list says. It was deleted.
    #[error(
        "`{name}` was converted and is not the model that the list means: its digest is {found}"
    )]
    Made {
        /// Which model.
        name: String,
        /// SHA-256 by the list.
        expected: String,
        /// SHA-256 of what was made.
        found: String,
    },
    /// The disk.
    #[error("`{name}` could not be written or read: {cause}")]
    Disk {
        /// Which model.
        name: String,
        /// Why.
        cause: String,
    },
    /// Somebody stopped it. What there is stays, and the next attempt goes on from there.
    #[error("fetching `{name}` was stopped at {have} bytes")]
    Stopped {
        /// Which model.
        name: String,
        /// Bytes that are there.
        have: u64,
    },
}

impl SetupError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Place { .. } => "VOICE-0040",
            Self::Busy { .. } => "VOICE-0041",
            Self::Unreachable { .. } => "VOICE-0042",
            Self::Size { .. } => "VOICE-0043",
            Self::Digest { .. } => "VOICE-0044",
            Self::Disk { .. } => "VOICE-0045",
            Self::Stopped { .. } => "VOICE-0046",
            Self::Package { .. } => "VOICE-0048",
            Self::Convert { .. } | Self::Made { .. } => "VOICE-0049",
        }
    }

    /// What can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Place { .. } => {
                "set `voice.setup.base_url` to an https address or a file: folder, or use --from FILE"
            }
            Self::Busy { .. } => "wait for it, or end the other process",
            Self::Unreachable { .. } => "try again: it goes on where it was; or use --from FILE",
            Self::Size { .. } | Self::Digest { .. } => {
                "nothing was installed; fetch the file from its publisher and use --from FILE"
            }
            Self::Package { .. } | Self::Convert { .. } | Self::Made { .. } => {
                "mend its entry in the list of models, or leave it to a newer errand"
            }
            Self::Disk { .. } => "make room, or make the folder of models writable, and try again",
            Self::Stopped { .. } => "run it again: it goes on where it was",
        }
    }

    pub(crate) fn disk(name: &str, error: &io::Error) -> Self {
        Self::Disk {
            name: name.to_owned(),
            cause: error.to_string(),
        }
    }
}
