use std::path::{Path, PathBuf};

/// Models looked at in the folder at most.
const MODELS_MAX: usize = 100;
/// Where names of models come from: what publishers call the files.
const PREFIX: &str = "ggml-";
const SUFFIX: &str = ".bin";

/// Which model of whisper.cpp is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChoice {
    /// This file. The others in the folder are named.
    File {
        /// Where it lies.
        path: PathBuf,
        /// Names of models that were not chosen.
        others: Vec<String>,
    },
    /// It was named, and it is not there.
    Missing {
        /// As it was named.
        name: String,
    },
    /// None was named and none lies in the folder.
    None,
}

impl ModelChoice {
    /// Looks for a model: by its path, by its name in the folder of models, or the first there by name.
    pub fn find(named: Option<&str>, folder: Option<&Path>) -> Self {
        let there = folder.map(models_in).unwrap_or_default();
        if let Some(named) = named {
            let is_path = named.contains('/') || named.ends_with(SUFFIX);
            let path = Path::new(named);
            if is_path && path.is_file() {
                let (path, others) = (path.to_owned(), Vec::new());
                return Self::File { path, others };
            }
            let found = folder.and_then(|folder| {
                [named.to_owned(), format!("{PREFIX}{named}{SUFFIX}")]
                    .into_iter()
                    .map(|file| folder.join(file))
                    .find(|path| path.is_file())
            });
            return match found.filter(|_| !named.contains("..")) {
                Some(path) => Self::File {
                    others: others(&there, &path),
                    path,
                },
                None => Self::Missing {
                    name: named.to_owned(),
                },
            };
        }
        match there.into_iter().reduce(|first, _| first) {
            Some(path) => Self::File {
                others: others(&folder.map(models_in).unwrap_or_default(), &path),
                path,
            },
            None => Self::None,
        }
    }
}

/// The models in a folder, by name.
pub fn models_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries
        .take(MODELS_MAX)
        .filter_map(|e| Some(e.ok()?.path()));
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.is_file() && path.to_string_lossy().ends_with(SUFFIX))
        .collect();
    found.sort();
    found
}

/// What a model is called: `base.en` for `ggml-base.en.bin`.
pub(super) fn name_of(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name = file.strip_suffix(SUFFIX).unwrap_or(&file);
    name.strip_prefix(PREFIX).unwrap_or(name).to_owned()
}

fn others(there: &[PathBuf], chosen: &Path) -> Vec<String> {
    let others = there.iter().filter(|path| *path != chosen);
    others.map(|path| name_of(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_path_by_name_and_as_the_only_one() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("models");
        assert_eq!(ModelChoice::find(None, Some(&folder)), ModelChoice::None);
        std::fs::create_dir(&folder).unwrap();
        for file in [
            "ggml-tiny.en.bin",
            "ggml-base.en.bin",
            "ggml-base.en.bin.part",
        ] {
            std::fs::write(folder.join(file), "x").unwrap();
        }
        let base = folder.join("ggml-base.en.bin");

        let find = |named| ModelChoice::find(named, Some(&folder));
        let file = |path: &Path, others: &[&str]| ModelChoice::File {
            path: path.to_owned(),
            others: others.iter().map(|o| (*o).to_owned()).collect(),
        };

        assert_eq!(find(None), file(&base, &["tiny.en"]));
        assert_eq!(find(Some("base.en")), file(&base, &["tiny.en"]));
        assert_eq!(find(Some("ggml-base.en.bin")), file(&base, &["tiny.en"]));
        assert_eq!(
            ModelChoice::find(Some(base.to_str().unwrap()), None),
            file(&base, &[])
        );
        for missing in ["small.en", "/no/such.bin", "../models/ggml-base.en.bin"] {
            assert_eq!(
                ModelChoice::find(Some(missing), Some(&folder)),
                ModelChoice::Missing {
                    name: missing.to_owned()
                }
            );
        }
    }
}
