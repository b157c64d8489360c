use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Samples of one look at the sound: 40 ms.
const LOOK: usize = 640;
/// Pitch of the first text, and from one text to the next, in hertz.
const FIRST_HZ: u32 = 300;
const STEP_HZ: u32 = 50;
/// Texts of one book.
const TEXTS_MAX: usize = 64;
/// Beyond this pitch a sound is a noise.
const NOISE_HZ: u32 = 5_000;
/// How long a character takes, in milliseconds.
const CHAR_MS: usize = 60;

/// Which sound means which text. Clones share it.
#[derive(Clone, Default)]
pub struct Book {
    texts: Arc<Mutex<Vec<String>>>,
}

impl Book {
    /// An empty book.
    pub fn new() -> Self {
        Self::default()
    }

    /// The sound of a text at 16 kHz: a tone, 60 ms for each character, at least 200 ms. A text beyond the 64th is a noise.
    pub fn say(&self, text: &str) -> Vec<i16> {
        self.say_for(text, Self::length_ms(text))
    }

    /// The same with a length of its own, in milliseconds.
    pub fn say_for(&self, text: &str, ms: usize) -> Vec<i16> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let at = texts.iter().position(|known| known == text);
        let at = at.unwrap_or_else(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        });
        if at >= TEXTS_MAX {
            // A test that says so much finds that it was not understood.
            return Self::noise(ms);
        }
        let n = u32::try_from(at).unwrap_or(0);
        tone(FIRST_HZ + STEP_HZ * n, ms)
    }

    /// A sound that is loud and means nothing.
    pub fn noise(ms: usize) -> Vec<i16> {
        tone(NOISE_HZ + 1_000, ms)
    }

    /// How long a text takes, in milliseconds.
    pub fn length_ms(text: &str) -> usize {
        (text.chars().count() * CHAR_MS).max(200)
    }

    /// What sound means: its texts in order. Of a text that is not over only the words so far.
    pub fn read(&self, pcm: &[i16]) -> String {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut silence = 0;
        for look in pcm.chunks_exact(LOOK) {
            let Some(at) = pitch(look).and_then(text_of) else {
                silence += 1;
                continue;
            };
            match runs.last_mut() {
                // The same again after a silence is the same said twice.
                Some((last, count)) if *last == at && silence < 4 => *count += 1 + silence,
                Some(_) | None => runs.push((at, 1)),
            }
            silence = 0;
        }
        let said = runs.iter().filter(|(_, count)| *count > 1);
        let said = said.filter_map(|(at, count)| {
            let text = texts.get(*at)?;
            Some(so_far(text, count * LOOK / 16))
        });
        said.filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The words of a text that fit into so many milliseconds.
fn so_far(text: &str, ms: usize) -> String {
    let length = Book::length_ms(text);
    if ms + 120 >= length {
        return text.to_owned();
    }
    let mut at = 0;
    let words = text.split_inclusive(' ').take_while(|word| {
        at += word.trim_end().chars().count() * CHAR_MS;
        let fits = at <= ms + 40;
        at += CHAR_MS;
        fits
    });
    words.collect::<String>().trim_end().to_owned()
}

fn text_of(hz: u32) -> Option<usize> {
    if hz >= NOISE_HZ {
        return None;
    }
    let n = (hz + STEP_HZ / 2).checked_sub(FIRST_HZ)? / STEP_HZ;
    usize::try_from(n).ok().filter(|n| *n < TEXTS_MAX)
}

/// The pitch of what is loud enough to be one.
fn pitch(look: &[i16]) -> Option<u32> {
    let peak = look.iter().map(|s| s.unsigned_abs()).max()?;
    if peak < 1_500 {
        return None;
    }
    // From the first to the last time that it rises through zero, in parts of a sample.
    let mut first = None;
    let mut last = 0.0_f32;
    let mut count = 0_u32;
    for (n, pair) in look.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        if *a < 0 && *b >= 0 {
            let (a, b) = (f32::from(*a), f32::from(*b));
            let at = f32::from(u16::try_from(n).unwrap_or(u16::MAX)) - a / (b - a);
            match first {
                None => first = Some(at),
                Some(_) => count += 1,
            }
            last = at;
        }
    }
    let span = last - first?;
    let hz = f32::from(u16::try_from(count).unwrap_or(0)) * 16_000.0 / span.max(1.0);
    rounded(hz)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a pitch between 0 and 8,000"
)]
fn rounded(hz: f32) -> Option<u32> {
    (hz > 0.0 && hz < 8_000.0).then_some(hz.round() as u32)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "some seconds of a tone at a third of full scale"
)]
pub(super) fn tone(hz: u32, ms: usize) -> Vec<i16> {
    let step = std::f32::consts::TAU * hz as f32 / 16_000.0;
    (0..ms * 16)
        .map(|n| ((step * n as f32).sin() * 11_000.0) as i16)
        .collect()
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Book")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_book_says_it_reads_again_and_noise_means_nothing() {
        let book = Book::new();
        let texts: Vec<String> = (0..64).map(|n| format!("text number {n}")).collect();
        for text in &texts {
            assert_eq!(&book.read(&book.say(text)), text);
        }
        let mut both = book.say(&texts[3]);
        both.extend([0; 8_000]);
        both.extend(book.say(&texts[60]));
        assert_eq!(book.read(&both), "text number 3 text number 60");
        assert_eq!(book.read(&Book::noise(500)), "");
        assert_eq!(book.read(&vec![0; 16_000]), "");
    }

    #[test]
    fn of_a_text_that_is_not_over_only_its_first_words_are_read() {
        let book = Book::new();
        let pcm = book.say("order more coffee");

        assert_eq!(book.read(&pcm[..6_000]), "order");
        assert_eq!(book.read(&pcm[..10_000]), "order more");
    }
}
