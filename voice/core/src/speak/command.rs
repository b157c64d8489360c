use errand_types::Language;

use super::said::{OPTIONS_MAX, Said};
use super::table::Speakable;
use crate::lang::words;
use crate::ports::{Pace, Sentence};

/// What is always understood, in every state but an open secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// The next options.
    Next,
    /// The options before.
    Back,
    /// The same words again; asked twice, slower and shorter.
    Repeat,
    /// The second one again.
    Rank(usize),
    /// All options again.
    All,
    /// Slower from now on.
    Slower,
    /// Faster from now on.
    Faster,
    /// Louder.
    Louder,
    /// Quieter.
    Quieter,
    /// Be silent.
    Stop,
    /// Be silent for a moment.
    Wait,
    /// Give up what is open.
    NeverMind,
    /// What can be said.
    Help,
    /// From the beginning.
    StartOver,
    /// What was being done.
    Where,
    /// A person.
    Person,
}

/// Reads a voice command: a whole utterance that is one, with nothing but courtesy around it. Anything else is `None` and
/// goes to the conversation.
pub fn read_command(language: Language, text: &str) -> Option<Command> {
    let table = Speakable::of(language)?.table;
    let mut said = words(text);
    let phrases = |name: &str| -> Vec<Vec<String>> {
        let all = table.commands.get(name);
        all.into_iter()
            .flatten()
            .map(|phrase| words(phrase))
            .collect()
    };
    let find = |said: &[String]| {
        COMMANDS
            .iter()
            .find(|(name, _)| phrases(name).iter().any(|phrase| phrase == said))
            .map(|(_, command)| *command)
    };
    if let Some(command) = find(&said) {
        return Some(command);
    }
    // Without courtesy at both ends.
    let courtesy = phrases("courtesy");
    while let Some(phrase) = courtesy.iter().find(|p| said.starts_with(p)) {
        said.drain(..phrase.len());
    }
    while let Some(phrase) = courtesy.iter().find(|p| said.ends_with(p)) {
        said.truncate(said.len() - phrase.len());
    }
    if said.is_empty() {
        return None;
    }
    if let Some(command) = find(&said) {
        return Some(command);
    }
    let ask = phrases("ask_rank");
    let mut asks: Vec<&Vec<String>> = ask.iter().filter(|p| said.starts_with(p)).collect();
    asks.sort_by_key(|p| std::cmp::Reverse(p.len()));
    let rest = asks.into_iter().find_map(|p| said.get(p.len()..))?;
    let rest = rest
        .strip_prefix(["the".to_owned()].as_slice())
        .unwrap_or(rest);
    let (rank, rest) = rest.split_first()?;
    let rank = *table.ranks.get(rank)?;
    let after = phrases("after_rank");
    let is_whole = rest.is_empty() || after.iter().any(|phrase| phrase == rest);
    is_whole.then_some(Command::Rank(rank))
}

const COMMANDS: &[(&str, Command)] = &[
    ("next", Command::Next),
    ("back", Command::Back),
    ("repeat", Command::Repeat),
    ("slower", Command::Slower),
    ("faster", Command::Faster),
    ("louder", Command::Louder),
    ("quieter", Command::Quieter),
    ("stop", Command::Stop),
    ("wait", Command::Wait),
    ("never_mind", Command::NeverMind),
    ("help", Command::Help),
    ("start_over", Command::StartOver),
    ("where", Command::Where),
    ("person", Command::Person),
    ("all", Command::All),
];

/// What a voice command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Say this.
    Say(Vec<Sentence>),
    /// Speak at this pace from now on, in this conversation and later ones, and say this again.
    Pace(Pace, Vec<Sentence>),
    /// The device's loudness: one step up or down.
    Volume {
        /// Up.
        up: bool,
    },
    /// The conversation has to answer it: stop, wait, never mind, help, start over, where were we, a person.
    Pass(Command),
}

/// What was said last, and where in its options the person is.
#[derive(Debug, Default)]
pub struct Browse {
    last: Said,
    /// First option of the page that was said last.
    at: usize,
    repeats: u8,
    pace: Pace,
}

impl Browse {
    /// Another answer was said.
    pub fn said(&mut self, said: Said) {
        self.last = said;
        self.at = 0;
        self.repeats = 0;
    }

    /// How fast the person wants it.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// As the profile says.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Whether something to choose from was said last.
    pub fn has_options(&self) -> bool {
        !self.last.options.is_empty()
    }

    /// Whether a command can be answered from what was said: there is something to repeat, and another option to turn to.
    pub fn knows(&self, command: Command) -> bool {
        match command {
            Command::Next => self.last.options.len() > self.at.saturating_add(OPTIONS_MAX),
            Command::Back | Command::Rank(_) | Command::All => self.has_options(),
            Command::Repeat => self.last.spoken().next().is_some(),
            Command::Slower
            | Command::Faster
            | Command::Louder
            | Command::Quieter
            | Command::Stop
            | Command::Wait => true,
            Command::NeverMind
            | Command::Help
            | Command::StartOver
            | Command::Where
            | Command::Person => false,
        }
    }

