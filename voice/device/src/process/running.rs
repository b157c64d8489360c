use std::io::{Read, Write};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use errand_voice_core::EngineFault;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A program may be silent for so long before it counts as hanging.
const SILENT_MAX: Duration = Duration::from_secs(10);

/// A program that got its text. Dropping it ends the program and waits for it.
#[derive(Debug)]
pub(crate) struct Running {
    engine: &'static str,
    child: Child,
    out: ChildStdout,
}

impl Running {
    /// Starts a program and hands it the text. A sentence is far smaller than what a pipe holds, so this does not block.
    pub(crate) fn start(
        engine: &'static str,
        mut command: Command,
        text: &str,
    ) -> Result<Self, EngineFault> {
        let failed = |cause: String| EngineFault::Failed { engine, cause };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| missing_or_failed(engine, &command, &error))?;
        let (input, out) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(out)) = (input, out) else {
            return Err(failed("it has no standard input and output".to_owned()));
        };
        let running = Self { engine, child, out };
        // A program that is gone before it has read is told by its sound, which is missing.
        let _ = input.write_all(text.as_bytes());
        let _ = input.write_all(b"\n");
        Ok(running)
    }

    /// Reads what is there, at least one byte; 0 at the end.
    pub(crate) fn read(&mut self, into: &mut [u8]) -> Result<usize, EngineFault> {
        if !self.wait_for_output()? {
            return Err(EngineFault::Late {
                engine: self.engine,
                within_ms: u64::try_from(SILENT_MAX.as_millis()).unwrap_or(u64::MAX),
            });
        }
        self.out
            .read(into)
            .map_err(|error| self.failed(error.kind().to_string()))
    }

    /// Fills a buffer. Gives how much there was before the end.
    pub(crate) fn read_whole(&mut self, into: &mut [u8]) -> Result<usize, EngineFault> {
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest)? {
                0 => break,
                more => filled += more,
            }
        }
        Ok(filled)
    }

    /// Waits for the end of a program whose output is at its end.
    pub(crate) fn finish(mut self) -> Result<ExitStatus, EngineFault> {
        let mut rest = [0; 256];
        while self.read(&mut rest)? > 0 {}
        let ended = self.child.wait();
        ended.map_err(|error| self.failed(error.kind().to_string()))
    }

    pub(crate) fn failed(&self, cause: String) -> EngineFault {
        EngineFault::Failed {
            engine: self.engine,
            cause,
        }
    }

    fn wait_for_output(&self) -> Result<bool, EngineFault> {
        let mut asked = [PollFd::new(&self.out, PollFlags::IN)];
        let within = Timespec {
            tv_sec: i64::try_from(SILENT_MAX.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: 0,
        };
        loop {
            match poll(&mut asked, Some(&within)) {
                Err(rustix::io::Errno::INTR) => {}
                Ok(ready) => return Ok(ready > 0),
                Err(error) => return Err(self.failed(error.kind().to_string())),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Killed and waited for, so that it is neither heard any longer nor left as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn missing_or_failed(
    engine: &'static str,
    command: &Command,
    error: &std::io::Error,
) -> EngineFault {
    if error.kind() != std::io::ErrorKind::NotFound {
        return EngineFault::Failed {
            engine,
            cause: error.kind().to_string(),
        };
    }
    let program = command.get_program().to_string_lossy().into_owned();
    EngineFault::Missing {
        engine,
        remedy: format!("on Debian and Ubuntu: apt-get install {engine}"),
        missing: format!("the program `{program}`"),
    }
}

/// Runs a program that answers a short list, and gives the list.
pub(crate) fn ask(
    engine: &'static str,
    program: &std::path::Path,
    argument: &str,
) -> Result<String, EngineFault> {
    let mut command = Command::new(program);
    command.arg(argument);
    let mut running = Running::start(engine, command, "")?;
    let mut answer = vec![0; 32 * 1024];
    let filled = running.read_whole(&mut answer)?;
    answer.truncate(filled);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
