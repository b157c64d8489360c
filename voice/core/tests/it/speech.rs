//! Synthetic speech: says nothing about people, and is enough to tell speech from noise.

use std::io::Write as _;
use std::process::{Command, Stdio};

use errand_voice_core::{Resampler, from_s16};

/// Sentences of a shopping talk; no two of one test need to be alike.
pub(crate) const PROMPTS: &[&str] = &[
    "I found three that fit. I would take the Kaldera Bright Beans, eleven dollars eighty, from Pantry Lane.",
    "You would pay twenty-four dollars and ten cents to Pantry Lane Limited, for two bags of Marcala Decaf.",
    "It comes on Saturday between eight and ten in the morning. Shall I book that window for you?",
    "I left out nine. Most are not confirmed by your fair trade rule, and one is a dollar over your limit.",
    "The second is Sidamo, twelve dollars forty a bag, rated four point six by two hundred people.",
    "Pantry Lane does not answer. Nothing was bought. I can try again in ten minutes, shall I?",
    "In the cart: two bags of coffee, one desk lamp, and a pack of towels. Together seventy-one dollars.",
    "Your order was packed this morning and leaves tomorrow. You can still cancel it for free until noon.",
];

/// What people say over us or to us.
pub(crate) const COMMANDS: &[&str] = &[
    "stop, cancel my order please",
    "no, the second one with the lower price",
    "wait, I need it by Friday evening",
    "what about something cheaper than that",
    "please add two bags of coffee to my cart",
    "when does the delivery come to my house",
];

/// Says a sentence, at 16 kHz; `None` where the program is not installed.
pub(crate) fn say(text: &str, voice: &str) -> Option<Vec<f32>> {
    let mut child = Command::new("espeak-ng")
        .args(["-v", voice, "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    if !output.status.success() {
        return None;
    }
    // The header says how many samples a second there are; its lengths are bogus.
    let header = output.stdout.get(..44)?;
    let rate = u32::from_le_bytes(header.get(24..28)?.try_into().ok()?);
    let pcm: Vec<f32> = output.stdout[44..]
        .chunks_exact(2)
        .map(|pair| from_s16(i16::from_le_bytes([pair[0], pair[1]])))
        .collect();
    let mut resampler = Resampler::new(rate, 16_000).ok()?;
    Some(resampler.push(&pcm))
}

/// Says many sentences, or tells that the test is skipped.
pub(crate) fn said(texts: &[&str], voice: &str) -> Option<Vec<Vec<f32>>> {
    let all: Option<Vec<Vec<f32>>> = texts.iter().map(|text| say(text, voice)).collect();
    if all.is_none() {
        println!("SKIPPED no espeak-ng; remedy: scripts/setup.sh test");
    }
    all
}

/// The first and last sample that are louder than a fortieth of the loudest.
pub(crate) fn voiced(pcm: &[f32]) -> (usize, usize) {
    let peak = pcm.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
    let is_loud = |s: &f32| s.abs() > peak / 40.0;
    let first = pcm.iter().position(is_loud).unwrap_or(0);
    let last = pcm.iter().rposition(is_loud).unwrap_or(0);
    (first, last)
}

/// Loudness of the voiced part.
pub(crate) fn rms(pcm: &[f32]) -> f32 {
    let (first, last) = voiced(pcm);
    let part = &pcm[first..=last.max(first).min(pcm.len().saturating_sub(1))];
    (part.iter().map(|s| s * s).sum::<f32>() / part.len().max(1) as f32).sqrt()
}
