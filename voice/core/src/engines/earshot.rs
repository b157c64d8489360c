use std::fmt;

use earshot::{DefaultPredictor, Detector};

use crate::frame::{FRAME_SAMPLES, Frame, SampleIdx};
use crate::ports::{SpeechProb, VoiceActivity};

/// Samples of the blocks that the detector judges: 16 ms.
const BLOCK: usize = 256;

/// Voice activity by the small network of the crate `earshot`.
pub struct Earshot {
    detector: Box<Detector<DefaultPredictor>>,
    block: [f32; BLOCK],
    filled: usize,
}

impl Default for Earshot {
    fn default() -> Self {
        Self {
            detector: Detector::default_boxed(),
            block: [0.0; BLOCK],
            filled: 0,
        }
    }
}

impl VoiceActivity for Earshot {
    fn name(&self) -> &'static str {
        "earshot"
    }

    fn push(&mut self, frame: &Frame) -> Option<SpeechProb> {
        let mut found = None;
        for (n, sample) in frame.pcm.iter().enumerate() {
            if let Some(slot) = self.block.get_mut(self.filled) {
                // The detector is made for numbers in this range.
                *slot = if sample.is_finite() {
                    sample.clamp(-1.0, 1.0)
                } else {
                    0.0
                };
            }
            self.filled += 1;
            if self.filled == BLOCK {
                self.filled = 0;
                let p = self.detector.predict_f32(&self.block);
                found = Some(SpeechProb {
                    p: if p.is_finite() {
                        p.clamp(0.0, 1.0)
                    } else {
                        0.0
                    },
                    end: place(frame.first, n),
                });
            }
        }
        found
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.filled = 0;
    }
}

fn place(first: SampleIdx, n: usize) -> SampleIdx {
    first.plus(n.min(FRAME_SAMPLES) as u64 + 1)
}

impl fmt::Debug for Earshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Earshot")
    }
}
