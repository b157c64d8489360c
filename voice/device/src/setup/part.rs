//! The unfinished file, its lock, and how it becomes the model.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};

use super::catalogue::Model;
use super::error::SetupError;

/// Longest validator that is remembered.
const VALIDATOR_MAX: usize = 500;

/// `FILE.part`, with `FILE.part.from` beside it: what the server called the version that it is a part of.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    model: &'a Model,
    folder: PathBuf,
    path: PathBuf,
    file: File,
    have: u64,
    // Holds the lock.
    _lock: File,
}

impl<'a> Part<'a> {
    /// Opens what an earlier attempt left, or an empty file.
    pub(crate) fn open(model: &'a Model, folder: &Path) -> Result<Self, SetupError> {
        let disk = |error: std::io::Error| SetupError::disk(&model.name, &error);
        fs::create_dir_all(folder).map_err(disk)?;
        let path = folder.join(format!("{}.part", model.file));
        let all = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            options
        };
        let lock = all()
            .open(folder.join(format!("{}.lock", model.file)))
            .map_err(disk)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| SetupError::Busy {
            name: model.name.clone(),
        })?;
        let mut file = all().open(&path).map_err(disk)?;
        let have = file.seek(SeekFrom::End(0)).map_err(disk)?;
        let folder = folder.to_owned();
        Ok(Self {
            model,
            folder,
            path,
            file,
            have,
            _lock: lock,
        })
    }

    /// Bytes that are there.
    pub(crate) fn have(&self) -> u64 {
        self.have
    }

    /// What the server called the version that this is a part of.
    pub(crate) fn validator(&self) -> Option<String> {
        let text = fs::read_to_string(self.note()).ok()?;
        (!text.is_empty() && text.len() <= VALIDATOR_MAX).then_some(text)
    }

    fn note(&self) -> PathBuf {
        self.path.with_extension("part.from")
    }

    /// Forgets everything; a validator is kept for the bytes that follow.
    pub(crate) fn begin(&mut self, validator: Option<&str>) -> Result<(), SetupError> {
        self.file.set_len(0).map_err(|e| self.disk(&e))?;
        self.file.rewind().map_err(|e| self.disk(&e))?;
        self.have = 0;
        let validator = validator.filter(|text| text.len() <= VALIDATOR_MAX);
        if let Some(text) = validator {
            return fs::write(self.note(), text).map_err(|e| self.disk(&e));
        }
        let _ = fs::remove_file(self.note());
        Ok(())
    }

    /// Takes more. What goes beyond the promised size is not written, and the part is deleted.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), SetupError> {
        let after = self.have + bytes.len() as u64;
        if after > self.model.bytes {
            self.begin(None)?;
            return Err(self.size(after));
        }
        self.file.write_all(bytes).map_err(|e| self.disk(&e))?;
        self.have = after;
        Ok(())
    }

    /// Looks at the whole file, and gives it the model's name if it is the one. A wrong one is deleted.
    pub(crate) fn finish(&mut self) -> Result<(), SetupError> {
        if self.have != self.model.bytes {
            let wrong = self.size(self.have);
            self.begin(None)?;
            return Err(wrong);
        }
        let found = digest(&mut self.file).map_err(|e| self.disk(&e))?;
        if found != self.model.sha256 {
            self.begin(None)?;
            let _ = fs::remove_file(&self.path);
            return Err(SetupError::Digest {
                name: self.model.name.clone(),
                expected: self.model.sha256.clone(),
                found,
            });
        }
        self.file.sync_all().map_err(|e| self.disk(&e))?;
        let place = self.folder.join(&self.model.file);
        fs::rename(&self.path, &place).map_err(|e| self.disk(&e))?;
        let _ = fs::remove_file(self.note());
        // The new name has to be on the disk too.
        let folder = File::open(&self.folder).map_err(|e| self.disk(&e))?;
        folder.sync_all().map_err(|e| self.disk(&e))
    }

    /// Nothing is to be fetched: what there is of the part goes, the lock stays.
    pub(crate) fn discard(&self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(self.note());
    }

    pub(crate) fn size(&self, found: u64) -> SetupError {
        SetupError::Size {
            name: self.model.name.clone(),
            expected: self.model.bytes,
            found,
        }
    }

    pub(crate) fn disk(&self, error: &std::io::Error) -> SetupError {
        SetupError::disk(&self.model.name, error)
    }
}

/// Whether a file is the one that a model is fetched as.
pub(crate) fn is_model(path: &Path, model: &Model) -> bool {
    let about = std::fs::metadata(path);
    about.is_ok_and(|about| about.len() == model.bytes) && is_file(path, &model.sha256)
}

/// Whether a file has this digest.
pub(crate) fn is_file(path: &Path, sha256: &str) -> bool {
    File::open(path).is_ok_and(|mut file| digest(&mut file).is_ok_and(|found| found == sha256))
}

fn digest(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    Ok(hex(hasher))
}

/// A digest in hexadecimal digits.
pub(crate) fn hex(hasher: Sha256) -> String {
    let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
    hasher.finalize().iter().fold(String::new(), hex)
}
