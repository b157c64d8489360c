//! The fields of the index, and how a product is written into them.

use std::collections::HashSet;

use errand_types::Currency;
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema,
    TextFieldIndexing, TextOptions,
};

use crate::document::{Document, Key};
use crate::fold::{Folder, Piece, fold, joined, pieces};
use crate::head::heads;
use crate::limits::{ATTRIBUTES_MAX, FIELD_WORDS_MAX};
use crate::measure::stated;

/// Changes whenever an index written before can no longer be read as it is.
pub(crate) const VERSION: u32 = 1;

/// How often a word of a field counts. One field with repeated words is BM25F: a word counts once per product however
/// many fields say it, and its weight is that of the fields.
const TITLE: usize = 3;
const DESCRIPTION: usize = 2;

/// Longest value of an attribute that can be a facet.
const FACET_VALUE_CHARS: usize = 40;
/// Attributes of one product that can be facets.
const FACET_ATTRIBUTES: usize = 24;

/// Between the parts of a key and of a mark.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Everything that is searched, weighted.
    pub(crate) text: Field,
    /// Words that name the thing.
    pub(crate) head: Field,
    /// Words as they are written, for spelling.
    pub(crate) words: Field,
    /// Model numbers and trade item numbers, joined.
    pub(crate) codes: Field,
    /// Shop and id, for replacing.
    pub(crate) key: Field,
    /// Shop, for withdrawing all of it.
    pub(crate) merchant: Field,
    /// Filters and facets.
    pub(crate) marks: Field,
    pub(crate) measures: Field,
    pub(crate) price: Field,
    pub(crate) currency: Field,
    pub(crate) rating: Field,
    pub(crate) availability: Field,
    pub(crate) delivery: Field,
    pub(crate) seen: Field,
    /// Order among equals.
    pub(crate) tie: Field,
    /// Key and the product as JSON.
    pub(crate) payload: Field,
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let mut builder = Schema::builder();
        let words = |option: IndexRecordOption, tokenizer: &str, norms: bool| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(tokenizer)
                    .set_index_option(option)
                    .set_fieldnorms(norms),
            )
        };
        let number = NumericOptions::default() | FAST;
        let fields = Self {
            text: builder.add_text_field(
                "text",
                words(IndexRecordOption::WithFreqs, "whitespace", true),
            ),
            head: builder.add_text_field(
                "head",
                words(IndexRecordOption::WithFreqs, "whitespace", false),
            ),
            words: builder.add_text_field(
                "words",
                words(IndexRecordOption::Basic, "whitespace", false),
            ),
            // With frequencies, as block-max pruning wants them of every field that scores.
            codes: builder.add_text_field(
                "codes",
                words(IndexRecordOption::WithFreqs, "whitespace", false),
            ),
            key: builder.add_text_field("key", words(IndexRecordOption::Basic, "raw", false)),
            merchant: builder
                .add_text_field("merchant", words(IndexRecordOption::Basic, "raw", false)),
            marks: builder.add_text_field("marks", TextOptions::default().set_fast("raw")),
            measures: builder.add_u64_field("measures", number.clone()),
            price: builder.add_i64_field("price", number.clone()),
            currency: builder.add_u64_field("currency", number.clone()),
            rating: builder.add_u64_field("rating", number.clone()),
            availability: builder.add_u64_field("availability", number.clone()),
            delivery: builder.add_u64_field("delivery", number.clone()),
            seen: builder.add_i64_field("seen", number.clone() | INDEXED),
            tie: builder.add_u64_field("tie", number),
            payload: builder.add_bytes_field("payload", BytesOptions::default() | STORED),
        };
        (builder.build(), fields)
    }
}

/// A currency as a number.
pub(crate) fn currency_number(currency: Currency) -> u64 {
    currency
        .code()
        .bytes()
        .fold(0, |number, byte| (number << 8) | u64::from(byte))
}

/// The term under which a product is replaced and withdrawn.
pub(crate) fn key_term(key: &Key) -> String {
    format!("{}{SEPARATOR}{}", key.merchant.as_str(), key.id.as_str())
}

