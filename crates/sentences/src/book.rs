//! The sentences of one module in every language.

use errand_types::Language;
use thiserror::Error;

use crate::template::{Slot, Template};

/// Languages of this version.
const LANGUAGES: usize = Language::ALL.len();

/// A sentence that a module says.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// Its key.
    pub key: &'static str,
    /// What is filled in.
    pub slots: &'static [&'static str],
}

/// A file of sentences that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SentencesError {
    /// It is no TOML.
    #[error("sentences `{file}`: {cause}")]
    Unreadable {
        /// The file: `de/buying.toml`.
        file: String,
        /// What is wrong.
        cause: String,
    },
    /// A sentence of it does not fit what the program says.
    #[error("sentences `{file}`, `{key}`: {cause}")]
    Unfit {
        /// The file.
        file: String,
        /// The sentence.
        key: String,
        /// What is wrong.
        cause: String,
    },
}

/// One sentence in one language.
#[derive(Debug)]
enum Sentence {
    Plain(Template),
    /// Its form depends on how many the slot says: one, or another number.
    Counted {
        slot: usize,
        one: Template,
        other: Template,
    },
}

impl Sentence {
    fn form(&self, slots: &[&dyn Slot]) -> &Template {
        match self {
            Self::Plain(template) => template,
            Self::Counted { slot, one, other } => match slots.get(*slot).and_then(Slot::count) {
                Some(1) => one,
                _ => other,
            },
        }
    }

    fn templates(&self) -> impl Iterator<Item = &Template> {
        let (first, second) = match self {
            Self::Plain(template) => (template, None),
            Self::Counted { one, other, .. } => (one, Some(other)),
        };
        std::iter::once(first).chain(second)
    }
}

/// The sentences of one module, read once in a process.
#[derive(Debug)]
pub struct Book {
    declared: &'static [Declared],
    read: Result<[Vec<Sentence>; LANGUAGES], SentencesError>,
}

impl Book {
    /// Reads the texts of every language, in the order of [`Language::ALL`]. What is wrong with them is told by
    /// [`Book::check`].
    pub fn read(name: &str, declared: &'static [Declared], texts: [&str; LANGUAGES]) -> Self {
        let mut all = [const { Vec::new() }; LANGUAGES];
        let mut read = Ok(());
        for ((language, text), sentences) in Language::ALL.into_iter().zip(texts).zip(&mut all) {
            let file = format!("{}/{name}.toml", language.code());
            match language_of(&file, declared, text) {
                Ok(found) => *sentences = found,
                Err(error) => read = read.and(Err(error)),
            }
        }
        Self {
            declared,
            read: read.map(|()| all),
        }
    }

