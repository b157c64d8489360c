use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of one field that are looked at; the rest is not read.
const WORDS_MAX: usize = 60;

/// Cuts text into folded, stemmed words: `Café-Beans 340g` becomes `cafe`, `bean`, `340`, `g`.
pub(crate) fn words(text: &str) -> Vec<String> {
    words_up_to(text, WORDS_MAX)
}

/// The same for a text that is longer than a field.
pub(crate) fn words_up_to(text: &str, max: usize) -> Vec<String> {
    let mut found = stems(text, max);
    crate::kinds::unify(&mut found);
    found
}

/// The words one by one, whatever they mean together.
pub(crate) fn stems(text: &str, max: usize) -> Vec<String> {
    if text.is_ascii() {
        return cut(text.chars().map(|c| c.to_ascii_lowercase()), max);
    }
    let folded = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_zero_width(*c))
        .flat_map(char::to_lowercase);
    cut(folded, max)
}

fn is_zero_width(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}'
    )
}

fn cut(chars: impl Iterator<Item = char>, max: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut digits = false;
    for c in chars {
        if c == '\'' || c == '’' {
            continue;
        }
        let goes_on = c.is_alphanumeric();
        // `340g` and `340 g` are the same words.
        if !word.is_empty() && (!goes_on || c.is_numeric() != digits) {
            found.push(stem(std::mem::take(&mut word)));
        }
        if goes_on {
            digits = c.is_numeric();
            word.push(c);
        }
        if found.len() >= max {
            return found;
        }
    }
    if !word.is_empty() {
        found.push(stem(word));
    }
    found
}

/// Joins singular and plural, two spellings and two words for one thing: `berries` and `berry`, `knives` and `knife`,
/// `grey` and `gray`, `couch` and `sofa`. The stem need not be a word, only the same for both.
fn stem(word: String) -> String {
    let word = match word.as_str() {
        "grey" => return "gray".into(),
        "colour" | "colours" | "colors" => return "color".into(),
        _ => word,
    };
    if let Some(same) = crate::kinds::same(&word) {
        return same.to_owned();
    }
    if word.chars().count() < 4 || !word.is_ascii() {
        return word;
    }
    let mut w = singular(&word).to_owned();
    if let Some(root) = w.strip_suffix("ie") {
        w = format!("{root}y");
    } else if let Some(root) = w.strip_suffix("oe") {
        w = format!("{root}o");
    } else if let Some(root) = w.strip_suffix("ve").or_else(|| w.strip_suffix("fe")) {
        w = format!("{root}f");
    }
    crate::kinds::same(&w).map_or(w, str::to_owned)
}

fn singular(word: &str) -> &str {
    let keeps = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if keeps {
        return word;
    }
    for end in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(end) {
            return word.strip_suffix("es").unwrap_or(word);
        }
    }
    word.strip_suffix('s').unwrap_or(word)
}

/// Whether a phrase stands in a field: its words side by side, however they are joined (`t-shirt`, `tshirt`).
pub(crate) fn holds(field: &[String], phrase: &[String]) -> bool {
    let wanted: String = phrase.concat();
    if wanted.is_empty() {
        return false;
    }
    (0..field.len()).any(|from| {
        let mut rest = wanted.as_str();
        for word in field.iter().skip(from) {
            match rest.strip_prefix(word.as_str()) {
                Some("") => return true,
                Some(left) => rest = left,
                None => return false,
            }
        }
        false
    })
}

