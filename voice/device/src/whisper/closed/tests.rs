use super::*;

const END: Token = 100;

/// Bytes, and then what was joined, in the order in which it was.
fn vocabulary(joined: &[&str]) -> Vocabulary {
    let bytes = (0..=127_u8)
        .filter(|byte| !byte.is_ascii_uppercase() && (*byte == b' ' || byte.is_ascii_graphic()));
    let bytes = bytes.map(|byte| vec![byte]);
    let joined = joined.iter().map(|text| text.as_bytes().to_vec());
    Vocabulary::new((0..).zip(bytes.chain(joined)), END)
}

fn text_of(vocabulary: &Vocabulary, tokens: &[Token]) -> String {
    let bytes = tokens.iter().flat_map(|token| {
        let found = vocabulary.ids.iter().find(|(_, id)| *id == token);
        found.map(|(bytes, _)| bytes.clone()).unwrap_or_default()
    });
    String::from_utf8(bytes.collect()).unwrap()
}

/// Believes in texts, each with its probability, and that everything else is over at once.
struct Believes<'a> {
    vocabulary: &'a Vocabulary,
    texts: &'a [(&'a str, f32)],
}

impl Model for Believes<'_> {
    fn behind(&mut self, tokens: &[Token]) -> Result<Vec<f32>, EngineFault> {
        let written = self.texts.iter().map(|(text, p)| {
            let whole = self.vocabulary.tokens(text).unwrap();
            (whole, *p)
        });
        let so_far: Vec<_> = written
            .filter(|(whole, _)| whole.starts_with(tokens))
            .collect();
        let all: f32 = so_far.iter().map(|(_, p)| p).sum();
        let mut next = vec![1e-9_f32; 102];
        for (whole, p) in so_far {
            let at = whole.get(tokens.len()).copied().unwrap_or(END);
            next[usize::try_from(at).unwrap()] += p / all;
        }
        Ok(next.into_iter().map(f32::ln).collect())
    }
}

fn phrases(list: &[&str], longest: u8, vocabulary: &Vocabulary) -> Phrases {
    let list: Vec<Box<str>> = list.iter().map(|phrase| (*phrase).into()).collect();
    Phrases::new(&list, longest, vocabulary)
}

fn search(list: &[&str], texts: &[(&str, f32)]) -> Search {
    let vocabulary = vocabulary(&["am", "be", " am"]);
    let mut model = Believes {
        vocabulary: &vocabulary,
        texts,
    };
    phrases(list, 2, &vocabulary)
        .search(&mut model, &[], 0.0)
        .unwrap()
}

#[test]
fn a_text_is_written_in_the_tokens_that_were_joined_first() {
    let vocabulary = vocabulary(&["er", "am", "be", "amb", "ber"]);

    let tokens = vocabulary.tokens("amber").unwrap();

    let parts: Vec<String> = tokens.iter().map(|t| text_of(&vocabulary, &[*t])).collect();
    // `am` before `be`, and `er` before all: longest first would have had `amb`.
    assert_eq!(parts, ["amb", "er"]);
    assert_eq!(vocabulary.tokens("ä"), None);
}

#[test]
fn the_likeliest_answer_of_the_list_is_found_with_the_next_one_behind_it() {
    let list = ["amber", "anchor", "cedar"];
    let texts = [
        (" amber cedar.", 0.5),
        (" amber, cedar", 0.1),
        (" anchor cedar", 0.2),
        (" something else", 0.2),
    ];

    let found = search(&list, &texts).found;

    assert_eq!(found[0].phrases, [0, 2]);
    assert!((found[0].score.exp() - 0.6).abs() < 0.01, "{found:?}");
    assert_eq!(found[1].phrases, [1, 2]);
    assert!((found[1].score.exp() - 0.2).abs() < 0.01, "{found:?}");
}

#[test]
fn what_is_not_on_the_list_is_as_unlikely_as_the_model_finds_it() {
    let found = search(
        &["amber", "cedar"],
        &[(" stop that", 0.99), (" amber cedar", 0.01)],
    )
    .found;

    assert!(found[0].score < -4.0, "{found:?}");
    assert_eq!(search(&["amber"], &[(" stop", 1.0)]).found, []);
}

#[test]
fn a_word_that_begins_another_is_another_answer() {
    let found = search(
        &["am", "amber", "ber"],
        &[(" amber", 0.7), (" am ber", 0.3)],
    )
    .found;

    assert_eq!(found[0].phrases, [1]);
    assert_eq!(found[1].phrases, [0, 2]);
}

