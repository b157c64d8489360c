//! CPU time and memory of the machines of voice: for each stream, for a process.

use std::time::Instant;

use errand_meter::{process_cpu, resident, thread_cpu};
use errand_voice_core::{
    Aec3, Ear, EarConfig, Earshot, EchoCanceller, FRAME_SAMPLES, Frame, Listener, Passthrough,
    SampleIdx,
};
use errand_voice_talk::{Engines, Limits, StreamConfig, Streams};
use serde_json::{Value, json};

use crate::score::round;

/// Sound of a measurement, in seconds.
const SECONDS: usize = 60;
/// Sound of each of many streams, and of one piece of it, in samples.
pub(crate) const STREAMS_SAMPLES: usize = 32_000;
const PIECE: usize = 1_600;

/// V2: share of a core of one stream that hears, with and without a canceller, one alone and fifty side by side. `talk` is a
/// minute of a person; `played` a minute of ours, half of it silent.
pub(crate) fn hearing(talk: &[f32], played: &[f32], streams: &[usize]) -> Value {
    let mut told = serde_json::Map::new();
    for count in streams {
        for is_cancelling in [false, true] {
            let mut all: Vec<Listener> = (0..*count).map(|_| listener(is_cancelling)).collect();
            // Fifty streams hear less of it each, and as much together.
            let frames = SECONDS * 100 * 4 / count.max(&4);
            let began = thread_cpu();
            for n in 0..frames {
                let (capture, render) = (frame(talk, n), frame(played, n));
                for listener in &mut all {
                    listener.hear(&capture, &render);
                }
            }
            let cpu = (thread_cpu().saturating_sub(began)).as_secs_f64();
            let heard = (frames * count) as f64 / 100.0;
            let name = format!(
                "{count}_streams{}",
                if is_cancelling { "_with_canceller" } else { "" }
            );
            told.insert(name, json!({ "percent_of_a_core_per_stream": round(100.0 * cpu / heard), "stream_seconds": heard }));
        }
    }
    Value::Object(told)
}

fn listener(is_cancelling: bool) -> Listener {
    let echo: Box<dyn EchoCanceller> = if is_cancelling {
        Box::new(Aec3::default())
    } else {
        Box::new(Passthrough)
    };
    Listener::new(
        echo,
        Box::new(Earshot::default()),
        None,
        Ear::new(EarConfig::default()),
    )
}

fn frame(pcm: &[f32], n: usize) -> Frame {
    let mut frame = Frame::silence(SampleIdx::from_ms(n as u64 * 10));
    let at = n * FRAME_SAMPLES % pcm.len().saturating_sub(FRAME_SAMPLES).max(1);
    for (slot, sample) in frame.pcm.iter_mut().zip(pcm.iter().skip(at)) {
        *slot = *sample;
    }
    frame
}

/// T4: memory of streams that hear at once, and the share of a core of each. Models are not in it: there are none. `played`: something is
/// played on each at the same time, so that each has a canceller at work.
pub(crate) fn streams(
    config: &StreamConfig,
    talk: &[i16],
    played: Option<&[i16]>,
    count: usize,
) -> anyhow::Result<Value> {
    let limits = Limits {
        streams: count,
        ears: 1,
        readers: 1,
        voices: 1,
    };
    let streams = Streams::new(Engines::built_in(), limits)?;
    let before = memory()?;
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(streams.open(config.clone())?);
    }
    let (cpu, wall) = (process_cpu(), Instant::now());
    // Two seconds of sound of each, in pieces of 100 ms as sockets bring them; more than what a stream keeps of the past.
    for n in 0..STREAMS_SAMPLES / PIECE {
        let piece = |pcm: &[i16]| {
            let piece = pcm.get(n * PIECE..(n + 1) * PIECE);
            piece.unwrap_or_default().to_vec()
        };
        let (heard, sent) = (piece(talk), played.map(piece));
        for (handle, _) in &open {
            if let Some(sent) = &sent {
                handle.rendered(sent, 16_000)?;
            }
            handle.push(&heard)?;
        }
        for (handle, events) in &mut open {
            handle.wait_idle(std::time::Duration::from_secs(60));
            while events.try_recv().is_ok() {}
        }
    }
    let after = memory()?;
    let cpu = process_cpu().saturating_sub(cpu).as_secs_f64();
    Ok(json!({
        "kb_per_stream": round(after.saturating_sub(before) as f64 / 1_000.0 / count as f64),
        "percent_of_a_core_per_stream": round(100.0 * cpu / (2.0 * count as f64)), "wall_s": round(wall.elapsed().as_secs_f64()),
    }))
}

/// Resident memory of this process, in bytes.
pub(crate) fn memory() -> anyhow::Result<u64> {
    resident(std::process::id())
        .ok_or_else(|| anyhow::anyhow!("the system does not tell its memory"))
}
