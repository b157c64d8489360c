//! Keys while somebody talks: one key each for what is needed at once, and a line for everything else.

use std::io::Read;

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use tokio::sync::mpsc;

use crate::fault::Fault;

/// Bytes of a typed line at most.
const LINE_MAX: usize = 2_000;
/// Keys that wait.
const WAITING: usize = 64;

/// What a key means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// Space: begin to talk, or be done.
    Push,
    /// `m`: the microphone is closed, or open again.
    Mute,
    /// `q`, Ctrl-D.
    Quit,
    /// Ctrl-C.
    Interrupt,
    /// A line is being typed; `None`: no longer.
    Typing(Option<String>),
    /// A line was typed.
    Line(String),
}

/// Reads bytes of a terminal as keys.
#[derive(Debug, Default)]
pub(super) struct Editor {
    line: Option<Vec<u8>>,
    escape: u8,
}

impl Editor {
    /// One byte more.
    pub(super) fn byte(&mut self, byte: u8) -> Option<Key> {
        // Arrow keys and the like begin with an escape and are no text.
        if self.escape > 0 {
            self.escape = match (self.escape, byte) {
                (1, b'[' | b'O') | (2, 0x20..=0x3f) => 2,
                _ => 0,
            };
            return None;
        }
        match (byte, &mut self.line) {
            (3, _) => {
                self.line = None;
                Some(Key::Interrupt)
            }
            (27, _) => {
                self.escape = 1;
                None
            }
            (b' ', None) => Some(Key::Push),
            (b'm', None) => Some(Key::Mute),
            (b'q' | 4, None) => Some(Key::Quit),
            (b'\r' | b'\n', None) => {
                self.line = Some(Vec::new());
                Some(self.typing())
            }
            (0x21..=0x7e | 0x80.., None) => {
                self.line = Some(vec![byte]);
                Some(self.typing())
            }
            (b'\r' | b'\n', Some(line)) => {
                let text = String::from_utf8_lossy(line).trim().to_owned();
                self.line = None;
                Some(if text.is_empty() {
                    Key::Typing(None)
                } else {
                    Key::Line(text)
                })
            }
            (8 | 127, Some(line)) => {
                // One letter back, however many bytes it has.
                while line.pop().is_some_and(|b| (0x80..0xc0).contains(&b)) {}
                Some(self.typing())
            }
            // Ctrl-U, and Ctrl-D, which leaves nothing behind either.
            (21 | 4, Some(_)) => {
                self.line = None;
                Some(Key::Typing(None))
            }
            (0x20..=0x7e | 0x80.., Some(line)) if line.len() < LINE_MAX => {
                line.push(byte);
                Some(self.typing())
            }
            (_, None | Some(_)) => None,
        }
    }

    fn typing(&self) -> Key {
        let line = self
            .line
            .as_ref()
            .map(|line| String::from_utf8_lossy(line).into_owned());
        Key::Typing(line)
    }
}

/// The keyboard, key by key. The terminal is as before when it is dropped.
pub(super) struct Keyboard {
    before: Termios,
    /// Keys as they come.
    pub(super) keys: mpsc::Receiver<Key>,
}

impl Keyboard {
    /// Takes the terminal's keys one by one.
    pub(super) fn open() -> Result<Self, Fault> {
        let failed = |what: &str| Fault::ours(format!("cannot read the keyboard: {what}"));
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).map_err(|e| failed(&e.to_string()))?;
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&stdin, OptionalActions::Now, &quiet).map_err(|e| failed(&e.to_string()))?;
        let (tell, keys) = mpsc::channel(WAITING);
        // It ends with the process: reading a key cannot be interrupted.
        let spawned = std::thread::Builder::new()
            .name("keys".into())
            .spawn(move || {
                let mut editor = Editor::default();
                for byte in std::io::stdin().lock().bytes() {
                    let Ok(byte) = byte else { return };
                    if let Some(key) = editor.byte(byte)
                        && tell.blocking_send(key).is_err()
                    {
                        return;
                    }
                }
            });
        let keyboard = Self { before, keys };
        spawned.map_err(|e| failed(&e.to_string()))?;
        Ok(keyboard)
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // Fails only where the terminal is gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        let mut editor = Editor::default();
        text.bytes().filter_map(|b| editor.byte(b)).collect()
    }

    #[test]
    fn single_keys_act_and_everything_else_begins_a_line() {
        assert_eq!(keys(" mq"), [Key::Push, Key::Mute, Key::Quit]);
        assert_eq!(keys("tea\r").last(), Some(&Key::Line("tea".to_owned())));
        // Enter first, for a line that begins with one of those keys.
        assert_eq!(keys("\rmilk\r").last(), Some(&Key::Line("milk".to_owned())));
        assert_eq!(keys("\r\r").last(), Some(&Key::Typing(None)));
        assert_eq!(
            keys("x\u{3}"),
            [Key::Typing(Some("x".to_owned())), Key::Interrupt]
        );
    }

    #[test]
    fn a_line_can_be_mended_and_arrows_are_no_text() {
        assert_eq!(
            keys("té\u{7f}ea\r").last(),
            Some(&Key::Line("tea".to_owned()))
        );
        assert_eq!(
            keys("a\u{1b}[1;5Cb\r").last(),
            Some(&Key::Line("ab".to_owned()))
        );
        assert_eq!(keys("abc\u{15}"), {
            let mut all = keys("abc");
            all.push(Key::Typing(None));
            all
        });
    }
}
