use std::fmt;

/// Text that somebody said or that we say to them. `Debug` tells its length only, so that it reaches no log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hidden(String);

impl Hidden {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<T: Into<String>> From<T> for Hidden {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<hidden {} characters>", self.0.chars().count())
    }
}

/// Sound of somebody or for somebody. `Debug` tells its length only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Pcm(Vec<i16>);

impl Pcm {
    /// The samples.
    pub fn samples(&self) -> &[i16] {
        &self.0
    }

    /// The samples themselves.
    pub fn into_samples(self) -> Vec<i16> {
        self.0
    }
}

impl From<Vec<i16>> for Pcm {
    fn from(pcm: Vec<i16>) -> Self {
        Self(pcm)
    }
}

impl fmt::Debug for Pcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} samples>", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_words_nor_sound_show_when_they_are_printed() {
        let shown = format!("{:?} {:?}", Hidden::from("copper"), Pcm::from(vec![4_711]));

        assert_eq!(shown, "<hidden 6 characters> <1 samples>");
    }
}
