//! From sentences to sound, and from what was played back to what was heard.

use errand_voice_core::{
    Generation, Hidden, ItemId, MouthEffect, MouthInput, Pace, Sentence, Sentences, TurnId, WordAt,
};

use super::{Talker, TalkerEffect};
use crate::config::Playback;
use crate::event::{Cause, VoiceEvent};
use crate::tone;

/// Sentences that wait beyond those of the mouth; what comes on top is shown.
const BACKLOG_MAX: usize = 32;
/// A tone is no sentence; it is made of this, and nobody sees it.
const TONE: &str = "tone";

impl Talker {
    /// Begins to say something.
    pub(super) fn begin_item(&mut self, cause: Cause, turn: Option<TurnId>) -> ItemId {
        let item = self.voicing.items.begin(cause, turn);
        self.tell(VoiceEvent::ItemStarted { item, cause });
        item
    }

    /// Says a sentence of an item, or shows it where it cannot be said.
    pub(super) fn say(&mut self, item: ItemId, sentence: Sentence) {
        let cause = self.voicing.items.get(item).map(|kept| kept.cause);
        if cause != Some(Cause::Waiting) {
            self.waits.said(self.now());
        }
        let is_full = self.voicing.backlog.len() >= BACKLOG_MAX;
        if !self.speaks || is_full {
            self.unspoken(item, &sentence);
            return;
        }
        self.voicing.backlog.push_back((item, sentence));
        self.voice_on();
    }

    fn unspoken(&mut self, item: ItemId, sentence: &Sentence) {
        let Some(kept) = self.voicing.items.get(item) else {
            return;
        };
        kept.is_cut = true;
        if !kept.is_tone {
            let text = kept.shown(sentence.as_str());
            self.tell(VoiceEvent::Unspoken { item, text });
        }
    }

    /// No more sentences of an item follow.
    pub(super) fn close_item(&mut self, item: ItemId) {
        if let Some(item) = self.voicing.items.get(item) {
            item.is_open = false;
        }
        self.items_on();
    }

    /// A whole item of our own words.
    pub(super) fn say_text(&mut self, cause: Cause, turn: Option<TurnId>, text: &str) -> ItemId {
        let item = self.begin_item(cause, turn);
        for sentence in Sentences::of(self.config.language, text) {
            self.say(item, sentence);
        }
        self.close_item(item);
        item
    }

    pub(super) fn say_all(
        &mut self,
        cause: Cause,
        turn: Option<TurnId>,
        sentences: impl IntoIterator<Item = Sentence>,
    ) -> ItemId {
        let item = self.begin_item(cause, turn);
        for sentence in sentences {
            self.say(item, sentence);
        }
        self.close_item(item);
        item
    }

    pub(super) fn say_face(&mut self, sentences: Vec<Sentence>) {
        let bounded = sentences.into_iter().take(errand_voice_core::SENTENCES_MAX);
        self.say_all(Cause::Face, None, bounded);
    }

    /// A soft tone, if nothing else is being said.
    pub(super) fn say_tone(&mut self) {
        if !self.speaks || self.voicing.is_speaking() {
            return;
        }
        let Ok(sentence) = Sentence::new(TONE) else {
            return;
        };
        let item = self.voicing.items.begin(Cause::Waiting, None);
        if let Some(kept) = self.voicing.items.get(item) {
            kept.is_tone = true;
        }
        self.voicing.backlog.push_back((item, sentence));
        self.close_item(item);
        self.voice_on();
    }

    /// Hands sentences to the mouth while it has room and nobody else speaks.
    pub(super) fn voice_on(&mut self) {
        while self.voicing.mouth.has_room()
            && !self.turns.is_somebody_speaking()
            && let Some((item, sentence)) = self.voicing.backlog.pop_front()
        {
            self.tell_mouth(MouthInput::Say { item, sentence });
        }
    }

    pub(super) fn tell_mouth(&mut self, input: MouthInput<'_>) {
        let effects = self.voicing.mouth.step(input);
        for effect in effects {
            self.on_mouth_effect(effect);
        }
        self.items_on();
    }

    fn on_mouth_effect(&mut self, effect: MouthEffect) {
        match effect {
            MouthEffect::Speak {
                item,
                generation,
                sentence,
                pace,
            } => self.on_speak(item, generation, sentence, pace),
            MouthEffect::Cancel { generation } => {
                self.out.push(TalkerEffect::StopSpeak { generation });
            }
            MouthEffect::Play {
                item,
                generation,
                pcm,
            } => self.on_play(item, generation, pcm),
            MouthEffect::Replace { from, pcm } => match self.config.playback {
                Playback::Counted => self.tell(VoiceEvent::Replace { from, pcm }),
                Playback::Client { .. } => {
                    let item = self.voicing.item;
                    self.tell(VoiceEvent::Flush { item });
                }
            },
            MouthEffect::Full { item, sentence } => {
                self.voicing.backlog.push_front((item, sentence));
            }
            MouthEffect::Heard {
                item,
                text,
                is_whole,
            } => {
                let Some(kept) = self.voicing.items.get(item) else {
                    return;
                };
                kept.hear(text.as_str());
                kept.is_cut |= !is_whole;
                let (is_tone, text) = (kept.is_tone, kept.shown(text.as_str()));
                if !is_tone {
                    self.tell(VoiceEvent::Heard {
                        item,
                        text,
                        is_whole,
                    });
                }
            }
            MouthEffect::Unspoken { item, sentence } => self.unspoken(item, &sentence),
            MouthEffect::Silent => self.on_silent(),
        }
    }

