//! The cart, and what a shop may know.

use errand_protocol::errand::CartView;
use errand_types::{CartError, DataClass, Language, Text, Wish};

pub(crate) use said::{
    cart_emptied, cart_empty, consent_refused, nothing_to_undo, took, undone, why_consent,
    your_class,
};

use super::{class_words, count_word, list, list_or, times};
use crate::session::Known;

mod said {
    errand_sentences::sentences! {
        CART = "cart";
        cart_empty(); cart_emptied(); nothing_to_undo(); undone(cart);
        too_many_pieces(n); cart_full(); no_such_line();
        cart_added(quantity, title, shop, price); took(quantity, title, shop, price); taken_out(title);
        now_so_many(quantity, title); cart_group(shop, lines, subtotal); cart_shown(groups);
        cart_together(subtotal, word); wish_kept(wish);
        where_to_deliver(shop); may_it_know(shop, classes); why_consent(shop); it_may_know(shop, classes);
        consent_refused(shop); learns_nothing(); learns(classes); learns_no_more(learns, classes); your_class(class);
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::CART
}

pub(crate) fn line_title(known: &Known) -> Text<200> {
    let product = known.product.title.as_str();
    let variant = known.variant.title.as_str();
    if known.product.variants.len() < 2 || variant.is_empty() || product.contains(variant) {
        known.product.title.clone()
    } else if variant.starts_with(product) {
        known.variant.title.clone()
    } else {
        Text::clip(&format!("{product}, {variant}"))
    }
}

pub(crate) fn cart_error(language: Language, error: &CartError) -> String {
    match error {
        CartError::Quantity(n) => said::too_many_pieces(language, n),
        CartError::Full => said::cart_full(language),
        CartError::NoSuchLine => said::no_such_line(language),
    }
}

pub(crate) fn added(language: Language, known: &Known, quantity: u32, shop: &str) -> String {
    let title = line_title(known);
    said::cart_added(language, quantity, title, shop, known.variant.price)
}

pub(crate) fn set(language: Language, title: &str, quantity: u32) -> String {
    if quantity == 0 {
        said::taken_out(language, title)
    } else {
        said::now_so_many(language, quantity, title)
    }
}

pub(crate) fn cart(language: Language, view: &CartView) -> String {
    let Some(subtotal) = view.subtotal else {
        return cart_empty(language);
    };
    let groups: Vec<String> = view
        .groups
        .iter()
        .map(|g| {
            let lines = g.lines.iter();
            let lines: Vec<String> = lines
                .map(|l| times(language, l.quantity, &l.title))
                .collect();
            said::cart_group(
                language,
                &g.merchant_name,
                list(language, &lines),
                g.subtotal,
            )
        })
        .collect();
    let shown = said::cart_shown(language, groups.join(". "));
    if view.groups.len() < 2 {
        return shown;
    }
    let count = u32::try_from(view.groups.len()).unwrap_or(u32::MAX);
    let together = said::cart_together(language, subtotal, count_word(language, count));
    format!("{shown} {together}")
}

pub(crate) fn wish_kept(language: Language, wish: &Wish) -> String {
    said::wish_kept(language, &wish.said)
}

pub(crate) fn consent_question(language: Language, shop: &str, classes: &[DataClass]) -> String {
    if classes.is_empty() {
        said::where_to_deliver(language, shop)
    } else {
        said::may_it_know(language, shop, class_words(language, classes))
    }
}

pub(crate) fn consent_given(language: Language, shop: &str, classes: &[DataClass]) -> String {
    said::it_may_know(language, shop, class_words(language, classes))
}

pub(crate) fn they_learn(language: Language, classes: &[DataClass]) -> String {
    let all = [
        DataClass::Name,
        DataClass::Address,
        DataClass::Email,
        DataClass::Phone,
    ];
    let not: Vec<String> = all
        .into_iter()
        .filter(|class| !classes.contains(class))
        .map(|class| super::class_word(language, class))
        .collect();
    let know = if classes.is_empty() {
        said::learns_nothing(language)
    } else {
        said::learns(language, class_words(language, classes))
    };
    if not.is_empty() {
        format!("{know}.")
    } else {
        said::learns_no_more(language, know, list_or(language, &not))
    }
}
