use errand_protocol::errand::{
    ApprovalKind, ApprovalView, ComparisonView, LineView, OrderView, PolicyView, ProductCard,
    ProductsView,
};
use errand_types::{Language, Window};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::table::Speakable;
use crate::ports::{SENTENCE_CHARS_MAX, Sentence};
use crate::sentences::Sentences;

/// Options of one answer at most.
pub const OPTIONS_MAX: usize = 3;
/// About twelve seconds of speech, without the question.
pub const SAID_CHARS_MAX: usize = 200;
/// Sentences of one answer at most, without the question.
const SENTENCES_MAX: usize = 2;
/// Words of a product's name at most; its whole name is shown.
const NAME_WORDS_MAX: usize = 5;
/// What a shop may say through us, in characters.
const FOREIGN_CHARS_MAX: usize = 120;
const ON_SCREEN: &str = "It is on your screen.";
const PRIVATE: &str = "That is private, and others may hear it.";
const REST_ON_SCREEN: &str = "The rest is on your screen.";
const MORE: &str = "There is more.";

/// Who may hear us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// The person alone.
    Alone,
    /// More than one voice was heard lately, or the device is marked as shared.
    Shared,
}

/// What is asked at the end of an answer.
pub type Question = Sentence;

/// The said form of an answer: the answer first, at most two sentences, then at most one question, then silence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The answer.
    pub sentences: Vec<Sentence>,
    /// The question.
    pub question: Option<Question>,
    /// All options in the order of the screen, one sentence each, for "next" and "the second".
    pub options: Vec<Sentence>,
}

impl Said {
    fn of(sentences: &[String], question: Option<&str>) -> Self {
        Self {
            sentences: sentences.iter().filter_map(|s| sentence(s)).collect(),
            question: question.and_then(sentence),
            options: Vec::new(),
        }
    }

    /// Everything that is spoken, in order.
    pub fn spoken(&self) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().chain(&self.question)
    }
}

/// Makes the said form of what is shown.
#[derive(Debug, Clone)]
pub struct Saying {
    say: Speakable,
    company: Company,
    has_screen: bool,
    zone: TimeZone,
    today: Date,
}

impl Saying {
    /// For a person: who else may hear, whether a screen shows what is not said, their zone and their day. `None` for a language
    /// that is only shown.
    pub fn new(
        language: Language,
        company: Company,
        has_screen: bool,
        zone: TimeZone,
        today: Date,
    ) -> Option<Self> {
        let say = Speakable::of(language)?;
        Some(Self {
            say: if has_screen {
                say
            } else {
                say.without_screen()
            },
            company,
            has_screen,
            zone,
            today,
        })
    }

    /// Something private: what others ordered, a history, a diet, an address, a gift. Not aloud where others may hear.
    pub fn private(&self, text: &str) -> Said {
        match self.company {
            Company::Alone => self.plain(text),
            Company::Shared if self.has_screen => Said::of(&[ON_SCREEN.to_owned()], None),
            Company::Shared => Said::of(&[PRIVATE.to_owned()], None),
        }
    }

    /// A sentence of ours that was written to be read: the first two sentences and the question at its end.
    pub fn plain(&self, text: &str) -> Said {
        let spoken = self.say.text(text);
        let mut all: Vec<String> = Sentences::of(Language::English, &spoken)
            .iter()
            .map(|sentence| sentence.as_str().to_owned())
            .collect();
        let question = all.pop_if(|last| last.ends_with('?'));
        Said::of(&self.bounded(all), question.as_deref())
    }

    /// What a shop wrote, in our frame. `None` while an approval is open: then nobody speaks but us.
    pub fn shop_says(&self, shop: &str, text: &str, is_approval_open: bool) -> Option<Sentence> {
        if is_approval_open {
            return None;
        }
        let mut text: String = self
            .say
            .text(text)
            .chars()
            .take(FOREIGN_CHARS_MAX)
            .collect();
        text.truncate(text.trim_end_matches(['.', ',', ' ']).len());
        sentence(&format!("{} says: {text}.", self.name(shop)))
    }

