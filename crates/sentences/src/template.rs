//! A text with slots.

use errand_types::{Language, Money, Text};

use crate::forms;

/// What may stand in a slot. A value writes itself as its language does, so that no caller can forget to.
pub trait Slot {
    /// Writes itself.
    fn write(&self, language: Language, out: &mut String);

    /// How many it is, for the forms that depend on a number.
    fn count(&self) -> Option<u64> {
        None
    }
}

impl<T: Slot + ?Sized> Slot for &T {
    fn write(&self, language: Language, out: &mut String) {
        (**self).write(language, out);
    }

    fn count(&self) -> Option<u64> {
        (**self).count()
    }
}

impl Slot for str {
    fn write(&self, _: Language, out: &mut String) {
        out.push_str(self);
    }
}

impl Slot for String {
    fn write(&self, _: Language, out: &mut String) {
        out.push_str(self);
    }
}

impl<const N: usize> Slot for Text<N> {
    fn write(&self, _: Language, out: &mut String) {
        out.push_str(self.as_str());
    }
}

impl Slot for Money {
    fn write(&self, language: Language, out: &mut String) {
        out.push_str(&forms::money(language, *self));
    }
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Slot for $number {
            fn write(&self, _: Language, out: &mut String) {
                out.push_str(&self.to_string());
            }

            fn count(&self) -> Option<u64> {
                u64::try_from(*self).ok()
            }
        }
    )* };
}
numbers!(u8, u16, u32, u64, usize, i64);

/// A text and its slots, read once. What is filled in is never read as a text with slots itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Slot(usize),
}

impl Template {
    /// Reads a text with slots of these names.
    ///
    /// # Errors
    ///
    /// The slot that nobody fills, or what stands behind a brace that is never closed.
    pub fn read(text: &str, slots: &[&str]) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            let (name, after) = behind.split_once('}').ok_or_else(|| behind.to_owned())?;
            let at = slots.iter().position(|slot| *slot == name);
            pieces.push(Piece::Slot(at.ok_or_else(|| name.to_owned())?));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(Self(pieces))
    }

    pub(crate) fn uses(&self, at: usize) -> bool {
        self.0.contains(&Piece::Slot(at))
    }

    /// Fills it in.
    pub fn fill(&self, language: Language, slots: &[&dyn Slot]) -> String {
        let mut out = String::with_capacity(96);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot(at) => {
                    if let Some(slot) = slots.get(*at) {
                        slot.write(language, &mut out);
                    }
                }
            }
        }
        out
    }

    /// Whether a text could have been made from it: its fixed parts stand in that text one behind the other, and it has
    /// fixed words enough to be told from others.
    pub fn matches(&self, text: &str) -> bool {
        let words = |part: &str| {
            part.split_whitespace()
                .filter(|w| w.chars().any(char::is_alphabetic))
                .count()
        };
        let fixed = self.0.iter().map(|p| match p {
            Piece::Text(part) => words(part),
            Piece::Slot(_) => 0,
        });
        if fixed.sum::<usize>() < 3 {
            return false;
        }
        let mut rest = text;
        for piece in &self.0 {
            if let Piece::Text(part) = piece {
                let Some((_, behind)) = rest.split_once(part.trim()) else {
                    return false;
                };
                rest = behind;
            }
        }
        true
    }
}
