use std::fmt;

use errand_protocol::api::ApiError;
use errand_voice_core::{EngineFault, SpeakerError};
use errand_voice_device::{ModelError, SetupError};
use errand_voice_talk::TalkError;
use serde::Serialize;

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exit {
    /// Answered, or bought.
    Done,
    /// A fault of ours.
    Fault,
    /// Used wrongly.
    Usage,
    /// A question must be answered.
    Question,
    /// A purchase or a consent must be approved.
    Approval,
    /// Refused by the person's rules or by the law.
    Refused,
    /// Price, stock or window changed under way; not bought.
    Changed,
    /// No shop could be reached.
    NoShop,
    /// The outcome of a payment is unknown and being checked.
    Unknown,
    /// The runtime cannot be reached.
    Unreachable,
    /// No token, or one that is not known.
    Unauthorised,
    /// Interrupted, not bought.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Fault => 1,
            Self::Usage => 2,
            Self::Question => 10,
            Self::Approval => 11,
            Self::Refused => 12,
            Self::Changed => 13,
            Self::NoShop => 14,
            Self::Unknown => 15,
            Self::Unreachable => 16,
            Self::Unauthorised => 17,
            Self::Interrupted => 130,
        }
    }
}

/// Whether the same command may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Retry {
    /// It would end the same way.
    Never,
    /// At once.
    Now,
    /// After this many milliseconds.
    AfterMs(u64),
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// Stable code.
    pub(crate) code: String,
    /// What happened.
    pub(crate) message: String,
    /// What did not happen: `Nothing was changed.`
    pub(crate) not: Option<String>,
    /// What can be done.
    pub(crate) hint: Option<String>,
    /// Whether to try again.
    pub(crate) retry: Retry,
}

impl Fault {
    fn new(exit: Exit, code: &str, message: String) -> Self {
        Self {
            exit,
            code: code.to_owned(),
            message,
            not: None,
            hint: None,
            retry: Retry::Never,
        }
    }

    /// A fault of ours.
    pub(crate) fn ours(message: String) -> Self {
        Self::new(Exit::Fault, "CLI-0001", message)
    }

    /// Used wrongly.
    pub(crate) fn usage(message: String, hint: &str) -> Self {
        Self {
            hint: Some(hint.to_owned()),
            ..Self::new(Exit::Usage, "CLI-0002", message)
        }
    }

    /// The settings do not fit.
    pub(crate) fn settings(error: &anyhow::Error) -> Self {
        let hint = "docs/talk.md and docs/language-model.md show every key";
        Self::usage(format!("{error:#}"), hint)
    }

    /// The runtime does not answer.
    pub(crate) fn unreachable(url: &str, cause: &str) -> Self {
        Self {
            not: Some("Nothing was changed.".to_owned()),
            hint: Some("start it with `make run`, or say where it is with `--url`".to_owned()),
            retry: Retry::AfterMs(1_000),
            ..Self::new(
                Exit::Unreachable,
                "CLI-0003",
                format!("cannot reach the runtime at `{url}`: {cause}"),
            )
        }
    }

    /// The connection broke and did not come back.
    pub(crate) fn lost(url: &str, session: Option<&str>) -> Self {
        let session = session.map(|s| format!(" {s}")).unwrap_or_default();
        Self {
            not: Some("What was under way goes on in the runtime; nothing is bought without your approval.".to_owned()),
            hint: Some(format!("look with `errand orders`, or go on with `errand chat --session{session}`")),
            retry: Retry::AfterMs(1_000),
            ..Self::new(Exit::Unreachable, "CLI-0004", format!("the connection to `{url}` broke and did not come back"))
        }
    }

    /// There is no token to show.
    pub(crate) fn no_token(path: &str) -> Self {
        Self {
            not: Some("Nothing was changed.".to_owned()),
            hint: Some("start the runtime once on this machine, name its folder with `--data`, or set `ERRAND_TOKEN`".into()),
            ..Self::new(Exit::Unauthorised, "CLI-0005", format!("there is no device token in `{path}`"))
        }
    }

    /// The token is not known.
    pub(crate) fn unauthorised() -> Self {
        Self {
            not: Some("Nothing was changed.".to_owned()),
            hint: Some(
                "enrol this device: `errand device pair` on one that is enrolled".to_owned(),
            ),
            ..Self::new(
                Exit::Unauthorised,
                "CLI-0006",
                "the runtime does not know this device".to_owned(),
            )
        }
    }

