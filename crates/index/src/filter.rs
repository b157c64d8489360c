//! Wishes, held against the fast fields of one segment.

use std::ops::Range;

use errand_types::Money;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use crate::ask::{Filter, Wish, is_offerable};
use crate::limits::WISHES_MAX;
use crate::measure::Measure;
use crate::schema::{Mark, currency_number};

/// The wishes of a filter, each checkable on its own; at most 64.
#[derive(Debug, Clone)]
pub(crate) struct Wishes(Vec<(Wish, Check)>);

#[derive(Debug, Clone)]
enum Check {
    /// Minor units; the currency, when it matters.
    Price {
        low: i64,
        high: i64,
        currency: Option<u64>,
    },
    /// One of these marks.
    Marks(Vec<String>),
    Rating(u64),
    Available,
    Delivery(u64),
    Measure(Measure),
}

impl Wishes {
    pub(crate) fn of(filter: &Filter) -> Self {
        let mut wishes = Vec::new();
        let mut add = |wish, check| wishes.push((wish, check));
        let price = |amount: Money| (amount.to_string(), Some(currency_number(amount.currency())));
        if let Some(least) = filter.price_min {
            let (amount, currency) = price(least);
            let low = least.minor();
            let high = i64::MAX;
            add(
                Wish::PriceMin { amount },
                Check::Price {
                    low,
                    high,
                    currency,
                },
            );
        }
        if let Some(most) = filter.price_max {
            let (amount, currency) = price(most);
            let (low, high) = (i64::MIN, most.minor());
            add(
                Wish::PriceMax { amount },
                Check::Price {
                    low,
                    high,
                    currency,
                },
            );
        }
        let some =
            |list: &[String]| -> Vec<String> { list.iter().take(WISHES_MAX).cloned().collect() };
        let marks = |mark: Mark<'_>, list: &[String]| {
            Check::Marks(list.iter().map(|value| mark.prefix(value)).collect())
        };
        let merchants = some(&filter.merchants);
        if !merchants.is_empty() {
            let check = marks(Mark::Merchant, &merchants);
            add(Wish::Merchants { merchants }, check);
        }
        let brands = some(&filter.brands);
        if !brands.is_empty() {
            let check = marks(Mark::Brand, &brands);
            add(Wish::Brands { brands }, check);
        }
        let categories = some(&filter.categories);
        if !categories.is_empty() {
            let check = marks(Mark::Category, &categories);
            add(Wish::Categories { categories }, check);
        }
        if let Some(hundredths) = filter.rating_min {
            add(
                Wish::Rating { hundredths },
                Check::Rating(hundredths.into()),
            );
        }
        if filter.available {
            add(Wish::Available, Check::Available);
        }
        for label in filter.labels.iter().take(WISHES_MAX).cloned() {
            let check = Check::Marks(vec![Mark::Label.prefix(&label)]);
            add(Wish::Label { label }, check);
        }
        if let Some(days) = filter.delivery_days_max {
            add(Wish::Delivery { days }, Check::Delivery(days.into()));
        }
        for (name, value) in filter.attributes.iter().take(WISHES_MAX).cloned() {
            let check = Check::Marks(vec![Mark::Attribute(&name).prefix(&value)]);
            add(Wish::Attribute { name, value }, check);
        }
        for measure in filter.measures.iter().take(WISHES_MAX).copied() {
            add(Wish::Measure { measure }, Check::Measure(measure));
        }
        wishes.truncate(64);
        Self(wishes)
    }

    /// A price that was said in words, in hundredths of whole units.
    pub(crate) fn say_price(
        &mut self,
        low: u64,
        high: u64,
        currency: Option<errand_types::Currency>,
    ) {
        let exponent = currency.map_or(2, errand_types::Currency::exponent);
        let minor = |hundredths: u64| {
            let scaled = u128::from(hundredths) * 10_u128.pow(exponent.min(6)) / 100;
            i64::try_from(scaled).unwrap_or(i64::MAX)
        };
        let amount = |hundredths: u64| {
            let unit = currency.map_or_else(String::new, |c| format!(" {c}"));
            format!("{}.{:02}{unit}", hundredths / 100, hundredths % 100)
        };
        let currency = currency.map(currency_number);
        if low > 0 {
            let check = Check::Price {
                low: minor(low),
                high: i64::MAX,
                currency,
            };
            self.0.push((
                Wish::PriceMin {
                    amount: amount(low),
                },
                check,
            ));
        }
        if high < 1 << 50 {
            let check = Check::Price {
                low: i64::MIN,
                high: minor(high),
                currency,
            };
            self.0.push((
                Wish::PriceMax {
                    amount: amount(high),
                },
                check,
            ));
        }
        self.0.truncate(64);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wishes whose bits are set.
    pub(crate) fn named(&self, missed: u64) -> Vec<Wish> {
        let bits = (0..).map(|bit| missed & (1_u64 << bit) != 0);
        self.0
            .iter()
            .zip(bits)
            .filter(|(_, is_missed)| *is_missed)
            .map(|((wish, _), _)| wish.clone())
            .collect()
    }

    /// # Errors
    /// When the fields of the segment cannot be read.
    pub(crate) fn over(&self, segment: &SegmentReader) -> tantivy::Result<Checks> {
        let fast = segment.fast_fields();
        let mut checks = Vec::with_capacity(self.0.len());
        for (_, check) in &self.0 {
            checks.push(match check {
                Check::Price {
                    low,
                    high,
                    currency,
                } => Held::Price {
                    low: *low,
                    high: *high,
                    currency: *currency,
                    prices: fast.i64("price")?,
                    currencies: fast.u64("currency")?,
                },
                Check::Marks(prefixes) => match fast.str("marks")? {
                    Some(column) => Held::Marks {
                        ranges: ranges(&column, prefixes)?,
                        column,
                    },
                    None => Held::Never,
                },
                Check::Rating(least) => Held::AtLeast(*least, fast.u64("rating")?),
                Check::Available => Held::Available(fast.u64("availability")?),
                Check::Delivery(most) => Held::AtMost(*most, fast.u64("delivery")?),
                Check::Measure(measure) => Held::Measure(*measure, fast.u64("measures")?),
            });
        }
        Ok(Checks(checks))
    }
}

