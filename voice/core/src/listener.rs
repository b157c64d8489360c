//! Everything between a microphone and the turns of a person, in one thing: what an ear worker holds for each stream.

mod second;

use std::collections::VecDeque;

use second::Second;

use crate::ear::{Ear, EarEffect, EarInput, Gate};
use crate::engines::HighPass;
use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx, samples};
use crate::ports::{EchoCanceller, EchoState, SpeechProb, VoiceActivity, Wake, WakeWord};
use crate::utterance::Care;

/// The detector of wake words hears from so long before the first hint of voice until so long after the last, in
/// milliseconds. In silence it costs nothing.
const WAKE_AROUND_MS: u64 = 1_000;
/// Voice is hinted at from this probability on.
const WAKE_HINT: f32 = 0.3;

/// High-pass, echo canceller, voice activity, wake word and [`Ear`] of one stream.
#[derive(Debug)]
pub struct Listener {
    filter: HighPass,
    echo: Box<dyn EchoCanceller>,
    vad: Box<dyn VoiceActivity>,
    wake: Option<Waker>,
    ear: Ear,
    clean: Frame,
    second: Second,
    speech: Option<SpeechProb>,
}

impl Listener {
    /// A listener that has heard nothing.
    pub fn new(
        echo: Box<dyn EchoCanceller>,
        vad: Box<dyn VoiceActivity>,
        wake: Option<Box<dyn WakeWord>>,
        ear: Ear,
    ) -> Self {
        Self {
            filter: HighPass::default(),
            echo,
            vad,
            wake: wake.map(Waker::new),
            ear,
            clean: Frame::silence(SampleIdx::ZERO),
            second: Second::default(),
            speech: None,
        }
    }

    /// 10 ms of the microphone and what was played at the same time; silence where nothing was. Frames come in order; what
    /// is missing is told by [`Listener::gap`] first.
    pub fn hear(&mut self, capture: &Frame, render: &Frame) -> Vec<EarEffect> {
        let mut filtered = capture.clone();
        self.filter.filter(&mut filtered);
        self.echo.render(render);
        self.echo.capture(&filtered, &mut self.clean);
        let speech = self.vad.push(&self.clean);
        self.speech = speech.or(self.speech);
        // Where nobody has to say it, it costs nothing. What the detector missed is a gap to it afterwards.
        let wake = self
            .wake
            .as_mut()
            .filter(|_| self.ear.config().gate == Gate::Wake);
        let woken = wake.and_then(|wake| wake.push(&self.clean, speech));
        let mut out = self.ear.step(EarInput::Frame(&self.clean, speech));
        if let Some(wake) = woken {
            out.extend(self.ear.step(EarInput::Wake(wake)));
        }
        // What is said to an open approval is kept once.
        let is_ordinary = self.ear.care() == Care::Ordinary;
        let subtracted = self.echo.subtracted().filter(|_| is_ordinary);
        let voice = self.ear.voice().map(|(_, from, _)| from);
        self.second.push(subtracted, voice);
        out
    }

    /// What was heard between two places with our echo only subtracted ([`EchoCanceller::subtracted`]). `None`: it is not kept, because
    /// there was no echo, nobody began to speak just now, or an approval is open.
    pub fn subtracted(&self, from: SampleIdx, to: SampleIdx) -> Option<Vec<i16>> {
        self.second.between(from, to)
    }

    /// So many samples are missing before the next frame. None: what is played lies otherwise beside what is heard from now on.
    pub fn gap(&mut self, samples: u64) -> Vec<EarEffect> {
        self.echo.reset();
        self.second.clear();
        if samples == 0 {
            return Vec::new();
        }
        self.vad.reset();
        self.filter = HighPass::default();
        if let Some(wake) = &mut self.wake {
            wake.reset();
        }
        self.ear.step(EarInput::Gap { samples })
    }

    /// Anything else that the ear is told.
    pub fn tell(&mut self, input: EarInput<'_>) -> Vec<EarEffect> {
        self.ear.step(input)
    }

    /// The ear.
    pub fn ear(&self) -> &Ear {
        &self.ear
    }

    /// The ear, to configure it.
    pub fn ear_mut(&mut self) -> &mut Ear {
        &mut self.ear
    }

    /// The last 10 ms behind the canceller.
    pub fn clean(&self) -> &Frame {
        &self.clean
    }

    /// What the detector of voice said last.
    pub fn speech(&self) -> Option<SpeechProb> {
        self.speech
    }

    /// What the canceller knows of itself.
    pub fn echo(&self) -> EchoState {
        self.echo.state()
    }
}

/// Lets a detector of wake words hear only what lies around voice.
#[derive(Debug)]
struct Waker {
    wake: Box<dyn WakeWord>,
    before: VecDeque<Frame>,
    until: SampleIdx,
}

impl Waker {
    fn new(wake: Box<dyn WakeWord>) -> Self {
        Self {
            wake,
            before: VecDeque::new(),
            until: SampleIdx::ZERO,
        }
    }

    fn reset(&mut self) {
        self.wake.reset();
        self.before.clear();
        self.until = SampleIdx::ZERO;
    }

