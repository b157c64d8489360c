//! What we say, item by item: what was given out of each, and what was heard of it.

use std::collections::VecDeque;
use std::fmt;

use errand_types::Language;
use errand_voice_core::{Aligner, Generation, Hidden, ItemId, Pace, Sentence, TurnId, WordAt};

use crate::event::Cause;

/// Items whose sound a client may still correct.
const ITEMS_MAX: usize = 8;
/// Sentences of one item that a client may still correct.
const LINES_MAX: usize = 32;

/// One sentence and its sound.
#[derive(Debug)]
struct Line {
    generation: Generation,
    aligner: Aligner,
    samples: u64,
    sent: u64,
    is_told: bool,
}

/// One item.
pub(super) struct Item {
    pub(super) id: ItemId,
    pub(super) cause: Cause,
    /// The turn of the person that it answers.
    pub(super) turn: Option<TurnId>,
    /// More sentences may come.
    pub(super) is_open: bool,
    /// Its sound holds the words of an approval, which no text of it may show.
    pub(super) secret: Option<Hidden>,
    /// A sound that is nothing said: nobody is told of it.
    pub(super) is_tone: bool,
    pub(super) was_sent: bool,
    pub(super) is_done: bool,
    /// A sentence was not heard to its end, or not at all.
    pub(super) is_cut: bool,
    heard: String,
    lines: Vec<Line>,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Item({:?}, {:?}, {} sentences)",
            self.id,
            self.cause,
            self.lines.len()
        )
    }
}

impl Item {
    /// A text of it as it may be shown and kept.
    pub(super) fn shown(&self, text: &str) -> Hidden {
        let Some(secret) = &self.secret else {
            return text.into();
        };
        let mut shown = text.to_owned();
        for word in secret.as_str().split_whitespace() {
            shown = without(&shown, word);
        }
        shown.into()
    }

    /// Everything that was heard of it.
    pub(super) fn heard(&self) -> &str {
        &self.heard
    }

    pub(super) fn hear(&mut self, text: &str) {
        if !self.heard.is_empty() {
            self.heard.push(' ');
        }
        self.heard.push_str(text);
    }

    /// Samples that were given out.
    pub(super) fn sent(&self) -> u64 {
        self.lines.iter().map(|line| line.sent).sum()
    }

    /// What is heard after so many samples of the item, sentence by sentence.
    fn heard_at(&self, mut samples: u64) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let part = line.aligner.heard(samples.min(line.samples));
            if !part.is_empty() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(part);
            }
            if samples < line.samples {
                break;
            }
            samples -= line.samples;
        }
        text
    }
}