    /// Stopped by the person.
    pub(crate) fn interrupted() -> Self {
        Self {
            retry: Retry::Now,
            ..Self::new(
                Exit::Interrupted,
                "CLI-0007",
                "stopped, nothing was bought".to_owned(),
            )
        }
    }

    /// Sound that cannot be read or written.
    pub(crate) fn sound(message: String, hint: &str) -> Self {
        Self {
            not: Some("Nothing of it was heard, and nothing was bought.".to_owned()),
            hint: Some(hint.to_owned()),
            ..Self::new(Exit::Usage, "CLI-0009", message)
        }
    }

    /// A voice cannot be learned from what was said.
    pub(crate) fn enrolment(error: &SpeakerError) -> Self {
        Self {
            not: Some("Nothing was kept.".to_owned()),
            hint: Some(
                "say whole sentences, five or more, as you would say them to errand".to_owned(),
            ),
            ..Self::new(Exit::Fault, error.code(), error.to_string())
        }
    }

    /// A voice stream took something amiss.
    pub(crate) fn stream(error: &TalkError) -> Self {
        Self {
            not: Some("Text works as before.".to_owned()),
            hint: Some(error.hint().to_owned()),
            ..Self::new(Exit::Fault, error.code(), error.to_string())
        }
    }

    /// Nothing on this machine can hear.
    pub(crate) fn deaf(detail: &str, fix: Option<&str>) -> Self {
        Self {
            not: Some("Text works as before: `errand chat`.".to_owned()),
            hint: Some(
                fix.unwrap_or("`errand voice doctor` tells what is missing")
                    .to_owned(),
            ),
            ..Self::new(
                Exit::Fault,
                "CLI-0010",
                format!("nobody would understand you: {detail}"),
            )
        }
    }

    /// The wake word is asked for and not there.
    pub(crate) fn asleep(detail: &str, fix: Option<&str>) -> Self {
        let fix = fix.unwrap_or("`errand voice doctor` tells what is missing");
        Self {
            not: Some("Nothing was heard.".to_owned()),
            hint: Some(format!(
                "{fix}; or leave `voice.wake` out of the settings and use push to talk"
            )),
            ..Self::new(
                Exit::Fault,
                "VOICE-0063",
                format!("nobody could call errand by its wake word: {detail}"),
            )
        }
    }

    /// A model could not be put in place.
    pub(crate) fn setup(error: &SetupError) -> Self {
        Self {
            not: Some("No model was changed.".to_owned()),
            hint: Some(error.hint().to_owned()),
            ..Self::new(Exit::Fault, error.code(), error.to_string())
        }
    }

    /// A list of models cannot be used.
    pub(crate) fn model(error: &ModelError) -> Self {
        Self {
            hint: Some(
                "`voice/models.toml` shows the form; a digest is 64 hexadecimal digits".to_owned(),
            ),
            ..Self::new(Exit::Usage, error.code(), error.to_string())
        }
    }

    /// An engine of speech, or a device of sound, gave nothing.
    pub(crate) fn engine(fault: &EngineFault) -> Self {
        Self {
            not: Some("Text works as before.".to_owned()),
            hint: Some(fault.hint().to_owned()),
            retry: match fault.retry() {
                errand_voice_core::Retry::Never => Retry::Never,
                errand_voice_core::Retry::Now => Retry::Now,
                errand_voice_core::Retry::After(wait) => {
                    Retry::AfterMs(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
                }
            },
            ..Self::new(Exit::Fault, fault.code(), fault.to_string())
        }
    }

    /// An answer that the runtime gave.
    pub(crate) fn answered(status: u16, error: ApiError) -> Self {
        let (exit, retry) = match status {
            401 => (Exit::Unauthorised, Retry::Never),
            403 => (Exit::Refused, Retry::Never),
            409 => (Exit::Changed, Retry::Never),
            429 | 503 => (Exit::Fault, Retry::AfterMs(1_000)),
            _ => (Exit::Fault, Retry::Never),
        };
        Self {
            exit,
            code: error.code,
            message: error.message,
            not: None,
            hint: error.hint,
            retry,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The shape of an error on standard error.
#[derive(Debug, Serialize)]
pub(crate) struct FaultShape<'a> {
    error: FaultBody<'a>,
}

#[derive(Debug, Serialize)]
struct FaultBody<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    retry: Retry,
}

impl<'a> FaultShape<'a> {
    pub(crate) fn of(fault: &'a Fault) -> Self {
        Self {
            error: FaultBody {
                code: &fault.code,
                message: &fault.message,
                hint: fault.hint.as_deref(),
                retry: fault.retry,
            },
        }
    }
}
