//! The steps of a plan, as they are shown.

use errand_types::{Language, Wish};

pub(crate) use said::{
    approved_paying, ask_then_pay, asking_price, best_is, bought_nothing, check_rules,
    choose_another, choose_options, choose_which, compare, fits_nothing, found_nothing,
    go_on_there, in_the_cart, may_know_where, no_shop, not_allowed, not_clear, nothing_compared,
    paid_to, plan_cannot_run, plan_refused, refused_by_rules, some_left_out, some_of_shops,
    step_dropped, understand, understood, your_approval,
};

mod said {
    errand_sentences::sentences! {
        STEPS = "steps";
        understand(); not_clear(); understood(); check_rules(); search_shops(shops, what); compare_best(word);
        compare(); ask_then_pay(); book_delivery(wish); choose_another(); plan_cannot_run(); plan_refused();
        no_shop(); not_allowed(); found_nothing(); some_of_shops(products, answered, asked); some_left_out(fit, left);
        nothing_compared(); fits_nothing(); best_is(products, title); bought_nothing(); choose_which();
        choose_options(); in_the_cart(); asking_price(n); refused_by_rules(); go_on_there(); step_dropped(); paid_to(total, shop);
        may_know_where(shop); your_approval(total, shop); approved_paying();
    }
}

pub(super) fn book() -> &'static errand_sentences::Book {
    &said::STEPS
}

pub(crate) fn search_shops(language: Language, shops: usize, what: &str) -> String {
    said::search_shops(language, super::shops(language, shops), what)
}

pub(crate) fn compare_best(language: Language, count: u32) -> String {
    said::compare_best(language, super::count_word(language, count))
}

pub(crate) fn book_delivery(language: Language, wish: &Wish) -> String {
    said::book_delivery(language, &wish.said)
}
