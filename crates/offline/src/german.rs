//! German before anything is tagged: number words and days that are written as one, numbers with their comma, and goods
//! by the names that shops have for them. What stays is read by the German grammar.

use std::collections::HashMap;

use crate::lang::{Lang, Near, Phrases};
use crate::text::{Heard, Kind, TOKENS_MAX, Token};
use crate::vocab::Vocab;

/// German words and what shops say.
#[derive(Debug, Default)]
pub(crate) struct GoodsNamed {
    pub(crate) nouns: HashMap<String, Vec<String>>,
    pub(crate) phrases: Phrases<Vec<String>>,
    pub(crate) adjectives: HashMap<String, Vec<String>>,
    /// Goods by their near spellings.
    pub(crate) near: Near,
    /// Closed words and goods by how they are typed without umlauts: `moechte`.
    pub(crate) folded: HashMap<String, String>,
}

/// `für` as `fuer`.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len() + 2);
    for c in word.chars() {
        match c {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            c => folded.push(c),
        }
    }
    folded
}

/// Links between the parts of a compound.
const LINKS: [&str; 7] = ["", "s", "es", "n", "en", "er", "e"];
/// Letters of a word that may be misspelled.
const SPELLED_MIN: usize = 7;
/// Letters of a part at least.
const PART_MIN: usize = 3;
const PARTS_MAX: usize = 4;
/// Endings that adjectives and nouns take.
const ENDINGS: [&str; 6] = ["e", "en", "er", "es", "em", "n"];

impl GoodsNamed {
    fn noun(&self, word: &str) -> Option<&Vec<String>> {
        self.nouns.get(word).or_else(|| {
            ["n", "en", "e", "er", "s"]
                .iter()
                .find_map(|end| self.nouns.get(word.strip_suffix(end)?))
        })
    }

    fn adjective(&self, word: &str) -> Option<&Vec<String>> {
        self.adjectives.get(word).or_else(|| {
            ENDINGS
                .iter()
                .find_map(|end| self.adjectives.get(word.strip_suffix(end)?))
        })
    }

    /// What shops say for a word; for a compound what they say for its parts, the head last.
    fn named(&self, word: &str) -> Option<Vec<String>> {
        let plain = || {
            // "weisse": the ending hides what is typed without its letter.
            let stem = ENDINGS
                .iter()
                .find_map(|end| self.folded.get(word.strip_suffix(end)?));
            stem.and_then(|stem| self.adjectives.get(stem))
        };
        self.noun(word)
            .or_else(|| self.adjective(word))
            .or_else(plain)
            .cloned()
            .or_else(|| self.compound(word, PARTS_MAX))
            .or_else(|| {
                // "Wasserkoher": one letter amiss, in a word that is long enough to be known by the rest.
                let is_long = word.chars().count() >= SPELLED_MIN;
                let known = self.near.spell(word).filter(|_| is_long)?;
                let is_alike = known.chars().next() == word.chars().next();
                self.nouns.get(known).filter(|_| is_alike).cloned()
            })
    }

