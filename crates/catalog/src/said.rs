//! What this crate says, from `lang/<code>/` beside its code.

/// The books of sentences of this crate, to be checked before anybody hears one.
pub fn books() -> [&'static errand_sentences::Book; 4] {
    [
        &chosen::CHOSEN,
        &compared::COMPARED,
        &left_out::LEFT_OUT,
        &shared::SHARED,
    ]
}

pub(crate) mod left_out {
    errand_sentences::sentences! {
        LEFT_OUT = "leftout";
        sum_thing(count); sum_merchant(count); sum_brand(count); sum_brand_of(count, slot); sum_words(count);
        sum_slot(count, slot); sum_age(count); sum_age_from(count, slot); sum_avoid(count); sum_label(count);
        sum_currency(count); sum_currency_in(count, slot); sum_price(count); sum_price_over(count, slot);
        sum_price_low(count); sum_price_under(count, slot); sum_total(count); sum_total_over(count, slot);
        sum_rating(count); sum_rating_under(count, slot); sum_stock(count); sum_quantity(count); sum_delivery(count);
        sum_delivery_at(count, slot); sum_rest(count); left_out(total, parts); brand_or(); something_else(what); other_shop();
        not_by(brands); by(brand); rated_under(rating, min); nobody_rated(); too_many(max); is_word(word, what);
        not_all_of(what); not_said(said); comes_as(option, values); nothing_says(said); saying(said); says(said); none_left();
        one_holds_so(held, n, count); one_holds(held, count); not_pieces(count); other_currency(price, currency);
        price_over(price, over, max); price_under(price, under, min); not_summed(); not_held_against(sum, max);
        sum_over(sum, pieces, over, max); sum_with_delivery_over(sum, pieces, over, max);
        nearest(title, shop, price, way); nearest_not_all(title, shop, price, way); over_your(by, max);
        over_your_total(by, max); cannot_come(wish); none_left_now();
    }
}

pub(crate) mod compared {
    errand_sentences::sentences! {
        COMPARED = "compared";
        not_rated(); rated(stars, count); each(); price(); for_pieces(n); with_delivery(); carbon();
        per_hundred(measure); unit_price(price, measure); rating(); delivery(); confirmed(); like_it();
        goes_with_it(); nothing_says_so(); not_stated(); not_known(); not_confirmed(); not_known_for(wish);
        not_asked_yet(); lowest(); highest(); earliest(); nothing_to_compare(); name_from(title, shop);
        only_fits(name, price); only_closest(name, price); these_fit(n); side_by_side(n);
        and_highest_and_least(name, price); and_least(name, price); and_least_but(name, price, less);
        and_highest(name); take_degree(price, praise); take_both(price); take_highest(price, stars);
        take_least(price); take_balance(price); i_would_take(name, why); is_rated(stars); nobody_rated();
        comes_later(); nothing_confirmed(); best_low(name, value); best_high(name, value); praise_low(name, value);
        praise_high(name, value); blame(name, value); highest_rated(stars, count); well_rated(stars, count);
        lowest_price(price); close_to_lowest(price); can_come(wish); can_come_soonest(); you_prefer();
        bought_before(); lowest_carbon(amount); also(word); close_in_colour(word); same(name, value); less(money);
        goes_with(one, other, rule); quiet_lighter(); quiet(); quiet_strong(); one_lighter(); one_colour();
        neighbours(); opposites(); compete();
        attr_size(); attr_material(); attr_origin(); attr_country(); attr_colour(); attr_color(); attr_width();
        attr_height(); attr_depth(); attr_length(); attr_weight(); attr_pattern(); attr_style(); attr_brand();
        attr_noise(); attr_power(); attr_capacity(); attr_flavour(); attr_roast(); attr_warranty();
    }
}

pub(crate) mod shared {
    errand_sentences::sentences! {
        SHARED = "shared";
        silent(shops, count); too_many_ways(); from(things, shop); one_parcel(shop); parcels(n, parts);
        total_delivered(total); total_goods(total); total_told(total); no_single(); less_than(by, shop);
        more_than(by, shop); would_be(shop, total); more_than_parcels(by, n);
    }
}

pub(crate) mod chosen {
    errand_sentences::sentences! {
        CHOSEN = "chosen";
        too_many(); choose(value, option, change); plus(money); minus(money); same_price(); there_is(what, known);
        no_option(option); no_value(value, option); never_with(option, value, other);
        only_with(option, value, other, allowed); would_be(price, over, max); not_held_against(price, max);
        not_within(max); no_such(); without(option, value, price); without_limit(price);
    }
}