    /// That every language says every sentence, with the same slots, and nothing else.
    ///
    /// # Errors
    ///
    /// [`SentencesError`] names the file and the sentence.
    pub fn check(&self) -> Result<(), SentencesError> {
        self.read.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// A sentence, filled in. Of a book that does not pass [`Book::check`], only the key.
    pub fn say(&self, language: Language, at: usize, slots: &[&dyn Slot]) -> String {
        let of = self.read.as_ref().ok().and_then(|all| {
            let index = Language::ALL.iter().position(|l| *l == language)?;
            all.get(index)?.get(at)
        });
        of.map_or_else(
            || self.declared.get(at).map_or("", |d| d.key).to_owned(),
            |sentence| sentence.form(slots).fill(language, slots),
        )
    }

    /// Every sentence of a language with its key, for tests that ask which language a text is in.
    pub fn texts(&self, language: Language) -> impl Iterator<Item = (&'static str, &Template)> {
        let index = Language::ALL.iter().position(|l| *l == language);
        let sentences = self
            .read
            .as_ref()
            .ok()
            .and_then(|all| all.get(index?))
            .map(Vec::as_slice)
            .unwrap_or_default();
        self.declared
            .iter()
            .zip(sentences)
            .flat_map(|(declared, sentence)| sentence.templates().map(|t| (declared.key, t)))
    }
}

fn language_of(
    file: &str,
    declared: &[Declared],
    text: &str,
) -> Result<Vec<Sentence>, SentencesError> {
    let unfit = |key: &str, cause: String| SentencesError::Unfit {
        file: file.to_owned(),
        key: key.to_owned(),
        cause,
    };
    let table: toml::Table = toml::from_str(text).map_err(|e| SentencesError::Unreadable {
        file: file.to_owned(),
        cause: e.to_string(),
    })?;
    if let Some(key) = table
        .keys()
        .find(|key| declared.iter().all(|d| d.key != key.as_str()))
    {
        return Err(unfit(key, "nobody says it".to_owned()));
    }
    declared
        .iter()
        .map(|d| {
            let value = table
                .get(d.key)
                .ok_or_else(|| unfit(d.key, "it is missing".to_owned()))?;
            let sentence = sentence(d, value).map_err(|cause| unfit(d.key, cause))?;
            let unused = (0..d.slots.len()).find(|at| {
                !is_counted_by(&sentence, *at) && !sentence.templates().any(|t| t.uses(*at))
            });
            match unused.and_then(|at| d.slots.get(at)) {
                Some(slot) => Err(unfit(d.key, format!("it leaves out {{{slot}}}"))),
                None => Ok(sentence),
            }
        })
        .collect()
}

fn is_counted_by(sentence: &Sentence, at: usize) -> bool {
    matches!(sentence, Sentence::Counted { slot, .. } if *slot == at)
}

fn sentence(declared: &Declared, value: &toml::Value) -> Result<Sentence, String> {
    let read = |value: Option<&toml::Value>| {
        let text = value
            .and_then(toml::Value::as_str)
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| "a form of it is missing or empty".to_owned())?;
        Template::read(text, declared.slots).map_err(|slot| format!("nobody fills {{{slot}}}"))
    };
    let Some(forms) = value.as_table() else {
        return read(Some(value)).map(Sentence::Plain);
    };
    if let Some(other) = forms
        .keys()
        .find(|k| !["count", "one", "other"].contains(&k.as_str()))
    {
        return Err(format!("it has no form `{other}`"));
    }
    let count = forms
        .get("count")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    let slot = declared
        .slots
        .iter()
        .position(|slot| *slot == count)
        .ok_or_else(|| format!("it is counted by {{{count}}}, which nobody fills"))?;
    Ok(Sentence::Counted {
        slot,
        one: read(forms.get("one"))?,
        other: read(forms.get("other"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &[Declared] = &[
        Declared {
            key: "fit",
            slots: &["n"],
        },
        Declared {
            key: "from",
            slots: &["shop"],
        },
    ];
    const ENGLISH: &str =
        "fit = { count = \"n\", one = \"1 fits\", other = \"{n} fit\" }\nfrom = \"from {shop}\"";
    const GERMAN: &str =
        "fit = { count = \"n\", one = \"1 passt\", other = \"{n} passen\" }\nfrom = \"von {shop}\"";

    fn fault(german: &str) -> String {
        Book::read("a", DECLARED, [ENGLISH, german])
            .check()
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_sentence_is_said_in_its_language_and_in_the_form_of_its_number() {
        let book = Book::read("a", DECLARED, [ENGLISH, GERMAN]);
        book.check().unwrap();
        assert_eq!(book.say(Language::English, 0, &[&1_u32]), "1 fits");
        assert_eq!(book.say(Language::German, 0, &[&3_u32]), "3 passen");
        assert_eq!(
            book.say(Language::German, 1, &[&"{shop} }{"]),
            "von {shop} }{"
        );
    }

    #[test]
    fn a_language_that_lacks_says_less_or_says_more_is_told_with_file_and_sentence() {
        assert_eq!(
            fault("from = \"von {shop}\""),
            "sentences `de/a.toml`, `fit`: it is missing"
        );
        let with = |from: &str| fault(&GERMAN.replace("von {shop}", from));
        assert!(with("von hier").contains("`from`: it leaves out {shop}"));
        assert!(with("von {laden}").contains("`from`: nobody fills {laden}"));
        assert!(with("").contains("`from`: a form of it is missing or empty"));
        assert!(fault(&format!("{GERMAN}\nmore = \"mehr\"")).contains("`more`: nobody says it"));
        assert!(fault(&GERMAN.replace("\"n\"", "\"m\"")).contains("counted by {m}"));
        assert!(fault("from = ").starts_with("sentences `de/a.toml`: "));
    }
}
