use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use rustix::termios::tcgetwinsize;

use crate::args::{ColourArg, LookArgs};
use crate::fault::{Fault, FaultShape};
use crate::render::{Look, notes};

/// Widest line of talk.
const WIDTH_MAX: usize = 120;
/// Width where nobody says.
const WIDTH: usize = 80;
/// Height where nobody says.
const TALL: usize = 24;
/// Least time between two drawings of moving lines.
const REDRAW: Duration = Duration::from_millis(100);

/// The two streams of the terminal: data to standard output, talk to standard error.
#[derive(Debug)]
pub(crate) struct Out {
    /// How data look.
    pub(crate) data: Look,
    /// How talk looks.
    pub(crate) talk: Look,
    data_tty: bool,
    talk_tty: bool,
    tall: usize,
    /// Moving lines on the screen now.
    moving: usize,
    drawn: Option<Instant>,
}

impl Out {
    /// Reads what the terminal is and what its owner wants.
    pub(crate) fn new(args: &LookArgs) -> Self {
        let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
        let (data_tty, talk_tty) = (stdout.is_terminal(), stderr.is_terminal());
        let var = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let is_dumb = var("TERM").as_deref() == Some("dumb");
        let plain = args.plain || is_dumb || var("ERRAND_SCREEN_READER").as_deref() == Some("1");
        let wants = |tty: bool| match args.color {
            ColourArg::Always => true,
            ColourArg::Never => false,
            ColourArg::Auto => {
                let forced = var("CLICOLOR_FORCE").is_some_and(|v| v != "0");
                forced || (tty && var("NO_COLOR").is_none() && !is_dumb)
            }
        };
        let size = if data_tty {
            tcgetwinsize(&stdout).ok()
        } else {
            None
        }
        .or_else(|| {
            if talk_tty {
                tcgetwinsize(&stderr).ok()
            } else {
                None
            }
        });
        let columns = size.map(|s| usize::from(s.ws_col)).filter(|c| *c > 0);
        let columns = columns
            .or_else(|| var("COLUMNS")?.parse().ok())
            .unwrap_or(WIDTH);
        let width = columns.clamp(20, WIDTH_MAX);
        let look = |tty: bool| Look {
            width,
            colour: wants(tty) && !plain,
            plain,
            zone: TimeZone::system(),
        };
        let tall = size
            .map(|s| usize::from(s.ws_row))
            .filter(|r| *r > 3)
            .unwrap_or(TALL);
        Self {
            data: look(data_tty),
            talk: look(talk_tty),
            data_tty,
            talk_tty,
            tall,
            moving: 0,
            drawn: None,
        }
    }

    /// Somebody reads standard output on a screen.
    pub(crate) fn is_screen(&self) -> bool {
        self.data_tty
    }

    /// Somebody sits before it: keys come from a terminal and talk goes to one.
    pub(crate) fn is_attended(&self) -> bool {
        std::io::stdin().is_terminal() && self.talk_tty
    }

    /// Lines may be drawn again.
    pub(crate) fn moves(&self) -> bool {
        self.talk_tty && !self.talk.plain
    }

    /// Most moving lines.
    pub(crate) fn tall(&self) -> usize {
        self.tall.saturating_sub(2)
    }

    /// Whole sentences from now on, or no longer.
    pub(crate) fn toggle_plain(&mut self) -> bool {
        let plain = !self.talk.plain;
        for look in [&mut self.data, &mut self.talk] {
            look.plain = plain;
            look.colour &= !plain;
        }
        plain
    }

    /// Data.
    pub(crate) fn data(&mut self, lines: &[String]) {
        self.erase();
        write(&mut std::io::stdout().lock(), lines);
    }

    /// Talk.
    pub(crate) fn talk(&mut self, lines: &[String]) {
        self.erase();
        write(&mut std::io::stderr().lock(), lines);
    }

    /// Lines that will be drawn again; on anything but a screen they are not drawn at all.
    pub(crate) fn draw(&mut self, lines: &[String]) {
        if !self.moves() || self.drawn.is_some_and(|at| at.elapsed() < REDRAW) {
            return;
        }
        self.erase();
        write(&mut std::io::stderr().lock(), lines);
        self.moving = lines.len();
        self.drawn = Some(Instant::now());
    }

    /// Takes the moving lines off the screen.
    pub(crate) fn erase(&mut self) {
        if self.moving > 0 {
            let mut err = std::io::stderr().lock();
            // A terminal that went away takes the talk with it.
            let _ = write!(err, "\r\u{1b}[{}A\u{1b}[J", self.moving);
            let _ = err.flush();
            self.moving = 0;
            self.drawn = None;
        }
    }

    /// An error, for a person or as JSON.
    pub(crate) fn fault(&mut self, fault: &Fault, json: bool) {
        let lines = if json {
            serde_json::to_string(&FaultShape::of(fault))
                .into_iter()
                .collect()
        } else {
            notes::fault(fault, &self.talk)
        };
        self.talk(&lines);
    }

    /// One JSON value on one line.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Fault> {
        let line = serde_json::to_string(value)
            .map_err(|e| Fault::ours(format!("cannot write JSON: {e}")))?;
        self.data(&[line]);
        Ok(())
    }
}

fn write(stream: &mut impl Write, lines: &[String]) {
    for line in lines {
        // A reader that left (`| head`) is no error of ours.
        if writeln!(stream, "{line}").is_err() {
            return;
        }
    }
    let _ = stream.flush();
}