/// A text without a word, whatever its case.
fn without(text: &str, word: &str) -> String {
    text.split(' ')
        .map(|part| {
            let bare = part.trim_matches(|c: char| !c.is_alphanumeric());
            if !bare.is_empty() && bare.eq_ignore_ascii_case(word) {
                part.replace(bare, "(word)")
            } else {
                part.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The items of a stream.
#[derive(Debug)]
pub(super) struct Items {
    language: Language,
    rate_hz: u32,
    next: u64,
    all: VecDeque<Item>,
}

impl Items {
    pub(super) fn new(language: Language, rate_hz: u32) -> Self {
        Self {
            language,
            rate_hz,
            next: 0,
            all: VecDeque::new(),
        }
    }

    pub(super) fn set_rate(&mut self, rate_hz: u32) {
        self.rate_hz = rate_hz;
        self.all.clear();
    }

    /// Begins an item.
    pub(super) fn begin(&mut self, cause: Cause, turn: Option<TurnId>) -> ItemId {
        self.next = self.next.saturating_add(1);
        let id = ItemId(self.next);
        while self.all.len() >= ITEMS_MAX && self.all.front().is_some_and(|i| i.is_done) {
            self.all.pop_front();
        }
        self.all.push_back(Item {
            id,
            cause,
            turn,
            is_open: true,
            secret: None,
            is_tone: false,
            was_sent: false,
            is_done: false,
            is_cut: false,
            heard: String::new(),
            lines: Vec::new(),
        });
        id
    }

    pub(super) fn get(&mut self, id: ItemId) -> Option<&mut Item> {
        self.all.iter_mut().find(|item| item.id == id)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.all.iter_mut()
    }

    /// Whether an item of a cause is under way.
    pub(super) fn is_saying(&self, cause: Cause) -> bool {
        self.all.iter().any(|i| i.cause == cause && !i.is_done)
    }

    /// The item of a sentence.
    pub(super) fn of(&self, generation: Generation) -> Option<&Item> {
        let has = |item: &&Item| item.lines.iter().any(|l| l.generation == generation);
        self.all.iter().rev().find(has)
    }

    /// The voice begins a sentence.
    pub(super) fn speak(
        &mut self,
        id: ItemId,
        generation: Generation,
        sentence: &Sentence,
        pace: Pace,
    ) {
        let (language, rate_hz) = (self.language, self.rate_hz);
        if let Some(item) = self.get(id).filter(|item| item.lines.len() < LINES_MAX) {
            item.lines.push(Line {
                generation,
                aligner: Aligner::new(sentence, language, rate_hz, pace),
                samples: 0,
                sent: 0,
                is_told: false,
            });
        }
    }

    fn line(&mut self, generation: Generation) -> Option<&mut Line> {
        self.all
            .iter_mut()
            .rev()
            .flat_map(|item| item.lines.iter_mut())
            .find(|line| line.generation == generation)
    }

    pub(super) fn sound(&mut self, generation: Generation, samples: u64, words: &[WordAt]) {
        if let Some(line) = self.line(generation) {
            line.samples = line.samples.saturating_add(samples);
            line.aligner.push(samples, words);
        }
    }

    pub(super) fn complete(&mut self, generation: Generation) {
        if let Some(line) = self.line(generation) {
            line.aligner.complete();
        }
    }

    /// So much of a sentence was given out. Tells its text the first time.
    pub(super) fn sent(&mut self, generation: Generation, samples: u64) -> Option<String> {
        let line = self.line(generation)?;
        line.sent = line.sent.saturating_add(samples);
        let is_first = !std::mem::replace(&mut line.is_told, true);
        is_first.then(|| line.aligner.text().to_owned())
    }

    /// A client tells how much of an item was heard: its words and milliseconds then.
    pub(super) fn truncate(&mut self, id: ItemId, audio_end_ms: u64) -> Option<(String, u64)> {
        let rate = u64::from(self.rate_hz).max(1);
        let item = self.get(id)?;
        let wanted = rate.saturating_mul(audio_end_ms) / 1_000;
        let samples = wanted.min(item.sent());
        let heard = item.heard_at(samples);
        item.heard.clone_from(&heard);
        item.is_cut = true;
        let heard = item.shown(&heard).into_string();
        Some((heard, samples.saturating_mul(1_000) / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> (Items, ItemId) {
        let mut items = Items::new(Language::English, 1_000);
        let id = items.begin(Cause::Answer, None);
        for (n, text) in [(1, "They fit."), (2, "The first is Sidamo.")] {
            let sentence = Sentence::new(text).unwrap();
            items.speak(id, Generation(n), &sentence, Pace::USUAL);
            items.sound(Generation(n), text.len() as u64 * 100, &[]);
            items.complete(Generation(n));
            items.sent(Generation(n), text.len() as u64 * 100);
        }
        (items, id)
    }

    #[test]
    fn what_a_client_heard_is_cut_to_whole_words_over_sentences() {
        let (mut items, id) = items();

        assert_eq!(items.truncate(id, 0), Some((String::new(), 0)));
        assert_eq!(items.truncate(id, 450), Some(("They".into(), 450)));
        assert_eq!(items.truncate(id, 900), Some(("They fit.".into(), 900)));
        assert_eq!(
            items.truncate(id, 2_000),
            Some(("They fit. The first".into(), 2_000))
        );
    }

    #[test]
    fn more_than_was_sent_counts_as_all_of_it_and_an_unknown_item_is_nothing() {
        let (mut items, id) = items();

        assert_eq!(
            items.truncate(id, 99_999),
            Some(("They fit. The first is Sidamo.".into(), 2_900))
        );
        assert_eq!(items.truncate(ItemId(77), 10), None);
    }

    #[test]
    fn no_text_of_an_item_shows_the_words_that_it_speaks() {
        let mut items = Items::new(Language::English, 1_000);
        let id = items.begin(Cause::Approval, None);
        let item = items.get(id).unwrap();
        item.secret = Some("copper meadow".into());

        let shown = item.shown("To buy, say: Copper meadow.");
        assert_eq!(shown.as_str(), "To buy, say: (word) (word).");
    }

    #[test]
    fn the_text_of_a_sentence_is_told_with_its_first_sound_only() {
        let mut items = Items::new(Language::English, 1_000);
        let id = items.begin(Cause::Answer, None);
        let sentence = Sentence::new("Bought.").unwrap();
        items.speak(id, Generation(1), &sentence, Pace::USUAL);

        assert_eq!(items.sent(Generation(1), 10).as_deref(), Some("Bought."));
        assert_eq!(items.sent(Generation(1), 10), None);
    }
}