    fn on_speak(&mut self, item: ItemId, generation: Generation, sentence: Sentence, pace: Pace) {
        let items = &mut self.voicing.items;
        items.speak(item, generation, &sentence, pace);
        if items.get(item).is_some_and(|kept| kept.is_tone) {
            let pcm = tone::waiting(self.config.playback_hz);
            self.on_sound(generation, &pcm, &[]);
            self.on_sound_end(generation, true);
            return;
        }
        self.out.push(TalkerEffect::Speak {
            item,
            generation,
            sentence,
            voice: self.config.voice.clone(),
            pace,
        });
    }

    fn on_play(&mut self, item: ItemId, generation: Generation, pcm: errand_voice_core::Pcm) {
        let count = pcm.samples().len() as u64;
        let text = self.voicing.items.sent(generation, count);
        let kept = self.voicing.items.get(item);
        let (is_tone, turn, is_secret, text) = match kept {
            Some(kept) => {
                let shown = text.as_ref().map(|text| kept.shown(text));
                let is_secret = shown.as_ref().map(Hidden::as_str) != text.as_deref();
                (kept.is_tone, kept.turn, is_secret, shown)
            }
            None => (true, None, false, None),
        };
        if self.voicing.item != Some(item) {
            self.voicing.item = Some(item);
            self.voicing.item_from = self.voicing.mouth.sent().saturating_sub(count);
        }
        if let Some(text) = text.filter(|_| !is_tone) {
            self.tell(VoiceEvent::Sentence {
                item,
                text,
                is_secret,
            });
        }
        self.time_out(turn);
        let item = (!is_tone).then_some(item);
        self.tell(VoiceEvent::Play { item, pcm });
    }

    pub(super) fn on_sound(&mut self, generation: Generation, pcm: &[i16], words: &[WordAt]) {
        self.voicing
            .items
            .sound(generation, pcm.len() as u64, words);
        self.time_ready(generation);
        self.tell_mouth(MouthInput::Sound {
            generation,
            pcm,
            words,
        });
    }

    pub(super) fn on_sound_end(&mut self, generation: Generation, is_whole: bool) {
        if is_whole {
            self.voicing.items.complete(generation);
        }
        self.tell_mouth(MouthInput::SoundEnd {
            generation,
            is_whole,
        });
    }

    /// Our sound stops; what was not heard was not said.
    pub(super) fn stop_speaking(&mut self) {
        let unsaid: Vec<(ItemId, Sentence)> = self.voicing.backlog.drain(..).collect();
        for (item, _) in unsaid {
            if let Some(item) = self.voicing.items.get(item) {
                item.is_cut = true;
            }
        }
        for item in self.voicing.items.iter_mut().filter(|i| !i.is_done) {
            item.is_open = false;
            item.is_cut = true;
        }
        self.telling.stopped();
        self.tell_mouth(MouthInput::Stop);
        if !self.voicing.mouth.is_speaking() {
            self.on_silent();
        }
    }

    fn on_silent(&mut self) {
        self.items_on();
        if !std::mem::replace(&mut self.voicing.is_silent, true) {
            self.tell(VoiceEvent::Silent);
        }
        let last = self.voicing.item;
        let cause = last.and_then(|item| Some(self.voicing.items.get(item)?.cause));
        if cause != Some(Cause::Waiting) {
            self.waits.said(self.now());
        }
        self.approving
            .silent(self.listener.ear().heard_until(), self.lag_ms());
    }

    /// Items that are given out whole, and items that are over.
    fn items_on(&mut self) {
        if self.voicing.mouth.is_speaking() {
            self.voicing.is_silent = false;
        }
        let mut events = Vec::new();
        let rate = u64::from(self.voicing.rate_hz).max(1);
        let voicing = &mut self.voicing;
        let heard_of = voicing.heard.saturating_sub(voicing.item_from);
        for item in voicing.items.iter_mut().filter(|i| !i.is_done) {
            let waits = voicing.backlog.iter().any(|(id, _)| *id == item.id);
            if item.is_open || waits || voicing.mouth.has_unsent(item.id) {
                continue;
            }
            if !std::mem::replace(&mut item.was_sent, true) && !item.is_tone {
                events.push(VoiceEvent::ItemSent { item: item.id });
            }
            if voicing.mouth.is_saying(item.id) {
                continue;
            }
            item.is_done = true;
            if item.is_tone {
                continue;
            }
            let sent = item.sent();
            let samples = if voicing.item == Some(item.id) {
                sent.min(heard_of)
            } else if item.is_cut && item.heard().is_empty() {
                0
            } else {
                sent
            };
            events.push(VoiceEvent::ItemDone {
                item: item.id,
                text: item.shown(item.heard()),
                heard_ms: samples.saturating_mul(1_000) / rate,
                is_whole: !item.is_cut,
            });
        }
        for event in events {
            let done = match &event {
                VoiceEvent::ItemDone { item, is_whole, .. } => Some((*item, *is_whole)),
                _ => None,
            };
            self.tell(event);
            if let Some((item, is_whole)) = done {
                self.on_item_done(item, is_whole);
            }
        }
    }
}
