//! Named bounds of the index. Everything that can grow has one.

/// Characters of a query that are read; the rest is cut and the answer says so.
pub const QUERY_CHARS_MAX: usize = 400;
/// Words of a query that are searched for; the rest is cut and the answer says so.
pub const QUERY_WORDS_MAX: usize = 24;
/// Terms that one word of a query may be widened to by joining, splitting, spelling and kinship.
pub const TERMS_PER_WORD_MAX: usize = 6;
/// Hits in one answer.
pub const HITS_MAX: usize = 1_000;
/// Products that are scored finely, and over which facets are counted.
pub const CANDIDATES_MAX: usize = 1_000;
/// Words of one field of a product that are indexed.
pub const FIELD_WORDS_MAX: usize = 400;
/// Characters of one word; longer ones are cut.
pub const WORD_CHARS_MAX: usize = 40;
/// Attributes of one product that are kept.
pub const ATTRIBUTES_MAX: usize = 200;
/// Values that one facet tells.
pub const FACET_VALUES_MAX: usize = 20;
/// Facets in one answer.
pub const FACETS_MAX: usize = 16;
/// Words of the vocabulary that spelling knows; the most frequent ones.
pub const VOCABULARY_MAX: usize = 60_000;
/// Products that kinship between words is learned from.
pub const LEARNED_FROM_MAX: usize = 20_000;
/// Bytes that the writer may hold in memory, over all its threads.
pub const WRITER_BYTES: usize = 128 << 20;
/// Wishes of one kind (brands, labels, attributes, measures) in one filter.
pub const WISHES_MAX: usize = 20;
