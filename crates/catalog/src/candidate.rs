use std::sync::{Arc, OnceLock};

use errand_types::{Money, MoneyError, Need, OfferRef, Product, Variant, Window};

use crate::page::Page;
use crate::shelf;

/// The words of a candidate's product, read when they are first needed. Two readings of one product are the same.
#[derive(Clone, Default)]
struct Read(OnceLock<Arc<Page>>);

impl PartialEq for Read {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Read {}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Read")
    }
}

/// A product that fits the hard wishes, with the variant that fits best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What would go into the cart.
    pub offer: OfferRef,
    /// The product.
    pub product: Arc<Product>,
    /// The variant that fits best.
    pub variant: Variant,
    /// What was confirmed and by whom: `fair trade confirmed in the register`. Empty until somebody checked.
    pub confirmed: Vec<String>,
    /// First delivery that fits. `None`: not asked, or none.
    pub delivery: Option<Window>,
    /// That delivery in the person's words and time zone: `Sat 28 Nov, 8 to 10`.
    pub delivery_text: Option<String>,
    /// What that delivery costs.
    pub delivery_cost: Option<Money>,
    /// Its shop or brand is one that the person prefers.
    pub preferred: bool,
    /// The person bought it before, and allowed that this counts.
    pub bought_before: bool,
    read: Read,
}

impl Candidate {
    /// A candidate about which nothing was asked yet.
    pub fn new(product: Arc<Product>, variant: Variant) -> Self {
        Self {
            offer: OfferRef {
                merchant: product.merchant.clone(),
                product: product.id.clone(),
                variant: variant.id.clone(),
            },
            product,
            variant,
            confirmed: Vec::new(),
            delivery: None,
            delivery_text: None,
            delivery_cost: None,
            preferred: false,
            bought_before: false,
            read: Read::default(),
        }
    }

    /// The same where its words have been read already.
    pub(crate) fn with_page(self, page: Arc<Page>) -> Self {
        let _ = self.read.0.set(page);
        self
    }

    /// The words of its product.
    pub(crate) fn page(&self) -> &Page {
        self.read.0.get_or_init(|| shelf::page(&self.product))
    }

    /// Price of all pieces that the need asks for, before delivery.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the sum leaves the range of amounts.
    pub fn price_all(&self, need: &Need) -> Result<Money, MoneyError> {
        self.variant.price.times(need.pieces())
    }
}
