use std::ffi::{CStr, CString, c_char, c_int};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::{Arc, PoisonError};

use crate::library::{Library, Opaque};

/// How much less likely than the best path one may be and still be followed: of states, of phones, of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beams {
    /// The library's own (1e-48, 1e-48, 7e-29).
    #[default]
    Usual,
    /// 1e-90, 1e-90, 1e-60: the right words are not given up early where somebody has an accent or it is not quiet. The search costs
    /// twice as much; still wider ones found nothing more. docs/voice-figures.md has what they were chosen from.
    Wide,
}

impl Beams {
    fn arguments(self) -> &'static [&'static CStr] {
        match self {
            Self::Usual => &[],
            Self::Wide => &[c"-beam", c"1e-90", c"-pbeam", c"1e-90", c"-wbeam", c"1e-60"],
        }
    }
}

/// What a decoder is made from. All files are read when it is made and not looked at again.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Folder of the acoustic model.
    pub acoustic_model: &'a Path,
    /// Dictionary of pronunciations: a word and its phones in each line. It must have every word of the grammar.
    pub dictionary: &'a Path,
    /// Grammar in JSGF.
    pub grammar: &'a Path,
    /// How far it searches.
    pub beams: Beams,
}

/// What was understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Heard {
    /// Words in lower case, divided by one space.
    pub text: String,
    /// Logarithm of the likelihood of the path, in the library's own steps; it grows with the length. Divided by the length it
    /// tells forced results from true ones better than nothing: with a grammar of ten words and a clear synthetic voice it was
    /// -13 to -24 for 10 ms of what was in the grammar, and -29 to -50 of what was forced into it. (The library's posterior,
    /// `ps_get_prob`, is 0 for both, which is why it is not asked.)
    pub score: i32,
}

impl fmt::Debug for Heard {
    /// Tells sizes, never words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heard({} characters)", self.text.chars().count())
    }
}

/// Why a decoder does nothing. Never carries what was heard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecoderError {
    /// A file is not there. The library would end the whole process for some of them, so they are looked for first.
    #[error("`{path}` is missing")]
    NoFile {
        /// Which one.
        path: PathBuf,
    },
    /// The library does not take the model, the dictionary or the grammar.
    #[error("PocketSphinx takes no such model, dictionary or grammar")]
    Refused,
    /// A call for which the decoder is not in the right state, or which failed inside of the library.
    #[error("PocketSphinx failed to {step}")]
    Failed {
        /// What it was to do.
        step: &'static str,
    },
}

/// A decoder with its model, dictionary and grammar. It understands one utterance at a time.
pub struct Decoder {
    raw: NonNull<Opaque>,
    library: Arc<Library>,
    is_listening: bool,
}

// SAFETY: a decoder holds no thread-local state and no other decoder's memory; the library forbids only that two threads use
// one decoder at the same time, which `&mut self` rules out. Making and freeing them is serialised by `Library::making`.
unsafe impl Send for Decoder {}

