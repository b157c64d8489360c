use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use errand_types::{ForeignId, MerchantId};
use tantivy::directory::MmapDirectory;
use tantivy::query::{BooleanQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::ask::{Answer, Ask, Hit};
use crate::document::{Document, Key};
use crate::kin::Kin;
use crate::learn;
use crate::limits::WRITER_BYTES;
use crate::schema::{Entries, Fields, VERSION, key_term};
use crate::search::Search;
use crate::spelling::Vocabulary;

/// Name of the file that says which version wrote an index.
const VERSION_FILE: &str = "errand-index.version";
/// Share of withdrawn products from which a commit also clears them out: one in so many.
const CLEAR_FROM: u64 = 10;

/// Why the index could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Neither words nor wishes.
    #[error("nothing was asked: neither words nor wishes")]
    NothingAsked,
    /// The folder holds an index of another version; build it anew.
    #[error("the index was written by another version ({found}); build it anew")]
    Version {
        /// What the folder says.
        found: String,
    },
    /// Somebody else writes to the same index.
    #[error("the index is being written by somebody else")]
    Busy,
    /// The files do not hold what this program writes.
    #[error("the index is damaged: {0}")]
    Damaged(&'static str),
    /// A product could not be written or read.
    #[error("a product of the index is unreadable: {0}")]
    Document(#[from] serde_json::Error),
    /// Files.
    #[error("the index cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The engine.
    #[error("the index failed: {0}")]
    Engine(#[from] tantivy::TantivyError),
}

/// What was learned from the products.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) kin: Kin,
    /// Words of a product, weighted, on average.
    pub(crate) length: f32,
    /// How many products kinship was learned from the last time.
    pub(crate) products: u64,
}

/// A search index over products, in memory or in a folder.
///
/// Reading is shared and never waits for writing; there is one writer at a time. What a writer has not committed is not
/// found.
pub struct ProductIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    learned: RwLock<Arc<Learned>>,
    writing: Mutex<()>,
}

impl std::fmt::Debug for ProductIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProductIndex({} products)", self.len())
    }
}

impl ProductIndex {
    /// An empty index that is gone with the process.
    ///
    /// # Errors
    /// [`IndexError::Engine`].
    pub fn in_memory() -> Result<Self, IndexError> {
        let (schema, fields) = Fields::schema();
        Self::over(Index::create_in_ram(schema), fields)
    }

    /// Opens the index in a folder, or makes an empty one there.
    ///
    /// # Errors
    /// [`IndexError::Version`] when another version wrote it; [`IndexError::Io`], [`IndexError::Engine`].
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join(VERSION_FILE);
        match std::fs::read_to_string(&file) {
            Ok(found) if found.trim() == VERSION.to_string() => {}
            Ok(found) => {
                let found = found.chars().filter(|c| !c.is_control()).take(20).collect();
                return Err(IndexError::Version { found });
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::write(&file, VERSION.to_string())?;
            }
            Err(error) => return Err(error.into()),
        }
        let (schema, fields) = Fields::schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        Self::over(Index::open_or_create(directory, schema)?, fields)
    }

    fn over(index: Index, fields: Fields) -> Result<Self, IndexError> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let this = Self {
            index,
            reader,
            fields,
            learned: RwLock::default(),
            writing: Mutex::default(),
        };
        this.learn(true)?;
        Ok(this)
    }

    /// How many products can be found.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether no product can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds products.
    ///
    /// # Errors
    /// [`IndexError::NothingAsked`] without words and wishes; [`IndexError::Engine`], [`IndexError::Damaged`].
    pub fn search(&self, ask: &Ask) -> Result<Answer, IndexError> {
        let searcher = self.reader.searcher();
        let learned = Arc::clone(&self.learned.read().unwrap_or_else(PoisonError::into_inner));
        let search = Search {
            searcher: &searcher,
            fields: self.fields,
            learned: &learned,
        };
        search.run(ask)
    }

    /// Reads one product by its shop and id.
    ///
    /// # Errors
    /// [`IndexError::Engine`], [`IndexError::Document`].
    pub fn get(
        &self,
        merchant: &MerchantId,
        id: &ForeignId,
    ) -> Result<Option<Document>, IndexError> {
        let key = Key {
            merchant: merchant.clone(),
            id: id.clone(),
        };
        let term = Term::from_field_text(self.fields.key, &key_term(&key));
        let searcher = self.reader.searcher();
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let found = searcher.search(&query, &tantivy::collector::DocSetCollector)?;
        let Some(address) = found.into_iter().max() else {
            return Ok(None);
        };
        let hit = Hit {
            key,
            score: 0.0,
            payload: self.payload(&searcher, address)?,
        };
        hit.document().map(Some)
    }

    fn payload(
        &self,
        searcher: &Searcher,
        address: tantivy::DocAddress,
    ) -> Result<Vec<u8>, IndexError> {
        let stored: TantivyDocument = searcher.doc(address)?;
        let bytes = stored
            .get_first(self.fields.payload)
            .and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
        bytes.ok_or(IndexError::Damaged("a product without its text"))
    }

    /// Takes the place of the one writer.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when somebody else writes; [`IndexError::Engine`].
    pub fn writer(&self) -> Result<Writer<'_>, IndexError> {
        self.writer_with(WRITER_BYTES, 1)
    }

    /// Takes the place of the one writer, with so much memory for so many threads; both are cut to what is sensible.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when somebody else writes; [`IndexError::Engine`].
    pub fn writer_with(&self, bytes: usize, threads: usize) -> Result<Writer<'_>, IndexError> {
        let place = self.writing.try_lock().map_err(|_| IndexError::Busy)?;
        let threads = threads.clamp(1, 8);
        // The engine wants 15 MB for each thread.
        let bytes = bytes.clamp(threads * (16 << 20), 1 << 30);
        let writer = match self.index.writer_with_num_threads(threads, bytes) {
            Ok(writer) => writer,
            Err(tantivy::TantivyError::LockFailure(..)) => return Err(IndexError::Busy),
            Err(error) => return Err(error.into()),
        };
        Ok(Writer {
            index: self,
            engine: writer,
            entries: Entries::new(self.fields),
            had_products: !self.is_empty(),
            written: HashSet::new(),
            _place: place,
        })
    }

    /// Learns words and kinship from the products as they are now. Kinship only anew when a tenth of the products has
    /// changed.
    fn learn(&self, is_whole: bool) -> Result<(), IndexError> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        let products = searcher.num_docs();
        let before = Arc::clone(&self.learned.read().unwrap_or_else(PoisonError::into_inner));
        let is_whole = is_whole || before.products.abs_diff(products) * 10 > products;
        let learned = Learned {
            vocabulary: learn::vocabulary(&searcher, self.fields)?,
            length: learn::length(&searcher, self.fields)?,
            kin: if is_whole {
                learn::kin(&searcher, self.fields)?
            } else {
                before.kin.clone()
            },
            products: if is_whole { products } else { before.products },
        };
        *self.learned.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(learned);
        Ok(())
    }
}

