//! What the pipeline needs of engines. Object-safe, without an async runtime and without a clock.

mod batch;
mod echo;
mod fault;
mod grammar;
mod known;
mod speaker;
mod speech;
mod text;
mod vad;
mod wake;

pub use batch::BatchStream;
pub use echo::{EchoCanceller, EchoPath, EchoState, Passthrough};
pub use fault::{EngineFault, Retry};
pub use grammar::{CLOSED_PHRASES_MAX, Grammar, GrammarError, Hints, VOCABULARY_MAX, spoken_name};
pub use known::{Compared, KnownVoice, Prints, UnreadablePrint};
pub use speaker::{
    PRINT_VALUES_MAX, Print, PrintError, Score, SpeakerError, SpeakerInfo, SpeakerScore,
};
pub use speech::{
    Chunk, Chunks, Pace, SENTENCE_CHARS_MAX, Sentence, SentenceError, TextToSpeech, TtsError,
    TtsInfo, Voice, WordAt,
};
pub use text::{
    Deadline, Hypothesis, NBEST_MAX, Partial, Reach, SpeechToText, Stop, SttError, SttInfo,
    SttStream, Transcript, WordTime,
};
pub use vad::{SpeechProb, VoiceActivity};
pub use wake::{WAKE_REFRACTORY_MS, Wake, WakeWord};