#[test]
fn no_more_phrases_are_found_than_an_answer_has() {
    let found = search(&["be", "am"], &[(" be am be", 0.9), (" be am", 0.1)]).found;

    assert_eq!(found[0].phrases, [0, 1]);
    assert!((found[0].score.exp() - 0.1).abs() < 0.01, "{found:?}");
    assert!(found.iter().all(|found| found.phrases.len() <= 2));
}

#[test]
fn a_search_without_end_is_cut_and_says_so() {
    /// Goes on and on: every letter is likely, and an end is not.
    struct GoesOn<'a>(&'a Vocabulary, usize);
    impl Model for GoesOn<'_> {
        fn behind(&mut self, _: &[Token]) -> Result<Vec<f32>, EngineFault> {
            self.1 += 1;
            let letter = |token: usize| {
                let text = text_of(self.0, &[Token::try_from(token).unwrap()]);
                text.chars().all(|c| c.is_ascii_lowercase() || c == ' ') && !text.is_empty()
            };
            let next = (0..102).map(|token| if letter(token) { -0.01 } else { -30.0 });
            Ok(next.collect())
        }
    }
    let vocabulary = vocabulary(&[]);
    let list: Vec<String> = (0..200_u8)
        .map(|n| format!("{}{}", char::from(b'a' + n % 26), char::from(b'a' + n / 26)))
        .collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let mut model = GoesOn(&vocabulary, 0);

    let phrases = phrases(&list, 2, &vocabulary);
    let found = phrases.search(&mut model, &[], 0.0).unwrap();

    assert!(found.is_cut);
    assert_eq!(model.1, LOOKS_MAX);
}

fn told(found: &[(&[usize], f32)], free: f32, is_cut: bool) -> Vec<(String, f32)> {
    let list: Vec<Box<str>> = ["no", "yes", "amber", "cedar"].map(Into::into).to_vec();
    let found = found.iter().map(|(phrases, score)| Found {
        phrases: phrases.to_vec(),
        score: *score,
    });
    let search = Search {
        found: found.collect(),
        is_cut,
    };
    let readings = search.readings(&list, free);
    readings.into_iter().map(|r| (r.text, r.score)).collect()
}

fn texts(found: &[(&[usize], f32)], free: f32) -> Vec<String> {
    told(found, free, false)
        .into_iter()
        .map(|(text, _)| text)
        .collect()
}

#[test]
fn what_is_about_as_likely_as_the_free_text_is_believed_and_the_runner_up_told() {
    let pairs: &[(&[usize], f32)] = &[(&[2, 3], -5.0), (&[3, 3], -7.0), (&[3, 2], -7.5)];

    assert_eq!(texts(pairs, -3.0), ["amber cedar", "cedar cedar"]);
    // Its first word alone is likelier, and is told: whoever asks knows that it is no answer.
    let begun: &[(&[usize], f32)] = &[(&[2], -2.0), (&[2, 3], -4.0)];
    assert_eq!(texts(begun, -3.0), ["amber", "amber cedar"]);
}

#[test]
fn what_the_model_would_never_write_is_none_of_the_phrases() {
    // Noise: the model writes nothing, of which it is sure, and "no" is what it can be made to say.
    assert_eq!(
        texts(&[(&[0], -5.0), (&[0, 0], -6.6)], 0.0),
        [NONE, "no no"]
    );
    // Digits: a long text, of which it is not sure, makes no yes of an unlikely one.
    assert_eq!(texts(&[(&[1], -7.2)], -7.0), [NONE]);
    assert_eq!(texts(&[], -2.0), [NONE]);
    let none = told(&[(&[2, 3], -9.0)], -2.0, false);
    assert!(none[0].0 == NONE && none[0].1 > none[1].1, "{none:?}");
}

#[test]
fn a_no_is_told_only_where_it_is_among_the_likeliest() {
    assert_eq!(texts(&[(&[0], -1.0)], -1.0), ["no"]);
    assert_eq!(texts(&[(&[1], -1.0), (&[0], -1.3)], -1.0), ["yes", "no"]);
    let late: &[(&[usize], f32)] = &[(&[2, 3], -1.0), (&[0], -2.9)];
    assert_eq!(texts(late, -1.0), ["amber cedar"]);
}

#[test]
fn of_a_search_that_was_cut_nothing_is_believed() {
    let cut = told(&[(&[2, 3], -1.0), (&[1], -1.2)], -1.0, true);

    assert_eq!(cut[0].0, NONE);
    assert!(
        cut.iter().skip(1).all(|(_, score)| *score < cut[0].1),
        "{cut:?}"
    );
}