/// A stable hash (FNV-1a with a final mix): the order among equals does not hang on when a product came in.
pub(crate) fn tie(key: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in key.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash.wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// What a filter or a facet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mark<'a> {
    Merchant,
    Brand,
    Category,
    Label,
    Attribute(&'a str),
}

impl Mark<'_> {
    /// What the marks of a value begin with; the value as it is written follows.
    pub(crate) fn prefix(self, value: &str) -> String {
        let value = folded_value(value);
        match self {
            Self::Merchant => format!("m{SEPARATOR}{value}{SEPARATOR}"),
            Self::Brand => format!("b{SEPARATOR}{value}{SEPARATOR}"),
            Self::Category => format!("c{SEPARATOR}{value}{SEPARATOR}"),
            Self::Label => format!("l{SEPARATOR}{value}{SEPARATOR}"),
            Self::Attribute(name) => {
                format!("a{SEPARATOR}{}={value}{SEPARATOR}", folded_value(name))
            }
        }
    }
}

fn folded_value(value: &str) -> String {
    let folded = fold(value);
    let mut out = String::with_capacity(folded.len());
    for word in folded.split(|c: char| c.is_whitespace() || c == '_' || c == SEPARATOR) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Writes products into fields; remembers stems between products.
#[derive(Debug)]
pub(crate) struct Entries {
    fields: Fields,
    folder: Folder,
    text: String,
    words: String,
    codes: String,
    part: String,
}

impl Entries {
    pub(crate) fn new(fields: Fields) -> Self {
        Self {
            fields,
            folder: Folder::default(),
            text: String::new(),
            words: String::new(),
            codes: String::new(),
            part: String::new(),
        }
    }

    /// # Errors
    /// When the product cannot be written as JSON.
    pub(crate) fn entry(&mut self, document: &Document) -> serde_json::Result<TantivyDocument> {
        let fields = self.fields;
        let key = key_term(&document.key);
        let mut payload = key.clone().into_bytes();
        payload.push(0);
        serde_json::to_writer(&mut payload, document)?;

        self.text.clear();
        self.words.clear();
        self.codes.clear();
        self.write(document.title.as_str(), TITLE, true);
        if let Some(brand) = &document.brand {
            self.write(brand.as_str(), 1, true);
        }
        for category in &document.categories {
            self.write(category.as_str(), 1, true);
        }
        if let Some(mpn) = &document.mpn {
            self.write(mpn.as_str(), 1, false);
            let whole = joined(&fold(mpn.as_str()));
            push_word(&mut self.codes, &whole);
        }
        self.write(document.description.as_str(), DESCRIPTION, false);
        for label in &document.labels {
            self.write(label.as_str(), 1, false);
        }
        for gtin in &document.gtins {
            push_word(&mut self.codes, gtin.as_str().trim_start_matches('0'));
        }
        let values = self.attributes(document);
        let mut heads = heads(&mut self.folder, document.title.as_str(), &values);
        if let Some(brand) = &document.brand {
            self.folder.terms(&fold(brand.as_str()), |term| {
                if !heads.iter().any(|head| head == term) {
                    heads.push(term.to_owned());
                }
            });
        }

        let mut entry = TantivyDocument::default();
        entry.add_text(fields.text, &self.text);
        entry.add_text(fields.head, heads.join(" "));
        entry.add_text(fields.words, &self.words);
        entry.add_text(fields.codes, &self.codes);
        entry.add_text(fields.merchant, document.key.merchant.as_str());
        entry.add_u64(fields.tie, tie(&key));
        entry.add_text(fields.key, &key);
        entry.add_bytes(fields.payload, &payload);
        self.numbers(document, &mut entry);
        marks(document, |mark| entry.add_text(fields.marks, mark));
        Ok(entry)
    }

    /// Writes the terms of one field, each as often as it counts, and the joined model numbers in it.
    fn write(&mut self, raw: &str, times: usize, is_spelling: bool) {
        let folded = fold(raw);
        self.part.clear();
        let mut chain = String::new();
        let mut links = 0_usize;
        let mut has_digit = false;
        let mut is_joint = false;
        for piece in pieces(&folded).take(FIELD_WORDS_MAX) {
            let run = match piece {
                Piece::Joint => {
                    is_joint = true;
                    continue;
                }
                Piece::Beside | Piece::Mark => {
                    is_joint = false;
                    continue;
                }
                Piece::Word(word) => {
                    push_word(&mut self.part, self.folder.stem(word));
                    if is_spelling {
                        push_word(&mut self.words, word);
                    }
                    word
                }
                Piece::Code(code) => {
                    push_word(&mut self.part, code);
                    has_digit = has_digit || code.len() > 2;
                    code
                }
            };
            if !is_joint {
                self.close(&chain, links, has_digit);
                chain.clear();
                links = 0;
                has_digit = matches!(piece, Piece::Code(code) if code.len() > 2);
            }
            is_joint = false;
            chain.push_str(run);
            links += 1;
        }
        self.close(&chain, links, has_digit);
        for _ in 0..times {
            push_word(&mut self.text, &self.part);
        }
    }

    /// `MLT-D1082S` is found by `mltd1082s`, too.
    fn close(&mut self, chain: &str, links: usize, has_digit: bool) {
        if has_digit && (links > 1 || chain.len() >= 5) && chain.len() <= 40 {
            push_word(&mut self.codes, chain);
        }
    }

    /// Writes the attributes; gives the words of values other than those that say what type of thing it is.
    fn attributes(&mut self, document: &Document) -> HashSet<String> {
        let mut values = HashSet::new();
        for (name, value) in document.attributes.iter().take(ATTRIBUTES_MAX) {
            let name = fold(name.as_str());
            let value = fold(value.as_str());
            if is_no(&value) || is_bare_number(&value) {
                continue;
            }
            // What holds is said by its name: `wireless: yes`.
            let said = if is_yes(&value) { &name } else { &value };
            let is_type = ["type", "kind", "categor"].iter().any(|t| name.contains(t));
            let text = &mut self.text;
            self.folder.terms(said, |term| {
                push_word(text, term);
                if !is_type {
                    values.insert(term.to_owned());
                }
            });
        }
        values
    }

    fn numbers(&self, document: &Document, entry: &mut TantivyDocument) {
        let fields = self.fields;
        if let Some(price) = document.price {
            entry.add_i64(fields.price, price.minor());
            entry.add_u64(fields.currency, currency_number(price.currency()));
        }
        if let Some(rating) = document.rating {
            entry.add_u64(fields.rating, u64::from(rating.hundredths));
        }
        entry.add_u64(fields.availability, document.availability as u64);
        if let Some(days) = document.delivery_days {
            entry.add_u64(fields.delivery, u64::from(days));
        }
        entry.add_i64(fields.seen, document.seen_at);
        let texts = [document.title.as_str(), document.description.as_str()];
        let texts = texts.into_iter().chain(
            document
                .attributes
                .iter()
                .take(ATTRIBUTES_MAX)
                .map(|(_, value)| value.as_str())
                .filter(|value| value.bytes().any(|b| b.is_ascii_digit())),
        );
        let mut measures: Vec<u64> = texts
            .flat_map(stated)
            .map(crate::measure::Measure::packed)
            .collect();
        measures.sort_unstable();
        measures.dedup();
        for measure in measures.into_iter().take(40) {
            entry.add_u64(fields.measures, measure);
        }
    }
}

fn push_word(out: &mut String, word: &str) {
    if word.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "yes" | "true" | "y")
}

fn is_no(value: &str) -> bool {
    matches!(value.trim(), "no" | "false" | "n" | "none" | "")
}

fn is_bare_number(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.' || c == '-')
}

fn marks(document: &Document, mut each: impl FnMut(String)) {
    let mut add = |mark: Mark<'_>, value: &str| {
        if !value.trim().is_empty() {
            each(mark.prefix(value) + value);
        }
    };
    add(Mark::Merchant, document.key.merchant.as_str());
    if let Some(brand) = &document.brand {
        add(Mark::Brand, brand.as_str());
    }
    for category in &document.categories {
        add(Mark::Category, category.as_str());
    }
    for label in &document.labels {
        add(Mark::Label, label.as_str());
    }
    let short = document.attributes.iter().filter(|(_, value)| {
        let value = value.as_str();
        value.chars().count() <= FACET_VALUE_CHARS && !is_bare_number(&fold(value))
    });
    for (name, value) in short.take(FACET_ATTRIBUTES) {
        add(Mark::Attribute(name.as_str()), value.as_str());
    }
}
