//! What a response sounds like: as the session says, or as its client asked for this one alone.

use errand_protocol::realtime::{ErrorDetail, ResponseAudioOutput, ResponseSound, code};

use super::SessionMachine;

/// Voices that are named to a client that asks for one that is not there.
const VOICES_SHOWN: usize = 8;

impl SessionMachine {
    /// What a response sounds like where nothing else was asked for.
    pub(super) fn usual_sound(&self) -> ResponseAudioOutput {
        let output = &self.session.audio.output;
        ResponseAudioOutput {
            format: output.format.clone(),
            voice: output.voice.clone(),
        }
    }

    /// What a client wants its response to sound like. The session names the voice that it has where it lacks the one that
    /// was asked for; a response that asked for one by itself is not given in another.
    pub(super) fn sound_of(
        &self,
        asked: ResponseSound,
    ) -> Result<ResponseAudioOutput, ErrorDetail> {
        let mut sound = self.usual_sound();
        if let Some(format) = asked.format {
            sound.format = format;
        }
        let Some(voice) = asked.voice.filter(|voice| *voice != sound.voice) else {
            return Ok(sound);
        };
        let refuse = |code, message: String| {
            Err(
                ErrorDetail::request(code, format!("{message}; no response was created"))
                    .about("response.audio.output.voice"),
            )
        };
        if let Some(speech) = &self.session.speech
            && !speech.voices.contains(&voice)
        {
            let first: Vec<&str> = speech.voices.iter().map(String::as_str).collect();
            let first = first.get(..VOICES_SHOWN).unwrap_or(&first).join("`, `");
            return refuse(
                code::BAD_VALUE,
                format!("this runtime has no voice of that name; it has `{first}`"),
            );
        }
        if let Some(fixed) = self.voice.fixed.as_ref().filter(|fixed| **fixed != voice) {
            return refuse(
                code::VOICE_FIXED,
                format!("sound was given in the voice `{fixed}` before, and it cannot change"),
            );
        }
        sound.voice = voice;
        Ok(sound)
    }
}
