use errand_types::Need;

use crate::words::{holds, is_container, is_filler, words};

/// The words of a need, read once.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Words of the thing itself, the head last: `coffee`, `bean`.
    pub(crate) thing: Vec<String>,
    /// Words of what it is for: they order, they do not exclude.
    pub(crate) purpose: Vec<String>,
    /// Phrases that must be carried, with the person's words.
    pub(crate) must: Vec<(String, Vec<String>)>,
    /// Phrases that must not be carried, with the person's words.
    pub(crate) must_not: Vec<(String, Vec<String>)>,
    /// Pairs of words that contradict what was asked.
    opposed: Vec<(&'static [&'static str], &'static [&'static str])>,
}

/// What says the opposite of a word, when a title or an option says it. Both sides are stems.
const OPPOSED: [(&[&str], &[&str]); 9] = [
    (&["bean"], &["ground", "instant", "capsule", "pod"]),
    (&["ground"], &["whole", "instant", "capsule", "pod"]),
    (&["wireless"], &["wired"]),
    (&["wired"], &["wireless"]),
    (&["unsalted"], &["salted"]),
    (&["salted"], &["unsalted"]),
    (&["unscented"], &["scented"]),
    (&["men"], &["women", "children"]),
    (&["women"], &["men", "children"]),
];

impl Ask {
    pub(crate) fn read(need: &Need) -> Self {
        let (thing, purpose) = thing_and_purpose(&words(need.what.as_str()));
        let phrases = |texts: &[errand_types::Text<60>]| {
            texts
                .iter()
                .map(|t| (t.as_str().to_owned(), words(t.as_str())))
                .filter(|(_, w)| !w.is_empty())
                .collect()
        };
        let must: Vec<(String, Vec<String>)> = phrases(&need.must);
        let asked = |word: &str| {
            thing
                .iter()
                .chain(must.iter().flat_map(|(_, w)| w))
                .any(|w| w == word)
        };
        let opposed = OPPOSED
            .into_iter()
            .filter(|(ours, theirs)| {
                ours.iter().any(|w| asked(w)) && !theirs.iter().any(|w| asked(w))
            })
            .collect();
        Self {
            opposed,
            must_not: phrases(&need.must_not),
            must,
            thing,
            purpose,
        }
    }

    /// A word in this field that contradicts what was asked: `ground`, when beans were asked for.
    pub(crate) fn contradicted_by(&self, field: &[String]) -> Option<&'static str> {
        self.opposed.iter().find_map(|(ours, theirs)| {
            let says_ours = ours.iter().any(|w| holds(field, &[(*w).to_owned()]));
            if says_ours {
                None
            } else {
                theirs
                    .iter()
                    .copied()
                    .find(|w| field.iter().any(|f| f == w))
            }
        })
    }
}

fn thing_and_purpose(all: &[String]) -> (Vec<String>, Vec<String>) {
    let (before, after) = match all.iter().position(|w| w == "for") {
        Some(at) => (
            all.get(..at).unwrap_or_default(),
            all.get(at.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (all, [].as_slice()),
    };
    // `bags of coffee`: what stands before the `of` only packs it.
    let before = match before.iter().position(|w| w == "of") {
        Some(at)
            if before
                .get(..at)
                .is_some_and(|w| w.iter().all(|w| is_container(w) || is_filler(w))) =>
        {
            before.get(at..).unwrap_or_default()
        }
        _ => before,
    };
    let tell = |w: &[String]| -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for word in w
            .iter()
            .filter(|w| !is_filler(w) && *w != "with" && *w != "in" && *w != "from")
        {
            if !kept.contains(word) {
                kept.push(word.clone());
            }
        }
        kept
    };
    let (thing, purpose) = (tell(before), tell(after));
    // "something for my desk": the purpose is all there is.
    if thing.is_empty() {
        (purpose, Vec::new())
    } else {
        (thing, purpose)
    }
}

#[cfg(test)]
mod tests {
    use errand_types::Text;

    use super::*;

    fn ask(what: &str) -> Ask {
        Ask::read(&Need {
            what: Text::clip(what),
            ..Need::default()
        })
    }

    #[test]
    fn the_pack_is_not_the_thing_and_the_purpose_does_not_exclude() {
        assert_eq!(ask("two bags of coffee beans").thing, ["coffee", "bean"]);
        let shoes = ask("good shoes for trail running");
        assert_eq!(
            (shoes.thing, shoes.purpose),
            (
                vec!["sho".to_owned()],
                vec!["trail".to_owned(), "running".to_owned()]
            )
        );
        assert_eq!(ask("something for my desk").thing, ["desk"]);
    }

    #[test]
    fn ground_contradicts_beans_unless_both_are_said() {
        let beans = ask("coffee beans");

        assert_eq!(beans.contradicted_by(&words("Ground")), Some("ground"));
        assert_eq!(beans.contradicted_by(&words("Whole bean or ground")), None);
        assert_eq!(ask("coffee").contradicted_by(&words("Ground")), None);
    }
}
