//! How far a fetch is and what its trial says, as lines. Pure, but for the digest of a file.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use errand_voice_device::{Catalogue, Progress};
use serde::Serialize;

use super::sample::Heard;
use crate::render::{Look, notes};

/// Lines where nothing can be drawn again come at most so often.
const EVERY: Duration = Duration::from_millis(250);
/// Cells of the bar.
const BAR: usize = 24;
/// The next larger model.
pub(super) const LARGER: &str = "base.en";
/// A model this quick leaves room for a larger one.
const QUICK: f64 = 0.25;
/// A model this slow keeps people waiting.
const SLOW: f64 = 0.8;

/// How far a fetch is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Now {
    event: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    have: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_per_second: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
}

/// Turns the steps of a fetch into rate and time left.
#[derive(Debug)]
pub(super) struct Meter {
    name: String,
    began: Instant,
    from: Option<u64>,
    told: Option<Instant>,
}

impl Meter {
    pub(super) fn new(name: &str, now: Instant) -> Self {
        Self {
            name: name.to_owned(),
            began: now,
            from: None,
            told: None,
        }
    }

    /// What is to be shown of a step; `None`: not yet again.
    pub(super) fn step(&mut self, progress: Progress, now: Instant) -> Option<Now> {
        let mut shown = Now {
            event: "checking",
            name: self.name.clone(),
            have: None,
            of: None,
            bytes_per_second: None,
            left_s: None,
            attempt: None,
        };
        match progress {
            Progress::Checking => {}
            Progress::Converting => shown.event = "converting",
            Progress::Again { attempt } => {
                shown.event = "again";
                shown.attempt = Some(attempt);
            }
            Progress::Bytes { have, of } => {
                let from = *self.from.get_or_insert(have);
                let is_early = self
                    .told
                    .is_some_and(|told| now.saturating_duration_since(told) < EVERY);
                if is_early && have < of {
                    return None;
                }
                self.told = Some(now);
                let millis = u64::try_from(now.saturating_duration_since(self.began).as_millis());
                let rate = (have.saturating_sub(from))
                    .saturating_mul(1_000)
                    .checked_div(millis.unwrap_or(u64::MAX));
                shown.event = "bytes";
                (shown.have, shown.of) = (Some(have), Some(of));
                shown.bytes_per_second = rate.filter(|rate| *rate > 0);
                shown.left_s = shown
                    .bytes_per_second
                    .and_then(|rate| of.saturating_sub(have).checked_div(rate));
            }
        }
        Some(shown)
    }
}

impl Now {
    /// A bar with rate and time left.
    pub(super) fn bar(&self, look: &Look) -> String {
        let (Some(have), Some(of)) = (self.have, self.of) else {
            return self.line().unwrap_or_default();
        };
        let done = usize::try_from(have.saturating_mul(BAR as u64) / of.max(1))
            .unwrap_or(BAR)
            .min(BAR);
        let bar = format!("{}{}", "█".repeat(done), "░".repeat(BAR - done));
        let bar = look.ink(crate::render::look::Ink::Done, &bar);
        let rate = self
            .bytes_per_second
            .map(|r| format!("  {}/s", size(r)))
            .unwrap_or_default();
        let left = self
            .left_s
            .map(|s| format!("  {} left", time(s)))
            .unwrap_or_default();
        format!("  {bar} {} of {}{rate}{left}", size(have), size(of))
    }

