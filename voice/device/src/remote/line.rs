//! A connection to a Wyoming service.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use errand_voice_core::{Deadline, EngineFault, Stop};
use errand_voice_wyoming::{Decoder, Event};

/// How often the stop is looked at.
const LOOK: Duration = Duration::from_millis(50);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// A connection to a Wyoming service.
#[derive(Debug)]
pub(crate) struct Line {
    engine: &'static str,
    stream: TcpStream,
    arrived: Decoder,
    until: Instant,
    within: Duration,
    stop: Stop,
}

impl Line {
    /// Connects; a failure is tried once more.
    pub(crate) fn open(
        engine: &'static str,
        address: &str,
        deadline: &Deadline,
    ) -> Result<Self, EngineFault> {
        let unreachable = |cause: &str| EngineFault::Unreachable {
            engine,
            cause: cause.to_owned(),
        };
        let found = address
            .to_socket_addrs()
            .ok()
            .and_then(|mut found| found.next());
        let found = found.ok_or_else(|| unreachable("its name is not known"))?;
        let within = deadline.within.clamp(Duration::from_millis(1), CONNECT_MAX);
        let connect = || TcpStream::connect_timeout(&found, within);
        let stream = connect()
            .or_else(|_| connect())
            .map_err(|_| unreachable("no connection"))?;
        let ready = stream
            .set_read_timeout(Some(LOOK))
            .and_then(|()| stream.set_write_timeout(Some(CONNECT_MAX)));
        ready
            .and_then(|()| stream.set_nodelay(true))
            .map_err(|_| unreachable("no connection"))?;
        Ok(Self {
            engine,
            stream,
            arrived: Decoder::default(),
            until: Instant::now() + deadline.within,
            within: deadline.within,
            stop: deadline.stop.clone(),
        })
    }

    pub(crate) fn send(&mut self, event: &Event) -> Result<(), EngineFault> {
        self.check()?;
        self.stream
            .write_all(&event.encode())
            .map_err(|_| self.unreachable("the connection broke"))
    }

    /// Waits for the next event.
    pub(crate) fn receive(&mut self) -> Result<Event, EngineFault> {
        let mut buffer = [0; 8 * 1024];
        loop {
            let event = self.arrived.next_event();
            if let Some(event) = event.map_err(|cause| self.unreachable(&cause.to_string()))? {
                if event.kind() == "error" {
                    return Err(self.unreachable("it answers with an error"));
                }
                return Ok(event);
            }
            self.check()?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(self.unreachable("the connection broke")),
                Ok(read) => self.arrived.push(buffer.get(..read).unwrap_or_default()),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(_) => return Err(self.unreachable("the connection broke")),
            }
        }
    }

    pub(crate) fn unreachable(&self, cause: &str) -> EngineFault {
        EngineFault::Unreachable {
            engine: self.engine,
            cause: cause.to_owned(),
        }
    }

    /// From now on it may take so long again.
    pub(crate) fn renew(&mut self, within: Duration) {
        (self.until, self.within) = (Instant::now() + within, within);
    }

    fn check(&self) -> Result<(), EngineFault> {
        if self.stop.is_up() {
            return Err(EngineFault::Stopped {
                engine: self.engine,
            });
        }
        if Instant::now() >= self.until {
            let within_ms = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
            return Err(EngineFault::Late {
                engine: self.engine,
                within_ms,
            });
        }
        Ok(())
    }
}
