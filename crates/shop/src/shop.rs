//! One open shop.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::api::call::{Answer, Call};
use crate::api::route;
use crate::books::Books;
use crate::catalog::{Catalog, CatalogError};
use crate::clock::Clock;
use crate::config::{ShopConfig, WhichShop};
use crate::faults::Faults;
use crate::ids::IdSeed;
use crate::trade::terms::{Terms, terms};

/// A shop. Cloning gives another handle on the same shop.
#[derive(Clone)]
pub struct Shop {
    inner: Arc<Inner>,
}

/// Why a shop could not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The shelves are broken.
    #[error("the shelves could not be filled: {0}")]
    Catalog(#[from] CatalogError),
    /// No such time zone on this machine.
    #[error("there is no time zone `{0}`")]
    TimeZone(String),
    /// The books could not be read.
    #[error("the books in `{dir}` could not be read: {cause}")]
    Books {
        /// Folder of the books.
        dir: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

/// What does not change while the shop is open, and the two locks around what does. Where both
/// are taken, `faults` comes first.
pub(crate) struct Inner {
    pub(crate) which: WhichShop,
    pub(crate) terms: &'static Terms,
    pub(crate) base_url: String,
    pub(crate) page_url: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) seed: IdSeed,
    pub(crate) zone: TimeZone,
    pub(crate) admin: bool,
    pub(crate) payment_hold: Duration,
    pub(crate) catalog: Catalog,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) books: Mutex<Books>,
    pub(crate) faults: Mutex<Faults>,
}

impl Shop {
    /// Opens a shop: fills the shelves, and reads the books when there is a folder for them.
    ///
    /// # Errors
    /// [`OpenError`] when the time zone is unknown or the books cannot be read.
    pub fn open(config: ShopConfig) -> Result<Self, OpenError> {
        let catalog = Catalog::load(config.which)?;
        let zone = if config.timezone == "UTC" {
            TimeZone::UTC
        } else {
            TimeZone::get(&config.timezone)
                .map_err(|_| OpenError::TimeZone(config.timezone.clone()))?
        };
        let books = match &config.data_dir {
            None => Books::default(),
            Some(dir) => {
                Books::read(dir, config.which.slug()).map_err(|cause| OpenError::Books {
                    dir: dir.clone(),
                    cause,
                })?
            }
        };
        let inner = Inner {
            which: config.which,
            terms: terms(config.which),
            page_url: config.page_url.unwrap_or_else(|| config.base_url.clone()),
            base_url: config.base_url,
            clock: config.clock,
            seed: config.ids,
            zone,
            admin: config.admin,
            payment_hold: config.payment_hold,
            catalog,
            data_dir: config.data_dir,
            books: Mutex::new(books),
            faults: Mutex::new(Faults::default()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Answers one request. Never blocks on anything but the books' file.
    pub fn answer(&self, call: &Call<'_>) -> Answer {
        route::answer(&self.inner, call)
    }

    /// Which merchant this is.
    pub fn which(&self) -> WhichShop {
        self.inner.which
    }

    /// What it sells.
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// Where it is reached.
    pub fn base_url(&self) -> &str {
        &self.inner.base_url
    }
}

impl Inner {
    pub(crate) fn lock_books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock_faults(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop")
            .field("which", &self.inner.which)
            .field("base_url", &self.inner.base_url)
            .finish_non_exhaustive()
    }
}