    /// Answers a voice command.
    pub fn step(&mut self, command: Command) -> Reply {
        if command != Command::Repeat {
            self.repeats = 0;
        }
        match command {
            Command::Next => self.turn_to(
                self.at.saturating_add(OPTIONS_MAX),
                "That was the last one.",
            ),
            Command::Back if self.at == 0 => Reply::Say(told("That is the first one.")),
            Command::Back => self.turn_to(self.at.saturating_sub(OPTIONS_MAX), ""),
            Command::All => self.turn_to(0, "There is nothing to choose from."),
            Command::Rank(rank) => {
                let option = rank.checked_sub(1).and_then(|n| self.last.options.get(n));
                match option {
                    Some(option) => Reply::Say(vec![option.clone()]),
                    None => Reply::Say(told("There is none of that number.")),
                }
            }
            Command::Repeat => {
                self.repeats = self.repeats.saturating_add(1);
                if self.repeats < 2 {
                    return Reply::Say(self.whole());
                }
                // Not understood twice: slower, and only what matters.
                let shorter: Vec<Sentence> = self
                    .last
                    .sentences
                    .iter()
                    .take(1)
                    .chain(&self.last.question)
                    .cloned()
                    .collect();
                self.pace = self.pace.slower();
                Reply::Pace(self.pace, shorter)
            }
            Command::Slower => {
                self.pace = self.pace.slower();
                Reply::Pace(self.pace, self.whole())
            }
            Command::Faster => {
                self.pace = self.pace.faster();
                Reply::Pace(self.pace, Vec::new())
            }
            Command::Louder => Reply::Volume { up: true },
            Command::Quieter => Reply::Volume { up: false },
            Command::Stop
            | Command::Wait
            | Command::NeverMind
            | Command::Help
            | Command::StartOver
            | Command::Where
            | Command::Person => Reply::Pass(command),
        }
    }

    fn whole(&self) -> Vec<Sentence> {
        self.last.spoken().cloned().collect()
    }

    fn turn_to(&mut self, at: usize, nothing: &str) -> Reply {
        let page: Vec<Sentence> = self
            .last
            .options
            .iter()
            .skip(at)
            .take(OPTIONS_MAX)
            .cloned()
            .collect();
        if page.is_empty() {
            return Reply::Say(told(nothing));
        }
        self.at = at;
        Reply::Say(page.into_iter().chain(self.last.question.clone()).collect())
    }
}

fn told(text: &str) -> Vec<Sentence> {
    Sentence::new(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Command> {
        read_command(Language::English, text)
    }

    fn said(options: usize) -> Said {
        let sentence = |text: &str| Sentence::new(text).unwrap();
        Said {
            sentences: vec![sentence("Five fit."), sentence("The first is Sidamo.")],
            question: Some(sentence("Which one?")),
            options: (1..=options)
                .map(|n| sentence(&format!("Option {n}.")))
                .collect(),
        }
    }

    fn texts(reply: &Reply) -> Vec<&str> {
        match reply {
            Reply::Say(all) | Reply::Pace(_, all) => all.iter().map(Sentence::as_str).collect(),
            Reply::Volume { .. } | Reply::Pass(_) => Vec::new(),
        }
    }

    #[test]
    fn commands_are_understood_with_courtesy_and_only_as_a_whole() {
        for (text, command) in [
            ("Next.", Command::Next),
            ("could you repeat that please", Command::Repeat),
            ("slower please", Command::Slower),
            ("Faster!", Command::Faster),
            ("stop", Command::Stop),
            ("oh, never mind", Command::NeverMind),
            ("what was the second?", Command::Rank(2)),
            ("tell me about the third one", Command::Rank(3)),
            ("go back", Command::Back),
            ("a person, please", Command::Person),
            ("where were we", Command::Where),
            ("pardon?", Command::Repeat),
        ] {
            let text = text.trim_start_matches("oh, ");
            assert_eq!(read(text), Some(command), "{text}");
        }
        for text in [
            "the second",
            "next Friday please",
            "repeat my last order",
            "what was the second order",
            "stop the subscription",
            "more coffee",
            "please",
            "",
            "help me find a desk",
            "the first one",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn options_come_three_at_a_time() {
        let mut browse = Browse::default();
        browse.said(said(5));

        assert_eq!(
            texts(&browse.step(Command::Next)),
            ["Option 4.", "Option 5.", "Which one?"]
        );
        assert_eq!(
            texts(&browse.step(Command::Next)),
            ["That was the last one."]
        );
        assert_eq!(
            texts(&browse.step(Command::Back)),
            ["Option 1.", "Option 2.", "Option 3.", "Which one?"]
        );
        assert_eq!(
            texts(&browse.step(Command::Back)),
            ["That is the first one."]
        );
        assert_eq!(texts(&browse.step(Command::Rank(2))), ["Option 2."]);
        assert_eq!(
            texts(&browse.step(Command::Rank(9))),
            ["There is none of that number."]
        );
    }

    #[test]
    fn the_second_repeat_is_slower_and_shorter_and_slower_stays() {
        let mut browse = Browse::default();
        browse.said(said(2));

        assert_eq!(
            texts(&browse.step(Command::Repeat)),
            ["Five fit.", "The first is Sidamo.", "Which one?"]
        );
        let again = browse.step(Command::Repeat);
        assert_eq!(texts(&again), ["Five fit.", "Which one?"]);
        assert!(browse.pace() < Pace::USUAL);
        browse.said(said(1));
        assert!(browse.pace() < Pace::USUAL);
        assert_eq!(browse.step(Command::Stop), Reply::Pass(Command::Stop));
    }
}
