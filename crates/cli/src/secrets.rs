use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use errand_types::Ids;

/// The keys of an installation: one behind the two words, one that seals stored requests.
pub(crate) struct Keys {
    pub(crate) words: [u8; 32],
    pub(crate) seal: [u8; 32],
}

/// Reads the keys beside the data, or makes them the first time, readable by their owner only.
pub(crate) fn keys(dir: Option<&Path>, ids: &dyn Ids) -> anyhow::Result<Keys> {
    let Some(dir) = dir else {
        return Ok(Keys {
            words: fresh(ids),
            seal: fresh(ids),
        });
    };
    let dir = dir.join("keys");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    Ok(Keys {
        words: key(&dir.join("words.key"), ids)?,
        seal: key(&dir.join("seal.key"), ids)?,
    })
}

/// The keys beside the data, where they are; none is made.
pub(crate) fn kept_keys(dir: &Path) -> Option<Keys> {
    let kept = |name| {
        let bytes = std::fs::read(dir.join("keys").join(name)).ok()?;
        <[u8; 32]>::try_from(bytes).ok()
    };
    Some(Keys {
        words: kept("words.key")?,
        seal: kept("seal.key")?,
    })
}

fn fresh(ids: &dyn Ids) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key
        .iter_mut()
        .zip(ids.nonce().into_iter().chain(ids.nonce()))
    {
        *to = from;
    }
    key
}

fn key(path: &Path, ids: &dyn Ids) -> anyhow::Result<[u8; 32]> {
    if let Ok(bytes) = std::fs::read(path) {
        let Ok(key) = <[u8; 32]>::try_from(bytes) else {
            bail!(
                "`{}` is not a key of 32 bytes; move it away to have a new one made",
                path.display()
            );
        };
        return Ok(key);
    }
    let key = fresh(ids);
    write_private(path, &key)?;
    Ok(key)
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
