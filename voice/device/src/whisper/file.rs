//! What a model file says of itself. It is walked through before the library sees it: the library takes a file that was cut
//! off for a model, and ends the process over numbers that make no sense.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

const MAGIC: u32 = 0x6767_6d6c;
/// Bytes of a block and values in it, by ggml's number of the type.
const TYPES: &[(u32, u64, u64)] = &[
    (0, 4, 1),
    (1, 2, 1),
    (2, 18, 32),
    (3, 20, 32),
    (6, 22, 32),
    (7, 24, 32),
    (8, 34, 32),
    (10, 84, 256),
    (11, 110, 256),
    (12, 144, 256),
    (13, 176, 256),
    (14, 210, 256),
];
const TENSORS_MAX: usize = 4_096;
const NAME_MAX: u32 = 128;

/// Shape of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Positions of its window of sound, 20 ms each: 1,500 in every model for people.
    pub(crate) audio_context: u32,
    /// Whether it knows more than English.
    pub(crate) is_multilingual: bool,
}

/// Reads the shape, and makes sure that the file is whole.
pub(crate) fn inspect(path: &Path) -> Result<Shape, String> {
    let file = File::open(path).map_err(|error| error.kind().to_string())?;
    let size = file
        .metadata()
        .map_err(|error| error.kind().to_string())?
        .len();
    let mut walk = Walk {
        from: BufReader::with_capacity(64 * 1024, file),
    };
    walk.whole(size).map_err(|error| match error {
        Flaw::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it ends too early".to_owned()
        }
        Flaw::Io(error) => error.kind().to_string(),
        Flaw::Says(what) => what.to_owned(),
    })
}

enum Flaw {
    Io(io::Error),
    Says(&'static str),
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Walk {
    from: BufReader<File>,
}

impl Walk {
    fn whole(&mut self, size: u64) -> Result<Shape, Flaw> {
        if self.number()? != MAGIC {
            return Err(Flaw::Says("it is no ggml model"));
        }
        let mut shape = [0; 11];
        for value in &mut shape {
            *value = self.number()?;
        }
        let [
            words,
            audio_context,
            state,
            heads,
            layers,
            text,
            text_state,
            text_heads,
            text_layers,
            mels,
            _,
        ] = shape;
        let is_plausible = (51_864..=51_866).contains(&words)
            && (1..=1_500).contains(&audio_context)
            && (1..=2_048).contains(&text)
            && [state, text_state].iter().all(|s| (16..=4_096).contains(s))
            && [heads, text_heads].iter().all(|h| (1..=64).contains(h))
            && [layers, text_layers].iter().all(|l| (1..=64).contains(l))
            && state % heads == 0
            && text_state % text_heads == 0
            && (mels == 80 || mels == 128);
        if !is_plausible {
            return Err(Flaw::Says("it is no speech model"));
        }
        self.filters(mels)?;
        self.vocabulary()?;
        self.tensors(size)?;
        Ok(Shape {
            audio_context,
            is_multilingual: words > 51_864,
        })
    }

    fn filters(&mut self, mels: u32) -> Result<(), Flaw> {
        if (self.number()?, self.number()?) != (mels, 201) {
            return Err(Flaw::Says("its filters do not fit"));
        }
        self.skip(u64::from(mels) * 201 * 4)
    }

    fn vocabulary(&mut self) -> Result<(), Flaw> {
        let count = self.number()?;
        if count > 51_866 {
            return Err(Flaw::Says("its vocabulary does not fit"));
        }
        for _ in 0..count {
            let length = self.number()?;
            if length > NAME_MAX {
                return Err(Flaw::Says("its vocabulary does not fit"));
            }
            self.skip(u64::from(length))?;
        }
        Ok(())
    }

    fn tensors(&mut self, size: u64) -> Result<(), Flaw> {
        for _ in 0..TENSORS_MAX {
            let at = self.from.stream_position()?;
            if at == size {
                return Ok(());
            }
            if at > size {
                break;
            }
            self.tensor()?;
        }
        // Skipping runs past the end without a word.
        Err(Flaw::Says("it ends too early"))
    }

    fn tensor(&mut self) -> Result<(), Flaw> {
        let (dimensions, length, kind) = (self.number()?, self.number()?, self.number()?);
        let known = TYPES.iter().find(|(number, ..)| *number == kind);
        let Some((_, bytes, values)) = known.filter(|_| dimensions <= 4 && length <= NAME_MAX)
        else {
            return Err(Flaw::Says("one of its tensors makes no sense"));
        };
        let mut count = 1_u64;
        for _ in 0..dimensions {
            count = count.saturating_mul(u64::from(self.number()?));
        }
        self.skip(u64::from(length))?;
        self.skip((count / values).saturating_mul(*bytes))
    }

    fn number(&mut self) -> Result<u32, Flaw> {
        let mut bytes = [0; 4];
        self.from.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Flaw> {
        let bytes =
            i64::try_from(bytes).map_err(|_| Flaw::Says("one of its tensors makes no sense"))?;
        // Small steps stay within the buffer.
        match self.from.seek_relative(bytes) {
            Ok(()) => Ok(()),
            Err(_) => Ok(self.from.seek(SeekFrom::Current(bytes)).map(|_| ())?),
        }
    }
}