    fn push(&mut self, frame: &Frame, speech: Option<SpeechProb>) -> Option<Wake> {
        if speech.is_some_and(|speech| speech.p >= WAKE_HINT) {
            self.until = frame.end().plus_ms(WAKE_AROUND_MS);
        }
        if frame.first >= self.until {
            if self.before.len() as u64 >= samples(WAKE_AROUND_MS) / FRAME_SAMPLES as u64 {
                self.before.pop_front();
            }
            self.before.push_back(frame.clone());
            return None;
        }
        if !self.before.is_empty() {
            // What it did not hear in between is a gap to it.
            self.wake.reset();
        }
        let mut found = None;
        for early in self.before.drain(..) {
            found = self.wake.push(&early).or(found);
        }
        self.wake.push(frame).or(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::ear::{EarConfig, Listen};
    use crate::ports::Passthrough;

    /// Passes everything on, and has a second sound of it that is half as loud.
    #[derive(Debug, Default)]
    struct Halved(Option<Frame>);

    impl EchoCanceller for Halved {
        fn name(&self) -> &'static str {
            "halved"
        }

        fn render(&mut self, _: &Frame) {}

        fn capture(&mut self, frame: &Frame, out: &mut Frame) {
            out.clone_from(frame);
            let mut half = frame.clone();
            half.pcm = half.pcm.map(|sample| sample / 2.0);
            self.0 = Some(half);
        }

        fn subtracted(&self) -> Option<&Frame> {
            self.0.as_ref()
        }

        fn state(&self) -> EchoState {
            EchoState::default()
        }

        fn reset(&mut self) {}
    }

    #[test]
    fn what_was_only_subtracted_is_kept_for_a_moment_and_never_of_an_open_approval() {
        let ear = Ear::new(EarConfig::default());
        let mut listener = Listener::new(Box::new(Halved::default()), Box::new(Loud), None, ear);
        let mut at = SampleIdx::ZERO;
        let mut hear = |listener: &mut Listener| {
            for _ in 0..20 {
                let mut frame = Frame::silence(at);
                frame.pcm = std::array::from_fn(|n| if n % 2 == 0 { 0.5 } else { -0.5 });
                at = frame.end();
                listener.hear(&frame, &Frame::silence(frame.first));
            }
            at
        };

        let end = hear(&mut listener);
        let kept = listener.subtracted(SampleIdx::from_ms(100), end).unwrap();
        assert_eq!(kept.len(), 1_600);
        let loud = kept[800].abs();
        assert!((7_900..8_400).contains(&loud), "{loud}");

        listener.tell(EarInput::Listen(Listen {
            care: Care::Sealed,
            ..Listen::default()
        }));
        let end = hear(&mut listener);
        assert_eq!(listener.subtracted(SampleIdx::from_ms(300), end), None);
        assert_eq!(
            listener.subtracted(SampleIdx::from_ms(100), SampleIdx::from_ms(200)),
            None
        );
    }

    /// Believes in whatever is loud.
    #[derive(Debug)]
    struct Loud;

    impl VoiceActivity for Loud {
        fn name(&self) -> &'static str {
            "loud"
        }

        fn push(&mut self, frame: &Frame) -> Option<SpeechProb> {
            let p = if frame.rms() > 0.01 { 0.9 } else { 0.0 };
            Some(SpeechProb {
                p,
                end: frame.end(),
            })
        }

        fn reset(&mut self) {}
    }

    /// Counts what it hears and is woken by the 60th loud frame.
    #[derive(Debug)]
    struct Sixtieth {
        heard: Arc<AtomicUsize>,
        loud: usize,
    }

    impl WakeWord for Sixtieth {
        fn name(&self) -> &'static str {
            "sixtieth"
        }

        fn phrases(&self) -> Vec<Arc<str>> {
            vec!["hey".into()]
        }

        fn push(&mut self, frame: &Frame) -> Option<Wake> {
            self.heard.fetch_add(1, Ordering::Relaxed);
            self.loud += usize::from(frame.rms() > 0.01);
            (self.loud == 60).then(|| {
                self.loud = 0;
                Wake {
                    phrase: "hey".into(),
                    score: 0.99,
                    end: frame.end(),
                }
            })
        }

        fn reset(&mut self) {}
    }

    #[test]
    fn the_wake_word_is_listened_for_around_voice_only() {
        let heard = Arc::new(AtomicUsize::new(0));
        let wake = Sixtieth {
            heard: Arc::clone(&heard),
            loud: 0,
        };
        let config = EarConfig {
            gate: Gate::Wake,
            ..EarConfig::default()
        };
        let mut listener = Listener::new(
            Box::new(Passthrough),
            Box::new(Loud),
            Some(Box::new(wake)),
            Ear::new(config),
        );
        let mut told = Vec::new();
        let silence = Frame::silence(SampleIdx::ZERO);
        for n in 0..1_000_u64 {
            let mut frame = Frame::silence(SampleIdx::from_ms(n * 10));
            let is_loud = (500..700).contains(&n);
            for (sample, k) in frame.pcm.iter_mut().zip(0_u16..) {
                *sample = if is_loud {
                    0.2 * (f32::from(k) * 0.7).sin()
                } else {
                    0.0
                };
            }
            told.extend(listener.hear(&frame, &silence));
        }

        // One second before, two seconds of voice, one second after.
        let heard = heard.load(Ordering::Relaxed);
        assert!((395..=405).contains(&heard), "{heard}");
        assert!(matches!(told[0], EarEffect::Woken { .. }));
        // It is called a second time, still in the same breath: what came before is not for us.
        let starts = told
            .iter()
            .filter(|e| matches!(e, EarEffect::Started { .. }))
            .count();
        assert!(starts >= 1, "{told:?}");
    }
}