    /// A name in the words of shops, where the language has others.
    pub(crate) fn words(&self, name: &str) -> String {
        if self.nouns.is_empty() {
            return name.to_owned();
        }
        let words = name.split(' ').map(|word| {
            let named = self.named(word);
            named.map_or_else(|| word.to_owned(), |words| words.join(" "))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The fewest parts, the longest first.
    fn compound(&self, word: &str, parts: usize) -> Option<Vec<String>> {
        if parts < 2 {
            return None;
        }
        let cuts: Vec<usize> = word
            .char_indices()
            .map(|(at, _)| at)
            .skip(PART_MIN)
            .collect();
        cuts.into_iter().rev().find_map(|cut| {
            let (head, rest) = word.split_at_checked(cut)?;
            // "Olivenöl" ends in a part of two letters; "Bäckerei" ends in no egg.
            let is_short = rest.chars().count() < PART_MIN;
            if is_short && (rest == "ei" || self.noun(rest).is_none()) {
                return None;
            }
            let first = LINKS.iter().find_map(|link| {
                let bare = head.strip_suffix(link)?;
                self.nouns.get(bare).or_else(|| self.adjectives.get(bare))
            })?;
            let behind = self
                .noun(rest)
                .cloned()
                .or_else(|| self.compound(rest, parts - 1))?;
            Some(first.iter().cloned().chain(behind).collect())
        })
    }
}

/// The value of a number word: `einundzwanzig`, `zweihundertfünfzig`, `dreitausend`.
pub(crate) fn number(lang: &Lang, word: &str) -> Option<i64> {
    let small = |word: &str| -> Option<i64> {
        let one = |w: &str| match w {
            "ein" | "eine" => Some(1),
            w => lang.units.get(w).copied(),
        };
        if let Some(n) = lang.units.get(word).or_else(|| lang.tens.get(word)) {
            return Some(*n);
        }
        let (unit, ten) = word.split_once("und")?;
        Some(one(unit)? + lang.tens.get(ten)?)
    };
    let below_thousand = |word: &str| -> Option<i64> {
        let Some((count, rest)) = word.split_once("hundert") else {
            return small(word);
        };
        let count = match count {
            "" | "ein" => 1,
            count => lang
                .units
                .get(count)
                .copied()
                .filter(|n| (1..20).contains(n))?,
        };
        let rest = match rest.strip_prefix("und").unwrap_or(rest) {
            "" => 0,
            rest => small(rest)?,
        };
        Some(count * 100 + rest)
    };
    let Some((count, rest)) = word.split_once("tausend") else {
        return below_thousand(word);
    };
    let count = match count {
        "" | "ein" => 1,
        count => below_thousand(count)?,
    };
    let rest = match rest.strip_prefix("und").unwrap_or(rest) {
        "" => 0,
        rest => below_thousand(rest)?,
    };
    Some(count * 1000 + rest)
}

/// A number with the comma and the points of German, as English has them; nothing for one that is the same in both.
fn digits(text: &str) -> Option<String> {
    let points = |text: &str| {
        let mut groups = text.split('.');
        let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()));
        first && groups.all(|g| g.len() == 3)
    };
    if let Some((whole, part)) = text.split_once(',') {
        return (!part.contains(',') && points(whole))
            .then(|| format!("{}.{part}", whole.replace('.', "")));
    }
    (text.contains('.') && points(text)).then(|| text.replace('.', ""))
}

/// Writes a turn the way the taggers read it. Bounded like the turn itself.
pub(crate) fn prepare(heard: &mut Heard, lang: &Lang, vocab: &Vocab) {
    let old = std::mem::take(&mut heard.tokens);
    let mut out: Vec<Token> = Vec::with_capacity(old.len() + 8);
    let mut at = 0;
    while at < old.len() && out.len() < TOKENS_MAX {
        let reader = Reader {
            tokens: &old,
            lang,
            vocab,
        };
        let step = reader.token(at, &mut out);
        at += step.max(1);
    }
    out.truncate(TOKENS_MAX);
    heard.tokens = out;
}

struct Reader<'a> {
    tokens: &'a [Token],
    lang: &'a Lang,
    vocab: &'a Vocab,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| t.text.as_str())
    }

    /// Puts what stands for a token behind `out`; gives how many tokens were used.
    fn token(&self, at: usize, out: &mut Vec<Token>) -> usize {
        let Some(token) = self.tokens.get(at) else {
            return 1;
        };
        match token.kind {
            Kind::Number => self.number(at, token, out),
            Kind::Word => self.words(at, token, out),
            Kind::Nth | Kind::Clock | Kind::Sign => {
                out.push(token.clone());
                1
            }
        }
    }

    fn number(&self, at: usize, token: &Token, out: &mut Vec<Token>) -> usize {
        let mut token = token.clone();
        // "18.30 Uhr", "am 28. November", "den 3."
        if self.word(at + 1) == "uhr"
            && let Some((hour, minute)) = token.text.split_once('.')
            && minute.len() == 2
        {
            token.text = format!("{hour}:{minute}");
            token.kind = Kind::Clock;
            out.push(token);
            return 1;
        }
        let before = at.checked_sub(1).map_or("", |i| self.word(i));
        let is_led = matches!(
            before,
            "am" | "der" | "den" | "dem" | "zum" | "vom" | "bis" | "vor" | "ab"
        );
        let is_dotted = self.word(at + 1) == "."
            && self
                .tokens
                .get(at + 1)
                .is_some_and(|dot| dot.start == token.end);
        let has_month = self.lang.months.contains_key(self.word(at + 2));
        if is_dotted && (has_month || is_led) && token.text.len() <= 2 {
            token.kind = Kind::Nth;
            out.push(token);
            return 2;
        }
        if let Some(plain) = digits(&token.text) {
            token.text = plain;
        }
        out.push(token);
        1
    }

    fn words(&self, at: usize, token: &Token, out: &mut Vec<Token>) -> usize {
        let goods = &self.lang.goods_named;
        let word = |i: usize| self.word(i);
        if let Some((end, named)) = goods.phrases.at(at, self.tokens.len(), word) {
            push(
                out,
                token,
                named,
                self.tokens.get(end - 1).map_or(token.end, |t| t.end),
            );
            return end - at;
        }
        let typed = token.text.as_str();
        let text = goods.folded.get(typed).map_or(typed, String::as_str);
        // "eine Tüte", "in einer Woche": counted, and no mere article.
        let is_one = matches!(text, "ein" | "eine" | "einen" | "einem" | "einer");
        if is_one {
            let next = goods
                .folded
                .get(word(at + 1))
                .map_or(word(at + 1), String::as_str);
            let counts = [
                "container",
                "time.week_unit",
                "time.day_unit",
                "time.hour_unit",
            ];
            let is_counting = counts.iter().any(|name| {
                self.lang
                    .class(name)
                    .is_some_and(|class| class.at(0, 1, |_| next).is_some())
            });
            if is_counting {
                out.push(as_number(token, 1));
                return 1;
            }
        }
        let is_closed = self.lang.closed.contains(text);
        if let Some(n) = number(self.lang, text).filter(|_| text != "ein") {
            out.push(as_number(token, n));
            return 1;
        }
        if let Some((day, part)) = self.day_and_part(text) {
            push(out, token, &[day.to_owned(), part.to_owned()], token.end);
            return 1;
        }
        // Whoever it is for is no goods: "für mein Kind".
        let is_person = self
            .lang
            .class("person")
            .is_some_and(|class| class.at(0, 1, |_| text).is_some());
        // What shops taught is a word of theirs, unless it is a German word as well: a Notebook is a laptop.
        let is_theirs = self.vocab.knows(text) && !goods.nouns.contains_key(text);
        if !is_closed
            && !is_person
            && !is_theirs
            && let Some(named) = goods.named(text)
        {
            push(out, token, &named, token.end);
            return 1;
        }
        let mut token = token.clone();
        text.clone_into(&mut token.text);
        out.push(token);
        1
    }

    /// `samstagvormittag`.
    fn day_and_part<'b>(&self, text: &'b str) -> Option<(&'b str, &'b str)> {
        self.lang.weekdays.keys().find_map(|day| {
            let part = text.strip_prefix(day.as_str())?;
            let is_part = self.lang.parts.at(0, 1, |_| part).is_some();
            is_part.then(|| text.split_at(day.len()))
        })
    }
}