    /// What was found: how many, three of them in a breath each, and which one it is to be.
    pub fn products(&self, view: &ProductsView) -> Said {
        let options: Vec<Sentence> = view
            .items
            .iter()
            .filter_map(|card| sentence(&format!("{}.", self.option(card))))
            .collect();
        let mut said = match view.items.as_slice() {
            [] => Said::of(
                &["Nothing fits.".to_owned()],
                Some("Shall I look for something else?"),
            ),
            [one] => Said::of(
                &[format!(
                    "{}, from {}.",
                    self.option(one),
                    self.name(&one.merchant_name)
                )],
                Some("Shall I take it?"),
            ),
            items => {
                let named: Vec<String> = items
                    .iter()
                    .take(OPTIONS_MAX)
                    .zip(["The first is", "the second", "the third"])
                    .map(|(card, nth)| format!("{nth} {}", self.option(card)))
                    .collect();
                let all = u64::from(view.more).saturating_add(items.len() as u64);
                let count = self.say.number(all);
                Said::of(
                    &[
                        format!("{} fit.", upper(&count)),
                        format!("{}.", named.join("; ")),
                    ],
                    Some("Which one?"),
                )
            }
        };
        said.options = options;
        said
    }

    /// Which one we would take and why; the table is shown.
    pub fn comparison(&self, view: &ComparisonView) -> Said {
        let spoken = self.say.text(&view.spoken);
        let told: Vec<String> = Sentences::of(Language::English, &spoken)
            .iter()
            .take(SENTENCES_MAX)
            .map(|sentence| sentence.as_str().to_owned())
            .collect();
        let mut said = Said::of(&told, Some("Which one?"));
        said.options = view
            .rows
            .iter()
            .filter_map(|row| sentence(&format!("{}.", self.option(&row.card))))
            .collect();
        said
    }

    /// The terms of an approval, whole: amount, payee, what, when, and what to say. Made from facts alone; no word of a shop
    /// is in it but names. It is never shortened, and `words` never come from anywhere else.
    pub fn approval(&self, view: &ApprovalView, words: Option<&str>) -> Said {
        let payee = self.name(&view.payee.legal_name);
        match (view.kind, view.amount) {
            (ApprovalKind::Purchase, Some(amount)) => {
                let terms = format!(
                    "You would pay {} to {payee}, for {}.",
                    self.say.money(amount),
                    self.lines(&view.lines)
                );
                let delivery = view.delivery.as_ref().map(|window| self.arrival(window));
                let ask = words.map(|words| format!("To buy, say: {words}."));
                let ask =
                    ask.unwrap_or_else(|| "To buy, say the two words on your screen.".to_owned());
                let sentences: Vec<String> =
                    [Some(terms), delivery].into_iter().flatten().collect();
                Said::of(&sentences, Some(&ask))
            }
            (ApprovalKind::Purchase, None) => Said::of(&[ON_SCREEN.to_owned()], None),
            (ApprovalKind::Consent, _) => {
                let classes: Vec<&str> = view.discloses.iter().map(|class| class.word()).collect();
                let what = list(&classes);
                Said::of(
                    &[format!("{payee} would learn your {what}, to deliver.")],
                    Some("Yes or no?"),
                )
            }
        }
    }

    /// The terms of an approval that is answered elsewhere: too much for a voice, a shop or an address that is new.
    pub fn on_page(&self, view: &ApprovalView) -> Said {
        let mut said = self.approval(view, None);
        let why = view.why_page.as_ref();
        let why = why.map(|why| format!("{}.", upper(self.say.text(why).trim_end_matches('.'))));
        said.sentences.extend(why.and_then(|why| sentence(&why)));
        said.question = sentence("Please answer it on your page.");
        said
    }

    /// Two payments are asked for one by one, and said so.
    pub fn payments(&self, views: &[ApprovalView]) -> Option<Said> {
        let amounts: Option<Vec<_>> = views.iter().map(|v| v.amount).collect();
        let amounts = amounts.filter(|amounts| amounts.len() > 1)?;
        let total = errand_types::Money::sum(amounts.first()?.currency(), amounts.iter().copied());
        let each: Vec<String> = views
            .iter()
            .zip(&amounts)
            .map(|(v, amount)| {
                format!(
                    "{} to {}",
                    self.say.price(*amount),
                    self.name(&v.payee.name)
                )
            })
            .collect();
        let each: Vec<&str> = each.iter().map(String::as_str).collect();
        let count = upper(&self.say.number(amounts.len() as u64));
        let together = total.map_or_else(
            |_| String::new(),
            |total| format!("Together {}. ", self.say.price(total)),
        );
        Some(Said::of(
            &[
                format!("{count} payments: {}.", list(&each)),
                format!("{together}I will ask for each."),
            ],
            None,
        ))
    }

