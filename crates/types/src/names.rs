/// Edits between a wrong name and one that is still taken for it.
const EDITS_MAX: usize = 3;

/// The known name that a wrong one comes nearest to, if any is near: what a checked file tells beside the place of a slip.
pub fn nearest_name<'n>(wrong: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    known
        .map(|name| (distance(wrong, name), name))
        .filter(|(d, _)| *d <= EDITS_MAX)
        .min()
        .map(|(_, name)| name.to_owned())
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i.saturating_add(1)];
        for (j, cb) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
            let change = at(&row, j).saturating_add(usize::from(ca != *cb));
            let best = change
                .min(at(&row, j.saturating_add(1)).saturating_add(1))
                .min(at(&next, j).saturating_add(1));
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_near_and_another_word_is_not() {
        let known = || ["search", "compare"].into_iter();

        assert_eq!(nearest_name("serch", known()).as_deref(), Some("search"));
        assert_eq!(nearest_name("dishwasher", known()), None);
    }
}
