use errand_types::Language;
use errand_voice_core::{
    Deadline, Grammar, Hints, Reach, SpeechToText, SttError, SttInfo, Transcript, Utterance,
};
use serde::Deserialize;

use super::http::{Service, Wait, told, unreachable};
use super::wyoming_stt::{check, code, plain};

const ENGINE: &str = "transcription service";
/// Bytes of an answer at most.
const ANSWER_MAX: usize = 64 * 1024;
/// Characters of a prompt at most.
const PROMPT_MAX: usize = 500;

/// Speech to text by a service with OpenAI's interface: `POST audio/transcriptions` with a WAV file.
#[derive(Debug, Clone)]
pub struct OpenAiStt {
    service: Service,
    languages: Vec<Language>,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

impl OpenAiStt {
    /// A service, and the languages that its model knows.
    pub fn new(service: Service, languages: Vec<Language>) -> Self {
        Self { service, languages }
    }
}

impl SpeechToText for OpenAiStt {
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
        let prompt = prompt(hints);
        let mut fields = vec![
            ("model", self.service.model.as_str()),
            ("language", code(hints.language)),
            ("response_format", "json"),
        ];
        if !prompt.is_empty() {
            fields.push(("prompt", &prompt));
        }
        let (boundary, body) = form(&fields, &wav(utterance.pcm()));
        let wait = Wait::new(deadline);
        let request = || {
            let request = self.service.post(ENGINE, "audio/transcriptions")?;
            let kind = format!("multipart/form-data; boundary={boundary}");
            Ok(request.header("content-type", kind).body(body.clone()))
        };
        let mut response = self.service.send(ENGINE, request, &wait)?;
        let mut answer = Vec::new();
        while let Some(bytes) = self
            .service
            .wait(ENGINE, &wait, response.chunk())?
            .map_err(|error| unreachable(ENGINE, told(&error)))?
        {
            answer.extend(&bytes);
            if answer.len() > ANSWER_MAX {
                return Err(unreachable(ENGINE, "its answer is too long").into());
            }
        }
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|_| unreachable(ENGINE, "its answer is none"))?;
        Ok(Transcript::plain(ENGINE, plain(&answer.text)))
    }
}

fn prompt(hints: &Hints) -> String {
    let Grammar::Open { vocabulary } = &hints.grammar else {
        return String::new();
    };
    let mut prompt = String::new();
    for name in vocabulary.iter().take_while({
        let mut length = 0;
        move |name| {
            length += name.len() + 2;
            length <= PROMPT_MAX
        }
    }) {
        prompt.push_str(if prompt.is_empty() { "" } else { ", " });
        prompt.push_str(name);
    }
    prompt
}

/// A form with fields and one file (RFC 7578). The boundary stands nowhere in it.
fn form(fields: &[(&str, &str)], file: &[u8]) -> (String, Vec<u8>) {
    let is_in = |text: &str| {
        let text = text.as_bytes();
        file.windows(text.len()).any(|part| part == text)
            || fields.iter().any(|(_, value)| {
                value
                    .as_bytes()
                    .windows(text.len())
                    .any(|part| part == text)
            })
    };
    let mut boundary = "errand-3b1f7c5a9d2e".to_owned();
    while is_in(&boundary) {
        boundary.push('x');
    }
    let mut body = Vec::with_capacity(file.len() + 1_024);
    for (name, value) in fields {
        let part = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"said.wav\"\r\ncontent-type: audio/wav\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (boundary, body)
}

/// Mono, 16 kHz, 16 bits.
fn wav(pcm: &[i16]) -> Vec<u8> {
    let data = u32::try_from(pcm.len() * 2).unwrap_or(u32::MAX);
    let mut wav = Vec::with_capacity(44 + pcm.len() * 2);
    wav.extend(b"RIFF");
    wav.extend(data.saturating_add(36).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(16_000_u32.to_le_bytes());
    wav.extend(32_000_u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(data.to_le_bytes());
    wav.extend(pcm.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_that_stands_in_the_sound_is_changed() {
        let (plain, _) = form(&[], b"sound");
        let (changed, body) = form(&[], plain.as_bytes());

        assert_ne!(plain, changed);
        assert!(body.ends_with(format!("\r\n--{changed}--\r\n").as_bytes()));
    }

    #[test]
    fn a_prompt_of_names_is_bounded() {
        let names: Vec<String> = (0..300).map(|n| format!("name {n}")).collect();
        let hints = Hints {
            grammar: Grammar::open(names).unwrap(),
            ..Hints::open(Language::English)
        };

        let prompt = prompt(&hints);

        assert!(prompt.starts_with("name 0, name 1, ") && prompt.len() <= PROMPT_MAX);
        assert_eq!(super::prompt(&Hints::open(Language::English)), "");
    }

    #[test]
    fn a_wave_file_has_its_lengths() {
        let wav = wav(&[1, -1]);

        assert_eq!(
            (wav.len(), &wav[4..8], &wav[40..44]),
            (48, &[40, 0, 0, 0][..], &[4, 0, 0, 0][..])
        );
    }
}