    /// It is bought, and when it comes.
    pub fn bought(&self, view: &OrderView) -> Said {
        let delivery = view.delivery.as_ref().map(|window| self.arrival(window));
        let sentences: Vec<String> = [Some("Bought.".to_owned()), delivery]
            .into_iter()
            .flatten()
            .collect();
        Said::of(&sentences, None)
    }

    /// Those were not the words.
    pub fn wrong(&self, tries_left: u8, words: Option<&str>) -> Said {
        let left = match tries_left {
            0 => {
                return Said::of(
                    &["That was the last try, nothing is bought.".to_owned()],
                    None,
                );
            }
            1 => "One try left.".to_owned(),
            n => format!("{} tries left.", upper(&self.say.number(u64::from(n)))),
        };
        let ask = words.map(|words| format!("{}.", upper(words)));
        Said::of(
            &["Not quite, nothing is bought.".to_owned(), left],
            ask.as_deref(),
        )
    }

    /// What happened, what did not, and the safest thing that can be done. The reason behind a rule is not said aloud.
    pub fn refusal(&self, view: &PolicyView) -> Said {
        let head = self
            .say
            .text(&format!("{}.", view.headline.trim_end_matches('.')));
        let not = self.say.text(&view.not);
        let remedy = view.remedies.first().map(|remedy| self.say.text(remedy));
        let ask = remedy.map(|remedy| format!("{}?", upper(remedy.trim_end_matches(['.', '?']))));
        Said::of(&self.bounded(vec![head, not]), ask.as_deref())
    }

    /// One option in one breath: short name, price, when it comes.
    fn option(&self, card: &ProductCard) -> String {
        let price = self.say.price(card.price);
        let mut text = format!("{}, {price}", self.name(&card.title));
        if let Some(window) = &card.first_delivery {
            let day = self.day(window);
            text.push_str(&format!(", {day}"));
        }
        text
    }

    fn day(&self, window: &Window) -> String {
        let date = window.start.to_zoned(self.zone.clone()).date();
        let whole = self.say.date(date, self.today);
        // In a list "tomorrow" is enough.
        whole
            .split_once(',')
            .map_or(whole.clone(), |(near, _)| near.to_owned())
    }

    fn arrival(&self, window: &Window) -> String {
        format!(
            "It comes {}.",
            self.say.window(window, &self.zone, self.today)
        )
    }

    fn lines(&self, lines: &[LineView]) -> String {
        let named: Vec<String> = lines
            .iter()
            .take(OPTIONS_MAX)
            .map(|line| {
                format!(
                    "{} {}",
                    self.say.number(u64::from(line.quantity)),
                    self.name(&line.title)
                )
            })
            .collect();
        let mut named: Vec<&str> = named.iter().map(String::as_str).collect();
        let more = lines.len().saturating_sub(OPTIONS_MAX);
        let more = match more {
            0 => None,
            1 => Some("one more thing".to_owned()),
            n => Some(format!("{} more things", self.say.number(n as u64))),
        };
        named.extend(more.as_deref());
        list(&named)
    }

    /// Two sentences and twelve seconds at most; what is left is shown, where a screen does.
    fn bounded(&self, all: Vec<String>) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        let mut length = 0;
        let count = all.len();
        for sentence in all {
            length += sentence.chars().count();
            let is_full =
                kept.len() == SENTENCES_MAX || (length > SAID_CHARS_MAX && !kept.is_empty());
            if is_full {
                break;
            }
            kept.push(sentence);
        }
        if kept.len() < count {
            kept.truncate(SENTENCES_MAX - 1);
            let rest = if self.has_screen {
                REST_ON_SCREEN
            } else {
                MORE
            };
            kept.push(rest.to_owned());
        }
        kept
    }

    /// A name as one says it: without what stands behind a comma or in brackets, five words at most.
    fn name(&self, name: &str) -> String {
        let head = name
            .split([',', '(', '|', '\u{b7}'])
            .next()
            .unwrap_or_default();
        let words: Vec<&str> = head.split_whitespace().take(NAME_WORDS_MAX).collect();
        self.say.text(&words.join(" "))
    }
}

fn sentence(text: &str) -> Option<Sentence> {
    let cut: String = text.chars().take(SENTENCE_CHARS_MAX).collect();
    Sentence::new(&cut).ok()
}

fn list(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
