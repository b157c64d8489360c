use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use errand_types::Language;
use errand_voice_core::{
    Chunk, Chunks, EngineFault, Pace, Reach, Sentence, TextToSpeech, TtsError, TtsInfo, Voice,
};
use tempfile::NamedTempFile;

use super::running::{Running, ask};
use super::wav::{HEADER, bytes_of, chunk, rate_of};

const ENGINE: &str = "flite";
/// The voices that speak anything, the clearest first. (`awb_time` tells the time and nothing else.)
const KNOWN: &[&str] = &["slt", "rms", "awb", "kal16", "kal"];
/// 120 s at 16 kHz.
const SOUND_BYTES_MAX: u64 = 120 * 16_000 * 2;

/// The voices of flite: English, clearer than espeak-ng's, a sentence at a time.
///
/// It writes its sound to a file, because on a pipe it stops after the header; the file is private and goes away with the
/// sentence. So the first sound comes when the sentence is done: some 10 ms of computing for each second.
#[derive(Debug)]
pub struct Flite {
    program: PathBuf,
    voices: Vec<Voice>,
}

impl Flite {
    /// Looks for the program on the path of this process, and asks it for its voices.
    pub fn open() -> Result<Self, EngineFault> {
        Self::at(Path::new("flite"))
    }

    /// The same with the program's own place.
    pub fn at(program: &Path) -> Result<Self, EngineFault> {
        let listed = ask(ENGINE, program, "-lv")?;
        let has = |name: &&&str| listed.split_whitespace().any(|listed| listed == **name);
        let voices: Vec<Voice> = KNOWN
            .iter()
            .filter(has)
            .map(|name| Voice {
                name: (*name).to_owned(),
                language: Language::English,
            })
            .collect();
        if voices.is_empty() {
            return Err(EngineFault::Missing {
                engine: ENGINE,
                missing: "every voice".to_owned(),
                remedy: "on Debian and Ubuntu: apt-get install flite".to_owned(),
            });
        }
        Ok(Self {
            program: program.to_owned(),
            voices,
        })
    }
}

impl TextToSpeech for Flite {
    fn info(&self) -> TtsInfo {
        TtsInfo {
            engine: ENGINE,
            voices: self.voices.clone(),
            tells_words: false,
            reach: Reach::Local,
        }
    }

    fn speak(&self, sentence: &Sentence, voice: &Voice, pace: Pace) -> Result<Chunks, TtsError> {
        if !self.voices.contains(voice) {
            return Err(TtsError::Voice {
                engine: ENGINE,
                voice: voice.name.clone(),
            });
        }
        let file = NamedTempFile::with_suffix(".wav").map_err(|error| EngineFault::Failed {
            engine: ENGINE,
            cause: error.kind().to_string(),
        })?;
        // It counts in how long a sound lasts: 2 is half as fast.
        let stretch = format!("duration_stretch={:.2}", 100.0 / f32::from(pace.get()));
        let mut command = Command::new(&self.program);
        command.args([
            "-voice",
            &voice.name,
            "--setf",
            &stretch,
            "-f",
            "/dev/stdin",
            "-o",
        ]);
        command.arg(file.path());
        let running = Running::start(ENGINE, command, sentence.as_str())?;
        Ok(Box::new(Spoken::Begun { running, file }))
    }
}

enum Spoken {
    Begun {
        running: Running,
        file: NamedTempFile,
    },
    Sounding {
        sound: File,
        rate_hz: u32,
        left: u64,
    },
    Ended,
}

impl Iterator for Spoken {
    type Item = Result<Chunk, TtsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Self::Begun { .. } = self {
            match std::mem::replace(self, Self::Ended).finish() {
                Ok(sounding) => *self = sounding,
                Err(fault) => return Some(Err(fault.into())),
            }
        }
        let Self::Sounding {
            sound,
            rate_hz,
            left,
        } = self
        else {
            return None;
        };
        let most = u64::try_from(bytes_of(*rate_hz, 250))
            .unwrap_or(0)
            .min(*left);
        let mut bytes = Vec::new();
        if let Err(error) = sound.by_ref().take(most).read_to_end(&mut bytes) {
            *self = Self::Ended;
            return Some(Err(failed(error.kind().to_string()).into()));
        }
        *left -= bytes.len() as u64;
        let made = chunk(*rate_hz, &bytes);
        (!made.pcm.is_empty()).then_some(Ok(made))
    }
}

impl Spoken {
    /// Waits for the program and opens what it wrote.
    fn finish(self) -> Result<Self, EngineFault> {
        let Self::Begun { running, file } = self else {
            return Ok(self);
        };
        let status = running.finish()?;
        let io = |error: std::io::Error| failed(error.kind().to_string());
        let mut sound = file.reopen().map_err(io)?;
        let (size, mut header) = (sound.metadata().map_err(io)?.len(), [0; HEADER]);
        let rate_hz = sound
            .read_exact(&mut header)
            .ok()
            .and_then(|()| rate_of(&header));
        match rate_hz {
            Some(rate_hz) if status.success() && size > (HEADER + bytes_of(rate_hz, 20)) as u64 => {
                Ok(Self::Sounding {
                    sound,
                    rate_hz,
                    left: SOUND_BYTES_MAX,
                })
            }
            _ => Err(failed("it made no sound".to_owned())),
        }
    }
}

fn failed(cause: String) -> EngineFault {
    EngineFault::Failed {
        engine: ENGINE,
        cause,
    }
}
