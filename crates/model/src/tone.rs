/// How a sentence sounds, by its words and letters alone. It says nothing about the person: it is one of the signs that a
/// talk is stuck, and it is shown to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tone {
    /// Words of annoyance, the strongest of them.
    pub annoyed: Option<Annoyed>,
    /// Written in capitals, or with a row of exclamation marks.
    pub shouts: bool,
    /// It corrects something said or understood before: "no, I meant decaf".
    pub corrects: bool,
    /// The whole sentence asks for a person.
    pub asks: bool,
    /// The whole sentence sends a person away, or leaves the queue for one.
    pub leaves: bool,
}

/// How strong a word of annoyance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Annoyed {
    /// "Still wrong."
    Mildly,
    /// "This is useless."
    Strongly,
}
