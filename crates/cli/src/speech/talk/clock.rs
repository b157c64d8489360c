//! A conversation with sound in files. The clock is the sound itself: while something is read, answered or spoken it stands
//! still, so a conversation of minutes takes as long as its work takes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use errand_voice_core::{FRAME_SAMPLES, RATE_HZ, from_s16, to_s16};
use errand_voice_talk::VoiceEvent;
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::sync::mpsc;

use super::line::{Line, Sound as Order};
use crate::fault::{Exit, Fault};
use crate::socket::Frame;
use crate::speech::wav::{self, Writer};
use crate::term::Out;
use crate::turn::Beat;

/// 10 ms frames of silence in which nothing happens before the next file is heard, or the end: 2 s.
const SETTLED: u32 = 200;
/// Frames of silence after the last sound at most: 5 minutes of our own talk.
const TAIL_MAX: u32 = 30_000;
/// How long one step of the engines may take before the clock goes on without it.
const STEP: Duration = Duration::from_secs(20);
/// How long the conversation may take for an answer.
const ANSWER: Duration = Duration::from_secs(120);
/// Frames from standard input that wait.
const INPUT_WAITING: usize = 100;
/// One step of loudness.
const GAIN_STEP: f32 = 1.25;
/// Files of one conversation at most.
const FILES_MAX: usize = 32;

/// Where the sound comes from.
#[derive(Debug)]
pub(super) enum Sound {
    /// Files, one after the other, each after the answer to the one before.
    Files(VecDeque<Vec<i16>>),
    /// Standard input, as it comes.
    Input,
}

impl Sound {
    /// Reads the files. `None`: there are none, the microphone is meant.
    pub(super) fn open(paths: &[PathBuf]) -> Result<Option<Self>, Fault> {
        if paths.is_empty() {
            return Ok(None);
        }
        if paths.len() > FILES_MAX {
            return Err(Fault::usage(
                format!("{} files are too many", paths.len()),
                &format!("at most {FILES_MAX} are heard in one conversation"),
            ));
        }
        let is_input = |path: &PathBuf| path.as_os_str() == "-";
        if paths.iter().any(is_input) {
            if paths.len() > 1 {
                return Err(Fault::usage(
                    "standard input is heard alone".to_owned(),
                    "leave out the other files, or send their sound as well",
                ));
            }
            return Ok(Some(Self::Input));
        }
        let read = paths.iter().map(|path| wav::of_file(path));
        Ok(Some(Self::Files(read.collect::<Result<_, Fault>>()?)))
    }
}

/// A loudspeaker that is a file.
struct Loudspeaker {
    ring: VecDeque<i16>,
    taken: u64,
    gain: f32,
    to: Writer<File>,
}

impl Loudspeaker {
    fn order(&mut self, order: Order) {
        match order {
            Order::Play(pcm) => self.ring.extend(pcm.samples()),
            Order::Replace { from, pcm } => {
                let late = usize::try_from(self.taken.saturating_sub(from)).unwrap_or(usize::MAX);
                self.ring.clear();
                self.ring.extend(pcm.samples().iter().skip(late));
            }
            Order::Volume { up } => {
                let step = if up { GAIN_STEP } else { 1.0 / GAIN_STEP };
                self.gain = (self.gain * step).clamp(0.1, 4.0);
            }
        }
    }

    /// 10 ms of what is played; silence where nothing is.
    fn frame(&mut self) -> std::io::Result<[i16; FRAME_SAMPLES]> {
        let mut frame = [0; FRAME_SAMPLES];
        for sample in &mut frame {
            let Some(next) = self.ring.pop_front() else {
                break;
            };
            *sample = to_s16(from_s16(next) * self.gain);
            self.taken += 1;
        }
        self.to.write(&frame)?;
        Ok(frame)
    }
}

/// Holds the conversation until the sound is over and everything was said.
pub(super) async fn run(
    mut line: Line,
    mut events: mpsc::Receiver<VoiceEvent>,
    sound: Sound,
    to: &Path,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let unwritten = |error: std::io::Error| {
        Fault::sound(
            format!("`{}` cannot be written: {}", to.display(), error.kind()),
            "name a file in a folder that can be written to",
        )
    };
    let file = File::create(to).map_err(unwritten)?;
    let mut loudspeaker = Loudspeaker {
        ring: VecDeque::new(),
        taken: 0,
        gain: 1.0,
        to: Writer::new(file).map_err(unwritten)?,
    };
    let mut source = Source::new(sound);
    let (mut quiet, mut tail) = (0_u32, 0_u32);
    loop {
        while let Ok(event) = events.try_recv() {
            if let Some(order) = line.voice(event, out).await? {
                loudspeaker.order(order);
            }
        }
        if line.stream.is_closed() {
            return Err(Fault::ours("the voice stream ended by itself".to_owned()));
        }
        if line.is_busy() {
            answered(&mut line, out).await?;
            quiet = 0;
            continue;
        }
        // News that came by themselves.
        while let Some(next) = line.next().now_or_never() {
            took(&mut line, next, out).await?;
        }
        let Some(frame) = source.frame(&mut line, out).await? else {
            continue;
        };
        let (heard, is_sound) = frame;
        let played = loudspeaker.frame().map_err(unwritten)?;
        push(&mut line, &heard, &played, loudspeaker.taken)?;
        if !line.told.is_json() {
            let seconds = line.told.at / u64::from(RATE_HZ);
            out.draw(&[format!("  {seconds} s of sound  {}", line.partial)
                .trim_end()
                .to_owned()]);
        }
        let is_quiet = !is_sound && !line.is_open && loudspeaker.ring.is_empty();
        quiet = if is_quiet { quiet + 1 } else { 0 };
        tail = if is_sound { 0 } else { tail + 1 };
        if quiet < SETTLED && tail < TAIL_MAX {
            continue;
        }
        (quiet, tail) = (0, 0);
        if !source.next_file() {
            break;
        }
    }
    loudspeaker.to.finish().map_err(unwritten)?;
    let (outcome, exit) = line.talk.heard.outcome();
    let exit = if line.ended().is_none() && line.talk.heard.approval.is_none() {
        // Nothing was understood, so nothing was asked.
        Exit::Question
    } else {
        exit
    };
    line.told.event(
        "end",
        json!({
            "outcome": outcome,
            "session": line.talk.heard.session,
            "seconds": line.told.at / u64::from(RATE_HZ),
        }),
        out,
    );
    Ok(exit)
}

