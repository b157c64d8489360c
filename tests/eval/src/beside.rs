//! Other engines on the same products and queries: the full-text search of SQLite, and the query parser of tantivy.

use errand_index::Document;
use rusqlite::{Connection, params};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::{Index, IndexReader, TantivyDocument};

/// What an engine is given of a product.
struct Texts {
    id: String,
    title: String,
    brand: String,
    mpn: String,
    description: String,
    attributes: String,
}

fn texts(document: &Document) -> Texts {
    // As the index takes them: values that are text, and the names of what holds.
    let attributes = document.attributes.iter().filter_map(|(name, value)| {
        let is_number = value.as_str().parse::<f64>().is_ok();
        match value.as_str() {
            "yes" => Some(name.as_str()),
            "no" => None,
            other => (!is_number).then_some(other),
        }
    });
    Texts {
        id: document.key.id.as_str().to_owned(),
        title: document.title.to_string(),
        brand: document
            .brand
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        mpn: document
            .mpn
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        description: document.description.to_string(),
        attributes: attributes.collect::<Vec<_>>().join(" "),
    }
}

/// FTS5 with the Porter stemmer; the words of a query joined by OR, columns weighted.
pub(crate) struct Fts5(Connection);

impl Fts5 {
    pub(crate) fn new(documents: &[Document]) -> anyhow::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "create virtual table products using fts5(id unindexed, title, brand, mpn, description, attributes,
             tokenize = 'porter unicode61')",
        )?;
        let insert = connection.transaction()?;
        {
            let mut row = insert.prepare("insert into products values (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for document in documents {
                let t = texts(document);
                row.execute(params![
                    t.id,
                    t.title,
                    t.brand,
                    t.mpn,
                    t.description,
                    t.attributes
                ])?;
            }
        }
        insert.commit()?;
        Ok(Self(connection))
    }

    pub(crate) fn rank(&self, query: &str, limit: usize) -> anyhow::Result<Vec<String>> {
        let words: Vec<String> = query
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| format!("\"{word}\""))
            .collect();
        let mut select = self.0.prepare_cached(
            "select id from products where products match ?1 order by bm25(products, 0, 3, 1, 1, 2, 1), rowid limit ?2",
        )?;
        let limit = i64::try_from(limit)?;
        let ids = select.query_map(params![words.join(" OR "), limit], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

/// tantivy with a field for each text and its own query parser over all of them.
pub(crate) struct Parser {
    reader: IndexReader,
    reads: QueryParser,
    id: tantivy::schema::Field,
}

impl Parser {
    /// `tokenizer`: `default`, or `en_stem` with stemming.
    pub(crate) fn new(documents: &[Document], tokenizer: &str) -> anyhow::Result<Self> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let id = schema.add_text_field("id", STRING | STORED);
        let fields = ["title", "brand", "mpn", "description", "attributes"]
            .map(|name| schema.add_text_field(name, options.clone()));
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 64 << 20)?;
        for document in documents {
            let t = texts(document);
            let mut entry = TantivyDocument::default();
            entry.add_text(id, &t.id);
            for (field, text) in
                fields
                    .iter()
                    .zip([t.title, t.brand, t.mpn, t.description, t.attributes])
            {
                entry.add_text(*field, text);
            }
            writer.add_document(entry)?;
        }
        writer.commit()?;
        Ok(Self {
            reader: index.reader()?,
            reads: QueryParser::for_index(&index, fields.to_vec()),
            id,
        })
    }

    pub(crate) fn rank(&self, query: &str, limit: usize) -> anyhow::Result<Vec<String>> {
        let searcher = self.reader.searcher();
        let (query, _) = self.reads.parse_query_lenient(query);
        let found = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        found
            .into_iter()
            .map(|(_, address)| {
                let stored: TantivyDocument = searcher.doc(address)?;
                let id = stored
                    .get_first(self.id)
                    .and_then(|id| id.as_str().map(str::to_owned));
                Ok(id.unwrap_or_default())
            })
            .collect()
    }
}