    /// The same where nothing can be drawn again; only what is worth a line.
    pub(super) fn line(&self) -> Option<String> {
        match self.event {
            "checking" => Some(format!("checking the digest of {}", self.name)),
            "converting" => Some(format!(
                "putting {} into the form that is used here",
                self.name
            )),
            "again" => Some("the connection broke; it goes on where it was".to_owned()),
            _ => {
                let (have, of) = (self.have?, self.of?);
                (have == of).then(|| format!("fetched {} of {}", size(have), self.name))
            }
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..10_000_000_000 => {
            format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
        }
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

fn time(seconds: u64) -> String {
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds / 60)
    }
}

/// Which models there are, and how to bring another.
pub(super) fn listed(catalogue: &Catalogue, folder: &Path, look: &Look) -> Vec<String> {
    let mut lines: Vec<String> = catalogue
        .models()
        .iter()
        .map(|m| {
            let here = if folder.join(m.kept()).is_file() {
                "  here"
            } else {
                ""
            };
            format!(
                "  {}  {}  {}  {}{here}",
                m.name,
                size(m.bytes),
                m.what,
                m.licence
            )
        })
        .collect();
    lines.extend(notes::hint("`errand voice setup NAME` fetches one", look));
    lines.extend(notes::hint(
        "any other ggml model for whisper.cpp: `errand voice setup --from FILE --sha256 DIGEST`",
        look,
    ));
    lines
}

/// What the trial showed.
pub(super) fn tried(trial: &Heard, look: &Look) -> Vec<String> {
    let text = format!(
        "{:.1} s of speech understood in {:.2} s (real-time factor {:.2}): \"{}\"",
        trial.audio_s, trial.took_s, trial.rtf, trial.text
    );
    notes::done("tried", &text, look)
}

/// Which model suits this machine.
pub(super) fn advice(name: &str, trial: Option<&Heard>, is_larger_listed: bool) -> String {
    let Some(trial) = trial else {
        return format!(
            "`{name}` was not tried: this build has no whisper.cpp, or this machine no voice to try it with"
        );
    };
    if trial.rtf > SLOW && name.contains("tiny") {
        return format!(
            "`{name}` is slow here, and the smallest there is: it may be quicker when this machine has less to do; `errand voice test` measures again"
        );
    }
    if trial.rtf > SLOW {
        return format!("`{name}` is slow here; tiny.en answers sooner");
    }
    if name.contains("tiny") && trial.rtf < QUICK {
        let from = if is_larger_listed {
            format!("`errand voice setup {LARGER}`")
        } else {
            "from its publisher, with `--from FILE`".to_owned()
        };
        return format!(
            "`{name}` suits this machine, which is quick enough for {LARGER} as well, which understands better ({from})"
        );
    }
    format!("`{name}` suits this machine")
}

/// SHA-256 of a file.
pub(super) fn digest_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => context.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
    Ok(context.finish().as_ref().iter().fold(String::new(), hex))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn look() -> Look {
        Look {
            width: 80,
            colour: false,
            plain: false,
            zone: TimeZone::UTC,
        }
    }

    #[test]
    fn a_fetch_tells_rate_and_time_left_and_counts_only_what_is_new() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut meter = Meter::new("base.en", began);
        let bytes = |have| Progress::Bytes {
            have,
            of: 148_000_000,
        };

        // Half of it was there from before.
        assert!(meter.step(bytes(74_000_000), at(0)).is_some());
        assert_eq!(meter.step(bytes(74_500_000), at(100)), None);
        let now = meter.step(bytes(84_000_000), at(1_000)).unwrap();
        assert_eq!(
            now.bar(&look()),
            "  █████████████░░░░░░░░░░░ 84.0 MB of 148.0 MB  10.0 MB/s  6 s left"
        );
        assert_eq!(now.line(), None);
        assert_eq!(
            serde_json::to_string(&now).unwrap(),
            r#"{"event":"bytes","name":"base.en","have":84000000,"of":148000000,"bytes_per_second":10000000,"left_s":6}"#
        );
        let last = meter.step(bytes(148_000_000), at(1_010)).unwrap();
        assert_eq!(last.line().unwrap(), "fetched 148.0 MB of base.en");
    }

    #[test]
    fn advice_follows_from_what_was_measured() {
        let heard = |rtf| Heard {
            engine: "whisper",
            text: "add two bags".to_owned(),
            audio_s: 2.0,
            took_s: rtf * 2.0,
            rtf,
        };

        assert!(advice("tiny.en", Some(&heard(0.1)), false).contains("base.en"));
        assert!(advice("tiny.en", Some(&heard(0.1)), true).contains("setup base.en"));
        assert!(advice("base.en", Some(&heard(1.2)), false).contains("tiny.en"));
        assert!(advice("tiny.en", Some(&heard(1.2)), false).contains("the smallest"));
        assert_eq!(
            advice("base.en", Some(&heard(0.3)), false),
            "`base.en` suits this machine"
        );
        assert!(advice("base.en", None, false).contains("not tried"));
    }

    #[test]
    fn the_list_says_what_is_here_and_how_to_bring_another() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ggml-tiny.en.bin"), "x").unwrap();

        let lines = listed(&Catalogue::built_in().unwrap(), folder.path(), &look());

        // A long hint is broken where the line ends.
        let words: Vec<&str> = lines
            .iter()
            .flat_map(|line| line.split_whitespace())
            .collect();
        let text = words.join(" ");
        let speech = lines.iter().find(|line| line.contains("tiny.en")).unwrap();
        assert!(
            speech.contains("70.6 MB") && speech.ends_with("here"),
            "{speech}"
        );
        assert!(text.contains("--from FILE --sha256 DIGEST"), "{text}");
    }
}