impl Decoder {
    /// Makes a decoder: some 50 to 250 ms, most of it for the acoustic model.
    pub fn new(library: &Arc<Library>, settings: &Settings<'_>) -> Result<Self, DecoderError> {
        for path in [
            &settings.acoustic_model.join("mdef"),
            settings.dictionary,
            settings.grammar,
        ] {
            if !path.is_file() {
                let path = path.to_owned();
                return Err(DecoderError::NoFile { path });
            }
        }
        let words = [
            Some(c"pocketsphinx".to_owned()),
            Some(c"-hmm".to_owned()),
            text(settings.acoustic_model),
            Some(c"-dict".to_owned()),
            text(settings.dictionary),
            Some(c"-jsgf".to_owned()),
            text(settings.grammar),
        ];
        let beams = settings.beams.arguments().iter();
        let beams = beams.map(|word| Some((*word).to_owned()));
        let words: Option<Vec<CString>> = words.into_iter().chain(beams).collect();
        let words = words.ok_or(DecoderError::Refused)?;
        let mut argv: Vec<*mut c_char> = words.iter().map(|w| w.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(argv.len()).map_err(|_| DecoderError::Refused)?;

        let making = library.making.lock();
        let _making = making.unwrap_or_else(PoisonError::into_inner);
        let functions = &library.functions;
        // SAFETY: null is the documented way to say that this thread writes no log; a configuration would print itself.
        unsafe { (functions.set_log_file)(std::ptr::null_mut()) };
        // SAFETY: takes nothing and gives a table that lives as long as the library.
        let known = unsafe { (functions.args)() };
        // SAFETY: `known` is such a table; `argv` holds `count` strings that end in zero and outlive the call, which copies
        // what it keeps and writes to none of them; null asks for a new configuration; 1 refuses unknown arguments.
        let parsed =
            unsafe { (functions.parse)(std::ptr::null_mut(), known, count, argv.as_mut_ptr(), 1) };
        let parsed = NonNull::new(parsed).ok_or(DecoderError::Refused)?;
        // SAFETY: `parsed` is a configuration that nobody else has. The decoder keeps a reference of its own to it.
        let raw = unsafe { (functions.init)(parsed.as_ptr()) };
        // SAFETY: gives back our reference, the only one if `init` failed; `parsed` is not used again.
        unsafe { (functions.free_settings)(parsed.as_ptr()) };
        Ok(Self {
            raw: NonNull::new(raw).ok_or(DecoderError::Refused)?,
            library: Arc::clone(library),
            is_listening: false,
        })
    }

    /// Begins an utterance; what is left of the last one is forgotten.
    pub fn start(&mut self) -> Result<(), DecoderError> {
        if self.is_listening {
            self.end()?;
        }
        // SAFETY: `raw` is a living decoder that is ours alone, and no utterance is open.
        let answer = unsafe { (self.library.functions.start)(self.raw.as_ptr()) };
        check(answer, "begin an utterance")?;
        self.is_listening = true;
        Ok(())
    }

    /// Hears more sound: mono, 16 kHz. Costs some 3 % of the time that it lasts, more in noise.
    pub fn feed(&mut self, pcm: &[i16]) -> Result<(), DecoderError> {
        if !self.is_listening {
            return Err(DecoderError::Failed { step: "hear" });
        }
        if pcm.is_empty() {
            return Ok(());
        }
        // SAFETY: `raw` is ours and an utterance is open; the samples are read during the call only; 0, 0: search at once, and
        // more may come.
        let answer = unsafe {
            (self.library.functions.process)(self.raw.as_ptr(), pcm.as_ptr(), pcm.len(), 0, 0)
        };
        check(answer, "hear")
    }

    /// Hears all of an utterance at once: nothing may come before or behind it. How loud the sound and the room are is then taken from
    /// the utterance itself; in pieces the library believes what it was told ahead, and learns slowly.
    pub fn feed_whole(&mut self, pcm: &[i16]) -> Result<(), DecoderError> {
        if !self.is_listening {
            return Err(DecoderError::Failed { step: "hear" });
        }
        if pcm.is_empty() {
            return Ok(());
        }
        // SAFETY: as in `feed`; 0, 1: search at once, and this is the whole utterance.
        let answer = unsafe {
            (self.library.functions.process)(self.raw.as_ptr(), pcm.as_ptr(), pcm.len(), 0, 1)
        };
        check(answer, "hear")
    }

    /// What is understood so far: a guess, which need not fit the grammar yet.
    pub fn so_far(&mut self) -> Option<Heard> {
        self.heard()
    }

    /// Ends the utterance. `None`: there was no speech, or it does not fit the grammar.
    pub fn finish(&mut self) -> Result<Option<Heard>, DecoderError> {
        if !self.is_listening {
            return Err(DecoderError::Failed { step: "end" });
        }
        self.end()?;
        Ok(self.heard())
    }

    fn end(&mut self) -> Result<(), DecoderError> {
        self.is_listening = false;
        // SAFETY: `raw` is ours and an utterance is open.
        let answer = unsafe { (self.library.functions.end)(self.raw.as_ptr()) };
        check(answer, "end an utterance")
    }

    fn heard(&mut self) -> Option<Heard> {
        let mut score = 0;
        // SAFETY: `raw` is ours and at least one utterance was begun, or the answer is null; `score` outlives the call.
        let found =
            unsafe { (self.library.functions.hypothesis)(self.raw.as_ptr(), &raw mut score) };
        if found.is_null() {
            return None;
        }
        // SAFETY: not null, and then a string that ends in zero and lives until the decoder is used again: it is copied here.
        let text = unsafe { CStr::from_ptr(found) }
            .to_string_lossy()
            .into_owned();
        (!text.is_empty()).then_some(Heard { text, score })
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let making = self.library.making.lock();
        let _making = making.unwrap_or_else(PoisonError::into_inner);
        // SAFETY: our reference, the only one there is; not used again.
        unsafe { (self.library.functions.free)(self.raw.as_ptr()) };
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder(listening: {})", self.is_listening)
    }
}

fn check(answer: c_int, step: &'static str) -> Result<(), DecoderError> {
    if answer < 0 {
        return Err(DecoderError::Failed { step });
    }
    Ok(())
}

fn text(path: &Path) -> Option<CString> {
    CString::new(path.as_os_str().as_bytes()).ok()
}