/// Changes an index. What it was given is found once it has committed, all together; dropped before, nothing is.
pub struct Writer<'a> {
    index: &'a ProductIndex,
    engine: IndexWriter,
    entries: Entries,
    had_products: bool,
    /// Ties of the keys written since the last commit.
    written: HashSet<u64>,
    _place: MutexGuard<'a, ()>,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} products not committed)", self.written.len())
    }
}

impl Writer<'_> {
    /// Takes a product in, or in the place of what was known under its key.
    ///
    /// # Errors
    /// [`IndexError::Document`], [`IndexError::Engine`].
    pub fn upsert(&mut self, document: &Document) -> Result<(), IndexError> {
        let key = key_term(&document.key);
        let is_again = !self.written.insert(crate::schema::tie(&key));
        if self.had_products || is_again {
            self.engine
                .delete_term(Term::from_field_text(self.index.fields.key, &key));
        }
        let entry = self.entries.entry(document)?;
        self.engine.add_document(entry)?;
        Ok(())
    }

    /// Takes a product out.
    pub fn withdraw(&mut self, key: &Key) {
        let term = Term::from_field_text(self.index.fields.key, &key_term(key));
        self.engine.delete_term(term);
    }

    /// Takes out everything of a shop.
    pub fn withdraw_merchant(&mut self, merchant: &MerchantId) {
        let term = Term::from_field_text(self.index.fields.merchant, merchant.as_str());
        self.engine.delete_term(term);
    }

    /// Takes out what a shop last said before a moment, in seconds since 1970: what a whole feed no longer holds, or
    /// what is too old to be believed.
    ///
    /// # Errors
    /// [`IndexError::Engine`].
    pub fn withdraw_unseen(
        &mut self,
        merchant: &MerchantId,
        before: i64,
    ) -> Result<(), IndexError> {
        let fields = self.index.fields;
        let shop = Term::from_field_text(fields.merchant, merchant.as_str());
        let shop: Box<dyn Query> = Box::new(TermQuery::new(shop, IndexRecordOption::Basic));
        let until = std::ops::Bound::Excluded(Term::from_field_i64(fields.seen, before));
        let old: Box<dyn Query> = Box::new(RangeQuery::new(std::ops::Bound::Unbounded, until));
        let both = BooleanQuery::new(vec![(Occur::Must, shop), (Occur::Must, old)]);
        self.engine.delete_query(Box::new(both))?;
        Ok(())
    }

    /// Makes everything so far findable, and clears out withdrawn products when they have become many.
    ///
    /// # Errors
    /// [`IndexError::Io`], [`IndexError::Engine`].
    pub fn commit(&mut self) -> Result<(), IndexError> {
        self.engine.commit()?;
        self.index.reader.reload()?;
        let (gone, all) = self.gone();
        if gone > 0 && gone * CLEAR_FROM >= all {
            self.merge()?;
        }
        self.after(false)
    }

    /// Commits, clears out all that was withdrawn and joins everything to one piece; searching is then quickest, and
    /// the same as in an index built anew.
    ///
    /// # Errors
    /// [`IndexError::Io`], [`IndexError::Engine`].
    pub fn compact(&mut self) -> Result<(), IndexError> {
        self.engine.commit()?;
        self.merge()?;
        self.after(true)
    }

    fn merge(&mut self) -> Result<(), IndexError> {
        self.index.reader.reload()?;
        let segments = self.index.index.searchable_segment_ids()?;
        let (gone, _) = self.gone();
        if segments.len() > 1 || gone > 0 {
            self.engine.merge(&segments).wait()?;
            self.engine.garbage_collect_files().wait()?;
        }
        Ok(())
    }

    /// How many products are marked as gone, of how many.
    fn gone(&self) -> (u64, u64) {
        let searcher = self.index.reader.searcher();
        let all = searcher.segment_readers().iter();
        all.fold((0, 0), |(gone, all), segment| {
            (
                gone + u64::from(segment.num_deleted_docs()),
                all + u64::from(segment.max_doc()),
            )
        })
    }

    fn after(&mut self, is_whole: bool) -> Result<(), IndexError> {
        self.index.learn(is_whole)?;
        self.had_products = !self.index.is_empty();
        self.written.clear();
        Ok(())
    }
}
