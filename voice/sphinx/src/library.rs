use std::ffi::{c_char, c_int, c_void};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What to type where the library is missing or a foreign one.
pub const REMEDY: &str = "on Debian and Ubuntu: apt-get install libpocketsphinx3 pocketsphinx-en-us (version 0.8+5prealpha)";

/// Where the loader looks, the one with the right interface first.
const NAMES: &[&str] = &[
    "libpocketsphinx.so.3",
    "libpocketsphinx.so",
    "libpocketsphinx.dylib",
];

/// What the library must have, beside the functions that are called: `ps_start_stream` came with the interface that this
/// crate speaks.
const NEEDED: &[&[u8]] = &[b"ps_start_stream\0"];

/// What only its neighbours have: 5.x configures by `ps_config_*`; 0.8 and older hand an utterance id around.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"ps_config_init\0", "it is version 5 or later"),
    (b"ps_get_uttid\0", "it is version 0.8 or older"),
];

/// An opaque C object.
pub(crate) type Opaque = c_void;

/// The functions, with the types of `pocketsphinx.h`, `cmd_ln.h` and `err.h` of 0.8+5prealpha (`int32` is `int` there).
pub(crate) struct Functions {
    pub(crate) args: unsafe extern "C" fn() -> *const Opaque,
    pub(crate) parse: unsafe extern "C" fn(
        *mut Opaque,
        *const Opaque,
        c_int,
        *mut *mut c_char,
        c_int,
    ) -> *mut Opaque,
    pub(crate) free_settings: unsafe extern "C" fn(*mut Opaque) -> c_int,
    pub(crate) init: unsafe extern "C" fn(*mut Opaque) -> *mut Opaque,
    pub(crate) start: unsafe extern "C" fn(*mut Opaque) -> c_int,
    pub(crate) process: unsafe extern "C" fn(*mut Opaque, *const i16, usize, c_int, c_int) -> c_int,
    pub(crate) end: unsafe extern "C" fn(*mut Opaque) -> c_int,
    pub(crate) hypothesis: unsafe extern "C" fn(*mut Opaque, *mut c_int) -> *const c_char,
    pub(crate) free: unsafe extern "C" fn(*mut Opaque) -> c_int,
    /// `FILE *` of this thread, for what is written past the callback; null: nothing.
    pub(crate) set_log_file: unsafe extern "C" fn(*mut c_void),
    set_log: unsafe extern "C" fn(*const c_void, *mut c_void),
}

/// The opened library. It stays open as long as somebody holds it.
pub struct Library {
    pub(crate) functions: Functions,
    /// Making and freeing decoders one at a time: the library counts references to shared tables without locks.
    pub(crate) making: Mutex<()>,
    // Keeps the code in memory; dropped last.
    _code: libloading::Library,
}

/// Why the library cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not on this machine.
    #[error("PocketSphinx is not installed")]
    Missing,
    /// A library of that name is there, but its functions take other arguments.
    #[error("the library `{name}` cannot be used: {why}")]
    Foreign {
        /// What was opened.
        name: String,
        /// What gave it away.
        why: String,
    },
}

impl OpenError {
    /// What can be done.
    pub fn hint(&self) -> &'static str {
        REMEDY
    }
}

impl Library {
    /// Opens the library of the system.
    pub fn open() -> Result<Arc<Self>, OpenError> {
        let mut error = OpenError::Missing;
        for name in NAMES {
            match Self::open_at(Path::new(name)) {
                Err(OpenError::Missing) => {}
                Err(foreign) => error = foreign,
                Ok(library) => return Ok(library),
            }
        }
        Err(error)
    }

    /// Opens a library by its file, or by its name where the loader of the system looks for it.
    pub fn open_at(path: &Path) -> Result<Arc<Self>, OpenError> {
        // SAFETY: opening runs the initialisers of the library and of sphinxbase; they only set up their own tables. A file
        // that is another library altogether is code that somebody put where the loader of the system looks.
        let code = unsafe { libloading::Library::new(path) }.map_err(|_| OpenError::Missing)?;
        let foreign = |why: String| OpenError::Foreign {
            name: path.display().to_string(),
            why,
        };
        for (name, why) in FOREIGN {
            if has(&code, name) {
                return Err(foreign((*why).to_owned()));
            }
        }
        for name in NEEDED {
            if !has(&code, name) {
                return Err(foreign(lacks(name)));
            }
        }
        let functions = Functions::find(&code).map_err(foreign)?;
        // SAFETY: `err_set_callback` of sphinxbase takes a callback or null, and null means that nothing is logged. What the
        // library would log holds words that were heard.
        unsafe { (functions.set_log)(std::ptr::null(), std::ptr::null_mut()) };
        Ok(Arc::new(Self {
            functions,
            making: Mutex::new(()),
            _code: code,
        }))
    }
}

impl Functions {
    fn find(code: &libloading::Library) -> Result<Self, String> {
        // Each field's type says which function it is.
        Ok(Self {
            args: symbol(code, b"ps_args\0")?,
            parse: symbol(code, b"cmd_ln_parse_r\0")?,
            free_settings: symbol(code, b"cmd_ln_free_r\0")?,
            init: symbol(code, b"ps_init\0")?,
            start: symbol(code, b"ps_start_utt\0")?,
            process: symbol(code, b"ps_process_raw\0")?,
            end: symbol(code, b"ps_end_utt\0")?,
            hypothesis: symbol(code, b"ps_get_hyp\0")?,
            free: symbol(code, b"ps_free\0")?,
            set_log_file: symbol(code, b"err_set_logfp\0")?,
            set_log: symbol(code, b"err_set_callback\0")?,
        })
    }
}

fn has(code: &libloading::Library, name: &[u8]) -> bool {
    // SAFETY: only the address is looked up; nothing is called or read through it.
    unsafe { code.get::<*const c_void>(name) }.is_ok()
}

/// Looks a function up as the type of the field that it goes into.
fn symbol<T: Copy>(code: &libloading::Library, name: &[u8]) -> Result<T, String> {
    // SAFETY: the caller's field gives the function the type that the header of 0.8+5prealpha declares, and `FOREIGN` and
    // `NEEDED` have made sure that it is this version. The pointer does not outlive `code`: both lie in `Library`.
    unsafe { code.get::<T>(name) }
        .map(|found| *found)
        .map_err(|_| lacks(name))
}

fn lacks(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    format!("it has no `{}`", name.trim_end_matches('\0'))
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Library(PocketSphinx)")
    }
}
