use errand_types::Language;
use errand_voice_core::{
    Care, Deadline, Hints, RATE_HZ, Reach, SpeechToText, SttError, SttInfo, Transcript, Utterance,
};
use errand_voice_wyoming::{Event, Form};

use super::line::Line;

const ENGINE: &str = "wyoming";
/// Samples of one chunk, as satellites send them.
const PIECE: usize = 1_024;
/// Characters of a transcript at most.
pub(crate) const TEXT_MAX: usize = 2_000;

/// Speech to text by a Wyoming service.
#[derive(Debug, Clone)]
pub struct WyomingStt {
    address: String,
    languages: Vec<Language>,
}

impl WyomingStt {
    /// A service by its address, `host:port`. It is dialled for each utterance.
    pub fn new(address: String, languages: Vec<Language>) -> Self {
        Self { address, languages }
    }
}

impl SpeechToText for WyomingStt {
    fn info(&self) -> SttInfo {
        SttInfo {
            engine: ENGINE,
            languages: self.languages.clone(),
            streams: false,
            constrains: false,
            hears_beginnings: false,
            tells_nbest: false,
            reach: Reach::Remote,
        }
    }

    fn transcribe(
        &self,
        utterance: Utterance,
        hints: &Hints,
        deadline: &Deadline,
    ) -> Result<Transcript, SttError> {
        check(ENGINE, &self.languages, &utterance, hints)?;
        if utterance.voiced().is_zero() {
            return Ok(Transcript::empty(ENGINE));
        }
        let mut line = Line::open(ENGINE, &self.address, deadline)?;
        let form = Form::mono(RATE_HZ);
        line.send(&Event::new("transcribe").with("language", code(hints.language)))?;
        line.send(&form.on("audio-start"))?;
        for piece in utterance.pcm().chunks(PIECE) {
            line.send(&form.chunk(piece, None))?;
        }
        line.send(&Event::new("audio-stop"))?;
        loop {
            let event = line.receive()?;
            if event.kind() == "transcript" {
                return Ok(Transcript::plain(
                    ENGINE,
                    plain(event.text("text").unwrap_or_default()),
                ));
            }
        }
    }
}

/// What every engine on another machine refuses.
pub(crate) fn check(
    engine: &'static str,
    languages: &[Language],
    utterance: &Utterance,
    hints: &Hints,
) -> Result<(), SttError> {
    if utterance.care() == Care::Sealed || hints.care == Care::Sealed {
        return Err(SttError::Sealed { engine });
    }
    let language = hints.language;
    if !languages.contains(&language) {
        return Err(SttError::Language { engine, language });
    }
    Ok(())
}

pub(crate) fn code(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::German => "de",
    }
}

/// Text of somebody else's: no control characters, bounded.
pub(crate) fn plain(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ").chars().take(TEXT_MAX).collect()
}
