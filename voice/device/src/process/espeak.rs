use std::path::{Path, PathBuf};
use std::process::Command;

use errand_types::Language;
use errand_voice_core::{
    Chunk, Chunks, EngineFault, Pace, Reach, Sentence, TextToSpeech, TtsError, TtsInfo, Voice,
};

use super::running::{Running, ask};
use super::wav::{HEADER, bytes_of, chunk, rate_of};

const ENGINE: &str = "espeak-ng";
/// Words of a minute at the usual pace.
const USUAL_WORDS: u32 = 175;
/// A sentence never sounds longer than this; a program that goes on is cut.
const SOUND_MAX_S: usize = 120;

/// The voices of espeak-ng: many languages, robotic, the first sound after some ten milliseconds.
///
/// It runs as a program and only so: its licence (GPL 3) would spread to what links it.
#[derive(Debug)]
pub struct Espeak {
    program: PathBuf,
    voices: Vec<Voice>,
}

impl Espeak {
    /// Looks for the program on the path of this process, and asks it for its voices.
    pub fn open() -> Result<Self, EngineFault> {
        Self::at(Path::new("espeak-ng"))
    }

    /// The same with the program's own place.
    pub fn at(program: &Path) -> Result<Self, EngineFault> {
        let mut voices = Vec::new();
        for language in Language::ALL {
            let listed = ask(ENGINE, program, &format!("--voices={}", code(language)))?;
            voices.extend(names(&listed).map(|name| Voice { name, language }));
        }
        // Of the English voices the American one is understood best by most.
        voices.sort_by_key(|voice| voice.name != "en-us");
        voices.dedup();
        if voices.is_empty() {
            return Err(EngineFault::Missing {
                engine: ENGINE,
                missing: "every voice".to_owned(),
                remedy: "on Debian and Ubuntu: apt-get install espeak-ng-data".to_owned(),
            });
        }
        Ok(Self {
            program: program.to_owned(),
            voices,
        })
    }
}

fn code(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::German => "de",
    }
}

/// The second column of its table, without the voices of another engine that it could drive.
fn names(listed: &str) -> impl Iterator<Item = String> {
    let rows = listed.lines().skip(1).filter(|row| !row.contains("mb/"));
    rows.filter_map(|row| row.split_whitespace().nth(1).map(str::to_owned))
}

impl TextToSpeech for Espeak {
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
        let speed = USUAL_WORDS * u32::from(pace.get()) / 100;
        let mut command = Command::new(&self.program);
        command.args([
            "-v",
            &voice.name,
            "-s",
            &speed.to_string(),
            "--stdin",
            "--stdout",
        ]);
        let running = Running::start(ENGINE, command, sentence.as_str())?;
        Ok(Box::new(Spoken::Begun(running)))
    }
}

/// The sound as it comes.
enum Spoken {
    Begun(Running),
    Sounding {
        running: Running,
        rate_hz: u32,
        left: usize,
    },
    Ended,
}

impl Iterator for Spoken {
    type Item = Result<Chunk, TtsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (made, next) = match std::mem::replace(self, Self::Ended) {
            Self::Begun(running) => begin(running),
            Self::Sounding {
                running,
                rate_hz,
                left,
            } => go_on(running, rate_hz, left),
            Self::Ended => return None,
        };
        *self = next;
        match made {
            Ok(chunk) if chunk.pcm.is_empty() => None,
            made => Some(made.map_err(Into::into)),
        }
    }
}

fn begin(mut running: Running) -> (Result<Chunk, EngineFault>, Spoken) {
    let mut header = [0; HEADER];
    let rate = match running.read_whole(&mut header) {
        Err(fault) => return (Err(fault), Spoken::Ended),
        Ok(_) => rate_of(&header),
    };
    let Some(rate_hz) = rate else {
        let fault = running.failed("it made no sound".to_owned());
        return (Err(fault), Spoken::Ended);
    };
    let left = bytes_of(rate_hz, 1_000) * SOUND_MAX_S;
    match go_on(running, rate_hz, left) {
        (Ok(first), _) if first.pcm.len() * 2 < bytes_of(rate_hz, 20) => {
            let cause = "it made no sound".to_owned();
            (
                Err(EngineFault::Failed {
                    engine: ENGINE,
                    cause,
                }),
                Spoken::Ended,
            )
        }
        made => made,
    }
}

/// Takes what is there, at least 20 ms unless it is the end, at most a quarter of a second.
fn go_on(mut running: Running, rate_hz: u32, left: usize) -> (Result<Chunk, EngineFault>, Spoken) {
    let (least, most) = (bytes_of(rate_hz, 20), bytes_of(rate_hz, 250).min(left));
    let mut bytes = vec![0; most];
    let mut filled = 0;
    while filled < least || filled % 2 == 1 {
        match running.read(bytes.get_mut(filled..).unwrap_or_default()) {
            Err(fault) => return (Err(fault), Spoken::Ended),
            Ok(0) => break,
            Ok(more) => filled += more,
        }
    }
    let sound = chunk(rate_hz, bytes.get(..filled).unwrap_or_default());
    if sound.pcm.is_empty() {
        return (Ok(sound), Spoken::Ended);
    }
    let left = left.saturating_sub(filled);
    (
        Ok(sound),
        Spoken::Sounding {
            running,
            rate_hz,
            left,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_the_second_column_without_those_of_other_engines() {
        let listed = "Pty Language Age/Gender VoiceName File Other\n \
                       2  en-gb --/M English_(Great_Britain) gmw/en (en 2)\n \
                       3  en-uk --/M english-mb-en1 mb/mb-en1 (en-gb 3)\n \
                       2  en-us --/M English_(America) gmw/en-US (en 3)\n";

        assert_eq!(names(listed).collect::<Vec<_>>(), ["en-gb", "en-us"]);
        assert_eq!(names("").count(), 0);
    }
}