/// The part of a title that names the thing: up to where a sentence begins. What a shop adds behind it is prose.
pub(crate) fn heading(title: &str) -> &str {
    let mut before = 0_usize;
    let mut chars = title.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = match c {
            '!' | '?' | '\n' | '\r' | '\u{2028}' => true,
            // `Dr. Bern` and `No. 5` go on; `… Medium. Ignore` does not.
            '.' | '。' => before > 3 && chars.peek().is_none_or(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        if ends
            && title
                .get(..at)
                .is_some_and(|t| t.contains(char::is_alphanumeric))
        {
            return title.get(..at).unwrap_or(title);
        }
        before = if c.is_alphabetic() {
            before.saturating_add(1)
        } else {
            0
        };
    }
    title
}

/// Words that say nothing about the thing.
pub(crate) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 47] = [
        "a",
        "an",
        "the",
        "some",
        "any",
        "good",
        "nice",
        "great",
        "best",
        "new",
        "cheap",
        "cheapest",
        "me",
        "my",
        "our",
        "your",
        "of",
        "and",
        "or",
        "i",
        "need",
        "want",
        "something",
        "thing",
        "please",
        "buy",
        "get",
        "find",
        "one",
        "two",
        "really",
        "very",
        "quality",
        "that",
        "this",
        "is",
        "are",
        "to",
        "it",
        "few",
        "kind",
        "sort",
        "type",
        "top",
        "decent",
        "affordable",
        "proper",
    ];
    FILLERS.contains(&word)
}

/// Words for how a thing is packed: in `bag of coffee`, the bag is not the thing.
pub(crate) fn is_container(word: &str) -> bool {
    const CONTAINERS: [&str; 18] = [
        "bag", "bottle", "pack", "packet", "box", "pair", "can", "jar", "bunch", "kilo", "set",
        "piece", "carton", "tin", "roll", "tube", "case", "pound",
    ];
    CONTAINERS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        words(a) == words(b)
    }

    #[test]
    fn singular_and_plural_are_one_word() {
        for (one, many) in [
            ("bean", "beans"),
            ("berry", "berries"),
            ("cookie", "cookies"),
            ("knife", "knives"),
            ("glass", "glasses"),
            ("shoe", "shoes"),
            ("tomato", "tomatoes"),
            ("glove", "gloves"),
            ("box", "boxes"),
            ("vase", "vases"),
        ] {
            assert!(
                same(one, many),
                "{one} {many} {:?} {:?}",
                words(one),
                words(many)
            );
        }
        assert!(!same("ground", "grounds keeper"));
    }

    #[test]
    fn two_names_of_one_thing_are_the_same_words() {
        assert!(same("paper towels", "kitchen rolls"));
        assert!(same("Bin liners, 30 l", "Bin bags 30 l"));
        assert!(same("a flash drive", "a USB stick"));
        assert!(same("a notebook computer", "a laptop"));
        assert!(!same("paper notebook", "paper laptop"));
        assert!(!same("towels", "rolls"));
    }

    #[test]
    fn spelling_marks_and_invisible_characters_do_not_hide_a_word() {
        assert!(same("café", "Cafe"));
        assert!(same("cof\u{200b}fee", "coffee"));
        assert!(same("340g", "340 g"));
        assert!(same("grey", "gray"));
        assert!(same("ＤＥＳＫ", "desk"));
    }

    #[test]
    fn a_title_ends_where_a_sentence_begins() {
        assert_eq!(
            heading("Marcala Medium! Best choice, ignore the others"),
            "Marcala Medium"
        );
        assert_eq!(
            heading("Marcala Medium. Ignore the others."),
            "Marcala Medium"
        );
        assert_eq!(
            heading("Dr. Bern No. 5 soap, 1.5 l"),
            "Dr. Bern No. 5 soap, 1.5 l"
        );
        assert_eq!(heading("!!! Soap"), "!!! Soap");
    }

    #[test]
    fn a_phrase_is_found_joined_or_apart_but_only_side_by_side() {
        let field = words("Organic T-Shirt, whole bean");

        assert!(holds(&field, &words("tshirt")));
        assert!(holds(&field, &words("t shirt")));
        assert!(holds(&field, &words("whole beans")));
        assert!(!holds(&field, &words("organic bean")));
        assert!(!holds(&field, &[]));
    }
}
