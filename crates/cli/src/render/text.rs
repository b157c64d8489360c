use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cuts a name at a number of columns, with `…`. Never for money.
pub(crate) fn clip(text: &str, max: usize) -> String {
    let text = one_line(text);
    if width(&text) <= max {
        return text;
    }
    let mut cut = String::new();
    let mut used = 0_usize;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used.saturating_add(w) >= max {
            break;
        }
        used = used.saturating_add(w);
        cut.push(c);
    }
    format!("{}…", cut.trim_end())
}

/// Line feeds and tabs of a stranger's text as spaces.
pub(crate) fn one_line(text: &str) -> String {
    if text.contains(['\n', '\t']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

/// Fills up with spaces behind, or before for numbers.
pub(crate) fn pad(text: &str, to: usize, right: bool) -> String {
    let spaces = " ".repeat(to.saturating_sub(width(text)));
    if right {
        format!("{spaces}{text}")
    } else {
        format!("{text}{spaces}")
    }
}

/// Breaks text between words. A word longer than a line stays whole: a number is never cut.
pub(crate) fn wrap(text: &str, max: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line).saturating_add(1).saturating_add(width(word)) > max
            {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The first letter small, the style after a sign; names (`Volt & Wire`), abbreviations and `I` stay as they are.
pub(crate) fn lower_first(text: &str) -> String {
    let mut words = text.split_whitespace();
    let (first, second) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or("x"),
    );
    let is_name = !second
        .starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == '"' || c == '`');
    let is_plain = first.chars().skip(1).all(|c| !c.is_uppercase()) && first != "I";
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if is_plain && !is_name => c.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// A sentence with its full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = one_line(text);
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '?', '!', ':']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns_and_names_end_in_an_ellipsis() {
        assert_eq!(width("抹茶"), 4);
        assert_eq!(clip("抹茶ラテ", 5), "抹茶…");
        assert_eq!(clip("Marcala", 7), "Marcala");
        assert_eq!(clip("Marcala Medium", 9), "Marcala…");
    }

    #[test]
    fn a_number_is_never_broken() {
        assert_eq!(
            wrap("it is $1234567.00 now", 6),
            ["it is", "$1234567.00", "now"]
        );
    }

    #[test]
    fn a_line_after_a_sign_begins_small_but_i_stays_i() {
        assert_eq!(lower_first("Over your limit"), "over your limit");
        assert_eq!(lower_first("I looked"), "I looked");
        assert_eq!(lower_first("USB cable"), "USB cable");
        assert_eq!(
            lower_first("Volt & Wire is closed"),
            "Volt & Wire is closed"
        );
        assert_eq!(
            lower_first("Pantry Lane is closed"),
            "Pantry Lane is closed"
        );
        assert_eq!(lower_first("Delivery"), "delivery");
    }
}