/// Waits for one thing to happen in the conversation; the clock stands still.
async fn answered(line: &mut Line, out: &mut Out) -> Result<(), Fault> {
    let next = tokio::time::timeout(ANSWER, line.next()).await;
    let next = next.map_err(|_| Fault::ours("no answer for two minutes".to_owned()))?;
    took(line, next, out).await
}

/// Takes an event of the socket, or takes a broken line up.
async fn took(
    line: &mut Line,
    next: Option<(Frame, Option<Beat>)>,
    out: &mut Out,
) -> Result<(), Fault> {
    let Some((frame, beat)) = next else {
        return line.back(out).await;
    };
    line.event(&frame, beat, out).await?;
    settle(line);
    Ok(())
}

/// Waits until the engines have done what there is to do.
fn settle(line: &Line) {
    // What takes longer than this is overtaken by the clock, and then the stream gives it up by itself.
    tokio::task::block_in_place(|| line.stream.wait_idle(STEP));
}

fn push(
    line: &mut Line,
    heard: &[i16; FRAME_SAMPLES],
    played: &[i16; FRAME_SAMPLES],
    taken: u64,
) -> Result<(), Fault> {
    let stream = &line.stream;
    stream
        .rendered(played, RATE_HZ)
        .and_then(|()| stream.push(heard))
        .and_then(|()| stream.played(taken, taken))
        .map_err(|error| Fault::stream(&error))?;
    line.told.at += FRAME_SAMPLES as u64;
    settle(line);
    Ok(())
}

/// Frames of 10 ms, from files or from standard input.
struct Source {
    files: VecDeque<Vec<i16>>,
    at: usize,
    input: Option<mpsc::Receiver<[i16; FRAME_SAMPLES]>>,
}

impl Source {
    fn new(sound: Sound) -> Self {
        match sound {
            Sound::Files(files) => Self {
                files,
                at: 0,
                input: None,
            },
            Sound::Input => Self {
                files: VecDeque::new(),
                at: 0,
                input: Some(input()),
            },
        }
    }

    /// The next 10 ms and whether they are of the sound; silence behind its end. `None`: something happened meanwhile.
    async fn frame(
        &mut self,
        line: &mut Line,
        out: &mut Out,
    ) -> Result<Option<([i16; FRAME_SAMPLES], bool)>, Fault> {
        if let Some(input) = &mut self.input {
            let frame = tokio::select! {
                biased;
                frame = input.recv() => frame,
                next = line.next() => {
                    took(line, next, out).await?;
                    return Ok(None);
                }
            };
            if let Some(frame) = frame {
                return Ok(Some((frame, true)));
            }
            self.input = None;
        }
        let rest = self
            .files
            .front()
            .and_then(|pcm| pcm.get(self.at..))
            .unwrap_or_default();
        let mut frame = [0; FRAME_SAMPLES];
        for (to, from) in frame.iter_mut().zip(rest) {
            *to = *from;
        }
        let is_sound = !rest.is_empty();
        self.at += FRAME_SAMPLES;
        Ok(Some((frame, is_sound)))
    }

    /// Goes on to the next file. `false`: that was the last.
    fn next_file(&mut self) -> bool {
        self.files.pop_front();
        self.at = 0;
        !self.files.is_empty()
    }
}

/// Reads standard input on a thread of its own, since reading it cannot be interrupted.
fn input() -> mpsc::Receiver<[i16; FRAME_SAMPLES]> {
    let (tell, told) = mpsc::channel(INPUT_WAITING);
    std::thread::spawn(move || {
        let mut from = std::io::stdin().lock();
        let mut bytes = [0; FRAME_SAMPLES * 2];
        while from.read_exact(&mut bytes).is_ok() {
            let mut frame = [0; FRAME_SAMPLES];
            for (to, pair) in frame.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *to = i16::from_le_bytes(*pair);
            }
            if tell.blocking_send(frame).is_err() {
                return;
            }
        }
    });
    told
}