fn as_number(token: &Token, n: i64) -> Token {
    Token {
        text: n.to_string(),
        kind: Kind::Number,
        ..token.clone()
    }
}

fn push(out: &mut Vec<Token>, token: &Token, words: &[String], end: usize) {
    for word in words {
        out.push(Token {
            text: word.clone(),
            kind: Kind::Word,
            start: token.start,
            end,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use errand_types::Language;

    fn prepared(text: &str) -> String {
        let lang = Lang::read(Language::German).unwrap();
        let mut heard = Heard::new(text, &lang.short);
        prepare(&mut heard, &lang, &Vocab::default());
        let words: Vec<&str> = heard.tokens.iter().map(|t| t.text.as_str()).collect();
        words.join(" ")
    }

    #[test]
    fn number_words_are_read_however_they_are_put_together() {
        let lang = Lang::read(Language::German).unwrap();
        for (word, n) in [
            ("einundzwanzig", 21),
            ("achtundneunzig", 98),
            ("hundert", 100),
            ("zweihundertfünfzig", 250),
            ("tausendeinhundertzwölf", 1_112),
            ("dreitausend", 3_000),
            ("zwei", 2),
        ] {
            assert_eq!(number(&lang, word), Some(n), "{word}");
        }
        for word in ["hund", "undzwanzig", "einund", "achtsam", "zweizwei", ""] {
            assert_eq!(number(&lang, word), None, "{word}");
        }
    }

    #[test]
    fn goods_are_named_as_shops_name_them_whole_or_by_their_parts() {
        for (said, read) in [
            (
                "zwei Tüten fair gehandelte Kaffeebohnen",
                "2 tüten fair trade coffee beans",
            ),
            ("eine Kaffeetasse", "eine coffee mug"),
            ("weiße Handtücher", "white towels"),
            ("Vollmilchschokolade", "milk chocolate"),
            ("Hollunderblütensirup", "hollunderblütensirup"),
            (
                "ich moechte Kaese fuer 12,50 Euro",
                "ich möchte cheese für 12.50 euro",
            ),
            ("1.299,00 €", "1299.00 €"),
            (
                "Samstagvormittag um 18.30 Uhr",
                "samstag vormittag um 18:30 uhr",
            ),
            ("am 28. November", "am 28 november"),
            ("in einer Woche", "in 1 woche"),
        ] {
            assert_eq!(prepared(said), read, "{said}");
        }
    }
}
