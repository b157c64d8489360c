//! Names of what is measured. Labels come from closed sets only; no text, no sound, no score of a person (that of a wake word is one of
//! two words).

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

use crate::event::Times;

pub(crate) const STREAMS: &str = "errand_voice_streams";
pub(crate) const TURNS: &str = "errand_voice_turns_total";
pub(crate) const READS: &str = "errand_voice_reads_total";
pub(crate) const READ_SECONDS: &str = "errand_voice_read_seconds";
pub(crate) const FALLBACKS: &str = "errand_voice_fallbacks_total";
pub(crate) const LOST_WORKERS: &str = "errand_voice_lost_workers_total";
pub(crate) const WAKES: &str = "errand_voice_wakes_total";
pub(crate) const WAKE_SCORE: &str = "errand_voice_wake_score";
pub(crate) const DROPPED_SECONDS: &str = "errand_voice_capture_dropped_seconds_total";
pub(crate) const GAPS: &str = "errand_voice_capture_gaps_total";
pub(crate) const DRIFT: &str = "errand_voice_drift_ppm";
pub(crate) const DECIDED_SECONDS: &str = "errand_voice_end_point_seconds";
pub(crate) const FIRST_SOUND_SECONDS: &str = "errand_voice_first_sound_seconds";

/// Describes every number of this crate, once, at start-up.
pub fn describe() {
    describe_gauge!(STREAMS, Unit::Count, "voice streams open");
    describe_counter!(
        TURNS,
        Unit::Count,
        "turns of people that were heard, by why they ended"
    );
    describe_counter!(
        READS,
        Unit::Count,
        "utterances given to a recogniser, by engine and outcome"
    );
    describe_histogram!(
        READ_SECONDS,
        Unit::Seconds,
        "time of one reading, by engine"
    );
    describe_counter!(
        FALLBACKS,
        Unit::Count,
        "engines that failed and were stood in for, by stage and engine"
    );
    describe_counter!(
        LOST_WORKERS,
        Unit::Count,
        "workers given up because an engine did not come back"
    );
    describe_counter!(WAKES, Unit::Count, "wake words that were heard");
    describe_histogram!(
        WAKE_SCORE,
        Unit::Count,
        "how sure the detector was of a wake word that was heard, 0 to 1"
    );
    describe_counter!(
        DROPPED_SECONDS,
        Unit::Count,
        "seconds of sound that came faster than they were heard"
    );
    describe_counter!(
        GAPS,
        Unit::Count,
        "holes in the sound of microphones that were filled with silence"
    );
    describe_gauge!(
        DRIFT,
        Unit::Count,
        "how much faster the microphone's crystal is than the loudspeaker's, in millionths, as it is followed"
    );
    describe_histogram!(
        DECIDED_SECONDS,
        Unit::Seconds,
        "from the end of speech to the decision that a turn is over"
    );
    describe_histogram!(
        FIRST_SOUND_SECONDS,
        Unit::Seconds,
        "from the end of speech to the first sound of the answer that was given out"
    );
}

/// Counts a wake word.
pub(crate) fn woken(score: f32) {
    metrics::counter!(WAKES).increment(1);
    metrics::histogram!(WAKE_SCORE).record(f64::from(score));
}

/// Counts one turn whose times are known. A point that is missing is no number.
pub(crate) fn turn(times: &Times) {
    let row = match times.row {
        errand_voice_core::Row::Answer => "answer",
        errand_voice_core::Row::DigitsDone => "digits_done",
        errand_voice_core::Row::Whole => "whole",
        errand_voice_core::Row::Usual => "usual",
        errand_voice_core::Row::Wordless => "wordless",
        errand_voice_core::Row::Open => "open",
        errand_voice_core::Row::Spelled => "spelled",
        errand_voice_core::Row::Faded => "faded",
        errand_voice_core::Row::Longest => "longest",
        errand_voice_core::Row::Released => "released",
    };
    metrics::counter!(TURNS, "row" => row).increment(1);
    let since = |place: errand_voice_core::SampleIdx| {
        errand_voice_core::duration(place.since(times.voice_end)).as_secs_f64()
    };
    metrics::histogram!(DECIDED_SECONDS, "row" => row).record(since(times.decided));
    if let Some(out) = times.out {
        metrics::histogram!(FIRST_SOUND_SECONDS, "row" => row).record(since(out));
    }
}
