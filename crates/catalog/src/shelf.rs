//! The words of products, read once: shops show the same few things again and again.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use errand_types::{ForeignId, MerchantId, Product};

use crate::page::Page;

/// Products whose words are kept at most, some ten kilobytes each.
const KEPT_MAX: usize = 1_024;

type Shelf = HashMap<(MerchantId, ForeignId), (Arc<Product>, Arc<Page>)>;

/// Nothing but the results of a pure function, for all sessions of the process.
static SHELF: LazyLock<RwLock<Shelf>> = LazyLock::new(RwLock::default);

/// The words of a product, read anew only when the shop says something else than the last time.
pub(crate) fn page(product: &Arc<Product>) -> Arc<Page> {
    let key = (product.merchant.clone(), product.id.clone());
    let shelf = SHELF.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, page)) = shelf.get(&key)
        && (Arc::ptr_eq(known, product) || known.says_the_same(product))
    {
        return Arc::clone(page);
    }
    drop(shelf);
    let page = Arc::new(Page::of(product));
    let mut shelf = SHELF.write().unwrap_or_else(PoisonError::into_inner);
    if shelf.len() >= KEPT_MAX {
        shelf.clear();
    }
    shelf.insert(key, (Arc::clone(product), Arc::clone(&page)));
    page
}

#[cfg(test)]
mod tests {
    use errand_types::{Currency, Money, Text};

    use super::*;
    use crate::samples::product;

    #[test]
    fn a_page_is_kept_until_the_shop_says_something_else() {
        let price = Money::new(1_900, Currency::USD);
        let first = Arc::new(product("shelf", "kept", "Halden desk lamp", price));
        let read = page(&first);
        let mut again = Product::clone(&first);
        again.seen_at = jiff::Timestamp::MAX;
        assert!(Arc::ptr_eq(&read, &page(&Arc::new(again.clone()))));

        again.title = Text::clip("Halden floor lamp");
        let other = page(&Arc::new(again));
        assert!(!Arc::ptr_eq(&read, &other));
        assert_eq!(other.called(), ["halden", "floor", "lamp"]);
    }
}
