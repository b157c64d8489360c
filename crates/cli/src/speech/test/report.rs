//! What a try of the sound shows, as lines. Pure.

use serde::Serialize;

use crate::render::Look;
use crate::render::notes::{done, failed, hint};
use crate::speech::sample::Heard;

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Shape {
    /// Sound went in, and words came of it.
    pub(super) ok: bool,
    pub(super) microphone: Recorded,
    pub(super) loudspeaker: Played,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hearing: Option<Heard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) speaking: Option<Speaking>,
    /// What could be better.
    pub(super) advice: Vec<String>,
}

/// What the microphone gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Recorded {
    pub(super) rate_hz: u32,
    pub(super) seconds: f64,
    /// Loudest sample, in decibels under full scale.
    pub(super) peak_db: f32,
    /// Mean loudness.
    pub(super) mean_db: f32,
    /// Samples that got lost.
    pub(super) missing: u64,
}

/// What the loudspeaker did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Played {
    pub(super) rate_hz: u32,
    /// From our hand to the ear, as the system believes.
    pub(super) latency_ms: u64,
}

/// How quickly the voice begins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Speaking {
    pub(super) engine: &'static str,
    pub(super) first_ms: u64,
}

impl Recorded {
    pub(super) fn told(&self) -> String {
        let missing = match self.missing {
            0 => String::new(),
            n => format!(", {n} samples lost"),
        };
        format!(
            "{:.1} s, loudest {:.0} dB, on average {:.0} dB{missing}",
            self.seconds, self.peak_db, self.mean_db
        )
    }
}

/// What could be better.
pub(super) fn advice(recorded: Recorded, played: Played, heard: Option<&Heard>) -> Vec<String> {
    let mut advice = Vec::new();
    if recorded.peak_db < -60.0 {
        advice.push(
            "the microphone gives silence: is it muted, or is another one the default?".to_owned(),
        );
    } else if recorded.peak_db < -30.0 {
        advice.push("that is quiet: come nearer, or turn the microphone up".to_owned());
    } else if recorded.peak_db > -0.5 {
        advice.push("that is too loud: turn the microphone down".to_owned());
    }
    if recorded.missing > 0 {
        advice.push("samples got lost: the machine is busy".to_owned());
    }
    if played.latency_ms > 150 {
        advice.push("the loudspeaker is slow; interrupting will feel late".to_owned());
    }
    match heard {
        None => {
            advice.push("there is nothing to understand with: `errand voice doctor`".to_owned());
        }
        Some(heard) if heard.text.is_empty() => {
            advice.push(
                "no words were understood: `errand voice setup` gets a better ear".to_owned(),
            );
        }
        Some(heard) if heard.rtf > 1.0 => {
            advice.push(
                "understanding takes longer than speaking: a smaller model answers sooner"
                    .to_owned(),
            );
        }
        Some(_) => {}
    }
    advice
}

impl Shape {
    pub(super) fn lines(&self, look: &Look) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.hearing {
            Some(heard) if !heard.text.is_empty() => lines.extend(done(
                "understood",
                &format!(
                    "\"{}\" by {} in {:.2} s",
                    heard.text, heard.engine, heard.took_s
                ),
                look,
            )),
            Some(heard) => lines.extend(failed(
                "understood",
                &format!("no words, by {}", heard.engine),
                look,
            )),
            None => lines.extend(failed("understood", "nothing here can understand", look)),
        }
        match &self.speaking {
            Some(voice) => lines.extend(done(
                "voice",
                &format!("{}, first sound after {} ms", voice.engine, voice.first_ms),
                look,
            )),
            None => lines.extend(failed("voice", "nothing here can speak", look)),
        }
        lines.extend(done(
            "loudspeaker",
            &format!(
                "{} Hz, {} ms behind",
                self.loudspeaker.rate_hz, self.loudspeaker.latency_ms
            ),
            look,
        ));
        for text in &self.advice {
            lines.extend(hint(text, look));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_told_with_what_could_be_better() {
        let recorded = Recorded {
            rate_hz: 48_000,
            seconds: 4.0,
            peak_db: -70.0,
            mean_db: -80.0,
            missing: 96,
        };
        let played = Played {
            rate_hz: 48_000,
            latency_ms: 20,
        };
        let look = Look {
            width: 80,
            colour: false,
            plain: false,
            zone: jiff::tz::TimeZone::UTC,
        };
        let shape = Shape {
            ok: false,
            microphone: recorded,
            loudspeaker: played,
            hearing: None,
            speaking: Some(Speaking {
                engine: "flite",
                first_ms: 31,
            }),
            advice: advice(recorded, played, None),
        };

        let text = shape.lines(&look).join("\n");
        assert_eq!(
            recorded.told(),
            "4.0 s, loudest -70 dB, on average -80 dB, 96 samples lost"
        );
        for part in [
            "nothing here can understand",
            "flite, first sound after 31 ms",
            "48000 Hz, 20 ms behind",
            "is it muted",
            "`errand voice doctor`",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
