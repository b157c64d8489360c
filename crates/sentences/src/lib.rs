//! Sentences as data: one file for each language, and functions whose arguments the compiler checks.
//!
//! A room declares its sentences with [`sentences!`] and keeps their texts in `lang/<code>/<name>.toml` beside its code. Of
//! each sentence there is a function, so that a sentence that nobody says is dead code and a slot that nobody fills does
//! not compile; and every language is held against the declaration by [`Book::check`], at start-up and in tests.

mod book;
mod forms;
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "the attributes are those of `sentences!`, which no other crate sees in its lints"
)]
mod purposes;
mod template;

pub use book::{Book, Declared, SentencesError};
pub use forms::{
    check, clock, count_word, date, day, heading_inside, list, list_or, lower, moment, money,
    month, one_decimal, quoted, upper, window,
};
pub use purposes::purpose;
pub use template::{Slot, Template};

#[doc(hidden)]
pub use errand_types::Language;

/// Declares the sentences of a module, and makes a function of each: `fn name(language, slot, ...) -> String`.
///
/// ```ignore
/// errand_sentences::sentences! {
///     BUYING = "buying";
///     cart_empty();
///     bought(total, shop, number);
/// }
/// ```
///
/// The texts lie in `lang/<code>/buying.toml` of the crate that declares them, one file for each language of
/// [`Language::ALL`](errand_types::Language::ALL).
#[macro_export]
macro_rules! sentences {
    (
        $book:ident = $file:literal;
        $( $name:ident ( $($slot:ident),* $(,)? ); )*
    ) => {
        pub(crate) static $book: ::std::sync::LazyLock<$crate::Book> = ::std::sync::LazyLock::new(|| {
            $crate::Book::read(
                $file,
                &[ $( $crate::Declared {
                    key: ::std::stringify!($name),
                    slots: &[ $( ::std::stringify!($slot) ),* ],
                } ),* ],
                // In the order of `Language::ALL`: a language that is added is added here once, for every room.
                [
                    ::std::include_str!(::std::concat!(::std::env!("CARGO_MANIFEST_DIR"), "/lang/en/", $file, ".toml")),
                    ::std::include_str!(::std::concat!(::std::env!("CARGO_MANIFEST_DIR"), "/lang/de/", $file, ".toml")),
                ],
            )
        });

        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy)]
        enum Key { $( $name ),* }

        $(
            #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]
            pub(crate) fn $name(language: $crate::Language $(, $slot: impl $crate::Slot)*) -> ::std::string::String {
                $book.say(language, Key::$name as usize, &[ $( &$slot as &dyn $crate::Slot ),* ])
            }
        )*
    };
}
