//! Keys of services: from the environment, or from a file that only its owner can read. No message holds one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Bytes of a file with a key.
const KEY_BYTES_MAX: u64 = 4_096;

/// The key of a service. `whose` names it in messages: `the language model`. `env` reads the environment.
///
/// # Errors
/// Both ways at once, a variable that is not set, a file that others can read.
pub(crate) fn key(
    whose: &str,
    key_env: Option<&String>,
    key_file: Option<&PathBuf>,
    env: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Option<String>> {
    let key = match (key_env, key_file) {
        (Some(_), Some(_)) => bail!("`key_env` and `key_file` of {whose} exclude each other"),
        (Some(name), None) => env(name).with_context(|| {
            format!("the key of {whose} should be in `{name}`, which is not set")
        })?,
        (None, Some(path)) => key_from(whose, path)?,
        (None, None) => return Ok(None),
    };
    Ok(Some(key.trim().to_owned()))
}

fn key_from(whose: &str, path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let about = || format!("the file `{shown}` with the key of {whose}");
    let facts = std::fs::metadata(path).with_context(about)?;
    if facts.len() > KEY_BYTES_MAX {
        bail!("`{shown}` is too large for a key");
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&facts.permissions()) & 0o077 != 0 {
        bail!("`{shown}` holds a key and can be read by others; `chmod 600 {shown}`");
    }
    std::fs::read_to_string(path).with_context(about)
}
