use errand_types::Money;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How lines are to look.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// Sixteen colours may be used.
    pub(crate) colour: bool,
    /// Whole sentences, no boxes, signs as words.
    pub(crate) plain: bool,
    /// Where the person is.
    pub(crate) zone: TimeZone,
}

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Done.
    Done,
    /// Needs you.
    Needs,
    /// Refused.
    Refused,
    /// Commands and hints.
    Hint,
    /// Weighs more.
    Strong,
    /// Weighs less.
    Quiet,
}

impl Look {
    /// The text in its colour. Meaning is always in a word or sign too.
    pub(crate) fn ink(&self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Done => 32,
            Ink::Needs => 33,
            Ink::Refused => 31,
            Ink::Hint => 36,
            Ink::Strong => 1,
            Ink::Quiet => 2,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Text with `` `literals` `` in the colour of commands.
    pub(crate) fn literals(&self, text: &str) -> String {
        let parts: Vec<&str> = text.split('`').collect();
        if !self.colour || parts.len() < 3 || parts.len().is_multiple_of(2) {
            return text.to_owned();
        }
        let painted = parts.iter().enumerate().map(|(i, part)| {
            if i.is_multiple_of(2) {
                (*part).to_owned()
            } else {
                self.ink(Ink::Hint, &format!("`{part}`"))
            }
        });
        painted.collect()
    }

    /// Three sizes of screen.
    pub(crate) fn size(&self) -> Size {
        match self.width {
            0..60 => Size::Narrow,
            60..100 => Size::Middle,
            _ => Size::Wide,
        }
    }

    /// `Sat 28 Nov, 18:00`, where the person is.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone())
            .strftime("%a %-d %b, %H:%M")
            .to_string()
    }
}

/// Sizes of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Under 60: one fact on each line.
    Narrow,
    /// 60 to 99: fewer columns, a second line for the rest.
    Middle,
    /// 100 and more: all columns.
    Wide,
}

/// An amount as a screen reader should say it: `12.40 dollars`.
pub(crate) fn said(amount: Money) -> String {
    let name = match amount.currency().code() {
        "USD" => "dollars",
        "EUR" => "euros",
        "GBP" => "pounds",
        code => code,
    };
    format!("{} {name}", amount.decimal())
}
