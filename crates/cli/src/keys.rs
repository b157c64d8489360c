use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use rustix::io::ioctl_fionread;
use rustix::termios::{LocalModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use tokio::sync::mpsc;

use crate::fault::Fault;

/// Keys that come sooner after a question about money were not meant for it.
const SETTLE: Duration = Duration::from_millis(400);
/// Sentences kept for the arrow keys.
const HISTORY_MAX: usize = 200;

/// One line by the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// Text, perhaps empty.
    Text(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D on an empty line, or the keyboard went away.
    End,
}

struct Ask {
    prompt: String,
    keep: bool,
}

/// The keyboard, read on a thread of its own because reading it cannot be interrupted.
pub(crate) struct Keys {
    ask: SyncSender<Ask>,
    lines: mpsc::Receiver<Line>,
    waiting: bool,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Starts the thread.
    pub(crate) fn open() -> Result<Self, Fault> {
        let no_keys =
            |e: &dyn std::fmt::Display| Fault::ours(format!("cannot read the keyboard: {e}"));
        let editor = editor().map_err(|e| no_keys(&e))?;
        // One question at a time: the next is asked after the last was answered.
        let (ask, asked) = sync_channel(1);
        let (tell, lines) = mpsc::channel(1);
        std::thread::Builder::new()
            .name("keys".into())
            .spawn(move || read(editor, &asked, &tell))
            .map_err(|e| no_keys(&e))?;
        Ok(Self {
            ask,
            lines,
            waiting: false,
        })
    }

    /// Waits for a line. `keep`: the arrow keys bring it back. May be dropped and called again: a line that is being
    /// typed goes on.
    pub(crate) async fn line(&mut self, prompt: &str, keep: bool) -> Line {
        if !self.waiting {
            if self
                .ask
                .send(Ask {
                    prompt: prompt.to_owned(),
                    keep,
                })
                .is_err()
            {
                return Line::End;
            }
            self.waiting = true;
        }
        let line = self.lines.recv().await.unwrap_or(Line::End);
        self.waiting = false;
        line
    }
}

fn editor() -> rustyline::Result<DefaultEditor> {
    let config = rustyline::Config::builder()
        .max_history_size(HISTORY_MAX)?
        .auto_add_history(false)
        // A pasted line end is text: only a pressed key answers.
        .bracketed_paste(true)
        .build();
    DefaultEditor::with_config(config)
}

fn read(mut editor: DefaultEditor, asked: &Receiver<Ask>, tell: &mpsc::Sender<Line>) {
    // What answers a question about money leaves no trace: not in this session's memory either.
    let mut silent = self::editor().ok();
    while let Ok(Ask { prompt, keep }) = asked.recv() {
        let result = match (&mut silent, keep) {
            (Some(silent), false) => silent.readline(&prompt),
            (_, _) => editor.readline(&prompt),
        };
        let line = match result {
            Ok(text) => {
                if keep && !text.trim().is_empty() {
                    // A full memory is no reason to lose the line.
                    let _ = editor.add_history_entry(text.as_str());
                }
                Line::Text(text)
            }
            Err(ReadlineError::Interrupted) => Line::Interrupt,
            Err(_) => Line::End,
        };
        let is_end = line == Line::End;
        if tell.blocking_send(line).is_err() || is_end {
            return;
        }
    }
}

/// Throws away what was typed before a question about money and in the first moment after it.
///
/// `true`: keys came in that moment and were dropped.
pub(crate) async fn settle() -> bool {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return false;
    }
    let Ok(before) = tcgetattr(&stdin) else {
        return false;
    };
    let mut quiet = before.clone();
    quiet
        .local_modes
        .remove(LocalModes::ICANON | LocalModes::ECHO);
    // Each of these can only fail when the terminal is gone, and then no key comes either.
    let _ = tcsetattr(&stdin, OptionalActions::Now, &quiet);
    let _ = tcflush(&stdin, QueueSelector::IFlush);
    tokio::time::sleep(SETTLE).await;
    let dropped = ioctl_fionread(&stdin).unwrap_or(0) > 0;
    let _ = tcflush(&stdin, QueueSelector::IFlush);
    let _ = tcsetattr(&stdin, OptionalActions::Now, &before);
    dropped
}