/// Ordinals of the marks that begin with one of the prefixes: the same value may be written in several ways.
fn ranges(column: &StrColumn, prefixes: &[String]) -> tantivy::Result<Vec<Range<u64>>> {
    let mut found = Vec::new();
    for prefix in prefixes {
        let mut marks = column.dictionary().prefix_range(prefix).into_stream()?;
        let mut range: Option<Range<u64>> = None;
        while marks.advance() {
            let ord = marks.term_ord();
            range = Some(range.map_or(ord, |range| range.start)..ord + 1);
        }
        found.extend(range);
    }
    Ok(found)
}

/// The wishes held against one segment.
pub(crate) struct Checks(Vec<Held>);

enum Held {
    Price {
        low: i64,
        high: i64,
        currency: Option<u64>,
        prices: Column<i64>,
        currencies: Column<u64>,
    },
    Marks {
        ranges: Vec<Range<u64>>,
        column: StrColumn,
    },
    AtLeast(u64, Column<u64>),
    AtMost(u64, Column<u64>),
    Available(Column<u64>),
    Measure(Measure, Column<u64>),
    Never,
}

impl Held {
    fn is_fulfilled(&self, doc: DocId) -> bool {
        match self {
            Self::Price {
                low,
                high,
                currency,
                prices,
                currencies,
            } => {
                let is_within = prices
                    .first(doc)
                    .is_some_and(|p| (*low..=*high).contains(&p));
                is_within && currency.is_none_or(|c| currencies.first(doc) == Some(c))
            }
            Self::Marks { ranges, column } => column
                .term_ords(doc)
                .any(|ord| ranges.iter().any(|range| range.contains(&ord))),
            Self::AtLeast(least, column) => column.first(doc).is_some_and(|value| value >= *least),
            Self::AtMost(most, column) => column.first(doc).is_some_and(|value| value <= *most),
            Self::Available(column) => column.first(doc).is_some_and(is_offerable),
            Self::Measure(measure, column) => {
                column.values_for_doc(doc).any(|value| measure.holds(value))
            }
            Self::Never => false,
        }
    }
}

impl Checks {
    pub(crate) fn is_fulfilled(&self, doc: DocId) -> bool {
        self.0.iter().all(|held| held.is_fulfilled(doc))
    }

    /// A bit for each wish that is missed.
    pub(crate) fn missed(&self, doc: DocId) -> u64 {
        (0..)
            .zip(&self.0)
            .filter(|(_, held)| !held.is_fulfilled(doc))
            .fold(0, |bits, (bit, _)| bits | (1 << bit))
    }
}
